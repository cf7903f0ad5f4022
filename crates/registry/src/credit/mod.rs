//! Credit (信用, rulebook 2.12): the ledger of each organisation and the lists that it stands on. Written by the crate
//! `credit` above, read by eligibility and caps, which are asked below it. Score and lists stand on the row of the
//! organisation as well, so that a rule looks at them without another statement.

mod account;
mod ledger;
mod standing;

pub use account::{Account, CreditBand, START, Step};
pub use ledger::{LedgerEntry, NewEntry, enter, entries_of, find_entry, void};
pub use standing::{ListColour, Listed, Standings, list, pause, unlist};

pub(crate) use ledger::account_differs;
