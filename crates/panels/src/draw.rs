//! The draw of experts (随机抽取): an order that anybody can recompute with a SHA-256 tool once the
//! nonce is published (rulebook 2.10). Pure functions.
//!
//! Everything hashed is the text that people see: ids with hyphens in lower case, the round in
//! decimal, hashes and the nonce in lower-case hex.

use uuid::Uuid;
use wubang_kernel::digest::sha256_hex;

/// A new secret of a draw: 256 random bits as 64 hex digits.
#[must_use]
pub fn new_nonce() -> String {
    wubang_kernel::digest::hex(&rand::random::<[u8; 32]>())
}

/// What is stored, and may be shown, before the nonce is published.
#[must_use]
pub fn commitment(nonce: &str) -> String {
    sha256_hex(nonce.as_bytes())
}

/// `SHA-256(object id ‖ round ‖ nonce)`.
#[must_use]
pub fn seed(object_id: Uuid, round: i32, nonce: &str) -> String {
    sha256_hex(format!("{object_id}{round}{nonce}").as_bytes())
}

/// What is kept of a pool before it is shown: `SHA-256(nonce ‖ ids in order of the ids, with commas)`.
/// Nobody who does not know the nonce can try pools against it.
#[must_use]
pub fn pool_hash(nonce: &str, pool: &[Uuid]) -> String {
    let mut ids: Vec<String> = pool.iter().map(Uuid::to_string).collect();
    ids.sort();
    sha256_hex(format!("{nonce}{}", ids.join(",")).as_bytes())
}

/// The lot (签) of one person or bid: `SHA-256(seed ‖ id)`. The smallest comes first.
#[must_use]
pub fn lot(seed: &str, id: Uuid) -> String {
    sha256_hex(format!("{seed}{id}").as_bytes())
}

/// The pool in drawn order. The order in which the pool came does not matter; a person who is in
/// it twice is drawn once.
#[must_use]
pub fn order(seed: &str, pool: &[Uuid]) -> Vec<Uuid> {
    let mut lots: Vec<(String, Uuid)> = pool.iter().map(|id| (lot(seed, *id), *id)).collect();
    lots.sort();
    lots.dedup();
    lots.into_iter().map(|(_, id)| id).collect()
}

/// The order in which those who were drawn present (路演顺序): by `SHA-256(seed ‖ agenda ‖ id)`, so that whoever knows
/// the agenda does not know how a tie would be decided by [`lot`].
#[must_use]
pub fn agenda(seed: &str, who: &[Uuid]) -> Vec<Uuid> {
    order(&format!("{seed}agenda"), who)
}

/// What stands for a resident in a draw that everybody sees: who knows the veil and the person can tell, nobody else.
/// The veil is committed with the seed, so that nobody can try veils until he likes the order.
#[must_use]
pub fn veiled(veil: &str, person: Uuid) -> Uuid {
    let digest = sha256_hex(format!("{veil}{person}").as_bytes());
    // 128 of the 256 bits, which no two persons share
    digest
        .get(..32)
        .and_then(|half| Uuid::parse_str(half).ok())
        .unwrap_or_default()
}

/// Several pools in one order with a balance: the first of each, then the second of each. Which pool begins is drawn
/// as well, by `SHA-256(seed ‖ name of the pool)`.
#[must_use]
pub fn balanced(seed: &str, pools: &[(&str, &[Uuid])]) -> Vec<Uuid> {
    let mut turns: Vec<(String, Vec<Uuid>)> = pools
        .iter()
        .map(|(name, ids)| {
            (
                sha256_hex(format!("{seed}{name}").as_bytes()),
                order(seed, ids),
            )
        })
        .collect();
    turns.sort();
    let longest = turns.iter().map(|(_, ids)| ids.len()).max().unwrap_or(0);
    (0..longest)
        .flat_map(|at| {
            turns
                .iter()
                .filter_map(move |(_, ids)| ids.get(at).copied())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_draw_is_what_a_sha256_tool_says() {
        // printf '%s' '<id><round><nonce>' | sha256sum
        let object = Uuid::from_u128(1);
        assert_eq!(commitment("00ff"), sha256_hex(b"00ff"));
        assert_eq!(
            seed(object, 1, "00ff"),
            sha256_hex(b"00000000-0000-0000-0000-000000000001100ff")
        );
        assert_ne!(seed(object, 1, "00ff"), seed(object, 2, "00ff"));
    }

    #[test]
    fn each_expert_is_first_about_equally_often() {
        let pool: Vec<Uuid> = (1..=5).map(Uuid::from_u128).collect();
        let mut first = [0_u32; 5];
        for round in 0..2000 {
            let order = order(&seed(Uuid::from_u128(9), round, "nonce"), &pool);
            first[pool.iter().position(|id| *id == order[0]).unwrap()] += 1;
        }
        // 400 expected each, standard deviation 18
        assert!(
            first.iter().all(|count| (310..=490).contains(count)),
            "{first:?}"
        );
    }

    #[test]
    fn nobody_is_told_behind_another_veil_and_the_same_one_tells_always() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(veiled("00", one), veiled("00", one));
        assert_ne!(veiled("00", one), veiled("01", one));
        assert_ne!(veiled("00", one), veiled("00", other));
    }

    proptest! {
        #[test]
        fn every_community_has_its_turn_before_one_has_its_second(sizes in prop::collection::vec(0_usize..6, 1..5)) {
            let ids = |pool: usize, n: usize| (0..n).map(|at| Uuid::from_u128(u128::try_from(pool * 100 + at).unwrap())).collect::<Vec<_>>();
            let pools: Vec<(String, Vec<Uuid>)> = sizes.iter().enumerate().map(|(at, n)| (format!("c{at}"), ids(at, *n))).collect();
            let given: Vec<(&str, &[Uuid])> = pools.iter().map(|(name, ids)| (name.as_str(), ids.as_slice())).collect();
            let drawn = balanced("seed", &given);
            prop_assert_eq!(drawn.len(), sizes.iter().sum::<usize>());
            for taken in 0..drawn.len() {
                let got: Vec<usize> = pools.iter().map(|(_, ids)| drawn.iter().take(taken).filter(|one| ids.contains(one)).count()).collect();
                for (at, size) in sizes.iter().enumerate() {
                    // a pool is behind another one by a turn at most, unless it is used up
                    prop_assert!(got.iter().all(|other| got[at] + 1 >= *other || got[at] == *size));
                }
            }
        }

        #[test]
        fn the_order_is_a_permutation_and_does_not_depend_on_the_pools(ids in prop::collection::hash_set(any::<u128>(), 0..30), nonce in "[0-9a-f]{64}") {
            let pool: Vec<Uuid> = ids.into_iter().map(Uuid::from_u128).collect();
            let seed = seed(Uuid::from_u128(7), 1, &nonce);
            let drawn = order(&seed, &pool);
            let backwards: Vec<Uuid> = pool.iter().rev().copied().collect();
            prop_assert_eq!(&drawn, &order(&seed, &backwards));
            prop_assert_eq!(&drawn, &order(&seed, &drawn));
            let (mut left, mut right) = (drawn, pool);
            left.sort();
            right.sort();
            prop_assert_eq!(left, right);
        }
    }
}
