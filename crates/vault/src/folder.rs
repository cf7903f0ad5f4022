//! The folder of master keys: one file a key, `0001.key`, `0002.key`, …; the last one locks. Processes that share
//! the folder share the keys.

use crate::{MasterKey, Vault, VaultError};
use std::fs::{self, OpenOptions};
use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

fn bad(path: &Path, error: VaultError) -> Error {
    Error::new(
        ErrorKind::InvalidData,
        format!("{}: {error}", path.display()),
    )
}

/// The key files, oldest first.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "key") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Opens the folder; makes it and a first key where there is none.
///
/// # Errors
/// When the folder cannot be read or written, or a file is no key.
pub fn open_folder(folder: &Path) -> Result<Vault, Error> {
    fs::create_dir_all(folder)?;
    let mut found = files(folder)?;
    if found.is_empty() {
        add_key(folder)?;
        found = files(folder)?;
    }
    let mut keys = Vec::new();
    for path in &found {
        let text = Zeroizing::new(fs::read_to_string(path)?);
        keys.push(MasterKey::parse(&text).map_err(|error| bad(path, error))?);
    }
    match keys.pop() {
        Some(current) => Ok(Vault::new(current, keys)),
        None => Err(Error::new(ErrorKind::NotFound, "no master key")),
    }
}

/// Adds a key, which locks from the next start on; older ones still open. Answers its id. Of two processes that
/// make the same file one has its way, and both read what stands there.
///
/// # Errors
/// When the file cannot be written.
pub fn add_key(folder: &Path) -> Result<String, Error> {
    fs::create_dir_all(folder)?;
    let number = files(folder)?.len() + 1;
    let path = folder.join(format!("{number:04}.key"));
    let key = MasterKey::generate();
    // written aside and linked, so that nobody reads half a key
    let aside = folder.join(format!("{}.new", key.id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&aside)?;
    file.write_all(key.to_text().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    let linked = fs::hard_link(&aside, &path);
    fs::remove_file(&aside)?;
    match linked {
        Ok(()) => Ok(key.id().to_owned()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let text = Zeroizing::new(fs::read_to_string(&path)?);
            let key = MasterKey::parse(&text).map_err(|error| bad(&path, error))?;
            Ok(key.id().to_owned())
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_start_makes_a_key_and_the_next_finds_it() {
        let folder = std::env::temp_dir().join(format!("wubang-vault-{}", std::process::id()));
        let first = open_folder(&folder).unwrap();
        let locked = first.lock("a", b"secret").unwrap();
        assert_eq!(
            open_folder(&folder).unwrap().current_id(),
            first.current_id()
        );
        let id = add_key(&folder).unwrap();
        let next = open_folder(&folder).unwrap();
        assert_eq!(next.current_id(), id);
        assert_eq!(next.unlock("a", &locked).unwrap().as_slice(), b"secret");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.join("0001.key"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o077, 0, "nobody else may read a master key");
        }
        fs::write(folder.join("0003.key"), "nonsense").unwrap();
        assert!(
            open_folder(&folder)
                .unwrap_err()
                .to_string()
                .contains("0003.key")
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
