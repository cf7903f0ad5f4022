//! The master keys of a server. They stand outside the database: who has the database and the files, and not
//! them, reads nothing that is locked.

use crate::VaultError;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const NONCE: usize = 24;

/// One master key: 256 random bits.
#[derive(Clone)]
pub struct MasterKey {
    id: String,
    bytes: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MasterKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl MasterKey {
    /// A new key.
    #[must_use]
    pub fn generate() -> Self {
        Self::of(Zeroizing::new(rand::random::<[u8; 32]>()))
    }

    /// The key of a file: 32 bytes in base64, white space around them does not matter.
    ///
    /// # Errors
    /// [`VaultError::Form`].
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| VaultError::Form)?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| VaultError::Form)?;
        Ok(Self::of(Zeroizing::new(bytes)))
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.bytes.as_slice()))
    }

    /// What names the key without telling it: the beginning of a hash.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn of(bytes: Zeroizing<[u8; 32]>) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"wubang master key id");
        hash.update(bytes.as_slice());
        let id = URL_SAFE_NO_PAD.encode(&hash.finalize()[..6]);
        MasterKey { id, bytes }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes.as_slice().into())
    }
}

/// The key that locks, and older ones that still open (主密钥).
#[derive(Debug, Clone)]
pub struct Vault {
    current: MasterKey,
    older: Vec<MasterKey>,
}

impl Vault {
    /// A vault.
    #[must_use]
    pub fn new(current: MasterKey, older: Vec<MasterKey>) -> Self {
        Vault { current, older }
    }

    /// Which key locks now.
    #[must_use]
    pub fn current_id(&self) -> &str {
        self.current.id()
    }

    /// Whether the key that locked this text is in the ring.
    #[must_use]
    pub fn can_unlock(&self, locked: &str) -> bool {
        parts(locked).is_ok_and(|(id, _)| self.key(id).is_ok())
    }

    /// Locks a secret for a purpose: `v1.<key>.<nonce and ciphertext>`. What is locked for one purpose does not
    /// unlock for another, so that rows cannot be exchanged for each other.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] beyond what the cipher takes.
    pub fn lock(&self, purpose: &str, secret: &[u8]) -> Result<String, VaultError> {
        let nonce = rand::random::<[u8; NONCE]>();
        let sealed = self
            .current
            .cipher()
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: secret,
                    aad: purpose.as_bytes(),
                },
            )
            .map_err(|_| VaultError::TooLarge)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(format!(
            "v1.{}.{}",
            self.current.id,
            URL_SAFE_NO_PAD.encode(bytes)
        ))
    }

    /// Unlocks what was locked for the same purpose.
    ///
    /// # Errors
    /// [`VaultError::UnknownKey`], [`VaultError::Broken`], [`VaultError::Form`].
    pub fn unlock(&self, purpose: &str, locked: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (id, sealed) = parts(locked)?;
        let key = self.key(id)?;
        let bytes = URL_SAFE_NO_PAD
            .decode(sealed)
            .map_err(|_| VaultError::Form)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or(VaultError::Form)?;
        key.cipher()
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: sealed,
                    aad: purpose.as_bytes(),
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| VaultError::Broken)
    }

    fn key(&self, id: &str) -> Result<&MasterKey, VaultError> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .find(|key| key.id == id)
            .ok_or(VaultError::UnknownKey)
    }
}

fn parts(locked: &str) -> Result<(&str, &str), VaultError> {
    locked
        .strip_prefix("v1.")
        .and_then(|rest| rest.split_once('.'))
        .ok_or(VaultError::Form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_comes_back_from_its_file_and_keeps_its_name() {
        let key = MasterKey::generate();
        let again = MasterKey::parse(&format!(" {}\n", key.to_text().as_str())).unwrap();
        assert_eq!(key.id(), again.id());
        assert!(!format!("{key:?}").contains(key.to_text().as_str()));
        assert_eq!(MasterKey::parse("c2hvcnQ=").unwrap_err(), VaultError::Form);
    }

    #[test]
    fn an_older_key_still_opens_and_a_lost_one_is_named() {
        let old = MasterKey::generate();
        let locked = Vault::new(old.clone(), vec![])
            .lock("a", b"secret")
            .unwrap();
        let now = MasterKey::generate();
        let both = Vault::new(now.clone(), vec![old]);
        assert_eq!(both.unlock("a", &locked).unwrap().as_slice(), b"secret");
        assert!(both.can_unlock(&locked));
        let without = Vault::new(now, vec![]);
        assert_eq!(
            without.unlock("a", &locked).unwrap_err(),
            VaultError::UnknownKey
        );
        assert!(!without.can_unlock(&locked));
    }

    proptest! {
        #[test]
        fn only_its_purpose_unlocks_it_and_every_change_shows(secret in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>()) {
            let ring = Vault::new(MasterKey::generate(), vec![]);
            let locked = ring.lock("bid 1", &secret).unwrap();
            let opened = ring.unlock("bid 1", &locked).unwrap();
            prop_assert_eq!(opened.as_slice(), secret.as_slice());
            prop_assert_eq!(ring.unlock("bid 2", &locked).unwrap_err(), VaultError::Broken);
            let (head, body) = locked.rsplit_once('.').unwrap();
            let mut bytes = URL_SAFE_NO_PAD.decode(body).unwrap();
            let place = at.index(bytes.len());
            bytes[place] ^= 1;
            let changed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(bytes));
            prop_assert_eq!(ring.unlock("bid 1", &changed).unwrap_err(), VaultError::Broken);
        }
    }
}
