//! Sealed envelopes: the `age` format with X25519 recipients. Texts are padded with spaces to one of a few
//! sizes before they are sealed, so that the size of an envelope tells nothing of its content.

use crate::VaultError;
use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use futures_util::io::AsyncRead;
use std::io::{Read, Write};
use std::str::FromStr;
use zeroize::Zeroizing;

const KIB: usize = 1024;
/// The sizes of a padded text.
const BUCKETS: [usize; 7] = [
    4 * KIB,
    16 * KIB,
    64 * KIB,
    256 * KIB,
    KIB * KIB,
    4 * KIB * KIB,
    16 * KIB * KIB,
];

/// A pair of keys: whoever has the recipient can seal, only the secret opens.
pub struct SealingKey {
    /// `age1…`, public.
    pub recipient: String,
    /// `AGE-SECRET-KEY-1…`.
    pub secret: Zeroizing<String>,
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealingKey")
            .field("recipient", &self.recipient)
            .finish_non_exhaustive()
    }
}

impl SealingKey {
    /// A new pair.
    #[must_use]
    pub fn generate() -> Self {
        let identity = Identity::generate();
        SealingKey {
            recipient: identity.to_public().to_string(),
            secret: Zeroizing::new(identity.to_string().expose_secret().to_owned()),
        }
    }
}

/// Whether a text is an X25519 recipient.
#[must_use]
pub fn is_recipient(text: &str) -> bool {
    Recipient::from_str(text).is_ok()
}

/// The recipient that belongs to a secret.
///
/// # Errors
/// [`VaultError::Form`] for what is no secret.
pub fn recipient_of(secret: &str) -> Result<String, VaultError> {
    let identity = Identity::from_str(secret).map_err(|_| VaultError::Form)?;
    Ok(identity.to_public().to_string())
}

/// What an envelope shows without being opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outside {
    /// For how many it was sealed; whom, it does not tell.
    pub recipients: usize,
    /// Bytes of the text inside, padding included.
    pub size: usize,
}

/// Bytes of a piece of the text, and what its authentication adds.
const PIECE: usize = 64 * KIB;
const TAG: usize = 16;
const NONCE: usize = 16;
/// Longest header that is read: a few recipients.
const HEADER: usize = 4 * KIB;

/// Reads the header of an envelope, without any secret: for how many X25519 recipients it is, and how long its text.
/// Stanzas that `age` itself adds to keep readers honest (`…-grease`) are passed over.
///
/// # Errors
/// [`VaultError::Form`] for anything else, such as a passphrase, or a text that is not of one of the sizes;
/// [`VaultError::TooLarge`].
pub fn inspect(sealed: &[u8]) -> Result<Outside, VaultError> {
    let mut lines = sealed
        .get(..sealed.len().min(HEADER))
        .unwrap_or_default()
        .split_inclusive(|byte| *byte == b'\n');
    let (mut read, mut recipients) = (0, 0);
    let mut next = || {
        let line = lines.next().and_then(|line| line.strip_suffix(b"\n"));
        let line = line.and_then(|line| std::str::from_utf8(line).ok());
        read += line.map_or(0, |line| line.len() + 1);
        line.ok_or(VaultError::Form)
    };
    if next()? != "age-encryption.org/v1" {
        return Err(VaultError::Form);
    }
    loop {
        let line = next()?;
        if line.starts_with("--- ") {
            break;
        }
        let Some(stanza) = line.strip_prefix("-> ") else {
            continue;
        };
        let kind = stanza.split(' ').next().unwrap_or_default();
        match kind {
            "X25519" => recipients += 1,
            grease if grease.ends_with("-grease") => {}
            _ => return Err(VaultError::Form),
        }
    }
    let payload = sealed
        .len()
        .checked_sub(read + NONCE)
        .ok_or(VaultError::Form)?;
    let pieces = payload.div_ceil(PIECE + TAG);
    let size = payload.checked_sub(pieces * TAG).ok_or(VaultError::Form)?;
    if bucket(size)? != size {
        return Err(VaultError::Form);
    }
    Ok(Outside { recipients, size })
}

/// Seals what is written to it; [`Sealer::finish`] ends the envelope.
pub struct Sealer<W: Write>(age::stream::StreamWriter<W>);

impl<W: Write> Sealer<W> {
    /// Begins an envelope that each of the recipients can open.
    ///
    /// # Errors
    /// [`VaultError::Form`] for a recipient that is none, or none at all; [`VaultError::Broken`] when the output
    /// cannot be written.
    pub fn new(recipients: &[&str], output: W) -> Result<Self, VaultError> {
        let recipients = recipients
            .iter()
            .map(|text| Recipient::from_str(text).map_err(|_| VaultError::Form))
            .collect::<Result<Vec<_>, _>>()?;
        let encryptor = age::Encryptor::with_recipients(
            recipients.iter().map(|one| -> &dyn age::Recipient { one }),
        )
        .map_err(|_| VaultError::Form)?;
        let writer = encryptor
            .wrap_output(output)
            .map_err(|_| VaultError::Broken)?;
        Ok(Sealer(writer))
    }

    /// Adds to the content.
    ///
    /// # Errors
    /// [`VaultError::Broken`] when the output cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), VaultError> {
        self.0.write_all(bytes).map_err(|_| VaultError::Broken)
    }

    /// Ends the envelope and gives the output back.
    ///
    /// # Errors
    /// [`VaultError::Broken`] when the output cannot be written.
    pub fn finish(self) -> Result<W, VaultError> {
        self.0.finish().map_err(|_| VaultError::Broken)
    }
}

/// The size to which a text of so many bytes is padded.
///
/// # Errors
/// [`VaultError::TooLarge`] beyond the largest.
pub fn bucket(len: usize) -> Result<usize, VaultError> {
    BUCKETS
        .into_iter()
        .find(|size| len <= *size)
        .ok_or(VaultError::TooLarge)
}

/// A text with spaces behind it; JSON stays the same JSON.
fn pad(text: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(bucket(text.len())?));
    bytes.extend_from_slice(text.as_bytes());
    bytes.resize(bucket(text.len())?, b' ');
    Ok(bytes)
}

/// Seals a text, padded, for each of the recipients.
///
/// # Errors
/// [`VaultError::TooLarge`], [`VaultError::Form`] for a recipient that is none.
pub fn seal(text: &str, recipients: &[&str]) -> Result<Vec<u8>, VaultError> {
    let mut sealer = Sealer::new(recipients, Vec::new())?;
    sealer.write(&pad(text)?)?;
    sealer.finish()
}

/// Opens an envelope of at most 16 MiB with one of its secrets; the padding is still there.
///
/// # Errors
/// [`VaultError::Form`] for what is no envelope or no secret, [`VaultError::Broken`] when the secret does not
/// open it or it was changed, [`VaultError::TooLarge`].
pub fn open(secret: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let identity = Identity::from_str(secret).map_err(|_| VaultError::Form)?;
    let identity: &dyn age::Identity = &identity;
    let decryptor = age::Decryptor::new(sealed).map_err(|_| VaultError::Form)?;
    let reader = decryptor
        .decrypt(std::iter::once(identity))
        .map_err(|_| VaultError::Broken)?;
    let largest = BUCKETS[BUCKETS.len() - 1];
    let mut bytes = Zeroizing::new(Vec::new());
    let limit = u64::try_from(largest).unwrap_or(u64::MAX).saturating_add(1);
    reader
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|_| VaultError::Broken)?;
    if bytes.len() > largest {
        return Err(VaultError::TooLarge);
    }
    Ok(bytes)
}

/// Opens an envelope of any size as it arrives, a piece of 64 KiB at a time; each piece is authenticated before it
/// is given. That the end is the end is known to who reads as far.
///
/// # Errors
/// As [`open`].
pub async fn open_stream<R: AsyncRead + Unpin>(
    secret: &str,
    sealed: R,
) -> Result<impl AsyncRead + Unpin + use<R>, VaultError> {
    let identity = Identity::from_str(secret).map_err(|_| VaultError::Form)?;
    let identity: &dyn age::Identity = &identity;
    let decryptor = age::Decryptor::new_async(sealed)
        .await
        .map_err(|_| VaultError::Form)?;
    decryptor
        .decrypt_async(std::iter::once(identity))
        .map_err(|_| VaultError::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_recipient_opens_it_and_nobody_else() {
        let (one, two, other) = (
            SealingKey::generate(),
            SealingKey::generate(),
            SealingKey::generate(),
        );
        let sealed = seal("{\"price\":1}", &[&one.recipient, &two.recipient]).unwrap();
        for key in [&one, &two] {
            let text = open(&key.secret, &sealed).unwrap();
            assert_eq!(text.len(), 4 * KIB);
            assert_eq!(text.trim_ascii(), b"{\"price\":1}");
        }
        assert_eq!(
            open(&other.secret, &sealed).unwrap_err(),
            VaultError::Broken
        );
        assert!(!format!("{one:?}").contains(one.secret.as_str()));
    }

    #[test]
    fn nonsense_is_refused() {
        let key = SealingKey::generate();
        assert_eq!(seal("x", &["age1nonsense"]).unwrap_err(), VaultError::Form);
        assert_eq!(
            open(&key.secret, b"nonsense").unwrap_err(),
            VaultError::Form
        );
        assert_eq!(
            bucket(16 * KIB * KIB + 1).unwrap_err(),
            VaultError::TooLarge
        );
    }

    #[test]
    fn the_outside_tells_how_many_and_how_long_and_nothing_else_passes() {
        let (one, two) = (SealingKey::generate(), SealingKey::generate());
        for (len, size) in [(1, 4 * KIB), (5000, 16 * KIB), (70_000, 256 * KIB)] {
            for keys in [
                vec![one.recipient.as_str()],
                vec![&one.recipient, &two.recipient],
            ] {
                let sealed = seal(&"x".repeat(len), &keys).unwrap();
                let recipients = keys.len();
                assert_eq!(inspect(&sealed).unwrap(), Outside { recipients, size });
                let (longer, shorter) = ([&sealed[..], b"x"].concat(), &sealed[..sealed.len() - 1]);
                assert_eq!(inspect(&longer).unwrap_err(), VaultError::Form);
                assert_eq!(inspect(shorter).unwrap_err(), VaultError::Form);
            }
        }
        let mut odd = Sealer::new(&[&one.recipient], Vec::new()).unwrap();
        odd.write(b"not padded").unwrap();
        assert_eq!(
            inspect(&odd.finish().unwrap()).unwrap_err(),
            VaultError::Form
        );
        for nonsense in [
            &b""[..],
            b"nonsense",
            b"age-encryption.org/v1\n",
            b"age-encryption.org/v1\n-> scrypt salt 18\nbody\n--- mac\n",
        ] {
            assert_eq!(inspect(nonsense).unwrap_err(), VaultError::Form);
        }
    }

    #[test]
    fn a_secret_names_its_recipient() {
        let key = SealingKey::generate();
        assert_eq!(recipient_of(&key.secret).unwrap(), key.recipient);
        assert!(is_recipient(&key.recipient));
        assert!(!is_recipient(&key.secret));
        assert_eq!(recipient_of("nonsense").unwrap_err(), VaultError::Form);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn texts_of_one_bucket_have_one_size_and_every_change_shows(len in 0_usize..9000, at in any::<prop::sample::Index>()) {
            let key = SealingKey::generate();
            let sealed = seal(&"x".repeat(len), &[&key.recipient]).unwrap();
            let opened = open(&key.secret, &sealed).unwrap();
            prop_assert_eq!(opened.len(), bucket(len).unwrap());
            prop_assert!(opened.iter().take(len).all(|byte| *byte == b'x'));
            // the body begins behind the header; its bytes are authenticated one and all
            let mut changed = sealed.clone();
            let body = changed.len() - opened.len();
            let place = body + at.index(opened.len());
            changed[place] ^= 1;
            prop_assert!(open(&key.secret, &changed).is_err());
        }
    }
}
