//! Addresses of the crate.

use crate::model::{
    ComplaintIn, DecideComplaintIn, DecideObjectionIn, HearingAnswerIn, HearingIn, InvestigateIn,
    ObjectionIn, ObjectionList, ObjectionOut, PublicObjectionList, PublicObjectionOut,
    RejectObjectionIn, RequestSupplementIn, SupplementObjectionIn,
};
use crate::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use wubang_web::actions::ActionsOut;
use wubang_web::{Answer, Body, Ctx, act, list, list_public, see, see_public};
use wubang_web::{NothingIn, ReasonIn};

/// 提出异议,得到回执;须登录(实名),不愿具名的走居民诉求。Hand in an objection and get a receipt; it needs a name, without one there are residents' requests.
#[utoipa::path(tag = "异议 objections", request_body = ObjectionIn,
    responses((status = 201, description = "回执 · the receipt", body = ObjectionOut)), security(()))]
#[post("/api/v1/objections")]
pub(crate) async fn submit_objection(ctx: Ctx, body: Body<ObjectionIn>) -> Answer {
    wubang_web::created(&ctx, "objections", async |tx| {
        service::submit(tx, body.0).await
    })
    .await
}

list!(
    list_objections,
    "异议 objections",
    "/api/v1/objections",
    ["state", "target", "target_id", "division"],
    ObjectionList,
    service::list,
    "异议列表。List objections."
);
see!(
    get_objection,
    "异议 objections",
    "/api/v1/objections/{id}",
    ObjectionOut,
    service::get,
    "查看异议。Show an objection."
);
see!(
    get_objection_actions,
    "异议 objections",
    "/api/v1/objections/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(request_objection_supplement, "异议 objections", "/api/v1/objections/{id}/request_supplement", RequestSupplementIn => ObjectionOut, service::request_supplement, "要求补正,一次。Ask for a supplement, once.");
act!(supplement_objection, "异议 objections", "/api/v1/objections/{id}/supplement", SupplementObjectionIn => ObjectionOut, service::supplement, "补正。Supplement an objection.");
act!(reject_objection, "异议 objections", "/api/v1/objections/{id}/reject", RejectObjectionIn => ObjectionOut, service::reject, "不予受理,理由为闭集。Reject an objection on a closed ground.");
act!(accept_objection, "异议 objections", "/api/v1/objections/{id}/accept", NothingIn => ObjectionOut, service::accept, "受理;所异议的事项随即中止。Accept an objection; its target stands still.");
act!(open_objection_hearing, "异议 objections", "/api/v1/objections/{id}/hearing", HearingIn => ObjectionOut, service::open_hearing, "听取另一方意见。Invite the other side to answer.");
act!(answer_objection, "异议 objections", "/api/v1/objections/{id}/answer", HearingAnswerIn => ObjectionOut, service::answer, "另一方陈述。Answer as the other side.");
act!(investigate_objection, "异议 objections", "/api/v1/objections/{id}/investigate", InvestigateIn => ObjectionOut, service::investigate, "记录调查情况。Record what was found out.");
act!(decide_objection, "异议 objections", "/api/v1/objections/{id}/decide", DecideObjectionIn => ObjectionOut, service::decide, "作出决定,处理结果即时生效。Decide an objection; the result takes effect at once.");
act!(withdraw_objection, "异议 objections", "/api/v1/objections/{id}/withdraw", ReasonIn => ObjectionOut, service::withdraw, "撤回异议。Withdraw an objection.");
act!(complain, "异议 objections", "/api/v1/objections/{id}/complain", ComplaintIn => ObjectionOut, service::complain, "向监督部门投诉。Complain to the supervisor.");
act!(accept_complaint, "异议 objections", "/api/v1/objections/{id}/accept_complaint", NothingIn => ObjectionOut, service::accept_complaint, "受理投诉。Accept a complaint.");
act!(refuse_complaint, "异议 objections", "/api/v1/objections/{id}/refuse_complaint", ReasonIn => ObjectionOut, service::refuse_complaint, "不予受理投诉。Refuse a complaint.");
act!(suspend_complained_target, "异议 objections", "/api/v1/objections/{id}/suspend_target", ReasonIn => ObjectionOut, service::suspend_target, "投诉处理期间暂停所涉事项,有最长期限。Suspend the matter while the complaint is looked at.");
act!(resume_complained_target, "异议 objections", "/api/v1/objections/{id}/resume_target", ReasonIn => ObjectionOut, service::resume_target, "恢复所涉事项。Let the matter go on.");
act!(decide_complaint, "异议 objections", "/api/v1/objections/{id}/decide_complaint", DecideComplaintIn => ObjectionOut, service::decide_complaint, "投诉处理决定,即时生效。Decide a complaint; the order takes effect at once.");
act!(find_objection_abusive, "异议 objections", "/api/v1/objections/{id}/find_abuse", ReasonIn => ObjectionOut, service::find_abuse, "认定捏造事实或伪造证据。Find that facts were invented or proof forged.");
list_public!(
    list_public_objections,
    "公开 public",
    "/api/v1/public/objections",
    ["state", "target", "target_id", "division"],
    PublicObjectionList,
    service::list_public,
    "异议答复公开,不显示异议人。Decided objections, without who objected."
);
see_public!(
    get_public_objection,
    "公开 public",
    "/api/v1/public/objections/{id}",
    PublicObjectionOut,
    service::get_public,
    "异议答复公开页。The public page of a decided objection."
);

/// Serves and documents the crate.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(submit_objection)
        .service(list_objections)
        .service(get_objection_actions)
        .service(request_objection_supplement)
        .service(supplement_objection)
        .service(reject_objection)
        .service(accept_objection)
        .service(open_objection_hearing)
        .service(answer_objection)
        .service(investigate_objection)
        .service(decide_objection)
        .service(withdraw_objection)
        .service(complain)
        .service(accept_complaint)
        .service(refuse_complaint)
        .service(suspend_complained_target)
        .service(resume_complained_target)
        .service(decide_complaint)
        .service(find_objection_abusive)
        .service(get_objection)
        .service(list_public_objections)
        .service(get_public_objection);
}
