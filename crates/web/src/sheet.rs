//! Tables for spreadsheets: CSV in UTF-8 with a byte-order mark, so that Excel reads the Chinese.

use crate::answer::Answer;
use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use wubang_store::Error;

/// The byte-order mark.
const MARK: &str = "\u{FEFF}";

/// A table being written.
pub struct Sheet {
    writer: csv::Writer<Vec<u8>>,
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("a sheet cannot be written: {error}"))
}

impl Sheet {
    /// A table with its header.
    ///
    /// # Errors
    /// Internal: the table cannot be written.
    pub fn new(header: &[&str]) -> Result<Self, Error> {
        let mut sheet = Sheet {
            writer: csv::WriterBuilder::new()
                .terminator(csv::Terminator::CRLF)
                .from_writer(MARK.as_bytes().to_vec()),
        };
        sheet.row(header.iter().copied())?;
        Ok(sheet)
    }

    /// Adds a row. Its cells are texts, never formulas.
    ///
    /// # Errors
    /// Internal: the row has another length than the header.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
        self.writer
            .write_record(cells.into_iter().map(harmless))
            .map_err(broken)
    }

    /// The whole text.
    ///
    /// # Errors
    /// Internal: the table cannot be written.
    pub fn finish(self) -> Result<String, Error> {
        let bytes = self.writer.into_inner().map_err(broken)?;
        String::from_utf8(bytes).map_err(broken)
    }
}

/// A cell that no spreadsheet takes for a formula: with an apostrophe before one that begins like one,
/// white space before it not counted.
#[must_use]
pub fn harmless(cell: &str) -> String {
    let formula = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\u{FF1D}' | '\u{FF0B}' | '\u{FF0D}' | '\u{FF20}'
        )
    };
    let first = cell.chars().next();
    if cell.trim_start().starts_with(formula) || matches!(first, Some('\t' | '\r' | '\n')) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Answers with a table as a file of this name, Chinese and without an ending (RFC 5987).
///
/// # Errors
/// None; the type is the handlers'.
pub fn answer(name: &str, text: String) -> Answer {
    let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"export.csv\"; filename*=UTF-8''{encoded}.csv"),
        ))
        .body(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_begins_like_a_formula_is_text() {
        for cell in [
            "=1+1",
            "+86",
            "-1",
            "@sum",
            " =1",
            "\u{FF1D}1",
            "\tx",
            "\u{3000}@x",
        ] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        for cell in ["", "楼道照明", "a=b", "1-2", "'=1"] {
            assert_eq!(harmless(cell), cell);
        }
    }

    #[test]
    fn a_sheet_has_a_mark_and_quotes_what_must_be_quoted() {
        let mut sheet = Sheet::new(&["编号", "标题"]).unwrap();
        sheet.row(["1", "甲,\"乙\"\n丙"]).unwrap();
        assert!(sheet.row(["1"]).is_err());
        let mut sheet = Sheet::new(&["编号", "标题"]).unwrap();
        sheet.row(["1", "甲,\"乙\"\n丙"]).unwrap();
        assert_eq!(
            sheet.finish().unwrap(),
            "\u{FEFF}编号,标题\r\n1,\"甲,\"\"乙\"\"\n丙\"\r\n"
        );
    }
}
