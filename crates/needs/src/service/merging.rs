//! Needs that say the same: candidates for duplicates, and the merge (合并).

use super::{facts, load_for, out, step};
use crate::entity::need;
use crate::flow::{Need, NeedEvent};
use crate::model::{DuplicateOut, DuplicatesOut, MergeIn, NeedOut};
use crate::rules::NeedFacts;
use crate::similarity::{Compared, compare};
use crate::store::{self, Case, voices};
use crate::visibility;
use wubang_kernel::{Code, Faults, Role};
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Tx, View, state_of};

/// Candidates that are shown.
const SHOWN: usize = 20;

fn compared(need: &need::Model) -> Compared<'_> {
    Compared {
        title: &need.title,
        description: &need.detail.description,
        field: &need.field,
    }
}

/// The needs of the community that may be the same, the most alike first.
///
/// # Errors
/// `not_found` for strangers; `forbidden` for reviewers, who do not decide on acceptance.
pub async fn duplicates(view: &View, key: &Key) -> Result<DuplicatesOut, Error> {
    let case = store::load(view, key).await?;
    if !case.roles.any(store::OFFICIALS) {
        return Err(Code::Forbidden.into());
    }
    let others = store::neighbours(view, &case.need).await?;
    let count = others.len();
    let mut items = Vec::new();
    for other in others {
        let (reasons, similarity) = compare(compared(&case.need), compared(&other));
        if !reasons.is_empty() {
            items.push(DuplicateOut {
                id: other.id,
                state: state_of::<Need>(&other.state)?,
                number: other.number,
                title: other.title,
                field: other.field,
                reasons,
                similarity,
            });
        }
    }
    // stable: of equally alike ones the newest stays first
    items.sort_by_key(|item| std::cmp::Reverse(item.similarity));
    items.truncate(SHOWN);
    Ok(DuplicatesOut {
        need_id: case.need.id,
        compared: count,
        items,
    })
}

/// The target of a merge, if the officer may act on it.
async fn target(tx: &Tx, case: &Case, named: &str, faults: &mut Faults) -> Result<Case, Error> {
    match store::load(tx, &Key::parse(named)).await {
        Ok(target) if target.need.id == case.need.id => faults.add(
            "/target",
            "same_object",
            "不能并入自身",
            "a need cannot be merged into itself",
        ),
        Ok(target) if target.roles.has(Role::StreetOfficer) => return Ok(target),
        Ok(_) => unknown(faults),
        Err(error) if error.refusal().is_some() => unknown(faults),
        Err(error) => return Err(error),
    }
    Err(Code::Invalid.into())
}

/// A need outside the officer's territory is as unknown as one that does not exist.
fn unknown(faults: &mut Faults) {
    faults.add(
        "/target",
        "unknown_value",
        "辖区内没有这个需求",
        "there is no such need in your territory",
    );
}

/// The street merges a need into another of its territory: both keep their identity, the supporters
/// move, the target's trace notes it. As a target must be open, merges make no circle.
///
/// # Errors
/// `invalid` for an unknown target, the need itself or no reason; `target_not_open`.
pub async fn merge(tx: &Tx, key: &Key, input: MergeIn) -> Result<NeedOut, Error> {
    let case = load_for(tx, key).await?;
    let mut faults = Faults::new();
    let reason = faults.reason(&input.reason);
    let target = target(tx, &case, &input.target, &mut faults).await;
    faults.finish()?;
    let target = target?.need;
    let facts = NeedFacts {
        target_open: Some(visibility::is_open(state_of::<Need>(&target.state)?)),
        ..facts(tx, &case)
    };
    let case = step(tx, case, NeedEvent::Merge, &facts, |c| {
        c.set(need::Column::MergedInto, target.id)
            .set(need::Column::Reason, reason.clone())
            .because(Some(reason))
            .tell(vec![target.created_by])
            .data(serde_json::json!({ "merged_into": target.number }))
    })
    .await?;
    let voices = voices::move_supporters(tx, case.need.id, target.id).await?;
    edit::<need::Entity>(
        tx,
        &target,
        "need.merge_received",
        Role::StreetOfficer,
        |update| update,
        Some(serde_json::json!({ "merged": case.need.number, "supporters": voices })),
    )
    .await?;
    out(tx, case).await
}
