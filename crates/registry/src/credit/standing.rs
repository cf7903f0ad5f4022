//! The lists that an organisation stands on (红榜, 黑榜, rulebook 2.12): from when, until when, and how long their
//! effects rest. Compared with the instant asked about, so that effects begin and end by the clock alone.

use crate::entity::organisations;
use crate::organisations::{load, touched};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_kernel::deadline::is_over;
use wubang_kernel::words;
use wubang_store::{Error, Tx};

words! {
    /// Colour of a list (红榜, 黑榜).
    ListColour {
        Red = "red", "红榜";
        Black = "black", "黑榜";
    }
}

/// An entry of a list that is in force, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The entry.
    pub entry_id: Uuid,
    /// Its number.
    pub number: String,
    /// Its colour.
    pub colour: ListColour,
    /// First instant of its effects.
    pub from: DateTime<Utc>,
    /// Last instant of its effects.
    pub until: DateTime<Utc>,
    /// Until when its effects rest because of an objection.
    pub paused_until: Option<DateTime<Utc>>,
}

impl Listed {
    /// Whether it has effects at an instant.
    #[must_use]
    pub fn is_in_force(&self, now: DateTime<Utc>) -> bool {
        let rests = self.paused_until.is_some_and(|until| !is_over(until, now));
        self.from <= now && !is_over(self.until, now) && !rests
    }
}

/// All entries of an organisation that have not been taken off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Standings(pub Vec<Listed>);

impl Standings {
    /// The entry of a colour that is in force at an instant and lasts longest.
    #[must_use]
    pub fn in_force(&self, colour: ListColour, now: DateTime<Utc>) -> Option<&Listed> {
        let current = self.0.iter().filter(|one| one.colour == colour);
        current
            .filter(|one| one.is_in_force(now))
            .max_by_key(|one| one.until)
    }
}

/// Puts an organisation on a list.
///
/// # Errors
/// `not_found` for an unknown organisation; `conflict`.
pub async fn list(tx: &Tx, organisation: Uuid, listed: Listed) -> Result<(), Error> {
    let data = serde_json::json!({ "number": listed.number, "colour": listed.colour, "until": listed.until });
    change(tx, organisation, "organisation.listed", data, |all| {
        all.push(listed)
    })
    .await
}

/// Takes an organisation off a list.
///
/// # Errors
/// As [`list`].
pub async fn unlist(tx: &Tx, organisation: Uuid, entry: Uuid) -> Result<(), Error> {
    let data = serde_json::json!({ "list_entry_id": entry });
    change(tx, organisation, "organisation.unlisted", data, |all| {
        all.retain(|one| one.entry_id != entry)
    })
    .await
}

/// Lets the effects of an entry rest until an instant, or go on.
///
/// # Errors
/// As [`list`].
pub async fn pause(
    tx: &Tx,
    organisation: Uuid,
    entry: Uuid,
    until: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    let data = serde_json::json!({ "list_entry_id": entry, "paused_until": until });
    change(tx, organisation, "organisation.list_paused", data, |all| {
        for one in all.iter_mut().filter(|one| one.entry_id == entry) {
            one.paused_until = until;
        }
    })
    .await
}

async fn change(
    tx: &Tx,
    organisation: Uuid,
    event: &str,
    data: serde_json::Value,
    with: impl FnOnce(&mut Vec<Listed>),
) -> Result<(), Error> {
    crate::organisations::hold(tx, &[organisation]).await?;
    let before = load(tx, organisation).await?;
    let mut standings = before.standings.clone();
    with(&mut standings.0);
    let standings = serde_json::to_value(&standings)?;
    let set = |update: sea_orm::UpdateMany<organisations::Entity>| {
        update.col_expr(organisations::Column::Standings, Expr::value(standings))
    };
    touched(tx, &before, event, Role::System, data, set).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn black() -> Listed {
        Listed {
            entry_id: Uuid::from_u128(1),
            number: "HB".to_owned(),
            colour: ListColour::Black,
            from: at("2026-03-01T00:00:00Z"),
            until: at("2027-03-01T15:59:59Z"),
            paused_until: None,
        }
    }

    #[test]
    fn effects_begin_and_end_with_their_second() {
        let one = black();
        assert!(!one.is_in_force(at("2026-02-28T23:59:59Z")));
        assert!(one.is_in_force(at("2026-03-01T00:00:00Z")));
        assert!(one.is_in_force(at("2027-03-01T15:59:59Z")));
        assert!(!one.is_in_force(at("2027-03-01T16:00:00Z")));
    }

    #[test]
    fn an_objection_lets_them_rest_until_its_term_and_no_longer() {
        let rests = Listed {
            paused_until: Some(at("2026-03-10T15:59:59Z")),
            ..black()
        };
        assert!(!rests.is_in_force(at("2026-03-10T15:59:59Z")));
        assert!(rests.is_in_force(at("2026-03-10T16:00:00Z")));
    }

    #[test]
    fn the_entry_that_lasts_longest_is_named_and_of_the_colour_asked() {
        let longer = Listed {
            entry_id: Uuid::from_u128(2),
            until: at("2028-03-01T15:59:59Z"),
            ..black()
        };
        let all = Standings(vec![black(), longer.clone()]);
        assert_eq!(
            all.in_force(ListColour::Black, at("2026-04-01T00:00:00Z")),
            Some(&longer)
        );
        assert_eq!(
            all.in_force(ListColour::Red, at("2026-04-01T00:00:00Z")),
            None
        );
    }
}
