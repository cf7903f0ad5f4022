//! Random sequences of objections to one award: whatever comes in which order on which day, the end of the
//! publicity (T15) is what counting rule 7 gives, counted here a second time and in another way.

use crate::needs::{due, instant, text};
use crate::objections::{
    HANDLER, accept, act, award, decide, object, objection, proposed, withdraw,
};
use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use serde_json::{Value, json};
use wubang_testkit::{Bench, on_both};

/// Residents who object, each once at a time.
const OBJECTORS: [&str; 5] = [
    "xue.chunmei",
    "hao.xiulan",
    "xiong.dehai",
    "lu.xiaofang",
    "jiang.zhiguo",
];

/// The working days of the spring of 2026, written down by hand.
fn works(day: NaiveDate) -> bool {
    let off = ["2026-04-06", "2026-05-01", "2026-05-04", "2026-05-05"];
    let on = ["2026-05-09"];
    let text = day.to_string();
    on.contains(&text.as_str())
        || (!matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !off.contains(&text.as_str()))
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap()
}

/// The publicity as a clerk would keep it with a pencil.
struct Pencil {
    /// The day after which the count begins.
    from: NaiveDate,
    /// Working days that are still to pass.
    left: u32,
    /// Since when it stands still.
    since: Option<NaiveDate>,
}

impl Pencil {
    fn end(&self) -> NaiveDate {
        let (mut day, mut left) = (self.from, self.left);
        while left > 0 {
            day = next(day);
            left -= u32::from(works(day));
        }
        day
    }

    fn stop(&mut self, today: NaiveDate) {
        if self.since.is_none() {
            let mut day = next(self.from);
            while day < today {
                self.left = self.left.saturating_sub(u32::from(works(day)));
                day = next(day);
            }
            self.left = self.left.max(1);
            self.since = Some(today);
        }
    }

    fn go_on(&mut self, today: NaiveDate) {
        if self.since.take().is_some() {
            self.from = today;
        }
    }
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

struct Game {
    today: NaiveDate,
    pencil: Pencil,
    /// Objector, id, whether it was accepted.
    open: Vec<(usize, String, bool)>,
}

async fn settle(bench: &mut Bench, game: &mut Game, at: usize, way: u64) {
    let (who, id, accepted) = game.open.remove(at);
    let state = text(&objection(bench, HANDLER, &id).await, "/state");
    if !accepted && way == 0 {
        let body = json!({ "ground": "no_ground", "reason": "没有说明所称的事实" });
        act(bench, HANDLER, &id, "reject", body).await.ok();
    } else if !accepted || (way == 1 && state != "overdue") {
        withdraw(bench, OBJECTORS[who], &id).await.ok();
    } else {
        decide(bench, &id, "dismissed", Value::Null).await.ok();
    }
    if game.open.is_empty() {
        game.pencil.go_on(game.today);
    }
}

async fn check(bench: &mut Bench, game: &Game, seed: u64) {
    let shown = award(bench).await;
    if game.pencil.since.is_some() {
        assert_eq!(
            (&shown["state"], &shown["deadlines"]),
            (&json!("suspended"), &json!([])),
            "seed {seed} on {}",
            game.today
        );
        return;
    }
    let end = format!("{}T23:59:59+08:00", game.pencil.end());
    assert_eq!(
        (
            &shown["state"],
            &shown["publicity_ends_at"],
            due(&shown, "award_publicity")
        ),
        (&json!("in_publicity"), &json!(end), Some(end.clone())),
        "seed {seed} on {}",
        game.today
    );
}

async fn sequence(bench: &mut Bench, seed: u64) {
    proposed(bench).await;
    let first = NaiveDate::from_ymd_opt(2026, 3, 18).unwrap();
    let mut dice = Dice(seed);
    let mut game = Game {
        today: first,
        pencil: Pencil {
            from: first,
            left: 5,
            since: None,
        },
        open: Vec::new(),
    };
    for _ in 0..14 {
        let day = game.today + TimeDelta::days(i64::try_from(dice.roll(3)).unwrap());
        if game.open.is_empty() && day > game.pencil.end() {
            break;
        }
        if day > game.today {
            game.today = day;
            bench
                .advance(instant(&format!("{day}T10:00:00+08:00")))
                .await;
        }
        let free = (0..OBJECTORS.len()).find(|who| game.open.iter().all(|(one, ..)| one != who));
        let in_time = game.pencil.since.is_some() || day <= game.pencil.end();
        let waiting = game.open.iter().position(|(.., accepted)| !accepted);
        match (dice.roll(4), free, waiting) {
            (0, Some(who), _) if in_time => {
                let id = object(bench, OBJECTORS[who]).await;
                game.open.push((who, id, false));
            }
            (1 | 2, _, Some(at)) => {
                accept(bench, &game.open[at].1.clone()).await;
                game.open[at].2 = true;
                game.pencil.stop(day);
            }
            (3, ..) if !game.open.is_empty() => {
                let at =
                    usize::try_from(dice.roll(u64::try_from(game.open.len()).unwrap())).unwrap();
                let last_and_late =
                    game.open.len() == 1 && game.pencil.since.is_none() && day > game.pencil.end();
                if !last_and_late {
                    let way = dice.roll(3);
                    settle(bench, &mut game, at, way).await;
                }
            }
            _ => {}
        }
        check(bench, &game, seed).await;
    }
    while !game.open.is_empty() {
        settle(bench, &mut game, 0, 2).await;
    }
    // one that was held beyond its end is confirmed as soon as nothing holds it
    if game.pencil.end() >= game.today {
        check(bench, &game, seed).await;
        let end = instant(&format!("{}T23:59:59+08:00", game.pencil.end()));
        bench.advance(end + TimeDelta::seconds(1)).await;
    }
    bench.work().await;
    assert_eq!(
        award(bench).await["state"],
        json!("confirmed"),
        "seed {seed}"
    );
}

on_both! {
    async fn the_end_of_the_publicity_is_what_rule_7_gives_one(bench: Bench from AwardProposed) {
        sequence(&mut bench, 1).await;
    }

    async fn the_end_of_the_publicity_is_what_rule_7_gives_two(bench: Bench from AwardProposed) {
        sequence(&mut bench, 20_260_318).await;
    }

    async fn the_end_of_the_publicity_is_what_rule_7_gives_three(bench: Bench from AwardProposed) {
        sequence(&mut bench, 4_711).await;
    }

    async fn the_end_of_the_publicity_is_what_rule_7_gives_four(bench: Bench from AwardProposed) {
        sequence(&mut bench, 987_654_321).await;
    }
}
