//! What operators see: health, metrics, the catalogue of refusals, the documentation page, limits.

use sea_orm::ConnectionTrait;
use serde_json::json;
use std::sync::Arc;
use wubang_kernel::Code;
use wubang_mail::MemoryMailer;
use wubang_server::app::{self, Parts};
use wubang_server::config::Config;
use wubang_testkit::{Bench, Caller, on_both};

/// Addresses in a page to which a browser would go.
fn links(page: &str) -> Vec<String> {
    let mut links = Vec::new();
    for attribute in ["src=\"", "href=\"", "url: \"", "url(\""] {
        for part in page.split(attribute).skip(1) {
            links.push(part.split('"').next().unwrap_or_default().to_owned());
        }
    }
    links
}

/// Whether an address leads to another host.
fn leaves(link: &str) -> bool {
    link.starts_with("http:") || link.starts_with("https:") || link.starts_with("//")
}

on_both! {
    async fn health_and_readiness_are_told_without_a_token(bench: Bench) {
        let nobody = bench.nobody();
        for (path, text) in [("/healthz", "ok"), ("/readyz", "ready")] {
            let reply = nobody.get(path).await;
            assert_eq!((reply.status, reply.text.as_str()), (200, text));
            assert_eq!(reply.headers["cache-control"], "no-store");
            assert_eq!(reply.headers["x-content-type-options"], "nosniff");
        }
    }

    async fn a_service_without_its_database_is_not_ready(bench: Bench) {
        let nobody = bench.nobody();
        let conn = sea_orm::Database::connect(&bench.url).await.unwrap();
        // as after a deployment whose migrations have not run
        conn.execute_unprepared("UPDATE seaql_migrations SET version = 'x' || version WHERE version = (SELECT max(version) FROM seaql_migrations)").await.unwrap();
        nobody.get("/readyz").await.refused(503, "unavailable");
        conn.execute_unprepared("UPDATE seaql_migrations SET version = substr(version, 2) WHERE version LIKE 'x%'").await.unwrap();
        nobody.get("/readyz").await.ok();
        bench.running.store.close().await;
        let refused = nobody.get("/readyz").await;
        assert_eq!(refused.headers["retry-after"], "2");
        refused.refused(503, "unavailable");
        assert_eq!(nobody.get("/healthz").await.status, 200);
    }

    async fn metrics_count_requests_and_say_nothing_of_bids(bench: Bench) {
        // what is counted is counted by this process: no copy of a stage would do
        bench.play.need_approved().await.unwrap();
        bench.play.posting_open().await.unwrap();
        bench.play.bids_submitted().await.unwrap();
        let metrics = bench.nobody().get("/metrics").await;
        assert_eq!(metrics.status, 200);
        assert!(metrics.text.contains("http_requests_total{") && metrics.text.contains("http_request_seconds"), "{}", metrics.text);
        for line in metrics.text.lines().filter(|line| line.contains("/bids")) {
            assert!(line.contains("method=\"ANY\"") && line.contains("route=\"/api/v1/bids\""), "{line}");
        }
        assert!(metrics.text.contains("route=\"/api/v1/needs/{id}/submit\""), "{}", metrics.text);
    }

    async fn every_code_has_a_page(bench: Bench) {
        let nobody = bench.nobody();
        let all = nobody.get("/errors").await.ok();
        assert_eq!(all["items"].as_array().unwrap().len(), Code::ALL.len());
        for code in Code::ALL {
            let page = nobody.get(&format!("/errors/{}", code.as_str())).await.ok();
            assert_eq!(page, json!({ "code": code.as_str(), "status": code.status(), "zh": code.zh(), "en": code.en() }));
        }
        let refused = nobody.get("/errors/nothing").await.refused(404, "not_found");
        // the type of a problem is the address of its page
        nobody.get(refused["type"].as_str().unwrap()).await.ok();
    }

    async fn the_documentation_page_loads_from_here_alone(bench: Bench) {
        let nobody = bench.nobody();
        let page = nobody.get("/docs/").await;
        assert_eq!(page.status, 200);
        let mut seen = 0;
        for link in links(&page.text) {
            assert!(!leaves(&link), "the page loads {link}");
            let path = format!("/docs/{}", link.trim_start_matches("./"));
            let asset = nobody.get(&path).await;
            assert_eq!(asset.status, 200, "{path}");
            seen += 1;
            if path.ends_with("initializer.js") || path.ends_with(".css") {
                for inner in links(&asset.text) {
                    assert!(!leaves(&inner), "{path} loads {inner}");
                }
            }
        }
        assert!(seen >= 3, "the page has {seen} assets");
        let start = nobody.get("/docs/swagger-initializer.js").await;
        assert!(start.text.contains("/openapi.json"), "{}", start.text);
        let moved = nobody.get("/docs").await;
        assert_eq!(moved.status, 200, "the address without a slash leads to the page");
    }

    async fn a_caller_who_asks_too_often_waits(bench: Bench) {
        // a service of its own: nobody else's requests count, and its limit is small
        let config = Config {
            listen: "127.0.0.1:0".to_owned(),
            database_url: bench.url.clone(),
            data_dir: std::env::temp_dir().join("wubang-tests").join(format!("limits-{}", bench.running.address.port())),
            worker_seconds: 0,
            requests_per_minute: 3,
            ..wubang_testkit::config()
        };
        let limited = app::start(Parts { config, test_clock: None, mailer: Arc::new(MemoryMailer::new()) }).await.unwrap();
        let nobody = Caller::nobody(format!("http://{}", limited.address));
        for _ in 0..3 {
            let reply = nobody.get("/healthz").await;
            assert_eq!((reply.status, reply.headers["ratelimit-policy"].as_str()), (200, "\"api\";q=3;w=60"));
        }
        let refused = nobody.get("/healthz").await;
        let wait: u64 = refused.headers["retry-after"].parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        refused.refused(429, "too_many_requests");
        // the sandbox's own addresses are not served outside it
        limited.stop().await;
    }

    async fn an_address_says_which_methods_it_takes(bench: Bench) {
        let nobody = bench.nobody();
        let refused = nobody.call("DELETE", "/api/v1/needs", &[], None).await;
        assert_eq!(refused.headers["allow"], "GET, POST");
        refused.refused(405, "method_not_allowed");
        let refused = nobody.call("PUT", "/api/v1/needs/01968ca0-0000-7000-8000-000000000001", &[], None).await;
        assert_eq!(refused.headers["allow"], "GET, PATCH");
        refused.refused(405, "method_not_allowed");
    }

    async fn a_request_id_goes_through(bench: Bench) {
        let nobody = bench.nobody();
        let given = nobody.call("GET", "/api/v1/me", &[("x-request-id", "front-7.a")], None).await;
        assert_eq!(given.headers["x-request-id"], "front-7.a");
        assert_eq!(given.body["instance"], json!("front-7.a"));
        let odd = nobody.call("GET", "/api/v1/me", &[("x-request-id", "a b<script>")], None).await;
        assert!(odd.headers["x-request-id"].parse::<uuid::Uuid>().is_ok(), "{:?}", odd.headers);
    }

    async fn the_sandbox_is_no_part_of_a_service(bench: Bench) {
        let config = Config {
            listen: "127.0.0.1:0".to_owned(),
            database_url: bench.url.clone(),
            data_dir: std::env::temp_dir().join("wubang-tests").join(format!("plain-{}", bench.running.address.port())),
            worker_seconds: 0,
            ..wubang_testkit::config()
        };
        let plain = app::start(Parts { config, test_clock: None, mailer: Arc::new(MemoryMailer::new()) }).await.unwrap();
        let nobody = Caller::nobody(format!("http://{}", plain.address));
        nobody.get("/sandbox/clock").await.refused(404, "not_found");
        nobody.post("/sandbox/clock/advance", json!({ "to": "2030-01-01T00:00:00Z" })).await.refused(404, "not_found");
        plain.stop().await;
    }
}

/// An origin that is not on the list gets no leave to read.
async fn origins(bench: &Bench, origin: &str) -> Option<String> {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization,content-type",
        ),
    ];
    bench
        .nobody()
        .call("OPTIONS", "/api/v1/needs", &headers, None)
        .await
        .headers
        .get("access-control-allow-origin")
        .cloned()
}

on_both! {
    async fn a_sandbox_may_be_read_by_any_front_end(bench: Bench) {
        let origin = "http://127.0.0.1:5173";
        let allowed = origins(&bench, origin).await;
        assert!(allowed.as_deref() == Some(origin) || allowed.as_deref() == Some("*"), "{allowed:?}");
    }
}
