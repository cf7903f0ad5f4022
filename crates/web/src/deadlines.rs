//! Running deadlines as they are shown.

use crate::answer::Instant;
use serde::Serialize;
use utoipa::ToSchema;
use wubang_store::entity::timers;

/// A running deadline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeadlineOut {
    /// 计时器。
    #[schema(example = "bid_window")]
    pub timer: String,
    /// 到期。
    pub at: Instant,
    /// 依据。
    pub rule: String,
    /// 日历未定,可能顺延。
    pub provisional: bool,
}

impl From<timers::Model> for DeadlineOut {
    fn from(timer: timers::Model) -> Self {
        DeadlineOut {
            timer: timer.timer,
            at: Instant(timer.due_at),
            rule: timer.rule,
            provisional: timer.provisional,
        }
    }
}
