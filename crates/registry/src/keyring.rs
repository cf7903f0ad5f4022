//! The keys that sign access tokens: Ed25519, one PEM file each in a folder. The newest signs, all
//! verify, so that keys are exchanged without anybody being signed out.
//!
//! A file is called `<kid>.pem`, and a kid starts with the instant the key was made
//! (`20260601T090000Z-1a2b3c4d`), so that the order of names is the order of keys.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::RngCore as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use utoipa::ToSchema;
use wubang_kernel::digest::sha256_hex;
use wubang_kernel::{Code, Refusal};
use wubang_store::Error;

const NAME_FORMAT: &str = "%Y%m%dT%H%M%SZ";
/// How often the folder is looked at again for a key nobody here knows.
const RELOAD_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Type of our tokens (RFC 9068).
const TYP: &str = "at+jwt";

/// One public key (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwk {
    /// Always `OKP`.
    pub kty: &'static str,
    /// Always `Ed25519`.
    pub crv: &'static str,
    /// Always `EdDSA`.
    pub alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Key id.
    pub kid: String,
    /// The key, base64url.
    pub x: String,
}

/// The public keys as a set (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwks {
    /// The keys, oldest first.
    pub keys: Vec<Jwk>,
}

struct Key {
    signs: EncodingKey,
    verifies: DecodingKey,
    public: [u8; 32],
}

struct Ring {
    keys: BTreeMap<String, Key>,
    looked_at: DateTime<Utc>,
}

/// The keys of this installation. Instances that share the folder share the keys.
pub struct KeyRing {
    folder: PathBuf,
    ring: RwLock<Ring>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

fn failed(what: &str, path: &Path, error: impl std::fmt::Display) -> Error {
    Error::internal(format!("key folder: {what} {}: {error}", path.display()))
}

impl KeyRing {
    /// Opens a folder of keys; makes the folder and a first key where there is none.
    ///
    /// # Errors
    /// Internal when folder or keys cannot be read or written.
    pub fn open(folder: &Path, now: DateTime<Utc>) -> Result<KeyRing, Error> {
        std::fs::create_dir_all(folder).map_err(|error| failed("make", folder, error))?;
        let mut keys = read_folder(folder)?;
        if keys.is_empty() {
            write_new(folder, now)?;
            keys = read_folder(folder)?;
        }
        Ok(KeyRing {
            folder: folder.to_owned(),
            ring: RwLock::new(Ring {
                keys,
                looked_at: now,
            }),
        })
    }

    /// Looks at the folder again: another process may have added a key, which signs from now on.
    ///
    /// # Errors
    /// Internal when the folder cannot be read.
    pub fn reload(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let keys = read_folder(&self.folder)?;
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Ring {
            keys,
            looked_at: now,
        };
        Ok(())
    }

    /// Adds a key, which signs from now on. Answers its id.
    ///
    /// # Errors
    /// Internal when it cannot be written.
    pub fn rotate(&self, now: DateTime<Utc>) -> Result<String, Error> {
        let kid = write_new(&self.folder, now)?;
        self.reload(now)?;
        Ok(kid)
    }

    /// Removes keys made more than `days` ago, but never the newest. Answers the ids removed.
    ///
    /// # Errors
    /// Internal when a file cannot be removed.
    pub fn retire(&self, days: u32, now: DateTime<Utc>) -> Result<Vec<String>, Error> {
        self.reload(now)?;
        let limit = now - TimeDelta::days(i64::from(days));
        let mut kids = self.kids();
        kids.pop();
        kids.retain(|kid| made_at(kid).is_some_and(|made| made < limit));
        for kid in &kids {
            let path = self.folder.join(format!("{kid}.pem"));
            std::fs::remove_file(&path).map_err(|error| failed("remove", &path, error))?;
        }
        self.reload(now)?;
        Ok(kids)
    }

    /// Ids of the keys, oldest first.
    #[must_use]
    pub fn kids(&self) -> Vec<String> {
        self.ring
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .keys
            .keys()
            .cloned()
            .collect()
    }

    /// The public keys.
    #[must_use]
    pub fn jwks(&self) -> Jwks {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let keys = ring.keys.iter().map(|(kid, key)| Jwk {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: kid.clone(),
            x: base64url(&key.public),
        });
        Jwks {
            keys: keys.collect(),
        }
    }

    /// Signs claims with the newest key.
    ///
    /// # Errors
    /// Internal when there is no key.
    pub fn sign<T: Serialize>(&self, claims: &T) -> Result<String, Error> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let (kid, key) = ring
            .keys
            .last_key_value()
            .ok_or_else(|| Error::internal("there is no key to sign with"))?;
        let header = Header {
            typ: Some(TYP.to_owned()),
            kid: Some(kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&header, claims, &key.signs)
            .map_err(|error| Error::internal(format!("signing: {error}")))
    }

    /// Reads a token: only EdDSA by a key of this ring, of type `at+jwt`, from this issuer for this
    /// audience. The time is not looked at here: the caller compares it with the clock in force.
    ///
    /// # Errors
    /// `unauthenticated`, whatever is wrong with it.
    pub fn verify<T: DeserializeOwned + Clone>(
        &self,
        token: &str,
        issuer: &str,
        audience: &str,
        now: DateTime<Utc>,
    ) -> Result<T, Refusal> {
        let refused = || Refusal::new(Code::Unauthenticated);
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYP) {
            return Err(refused());
        }
        let kid = header.kid.ok_or_else(refused)?;
        self.look_for(&kid, now);
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let key = ring.keys.get(&kid).ok_or_else(refused)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false;
        jsonwebtoken::decode::<T>(token, &key.verifies, &validation)
            .map(|data| data.claims)
            .map_err(|_| refused())
    }

    /// Looks into the folder again when a key is not known, at most once a minute: another instance
    /// may have made it.
    fn look_for(&self, kid: &str, now: DateTime<Utc>) {
        let due = {
            let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
            !ring.keys.contains_key(kid) && now - ring.looked_at >= RELOAD_EVERY
        };
        if due && let Err(error) = self.reload(now) {
            tracing::warn!(%error, "the key folder could not be read again");
        }
    }
}

/// Adds a key to a folder while the service is down or runs elsewhere; running instances find it when
/// the first token comes that it signed. Answers its id.
///
/// # Errors
/// Internal when it cannot be written.
pub fn rotate(folder: &Path, now: DateTime<Utc>) -> Result<String, Error> {
    std::fs::create_dir_all(folder).map_err(|error| failed("make", folder, error))?;
    write_new(folder, now)
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn made_at(kid: &str) -> Option<DateTime<Utc>> {
    let (instant, _) = kid.split_once('-')?;
    NaiveDateTime::parse_from_str(instant, NAME_FORMAT)
        .ok()
        .map(|at| at.and_utc())
}

fn read_folder(folder: &Path) -> Result<BTreeMap<String, Key>, Error> {
    let mut keys = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(|error| failed("read", folder, error))? {
        let path = entry.map_err(|error| failed("read", folder, error))?.path();
        let is_key = path.extension().is_some_and(|extension| extension == "pem");
        let Some(kid) = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .filter(|_| is_key)
        else {
            continue;
        };
        let pem = std::fs::read_to_string(&path).map_err(|error| failed("read", &path, error))?;
        keys.insert(
            kid.to_owned(),
            parse(&pem).map_err(|error| failed("parse", &path, error))?,
        );
    }
    Ok(keys)
}

fn parse(pem: &str) -> Result<Key, String> {
    let signing = SigningKey::from_pkcs8_pem(pem).map_err(|error| error.to_string())?;
    let der = signing.to_pkcs8_der().map_err(|error| error.to_string())?;
    let public = signing.verifying_key().to_bytes();
    let verifies =
        DecodingKey::from_ed_components(&base64url(&public)).map_err(|error| error.to_string())?;
    Ok(Key {
        signs: EncodingKey::from_ed_der(der.as_bytes()),
        verifies,
        public,
    })
}

/// Makes a key and writes its file: readable by nobody else, and whole or not there at all.
fn write_new(folder: &Path, now: DateTime<Utc>) -> Result<String, Error> {
    let mut seed = [0_u8; 32];
    rand::rng().fill_bytes(&mut seed);
    let signing = SigningKey::from_bytes(&seed);
    let digest = sha256_hex(signing.verifying_key().as_bytes());
    let kid = format!(
        "{}-{}",
        now.format(NAME_FORMAT),
        digest.get(..8).unwrap_or_default()
    );
    let pem = signing
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(|error| failed("encode", folder, error))?;
    let (part, whole) = (
        folder.join(format!("{kid}.part")),
        folder.join(format!("{kid}.pem")),
    );
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(&part)
        .map_err(|error| failed("make", &part, error))?;
    file.write_all(pem.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| failed("write", &part, error))?;
    std::fs::rename(&part, &whole).map_err(|error| failed("make", &whole, error))?;
    Ok(kid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::sync::atomic::{AtomicU32, Ordering};

    static NEXT: AtomicU32 = AtomicU32::new(0);

    fn folder() -> PathBuf {
        std::env::temp_dir().join(format!(
            "wubang-keys-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ))
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn claims() -> Value {
        json!({ "iss": "i", "aud": "a", "sub": "s", "exp": 1, "iat": 0 })
    }

    fn verify(ring: &KeyRing, token: &str, now: &str) -> Result<Value, Refusal> {
        ring.verify(token, "i", "a", at(now))
    }

    #[test]
    fn keys_rotate_and_retire_without_breaking_tokens() {
        let folder = folder();
        let ring = KeyRing::open(&folder, at("2026-06-01T00:00:00Z")).unwrap();
        let old = ring.sign(&claims()).unwrap();
        let kid = ring.rotate(at("2026-07-01T00:00:00Z")).unwrap();
        let new = ring.sign(&claims()).unwrap();
        assert_eq!(
            jsonwebtoken::decode_header(&new).unwrap().kid,
            Some(kid.clone())
        );
        assert!(
            verify(&ring, &old, "2026-07-01T00:00:00Z").is_ok()
                && verify(&ring, &new, "2026-07-01T00:00:00Z").is_ok()
        );
        assert_eq!(ring.jwks().keys.len(), 2);
        assert_eq!(
            ring.retire(14, at("2026-07-02T00:00:00Z")).unwrap().len(),
            1
        );
        assert!(
            verify(&ring, &old, "2026-07-02T00:00:00Z").is_err()
                && verify(&ring, &new, "2026-07-02T00:00:00Z").is_ok()
        );
        assert!(
            ring.retire(14, at("2027-07-02T00:00:00Z"))
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            KeyRing::open(&folder, at("2026-07-03T00:00:00Z"))
                .unwrap()
                .kids(),
            [kid]
        );
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_key_of_another_instance_is_found_once_a_minute() {
        let folder = folder();
        let here = KeyRing::open(&folder, at("2026-06-01T00:00:00Z")).unwrap();
        let there = KeyRing::open(&folder, at("2026-06-01T00:00:00Z")).unwrap();
        there.rotate(at("2026-06-01T00:00:10Z")).unwrap();
        let token = there.sign(&claims()).unwrap();
        assert!(verify(&here, &token, "2026-06-01T00:00:30Z").is_err());
        assert!(verify(&here, &token, "2026-06-01T00:01:00Z").is_ok());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_is_nobody_elses() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = folder();
        KeyRing::open(&folder, at("2026-06-01T00:00:00Z")).unwrap();
        let entry = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn other_algorithms_types_issuers_and_audiences_are_refused() {
        let folder = folder();
        let now = "2026-06-01T00:00:00Z";
        let ring = KeyRing::open(&folder, at(now)).unwrap();
        let good = ring.sign(&claims()).unwrap();
        let refused =
            |token: &str| verify(&ring, token, now).unwrap_err().code == Code::Unauthenticated;
        assert!(
            ring.verify::<Value>(&good, "other", "a", at(now)).is_err()
                && ring.verify::<Value>(&good, "i", "other", at(now)).is_err()
        );
        let mut parts = good.split('.');
        let (header, body, signature) = (
            parts.next().unwrap(),
            parts.next().unwrap(),
            parts.next().unwrap(),
        );
        let kid = ring.kids().remove(0);
        let none = base64url(
            json!({ "alg": "none", "typ": TYP, "kid": kid })
                .to_string()
                .as_bytes(),
        );
        assert!(
            refused(&format!("{none}.{body}.")) && refused(&format!("{none}.{body}.{signature}"))
        );
        // the public key taken for a shared secret
        let public = ring.ring.read().unwrap().keys[&kid].public;
        let header_hs = Header {
            typ: Some(TYP.to_owned()),
            kid: Some(kid.clone()),
            ..Header::new(Algorithm::HS256)
        };
        assert!(refused(
            &jsonwebtoken::encode(&header_hs, &claims(), &EncodingKey::from_secret(&public))
                .unwrap()
        ));
        // a good signature of another type of token, and none of our keys
        let pem = std::fs::read_to_string(folder.join(format!("{kid}.pem"))).unwrap();
        let key = parse(&pem).unwrap();
        let header_jwt = Header {
            kid: Some(kid),
            ..Header::new(Algorithm::EdDSA)
        };
        assert!(refused(
            &jsonwebtoken::encode(&header_jwt, &claims(), &key.signs).unwrap()
        ));
        let other = base64url(
            json!({ "alg": "EdDSA", "typ": TYP, "kid": "../../etc/x" })
                .to_string()
                .as_bytes(),
        );
        assert!(refused(&format!("{other}.{body}.{signature}")));
        let forged = base64url(
            json!({ "iss": "i", "aud": "a", "sub": "other", "exp": 1 })
                .to_string()
                .as_bytes(),
        );
        assert!(
            refused(&format!("{header}.{forged}.{signature}")) && refused("") && refused("a.b.c")
        );
        std::fs::remove_dir_all(folder).unwrap();
    }
}
