//! Addresses that no handler serves: 404, or 405 with `Allow` where another method is offered.

use actix_web::http::header::ALLOW;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use wubang_kernel::{Code, Refusal};
use wubang_web::offered::Offered;
use wubang_web::problem::Problem;
use wubang_web::{Ctx, Locale};

/// Answers what nobody else does.
pub async fn answer(
    request: HttpRequest,
    ctx: Option<Ctx>,
    offered: web::Data<Offered>,
) -> HttpResponse {
    let request_id = ctx.map(|ctx| ctx.who.request_id).unwrap_or_default();
    let methods = offered.methods(request.path());
    let code = if methods.is_empty() {
        Code::NotFound
    } else {
        Code::MethodNotAllowed
    };
    let problem = Problem::new(Refusal::new(code), Locale::of(&request), &request_id);
    let mut response = problem.error_response();
    if let Ok(value) = methods.join(", ").parse()
        && !methods.is_empty()
    {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}
