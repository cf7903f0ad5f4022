//! The row of a new draft: of a new project, or of the next round of one.

use crate::entity::posting;
use crate::model::{Content, FrozenProcedure, Overrides};
use crate::particulars::Particulars;
use crate::rules;
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::DivisionCode;
use wubang_store::{Error, Read as _, Tx, numbers};

/// The number of a first round: `LB-{district}-{year}-{n}` (rulebook 2.4.2).
pub(super) async fn next_number(tx: &Tx, division: &DivisionCode) -> Result<String, Error> {
    let year = local_date(tx.now()).format("%Y");
    let series = format!("LB-{}-{year}", division.district6());
    Ok(format!("{series}-{:04}", numbers::next(tx, &series).await?))
}

/// What a new draft begins with; the rest of its row is empty.
pub(super) struct Fresh {
    pub number: String,
    pub project_id: Uuid,
    pub round: i32,
    pub kind: String,
    pub division: String,
    pub title: String,
    pub field: String,
    pub budget_ceiling_fen: i64,
    pub content: Content,
    pub procedure: FrozenProcedure,
    pub overrides: Overrides,
    pub particulars: Particulars,
    pub publish_at: Option<DateTime<Utc>>,
}

impl Fresh {
    /// The row, drafted by the caller now.
    pub(super) fn row(self, tx: &Tx) -> Result<posting::ActiveModel, Error> {
        Ok(posting::ActiveModel {
            id: Set(tx.new_id()),
            number: Set(self.number),
            project_id: Set(self.project_id),
            round: Set(self.round),
            kind: Set(self.kind),
            division: Set(self.division),
            title: Set(self.title),
            field: Set(self.field),
            target_groups: Set(rules::spaced(&self.content.target_groups)),
            budget_ceiling_fen: Set(self.budget_ceiling_fen),
            procedure: Set(self.procedure),
            funding: Set(rules::funding(&self.content)),
            content: Set(self.content),
            overrides: Set(self.overrides),
            call_id: Set(self.particulars.came_of()),
            particulars: Set(self.particulars),
            invitation: Set(None),
            drafted_by: Set(tx.person()?),
            handed_in_by: Set(None),
            endorsed_by: Set(None),
            approved_by: Set(None),
            content_acknowledged: Set(false),
            acknowledgement_reason: Set(None),
            cap_reason: Set(None),
            bidder_cap_reason: Set(None),
            split_reason: Set(None),
            publish_at: Set(self.publish_at),
            published_at: Set(None),
            question_deadline: Set(None),
            bid_deadline: Set(None),
            bid_deadline_rule: Set(None),
            provisional: Set(false),
            closed_at: Set(None),
            notice_hash: Set(None),
            reason_code: Set(None),
            reason: Set(None),
            outcome: Set(None),
            single_bidder_reason: Set(None),
            need_returned_reason: Set(None),
            resume_to: Set(None),
            suspended_by: Set(None),
            state: Set("draft".to_owned()),
            version: Set(1),
            created_at: Set(tx.now()),
            updated_at: Set(tx.now()),
        })
    }
}
