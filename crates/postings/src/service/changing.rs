//! Changes of a published notice (变更公告) and later deadlines (延期): rulebook 2.4.2, 2.8.2.

use super::{facts, load_for, may, notice_hash, out, publicity, step};
use crate::change_rules::{affects_bids, below, extended, extended_for_too_few};
use crate::changes::{AmendPublishedIn, ExtendIn, Kind, PublishedChanges};
use crate::diff::{Diff, diff, merged};
use crate::entity::posting;
use crate::flow::PostingEvent;
use crate::model::{Content, PostingOut};
use crate::procedures::{Opening, closing_at};
use crate::rules;
use crate::service::checking::{Said, check_notice};
use crate::store::changes::{self, Entry};
use crate::{forbidden, store};
use serde_json::{Value, json};
use uuid::Uuid;
use wubang_kernel::deadline::{Deadline, Term, local_date};
use wubang_kernel::{Code, Faults, Timer};
use wubang_store::commit::Commit;
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::Instant;

/// The members of a notice that an amendment may change.
fn changeable(posting: &posting::Model) -> Value {
    json!({ "title": posting.title, "budget_ceiling_fen": posting.budget_ceiling_fen, "content": posting.content })
}

/// Lays a patch over a posting and notes everything that is wrong with the result. Passages that look
/// forbidden and were not there before take a public reason.
async fn amended(
    tx: &Tx,
    now: &posting::Model,
    changes: PublishedChanges,
    acknowledged: bool,
    faults: &mut Faults,
) -> Result<posting::Model, Error> {
    let mut found = Faults::new();
    let procedure = &now.procedure.0;
    let patch = changes.content.unwrap_or_default();
    let content = merged(serde_json::to_value(&now.content)?, &patch);
    let said = Said {
        title: changes.title.unwrap_or_else(|| now.title.clone()),
        budget_ceiling_fen: changes.budget_ceiling_fen.unwrap_or(now.budget_ceiling_fen),
        content: read_content(content, &mut found).unwrap_or_else(|| now.content.clone()),
    };
    let division = store::division(now)?;
    let notice = check_notice(tx, said, procedure, &division, &mut found).await?;
    let names = wubang_registry::organisations::names_within(tx, &division).await?;
    let before = forbidden::passages(&now.title, &now.content, &procedure.criteria, &names);
    for passage in notice.findings.iter().filter(|new| !before.contains(new)) {
        if !acknowledged {
            let code = Code::ContentNotAcknowledged;
            found.add(&passage.pointer, code.as_str(), code.zh(), code.en());
        }
    }
    below("/changes", found, faults);
    Ok(posting::Model {
        title: notice.title,
        budget_ceiling_fen: notice.ceiling.get(),
        target_groups: rules::spaced(&notice.content.target_groups),
        content: notice.content,
        ..now.clone()
    })
}

/// A patched content as the posting's content; a member of a wrong kind is named.
fn read_content(value: Value, faults: &mut Faults) -> Option<Content> {
    match serde_path_to_error::deserialize(value) {
        Ok(content) => Some(content),
        Err(error) => {
            let path = error.path().to_string();
            let at = path.replace(['.', '['], "/").replace(']', "");
            let pointer = if at == "/" || at == "?" {
                "/content".to_owned()
            } else {
                format!("/content/{at}")
            };
            faults.add(
                pointer,
                "wrong_type",
                "字段不存在、缺失或不符合格式",
                "is unknown, missing or of a wrong kind",
            );
            None
        }
    }
}

/// The street amends the published notice. What can affect bids leaves at least the days that the
/// frozen rules want, or moves the deadline; bids handed in on the earlier notice become drafts again.
///
/// # Errors
/// `invalid` with every wrong field, `/changes` when nothing changes; `deadline_passed`.
pub async fn amend_published(
    tx: &Tx,
    key: &Key,
    input: AmendPublishedIn,
) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let mut facts = facts(tx, &case).await?;
    may(&case, PostingEvent::Amend, &facts)?;
    let mut faults = Faults::new();
    let reason = faults.reason(&input.reason);
    let acknowledgement = input
        .acknowledgement_reason
        .map(|text| faults.prose("/acknowledgement_reason", &text, 5..=1000));
    let stated = acknowledgement.is_some();
    let new = amended(tx, &case.posting, input.changes, stated, &mut faults).await?;
    let acknowledgement = acknowledgement.or(case.posting.acknowledgement_reason.clone());
    let changed = diff(&changeable(&case.posting), &changeable(&new));
    if changed.0.is_empty() && faults.is_empty() {
        faults.add("/changes", "not_changed", "没有改动", "changes nothing");
    }
    faults.finish()?;
    let affects = input.affects_bids || affects_bids(&changed);
    let needed = Term::wd(case.posting.procedure.0.changes.amendment_days);
    let least = tx.calendar().deadline(tx.now(), needed);
    let present = case.posting.bid_deadline;
    facts.change.days_remain = !affects || present.is_some_and(|at| at >= least.at);
    let later = (!facts.change.days_remain).then_some(least);
    let hash = notice_hash(&new);
    let entry = Entry {
        affects_bids: affects,
        diff: changed.clone(),
        deadline: later.as_ref().map(|new| new.at).or(present),
        notice_hash: Some(hash.clone()),
        ..Entry::of(Kind::Amendment, reason.clone(), &case.posting)
    };
    changes::add(tx, &case.posting, entry).await?;
    let windows = later.map(|close| Windows::of(tx, &case.posting, close));
    let told = told(&reason, windows.as_ref(), present);
    let case = step(tx, case, PostingEvent::Amend, &facts, |c| {
        let c = c
            .set(posting::Column::Title, new.title)
            .set(posting::Column::BudgetCeilingFen, new.budget_ceiling_fen)
            .set(posting::Column::Content, new.content)
            .set(posting::Column::TargetGroups, new.target_groups)
            .set(posting::Column::AcknowledgementReason, acknowledgement)
            .set(posting::Column::NoticeHash, hash.clone())
            .because(Some(reason))
            .data(json!({ "notice_hash": hash, "affects_bids": affects, "changed": pointers(&changed) }))
            .facts(told);
        match windows {
            Some(windows) => windows.set(c),
            None => c,
        }
    })
    .await?;
    publicity::restart(tx, &case.posting).await?;
    store::index(tx, &case.posting).await?;
    out(tx, case).await
}

fn pointers(changed: &Diff) -> Vec<&str> {
    let all = changed.0.iter();
    all.map(|change| change.pointer.as_str()).collect()
}

/// What a notice by mail says of a change.
fn told(
    reason: &str,
    windows: Option<&Windows>,
    present: Option<chrono::DateTime<chrono::Utc>>,
) -> Value {
    let deadline = windows.map(|new| new.close.at).or(present);
    json!({ "reason": reason, "bid_deadline": deadline.map(Instant) })
}

/// A bid deadline with the question deadline that belongs to it, where questions are asked.
pub(super) struct Windows {
    pub(super) close: Deadline,
    questions: Option<Deadline>,
}

impl From<Opening> for Windows {
    fn from(opening: Opening) -> Self {
        Windows {
            close: opening.bids,
            questions: opening.questions,
        }
    }
}

impl Windows {
    pub(super) fn of(tx: &Tx, posting: &posting::Model, close: Deadline) -> Self {
        Windows::from(closing_at(tx.calendar(), &posting.procedure.0, close))
    }

    /// The same bid deadline with another question deadline.
    pub(super) fn with_questions(self, questions: Deadline) -> Self {
        Windows {
            questions: Some(questions),
            ..self
        }
    }

    pub(super) fn questions(&self) -> Option<&Deadline> {
        self.questions.as_ref()
    }

    /// Writes both, and starts their timers where the row does so.
    pub(super) fn set<'a>(
        self,
        commit: Commit<'a, posting::Entity>,
    ) -> Commit<'a, posting::Entity> {
        let commit = commit
            .set(posting::Column::BidDeadline, self.close.at)
            .set(posting::Column::BidDeadlineRule, self.close.rule.clone())
            .set(posting::Column::Provisional, self.close.provisional)
            .due(Timer::T09, self.close);
        match self.questions {
            Some(questions) => commit
                .set(posting::Column::QuestionDeadline, questions.at)
                .due(Timer::T10, questions),
            None => commit,
        }
    }
}

/// The street moves the bid deadline, as often and as far as the frozen rules allow.
///
/// # Errors
/// `invalid` for no days or no reason; `extension_limit`; `deadline_passed`.
pub async fn extend(tx: &Tx, key: &Key, input: ExtendIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let mut facts = facts(tx, &case).await?;
    may(&case, PostingEvent::Extend, &facts)?;
    let mut faults = Faults::new();
    let reason = faults.reason(&input.reason);
    faults.number("/days", input.days, 1..=365);
    faults.finish()?;
    facts.change.extensions.asked_days = input.days;
    // before anything is written: the limit is the table's to tell
    may(&case, PostingEvent::Extend, &facts)?;
    let (published, present) = window(&case.posting)?;
    let close = extended(tx.calendar(), published, present, input.days);
    let entry = Entry {
        days: input.days,
        deadline: Some(close.at),
        ..Entry::of(Kind::Extension, reason.clone(), &case.posting)
    };
    changes::add(tx, &case.posting, entry).await?;
    let windows = Windows::of(tx, &case.posting, close);
    let told = told(&reason, Some(&windows), None);
    let data = json!({ "bid_deadline": windows.close, "days": input.days });
    let case = step(tx, case, PostingEvent::Extend, &facts, |c| {
        windows.set(c.because(Some(reason)).data(data).facts(told))
    })
    .await?;
    out(tx, case).await
}

/// Day of publication and last day of the present bid window.
fn window(posting: &posting::Model) -> Result<(chrono::NaiveDate, chrono::NaiveDate), Error> {
    let both = posting.published_at.zip(posting.bid_deadline);
    let (published, close) =
        both.ok_or_else(|| Error::internal("an open posting without deadline"))?;
    Ok((local_date(published), local_date(close)))
}

/// Whether the one extension for too few bids was used.
///
/// # Errors
/// When the database fails.
pub async fn was_extended_for_too_few(tx: &Tx, id: Uuid) -> Result<bool, Error> {
    let known = changes::of_posting(tx, id).await?;
    Ok(known.iter().any(|row| row.kind == Kind::TooFew.wire()))
}

/// The deadline is over with too few bids: the one automatic extension (rulebook 2.5). The box stays
/// sealed, and no figure is told.
///
/// # Errors
/// `invalid_transition` when the posting has moved on.
pub async fn extend_for_too_few(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = super::system::as_system(tx, id).await?;
    let facts = facts(tx, &case).await?;
    may(&case, PostingEvent::Extend, &facts)?;
    let days = case.posting.procedure.0.changes.too_few_days;
    let (_, present) = window(&case.posting)?;
    let today = local_date(tx.now());
    let close = extended_for_too_few(tx.calendar(), present, today, days);
    let reason = "截止时有效揭榜数不足,依规则延期一次";
    let entry = Entry {
        deadline: Some(close.at),
        ..Entry::of(Kind::TooFew, reason.to_owned(), &case.posting)
    };
    changes::add(tx, &case.posting, entry).await?;
    let windows = Windows::of(tx, &case.posting, close);
    let told = told(reason, Some(&windows), None);
    let data = json!({ "bid_deadline": windows.close, "reason_code": "too_few" });
    step(tx, case, PostingEvent::Extend, &facts, |c| {
        windows.set(c.because(Some("too_few".to_owned())).data(data).facts(told))
    })
    .await?;
    Ok(())
}

/// The last change of a posting, for later stages that hear of it.
#[derive(Debug, Clone)]
pub struct LastChange {
    /// Its number in the chronicle.
    pub sequence: i32,
    /// Whether bids handed in before it must be handed in again.
    pub affects_bids: bool,
    /// The public reason.
    pub reason: String,
}

/// The last change of a posting.
///
/// # Errors
/// When the database fails.
pub async fn last_change(tx: &Tx, id: Uuid) -> Result<Option<LastChange>, Error> {
    let known = changes::of_posting(tx, id).await?;
    Ok(known.into_iter().next_back().map(|row| LastChange {
        sequence: row.sequence,
        affects_bids: row.affects_bids,
        reason: row.reason,
    }))
}
