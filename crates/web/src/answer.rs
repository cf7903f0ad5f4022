//! Answers: a command with its transaction and idempotency record, a shown object, a page.

use crate::ctx::{BodyHash, Ctx};
use crate::problem::Problem;
use crate::query::Paged;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, IF_NONE_MATCH, LINK, LOCATION};
use actix_web::{HttpMessage, HttpResponse};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{PartialSchema, ToSchema};
use wubang_kernel::deadline::LOCAL;
use wubang_kernel::digest::sha256_hex;
use wubang_kernel::{Code, Refusal, Who};
use wubang_store::idempotency::{self, Answer as Stored};
use wubang_store::{Error, Tx};

/// What a handler returns.
pub type Answer = Result<HttpResponse, Problem>;

/// An instant as it is shown: RFC 3339 with +08:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub DateTime<Utc>);

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(
            &self
                .0
                .with_timezone(&LOCAL)
                .to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false),
        )
    }
}

/// For what is kept as it is shown.
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        DateTime::<Utc>::deserialize(deserializer).map(Instant)
    }
}

impl PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::DateTime,
            )))
            .examples(["2026-06-01T09:00:00+08:00"])
            .into()
    }
}

impl ToSchema for Instant {}

impl From<DateTime<Utc>> for Instant {
    fn from(at: DateTime<Utc>) -> Self {
        Instant(at)
    }
}

/// Runs a command in one transaction and answers 200 with its value. With an `Idempotency-Key` the
/// answer is stored in the same transaction, and given again to the same request.
///
/// # Errors
/// The command's refusal; nothing was written.
pub async fn command<T: Serialize>(
    ctx: &Ctx,
    act: impl AsyncFnOnce(&Tx) -> Result<T, Error>,
) -> Answer {
    run(ctx, StatusCode::OK, None, act).await
}

/// As [`command`], answering 201 with `Location: /api/v1/{collection}/{id}`.
///
/// # Errors
/// The command's refusal; nothing was written.
pub async fn created<T: Serialize>(
    ctx: &Ctx,
    collection: &str,
    act: impl AsyncFnOnce(&Tx) -> Result<T, Error>,
) -> Answer {
    run(ctx, StatusCode::CREATED, Some(collection), act).await
}

async fn run<T: Serialize>(
    ctx: &Ctx,
    status: StatusCode,
    collection: Option<&str>,
    act: impl AsyncFnOnce(&Tx) -> Result<T, Error>,
) -> Answer {
    let twin = twin(ctx).map_err(|refusal| ctx.problem(refusal))?;
    // a new object has no version that anybody could have seen
    let if_match = if collection.is_some() {
        None
    } else {
        ctx.who.if_match
    };
    let tx = ctx
        .store
        .write(&Who {
            if_match,
            ..ctx.who.clone()
        })
        .await
        .map_err(|error| ctx.problem(error))?;
    let answer = async {
        if let Some((caller, key, fingerprint)) = &twin
            && let Some(stored) = idempotency::find(&tx, caller, key, fingerprint).await?
        {
            return Ok((stored, true));
        }
        let value = serde_json::to_value(act(&tx).await?)?;
        let answer = Stored {
            status: status.as_u16(),
            etag: etag(&value),
            location: collection.and_then(|collection| {
                value
                    .get("id")
                    .and_then(|id| id.as_str())
                    .map(|id| format!("/api/v1/{collection}/{id}"))
            }),
            body: value.to_string(),
        };
        if let Some((caller, key, fingerprint)) = &twin {
            idempotency::keep(&tx, caller, key, fingerprint, &answer).await?;
        }
        Ok::<_, Error>((answer, false))
    };
    let (answer, replayed) = answer.await.map_err(|error| ctx.problem(error))?;
    if !replayed {
        tx.commit().await.map_err(|error| ctx.problem(error))?;
    }
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap_or(status));
    response.content_type("application/json");
    if let Some(etag) = answer.etag {
        response.insert_header((ETAG, etag));
    }
    if let Some(location) = answer.location {
        response.insert_header((LOCATION, location));
    }
    if replayed {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    Ok(response.body(answer.body))
}

/// Caller, key and fingerprint of the request, when it brought a key.
fn twin(ctx: &Ctx) -> Result<Option<(String, String, String)>, Refusal> {
    let Some(key) = &ctx.idempotency_key else {
        return Ok(None);
    };
    let key = key.trim_matches('"');
    if key.is_empty() || key.chars().count() > 255 || key.chars().any(char::is_control) {
        return Err(Code::KeyInvalid.into());
    }
    let caller = ctx
        .who
        .actor
        .person
        .map_or_else(|| format!("peer {}", ctx.peer), |person| person.to_string());
    let body = ctx
        .request
        .extensions()
        .get::<BodyHash>()
        .map(|hash| hash.0.clone())
        .unwrap_or_default();
    let fingerprint =
        sha256_hex(format!("{} {} {body}", ctx.request.method(), ctx.request.uri()).as_bytes());
    Ok(Some((caller, key.to_owned(), fingerprint)))
}

fn etag(value: &serde_json::Value) -> Option<String> {
    value
        .get("version")
        .and_then(serde_json::Value::as_i64)
        .map(|version| format!("\"v{version}\""))
}

/// Shows one object with its `ETag`; 304 when the caller has it.
///
/// # Errors
/// `internal` when the value cannot be written as JSON.
pub fn show<T: Serialize>(ctx: &Ctx, value: &T) -> Answer {
    let value = serde_json::to_value(value).map_err(|error| ctx.problem(error))?;
    let mut response = HttpResponse::Ok();
    if let Some(etag) = etag(&value) {
        // the answer depends on who asks, so a match on the version alone is only for the same viewer
        let known = ctx
            .request
            .headers()
            .get(IF_NONE_MATCH)
            .and_then(|header| header.to_str().ok());
        if known == Some(etag.as_str()) {
            return Ok(HttpResponse::NotModified()
                .insert_header((ETAG, etag))
                .finish());
        }
        response.insert_header((ETAG, etag));
    }
    Ok(response.json(value))
}

/// Shows a document that is no JSON, with the hash of its content as `ETag`; 304 when the caller has it.
#[must_use]
pub fn document(ctx: &Ctx, content_type: &str, body: String) -> HttpResponse {
    let etag = format!("\"{}\"", sha256_hex(body.as_bytes()));
    let known = ctx
        .request
        .headers()
        .get(IF_NONE_MATCH)
        .and_then(|header| header.to_str().ok());
    if known == Some(etag.as_str()) {
        return HttpResponse::NotModified()
            .insert_header((ETAG, etag))
            .finish();
    }
    HttpResponse::Ok()
        .insert_header((ETAG, etag))
        .content_type(content_type)
        .body(body)
}

/// Shows one page of a list, with the address of the next in `Link`.
///
/// # Errors
/// None; the type is the handlers'.
pub fn page<T: Paged>(ctx: &Ctx, list: &T) -> Answer {
    let mut response = HttpResponse::Ok();
    if let Some(next) = list.next() {
        let kept = ctx
            .request
            .query_string()
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let query: Vec<&str> = kept.collect();
        let query = if query.is_empty() {
            String::new()
        } else {
            format!("{}&", query.join("&"))
        };
        response.insert_header((
            LINK,
            format!(
                "<{}?{query}cursor={next}>; rel=\"next\"",
                ctx.request.path()
            ),
        ));
    }
    Ok(response.json(list))
}
