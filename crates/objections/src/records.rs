//! What is stored of an objection beside its columns.

use crate::inputs::{ObjectionDemand, ObjectionGround};
use crate::words::{Effect, GroundCode, Outcome};
use chrono::{DateTime, Utc};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The form of an objection (异议书), as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct ObjectionForm {
    /// 事由与事实。
    pub grounds: Vec<ObjectionGround>,
    /// 请求。
    pub demand: ObjectionDemand,
}

/// Who may not handle an objection: fixed when it is handed in, so that it can be checked afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Involved {
    /// Who decided what is objected to.
    pub deciders: Vec<Uuid>,
    /// Who took part in it: drafted, approved, sat on the panel.
    pub took_part: Vec<Uuid>,
    /// Organisations that are a party.
    pub parties: Vec<Uuid>,
}

/// Asked once for what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct SupplementRecord {
    /// What is missing.
    pub asked: String,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// Until when it may come.
    pub until: DateTime<Utc>,
    /// The supplement.
    pub text: Option<String>,
    /// When it came.
    pub supplemented_at: Option<DateTime<Utc>>,
}

/// The hearing of the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct HearingRecord {
    /// What was asked.
    pub question: String,
    /// Until when an answer counts.
    pub until: DateTime<Utc>,
    /// The answer.
    pub answer: Option<String>,
    /// When it came.
    pub answered_at: Option<DateTime<Utc>>,
    /// When the time to answer was found to be over.
    pub over_at: Option<DateTime<Utc>>,
}

/// A decision about an objection, or why it was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct ReplyRecord {
    /// What came of it; none when it was rejected.
    pub outcome: Option<Outcome>,
    /// What is done.
    pub effect: Option<Effect>,
    /// Why.
    pub reason: String,
    /// What is corrected.
    pub correction: Option<String>,
    /// Whether T44 was over.
    pub late: bool,
}

/// A complaint and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct ComplaintRecord {
    /// Its grounds.
    pub grounds: Vec<GroundCode>,
    /// Why the answer does not satisfy.
    pub text: String,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
    /// Whether it was taken; none while nobody has looked.
    pub accepted: Option<bool>,
    /// Why it was not.
    pub refusal: Option<String>,
    /// Since when the matter was suspended because of it.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Until when at most (T48).
    pub suspended_until: Option<DateTime<Utc>>,
    /// Whether it was upheld.
    pub upheld: Option<bool>,
    /// What was ordered.
    pub effect: Option<Effect>,
    /// Why.
    pub reason: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Who decided.
    pub decided_by: Option<Uuid>,
}

/// That an objection rests on invented facts or forged proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct AbuseRecord {
    /// Why.
    pub reason: String,
    /// When it was found.
    pub found_at: DateTime<Utc>,
    /// Who found it.
    pub found_by: Uuid,
}
