//! Needs that come with their project: picked out of a call for projects (公益创投, rulebook 2.3.3). The panel
//! judged need and project together, so the need is posted in the same decision.

use super::fresh::Fresh;
use super::system::by_system;
use crate::entity::need;
use crate::flow::{Need, NeedEvent};
use crate::model::{Detail, Source, Urgency, wire};
use crate::store;
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Role, RoleSet, machine};
use wubang_store::{Error, Read as _, Tx, birth};

/// A need as its project described it; the texts were checked with the proposal.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// Community (12-digit code).
    pub community: DivisionCode,
    /// Title.
    pub title: String,
    /// Field code.
    pub field: String,
    /// The need and its root cause.
    pub description: String,
    /// What is done about it.
    pub wished_result: String,
    /// Target groups.
    pub target_groups: Vec<String>,
    /// How many benefit.
    pub affected_count: i64,
    /// Number of the call.
    pub call: String,
}

/// Makes the need of a picked project, posted at once.
///
/// # Errors
/// When the database fails.
pub async fn adopt(tx: &Tx, adopted: Adopted) -> Result<Uuid, Error> {
    let data = serde_json::json!({ "call": adopted.call });
    let root_cause = adopted.description.clone();
    let fresh = Fresh {
        community: adopted.community,
        title: adopted.title,
        field: adopted.field,
        source: wire(Source::OpenCall),
        urgency: wire(Urgency::Normal),
        affected_count: adopted.affected_count,
        detail: Detail {
            description: adopted.description,
            target_groups: adopted.target_groups,
            wished_result: adopted.wished_result,
            tried: String::new(),
            community_resources: String::new(),
        },
    };
    let made = machine::create::<Need>(RoleSet::of(&[Role::System]))?;
    let row = fresh.row(tx).await?;
    let need = birth::<need::Entity, _>(tx, made, row, Some(data)).await?;
    store::index(tx, &need).await?;
    let now = tx.now();
    by_system(tx, need.id, NeedEvent::Adopt, |c, _| {
        c.set(need::Column::RootCause, root_cause)
            .set(need::Column::Priority, "normal")
            .set(need::Column::ApprovedAt, now)
    })
    .await?;
    Ok(need.id)
}
