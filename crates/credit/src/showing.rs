//! The credit of an organisation: its ledger for itself and for officers, its band and lists for everybody, and
//! whether it may take something on at all, for other systems.

use crate::entity::list_entry;
use crate::model::{
    CreditEntryOut, CreditOut, PublicCreditOut, PublicListEntryList, PublicListEntryOut,
    StandingEligibilityOut, StandingOut, VoidCreditEntryIn,
};
use crate::service::id_of;
use crate::store::{self, AGENTS};
use chrono::NaiveDate;
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Faults, Role, faults};
use wubang_registry::credit::{self, Account, LedgerEntry};
use wubang_registry::organisations::caps::{self, Asked, Place};
use wubang_registry::organisations::eligibility::Order;
use wubang_registry::{Ask, Organisation, eligibility, organisations};
use wubang_store::{Error, Key, Read, Tx, View, rules};
use wubang_web::{Instant, ListQuery};

/// Officers who may look into a ledger, wherever they sit: the organisation works in more than one place.
const READERS: &[Role] = &[
    Role::StreetOfficer,
    Role::DepartmentOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];

fn is_reader(read: &impl Read, organisation: Uuid) -> bool {
    let actor = read.actor();
    actor.is_system()
        || actor.divisions(READERS).next().is_some()
        || actor.organisations(AGENTS).any(|own| own == organisation)
}

/// The score of an organisation with its whole ledger.
///
/// # Errors
/// `forbidden` for everybody but officers and its own people; `not_found`.
pub async fn get(view: &View, key: &Key) -> Result<CreditOut, Error> {
    let organisation = organisations::load(view, id_of(key)?).await?;
    if !is_reader(view, organisation.id) {
        return Err(Code::Forbidden.into());
    }
    let entries = credit::entries_of(view, organisation.id).await?;
    Ok(shown(view, &organisation, entries))
}

fn shown(read: &impl Read, organisation: &Organisation, entries: Vec<LedgerEntry>) -> CreditOut {
    let today = local_date(read.now());
    CreditOut {
        organisation_id: organisation.id,
        score: organisation.account.on(today),
        band: organisation.band_on(today),
        entries: ledger(entries, today),
        lists: standings(read, organisation),
    }
}

fn standings(read: &impl Read, organisation: &Organisation) -> Vec<StandingOut> {
    let current = organisation.standings.0.iter();
    current
        .filter(|one| one.is_in_force(read.now()))
        .map(|one| StandingOut {
            number: one.number.clone(),
            colour: one.colour,
            until: Instant(one.until),
        })
        .collect()
}

/// The lines of a ledger with the score after each; what clean months gave back stands as lines of its own, so that
/// the column adds up from 100 to the score of the day.
fn ledger(entries: Vec<LedgerEntry>, today: NaiveDate) -> Vec<CreditEntryOut> {
    let (mut account, mut lines) = (Account::default(), Vec::new());
    for entry in entries {
        if entry.voided.is_some() {
            lines.push(line(entry, 0, account.balance));
            continue;
        }
        let (after, step) = account.enter(entry.points, entry.entered_on);
        if step.recovered > 0 {
            let balance = account.balance.saturating_add(step.recovered);
            lines.push(recovery(entry.entered_on, step.recovered, balance));
        }
        lines.push(line(entry, step.counted, step.balance));
        account = after;
    }
    let since = account.recovered_on(today);
    if since > 0 {
        lines.push(recovery(today, since, account.on(today)));
    }
    lines
}

fn line(entry: LedgerEntry, counted: i32, balance: i32) -> CreditEntryOut {
    let (voided_at, void_reason) = entry.voided.unzip();
    CreditEntryOut {
        id: Some(entry.id),
        entered_on: entry.entered_on,
        reason: entry.reason,
        points: entry.points,
        counted,
        balance,
        object: Some(entry.object),
        object_id: Some(entry.object_id),
        label: Some(entry.label),
        voided_at: voided_at.map(Instant),
        void_reason,
    }
}

fn recovery(day: NaiveDate, points: i32, balance: i32) -> CreditEntryOut {
    CreditEntryOut {
        id: None,
        entered_on: day,
        reason: "recovery".to_owned(),
        points,
        counted: points,
        balance,
        object: None,
        object_id: None,
        label: None,
        voided_at: None,
        void_reason: None,
    }
}

/// The district takes an entry of a ledger back: it stays to be seen and counts no more.
///
/// # Errors
/// `not_found`; `forbidden` for who is not the district of the entry; `duplicate`; `invalid` without a reason.
pub async fn void_entry(tx: &Tx, key: &Key, input: VoidCreditEntryIn) -> Result<CreditOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let entry = credit::find_entry(tx, id_of(key)?).await?;
    let division = DivisionCode::parse(&entry.division)
        .map_err(|_| Error::internal("a ledger entry in a bad division"))?;
    let roles = tx.actor().roles(&Reach::at(division));
    let role = roles.first_of(&[Role::DistrictAdmin]);
    let role = role.ok_or(if is_reader(tx, entry.organisation_id) {
        Code::Forbidden
    } else {
        Code::NotFound
    })?;
    let organisation = organisations::load(tx, entry.organisation_id).await?;
    tx.expect_version(organisation.version)?;
    credit::void(tx, entry.id, &reason, role).await?;
    let organisation = organisations::load(tx, entry.organisation_id).await?;
    let entries = credit::entries_of(tx, organisation.id).await?;
    Ok(shown(tx, &organisation, entries))
}

/// The band of an organisation and the lists it stands on, for everybody.
///
/// # Errors
/// `not_found`.
pub async fn get_public(view: &View, key: &Key) -> Result<PublicCreditOut, Error> {
    let organisation = organisations::load(view, id_of(key)?).await?;
    Ok(PublicCreditOut {
        organisation_id: organisation.id,
        band: organisation.band_on(local_date(view.now())),
        lists: standings(view, &organisation),
        name: organisation.name,
    })
}

/// The entries of the lists that are in force now, for everybody.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub async fn list_public(view: &View, query: &ListQuery) -> Result<PublicListEntryList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    faults.finish()?;
    let rows = store::in_force(view, query, query.page, division.as_ref()).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let ids: Vec<Uuid> = rows.iter().map(|row| row.organisation_id).collect();
    let known = organisations::load_many(view, &ids).await?;
    let codes: HashMap<Uuid, Option<String>> =
        known.into_iter().map(|one| (one.id, one.uscc)).collect();
    let items = rows
        .into_iter()
        .map(|row| public(row, &codes))
        .collect::<Result<_, Error>>()?;
    Ok(PublicListEntryList { items, next })
}

fn public(
    row: list_entry::Model,
    codes: &HashMap<Uuid, Option<String>>,
) -> Result<PublicListEntryOut, Error> {
    let term = row.effective_from.zip(row.effective_until);
    let (from, until) = term.ok_or_else(|| Error::internal("an entry in force without a term"))?;
    let ground = row.ground()?;
    Ok(PublicListEntryOut {
        id: row.id,
        colour: row.colour()?,
        ground,
        ground_zh: ground.zh(),
        number: row.number,
        uscc: codes.get(&row.organisation_id).cloned().flatten(),
        organisation_name: row.organisation_name,
        facts: row.facts,
        decision: row.decision,
        effective_from: Instant(from),
        effective_until: Instant(until),
        note: "本榜单为本项目内部服务质量名单,不属于国家规定的严重失信主体名单,效力限于本平台。",
    })
}

/// Rules that say something about an organisation without a posting.
const GENERAL: &[&str] = &[
    "status_active",
    "not_serious_dishonest",
    "not_abnormal_listed",
    "not_black_listed",
    "credit_band",
    "custodian_present",
];

/// Whether an organisation may take something on at all, rule by rule, for other systems; with a community also
/// whether it serves there.
///
/// # Errors
/// `forbidden` for everybody but officers and its own people; `not_found`; `invalid` for a filter that cannot be read.
pub async fn get_eligibility(
    view: &View,
    key: &Key,
    query: &ListQuery,
) -> Result<StandingEligibilityOut, Error> {
    let organisation = organisations::load(view, id_of(key)?).await?;
    if !is_reader(view, organisation.id) {
        return Err(Code::Forbidden.into());
    }
    let mut faults = Faults::new();
    let community = query
        .one("community")
        .and_then(|code| faults.division("?community", code));
    let small = flag(query, "micro", &mut faults);
    let joint = flag(query, "joint", &mut faults);
    faults.finish()?;
    let place = community.unwrap_or(organisation.division);
    let ask = Ask {
        community: &place,
        accepts_filed: true,
        forms_allowed: &[],
        order: Order {
            micro: small,
            joint,
        },
        now: view.now(),
    };
    let mut checks = eligibility(&organisation, &ask);
    checks.retain(|check| {
        GENERAL.contains(&check.rule) || (community.is_some() && check.rule == "covers_community")
    });
    let rule = rules::at(view, place.as_str()).await?.caps;
    let whole = Place {
        division: &place,
        closed_to_others: None,
    };
    let carried = caps::of(view, &[organisation.id], whole, &rule).await?;
    let asked = Asked {
        rule: &rule,
        today: local_date(view.now()),
        part_fen: 0,
        price_fen: 0,
        open_bids: None,
    };
    let caps = carried.checks(&organisation, &asked).into_iter();
    checks.extend(caps.filter(|check| check.rule == "capacity_free"));
    Ok(StandingEligibilityOut {
        organisation_id: organisation.id,
        name: organisation.name,
        uscc: organisation.uscc,
        eligible: checks.iter().all(|check| check.passed),
        checks,
    })
}

fn flag(query: &ListQuery, name: &str, faults: &mut Faults) -> bool {
    match query.one(name) {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            faults.add(
                format!("?{name}"),
                "malformed",
                "须为 true 或 false",
                "must be true or false",
            );
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use wubang_registry::credit::{CreditBand, START};

    fn entry(n: u128, points: i32, day: NaiveDate, voided: bool) -> LedgerEntry {
        LedgerEntry {
            id: Uuid::from_u128(n),
            organisation_id: Uuid::nil(),
            reason: "good_result".to_owned(),
            points,
            object: "evaluation".to_owned(),
            object_id: Uuid::from_u128(n),
            label: String::new(),
            division: "410108005000".to_owned(),
            entered_on: day,
            voided: voided.then(|| (chrono::DateTime::UNIX_EPOCH, String::new())),
        }
    }

    proptest! {
        #[test]
        fn the_column_adds_up_from_a_hundred_to_the_score(entries in prop::collection::vec((-30_i32..=3, 0_u64..50, any::<bool>()), 0..30), later in 0_u64..400) {
            let mut day: NaiveDate = "2026-01-01".parse().unwrap();
            let made: Vec<LedgerEntry> = (1_u128..).zip(entries).map(|(n, (points, days, voided))| {
                day = day + chrono::Days::new(days);
                entry(n, points, day, voided)
            }).collect();
            let counting = made.iter().filter(|one| one.voided.is_none()).map(|one| (one.points, one.entered_on));
            let (account, _) = Account::walk(counting);
            let today = day + chrono::Days::new(later);
            let lines = ledger(made, today);
            let sum: i32 = lines.iter().map(|line| line.counted).sum();
            prop_assert_eq!(START + sum, account.on(today));
            let mut running = START;
            for line in &lines {
                running += line.counted;
                prop_assert_eq!(line.balance, running);
            }
            prop_assert_eq!(CreditBand::of(running), CreditBand::of(account.on(today)));
        }
    }
}
