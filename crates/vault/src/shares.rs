//! A key in three shares of which any two give it back (Shamir over GF(256)): no single holder opens.

use crate::VaultError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blahaj::{Share, Sharks};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// How many shares give the key.
const THRESHOLD: u8 = 2;
/// How many there are.
const HOLDERS: usize = 3;

/// Splits a secret into three texts `share1.<key>.<share>.<check>`: the check finds a typing error, the key a
/// share of another key. `about` is what the shares belong to, such as the recipient of the key.
#[must_use]
pub fn split(about: &str, secret: &str) -> Vec<Zeroizing<String>> {
    Sharks(THRESHOLD)
        .dealer(secret.as_bytes())
        .take(HOLDERS)
        .map(|share| {
            let bytes = Zeroizing::new(Vec::from(&share));
            let body = format!("share1.{}.{}", mark(about), URL_SAFE_NO_PAD.encode(&bytes));
            Zeroizing::new(format!("{body}.{}", mark(&body)))
        })
        .collect()
}

/// The secret of two different shares of the same key.
///
/// # Errors
/// [`VaultError::Form`] for a text that is no share, [`VaultError::Shares`] for shares of another key, or the
/// same share twice.
pub fn combine(about: &str, shares: &[&str]) -> Result<Zeroizing<String>, VaultError> {
    let shares = shares
        .iter()
        .map(|text| parse(about, text.trim()))
        .collect::<Result<Vec<_>, _>>()?;
    let secret = Sharks(THRESHOLD)
        .recover(&shares)
        .map_err(|_| VaultError::Shares)?;
    String::from_utf8(secret)
        .map(Zeroizing::new)
        .map_err(|_| VaultError::Shares)
}

fn parse(about: &str, text: &str) -> Result<Share, VaultError> {
    let (body, check) = text.rsplit_once('.').ok_or(VaultError::Form)?;
    if mark(body) != check {
        return Err(VaultError::Form);
    }
    let (key, share) = body
        .strip_prefix("share1.")
        .and_then(|rest| rest.split_once('.'))
        .ok_or(VaultError::Form)?;
    if key != mark(about) {
        return Err(VaultError::Shares);
    }
    let bytes = Zeroizing::new(
        URL_SAFE_NO_PAD
            .decode(share)
            .map_err(|_| VaultError::Form)?,
    );
    Share::try_from(bytes.as_slice()).map_err(|_| VaultError::Form)
}

/// A short mark of a text, to tell texts apart.
fn mark(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text.as_bytes())[..6])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SealingKey, open, seal};

    #[test]
    fn any_two_of_three_open_what_was_sealed() {
        let key = SealingKey::generate();
        let sealed = seal("{}", &[&key.recipient]).unwrap();
        let shares = split(&key.recipient, &key.secret);
        for (a, b) in [(0, 1), (0, 2), (1, 2), (2, 0)] {
            let secret = combine(&key.recipient, &[&shares[a], &shares[b]]).unwrap();
            assert_eq!(open(&secret, &sealed).unwrap().trim_ascii(), b"{}");
        }
    }

    #[test]
    fn one_share_twice_a_typing_error_and_a_strangers_share_are_told_apart() {
        let (key, other) = (SealingKey::generate(), SealingKey::generate());
        let shares = split(&key.recipient, &key.secret);
        let theirs = split(&other.recipient, &other.secret);
        let combine = |a: &str, b: &str| combine(&key.recipient, &[a, b]).map(|_| ()).unwrap_err();
        assert_eq!(combine(&shares[0], &shares[0]), VaultError::Shares);
        assert_eq!(combine(&shares[0], &theirs[1]), VaultError::Shares);
        let typed = shares[1].replacen("share1.", "share1.x", 1);
        assert_eq!(combine(&shares[0], &typed), VaultError::Form);
        assert_eq!(combine(&shares[0], ""), VaultError::Form);
    }

    #[test]
    fn a_share_alone_has_nothing_of_the_key() {
        let key = SealingKey::generate();
        for share in split(&key.recipient, &key.secret) {
            let body = share.split('.').nth(2).unwrap();
            let bytes = URL_SAFE_NO_PAD.decode(body).unwrap();
            assert!(
                !bytes
                    .windows(8)
                    .any(|part| key.secret.as_bytes().windows(8).any(|of| of == part))
            );
        }
    }
}
