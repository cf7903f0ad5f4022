//! Non-interference while a panel judges: two worlds that differ in one hidden value are the same for everybody who
//! may not know it (rulebook 2.6).

use crate::awards::seats;
use crate::panels::by_seat;
use crate::scenes::text;
use crate::sealing::{CURIOUS, ids, world_of};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Stage, on_both};

type World = BTreeMap<(String, String), String>;

/// Three bids, found eligible, a panel that has declared itself; answers the panel and its members, the chair first.
async fn paneled(bench: &mut Bench) -> (String, Vec<String>) {
    bench.reach(Stage::PanelFormed).await;
    bench.forget();
    bench.work().await;
    let street = bench.cast("street_officer").await;
    let path = format!("/api/v1/postings/{}/panel", bench.play.ids.posting);
    let panel = street.get(&path).await.ok();
    let accounts = seats(bench).await;
    (text(&panel, "/id"), by_seat(bench, &panel, &accounts).await)
}

/// What everybody but those reads, bids and panel included.
async fn without(bench: &mut Bench, panel: &str, members: &[String], those: &[&str]) -> World {
    let mut known = ids(bench).await;
    known.insert("bids", bench.play.ids.bids.values().cloned().collect());
    known.insert("panels", vec![panel.to_owned()]);
    let mut accounts: Vec<String> = CURIOUS.iter().map(|one| (*one).to_owned()).collect();
    accounts.extend(members.iter().cloned());
    accounts.extend(["lelin", "xinhuo"].map(|key| agent_of(key, "org_agent").unwrap()));
    accounts.sort();
    accounts.dedup();
    accounts.retain(|account| !those.contains(&account.as_str()));
    world_of(bench, &known, &accounts).await
}

/// Ids that one world alone has are masked, and the fractions of seconds: they come of chance and of the order of looks.
fn masked(world: &World, other: &World) -> World {
    let known: BTreeSet<&str> = other.values().flat_map(|answer| uuids(answer)).collect();
    let mask = |answer: &String| {
        let mut shown = answer.clone();
        for id in uuids(answer).filter(|id| !known.contains(id)) {
            shown = shown.replace(id, "<id>");
        }
        without_fractions(&shown)
    };
    world
        .iter()
        .map(|(place, answer)| (place.clone(), mask(answer)))
        .collect()
}

fn uuids(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'))
        .filter(|word| word.len() == 36 && word.parse::<uuid::Uuid>().is_ok())
}

/// `…T09:00:00.000123+08:00` → `…T09:00:00+08:00`.
fn without_fractions(text: &str) -> String {
    let mut parts = text.split(".000");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    shown
}

fn same(first: &World, now: &World, what: &str) {
    assert_eq!(first.len(), now.len());
    let (first, now) = (masked(first, now), masked(now, first));
    for (place, was) in &first {
        assert_eq!(was, &now[place], "{place:?} tells of {what}");
    }
}

fn points(plan: i64) -> Value {
    json!({ "plan": plan, "team": 20, "track_record": 10, "budget": 10, "sustainability": 8 })
}

/// Both worlds as everybody but those sees them.
async fn looked_at(
    worlds: &mut [Bench; 2],
    panel: &str,
    members: &[String],
    those: &[&str],
) -> [World; 2] {
    let [a, b] = worlds;
    a.work().await;
    b.work().await;
    [
        without(a, panel, members, those).await,
        without(b, panel, members, those).await,
    ]
}

/// Somebody demands that a member stands aside, and the chair agrees.
async fn stood_aside(bench: &mut Bench, panel: &str, chair: &str, member: &str) {
    let at_panel = |verb: &str| format!("/api/v1/panels/{panel}/{verb}");
    let body = json!({ "person_id": bench.person(member).await, "reason": "该成员曾任揭榜组织监事,应当回避" });
    let made = bench
        .cast("street_officer")
        .await
        .post(&at_panel("recusals"), body)
        .await
        .ok();
    let upheld = json!({ "recusal_id": text(&made, "/items/0/id"), "upheld": true, "reason": "任职情况属实,应当回避" });
    bench
        .user(chair)
        .await
        .post(&at_panel("decide_recusal"), upheld)
        .await
        .ok();
}

on_both! {
    async fn a_bidder_sees_nothing_of_what_the_others_do_in_a_roadshow(bench: Bench) {
        let (show, slots, last) = crate::roadshows::begun(&mut bench).await;
        let mut worlds = bench.worlds().await;
        for world in &mut worlds {
            // ids of a service that starts anew are in order from the next millisecond on only
            world.set_clock("2026-03-20T09:01:00+08:00".parse().unwrap());
        }
        // in the second world one did not come, and another one has presented
        crate::roadshows::went_on(&mut worlds[1], &show).await;
        let mut seen = Vec::new();
        for world in &mut worlds {
            world.work().await;
            let mut known = ids(world).await;
            known.insert("bids", world.play.ids.bids.values().cloned().collect());
            known.insert("roadshows", vec![show.clone()]);
            known.insert("roadshow_slots", slots.clone());
            let accounts = [agent_of(&last, "org_agent").unwrap(), "an.xiaoning".to_owned()];
            seen.push(world_of(world, &known, &accounts).await);
        }
        same(&seen[0], &seen[1], "what others do in a roadshow");
        let [a, b] = worlds;
        a.end().await;
        b.end().await;
    }

    async fn a_score_is_read_by_its_scorer_and_chair_alone_until_all_are_in(bench: Bench from PanelFormed) {
        let (panel, members) = paneled(&mut bench).await;
        bench.play.scoring_started().await.unwrap();
        bench.work().await;
        // the scorer, the chair and the supervisor read single sheets (2.6)
        let (chair, scorer) = (members[0].clone(), members[1].clone());
        let those = [chair.as_str(), scorer.as_str(), "he.zhengqing"];
        let before = without(&mut bench, &panel, &members, &those).await;
        let path = format!("/api/v1/postings/{}/score_sheets", bench.play.ids.posting);
        let mut worlds = bench.worlds().await;
        for (world, plan) in worlds.iter_mut().zip([20, 31]) {
            let sheet = json!({ "bid_id": world.play.ids.bids["lelin"], "points": points(plan) });
            world.user(&scorer).await.post(&path, sheet).await.ok();
        }
        let [low, high] = looked_at(&mut worlds, &panel, &members, &those).await;
        same(&low, &high, "a score");
        // that somebody has scored is seen by who organises, in the trail, and by no other member
        let organisers = ["wang.min", "cao.junjie", "wei.guohua"];
        let others = |world: World| -> World {
            world.into_iter().filter(|((account, _), _)| !organisers.contains(&account.as_str())).collect()
        };
        same(&others(before), &others(low), "a sheet");
        for world in worlds {
            world.end().await;
        }
    }

    async fn a_recusal_is_known_to_panel_and_organisers_alone(bench: Bench from PanelFormed) {
        let (panel, members) = paneled(&mut bench).await;
        // panel, organisers of the street, and who decides about the chair
        let mut those = vec!["wang.min", "cao.junjie", "he.zhengqing", "wei.guohua", "luo.jianguo"];
        those.extend(members.iter().map(String::as_str));
        // whoever is drawn next takes the seat, and belongs to the panel
        let experts = wubang_server::demo::play::accounts_with("expert", None).unwrap();
        those.extend(experts.iter().map(String::as_str));
        let before = without(&mut bench, &panel, &members, &those).await;
        let mut worlds = bench.worlds().await;
        for (world, member) in worlds.iter_mut().zip([&members[1], &members[2]]) {
            stood_aside(world, &panel, &members[0], member).await;
        }
        let [one, other] = looked_at(&mut worlds, &panel, &members, &those).await;
        same(&one, &other, "who stood aside");
        same(&before, &one, "a recusal");
        for world in worlds {
            world.end().await;
        }
    }
}
