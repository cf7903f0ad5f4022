//! Timers T01 to T11 and T60 across Spring Festival and National Day 2026, to the second, and after downtime. The
//! dates are counted by hand from the notice of the days off (rulebook 2.7, 3.9), not by the code under
//! test: off 15 to 23 February, worked Saturdays 14 and 28 February; off 25 to 27 September and 1 to 7
//! October, worked Sunday 20 September and Saturday 10 October.

use crate::need_cycles::newest;
use crate::needs::{
    accept, analyse, because, due, new_need, plain, reviewed, secretary, street, submitted,
    under_review,
};
use crate::scenes::{day_after, recorded, text};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wubang_kernel::Who;
use wubang_server::demo::play::agent_of;
use wubang_store::Read as _;
use wubang_store::entity::{outbox, timers};
use wubang_store::outbox::NOTICE;
use wubang_testkit::{Bench, Stage, on_both_at};

/// What a timer does when it is due.
#[derive(Debug, Clone, Copy)]
enum Effect {
    /// The step of this event.
    Step(&'static str),
    /// Street and district are reminded, and nothing else happens.
    Reminder,
    /// A period is over, without a step and without a reminder.
    Period,
}
use Effect::{Period, Reminder, Step};

/// One timer of one object of the scene.
struct Row {
    number: &'static str,
    object: &'static str,
    timer: &'static str,
    effect: Effect,
    /// Last day when everything began on Thursday 12 February.
    spring: &'static str,
    /// Last day when everything began on Friday 18 September.
    mid_autumn: &'static str,
    /// Last day when everything began on Monday 28 September.
    autumn: &'static str,
}

const fn row(
    number: &'static str,
    object: &'static str,
    timer: &'static str,
    effect: Effect,
    [spring, mid_autumn, autumn]: [&'static str; 3],
) -> Row {
    Row {
        number,
        object,
        timer,
        effect,
        spring,
        mid_autumn,
        autumn,
    }
}

const ROWS: &[Row] = &[
    // 3 wd: 13, 14, 24 February; 20 to 22 September; 29, 30 September, 8 October
    row(
        "T01",
        "submitted",
        "need_acceptance",
        Reminder,
        ["2026-02-24", "2026-09-22", "2026-10-08"],
    ),
    // 10 wd: 13, 14, 24 to 28 February, 2 to 4 March; 20 to 24, 28 to 30 September, 8, 9 October; 29, 30
    // September, 8 to 10, 12 to 16 October
    row(
        "T02",
        "supplement",
        "need_supplement",
        Step("need.supplement_lapsed"),
        ["2026-03-04", "2026-10-09", "2026-10-16"],
    ),
    row(
        "T03",
        "accepted",
        "need_review",
        Reminder,
        ["2026-03-04", "2026-10-09", "2026-10-16"],
    ),
    // 5 wd for what is urgent, to 26 February, 24 September, Saturday 10 October
    row(
        "T03 high",
        "urgent",
        "need_review",
        Reminder,
        ["2026-02-26", "2026-09-24", "2026-10-10"],
    ),
    row(
        "T04",
        "in_comment",
        "need_comment",
        Step("need.comment_ended"),
        ["2026-02-26", "2026-09-24", "2026-10-10"],
    ),
    // 90 cd: Wednesday 13 May; Thursday 17 December; Sunday 27 December, moved to Monday
    row(
        "T05",
        "approved",
        "need_shelf_life",
        Step("need.shelf_life_ended"),
        ["2026-05-13", "2026-12-17", "2026-12-28"],
    ),
    // 30 cd: Saturday 14 March, moved to Monday; Sunday 18 October, moved to Monday; Wednesday
    // 28 October
    row(
        "T06",
        "approved_high",
        "post_high_priority",
        Reminder,
        ["2026-03-16", "2026-10-19", "2026-10-28"],
    ),
    row(
        "T07",
        "pending",
        "posting_approval",
        Reminder,
        ["2026-02-24", "2026-09-22", "2026-10-08"],
    ),
    row(
        "T08",
        "open",
        "notice_period",
        Period,
        ["2026-02-26", "2026-09-24", "2026-10-10"],
    ),
    // 15 cd: Friday 27 February; 3 October, moved to the first day of work; Tuesday 13 October
    row(
        "T09",
        "open",
        "bid_window",
        Step("posting.closed"),
        ["2026-02-27", "2026-10-08", "2026-10-13"],
    ),
    // 5 wd before: 26, 25, 24, 14, 13 February; 30, 29, 28, 24, 23 September; 12, 10, 9, 8 October, 30 September
    row(
        "T10",
        "open",
        "question_deadline",
        Period,
        ["2026-02-13", "2026-09-23", "2026-09-30"],
    ),
    row(
        "T11",
        "question",
        "answer_question",
        Reminder,
        ["2026-02-24", "2026-09-22", "2026-10-08"],
    ),
];

type Dated = Vec<(&'static Row, &'static str)>;

fn in_spring() -> Dated {
    ROWS.iter().map(|row| (row, row.spring)).collect()
}

fn in_mid_autumn() -> Dated {
    ROWS.iter().map(|row| (row, row.mid_autumn)).collect()
}

fn in_autumn() -> Dated {
    ROWS.iter().map(|row| (row, row.autumn)).collect()
}

fn of_urgency(urgency: &str) -> Value {
    let mut need = new_need();
    need["urgency"] = json!(urgency);
    need
}

async fn accepted(bench: &mut Bench, urgency: &str) -> String {
    let id = submitted(bench, of_urgency(urgency)).await;
    accept(bench, &id).await.ok();
    id
}

async fn approved(bench: &mut Bench, points: i64) -> String {
    let id = reviewed(bench, points, points).await;
    plain(&street(bench).await, &id, "approve").await.ok();
    id
}

/// A posting of its own need that waits for approval.
async fn pending(bench: &mut Bench) -> String {
    let need = approved(bench, 86).await;
    let mut body = bench.play.posting_body().await.unwrap();
    body["need_ids"] = json!([need]);
    let made = secretary(bench).await.post("/api/v1/postings", body).await;
    let id = text(&made.ok(), "/id");
    let path = format!("/api/v1/postings/{id}/submit");
    secretary(bench).await.post(&path, json!({})).await.ok();
    id
}

async fn asked(bench: &mut Bench) -> String {
    let agent = agent_of("lelin", "org_agent").unwrap();
    let path = format!("/api/v1/postings/{}/questions", bench.play.ids.posting);
    let body = json!({ "text": "请问活动场地是否由社区提供,水电费用由谁承担?" });
    text(
        &bench.user(&agent).await.post(&path, body).await.ok(),
        "/id",
    )
}

/// One object per timer, all begun at the same hour: name → path of the object.
async fn everything_begun(bench: &mut Bench) -> BTreeMap<&'static str, String> {
    let mut made = BTreeMap::new();
    let need = |id: String| format!("/api/v1/needs/{id}");
    made.insert("submitted", need(submitted(bench, new_need()).await));
    let id = submitted(bench, new_need()).await;
    because(&street(bench).await, &id, "request_supplement")
        .await
        .ok();
    made.insert("supplement", need(id));
    made.insert("accepted", need(accepted(bench, "normal").await));
    made.insert("urgent", need(accepted(bench, "high").await));
    let id = under_review(bench, new_need()).await;
    analyse(bench, &id).await.ok();
    plain(&street(bench).await, &id, "open_comment").await.ok();
    made.insert("in_comment", need(id));
    made.insert("approved", need(approved(bench, 70).await));
    made.insert("approved_high", need(approved(bench, 86).await));
    bench.reach(Stage::PostingOpen).await;
    made.insert(
        "open",
        format!("/api/v1/postings/{}", bench.play.ids.posting),
    );
    made.insert(
        "question",
        format!("/api/v1/questions/{}", asked(bench).await),
    );
    made.insert(
        "pending",
        format!("/api/v1/postings/{}", pending(bench).await),
    );
    made
}

/// The answers say the dates of the table.
async fn assert_promised(bench: &mut Bench, made: &BTreeMap<&str, String>, rows: &Dated) {
    let street = street(bench).await;
    for (row, date) in rows {
        let shown = street.get(&made[row.object]).await.ok();
        let wanted = format!("{date}T23:59:59+08:00");
        assert_eq!(due(&shown, row.timer), Some(wanted), "{}", row.number);
    }
}

/// How often the timer had its effect; fired is what the worker settled.
async fn effects(bench: &Bench, row: &Row, path: &str) -> (usize, u64) {
    let id = path.rsplit('/').next().unwrap().to_owned();
    let view = bench.running.store.read(&Who::system("tests"));
    let all = timers::Entity::find()
        .filter(timers::Column::Timer.eq(row.timer))
        .filter(timers::Column::State.eq("fired"))
        .all(&view.db())
        .await
        .unwrap();
    let fired = all
        .iter()
        .filter(|one| one.object_id.to_string() == id)
        .count();
    let all = outbox::Entity::find()
        .filter(outbox::Column::Event.eq("timer.overdue"))
        .all(&view.db())
        .await
        .unwrap();
    let reminders = all
        .iter()
        .filter(|one| one.object_id.to_string() == id)
        .filter(|one| one.payload["facts"]["timer"] == json!(row.timer))
        .count();
    match row.effect {
        Step(event) => {
            assert_eq!(reminders, 0, "{} is no reminder", row.number);
            (fired, recorded(bench, event, Some(&id)).await)
        }
        Reminder => (fired, u64::try_from(reminders).unwrap()),
        Period => {
            assert_eq!(reminders, 0, "{} is no reminder", row.number);
            (fired, u64::try_from(fired).unwrap())
        }
    }
}

/// Every timer whose last day is over has had its effect once, every other one not at all.
async fn assert_effects(bench: &Bench, made: &BTreeMap<&str, String>, rows: &Dated) {
    let now = bench.running.store.now();
    for (row, date) in rows {
        let times = u64::from(now >= day_after(date));
        let wanted = (usize::try_from(times).unwrap(), times);
        let found = effects(bench, row, &made[row.object]).await;
        assert_eq!(found, wanted, "{} of {date} at {now}", row.number);
    }
}

/// The last days of the table, each once, in order.
fn days(rows: &Dated) -> BTreeSet<&'static str> {
    rows.iter().map(|(_, date)| *date).collect()
}

/// Second by second around each last day.
async fn fire_at_the_right_second(mut bench: Bench, rows: Dated) {
    let made = everything_begun(&mut bench).await;
    assert_promised(&mut bench, &made, &rows).await;
    for date in days(&rows) {
        let midnight = day_after(date);
        for seconds in [-2, -1, 0] {
            bench.advance(midnight + TimeDelta::seconds(seconds)).await;
            assert_effects(&bench, &made, &rows).await;
        }
    }
}

/// The instants at which a service comes back that stood still over one or more last days: three days
/// after the last one of each run of days that lie less than four days apart.
fn returns(rows: &Dated) -> Vec<DateTime<Utc>> {
    let ends: Vec<_> = days(rows).into_iter().map(day_after).collect();
    let last_of_run = |(i, end): (usize, &DateTime<Utc>)| {
        let next = ends.get(i + 1);
        next.is_none_or(|next| *next - *end > TimeDelta::days(3))
            .then_some(*end + TimeDelta::days(3))
    };
    ends.iter().enumerate().filter_map(last_of_run).collect()
}

/// The service stands still over each last day and for three days more.
async fn fire_once_after_downtime(mut bench: Bench, rows: Dated) {
    let made = everything_begun(&mut bench).await;
    for back in returns(&rows) {
        bench.stand_at(back);
        bench.work().await;
        assert_effects(&bench, &made, &rows).await;
        bench.work().await;
        assert_effects(&bench, &made, &rows).await;
        assert_eq!(bench.running.worker.run_due().await.unwrap(), 0);
    }
}

/// T60 of the quarter that runs or comes next: the answer says its last day, and it fires once, one second
/// after it, with one notice for the district and one for each of its eight streets.
async fn quarter_fires(mut bench: Bench, begins: &str, last: &str, downtime: bool) {
    let begins = crate::needs::instant(begins);
    if begins > bench.running.store.now() {
        bench.advance(begins - TimeDelta::seconds(1)).await;
        let running = recorded(&bench, "need_cycle.begun", None).await;
        if downtime {
            bench.stand_at(begins + TimeDelta::days(3));
            bench.work().await;
            bench.work().await;
        } else {
            bench.advance(begins).await;
        }
        assert_eq!(
            recorded(&bench, "need_cycle.begun", None).await,
            running + 1
        );
    }
    let cycle = newest(&mut bench).await;
    let wanted = format!("{last}T23:59:59+08:00");
    assert_eq!(due(&cycle, "quarterly_cycle"), Some(wanted));
    let midnight = day_after(last);
    bench.advance(midnight - TimeDelta::seconds(1)).await;
    assert_eq!(overdue(&bench).await, (0, 0));
    if downtime {
        bench.stand_at(midnight + TimeDelta::days(3));
        bench.work().await;
    } else {
        bench.advance(midnight).await;
    }
    assert_eq!(overdue(&bench).await, (1, 9));
    assert_eq!(newest(&mut bench).await["state"], json!("overdue"));
    assert_eq!(bench.running.worker.run_due().await.unwrap(), 0);
    assert_eq!(overdue(&bench).await, (1, 9));
}

/// How often T60 had its effect, and how many notices told of it.
async fn overdue(bench: &Bench) -> (u64, usize) {
    let event = "need_cycle.plan_overdue";
    let view = bench.running.store.read(&Who::system("tests"));
    let notices = outbox::Entity::find()
        .filter(outbox::Column::Event.eq(event))
        .filter(outbox::Column::Topic.eq(NOTICE))
        .all(&view.db())
        .await
        .unwrap();
    (recorded(bench, event, None).await, notices.len())
}

// 10 wd from 1 January: Sunday 4, 5 to 9, 12 to 15 January
on_both_at! { "2026-01-05T09:00:00+08:00",
    async fn the_plan_of_the_first_quarter_is_due_on_15_january(bench: Bench) {
        quarter_fires(bench, "2026-01-01T00:00:00+08:00", "2026-01-15", false).await;
    }

    async fn the_plan_of_the_first_quarter_is_overdue_once_after_three_days_of_downtime(bench: Bench) {
        quarter_fires(bench, "2026-01-01T00:00:00+08:00", "2026-01-15", true).await;
    }
}

// 10 wd from 1 April: 2, 3, 7 to 10, 13 to 16 April; off 4 to 6 April
on_both_at! { "2026-03-30T09:00:00+08:00",
    async fn the_plan_of_the_second_quarter_is_due_on_16_april(bench: Bench) {
        quarter_fires(bench, "2026-04-01T00:00:00+08:00", "2026-04-16", false).await;
    }

    async fn the_plan_of_the_second_quarter_is_overdue_once_after_three_days_of_downtime(bench: Bench) {
        quarter_fires(bench, "2026-04-01T00:00:00+08:00", "2026-04-16", true).await;
    }
}

// 10 wd from 1 October: 8, 9, Saturday 10, 12 to 16, 19, 20 October
on_both_at! { "2026-09-30T09:00:00+08:00",
    async fn the_plan_of_the_fourth_quarter_is_due_on_20_october(bench: Bench) {
        quarter_fires(bench, "2026-10-01T00:00:00+08:00", "2026-10-20", false).await;
    }

    async fn the_plan_of_the_fourth_quarter_is_overdue_once_after_three_days_of_downtime(bench: Bench) {
        quarter_fires(bench, "2026-10-01T00:00:00+08:00", "2026-10-20", true).await;
    }
}

on_both_at! { "2026-02-12T09:00:00+08:00",
    async fn every_timer_fires_at_the_right_second_across_spring_festival(bench: Bench) {
        fire_at_the_right_second(bench, in_spring()).await;
    }

    async fn every_timer_fires_once_after_three_days_of_downtime_in_spring(bench: Bench) {
        fire_once_after_downtime(bench, in_spring()).await;
    }
}

on_both_at! { "2026-09-18T09:00:00+08:00",
    async fn every_timer_fires_at_the_right_second_across_mid_autumn_and_national_day(bench: Bench) {
        fire_at_the_right_second(bench, in_mid_autumn()).await;
    }
}

on_both_at! { "2026-09-28T09:00:00+08:00",
    async fn every_timer_fires_at_the_right_second_across_national_day(bench: Bench) {
        fire_at_the_right_second(bench, in_autumn()).await;
    }

    async fn every_timer_fires_once_after_three_days_of_downtime_in_autumn(bench: Bench) {
        fire_once_after_downtime(bench, in_autumn()).await;
    }
}
