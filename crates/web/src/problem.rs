//! Problem documents (RFC 9457): the one shape of everything that goes wrong.

use crate::ctx::Locale;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;
use wubang_kernel::refusal::{Bilingual, Figures};
use wubang_kernel::{Code, Refusal};
use wubang_store::Error;

/// One wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer into the body, or `?name` of a query parameter.
    #[schema(example = "/budget/0/amount_fen")]
    pub pointer: String,
    /// Short code of the fault.
    #[schema(example = "out_of_range")]
    pub code: String,
    /// What is wrong, in the caller's language.
    pub detail: String,
    /// The figures behind a limit that is reached, and when it is expected to be free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
}

/// A problem document (RFC 9457), `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemOut {
    /// Address of the page that explains the code.
    #[serde(rename = "type")]
    #[schema(example = "/errors/deadline_passed")]
    pub kind: String,
    /// The code's sentence, in the caller's language.
    pub title: String,
    /// HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// What is special in this case.
    pub detail: String,
    /// Request id, as in `X-Request-Id`.
    pub instance: String,
    /// Closed code; never changes with the language.
    #[schema(example = "deadline_passed")]
    pub code: String,
    /// All wrong fields at once.
    pub errors: Vec<ProblemField>,
}

/// A refusal or failure on its way out.
#[derive(Debug)]
pub struct Problem {
    refusal: Refusal,
    locale: Locale,
    request_id: String,
}

impl Problem {
    /// A refusal in the caller's language.
    #[must_use]
    pub fn new(refusal: Refusal, locale: Locale, request_id: &str) -> Self {
        Problem {
            refusal,
            locale,
            request_id: request_id.to_owned(),
        }
    }

    /// A service error; what the operator must see goes to the log, the caller gets an incident id.
    #[must_use]
    pub fn of(error: Error, locale: Locale, request_id: &str) -> Self {
        let refusal = match error {
            Error::Refused(refusal) => refusal,
            Error::Db(inner) => {
                tracing::error!(request_id, error = %inner, "database error in request {request_id}");
                Refusal::new(Code::Internal)
            }
            Error::Internal(text) => {
                tracing::error!(
                    request_id,
                    error = text,
                    "internal error in request {request_id}"
                );
                Refusal::new(Code::Internal)
            }
        };
        Problem::new(refusal, locale, request_id)
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.refusal.code
    }

    fn pick(&self, text: &Bilingual) -> String {
        match self.locale {
            Locale::Zh => text.zh.clone(),
            Locale::En => text.en.clone(),
        }
    }

    fn body(&self) -> ProblemOut {
        let code = self.refusal.code;
        let title = Bilingual::new(code.zh(), code.en());
        ProblemOut {
            kind: format!("/errors/{}", code.as_str()),
            title: self.pick(&title),
            status: code.status(),
            detail: self.pick(self.refusal.detail.as_ref().unwrap_or(&title)),
            instance: self.request_id.clone(),
            code: code.as_str().to_owned(),
            errors: self
                .refusal
                .fields
                .iter()
                .map(|field| ProblemField {
                    pointer: field.pointer.clone(),
                    code: field.code.to_owned(),
                    detail: self.pick(&field.text),
                    figures: field.figures,
                })
                .collect(),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // the code alone: this text reaches the log, and details may quote the caller
        f.write_str(self.refusal.code.as_str())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.refusal.code.status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response
            .insert_header((CONTENT_TYPE, "application/problem+json; charset=utf-8"))
            .insert_header(("X-Problem-Code", self.refusal.code.as_str()))
            .insert_header(("X-Request-Id", self.request_id.as_str()));
        match self.refusal.code {
            Code::Unavailable => response.insert_header((RETRY_AFTER, "2")),
            Code::TooManyRequests | Code::AccountLocked => {
                response.insert_header((RETRY_AFTER, "60"))
            }
            code if code.status() == 401 => response.insert_header((WWW_AUTHENTICATE, "Bearer")),
            _ => &mut response,
        };
        response.json(self.body())
    }
}
