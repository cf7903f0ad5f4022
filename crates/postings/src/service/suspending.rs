//! Suspension (中止) and resumption (恢复) of a published posting: its timers stand still and keep what
//! is left of them (rulebook 2.7 counting rule 7, 2.8.2).

use super::changing::Windows;
use super::questions::clocks;
use super::{facts, load_for, may, out, publicity, step};
use crate::changes::{Kind, SuspendIn, SuspensionGround};
use crate::entity::posting;
use crate::flow::PostingEvent;
use crate::model::PostingOut;
use crate::store::PostingCase;
use crate::store::changes::{self, Entry};
use sea_orm::Value;
use uuid::Uuid;
use wubang_kernel::deadline::{Deadline, Term};
use wubang_kernel::{Timer, faults};
use wubang_store::trace::About;
use wubang_store::{Error, Key, Read, Tracked, Tx, holds, timers};
use wubang_web::Instant;
use wubang_web::ReasonIn;

/// Suspends a posting; its timers and those of its open questions stand still.
///
/// # Errors
/// `invalid` without a reason; `wrong_ground` for a ground that is another authority's;
/// `deadline_passed` when the bid deadline is over and nobody has closed the posting yet.
pub async fn suspend(tx: &Tx, key: &Key, input: SuspendIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let mut facts = facts(tx, &case).await?;
    may(&case, PostingEvent::Suspend, &facts)?;
    let reason = faults::reason(&input.reason)?;
    let authority = input.ground.authority();
    facts.change.own_ground = Some(case.roles.has(authority));
    facts.change.by_complaint = input.ground == SuspensionGround::Complaint;
    may(&case, PostingEvent::Suspend, &facts)?;
    let ground = serde_json::to_value(input.ground)?
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let entry = Entry {
        ground: Some(ground.clone()),
        ..Entry::of(Kind::Suspension, reason.clone(), &case.posting)
    };
    changes::add(tx, &case.posting, entry).await?;
    // before the step, which may start a timer of its own
    timers::suspend(tx, &clocks(tx, case.posting.id).await?).await?;
    let from = case.posting.state.clone();
    let case = step(tx, case, PostingEvent::Suspend, &facts, |c| {
        c.set(posting::Column::ResumeTo, from.clone())
            .set(posting::Column::SuspendedBy, authority.as_str())
            .because(Some(reason.clone()))
            .data(serde_json::json!({ "ground": ground, "resume_to": from }))
            .facts(serde_json::json!({ "reason": reason }))
    })
    .await?;
    out(tx, case).await
}

/// The cause is gone: the posting goes on where it was, and its timers with what was left of them.
///
/// # Errors
/// `invalid` without a reason; `other_authority` for who did not suspend it.
pub async fn resume(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let facts = facts(tx, &case).await?;
    may(&case, PostingEvent::Resume, &facts)?;
    let reason = faults::reason(&input.reason)?;
    let case = go_on(tx, case, reason).await?;
    out(tx, case).await
}

/// T48: a suspension by complaint ends by itself, and everybody in charge is told.
///
/// # Errors
/// `invalid_transition` when the posting has moved on.
pub async fn resume_by_timer(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = super::system::as_system(tx, id).await?;
    go_on(tx, case, "投诉中止已满最长期限,自动恢复".to_owned()).await?;
    Ok(())
}

/// Who has suspended a posting because of an objection: nobody but the end of the objection resumes it.
const BY_OBJECTION: &str = "system";

/// An objection was accepted: the posting stands still with everything that runs (rulebook 2.8.2, 2.8.12).
/// Nothing happens when it is suspended already, or over. `reason` is public.
///
/// # Errors
/// `deadline_passed` when the bid deadline is over and nobody has closed the posting yet.
pub async fn suspend_for_objection(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    let case = super::system::as_system(tx, id).await?;
    let from = case.posting.state.clone();
    if !matches!(
        from.as_str(),
        "open" | "closed" | "evaluating" | "award_publicity" | "awarded"
    ) {
        return Ok(());
    }
    let facts = facts(tx, &case).await?;
    may(&case, PostingEvent::Suspend, &facts)?;
    let entry = Entry {
        ground: Some("objection".to_owned()),
        ..Entry::of(Kind::Suspension, reason.to_owned(), &case.posting)
    };
    changes::add(tx, &case.posting, entry).await?;
    // before the step, which may start a timer of its own
    timers::suspend(tx, &clocks(tx, case.posting.id).await?).await?;
    step(tx, case, PostingEvent::Suspend, &facts, |c| {
        c.set(posting::Column::ResumeTo, from.clone())
            .set(posting::Column::SuspendedBy, BY_OBJECTION)
            .because(Some(reason.to_owned()))
            .data(serde_json::json!({ "ground": "objection", "resume_to": from }))
            .facts(serde_json::json!({ "reason": reason }))
    })
    .await?;
    Ok(())
}

/// The last objection is over: a posting that was suspended because of it goes on with what was left.
/// Nothing happens to one that another authority has suspended, or that something else still holds.
/// `reason` is public.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn resume_after_objection(tx: &Tx, id: Uuid, reason: &str) -> Result<(), Error> {
    let case = super::system::as_system(tx, id).await?;
    let by_objection = case.posting.suspended_by.as_deref() == Some(BY_OBJECTION);
    if !by_objection || holds::any(tx, id).await? {
        return Ok(());
    }
    go_on(tx, case, reason.to_owned()).await?;
    Ok(())
}

async fn go_on(tx: &Tx, case: PostingCase, reason: String) -> Result<PostingCase, Error> {
    let facts = facts(tx, &case).await?;
    may(&case, PostingEvent::Resume, &facts)?;
    let resumed = timers::resume(tx, &clocks(tx, case.posting.id).await?).await?;
    let own = |timer: Timer| {
        let of = resumed.iter();
        of.filter(|(row, _)| row.object_id == case.posting.id && row.timer == timer.key())
            .map(|(_, deadline)| deadline.clone())
            .next_back()
    };
    let (asking, shown) = (own(Timer::T10).is_some(), own(Timer::T08));
    let single = own(Timer::SingleBidderPublicity);
    let windows = own(Timer::T09).map(|close| windows(tx, &case.posting, close, asking));
    let entry = Entry {
        deadline: windows
            .as_ref()
            .map(|new| new.close.at)
            .or(case.posting.bid_deadline),
        ..Entry::of(Kind::Resumption, reason.clone(), &case.posting)
    };
    changes::add(tx, &case.posting, entry).await?;
    let questions = windows
        .as_ref()
        .filter(|_| asking)
        .and_then(|new| new.questions().cloned());
    let deadline = windows.as_ref().map(|new| Instant(new.close.at));
    let case = step(tx, case, PostingEvent::Resume, &facts, |c| {
        let c = c
            .set(posting::Column::ResumeTo, Value::String(None))
            .set(posting::Column::SuspendedBy, Value::String(None))
            .because(Some(reason.clone()))
            .facts(serde_json::json!({ "reason": reason, "bid_deadline": deadline }));
        match windows {
            Some(windows) => windows.set(c),
            None => c,
        }
    })
    .await?;
    if let Some(ends) = shown {
        publicity::moved(tx, &case.posting, &ends).await?;
    }
    if let Some(ends) = single {
        publicity::single_bidder_moved(tx, &case.posting, &ends).await?;
    }
    // the question deadline follows the bid deadline, not its own remainder
    if let Some(questions) = questions {
        let about = About {
            object: "posting",
            id: case.posting.id,
            project_id: case.posting.project_id(),
            division: &case.posting.division,
            version: case.posting.version,
        };
        let label = case.posting.label();
        timers::start(tx, &about, &label, Timer::T10, &questions).await?;
    }
    Ok(case)
}

/// The windows after a resumption. Who could still ask has at least one working day for it; a question
/// deadline that was over stays over.
fn windows(tx: &Tx, posting: &posting::Model, close: Deadline, asking: bool) -> Windows {
    let windows = Windows::of(tx, posting, close);
    let Some(mut questions) = windows.questions().cloned() else {
        return windows;
    };
    match posting.question_deadline.filter(|_| !asking) {
        Some(over) => questions.at = over,
        None => {
            let least = tx.calendar().deadline(tx.now(), Term::wd(1));
            if questions.at < least.at && least.at <= windows.close.at {
                questions = least;
            }
        }
    }
    windows.with_questions(questions)
}
