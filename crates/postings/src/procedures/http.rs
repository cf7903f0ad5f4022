//! Addresses of the posting types.

use super::model::{
    OverridesIn, ProcedureList, ProcedureOut, ProcedureVersions, SimulateIn, SimulationOut,
};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_web::act;
use wubang_web::query::ListQuery;

const TYPE: &str = "发榜类型 · posting type";

/// 各发榜类型及其生效的规则。The posting types and the rules in force.
#[utoipa::path(tag = "发榜 postings", params(("division" = Option<String>, Query, description = "区划代码 · division code")),
    responses((status = 200, description = "各类型 · the types", body = ProcedureList)), security(("bearer" = [])))]
#[get("/api/v1/procedures")]
pub(crate) async fn list_procedures(ctx: wubang_web::Ctx) -> wubang_web::Answer {
    ctx.signed_in()?;
    let query = ListQuery::of(&ctx, &["division"])?;
    let value = super::list(&ctx.read(), &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::show(&ctx, &value)
}

/// 一种发榜类型:生效的规则与可调整项的 JSON Schema。One posting type: its rules and the JSON Schema of what a district may set.
#[utoipa::path(tag = "发榜 postings", params(("id" = String, Path, description = TYPE, example = "open"), ("division" = Option<String>, Query, description = "区划代码 · division code")),
    responses((status = 200, description = "该类型 · the type", body = ProcedureOut)), security(("bearer" = [])))]
#[get("/api/v1/procedures/{id}")]
pub(crate) async fn get_procedure(
    ctx: wubang_web::Ctx,
    key: wubang_web::PathKey,
) -> wubang_web::Answer {
    ctx.signed_in()?;
    let query = ListQuery::of(&ctx, &["division"])?;
    let value = super::get(&ctx.read(), &key.0, &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::show(&ctx, &value)
}

/// 某区对一种类型的历次调整。What a district has set, version by version.
#[utoipa::path(tag = "发榜 postings", params(("id" = String, Path, description = TYPE, example = "open"), ("division" = Option<String>, Query, description = "区级代码 · district code")),
    responses((status = 200, description = "各版本 · the versions", body = ProcedureVersions)), security(("bearer" = [])))]
#[get("/api/v1/procedures/{id}/versions")]
pub(crate) async fn list_procedure_versions(
    ctx: wubang_web::Ctx,
    key: wubang_web::PathKey,
) -> wubang_web::Answer {
    ctx.signed_in()?;
    let query = ListQuery::of(&ctx, &["division"])?;
    let value = super::versions(&ctx.read(), &key.0, &query)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::show(&ctx, &value)
}

act!(set_procedure_overrides, "发榜 postings", "/api/v1/procedures/{id}/overrides", OverridesIn => ProcedureOut, super::set, "区级调整一种类型的规则(在允许范围内,留版本)。A district sets a type's rules otherwise, within range.");

/// 模拟:草稿的全部期限与发布时会遇到的问题。Simulate a draft: its whole calendar, and every problem it would meet at publication.
#[utoipa::path(tag = "发榜 postings", params(("id" = String, Path, description = TYPE, example = "open")), request_body = SimulateIn,
    responses((status = 200, description = "模拟结果 · the result", body = SimulationOut)), security(("bearer" = [])))]
#[post("/api/v1/procedures/{id}/simulate")]
pub(crate) async fn simulate_procedure(
    ctx: wubang_web::Ctx,
    key: wubang_web::PathKey,
    body: wubang_web::Body<SimulateIn>,
) -> wubang_web::Answer {
    ctx.signed_in()?;
    let value = super::simulate(&ctx.read(), &key.0, body.0)
        .await
        .map_err(|error| ctx.problem(error))?;
    wubang_web::show(&ctx, &value)
}

/// Serves and documents the posting types.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list_procedures)
        .service(list_procedure_versions)
        .service(set_procedure_overrides)
        .service(simulate_procedure)
        .service(get_procedure);
}
