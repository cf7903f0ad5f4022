//! Proposals of rectification: by a report, by the system about what the stages below say, and for the stages above.

use super::entity::rectification;
use super::flow::RectificationOrder;
use super::model::{Defects, Judgements, PastRounds};
use crate::watched::{self, SYSTEM, of_contract};
use crate::words::RectificationTrigger;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;
use wubang_contracts::Contract;
use wubang_kernel::machine::{self, Audience, Birth};
use wubang_kernel::{Code, RoleSet};
use wubang_store::{Error, Read, Tx, birth};

/// What is proposed, and what it follows from.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Why.
    pub trigger: RectificationTrigger,
    /// The object that it follows from: its name in the trail, and its id.
    pub object: Option<(&'static str, Uuid)>,
    /// What is the matter. Read by the parties, never public.
    pub facts: String,
}

/// What an open order of an agreement and a trigger is known by: there is one at a time.
fn open_key(contract: &Contract, trigger: RectificationTrigger) -> String {
    format!("{} {}", contract.id, trigger.as_str())
}

async fn is_open(read: &impl Read, key: &str) -> Result<bool, Error> {
    let found = rectification::Entity::find()
        .filter(rectification::Column::OpenKey.eq(key))
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
    made: Birth<RectificationOrder>,
    proposal: Proposal,
) -> Result<rectification::Model, Error> {
    let key = open_key(contract, proposal.trigger);
    if is_open(tx, &key).await? {
        return Err(Code::Duplicate.into());
    }
    let number = watched::number(tx, "ZG", contract).await?;
    let data = serde_json::json!({ "number": number, "trigger": proposal.trigger,
        "object_id": proposal.object.map(|(_, id)| id) });
    let told = serde_json::json!({ "reason": proposal.trigger.zh() });
    let row = of_contract!(rectification, tx, contract, number, {
        trigger: proposal.trigger.as_str().to_owned(),
        object: proposal.object.map(|(object, _)| object.to_owned()),
        object_id: proposal.object.map(|(_, id)| id),
        facts: proposal.facts,
        proposed_by: watched::maker(tx, &made),
        open_key: Some(key),
        reason: None,
        ordered_by: None,
        round: 1,
        defects: Defects::default(),
        extended_days: None,
        report: None,
        opinions: Judgements::default(),
        rounds: PastRounds::default(),
    });
    let row = birth::<rectification::Entity, _>(tx, made, row, Some(data)).await?;
    watched::tell::<rectification::Entity>(tx, &row, &[Audience::Street], told).await?;
    Ok(row)
}

/// What another object makes the system propose; nothing while one of the same trigger is open, and nothing for an
/// agreement that is over. Stages above call it for upheld complaints and for satisfaction below 60.
///
/// # Errors
/// When the database fails.
pub async fn propose_by_system(
    tx: &Tx,
    contract: &Contract,
    proposal: Proposal,
) -> Result<(), Error> {
    let open = is_open(tx, &open_key(contract, proposal.trigger)).await?;
    if open || !watched::is_running(contract) {
        return Ok(());
    }
    let made = machine::create::<RectificationOrder>(RoleSet::of(SYSTEM))?;
    propose(tx, contract, made, proposal).await?;
    Ok(())
}
