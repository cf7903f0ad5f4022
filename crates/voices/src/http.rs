//! Addresses of the crate.

use crate::address::Budget;
use crate::campaigns::model::{
    CampaignIn, CampaignList, CampaignOut, CampaignPatch, CampaignProgressOut, CampaignResultsOut,
    CancelCampaignIn, DraftFromCampaignIn, FilledFormIn, FilledFormOut, PublicCampaignOut,
    SummaryIn, TextList,
};
use crate::campaigns::service as campaigns;
use crate::requests::model::{
    AnswerRequestIn, AttachIn, CodeIn, DraftFromRequestsIn, FeedbackIn, PersonalDataNotice,
    ReceiptOut, RejectRequestIn, RequestIn, RequestList, RequestOut, RequestStatusOut,
    TransferRequestIn, VoicesOut,
};
use crate::requests::{service as requests, voices};
use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_needs::model::NeedOut;
use wubang_web::NothingIn;
use wubang_web::actions::ActionsOut;
use wubang_web::{
    Answer, Body, Ctx, PathKey, SmallBody, act, amend, list, list_public, make, see, see_public,
};

/// 居民点单:提交诉求,得到回执;姓名、电话等在保存前遮盖,写有身份证号码的不予受理。Hand in a request and get a receipt; names and phones are masked before anything is stored.
#[utoipa::path(tag = "居民诉求 requests", request_body = RequestIn,
    responses((status = 201, description = "回执 · the receipt", body = ReceiptOut)), security(()))]
#[post("/api/v1/public/requests")]
pub(crate) async fn hand_in_request(
    ctx: Ctx,
    budget: web::Data<Budget>,
    body: SmallBody<RequestIn>,
) -> Answer {
    let (peer, reporter, budget) = (ctx.peer.clone(), ctx.who.actor.person, *budget.get_ref());
    let mut run = ctx.nameless();
    if !body.0.channel.is_public() {
        // who reports for the community does so under his own name
        run.who = ctx.who.clone();
    }
    wubang_web::created(&run, "requests", async |tx| {
        requests::hand_in(tx, &peer, reporter, budget, body.0).await
    })
    .await
}

/// 凭回执编号与查询码查询去向。What became of a request, for who has the receipt.
#[utoipa::path(tag = "居民诉求 requests", params(("id" = String, Path, description = "回执编号 · number of the receipt")), request_body = CodeIn,
    responses((status = 200, description = "去向 · what became of it", body = RequestStatusOut)), security(()))]
#[post("/api/v1/public/requests/{id}/status")]
pub(crate) async fn get_request_status(ctx: Ctx, key: PathKey, body: SmallBody<CodeIn>) -> Answer {
    let value = requests::status(&ctx.read(), &key.0, body.0)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::show(&ctx, &value)
}

/// 反映人评价是否解决,一次。The reporter says once whether it was solved.
#[utoipa::path(tag = "居民诉求 requests", params(("id" = String, Path, description = "回执编号 · number of the receipt")), request_body = FeedbackIn,
    responses((status = 200, description = "去向 · what became of it", body = RequestStatusOut)), security(()))]
#[post("/api/v1/public/requests/{id}/feedback")]
pub(crate) async fn rate_request(ctx: Ctx, key: PathKey, body: SmallBody<FeedbackIn>) -> Answer {
    wubang_web::command(&ctx.nameless(), async |tx| {
        requests::feedback(tx, &key.0, body.0).await
    })
    .await
}

/// 个人信息告知。The notice on personal data, with its version.
#[utoipa::path(tag = "居民诉求 requests", responses((status = 200, description = "告知 · the notice", body = PersonalDataNotice)), security(()))]
#[get("/api/v1/public/personal_data_notice")]
pub(crate) async fn get_personal_data_notice(ctx: Ctx) -> Answer {
    let notice = requests::notice().map_err(|error| ctx.problem(error))?;
    wubang_web::show(&ctx, &notice)
}

list!(
    list_requests,
    "居民诉求 requests",
    "/api/v1/requests",
    ["state", "channel", "field", "division", "need", "feedback"],
    RequestList,
    requests::list,
    "本辖区的居民诉求。Requests of one's territory."
);
see!(
    get_request,
    "居民诉求 requests",
    "/api/v1/requests/{id}",
    RequestOut,
    requests::get,
    "查看诉求。Show a request."
);
see!(
    get_request_actions,
    "居民诉求 requests",
    "/api/v1/requests/{id}/actions",
    ActionsOut,
    requests::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(acknowledge_request, "居民诉求 requests", "/api/v1/requests/{id}/acknowledge", NothingIn => RequestOut, requests::acknowledge, "签收。Acknowledge a request.");
act!(attach_request, "居民诉求 requests", "/api/v1/requests/{id}/attach", AttachIn => RequestOut, requests::attach, "并入本社区未办结的需求。Attach to an open need of the community.");
act!(answer_request, "居民诉求 requests", "/api/v1/requests/{id}/answer", AnswerRequestIn => RequestOut, requests::answer, "不立项,直接答复。Answer without a need.");
act!(reject_request, "居民诉求 requests", "/api/v1/requests/{id}/reject", RejectRequestIn => RequestOut, requests::reject, "不予受理。Reject on a closed ground.");
act!(transfer_request, "居民诉求 requests", "/api/v1/requests/{id}/transfer", TransferRequestIn => RequestOut, requests::transfer, "转信访、热线或其他部门。Transfer to another office.");
act!(draft_need_from_requests, "居民诉求 requests", "/api/v1/requests/{id}/draft_need", DraftFromRequestsIn => NeedOut, requests::draft_need, "由一件或多件诉求起草需求。Draft a need from this request and others.");
see!(
    get_need_voices,
    "居民诉求 requests",
    "/api/v1/needs/{id}/voices",
    VoicesOut,
    voices::get,
    "需求背后的居民呼声,只有件数。The voices behind a need, as counts."
);
see_public!(
    get_public_need_voices,
    "公开 public",
    "/api/v1/public/needs/{id}/voices",
    VoicesOut,
    voices::get_public,
    "已立项需求背后的居民呼声与评价。The voices behind an approved need, and whether it helped."
);

make!(draft_campaign, "民意大摸排 campaigns", "/api/v1/campaigns", "campaigns", CampaignIn => CampaignOut, campaigns::draft, "起草民意大摸排。Draft an opinion survey campaign.");
amend!(amend_campaign, "民意大摸排 campaigns", "/api/v1/campaigns/{id}", CampaignPatch => CampaignOut, campaigns::amend, "修改民意大摸排草稿。Change a draft campaign.");
list!(
    list_campaigns,
    "民意大摸排 campaigns",
    "/api/v1/campaigns",
    ["state", "division"],
    CampaignList,
    campaigns::list,
    "本辖区的民意大摸排。Campaigns of one's territory."
);
see!(
    get_campaign,
    "民意大摸排 campaigns",
    "/api/v1/campaigns/{id}",
    CampaignOut,
    campaigns::get,
    "查看民意大摸排。Show a campaign."
);
see!(
    get_campaign_actions,
    "民意大摸排 campaigns",
    "/api/v1/campaigns/{id}/actions",
    ActionsOut,
    campaigns::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
see!(
    get_campaign_progress,
    "民意大摸排 campaigns",
    "/api/v1/campaigns/{id}/progress",
    CampaignProgressOut,
    campaigns::progress,
    "各社区进度。Progress per community."
);
see!(
    get_campaign_results,
    "民意大摸排 campaigns",
    "/api/v1/campaigns/{id}/results",
    CampaignResultsOut,
    campaigns::results,
    "各社区结果;不足五份的对非组织者不显示。Results per community; small counts are hidden."
);
act!(announce_campaign, "民意大摸排 campaigns", "/api/v1/campaigns/{id}/announce", NothingIn => CampaignOut, campaigns::announce, "下达;首日 9 时自动开始。Announce; it opens on its first day.");
act!(summarise_campaign, "民意大摸排 campaigns", "/api/v1/campaigns/{id}/summarise", SummaryIn => CampaignOut, campaigns::summarise, "总结。Sum up a closed campaign.");
act!(cancel_campaign, "民意大摸排 campaigns", "/api/v1/campaigns/{id}/cancel", CancelCampaignIn => CampaignOut, campaigns::cancel, "取消。Cancel a campaign.");
act!(draft_need_from_campaign, "民意大摸排 campaigns", "/api/v1/campaigns/{id}/draft_need", DraftFromCampaignIn => NeedOut, campaigns::draft_need, "由问卷结果起草需求。Draft a need from the answers.");
list_public!(
    list_public_campaigns,
    "公开 public",
    "/api/v1/public/campaigns",
    ["division"],
    CampaignList,
    campaigns::list_public,
    "居民可自行填写的民意大摸排。Open campaigns that residents can answer."
);
see_public!(
    get_public_campaign,
    "公开 public",
    "/api/v1/public/campaigns/{id}",
    PublicCampaignOut,
    campaigns::get_public,
    "民意大摸排的题目。The form of an open campaign."
);

/// 一道简答题的全部文字,仅组织者可见。The short texts to one question, for who runs the campaign.
#[utoipa::path(tag = "民意大摸排 campaigns", params(("id" = String, Path, description = "id 或编号 · id or number"), ("question" = String, Query, description = "题目代码 · key of the question"), wubang_web::query::Paging),
    responses((status = 200, description = "一页 · one page", body = TextList)), security(("bearer" = [])))]
#[get("/api/v1/campaigns/{id}/texts")]
pub(crate) async fn list_campaign_texts(ctx: Ctx, key: PathKey) -> Answer {
    ctx.signed_in()?;
    let query = wubang_web::ListQuery::of(&ctx, &["question"])?;
    let value = campaigns::texts(&ctx.read(), &key.0, &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::answer::page(&ctx, &value)
}

/// 工作人员入户填写问卷。Fill in the form with a resident, in the field.
#[utoipa::path(tag = "民意大摸排 campaigns", params(("id" = String, Path, description = "id 或编号 · id or number")), request_body = FilledFormIn,
    responses((status = 201, description = "已收到 · it was taken", body = FilledFormOut)), security(("bearer" = [])))]
#[post("/api/v1/campaigns/{id}/answers")]
pub(crate) async fn answer_campaign(ctx: Ctx, key: PathKey, body: Body<FilledFormIn>) -> Answer {
    ctx.signed_in()?;
    wubang_web::created(&ctx, "campaigns", async |tx| {
        campaigns::answer(tx, &key.0, body.0).await
    })
    .await
}

/// 居民自行填写问卷。A resident fills in the form.
#[utoipa::path(tag = "公开 public", params(("id" = String, Path, description = "id 或编号 · id or number")), request_body = FilledFormIn,
    responses((status = 201, description = "已收到 · it was taken", body = FilledFormOut)), security(()))]
#[post("/api/v1/public/campaigns/{id}/answers")]
pub(crate) async fn answer_public_campaign(
    ctx: Ctx,
    key: PathKey,
    budget: web::Data<Budget>,
    body: SmallBody<FilledFormIn>,
) -> Answer {
    let (peer, budget) = (ctx.peer.clone(), *budget.get_ref());
    wubang_web::created(&ctx.nameless(), "campaigns", async |tx| {
        campaigns::answer_public(tx, &key.0, &peer, budget, body.0).await
    })
    .await
}

/// Serves and documents these.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(hand_in_request)
        .service(get_request_status)
        .service(rate_request)
        .service(get_personal_data_notice)
        .service(list_requests)
        .service(get_request_actions)
        .service(acknowledge_request)
        .service(attach_request)
        .service(answer_request)
        .service(reject_request)
        .service(transfer_request)
        .service(draft_need_from_requests)
        .service(get_request)
        .service(get_need_voices)
        .service(get_public_need_voices)
        .service(draft_campaign)
        .service(list_campaigns)
        .service(get_campaign_actions)
        .service(get_campaign_progress)
        .service(get_campaign_results)
        .service(list_campaign_texts)
        .service(announce_campaign)
        .service(summarise_campaign)
        .service(cancel_campaign)
        .service(draft_need_from_campaign)
        .service(answer_campaign)
        .service(get_campaign)
        .service(amend_campaign)
        .service(list_public_campaigns)
        .service(answer_public_campaign)
        .service(get_public_campaign);
}
