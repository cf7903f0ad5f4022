//! Who sees what of a panel (rulebook 2.6): names are secret before the result, sheets longer.

use crate::model::{DrawRecordOut, Loaded, Member, PENDING, PanelMemberOut, PanelOut};
use crate::recusals;
use std::collections::BTreeMap;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::{Error, Read};
use wubang_web::{ActionOut, Instant};

/// Roles over the division that organise panels or watch over them.
const ORGANISERS: &[Role] = &[
    Role::StreetOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
    Role::System,
];
/// Those who may see the nonce before the result is public.
const KEEPERS: &[Role] = &[Role::DistrictAdmin, Role::Supervisor];

/// The viewer's roles towards a panel; a seat gives `assessor`.
pub(crate) fn roles(read: &impl Read, loaded: &Loaded) -> Result<RoleSet, Error> {
    let division = DivisionCode::parse(&loaded.panel.division)
        .map_err(|_| Error::internal("panel with a bad division"))?;
    let seat = read.actor().person.and_then(|person| loaded.member(person));
    let assigned = if seat.is_some() {
        RoleSet::of(&[Role::Assessor])
    } else {
        RoleSet::NONE
    };
    Ok(read.actor().roles(&Reach::at(division).assigned(assigned)))
}

/// A panel for who may see it.
pub(crate) fn panel(read: &impl Read, loaded: &Loaded, finished: bool) -> Result<PanelOut, Error> {
    let roles = roles(read, loaded)?;
    if !finished && !roles.any(ORGANISERS) && !roles.has(Role::Assessor) {
        return Err(Code::NotFound.into());
    }
    Ok(out(read, loaded, roles, |_| true))
}

/// A panel for the member who has just declared: once recused he sees no seat but his own.
pub(crate) fn panel_after_declaration(
    read: &impl Read,
    loaded: &Loaded,
) -> Result<PanelOut, Error> {
    let roles = roles(read, loaded)?;
    let person = read.actor().person;
    let sees_all = roles.any(ORGANISERS) || roles.has(Role::Assessor);
    Ok(out(read, loaded, roles, |member| {
        sees_all || Some(member.person_id) == person
    }))
}

fn out(
    read: &impl Read,
    loaded: &Loaded,
    roles: RoleSet,
    shown: impl Fn(&Member) -> bool,
) -> PanelOut {
    let panel = &loaded.panel;
    let person = read.actor().person;
    let draw = &loaded.draw;
    let published = draw.revealed_at.is_some() || roles.any(KEEPERS);
    let own = person.and_then(|person| loaded.member(person));
    let declare = ActionOut {
        action: "declare",
        method: "POST",
        href: format!("/api/v1/panels/{}/declare", panel.id),
        deadline: None,
    };
    PanelOut {
        id: panel.id,
        purpose: panel.purpose.clone(),
        object_id: panel.object_id,
        round: panel.round,
        version: panel.version,
        members: loaded
            .members
            .iter()
            .filter(|member| shown(member))
            .map(|member| seat(member, Some(member.person_id) == person))
            .collect(),
        sheets_by_party: counts_for(own, loaded),
        draw_commitment: draw.commitment.clone(),
        draw_nonce: published.then(|| draw.nonce.clone()),
        draw_record: draw
            .record
            .as_ref()
            .filter(|_| published)
            .map(DrawRecordOut::from),
        allowed_actions: own
            .filter(|member| member.declaration == PENDING)
            .map(|_| declare)
            .into_iter()
            .collect(),
        created_at: Instant(panel.created_at),
    }
}

fn seat(member: &Member, you: bool) -> PanelMemberOut {
    PanelMemberOut {
        id: member.id,
        seat: member.seat,
        person_id: member.person_id,
        name: member.name.clone(),
        party: member.party.clone(),
        declaration: member.declaration.clone(),
        active: member.active,
        report_signed_at: member.report_signed_at.map(Instant),
        you,
    }
}

/// Whoever organises, and the chair, learn how many sheets are in. No other member does, not even one who also
/// organises: who has scored already would tell him something about the others.
fn counts_for(own: Option<&Member>, loaded: &Loaded) -> BTreeMap<String, usize> {
    let chair = recusals::chair(loaded).map(|member| member.id);
    match own.filter(|member| member.active) {
        Some(member) if Some(member.id) != chair => BTreeMap::new(),
        _ => counts(loaded),
    }
}

/// Sheets handed in per party: all that an organiser learns of scoring.
fn counts(loaded: &Loaded) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = loaded
        .active()
        .map(|member| (member.party.clone(), 0))
        .collect();
    for sheet in loaded
        .sheets
        .iter()
        .filter(|sheet| sheet.voided_at.is_none())
    {
        if let Some(member) = loaded.active().find(|member| member.id == sheet.member_id) {
            *counts.entry(member.party.clone()).or_default() += 1;
        }
    }
    counts
}
