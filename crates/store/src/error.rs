//! What a service can answer instead of its value.

use crate::dialect;
use sea_orm::DbErr;
use wubang_kernel::{Code, Refusal};

/// A refusal for the caller, or a failure for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules, or the state of things, say no.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error("database: {0}")]
    Db(DbErr),
    /// Something that must not happen happened; the text is for the log only.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// Something that must not happen.
    pub fn internal(text: impl Into<String>) -> Self {
        Error::Internal(text.into())
    }

    /// The refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Error::Refused(refusal) => Some(refusal),
            Error::Db(_) | Error::Internal(_) => None,
        }
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Error::Refused(code.into())
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match dialect::refusal_of(&error) {
            Some(code) => Error::Refused(code.into()),
            None => Error::Db(error),
        }
    }
}

impl From<wubang_vault::VaultError> for Error {
    fn from(error: wubang_vault::VaultError) -> Self {
        Error::Internal(format!("vault: {error}"))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Error::Internal(format!("json: {error}"))
    }
}
