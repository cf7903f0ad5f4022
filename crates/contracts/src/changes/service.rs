//! What can be done with a change request: load, decide, spend, tell.

use super::apply::{Work, apply};
use super::entity::request;
use super::flow::{self, ChangeRequestEvent};
use super::model::{
    Change, ChangeAgreeIn, ChangeOffice, ChangeRequestIn, ChangeRequestList, ChangeRequestOut,
    ChangeRequestPatch, ChangeSide,
};
use super::rules::{self, ChangeFacts, Limits, check_limits};
use super::store::{self, CONTRACTORS, RequestCase};
use super::{out, replan};
use crate::model::{ContractContent, Supervision, wire};
use crate::steps::{SYSTEM, id_filter};
use crate::store::ContractCase;
use crate::versions;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use serde_json::json;
use uuid::Uuid;
use wubang_kernel::deadline::{Deadline, local_date};
use wubang_kernel::machine::{self, Step, plan};
use wubang_kernel::personal::mask;
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet, Timer, faults};
use wubang_postings::diff::{Diff, diff};
use wubang_publicity::Opening;
use wubang_publicity::model::{Channels, PublicityKind};
use wubang_store::commit::{Commit, edit};
use wubang_store::entity::timers;
use wubang_store::{Error, Key, Read, Tx, View, birth, commit, state_of};
use wubang_web::{ListQuery, NothingIn, ReasonIn, actions};

/// What a change would do, looked at anew each time: the agreement and its work may have moved on.
struct Looked {
    after: ContractContent,
    by_rule: bool,
    allowed: Result<(), Refusal>,
}

/// The change on the agreement as it stands. Wrong content is refused at once; limits are kept for the guard.
async fn look(
    read: &impl Read,
    contract: &ContractCase,
    change: &Change,
    faults: &mut Faults,
) -> Result<Looked, Error> {
    if matches!(change, Change::ContractorChange { .. }) {
        return Err(Code::AssignmentForbidden.into());
    }
    let posting = wubang_postings::service::find(read, contract.contract.posting_id).await?;
    let limits = Limits::from(&posting.procedure.0);
    let original = versions::first(read, &contract.contract).await?;
    let after = apply(
        &contract.contract.content,
        change,
        &work(read, contract),
        faults,
    );
    let mut beyond = Faults::new();
    check_limits(&original, &after, limits, &mut beyond);
    Ok(Looked {
        by_rule: rules::is_note(&original, &after, change, limits),
        allowed: beyond.refuse_with(Code::ChangeLimit),
        after,
    })
}

fn work(read: &impl Read, contract: &ContractCase) -> Work {
    let open = contract
        .milestones
        .iter()
        .filter(|row| row.state == "planned");
    let waiting = contract
        .payments
        .iter()
        .filter(|row| row.state == "planned")
        .filter_map(|row| row.milestone_id);
    let waiting: Vec<Uuid> = waiting.collect();
    let awaited = contract
        .milestones
        .iter()
        .filter(|row| waiting.contains(&row.id));
    Work {
        today: local_date(read.now()),
        open: open.map(|row| row.seq).collect(),
        awaited: awaited.map(|row| row.seq).collect(),
    }
}

fn compared(contract: &ContractCase, after: &ContractContent) -> Result<Diff, Error> {
    let before = serde_json::to_value(&contract.contract.content)?;
    Ok(diff(&before, &serde_json::to_value(after)?))
}

pub(crate) fn side_of(roles: RoleSet) -> Option<ChangeSide> {
    if roles.any(CONTRACTORS) {
        Some(ChangeSide::Contractor)
    } else {
        roles.has(Role::StreetOfficer).then_some(ChangeSide::Street)
    }
}

/// Hats under which somebody speaks for an office.
const fn hat(office: ChangeOffice) -> Role {
    match office {
        ChangeOffice::Street => Role::StreetOfficer,
        ChangeOffice::Community => Role::CommunitySecretary,
        ChangeOffice::Funder => Role::DepartmentOfficer,
        ChangeOffice::Contractor => Role::OrgLegalRep,
    }
}

async fn facts(
    read: &impl Read,
    case: &RequestCase,
    looked: &Looked,
) -> Result<ChangeFacts, Error> {
    let (row, contract) = (&case.request, &case.contract.contract);
    let side = ChangeSide::from_wire(&row.side).unwrap_or(ChangeSide::Contractor);
    // one that was approved by rule has used up its part of the line, and nobody had to agree to it
    let by_rule = match row.state.as_str() {
        "draft" => looked.by_rule && side == ChangeSide::Contractor,
        state => state == "approved" && case.consents.is_empty(),
    };
    let offices = rules::offices(&row.change, side, by_rule);
    let agreed: Vec<(ChangeOffice, Uuid)> = case
        .consents
        .iter()
        .filter_map(|one| Some((ChangeOffice::from_wire(&one.office)?, one.person_id)))
        .collect();
    let roles = case.contract.roles;
    let mine: Vec<ChangeOffice> = offices
        .iter()
        .copied()
        .filter(|office| roles.has(hat(*office)))
        .collect();
    let open = mine
        .iter()
        .find(|office| agreed.iter().all(|(one, _)| one != *office));
    let speaks = open.or(mine.first()).copied();
    Ok(ChangeFacts {
        contract_active: contract.state == "active",
        in_time: local_date(read.now()) <= contract.ends_on,
        exiting: contract.supervision == wire(Supervision::ExitPending),
        other_open: store::other_open(read, row).await?,
        allowed: looked.allowed.clone(),
        by_rule,
        major: rules::is_major(&row.change),
        own_side: side_of(roles) == Some(side),
        offices,
        agreed,
        drafted_by: row.drafted_by,
        speaker: speaks.zip(read.actor().person),
    })
}

async fn known(read: &impl Read, case: &RequestCase) -> Result<(Looked, ChangeFacts), Error> {
    let mut gone = Faults::new();
    let mut looked = look(read, &case.contract, &case.request.change, &mut gone).await?;
    // what it refers to may have moved on since: then it is no longer allowed
    if looked.allowed.is_ok() {
        looked.allowed = gone.refuse_with(Code::ChangeLimit);
    }
    let facts = facts(read, case, &looked).await?;
    Ok((looked, facts))
}

async fn show(read: &impl Read, case: &RequestCase) -> Result<ChangeRequestOut, Error> {
    let (_, facts) = known(read, case).await?;
    out::request(read, case, &facts).await
}

/// A change request for somebody who may see it.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<ChangeRequestOut, Error> {
    show(view, &store::load(view, key).await?).await
}

/// What the viewer may do with a change request, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let case = store::load(view, key).await?;
    let (_, facts) = known(view, &case).await?;
    Ok(actions::of::<flow::ChangeRequest>(
        case.request.id,
        state_of::<flow::ChangeRequest>(&case.request.state)?,
        case.contract.roles,
        &facts,
    ))
}

/// Change requests of the agreements that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<ChangeRequestList, Error> {
    let mut faults = Faults::new();
    let of = id_filter(query, "contract_id", &mut faults);
    faults.finish()?;
    let rows = store::list(view, query, of).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows
        .into_iter()
        .map(out::summary)
        .collect::<Result<_, Error>>()?;
    Ok(ChangeRequestList { items, next })
}

/// Either side drafts a change of a running agreement.
///
/// # Errors
/// `assignment_forbidden` for another contractor; `invalid` with every wrong field; `invalid_transition` unless the
/// agreement is active; `forbidden` for other roles.
pub async fn draft(tx: &Tx, input: ChangeRequestIn) -> Result<ChangeRequestOut, Error> {
    let contract = crate::store::load(tx, &Key::Id(input.contract_id)).await?;
    let made = machine::create::<flow::ChangeRequest>(contract.roles)?;
    let side = side_of(contract.roles).ok_or(Code::Forbidden)?;
    let mut faults = Faults::new();
    let reason = faults.reason(&input.reason);
    let looked = look(tx, &contract, &input.change, &mut faults).await?;
    faults.finish()?;
    if contract.contract.state != "active" {
        return Err(Code::InvalidTransition.into());
    }
    let row = request::ActiveModel {
        id: Set(tx.new_id()),
        contract_id: Set(contract.contract.id),
        contract_number: Set(contract.contract.number.clone()),
        project_id: Set(contract.contract.project_id),
        organisation_id: Set(contract.contract.organisation_id),
        division: Set(contract.contract.division.clone()),
        side: Set(side.as_str().to_owned()),
        drafted_by: Set(tx.person()?),
        kind: Set(input.change.kind().to_owned()),
        diff: Set(compared(&contract, &looked.after)?),
        change: Set(input.change),
        reason: Set(reason),
        contract_version: Set(None),
        outcome_reason: Set(None),
        state: Set("draft".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let data = json!({ "side": side });
    let request = birth::<request::Entity, _>(tx, made, row, Some(data)).await?;
    show(tx, &store::complete(tx, request, contract).await?).await
}

async fn load_for(tx: &Tx, key: &Key) -> Result<RequestCase, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.request.version)?;
    Ok(case)
}

/// The side that asks changes its draft.
///
/// # Errors
/// As [`draft`]; `invalid_transition` once it was handed in.
pub async fn amend(
    tx: &Tx,
    key: &Key,
    input: ChangeRequestPatch,
) -> Result<ChangeRequestOut, Error> {
    let mut case = load_for(tx, key).await?;
    let role = case
        .contract
        .roles
        .first_of(&[Role::OrgAgent, Role::OrgLegalRep, Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    if case.request.state != "draft" {
        return Err(Code::InvalidTransition.into());
    }
    let mut faults = Faults::new();
    let reason = input
        .reason
        .map_or_else(|| case.request.reason.clone(), |text| faults.reason(&text));
    let change = input.change.unwrap_or_else(|| case.request.change.clone());
    let looked = look(tx, &case.contract, &change, &mut faults).await?;
    faults.finish()?;
    let diff = compared(&case.contract, &looked.after)?;
    let set = |update: sea_orm::UpdateMany<request::Entity>| {
        update
            .col_expr(request::Column::Kind, Expr::value(change.kind()))
            .col_expr(request::Column::Change, Expr::value(change))
            .col_expr(request::Column::Reason, Expr::value(reason))
            .col_expr(request::Column::Diff, Expr::value(diff))
    };
    case.request = edit::<request::Entity>(
        tx,
        &case.request,
        "change_request.draft_changed",
        role,
        set,
        None,
    )
    .await?;
    show(tx, &case).await
}

fn planned(
    case: &RequestCase,
    event: ChangeRequestEvent,
    roles: RoleSet,
    facts: &ChangeFacts,
) -> Result<Step<flow::ChangeRequest>, Error> {
    Ok(plan::<flow::ChangeRequest>(
        state_of::<flow::ChangeRequest>(&case.request.state)?,
        event,
        roles,
        facts,
    )?)
}

async fn spend(
    tx: &Tx,
    case: &mut RequestCase,
    step: Step<flow::ChangeRequest>,
    with: impl for<'a> FnOnce(Commit<'a, request::Entity>) -> Commit<'a, request::Entity>,
) -> Result<(), Error> {
    let terms = &case.contract.contract.terms;
    case.request = with(
        commit::<request::Entity>(tx, &case.request, step).under(&terms.timers, terms.cutoff_hour),
    )
    .run()
    .await?;
    Ok(())
}

/// The side that asks hands its draft in; a shift within the lines of the budget is approved by rule.
///
/// # Errors
/// `change_limit` with every limit that is passed; `duplicate` while another one is open; `deadline_passed`;
/// `exit_pending`; `invalid_transition`.
pub async fn submit(tx: &Tx, key: &Key, _: NothingIn) -> Result<ChangeRequestOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (looked, facts) = known(tx, &case).await?;
    let step = planned(
        &case,
        ChangeRequestEvent::Submit,
        case.contract.roles,
        &facts,
    )?;
    let diff = compared(&case.contract, &looked.after)?;
    spend(tx, &mut case, step, |c| c.set(request::Column::Diff, diff)).await?;
    if facts.by_rule {
        approve(tx, &mut case, looked, &facts).await?;
    }
    show(tx, &case).await
}

/// The street takes a request up.
///
/// # Errors
/// `invalid_transition` unless it was handed in.
pub async fn take_up(tx: &Tx, key: &Key, _: NothingIn) -> Result<ChangeRequestOut, Error> {
    let mut case = load_for(tx, key).await?;
    let (_, facts) = known(tx, &case).await?;
    let step = planned(
        &case,
        ChangeRequestEvent::TakeUp,
        case.contract.roles,
        &facts,
    )?;
    spend(tx, &mut case, step, |c| c).await?;
    show(tx, &case).await
}

/// An office agrees; with the last one the change is approved, or shown to everybody first.
///
/// # Errors
/// `forbidden` for who speaks for no office; `duplicate`; `same_person`; `change_limit`.
pub async fn agree(tx: &Tx, key: &Key, input: ChangeAgreeIn) -> Result<ChangeRequestOut, Error> {
    let mut faults = Faults::new();
    let comment = faults.prose("/comment", &input.comment, 0..=1000);
    faults.finish()?;
    let mut case = load_for(tx, key).await?;
    let (looked, mut facts) = known(tx, &case).await?;
    let step = planned(
        &case,
        ChangeRequestEvent::Agree,
        case.contract.roles,
        &facts,
    )?;
    let (office, person) = facts.speaker.ok_or(Code::Forbidden)?;
    let given = store::insert_consent(tx, case.request.id, office, hat(office), comment).await?;
    let data = json!({ "office": office });
    spend(tx, &mut case, step, |c| c.data(data)).await?;
    case.consents.push(given);
    facts.agreed.push((office, person));
    if facts.all_agreed() {
        if facts.major {
            publicise(tx, &mut case, &facts).await?;
        } else {
            approve(tx, &mut case, looked, &facts).await?;
        }
    }
    show(tx, &case).await
}

/// Everybody sees a major change for the days of its publicity, then it is approved.
async fn publicise(tx: &Tx, case: &mut RequestCase, facts: &ChangeFacts) -> Result<(), Error> {
    let step = planned(
        case,
        ChangeRequestEvent::Publicise,
        RoleSet::of(SYSTEM),
        facts,
    )?;
    spend(tx, case, step, |c| c).await?;
    let contract = &case.contract.contract;
    let posting = wubang_postings::service::find(tx, contract.posting_id).await?;
    let parties = case.contract.parties.iter().map(|one| one.name.clone());
    let gone = match &case.request.change {
        Change::PartnerLeaves {
            organisation_id, ..
        } => case
            .contract
            .parties
            .iter()
            .find(|one| one.organisation_id == Some(*organisation_id))
            .map(|one| one.name.clone()),
        _ => None,
    };
    let price = match case.request.change {
        Change::AmountUp { price_fen, .. } => price_fen,
        _ => contract.price_fen,
    };
    let content = json!({ "contract": contract.number, "title": contract.title, "change": case.request.change.zh(),
        "reason": mask(&case.request.reason), "parties": parties.collect::<Vec<_>>(), "leaves": gone,
        "price_before_fen": contract.price_fen, "price_after_fen": price });
    let opening = Opening {
        kind: PublicityKind::ContractChange,
        object_id: case.request.id,
        project_id: Some(contract.project_id),
        division: contract.division.clone(),
        field: Some(posting.field.clone()),
        title: contract.title.clone(),
        content,
        objection_contact: Some(posting.content.objection_contact.clone()),
        channels: Channels::default(),
        term: contract.terms.timers.of(Timer::ChangePublicity),
        cutoff_hour: contract.terms.cutoff_hour,
    };
    wubang_publicity::start(tx, opening).await?;
    Ok(())
}

/// The change becomes the agreement's next version.
async fn approve(
    tx: &Tx,
    case: &mut RequestCase,
    looked: Looked,
    facts: &ChangeFacts,
) -> Result<(), Error> {
    let step = planned(
        case,
        ChangeRequestEvent::Approve,
        RoleSet::of(SYSTEM),
        facts,
    )?;
    let (id, change) = (case.request.id, case.request.change.clone());
    let diff = compared(&case.contract, &looked.after)?;
    let n = replan::carry_out(tx, &mut case.contract, id, &change, looked.after).await?;
    let told =
        json!({ "contract_version": n, "content_hash": case.contract.contract.content_hash });
    spend(tx, case, step, |c| {
        c.set(request::Column::ContractVersion, n)
            .set(request::Column::Diff, diff)
            .data(told.clone())
            .facts(told)
    })
    .await
}

/// The publicity of a major change is over: it is approved, or falls when it is no longer possible.
///
/// # Errors
/// `conflict`.
pub(crate) async fn publicity_ended(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let request = store::find(tx, id).await?;
    let contract = crate::steps::of_system(tx, request.contract_id).await?;
    let mut case = store::complete(tx, request, contract).await?;
    let (looked, facts) = known(tx, &case).await?;
    wubang_publicity::ended(tx, id, PublicityKind::ContractChange).await?;
    let open = planned(
        &case,
        ChangeRequestEvent::Approve,
        RoleSet::of(SYSTEM),
        &facts,
    );
    match open {
        Ok(_) => approve(tx, &mut case, looked, &facts).await,
        Err(_) => fall(tx, &mut case, &facts).await,
    }
}

async fn fall(tx: &Tx, case: &mut RequestCase, facts: &ChangeFacts) -> Result<(), Error> {
    let step = planned(case, ChangeRequestEvent::Lapse, RoleSet::of(SYSTEM), facts)?;
    let words = "协议已不能变更,变更申请失效";
    spend(tx, case, step, |c| {
        c.set(request::Column::OutcomeReason, words)
            .because(Some("contract_moved_on".to_owned()))
    })
    .await?;
    wubang_publicity::stopped(tx, case.request.id, PublicityKind::ContractChange, words).await
}

/// The agreement has gone on: a request that is still open falls.
///
/// # Errors
/// `conflict`.
pub(crate) async fn lapse(tx: &Tx, contract: Uuid) -> Result<(), Error> {
    for request in store::open_of(tx, contract).await? {
        let contract = crate::steps::of_system(tx, request.contract_id).await?;
        let mut case = store::complete(tx, request, contract).await?;
        let (_, facts) = known(tx, &case).await?;
        fall(tx, &mut case, &facts).await?;
    }
    Ok(())
}

/// The requests of an agreement that are being dealt with.
///
/// # Errors
/// When the database fails.
pub(crate) async fn open_ids(tx: &Tx, contract: Uuid) -> Result<Vec<Uuid>, Error> {
    let open = store::open_of(tx, contract).await?;
    Ok(open.into_iter().map(|row| row.id).collect())
}

/// The agreement goes on after a suspension: the publicity of a change is shown until its clock ends now.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn publicity_moved(
    tx: &Tx,
    resumed: &[(timers::Model, Deadline)],
) -> Result<(), Error> {
    let own = Timer::ChangePublicity.key();
    for (timer, ends) in resumed.iter().filter(|(timer, _)| timer.timer == own) {
        wubang_publicity::moved(tx, timer.object_id, PublicityKind::ContractChange, ends).await?;
    }
    Ok(())
}

/// An office does not agree.
///
/// # Errors
/// `invalid` without a reason; `forbidden` for who speaks for no office.
pub async fn reject(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ChangeRequestOut, Error> {
    close(tx, key, ChangeRequestEvent::Reject, input).await
}

/// The side that asks takes its request back.
///
/// # Errors
/// `invalid` without a reason; `forbidden` for the other side.
pub async fn withdraw(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ChangeRequestOut, Error> {
    close(tx, key, ChangeRequestEvent::Withdraw, input).await
}

async fn close(
    tx: &Tx,
    key: &Key,
    event: ChangeRequestEvent,
    input: ReasonIn,
) -> Result<ChangeRequestOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let mut case = load_for(tx, key).await?;
    let (_, facts) = known(tx, &case).await?;
    let step = planned(&case, event, case.contract.roles, &facts)?;
    spend(tx, &mut case, step, |c| {
        c.set(request::Column::OutcomeReason, reason.clone())
            .because(Some(reason))
    })
    .await?;
    let id = case.request.id;
    wubang_publicity::stopped(tx, id, PublicityKind::ContractChange, "变更申请已撤回").await?;
    show(tx, &case).await
}
