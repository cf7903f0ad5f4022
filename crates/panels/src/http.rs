//! Addresses of the panels. Forming and scoring belong to the stages that need a panel.

use crate::model::{
    DrawsOut, PanelDeclareIn, PanelOut, PanelRecusalDecisionIn, PanelRecusalIn, PanelRecusalsOut,
    SheetReceiptsOut,
};
use crate::{draws, recusals, service};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::{act, see, see_public};

see!(
    get_panel,
    "评审 panels",
    "/api/v1/panels/{id}",
    PanelOut,
    service::get,
    "查看评审组(成员、组织者、监督)。Show a panel."
);
act!(declare_panel, "评审 panels", "/api/v1/panels/{id}/declare", PanelDeclareIn => PanelOut, service::declare, "签署回避声明或回避。Sign the recusal declaration, or recuse yourself.");

act!(demand_panel_recusal, "评审 panels", "/api/v1/panels/{id}/recusals", PanelRecusalIn => PanelRecusalsOut, recusals::demand, "申请某成员回避,评分开始前提出。Demand that a member stand aside, before scoring begins.");
act!(decide_panel_recusal, "评审 panels", "/api/v1/panels/{id}/decide_recusal", PanelRecusalDecisionIn => PanelRecusalsOut, recusals::decide, "决定回避申请:组长决定,组长的回避由区级决定。Decide on a demand: the chair, about the chair the district.");
see!(
    list_panel_recusals,
    "评审 panels",
    "/api/v1/panels/{id}/recusals",
    PanelRecusalsOut,
    recusals::list,
    "回避申请。Demands that members stand aside."
);
see!(
    get_my_receipts,
    "评审 panels",
    "/api/v1/panels/{id}/my_receipts",
    SheetReceiptsOut,
    service::my_receipts,
    "本人评分表的回执:用以核对评分表是否如数计入。One's own receipts, to check that one's sheets are counted."
);
see_public!(
    get_public_draws,
    "公开 public",
    "/api/v1/public/draws/{id}",
    DrawsOut,
    draws::get_public,
    "专家抽取:承诺即时公开,结果公布后公开随机数与专家编号,任何人可复算。Draws of a posting or an evaluation: commitments at once, nonce and pool with the result."
);

/// Serves and documents the panels.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(declare_panel)
        .service(demand_panel_recusal)
        .service(decide_panel_recusal)
        .service(list_panel_recusals)
        .service(get_my_receipts)
        .service(get_panel)
        .service(get_public_draws);
}
