//! Importing divisions: from the national CSV files, or a few by hand.

use super::wire_of;
use crate::entity::divisions;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use wubang_kernel::Faults;
use wubang_kernel::division::DivisionCode;
use wubang_store::{Error, Read, Tx};

/// The files of a folder, from wide to narrow: where one code stands in two, the wider name wins.
const FILES: [&str; 4] = ["provinces.csv", "cities.csv", "areas.csv", "streets.csv"];
/// Rows per statement; seven values each stay far below what SQLite binds.
const BATCH: usize = 500;

/// The two columns that all files have, wherever they stand.
#[derive(Deserialize)]
struct Line {
    code: String,
    name: String,
}

/// Imports a folder with `provinces.csv`, `cities.csv`, `areas.csv` and `streets.csv`; answers how
/// many divisions there are in it. Known codes are renamed, none is removed.
///
/// # Errors
/// `invalid` with file and line of every wrong row; internal when a file cannot be read.
pub async fn import_folder(tx: &Tx, folder: &Path) -> Result<usize, Error> {
    let mut faults = Faults::new();
    let mut found = BTreeMap::new();
    for file in FILES {
        read_file(&folder.join(file), file, &mut found, &mut faults)?;
    }
    faults.finish()?;
    put(tx, &found).await?;
    Ok(found.len())
}

fn read_file(
    path: &Path,
    file: &str,
    found: &mut BTreeMap<DivisionCode, String>,
    faults: &mut Faults,
) -> Result<(), Error> {
    let unreadable = |error: csv::Error| Error::internal(format!("{file}: {error}"));
    let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
    for (index, line) in reader.deserialize::<Line>().enumerate() {
        let at = format!("/{file}/{}", index + 2);
        match line {
            Ok(line) => {
                let name = faults.line(&format!("{at}/name"), &line.name, 1..=60);
                if let Some(code) = faults.division(&format!("{at}/code"), &line.code) {
                    found.entry(code).or_insert(name);
                }
            }
            Err(error) if error.is_io_error() => return Err(unreadable(error)),
            Err(error) => faults.add(
                at,
                "malformed",
                format!("无法解析:{error}"),
                format!("cannot be parsed: {error}"),
            ),
        }
    }
    Ok(())
}

/// Writes divisions, or renames known ones.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &Tx, names: &BTreeMap<DivisionCode, String>) -> Result<(), Error> {
    use divisions::Column;
    let rows: Vec<_> = names
        .iter()
        .map(|(code, name)| divisions::ActiveModel {
            code: Set(code.to_string()),
            name: Set(name.clone()),
            level: Set(wire_of(code.level()).to_owned()),
            parent: Set(code.parent().map(|parent| parent.to_string())),
            valid_from: Set(None),
            valid_to: Set(None),
            pilot: Set(false),
        })
        .collect();
    for batch in rows.chunks(BATCH) {
        let rename = OnConflict::column(Column::Code)
            .update_columns([Column::Name, Column::Level, Column::Parent])
            .to_owned();
        divisions::Entity::insert_many(batch.iter().cloned())
            .on_conflict(rename)
            .exec_without_returning(&tx.db())
            .await?;
    }
    Ok(())
}
