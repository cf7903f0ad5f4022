//! 赛马: two or three are awarded in parallel, each in a lane of its own; what one lane meets says nothing of the others,
//! and the needs follow all of them together (rulebook 3.11).

use crate::calls::{founded, heads, judged};
use crate::needs::{due, text};
use crate::objections::{self, RIVAL};
use crate::postings::district_rules;
use crate::races::one_of;
use crate::scenes::{eight, instant, list, made_public, number, recorded, seen};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Reply, Stage, on_both};

const WHY: &str = "按评审排名确定各赛道的拟承榜对象。";

/// The posting of the story as a race of so many.
async fn body(bench: &mut Bench, contractors: i64) -> Value {
    let mut body = bench.play.posting_body().await.unwrap();
    body["content"]["award_mode"] = json!("race");
    body["content"]["contractors"] = json!(contractors);
    body
}

/// A race that takes bids.
async fn announced(bench: &mut Bench, contractors: i64) -> Value {
    bench.reach(Stage::NeedApproved).await;
    // the small panel of the story, for the sums of these races
    let rules = json!({ "panel": { "large_from_fen": 20_000_000 } });
    district_rules(bench, rules).await.ok();
    let body = body(bench, contractors).await;
    let open = made_public(bench, body, json!({ "content_acknowledged": true })).await;
    bench.play.ids.posting = text(&open, "/id");
    bench.play.ids.project = text(&open, "/project_id");
    open
}

/// A race of two, judged: the story's three bids, in the order lelin, yinxing, xinhuo.
async fn ranked(bench: &mut Bench, contractors: i64) {
    announced(bench, contractors).await;
    bench.play.bids_submitted().await.unwrap();
    bench.play.bids_qualified().await.unwrap();
    bench.play.panel_formed().await.unwrap();
    bench.play.bids_scored().await.unwrap();
    bench.forget();
}

fn posting(bench: &Bench, verb: &str) -> String {
    format!("/api/v1/postings/{}{verb}", bench.play.ids.posting)
}

fn ids(bench: &Bench, keys: &[&str]) -> Value {
    keys.iter()
        .map(|key| json!(bench.play.ids.bids[*key]))
        .collect()
}

async fn propose(bench: &mut Bench, body: Value) -> Reply {
    let path = posting(bench, "/propose_race_awards");
    bench.cast("street_officer").await.post(&path, body).await
}

/// Two lanes, lelin's and yinxing's, with xinhuo in reserve; answers the race.
async fn two_lanes(bench: &mut Bench) -> Value {
    ranked(bench, 2).await;
    let body = json!({ "bid_ids": ids(bench, &["lelin", "yinxing"]), "reason": WHY });
    propose(bench, body).await.ok()
}

/// The state of a posting, an award, a bid or a need, as the street sees it.
async fn state(bench: &mut Bench, kind: &str, id: &str) -> String {
    text(
        &seen(bench, "wang.min", &format!("/api/v1/{kind}/{id}")).await,
        "/state",
    )
}

async fn bid(bench: &mut Bench, key: &str) -> String {
    let id = bench.play.ids.bids[key].clone();
    state(bench, "bids", &id).await
}

async fn need(bench: &mut Bench) -> String {
    let id = bench.play.ids.need.clone();
    state(bench, "needs", &id).await
}

/// The ids of a lane: posting and award.
fn lane(race: &Value, place: usize) -> (String, String) {
    let at = |name: &str| text(race, &format!("/items/{place}/{name}"));
    (at("posting_id"), at("award_id"))
}

async fn lane_states(bench: &mut Bench, race: &Value) -> Vec<String> {
    let mut states = Vec::new();
    for item in list(race, "/items") {
        states.push(state(bench, "postings", &text(&item, "/posting_id")).await);
    }
    states
}

async fn decline(bench: &mut Bench, key: &str, award: &str) -> Reply {
    let head = agent_of(key, "org_legal_rep").unwrap();
    let path = format!("/api/v1/awards/{award}/decline");
    let body = json!({ "reason": "承接能力发生变化,放弃承榜" });
    bench.user(&head).await.post(&path, body).await
}

/// The street proposes who follows in a lane.
async fn follow(bench: &mut Bench, posting: &str, key: &str) -> Reply {
    let body = json!({ "bid_id": bench.play.ids.bids[key], "reason": "按照评审排名递补" });
    let path = format!("/api/v1/postings/{posting}/propose_award");
    bench.cast("street_officer").await.post(&path, body).await
}

async fn public(bench: &mut Bench, posting: &str, page: &str) -> Value {
    let path = format!("/api/v1/public/postings/{posting}/{page}");
    bench.nobody().get(&path).await.ok()
}

/// The publicity of both awards passes, the notices go out, both sign.
async fn signed(bench: &mut Bench, race: &Value) {
    let (_, first) = lane(race, 0);
    let award = seen(bench, "wang.min", &format!("/api/v1/awards/{first}")).await;
    bench
        .advance(instant(&award, "/publicity_ends_at") + TimeDelta::seconds(1))
        .await;
    for (place, key) in ["lelin", "yinxing"].into_iter().enumerate() {
        enter(bench, race, place, key).await;
        let path = format!("/api/v1/awards/{}/issue_notice", bench.play.ids.award);
        bench
            .cast("street_officer")
            .await
            .post(&path, json!({}))
            .await
            .ok();
        bench.play.contract_signed().await.unwrap();
    }
    bench.forget();
}

/// The play goes on in this lane.
async fn enter(bench: &mut Bench, race: &Value, place: usize, key: &str) {
    let (posting, award) = lane(race, place);
    bench.forget();
    bench.play.recast_winner(key).unwrap();
    bench.play.ids.project = text(race, &format!("/items/{place}/project_id"));
    let contracts = seen(
        bench,
        "wang.min",
        &format!("/api/v1/contracts?project_id={}", bench.play.ids.project),
    )
    .await;
    if let Some(id) = contracts.pointer("/items/0/id").and_then(Value::as_str) {
        bench.play.ids.contract = id.to_owned();
    }
    bench.play.ids.posting = posting;
    bench.play.ids.award = award;
}

/// The completion report of the story, for a price that is so much lower, is handed in and accepted.
async fn reported(bench: &mut Bench, less: i64) {
    let mut report = crate::scenes::story()["completion_report"].clone();
    for name in ["budget_fen", "actual_fen"] {
        let line = &mut report["budget_actual"]["lines"][0][name];
        *line = json!(line.as_i64().unwrap() - less);
    }
    bench.forget();
    let path = format!(
        "/api/v1/contracts/{}/submit_completion_report",
        bench.play.ids.contract
    );
    bench.user(RIVAL).await.post(&path, report).await.ok();
    bench.play.report_checked().await.unwrap();
}

/// So many new organisations bid; the first one is not good enough, and each later one is better than those before.
async fn handed_in(bench: &mut Bench, open: &Value, count: usize) -> Vec<String> {
    let mut bids = Vec::new();
    for (i, head) in heads().into_iter().take(count).enumerate() {
        let organisation = founded(bench, i, &head).await;
        let price = crate::calls::price(i);
        let mut letter = crate::calls::letter(open, i, price);
        letter.as_object_mut().unwrap().remove("proposal");
        let caller = bench.user(&head).await;
        let body = json!({ "posting_id": open["id"], "organisation_id": organisation, "price_fen": price, "letter": letter });
        let made = caller.post("/api/v1/bids", body).await.ok();
        let id = text(&made, "/id");
        let _ = caller
            .post(&format!("/api/v1/bids/{id}/submit"), json!({}))
            .await
            .ok();
        bids.push(id);
    }
    bids
}

on_both! {
    async fn two_run_from_the_notice_to_the_comparison_of_their_results(bench: Bench) {
        let before = {
            ranked(&mut bench, 2).await;
            let id = bench.play.ids.posting.clone();
            public(&mut bench, &id, "race").await
        };
        assert_eq!((&before["contractors"], &before["decided"], &before["bids"], &before["items"]), (&json!(2), &json!(false), &Value::Null, &json!([])));
        let body = json!({ "bid_ids": ids(&bench, &["lelin", "yinxing"]), "reason": WHY });
        let race = propose(&mut bench, body).await.ok();
        assert_eq!((&race["decided"], &race["bids"], list(&race, "/items").len()), (&json!(true), &json!(3), 2));
        assert_eq!(number(&race, "/sum_fen"), 4_680_000 + 4_560_000);
        let whole = bench.play.ids.posting.clone();
        assert_eq!(public(&mut bench, &whole, "race").await["items"], race["items"]);
        let page = posting(&bench, "");
        let over = seen(&mut bench, "wang.min", &page).await;
        assert_eq!((&over["state"], &over["outcome"], &over["whole_ceiling_fen"]), (&json!("completed"), &json!("raced"), &json!(9_600_000)));
        assert_eq!(lane_states(&mut bench, &race).await, ["award_publicity", "award_publicity"]);
        assert_eq!((bid(&mut bench, "lelin").await, bid(&mut bench, "yinxing").await, bid(&mut bench, "xinhuo").await), ("recommended".into(), "recommended".into(), "reserve".into()));
        // each lane has the needs of the race, a ceiling and a project of its own, and knows the others
        let own = seen(&mut bench, "wang.min", &format!("/api/v1/postings/{}", lane(&race, 1).0)).await;
        assert_eq!((&own["need_ids"], &own["lane_of"]["lane"], &own["lane_of"]["race_number"]), (&json!([bench.play.ids.need]), &json!(2), &over["number"]));
        assert_eq!((&own["budget_ceiling_fen"], &own["whole_ceiling_fen"], &own["content"]["award_mode"]), (&json!(4_800_000), &json!(4_800_000), &json!("single")));
        assert_eq!(public(&mut bench, &lane(&race, 1).0, "race").await["items"], race["items"]);
        let project = seen(&mut bench, "wang.min", &format!("/api/v1/projects/{}", text(&race, "/items/0/project_id"))).await;
        let lanes: Vec<String> = list(&project, "/lanes").iter().map(|one| text(one, "/posting_id")).collect();
        assert_eq!(lanes, [lane(&race, 0).0, lane(&race, 1).0]);
        let page = bench.nobody().get(&format!("/api/v1/public/awards/{}", lane(&race, 1).1)).await.ok();
        assert_eq!((&page["publicity"]["lane"]["lane"], &page["publicity"]["lane"]["lanes"]), (&json!(2), &json!(2)));
        // who judged is nobody's to know before the first notice; the last in rank hears once of both
        bench.user(RIVAL).await.get(&format!("/api/v1/postings/{whole}/panel")).await.refused(404, "not_found");
        bench.work().await;
        let sent = bench.mails.sent().len();
        signed(&mut bench, &race).await;
        bench.work().await;
        let told = bench.mails.sent().split_off(sent);
        let mut told: Vec<String> = told.into_iter().filter(|mail| mail.to.ends_with("xinhuo.example") && mail.body.contains("总分")).map(|mail| mail.to).collect();
        told.sort();
        assert_eq!(told, ["jiang.hongqi@xinhuo.example", "lu.xiaoyang@xinhuo.example"], "head and agent, once each");
        let panel = seen(&mut bench, RIVAL, &format!("/api/v1/postings/{whole}/panel")).await;
        assert_eq!(list(&panel, "/members").len(), 5);
        assert_eq!(lane_states(&mut bench, &race).await, ["contracted", "contracted"]);
        // taken on with the first, closed with the last
        enter(&mut bench, &race, 0, "lelin").await;
        bench.play.work_done().await.unwrap();
        bench.forget();
        assert_eq!(need(&mut bench).await, "fulfilled");
        bench.play.report_accepted().await.unwrap();
        bench.play.evaluation_scored().await.unwrap();
        bench.play.evaluation_confirmed().await.unwrap();
        bench.forget();
        assert_eq!((need(&mut bench).await.as_str(), lane_states(&mut bench, &race).await), ("fulfilled", vec!["completed".to_owned(), "contracted".to_owned()]));
        let half = public(&mut bench, &whole, "race_results").await;
        assert_eq!((&half["complete"], &half["items"]), (&json!(false), &json!([])));
        enter(&mut bench, &race, 1, "yinxing").await;
        bench.play.work_done().await.unwrap();
        reported(&mut bench, 4_680_000 - 4_560_000).await;
        bench.play.evaluation_scored().await.unwrap();
        bench.play.evaluation_confirmed().await.unwrap();
        bench.forget();
        assert_eq!(need(&mut bench).await, "closed");
        assert_eq!(recorded(&bench, "need.fulfilled", None).await, 1);
        let results = public(&mut bench, &whole, "race_results").await;
        assert_eq!(results["complete"], json!(true));
        let shown: Vec<_> = list(&results, "/items").iter().map(|one| (number(one, "/place"), number(one, "/lane"), text(one, "/grade"), number(one, "/price_fen"))).collect();
        // the same sheets give the same total: the lower price comes first
        assert_eq!(shown, [(1, 2, "good".to_owned(), 4_560_000), (2, 1, "good".to_owned(), 4_680_000)]);
    }

    async fn who_declines_is_followed_in_his_lane_and_the_need_stays_until_no_lane_runs(bench: Bench) {
        let race = two_lanes(&mut bench).await;
        let ((first, award), (second, other)) = (lane(&race, 0), lane(&race, 1));
        decline(&mut bench, "lelin", &award).await.ok();
        let waits = seen(&mut bench, "wang.min", &format!("/api/v1/postings/{first}")).await;
        assert_eq!((&waits["state"], due(&waits, "award_decision").is_some()), (&json!("award_publicity"), true));
        assert_eq!(state(&mut bench, "awards", &other).await, "in_publicity");
        // who runs in the other lane follows nowhere, and who is passed over stays passed over
        follow(&mut bench, &first, "yinxing").await.refused(422, "rank_not_followed");
        follow(&mut bench, &second, "xinhuo").await.refused(409, "duplicate");
        let next = follow(&mut bench, &first, "xinhuo").await.ok();
        assert_eq!((&next["rank"], &next["state"], &next["posting_id"]), (&json!(3), &json!("in_publicity"), &json!(first)));
        let shown = public(&mut bench, &first, "race").await;
        assert_eq!((&shown["items"][0]["award_id"], &shown["items"][0]["rank"]), (&next["id"], &json!(3)));
        // without anybody left the lane fails alone
        decline(&mut bench, "xinhuo", &text(&next, "/id")).await.ok();
        assert_eq!(lane_states(&mut bench, &race).await, ["failed", "award_publicity"]);
        assert_eq!((need(&mut bench).await.as_str(), recorded(&bench, "draw.revealed", None).await), ("posted", 0));
        let again = bench.play.posting_body().await.unwrap();
        bench.cast("secretary").await.post("/api/v1/postings", again.clone()).await.refused(409, "need_taken");
        decline(&mut bench, "yinxing", &other).await.ok();
        assert_eq!((need(&mut bench).await.as_str(), lane_states(&mut bench, &race).await), ("approved", vec!["failed".to_owned(), "failed".to_owned()]));
        assert_eq!(recorded(&bench, "need.posting_failed", None).await, 1, "one round has failed, not two");
        assert_eq!(recorded(&bench, "draw.revealed", None).await, 1, "with the last lane, and not before");
        let street = bench.cast("street_officer").await;
        for id in [&first, &second] {
            street.post(&format!("/api/v1/postings/{id}/repost"), json!({})).await.refused(409, "invalid_transition");
        }
        // nobody won, and the need can be posted anew
        let results = public(&mut bench, &first, "race_results").await;
        assert_eq!((&results["complete"], &results["items"][0]["place"], &results["items"][1]["total"]), (&json!(true), &Value::Null, &Value::Null));
        bench.cast("secretary").await.post("/api/v1/postings", again).await.ok();
    }

    async fn the_last_reserve_follows_in_one_lane_and_the_other_that_waits_fails(bench: Bench) {
        let race = two_lanes(&mut bench).await;
        decline(&mut bench, "lelin", &lane(&race, 0).1).await.ok();
        decline(&mut bench, "yinxing", &lane(&race, 1).1).await.ok();
        assert_eq!(lane_states(&mut bench, &race).await, ["award_publicity", "award_publicity"]);
        follow(&mut bench, &lane(&race, 1).0, "xinhuo").await.ok();
        assert_eq!(lane_states(&mut bench, &race).await, ["failed", "award_publicity"]);
        let failed = seen(&mut bench, "wang.min", &format!("/api/v1/postings/{}", lane(&race, 0).0)).await;
        assert_eq!((&failed["reason_code"], need(&mut bench).await.as_str()), (&json!("no_candidate"), "posted"));
    }

    async fn lanes_that_wait_fail_when_the_reserve_runs_out(bench: Bench from NeedApproved) {
        let rules = json!({ "panel": { "large_from_fen": 20_000_000 }, "timers": { "reserve_validity": 30 } });
        district_rules(&mut bench, rules).await.ok();
        let body = body(&mut bench, 2).await;
        let open = made_public(&mut bench, body, json!({ "content_acknowledged": true })).await;
        bench.play.ids.posting = text(&open, "/id");
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.play.panel_formed().await.unwrap();
        bench.play.bids_scored().await.unwrap();
        bench.forget();
        let body = json!({ "bid_ids": ids(&bench, &["lelin", "yinxing"]), "reason": WHY });
        let race = propose(&mut bench, body).await.ok();
        let path = format!("/api/v1/bids/{}", bench.play.ids.bids["xinhuo"]);
        let reserve = seen(&mut bench, "wang.min", &path).await;
        decline(&mut bench, "yinxing", &lane(&race, 1).1).await.ok();
        let last = crate::needs::instant(&due(&reserve, "reserve_validity").unwrap());
        bench.advance(last + TimeDelta::seconds(1)).await;
        assert_eq!(bid(&mut bench, "xinhuo").await, "not_selected");
        assert_eq!(lane_states(&mut bench, &race).await, ["awarded", "failed"]);
        assert_eq!(need(&mut bench).await, "posted");
    }

    async fn an_objection_stops_its_lane_alone(bench: Bench) {
        let race = two_lanes(&mut bench).await;
        let (posting, award) = lane(&race, 1);
        let mut form = objections::form(&bench);
        form["target_id"] = json!(award);
        form["demand"] = json!({ "effect": "next_in_rank", "text": "请求撤销并依次递补" });
        let made = objections::object_with(&mut bench, &agent_of("xinhuo", "org_agent").unwrap(), form).await.ok();
        let id = text(&made, "/id");
        objections::accept(&mut bench, &id).await;
        assert_eq!((state(&mut bench, "awards", &award).await.as_str(), state(&mut bench, "postings", &posting).await.as_str()), ("suspended", "suspended"));
        let first = seen(&mut bench, "wang.min", &format!("/api/v1/awards/{}", lane(&race, 0).1)).await;
        bench.advance(instant(&first, "/publicity_ends_at") + TimeDelta::seconds(1)).await;
        assert_eq!(state(&mut bench, "awards", &lane(&race, 0).1).await, "confirmed");
        assert_eq!(state(&mut bench, "awards", &award).await, "suspended");
        let ask = json!({ "question": "请就分数汇总的质疑作出说明" });
        objections::act(&mut bench, objections::HANDLER, &id, "hearing", ask).await.ok();
        let answer = json!({ "text": "我们对分数没有补充说明。" });
        objections::act(&mut bench, RIVAL, &id, "answer", answer).await.ok();
        // the panel judged the other lane too, and does not judge again for this one
        objections::decide(&mut bench, &id, "upheld", json!("reevaluate")).await.refused(422, "invalid");
        objections::decide(&mut bench, &id, "upheld", json!("next_in_rank")).await.ok();
        assert_eq!((state(&mut bench, "awards", &award).await.as_str(), state(&mut bench, "postings", &posting).await.as_str()), ("revoked", "award_publicity"));
        let next = follow(&mut bench, &posting, "xinhuo").await.ok();
        assert_eq!(next["rank"], json!(3));
        assert_eq!(lane_states(&mut bench, &race).await, ["awarded", "award_publicity"]);
    }

    async fn a_bid_that_falls_is_followed_in_its_lane(bench: Bench) {
        let race = two_lanes(&mut bench).await;
        let path = format!("/api/v1/bids/{}", bench.play.ids.bids["yinxing"]);
        let body = json!({ "ground": "false_material", "reason": "所附职业资格证书经发证机关核实并不存在" });
        bench.user("wang.min").await.post(&format!("{path}/propose_invalidation"), body).await.ok();
        let answer = json!({ "text": "证书编号录入有误,现说明正确编号,请予核实。" });
        bench.user(RIVAL).await.post(&format!("{path}/answer_invalidation"), answer).await.ok();
        let decided = json!({ "reason": "经核实并听取陈述后作出本决定" });
        bench.cast("street_approver").await.post(&format!("{path}/invalidate"), decided).await.ok();
        assert_eq!(state(&mut bench, "awards", &lane(&race, 1).1).await, "revoked");
        assert_eq!(state(&mut bench, "awards", &lane(&race, 0).1).await, "in_publicity");
        follow(&mut bench, &lane(&race, 1).0, "xinhuo").await.ok();
    }

    async fn lanes_that_are_withdrawn_count_as_no_failed_round(bench: Bench) {
        let race = two_lanes(&mut bench).await;
        let body = json!({ "ground": "funding_cancelled", "reason": "本赛道资金被收回,予以撤榜。" });
        let street = bench.cast("street_officer").await;
        let cancel = async |id: &str| street.post(&format!("/api/v1/postings/{id}/cancel"), body.clone()).await;
        cancel(&lane(&race, 0).0).await.ok();
        assert_eq!((state(&mut bench, "awards", &lane(&race, 0).1).await.as_str(), bid(&mut bench, "lelin").await.as_str()), ("lapsed", "not_selected"));
        assert_eq!((need(&mut bench).await.as_str(), bid(&mut bench, "yinxing").await.as_str()), ("posted", "recommended"));
        cancel(&lane(&race, 1).0).await.ok();
        assert_eq!(need(&mut bench).await, "approved");
        assert_eq!((recorded(&bench, "need.posting_failed", None).await, recorded(&bench, "need.posting_cancelled", None).await), (0, 1));
    }

    async fn a_race_is_announced_with_its_whole_sum(bench: Bench from NeedApproved) {
        let good = body(&mut bench, 3).await;
        let secretary = bench.cast("secretary").await;
        let with = |changes: &[(&str, Value)]| {
            let mut body = good.clone();
            for (pointer, value) in changes {
                *body.pointer_mut(pointer).unwrap() = value.clone();
            }
            body
        };
        for (changes, pointer) in [
            (vec![("/content/contractors", json!(1))], "/content/contractors"),
            (vec![("/content/contractors", json!(4))], "/content/contractors"),
            (vec![("/content/contractors", Value::Null)], "/content/contractors"),
            (vec![("/content/award_mode", json!("single"))], "/content/contractors"),
        ] {
            let reply = secretary.post("/api/v1/postings", with(&changes)).await;
            assert_eq!(reply.pointers(), [pointer], "{changes:?}");
            reply.refused(422, "invalid");
        }
        // an order goes to one
        let mut order = good.clone();
        order["type"] = json!("emergency");
        let pointers = bench.cast("street_officer").await.post("/api/v1/postings", order).await.pointers();
        assert!(pointers.contains(&"/content/award_mode".to_owned()), "{pointers:?}");
        // three times the ceiling is above what the law on procurement leaves, once is not
        district_rules(&mut bench, json!({ "procurement_limit_fen": 14_400_000 })).await.ok();
        secretary.post("/api/v1/postings", good.clone()).await.refused(422, "procurement_limit");
        let two = with(&[("/content/contractors", json!(2))]);
        let open = made_public(&mut bench, two, json!({ "content_acknowledged": true })).await;
        assert_eq!((&open["whole_ceiling_fen"], &open["content"]["contractors"]), (&json!(9_600_000), &json!(2)));
        let id = text(&open, "/id");
        let board = bench.nobody().get("/api/v1/public/postings").await.ok();
        let item = list(&board, "/items").into_iter().find(|one| text(one, "/id") == id).unwrap();
        assert_eq!((&item["contractors"], &item["whole_ceiling_fen"]), (&json!(2), &json!(9_600_000)));
        let feed = bench.nobody().call("GET", "/api/v1/public/feeds/postings", &[], None).await;
        assert!(feed.text.contains("赛马 2 家,每家最高限价 48000.00 元,合计 96000.00 元"), "{}", feed.text);
        // and so are changes of the notice
        let change = |contractors: Value| json!({ "changes": { "content": { "contractors": contractors } }, "reason": "参与赛马的组织数调整", "affects_bids": true });
        let street = bench.cast("street_officer").await;
        let path = format!("/api/v1/postings/{id}/amend_published");
        let dear = street.post(&path, change(json!(3))).await;
        assert_eq!(dear.pointers(), ["/changes/budget_ceiling_fen"]);
        assert_eq!(street.post(&path, change(json!(5))).await.pointers().first().map(String::as_str), Some("/changes/content/contractors"));
    }

    async fn a_district_sets_how_many_may_run(bench: Bench from NeedApproved) {
        let secretary = bench.cast("secretary").await;
        district_rules(&mut bench, json!({ "race": { "contractors": 2 } })).await.ok();
        let three = body(&mut bench, 3).await;
        assert_eq!(secretary.post("/api/v1/postings", three.clone()).await.pointers(), ["/content/contractors"]);
        district_rules(&mut bench, json!({ "race": { "contractors": 1 } })).await.ok();
        let two = body(&mut bench, 2).await;
        assert_eq!(secretary.post("/api/v1/postings", two.clone()).await.pointers(), ["/content/award_mode"]);
        assert_eq!(district_rules(&mut bench, json!({ "race": { "contractors": 4 } })).await.pointers(), ["/overrides/race/contractors"]);
        district_rules(&mut bench, json!({})).await.ok();
        let open = made_public(&mut bench, two, json!({ "content_acknowledged": true })).await;
        // the notice in force keeps the rules under which it went out, and the deadline follows the change
        let change = json!({ "changes": { "content": { "contractors": 3 } }, "reason": "参与赛马的组织数调整", "affects_bids": true });
        let path = format!("/api/v1/postings/{}/amend_published", text(&open, "/id"));
        let changed = bench.cast("street_officer").await.post(&path, change).await.ok();
        assert_eq!((&changed["content"]["contractors"], &changed["whole_ceiling_fen"]), (&json!(3), &json!(14_400_000)));
        assert_eq!(changed["changes"][0]["diff"][0]["pointer"], json!("/content/contractors"));
    }

    async fn the_panel_of_a_race_is_that_of_its_whole_sum(bench: Bench from NeedApproved) {
        let body = body(&mut bench, 2).await;
        let open = made_public(&mut bench, body, json!({ "content_acknowledged": true })).await;
        bench.play.ids.posting = text(&open, "/id");
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.forget();
        let (community, department) = (crate::scenes::person(&mut bench, "cao.junjie").await, crate::scenes::person(&mut bench, "luo.jianguo").await);
        let wanted = json!({ "community_person_ids": [community], "department_person_ids": [department] });
        let path = posting(&bench, "/panel/rehearse");
        let seats = bench.cast("street_officer").await.post(&path, wanted).await.ok();
        let experts = list(&seats, "/seats").into_iter().find(|row| row["seat"] == json!("/seats/experts")).unwrap();
        // one alone would cost 48 000 yuan, below the 50 000 from which five experts sit
        assert_eq!(number(&experts, "/needed"), 5);
    }

    async fn the_lanes_follow_the_rank_and_fewer_take_a_public_reason(bench: Bench) {
        let open = announced(&mut bench, 3).await;
        let bids = handed_in(&mut bench, &open, 6).await;
        let ranking: Vec<String> = judged(&mut bench, &open, &bids).await.into_iter().map(|(id, _)| id).collect();
        let asked = |ids: &[&String], more: Value| {
            let mut body = json!({ "bid_ids": ids, "reason": WHY });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let [a, b, c, d] = [&ranking[0], &ranking[1], &ranking[2], &ranking[3]];
        for account in ["zhao.lei", "cao.mengting"] {
            let who = if account == "zhao.lei" { bench.cast("secretary").await } else { bench.user(&heads()[0]).await };
            who.post(&posting(&bench, "/propose_race_awards"), asked(&[a, b, c], json!({}))).await.refused(403, "forbidden");
        }
        // every wrong field at once
        let foreign = text(&open, "/id");
        let wrong = propose(&mut bench, json!({ "bid_ids": [a, a, &foreign, b], "reason": "", "fewer_reason": "少取的理由说明", "cap_reason": "短" })).await;
        for pointer in ["/reason", "/cap_reason", "/fewer_reason", "/bid_ids", "/bid_ids/1", "/bid_ids/2"] {
            assert!(wrong.pointers().contains(&pointer.to_owned()), "{pointer} is not in {:?}", wrong.pointers());
        }
        wrong.refused(422, "invalid");
        assert_eq!(propose(&mut bench, asked(&[a], json!({ "fewer_reason": "仅取一家的理由说明" }))).await.pointers(), ["/bid_ids"]);
        assert_eq!(propose(&mut bench, asked(&[a, b], json!({}))).await.pointers(), ["/fewer_reason"]);
        propose(&mut bench, asked(&[a, b, d], json!({}))).await.refused(422, "rank_not_followed");
        let alone = |more: Value| {
            let mut body = json!({ "bid_id": a, "reason": WHY });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let street = bench.cast("street_officer").await;
        let path = posting(&bench, "/propose_award");
        street.post(&path, alone(json!({}))).await.refused(422, "race_undecided");
        assert_eq!(street.post(&path, alone(json!({ "single_reason": "短" }))).await.pointers(), ["/single_reason"]);
        // two of three, with the reason on every page
        let why = "第三名方案与前两名高度雷同,赛马价值不大。";
        let race = propose(&mut bench, asked(&[b, a], json!({ "fewer_reason": why }))).await.ok();
        assert_eq!((&race["contractors"], &race["fewer_reason"], list(&race, "/items").len()), (&json!(3), &json!(why), 2));
        assert_eq!((&race["items"][0]["rank"], &race["items"][1]["rank"]), (&json!(1), &json!(2)));
        let page = bench.nobody().get(&format!("/api/v1/public/awards/{}", lane(&race, 1).1)).await.ok();
        assert_eq!((&page["publicity"]["fewer_reason"], &page["publicity"]["lane"]["lanes"]), (&json!(why), &json!(2)));
        let mut places = Vec::new();
        for id in &ranking {
            places.push(state(&mut bench, "bids", id).await);
        }
        assert_eq!(places, ["recommended", "recommended", "reserve", "reserve", "not_selected", "not_selected"]);
        propose(&mut bench, asked(&[a, b, c], json!({}))).await.refused(409, "invalid_transition");
        street.post(&path, alone(json!({ "single_reason": "只取一家的理由说明" }))).await.refused(409, "invalid_transition");
    }

    async fn a_race_can_go_to_one_alone_for_a_public_reason(bench: Bench) {
        ranked(&mut bench, 2).await;
        let why = "第二名已书面表示无力承接,只取一家。";
        let body = json!({ "bid_id": bench.play.ids.bids["lelin"], "reason": WHY, "single_reason": why });
        let path = posting(&bench, "/propose_award");
        let award = bench.cast("street_officer").await.post(&path, body).await.ok();
        assert_eq!((&award["publicity"]["fewer_reason"], award["publicity"].get("lane"), &award["posting_id"]), (&json!(why), None, &json!(bench.play.ids.posting)));
        assert_eq!((bid(&mut bench, "yinxing").await, bid(&mut bench, "xinhuo").await), ("reserve".into(), "reserve".into()));
        let id = bench.play.ids.posting.clone();
        assert_eq!(state(&mut bench, "postings", &id).await, "award_publicity");
        let race = public(&mut bench, &id, "race").await;
        assert_eq!((&race["decided"], &race["items"]), (&json!(false), &json!([])));
        // from here on it is a posting like any other
        decline(&mut bench, "lelin", &text(&award, "/id")).await.ok();
        follow(&mut bench, &id, "yinxing").await.ok();
    }

    async fn with_one_good_enough_a_race_is_an_ordinary_award(bench: Bench) {
        let open = announced(&mut bench, 2).await;
        let bids = handed_in(&mut bench, &open, 2).await;
        let ranking: Vec<String> = judged(&mut bench, &open, &bids).await.into_iter().map(|(id, _)| id).collect();
        propose(&mut bench, json!({ "bid_ids": ranking, "reason": WHY })).await.refused(422, "below_threshold");
        let path = posting(&bench, "/propose_award");
        let body = json!({ "bid_id": ranking[0], "reason": WHY });
        let award = bench.cast("street_officer").await.post(&path, body).await.ok();
        assert_eq!((&award["rank"], &award["posting_id"]), (&json!(1), &open["id"]));
        assert_eq!(state(&mut bench, "bids", &ranking[1]).await, "not_selected");
    }

    async fn what_is_no_race_has_no_lanes(bench: Bench from BidsScored) {
        bench.forget();
        let body = json!({ "bid_ids": ids(&bench, &["lelin", "yinxing"]), "reason": WHY });
        propose(&mut bench, body).await.refused(409, "invalid_transition");
        let body = json!({ "bid_id": bench.play.ids.bids["lelin"], "reason": WHY, "single_reason": "只取一家的理由说明" });
        let path = posting(&bench, "/propose_award");
        assert_eq!(bench.cast("street_officer").await.post(&path, body).await.pointers(), ["/single_reason"]);
        let id = bench.play.ids.posting.clone();
        let race = public(&mut bench, &id, "race").await;
        assert_eq!((&race["contractors"], &race["items"], &race["bids"]), (&json!(1), &json!([]), &Value::Null));
        let results = public(&mut bench, &id, "race_results").await;
        assert_eq!((&results["complete"], &results["items"]), (&json!(false), &json!([])));
    }

    async fn a_race_is_decided_once(bench: Bench) {
        ranked(&mut bench, 2).await;
        let body = json!({ "bid_ids": ids(&bench, &["lelin", "yinxing"]), "reason": WHY });
        let (street, path) = (bench.cast("street_officer").await, posting(&bench, "/propose_race_awards"));
        let race = one_of(&eight(async || street.post(&path, body.clone()).await).await);
        assert_eq!((list(&race, "/items").len(), recorded(&bench, "posting.lane_opened", None).await), (2, 2));
    }

    async fn two_lanes_that_end_at_once_send_the_need_back_once(bench: Bench) {
        let race = two_lanes(&mut bench).await;
        decline(&mut bench, "lelin", &lane(&race, 0).1).await.ok();
        let next = follow(&mut bench, &lane(&race, 0).0, "xinhuo").await.ok();
        let (one, two) = (bench.user(&agent_of("xinhuo", "org_legal_rep").unwrap()).await, bench.user(&agent_of("yinxing", "org_legal_rep").unwrap()).await);
        let body = json!({ "reason": "承接能力发生变化,放弃承榜" });
        let at = |award: &str| format!("/api/v1/awards/{award}/decline");
        let (first, second) = (at(&text(&next, "/id")), at(&lane(&race, 1).1));
        let (a, b) = tokio::join!(one.post(&first, body.clone()), two.post(&second, body.clone()));
        a.ok();
        b.ok();
        assert_eq!((need(&mut bench).await.as_str(), lane_states(&mut bench, &race).await), ("approved", vec!["failed".to_owned(), "failed".to_owned()]));
        assert_eq!(recorded(&bench, "need.posting_failed", None).await, 1);
    }

    async fn two_lanes_that_begin_at_once_take_the_need_on_once(bench: Bench) {
        let race = two_lanes(&mut bench).await;
        signed(&mut bench, &race).await;
        let mut contracts = Vec::new();
        for (place, key) in ["lelin", "yinxing"].into_iter().enumerate() {
            enter(&mut bench, &race, place, key).await;
            contracts.push(bench.play.ids.contract.clone());
        }
        let starts = text(&seen(&mut bench, "wang.min", &format!("/api/v1/contracts/{}", contracts[0])).await, "/content/starts_on");
        bench.advance(crate::scenes::day_after(&starts)).await;
        let (one, two) = (bench.user(&agent_of("lelin", "org_agent").unwrap()).await, bench.user(RIVAL).await);
        let at = |id: &str| format!("/api/v1/contracts/{id}/activate");
        let (first, second) = (at(&contracts[0]), at(&contracts[1]));
        let (a, b) = tokio::join!(one.post(&first, json!({})), two.post(&second, json!({})));
        a.ok();
        b.ok();
        assert_eq!((need(&mut bench).await.as_str(), recorded(&bench, "need.fulfilled", None).await), ("fulfilled", 1));
    }
}
