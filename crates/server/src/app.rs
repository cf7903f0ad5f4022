//! The running service: store, worker, HTTP.

use crate::attachments;
use crate::config::Config;
use crate::fallback;
use crate::sandbox::{self, Sandbox};
use crate::upkeep::{Origins, Upkeep, told_to_end};
use crate::wiring;
use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use utoipa_actix_web::AppExt;
use wubang_files::Files;
use wubang_kernel::Who;
use wubang_kernel::clock::{Clock, SystemClock, TestClock};
use wubang_mail::Mailer;
use wubang_registry::RegistryAuthenticator;
use wubang_registry::keyring::KeyRing;
use wubang_store::Store;
use wubang_store::open::Options;
use wubang_store::worker::Worker;
use wubang_web::PublicUrl;
use wubang_web::middleware::{Auth, Limits, Proxies, surround};
use wubang_web::offered::Offered;

/// Metrics are one per process, however many servers a test starts in it.
static METRICS: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // a second recorder in one process is refused, and the first goes on
    let _ = metrics::set_global_recorder(recorder);
    handle
});

/// What a server is started with beside its configuration.
pub struct Parts {
    /// The configuration.
    pub config: Config,
    /// A clock that can be moved makes it a sandbox.
    pub test_clock: Option<TestClock>,
    /// Where mails go.
    pub mailer: Arc<dyn Mailer>,
}

/// What the service offers, and the document that says so: the same for every server of a process.
static DOCUMENT: LazyLock<Result<(web::Data<Offered>, String), String>> = LazyLock::new(|| {
    let document = wiring::openapi().map_err(|error| error.to_string())?;
    Ok((web::Data::new(Offered::of(&document)), document.to_string()))
});

/// A running server.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its store.
    pub store: Store,
    /// Its worker.
    pub worker: Arc<Worker>,
    /// Its attachments.
    pub files: Files,
    /// Its test clock, in a sandbox.
    pub sandbox: Option<web::Data<Sandbox>>,
    handle: ServerHandle,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
    ticking: Option<tokio::task::JoinHandle<()>>,
}

/// Opens the store, brings the schema up to date and loads what the process keeps in memory.
///
/// # Errors
/// When the database cannot be used.
pub async fn open_store(config: &Config, clock: Arc<dyn Clock>) -> Result<Store, String> {
    if let Some(path) = config.database_url.strip_prefix("sqlite://")
        && let Some(folder) = Path::new(path.split('?').next().unwrap_or(path)).parent()
    {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    }
    let folder = config.master_keys();
    let vault = wubang_vault::open_folder(&folder)
        .map_err(|error| format!("master keys in {}: {error}", folder.display()))?;
    let options = Options {
        vault,
        url: config.database_url.clone(),
        connections: config.connections,
        clock,
        reactions: wiring::reactions(),
    };
    let store = Store::open(options)
        .await
        .map_err(|error| error.to_string())?;
    store
        .migrate()
        .await
        .map_err(|error| format!("migration: {error}"))?;
    store
        .raise_clock()
        .await
        .map_err(|error| error.to_string())?;
    wubang_registry::calendar::load_into(&store)
        .await
        .map_err(|error| error.to_string())?;
    let view = store.read(&Who::system("start"));
    wubang_bids::check_keys(&view)
        .await
        .map_err(|error| error.to_string())?;
    wubang_panels::draws::check_keys(&view)
        .await
        .map_err(|error| error.to_string())?;
    Ok(store)
}

/// Starts the service on the configured address (port 0 takes any free one).
///
/// # Errors
/// A sentence for the operator.
pub async fn start(parts: Parts) -> Result<Running, String> {
    let Parts {
        config,
        test_clock,
        mailer,
    } = parts;
    let clock: Arc<dyn Clock> = match &test_clock {
        Some(clock) => Arc::new(clock.clone()),
        None => Arc::new(SystemClock),
    };
    let files = attachments::open(&config)?;
    let store = open_store(&config, clock).await?;
    let keyring = KeyRing::open(&config.data_dir.join("keys"), store.now())
        .map_err(|error| format!("keys: {error}"))?;
    let keyring = Arc::new(keyring);
    let authenticator = Arc::new(RegistryAuthenticator::new(
        Arc::clone(&keyring),
        config.public_url.clone(),
        "wubang".to_owned(),
    ));
    let auth: Arc<dyn wubang_web::Authenticator> = authenticator.clone();
    let auth: Auth = web::Data::from(auth);
    let deliveries = wubang_notices::deliveries(mailer, wiring::words(), config.public_url.clone());
    let worker = Arc::new(
        Worker::new(store.clone(), wiring::timers(), deliveries).with_recounts(wiring::recounts()),
    );
    let sandbox = test_clock.map(|clock| {
        web::Data::new(Sandbox {
            clock,
            worker: Arc::clone(&worker),
        })
    });
    let (offered, text) = DOCUMENT.as_ref().map_err(Clone::clone)?;
    let per_minute = NonZeroU32::new(if sandbox.is_some() {
        config.requests_per_minute.saturating_mul(100)
    } else {
        config.requests_per_minute
    })
    .unwrap_or(NonZeroU32::MIN);
    let limits = web::Data::new(Limits::per_minute(per_minute));
    let proxies = web::Data::new(Proxies(config.trusted_proxies.clone()));
    let budget = web::Data::new(wubang_voices::Budget {
        per_address: config.voices.per_address_per_day,
        per_community: config.voices.per_community_per_day,
    });
    let upkeep = Upkeep {
        store: store.clone(),
        worker: Arc::clone(&worker),
        keyring: Some(keyring),
        configured: config.cors.origins.clone(),
        origins: Origins::default(),
        files: files.clone(),
    };
    upkeep.refresh().await.map_err(|error| error.to_string())?;
    let (shared, in_sandbox, origins) = (store.clone(), sandbox.clone(), upkeep.origins.clone());
    let registry = web::Data::from(authenticator);
    let shared_files = web::Data::new(files.clone());
    let public_url = PublicUrl(config.public_url.clone());
    let server = HttpServer::new(move || {
        let is_sandbox = in_sandbox.is_some();
        let mut app = App::new()
            .app_data(web::Data::new(shared.clone()))
            .app_data(auth.clone())
            .app_data(registry.clone())
            .app_data(limits.clone())
            .app_data(offered.clone())
            .app_data(proxies.clone())
            .app_data(public_url.clone())
            .app_data(budget.clone())
            .app_data(shared_files.clone());
        if let Some(sandbox) = in_sandbox.clone() {
            app = app.app_data(sandbox);
        }
        let (app, _) = app
            .into_utoipa_app()
            .configure(move |cfg| {
                wiring::routes(cfg);
                if is_sandbox {
                    sandbox::routes(cfg);
                }
            })
            .split_for_parts();
        app.route(
            "/openapi.json",
            web::get().to(move || {
                std::future::ready(
                    HttpResponse::Ok()
                        .content_type("application/json")
                        .body(text.as_str()),
                )
            }),
        )
        .route(
            "/metrics",
            web::get().to(|| async {
                HttpResponse::Ok()
                    .content_type("text/plain; version=0.0.4")
                    .body(METRICS.render())
            }),
        )
        .route(
            "/docs",
            web::get().to(|| async {
                HttpResponse::PermanentRedirect()
                    .insert_header(("Location", "/docs/"))
                    .finish()
            }),
        )
        .service(
            utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}")
                .config(utoipa_swagger_ui::Config::from("/openapi.json")),
        )
        .default_service(web::to(fallback::answer))
        .wrap(from_fn(surround))
        .wrap(cors(origins.clone(), is_sandbox))
    })
    .workers(config.workers())
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(10)
    .disable_signals()
    .bind(&config.listen)
    .map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    LazyLock::force(&METRICS);
    let address = server.addrs().first().copied().ok_or("no address")?;
    let server = server.run();
    let handle = server.handle();
    let ticking = (config.worker_seconds > 0).then(|| spawn(upkeep.run(config.worker_seconds)));
    Ok(Running {
        address,
        store,
        worker,
        files,
        sandbox,
        handle,
        server: spawn(server),
        ticking,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server and the worker are the two tasks of the process; both are awaited in stop()"
)]
fn spawn<F: Future<Output: Send + 'static> + Send + 'static>(
    task: F,
) -> tokio::task::JoinHandle<F::Output> {
    tokio::spawn(task)
}

fn cors(origins: Origins, sandbox: bool) -> actix_cors::Cors {
    let exposed = [
        "Content-Disposition",
        "ETag",
        "Link",
        "Location",
        "Retry-After",
        "RateLimit",
        "RateLimit-Policy",
        "X-Request-Id",
        "Idempotent-Replayed",
    ];
    let base = if sandbox {
        actix_cors::Cors::default().allow_any_origin()
    } else {
        actix_cors::Cors::default().allowed_origin_fn(move |origin, _| {
            origin.to_str().is_ok_and(|origin| origins.admit(origin))
        })
    };
    base.allowed_methods(["GET", "POST", "PATCH"])
        .allowed_headers([
            "authorization",
            "content-type",
            "if-match",
            "if-none-match",
            "idempotency-key",
            "x-request-id",
            "accept-language",
        ])
        .expose_headers(exposed)
        .block_on_origin_mismatch(false)
        .max_age(600)
}

impl Running {
    /// Stops taking requests, lets running ones finish, closes the store.
    pub async fn stop(self) {
        if let Some(ticking) = &self.ticking {
            ticking.abort();
        }
        self.handle.stop(true).await;
        // the server ends once its handle has stopped it; its result says no more
        let _ = self.server.await;
        self.store.close().await;
    }

    /// Waits until the process is told to end.
    pub async fn until_told(self) {
        told_to_end().await;
        self.stop().await;
    }
}
