//! The street waives the caps of bidders for a posting (资源限流, rulebook 2.14): for whoever bids, because naming an
//! organisation before the opening would tell that it bids. The reason is public.

use super::{load_for, out};
use crate::changes::Kind;
use crate::entity::posting;
use crate::model::PostingOut;
use crate::store::PostingCase;
use crate::store::changes::{self, Entry};
use sea_orm::sea_query::Expr;
use serde_json::json;
use wubang_kernel::{Code, Role, faults};
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Tx};
use wubang_web::ReasonIn;

/// States in which a waiver still helps somebody: from the draft to the decision.
const WAIVABLE: &[&str] = &[
    "draft",
    "pending_approval",
    "scheduled",
    "open",
    "suspended",
    "closed",
    "evaluating",
    "award_publicity",
];

/// Lets organisations bid on this posting, and be awarded it, beyond their caps.
///
/// # Errors
/// `forbidden` for others than the street; `invalid` without a reason; `invalid_transition` after the decision;
/// `duplicate` the second time.
pub async fn waive_caps(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    let reason = faults::reason(&input.reason)?;
    if !WAIVABLE.contains(&case.posting.state.as_str()) {
        return Err(Code::InvalidTransition.into());
    }
    if case.posting.bidder_cap_reason.is_some() {
        return Err(Code::Duplicate.into());
    }
    if case.posting.published_at.is_some() {
        let entry = Entry::of(Kind::CapsWaived, reason.clone(), &case.posting);
        changes::add(tx, &case.posting, entry).await?;
    }
    let data = json!({ "bidder_cap_reason": reason });
    let set = |update: sea_orm::UpdateMany<posting::Entity>| {
        update.col_expr(posting::Column::BidderCapReason, Expr::value(reason))
    };
    let event = "posting.caps_waived";
    let posting = edit::<posting::Entity>(tx, &case.posting, event, role, set, Some(data)).await?;
    out(tx, PostingCase { posting, ..case }).await
}
