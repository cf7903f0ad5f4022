//! What a bidder does about its own slot.

use super::{reading, step_slot};
use crate::entity::{roadshow, slot};
use crate::flow::SlotEvent;
use crate::model::{Presenters, PresentersIn, RoadshowSlotOut};
use crate::store;
use wubang_kernel::{Faults, Role};
use wubang_store::{Error, Key, Tx, commit};

/// The lead of a bid names who will present, and who of them consents to being recorded; until it is called.
///
/// # Errors
/// `not_found` for everybody but the bid's own people; `forbidden` for partners; `invalid_transition` once it was
/// called; `invalid`.
pub async fn name_presenters(
    tx: &Tx,
    key: &Key,
    input: PresentersIn,
) -> Result<RoadshowSlotOut, Error> {
    let (row, roles) = store::load_slot(tx, key).await?;
    tx.expect_version(row.version)?;
    let mut faults = Faults::new();
    faults.count("/presenters", input.presenters.len(), 1..=3);
    let mut presenters = input.presenters;
    for (i, one) in presenters.iter_mut().enumerate() {
        one.name = faults.line(&format!("/presenters/{i}/name"), &one.name, 2..=30);
    }
    faults.finish()?;
    // names stand in no trace
    let data = serde_json::json!({ "presenters": presenters.len() });
    let presenters = Presenters(presenters);
    let row = step_slot(tx, &row, SlotEvent::NamePresenters, roles, |c| {
        c.set(slot::Column::Presenters, presenters).data(data)
    })
    .await?;
    touch(
        tx,
        &row,
        "roadshow.presenters_named",
        roles.first_of(&[Role::OrgLegalRep, Role::OrgAgent]),
    )
    .await?;
    reading::slot_out(tx, row, roles).await
}

/// The session changes with its slot, so that whoever asks for its queue is not told that nothing has changed.
pub(super) async fn touch(
    tx: &Tx,
    slot: &slot::Model,
    event: &str,
    role: Option<Role>,
) -> Result<(), Error> {
    let show = store::find(tx, slot.roadshow_id).await?;
    let data = serde_json::json!({ "slot": slot.id });
    let role = role.unwrap_or(Role::System);
    commit::edit::<roadshow::Entity>(tx, &show, event, role, |update| update, Some(data)).await?;
    Ok(())
}
