//! Who reads the record of an opening (开标记录, rulebook 2.6).

use crate::record::{self, OpeningOut, PublicOpeningOut};
use crate::store::ORGANISERS;
use wubang_kernel::Code;
use wubang_store::{Error, Key, Read, View};

/// The record for the street, the supervisor, and the panel after its declarations.
///
/// # Errors
/// `not_found` for everybody else, and for everybody before the opening.
pub async fn opening(view: &View, key: &Key) -> Result<OpeningOut, Error> {
    let case = wubang_postings::service::load(view, key).await?;
    let posting = case.posting.id;
    let judges = match view.actor().person {
        Some(person) if !case.roles.any(ORGANISERS) => {
            wubang_panels::service::is_member(view, "award", posting, person).await?
        }
        _ => case.roles.any(ORGANISERS),
    };
    let row = record::find(view, posting).await?.filter(|_| judges);
    Ok(row.ok_or(Code::NotFound)?.into())
}

/// What everybody reads of it: who bid, from the first proposed award on.
///
/// # Errors
/// `not_found` before that.
pub async fn public_opening(view: &View, key: &Key) -> Result<PublicOpeningOut, Error> {
    let posting = wubang_postings::service::load(view, key).await?.posting.id;
    let row = record::find(view, posting).await?;
    let public = row.filter(|row| row.published_at.is_some());
    Ok(public.ok_or(Code::NotFound)?.into())
}
