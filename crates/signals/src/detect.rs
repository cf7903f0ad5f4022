//! Finding signs of collusion (实施条例 art. 40) in the bids of one posting: pure functions over what was handed in.
//!
//! Every pair of bids is compared by several indicators, each with a weight. One weak indicator alone (handed in at
//! nearly the same minute, prices that lie close) is no signal; a pair whose weights reach the threshold is one, and
//! pairs that hang together are one group. Organisations of one joint bid are never compared with each other.
//!
//! With n bids of m characters: O(n·m) to cut the texts, O(n²·m) to compare them by exact sets. A posting has some
//! dozens of bids, so no sketches (MinHash) are needed.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// From which figures on something counts. Not part of the public rules of a posting, so that nobody writes just
/// below them.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// Own passages in common, in percent of the shorter text.
    pub text_percent: usize,
    /// The same from which the texts are nearly one.
    pub text_strong_percent: usize,
    /// Fewest own passages (shingles) of a text that is compared at all.
    pub text_least: usize,
    /// Prices that differ by no more than so many ten-thousandths lie close.
    pub price_close_bp: i64,
    /// Handed in within so much time.
    pub together: TimeDelta,
    /// Earlier rounds in which two must have met before their results say anything.
    pub rounds: usize,
    /// Sum of weights from which a pair is a signal.
    pub raise_from: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds {
            text_percent: 25,
            text_strong_percent: 60,
            text_least: 40,
            price_close_bp: 30,
            together: TimeDelta::minutes(5),
            rounds: 4,
            raise_from: 50,
        }
    }
}

/// What an indicator looks at.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
// postings have an Indicator too
#[schema(as = SignalIndicator)]
pub enum Indicator {
    /// 文本雷同(扣除公告文字后)。
    EqualText,
    /// 报价相同。
    EqualPrice,
    /// 报价呈等差或等比规律。
    PricePattern,
    /// 报价极为接近。
    ClosePrice,
    /// 联系方式或负责人相同。
    SameContact,
    /// 附件相同。
    SameFile,
    /// 几乎同时提交。
    HandedInTogether,
    /// 历轮交替承榜。
    AlternatingWinners,
    /// 历轮陪同而从未承榜。
    NeverWinning,
}

/// One thing that two bids have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// 类别。
    pub indicator: Indicator,
    /// 权重。
    pub weight: u32,
    /// 所涉意向书。
    pub bids: [Uuid; 2],
    /// 具体情况。
    pub detail: String,
}

/// A bid as it is compared.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Which one.
    pub bid: Uuid,
    /// Its lead.
    pub lead: Uuid,
    /// What its organisations wrote.
    pub text: String,
    /// Price in fen.
    pub price_fen: i64,
    /// How its organisations are reached and who heads them: (kind, value).
    pub contacts: BTreeSet<(&'static str, String)>,
    /// SHA-256 of its attachments.
    pub files: BTreeSet<String>,
    /// When it was handed in.
    pub submitted_at: Option<DateTime<Utc>>,
}

/// An earlier round of the same community and field.
#[derive(Debug, Clone)]
pub struct Past {
    /// Who bid.
    pub bidders: Vec<Uuid>,
    /// Who won; several in a race.
    pub winners: Vec<Uuid>,
}

/// Bids that hang together, with what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The bids, by id.
    pub bids: Vec<Uuid>,
    /// What they have in common.
    pub evidence: Vec<Evidence>,
    /// The strongest pair.
    pub weight: u32,
}

type Shingle = [char; 5];

fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn shingles(letters: &[char]) -> impl Iterator<Item = Shingle> + '_ {
    letters
        .windows(5)
        .filter_map(|window| Shingle::try_from(window).ok())
}

/// The text of a bid, cut, without what the notice says already.
struct Cut {
    letters: Vec<char>,
    own: HashSet<Shingle>,
}

impl Cut {
    fn of(text: &str, notice: &HashSet<Shingle>) -> Self {
        let letters = letters(text);
        let own = shingles(&letters).filter(|one| !notice.contains(one));
        Cut {
            own: own.collect(),
            letters,
        }
    }

    /// The longest passage that stands in the other text as well, for the supervisor to read.
    fn passage(&self, other: &Cut) -> String {
        let (mut best, mut from) = (0..0, 0);
        for (i, shingle) in shingles(&self.letters).enumerate() {
            if !other.own.contains(&shingle) {
                from = i + 1;
            } else if i + 1 - from > best.len() {
                best = from..i + 1;
            }
        }
        let end = (best.end + 4).min(best.start + PASSAGE);
        let found = self.letters.get(best.start..end).unwrap_or_default();
        found.iter().collect()
    }
}

/// Most characters of a passage that is quoted.
const PASSAGE: usize = 80;

fn same_text(a: &Cut, b: &Cut, limits: &Thresholds) -> Option<(u32, String)> {
    let shorter = a.own.len().min(b.own.len());
    if shorter < limits.text_least {
        return None;
    }
    let common = a.own.intersection(&b.own).count();
    let percent = common * 100 / shorter;
    let weight = match percent {
        _ if percent >= limits.text_strong_percent => 90,
        _ if percent >= limits.text_percent => 60,
        _ => return None,
    };
    let passage = a.passage(b);
    Some((
        weight,
        format!("自有文字重合 {percent}%,最长相同段落:“{passage}”"),
    ))
}

fn close(a: i64, b: i64, limits: &Thresholds) -> bool {
    let gap = (i128::from(a) - i128::from(b)).abs();
    gap * 10_000 <= i128::from(a.max(b)) * i128::from(limits.price_close_bp)
}

/// Prices that stand in a constant difference or ratio: a run of four or more of equal steps, where chance has little
/// to say.
fn progressions(bids: &[Compared]) -> HashSet<(Uuid, Uuid)> {
    let mut sorted: Vec<(i128, Uuid)> = bids
        .iter()
        .map(|one| (i128::from(one.price_fen), one.bid))
        .collect();
    sorted.sort_unstable();
    sorted.dedup_by_key(|one| one.0);
    let mut found = HashSet::new();
    for run in sorted.windows(4) {
        let prices: Vec<i128> = run.iter().map(|one| one.0).collect();
        let steps: Vec<i128> = prices
            .windows(2)
            .filter_map(|two| Some(two.last()? - two.first()?))
            .collect();
        let constant = steps.windows(2).all(|two| two.first() == two.last());
        let geometric = prices.windows(3).all(|three| match three {
            // a : b as b : c, to one fen
            [a, b, c] => (b * b - a * c).abs() <= *b && *a > 0,
            _ => false,
        });
        if constant || geometric {
            for (_, one) in run {
                found.extend(
                    run.iter()
                        .filter(|(_, other)| other != one)
                        .map(|(_, other)| (*one, *other)),
                );
            }
        }
    }
    found
}

fn same_prices(
    a: &Compared,
    b: &Compared,
    pattern: &HashSet<(Uuid, Uuid)>,
    limits: &Thresholds,
) -> Option<(Indicator, u32, String)> {
    if a.price_fen <= 0 || b.price_fen <= 0 {
        return None;
    }
    let said = format!("报价 {} 分与 {} 分", a.price_fen, b.price_fen);
    if a.price_fen == b.price_fen {
        return Some((Indicator::EqualPrice, 40, said));
    }
    if pattern.contains(&(a.bid, b.bid)) {
        return Some((
            Indicator::PricePattern,
            50,
            format!("{said},本轮报价呈等差或等比排列"),
        ));
    }
    close(a.price_fen, b.price_fen, limits).then_some((Indicator::ClosePrice, 15, said))
}

fn same_contacts(a: &Compared, b: &Compared) -> Option<(u32, String)> {
    let shared: Vec<&(&str, String)> = a.contacts.intersection(&b.contacts).collect();
    // a name may be another person's; a number or an address is one's own
    let weight = shared.iter().map(|(kind, _)| match *kind {
        "phone" | "email" => 70,
        _ => 30,
    });
    let weight = weight.sum::<u32>().min(90);
    let said: Vec<String> = shared
        .iter()
        .map(|(kind, value)| format!("{kind}:{value}"))
        .collect();
    (!shared.is_empty()).then(|| (weight, said.join(";")))
}

/// How two organisations fared in the rounds in which both bid, the oldest first.
fn history(
    a: Uuid,
    b: Uuid,
    past: &[Past],
    limits: &Thresholds,
) -> Option<(Indicator, u32, String)> {
    let met = past
        .iter()
        .filter(|round| round.bidders.contains(&a) && round.bidders.contains(&b));
    // a round that both won, or neither, speaks against an arrangement
    let winner = |round: &Past| match (round.winners.contains(&a), round.winners.contains(&b)) {
        (true, false) => Some(a),
        (false, true) => Some(b),
        (true, true) | (false, false) => None,
    };
    let theirs = met.map(winner).collect::<Option<Vec<Uuid>>>()?;
    let rounds = theirs.len();
    if rounds < limits.rounds {
        return None;
    }
    let turns = theirs.windows(2).all(|two| two.first() != two.last());
    if turns {
        return Some((
            Indicator::AlternatingWinners,
            50,
            format!("同揭 {rounds} 轮,轮流承榜"),
        ));
    }
    let one_wins = theirs.iter().all(|one| Some(one) == theirs.first());
    one_wins.then(|| {
        (
            Indicator::NeverWinning,
            30,
            format!("同揭 {rounds} 轮,始终由同一方承榜"),
        )
    })
}

/// What the pairs of a posting have in common; `notice` is what everybody was given to read.
#[must_use]
pub fn evidence(
    bids: &[Compared],
    notice: &str,
    past: &[Past],
    limits: &Thresholds,
) -> Vec<Evidence> {
    let notice: HashSet<Shingle> = shingles(&letters(notice)).collect();
    let cuts: Vec<Cut> = bids.iter().map(|one| Cut::of(&one.text, &notice)).collect();
    let pattern = progressions(bids);
    let mut all = Vec::new();
    for (i, (a, cut_a)) in bids.iter().zip(&cuts).enumerate() {
        for (b, cut_b) in bids.iter().zip(&cuts).skip(i + 1) {
            let mut note = |indicator, weight, detail| {
                all.push(Evidence {
                    indicator,
                    weight,
                    bids: [a.bid, b.bid],
                    detail,
                });
            };
            if let Some((weight, said)) = same_text(cut_a, cut_b, limits) {
                note(Indicator::EqualText, weight, said);
            }
            if let Some((indicator, weight, said)) = same_prices(a, b, &pattern, limits) {
                note(indicator, weight, said);
            }
            if let Some((weight, said)) = same_contacts(a, b) {
                note(Indicator::SameContact, weight, said);
            }
            if let Some(file) = a.files.intersection(&b.files).next() {
                note(
                    Indicator::SameFile,
                    80,
                    format!("附件内容相同,SHA-256 {file}"),
                );
            }
            if let Some((x, y)) = a.submitted_at.zip(b.submitted_at)
                && (x - y).abs() <= limits.together
            {
                note(
                    Indicator::HandedInTogether,
                    15,
                    format!("提交相隔 {} 秒", (x - y).abs().num_seconds()),
                );
            }
            if let Some((indicator, weight, said)) = history(a.lead, b.lead, past, limits) {
                note(indicator, weight, said);
            }
        }
    }
    all
}

/// The groups of bids of a posting that hang together strongly enough to be looked at, each with all its evidence.
#[must_use]
pub fn groups(bids: &[Compared], notice: &str, past: &[Past], limits: &Thresholds) -> Vec<Group> {
    let all = evidence(bids, notice, past, limits);
    let mut pairs: Vec<([Uuid; 2], u32)> = Vec::new();
    for one in &all {
        match pairs.iter_mut().find(|(pair, _)| *pair == one.bids) {
            Some((_, sum)) => *sum += one.weight,
            None => pairs.push((one.bids, one.weight)),
        }
    }
    pairs.retain(|(_, sum)| *sum >= limits.raise_from);
    let mut groups: Vec<(BTreeSet<Uuid>, u32)> = Vec::new();
    for (pair, sum) in pairs {
        let (touched, rest): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|(bids, _)| pair.iter().any(|bid| bids.contains(bid)));
        let mut joined = (BTreeSet::from(pair), sum);
        for (bids, weight) in touched {
            joined.0.extend(bids);
            joined.1 = joined.1.max(weight);
        }
        groups = rest;
        groups.push(joined);
    }
    let group = |(bids, weight): (BTreeSet<Uuid>, u32)| Group {
        evidence: all
            .iter()
            .filter(|one| one.bids.iter().all(|bid| bids.contains(bid)))
            .cloned()
            .collect(),
        bids: bids.into_iter().collect(),
        weight: weight.min(100),
    };
    groups.into_iter().map(group).collect()
}

#[cfg(test)]
mod tests;
