//! What is shown of an objection, and to whom (rulebook 2.6).

use super::facts;
use crate::entity::objection;
use crate::flow::Objection;
use crate::model::{
    AbuseOut, ComplaintOut, DocumentKind, HearingOut, ObjectionDocumentOut, ObjectionList,
    ObjectionOut, ObjectionReplyOut, ObjectionSummary, ObjectionSupplementOut, ObjectorOut,
    PublicObjectionList, PublicObjectionOut, Respondent, Standing,
};
use crate::rules::ObjectionFacts;
use crate::store::{self, Case, Filter, HANDLERS};
use crate::target::kind_of;
use uuid::Uuid;
use wubang_kernel::digest::content_hash;
use wubang_kernel::{Code, Faults, Role, personal};
use wubang_store::{Error, Key, Read, View, state_of, timers};
use wubang_web::actions::{self, ActionsOut};
use wubang_web::query::cut;
use wubang_web::{DeadlineOut, Instant, ListQuery};

/// What binds after a complaint was decided (2.8.12).
const ADVICE: &str = "本决定在本平台内具有约束力;不服的,可依法申请行政复议或者提起诉讼。";

/// What the viewer is to an objection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// Who objects, his handlers, the supervisor.
    Whole,
    /// An officer who decided or took part: all but who objects.
    Nameless,
    /// The other side: what it must answer, and the outcome.
    OtherSide,
}

impl Sight {
    fn of(case: &Case, facts: &ObjectionFacts) -> Sight {
        let roles = case.roles;
        let free = !facts.decider && !facts.recused;
        if roles.any(&[Role::Objector, Role::Supervisor, Role::System])
            || (roles.any(HANDLERS) && free)
        {
            Sight::Whole
        } else if roles.any(HANDLERS) {
            Sight::Nameless
        } else {
            Sight::OtherSide
        }
    }
}

pub(super) async fn out(read: &impl Read, case: Case) -> Result<ObjectionOut, Error> {
    let facts = facts(read, &case).await?;
    let sight = Sight::of(&case, &facts);
    let roles = case.roles;
    let row = case.objection;
    let state = state_of::<Objection>(&row.state)?;
    let running = timers::running(read, &[row.id]).await?;
    let documents = documents(&row)?;
    let reply = reply(&row);
    Ok(ObjectionOut {
        target: kind_of(&row)?,
        standing: Standing::from_wire(&row.standing)
            .ok_or_else(|| Error::internal("objection of an unknown standing"))?,
        respondent: Respondent::from_wire(&row.respondent)
            .ok_or_else(|| Error::internal("objection against an unknown side"))?,
        objector: (sight == Sight::Whole).then_some(ObjectorOut {
            person_id: row.objector_id,
            name: row.objector_name,
            organisation_id: row.objector_organisation_id,
        }),
        finding: row.finding.filter(|_| sight != Sight::OtherSide),
        complaint: row
            .complaint
            .map(complaint)
            .filter(|_| sight != Sight::OtherSide),
        abuse: row
            .abuse
            .filter(|_| sight != Sight::OtherSide)
            .map(|one| AbuseOut {
                reason: one.reason,
                found_at: Instant(one.found_at),
            }),
        allowed_actions: actions::of::<Objection>(row.id, state, roles, &facts).allowed,
        deadlines: running.into_iter().map(DeadlineOut::from).collect(),
        id: row.id,
        number: row.number,
        state,
        version: row.version,
        target_id: row.target_id,
        target_label: row.target_label,
        division: row.division,
        grounds: row.form.grounds,
        demand: row.form.demand,
        supplement: row.supplement.map(|one| ObjectionSupplementOut {
            asked: one.asked,
            until: Instant(one.until),
            text: one.text,
            supplemented_at: one.supplemented_at.map(Instant),
        }),
        accepted_at: row.accepted_at.map(Instant),
        answer_by: row.answer_by.map(Instant),
        hearing: row.hearing.map(|one| HearingOut {
            question: one.question,
            until: Instant(one.until),
            answer: one.answer,
            answered_at: one.answered_at.map(Instant),
            lapsed: one.over_at.is_some(),
        }),
        reply,
        target_stands_still: row.hold_id.is_some() && row.accepted_at.is_some(),
        documents,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}

fn reply(row: &objection::Model) -> Option<ObjectionReplyOut> {
    let reply = row.reply.clone()?;
    Some(ObjectionReplyOut {
        outcome: reply.outcome,
        rejection_ground: row.rejection_ground.clone(),
        effect: reply.effect,
        reason: reply.reason,
        correction: reply.correction,
        late: reply.late,
        at: row.decided_at.map(Instant),
        complain_by: row.complain_by.map(Instant),
    })
}

fn complaint(record: crate::model::ComplaintRecord) -> ComplaintOut {
    ComplaintOut {
        advice: record.upheld.map(|_| ADVICE),
        grounds: record.grounds,
        text: record.text,
        filed_at: Instant(record.filed_at),
        accepted: record.accepted,
        refusal: record.refusal,
        suspended_at: record.suspended_at.map(Instant),
        suspended_until: record.suspended_until.map(Instant),
        upheld: record.upheld,
        effect: record.effect,
        reason: record.reason,
        decided_at: record.decided_at.map(Instant),
    }
}

/// The documents that there are so far, each with the hash of its fields (rulebook 2.15).
fn documents(row: &objection::Model) -> Result<Vec<ObjectionDocumentOut>, Error> {
    let mut all = vec![ObjectionDocumentOut {
        kind: DocumentKind::ObjectionForm,
        number: row.number.clone(),
        content_hash: row.form_hash.clone(),
        issued_at: Instant(row.created_at),
    }];
    if let (Some(reply), Some(at)) = (&row.reply, row.decided_at) {
        let number = format!("{}-DF", row.number);
        let body = serde_json::json!({ "number": number, "reply": serde_json::to_value(reply)? });
        all.push(ObjectionDocumentOut {
            kind: DocumentKind::ObjectionReply,
            content_hash: content_hash(&body),
            number,
            issued_at: Instant(at),
        });
    }
    if let Some((record, at)) = row
        .complaint
        .as_ref()
        .and_then(|record| record.decided_at.map(|at| (record, at)))
    {
        let number = format!("{}-TS", row.number);
        let body = serde_json::json!({ "number": number, "upheld": record.upheld, "effect": record.effect, "reason": record.reason });
        all.push(ObjectionDocumentOut {
            kind: DocumentKind::ComplaintDecision,
            content_hash: content_hash(&body),
            number,
            issued_at: Instant(at),
        });
    }
    Ok(all)
}

/// An objection for somebody who may see it.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<ObjectionOut, Error> {
    out(view, store::load(view, key).await?).await
}

/// What the viewer may do with an objection, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = store::load(view, key).await?;
    let facts = facts(view, &case).await?;
    let state = state_of::<Objection>(&case.objection.state)?;
    Ok(actions::of::<Objection>(
        case.objection.id,
        state,
        case.roles,
        &facts,
    ))
}

fn filter(query: &ListQuery) -> Result<Filter, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    let target_id = query.one("target_id").and_then(|text| {
        let id = Uuid::parse_str(text).ok();
        if id.is_none() {
            faults.add("?target_id", "malformed", "须为 id", "must be an id");
        }
        id
    });
    faults.finish()?;
    Ok(Filter {
        target_id,
        division,
    })
}

/// The objections that the viewer may see, newest first.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list(view: &View, query: &ListQuery) -> Result<ObjectionList, Error> {
    let rows = store::list(view, query, &filter(query)?).await?;
    let (rows, next) = cut(rows, query.page, |row| row.id);
    let items = rows.into_iter().map(|row| {
        Ok(ObjectionSummary {
            state: state_of::<Objection>(&row.state)?,
            target: kind_of(&row)?,
            id: row.id,
            number: row.number,
            target_id: row.target_id,
            target_label: row.target_label,
            division: row.division,
            answer_by: row.answer_by.map(Instant),
            created_at: Instant(row.created_at),
        })
    });
    Ok(ObjectionList {
        items: items.collect::<Result<_, Error>>()?,
        next,
    })
}

/// A decided objection for everybody: no name, no facts, and every text masked.
fn public(row: objection::Model) -> Result<PublicObjectionOut, Error> {
    let reply = row.reply.clone().filter(|_| row.decided_at.is_some());
    let reply = reply.ok_or(Code::NotFound)?;
    let complaint = row.complaint.as_ref().filter(|one| one.upheld.is_some());
    Ok(PublicObjectionOut {
        state: state_of::<Objection>(&row.state)?,
        target: kind_of(&row)?,
        grounds: row.form.grounds.iter().map(|ground| ground.code).collect(),
        outcome: reply.outcome,
        effect: reply.effect,
        reason: personal::mask(&reply.reason),
        correction: reply.correction.as_deref().map(personal::mask),
        decided_at: row.decided_at.map(Instant),
        complaint_upheld: complaint.and_then(|one| one.upheld),
        complaint_effect: complaint.and_then(|one| one.effect),
        complaint_reason: complaint
            .and_then(|one| one.reason.as_deref())
            .map(personal::mask),
        id: row.id,
        number: row.number,
        target_id: row.target_id,
        target_label: row.target_label,
        division: row.division,
    })
}

/// A decided objection for everybody.
///
/// # Errors
/// `not_found` before it is decided.
pub async fn get_public(view: &View, key: &Key) -> Result<PublicObjectionOut, Error> {
    public(store::find(view, key).await?)
}

/// The decided objections, for everybody, newest first.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list_public(view: &View, query: &ListQuery) -> Result<PublicObjectionList, Error> {
    let rows = store::list_public(view, query, &filter(query)?).await?;
    let (rows, next) = cut(rows, query.page, |row| row.id);
    Ok(PublicObjectionList {
        items: rows.into_iter().map(public).collect::<Result<_, _>>()?,
        next,
    })
}
