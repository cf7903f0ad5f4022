//! Addresses of guidance orders.

use super::model::{
    ConfirmRecoveryIn, GuidanceIn, GuidanceList, GuidanceOut, OpenGuidanceIn, RecoveryPlan,
};
use super::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{NothingIn, ReasonIn, act, list, make, see};

make!(report_guidance, "干预整改 supervision", "/api/v1/guidance_orders", "guidance_orders", GuidanceIn => GuidanceOut, service::report, "反映服务未正常开展,由街道研判是否启动干预指导。Report that an agreement does not run as it should.");
list!(
    list_guidance_orders,
    "干预整改 supervision",
    "/api/v1/guidance_orders",
    ["state", "trigger", "contract_id", "division"],
    GuidanceList,
    service::list,
    "干预指导台账。List guidance orders."
);
see!(
    get_guidance_order,
    "干预整改 supervision",
    "/api/v1/guidance_orders/{id}",
    GuidanceOut,
    service::get,
    "查看干预指导。Show a guidance order."
);
see!(
    get_guidance_order_actions,
    "干预整改 supervision",
    "/api/v1/guidance_orders/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(open_guidance_order, "干预整改 supervision", "/api/v1/guidance_orders/{id}/open", OpenGuidanceIn => GuidanceOut, service::open, "启动干预指导,可提供帮扶方。Open a proposed order, with a mentor where one is offered.");
act!(dismiss_guidance_order, "干预整改 supervision", "/api/v1/guidance_orders/{id}/dismiss", ReasonIn => GuidanceOut, service::dismiss, "不予启动。Dismiss a proposal.");
act!(submit_guidance_plan, "干预整改 supervision", "/api/v1/guidance_orders/{id}/submit_plan", RecoveryPlan => GuidanceOut, service::submit_plan, "承榜组织提交恢复计划。Hand in the recovery plan.");
act!(accept_guidance_plan, "干预整改 supervision", "/api/v1/guidance_orders/{id}/accept_plan", NothingIn => GuidanceOut, service::accept_plan, "同意恢复计划。Accept the plan.");
act!(return_guidance_plan, "干预整改 supervision", "/api/v1/guidance_orders/{id}/return_plan", ReasonIn => GuidanceOut, service::return_plan, "退回恢复计划(至多两次)。Return the plan, at most twice.");
act!(confirm_guidance_recovery, "干预整改 supervision", "/api/v1/guidance_orders/{id}/confirm_recovery", ConfirmRecoveryIn => GuidanceOut, service::confirm_recovery, "社区书记确认服务恢复。The community confirms that the service runs again.");
act!(close_guidance_order, "干预整改 supervision", "/api/v1/guidance_orders/{id}/close", NothingIn => GuidanceOut, service::close, "恢复,办结。Close as recovered.");
act!(fail_guidance_order, "干预整改 supervision", "/api/v1/guidance_orders/{id}/fail", ReasonIn => GuidanceOut, service::fail, "未恢复,提出整改。Not recovered: rectification is proposed.");

/// Serves and documents guidance orders.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(report_guidance)
        .service(list_guidance_orders)
        .service(get_guidance_order_actions)
        .service(open_guidance_order)
        .service(dismiss_guidance_order)
        .service(submit_guidance_plan)
        .service(accept_guidance_plan)
        .service(return_guidance_plan)
        .service(confirm_guidance_recovery)
        .service(close_guidance_order)
        .service(fail_guidance_order)
        .service(get_guidance_order);
}
