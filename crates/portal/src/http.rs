//! Addresses that look across the stages.

use crate::model::{ProjectList, ProjectOut, TraceList};
use crate::service;
use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_postings::model::{PostingList, PostingOut};
use wubang_web::{list, list_public, see, see_public};

see!(
    get_project,
    "项目 projects",
    "/api/v1/projects/{id}",
    ProjectOut,
    service::get,
    "项目全貌。A project as a whole."
);
list!(
    list_projects,
    "项目 projects",
    "/api/v1/projects",
    ["stage", "division"],
    ProjectList,
    service::list,
    "项目列表。List projects."
);
list_public!(
    list_public_postings,
    "公开 public",
    "/api/v1/public/postings",
    ["state", "field", "division"],
    PostingList,
    service::public_postings,
    "公开的榜单。Published postings."
);
see_public!(
    get_public_posting,
    "公开 public",
    "/api/v1/public/postings/{id}",
    PostingOut,
    wubang_postings::service::get,
    "公开的发榜公告。A published posting."
);

/// 项目留痕,最新在前。The process trail of a project, newest first.
#[utoipa::path(tag = "项目 projects", params(("id" = String, Path, description = "id 或编号 · id or number"), wubang_web::query::Paging),
    responses((status = 200, description = "一页 · one page", body = TraceList)), security(("bearer" = [])))]
#[get("/api/v1/projects/{id}/trace")]
pub(crate) async fn list_project_trace(
    ctx: wubang_web::Ctx,
    key: wubang_web::PathKey,
) -> wubang_web::Answer {
    ctx.signed_in()?;
    let query = wubang_web::ListQuery::of(&ctx, &[])?;
    let value = service::trail(&ctx.read(), &key.0, &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::answer::page(&ctx, &value)
}

/// Serves and documents these.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list_projects)
        .service(list_project_trace)
        .service(get_project)
        .service(list_public_postings)
        .service(get_public_posting);
}
