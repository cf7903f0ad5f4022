//! Clarification (澄清) on the panel's request, in writing and within what was handed in (rulebook 2.4.3, 2.8.3).
//! The bidder does not learn which member asked: who sits is secret until the result (rulebook 2.6).

use super::answering::{Answering, answering, term, text};
use super::system::by_system;
use super::{Case, Known, facts, load, load_for, out, step};
use crate::asking::{self, Asked};
use crate::flow::BidEvent;
use crate::inquiries::{
    BidClarification, BidClarificationsOut, ClarificationIn, ClarificationRequestIn, InquiryKind,
    InquiryOutcome,
};
use crate::model::BidOut;
use crate::store::INSIDERS;
use uuid::Uuid;
use wubang_files::Attachments;
use wubang_kernel::digest::content_hash;
use wubang_kernel::{Code, Refusal, Timer};
use wubang_store::{Error, Key, Tx, View};
use wubang_web::Instant;

/// Purpose of the panel that judges bids.
const PANEL: &str = "award";

/// A member of the panel asks the bidder to clarify what he has handed in; he answers within two working days.
/// Until then, or the end of that term, the panel cannot be done with its scores.
///
/// # Errors
/// `forbidden` for who does not sit; `invalid_transition` unless the posting is evaluating and the bid waits for
/// scores, and for who has scored it; `cap_reached` after ten; `posting_suspended`; `invalid`.
pub async fn request_clarification(
    tx: &Tx,
    key: &Key,
    input: ClarificationRequestIn,
) -> Result<BidOut, Error> {
    let mut case = load_for(tx, key).await?;
    super::may(tx, &case, BidEvent::RequestClarification)?;
    let question = text("/question", &input.question, 10..=2000)?;
    not_scored(tx, &case).await?;
    let facts = facts(tx, &case, Known::default())?;
    let hash = content_hash(&serde_json::json!(question));
    let asked = Asked {
        kind: InquiryKind::Clarification,
        ground: None,
        defects: Vec::new(),
        question,
    };
    let asked = asking::ask(tx, case.bid.id, asked).await?;
    let deadline = term(tx, &case, Timer::BidClarification);
    let until = Instant(deadline.at);
    step(tx, &mut case, BidEvent::RequestClarification, &facts, |c| {
        c.due(Timer::BidClarification, deadline)
            .data(serde_json::json!({ "inquiry_id": asked.id, "question_hash": hash }))
            .facts(serde_json::json!({ "due_at": until }))
    })
    .await?;
    out(tx, super::again(tx, case).await?).await
}

/// Who has scored a bid has judged it: an answer could change nothing for him.
async fn not_scored(tx: &Tx, case: &Case) -> Result<(), Error> {
    let panel = wubang_panels::service::load(tx, PANEL, case.posting.id).await?;
    let person = tx.person()?;
    let own = panel
        .as_ref()
        .and_then(|panel| panel.member(person))
        .map(|member| member.id);
    let scored = panel.iter().flat_map(|panel| &panel.sheets).any(|sheet| {
        Some(sheet.member_id) == own && sheet.subject_id == case.bid.id && sheet.voided_at.is_none()
    });
    if scored {
        return Err(Refusal::new(Code::InvalidTransition)
            .because(
                "您已对该意向书评分,不能再要求澄清",
                "you have scored this bid: it is too late to ask",
            )
            .into());
    }
    Ok(())
}

/// The bidder clarifies, once per question. What was handed in stays as it is.
///
/// # Errors
/// `invalid_transition` when nothing was asked; `deadline_passed`; `forbidden` for a partner; `invalid`.
pub async fn clarify(tx: &Tx, key: &Key, input: ClarificationIn) -> Result<BidOut, Error> {
    let what = (BidEvent::Clarify, InquiryKind::Clarification);
    let Answering {
        mut case,
        text,
        open,
        facts,
    } = answering(tx, key, what, &input.text, 5000).await?;
    let hash = content_hash(&serde_json::json!(text));
    asking::answer(tx, open, text, Attachments::default()).await?;
    let panel = wubang_panels::service::load_seated(tx, PANEL, case.posting.id).await?;
    let members = panel.iter().flat_map(wubang_panels::Loaded::active);
    let told: Vec<Uuid> = members.map(|member| member.person_id).collect();
    step(tx, &mut case, BidEvent::Clarify, &facts, |c| {
        c.data(serde_json::json!({ "inquiry_id": open, "answer_hash": hash }))
            .tell(told)
    })
    .await?;
    out(tx, super::again(tx, case).await?).await
}

/// Nobody has clarified in time: the panel goes on with what was handed in.
///
/// # Errors
/// `invalid_transition` when the bid has moved on.
pub async fn clarification_lapsed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    by_system(tx, id, BidEvent::LapseClarification, |c| c).await?;
    let kinds = [InquiryKind::Clarification];
    asking::end(tx, &[id], &kinds, InquiryOutcome::Unanswered).await?;
    Ok(())
}

/// The clarifications of a bid, for the panel, the organisers and the organisations of the bid.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn clarifications(view: &View, key: &Key) -> Result<BidClarificationsOut, Error> {
    let case = load(view, key).await?;
    let secret = case.roles.any(INSIDERS);
    let items = case.inquiries.of(InquiryKind::Clarification).map(|row| {
        Ok(BidClarification {
            id: row.id,
            question: row.question.clone(),
            asked_at: Instant(row.asked_at),
            asked_by: (!secret).then_some(row.asked_by),
            outcome: InquiryOutcome::stored(&row.outcome)?,
            answer: row.answer.clone(),
            over_at: row.over_at.map(Instant),
        })
    });
    Ok(BidClarificationsOut {
        items: items.collect::<Result<_, Error>>()?,
    })
}
