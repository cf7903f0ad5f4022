//! A caller of the API, and the answers it gets. Every problem code seen is noted for the check that
//! each code of the catalogue is reached.

use crate::database::variable;
use serde_json::Value;
use std::collections::HashMap;

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: HashMap<String, String>,
    /// Body; `null` when it is no JSON.
    pub body: Value,
    /// Body as text.
    pub text: String,
    /// Body as it came; what came of it, when it broke off.
    pub bytes: Vec<u8>,
    asked: String,
}

impl Reply {
    /// The body of a success.
    ///
    /// # Panics
    /// When it is none.
    pub fn ok(self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "{} was refused: {} {}",
            self.asked,
            self.status,
            self.text
        );
        self.body
    }

    /// The problem document of a refusal with this status and code.
    ///
    /// # Panics
    /// When it is another one.
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status, self.code().unwrap_or_default().as_str()),
            (status, code),
            "{}: {}",
            self.asked,
            self.text
        );
        assert_eq!(
            self.headers.get("content-type").map(String::as_str),
            Some("application/problem+json; charset=utf-8"),
            "{}",
            self.asked
        );
        self.body
    }

    /// The code of a problem.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        self.body
            .get("code")
            .and_then(Value::as_str)
            .map(str::to_owned)
    }

    /// Pointers of the wrong fields of a problem.
    #[must_use]
    pub fn pointers(&self) -> Vec<String> {
        let errors = self
            .body
            .get("errors")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        errors
            .iter()
            .filter_map(|error| {
                error
                    .get("pointer")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            })
            .collect()
    }
}

/// Somebody who calls the API; with a token or without.
#[derive(Debug, Clone)]
pub struct Caller {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Caller {
    /// Nobody known.
    #[must_use]
    pub fn nobody(base: String) -> Self {
        Caller {
            http: reqwest::Client::new(),
            base,
            token: None,
        }
    }

    /// The same with a token.
    #[must_use]
    pub fn with(&self, token: String) -> Self {
        Caller {
            token: Some(token),
            ..self.clone()
        }
    }

    /// The access token.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Calls with everything.
    ///
    /// # Panics
    /// When the service does not answer.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Reply {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let asked = format!("{method} {path}");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if body.is_some()
            && !headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let mut answer = request
            .send()
            .await
            .unwrap_or_else(|error| panic!("{asked}: {error}"));
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    value.to_str().unwrap_or_default().to_owned(),
                )
            })
            .collect();
        let mut bytes = Vec::new();
        while let Ok(Some(piece)) = answer.chunk().await {
            bytes.extend_from_slice(&piece);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let reply = Reply {
            status,
            headers,
            body,
            text,
            bytes,
            asked,
        };
        note(&reply);
        reply
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &[], None).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.call("POST", path, &[], Some(body.to_string().into_bytes()))
            .await
    }

    /// `PATCH` of a version.
    pub async fn patch(&self, path: &str, version: i64, body: Value) -> Reply {
        self.call(
            "PATCH",
            path,
            &[("if-match", &format!("\"v{version}\""))],
            Some(body.to_string().into_bytes()),
        )
        .await
    }
}

/// Leaves a file named after the problem code, where somebody collects them.
fn note(reply: &Reply) {
    if let (Some(folder), Some(code)) = (variable("WUBANG_CODES_SEEN"), reply.code())
        && reply.status >= 400
    {
        // a code that cannot be noted will be reported as missing
        let _ = std::fs::write(std::path::Path::new(&folder).join(code), "");
    }
}
