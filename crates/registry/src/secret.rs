//! Random secrets that are shown once and kept as hashes only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore as _;
use wubang_kernel::digest::sha256_hex;

/// A new secret of 256 random bits, as text.
pub(crate) fn new() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored of a secret. A plain digest will do: there is nothing to guess in 256 random bits.
pub(crate) fn hash(secret: &str) -> String {
    sha256_hex(secret.as_bytes())
}
