//! Needs of a district bundle: each becomes a draft of its community's secretary.

use crate::model::NeedIn;
use crate::service;
use serde_json::Value;
use wubang_kernel::{Faults, Refusal};
use wubang_store::{Error, Tx};

/// Drafts one need per element, as the actor of the transaction.
///
/// # Errors
/// `invalid` with a pointer to the element that is no need.
pub async fn import(tx: &Tx, index: usize, need: &Value) -> Result<(), Error> {
    let parsed: Result<NeedIn, _> = serde_json::from_value(need.clone());
    let input = parsed.map_err(|error| {
        let mut faults = Faults::new();
        faults.add(format!("/needs/{index}"), "malformed", error.to_string(), error.to_string());
        faults.finish().err().unwrap_or_else(|| Refusal::new(wubang_kernel::Code::Invalid))
    })?;
    service::draft(tx, input).await?;
    Ok(())
}
