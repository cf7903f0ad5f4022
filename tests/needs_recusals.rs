//! Recusal of reviewers over HTTP (rulebook 2.9): grounds in the register, declarations, demands.

use crate::needs::{
    analyse, analysis, at, drafted, new_need, opine, opinion, plain, reviewed, street, submitted,
    under_review,
};
use crate::needs_voices::act;
use crate::scenes::{grant, list, number, recorded, seen, text};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

async fn demand(bench: &mut Bench, account: &str, id: &str, about: &str) -> Reply {
    let person = bench.person(about).await;
    let body = json!({ "person_id": person, "reason": "近三年受聘于相关物业公司。" });
    act(bench, account, id, "recusals", body).await
}

async fn exclude(bench: &mut Bench, id: &str, recusal: &str, excluded: bool) -> Reply {
    let body = json!({ "recusal_id": recusal, "excluded": excluded, "reason": "经核实作出决定。" });
    act(bench, "wang.min", id, "exclude_reviewer", body).await
}

fn last(need: &Value) -> String {
    let recusals = need["recusals"].as_array().unwrap();
    text(recusals.last().unwrap(), "/id")
}

/// The totals of the opinions that somebody reads.
async fn totals(bench: &mut Bench, account: &str, id: &str) -> Vec<i64> {
    let need = seen(bench, account, &format!("/api/v1/needs/{id}")).await;
    list(&need, "/opinions")
        .iter()
        .map(|one| number(one, "/total"))
        .collect()
}

on_both! {
    async fn an_expert_reads_the_opinions_of_others_once_he_has_given_his_own(bench: Bench) {
        let id = under_review(&mut bench, new_need()).await;
        analyse(&mut bench, &id).await.ok();
        opine(&mut bench, &id, "qin.shuyao", "A01", 52).await.ok();
        assert_eq!(totals(&mut bench, "gu.lanting", &id).await, Vec::<i64>::new());
        assert_eq!(totals(&mut bench, "qin.shuyao", &id).await, [52]);
        for inside in ["zhao.lei", "wang.min", "wei.guohua", "he.zhengqing", "gong.mingyue"] {
            assert_eq!(totals(&mut bench, inside, &id).await, [52], "{inside}");
        }
        let own = opine(&mut bench, &id, "gu.lanting", "A06", 58).await.ok();
        assert_eq!(list(&own, "/opinions").len(), 2, "who has spoken reads what the others said");
        assert_eq!(totals(&mut bench, "qin.shuyao", &id).await, [52, 58]);
        assert_eq!(totals(&mut bench, "wan.jingyi", &id).await, Vec::<i64>::new());
        // a new cycle begins anew: of the last one he reads his own
        plain(&street(&mut bench).await, &id, "backlog").await.ok();
        street(&mut bench).await.post(&at(&id, "start_review"), json!({ "evidence": "汛期后又有三户老人摔伤,网格员已逐户核实。" })).await.ok();
        assert_eq!(totals(&mut bench, "qin.shuyao", &id).await, [52]);
        opine(&mut bench, &id, "gu.lanting", "A06", 71).await.ok();
        assert_eq!(totals(&mut bench, "qin.shuyao", &id).await, [52]);
        assert_eq!(totals(&mut bench, "gu.lanting", &id).await, [52, 58, 71]);
    }

    async fn what_an_excluded_expert_said_opens_nothing_to_him(bench: Bench) {
        let id = reviewed(&mut bench, 95, 65).await;
        assert_eq!(totals(&mut bench, "qin.shuyao", &id).await, [95, 65]);
        demand(&mut bench, "qin.shuyao", &id, "qin.shuyao").await.ok();
        assert_eq!(totals(&mut bench, "qin.shuyao", &id).await, [95]);
    }

    async fn an_excluded_expert_says_nothing_more_and_what_he_said_is_void(bench: Bench) {
        let id = reviewed(&mut bench, 95, 65).await;
        let shown = demand(&mut bench, "zhao.lei", &id, "qin.shuyao").await.ok();
        assert_eq!(shown["recusals"][0]["outcome"], json!("demanded"));
        demand(&mut bench, "wang.min", &id, "qin.shuyao").await.refused(409, "duplicate");
        let done = exclude(&mut bench, &id, &last(&shown), true).await.ok();
        assert_eq!((&done["recusals"][0]["outcome"], &done["opinions"][0]["voided"], &done["opinions"][1]["voided"]), (&json!("excluded"), &json!(true), &json!(false)));
        assert_eq!(recorded(&bench, "need.reviewer_excluded", Some(&id)).await, 1);
        plain(&street(&mut bench).await, &id, "approve").await.refused(422, "opinions_missing");
        opine(&mut bench, &id, "qin.shuyao", "C01", 90).await.refused(409, "recused");
        opine(&mut bench, &id, "wan.jingyi", "A03", 75).await.ok();
        // (65 + 75) / 2: the void opinion does not count
        assert_eq!(plain(&street(&mut bench).await, &id, "approve").await.ok()["review_score"], json!("70.00"));
    }

    async fn a_dismissed_demand_changes_nothing_and_can_be_made_again(bench: Bench) {
        let id = reviewed(&mut bench, 70, 70).await;
        let shown = demand(&mut bench, "wang.min", &id, "gu.lanting").await.ok();
        exclude(&mut bench, &id, &last(&shown), false).await.ok();
        let reply = exclude(&mut bench, &id, &last(&shown), true).await;
        assert_eq!(reply.pointers(), ["/recusal_id"]);
        reply.refused(422, "invalid");
        assert_eq!(demand(&mut bench, "he.zhengqing", &id, "gu.lanting").await.ok()["recusals"].as_array().unwrap().len(), 2);
        assert_eq!(plain(&street(&mut bench).await, &id, "approve").await.ok()["review_score"], json!("70.00"));
    }

    async fn a_reviewer_stands_aside_of_his_own_accord_at_once(bench: Bench) {
        let id = under_review(&mut bench, new_need()).await;
        demand(&mut bench, "qin.shuyao", &id, "gu.lanting").await.refused(403, "forbidden");
        opine(&mut bench, &id, "qin.shuyao", "A01", 70).await.ok();
        let own = demand(&mut bench, "qin.shuyao", &id, "qin.shuyao").await.ok();
        assert_eq!((&own["opinions"][0]["voided"], &own["recusals"]), (&json!(true), &json!([])), "demands are for officials");
        opine(&mut bench, &id, "qin.shuyao", "C01", 70).await.refused(409, "recused");
        // of the third party one person stands aside and a colleague takes over
        analyse(&mut bench, &id).await.ok();
        let own = demand(&mut bench, "gong.mingyue", &id, "gong.mingyue").await.ok();
        assert_eq!(own["analyses"][0]["voided"], json!(true));
        analyse(&mut bench, &id).await.refused(409, "recused");
        plain(&street(&mut bench).await, &id, "open_comment").await.refused(422, "analysis_missing");
        act(&mut bench, "chang.le", &id, "analyses", analysis(true)).await.ok();
        act(&mut bench, "tang.jiahui", &id, "analyses", analysis(true)).await.refused(409, "duplicate");
        let need = street(&mut bench).await.get(&format!("/api/v1/needs/{id}")).await.ok();
        let outcomes: Vec<&Value> = need["recusals"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
        assert_eq!(outcomes, [&json!("excluded"), &json!("excluded")]);
    }

    async fn demands_name_a_reviewer_give_a_reason_and_come_in_the_review(bench: Bench) {
        let draft = submitted(&mut bench, new_need()).await;
        demand(&mut bench, "wang.min", &draft, "qin.shuyao").await.refused(409, "invalid_transition");
        let id = under_review(&mut bench, new_need()).await;
        let person = bench.person("xue.chunmei").await;
        let reply = act(&mut bench, "wang.min", &id, "recusals", json!({ "person_id": person, "reason": "短" })).await;
        assert_eq!(reply.pointers(), ["/reason", "/person_id"]);
        reply.refused(422, "invalid");
        demand(&mut bench, "xue.chunmei", &id, "qin.shuyao").await.refused(404, "not_found");
        let shown = demand(&mut bench, "wang.min", &id, "qin.shuyao").await.ok();
        let body = json!({ "recusal_id": last(&shown), "excluded": true, "reason": "社区不能自行决定。" });
        act(&mut bench, "zhao.lei", &id, "exclude_reviewer", body).await.refused(403, "forbidden");
        let reply = act(&mut bench, "wang.min", &id, "exclude_reviewer", json!({ "recusal_id": last(&shown), "excluded": true, "reason": "是" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        let done = json!({ "ground": "market_service", "reason": "属于市场化服务" });
        street(&mut bench).await.post(&at(&id, "reject"), done).await.ok();
        exclude(&mut bench, &id, &last(&shown), true).await.refused(409, "invalid_transition");
    }

    async fn who_works_for_the_analysing_body_gives_no_opinion(bench: Bench) {
        let analyst = bench.organisation("mingjian").await;
        let district = bench.cast("district_admin").await;
        // one by his employer in the pool of experts, one by what he holds in the organisation
        for (account, employer) in [("jing.yawen", json!(analyst)), ("sheng.nan", Value::Null)] {
            grant(&mut bench, account, "expert", json!({ "division": "410108000000" })).await;
            let entry = json!({ "person": account, "division": "410108000000", "specialities": ["A01"], "level": "senior", "employer_id": employer });
            district.post("/api/v1/experts", entry).await.ok();
        }
        let id = under_review(&mut bench, new_need()).await;
        for account in ["jing.yawen", "sheng.nan"] {
            act(&mut bench, account, &id, "opinions", opinion("A01", 70, true)).await.refused(409, "recused");
        }
    }

    async fn who_drafted_a_need_does_not_review_it(bench: Bench) {
        let analyst = bench.organisation("mingjian").await;
        grant(&mut bench, "zhao.lei", "third_party", json!({ "organisation": analyst })).await;
        grant(&mut bench, "zhao.lei", "expert", json!({ "division": "410108000000" })).await;
        let id = under_review(&mut bench, new_need()).await;
        act(&mut bench, "zhao.lei", &id, "analyses", analysis(true)).await.refused(409, "recused");
        let other = drafted(&mut bench, new_need()).await;
        act(&mut bench, "gong.mingyue", &other, "analyses", analysis(true)).await.refused(404, "not_found");
        assert_eq!(recorded(&bench, "need.analysed", Some(&id)).await, 0);
    }
}
