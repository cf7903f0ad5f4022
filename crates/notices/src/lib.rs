//! Notices (通知): who hears of a step, in which words, by mail. Rows of the outbox are worked off by the
//! worker; an answer never waits for them.
//!
//! Invariants: no text holds the content of a bid or data of a beneficiary; a notice that is expanded
//! twice makes the same mails, not more.

mod audience;
mod deliver;
mod text;

pub use deliver::deliveries;
pub use text::Words;
