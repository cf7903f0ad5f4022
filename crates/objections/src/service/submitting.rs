//! The objector's part: hand in, supplement, withdraw.

use super::{facts, load_for, may, reading, release, step};
use crate::entity::objection;
use crate::flow::{Objection, ObjectionEvent};
use crate::model::{ObjectionForm, ObjectionIn, ObjectionOut, Standing, SupplementObjectionIn};
use crate::rules::check_form;
use crate::store::{self, AGENTS, Case};
use crate::target::{self, Target};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::local_date;
use wubang_kernel::digest::content_hash;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::{self, Audience};
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet, Timer};
use wubang_store::outbox::{self, Notice};
use wubang_store::trace::About;
use wubang_store::{Error, Key, Read, Tracked, Tx, birth, holds, numbers, timers};
use wubang_web::ReasonIn;

/// Roles over a place that make somebody one of its own.
const OF_THE_PLACE: &[Role] = &[
    Role::ResidentRep,
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DepartmentOfficer,
];

/// Who objects must be known; who does not want to has another way.
///
/// # Errors
/// `unauthenticated`, naming the way without a name.
fn identified(tx: &Tx) -> Result<Uuid, Refusal> {
    tx.person().map_err(|refusal| {
        refusal.because(
            "异议须实名提出;不愿具名的,可作为居民诉求反映:POST /api/v1/public/requests",
            "an objection needs a name; without one, use POST /api/v1/public/requests",
        )
    })
}

/// As who somebody objects.
fn standing(
    tx: &Tx,
    target: &Target,
    organisation: Option<Uuid>,
    faults: &mut Faults,
) -> Result<Standing, Error> {
    if let Some(id) = organisation {
        if !tx.actor().roles(&Reach::of(id)).any(AGENTS) {
            faults.add(
                "/organisation_id",
                "not_allowed",
                "不是该组织的经办人或负责人",
                "you do not act for this organisation",
            );
        }
        return Ok(if target.bidders.contains(&id) {
            Standing::Bidder
        } else {
            Standing::Organisation
        });
    }
    let division = DivisionCode::parse(&target.division)
        .map_err(|_| Error::internal("target in a bad division"))?;
    let here = tx.actor().roles(&Reach::at(division)).any(OF_THE_PLACE);
    Ok(if here {
        Standing::Resident
    } else {
        Standing::Public
    })
}

/// Hands in an objection (异议书) and answers its receipt. What is shown in a publicity waits from this
/// moment on; it stands still once the objection is accepted.
///
/// # Errors
/// `unauthenticated` without a name; `not_found` for a target that is not there; `deadline_passed` outside
/// the window (T43); `invalid` with every wrong field; `no_standing` for who is no party where only parties
/// may object; `duplicate` while one of the same objector to the same target is open.
pub async fn submit(tx: &Tx, input: ObjectionIn) -> Result<ObjectionOut, Error> {
    let person = identified(tx)?;
    let target = target::open(tx, input.target, input.target_id, input.organisation_id).await?;
    let mut faults = Faults::new();
    let standing = standing(tx, &target, input.organisation_id, &mut faults)?;
    let form = check_form(&input.grounds, &input.demand, &target.effects, &mut faults);
    faults.finish()?;
    let able = |organisation| {
        let only = target.only.as_ref();
        only.is_none_or(|only| only.contains(&organisation))
    };
    if target.only.is_some() && !input.organisation_id.is_some_and(able) {
        return Err(Code::NoStanding.into());
    }
    // two at once wait for each other at the counter of numbers, so that the second sees the first
    let number = next_number(tx, &target).await?;
    if store::count_open(tx, input.target_id, person, input.organisation_id).await? > 0 {
        return Err(Code::Duplicate.into());
    }
    let made = machine::create::<Objection>(RoleSet::of(&[Role::Objector]))?;
    let row = row(tx, (person, number), &input, target, standing, form).await?;
    let data = match &row.form_hash {
        Set(hash) => {
            serde_json::json!({ "target": input.target, "target_id": input.target_id, "form_hash": hash })
        }
        _ => return Err(Error::internal("an objection without a hash")),
    };
    let made = birth::<objection::Entity, _>(tx, made, row, Some(data)).await?;
    start(tx, &made).await?;
    reading::out(tx, store::load(tx, &Key::Id(made.id)).await?).await
}

/// The next number of the district and the year.
async fn next_number(tx: &Tx, target: &Target) -> Result<String, Error> {
    let division = DivisionCode::parse(&target.division)
        .map_err(|_| Error::internal("target in a bad division"))?;
    let year = local_date(tx.now()).format("%Y");
    let series = format!("YY-{}-{year}", division.district6());
    Ok(format!("{series}-{:04}", numbers::next(tx, &series).await?))
}

async fn row(
    tx: &Tx,
    (person, number): (Uuid, String),
    input: &ObjectionIn,
    target: Target,
    standing: Standing,
    form: ObjectionForm,
) -> Result<objection::ActiveModel, Error> {
    let hash = content_hash(
        &serde_json::json!({ "number": number, "form": serde_json::to_value(&form)? }),
    );
    let hold = match target.held.filter(|_| target.held_at_once) {
        Some(held) => Some(holds::place(tx, input.target.as_str(), held, "objection").await?),
        None => None,
    };
    let mut involved = target.involved;
    involved.parties.extend(input.organisation_id);
    Ok(objection::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(number),
        target: Set(input.target.as_str().to_owned()),
        target_id: Set(input.target_id),
        target_label: Set(target.label),
        held_id: Set(target.held),
        division: Set(target.division),
        objector_id: Set(person),
        objector_name: Set(tx.actor().name.clone()),
        objector_organisation_id: Set(input.organisation_id),
        standing: Set(standing.as_str().to_owned()),
        respondent: Set(target.respondent.as_str().to_owned()),
        respondent_organisation_id: Set(target.respondent_organisation),
        involved: Set(involved),
        form: Set(form),
        form_hash: Set(hash),
        supplement: Set(None),
        accepted_by: Set(None),
        accepted_at: Set(None),
        answer_by: Set(None),
        invited_at: Set(None),
        hearing: Set(None),
        finding: Set(None),
        rejection_ground: Set(None),
        reply: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        complain_by: Set(None),
        complaint: Set(None),
        abuse: Set(None),
        hold_id: Set(hold),
        state: Set("submitted".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    })
}

/// The term to accept or reject begins; street and objector are told.
async fn start(tx: &Tx, row: &objection::Model) -> Result<(), Error> {
    let deadline = super::due(tx, row, Timer::ObjectionAccept).await?;
    let about = About {
        object: "objection",
        id: row.id,
        project_id: None,
        division: &row.division,
        version: row.version,
    };
    let timer = Timer::ObjectionAccept;
    timers::start(tx, &about, &row.label(), timer, &deadline).await?;
    let notice = Notice {
        tell: vec![Audience::Street],
        division: row.division.clone(),
        field: None,
        label: row.label(),
        organisations: Vec::new(),
        persons: vec![row.objector_id],
        state: row.state.clone(),
        facts: serde_json::json!({ "content_hash": row.form_hash, "due_at": wubang_web::Instant(deadline.at) }),
    };
    outbox::tell(tx, "objection.submitted", "objection", row.id, notice).await
}

/// The objector adds what was missing, once.
///
/// # Errors
/// `deadline_passed` after the term; `forbidden` for anybody else; `invalid`.
pub async fn supplement(
    tx: &Tx,
    key: &Key,
    input: SupplementObjectionIn,
) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::Supplement, &facts)?;
    let mut faults = Faults::new();
    let text = faults.prose("/text", &input.text, 10..=2000);
    faults.finish()?;
    let mut record = case.objection.supplement.clone();
    if let Some(record) = &mut record {
        record.text = Some(text);
        record.supplemented_at = Some(tx.now());
    }
    let case = step(tx, case, ObjectionEvent::Supplement, &facts, |c| {
        c.set(objection::Column::Supplement, record)
    })
    .await?;
    reading::out(tx, case).await
}

/// The objector withdraws; the target goes on unless another objection is open.
///
/// # Errors
/// `invalid_transition` once it is decided; `forbidden` for anybody else; `invalid` without a reason.
pub async fn withdraw(tx: &Tx, key: &Key, input: ReasonIn) -> Result<ObjectionOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, ObjectionEvent::Withdraw, &facts)?;
    let reason = wubang_kernel::faults::reason(&input.reason)?;
    let hold = case.objection.hold_id;
    let case: Case = step(tx, case, ObjectionEvent::Withdraw, &facts, |c| {
        c.set(objection::Column::HoldId, super::NO_HOLD)
            .because(Some(reason))
    })
    .await?;
    release(tx, hold, &case.objection).await?;
    reading::out(tx, case).await
}
