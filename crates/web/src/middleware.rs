//! What surrounds every handler: request id, identity, panics answered, log line, metrics, limits.

use crate::ctx::{Authenticator, Known, Locale};
use crate::offered::Offered;
use crate::problem::Problem;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue, IF_MATCH};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, ResponseError, web};
use futures_util::FutureExt;
use governor::clock::Clock as _;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant as Stopwatch;
use wubang_kernel::{Actor, Code, Refusal, Who};
use wubang_store::{Error, Store};

/// The authenticator in the application data.
pub type Auth = web::Data<dyn Authenticator>;

/// Addresses of proxies whose `X-Forwarded-For` is believed; everybody else's is ignored.
#[derive(Debug, Clone, Default)]
pub struct Proxies(pub Vec<IpAddr>);

/// Address of the caller: the last one named by a trusted proxy, else the one that connected.
fn peer(request: &ServiceRequest) -> String {
    let Some(connected) = request.peer_addr().map(|address| address.ip()) else {
        return "unknown".to_owned();
    };
    let proxies = request.app_data::<web::Data<Proxies>>();
    let trusted = |address: &IpAddr| proxies.is_some_and(|list| list.0.contains(address));
    let named = header(request, "x-forwarded-for").filter(|_| trusted(&connected));
    let named = named.and_then(|list| list.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
    named.unwrap_or(connected).to_string()
}

/// Requests per caller: a person where one is known, an address otherwise. Per process.
pub struct Limits {
    buckets: governor::DefaultKeyedRateLimiter<String>,
    per_minute: u32,
}

impl Limits {
    /// So many requests a minute for each caller.
    #[must_use]
    pub fn per_minute(n: std::num::NonZeroU32) -> Self {
        Limits {
            buckets: governor::RateLimiter::keyed(governor::Quota::per_minute(n)),
            per_minute: n.get(),
        }
    }
}

fn header<'a>(request: &'a ServiceRequest, name: &str) -> Option<&'a str> {
    request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
}

fn request_id(request: &ServiceRequest) -> String {
    let given = header(request, "x-request-id").filter(|id| {
        !id.is_empty()
            && id.len() <= 128
            && id
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    });
    match (given, request.app_data::<web::Data<Store>>()) {
        (Some(given), _) => given.to_owned(),
        (None, Some(store)) => store.new_id().to_string(),
        (None, None) => String::new(),
    }
}

/// Trace id of a W3C `traceparent`, when the caller brought a good one.
fn trace_id(request: &ServiceRequest) -> String {
    let parts: Vec<&str> = header(request, "traceparent")
        .unwrap_or_default()
        .split('-')
        .collect();
    let hex = |text: &str, length: usize| {
        text.len() == length
            && text
                .bytes()
                .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
    };
    match parts.as_slice() {
        [version, trace, span, flags, ..]
            if hex(version, 2) && hex(trace, 32) && hex(span, 16) && hex(flags, 2) =>
        {
            (*trace).to_owned()
        }
        _ => String::new(),
    }
}

fn if_match(request: &ServiceRequest) -> Result<Option<i32>, Refusal> {
    let Some(value) = request.headers().get(IF_MATCH) else {
        return Ok(None);
    };
    // `*` fits whatever is there, and a reader has nothing to lose
    if value == "*" || request.method().is_safe() {
        return Ok(None);
    }
    let version = value
        .to_str()
        .ok()
        .and_then(|text| text.trim().trim_matches('"').strip_prefix('v'))
        .and_then(|digits| digits.parse().ok());
    // a tag we never gave out fits no version
    version
        .map(Some)
        .ok_or_else(|| Refusal::new(Code::StaleVersion))
}

async fn identify(request: &ServiceRequest) -> Result<Actor, Error> {
    let Some(value) = request.headers().get(AUTHORIZATION) else {
        return Ok(Actor::public());
    };
    let bearer = value
        .to_str()
        .ok()
        .and_then(|text| text.strip_prefix("Bearer "));
    match (
        bearer,
        request.app_data::<Auth>(),
        request.app_data::<web::Data<Store>>(),
    ) {
        (Some(bearer), Some(auth), Some(store)) => auth.authenticate(store, bearer.trim()).await,
        _ => Err(Code::Unauthenticated.into()),
    }
}

/// The outermost layer. Identity is settled before any handler, and so any body, is touched.
pub async fn surround(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Stopwatch::now();
    let request_id = request_id(&request);
    let locale = Locale::of(request.request());
    let method = request.method().clone();
    let trace_id = trace_id(&request);
    // nothing may keep the request while it is routed: actix wants it to itself
    let outcome = AssertUnwindSafe(inner(request, next, &request_id))
        .catch_unwind()
        .await;
    let mut response = match outcome {
        Ok(response) => response?,
        Err(_) => {
            metrics::counter!("http_panics_total").increment(1);
            tracing::error!(request_id, "a handler panicked in request {request_id}");
            return Err(Problem::new(Code::Internal.into(), locale, &request_id).into());
        }
    };
    report(
        &response,
        &method,
        (&request_id, &trace_id),
        started.elapsed().as_secs_f64(),
    );
    let headers = response.headers_mut();
    headers.remove("x-problem-code");
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    headers.insert(
        HeaderName::from_static("x-content-type-options"),
        HeaderValue::from_static("nosniff"),
    );
    if !headers.contains_key("cache-control") {
        headers.insert(
            HeaderName::from_static("cache-control"),
            HeaderValue::from_static("no-store"),
        );
    }
    Ok(response)
}

/// Counts and logs one answer. What is done with bids is counted and logged as one kind of request, so
/// that nobody reads from figures how many were handed in.
fn report(
    response: &ServiceResponse<BoxBody>,
    method: &actix_web::http::Method,
    (request_id, trace_id): (&str, &str),
    seconds: f64,
) {
    let pattern = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "unmatched".to_owned());
    let status = response.status().as_u16();
    let (method, route, status) = if pattern.starts_with("/api/v1/bids") {
        (
            "ANY".to_owned(),
            "/api/v1/bids".to_owned(),
            format!("{}xx", status / 100),
        )
    } else {
        (method.to_string(), pattern, status.to_string())
    };
    let code = response
        .headers()
        .get("x-problem-code")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    metrics::counter!("http_requests_total", "method" => method.clone(), "route" => route.clone(), "status" => status.clone()).increment(1);
    metrics::histogram!("http_request_seconds", "method" => method.clone(), "route" => route.clone()).record(seconds);
    tracing::info!(
        request_id,
        trace_id,
        method,
        route,
        status,
        code,
        seconds,
        "{method} {route} {status}"
    );
}

async fn inner(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    request_id: &str,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let locale = Locale::of(request.request());
    let peer = peer(&request);
    let refuse = |request: &ServiceRequest, problem: Problem| {
        ServiceResponse::new(request.request().clone(), problem.error_response())
    };
    let actor = match identify(&request).await {
        Ok(actor) => actor,
        Err(error) => {
            let response = refuse(&request, Problem::of(error, locale, request_id));
            return Ok(response);
        }
    };
    let offered = request.app_data::<web::Data<Offered>>();
    if actor.person.is_none()
        && offered
            .is_some_and(|offered| offered.needs_token(request.method().as_str(), request.path()))
    {
        let problem = Problem::new(Code::Unauthenticated.into(), locale, request_id);
        return Ok(refuse(&request, problem));
    }
    let caller = actor
        .person
        .map_or_else(|| peer.clone(), |person| person.to_string());
    if let Some(wait) = limited(&request, &caller) {
        let mut response = refuse(
            &request,
            Problem::new(Code::TooManyRequests.into(), locale, request_id),
        );
        let rows = [
            ("retry-after", wait.to_string()),
            ("ratelimit", format!("\"api\";r=0;t={wait}")),
            ("ratelimit-policy", policy(&request).unwrap_or_default()),
        ];
        for (name, value) in rows {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response
                    .headers_mut()
                    .insert(HeaderName::from_static(name), value);
            }
        }
        return Ok(response);
    }
    let if_match = match if_match(&request) {
        Ok(seen) => seen,
        Err(refusal) => return Ok(refuse(&request, Problem::new(refusal, locale, request_id))),
    };
    let known = Known {
        who: Who {
            actor: Arc::new(actor),
            request_id: request_id.to_owned(),
            if_match,
            at: None,
        },
        // a key that is no text must be refused, not overlooked
        idempotency_key: request
            .headers()
            .get("idempotency-key")
            .map(|key| key.to_str().unwrap_or_default().to_owned()),
        peer,
    };
    request.extensions_mut().insert(known);
    let policy = policy(&request);
    let mut response = next.call(request).await?.map_into_boxed_body();
    if let Some(value) = policy.and_then(|policy| HeaderValue::from_str(&policy).ok()) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("ratelimit-policy"), value);
    }
    Ok(response)
}

/// The policy that holds for everybody.
fn policy(request: &ServiceRequest) -> Option<String> {
    let limits = request.app_data::<web::Data<Limits>>()?;
    Some(format!("\"api\";q={};w=60", limits.per_minute))
}

/// Seconds to wait when the caller has used up his requests.
fn limited(request: &ServiceRequest, caller: &str) -> Option<u64> {
    let limits = request.app_data::<web::Data<Limits>>()?;
    let refused = limits.buckets.check_key(&caller.to_owned()).err()?;
    Some(
        refused
            .wait_time_from(governor::clock::DefaultClock::default().now())
            .as_secs()
            + 1,
    )
}
