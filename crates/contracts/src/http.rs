//! Addresses of the stage.

use crate::model::{
    AcceptReportIn, CompletionReportContent, ContractList, ContractOut, ContractPatch,
    ContractSignIn, MilestoneEvidence, MilestoneList, MilestoneOut, MilestoneVerifyIn, PaymentList,
    PaymentOut, PaymentRequestIn, PublicContractList, PublicContractOut, RecordFilingIn,
    RecordPaymentIn, RecordRepaymentIn, SuspendContractIn, WithholdIn,
};
use crate::{milestones, payments, reports, service, standing};
use actix_web::{get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use wubang_web::actions::ActionsOut;
use wubang_web::{Answer, Body, Ctx, PathKey, act, amend, list, list_public, see, see_public};
use wubang_web::{NothingIn, ReasonIn};

/// 由街道依据榜单与揭榜意向书生成承榜协议。Draft the agreement of a notified award.
#[utoipa::path(tag = "承榜 contracts", params(("id" = String, Path, description = "承榜的 id · id of the award")), request_body = NothingIn,
    responses((status = 201, description = "新建的协议 · the new agreement", body = ContractOut)), security(("bearer" = [])))]
#[post("/api/v1/awards/{id}/contract")]
pub(crate) async fn draft_contract(ctx: Ctx, key: PathKey, body: Body<NothingIn>) -> Answer {
    ctx.signed_in()?;
    wubang_web::created(&ctx, "contracts", async |tx| {
        service::draft(tx, &key.0, body.0).await
    })
    .await
}

/// 由街道依据榜单与登记的采购结果生成协议。Draft the agreement about the result of a statutory procedure.
#[utoipa::path(tag = "承榜 contracts", params(("id" = String, Path, description = "榜单的 id 或编号 · id or number of the posting")), request_body = NothingIn,
    responses((status = 201, description = "新建的协议 · the new agreement", body = ContractOut)), security(("bearer" = [])))]
#[post("/api/v1/postings/{id}/contract")]
pub(crate) async fn draft_procured_contract(
    ctx: Ctx,
    key: PathKey,
    body: Body<NothingIn>,
) -> Answer {
    ctx.signed_in()?;
    wubang_web::created(&ctx, "contracts", async |tx| {
        service::draft_of_result(tx, &key.0, body.0).await
    })
    .await
}

list!(
    list_contracts,
    "承榜 contracts",
    "/api/v1/contracts",
    ["state", "division", "project_id"],
    ContractList,
    service::list,
    "协议台账。List agreements."
);
see!(
    get_contract,
    "承榜 contracts",
    "/api/v1/contracts/{id}",
    ContractOut,
    service::get,
    "查看协议。Show an agreement."
);
see!(
    get_contract_actions,
    "承榜 contracts",
    "/api/v1/contracts/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
amend!(amend_contract, "承榜 contracts", "/api/v1/contracts/{id}", ContractPatch => ContractOut, service::amend, "修改协议草稿:期限、里程碑日期、拨付批次、条款。Change a draft: period, dates, tranches, terms.");
act!(send_contract, "承榜 contracts", "/api/v1/contracts/{id}/send", NothingIn => ContractOut, service::send, "送签。Send for signature.");
act!(sign_contract, "承榜 contracts", "/api/v1/contracts/{id}/sign", ContractSignIn => ContractOut, service::sign, "签署协议内容的哈希。Sign the hash of the content.");
act!(publish_contract, "承榜 contracts", "/api/v1/contracts/{id}/publish", NothingIn => ContractOut, service::publish, "公开协议(签订后 2 个工作日内;逾期由系统公开)。Publish a signed agreement.");
act!(record_contract_filing, "承榜 contracts", "/api/v1/contracts/{id}/record_filing", RecordFilingIn => ContractOut, service::record_filing, "登记协议备案。Record that the agreement was filed.");
list_public!(
    list_public_contracts,
    "公开 public",
    "/api/v1/public/contracts",
    ["division", "posting_id"],
    PublicContractList,
    service::list_public,
    "公开的协议。Published agreements."
);
see_public!(
    get_public_contract,
    "公开 public",
    "/api/v1/public/contracts/{id}",
    PublicContractOut,
    service::get_public,
    "公开的协议:不含个人、联系方式和账户。A published agreement, without persons, contacts or accounts."
);
act!(activate_contract, "实施 implementation", "/api/v1/contracts/{id}/activate", NothingIn => ContractOut, service::activate, "开工。Start the work.");
act!(suspend_contract, "实施 implementation", "/api/v1/contracts/{id}/suspend", SuspendContractIn => ContractOut, standing::suspend, "中止协议:各期限停止计算,期间不提交、不验收、不拨付。Suspend an agreement; its clocks stand still.");
act!(resume_contract, "实施 implementation", "/api/v1/contracts/{id}/resume", ReasonIn => ContractOut, standing::resume, "恢复协议:日期按中止天数顺延,形成新的版本。Let an agreement go on; its dates shift by the days lost.");
act!(submit_completion_report, "实施 implementation", "/api/v1/contracts/{id}/submit_completion_report", CompletionReportContent => ContractOut, reports::submit, "提交结项报告。Hand in the completion report.");
act!(return_completion_report, "实施 implementation", "/api/v1/contracts/{id}/return_report", ReasonIn => ContractOut, reports::return_report, "退回结项报告(一次)。Return the report, once.");
act!(accept_completion_report, "实施 implementation", "/api/v1/contracts/{id}/accept_report", AcceptReportIn => ContractOut, reports::accept, "受理结项报告。Accept the report.");

list!(
    list_milestones,
    "实施 implementation",
    "/api/v1/milestones",
    ["contract_id", "state"],
    MilestoneList,
    milestones::list,
    "里程碑列表。List milestones."
);
see!(
    get_milestone,
    "实施 implementation",
    "/api/v1/milestones/{id}",
    MilestoneOut,
    milestones::get,
    "查看里程碑。Show a milestone."
);
see!(
    get_milestone_actions,
    "实施 implementation",
    "/api/v1/milestones/{id}/actions",
    ActionsOut,
    milestones::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(submit_milestone, "实施 implementation", "/api/v1/milestones/{id}/submit", MilestoneEvidence => MilestoneOut, milestones::submit, "提交里程碑验收。Hand in a milestone with evidence.");
act!(verify_milestone, "实施 implementation", "/api/v1/milestones/{id}/verify", MilestoneVerifyIn => MilestoneOut, milestones::verify, "社区书记和居民代表分别验收。Verify a milestone: secretary and resident representative.");
act!(return_milestone, "实施 implementation", "/api/v1/milestones/{id}/return", ReasonIn => MilestoneOut, milestones::return_to_contractor, "退回里程碑(至多两次)。Return a milestone, at most twice.");

list!(
    list_payments,
    "实施 implementation",
    "/api/v1/payments",
    ["contract_id", "state"],
    PaymentList,
    payments::list,
    "拨付台账。List payments."
);
see!(
    get_payment,
    "实施 implementation",
    "/api/v1/payments/{id}",
    PaymentOut,
    payments::get,
    "查看拨付。Show a payment."
);
see!(
    get_payment_actions,
    "实施 implementation",
    "/api/v1/payments/{id}/actions",
    ActionsOut,
    payments::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(request_payment, "实施 implementation", "/api/v1/payments/{id}/request", PaymentRequestIn => PaymentOut, payments::request, "申请拨付。Ask for payment.");
act!(approve_payment, "实施 implementation", "/api/v1/payments/{id}/approve", NothingIn => PaymentOut, payments::approve, "批准拨付。Approve a payment.");
act!(withhold_payment, "实施 implementation", "/api/v1/payments/{id}/withhold", WithholdIn => PaymentOut, payments::withhold, "暂缓拨付。Withhold a payment.");
act!(release_payment, "实施 implementation", "/api/v1/payments/{id}/release", NothingIn => PaymentOut, payments::release, "解除暂缓。Release a withheld payment.");
act!(record_payment, "实施 implementation", "/api/v1/payments/{id}/record_payment", RecordPaymentIn => PaymentOut, payments::record, "登记已拨付。Record that a payment was made.");
act!(cancel_payment, "实施 implementation", "/api/v1/payments/{id}/cancel", ReasonIn => PaymentOut, payments::cancel, "不再拨付:协议已提前终止,已批准的款项未付出。Give up an approved payment of an agreement that ended early.");
act!(record_repayment, "实施 implementation", "/api/v1/payments/{id}/record_repayment", RecordRepaymentIn => PaymentOut, payments::record_repayment, "登记已追回。Record that money was paid back.");

/// Serves and documents the stage.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(draft_contract)
        .service(draft_procured_contract)
        .service(list_contracts)
        .service(get_contract_actions)
        .service(send_contract)
        .service(sign_contract)
        .service(activate_contract)
        .service(amend_contract)
        .service(publish_contract)
        .service(record_contract_filing)
        .service(list_public_contracts)
        .service(get_public_contract)
        .service(suspend_contract)
        .service(resume_contract)
        .service(submit_completion_report)
        .service(return_completion_report)
        .service(accept_completion_report)
        .service(get_contract);
    cfg.service(list_milestones)
        .service(get_milestone_actions)
        .service(submit_milestone)
        .service(verify_milestone)
        .service(return_milestone)
        .service(get_milestone);
    crate::changes::http::routes(cfg);
    crate::terminations::http::routes(cfg);
    crate::settlements::http::routes(cfg);
    crate::activities::http::routes(cfg);
    cfg.service(list_payments)
        .service(get_payment_actions)
        .service(request_payment)
        .service(approve_payment)
        .service(withhold_payment)
        .service(release_payment)
        .service(record_payment)
        .service(cancel_payment)
        .service(record_repayment)
        .service(get_payment);
}
