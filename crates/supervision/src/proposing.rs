//! Proposals by trigger, the same for guidance and rectification: what is reported or what the stages below say is
//! written down, one at a time for an agreement and a trigger, and the street is told, which decides.

use crate::watched::{self, Case, SYSTEM, Watched, internal_text, made_of};
use crate::words::{GuidanceTrigger, RectificationTrigger};
use sea_orm::{ColumnTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde::Serialize;
use uuid::Uuid;
use wubang_contracts::Contract;
use wubang_kernel::machine::{self, Audience, Birth};
use wubang_kernel::{Code, Faults, RoleSet};
use wubang_store::{Error, Read, Stateful, Tx, birth, tell_of_birth};

/// What is proposed, and what it follows from.
#[derive(Debug, Clone)]
pub struct Proposal<T> {
    /// Why.
    pub trigger: T,
    /// The object that it follows from: its name in the trail, and its id.
    pub object: Option<(&'static str, Uuid)>,
    /// What is the matter. Read by the parties, never public.
    pub facts: String,
}

/// A word that says why something is proposed.
pub(crate) trait Trigger: Copy + Serialize {
    /// As on the wire.
    fn wire(self) -> &'static str;
    /// In Chinese.
    fn words(self) -> &'static str;
}

impl Trigger for GuidanceTrigger {
    fn wire(self) -> &'static str {
        self.as_str()
    }
    fn words(self) -> &'static str {
        self.zh()
    }
}

impl Trigger for RectificationTrigger {
    fn wire(self) -> &'static str {
        self.as_str()
    }
    fn words(self) -> &'static str {
        self.zh()
    }
}

/// What a new row says of its proposal.
pub(crate) struct Said {
    pub number: String,
    pub trigger: String,
    pub object: Option<String>,
    pub object_id: Option<Uuid>,
    pub facts: String,
    pub proposed_by: Option<Uuid>,
    pub open_key: Option<String>,
}

/// An order that is proposed by its trigger.
pub(crate) trait Proposed: Watched
where
    Self::Model: IntoActiveModel<Self::ActiveModel>,
{
    /// Why.
    type Trigger: Trigger;
    /// Prefix of its numbers.
    const SERIES: &'static str;
    /// The column of what an open one is known by.
    fn open_key() -> Self::Column;
    /// A new row.
    fn row(tx: &Tx, contract: &Contract, said: Said) -> Self::ActiveModel;
}

/// What an open order of an agreement and a trigger is known by: there is one at a time.
fn open_key(contract: &Contract, trigger: impl Trigger) -> String {
    format!("{} {}", contract.id, trigger.wire())
}

async fn is_open<E: Proposed>(read: &impl Read, key: &str) -> Result<bool, Error>
where
    E::Model: IntoActiveModel<E::ActiveModel> + Sync,
{
    let open = E::find().filter(E::open_key().eq(key));
    Ok(open.count(&read.db()).await? > 0)
}

/// Writes a proposal down and tells the street.
///
/// # Errors
/// `duplicate` while one of the same trigger is open.
async fn propose<E: Proposed>(
    tx: &Tx,
    contract: &Contract,
    made: Birth<<E as Stateful>::Machine>,
    proposal: Proposal<E::Trigger>,
) -> Result<E::Model, Error>
where
    E::Model: IntoActiveModel<E::ActiveModel> + Sync,
    E::ActiveModel: Send,
{
    let key = open_key(contract, proposal.trigger);
    if is_open::<E>(tx, &key).await? {
        return Err(Code::Duplicate.into());
    }
    let number = watched::number(tx, E::SERIES, contract).await?;
    let object_id = proposal.object.map(|(_, id)| id);
    let data = serde_json::json!({ "number": number, "trigger": proposal.trigger, "object_id": object_id });
    let said = Said {
        number,
        trigger: proposal.trigger.wire().to_owned(),
        object: proposal.object.map(|(object, _)| object.to_owned()),
        object_id,
        facts: proposal.facts,
        proposed_by: watched::maker(tx, &made),
        open_key: Some(key),
    };
    let row = birth::<E, _>(tx, made, E::row(tx, contract, said), Some(data)).await?;
    let told = serde_json::json!({ "reason": proposal.trigger.words() });
    tell_of_birth::<E>(tx, &row, &[Audience::Street], told).await?;
    Ok(row)
}

/// What a stage below makes the system propose; nothing while one of the same trigger is open, and nothing for an
/// agreement that is over.
///
/// # Errors
/// When the database fails.
pub(crate) async fn propose_by_system<E: Proposed>(
    tx: &Tx,
    contract: &Contract,
    proposal: Proposal<E::Trigger>,
) -> Result<(), Error>
where
    E::Model: IntoActiveModel<E::ActiveModel> + Sync,
    E::ActiveModel: Send,
{
    let open = is_open::<E>(tx, &open_key(contract, proposal.trigger)).await?;
    if open || !watched::is_running(contract) {
        return Ok(());
    }
    let made = machine::create::<E::Machine>(RoleSet::of(SYSTEM))?;
    propose::<E>(tx, contract, made, proposal).await?;
    Ok(())
}

/// A person reports what is the matter; `may` says whose roles may report this trigger.
///
/// # Errors
/// `not_found`, `forbidden`, `recused`; `invalid_transition` for an agreement that does not run; `invalid`; `duplicate`
/// while an order of the same trigger is open.
pub(crate) async fn report<E: Proposed>(
    tx: &Tx,
    contract: Uuid,
    trigger: E::Trigger,
    facts: &str,
    may: impl FnOnce(RoleSet, E::Trigger) -> bool,
) -> Result<Case<E::Model>, Error>
where
    E::Model: IntoActiveModel<E::ActiveModel> + Sync,
    E::ActiveModel: Send,
{
    let (contract, roles, made) = made_of::<E::Machine>(tx, contract).await?;
    if !may(roles, trigger) {
        return Err(Code::Forbidden.into());
    }
    let mut faults = Faults::new();
    let facts = internal_text(&mut faults, "/facts", facts, 10..=2000);
    faults.finish()?;
    let proposal = Proposal {
        trigger,
        object: None,
        facts,
    };
    let row = propose::<E>(tx, &contract, made, proposal).await?;
    Ok(Case {
        row,
        contract,
        roles,
    })
}
