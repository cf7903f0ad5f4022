//! Who holds the shares of a box's key (持钥人): three persons of whom two open it together after the deadline.

use super::checking::Draft;
use crate::entity::posting;
use crate::model::SealingOut;
use crate::particulars::Sealing;
use crate::store::{self, OFFICIALS};
use uuid::Uuid;
use wubang_kernel::division::{DivisionCode, Level};
use wubang_kernel::procedure::Way;
use wubang_kernel::{Faults, RoleSet};
use wubang_registry::age_recipients::{Keeper, keepers};
use wubang_store::{Error, Read};

/// How many there are.
const HOLDERS: usize = 3;
/// How many of them may serve the street that buys.
const OF_STREET: usize = 1;

/// A holder as he was named, with the key that his share is sealed for.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The person.
    pub person_id: Uuid,
    /// Name.
    pub name: String,
    /// `age1…`.
    pub recipient: String,
}

/// What the viewer reads of it: who holds is for officials only, so that nobody who bids knows whom to ask.
pub(super) fn shown(sealing: Sealing, roles: RoleSet) -> SealingOut {
    SealingOut {
        level: sealing.level,
        holders: if roles.any(OFFICIALS) {
            sealing.holders
        } else {
            Vec::new()
        },
    }
}

/// The street of a posting; the division itself where it is wider.
fn street(division: &DivisionCode) -> DivisionCode {
    match division.parent() {
        Some(parent) if parent.level() >= Level::Street => parent,
        _ => *division,
    }
}

/// Notes everything wrong with the holders of a draft.
///
/// # Errors
/// When the database fails.
pub(super) async fn check(
    read: &impl Read,
    draft: &Draft,
    division: &DivisionCode,
    faults: &mut Faults,
) -> Result<(), Error> {
    let sealing = &draft.particulars.sealing;
    if !sealing.by_holders() {
        if !sealing.holders.is_empty() {
            faults.add(
                "/sealing/holders",
                "not_allowed",
                "standard 密封不设持钥人",
                "the standard level has no holders",
            );
        }
        return Ok(());
    }
    if draft.kind.way() != Way::Panel {
        faults.add(
            "/sealing/level",
            "not_allowed",
            "仅公开发榜与邀请发榜可由持钥人开启",
            "only bids in competition are opened by holders",
        );
    }
    let known = keepers(read, &sealing.holders, &street(division)).await?;
    judge(&sealing.holders, &known, faults);
    Ok(())
}

/// Notes wrong holders: three different persons in office, each with a key, none of an organisation, at most one
/// of the street.
fn judge(named: &[Uuid], known: &[Keeper], faults: &mut Faults) {
    faults.count("/sealing/holders", named.len(), HOLDERS..=HOLDERS);
    for (i, id) in named.iter().enumerate() {
        let keeper = known.iter().find(|one| one.person_id == *id);
        let fault = match keeper {
            _ if named.iter().take(i).any(|other| other == id) => {
                Some(("duplicate", "持钥人重复", "is there twice"))
            }
            None => Some(("unknown_value", "没有这个人员", "there is no such person")),
            Some(one) if !one.active => {
                Some(("unknown_value", "没有这个人员", "there is no such person"))
            }
            Some(one) if !one.official || one.of_organisation => Some((
                "not_allowed",
                "须为本区有任职且不代表任何组织的人员",
                "must hold an office in the district, and speak for no organisation",
            )),
            Some(one) if one.recipient.is_none() => Some((
                "recipient_missing",
                "尚未登记公钥",
                "has registered no public key",
            )),
            Some(_) => None,
        };
        if let Some((code, zh, en)) = fault {
            faults.add(format!("/sealing/holders/{i}"), code, zh, en);
        }
    }
    if known.iter().filter(|one| one.of_street).count() > OF_STREET {
        faults.add(
            "/sealing/holders",
            "too_many_of_street",
            "本街道(含社区)人员至多一名",
            "at most one of them serves the street or its communities",
        );
    }
}

/// The holders of a posting with the keys that count now, in the order in which they were named; nobody where the
/// system opens the box.
///
/// # Errors
/// Internal when one of them has no key, which no draft that was handed in has.
pub async fn holders_of(read: &impl Read, posting: &posting::Model) -> Result<Vec<Holder>, Error> {
    let sealing = &posting.particulars.sealing;
    if !sealing.by_holders() {
        return Ok(Vec::new());
    }
    let known = keepers(read, &sealing.holders, &store::division(posting)?).await?;
    let holder = |id: &Uuid| {
        let one = known.iter().find(|one| one.person_id == *id)?;
        Some(Holder {
            person_id: one.person_id,
            name: one.name.clone(),
            recipient: one.recipient.clone()?,
        })
    };
    let holders: Vec<Holder> = sealing.holders.iter().filter_map(holder).collect();
    if holders.len() == HOLDERS {
        Ok(holders)
    } else {
        Err(Error::internal("a holder of a box is gone or has no key"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeper(n: u128) -> Keeper {
        Keeper {
            person_id: Uuid::from_u128(n),
            name: format!("持钥人{n}"),
            active: true,
            recipient: Some("age1".to_owned()),
            official: true,
            of_street: false,
            of_organisation: false,
        }
    }

    fn found(named: &[u128], known: &[Keeper]) -> Vec<(String, &'static str)> {
        let named: Vec<Uuid> = named.iter().map(|n| Uuid::from_u128(*n)).collect();
        let mut faults = Faults::new();
        judge(&named, known, &mut faults);
        let fields = faults.into_fields().into_iter();
        fields.map(|field| (field.pointer, field.code)).collect()
    }

    #[test]
    fn three_different_persons_of_whom_one_is_of_the_street() {
        let mut known = vec![keeper(1), keeper(2), keeper(3)];
        known[0].of_street = true;
        assert!(found(&[1, 2, 3], &known).is_empty());
        known[1].of_street = true;
        let code = |found: Vec<(String, &'static str)>| {
            let mut codes: Vec<&str> = found.into_iter().map(|(_, code)| code).collect();
            codes.sort_unstable();
            codes
        };
        assert_eq!(code(found(&[1, 2, 3], &known)), ["too_many_of_street"]);
        assert_eq!(
            found(&[1, 3, 3], &known[..1])[1..],
            [("/sealing/holders/2".to_owned(), "duplicate")]
        );
    }

    #[test]
    fn who_has_no_key_no_office_or_speaks_for_an_organisation_holds_nothing() {
        let (mut keyless, mut private, mut bidder) = (keeper(1), keeper(2), keeper(3));
        keyless.recipient = None;
        private.official = false;
        bidder.of_organisation = true;
        let all = found(&[1, 2, 3], &[keyless, private, bidder]);
        let codes: Vec<&str> = all.iter().map(|(_, code)| *code).collect();
        assert_eq!(codes, ["recipient_missing", "not_allowed", "not_allowed"]);
    }
}
