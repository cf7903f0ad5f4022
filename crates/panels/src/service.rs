//! What can be done with a panel: form it, declare, score, sign.

use crate::composition::EXPERTS;
use crate::draw;
use crate::entity::panel;
use crate::model::{CLEAR, DrawRecord, Formation, Loaded, Member, PENDING, PanelDeclareIn, PanelOut, RECUSED, Seat, Sheet, SheetIn, SheetOut};
use crate::view;
use crate::{sheets, store};
use sea_orm::ActiveValue::Set;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_kernel::procedure::Criterion;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_registry::{experts, people};
use wubang_store::outbox::{self, Notice};
use wubang_store::{Error, Key, Read, Tx, View};

/// The panel of the newest round for an object, with members and sheets.
///
/// # Errors
/// When the database fails.
pub async fn load(read: &impl Read, purpose: &str, object_id: Uuid) -> Result<Option<Loaded>, Error> {
    match store::newest(read, purpose, object_id).await? {
        Some(panel) => Ok(Some(store::complete(read, panel).await?)),
        None => Ok(None),
    }
}

/// Whether the person sits on the newest panel for an object and has signed the recusal declaration:
/// nobody sees bids before that (rulebook 2.9).
///
/// # Errors
/// When the database fails.
pub async fn is_member(read: &impl Read, purpose: &str, object_id: Uuid, person: Uuid) -> Result<bool, Error> {
    match store::newest(read, purpose, object_id).await? {
        Some(panel) => Ok(store::seat_of(read, panel.id, person).await?.is_some_and(|member| member.active && member.declaration == CLEAR)),
        None => Ok(false),
    }
}

/// Persons among `persons` who must recuse themselves because they work for one of the
/// organisations: an active grant inside one, or one as the expert's employer (rulebook 2.9, 1–3).
///
/// # Errors
/// When the database fails.
pub async fn conflicted(read: &impl Read, persons: &[Uuid], organisations: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    let own = people::people_of_organisations(read, organisations).await?;
    let mut found: HashSet<Uuid> = own.into_iter().map(|one| one.person_id).filter(|person| persons.contains(person)).collect();
    let employed = experts::of_people(read, persons).await?.into_iter().filter(|expert| expert.employer_id.is_some_and(|id| organisations.contains(&id)));
    found.extend(employed.map(|expert| expert.person_id));
    Ok(found)
}

/// Refuses persons who are named twice, unknown, or must recuse themselves; answers their names.
async fn check_named(tx: &Tx, named: &[Seat], organisations: &[Uuid]) -> Result<HashMap<Uuid, String>, Error> {
    let persons: Vec<Uuid> = named.iter().map(|seat| seat.person_id).collect();
    let names: HashMap<Uuid, String> = people::recipients(tx, persons.clone()).await?.into_iter().map(|one| (one.person_id, one.name)).collect();
    let mut faults = Faults::new();
    for (i, seat) in named.iter().enumerate() {
        if !names.contains_key(&seat.person_id) {
            faults.add(format!("/{}_person_ids", seat.party), "unknown_value", format!("没有人员 {}", seat.person_id), format!("there is no person {}", seat.person_id));
        } else if persons.iter().take(i).any(|other| *other == seat.person_id) {
            faults.add(format!("/{}_person_ids", seat.party), "duplicate", "同一人不得占两席", "has two seats");
        }
    }
    faults.finish()?;
    let recused = conflicted(tx, &persons, organisations).await?;
    match persons.iter().find(|person| recused.contains(person)).and_then(|person| names.get(person)) {
        Some(name) => Err(Refusal::new(Code::Recused).because(format!("{name}与参与方有利害关系"), format!("{name} works for one of the parties")).into()),
        None => Ok(names),
    }
}

/// The pool in drawn order, with names.
async fn draw_pool(tx: &Tx, formation: &Formation, seed: &str) -> Result<(DrawRecord, HashMap<Uuid, String>), Error> {
    let Some(wanted) = &formation.draw else { return Ok((DrawRecord::default(), HashMap::new())) };
    let matching = experts::matching(tx, &wanted.field, &formation.division).await?;
    let persons: Vec<Uuid> = matching.iter().map(|expert| expert.person_id).collect();
    let recused = conflicted(tx, &persons, &formation.excluded_organisations).await?;
    let free = |person: &Uuid| !recused.contains(person) && !wanted.excluded.contains(person) && !formation.named.iter().any(|seat| seat.person_id == *person);
    let pool: HashMap<Uuid, String> = matching.into_iter().filter(|expert| free(&expert.person_id)).map(|expert| (expert.person_id, expert.name)).collect();
    if pool.len() < wanted.count {
        let (got, count) = (pool.len(), wanted.count);
        return Err(Refusal::new(Code::PanelIncomplete)
            .because(format!("可抽取的专家只有 {got} 人,需要 {count} 人"), format!("only {got} experts can be drawn, {count} are needed"))
            .into());
    }
    let ids: Vec<Uuid> = pool.keys().copied().collect();
    Ok((DrawRecord { field: wanted.field.clone(), count: wanted.count, order: draw::order(seed, &ids) }, pool))
}

/// Forms a panel: draws its experts and seats the persons named. Only the commitment to the nonce
/// is shown until the result is public (rulebook 2.10).
///
/// # Errors
/// `recused` for a named person with ties; `panel_incomplete` when the pool is too small;
/// `invalid` for unknown persons; `duplicate` when the round has a panel already.
pub async fn form(tx: &Tx, formation: Formation) -> Result<Loaded, Error> {
    let names = check_named(tx, &formation.named, &formation.excluded_organisations).await?;
    let nonce = hex(&rand::random::<[u8; 32]>());
    let seed = draw::seed(formation.object_id, formation.round, &nonce);
    let (record, pool) = draw_pool(tx, &formation, &seed).await?;
    let row = panel::ActiveModel {
        id: Set(tx.new_id()),
        purpose: Set(formation.purpose.to_owned()),
        object_id: Set(formation.object_id),
        project_id: Set(formation.project_id),
        division: Set(formation.division.as_str().to_owned()),
        round: Set(formation.round),
        draw_commitment: Set(draw::commitment(&nonce)),
        draw_nonce: Set(nonce),
        draw_record: Set(record),
        version: Set(1),
        created_at: Set(tx.now()),
    };
    let panel = store::insert_panel(tx, row).await?;
    let drawn = panel.draw_record.order.iter().take(panel.draw_record.count).map(|person| (*person, EXPERTS, &pool));
    let named = formation.named.iter().map(|seat| (seat.person_id, seat.party.as_str(), &names));
    let mut members = Vec::new();
    for ((person, party, names), seat) in drawn.chain(named).zip(1_i32..) {
        let name = names.get(&person).cloned().unwrap_or_default();
        members.push(store::insert_member(tx, panel.id, (person, name), party, seat).await?);
    }
    let loaded = Loaded { panel, members, sheets: Vec::new() };
    let data = serde_json::json!({ "commitment": loaded.panel.draw_commitment, "round": formation.round, "seats": loaded.members.len() });
    let role = view::roles(tx, &loaded)?.first_of(&[Role::StreetOfficer, Role::DistrictAdmin, Role::System]).unwrap_or(Role::StreetOfficer);
    store::note(tx, &loaded.panel, "panel.formed", role, None, data).await?;
    invite(tx, &loaded, loaded.members.iter().map(|member| member.person_id).collect()).await?;
    Ok(loaded)
}

/// Gives vacant seats of a panel to persons by name: after a named member has recused himself.
///
/// # Errors
/// As [`form`]; `duplicate` when the person sits or sat on this panel.
pub async fn fill(tx: &Tx, panel_id: Uuid, named: Vec<Seat>, excluded_organisations: &[Uuid], role: Role) -> Result<Loaded, Error> {
    let names = check_named(tx, &named, excluded_organisations).await?;
    let mut loaded = store::lock(tx, panel_id).await?;
    for seat in &named {
        let number = vacant(&loaded, &seat.party);
        let name = names.get(&seat.person_id).cloned().unwrap_or_default();
        loaded.members.push(store::insert_member(tx, panel_id, (seat.person_id, name), &seat.party, number).await?);
    }
    store::note(tx, &loaded.panel, "panel.seats_filled", role, None, serde_json::json!({ "seats": named.len() })).await?;
    invite(tx, &loaded, named.iter().map(|seat| seat.person_id).collect()).await?;
    Ok(loaded)
}

/// The number of a seat of the party that nobody holds any more, else a new one.
fn vacant(loaded: &Loaded, party: &str) -> i32 {
    let left = loaded.members.iter().filter(|member| member.party == party && !member.active).map(|member| member.seat);
    let last = loaded.members.iter().map(|member| member.seat).max().unwrap_or(0);
    left.into_iter().find(|seat| !loaded.active().any(|member| member.seat == *seat)).unwrap_or(last + 1)
}

/// Tells persons that they have a seat. The label names no party.
async fn invite(tx: &Tx, loaded: &Loaded, persons: Vec<Uuid>) -> Result<(), Error> {
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
    outbox::push(tx, outbox::NOTICE, "panel.formed", "panel", loaded.panel.id, serde_json::to_value(notice)?).await?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A panel for its members, its organisers and the supervisor. `finished`: the result is public, so
/// the nonce is too.
///
/// # Errors
/// `not_found` for everybody else.
pub fn show(read: &impl Read, loaded: &Loaded, finished: bool) -> Result<PanelOut, Error> {
    view::panel(read, loaded, finished)
}

/// As [`show`], by id.
///
/// # Errors
/// `not_found`.
pub async fn get(view: &View, key: &Key) -> Result<PanelOut, Error> {
    let loaded = store::complete(view, store::by_id(view, panel_id(key)?).await?).await?;
    show(view, &loaded, false)
}

fn panel_id(key: &Key) -> Result<Uuid, Refusal> {
    match key {
        Key::Id(id) => Ok(*id),
        Key::Number(_) => Err(Code::NotFound.into()),
    }
}

/// A member signs the recusal declaration (回避声明), or recuses himself; then the next in the drawn
/// order takes the seat. A later recusal is open until somebody has scored (rulebook 2.9).
///
/// # Errors
/// `not_found` for others; `already_signed`; `invalid` without a reason; `invalid_transition` once
/// scoring has begun.
pub async fn declare(tx: &Tx, key: &Key, input: PanelDeclareIn) -> Result<PanelOut, Error> {
    let mut faults = Faults::new();
    let reason = match (&input.reason, input.clear) {
        (Some(reason), false) => Some(faults.prose("/reason", reason, 5..=1000)),
        (None, false) => {
            faults.missing("/reason");
            None
        }
        (_, true) => None,
    };
    faults.finish()?;
    let (id, person) = (panel_id(key)?, tx.person()?);
    let before = store::complete(tx, store::by_id(tx, id).await?).await?;
    before.member(person).ok_or(Code::NotFound)?;
    let loaded = store::lock(tx, id).await?;
    tx.expect_version(loaded.panel.version - 1)?;
    let member = loaded.member(person).ok_or(Code::NotFound)?.clone();
    if is_superseded(tx, &loaded).await? || (!input.clear && !loaded.sheets.is_empty()) {
        return Err(Code::InvalidTransition.into());
    }
    if input.clear && member.declaration == CLEAR {
        return Err(Code::AlreadySigned.into());
    }
    let declaration = if input.clear { CLEAR } else { RECUSED };
    store::write_declaration(tx, member.id, declaration, reason.clone()).await?;
    let data = serde_json::json!({ "seat": member.seat, "declaration": declaration });
    store::note(tx, &loaded.panel, "panel.declared", Role::Assessor, reason, data).await?;
    if !input.clear {
        replace(tx, &loaded, &member).await?;
    }
    let after = store::complete(tx, loaded.panel).await?;
    view::panel_after_declaration(tx, &after)
}

/// A panel of an earlier round no longer decides anything.
async fn is_superseded(tx: &Tx, loaded: &Loaded) -> Result<bool, Error> {
    let newest = store::newest(tx, &loaded.panel.purpose, loaded.panel.object_id).await?;
    Ok(newest.is_some_and(|newest| newest.id != loaded.panel.id))
}

/// The next in the drawn order who never sat on this panel takes the seat of a drawn member.
async fn replace(tx: &Tx, loaded: &Loaded, left: &Member) -> Result<(), Error> {
    let order = &loaded.panel.draw_record.order;
    if !order.contains(&left.person_id) {
        return Ok(());
    }
    let waiting: Vec<Uuid> = order.iter().copied().filter(|person| !loaded.members.iter().any(|member| member.person_id == *person)).collect();
    // somebody whose account was closed meanwhile still keeps his place: the order must recompute
    let names: HashMap<Uuid, String> = people::recipients(tx, waiting.clone()).await?.into_iter().map(|one| (one.person_id, one.name)).collect();
    let Some(next) = waiting.first() else { return Ok(()) };
    let name = names.get(next).cloned().unwrap_or_default();
    store::insert_member(tx, loaded.panel.id, (*next, name), &left.party, left.seat).await?;
    store::note(tx, &loaded.panel, "panel.member_replaced", Role::System, None, serde_json::json!({ "seat": left.seat })).await?;
    invite(tx, loaded, vec![*next]).await
}

/// A member hands in his own sheet about one subject, once. Load the panel again to see whether it
/// was the last: commands on one panel wait for each other.
///
/// # Errors
/// `forbidden` for who does not sit; `recusal_unsigned`; `invalid` with every wrong field; `duplicate`.
pub async fn submit_sheet(tx: &Tx, panel: &Loaded, subject_id: Uuid, criteria: &[Criterion], input: SheetIn) -> Result<Sheet, Error> {
    let loaded = store::lock(tx, panel.panel.id).await?;
    let member = loaded.member(tx.person()?).ok_or(Code::Forbidden)?;
    if member.declaration != CLEAR {
        return Err(Code::RecusalUnsigned.into());
    }
    let checked = sheets::check(criteria, &input)?;
    let sheet = store::insert_sheet(tx, member, subject_id, checked.points, checked.reasons, checked.comment).await?;
    let hash = wubang_kernel::digest::content_hash(&serde_json::json!([sheet.points, sheet.reasons, sheet.comment]));
    store::note(tx, &loaded.panel, "panel.sheet_submitted", Role::Assessor, None, serde_json::json!({ "subject_id": subject_id, "sheet_hash": hash })).await?;
    Ok(sheet)
}

/// A member signs the panel's report, with a written dissent where he has one.
///
/// # Errors
/// `forbidden` for who does not sit; `already_signed`; `invalid`.
pub async fn sign_report(tx: &Tx, panel: &Loaded, dissent: Option<&str>) -> Result<Member, Error> {
    let mut faults = Faults::new();
    let dissent = dissent.map(|text| faults.prose("/dissent", text, 5..=1000));
    faults.finish()?;
    let loaded = store::lock(tx, panel.panel.id).await?;
    let member = loaded.member(tx.person()?).ok_or(Code::Forbidden)?;
    let signed = store::write_signature(tx, member.id, dissent).await?;
    let data = serde_json::json!({ "seat": signed.seat, "dissents": signed.dissent.is_some() });
    store::note(tx, &loaded.panel, "panel.report_signed", Role::Assessor, None, data).await?;
    Ok(signed)
}

/// The sheets that the viewer may read: a member his own; the supervisor all once scoring is
/// complete (rulebook 2.6). Everybody else none.
///
/// # Errors
/// Internal: a stored code is wrong.
pub fn readable_sheets(read: &impl Read, loaded: &Loaded, complete: bool) -> Result<Vec<SheetOut>, Error> {
    let all = complete && view::roles(read, loaded)?.has(Role::Supervisor);
    let own = read.actor().person.and_then(|person| loaded.member(person)).map(|member| member.id);
    Ok(loaded.sheets.iter().filter(|sheet| all || Some(sheet.member_id) == own).map(SheetOut::from).collect())
}
