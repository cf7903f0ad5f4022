//! Forming a panel: the draw of its experts and the seats by name (rulebook 2.9, 2.10).

use crate::composition::EXPERTS;
use crate::draws::{self, DrawFor};
use crate::entity::panel;
use crate::model::{DrawEntry, DrawRecord, Formation, Loaded, PENDING, Seat};
use crate::service::conflicted;
use crate::{store, view};
use sea_orm::ActiveValue::Set;
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_registry::{experts, people};
use wubang_store::outbox::{self, Notice};
use wubang_store::{Error, Read, Tx};

/// Refuses persons who are named twice, unknown, or must recuse themselves; answers their names.
async fn check_named(
    tx: &Tx,
    named: &[Seat],
    organisations: &[Uuid],
) -> Result<HashMap<Uuid, String>, Error> {
    let persons: Vec<Uuid> = named.iter().map(|seat| seat.person_id).collect();
    let names: HashMap<Uuid, String> = people::recipients(tx, persons.clone())
        .await?
        .into_iter()
        .map(|one| (one.person_id, one.name))
        .collect();
    let mut faults = Faults::new();
    for (i, seat) in named.iter().enumerate() {
        if !names.contains_key(&seat.person_id) {
            faults.add(
                format!("/{}_person_ids", seat.party),
                "unknown_value",
                format!("没有人员 {}", seat.person_id),
                format!("there is no person {}", seat.person_id),
            );
        } else if persons.iter().take(i).any(|other| *other == seat.person_id) {
            faults.add(
                format!("/{}_person_ids", seat.party),
                "duplicate",
                "同一人不得占两席",
                "has two seats",
            );
        }
    }
    faults.finish()?;
    let recused = conflicted(tx, &persons, organisations).await?;
    match persons
        .iter()
        .find(|person| recused.contains(person))
        .and_then(|person| names.get(person))
    {
        Some(name) => Err(Refusal::new(Code::Recused)
            .because(
                format!("{name}与参与方有利害关系"),
                format!("{name} works for one of the parties"),
            )
            .into()),
        None => Ok(names),
    }
}

/// The pool, with names by person.
async fn draw_pool(
    tx: &Tx,
    formation: &Formation,
    seed: &str,
) -> Result<(DrawRecord, HashMap<Uuid, String>), Error> {
    let Some(wanted) = &formation.draw else {
        return Ok((DrawRecord::default(), HashMap::new()));
    };
    let matching = experts::matching(tx, &wanted.field, &formation.division).await?;
    let persons: Vec<Uuid> = matching.iter().map(|expert| expert.person_id).collect();
    let recused = conflicted(tx, &persons, &formation.excluded_organisations).await?;
    let free = |person: &Uuid| {
        !recused.contains(person)
            && !wanted.excluded.contains(person)
            && !formation.named.iter().any(|seat| seat.person_id == *person)
    };
    let pool: Vec<_> = matching
        .into_iter()
        .filter(|expert| free(&expert.person_id))
        .collect();
    if pool.len() < wanted.count {
        let (got, count) = (pool.len(), wanted.count);
        return Err(Refusal::new(Code::PanelIncomplete)
            .because(
                format!("可抽取的专家只有 {got} 人,需要 {count} 人"),
                format!("only {got} experts can be drawn, {count} are needed"),
            )
            .into());
    }
    let entries: Vec<DrawEntry> = pool
        .iter()
        .map(|expert| DrawEntry {
            id: expert.id,
            person_id: expert.person_id,
        })
        .collect();
    let record = draws::record(
        seed,
        &wanted.field,
        wanted.count,
        vec![("neighbouring", entries)],
    );
    let names = pool
        .into_iter()
        .map(|expert| (expert.person_id, expert.name))
        .collect();
    Ok((record, names))
}

/// Forms a panel: draws its experts under the seed that was committed before, and seats the persons
/// named. Only the commitment to the nonce is shown until the result is public (rulebook 2.10). The
/// seed of a further round is committed at once, before anybody knows whether it will be needed.
///
/// # Errors
/// `recused` for a named person with ties; `panel_incomplete` when the pool is too small;
/// `invalid` for unknown persons; `duplicate` when the round has a panel already.
pub async fn form(tx: &Tx, formation: Formation) -> Result<Loaded, Error> {
    let names = check_named(tx, &formation.named, &formation.excluded_organisations).await?;
    let committed = draws::committed(tx, &formation).await?;
    let (record, pool) = draw_pool(tx, &formation, &committed.seed()).await?;
    let draw = draws::fix(tx, committed, record).await?;
    draws::commit(tx, &DrawFor::of(&formation), formation.round + 1).await?;
    let row = panel::ActiveModel {
        id: Set(tx.new_id()),
        purpose: Set(formation.purpose.to_owned()),
        object_id: Set(formation.object_id),
        project_id: Set(formation.project_id),
        division: Set(formation.division.as_str().to_owned()),
        round: Set(formation.round),
        draw_id: Set(draw.id),
        version: Set(1),
        created_at: Set(tx.now()),
    };
    let panel = store::insert_panel(tx, row).await?;
    let count = draw.record.as_ref().map_or(0, |record| record.count);
    let drawn = draw
        .order()
        .iter()
        .take(count)
        .map(|entry| (entry.person_id, EXPERTS, &pool));
    let named = formation
        .named
        .iter()
        .map(|seat| (seat.person_id, seat.party.as_str(), &names));
    let mut members = Vec::new();
    for ((person, party, names), seat) in drawn.chain(named).zip(1_i32..) {
        let name = names.get(&person).cloned().unwrap_or_default();
        members.push(store::insert_member(tx, panel.id, (person, name), party, seat).await?);
    }
    let loaded = Loaded {
        panel,
        draw,
        members,
        sheets: Vec::new(),
    };
    announce(tx, &loaded).await?;
    Ok(loaded)
}

/// Notes the new panel and invites its members.
async fn announce(tx: &Tx, loaded: &Loaded) -> Result<(), Error> {
    let data = serde_json::json!({ "commitment": loaded.draw.commitment, "round": loaded.panel.round, "seats": loaded.members.len() });
    let role = view::roles(tx, loaded)?
        .first_of(&[Role::StreetOfficer, Role::DistrictAdmin, Role::System])
        .unwrap_or(Role::StreetOfficer);
    store::note(tx, &loaded.panel, "panel.formed", role, None, data).await?;
    let persons = loaded.members.iter().map(|member| member.person_id);
    invite(tx, loaded, persons.collect()).await
}

/// Gives vacant seats of a panel to persons by name: after a named member has recused himself.
///
/// # Errors
/// As [`form`]; `duplicate` when the person sits or sat on this panel.
pub async fn fill(
    tx: &Tx,
    panel_id: Uuid,
    named: Vec<Seat>,
    excluded_organisations: &[Uuid],
    role: Role,
) -> Result<Loaded, Error> {
    let names = check_named(tx, &named, excluded_organisations).await?;
    let mut loaded = store::lock(tx, panel_id).await?;
    for seat in &named {
        let number = vacant(&loaded, &seat.party);
        let name = names.get(&seat.person_id).cloned().unwrap_or_default();
        loaded.members.push(
            store::insert_member(tx, panel_id, (seat.person_id, name), &seat.party, number).await?,
        );
    }
    store::note(
        tx,
        &loaded.panel,
        "panel.seats_filled",
        role,
        None,
        serde_json::json!({ "seats": named.len() }),
    )
    .await?;
    invite(
        tx,
        &loaded,
        named.iter().map(|seat| seat.person_id).collect(),
    )
    .await?;
    Ok(loaded)
}

/// The number of a seat of the party that nobody holds any more, else a new one.
fn vacant(loaded: &Loaded, party: &str) -> i32 {
    let left = loaded
        .members
        .iter()
        .filter(|member| member.party == party && !member.active)
        .map(|member| member.seat);
    let last = loaded
        .members
        .iter()
        .map(|member| member.seat)
        .max()
        .unwrap_or(0);
    left.into_iter()
        .find(|seat| !loaded.active().any(|member| member.seat == *seat))
        .unwrap_or(last + 1)
}

/// Tells persons that they have a seat. The label names no party.
pub(crate) async fn invite(tx: &Tx, loaded: &Loaded, persons: Vec<Uuid>) -> Result<(), Error> {
    let notice = Notice {
        tell: Vec::new(),
        division: loaded.panel.division.clone(),
        field: None,
        label: format!("评审组 {}", loaded.panel.id),
        organisations: Vec::new(),
        persons,
        state: PENDING.to_owned(),
        facts: serde_json::json!({ "panel_id": loaded.panel.id, "purpose": loaded.panel.purpose, "object_id": loaded.panel.object_id }),
    };
    outbox::push(
        tx,
        outbox::NOTICE,
        "panel.formed",
        "panel",
        loaded.panel.id,
        serde_json::to_value(notice)?,
    )
    .await?;
    Ok(())
}
