//! Addresses of the panels. Forming and scoring belong to the stages that need a panel.

use crate::model::{PanelDeclareIn, PanelOut};
use crate::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::{act, see};

see!(
    get_panel,
    "评审 panels",
    "/api/v1/panels/{id}",
    PanelOut,
    service::get,
    "查看评审组(成员、组织者、监督)。Show a panel."
);
act!(declare_panel, "评审 panels", "/api/v1/panels/{id}/declare", PanelDeclareIn => PanelOut, service::declare, "签署回避声明或回避。Sign the recusal declaration, or recuse yourself.");

/// Serves and documents the panels.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(declare_panel).service(get_panel);
}
