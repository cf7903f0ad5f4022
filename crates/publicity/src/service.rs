//! What the stages do with a publicity, and what everybody reads of it.

use crate::entity::publicity;
use crate::flow::{PublicityEvent, PublicityPeriod};
use crate::masking::masked;
use crate::model::{Channels, PublicityKind, PublicityList, PublicityOut, PublicitySummary};
use crate::store;
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use serde_json::{Value, json};
use uuid::Uuid;
use wubang_kernel::deadline::{Deadline, Term, local_date};
use wubang_kernel::digest::content_hash;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::{self, NoGuards};
use wubang_kernel::personal;
use wubang_kernel::{Faults, Role, RoleSet, Timer};
use wubang_store::commit::edit;
use wubang_store::recount::Recounted;
use wubang_store::{Error, Key, Read, Tx, View, birth, commit, numbers, state_of};
use wubang_web::query::cut;
use wubang_web::{Instant, ListQuery};

/// What is to be shown, of what, and how long.
#[derive(Debug, Clone)]
pub struct Opening {
    /// What kind of publicity.
    pub kind: PublicityKind,
    /// The need, posting, award or evaluation.
    pub object_id: Uuid,
    /// Its project, where it has one.
    pub project_id: Option<Uuid>,
    /// Its division.
    pub division: String,
    /// Its field.
    pub field: Option<String>,
    /// What a person calls it.
    pub title: String,
    /// Exactly what is shown.
    pub content: Value,
    /// Where to object, beside this service.
    pub objection_contact: Option<String>,
    /// Where it is shown.
    pub channels: Channels,
    /// How long at least.
    pub term: Term,
    /// Hour after which it counts as published on the next working day (0–24).
    pub cutoff_hour: u32,
}

impl publicity::Model {
    /// Its end, with the rule it was counted by: what the owner's timer is due at.
    #[must_use]
    pub fn deadline(&self) -> Deadline {
        Deadline {
            at: self.ends_at,
            rule: self.rule.clone(),
            provisional: self.provisional,
        }
    }

    fn is_running(&self) -> bool {
        self.state == "running"
    }
}

/// Shows something from now on (counting rule 6). The owner's timer must end at its
/// [`deadline`](publicity::Model::deadline).
///
/// # Errors
/// Internal: a division that is none.
pub async fn start(tx: &Tx, opening: Opening) -> Result<publicity::Model, Error> {
    show(tx, opening, None).await
}

/// The text has changed: the publicity that runs is superseded, and the new text is shown for the whole
/// term. One that is over stays what it was.
///
/// # Errors
/// As [`start`].
pub async fn restart(tx: &Tx, opening: Opening) -> Result<publicity::Model, Error> {
    let before = store::last(tx, opening.object_id, opening.kind).await?;
    let supersedes = before.as_ref().map(|row| row.id);
    if let Some(row) = before.filter(publicity::Model::is_running) {
        settle(tx, &row, PublicityEvent::Supersede, None).await?;
    }
    show(tx, opening, supersedes).await
}

async fn show(
    tx: &Tx,
    opening: Opening,
    supersedes: Option<Uuid>,
) -> Result<publicity::Model, Error> {
    let division = DivisionCode::parse(&opening.division)
        .map_err(|_| Error::internal("publicity in a bad division"))?;
    let year = local_date(tx.now()).format("%Y");
    let series = format!("GS-{}-{year}", division.district6());
    let number = format!("{series}-{:04}", numbers::next(tx, &series).await?);
    let hash = content_hash(&opening.content);
    let starts = starts_at(tx, opening.cutoff_hour);
    let ends = tx
        .calendar()
        .publicity(tx.now(), opening.term, opening.cutoff_hour);
    let data = json!({ "number": number, "kind": opening.kind.wire(), "object_id": opening.object_id,
        "content_hash": hash, "ends": ends, "supersedes": supersedes });
    let made = machine::create::<PublicityPeriod>(RoleSet::of(&[Role::System]))?;
    let row = publicity::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(number),
        kind: Set(opening.kind.wire().to_owned()),
        object: Set(opening.kind.object().to_owned()),
        object_id: Set(opening.object_id),
        project_id: Set(opening.project_id),
        division: Set(opening.division),
        field: Set(opening.field),
        title: Set(opening.title),
        content: Set(opening.content),
        content_hash: Set(hash),
        objection_contact: Set(opening.objection_contact),
        channels: Set(opening.channels),
        minimum: Set(opening.term.to_string()),
        starts_at: Set(starts),
        ends_at: Set(ends.at),
        rule: Set(ends.rule),
        provisional: Set(ends.provisional),
        supersedes: Set(supersedes),
        reason: Set(None),
        ended_at: Set(None),
        masked_at: Set(None),
        state: Set("running".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    birth::<publicity::Entity, _>(tx, made, row, Some(data)).await
}

fn starts_at(tx: &Tx, cutoff_hour: u32) -> DateTime<Utc> {
    tx.calendar().publicity_start(tx.now(), cutoff_hour)
}

/// The last publicity of an object, whatever became of it: for its owner.
///
/// # Errors
/// When the database fails.
pub async fn last(
    read: &impl Read,
    object_id: Uuid,
    kind: PublicityKind,
) -> Result<Option<publicity::Model>, Error> {
    store::last(read, object_id, kind).await
}

/// The owner's timer was due: the publicity is over. Nothing happens when none runs.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn ended(tx: &Tx, object_id: Uuid, kind: PublicityKind) -> Result<(), Error> {
    over(tx, object_id, kind, PublicityEvent::End, None).await
}

/// The matter fell away before the end, for a reason that is public. Nothing happens when none runs.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn stopped(
    tx: &Tx,
    object_id: Uuid,
    kind: PublicityKind,
    reason: &str,
) -> Result<(), Error> {
    let reason = Some(personal::mask(reason));
    over(tx, object_id, kind, PublicityEvent::Stop, reason).await
}

async fn over(
    tx: &Tx,
    object_id: Uuid,
    kind: PublicityKind,
    event: PublicityEvent,
    reason: Option<String>,
) -> Result<(), Error> {
    let last = store::last(tx, object_id, kind).await?;
    match last.filter(publicity::Model::is_running) {
        Some(row) => settle(tx, &row, event, reason).await,
        None => Ok(()),
    }
}

/// Ends a publicity and masks what it showed, in one step: the original is kept nowhere.
async fn settle(
    tx: &Tx,
    row: &publicity::Model,
    event: PublicityEvent,
    reason: Option<String>,
) -> Result<(), Error> {
    let step = machine::plan::<PublicityPeriod>(
        state_of::<PublicityPeriod>(&row.state)?,
        event,
        RoleSet::of(&[Role::System]),
        &NoGuards,
    )?;
    let contact = row.objection_contact.as_deref();
    commit::<publicity::Entity>(tx, row, step)
        .set(publicity::Column::Content, masked(&row.content))
        .set(publicity::Column::Title, personal::mask(&row.title))
        .set(
            publicity::Column::ObjectionContact,
            contact.map(personal::mask_office_line),
        )
        .set(publicity::Column::Reason, reason.clone())
        .set(publicity::Column::EndedAt, tx.now())
        .set(publicity::Column::MaskedAt, tx.now())
        .because(reason)
        .data(json!({ "content_hash": row.content_hash }))
        .run()
        .await?;
    Ok(())
}

/// The owner goes on after a suspension: the publicity ends when its timer does (counting rule 7).
/// Nothing happens when none runs.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn moved(
    tx: &Tx,
    object_id: Uuid,
    kind: PublicityKind,
    ends: &Deadline,
) -> Result<(), Error> {
    let last = store::last(tx, object_id, kind).await?;
    let Some(row) = last.filter(publicity::Model::is_running) else {
        return Ok(());
    };
    edit::<publicity::Entity>(
        tx,
        &row,
        "publicity.moved",
        Role::System,
        |update| {
            update
                .col_expr(publicity::Column::EndsAt, Expr::value(ends.at))
                .col_expr(publicity::Column::Rule, Expr::value(ends.rule.clone()))
                .col_expr(
                    publicity::Column::Provisional,
                    Expr::value(ends.provisional),
                )
        },
        Some(json!({ "ends": ends })),
    )
    .await?;
    Ok(())
}

/// The timers at whose end a publicity is over.
const ENDS: &[(Timer, PublicityKind)] = &[
    (Timer::T04, PublicityKind::NeedComment),
    (Timer::T08, PublicityKind::PostingNotice),
    (Timer::SingleBidderPublicity, PublicityKind::SingleBidder),
    (Timer::T15, PublicityKind::Award),
    (Timer::T39, PublicityKind::Evaluation),
];

/// The owner's timer was counted anew (counting rule 9): the publicity that runs ends with it.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn on_recounted(tx: &Tx, recounted: &Recounted) -> Result<(), Error> {
    for (timer, kind) in ENDS {
        if let Some(end) = recounted.of(*timer) {
            moved(tx, recounted.object_id, *kind, &end.after).await?;
        }
    }
    Ok(())
}

/// Publicities, newest first.
///
/// # Errors
/// `invalid` with every wrong filter.
pub async fn list(view: &View, query: &ListQuery) -> Result<PublicityList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    for kind in query.all("kind") {
        if PublicityKind::from_wire(kind).is_none() {
            faults.add(
                "?kind",
                "unknown_value",
                "没有这类公示",
                "is no kind of publicity",
            );
        }
    }
    faults.finish()?;
    let rows = store::list(view, query, division.as_ref()).await?;
    let (rows, next) = cut(rows, query.page, |row| row.id);
    let items = rows.into_iter().map(|row| summary(&row));
    Ok(PublicityList {
        items: items.collect::<Result<_, Error>>()?,
        next,
    })
}

/// One publicity, with what is shown.
///
/// # Errors
/// `not_found`.
pub async fn get(view: &View, key: &Key) -> Result<PublicityOut, Error> {
    let row = store::find(view, key).await?;
    Ok(PublicityOut {
        summary: summary(&row)?,
        objections_until: row.is_running().then_some(Instant(row.ends_at)),
        content: row.content,
        content_hash: row.content_hash,
        masked: row.masked_at.is_some(),
        masked_at: row.masked_at.map(Instant),
        channels: row.channels,
        minimum: row.minimum,
        rule: row.rule,
        provisional: row.provisional,
        objection_contact: row.objection_contact,
        supersedes: row.supersedes,
        reason: row.reason,
        ended_at: row.ended_at.map(Instant),
    })
}

fn summary(row: &publicity::Model) -> Result<PublicitySummary, Error> {
    Ok(PublicitySummary {
        id: row.id,
        number: row.number.clone(),
        kind: PublicityKind::from_wire(&row.kind)
            .ok_or_else(|| Error::internal("publicity of an unknown kind"))?,
        state: state_of::<PublicityPeriod>(&row.state)?,
        object_id: row.object_id,
        project_id: row.project_id,
        division: row.division.clone(),
        field: row.field.clone(),
        title: row.title.clone(),
        starts_at: Instant(row.starts_at),
        ends_at: Instant(row.ends_at),
    })
}
