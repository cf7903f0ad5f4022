//! Addresses that no handler serves: 404, or 405 with `Allow` where another method is offered.

use actix_web::http::header::ALLOW;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use serde_json::Value;
use wubang_kernel::{Code, Refusal};
use wubang_web::problem::Problem;
use wubang_web::{Ctx, Locale};

/// Path patterns with the methods they take, from the OpenAPI document.
pub struct Offered(Vec<(Vec<String>, Vec<String>)>);

impl Offered {
    /// Reads the document.
    #[must_use]
    pub fn of(document: &Value) -> Self {
        let paths = document.get("paths").and_then(Value::as_object);
        let rows = paths.into_iter().flatten().map(|(path, item)| {
            let methods = item
                .as_object()
                .into_iter()
                .flatten()
                .map(|(method, _)| method.to_ascii_uppercase())
                .collect();
            (path.split('/').map(str::to_owned).collect(), methods)
        });
        Offered(rows.collect())
    }

    fn methods(&self, path: &str) -> Vec<&str> {
        let segments: Vec<&str> = path.split('/').collect();
        let fits = |pattern: &[String]| {
            pattern.len() == segments.len()
                && pattern
                    .iter()
                    .zip(&segments)
                    .all(|(pattern, segment)| pattern.starts_with('{') || pattern == segment)
        };
        let mut methods: Vec<&str> = self
            .0
            .iter()
            .filter(|(pattern, _)| fits(pattern))
            .flat_map(|(_, methods)| methods.iter().map(String::as_str))
            .collect();
        methods.sort_unstable();
        methods.dedup();
        methods
    }
}

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
    let mut response =
        Problem::new(Refusal::new(code), Locale::of(&request), &request_id).error_response();
    if let Ok(value) = methods.join(", ").parse()
        && !methods.is_empty()
    {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_known_path_names_its_methods() {
        let offered = Offered::of(
            &json!({ "paths": { "/needs": { "get": {}, "post": {} }, "/needs/{id}": { "get": {}, "patch": {} } } }),
        );
        assert_eq!(offered.methods("/needs"), ["GET", "POST"]);
        assert_eq!(offered.methods("/needs/7"), ["GET", "PATCH"]);
        assert!(offered.methods("/nothing").is_empty());
    }
}
