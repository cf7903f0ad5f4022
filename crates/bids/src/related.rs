//! Related parties (关联) across the bids of one round (实施条例 art. 18; rulebook 2.4.4 (1)). Looked at when the box is
//! opened and not before, because a refusal at the hand-in would tell that the other one bids.

use crate::consortium::MemberCheck;
use crate::entity::bid;
use crate::members;
use crate::model::MemberRole;
use std::collections::HashSet;
use uuid::Uuid;
use wubang_registry::bonds::{self, Bonds};
use wubang_registry::{Check, RelationKind};
use wubang_store::{Error, Read};

/// Name of the check.
pub(crate) const RULE: &str = "related_party";

/// An organisation with a part in a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Party {
    pub bid: Uuid,
    pub organisation: Uuid,
    /// It holds the money of another one, and does not serve itself.
    pub custodian: bool,
}

/// Why two organisations may not bid against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Ground {
    /// The same organisation has a part in both.
    Same,
    /// 法定代表人(负责人)为同一人.
    SameHead,
    /// 直接控股或实际控制.
    Control,
    /// 管理关系.
    Management,
}

impl Ground {
    const fn zh(self) -> &'static str {
        match self {
            Ground::Same => "为同一组织",
            Ground::SameHead => "法定代表人(负责人)为同一人",
            Ground::Control => "存在控制关系",
            Ground::Management => "存在管理关系",
        }
    }

    const fn en(self) -> &'static str {
        match self {
            Ground::Same => "is the same organisation",
            Ground::SameHead => "has the same legal representative",
            Ground::Control => "controls it, or is controlled by it",
            Ground::Management => "manages it, or is managed by it",
        }
    }
}

/// Two organisations in two bids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tie {
    pub own: Party,
    pub other: Party,
    pub ground: Ground,
}

/// What ties two organisations, if anything does.
fn ground(bonds: &Bonds, one: &Party, other: &Party) -> Option<Ground> {
    let (a, b) = (one.organisation, other.organisation);
    if a == b {
        // one custodian of two small groups is no bidder in either
        return (!(one.custodian && other.custodian)).then_some(Ground::Same);
    }
    let under = |kind| bonds.under.contains(&(a, b, kind)) || bonds.under.contains(&(b, a, kind));
    let heads = |id| bonds.heads.get(&id);
    let same_head = heads(a)
        .zip(heads(b))
        .is_some_and(|(a, b)| !a.is_disjoint(b));
    match (
        same_head,
        under(RelationKind::Controller),
        under(RelationKind::Manager),
    ) {
        (true, _, _) => Some(Ground::SameHead),
        (_, true, _) => Some(Ground::Control),
        (_, _, true) => Some(Ground::Management),
        _ => None,
    }
}

/// Every tie between two different bids, seen from both sides. Quadratic in the parties of a round, which are some
/// dozens.
pub(crate) fn ties(parties: &[Party], bonds: &Bonds) -> Vec<Tie> {
    let mut all = Vec::new();
    for own in parties {
        for other in parties.iter().filter(|other| other.bid != own.bid) {
            if let Some(ground) = ground(bonds, own, other) {
                all.push(Tie {
                    own: *own,
                    other: *other,
                    ground,
                });
            }
        }
    }
    all
}

/// The ties of a round that is being opened, with the names for the sentence.
pub(crate) struct Round {
    ties: Vec<Tie>,
    bonds: Bonds,
}

/// Looks at every organisation of the bids of a round: leads, partners and custodians.
///
/// # Errors
/// When the database fails.
pub(crate) async fn of_round(read: &impl Read, bids: &[bid::Model]) -> Result<Round, Error> {
    let ids: Vec<Uuid> = bids.iter().map(|bid| bid.id).collect();
    let lead = |bid: &bid::Model| Party {
        bid: bid.id,
        organisation: bid.organisation_id,
        custodian: false,
    };
    let mut parties: Vec<Party> = bids.iter().map(lead).collect();
    let members = members::of_bids(read, &ids).await?;
    let joined = members.iter().filter(|member| member.joined());
    parties.extend(joined.map(|member| Party {
        bid: member.bid_id,
        organisation: member.organisation_id,
        custodian: MemberRole::of(&member.role) == MemberRole::Custodian,
    }));
    let organisations: HashSet<Uuid> = parties.iter().map(|party| party.organisation).collect();
    let organisations: Vec<Uuid> = organisations.into_iter().collect();
    let bonds = bonds::among(read, &organisations).await?;
    Ok(Round {
        ties: ties(&parties, &bonds),
        bonds,
    })
}

impl Round {
    /// The check of one bid: it fails once for each tie, with the other one's name, for those who judge.
    pub(crate) fn checks(&self, bid: &bid::Model) -> Vec<MemberCheck> {
        let name = |id| self.bonds.names.get(&id).map_or("", String::as_str);
        let own = self.ties.iter().filter(|tie| tie.own.bid == bid.id);
        let failed: Vec<MemberCheck> = own
            .map(|tie| {
                let (own, other) = (tie.own.organisation, tie.other.organisation);
                let (zh, en) = (
                    format!(
                        "“{}”与本轮另一揭榜方“{}”{}",
                        name(own),
                        name(other),
                        tie.ground.zh()
                    ),
                    format!("“{}” of another bid {}", name(other), tie.ground.en()),
                );
                answer(own, false, zh, en)
            })
            .collect();
        if !failed.is_empty() {
            return failed;
        }
        let (zh, en) = (
            "本轮揭榜方之间未发现关联关系",
            "no tie to another bidder of the round",
        );
        vec![answer(
            bid.organisation_id,
            true,
            zh.to_owned(),
            en.to_owned(),
        )]
    }
}

fn answer(organisation_id: Uuid, passed: bool, zh: String, en: String) -> MemberCheck {
    MemberCheck {
        organisation_id,
        check: Check {
            rule: RULE,
            passed,
            zh,
            en,
            figures: None,
        },
    }
}

/// The stored checks as the bidder reads them: that a tie was found, and not to whom. Names of other bidders are
/// public with the proposed award (rulebook 2.6).
pub(crate) fn without_names(mut checks: serde_json::Value) -> serde_json::Value {
    for check in checks.as_array_mut().into_iter().flatten() {
        let tied =
            check.get("rule") == Some(&RULE.into()) && check.get("passed") == Some(&false.into());
        if let Some(members) = check.as_object_mut().filter(|_| tied) {
            members.insert("zh".to_owned(), "与本轮另一揭榜方存在关联关系".into());
            members.insert(
                "en".to_owned(),
                "tied to another bidder of the round".into(),
            );
        }
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn party(bid: u128, organisation: u128, custodian: bool) -> Party {
        Party {
            bid: id(bid),
            organisation: id(organisation),
            custodian,
        }
    }

    #[test]
    fn the_custodian_of_two_groups_ties_nothing_until_it_bids() {
        let both = [
            party(1, 10, false),
            party(1, 70, true),
            party(2, 20, false),
            party(2, 70, true),
        ];
        assert!(ties(&both, &Bonds::default()).is_empty());
        let bids = [party(1, 10, false), party(1, 70, true), party(2, 70, false)];
        let found = ties(&bids, &Bonds::default());
        assert!(found.iter().all(|tie| tie.ground == Ground::Same) && found.len() == 2);
    }

    #[test]
    fn the_bidder_reads_that_there_is_a_tie_and_not_to_whom() {
        let checks = serde_json::json!([{ "rule": RULE, "passed": false, "zh": "与“乙”为同一人", "en": "b" }, { "rule": "status_active", "passed": true, "zh": "甲", "en": "a" }]);
        let shown = without_names(checks).to_string();
        assert!(!shown.contains('乙') && shown.contains('甲'), "{shown}");
    }

    proptest! {
        #[test]
        fn exactly_those_with_a_tie_across_bids_are_found(
            seats in prop::collection::vec((0_u128..8, any::<bool>()), 1..20),
            heads in prop::collection::vec(0_u8..12, 20),
            edges in prop::collection::vec((0_usize..20, 0_usize..20, any::<bool>()), 0..8),
        ) {
            // organisation n sits in one bid only
            let parties: Vec<Party> = (0..).zip(&seats).map(|(n, (bid, custodian))| party(*bid, 100 + n, *custodian)).collect();
            let organisation = |n: usize| id(100 + u128::try_from(n).unwrap());
            let mut bonds = Bonds::default();
            for (n, head) in heads.iter().enumerate() {
                bonds.heads.insert(organisation(n), HashSet::from([head.to_string()]));
            }
            for (a, b, control) in &edges {
                let kind = if *control { RelationKind::Controller } else { RelationKind::Manager };
                bonds.under.insert((organisation(*a), organisation(*b), kind));
            }
            let found: HashSet<(Uuid, Uuid)> = ties(&parties, &bonds).iter().map(|tie| (tie.own.organisation, tie.other.organisation)).collect();
            // counted again, over numbers instead of sets
            let mut wanted: HashSet<(Uuid, Uuid)> = HashSet::new();
            let bids: HashMap<usize, u128> = seats.iter().map(|seat| seat.0).enumerate().collect();
            for a in 0..seats.len() {
                for b in 0..seats.len() {
                    let edge = edges.iter().any(|(x, y, _)| (*x == a && *y == b) || (*x == b && *y == a));
                    if bids[&a] != bids[&b] && (heads[a] == heads[b] || edge) {
                        wanted.insert((organisation(a), organisation(b)));
                    }
                }
            }
            prop_assert_eq!(found, wanted);
        }
    }
}
