//! From the panel's sheets to the ranking and its tie-break (rulebook 2.11.1).

use crate::model::{AwardBonus, AwardCriterionMean, AwardRanking, AwardRankingRow, BonusGround};
use crate::rules;
use std::collections::HashMap;
use uuid::Uuid;
use wubang_bids::Bid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::money::Fen;
use wubang_kernel::procedure::BonusRule;
use wubang_kernel::score::Exact;
use wubang_panels::Loaded;
use wubang_panels::draw;
use wubang_panels::scoring::{self, Candidate, Ranked, TieKey};
use wubang_postings::Posting;
use wubang_registry::GradeLevel;
use wubang_registry::credit::ListColour;
use wubang_registry::organisations::Organisation;
use wubang_store::{Error, Read, Tx};

fn too_large() -> Error {
    Error::internal("a score too large to be kept exactly")
}

/// What the register says of a bidder, as far as a ranking looks at it; of a joint bid its lead counts.
#[derive(Debug, Clone, Copy, Default)]
struct Merits {
    /// Grade (评估等级) as a tie-break value: 1 for 1A, 5 for 5A; none is zero.
    grade: i64,
    party_organisation: bool,
    red_list: bool,
}

/// 3A as a tie-break value: from here on a grade may have priority (社会组织评估管理办法 art. 28).
const GRADE_3A: i64 = 3;

async fn merits(tx: &Tx, bids: &[Bid]) -> Result<HashMap<Uuid, Merits>, Error> {
    let ids: Vec<Uuid> = bids.iter().map(|bid| bid.organisation_id).collect();
    let today = local_date(tx.now());
    let organisations = wubang_registry::organisations::load_many(tx, &ids).await?;
    let value = |grade: GradeLevel| {
        (1_i64..)
            .zip(GradeLevel::ALL)
            .find(|(_, one)| **one == grade)
            .map_or(0, |(value, _)| value)
    };
    let merits = |one: &Organisation| Merits {
        grade: one.grade_on(today).map_or(0, value),
        party_organisation: one.profile.party_organisation,
        red_list: one.standings.in_force(ListColour::Red, tx.now()).is_some(),
    };
    Ok(organisations
        .iter()
        .map(|one| (one.id, merits(one)))
        .collect())
}

/// The bonus points of a bid (rulebook 2.11.4): by the notice, and only for who reaches the threshold without them, so
/// that they put good bids in order and never lift a weak one.
fn bonus(rule: BonusRule, threshold: i64, total: Exact, merits: Merits) -> Vec<AwardBonus> {
    let grounds = [
        (
            BonusGround::Grade3a,
            rule.grade_3a,
            merits.grade >= GRADE_3A,
        ),
        (
            BonusGround::PartyOrganisation,
            rule.party_organisation,
            merits.party_organisation,
        ),
        (BonusGround::RedList, rule.red_list, merits.red_list),
    ];
    let good = rules::reaches(total, threshold);
    let given = grounds
        .into_iter()
        .filter(|(_, points, met)| good && *met && *points > 0);
    given
        .map(|(ground, points, _)| AwardBonus { ground, points })
        .collect()
}

/// The ranking of the scored bids.
pub(crate) async fn ranking(
    tx: &Tx,
    posting: &Posting,
    panel: &Loaded,
    bids: &[Bid],
) -> Result<AwardRanking, Error> {
    let procedure = &posting.procedure.0;
    let (merits, seed) = (merits(tx, bids).await?, panel.seed());
    let (mut candidates, mut scored) = (Vec::new(), HashMap::new());
    for bid in bids {
        let sheets = panel.valid_sheets(bid.id);
        let total = scoring::mean_total(&sheets, procedure.trim_from).ok_or_else(too_large)?;
        let own = scoring::criterion_means(&sheets, &procedure.criteria).ok_or_else(too_large)?;
        let merits = merits.get(&bid.organisation_id).copied();
        let merits = merits.unwrap_or_default();
        let bonus = bonus(procedure.bonus, procedure.threshold, total, merits);
        let points: i32 = bonus.iter().map(|one| one.points).sum();
        candidates.push(Candidate {
            subject_id: bid.id,
            total: total
                .add(Exact::from_int(i64::from(points)))
                .ok_or_else(too_large)?,
            keys: tie_keys(&own, bid.price_fen, merits.grade),
            lot: draw::lot(&seed, bid.id),
        });
        let own = Scored {
            total,
            bonus,
            means: own,
        };
        scored.insert(bid.id, own);
    }
    let rows = scoring::rank(candidates).into_iter().map(|ranked| {
        let bid = bids
            .iter()
            .find(|bid| bid.id == ranked.subject_id)
            .ok_or_else(|| Error::internal("ranked what is no bid"))?;
        let own = scored.remove(&bid.id);
        row(
            bid,
            ranked,
            own.ok_or_else(|| Error::internal("ranked what was not scored"))?,
        )
    });
    Ok(AwardRanking(rows.collect::<Result<_, _>>()?))
}

/// The tie-break of rulebook 2.11.1 before the lot. A criterion that the posting does not have
/// decides nothing.
#[must_use]
pub fn tie_keys(means: &[(String, Exact)], price_fen: i64, grade: i64) -> Vec<TieKey> {
    let mean = |key: &str| {
        means
            .iter()
            .find(|(name, _)| name == key)
            .map_or(Exact::ZERO, |(_, mean)| *mean)
    };
    vec![
        TieKey {
            name: "plan",
            value: mean("plan"),
        },
        TieKey {
            name: "sustainability",
            value: mean("sustainability"),
        },
        TieKey {
            name: "price",
            value: Exact::from_int(-price_fen),
        },
        TieKey {
            name: "grade",
            value: Exact::from_int(grade),
        },
    ]
}

/// What a bid has before it is ranked.
struct Scored {
    total: Exact,
    bonus: Vec<AwardBonus>,
    means: Vec<(String, Exact)>,
}

fn row(bid: &Bid, ranked: Ranked, own: Scored) -> Result<AwardRankingRow, Error> {
    Ok(AwardRankingRow {
        rank: ranked.rank,
        bid_id: bid.id,
        organisation_id: bid.organisation_id,
        organisation_name: bid.organisation_name.clone(),
        price_fen: Fen::new(bid.price_fen).map_err(|_| Error::internal("bid with a bad price"))?,
        exact: own.total,
        total: own.total.rounded(),
        bonus: own.bonus,
        ranked: ranked.total,
        means: own
            .means
            .into_iter()
            .map(|(key, exact)| AwardCriterionMean {
                key,
                exact,
                mean: exact.rounded(),
            })
            .collect(),
        tie_break: ranked.tie_break,
    })
}

/// Neighbours in the ranking between whom the lot decided, in the order of their ranks: what anybody
/// can recompute once the draw is revealed.
pub(crate) fn lots(ranking: &AwardRanking) -> Vec<Vec<Uuid>> {
    let mut groups: Vec<Vec<Uuid>> = Vec::new();
    let mut before: Option<&AwardRankingRow> = None;
    for row in &ranking.0 {
        // the step of a row is the one between it and the row before, where their totals are equal
        let by_lot = before.filter(|one| one.ranked == row.ranked).is_some()
            && row.tie_break.as_deref() == Some(scoring::LOT);
        match groups.last_mut().filter(|_| by_lot) {
            Some(group) => group.push(row.bid_id),
            None => groups.push(vec![row.bid_id]),
        }
        before = Some(row);
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// What the ranking says in words.
pub(crate) fn summary(posting: &Posting, panel: &Loaded, ranking: &AwardRanking) -> String {
    let threshold = posting.procedure.0.threshold;
    let passed = ranking
        .0
        .iter()
        .filter(|row| rules::reaches(row.exact, threshold))
        .count();
    let first = ranking
        .0
        .first()
        .map(|row| format!("第一名:{},{} 分。", row.organisation_name, row.total))
        .unwrap_or_default();
    format!(
        "评审组 {} 人对 {} 份揭榜意向书独立评分,{passed} 份达到合格线 {threshold} 分。{first}",
        panel.active().count(),
        ranking.0.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tie_break_follows_the_rulebook_and_a_missing_criterion_decides_nothing() {
        let means = vec![("plan".to_owned(), Exact::from_int(30))];
        let keys = tie_keys(&means, 4_000_000, 4);
        assert_eq!(
            keys.iter().map(|key| key.name).collect::<Vec<_>>(),
            ["plan", "sustainability", "price", "grade"]
        );
        assert_eq!(keys[1].value, Exact::ZERO);
        assert!(
            keys[2].value > tie_keys(&means, 4_000_001, 4)[2].value,
            "the lower price comes first"
        );
        assert!(
            keys[3].value > tie_keys(&means, 4_000_000, 0)[3].value,
            "a graded organisation comes first"
        );
    }

    #[test]
    fn bonus_points_are_printed_earned_and_never_lift_over_the_threshold() {
        let rule = BonusRule {
            grade_3a: 3,
            party_organisation: 1,
            red_list: 1,
        };
        let points = |rule, total, grade, others| -> Vec<i32> {
            let merits = Merits {
                grade,
                party_organisation: others,
                red_list: others,
            };
            bonus(rule, 60, Exact::from_int(total), merits)
                .iter()
                .map(|one| one.points)
                .collect()
        };
        assert_eq!(points(rule, 60, 3, true), [3, 1, 1]);
        assert_eq!(points(rule, 90, 5, false), [3]);
        assert!(points(rule, 90, 2, false).is_empty());
        assert!(points(rule, 59, 5, true).is_empty());
        assert!(points(BonusRule::default(), 90, 5, true).is_empty());
    }

    #[test]
    fn a_lot_is_shown_where_it_decided_and_nowhere_else() {
        let row = |id: u128, total: i64, tie_break: Option<&str>| AwardRankingRow {
            rank: 1,
            bid_id: Uuid::from_u128(id),
            organisation_id: Uuid::from_u128(id),
            organisation_name: String::new(),
            price_fen: Fen::new(1).unwrap(),
            exact: Exact::from_int(total),
            total: Exact::from_int(total).rounded(),
            bonus: Vec::new(),
            ranked: Exact::from_int(total),
            means: Vec::new(),
            tie_break: tie_break.map(str::to_owned),
        };
        let lot = Some(scoring::LOT);
        let ranking = AwardRanking(vec![
            row(1, 90, Some("price")),
            row(2, 90, Some("price")),
            row(3, 90, lot),
            row(4, 80, lot),
            row(5, 80, lot),
            row(6, 70, None),
        ]);
        let ids = |group: &[u128]| {
            group
                .iter()
                .map(|id| Uuid::from_u128(*id))
                .collect::<Vec<_>>()
        };
        assert_eq!(lots(&ranking), [ids(&[2, 3]), ids(&[4, 5])]);
    }
}
