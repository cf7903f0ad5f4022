//! Addresses of settlements.

use super::model::{SettlementIn, SettlementList, SettlementObjectIn, SettlementOut};
use super::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{Answer, Body, Ctx, NothingIn, PathKey, act, list, see};

/// 拟定结算:协议提前终止或退出后,由街道拟定。Draft the settlement of an agreement that ended early.
#[utoipa::path(tag = "实施 implementation", params(("id" = String, Path, description = "协议的 id 或编号 · id or number of the agreement")), request_body = SettlementIn,
    responses((status = 201, description = "新建的结算 · the new settlement", body = SettlementOut)), security(("bearer" = [])))]
#[post("/api/v1/contracts/{id}/settlement")]
pub(crate) async fn draft_settlement(ctx: Ctx, key: PathKey, body: Body<SettlementIn>) -> Answer {
    ctx.signed_in()?;
    wubang_web::created(&ctx, "settlements", async |tx| {
        service::draft(tx, &key.0, body.0).await
    })
    .await
}

list!(
    list_settlements,
    "实施 implementation",
    "/api/v1/settlements",
    ["contract_id", "state"],
    SettlementList,
    service::list,
    "结算列表。List settlements."
);
see!(
    get_settlement,
    "实施 implementation",
    "/api/v1/settlements/{id}",
    SettlementOut,
    service::get,
    "查看结算。Show a settlement."
);
see!(
    get_settlement_actions,
    "实施 implementation",
    "/api/v1/settlements/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(redraft_settlement, "实施 implementation", "/api/v1/settlements/{id}/redraft", SettlementIn => SettlementOut, service::redraft, "重新拟定结算,重新征求意见。Draft it anew; the contractor answers anew.");
act!(agree_to_settlement, "实施 implementation", "/api/v1/settlements/{id}/agree", NothingIn => SettlementOut, service::agree, "承榜组织同意结算。The contractor agrees.");
act!(object_to_settlement, "实施 implementation", "/api/v1/settlements/{id}/object", SettlementObjectIn => SettlementOut, service::object, "承榜组织对结算提出意见。The contractor states its objection.");
act!(complete_settlement, "实施 implementation", "/api/v1/settlements/{id}/complete", NothingIn => SettlementOut, service::complete, "确定结算:由拟定人以外的人办理。Fix the amounts; by another officer.");

/// Serves and documents these.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(draft_settlement)
        .service(list_settlements)
        .service(get_settlement_actions)
        .service(redraft_settlement)
        .service(agree_to_settlement)
        .service(object_to_settlement)
        .service(complete_settlement)
        .service(get_settlement);
}
