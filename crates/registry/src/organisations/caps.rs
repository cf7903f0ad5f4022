//! The caps of an organisation (资源限流, rulebook 2.14): how much it may carry, have in play, hold of a district's
//! budget and take in a row. Pure functions over what [`of`] loads; each answer gives its figures and the date when
//! it is expected to be free, by the planned ends of what runs.

use super::Organisation;
use super::eligibility::{Check, cap_on};
use crate::engagements::{self, Engagement};
use chrono::NaiveDate;
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::procedure::CapRule;
use wubang_kernel::refusal::{FigureUnit, Figures};
use wubang_store::{Error, Read};

/// Names of the rules that are caps: these alone can be waived by the street for a public reason.
pub const CAPS: &[&str] = &[
    "capacity_free",
    "open_bids",
    "budget_share",
    "consecutive_contracts",
];

/// Whether a rule is a cap.
#[must_use]
pub fn is_cap(rule: &str) -> bool {
    CAPS.contains(&rule)
}

/// What something new would be.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The caps in force.
    pub rule: &'a CapRule,
    /// The civil date (+08:00).
    pub today: NaiveDate,
    /// The organisation's own part of the price, in fen; none while nothing is offered.
    pub part_fen: i64,
    /// The whole price, in fen.
    pub price_fen: i64,
    /// Bids of the organisation that are handed in and not decided, without the present one; none where this is
    /// not asked, because it is nobody else's to know.
    pub open_bids: Option<i64>,
}

/// What runs and what was: everything the caps look at.
#[derive(Debug, Clone, Default)]
pub struct Carried {
    /// Planned ends of what each organisation carries.
    pub ends: HashMap<Uuid, Vec<NaiveDate>>,
    /// Everything that runs in the district.
    pub district: Vec<Engagement>,
    /// Who held the last agreements, for each community; empty where the posting is open to all.
    pub last: Vec<Vec<Vec<Uuid>>>,
}

/// Where and of what kind something new would be.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Division of the posting.
    pub division: &'a DivisionCode,
    /// Communities where the work is done, and the field, where nobody else may compete.
    pub closed_to_others: Option<(&'a [String], &'a str)>,
}

/// Loads what the caps of some organisations look at, in a fixed number of statements for each community.
///
/// # Errors
/// When the database fails.
pub async fn of(
    read: &impl Read,
    organisations: &[Uuid],
    place: Place<'_>,
    rule: &CapRule,
) -> Result<Carried, Error> {
    let mut ends: HashMap<Uuid, Vec<NaiveDate>> = HashMap::new();
    for one in engagements::running_of(read, organisations).await? {
        ends.entry(one.organisation_id)
            .or_default()
            .push(one.ends_on);
    }
    let mut last = Vec::new();
    if let Some((communities, field)) = place.closed_to_others {
        let count = usize::try_from(rule.consecutive_contracts).unwrap_or(usize::MAX);
        for community in communities {
            last.push(engagements::last_in(read, community, field, count).await?);
        }
    }
    Ok(Carried {
        ends,
        district: engagements::running_within(read, place.division).await?,
        last,
    })
}

impl Carried {
    /// Every cap for one organisation.
    #[must_use]
    pub fn checks(&self, organisation: &Organisation, asked: &Asked<'_>) -> Vec<Check> {
        let ends = self
            .ends
            .get(&organisation.id)
            .map_or(&[][..], Vec::as_slice);
        let cap = cap_on(organisation, asked.today, asked.rule);
        let active = i64::from(organisation.active_contracts);
        let mut all = vec![capacity(active, cap, ends, asked.today)];
        // without free capacity there is nothing to take a multiple of
        if let Some(open) = asked.open_bids.filter(|_| active < cap) {
            let factor = asked.rule.open_bids_factor;
            all.push(open_bids(open, factor, (active, cap), ends, asked.today));
        }
        all.push(budget_share(&self.district, organisation.id, asked));
        if !self.last.is_empty() {
            let most = asked.rule.consecutive_contracts;
            all.push(consecutive(&self.last, most, organisation.id));
        }
        all
    }
}

/// The day when `count` of the running agreements are over as planned; those that are overdue have no date.
fn when_over(ends: &[NaiveDate], count: i64, today: NaiveDate) -> Option<NaiveDate> {
    let mut planned: Vec<NaiveDate> = ends.iter().copied().filter(|end| *end >= today).collect();
    planned.sort_unstable();
    let at = usize::try_from(count.checked_sub(1)?).ok()?;
    planned.get(at).copied()
}

fn said(free_on: Option<NaiveDate>) -> (String, String) {
    match free_on {
        Some(day) => (
            format!(",预计 {day} 后释放"),
            format!("; expected to be free after {day}"),
        ),
        None => (
            ",无法预计释放日期".to_owned(),
            "; no date is known when it will be free".to_owned(),
        ),
    }
}

struct Limit {
    rule: &'static str,
    passed: bool,
    used: i64,
    limit: i64,
    unit: FigureUnit,
    free_on: Option<NaiveDate>,
}

impl Limit {
    fn check(self, zh: String, en: String) -> Check {
        let (more_zh, more_en) = if self.passed {
            (String::new(), String::new())
        } else {
            said(self.free_on)
        };
        Check {
            rule: self.rule,
            passed: self.passed,
            zh: zh + &more_zh,
            en: en + &more_en,
            figures: Some(Figures {
                used: self.used,
                limit: self.limit,
                unit: self.unit,
                free_on: self.free_on.filter(|_| !self.passed),
            }),
        }
    }
}

/// Whether one more agreement has room.
fn capacity(active: i64, cap: i64, ends: &[NaiveDate], today: NaiveDate) -> Check {
    let limit = Limit {
        rule: "capacity_free",
        passed: active < cap,
        used: active,
        limit: cap,
        unit: FigureUnit::Contracts,
        free_on: (cap > 0)
            .then(|| when_over(ends, active.saturating_sub(cap).saturating_add(1), today))
            .flatten(),
    };
    limit.check(
        format!("在手协议 {active} 份,上限 {cap} 份"),
        format!("{active} active contracts of at most {cap}"),
    )
}

/// Whether one more bid may be handed in: so many times the free capacity.
fn open_bids(
    open: i64,
    factor: i64,
    (active, cap): (i64, i64),
    ends: &[NaiveDate],
    today: NaiveDate,
) -> Check {
    let limit = factor.saturating_mul(cap.saturating_sub(active).max(0));
    // the least free capacity under which one more may be handed in
    let wanted = open.saturating_add(factor) / factor.max(1);
    let missing = wanted.saturating_sub(cap.saturating_sub(active));
    let limit = Limit {
        rule: "open_bids",
        passed: open < limit,
        used: open,
        limit,
        unit: FigureUnit::Bids,
        free_on: (wanted <= cap)
            .then(|| when_over(ends, missing, today))
            .flatten(),
    };
    let most = limit.limit;
    limit.check(
        format!("待决揭榜 {open} 份,上限 {most} 份(空余承接数的 {factor} 倍)"),
        format!("{open} open bids of at most {most}, {factor} times the free capacity"),
    )
}

/// What runs, in sums: the district's agreements and budget, and one organisation's own part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sums {
    contracts: i64,
    whole: i64,
    own: i64,
}

fn sums<'a>(running: impl Iterator<Item = &'a Engagement>, organisation: Uuid) -> Sums {
    let none = Sums {
        contracts: 0,
        whole: 0,
        own: 0,
    };
    running.fold(none, |sums, one| Sums {
        // an agreement has one lead
        contracts: sums.contracts + i64::from(one.lead),
        whole: sums.whole.saturating_add(one.part_fen),
        own: if one.organisation_id == organisation {
            sums.own.saturating_add(one.part_fen)
        } else {
            sums.own
        },
    })
}

/// What an organisation holds with what it asks for, and the most that it may hold. No limit counts while few
/// agreements run.
fn held(sums: Sums, asked: &Asked<'_>) -> (i64, i64, bool) {
    let whole = i128::from(sums.whole) + i128::from(asked.price_fen);
    let most = whole * i128::from(asked.rule.budget_share_percent) / 100;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let own = sums.own.saturating_add(asked.part_fen);
    let few = sums.contracts < asked.rule.budget_share_from;
    (own, most, few || own <= most)
}

fn budget_share(running: &[Engagement], organisation: Uuid, asked: &Asked<'_>) -> Check {
    let now = sums(running.iter(), organisation);
    let (own, most, passed) = held(now, asked);
    let mut days: Vec<NaiveDate> = running.iter().map(|one| one.ends_on).collect();
    days.retain(|day| *day >= asked.today);
    days.sort_unstable();
    days.dedup();
    let free_on = days.into_iter().find(|day| {
        let left = running
            .iter()
            .filter(|one| one.ends_on > *day || one.ends_on < asked.today);
        held(sums(left, organisation), asked).2
    });
    let percent = asked.rule.budget_share_percent;
    let limit = Limit {
        rule: "budget_share",
        passed,
        used: own,
        limit: most,
        unit: FigureUnit::Fen,
        free_on: free_on.filter(|_| !passed),
    };
    let from = asked.rule.budget_share_from;
    if now.contracts < from {
        return limit.check(
            format!(
                "全区在办协议 {} 份,不足 {from} 份,不核算占比",
                now.contracts
            ),
            format!(
                "{} active contracts in the district, fewer than {from}: no share is counted",
                now.contracts
            ),
        );
    }
    limit.check(
        format!("连同本次承接金额 {own} 分,上限 {most} 分(全区在办金额的 {percent}%)"),
        format!(
            "{own} fen with this one of at most {most}, {percent}% of the district's active budget"
        ),
    )
}

/// How many agreements in a row an organisation held, the newest first.
fn run_of(last: &[Vec<Uuid>], organisation: Uuid) -> i64 {
    let run = last
        .iter()
        .take_while(|parties| parties.contains(&organisation));
    i64::try_from(run.count()).unwrap_or(i64::MAX)
}

fn consecutive(last: &[Vec<Vec<Uuid>>], most: i64, organisation: Uuid) -> Check {
    let run = last.iter().map(|one| run_of(one, organisation)).max();
    let run = run.unwrap_or(0);
    let limit = Limit {
        rule: "consecutive_contracts",
        passed: run < most,
        used: run,
        limit: most,
        unit: FigureUnit::Contracts,
        // it ends with another organisation's agreement, not with a day
        free_on: None,
    };
    limit.check(
        format!("同社区同领域已连续承接 {run} 份,满 {most} 份后须公开发榜"),
        format!("{run} contracts in a row in this community and field; after {most} the next is open to all"),
    )
}

#[cfg(test)]
mod tests;
