//! Needs of a district bundle: each becomes a draft of its community's secretary.

use crate::model::NeedIn;
use crate::{service, store};
use serde_json::Value;
use wubang_kernel::{Code, Refusal};
use wubang_store::{Error, Tx};

/// Drafts one need as the actor of the transaction, unless his community has one of that title; answers
/// whether it did.
///
/// # Errors
/// `invalid` with a pointer to the element that is no need.
pub async fn import(tx: &Tx, index: usize, need: &Value) -> Result<bool, Error> {
    let parsed: Result<NeedIn, _> = serde_json::from_value(need.clone());
    let input = parsed.map_err(|error| {
        Refusal::new(Code::Invalid).field(
            &format!("/needs/{index}"),
            "malformed",
            error.to_string(),
            error.to_string(),
        )
    })?;
    if store::exists(tx, &input.community, &input.title).await? {
        return Ok(false);
    }
    service::draft(tx, input).await?;
    Ok(true)
}
