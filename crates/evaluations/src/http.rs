//! Addresses of the stage.

use crate::model::{
    CloseSurveyIn, EvaluationList, EvaluationOut, FillPanelIn, FormPanelIn, OpenEvaluationIn,
    PublicEvaluationOut, RaceResultsOut, ResultDraft,
};
use crate::{races, service};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_panels::model::SheetIn;
use wubang_web::NothingIn;
use wubang_web::actions::ActionsOut;
use wubang_web::{Answer, Body, Ctx, PathKey, act, list, see, see_public};

/// 开启期末考榜并指定第三方专业机构。Open the final evaluation of an agreement.
#[utoipa::path(tag = "考榜 evaluations", params(("id" = String, Path, description = "协议的 id 或编号 · id or number of the agreement")), request_body = OpenEvaluationIn,
    responses((status = 201, description = "新建的考榜 · the new evaluation", body = EvaluationOut)), security(("bearer" = [])))]
#[post("/api/v1/contracts/{id}/evaluation")]
pub(crate) async fn open_evaluation(
    ctx: Ctx,
    key: PathKey,
    body: Body<OpenEvaluationIn>,
) -> Answer {
    ctx.signed_in()?;
    wubang_web::created(&ctx, "evaluations", async |tx| {
        service::open(tx, &key.0, body.0).await
    })
    .await
}

list!(
    list_evaluations,
    "考榜 evaluations",
    "/api/v1/evaluations",
    ["state", "division", "contract_id", "project_id"],
    EvaluationList,
    service::list,
    "考榜台账。List evaluations."
);
see!(
    get_evaluation,
    "考榜 evaluations",
    "/api/v1/evaluations/{id}",
    EvaluationOut,
    service::get,
    "查看考榜。Show an evaluation."
);
see!(
    get_evaluation_actions,
    "考榜 evaluations",
    "/api/v1/evaluations/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
see_public!(
    get_public_evaluation,
    "公开 public",
    "/api/v1/public/evaluations/{id}",
    PublicEvaluationOut,
    service::get_public,
    "查看公示的考榜结果。Show a published result."
);
see_public!(
    get_race_results,
    "公开 public",
    "/api/v1/public/postings/{id}/race_results",
    RaceResultsOut,
    races::get_race_results,
    "赛马各赛道考榜结果比较;全部赛道结束后公开。The lanes of a race side by side, once every one of them is over."
);
act!(form_evaluation_panel, "考榜 evaluations", "/api/v1/evaluations/{id}/panel", FormPanelIn => EvaluationOut, service::form_panel, "组成考评组:专家随机抽取,其余指定。Form the panel: experts are drawn, the others named.");
act!(fill_evaluation_panel, "考榜 evaluations", "/api/v1/evaluations/{id}/panel_members", FillPanelIn => EvaluationOut, service::fill_panel, "补充因回避空缺的席位。Fill seats left by recusal.");
act!(close_evaluation_survey, "考榜 evaluations", "/api/v1/evaluations/{id}/close_survey", CloseSurveyIn => EvaluationOut, service::close_survey, "结束居民满意度调查。Close the residents' survey.");
act!(start_evaluation_scoring, "考榜 evaluations", "/api/v1/evaluations/{id}/start_scoring", NothingIn => EvaluationOut, service::start_scoring, "开始评分。Open the score sheets.");
act!(submit_evaluation_sheet, "考榜 evaluations", "/api/v1/evaluations/{id}/score_sheets", SheetIn => EvaluationOut, service::submit_sheet, "提交本人评分表。Hand in one's own score sheet.");
act!(draft_evaluation_result, "考榜 evaluations", "/api/v1/evaluations/{id}/draft_result", ResultDraft => EvaluationOut, service::draft_result, "拟定考榜结果。Draft the result.");
act!(notify_evaluation_result, "考榜 evaluations", "/api/v1/evaluations/{id}/notify", NothingIn => EvaluationOut, service::notify, "通知承榜组织并公示结果。Notify the contractor and publish the result.");

/// Serves and documents the stage.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(open_evaluation)
        .service(list_evaluations)
        .service(get_evaluation_actions)
        .service(get_public_evaluation)
        .service(get_race_results)
        .service(form_evaluation_panel)
        .service(fill_evaluation_panel)
        .service(close_evaluation_survey)
        .service(start_evaluation_scoring)
        .service(submit_evaluation_sheet)
        .service(draft_evaluation_result)
        .service(notify_evaluation_result)
        .service(get_evaluation);
}
