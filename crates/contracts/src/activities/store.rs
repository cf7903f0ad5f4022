//! Reading and writing the activity log; decides nothing.

use super::entity::activity;
use super::flow;
use crate::store::{ContractCase, load_of};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;
use wubang_store::{Error, Key, Read, Tracked};

wubang_store::stateful!(activity::Entity, flow::Activity);

impl Tracked for activity::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    fn label(&self) -> String {
        format!("{} {} 活动记录", self.contract_number, self.held_on)
    }
    fn organisations(&self) -> Vec<Uuid> {
        vec![self.organisation_id]
    }
}

/// An entry for somebody who may see its agreement, with that.
pub(crate) async fn load(
    read: &impl Read,
    key: &Key,
) -> Result<(ContractCase, activity::Model), Error> {
    load_of::<activity::Entity>(read, key, |row| row.contract_id).await
}

/// Every entry of an agreement, the oldest first: some hundreds at most.
pub(crate) async fn of_contract(
    read: &impl Read,
    contract: Uuid,
) -> Result<Vec<activity::Model>, Error> {
    Ok(activity::Entity::find()
        .filter(activity::Column::ContractId.eq(contract))
        .order_by_asc(activity::Column::Id)
        .all(&read.db())
        .await?)
}
