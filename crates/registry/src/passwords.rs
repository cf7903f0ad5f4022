//! Passwords: argon2id in PHC form, always off the async threads.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use std::sync::LazyLock;
use tokio::sync::Semaphore;
use wubang_kernel::Faults;
use wubang_store::Error;

/// Fewest characters of a password.
pub const MIN: usize = 12;
/// Most characters of a password.
pub const MAX: usize = 128;

/// Passwords of [`MIN`] characters and more that are tried first by everybody.
const COMMON: &[&str] = &[
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123456123456",
    "123123123123",
    "112233445566",
    "111111222222",
    "000000111111",
    "1234567890ab",
    "123456789abc",
    "abc123456789",
    "abcd12345678",
    "abcdefghijkl",
    "abcabcabcabc",
    "a123456789012",
    "aa1234567890",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasd",
    "qwerty123456",
    "qwerty1234567",
    "123456qwerty",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "qazwsxedcrfv",
    "zxcvbnm12345",
    "asdfghjkl123",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "passw0rd1234",
    "p@ssw0rd1234",
    "p@ssword1234",
    "administrator",
    "administrator1",
    "admin1234567",
    "admin12345678",
    "adminadminadmin",
    "root12345678",
    "letmein12345",
    "welcome12345",
    "welcome123456",
    "changeme1234",
    "iloveyou1234",
    "iloveyou12345",
    "5201314520131",
    "woaini520131",
    "woaini123456",
    "woaini1314520",
    "zhongguo1234",
    "zhengzhou123",
    "china1234567",
];

/// How many hashes are computed at once; each takes 19 MiB.
static GATE: Semaphore = Semaphore::const_new(4);

/// Notes what is wrong with a new password.
pub fn check(pointer: &str, password: &str, account: &str, faults: &mut Faults) {
    let length = password.chars().count();
    if length < MIN {
        faults.add(
            pointer,
            "too_short",
            format!("至少 {MIN} 个字符"),
            format!("needs at least {MIN} characters"),
        );
    }
    if length > MAX {
        faults.add(
            pointer,
            "too_long",
            format!("至多 {MAX} 个字符"),
            format!("has at most {MAX} characters"),
        );
    }
    let lower = password.to_lowercase();
    let mut characters = lower.chars();
    let first = characters.next();
    let one_character = characters.all(|c| Some(c) == first);
    if COMMON.contains(&lower.as_str()) || (length >= MIN && one_character) {
        faults.add(
            pointer,
            "too_common",
            "密码过于常见",
            "is a password everybody tries first",
        );
    }
    if lower == account.to_lowercase() {
        faults.add(
            pointer,
            "not_allowed",
            "不能与账号相同",
            "cannot be the account name",
        );
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let _permit = GATE
        .acquire()
        .await
        .map_err(|_| Error::internal("the gate of password hashing is closed"))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::internal(format!("password hashing: {error}")))
}

fn hash_now(password: &str) -> Option<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .ok()
        .map(|hash| hash.to_string())
}

/// Hashes a password with a new salt.
///
/// # Errors
/// Internal when hashing fails.
pub async fn hash(password: String) -> Result<String, Error> {
    off_thread(move || hash_now(&password))
        .await?
        .ok_or_else(|| Error::internal("a password could not be hashed"))
}

/// What is verified against where there is no account or no password yet, so that the answer takes as long.
static DUMMY: LazyLock<Option<String>> = LazyLock::new(|| hash_now(&crate::secret::new()));

/// Whether the password fits the hash; without a hash it takes as long and never fits.
///
/// # Errors
/// Internal when the work cannot be run.
pub(crate) async fn verify(password: String, stored: Option<String>) -> Result<bool, Error> {
    off_thread(move || {
        let known = stored.is_some();
        let Some(phc) = stored.or_else(|| DUMMY.clone()) else {
            return false;
        };
        let Ok(parsed) = PasswordHash::new(&phc) else {
            return false;
        };
        Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
            && known
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(password: &str) -> Vec<&'static str> {
        let mut faults = Faults::new();
        check("/password", password, "han.wenjing.x", &mut faults);
        faults
            .into_fields()
            .into_iter()
            .map(|field| field.code)
            .collect()
    }

    #[test]
    fn weak_passwords_are_refused() {
        assert!(
            faults("correct horse battery").is_empty()
                && faults("十二个汉字组成的一句话好记").is_empty()
        );
        assert_eq!(faults("short"), ["too_short"]);
        assert_eq!(faults(&"a1".repeat(65)), ["too_long"]);
        assert_eq!(faults("Password1234"), ["too_common"]);
        assert_eq!(faults("zzzzzzzzzzzz"), ["too_common"]);
        assert_eq!(faults("Han.Wenjing.X"), ["not_allowed"]);
        assert!(
            COMMON
                .iter()
                .all(|password| password.len() >= MIN && password.to_lowercase() == *password)
        );
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_and_fits_its_password_only() {
        let stored = hash("correct horse battery".to_owned()).await.unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert!(
            verify("correct horse battery".to_owned(), Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(
            !verify("correct horse batterz".to_owned(), Some(stored))
                .await
                .unwrap()
        );
        assert!(
            !verify("correct horse battery".to_owned(), None)
                .await
                .unwrap()
        );
    }
}
