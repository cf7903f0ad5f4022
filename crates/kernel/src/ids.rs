//! Typed ids (UUIDv7) and the source they come from.

use chrono::{DateTime, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);
        impl From<Uuid> for $name { fn from(id: Uuid) -> Self { $name(id) } }
        impl From<$name> for Uuid { fn from(id: $name) -> Self { id.0 } }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    )+};
}

ids! {
    /// A person.
    PersonId;
    /// An organisation (社会组织 and others).
    OrganisationId;
    /// A need (需求).
    NeedId;
    /// A project: posting, contract and evaluations of one need or more.
    ProjectId;
    /// A posting (榜单), one round.
    PostingId;
    /// A bid (揭榜意向书).
    BidId;
    /// A panel (评审组/考评组).
    PanelId;
    /// An award (承榜).
    AwardId;
    /// A contract (承榜协议).
    ContractId;
    /// A milestone (里程碑).
    MilestoneId;
    /// A payment (拨付).
    PaymentId;
    /// An evaluation (考榜).
    EvaluationId;
}

/// Gives new ids.
pub trait Ids: Send + Sync + 'static {
    /// A new id, sortable by time of making.
    fn new_id(&self, now: DateTime<Utc>) -> Uuid;
}

/// UUIDv7 with a counter, so that ids made in the same millisecond still sort.
#[derive(Debug, Default)]
pub struct UuidV7 {
    context: std::sync::Mutex<ContextV7>,
}

impl Ids for UuidV7 {
    fn new_id(&self, now: DateTime<Utc>) -> Uuid {
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        let context = self
            .context
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(Timestamp::from_unix(
            &*context,
            seconds,
            now.timestamp_subsec_nanos(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_instant_differ_and_sort() {
        let ids = UuidV7::default();
        let now = DateTime::from_timestamp(1_790_000_000, 5_000).unwrap();
        let made: Vec<_> = (0..1000).map(|_| ids.new_id(now)).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
