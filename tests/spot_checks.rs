//! 抽查 over HTTP (rulebook 2.4.5): planned unannounced, recorded with consequences, counted against the quota.

use crate::changes::begun;
use crate::guidance::{act, all, level};
use crate::scenes::{seen, text};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

const LIST: &str = "/api/v1/spot_checks";

async fn plan(bench: &mut Bench, part: &str) -> Reply {
    let body = json!({ "contract_id": bench.play.ids.contract });
    bench.cast(part).await.post(LIST, body).await
}

/// A planned check; answers its id.
pub(crate) async fn planned(bench: &mut Bench) -> String {
    text(&plan(bench, "street_officer").await.ok(), "/id")
}

async fn does(bench: &mut Bench, part: &str, id: &str, verb: &str, body: Value) -> Reply {
    act(bench, part, ("spot_checks", id, verb), body).await
}

async fn today(bench: &mut Bench, id: &str) -> String {
    let at = text(
        &seen(bench, "wang.min", &format!("{LIST}/{id}")).await,
        "/created_at",
    );
    at[..10].to_owned()
}

async fn found(bench: &mut Bench, finding: &str) -> Value {
    let id = planned(bench).await;
    let day = today(bench, &id).await;
    let body = json!({ "finding": finding, "facts": "现场门锁,电话告知当日停课,台账未更新。", "checked_on": day });
    does(bench, "street_officer", &id, "record", body)
        .await
        .ok()
}

async fn quota(bench: &mut Bench, query: &str) -> Value {
    seen(
        bench,
        "wei.guohua",
        &format!("/api/v1/spot_check_quota{query}"),
    )
    .await
}

on_both! {
    async fn a_check_is_planned_unannounced_and_recorded(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        for part in ["secretary", "winner_agent"] {
            plan(&mut bench, part).await.refused(403, "forbidden");
        }
        let past = json!({ "contract_id": bench.play.ids.contract, "planned_for": "2020-01-01" });
        assert_eq!(bench.cast("district_admin").await.post(LIST, past).await.pointers(), ["/planned_for"]);
        let id = text(&plan(&mut bench, "district_admin").await.ok(), "/id");
        plan(&mut bench, "street_officer").await.refused(409, "duplicate");
        let path = format!("{LIST}/{id}");
        bench.cast("winner_agent").await.get(&path).await.refused(404, "not_found");
        let wrong = does(&mut bench, "street_officer", &id, "record", json!({ "finding": "running", "facts": "短", "checked_on": "2020-01-01" })).await;
        assert_eq!(wrong.pointers(), ["/facts", "/checked_on"]);
        let day = today(&mut bench, &id).await;
        let body = json!({ "finding": "running", "facts": "现场开展助浴服务,两名护理员在岗。", "checked_on": day });
        does(&mut bench, "secretary", &id, "record", body.clone()).await.refused(403, "forbidden");
        does(&mut bench, "street_officer", &id, "record", body.clone()).await.ok();
        does(&mut bench, "street_officer", &id, "record", body).await.refused(409, "invalid_transition");
        let own = bench.cast("winner_agent").await.get(&path).await.ok();
        assert_eq!((&own["finding"], level(&mut bench).await), (&json!("running"), "none".to_owned()));
        assert!(all(&mut bench, "guidance_orders").await.is_empty());
    }

    async fn what_does_not_run_is_proposed_for_guidance_and_what_failed_for_rectification(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let check = found(&mut bench, "not_running").await;
        let order = all(&mut bench, "guidance_orders").await[0].clone();
        assert_eq!((&order["trigger"], &order["state"]), (&json!("spot_check_not_running"), &json!("proposed")));
        let shown = seen(&mut bench, "wang.min", &format!("/api/v1/guidance_orders/{}", text(&order, "/id"))).await;
        assert_eq!((&shown["object_id"], &shown["facts"]), (&check["id"], &check["facts"]));
        found(&mut bench, "failed").await;
        assert_eq!(all(&mut bench, "rectification_orders").await[0]["trigger"], json!("spot_check_failed"));
    }

    async fn a_planned_check_is_cancelled_by_the_district_with_a_reason(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = planned(&mut bench).await;
        let why = json!({ "reason": "该协议已由审计覆盖。" });
        does(&mut bench, "street_officer", &id, "cancel", why.clone()).await.refused(403, "forbidden");
        assert_eq!(does(&mut bench, "district_admin", &id, "cancel", json!({ "reason": "" })).await.pointers(), ["/reason"]);
        does(&mut bench, "district_admin", &id, "cancel", why).await.ok();
        planned(&mut bench).await;
    }

    async fn the_quota_says_what_it_is_counted_from(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        // the story's agreement is no long one
        let none = quota(&mut bench, "?year=2026").await;
        assert_eq!((&none["contracts"], &none["required"], &none["met"], &none["percent"]), (&json!(0), &json!(0), &json!(true), &json!(30)));
        let sooner = json!({ "division": "410108000000", "reason": "全区协议期限普遍较短", "overrides": { "spot_checks": { "longer_than_months": 3 } } });
        bench.cast("district_admin").await.post("/api/v1/procedures/open/overrides", sooner).await.ok();
        let one = quota(&mut bench, "?year=2026&division=410108000000").await;
        assert_eq!((&one["contracts"], &one["checked"], &one["required"], &one["met"]), (&json!(1), &json!(0), &json!(1), &json!(false)));
        let id = planned(&mut bench).await;
        assert_eq!(quota(&mut bench, "?year=2026").await["planned"], json!(1));
        let day = today(&mut bench, &id).await;
        let body = json!({ "finding": "running", "facts": "现场开展助浴服务,两名护理员在岗。", "checked_on": day });
        does(&mut bench, "street_officer", &id, "record", body).await.ok();
        let met = quota(&mut bench, "?year=2026").await;
        assert_eq!((&met["checked"], &met["planned"], &met["met"]), (&json!(1), &json!(0), &json!(true)));
        let district = bench.cast("district_admin").await;
        district.get("/api/v1/spot_check_quota?year=1").await.refused(422, "invalid");
        district.get("/api/v1/spot_check_quota?division=7").await.refused(422, "invalid");
        district.get("/api/v1/spot_check_quota?division=410109000000").await.refused(403, "forbidden");
        bench.cast("winner_agent").await.get("/api/v1/spot_check_quota").await.refused(403, "forbidden");
    }
}
