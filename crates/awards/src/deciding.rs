//! The street proposes an awardee: by the panel's ranking, or the one candidate of an order.

use crate::model::{AwardOut, ProposeAwardIn};
use crate::proposal::Chosen;
use crate::{case, ordering, proposal};
use wubang_kernel::procedure::Way;
use wubang_kernel::{Code, Faults};
use wubang_store::{Error, Key, Tx};

/// The street proposes the awardee; the publicity begins (T15). After the first fell away, the next
/// in reserve is proposed the same way. An order has one candidate and no panel.
///
/// # Errors
/// `race_undecided` for a race with several candidates; `report_unsigned`, `rank_not_followed`, `below_threshold`, `recused`, `cap_reached`; `duplicate` while an award
/// stands; `conflict` when somebody else was first.
pub async fn propose_award(tx: &Tx, key: &Key, input: ProposeAwardIn) -> Result<AwardOut, Error> {
    let chosen = Chosen::read(input)?;
    let posting = wubang_postings::service::load(tx, key).await?.posting;
    if chosen.single_reason.is_some() && posting.content.lanes() < 2 {
        let mut faults = Faults::new();
        faults.add(
            "/single_reason",
            "not_allowed",
            "仅赛马榜单填写",
            "belongs to a race only",
        );
        faults.finish()?;
    }
    let award = match posting.procedure.0.code.way() {
        Way::Panel => proposal::by_rank(tx, key, chosen).await?,
        Way::Order => ordering::propose(tx, key, chosen).await?,
        Way::Call | Way::Elsewhere => return Err(Code::InvalidTransition.into()),
    };
    case::show(tx, award).await
}
