//! What operators and front-end developers ask of the service itself: health, life cycles, error pages.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_kernel::lifecycle::Lifecycle;
use wubang_kernel::{Code, Refusal};
use wubang_web::{Answer, Ctx};

/// 存活检查。The process lives.
#[utoipa::path(tag = "运维 operations", responses((status = 200, description = "活着 · alive", body = String, content_type = "text/plain")), security(()))]
#[get("/healthz")]
pub(crate) async fn get_health() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok")
}

/// 就绪检查:数据库可用且结构最新。The database answers and its schema is current.
#[utoipa::path(tag = "运维 operations", responses((status = 200, description = "就绪 · ready", body = String, content_type = "text/plain")), security(()))]
#[get("/readyz")]
pub(crate) async fn get_readiness(ctx: Ctx) -> Answer {
    match ctx.store.is_current().await {
        Ok(true) => Ok(HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body("ready")),
        Ok(false) => Err(ctx.problem(
            Refusal::new(Code::Unavailable).because("数据库结构未更新", "migrations are pending"),
        )),
        Err(_) => Err(ctx.problem(
            Refusal::new(Code::Unavailable).because("数据库不可用", "the database does not answer"),
        )),
    }
}

/// Every life cycle.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LifecycleList {
    /// The life cycles.
    items: Vec<Lifecycle>,
}

/// 全部状态机。Every life cycle as a table.
#[utoipa::path(tag = "运维 operations", responses((status = 200, description = "状态机 · life cycles", body = LifecycleList)), security(()))]
#[get("/api/v1/lifecycles")]
pub(crate) async fn list_lifecycles() -> HttpResponse {
    HttpResponse::Ok().json(LifecycleList {
        items: crate::wiring::lifecycles(),
    })
}

/// 一个对象的状态机:`Accept: text/vnd.mermaid` 得到图,否则为表。One life cycle; as a Mermaid diagram with `Accept: text/vnd.mermaid`, else as a table.
#[utoipa::path(tag = "运维 operations", params(("object" = String, Path, description = "对象 · object, as `need`")),
    responses((status = 200, description = "状态机 · life cycle", content((Lifecycle = "application/json"), (String = "text/vnd.mermaid")))), security(()))]
#[get("/api/v1/lifecycles/{object}")]
pub(crate) async fn get_lifecycle(ctx: Ctx, object: web::Path<String>) -> Answer {
    let lifecycles = crate::wiring::lifecycles();
    let Some(life) = lifecycles
        .into_iter()
        .find(|life| life.object == object.as_str())
    else {
        return Err(ctx.problem(Refusal::new(Code::NotFound)));
    };
    let accept = ctx
        .request()
        .headers()
        .get("accept")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if accept.starts_with("text/vnd.mermaid") {
        return Ok(HttpResponse::Ok()
            .content_type("text/vnd.mermaid; charset=utf-8")
            .body(life.mermaid()));
    }
    Ok(HttpResponse::Ok().json(life))
}

/// One refusal code explained.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorPage {
    /// 代码。
    code: &'static str,
    /// HTTP 状态。
    status: u16,
    /// 中文。
    zh: &'static str,
    /// English.
    en: &'static str,
}

/// Every refusal code.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorPageList {
    /// The codes.
    items: Vec<ErrorPage>,
}

fn page(code: Code) -> ErrorPage {
    ErrorPage {
        code: code.as_str(),
        status: code.status(),
        zh: code.zh(),
        en: code.en(),
    }
}

/// 错误代码目录。The catalogue of refusal codes.
#[utoipa::path(tag = "运维 operations", responses((status = 200, description = "错误代码 · codes", body = ErrorPageList)), security(()))]
#[get("/errors")]
pub(crate) async fn list_errors() -> HttpResponse {
    HttpResponse::Ok().json(ErrorPageList {
        items: Code::ALL.iter().copied().map(page).collect(),
    })
}

/// 错误代码说明。One refusal code explained.
#[utoipa::path(tag = "运维 operations", params(("code" = String, Path, description = "代码 · code")), responses((status = 200, description = "说明 · explanation", body = ErrorPage)), security(()))]
#[get("/errors/{code}")]
pub(crate) async fn get_error(ctx: Ctx, code: web::Path<String>) -> Answer {
    let code = Code::from_wire(&code).ok_or_else(|| ctx.problem(Refusal::new(Code::NotFound)))?;
    Ok(HttpResponse::Ok().json(page(code)))
}

/// Serves and documents these.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(get_health)
        .service(get_readiness)
        .service(list_lifecycles)
        .service(get_lifecycle)
        .service(list_errors)
        .service(get_error);
}
