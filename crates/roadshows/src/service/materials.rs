//! The slides of a presenter (路演材料). They stand beside the bid: what was handed in stays what is judged.

use crate::entity::slot;
use crate::flow::RoadshowSlot;
use crate::store;
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use uuid::Uuid;
use wubang_files::model::AttachmentsOut;
use wubang_files::{FileConfidentiality, Held, Shelf, service};
use wubang_kernel::machine::Machine;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::{Error, Key, Read, Tx, View};

const OBJECT: &str = RoadshowSlot::OBJECT;

/// A slot as the viewer may read its slides: its own people, and those who hold the session or judge.
struct Reader {
    slot: slot::Model,
    own: RoleSet,
    supervises: bool,
}

impl Reader {
    /// Whether the viewer reads this one: what is for its owner the supervisor reads as well.
    fn reads(&self, held: &Held) -> bool {
        !self.own.is_empty()
            || self.supervises
            || held.attachment().confidentiality != FileConfidentiality::Owner
    }
}

async fn reader(read: &impl Read, key: &Key) -> Result<Reader, Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let slot = store::find_slot(read, *id).await?;
    let own = store::own_roles(read, &slot).await?;
    if !own.is_empty() {
        return Ok(Reader {
            slot,
            own,
            supervises: false,
        });
    }
    let case = store::load(read, &Key::Id(slot.roadshow_id)).await?;
    if !case.sees_bidders() {
        return Err(Code::RecusalUnsigned.into());
    }
    Ok(Reader {
        slot,
        own,
        supervises: case.roles.has(Role::Supervisor),
    })
}

/// Where a slide would be added, if the caller may: asked when an upload begins, and again when it ends.
///
/// # Errors
/// `not_found` for strangers; `forbidden` for everybody but the lead of the bid; `invalid_transition` once the session
/// has started.
pub async fn place(tx: &Tx, key: &Key) -> Result<Shelf, Error> {
    changeable(tx, &reader(tx, key).await?).await
}

async fn changeable(read: &impl Read, reader: &Reader) -> Result<Shelf, Error> {
    let roles = reader.own;
    roles
        .first_of(&[Role::OrgLegalRep, Role::OrgAgent])
        .ok_or(Code::Forbidden)?;
    let show = store::find(read, reader.slot.roadshow_id).await?;
    if show.state != "planned" || reader.slot.state != "waiting" {
        return Err(Code::InvalidTransition.into());
    }
    Ok(Shelf {
        object: OBJECT,
        object_id: reader.slot.id,
        division: reader.slot.division.clone(),
        roles,
    })
}

async fn shown(read: &impl Read, reader: &Reader) -> Result<AttachmentsOut, Error> {
    let mut items = Vec::new();
    for held in service::of_object(read, OBJECT, reader.slot.id).await? {
        if held.is_current() && reader.reads(&held) {
            items.push(service::out(&held, false)?);
        }
    }
    Ok(AttachmentsOut { items })
}

/// The slides of a slot.
///
/// # Errors
/// `not_found` for strangers and other bidders; `recusal_unsigned` for a member who has not declared.
pub async fn list(view: &View, key: &Key) -> Result<AttachmentsOut, Error> {
    shown(view, &reader(view, key).await?).await
}

/// One of them.
///
/// # Errors
/// As [`list`]; `not_found` for one that is not there.
pub async fn find(view: &View, key: &Key, id: Uuid) -> Result<Held, Error> {
    let reader = reader(view, key).await?;
    let held = service::find(view, OBJECT, reader.slot.id, id).await?;
    let theirs = held.is_current() && reader.reads(&held);
    if theirs || !reader.own.is_empty() {
        Ok(held)
    } else {
        Err(Code::NotFound.into())
    }
}

/// The lead takes a slide off, until the session starts.
///
/// # Errors
/// As [`place`]; `not_found`; `invalid_transition` for one that is off already.
pub async fn remove(tx: &Tx, key: &Key, id: Uuid) -> Result<AttachmentsOut, Error> {
    let reader = reader(tx, key).await?;
    tx.expect_version(reader.slot.version)?;
    let shelf = changeable(tx, &reader).await?;
    service::remove(tx, &shelf, id).await?;
    shown(tx, &reader).await
}

/// Which of these slots were dropped before an instant: nobody will present their slides.
///
/// # Errors
/// When the database fails.
pub async fn left_over(
    view: &View,
    slots: &[Uuid],
    before: DateTime<Utc>,
) -> Result<HashSet<Uuid>, Error> {
    store::dropped_before(view, slots, before).await
}
