//! `cargo xtask check`: the gates that no compiler knows.

use std::path::{Path, PathBuf};

use crate::run::{Outcome, Workspace};
use crate::{floors, generated, words};

/// Folders that hold our own files.
const SOURCES: [&str; 3] = ["crates", "migrations", "tests"];
/// The file that lists the forbidden words, and so is full of them.
const LIST: &str = "crates/xtask/src/words.rs";

/// Runs all gates, even after one has failed, and reports everything that is wrong.
pub fn check(workspace: &Workspace) -> Outcome {
    let mut wrong = floors::wrong_edges(&workspace.packages);
    wrong.extend(wrong_words(&workspace.root)?);
    wrong.extend(generated::differences(workspace)?);
    if wrong.is_empty() {
        println!("floors, words and generated files are right");
        return Ok(());
    }
    for line in &wrong {
        eprintln!("{line}");
    }
    Err(format!("cargo xtask check: {} wrong", wrong.len()))
}

fn wrong_words(root: &Path) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    let mut read = 0;
    for path in files(root)? {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
        // What is not text has no words.
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        read += 1;
        if name == LIST {
            continue;
        }
        let mut found = words::anywhere(&text);
        if name.ends_with(".rs") && !name.starts_with("crates/store/") {
            found.extend(words::outside_store(&text));
        }
        wrong.extend(
            found
                .into_iter()
                .map(|(line, what)| format!("{name}:{line}: {what}")),
        );
    }
    if read == 0 {
        return Err("found no source file to read".to_owned());
    }
    Ok(wrong)
}

/// Every file of ours, in a stable order.
fn files(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = SOURCES.iter().map(|name| root.join(name)).collect();
    while let Some(folder) = folders.pop() {
        let unreadable = |error| format!("cannot read {}: {error}", folder.display());
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let kind = entry.file_type().map_err(unreadable)?;
            let name = entry.file_name();
            if kind.is_file() {
                files.push(entry.path());
            } else if kind.is_dir() && name != "target" && name != "__pycache__" {
                folders.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
