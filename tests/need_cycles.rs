//! The quarters of a district over HTTP (评榜周期): how one follows the other, and the plan slip (计划单;
//! rulebook 2.7 T60, rows H-15, H-16, H-20). The seconds of T60 are in `timers`.

use crate::districts::licang_moves_in;
use crate::needs::{allowed, due, instant, new_need, plain, reviewed, street, text, under_review};
use crate::scenes::{list, number, recorded, seen};
use serde_json::{Value, json};
use wubang_kernel::Who;
use wubang_needs::service::cycles::begin_missing;
use wubang_testkit::{Bench, Caller, Reply, on_both, on_both_at};

const DISTRICT: &str = "wei.guohua";

/// The newest quarter that somebody sees.
pub(crate) async fn newest(bench: &mut Bench) -> Value {
    let all = seen(bench, DISTRICT, "/api/v1/need_cycles").await;
    let path = format!("/api/v1/need_cycles/{}", text(&all, "/items/0/id"));
    seen(bench, DISTRICT, &path).await
}

/// A need that waits in the backlog.
async fn waiting(bench: &mut Bench) -> String {
    let id = reviewed(bench, 59, 60).await;
    plain(&street(bench).await, &id, "backlog").await.ok();
    id
}

async fn second_quarter(bench: &mut Bench) -> Value {
    bench.advance(instant("2026-04-01T00:00:00+08:00")).await;
    newest(bench).await
}

fn slip(needs: &[&str]) -> Value {
    json!({ "text": "本季度优先重新评审夜间出行安全类储备需求,六月底前完成。", "need_ids": needs })
}

async fn plan(caller: &Caller, id: &str, body: Value) -> Reply {
    let path = format!("/api/v1/need_cycles/{id}/plan");
    caller.post(&path, body).await
}

/// Quarters begun now by the upkeep of a process.
async fn upkeep(bench: &Bench) -> usize {
    let store = &bench.running.store;
    let tx = store.write(&Who::system("tests")).await.unwrap();
    let begun = begin_missing(&tx).await.unwrap();
    tx.commit().await.unwrap();
    begun
}

/// Who was told of quarters since a mail, with the count that the mail names.
fn told(bench: &Bench, subject: &str, fact: &str) -> Vec<(String, String)> {
    let mut all: Vec<_> = bench
        .mails
        .sent()
        .into_iter()
        .filter(|mail| mail.subject.ends_with(subject))
        .map(|mail| {
            let line = mail.body.lines().find_map(|line| line.strip_prefix(fact));
            let account = mail.to.split('@').next().unwrap_or_default().to_owned();
            (account, line.unwrap_or("none").to_owned())
        })
        .collect();
    all.sort();
    all
}

/// The officers of every street and the administrators of the district, of whom some hear of one need.
fn everybody(with_one: &[&str], district: bool) -> Vec<(String, String)> {
    let streets = [
        "cao.junjie",
        "deng.liping",
        "dong.siyu",
        "gao.xiangyu",
        "guo.haiyan",
        "pan.zhigang",
        "peng.lina",
        "ren.shaohua",
        "su.zhenyu",
        "wang.min",
        "xu.tingting",
        "xu.xiaolei",
        "yao.dandan",
        "zhou.zhengyang",
    ];
    let district: &[&str] = if district {
        &["cheng.xiaoming", "wei.guohua"]
    } else {
        &[]
    };
    let mut all: Vec<_> = streets.iter().chain(district).collect();
    all.sort_unstable();
    let count = |account: &str| {
        if with_one.contains(&account) {
            "1"
        } else {
            "0"
        }
    };
    all.into_iter()
        .map(|account| ((*account).to_owned(), count(account).to_owned()))
        .collect()
}

const YINGBIN: &[&str] = &["cao.junjie", "dong.siyu", "wang.min"];
const YINGBIN_AND_DISTRICT: &[&str] = &[
    "cao.junjie",
    "cheng.xiaoming",
    "dong.siyu",
    "wang.min",
    "wei.guohua",
];

on_both! {
    async fn a_district_that_comes_in_after_the_day_of_the_plan_owes_none_this_quarter(bench: Bench) {
        let cycle = newest(&mut bench).await;
        assert_eq!((text(&cycle, "/number").as_str(), text(&cycle, "/state").as_str()), ("PB-410108-2026-Q1", "planning"));
        assert_eq!((text(&cycle, "/starts_on"), text(&cycle, "/ends_on")), ("2026-01-01".to_owned(), "2026-03-31".to_owned()));
        assert_eq!((due(&cycle, "quarterly_cycle"), due(&cycle, "next_quarter").as_deref()), (None, Some("2026-03-31T23:59:59+08:00")));
        assert_eq!(allowed(&cycle), ["plan"]);
        bench.work().await;
        assert_eq!(told(&bench, "新的评榜周期开始", ""), []);
        // who looks again finds nothing to do
        assert_eq!(upkeep(&bench).await, 0);
        assert_eq!(recorded(&bench, "need_cycle.begun", None).await, 1);
    }

    async fn the_next_quarter_begins_at_its_first_second_and_tells_how_many_needs_wait(bench: Bench) {
        waiting(&mut bench).await;
        let old = newest(&mut bench).await;
        assert_eq!(number(&old, "/waiting_at_start"), 0);
        bench.advance(instant("2026-03-31T23:59:59+08:00")).await;
        assert_eq!(newest(&mut bench).await["id"], old["id"]);
        let new = second_quarter(&mut bench).await;
        assert_eq!((text(&new, "/number").as_str(), text(&new, "/state").as_str()), ("PB-410108-2026-Q2", "planning"));
        assert_eq!((number(&new, "/waiting_at_start"), &new["plan"]), (1, &Value::Null));
        let streets: Vec<(String, i64)> = list(&new, "/backlog").iter().filter(|one| one["waiting"] != json!(0))
            .map(|one| (text(one, "/name"), number(one, "/waiting"))).collect();
        assert_eq!((streets, list(&new, "/backlog").len()), (vec![("迎宾路街道".to_owned(), 1)], 8));
        assert_eq!(due(&new, "quarterly_cycle").as_deref(), Some("2026-04-16T23:59:59+08:00"));
        assert_eq!(due(&new, "next_quarter").as_deref(), Some("2026-06-30T23:59:59+08:00"));
        let old = seen(&mut bench, DISTRICT, &format!("/api/v1/need_cycles/{}", text(&old, "/id"))).await;
        assert_eq!((&old["state"], &old["deadlines"], allowed(&old)), (&json!("ended"), &json!([]), vec![]));
        assert_eq!(told(&bench, "新的评榜周期开始", "储备中的需求(件):"), everybody(YINGBIN_AND_DISTRICT, true));
        plan(&bench.user(DISTRICT).await, &text(&old, "/id"), slip(&[])).await.refused(409, "invalid_transition");
    }

    async fn the_district_plans_the_quarter_and_the_street_takes_the_need_up_again(bench: Bench) {
        let need = waiting(&mut bench).await;
        let cycle = second_quarter(&mut bench).await;
        let id = text(&cycle, "/id");
        let district = bench.user(DISTRICT).await;
        let done = plan(&district, &id, slip(&[&need])).await.ok();
        assert_eq!((&done["state"], due(&done, "quarterly_cycle"), allowed(&done)), (&json!("planned"), None, vec![]));
        assert_eq!((number(&done, "/plan/needs_total"), text(&done, "/plan/needs/0/id"), text(&done, "/plan/needs/0/state")), (1, need.clone(), "backlog".to_owned()));
        assert_eq!(done["plan"]["planned_at"], done["updated_at"]);
        bench.work().await;
        assert_eq!(told(&bench, "下达计划单", "列入计划的本街道需求(件):"), everybody(YINGBIN, false));
        plan(&district, &id, slip(&[])).await.refused(409, "invalid_transition");
        plain(&street(&mut bench).await, &need, "start_review").await.ok();
        let later = seen(&mut bench, "wang.min", &format!("/api/v1/need_cycles/{}", text(&cycle, "/number"))).await;
        assert_eq!((text(&later, "/plan/needs/0/state"), allowed(&later)), ("under_review".to_owned(), vec![]));
        bench.advance(instant("2026-07-01T00:00:00+08:00")).await;
        assert_eq!(recorded(&bench, "need_cycle.plan_overdue", None).await, 0);
        let all = seen(&mut bench, DISTRICT, "/api/v1/need_cycles").await;
        let states: Vec<_> = list(&all, "/items").iter().map(|one| text(one, "/state")).collect();
        assert_eq!(states, ["planning", "ended", "ended"]);
        assert_eq!(all["items"][1]["planned_at"], done["updated_at"]);
    }

    async fn a_plan_that_is_overdue_is_told_and_can_still_be_made(bench: Bench) {
        waiting(&mut bench).await;
        second_quarter(&mut bench).await;
        bench.advance(instant("2026-04-17T00:00:00+08:00")).await;
        let late = newest(&mut bench).await;
        assert_eq!((&late["state"], due(&late, "quarterly_cycle"), allowed(&late)), (&json!("overdue"), None, vec!["plan".to_owned()]));
        assert_eq!(told(&bench, "计划单逾期", "储备中的需求(件):"), everybody(YINGBIN_AND_DISTRICT, true));
        let done = plan(&bench.user(DISTRICT).await, &text(&late, "/id"), slip(&[])).await.ok();
        assert_eq!((&done["state"], &done["plan"]["needs"], number(&done, "/plan/needs_total")), (&json!("planned"), &json!([]), 0));
    }

    async fn a_plan_names_every_wrong_field_and_nothing_is_written(bench: Bench) {
        let (old, other) = (waiting(&mut bench).await, under_review(&mut bench, new_need()).await);
        let cycle = second_quarter(&mut bench).await;
        let id = text(&cycle, "/id");
        // came into the backlog in this quarter: the rule lets it leave in the next one
        let fresh = waiting(&mut bench).await;
        let district = bench.user(DISTRICT).await;
        let mut body = slip(&[&old, &fresh, &other, &old, "01968ca0-0000-7000-8000-000000000001"]);
        body["text"] = json!("太短");
        let reply = plan(&district, &id, body).await;
        assert_eq!(reply.pointers(), ["/text", "/need_ids/1", "/need_ids/2", "/need_ids/3", "/need_ids/4"]);
        reply.refused(422, "invalid");
        let too_many = plan(&district, &id, slip(&vec![old.as_str(); 201])).await;
        assert!(too_many.pointers().contains(&"/need_ids".to_owned()));
        let reply = plan(&district, &id, json!({ "text": "本季度评榜工作安排如下。", "quarter": "Q2" })).await;
        assert_eq!(reply.pointers(), ["/quarter"]);
        let unchanged = newest(&mut bench).await;
        assert_eq!((&unchanged["state"], &unchanged["version"], &unchanged["plan"]), (&json!("planning"), &cycle["version"], &Value::Null));
        let path = format!("/api/v1/need_cycles/{id}/plan");
        let stale = district.call("POST", &path, &[("if-match", "\"v9\"")], Some(slip(&[]).to_string().into_bytes())).await;
        stale.refused(412, "stale_version");
    }

    async fn only_the_district_plans_and_strangers_find_nothing(bench: Bench) {
        licang_moves_in(&bench).await;
        let cycle = newest(&mut bench).await;
        let id = text(&cycle, "/id");
        let path = format!("/api/v1/need_cycles/{id}");
        for official in ["wang.min", "luo.jianguo", "he.zhengqing"] {
            let caller = bench.user(official).await;
            assert_eq!(allowed(&caller.get(&path).await.ok()), Vec::<String>::new(), "{official}");
            plan(&caller, &id, slip(&[])).await.refused(403, "forbidden");
        }
        for stranger in ["teng.zhiyuan", "sun.weidong", "zhao.lei", "qin.shuyao", "hao.xiulan", "ning.jiayi", "gong.mingyue"] {
            let caller = bench.user(stranger).await;
            caller.get(&path).await.refused(404, "not_found");
            caller.get(&format!("{path}/actions")).await.refused(404, "not_found");
            plan(&caller, &id, slip(&[])).await.refused(404, "not_found");
            assert_eq!(caller.get("/api/v1/need_cycles").await.ok()["items"], json!([]), "{stranger}");
        }
        bench.nobody().get(&path).await.refused(401, "unauthenticated");
    }

    async fn each_district_has_quarters_of_its_own(bench: Bench) {
        licang_moves_in(&bench).await;
        assert_eq!((upkeep(&bench).await, upkeep(&bench).await), (1, 0));
        let theirs = seen(&mut bench, "sun.weidong", "/api/v1/need_cycles").await;
        let numbers: Vec<_> = list(&theirs, "/items").iter().map(|one| text(one, "/number")).collect();
        assert_eq!(numbers, ["PB-370213-2026-Q1"]);
        bench.advance(instant("2026-04-01T00:00:00+08:00")).await;
        let theirs = seen(&mut bench, "sun.weidong", "/api/v1/need_cycles?state=planning&limit=1").await;
        assert_eq!((text(&theirs, "/items/0/number").as_str(), &theirs["next"]), ("PB-370213-2026-Q2", &Value::Null));
        let none = seen(&mut bench, DISTRICT, "/api/v1/need_cycles?division=370213").await;
        assert_eq!(none["items"], json!([]));
        let page = seen(&mut bench, DISTRICT, "/api/v1/need_cycles?limit=1").await;
        let rest = seen(&mut bench, DISTRICT, &format!("/api/v1/need_cycles?limit=1&cursor={}", text(&page, "/next"))).await;
        assert_eq!((text(&page, "/items/0/number"), text(&rest, "/items/0/number")), ("PB-410108-2026-Q2".to_owned(), "PB-410108-2026-Q1".to_owned()));
        let wrong = bench.user(DISTRICT).await.get("/api/v1/need_cycles?division=abc").await;
        assert_eq!(wrong.pointers(), ["?division"]);
        wrong.refused(422, "invalid");
    }

    async fn a_street_sees_of_a_plan_its_own_needs_and_the_count(bench: Bench) {
        let need = waiting(&mut bench).await;
        let cycle = second_quarter(&mut bench).await;
        let id = text(&cycle, "/id");
        plan(&bench.user(DISTRICT).await, &id, slip(&[&need])).await.ok();
        let path = format!("/api/v1/need_cycles/{id}");
        for (account, shown) in [("wang.min", 1), ("gao.xiangyu", 0), ("luo.jianguo", 1), ("he.zhengqing", 1)] {
            let seen = seen(&mut bench, account, &path).await;
            assert_eq!((list(&seen, "/plan/needs").len(), number(&seen, "/plan/needs_total")), (shown, 1), "{account}");
        }
    }
}

async fn early(mut bench: Bench) {
    let cycle = newest(&mut bench).await;
    assert_eq!(
        due(&cycle, "quarterly_cycle").as_deref(),
        Some("2026-01-15T23:59:59+08:00")
    );
    bench.work().await;
    assert_eq!(
        told(&bench, "新的评榜周期开始", "储备中的需求(件):"),
        everybody(&[], true)
    );
}

async fn asleep_for_months(mut bench: Bench) {
    bench.stand_at(instant("2026-08-03T09:00:00+08:00"));
    bench.work().await;
    let all = seen(&mut bench, DISTRICT, "/api/v1/need_cycles").await;
    let states: Vec<_> = list(&all, "/items")
        .iter()
        .map(|one| (text(one, "/number"), text(one, "/state")))
        .collect();
    let of = |number: &str, state: &str| (number.to_owned(), state.to_owned());
    assert_eq!(
        states,
        [
            of("PB-410108-2026-Q3", "overdue"),
            of("PB-410108-2026-Q2", "ended"),
            of("PB-410108-2026-Q1", "ended")
        ]
    );
    assert_eq!(recorded(&bench, "need_cycle.plan_overdue", None).await, 3);
}

on_both_at! { "2026-01-05T09:00:00+08:00",
    async fn a_district_that_comes_in_early_owes_the_plan_of_this_quarter(bench: Bench) {
        early(bench).await;
    }

    async fn quarters_that_a_long_downtime_missed_follow_each_other(bench: Bench) {
        asleep_for_months(bench).await;
    }
}
