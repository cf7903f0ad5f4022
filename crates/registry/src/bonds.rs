//! What binds organisations to each other so that they may not bid against each other (关联关系, 实施条例 art. 18;
//! rulebook 2.4.4 (1)): the same legal representative, or direct control or management. Facts only; what follows is
//! decided in the bids.

use crate::entity::{grants, organisations};
use crate::organisations::load_many;
use crate::relations;
use crate::ties::normalised;
use crate::words::RelationKind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_store::{Error, Read};

/// What binds some organisations.
#[derive(Debug, Clone, Default)]
pub struct Bonds {
    /// Names of the organisations.
    pub names: HashMap<Uuid, String>,
    /// Who heads each: persons that sign for it as legal representative, and the name in the register together with
    /// each phone and mail address, because a name alone may be another person's.
    pub heads: HashMap<Uuid, HashSet<String>>,
    /// Whom each is controlled or managed by.
    pub under: HashSet<(Uuid, Uuid, RelationKind)>,
}

/// Collects what binds some organisations, in a fixed number of statements.
///
/// # Errors
/// When the database fails.
pub async fn among(read: &impl Read, wanted: &[Uuid]) -> Result<Bonds, Error> {
    let mut bonds = Bonds::default();
    for one in load_many(read, wanted).await? {
        let heads = bonds.heads.entry(one.id).or_default();
        let contact = one.profile.contact.as_ref();
        let reached = contact.map(|contact| [contact.phone.as_ref(), contact.email.as_ref()]);
        for at in reached
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|text| normalised(text))
        {
            heads.insert(format!("{} {at}", one.legal_representative.trim()));
        }
        bonds.names.insert(one.id, one.name);
    }
    for (person, organisation) in signers(read, wanted).await? {
        bonds
            .heads
            .entry(organisation)
            .or_default()
            .insert(person.to_string());
    }
    for row in relations::of(read, wanted).await? {
        let kind = RelationKind::stored(&row.kind)?;
        if kind.binds() && wanted.contains(&row.other_id) {
            bonds
                .under
                .insert((row.organisation_id, row.other_id, kind));
        }
    }
    Ok(bonds)
}

/// Who signs for which organisation as its legal representative now.
async fn signers(read: &impl Read, wanted: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, Error> {
    let rows: Vec<(Uuid, String)> = grants::Entity::find()
        .select_only()
        .columns([grants::Column::PersonId, grants::Column::Scope])
        .filter(grants::Column::ScopeKind.eq("organisation"))
        .filter(grants::Column::Scope.is_in(wanted.iter().map(Uuid::to_string)))
        .filter(grants::Column::Role.eq(Role::OrgLegalRep.as_str()))
        .filter(grants::Column::RevokedAt.is_null())
        .into_tuple()
        .all(&read.db())
        .await?;
    let parsed = rows.into_iter().map(|(person, scope)| {
        let organisation = scope.parse();
        let organisation = organisation.map_err(|_| Error::internal("grant in no organisation"))?;
        Ok((person, organisation))
    });
    parsed.collect()
}

/// Where some organisations are reached, and who heads them by name: what a supervisor compares.
///
/// # Errors
/// When the database fails.
pub async fn reached_at(
    read: &impl Read,
    wanted: &[Uuid],
) -> Result<HashMap<Uuid, Vec<(&'static str, String)>>, Error> {
    let mut all: HashMap<Uuid, Vec<(&'static str, String)>> = HashMap::new();
    for one in load_many(read, wanted).await? {
        let rows = all.entry(one.id).or_default();
        rows.push((
            "legal_representative",
            one.legal_representative.trim().to_owned(),
        ));
        if let Some(contact) = &one.profile.contact {
            rows.push(("contact_name", contact.name.trim().to_owned()));
            let phone = contact.phone.as_deref().and_then(normalised);
            rows.extend(phone.map(|text| ("phone", text)));
            let email = contact.email.as_deref().and_then(normalised);
            rows.extend(email.map(|text| ("email", text)));
        }
    }
    Ok(all)
}

/// Names of some organisations.
///
/// # Errors
/// When the database fails.
pub async fn names_of(read: &impl Read, wanted: &[Uuid]) -> Result<HashMap<Uuid, String>, Error> {
    let rows: Vec<(Uuid, String)> = organisations::Entity::find()
        .select_only()
        .columns([organisations::Column::Id, organisations::Column::Name])
        .filter(organisations::Column::Id.is_in(wanted.iter().copied()))
        .into_tuple()
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().collect())
}
