//! 一票否决 (rulebook 2.11.3): a confirmed finding of safety, fraud or privacy makes a project fail whatever its points are.

use crate::evaluations::{at, evaluation, happy, published, scored, scoring};
use crate::scenes::{grant, instant, list, recorded, seen, story, text};
use crate::second_rounds::checked;
use chrono::Duration;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

/// Of the district: decides.
const DISTRICT: &str = "wei.guohua";
/// May sign for the contractor.
const HEAD: &str = "he.yajing";

fn finding(bench: &Bench) -> Value {
    json!({ "evaluation_id": bench.play.ids.evaluation, "kind": "fraud", "facts": "结项报告所列活动中两场没有签到,经手人电话13812345678。", "evidence": "场地登记簿复印件。" })
}

async fn proposes(bench: &mut Bench, account: &str) -> Reply {
    let body = finding(bench);
    let user = bench.user(account).await;
    user.post("/api/v1/veto_findings", body).await
}

async fn proposed(bench: &mut Bench) -> String {
    text(&proposes(bench, "gong.mingyue").await.ok(), "/id")
}

async fn act(bench: &mut Bench, account: &str, id: &str, verb: &str, body: Value) -> Reply {
    let user = bench.user(account).await;
    user.post(&format!("/api/v1/veto_findings/{id}/{verb}"), body)
        .await
}

fn because() -> Value {
    json!({ "reason": "经核对场地登记簿,事实清楚。" })
}

fn answer() -> Value {
    json!({ "answer": "两场活动改在户外举行,签到表补交。" })
}

/// A finding that was proposed and not confirmed.
pub(crate) async fn dismissed(bench: &mut Bench) -> String {
    let id = proposed(bench).await;
    act(bench, DISTRICT, &id, "dismiss", because()).await.ok();
    bench.forget();
    id
}

on_both! {
    async fn a_confirmed_finding_makes_the_project_fail_whatever_its_points_are(bench: Bench) {
        let members = scoring(&mut bench, happy()).await;
        let id = proposed(&mut bench).await;
        act(&mut bench, HEAD, &id, "answer", answer()).await.ok();
        scored(&mut bench, &members, |_| 90).await;
        // until it is decided nothing is drafted
        let third = bench.cast("third_party").await;
        let draft = story()["evaluation_draft"].clone();
        third.post(&at(&bench, "draft_result"), draft).await.refused(409, "open_hold");
        let good = evaluation(&mut bench, "wang.min").await;
        assert_eq!((&good["grade"], &good["vetoes"]), (&json!("good"), &json!([])));
        let confirmed = act(&mut bench, DISTRICT, &id, "confirm", because()).await.ok();
        assert_eq!((&confirmed["state"], &confirmed["decision"]), (&json!("confirmed"), &because()["reason"]));
        let after = evaluation(&mut bench, "wang.min").await;
        assert_eq!((&after["grade"], &after["total"], &after["vetoes"][0]["kind"]), (&json!("fail"), &good["total"], &json!("fraud")));
        let ends = published(&mut bench).await;
        let shown = checked(&bench).await;
        assert_eq!((&shown["grade"], &shown["total"]), (&json!("fail"), &good["total"]));
        let facts = text(&shown, "/vetoes/0/facts");
        assert!(facts.contains("两场没有签到") && !facts.contains("13812345678"), "{facts}");
        bench.advance(ends + Duration::seconds(1)).await;
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("reevaluation_required"));
        // the finding belongs to its round
        let street = bench.cast("street_officer").await;
        let corrected = json!({ "corrections": "已补做两场活动,社区现场核验。", "early_reason": "社区书记和两名居民代表已现场核验。" });
        let again = street.post(&at(&bench, "reopen"), corrected).await.ok();
        assert_eq!((&again["vetoes"], &again["superseded"][0]["vetoes"][0]["kind"]), (&json!([]), &json!("fraud")));
    }

    async fn a_finding_after_the_draft_takes_it_back_and_a_dismissed_one_changes_nothing(bench: Bench) {
        let members = scoring(&mut bench, happy()).await;
        scored(&mut bench, &members, |_| 90).await;
        let third = bench.cast("third_party").await;
        let draft = story()["evaluation_draft"].clone();
        third.post(&at(&bench, "draft_result"), draft.clone()).await.ok();
        let id = proposed(&mut bench).await;
        bench.cast("street_officer").await.post(&at(&bench, "notify"), json!({})).await.refused(409, "open_hold");
        act(&mut bench, DISTRICT, &id, "dismiss", because()).await.ok();
        assert_eq!(evaluation(&mut bench, "wang.min").await["state"], json!("drafted"));
        let id = proposed(&mut bench).await;
        act(&mut bench, HEAD, &id, "answer", answer()).await.ok();
        act(&mut bench, DISTRICT, &id, "confirm", because()).await.ok();
        let back = evaluation(&mut bench, "wang.min").await;
        assert_eq!((&back["state"], &back["result"], &back["grade"]), (&json!("scored"), &Value::Null, &json!("fail")));
        assert_eq!(recorded(&bench, "evaluation.vetoed", None).await, 1);
        published(&mut bench).await;
        proposes(&mut bench, "gong.mingyue").await.refused(409, "invalid_transition");
    }

    async fn who_finds_does_not_decide_and_nobody_is_judged_unheard(bench: Bench) {
        let members = scoring(&mut bench, happy()).await;
        let wrong = json!({ "evaluation_id": bench.play.ids.evaluation, "kind": "safety", "facts": "短", "evidence": "" });
        let refused = bench.user("gong.mingyue").await.post("/api/v1/veto_findings", wrong).await;
        assert_eq!(refused.pointers(), ["/facts", "/evidence"]);
        proposes(&mut bench, "ning.jiayi").await.refused(403, "forbidden");
        proposes(&mut bench, DISTRICT).await.refused(403, "forbidden");
        proposes(&mut bench, "dai.xueqing").await.refused(404, "not_found");
        // who scores neither proposes nor reads one
        let expert = members.iter().find(|(_, party)| party == "experts").unwrap().0.clone();
        proposes(&mut bench, &expert).await.refused(404, "not_found");
        grant(&mut bench, "he.zhengqing", "district_admin", json!({ "division": "410108000000" })).await;
        let id = text(&proposes(&mut bench, "he.zhengqing").await.ok(), "/id");
        let path = format!("/api/v1/veto_findings/{id}");
        bench.user(&expert).await.get(&path).await.refused(404, "not_found");
        let listed = seen(&mut bench, &expert, "/api/v1/veto_findings").await;
        assert_eq!(listed["items"], json!([]));
        for account in ["ning.jiayi", "dong.siyu", "gong.mingyue", DISTRICT] {
            let of = format!("/api/v1/veto_findings?evaluation_id={}", bench.play.ids.evaluation);
            assert_eq!(list(&seen(&mut bench, account, &of).await, "/items").len(), 1, "{account}");
        }
        act(&mut bench, DISTRICT, &id, "confirm", because()).await.refused(409, "too_early");
        act(&mut bench, "ning.jiayi", &id, "answer", answer()).await.refused(403, "forbidden");
        let wordless = act(&mut bench, HEAD, &id, "answer", json!({ "answer": "无" })).await;
        assert_eq!(wordless.pointers(), ["/answer"]);
        act(&mut bench, "he.zhengqing", &id, "dismiss", because()).await.refused(409, "same_person");
        let shown = seen(&mut bench, HEAD, &path).await;
        assert!(text(&shown, "/deadlines/0/rule").ends_with(",3)"), "three working days: {shown}");
        bench.advance(instant(&shown, "/answer_by") + Duration::seconds(1)).await;
        act(&mut bench, HEAD, &id, "answer", answer()).await.refused(409, "deadline_passed");
        act(&mut bench, "he.zhengqing", &id, "confirm", because()).await.refused(409, "same_person");
        act(&mut bench, DISTRICT, &id, "confirm", because()).await.ok();
        act(&mut bench, DISTRICT, &id, "dismiss", because()).await.refused(409, "invalid_transition");
    }
}
