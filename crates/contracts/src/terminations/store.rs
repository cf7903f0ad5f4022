//! Reading and writing terminations; decides nothing.

use super::entity::{consent, termination};
use super::flow;
use super::model::TerminationKind;
use crate::store::{ContractCase, load_of};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_store::{Error, Key, Read, Tracked, Tx};

wubang_store::stateful!(termination::Entity, flow::Termination);

impl Tracked for termination::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    fn label(&self) -> String {
        format!("{} 解除协议", self.contract_number)
    }
    fn organisations(&self) -> Vec<Uuid> {
        vec![self.organisation_id]
    }
}

/// A termination with its agreement and the parties that have agreed.
#[derive(Debug, Clone)]
pub(crate) struct TerminationCase {
    pub termination: termination::Model,
    pub consents: Vec<consent::Model>,
    pub contract: ContractCase,
}

impl TerminationCase {
    /// By agreement or for cause.
    pub fn kind(&self) -> TerminationKind {
        TerminationKind::from_wire(&self.termination.kind).unwrap_or(TerminationKind::Cause)
    }

    /// The parties that have agreed.
    pub fn agreed(&self) -> Vec<Uuid> {
        self.consents.iter().map(|one| one.party_id).collect()
    }
}

/// A termination for somebody who may see its agreement.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<TerminationCase, Error> {
    let (contract, row) = load_of::<termination::Entity>(read, key, |row| row.contract_id).await?;
    complete(read, row, contract).await
}

/// Who has agreed to it.
pub(crate) async fn complete(
    read: &impl Read,
    termination: termination::Model,
    contract: ContractCase,
) -> Result<TerminationCase, Error> {
    let consents = consent::Entity::find()
        .filter(consent::Column::TerminationId.eq(termination.id))
        .order_by_asc(consent::Column::Id)
        .all(&read.db())
        .await?;
    Ok(TerminationCase {
        termination,
        consents,
        contract,
    })
}

/// The termination of an agreement that is being dealt with.
pub(crate) async fn open_of(
    read: &impl Read,
    contract: Uuid,
) -> Result<Option<termination::Model>, Error> {
    Ok(termination::Entity::find()
        .filter(termination::Column::OpenOf.eq(contract))
        .one(&read.db())
        .await?)
}

/// The termination itself, whoever asks.
pub(crate) async fn find(read: &impl Read, id: Uuid) -> Result<termination::Model, Error> {
    let row = termination::Entity::find_by_id(id).one(&read.db()).await?;
    Ok(row.ok_or(Code::NotFound)?)
}

/// Keeps that a party has agreed; the second time of one party is refused by the table.
pub(crate) async fn insert_consent(
    tx: &Tx,
    termination: Uuid,
    party: Uuid,
) -> Result<consent::Model, Error> {
    let row = consent::ActiveModel {
        id: Set(tx.new_id()),
        termination_id: Set(termination),
        party_id: Set(party),
        person_id: Set(tx.person()?),
        name: Set(tx.actor().name.clone()),
        agreed_at: Set(tx.now()),
    };
    Ok(consent::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}
