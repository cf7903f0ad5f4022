//! The demo's client: calls the service over HTTP as one of its users, like any front-end.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Calls the API as named accounts.
pub struct Client {
    http: reqwest::Client,
    base: String,
    password: String,
    tokens: HashMap<String, String>,
}

impl Client {
    /// A client of the service at `base`, whose demo accounts share a password.
    pub fn new(base: String, password: String) -> Self {
        Client {
            http: reqwest::Client::new(),
            base,
            password,
            tokens: HashMap::new(),
        }
    }

    async fn token(&mut self, account: &str) -> Result<String, String> {
        if let Some(token) = self.tokens.get(account) {
            return Ok(token.clone());
        }
        let answer = self
            .send(
                "POST",
                "/api/v1/sessions",
                None,
                Some(json!({ "account": account, "password": self.password })),
            )
            .await?;
        let token = text(&answer, "/access_token")?;
        self.tokens.insert(account.to_owned(), token.clone());
        Ok(token)
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Result<Value, String> {
        self.send_seen(method, path, token, body, None).await
    }

    /// A call that says which version its caller has seen.
    async fn send_seen(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
        version: Option<i64>,
    ) -> Result<Value, String> {
        let url = format!("{}{path}", self.base);
        let mut request = match method {
            "POST" => self.http.post(url),
            "PATCH" => self.http.patch(url),
            _ => self.http.get(url),
        };
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(version) = version {
            request = request.header("if-match", format!("\"v{version}\""));
        }
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = request
            .send()
            .await
            .map_err(|error| format!("{method} {path}: {error}"))?;
        let status = answer.status();
        let value: Value = answer
            .json()
            .await
            .map_err(|error| format!("{method} {path}: {status}: {error}"))?;
        if status.is_success() {
            Ok(value)
        } else {
            Err(format!("{method} {path} was refused: {status} {value}"))
        }
    }

    /// `POST` as an account.
    pub async fn post(&mut self, account: &str, path: &str, body: Value) -> Result<Value, String> {
        let token = self.token(account).await?;
        self.send("POST", path, Some(&token), Some(body))
            .await
            .map_err(|error| format!("{account}: {error}"))
    }

    /// `POST` as nobody in particular.
    ///
    /// # Errors
    /// The refusal.
    pub async fn post_unsigned(&self, path: &str, body: Value) -> Result<Value, String> {
        self.send("POST", path, None, Some(body)).await
    }

    /// `PATCH` as an account that has seen a version.
    ///
    /// # Errors
    /// The refusal.
    pub async fn patch(
        &mut self,
        account: &str,
        path: &str,
        version: i64,
        body: Value,
    ) -> Result<Value, String> {
        let token = self.token(account).await?;
        self.send_seen("PATCH", path, Some(&token), Some(body), Some(version))
            .await
            .map_err(|error| format!("{account}: {error}"))
    }

    /// `GET` as an account.
    pub async fn get(&mut self, account: &str, path: &str) -> Result<Value, String> {
        let token = self.token(account).await?;
        self.send("GET", path, Some(&token), None)
            .await
            .map_err(|error| format!("{account}: {error}"))
    }

    /// Whether it has signed nobody in, or has forgotten everybody.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Forgets tokens, because time has passed.
    pub fn forget(&mut self) {
        self.tokens.clear();
    }

    /// Moves the sandbox's clock; tokens expire on the way.
    ///
    /// # Errors
    /// The refusal.
    pub async fn advance(&mut self, to: DateTime<Utc>) -> Result<(), String> {
        self.forget();
        self.send(
            "POST",
            "/sandbox/clock/advance",
            None,
            Some(json!({ "to": to })),
        )
        .await
        .map(|_| ())
    }

    /// The sandbox's clock.
    pub async fn now(&self) -> Result<DateTime<Utc>, String> {
        let answer = self.send("GET", "/sandbox/clock", None, None).await?;
        instant(&answer, "/now")
    }

    /// Id of an account's person.
    pub async fn person(&mut self, account: &str) -> Result<String, String> {
        let me = self.get(account, "/api/v1/me").await?;
        text(&me, "/id")
    }
}

/// A text in an answer.
pub fn text(value: &Value, pointer: &str) -> Result<String, String> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| format!("the answer has no {pointer}: {value}"))
}

/// A number in an answer.
pub fn number(value: &Value, pointer: &str) -> Result<i64, String> {
    value
        .pointer(pointer)
        .and_then(Value::as_i64)
        .ok_or_else(|| format!("the answer has no {pointer}: {value}"))
}

/// A list in an answer.
pub fn list(value: &Value, pointer: &str) -> Result<Vec<Value>, String> {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .cloned()
        .ok_or_else(|| format!("the answer has no {pointer}: {value}"))
}

/// An instant in an answer.
pub fn instant(value: &Value, pointer: &str) -> Result<DateTime<Utc>, String> {
    let text = text(value, pointer)?;
    DateTime::parse_from_rfc3339(&text)
        .map(|at| at.to_utc())
        .map_err(|error| format!("{pointer}: {error}"))
}
