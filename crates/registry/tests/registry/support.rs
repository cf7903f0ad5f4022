//! A store in a folder of its own, a clock that can be set, and the service as callers see it.

use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use utoipa_actix_web::AppExt as _;
use wubang_kernel::clock::TestClock;
use wubang_kernel::{Actor, Who};
use wubang_registry::import::{Bundle, Report, import_district};
use wubang_registry::{KeyRing, RegistryAuthenticator};
use wubang_store::{Options, Store, Tx};
use wubang_vault::{MasterKey, Vault};
use wubang_web::Authenticator;
use wubang_web::middleware::surround;

static NEXT: AtomicU32 = AtomicU32::new(0);

pub const PASSWORD: &str = "correct horse battery";

pub struct World {
    pub store: Store,
    pub clock: TestClock,
    pub auth: Arc<RegistryAuthenticator>,
    pub folder: PathBuf,
}

pub fn system() -> Who {
    Who::system("test")
}

pub fn start() -> DateTime<Utc> {
    "2026-06-01T01:00:00Z".parse().unwrap()
}

pub async fn world() -> World {
    let folder = std::env::temp_dir().join(format!(
        "wubang-registry-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    ));
    std::fs::create_dir_all(&folder).unwrap();
    let clock = TestClock::standing_at(start());
    let url = format!("sqlite://{}", folder.join("test.db").display());
    let store = Store::open(Options {
        url,
        connections: 4,
        clock: Arc::new(clock.clone()),
        reactions: Vec::new(),
        vault: Vault::new(MasterKey::generate(), Vec::new()),
    })
    .await
    .unwrap();
    store.migrate().await.unwrap();
    store.raise_clock().await.unwrap();
    let keyring = Arc::new(KeyRing::open(&folder.join("keys"), start()).unwrap());
    let auth = Arc::new(RegistryAuthenticator::new(
        keyring,
        "https://wubang.example".to_owned(),
        "wubang".to_owned(),
    ));
    World {
        store,
        clock,
        auth,
        folder,
    }
}

impl World {
    pub async fn act<T>(&self, act: impl AsyncFnOnce(&Tx) -> T) -> T {
        let tx = self.store.write(&system()).await.unwrap();
        let value = act(&tx).await;
        tx.commit().await.unwrap();
        value
    }

    /// Imports the demo district and gives everybody the same password.
    pub async fn with_district(&self) -> Report {
        let hash = wubang_registry::passwords::hash(PASSWORD.to_owned())
            .await
            .unwrap();
        self.act(async |tx| {
            let report = import_district(tx, district()).await.unwrap();
            let ids: Vec<_> = report.people.values().copied().collect();
            wubang_registry::people::set_password_hash(tx, &ids, &hash)
                .await
                .unwrap();
            report
        })
        .await
    }

    pub fn later(&self, by: TimeDelta) {
        self.clock.set(self.store.now() + by);
    }

    /// Ends the test: every invariant must still hold.
    pub async fn end(self) {
        let view = self.store.read(&system());
        for invariant in wubang_registry::invariants() {
            assert_eq!(
                (invariant.run)(&view).await.unwrap(),
                Vec::<uuid::Uuid>::new(),
                "{}",
                invariant.name
            );
        }
        self.store.close().await;
        std::fs::remove_dir_all(&self.folder).unwrap();
    }

    /// One request by somebody, or by nobody; answers status and body.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        self.call_with(method, path, token, body, &[]).await
    }

    pub async fn call_with(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
        headers: &[(&'static str, &str)],
    ) -> (StatusCode, Value) {
        let as_authenticator: Arc<dyn Authenticator> = self.auth.clone();
        let app = App::new()
            .app_data(web::Data::new(self.store.clone()))
            .app_data(web::Data::from(as_authenticator))
            .app_data(web::Data::from(Arc::clone(&self.auth)))
            .into_utoipa_app()
            .configure(wubang_registry::routes)
            .into_app()
            .wrap(from_fn(surround));
        let service = init_service(app).await;
        let mut request = TestRequest::default()
            .method(method.parse().unwrap())
            .uri(path);
        if let Some(token) = token {
            request = request.insert_header(("authorization", format!("Bearer {token}")));
        }
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        if let Some(body) = body {
            request = request.set_json(body);
        }
        let response = call_service(&service, request.to_request()).await;
        let status = response.status();
        let bytes = read_body(response).await;
        (
            status,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        )
    }

    pub async fn sign_in(&self, account: &str, password: &str) -> (StatusCode, Value) {
        self.call(
            "POST",
            "/api/v1/sessions",
            None,
            Some(serde_json::json!({ "account": account, "password": password })),
        )
        .await
    }

    pub async fn token_of(&self, account: &str) -> String {
        let (status, body) = self.sign_in(account, PASSWORD).await;
        assert_eq!(status, 200, "{body}");
        text(&body, "/access_token")
    }
}

pub fn text(body: &Value, pointer: &str) -> String {
    body.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer} in {body}"))
        .to_owned()
}

pub fn district() -> Bundle {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../server/data/demo/district.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

pub fn anonymous() -> Who {
    Who {
        actor: Arc::new(Actor::public()),
        request_id: "test".to_owned(),
        if_match: None,
        at: None,
    }
}
