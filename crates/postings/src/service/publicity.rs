//! The publicity (公示) of the notice: T08 from publication, anew after each change of the notice, never
//! longer than the posting itself stands.

use crate::entity::posting;
use serde_json::{Value, json};
use wubang_kernel::Timer;
use wubang_kernel::deadline::Deadline;
use wubang_publicity::Opening;
use wubang_publicity::model::{Channels, PublicityKind};
use wubang_store::trace::About;
use wubang_store::{Error, Tracked, Tx, timers};

const KIND: PublicityKind = PublicityKind::PostingNotice;

/// The public notice: numbers, content and frozen rules.
pub(super) fn notice(posting: &posting::Model) -> Value {
    let mut notice = json!({ "number": posting.number, "title": posting.title, "field": posting.field,
        "budget_ceiling_fen": posting.budget_ceiling_fen, "content": posting.content, "procedure": posting.procedure });
    let own = &posting.particulars;
    for (name, value) in [
        ("order", json!(own.order)),
        ("external_procedure_ref", json!(own.external)),
        ("call", json!(own.call)),
        ("picked_from", json!(own.picked)),
    ] {
        if let (false, Some(members)) = (value.is_null(), notice.as_object_mut()) {
            members.insert(name.to_owned(), value);
        }
    }
    notice
}

fn opening(posting: &posting::Model) -> Opening {
    let procedure = &posting.procedure.0;
    Opening {
        kind: KIND,
        object_id: posting.id,
        project_id: Some(posting.project_id),
        division: posting.division.clone(),
        field: Some(posting.field.clone()),
        title: posting.title.clone(),
        content: notice(posting),
        objection_contact: Some(posting.content.objection_contact.clone()),
        channels: Channels::default(),
        term: procedure.timers.of(Timer::T08),
        cutoff_hour: procedure.publish_cutoff_hour,
    }
}

/// Shows the notice of a posting that was just published.
pub(super) async fn start(tx: &Tx, posting: &posting::Model) -> Result<(), Error> {
    wubang_publicity::start(tx, opening(posting)).await?;
    Ok(())
}

/// The notice has changed: it is shown for the whole term again, and T08 with it.
pub(super) async fn restart(tx: &Tx, posting: &posting::Model) -> Result<(), Error> {
    let shown = wubang_publicity::restart(tx, opening(posting)).await?;
    let about = About {
        object: "posting",
        id: posting.id,
        project_id: posting.project_id(),
        division: &posting.division,
        version: posting.version,
    };
    timers::start(tx, &about, &posting.label(), Timer::T08, &shown.deadline()).await
}

/// The posting goes on after a suspension, and T08 with what was left of it.
pub(super) async fn moved(tx: &Tx, posting: &posting::Model, ends: &Deadline) -> Result<(), Error> {
    wubang_publicity::moved(tx, posting.id, KIND, ends).await
}

/// The posting was cancelled or failed.
pub(super) async fn stopped(tx: &Tx, posting: &posting::Model, reason: &str) -> Result<(), Error> {
    wubang_publicity::stopped(tx, posting.id, KIND, reason).await
}

/// T08: the notice was shown long enough.
///
/// # Errors
/// `conflict` when somebody else was first.
pub async fn notice_period_ended(tx: &Tx, id: uuid::Uuid) -> Result<(), Error> {
    wubang_publicity::ended(tx, id, KIND).await
}
