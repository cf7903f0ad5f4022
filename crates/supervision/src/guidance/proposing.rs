//! Proposals of guidance: by a report, or by the system about what the stages below say.

use super::entity::guidance;
use super::flow::GuidanceOrder;
use crate::watched::{self, SYSTEM, of_contract};
use crate::words::GuidanceTrigger;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;
use wubang_contracts::Contract;
use wubang_kernel::machine::{self, Audience, Birth};
use wubang_kernel::{Code, RoleSet};
use wubang_store::{Error, Read, Tx, birth};

/// What is proposed, and what it follows from.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    pub trigger: GuidanceTrigger,
    pub object: Option<(&'static str, Uuid)>,
    pub facts: String,
}

/// What an open order of an agreement and a trigger is known by: there is one at a time.
fn open_key(contract: &Contract, trigger: GuidanceTrigger) -> String {
    format!("{} {}", contract.id, trigger.as_str())
}

async fn is_open(read: &impl Read, key: &str) -> Result<bool, Error> {
    let found = guidance::Entity::find()
        .filter(guidance::Column::OpenKey.eq(key))
        .one(&read.db())
        .await?;
    Ok(found.is_some())
}

/// Writes a proposal down and tells the street.
///
/// # Errors
/// `duplicate` while one of the same trigger is open.
pub(crate) async fn propose(
    tx: &Tx,
    contract: &Contract,
    made: Birth<GuidanceOrder>,
    proposal: Proposal,
) -> Result<guidance::Model, Error> {
    let key = open_key(contract, proposal.trigger);
    if is_open(tx, &key).await? {
        return Err(Code::Duplicate.into());
    }
    let number = watched::number(tx, "GY", contract).await?;
    let data = serde_json::json!({ "number": number, "trigger": proposal.trigger,
        "object_id": proposal.object.map(|(_, id)| id) });
    let told = serde_json::json!({ "reason": proposal.trigger.zh() });
    let row = of_contract!(guidance, tx, contract, number, {
        trigger: proposal.trigger.as_str().to_owned(),
        object: proposal.object.map(|(object, _)| object.to_owned()),
        object_id: proposal.object.map(|(_, id)| id),
        facts: proposal.facts,
        proposed_by: watched::maker(tx, &made),
        open_key: Some(key),
        reason: None,
        opened_by: None,
        opened_at: None,
        demand: None,
        mentor: None,
        plan: None,
        plan_returns: 0,
        recovery: None,
    });
    let row = birth::<guidance::Entity, _>(tx, made, row, Some(data)).await?;
    watched::tell::<guidance::Entity>(tx, &row, &[Audience::Street], told).await?;
    Ok(row)
}

/// What a stage below makes the system propose; nothing while one of the same trigger is open, and nothing for an
/// agreement that is over.
///
/// # Errors
/// When the database fails.
pub(crate) async fn propose_by_system(
    tx: &Tx,
    contract: &Contract,
    proposal: Proposal,
) -> Result<(), Error> {
    let open = is_open(tx, &open_key(contract, proposal.trigger)).await?;
    if open || !watched::is_running(contract) {
        return Ok(());
    }
    let made = machine::create::<GuidanceOrder>(RoleSet::of(SYSTEM))?;
    propose(tx, contract, made, proposal).await?;
    Ok(())
}
