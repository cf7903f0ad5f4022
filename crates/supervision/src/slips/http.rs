//! Addresses of slips.

use super::model::{AnswerSlipIn, RepeatSlipIn, SlipIn, SlipList, SlipOut};
use super::service;
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::actions::ActionsOut;
use wubang_web::{NothingIn, ReasonIn, act, list, make, see};

make!(issue_slip, "督办单据 slips", "/api/v1/slips", "slips", SlipIn => SlipOut, service::issue, "街道下达提示单、进度单或督办单。Issue a reminder, progress or supervision slip for an agreement.");
list!(
    list_slips,
    "督办单据 slips",
    "/api/v1/slips",
    [
        "state",
        "kind",
        "addressee",
        "quarter",
        "contract_id",
        "division"
    ],
    SlipList,
    service::list,
    "督办台账。List slips."
);
see!(
    get_slip,
    "督办单据 slips",
    "/api/v1/slips/{id}",
    SlipOut,
    service::get,
    "查看单据。Show a slip."
);
see!(
    get_slip_actions,
    "督办单据 slips",
    "/api/v1/slips/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(answer_slip, "督办单据 slips", "/api/v1/slips/{id}/answer", AnswerSlipIn => SlipOut, service::answer, "答复;逾期仍可答复并注明。Answer, late answers are marked.");
act!(close_slip, "督办单据 slips", "/api/v1/slips/{id}/close", NothingIn => SlipOut, service::close, "认可答复,办结。Accept the answer.");
act!(repeat_slip, "督办单据 slips", "/api/v1/slips/{id}/repeat", RepeatSlipIn => SlipOut, service::repeat, "未答复或答复不充分的再次下达,返回新单据。Issue it again; answers the new slip.");
act!(withdraw_slip, "督办单据 slips", "/api/v1/slips/{id}/withdraw", ReasonIn => SlipOut, service::withdraw, "撤回单据。Withdraw a slip.");

/// Serves and documents slips.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(issue_slip)
        .service(list_slips)
        .service(get_slip_actions)
        .service(answer_slip)
        .service(close_slip)
        .service(repeat_slip)
        .service(withdraw_slip)
        .service(get_slip);
}
