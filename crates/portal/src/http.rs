//! Addresses that look across the stages.

use crate::model::{ProjectList, ProjectOut, TraceList};
use crate::service;
use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_postings::model::{PostingFacets, PostingList, PostingOut};
use wubang_web::query::ListQuery;
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
    [
        "state",
        "field",
        "type",
        "division",
        "target_group",
        "budget_ceiling_min",
        "budget_ceiling_max",
        "q"
    ],
    sort ["created_at", "published_at", "bid_deadline", "budget_ceiling_fen"],
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

/// Filters of the board that a count or a feed takes.
const BOARD: &[&str] = &[
    "state",
    "field",
    "type",
    "division",
    "target_group",
    "budget_ceiling_min",
    "budget_ceiling_max",
    "q",
];

/// 公开榜单按各维度计数;每一维度按其余筛选条件计数。Counts of the published postings per facet, each under all filters but its own.
#[utoipa::path(tag = "公开 public", params(("state" = Option<String>, Query, description = "状态 · state"), ("field" = Option<String>, Query, description = "领域 · field"),
        ("type" = Option<String>, Query, description = "类型 · type"), ("division" = Option<String>, Query, description = "区划代码 · division code"),
        ("target_group" = Option<String>, Query, description = "服务对象 · target group"), ("budget_ceiling_min" = Option<i64>, Query, description = "最高限价下限(分)· in fen"),
        ("budget_ceiling_max" = Option<i64>, Query, description = "最高限价上限(分)· in fen"), ("q" = Option<String>, Query, description = "全文检索 · full text")),
    responses((status = 200, description = "计数 · counts", body = PostingFacets)), security(()))]
#[get("/api/v1/public/posting_facets")]
pub(crate) async fn count_public_postings(ctx: wubang_web::Ctx) -> wubang_web::Answer {
    let query = ListQuery::of(&ctx, BOARD)?;
    let value = wubang_postings::service::facets(&ctx.read(), &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::show(&ctx, &value)
}

/// 最近发榜的 Atom 订阅源,可按区划和领域筛选。Atom feed of the postings published last, per division and field.
#[utoipa::path(tag = "公开 public", params(("division" = Option<String>, Query, description = "区划代码 · division code"), ("field" = Option<String>, Query, description = "领域 · field")),
    responses((status = 200, description = "订阅源 · the feed, Atom 1.0", body = String, content_type = "application/atom+xml")), security(()))]
#[get("/api/v1/public/feeds/postings")]
pub(crate) async fn read_posting_feed(ctx: wubang_web::Ctx) -> wubang_web::Answer {
    let query = ListQuery::of(&ctx, &["division", "field"])?;
    let feed = crate::feed::postings(&ctx.read(), &query, &wubang_web::public_url(&ctx))
        .await
        .map_err(|error| ctx.problem(error))?;
    Ok(wubang_web::document(
        &ctx,
        "application/atom+xml; charset=utf-8",
        feed,
    ))
}

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
        .service(count_public_postings)
        .service(read_posting_feed)
        .service(list_public_postings)
        .service(get_public_posting);
}
