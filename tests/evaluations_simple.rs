//! 考榜 in the scheme `simple` (rulebook 2.3.4, 2.10, 2.11.2): the street organises, one sheet of the
//! community and the residents' survey make the result.

use crate::scenes::{instant, list, person, seen, story, text};
use sea_orm::{ConnectionTrait, Statement, Value as Sql};
use serde_json::{Value, json};
use wubang_kernel::procedure::EvaluationRule;
use wubang_testkit::{Bench, Reply, Stage, on_both};

/// Up to an accepted completion report, on a posting that was frozen with the scheme `simple`. No
/// posting of the play has it, so the frozen rules are exchanged where they are kept.
async fn reported(bench: &mut Bench) {
    bench.reach(Stage::ReportAccepted).await;
    bench.forget();
    let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
    let mut procedure = seen(bench, "wang.min", &path).await["procedure"].clone();
    procedure["evaluation"] = serde_json::to_value(EvaluationRule::simple()).unwrap();
    let conn = sea_orm::Database::connect(&bench.url).await.unwrap();
    let id = bench.play.ids.posting.parse::<uuid::Uuid>().unwrap();
    let changed = conn
        .execute_raw(Statement::from_sql_and_values(
            conn.get_database_backend(),
            "UPDATE postings SET procedure = $1 WHERE id = $2",
            [Sql::from(procedure), Sql::from(id)],
        ))
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 1);
}

async fn open(bench: &mut Bench, account: &str, body: Value) -> Reply {
    let path = format!("/api/v1/contracts/{}/evaluation", bench.play.ids.contract);
    bench.user(account).await.post(&path, body).await
}

/// Opened by Wang Min, who organises from now on.
pub(crate) async fn opened(bench: &mut Bench) -> Value {
    reported(bench).await;
    let opened = open(bench, "wang.min", json!({})).await.ok();
    bench.play.ids.evaluation = text(&opened, "/id");
    opened
}

async fn act(bench: &mut Bench, account: &str, verb: &str, body: Value) -> Reply {
    let path = format!("/api/v1/evaluations/{}/{verb}", bench.play.ids.evaluation);
    bench.user(account).await.post(&path, body).await
}

async fn shown(bench: &mut Bench, account: &str) -> Value {
    let path = format!("/api/v1/evaluations/{}", bench.play.ids.evaluation);
    seen(bench, account, &path).await
}

/// The secretary is seated and has declared.
async fn seated(bench: &mut Bench, account: &str) {
    let member = person(bench, account).await;
    let body = json!({ "community_person_ids": [member] });
    let panel = act(bench, "wang.min", "panel", body).await.ok();
    let path = format!("/api/v1/panels/{}/declare", text(&panel, "/panel/id"));
    let declared = bench.user(account).await;
    declared.post(&path, json!({ "clear": true })).await.ok();
}

fn survey(satisfied: i64, very_satisfied: i64) -> Value {
    json!({ "very_dissatisfied": 0, "dissatisfied": 0, "neutral": 0, "satisfied": satisfied, "very_satisfied": very_satisfied })
}

fn sheet() -> Value {
    json!({ "points": { "delivery": 32, "cooperation": 16, "effect": 32 }, "comment": "任务完成,居民反映较好。" })
}

on_both! {
    async fn a_light_evaluation_goes_from_the_street_to_the_end_of_the_project(bench: Bench from ReportAccepted) {
        let opened = opened(&mut bench).await;
        assert_eq!((&opened["third_party_organisation_id"], &opened["third_party_name"]), (&Value::Null, &Value::Null));
        assert_eq!((&opened["rule"]["scheme"], &opened["rule"]["third_party"]), (&json!("simple"), &json!(false)));
        seated(&mut bench, "zhao.lei").await;
        bench.play.surveyed("wang.min", &survey(2, 3), 0).await.unwrap();
        act(&mut bench, "wang.min", "start_scoring", json!({})).await.ok();
        let scored = act(&mut bench, "zhao.lei", "score_sheets", sheet()).await.ok();
        assert_eq!(scored["state"], json!("scored"));
        let drafted = act(&mut bench, "wang.min", "draft_result", story()["evaluation_draft"].clone()).await.ok();
        // 40 percent of 80 and 60 percent of the survey's 90
        assert_eq!((&drafted["total"], &drafted["grade"], &drafted["satisfaction"]), (&json!("86.00"), &json!("good"), &json!("90.00")));
        let parties: Vec<_> = list(&drafted, "/party_scores").iter().map(|one| (text(one, "/party"), one["sheets"].clone(), text(one, "/score"))).collect();
        assert_eq!(parties, [("community_party_org".to_owned(), json!(1), "80.00".to_owned()), ("residents".to_owned(), json!(0), "90.00".to_owned())]);
        let public = act(&mut bench, "wang.min", "notify", json!({})).await.ok();
        bench.advance(instant(&public, "/publicity_ends_at") + chrono::TimeDelta::seconds(1)).await;
        assert_eq!(shown(&mut bench, "wang.min").await["state"], json!("confirmed"));
        let project = format!("/api/v1/projects/{}", bench.play.ids.project);
        assert_eq!(seen(&mut bench, "wang.min", &project).await["outcome"], json!("good"));
    }

    async fn a_third_party_is_named_only_where_the_scheme_has_one(bench: Bench from ReportAccepted) {
        reported(&mut bench).await;
        let third = text(&seen(&mut bench, "gong.mingyue", "/api/v1/me").await, "/grants/0/scope/organisation");
        let refused = open(&mut bench, "wang.min", json!({ "third_party_organisation_id": third })).await;
        assert_eq!(refused.pointers(), ["/third_party_organisation_id"]);
        refused.refused(422, "invalid");
        assert_eq!(open(&mut bench, "wang.min", json!({})).await.status, 201);
    }

    async fn a_scheme_with_a_third_party_is_not_opened_without_one(bench: Bench from ReportAccepted) {
        bench.forget();
        let refused = open(&mut bench, "wang.min", json!({})).await;
        assert_eq!(refused.pointers(), ["/third_party_organisation_id"]);
        refused.refused(422, "invalid");
    }

    async fn only_the_community_has_seats_and_no_organiser_takes_one(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        let (wang, cao, zhao, resident) = (
            person(&mut bench, "wang.min").await, person(&mut bench, "cao.junjie").await,
            person(&mut bench, "zhao.lei").await, person(&mut bench, "hao.xiulan").await,
        );
        let crowded = json!({ "experts": 3, "community_person_ids": [zhao], "resident_person_ids": [resident], "department_person_ids": [zhao] });
        let refused = act(&mut bench, "wang.min", "panel", crowded).await;
        assert_eq!(refused.pointers(), ["/experts", "/resident_person_ids", "/department_person_ids"]);
        refused.refused(422, "invalid");
        act(&mut bench, "wang.min", "panel", json!({})).await.refused(422, "panel_incomplete");
        // who opened it, and who names the members
        let refused = act(&mut bench, "cao.junjie", "panel", json!({ "community_person_ids": [zhao, wang, cao] })).await;
        assert_eq!(refused.pointers(), ["/community_person_ids/1", "/community_person_ids/2"]);
        refused.refused(409, "recused");
        act(&mut bench, "zhao.lei", "panel", json!({ "community_person_ids": [zhao] })).await.refused(403, "forbidden");
        let formed = act(&mut bench, "wang.min", "panel", json!({ "community_person_ids": [zhao] })).await.ok();
        assert_eq!(list(&formed, "/panel/members").len(), 1);
    }

    async fn who_scores_for_the_street_does_not_organise(bench: Bench from ReportAccepted) {
        opened(&mut bench).await;
        seated(&mut bench, "cao.junjie").await;
        let plan = json!({ "registered_beneficiaries": 12, "ends_on": "2026-12-31" });
        for (verb, body) in [("open_survey", plan.clone()), ("close_survey", json!({})), ("start_scoring", json!({})), ("panel_members", json!({}))] {
            act(&mut bench, "cao.junjie", verb, body).await.refused(409, "recused");
        }
        act(&mut bench, "zhao.lei", "close_survey", json!({})).await.refused(403, "forbidden");
        // nobody scored by the survey alone has an empty survey, and few answers are explained
        let ends = bench.running.store.now().date_naive() + chrono::Days::new(3);
        let plan = json!({ "registered_beneficiaries": 12, "ends_on": ends });
        act(&mut bench, "wang.min", "open_survey", plan).await.ok();
        let why = json!({ "shortfall_reason": "多数居民外出,未能联系上。", "early_reason": "居民多数已经外出,不再等候。" });
        act(&mut bench, "wang.min", "close_survey", why.clone()).await.refused(422, "survey_missing");
        let mut sheets = survey(4, 0);
        sheets["kept_at"] = json!("社区档案柜");
        act(&mut bench, "wang.min", "paper_counts", sheets).await.ok();
        let few = act(&mut bench, "wang.min", "close_survey", json!({})).await;
        assert_eq!(few.pointers(), ["/shortfall_reason", "/early_reason"]);
        act(&mut bench, "wang.min", "start_scoring", json!({})).await.refused(422, "survey_missing");
        act(&mut bench, "wang.min", "close_survey", why).await.ok();
        act(&mut bench, "wang.min", "start_scoring", json!({})).await.ok();
        act(&mut bench, "cao.junjie", "score_sheets", sheet()).await.ok();
        let draft = story()["evaluation_draft"].clone();
        act(&mut bench, "cao.junjie", "draft_result", draft.clone()).await.refused(409, "recused");
        act(&mut bench, "wang.min", "draft_result", draft).await.ok();
        act(&mut bench, "cao.junjie", "notify", json!({})).await.refused(409, "recused");
        let public = act(&mut bench, "wang.min", "notify", json!({})).await.ok();
        // 40 percent of 80 and 60 percent of 75
        assert_eq!((&public["total"], &public["grade"]), (&json!("77.00"), &json!("pass")));
    }
}
