//! Addresses of the crate.

use crate::model::{
    CreditOut, DropIn, ListEntryIn, ListEntryList, ListEntryOut, ListStatementIn, PublicCreditOut,
    PublicListEntryList, StandingEligibilityOut, VoidCreditEntryIn,
};
use crate::{service, showing};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::query::ListQuery;
use wubang_web::{Answer, Ctx, PathKey, act, list, list_public, make, see, see_public};
use wubang_web::{NothingIn, ReasonIn};

make!(propose_list_entry, "信用 credit", "/api/v1/list_entries", "list_entries", ListEntryIn => ListEntryOut, service::propose, "提出红榜或黑榜建议。Propose an organisation for the red or the black list.");
list!(
    list_list_entries,
    "信用 credit",
    "/api/v1/list_entries",
    ["state", "colour", "organisation", "division"],
    ListEntryList,
    service::list,
    "红黑榜台账:本区域各级经办,及被告知的组织。List entries of the red and the black list."
);
see!(
    get_list_entry,
    "信用 credit",
    "/api/v1/list_entries/{id}",
    ListEntryOut,
    service::get,
    "查看红黑榜条目。Show an entry."
);
see!(
    get_list_entry_actions,
    "信用 credit",
    "/api/v1/list_entries/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(publish_list_entry, "信用 credit", "/api/v1/list_entries/{id}/publish", NothingIn => ListEntryOut, service::publish, "红榜公示。Put a proposal for the red list into publicity.");
act!(notify_list_entry, "信用 credit", "/api/v1/list_entries/{id}/notify", NothingIn => ListEntryOut, service::notify, "告知拟列入黑榜,听取陈述申辩。Give notice of the black list and hear the organisation.");
act!(defend_list_entry, "信用 credit", "/api/v1/list_entries/{id}/defend", ListStatementIn => ListEntryOut, service::defend, "陈述申辩。Answer to the notice.");
act!(enter_list_entry, "信用 credit", "/api/v1/list_entries/{id}/enter", ReasonIn => ListEntryOut, service::enter, "决定列入黑榜,须由告知人以外的人办理。Put on the black list, by another person than gave the notice.");
act!(drop_list_entry, "信用 credit", "/api/v1/list_entries/{id}/drop", DropIn => ListEntryOut, service::drop_entry, "不予列入。Do not list.");
act!(request_list_entry_repair, "信用 credit", "/api/v1/list_entries/{id}/request_repair", ListStatementIn => ListEntryOut, service::request_repair, "申请信用修复。Ask for early removal.");
act!(repair_list_entry, "信用 credit", "/api/v1/list_entries/{id}/repair", ReasonIn => ListEntryOut, service::repair, "同意信用修复。Grant the early removal.");
act!(refuse_list_entry_repair, "信用 credit", "/api/v1/list_entries/{id}/refuse_repair", ReasonIn => ListEntryOut, service::refuse_repair, "不予信用修复。Refuse the early removal.");
act!(revoke_list_entry, "信用 credit", "/api/v1/list_entries/{id}/revoke", ReasonIn => ListEntryOut, service::revoke, "撤销。Revoke an entry.");
list_public!(
    list_public_list_entries,
    "公开 public",
    "/api/v1/public/list_entries",
    ["colour", "division"],
    PublicListEntryList,
    showing::list_public,
    "此刻有效的红榜、黑榜。The entries of both lists in force now."
);

see!(
    get_organisation_credit,
    "信用 credit",
    "/api/v1/organisations/{id}/credit",
    CreditOut,
    showing::get,
    "信用分及明细:本组织及各级经办。The credit score of an organisation with its ledger."
);
see_public!(
    get_public_organisation_credit,
    "公开 public",
    "/api/v1/public/organisations/{id}/credit",
    PublicCreditOut,
    showing::get_public,
    "信用档与有效的红黑榜,不公开分数。The credit band of an organisation and the lists it stands on."
);
act!(void_credit_entry, "信用 credit", "/api/v1/credit_entries/{id}/void", VoidCreditEntryIn => CreditOut, showing::void_entry, "撤销一笔信用分,原记录保留。Take an entry of a ledger back.");

/// 组织能否承接的逐项判断,供其他系统调用。Whether an organisation may take something on, for other systems.
#[utoipa::path(tag = "信用 credit", params(("id" = String, Path, description = "组织的 id · id of the organisation"),
        ("community" = Option<String>, Query, description = "社区的区划代码;填写时一并判断服务覆盖 · a community, to ask whether it is served"),
        ("micro" = Option<bool>, Query, description = "是否微心愿等小额项目,默认 false · whether it is a small order"),
        ("joint" = Option<bool>, Query, description = "是否联合承接,默认 false · whether several share it")),
    responses((status = 200, description = "逐项结果 · rule by rule", body = StandingEligibilityOut)), security(("bearer" = [])))]
#[get("/api/v1/organisations/{id}/eligibility")]
pub(crate) async fn get_organisation_eligibility(ctx: Ctx, key: PathKey) -> Answer {
    ctx.signed_in()?;
    let query = ListQuery::of(&ctx, &["community", "micro", "joint"])?;
    let value = showing::get_eligibility(&ctx.read(), &key.0, &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::show(&ctx, &value)
}

/// Serves and documents the crate.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(propose_list_entry)
        .service(list_list_entries)
        .service(get_list_entry_actions)
        .service(publish_list_entry)
        .service(notify_list_entry)
        .service(defend_list_entry)
        .service(enter_list_entry)
        .service(drop_list_entry)
        .service(request_list_entry_repair)
        .service(repair_list_entry)
        .service(refuse_list_entry_repair)
        .service(revoke_list_entry)
        .service(list_public_list_entries)
        .service(get_list_entry);
    cfg.service(get_organisation_credit)
        .service(get_organisation_eligibility)
        .service(get_public_organisation_credit)
        .service(void_credit_entry);
}
