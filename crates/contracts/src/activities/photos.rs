//! The photos of an entry: added and taken off by who recorded it, read by officials, the secretary and the
//! organisations of the agreement, never public.

use super::entity::activity;
use super::flow::Activity;
use super::store;
use crate::store::{ContractCase, ORGANISERS, PARTY};
use uuid::Uuid;
use wubang_files::model::AttachmentsOut;
use wubang_files::{Held, Shelf, service};
use wubang_kernel::actor::Reach;
use wubang_kernel::machine::Machine;
use wubang_kernel::{Code, Role};
use wubang_store::{Error, Key, Read, Tx, View};

const OBJECT: &str = Activity::OBJECT;

/// Whether the caller may change the photos now, and where they stand.
fn changeable(
    read: &impl Read,
    contract: &ContractCase,
    row: &activity::Model,
) -> Result<Shelf, Error> {
    // his hats in the organisation that recorded it, be it a partner
    let roles = read.actor().roles(&Reach::of(row.organisation_id));
    roles
        .first_of(&[Role::OrgAgent, Role::OrgLegalRep])
        .ok_or(Code::Forbidden)?;
    if contract.contract.state != "active" || row.state != "recorded" {
        return Err(Code::InvalidTransition.into());
    }
    if !row.no_minor_recognisable {
        return Err(Code::Incomplete.into());
    }
    Ok(Shelf {
        object: OBJECT,
        object_id: row.id,
        division: row.division.clone(),
        roles,
    })
}

/// Where a photo would be added, if the caller may.
///
/// # Errors
/// `not_found`; `forbidden`; `invalid_transition` once it is confirmed, questioned or corrected, or the work is over;
/// `incomplete` without the declaration that no minor can be recognised.
pub async fn place(tx: &Tx, key: &Key) -> Result<Shelf, Error> {
    let (contract, row) = store::load(tx, key).await?;
    changeable(tx, &contract, &row)
}

/// Takes a photo off.
///
/// # Errors
/// As [`place`]; `not_found` for a photo that is not there.
pub async fn remove(tx: &Tx, key: &Key, id: Uuid) -> Result<AttachmentsOut, Error> {
    let (contract, row) = store::load(tx, key).await?;
    tx.expect_version(row.version)?;
    let shelf = changeable(tx, &contract, &row)?;
    service::remove(tx, &shelf, id).await?;
    shown(tx, &row).await
}

async fn shown(read: &impl Read, row: &activity::Model) -> Result<AttachmentsOut, Error> {
    let held = service::of_object(read, OBJECT, row.id).await?;
    let current = held.iter().filter(|held| held.is_current());
    let items = current
        .map(|held| service::out(held, false))
        .collect::<Result<_, Error>>()?;
    Ok(AttachmentsOut { items })
}

/// The entry, for whoever reads its photos.
async fn readable(read: &impl Read, key: &Key) -> Result<activity::Model, Error> {
    let (contract, row) = store::load(read, key).await?;
    let reads = contract.roles.any(ORGANISERS)
        || contract.roles.any(PARTY)
        || contract.roles.has(Role::CommunitySecretary);
    if reads {
        Ok(row)
    } else {
        Err(Code::NotFound.into())
    }
}

/// The photos of an entry.
///
/// # Errors
/// `not_found` for who does not read them.
pub async fn list(view: &View, key: &Key) -> Result<AttachmentsOut, Error> {
    let row = readable(view, key).await?;
    shown(view, &row).await
}

/// One photo.
///
/// # Errors
/// `not_found` for who does not read it.
pub async fn find(view: &View, key: &Key, id: Uuid) -> Result<Held, Error> {
    let row = readable(view, key).await?;
    service::find(view, OBJECT, row.id, id).await
}
