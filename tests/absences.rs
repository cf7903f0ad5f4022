//! Members who do not score, and parties that could not be brought to (rulebook 2.8.11 `member.replaced`, 2.11.2).

use crate::evaluations::{
    Member, at, declared, evaluation, hand_in, happy, published, scored, scoring, sheet,
};
use crate::scenes::{list, person, text};
use crate::second_rounds::checked;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

const REASON: &str = "两次催办未提交评分表,本人来电说明住院。";

/// The seat of somebody on the panel.
async fn seat(bench: &mut Bench, account: &str) -> String {
    let who = person(bench, account).await;
    let shown = evaluation(bench, "gong.mingyue").await;
    let members = list(&shown, "/panel/members");
    let sits = |one: &&Value| one["person_id"] == json!(who) && one["active"] == json!(true);
    text(members.iter().find(sits).unwrap(), "/id")
}

async fn replaces(bench: &mut Bench, account: &str) -> Reply {
    let body = json!({ "member_id": seat(bench, account).await, "reason": REASON });
    let third = bench.cast("third_party").await;
    third.post(&at(bench, "replace_member"), body).await
}

async fn fills(bench: &mut Bench, account: &str) {
    let substitute = person(bench, account).await;
    let third = bench.cast("third_party").await;
    let body = json!({ "department_person_ids": [substitute] });
    third.post(&at(bench, "panel_members"), body).await.ok();
}

async fn leaves_out(bench: &mut Bench, party: &str) -> Reply {
    let third = bench.cast("third_party").await;
    let body =
        json!({ "party": party, "reason": "民政科两名同志先后因病和抽调未能评分,无其他人选。" });
    third.post(&at(bench, "leave_out_party"), body).await
}

fn of<'a>(members: &'a [Member], wanted: &str) -> &'a str {
    let mut members = members.iter();
    &members.find(|(_, party)| party == wanted).unwrap().0
}

/// The account of an expert.
async fn expert_with(bench: &mut Bench, wanted: &str) -> String {
    for account in wubang_server::demo::play::accounts_with("expert", None).unwrap() {
        if person(bench, &account).await == wanted {
            return account;
        }
    }
    panic!("no expert {wanted}");
}

on_both! {
    async fn who_does_not_score_is_replaced_and_the_result_waits_for_the_seat(bench: Bench) {
        let members = scoring(&mut bench, happy()).await;
        let (expert, department) = (of(&members, "experts").to_owned(), of(&members, "departments").to_owned());
        let third = bench.cast("third_party").await;
        let first = sheet(&mut bench, "departments", 80).await;
        hand_in(&mut bench, &department, first).await.ok();
        // who has scored is not absent, and nobody is taken off without a word
        replaces(&mut bench, &department).await.refused(422, "invalid");
        let wordless = third.post(&at(&bench, "replace_member"), json!({ "member_id": seat(&mut bench, &expert).await, "reason": "" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
        let body = json!({ "member_id": seat(&mut bench, &expert).await, "reason": REASON });
        bench.cast("street_officer").await.post(&at(&bench, "replace_member"), body).await.refused(403, "forbidden");
        let after = replaces(&mut bench, &expert).await.ok();
        // the next of the drawn order follows, and declares himself first
        let seats: Vec<Value> = list(&after, "/panel/members").into_iter().filter(|one| one["party"] == json!("experts") && one["active"] == json!(true)).collect();
        assert_eq!((seats.len(), seats.iter().filter(|one| one["declaration"] == json!("pending")).count()), (3, 1));
        hand_in(&mut bench, &expert, json!({ "points": {}, "reasons": {} })).await.refused(404, "not_found");
        let others: Vec<Member> = members.iter().filter(|(account, _)| *account != expert && *account != department).cloned().collect();
        scored(&mut bench, &others, |_| 80).await;
        assert_eq!(evaluation(&mut bench, "gong.mingyue").await["state"], json!("scoring"));
        let next = expert_with(&mut bench, &text(seats.iter().find(|one| one["declaration"] == json!("pending")).unwrap(), "/person_id")).await;
        let late = [(next, "experts".to_owned())];
        declared(&mut bench, &late).await;
        scored(&mut bench, &late, |_| 80).await;
        assert_eq!(evaluation(&mut bench, "gong.mingyue").await["state"], json!("scored"));
    }

    async fn a_party_is_left_out_after_two_replacements_and_its_weight_is_spread(bench: Bench) {
        let members = scoring(&mut bench, happy()).await;
        let department = of(&members, "departments").to_owned();
        for party in ["residents", "community_party_org", "nobody"] {
            assert_eq!(leaves_out(&mut bench, party).await.pointers(), ["/party"], "{party}");
        }
        leaves_out(&mut bench, "departments").await.refused(409, "too_early");
        let others: Vec<Member> = members.iter().filter(|(account, _)| *account != department).cloned().collect();
        scored(&mut bench, &others, |party| if party == "experts" { 70 } else { 80 }).await;
        replaces(&mut bench, &department).await.ok();
        // all sheets are in, but a party would be empty: nothing is computed
        assert_eq!(evaluation(&mut bench, "gong.mingyue").await["state"], json!("scoring"));
        leaves_out(&mut bench, "departments").await.refused(409, "too_early");
        fills(&mut bench, "zheng.haixia").await;
        replaces(&mut bench, "zheng.haixia").await.ok();
        let scored = leaves_out(&mut bench, "departments").await.ok();
        assert_eq!((&scored["state"], &scored["reduced_parties"][0]["party"], &scored["reduced_parties"][0]["weight"]), (&json!("scored"), &json!("departments"), &json!(20)));
        leaves_out(&mut bench, "experts").await.refused(409, "invalid_transition");
        published(&mut bench).await;
        let shown = checked(&bench).await;
        assert_eq!(list(&shown, "/party_scores").len(), 3);
        assert!(text(&shown, "/reduced_parties/0/reason").contains("民政科"));
    }
}
