//! Bodies that commands of every stage share.

use serde::Deserialize;
use utoipa::ToSchema;

/// A command that needs nothing said.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NothingIn {}

/// A command that needs a reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonIn {
    /// 理由,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub reason: String,
}
