//! Addresses of the stage.

use crate::model::{
    EvaluationList, EvaluationOut, FillPanelIn, FormPanelIn, LeaveOutPartyIn, OpenEvaluationIn,
    PublicEvaluationOut, RaceResultsOut, ReopenEvaluationIn, ReplaceMemberIn, ResultDraft,
};
use crate::survey::model::{
    CloseSurveyIn, IssueCodesIn, OpenSurveyIn, PaperCountsIn, PublicSurveyOut, SurveyAnswerIn,
    SurveyAnswerOut, SurveyCodesOut, SurveyTextList,
};
use crate::survey::service as survey;
use crate::{races, reviewing, service};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_panels::model::{SheetIn, SheetReceipt};
use wubang_web::NothingIn;
use wubang_web::actions::ActionsOut;
use wubang_web::{Answer, Body, Ctx, PathKey, SmallBody, act, list, see, see_public};

/// 开启考榜(事前、期中、期末或跟踪回访)并指定第三方专业机构。Open an evaluation of an agreement in one of its phases.
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
    ["state", "phase", "division", "contract_id", "project_id"],
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
see!(
    get_my_evaluation_receipt,
    "考榜 evaluations",
    "/api/v1/evaluations/{id}/my_receipt",
    SheetReceipt,
    service::my_receipt,
    "本人评分表的回执:凭盐和评分表文本核对公布的承诺值清单。One's own receipt, to check that one's sheet is counted."
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
act!(form_evaluation_panel, "考榜 evaluations", "/api/v1/evaluations/{id}/panel", FormPanelIn => EvaluationOut, service::form_panel, "组成考评组:专家和居民代表随机抽取,其余指定。Form the panel: experts and residents are drawn, the others named.");
act!(fill_evaluation_panel, "考榜 evaluations", "/api/v1/evaluations/{id}/panel_members", FillPanelIn => EvaluationOut, service::fill_panel, "补充因回避空缺的席位。Fill seats left by recusal.");
act!(open_evaluation_survey, "考榜 evaluations", "/api/v1/evaluations/{id}/open_survey", OpenSurveyIn => EvaluationOut, survey::open, "开展居民满意度调查。Open the residents' survey.");
act!(count_evaluation_paper, "考榜 evaluations", "/api/v1/evaluations/{id}/paper_counts", PaperCountsIn => EvaluationOut, survey::count_paper, "录入纸质问卷份数,替换先前录入的。Enter the counts of answers on paper.");
act!(close_evaluation_survey, "考榜 evaluations", "/api/v1/evaluations/{id}/close_survey", CloseSurveyIn => EvaluationOut, survey::close, "结束居民满意度调查,以记录的份数为准。Close the residents' survey; its counts are those of the record.");
see_public!(
    get_public_survey,
    "公开 public",
    "/api/v1/public/evaluations/{id}/survey",
    PublicSurveyOut,
    survey::get_public,
    "满意度调查的题目。The question of the residents' survey."
);

/// 发放一次性答题码,供没有账号的居民使用;答题码仅显示这一次。Make one-time codes for people without an account; they are shown this once.
#[utoipa::path(tag = "考榜 evaluations", params(("id" = String, Path, description = "id 或编号 · id or number")), request_body = IssueCodesIn,
    responses((status = 200, description = "答题码 · the codes", body = SurveyCodesOut)), security(("bearer" = [])))]
#[post("/api/v1/evaluations/{id}/issue_codes")]
pub(crate) async fn issue_survey_codes(ctx: Ctx, key: PathKey, body: Body<IssueCodesIn>) -> Answer {
    ctx.signed_in()?;
    // an answer that holds secrets is kept for no repetition
    let mut run = ctx.clone();
    run.idempotency_key = None;
    wubang_web::command(&run, async |tx| {
        survey::issue_codes(tx, &key.0, body.0).await
    })
    .await
}

/// 居民匿名回答满意度调查,每人一次:凭一次性答题码,或以服务社区居民身份登录。A resident answers the survey, once and without a name.
#[utoipa::path(tag = "公开 public", params(("id" = String, Path, description = "id 或编号 · id or number")), request_body = SurveyAnswerIn,
    responses((status = 200, description = "已收到 · it was taken", body = SurveyAnswerOut)), security(()))]
#[post("/api/v1/public/evaluations/{id}/survey_answers")]
pub(crate) async fn answer_survey(
    ctx: Ctx,
    key: PathKey,
    body: SmallBody<SurveyAnswerIn>,
) -> Answer {
    let asker = ctx.who.actor.clone();
    wubang_web::command(&ctx.nameless(), async |tx| {
        survey::answer(tx, &key.0, &asker, body.0).await
    })
    .await
}

/// 居民在调查中写的话,不按时间排列;在线回答满 5 份才可见。What residents wrote, in no order of time.
#[utoipa::path(tag = "考榜 evaluations", params(("id" = String, Path, description = "id 或编号 · id or number"), wubang_web::query::Paging),
    responses((status = 200, description = "一页 · one page", body = SurveyTextList)), security(("bearer" = [])))]
#[get("/api/v1/evaluations/{id}/survey_texts")]
pub(crate) async fn list_survey_texts(ctx: Ctx, key: PathKey) -> Answer {
    ctx.signed_in()?;
    let query = wubang_web::ListQuery::of(&ctx, &[])?;
    let value = survey::texts(&ctx.read(), &key.0, &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::answer::page(&ctx, &value)
}

act!(start_evaluation_scoring, "考榜 evaluations", "/api/v1/evaluations/{id}/start_scoring", NothingIn => EvaluationOut, service::start_scoring, "开始评分。Open the score sheets.");
act!(submit_evaluation_sheet, "考榜 evaluations", "/api/v1/evaluations/{id}/score_sheets", SheetIn => EvaluationOut, service::submit_sheet, "提交本人评分表。Hand in one's own score sheet.");
act!(draft_evaluation_result, "考榜 evaluations", "/api/v1/evaluations/{id}/draft_result", ResultDraft => EvaluationOut, service::draft_result, "拟定考榜结果。Draft the result.");
act!(notify_evaluation_result, "考榜 evaluations", "/api/v1/evaluations/{id}/notify", NothingIn => EvaluationOut, service::notify, "通知承榜组织并公示结果。Notify the contractor and publish the result.");
act!(reopen_evaluation, "考榜 evaluations", "/api/v1/evaluations/{id}/reopen", ReopenEvaluationIn => EvaluationOut, reviewing::reopen, "整改后复评:另组考评组,原结果留存备查。Evaluate a failed project again after its correction, by another panel.");

act!(replace_evaluation_member, "考榜 evaluations", "/api/v1/evaluations/{id}/replace_member", ReplaceMemberIn => EvaluationOut, service::replace_member, "更换缺席的考评组成员:抽取的由抽取顺序递补,指定的另行补充。Take an absent member off the panel; a drawn one is followed by the next of the drawn order.");
act!(leave_out_evaluation_party, "考榜 evaluations", "/api/v1/evaluations/{id}/leave_out_party", LeaveOutPartyIn => EvaluationOut, service::leave_out_party, "更换两次后仍缺席的非主导方不计入,其权重按比例分摊。Leave out a party that could not be brought to score; its weight is spread over the others.");

/// Serves and documents the stage.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(open_evaluation)
        .service(list_evaluations)
        .service(get_evaluation_actions)
        .service(get_my_evaluation_receipt)
        .service(get_public_evaluation)
        .service(get_race_results)
        .service(form_evaluation_panel)
        .service(fill_evaluation_panel)
        .service(open_evaluation_survey)
        .service(issue_survey_codes)
        .service(count_evaluation_paper)
        .service(close_evaluation_survey)
        .service(get_public_survey)
        .service(answer_survey)
        .service(list_survey_texts)
        .service(start_evaluation_scoring)
        .service(submit_evaluation_sheet)
        .service(draft_evaluation_result)
        .service(notify_evaluation_result)
        .service(reopen_evaluation)
        .service(replace_evaluation_member)
        .service(leave_out_evaluation_party)
        .service(get_evaluation);
    crate::vetoes::http::routes(cfg);
    crate::buyer_reviews::http::routes(cfg);
}
