//! Addresses of the crate: for everybody.

use crate::model::{PublicityList, PublicityOut};
use crate::service;
use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::{list_public, see_public};

list_public!(
    list_publicities,
    "公示 publicity",
    "/api/v1/public/publicities",
    ["kind", "state", "division", "field"],
    PublicityList,
    service::list,
    "公示列表。Publicities, newest first."
);
see_public!(
    get_publicity,
    "公示 publicity",
    "/api/v1/public/publicities/{id}",
    PublicityOut,
    service::get,
    "公示内容、期限与异议途径。What is shown, until when, and where to object."
);

/// Serves and documents these.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list_publicities).service(get_publicity);
}
