//! Reading and writing settlements; decides nothing.

use super::entity::settlement;
use super::flow;
use crate::store::{ContractCase, load_of};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_store::{Error, Key, Read, Tracked};

wubang_store::stateful!(settlement::Entity, flow::Settlement);

impl Tracked for settlement::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    fn label(&self) -> String {
        format!("{} 结算", self.contract_number)
    }
    fn organisations(&self) -> Vec<Uuid> {
        vec![self.organisation_id]
    }
}

/// A settlement for somebody who may see its agreement, with that.
pub(crate) async fn load(
    read: &impl Read,
    key: &Key,
) -> Result<(ContractCase, settlement::Model), Error> {
    load_of::<settlement::Entity>(read, key, |row| row.contract_id).await
}

/// The settlement of an agreement.
pub(crate) async fn of_contract(
    read: &impl Read,
    contract: Uuid,
) -> Result<Option<settlement::Model>, Error> {
    Ok(settlement::Entity::find()
        .filter(settlement::Column::ContractId.eq(contract))
        .one(&read.db())
        .await?)
}

/// The settlement itself, whoever asks.
pub(crate) async fn find(read: &impl Read, id: Uuid) -> Result<settlement::Model, Error> {
    let row = settlement::Entity::find_by_id(id).one(&read.db()).await?;
    Ok(row.ok_or(Code::NotFound)?)
}
