//! Addresses of the crate.

use crate::model::{SignalAskIn, SignalList, SignalOut, SignalReasonIn, SignalReplyIn};
use crate::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{act, list, see};

list!(
    list_signals,
    "监督 signals",
    "/api/v1/signals",
    ["state", "posting", "division"],
    SignalList,
    service::list,
    "串通线索列表(监督部门;被要求说明的组织仅见所涉)。List signals of collusion: the supervisor's, and those about which one was asked."
);
see!(
    get_signal,
    "监督 signals",
    "/api/v1/signals/{id}",
    SignalOut,
    service::get,
    "查看串通线索及证据。Show a signal with its evidence."
);
see!(
    get_signal_actions,
    "监督 signals",
    "/api/v1/signals/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(investigate_signal, "监督 signals", "/api/v1/signals/{id}/investigate", SignalReasonIn => SignalOut, service::investigate, "核查并记录情况。Look into a signal and note what was found.");
act!(ask_about_signal, "监督 signals", "/api/v1/signals/{id}/ask", SignalAskIn => SignalOut, service::ask, "要求所涉组织说明。Ask the organisations concerned for a statement.");
act!(reply_to_signal, "监督 signals", "/api/v1/signals/{id}/reply", SignalReplyIn => SignalOut, service::reply, "所涉组织说明,一次。Answer as an organisation concerned, once.");
act!(dismiss_signal, "监督 signals", "/api/v1/signals/{id}/dismiss", SignalReasonIn => SignalOut, service::dismiss, "排除线索。Dismiss a signal.");
act!(confirm_signal, "监督 signals", "/api/v1/signals/{id}/confirm", SignalReasonIn => SignalOut, service::confirm, "认定属实;不自动产生后果。Confirm a signal; nothing follows by itself.");

/// Serves and documents the crate.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list_signals)
        .service(get_signal_actions)
        .service(investigate_signal)
        .service(ask_about_signal)
        .service(reply_to_signal)
        .service(dismiss_signal)
        .service(confirm_signal)
        .service(get_signal);
}
