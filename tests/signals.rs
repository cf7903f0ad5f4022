//! 串通线索: what the supervisor is shown, who else is not, and how the organisations concerned are heard (rulebook 2.5).

use crate::bids::{agent, drafted, head, open};
use crate::needs::instant;
use crate::scenes::{list, number, text};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Caller, on_both};

const REASON: &str = "两份意向书自有文字几乎相同,须核查编制过程。";

/// Two organisations hand in the same words at the same price; a third writes its own.
async fn planted(bench: &mut Bench) -> [String; 2] {
    open(bench).await;
    let mut ids = Vec::new();
    for key in ["lelin", "dahe", "yinxing"] {
        let id = drafted(bench, key).await;
        head(bench, key)
            .await
            .post(&format!("/api/v1/bids/{id}/submit"), json!({}))
            .await
            .ok();
        ids.push(id);
    }
    [ids[0].clone(), ids[1].clone()]
}

async fn opened(bench: &mut Bench) {
    bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
}

async fn supervisor(bench: &mut Bench) -> Caller {
    bench.cast("supervisor").await
}

async fn the_signal(bench: &mut Bench) -> Value {
    let all = supervisor(bench).await.get("/api/v1/signals").await.ok();
    let items = list(&all, "/items");
    assert_eq!(items.len(), 1, "{all}");
    let path = format!("/api/v1/signals/{}", text(&items[0], "/id"));
    supervisor(bench).await.get(&path).await.ok()
}

fn at(signal: &Value, verb: &str) -> String {
    format!("/api/v1/signals/{}/{verb}", text(signal, "/id"))
}

on_both! {
    async fn equal_bids_are_shown_to_the_supervisor_alone_and_only_after_the_opening(bench: Bench from PostingOpen) {
        let ids = planted(&mut bench).await;
        let none = supervisor(&mut bench).await.get("/api/v1/signals").await.ok();
        assert_eq!(none["items"], json!([]), "before the opening nobody compares anything");
        opened(&mut bench).await;
        let signal = the_signal(&mut bench).await;
        let evidence = list(&signal, "/evidence");
        let found: Vec<&Value> = evidence.iter().map(|one| &one["indicator"]).collect();
        assert_eq!(found, [&json!("equal_text"), &json!("equal_price"), &json!("handed_in_together")]);
        for one in &evidence {
            let mut bids = list(one, "/bids");
            bids.sort_by_key(|id| id.as_str().unwrap().to_owned());
            let mut wanted = ids.to_vec();
            wanted.sort();
            assert_eq!(bids, wanted.iter().map(|id| json!(id)).collect::<Vec<_>>());
        }
        assert!(text(&evidence[0], "/detail").contains("100%"), "{evidence:?}");
        assert_eq!((&signal["state"], &signal["weight"]), (&json!("raised"), &json!(100)));
        assert_eq!(list(&signal, "/organisations").len(), 2);
        // neither street nor district nor those concerned
        let path = format!("/api/v1/signals/{}", text(&signal, "/id"));
        for who in ["street_officer", "district_admin", "secretary"] {
            let caller = bench.cast(who).await;
            assert_eq!(caller.get("/api/v1/signals").await.ok()["items"], json!([]), "{who}");
            caller.get(&path).await.refused(404, "not_found");
            caller.post(&at(&signal, "dismiss"), json!({ "reason": REASON })).await.refused(404, "not_found");
        }
        let lelin = agent(&mut bench, "lelin").await;
        lelin.get(&path).await.refused(404, "not_found");
        assert_eq!(lelin.get("/api/v1/signals").await.ok()["items"], json!([]));
        bench.nobody().get(&path).await.refused(401, "unauthenticated");
        // nothing happened to the bids
        for id in ids {
            let bid = bench.cast("street_officer").await.get(&format!("/api/v1/bids/{id}")).await.ok();
            assert_eq!(bid["state"], json!("opened"));
            assert!(list(&bid, "/eligibility").iter().all(|check| check["passed"] == json!(true)), "{bid}");
        }
    }

    async fn a_signal_is_confirmed_after_those_concerned_were_heard(bench: Bench from PostingOpen) {
        planted(&mut bench).await;
        opened(&mut bench).await;
        let signal = the_signal(&mut bench).await;
        let boss = supervisor(&mut bench).await;
        let reason = json!({ "reason": REASON });
        boss.post(&at(&signal, "confirm"), reason.clone()).await.refused(409, "invalid_transition");
        boss.post(&at(&signal, "ask"), json!({ "question": "请说明意向书的编制过程" })).await.refused(409, "invalid_transition");
        let short = boss.post(&at(&signal, "investigate"), json!({ "reason": "查" })).await;
        assert_eq!(short.pointers(), ["/reason"]);
        short.refused(422, "invalid");
        let stale = boss.call("POST", &at(&signal, "investigate"), &[("if-match", "\"9\"")], Some(reason.to_string().into_bytes())).await;
        stale.refused(412, "stale_version");
        let looked = boss.post(&at(&signal, "investigate"), reason.clone()).await.ok();
        assert_eq!((&looked["state"], &looked["finding"]), (&json!("investigating"), &json!(REASON)));
        let empty = boss.post(&at(&signal, "ask"), json!({ "question": "" })).await;
        assert_eq!(empty.pointers(), ["/question"]);
        empty.refused(422, "invalid");
        let asked = boss.post(&at(&signal, "ask"), json!({ "question": "请说明意向书的编制过程" })).await.ok();
        assert_eq!((&asked["state"], &asked["answer_by"]), (&json!("asked"), &json!("2026-03-23T23:59:59+08:00")));
        boss.post(&at(&signal, "confirm"), reason.clone()).await.refused(422, "not_heard");
        // an organisation reads the question and its own part, not the evidence and not the other one
        let (own, other) = (bench.organisation("lelin").await, bench.organisation("dahe").await);
        let lelin = agent(&mut bench, "lelin").await;
        let seen = lelin.get(&format!("/api/v1/signals/{}", text(&signal, "/id"))).await.ok();
        assert_eq!((&seen["question"], &seen["evidence"], &seen["weight"], &seen["finding"]), (&json!("请说明意向书的编制过程"), &json!([]), &Value::Null, &Value::Null));
        assert_eq!(list(&seen, "/organisations").len(), 1);
        assert!(!seen.to_string().contains(&other), "{seen}");
        let listed = lelin.get("/api/v1/signals").await.ok();
        assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["weight"]), (&signal["id"], &Value::Null));
        let statement = json!({ "organisation_id": own, "statement": "意向书由本中心项目部独立编制。" });
        let foreign = lelin.post(&at(&signal, "reply"), json!({ "organisation_id": other, "statement": "短" })).await;
        assert_eq!(foreign.pointers(), ["/statement", "/organisation_id"]);
        foreign.refused(422, "invalid");
        lelin.post(&at(&signal, "confirm"), reason.clone()).await.refused(403, "forbidden");
        agent(&mut bench, "yinxing").await.post(&at(&signal, "reply"), statement.clone()).await.refused(404, "not_found");
        lelin.post(&at(&signal, "reply"), statement.clone()).await.ok();
        lelin.post(&at(&signal, "reply"), statement.clone()).await.refused(409, "duplicate");
        bench.cast("supervisor").await.post(&at(&signal, "confirm"), reason.clone()).await.refused(422, "not_heard");
        let dahe = json!({ "organisation_id": other, "statement": "参考了兄弟单位的范本,未沟通报价。" });
        agent(&mut bench, "dahe").await.post(&at(&signal, "reply"), dahe).await.ok();
        let done = bench.cast("supervisor").await.post(&at(&signal, "confirm"), reason.clone()).await.ok();
        assert_eq!((&done["state"], list(&done, "/organisations").len()), (&json!("confirmed"), 2));
        assert!(list(&done, "/organisations").iter().all(|one| one["reply"].is_string()));
        bench.cast("supervisor").await.post(&at(&signal, "dismiss"), reason).await.refused(409, "invalid_transition");
    }

    async fn who_does_not_answer_in_time_was_heard_and_a_signal_can_be_dismissed(bench: Bench from PostingOpen) {
        planted(&mut bench).await;
        opened(&mut bench).await;
        let signal = the_signal(&mut bench).await;
        let reason = json!({ "reason": REASON });
        let boss = supervisor(&mut bench).await;
        boss.post(&at(&signal, "investigate"), reason.clone()).await.ok();
        boss.post(&at(&signal, "ask"), json!({ "question": "请说明意向书的编制过程" })).await.ok();
        bench.advance(instant("2026-03-24T00:00:00+08:00")).await;
        let own = bench.organisation("lelin").await;
        let late = json!({ "organisation_id": own, "statement": "意向书由本中心项目部独立编制。" });
        agent(&mut bench, "lelin").await.post(&at(&signal, "reply"), late).await.refused(409, "deadline_passed");
        let boss = supervisor(&mut bench).await;
        let actions = boss.get(&at(&signal, "actions")).await.ok();
        let open: Vec<String> = list(&actions, "/allowed").iter().map(|one| text(one, "/action")).collect();
        assert_eq!(open, ["dismiss", "confirm"]);
        let done = boss.post(&at(&signal, "dismiss"), reason).await.ok();
        assert_eq!((&done["state"], &done["reason"]), (&json!("dismissed"), &json!(REASON)));
        let posting = text(&signal, "/posting_id");
        let kept = boss.get(&format!("/api/v1/signals?posting={posting}&state=dismissed")).await.ok();
        assert_eq!(list(&kept, "/items").len(), 1);
        assert_eq!(boss.get("/api/v1/signals?state=raised").await.ok()["items"], json!([]));
        assert_eq!(boss.get("/api/v1/signals?division=410102").await.ok()["items"], json!([]));
        boss.get("/api/v1/signals?posting=x").await.refused(422, "invalid");
        assert!(number(&done, "/version") > 1);
    }

    async fn independent_bids_raise_nothing_not_even_after_the_award(bench: Bench from AwardNoticed) {
        bench.forget();
        assert_eq!(supervisor(&mut bench).await.get("/api/v1/signals").await.ok()["items"], json!([]));
    }
}
