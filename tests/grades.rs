//! Schemes and grades that a district chooses, and what a contractor learns (rulebook 2.11.2, 2.11.3, 2.4.5).

use crate::bonuses::overrides;
use crate::evaluations::{
    at, declared, evaluation, happy, opened, published, scored, scoring, surveyed,
};
use crate::scenes::{list, number, person, seen, text};
use crate::second_rounds::checked;
use chrono::Duration;
use serde_json::{Value, json};
use wubang_testkit::on_both;

on_both! {
    async fn basic_pass_is_done_and_to_be_rectified(bench: Bench) {
        overrides(&mut bench, json!({ "evaluation": { "basic_pass": 1 } })).await.ok();
        let neutral = json!({ "very_dissatisfied": 0, "dissatisfied": 0, "neutral": 20, "satisfied": 30, "very_satisfied": 0 });
        let members = scoring(&mut bench, neutral).await;
        scored(&mut bench, &members, |_| 65).await;
        let ends = published(&mut bench).await;
        let shown = checked(&bench).await;
        assert_eq!((&shown["grade"], &shown["rectification_advised"]), (&json!("basic_pass"), &json!(true)));
        bench.advance(ends + Duration::seconds(1)).await;
        let contract = format!("/api/v1/contracts/{}", bench.play.ids.contract);
        assert_eq!(seen(&mut bench, "wang.min", &contract).await["state"], json!("completed"));
        let ledger = format!("/api/v1/organisations/{}/credit", bench.organisation("lelin").await);
        assert_eq!(seen(&mut bench, "wang.min", &ledger).await["entries"], json!([]));
    }

    async fn a_district_chooses_the_scheme_of_three_parties(bench: Bench) {
        let wrong = overrides(&mut bench, json!({ "evaluation": { "scheme": "simple" } })).await;
        assert_eq!(wrong.pointers(), ["/overrides/evaluation/scheme"]);
        overrides(&mut bench, json!({ "evaluation": { "scheme": "three_party", "weights": { "commissioner": 30, "third_party": 35 } } })).await.ok();
        bench.play.retell("/posting/evaluation_weights", json!({})).unwrap();
        opened(&mut bench).await;
        let shown = evaluation(&mut bench, "gong.mingyue").await;
        let parties: Vec<(String, i64)> = list(&shown, "/rule/parties").iter().map(|one| (text(one, "/party"), number(one, "/weight"))).collect();
        assert_eq!(parties, [("commissioner".to_owned(), 30), ("residents".to_owned(), 35), ("third_party".to_owned(), 35)]);
        let mut of = Vec::new();
        for account in ["zhao.lei", "luo.jianguo", "chang.le", "tang.jiahui", "gong.mingyue", "ning.jiayi"] {
            of.push(json!(person(&mut bench, account).await));
        }
        let third = bench.cast("third_party").await;
        let path = at(&bench, "panel");
        // who runs the evaluation takes no seat in it, who is no member of the third party none of its seats
        let body = json!({ "commissioner_person_ids": [of[0], of[1]], "third_party_person_ids": [of[2], of[4]] });
        let refused = third.post(&path, body).await;
        assert_eq!(refused.pointers(), ["/third_party_person_ids/1"]);
        refused.refused(409, "recused");
        let body = json!({ "commissioner_person_ids": [of[0], of[5]], "third_party_person_ids": [of[2], of[5]], "department_person_ids": [of[1]] });
        assert_eq!(third.post(&path, body).await.pointers(), ["/commissioner_person_ids/1", "/department_person_ids", "/third_party_person_ids/1"]);
        third.post(&path, json!({ "commissioner_person_ids": [of[0]], "third_party_person_ids": [of[2], of[3]] })).await.refused(422, "panel_incomplete");
        let body = json!({ "commissioner_person_ids": [of[0], of[1]], "third_party_person_ids": [of[2], of[3]] });
        let members = crate::evaluations::formed(&mut bench, body, &["luo.jianguo", "chang.le", "tang.jiahui"]).await;
        assert_eq!(members.len(), 9);
        declared(&mut bench, &members).await;
        // a colleague who scores does not run it
        surveyed(&mut bench, &happy()).await;
        bench.user("chang.le").await.post(&at(&bench, "start_scoring"), json!({})).await.refused(409, "recused");
        bench.cast("third_party").await.post(&at(&bench, "start_scoring"), json!({})).await.ok();
        scored(&mut bench, &members, |party| if party == "third_party" { 60 } else { 90 }).await;
        bench.user("chang.le").await.post(&at(&bench, "draft_result"), crate::scenes::story()["evaluation_draft"].clone()).await.refused(409, "recused");
        published(&mut bench).await;
        assert_eq!(checked(&bench).await["scheme"], json!("three_party"));
    }

    async fn the_contractor_learns_means_and_comments_and_not_whose_they_are(bench: Bench) {
        let members = scoring(&mut bench, happy()).await;
        scored(&mut bench, &members, |party| if party == "experts" { 70 } else { 90 }).await;
        for account in ["ning.jiayi", "wang.min"] {
            let before = evaluation(&mut bench, account).await;
            assert_eq!((&before["criterion_means"], &before["sheet_comments"]), (&json!([]), &json!([])), "{account}: before the publicity");
        }
        published(&mut bench).await;
        let shown = evaluation(&mut bench, "ning.jiayi").await;
        let means = list(&shown, "/criterion_means");
        let design = means.iter().find(|one| one["criterion"] == json!("design")).unwrap();
        // 70 % of 30
        assert_eq!((&design["mean"], &design["exact"], &design["sheets"], &design["max"]), (&json!("21.00"), &json!("21/1"), &json!(3), &json!(30)));
        // one department alone: its means would be its officer's own sheet
        assert!(means.iter().all(|one| one["party"] != json!("departments")));
        let comments = list(&shown, "/sheet_comments");
        assert_eq!(comments.len(), 10);
        for (account, _) in &members {
            let who = person(&mut bench, account).await;
            assert!(!shown["criterion_means"].to_string().contains(&who) && !shown["sheet_comments"].to_string().contains(&who));
        }
        // members of the panel and communities learn nothing beside what is public
        let expert = members.iter().find(|(_, party)| party == "experts").unwrap().0.clone();
        assert_eq!(evaluation(&mut bench, &expert).await["criterion_means"], json!([]));
        let public = format!("/api/v1/public/evaluations/{}", bench.play.ids.evaluation);
        let public: Value = bench.nobody().get(&public).await.ok();
        assert!(public.get("criterion_means").is_none() && public.get("sheet_comments").is_none());
    }
}
