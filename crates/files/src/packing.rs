//! The envelope of a file: one `age` envelope with a key of its own, padded to one of a few sizes, made while the
//! file arrives. Nothing here holds more than the piece at hand.

use sha2::{Digest, Sha256};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use wubang_kernel::digest::hex;
use wubang_store::Error;
use wubang_vault::{Sealer, VaultError};

const KIB: u64 = 1024;
/// The sizes of a padded file.
const BUCKETS: [u64; 8] = [
    4 * KIB,
    16 * KIB,
    64 * KIB,
    256 * KIB,
    KIB * KIB,
    4 * KIB * KIB,
    16 * KIB * KIB,
    MOST,
];
/// The largest file.
pub(crate) const MOST: u64 = 64 * KIB * KIB;
/// How much is padded at a time.
static PAD: [u8; 256 * 1024] = [0; 256 * 1024];
/// Most bytes that an envelope adds beside its seals: the header, whose size varies a little.
const HEADER: u64 = 2 * KIB;

/// The size to which a file of so many bytes is padded.
///
/// # Errors
/// [`VaultError::TooLarge`] beyond the largest.
pub(crate) fn bucket(size: u64) -> Result<u64, VaultError> {
    let bucket = BUCKETS.into_iter().find(|bucket| size <= *bucket);
    bucket.ok_or(VaultError::TooLarge)
}

/// Whether an envelope of so many bytes is one of a file of this size.
pub(crate) fn is_envelope_of(size: u64, envelope: u64) -> bool {
    // 16 bytes of seal for each 64 KiB, and 16 of nonce
    bucket(size).is_ok_and(|bucket| {
        let least = bucket + bucket.div_ceil(64 * KIB) * 16 + 16;
        (least..least + HEADER).contains(&envelope)
    })
}

/// Where the sealer writes to; what has been sealed is taken from it.
#[derive(Clone, Default)]
struct Spool(Arc<Mutex<Vec<u8>>>);

impl Spool {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file being hashed and sealed.
pub(crate) struct Packing {
    sealer: Sealer<Spool>,
    spool: Spool,
    hash: Sha256,
    size: u64,
    padding: u64,
}

/// What a file was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packed {
    /// Lower-case hex.
    pub(crate) sha256: String,
    /// Bytes.
    pub(crate) size: u64,
}

impl Packing {
    /// Begins an envelope for a recipient.
    ///
    /// # Errors
    /// Internal, for a recipient that is none.
    pub(crate) fn new(recipient: &str) -> Result<Self, Error> {
        let spool = Spool::default();
        Ok(Packing {
            sealer: Sealer::new(&[recipient], spool.clone())?,
            spool,
            hash: Sha256::new(),
            size: 0,
            padding: 0,
        })
    }

    /// How many bytes of the file have been packed.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Packs the next piece; answers what is sealed by now.
    ///
    /// # Errors
    /// Internal.
    pub(crate) fn add(&mut self, piece: &[u8]) -> Result<Vec<u8>, Error> {
        self.hash.update(piece);
        self.size += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.sealer.write(piece)?;
        Ok(self.spool.take())
    }

    /// Pads a little further; nothing when the size is reached.
    ///
    /// # Errors
    /// Internal.
    pub(crate) fn pad(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let missing = bucket(self.size)?.saturating_sub(self.size + self.padding);
        let step = usize::try_from(missing).unwrap_or(PAD.len()).min(PAD.len());
        let Some(zeros) = PAD.get(..step).filter(|zeros| !zeros.is_empty()) else {
            return Ok(None);
        };
        self.sealer.write(zeros)?;
        self.padding += u64::try_from(step).unwrap_or_default();
        Ok(Some(self.spool.take()))
    }

    /// Ends the envelope; answers the rest of it, and what the file was.
    ///
    /// # Errors
    /// Internal.
    pub(crate) fn finish(self) -> Result<(Vec<u8>, Packed), Error> {
        let packed = Packed {
            sha256: hex(&self.hash.finalize()),
            size: self.size,
        };
        self.sealer.finish()?;
        Ok((self.spool.take(), packed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use wubang_kernel::digest::sha256_hex;
    use wubang_vault::SealingKey;

    fn packed(key: &SealingKey, content: &[u8], step: usize) -> (Vec<u8>, Packed, usize) {
        let mut packing = Packing::new(&key.recipient).unwrap();
        let (mut all, mut largest) = (Vec::new(), 0);
        let mut keep = |bytes: Vec<u8>| {
            largest = largest.max(bytes.len());
            all.extend(bytes);
        };
        for piece in content.chunks(step) {
            keep(packing.add(piece).unwrap());
        }
        while let Some(bytes) = packing.pad().unwrap() {
            keep(bytes);
        }
        let (rest, what) = packing.finish().unwrap();
        keep(rest);
        (all, what, largest)
    }

    #[test]
    fn nothing_is_held_but_the_piece_at_hand() {
        let key = SealingKey::generate();
        let content = vec![b'x'; 3 * 1024 * 1024];
        let (all, what, largest) = packed(&key, &content, 64 * 1024);
        assert!(largest <= PAD.len() + 64 * 1024 + 1024, "{largest}");
        assert!(is_envelope_of(what.size, u64::try_from(all.len()).unwrap()));
    }

    #[test]
    fn beyond_the_largest_size_there_is_no_envelope() {
        assert_eq!(bucket(MOST), Ok(MOST));
        assert_eq!(bucket(MOST + 1), Err(VaultError::TooLarge));
        assert!(!is_envelope_of(MOST + 1, MOST));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn an_envelope_tells_of_its_file_the_bucket_alone(len in 0_usize..70_000, step in 1_usize..70_000) {
            let key = SealingKey::generate();
            let content = vec![b'y'; len];
            let (all, what, _) = packed(&key, &content, step);
            let size = u64::try_from(len).unwrap();
            prop_assert_eq!(&what, &Packed { sha256: sha256_hex(&content), size });
            let opened = wubang_vault::open(&key.secret, &all).unwrap();
            prop_assert_eq!(u64::try_from(opened.len()).unwrap(), bucket(size).unwrap());
            prop_assert_eq!(&opened[..len], content.as_slice());
            prop_assert!(opened[len..].iter().all(|byte| *byte == 0));
            let envelope = u64::try_from(all.len()).unwrap();
            for bucket in BUCKETS {
                prop_assert_eq!(is_envelope_of(bucket, envelope), super::bucket(size) == Ok(bucket));
            }
        }
    }
}
