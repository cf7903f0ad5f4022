//! Proposals of an exit: by the street, or after two failed rounds of rectification.

use super::entity::exit;
use super::flow::Exit;
use super::model::ExitOpinions;
use crate::watched::{self, SYSTEM, of_contract};
use crate::words::ExitGround;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;
use wubang_contracts::Contract;
use wubang_kernel::machine::{self, Audience, Birth};
use wubang_kernel::{Code, RoleSet};
use wubang_store::{Error, Read, Tx, birth};

/// What is proposed, and what it follows from.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    pub ground: ExitGround,
    pub object_id: Option<Uuid>,
    pub facts: String,
}

/// Writes a proposal down and tells the street; an agreement has one open exit.
///
/// # Errors
/// `duplicate` while another one is open.
pub(crate) async fn propose(
    tx: &Tx,
    contract: &Contract,
    made: Birth<Exit>,
    proposal: Proposal,
) -> Result<exit::Model, Error> {
    let key = contract.id.to_string();
    let open = exit::Entity::find()
        .filter(exit::Column::OpenKey.eq(key.as_str()))
        .one(&tx.db())
        .await?;
    if open.is_some() {
        return Err(Code::Duplicate.into());
    }
    let number = watched::number(tx, "TC", contract).await?;
    let data = serde_json::json!({ "number": number, "ground": proposal.ground, "object_id": proposal.object_id });
    let told = serde_json::json!({ "reason": proposal.ground.zh() });
    let row = of_contract!(exit, tx, contract, number, {
        ground: proposal.ground.as_str().to_owned(),
        facts: proposal.facts,
        object_id: proposal.object_id,
        proposed_by: watched::maker(tx, &made),
        open_key: Some(key),
        reason: None,
        evidence: None,
        notified_by: None,
        defence_by: None,
        defence: None,
        defended_by: None,
        opinions: ExitOpinions::default(),
        conditions: None,
        public_facts: None,
        decided_at: None,
        handover: None,
        settled_at: None,
        appeal_by: None,
        appeal: None,
    });
    let row = birth::<exit::Entity, _>(tx, made, row, Some(data)).await?;
    wubang_store::tell_of_birth::<exit::Entity>(tx, &row, &[Audience::Street], told).await?;
    Ok(row)
}

/// What two failed rounds make the system propose.
///
/// # Errors
/// `duplicate` while another exit is open.
pub(crate) async fn propose_by_system(
    tx: &Tx,
    contract: &Contract,
    proposal: Proposal,
) -> Result<(), Error> {
    let made = machine::create::<Exit>(RoleSet::of(SYSTEM))?;
    propose(tx, contract, made, proposal).await?;
    Ok(())
}
