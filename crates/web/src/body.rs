//! Reading a JSON body: bounded in size, time and depth, unknown fields refused, faults with a pointer.

use crate::ctx::{BodyHash, Known, Locale};
use crate::depth;
use crate::problem::Problem;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use std::time::Duration;
use wubang_kernel::digest::sha256_hex;
use wubang_kernel::{Code, Refusal};

/// Largest JSON body in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Deepest nesting of a JSON body.
pub const MAX_DEPTH: usize = 32;
/// Time in which a body must have arrived; actix has no limit of its own.
pub const MAX_TIME: Duration = Duration::from_secs(20);

/// Largest body of what anybody may send without a token.
pub const MAX_SMALL_BYTES: usize = 32 * 1024;

/// A JSON body parsed into `T`.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// A JSON body of at most [`MAX_SMALL_BYTES`], for what anybody may send without a token.
#[derive(Debug)]
pub struct SmallBody<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Body<T>, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { take(request, payload, MAX_BYTES).await.map(Body) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for SmallBody<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<SmallBody<T>, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { take(request, payload, MAX_SMALL_BYTES).await.map(SmallBody) })
    }
}

async fn take<T: DeserializeOwned>(
    request: HttpRequest,
    payload: Payload,
    max: usize,
) -> Result<T, Problem> {
    let refuse = |refusal: Refusal| {
        let request_id = request
            .extensions()
            .get::<Known>()
            .map(|known| known.who.request_id.clone())
            .unwrap_or_default();
        Problem::new(refusal, Locale::of(&request), &request_id)
    };
    if !is_json(&request) {
        return Err(refuse(Code::UnsupportedMediaType.into()));
    }
    let bytes = tokio::time::timeout(MAX_TIME, read(payload, max))
        .await
        .unwrap_or_else(|_| Err(Code::RequestTimeout.into()))
        .map_err(refuse)?;
    request
        .extensions_mut()
        .insert(BodyHash(sha256_hex(&bytes)));
    parse(&bytes).map_err(refuse)
}

fn is_json(request: &HttpRequest) -> bool {
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.eq_ignore_ascii_case("application/merge-patch+json")
}

async fn read(mut payload: Payload, max: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk: Bytes = chunk.map_err(|_| Refusal::new(Code::Malformed))?;
        if bytes.len() + chunk.len() > max {
            return Err(Refusal::new(Code::TooLarge)
                .because(format!("上限为 {max} 字节"), format!("at most {max} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Parses a JSON text: not readable is 400, readable with a wrong field is 422 with its pointer.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    if depth::of(bytes) > MAX_DEPTH {
        return Err(Refusal::new(Code::TooDeep).because(
            format!("最多 {MAX_DEPTH} 层"),
            format!("at most {MAX_DEPTH} levels"),
        ));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| fault(&error))?;
    reader.end().map_err(|error| unreadable(&error))?;
    Ok(value)
}

fn unreadable(error: &serde_json::Error) -> Refusal {
    let place = format!("line {}, column {}", error.line(), error.column());
    Refusal::new(Code::Malformed).because(
        format!("JSON 语法错误:{place}"),
        format!("JSON syntax error at {place}"),
    )
}

fn fault(error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let inner = error.inner();
    if !inner.is_data() {
        return unreadable(inner);
    }
    let mut pointer = String::new();
    for segment in error.path() {
        match segment {
            serde_path_to_error::Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            serde_path_to_error::Segment::Map { key } => {
                pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")))
            }
            serde_path_to_error::Segment::Enum { variant } => {
                pointer.push_str(&format!("/{variant}"))
            }
            serde_path_to_error::Segment::Unknown => {}
        }
    }
    let text = describe(&inner.to_string());
    let code = if text.starts_with("missing field") {
        "required"
    } else if text.starts_with("unknown field") {
        "unknown_field"
    } else if text.starts_with("unknown variant") {
        "unknown_value"
    } else {
        "wrong_type"
    };
    if let Some(name) = text
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next())
    {
        pointer = format!("{pointer}/{name}");
    }
    Refusal::new(Code::Invalid).field(
        &pointer,
        code,
        format!("字段不符合格式:{text}"),
        text.clone(),
    )
}

/// The parser's sentence without its place and without the caller's own text.
fn describe(text: &str) -> String {
    let text = text.split(" at line ").next().unwrap_or(text);
    match text.strip_prefix("invalid type: string ") {
        Some(rest) => format!(
            "invalid type: string{}",
            rest.rfind(", expected")
                .and_then(|at| rest.get(at..))
                .unwrap_or_default()
        ),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct In {
        #[expect(dead_code, reason = "only parsed")]
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only parsed")]
        fen: i64,
    }

    #[test]
    fn a_wrong_field_is_named_by_its_pointer() {
        let refusal = parse::<In>(br#"{"lines":[{"fen":1},{"fen":"secret"}]}"#).unwrap_err();
        assert_eq!(refusal.code, Code::Invalid);
        assert_eq!(refusal.fields[0].pointer, "/lines/1/fen");
        assert!(!refusal.fields[0].text.en.contains("secret"));
        assert_eq!(
            parse::<In>(br#"{"lines":[{}]}"#).unwrap_err().fields[0].pointer,
            "/lines/0/fen"
        );
    }

    #[test]
    fn syntax_depth_and_rubbish_behind_are_refused() {
        assert_eq!(parse::<In>(b"{").unwrap_err().code, Code::Malformed);
        assert_eq!(
            parse::<In>(br#"{"lines":[]} x"#).unwrap_err().code,
            Code::Malformed
        );
        assert_eq!(
            parse::<In>("[".repeat(200).as_bytes()).unwrap_err().code,
            Code::TooDeep
        );
    }
}
