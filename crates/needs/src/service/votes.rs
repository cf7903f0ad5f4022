//! Residents' votes and deliberations as evidence in a review (居民代表表决, 议事协商; rulebook 2.10).

use super::{load_for, out};
use crate::entity::need;
use crate::flow::{Need, NeedState};
use crate::model::{NeedOut, NeedVoteIn, wire};
use crate::store::reviewers;
use wubang_kernel::deadline::local_date;
use wubang_kernel::{Code, Faults, Role};
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Read, Tx, state_of};

/// The secretary records what an assembly of residents decided. It binds nobody: the street weighs it.
///
/// # Errors
/// `invalid` with every wrong figure; `invalid_transition` outside the review; `duplicate` for the same
/// kind on the same day.
pub async fn record_vote(tx: &Tx, key: &Key, mut input: NeedVoteIn) -> Result<NeedOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .roles
        .first_of(&[Role::CommunitySecretary])
        .ok_or(Code::Forbidden)?;
    let mut faults = Faults::new();
    input.summary = faults.prose("/summary", &input.summary, 10..=2000);
    check_figures(&input, &mut faults);
    if input.held_on > local_date(tx.now()) {
        faults.add(
            "/held_on",
            "in_the_future",
            "不得晚于今天",
            "must not be later than today",
        );
    }
    faults.finish()?;
    if !matches!(
        state_of::<Need>(&case.need.state)?,
        NeedState::Accepted | NeedState::UnderReview | NeedState::InComment
    ) {
        return Err(Code::InvalidTransition.into());
    }
    reviewers::insert_vote(tx, case.need.id, &input).await?;
    let data = serde_json::json!({ "kind": wire(input.kind), "held_on": input.held_on, "entitled": input.entitled,
        "present": input.present, "in_favour": input.in_favour, "against": input.against, "abstained": input.abstained });
    case.need = edit::<need::Entity>(
        tx,
        &case.need,
        "need.vote_recorded",
        role,
        |update| update,
        Some(data),
    )
    .await?;
    out(tx, case).await
}

/// Notes figures that cannot be: more present than entitled, other votes than people.
fn check_figures(vote: &NeedVoteIn, faults: &mut Faults) {
    faults.number("/entitled", vote.entitled, 1..=1_000_000);
    let most = vote.entitled.clamp(0, 1_000_000);
    let rows = [
        ("/present", vote.present),
        ("/in_favour", vote.in_favour),
        ("/against", vote.against),
        ("/abstained", vote.abstained),
    ];
    let before = faults.is_empty();
    for (pointer, figure) in rows {
        faults.number(pointer, figure, 0..=most);
    }
    // the sum says something only of figures that can be
    if before && faults.is_empty() && vote.in_favour + vote.against + vote.abstained != vote.present
    {
        faults.add(
            "/present",
            "sum_differs",
            "赞成、反对与弃权之和须等于实到人数",
            "must be the sum of in_favour, against and abstained",
        );
    }
}
