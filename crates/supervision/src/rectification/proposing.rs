//! Proposals of rectification: by a report, by the system about what the stages below say, and for the stages above.

use super::entity::rectification;
use super::model::{Defects, Judgements, PastRounds};
use crate::proposing::{self, Proposed, Said};
use crate::watched::of_contract;
use crate::words::RectificationTrigger;
use wubang_contracts::Contract;
use wubang_store::{Error, Read as _, Tx};

/// What is proposed, and what it follows from.
pub type Proposal = proposing::Proposal<RectificationTrigger>;

impl Proposed for rectification::Entity {
    type Trigger = RectificationTrigger;
    const SERIES: &'static str = "ZG";

    fn open_key() -> rectification::Column {
        rectification::Column::OpenKey
    }

    fn row(tx: &Tx, contract: &Contract, said: Said) -> rectification::ActiveModel {
        of_contract!(rectification, tx, contract, said.number, {
            trigger: said.trigger,
            object: said.object,
            object_id: said.object_id,
            facts: said.facts,
            proposed_by: said.proposed_by,
            open_key: said.open_key,
            reason: None,
            ordered_by: None,
            round: 1,
            defects: Defects::default(),
            extended_days: None,
            report: None,
            opinions: Judgements::default(),
            rounds: PastRounds::default(),
        })
    }
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
    proposing::propose_by_system::<rectification::Entity>(tx, contract, proposal).await
}
