//! Totals, trimmed means, ranks and tie-breaks of thousands of random score sets, against a program in
//! another language that computes them from the raw sheets (rulebook 2.11.1).

use crate::draws::python;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use wubang_kernel::procedure::{PostingType, Procedure};
use wubang_kernel::score::Exact;
use wubang_panels::model::{Points, Reasons};
use wubang_panels::scoring::{Candidate, Ranked, criterion_means, mean_total, rank};
use wubang_panels::{Sheet, draw};

const SCRIPT: &str = include_str!("support/recompute.py");
/// Sets that are compared.
const SETS: u64 = 4000;

/// Numbers that look random and are the same in every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    /// A number below another one.
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        i64::try_from(z % u64::try_from(end).unwrap()).unwrap()
    }
}

/// One bid with its sheets.
struct Bid {
    id: Uuid,
    price_fen: i64,
    grade: i64,
    sheets: Vec<Sheet>,
}

fn sheet(points: Points) -> Sheet {
    Sheet {
        id: Uuid::nil(),
        panel_id: Uuid::nil(),
        member_id: Uuid::nil(),
        subject_id: Uuid::nil(),
        total: points.values().sum(),
        points,
        reasons: Reasons::default(),
        comment: None,
        submitted_at: chrono::DateTime::from_timestamp(0, 0).unwrap(),
        voided_at: None,
        salt: String::new(),
        commitment: String::new(),
    }
}

/// Bids of a set: half of the sets have points so near each other that ties are common.
fn bids(numbers: &mut Numbers, procedure: &Procedure, near: bool) -> Vec<Bid> {
    let members = [3, 5, 7, 9, 6][usize::try_from(numbers.below(5)).unwrap()];
    let count = 2 + numbers.below(6);
    (0..count)
        .map(|n| Bid {
            id: Uuid::from_u128(u128::from(numbers.0) << 64 | u128::try_from(n).unwrap()),
            price_fen: 1 + numbers.below(if near { 2 } else { 5_000_000 }),
            grade: numbers.below(if near { 2 } else { 6 }),
            sheets: (0..members)
                .map(|_| {
                    let points = procedure.criteria.iter().map(|criterion| {
                        let most = if near { 2 } else { criterion.max + 1 };
                        (criterion.key.clone(), numbers.below(most))
                    });
                    sheet(Points(points.collect()))
                })
                .collect(),
        })
        .collect()
}

/// What the service says about a set.
fn ours(bids: &[Bid], procedure: &Procedure, seed: &str) -> Vec<Ranked> {
    let candidates = bids.iter().map(|bid| {
        let means = criterion_means(&bid.sheets, &procedure.criteria).unwrap();
        Candidate {
            subject_id: bid.id,
            total: mean_total(&bid.sheets, procedure.trim_from).unwrap(),
            keys: wubang_awards::tie_keys(&means, bid.price_fen, bid.grade),
            lot: draw::lot(seed, bid.id),
        }
    });
    rank(candidates.collect())
}

fn written(ranked: &Ranked, bids: &[Bid], procedure: &Procedure) -> Value {
    let bid = bids.iter().find(|bid| bid.id == ranked.subject_id).unwrap();
    let means: Map<String, Value> = criterion_means(&bid.sheets, &procedure.criteria)
        .unwrap()
        .into_iter()
        .map(|(key, mean): (String, Exact)| (key, json!(mean.to_string())))
        .collect();
    json!({
        "id": ranked.subject_id, "rank": ranked.rank, "total": ranked.total.to_string(),
        "rounded": ranked.total.rounded().to_string(), "tie_break": ranked.tie_break, "means": means,
    })
}

fn sets() -> (Value, Vec<String>) {
    let procedure = Procedure::of(PostingType::Open);
    let mut numbers = Numbers(2026);
    let mut steps = Vec::new();
    let sets: Vec<Value> = (0..SETS)
        .map(|n| {
            let bids = bids(&mut numbers, &procedure, n % 2 == 0);
            let seed = draw::seed(Uuid::from_u128(u128::from(n)), 1, "nonce");
            let ranking = ours(&bids, &procedure, &seed);
            steps.extend(ranking.iter().filter_map(|one| one.tie_break.clone()));
            let given: Vec<Value> = bids
                .iter()
                .map(|bid| {
                    let sheets: Vec<&Points> = bid.sheets.iter().map(|one| &one.points).collect();
                    json!({ "id": bid.id, "price_fen": bid.price_fen, "grade": bid.grade, "sheets": sheets })
                })
                .collect();
            let ours: Vec<Value> = ranking
                .iter()
                .map(|one| written(one, &bids, &procedure))
                .collect();
            json!({ "seed": seed, "bids": given, "ours": ours })
        })
        .collect();
    (
        json!({ "trim_from": procedure.trim_from, "sets": sets }),
        steps,
    )
}

#[test]
fn totals_ranks_and_ties_are_those_of_an_independent_program() {
    let (given, steps) = sets();
    assert_eq!(python(SCRIPT, &given.to_string()), format!("ok {SETS}"));
    // every step of the tie-break decided somewhere, or this would prove nothing about it
    for step in ["plan", "sustainability", "price", "grade", "lot"] {
        assert!(
            steps.iter().filter(|one| *one == step).count() > 20,
            "{step} decided too seldom"
        );
    }
}

#[test]
fn the_program_notices_a_wrong_total_rank_or_step() {
    let (given, _) = sets();
    for (pointer, wrong) in [
        ("/sets/7/ours/0/total", json!("259/3")),
        ("/sets/7/ours/0/rank", json!(2)),
        ("/sets/7/ours/0/tie_break", json!("plan ")),
        ("/sets/7/bids/0/sheets/0/plan", json!(99)),
        ("/sets/7/ours/0/rounded", json!("0.01")),
    ] {
        let mut changed = given.clone();
        *changed.pointer_mut(pointer).unwrap() = wrong;
        let said = python(SCRIPT, &changed.to_string());
        assert!(said.starts_with("set 7:"), "{pointer}: {said}");
    }
}
