//! Forming a panel: the draw of its experts and the seats by name (rulebook 2.9, 2.10).

use crate::composition::{EXPERTS, RESIDENTS};
use crate::conflicts::{self, ConflictGround, Parties};
use crate::draws::{self, DrawFor};
use crate::entity::panel;
use crate::model::{
    Draw, DrawEntry, DrawOwnChoice, DrawRecord, Formation, KeptDraw, Loaded, LotRecord, OwnChoice,
    PENDING, ResidentLot, Seat, SeatFigures,
};
use crate::pool::{self, Barrier, Bars, Survey};
use crate::{store, view};
use chrono::Months;
use sea_orm::ActiveValue::Set;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_registry::experts::PoolExpert;
use wubang_registry::{experts, people};
use wubang_store::outbox::{self, Notice};
use wubang_store::{Error, Read, Tx};

/// Where the persons of a party stand in the input.
fn pointer(party: &str) -> &'static str {
    match party {
        EXPERTS => "/expert_person_ids",
        "departments" => "/department_person_ids",
        "residents" => "/resident_person_ids",
        _ => "/community_person_ids",
    }
}

/// Refuses persons who are named twice, unknown, or must recuse themselves; answers their names.
async fn check_named(
    tx: &Tx,
    named: &[Seat],
    parties: &Parties,
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
                pointer(&seat.party),
                "unknown_value",
                format!("没有人员 {}", seat.person_id),
                format!("there is no person {}", seat.person_id),
            );
        } else if persons.iter().take(i).any(|other| *other == seat.person_id) {
            faults.add(
                pointer(&seat.party),
                "duplicate",
                "同一人不得占两席",
                "has two seats",
            );
        }
    }
    faults.finish()?;
    let found = conflicts::of(tx, &persons, parties).await?;
    let resident = |person: Uuid| {
        let mut seats = named.iter().filter(|seat| seat.person_id == person);
        seats.any(|seat| seat.party == RESIDENTS)
    };
    let hard = found.into_iter().find(|conflict| {
        conflict.hard || (resident(conflict.person_id) && bars_residents(conflict))
    });
    match hard.and_then(|one| Some((one.ground, names.get(&one.person_id)?))) {
        Some((ground, name)) => Err(Refusal::new(Code::Recused)
            .because(
                format!("{name}与参与方有利害关系:{}", ground.zh()),
                format!("{name}: {}", ground.en()),
            )
            .into()),
        None => Ok(names),
    }
}

/// A resident is also kept out by a relative among the staff of the project (rulebook 2.9, row 10).
fn bars_residents(conflict: &conflicts::Conflict) -> bool {
    conflict.hard || conflict.ground == ConflictGround::Family
}

/// Draws residents from the communities that were served, without those who must recuse themselves. Named are only as
/// many as are missing then, with a public reason.
async fn draw_residents(
    tx: &Tx,
    formation: &Formation,
    aside: &HashSet<Uuid>,
    committed: &KeptDraw,
) -> Result<Option<LotRecord>, Error> {
    let Some(wanted) = &formation.residents else {
        return Ok(None);
    };
    let all: Vec<Uuid> = wanted
        .pools
        .iter()
        .flat_map(|(_, ids)| ids)
        .copied()
        .collect();
    let found = conflicts::of(tx, &all, &formation.parties).await?;
    let mut out: HashSet<Uuid> = found
        .iter()
        .filter(|one| bars_residents(one))
        .map(|one| one.person_id)
        .collect();
    out.extend(&wanted.excluded);
    out.extend(aside);
    out.extend(formation.named.iter().map(|seat| seat.person_id));
    let free = |(pool, ids): &(String, Vec<Uuid>)| {
        let ids = ids.iter().filter(|one| !out.contains(one));
        (pool.clone(), ids.copied().collect())
    };
    let mut lot = draws::lot(tx, committed, 0, wanted.pools.iter().map(free).collect())?;
    let named = formation
        .named
        .iter()
        .filter(|seat| seat.party == RESIDENTS)
        .count();
    let missing = wanted.count.saturating_sub(lot.order.len());
    check_choice(missing, named, wanted, lot.order.len())?;
    lot.count = wanted.count.saturating_sub(named);
    lot.own_choice = wanted
        .reason
        .as_ref()
        .filter(|_| named > 0)
        .map(|reason| DrawOwnChoice {
            seats: named,
            reason: reason.clone(),
        });
    Ok(Some(lot))
}

/// Nobody is named for a seat that the lot can fill.
fn check_choice(
    missing: usize,
    named: usize,
    wanted: &ResidentLot,
    available: usize,
) -> Result<(), Refusal> {
    if missing > 0 && named == 0 {
        let needed = wanted.count;
        return Err(Refusal::new(Code::PanelIncomplete)
            .because(
                format!("可抽取的居民代表只有 {available} 人,需要 {needed} 人;不足的席位可说明理由后指定"),
                format!("only {available} residents can be drawn, {needed} are needed; the seats that are missing may be named with a reason"),
            )
            .field(
                "/seats/residents",
                "too_few",
                format!("需要 {needed} 人,可用 {available} 人"),
                format!("{needed} needed, {available} available"),
            ));
    }
    let mut faults = Faults::new();
    if named != missing {
        faults.add(
            "/resident_person_ids",
            "wrong_number",
            format!("抽取后尚缺 {missing} 人,只能指定 {missing} 人"),
            format!("{missing} are missing after the lot, so {missing} are named"),
        );
    }
    if named > 0 && wanted.reason.is_none() {
        faults.missing("/residents_reason");
    }
    faults.finish()
}

/// What keeps experts out of the draw of a panel, and how many seats each has had of his quota.
pub(crate) async fn bars(
    read: &impl Read,
    formation: &Formation,
    wanted: &Draw,
    experts: &[PoolExpert],
) -> Result<(Bars, HashMap<Uuid, usize>), Error> {
    let persons: Vec<Uuid> = experts.iter().map(|one| one.expert.person_id).collect();
    let found = conflicts::of(read, &persons, &formation.parties).await?;
    let mut recused = HashMap::new();
    for conflict in found.into_iter().filter(|one| one.hard) {
        recused.entry(conflict.person_id).or_insert(conflict.ground);
    }
    let about = (
        formation.purpose,
        formation.division.as_str(),
        formation.object_id,
    );
    let since = read
        .now()
        .checked_sub_months(Months::new(12))
        .unwrap_or_default();
    let had = match wanted.quota {
        Some(_) => store::seats_within(read, &persons, about, since).await?,
        None => HashMap::new(),
    };
    let busy = had
        .iter()
        .filter(|(_, count)| wanted.quota.is_some_and(|most| **count >= most));
    let bars = Bars {
        named: formation.named.iter().map(|seat| seat.person_id).collect(),
        left: wanted.excluded.iter().copied().collect(),
        busy: busy.map(|(person, _)| *person).collect(),
        recused,
    };
    Ok((bars, had))
}

/// Draws from the pool that is wanted; names by person.
async fn draw_pool(
    tx: &Tx,
    formation: &Formation,
    seed: &str,
) -> Result<(DrawRecord, HashMap<Uuid, String>), Error> {
    let Some(wanted) = &formation.draw else {
        return Ok((DrawRecord::default(), HashMap::new()));
    };
    let experts = experts::pool(tx, &formation.division).await?;
    let (bars, _) = bars(tx, formation, wanted, &experts).await?;
    let survey = pool::survey(&experts, &wanted.field, wanted.pool, &bars);
    let count = match &wanted.chosen {
        Some(chosen) => own_choice(&survey, &experts, &bars, wanted, chosen)?,
        None => wanted.count,
    };
    survey.enough(count, wanted.pool)?;
    let entries = |experts: &[&PoolExpert]| {
        let entry = |one: &&PoolExpert| DrawEntry {
            id: one.expert.id,
            person_id: one.expert.person_id,
        };
        experts.iter().map(entry).collect::<Vec<_>>()
    };
    // whom an assignment gave the seats comes first, the others stand by in their pools
    let assigned = |one: &DrawEntry| wanted.assigned.contains(&one.person_id);
    let (mut first, mut pools) = (Vec::new(), Vec::new());
    for (pool, experts) in &survey.strata {
        let (given, waiting): (Vec<_>, Vec<_>) = entries(experts).into_iter().partition(assigned);
        first.extend(given);
        pools.push((pool.as_str(), waiting));
    }
    if !wanted.assigned.is_empty() {
        pools.insert(0, ("assigned", first));
    }
    let mut record = draws::record(seed, &wanted.field, count, pools);
    record.own_choice = wanted.chosen.as_ref().map(|chosen| DrawOwnChoice {
        seats: chosen.persons.len(),
        reason: chosen.reason.clone(),
    });
    let names = experts
        .into_iter()
        .map(|one| (one.expert.person_id, one.expert.name))
        .collect();
    Ok((record, names))
}

/// How many are drawn beside those who are chosen: all that can be. Nobody is chosen for a seat that a
/// draw can fill, and nobody whom a hard condition keeps out.
fn own_choice(
    survey: &Survey<'_>,
    experts: &[PoolExpert],
    bars: &Bars,
    wanted: &Draw,
    chosen: &OwnChoice,
) -> Result<usize, Refusal> {
    let mut faults = Faults::new();
    let missing = wanted.count.saturating_sub(survey.available());
    if chosen.persons.len() != missing {
        faults.add(
            "/expert_person_ids",
            "wrong_number",
            format!("抽取后尚缺 {missing} 人,只能指定 {missing} 人"),
            format!("{missing} are missing after the draw, so {missing} are chosen"),
        );
    }
    // a seat by name is what is asked here
    let bars = Bars {
        named: HashSet::new(),
        ..bars.clone()
    };
    for (i, person) in chosen.persons.iter().enumerate() {
        // whom the street chooses may know another field: that is what its reason is for
        let known = experts.iter().find(|one| one.expert.person_id == *person);
        let barrier = match known {
            Some(one) if one.active => bars.person(*person).map(Barrier::code),
            Some(_) => Some(Barrier::Inactive.code()),
            None => Some("unknown_value"),
        };
        if let Some(code) = barrier {
            faults.add(
                format!("/expert_person_ids/{i}"),
                code,
                "此人不能作为专家任职",
                "may not sit as an expert",
            );
        }
    }
    faults.finish()?;
    Ok(wanted.count - missing)
}

/// The figures of the expert seats as a formation would find them: nothing is drawn or written.
///
/// # Errors
/// When the database fails.
pub async fn rehearse(read: &impl Read, formation: &Formation) -> Result<Vec<SeatFigures>, Error> {
    let Some(wanted) = &formation.draw else {
        return Ok(Vec::new());
    };
    let experts = experts::pool(read, &formation.division).await?;
    let (bars, _) = bars(read, formation, wanted, &experts).await?;
    let survey = pool::survey(&experts, &wanted.field, wanted.pool, &bars);
    let chosen = wanted
        .chosen
        .as_ref()
        .map_or(0, |chosen| chosen.persons.len());
    let mut figures = survey.figures(wanted.count, wanted.pool);
    figures.available += chosen;
    Ok(vec![figures])
}

/// Forms a panel: draws its experts under the seed that was committed before, and seats the persons
/// named. Only the commitment to the nonce is shown until the result is public (rulebook 2.10). The
/// seed of a further round is committed at once, before anybody knows whether it will be needed.
///
/// # Errors
/// `recused` for a named person with ties; `panel_incomplete` when the pool is too small;
/// `invalid` for unknown persons; `duplicate` when the round has a panel already.
pub async fn form(tx: &Tx, formation: Formation) -> Result<Loaded, Error> {
    let names = check_named(tx, &formation.named, &formation.parties).await?;
    let aside = store::recused_before(tx, formation.purpose, formation.object_id).await?;
    if formation
        .named
        .iter()
        .any(|seat| aside.contains(&seat.person_id))
    {
        return Err(Refusal::new(Code::Recused)
            .because(
                "指名的人员已在前一轮回避",
                "somebody who is named stood aside in an earlier round",
            )
            .into());
    }
    let committed = draws::committed(tx, &formation).await?;
    let (mut record, pool) = draw_pool(tx, &formation, &committed.seed()).await?;
    record.residents = draw_residents(tx, &formation, &aside, &committed).await?;
    let residents = resident_names(tx, &record).await?;
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
    let lot = draw
        .record
        .as_ref()
        .and_then(|record| record.residents.as_ref());
    let by_lot = lot
        .iter()
        .flat_map(|lot| lot.order.iter().take(lot.count))
        .map(|entry| (entry.person_id, RESIDENTS, &residents));
    let named = formation
        .named
        .iter()
        .map(|seat| (seat.person_id, seat.party.as_str(), &names));
    let mut members = Vec::new();
    for ((person, party, names), seat) in drawn.chain(by_lot).chain(named).zip(1_i32..) {
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

/// The names of those whom the lot has seated.
async fn resident_names(tx: &Tx, record: &DrawRecord) -> Result<HashMap<Uuid, String>, Error> {
    let lot = record.residents.iter();
    let seated = lot.flat_map(|lot| lot.order.iter().take(lot.count));
    let found = people::recipients(tx, seated.map(|entry| entry.person_id).collect()).await?;
    Ok(found
        .into_iter()
        .map(|one| (one.person_id, one.name))
        .collect())
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
    parties: &Parties,
    (role, reason): (Role, Option<&str>),
) -> Result<Loaded, Error> {
    let names = check_named(tx, &named, parties).await?;
    let mut loaded = store::lock(tx, panel_id).await?;
    let residents = named.iter().filter(|seat| seat.party == RESIDENTS).count();
    if let Some(lot) = loaded
        .draw
        .record
        .as_ref()
        .and_then(|one| one.residents.as_ref())
        && residents > 0
    {
        let sat = |person: Uuid| loaded.members.iter().any(|one| one.person_id == person);
        if lot.order.iter().any(|entry| !sat(entry.person_id)) {
            return Err(Refusal::new(Code::Invalid)
                .field(
                    "/resident_person_ids",
                    "not_allowed",
                    "抽取顺序中尚有居民代表,由其递补",
                    "the drawn order is not used up: the next in it takes the seat",
                )
                .into());
        }
        let Some(reason) = reason else {
            let mut faults = Faults::new();
            faults.missing("/residents_reason");
            faults.finish()?;
            return Err(Code::Invalid.into());
        };
        draws::note_choice(tx, &loaded.draw, residents, reason).await?;
    }
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
    outbox::tell(tx, "panel.formed", "panel", loaded.panel.id, notice).await
}
