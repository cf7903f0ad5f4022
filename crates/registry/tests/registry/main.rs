//! The registry on SQLite, through its functions and through HTTP.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod import;
mod organisations;
mod people;
mod sign_in;
mod support;
mod vocabulary;

use serde_json::Value;
use wubang_kernel::division::DivisionCode;

pub(crate) fn code(raw: &str) -> DivisionCode {
    DivisionCode::parse(raw).unwrap()
}

pub(crate) fn problem(body: &Value) -> &str {
    body["code"].as_str().unwrap_or_default()
}
