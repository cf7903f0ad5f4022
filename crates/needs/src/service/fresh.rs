//! The row of a new need, heard or adopted.

use crate::entity::need;
use crate::model::Detail;
use crate::store;
use sea_orm::ActiveValue::Set;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::DivisionCode;
use wubang_store::{Error, Read as _, Tx, numbers};

/// What a new need begins with; the rest of its row is empty.
pub(super) struct Fresh {
    pub community: DivisionCode,
    pub title: String,
    pub field: String,
    pub source: String,
    pub urgency: String,
    pub affected_count: i64,
    pub detail: Detail,
}

impl Fresh {
    /// The row with its number, drafted by the caller now.
    pub(super) async fn row(self, tx: &Tx) -> Result<need::ActiveModel, Error> {
        let year = local_date(tx.now()).format("%Y");
        let series = format!("XQ-{}-{year}", self.community.district6());
        let number = format!("{series}-{:04}", numbers::next(tx, &series).await?);
        Ok(need::ActiveModel {
            id: Set(tx.new_id()),
            number: Set(number),
            division: Set(self.community.as_str().to_owned()),
            title: Set(self.title),
            field: Set(self.field),
            source: Set(self.source),
            urgency: Set(self.urgency),
            affected_count: Set(self.affected_count),
            supporters: Set(0),
            target_groups: Set(store::spaced(&self.detail.target_groups)),
            detail: Set(self.detail),
            content_hash: Set(None),
            returned_hash: Set(None),
            analyst_id: Set(None),
            priority: Set(None),
            review_score: Set(None),
            review_hundredths: Set(None),
            reason_code: Set(None),
            reason: Set(None),
            merged_into: Set(None),
            root_cause: Set(None),
            appeal: Set(None),
            appeal_until: Set(None),
            emergency: Set(false),
            redesign_required: Set(false),
            cycle: Set(1),
            backlogged_at: Set(None),
            supplements: Set(0),
            failed_rounds: Set(0),
            created_by: Set(tx.person()?),
            approved_at: Set(None),
            state: Set("draft".to_owned()),
            version: Set(1),
            created_at: Set(tx.now()),
            updated_at: Set(tx.now()),
        })
    }
}
