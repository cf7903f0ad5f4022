//! Addresses of rectification orders.

use super::model::{
    CorrectionReportIn, ExtendRectificationIn, JudgeRectificationIn, OrderRectificationIn,
    RectificationIn, RectificationList, RectificationOut,
};
use super::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{NothingIn, ReasonIn, act, list, make, see};

make!(report_incident, "干预整改 supervision", "/api/v1/rectification_orders", "rectification_orders", RectificationIn => RectificationOut, service::report_incident, "报告安全、弄虚作假、个人信息等情况,由街道研判是否责令整改。Report an incident or what else calls for rectification.");
list!(
    list_rectification_orders,
    "干预整改 supervision",
    "/api/v1/rectification_orders",
    ["state", "trigger", "contract_id", "division"],
    RectificationList,
    service::list,
    "纠偏整改台账。List rectification orders."
);
see!(
    get_rectification_order,
    "干预整改 supervision",
    "/api/v1/rectification_orders/{id}",
    RectificationOut,
    service::get,
    "查看纠偏整改。Show a rectification order."
);
see!(
    get_rectification_order_actions,
    "干预整改 supervision",
    "/api/v1/rectification_orders/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(order_rectification, "干预整改 supervision", "/api/v1/rectification_orders/{id}/order", OrderRectificationIn => RectificationOut, service::order, "责令整改(第一轮不合格的可再次责令);拨付暂缓。Order the correction; payments are withheld.");
act!(dismiss_rectification, "干预整改 supervision", "/api/v1/rectification_orders/{id}/dismiss", ReasonIn => RectificationOut, service::dismiss, "不予启动。Dismiss a proposal.");
act!(extend_rectification, "干预整改 supervision", "/api/v1/rectification_orders/{id}/extend", ExtendRectificationIn => RectificationOut, service::extend, "延长整改期限(一次,至多 15 个工作日)。Extend the term, once.");
act!(report_correction, "干预整改 supervision", "/api/v1/rectification_orders/{id}/report", CorrectionReportIn => RectificationOut, service::report, "承榜组织提交整改报告,逐项附证据。Report the correction, with evidence for each defect.");
act!(judge_rectification, "干预整改 supervision", "/api/v1/rectification_orders/{id}/judge", JudgeRectificationIn => RectificationOut, service::judge, "街道和社区分别复查,两方均认为合格方为合格。Street and community each say whether it is corrected.");
act!(propose_rectification_exit, "干预整改 supervision", "/api/v1/rectification_orders/{id}/propose_exit", NothingIn => RectificationOut, service::propose_exit, "两轮不合格,提出退出。Propose the exit after two rounds.");

/// Serves and documents rectification orders.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(report_incident)
        .service(list_rectification_orders)
        .service(get_rectification_order_actions)
        .service(order_rectification)
        .service(dismiss_rectification)
        .service(extend_rectification)
        .service(report_correction)
        .service(judge_rectification)
        .service(propose_rectification_exit)
        .service(get_rectification_order);
}
