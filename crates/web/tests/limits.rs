//! What no request to a running service can bring about on purpose: a body that never ends, a handler
//! that panics, an error that is nobody's fault but ours.

use actix_web::dev::{Payload, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::test as service;
use actix_web::web::Bytes;
use actix_web::{App, FromRequest, HttpResponse, ResponseError, web};
use futures_util::StreamExt;
use futures_util::stream;
use serde_json::Value;
use std::time::Duration;
use wubang_kernel::{Code, Refusal};
use wubang_store::Error;
use wubang_web::body::MAX_TIME;
use wubang_web::middleware::{Limits, surround};
use wubang_web::upload::{PIECE_TIME, Upload};
use wubang_web::{Body, Locale, Problem};

/// Notes a code for the check that each of the catalogue is reached by some test.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by variables where to leave what they saw"
)]
fn seen(code: &str) {
    if let Ok(folder) = std::env::var("WUBANG_CODES_SEEN") {
        // a code that cannot be noted will be reported as missing
        let _ = std::fs::write(std::path::Path::new(&folder).join(code), "");
    }
}

/// The problem document of an answer.
async fn problem(response: HttpResponse) -> Value {
    let bytes = actix_web::body::to_bytes(response.into_body())
        .await
        .unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// A request whose body arrives as the stream says.
async fn read(
    stream: impl futures_util::Stream<Item = Result<Bytes, actix_web::error::PayloadError>> + 'static,
) -> Result<Body<Value>, Problem> {
    let request = service::TestRequest::post()
        .insert_header(("content-type", "application/json"))
        .to_http_request();
    let payload: std::pin::Pin<Box<dyn futures_util::Stream<Item = _>>> = Box::pin(stream);
    let mut payload = Payload::Stream { payload };
    Body::<Value>::from_request(&request, &mut payload).await
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up() {
    let begun = tokio::time::Instant::now();
    let never = stream::iter([Ok(Bytes::from_static(b"{\"a\":"))]).chain(stream::pending());
    let refused = read(never).await.unwrap_err();
    assert_eq!(refused.code(), Code::RequestTimeout);
    assert_eq!(begun.elapsed().as_secs(), MAX_TIME.as_secs());
    let answer = problem(refused.error_response()).await;
    assert_eq!(
        (&answer["status"], &answer["code"]),
        (&408.into(), &"request_timeout".into())
    );
    seen("request_timeout");
}

#[tokio::test(start_paused = true)]
async fn an_upload_may_be_slow_and_may_not_stand_still() {
    let request = service::TestRequest::post().to_http_request();
    let slow = stream::iter([&b"a"[..]; 10]).then(|part| async move {
        tokio::time::sleep(Duration::from_secs(15)).await;
        Ok(Bytes::from_static(part))
    });
    let payload: std::pin::Pin<Box<dyn futures_util::Stream<Item = _>>> =
        Box::pin(slow.chain(stream::pending()));
    let mut upload = Upload::from_request(&request, &mut Payload::Stream { payload })
        .await
        .unwrap();
    let begun = tokio::time::Instant::now();
    assert_eq!(upload.next().await.unwrap_err().code, Code::RequestTimeout);
    assert_eq!(begun.elapsed(), Duration::from_secs(150) + PIECE_TIME);
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_is_read_to_its_end_in_time() {
    let slow = stream::iter([&b"{\"a\""[..], &b":"[..], &b"1}"[..]]).then(|part| async move {
        tokio::time::sleep(Duration::from_secs(6)).await;
        Ok(Bytes::from_static(part))
    });
    assert_eq!(read(slow).await.unwrap().0["a"], 1);
}

/// Calls an application whose handlers fail in their own ways.
async fn call(path: &str) -> (StatusCode, Value) {
    let app = service::init_service(
        App::new()
            .route(
                "/panic",
                web::get().to(|| async {
                    if true {
                        panic!("by will");
                    }
                    HttpResponse::Ok().finish()
                }),
            )
            .route(
                "/failure",
                web::get().to(|| async {
                    let error = Error::internal("connection to secret-host refused");
                    Err::<HttpResponse, Problem>(Problem::of(error, Locale::En, "r-1"))
                }),
            )
            .wrap(from_fn(surround)),
    )
    .await;
    let outcome =
        service::try_call_service(&app, service::TestRequest::get().uri(path).to_request()).await;
    let response = match outcome {
        Ok(response) => ServiceResponse::into_parts(response)
            .1
            .map_into_boxed_body(),
        Err(error) => error.error_response(),
    };
    (response.status(), problem(response).await)
}

#[actix_web::test]
async fn a_panic_is_answered_with_a_problem() {
    let (status, answer) = call("/panic").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer["code"], "internal");
    assert!(!answer.to_string().contains("by will"), "{answer}");
    seen("internal");
}

#[actix_web::test]
async fn a_failure_is_not_described() {
    let (status, answer) = call("/failure").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        (&answer["code"], &answer["instance"]),
        (&"internal".into(), &"r-1".into())
    );
    assert!(!answer.to_string().contains("secret-host"), "{answer}");
}

#[actix_web::test]
async fn each_caller_has_a_bucket_of_his_own() {
    let limits = web::Data::new(Limits::per_minute(std::num::NonZeroU32::new(2).unwrap()));
    let app = service::init_service(
        App::new()
            .app_data(limits)
            .route("/", web::get().to(HttpResponse::Ok))
            .wrap(from_fn(surround)),
    )
    .await;
    let ask = async |peer: &str| {
        let request = service::TestRequest::get()
            .uri("/")
            .peer_addr(format!("{peer}:1").parse().unwrap())
            .to_request();
        service::call_service(&app, request).await.status()
    };
    assert_eq!(ask("10.0.0.1").await, StatusCode::OK);
    assert_eq!(ask("10.0.0.1").await, StatusCode::OK);
    assert_eq!(ask("10.0.0.1").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask("10.0.0.2").await, StatusCode::OK);
}

#[test]
fn every_refusal_is_a_problem_with_its_own_status() {
    for code in Code::ALL {
        let response = Problem::new(Refusal::new(*code), Locale::Zh, "r").error_response();
        assert_eq!(response.status().as_u16(), code.status());
        assert_eq!(
            response.headers().get("content-type").unwrap(),
            "application/problem+json; charset=utf-8"
        );
        let waits = response.headers().contains_key("retry-after");
        assert_eq!(
            waits,
            matches!(
                code,
                Code::Unavailable | Code::TooManyRequests | Code::AccountLocked
            ),
            "{}",
            code.as_str()
        );
    }
}
