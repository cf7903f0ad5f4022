//! Proposals of guidance: by a report, or by the system about what the stages below say.

use super::entity::guidance;
use crate::proposing::{self, Proposed, Said};
use crate::watched::of_contract;
use crate::words::GuidanceTrigger;
use wubang_contracts::Contract;
use wubang_store::{Error, Read as _, Tx};

/// What is proposed, and what it follows from.
pub(crate) type Proposal = proposing::Proposal<GuidanceTrigger>;

impl Proposed for guidance::Entity {
    type Trigger = GuidanceTrigger;
    const SERIES: &'static str = "GY";

    fn open_key() -> guidance::Column {
        guidance::Column::OpenKey
    }

    fn row(tx: &Tx, contract: &Contract, said: Said) -> guidance::ActiveModel {
        of_contract!(guidance, tx, contract, said.number, {
            trigger: said.trigger,
            object: said.object,
            object_id: said.object_id,
            facts: said.facts,
            proposed_by: said.proposed_by,
            open_key: said.open_key,
            reason: None,
            opened_by: None,
            opened_at: None,
            demand: None,
            mentor: None,
            plan: None,
            plan_returns: 0,
            recovery: None,
        })
    }
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
    proposing::propose_by_system::<guidance::Entity>(tx, contract, proposal).await
}
