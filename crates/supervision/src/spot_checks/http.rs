//! Addresses of spot checks.

use super::model::{
    RecordSpotCheckIn, SpotCheckIn, SpotCheckList, SpotCheckOut, SpotCheckQuotaOut,
};
use super::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::query::ListQuery;
use wubang_web::{Answer, Ctx, ReasonIn, act, list, make, see};

make!(plan_spot_check, "抽查 spot checks", "/api/v1/spot_checks", "spot_checks", SpotCheckIn => SpotCheckOut, service::plan, "区级或街道计划抽查一份协议,不事先通知承榜组织。Plan a spot check of an agreement.");
list!(
    list_spot_checks,
    "抽查 spot checks",
    "/api/v1/spot_checks",
    ["state", "finding", "contract_id", "division"],
    SpotCheckList,
    service::list,
    "抽查台账。List spot checks."
);
see!(
    get_spot_check,
    "抽查 spot checks",
    "/api/v1/spot_checks/{id}",
    SpotCheckOut,
    service::get,
    "查看抽查。Show a spot check."
);
see!(
    get_spot_check_actions,
    "抽查 spot checks",
    "/api/v1/spot_checks/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(record_spot_check, "抽查 spot checks", "/api/v1/spot_checks/{id}/record", RecordSpotCheckIn => SpotCheckOut, service::record, "登记抽查结果;未正常开展的提出干预指导,不合格的提出整改。Record the finding.");
act!(cancel_spot_check, "抽查 spot checks", "/api/v1/spot_checks/{id}/cancel", ReasonIn => SpotCheckOut, service::cancel, "取消抽查计划。Cancel a planned check.");

/// 年度抽查比例的完成情况,写明分子和分母。How far the quota of spot checks of a year is met, with numerator and denominator.
#[utoipa::path(tag = "抽查 spot checks", params(("division" = Option<String>, Query, description = "区划代码,默认本人所辖 · division, by default one's own"),
        ("year" = Option<i32>, Query, description = "年度,默认今年 · year, by default this one")),
    responses((status = 200, description = "完成情况 · the quota", body = SpotCheckQuotaOut)), security(("bearer" = [])))]
#[get("/api/v1/spot_check_quota")]
pub(crate) async fn get_spot_check_quota(ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    let query = ListQuery::of(&ctx, &["division", "year"])?;
    let value = service::quota(&ctx.read(), &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::show(&ctx, &value)
}

/// Serves and documents spot checks.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(plan_spot_check)
        .service(list_spot_checks)
        .service(get_spot_check_quota)
        .service(get_spot_check_actions)
        .service(record_spot_check)
        .service(cancel_spot_check)
        .service(get_spot_check);
}
