//! Keeping what nobody may read yet: the server's master keys, sealed envelopes and shares of a key.
//!
//! No cryptography of our own: XChaCha20-Poly1305 locks small secrets, `age` (X25519) seals envelopes, so
//! that front-ends can seal with `age-encryption`, and Shamir's scheme over GF(256) splits a key.

mod envelope;
mod folder;
mod shares;
mod vault;

pub use envelope::{
    Outside, Sealer, SealingKey, bucket, inspect, is_recipient, open, open_stream, recipient_of,
    seal,
};
pub use folder::{add_key, open_folder};
pub use shares::{combine, split};
pub use vault::{MasterKey, Vault};

use thiserror::Error;

/// Why something could not be sealed, locked or opened. Says nothing of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VaultError {
    /// No master key of the ring locked this.
    #[error("locked with a master key that this server does not have")]
    UnknownKey,
    /// Changed, cut, or locked for another purpose.
    #[error("does not open: it was changed, or belongs elsewhere")]
    Broken,
    /// Not in the form that this crate writes.
    #[error("is not in the expected form")]
    Form,
    /// Larger than the largest envelope.
    #[error("is larger than the largest envelope")]
    TooLarge,
    /// Shares that do not belong together, or too few of them.
    #[error("these shares do not give the key")]
    Shares,
}
