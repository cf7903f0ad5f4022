//! Which files are taken. What a file is, its content says: the declared type is not looked at, and the name must
//! fit what was found.

use wubang_kernel::{Code, Refusal};

/// A type of file that is taken (closed list). No archives and no office files with macros: nobody sees what is
/// in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Pdf,
    Docx,
    Xlsx,
    Pptx,
    Odt,
    Jpeg,
    Png,
    Webp,
    Mp4,
    Text,
    Csv,
}

const MIB: u64 = 1024 * 1024;

/// What is known of a kind: itself, its media type, the endings of its names, its most bytes.
type Known = (Kind, &'static str, &'static [&'static str], u64);

const KNOWN: [Known; 11] = [
    (Kind::Pdf, "application/pdf", &["pdf"], 20 * MIB),
    (
        Kind::Docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        &["docx"],
        20 * MIB,
    ),
    (
        Kind::Xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        &["xlsx"],
        20 * MIB,
    ),
    (
        Kind::Pptx,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        &["pptx"],
        20 * MIB,
    ),
    (
        Kind::Odt,
        "application/vnd.oasis.opendocument.text",
        &["odt"],
        20 * MIB,
    ),
    (Kind::Jpeg, "image/jpeg", &["jpg", "jpeg"], 10 * MIB),
    (Kind::Png, "image/png", &["png"], 10 * MIB),
    (Kind::Webp, "image/webp", &["webp"], 10 * MIB),
    (Kind::Mp4, "video/mp4", &["mp4"], 64 * MIB),
    (Kind::Text, "text/plain", &["txt"], 5 * MIB),
    (Kind::Csv, "text/csv", &["csv"], 5 * MIB),
];

/// The ending of a name, in small letters.
fn ending(name: &str) -> String {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ending.to_ascii_lowercase()
}

impl Kind {
    fn known(self) -> &'static Known {
        // every kind has its row: a test holds it
        KNOWN.iter().find(|row| row.0 == self).unwrap_or(&KNOWN[0])
    }

    /// Its media type.
    pub(crate) fn media_type(self) -> &'static str {
        self.known().1
    }

    /// Most bytes of such a file.
    pub(crate) fn most(self) -> u64 {
        self.known().3
    }

    /// Whether a name ends as those of the kind do.
    pub(crate) fn fits(self, name: &str) -> bool {
        self.known().2.contains(&ending(name).as_str())
    }

    /// The kind that a name speaks of.
    pub(crate) fn named(name: &str) -> Option<Kind> {
        let ending = ending(name);
        let row = KNOWN.iter().find(|row| row.2.contains(&ending.as_str()));
        row.map(|row| row.0)
    }
}

/// Every ending that is taken, for texts.
pub(crate) fn endings() -> String {
    let all: Vec<&str> = KNOWN.iter().flat_map(|row| row.2.iter().copied()).collect();
    all.join(", ")
}

const HEAD: usize = 16 * 1024;
const TAIL: usize = 64 * 1024;

/// What the beginning of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guess {
    Sure(Kind),
    /// An archive: its list of parts says which, and that stands at the end.
    Archive,
    Text,
}

/// Finds out what a file is while it goes by: keeps its first 16 KiB and its last 64 KiB.
#[derive(Default)]
pub(crate) struct Sniffer {
    head: Vec<u8>,
    tail: Vec<u8>,
    text: Text,
    guess: Option<Guess>,
}

impl Sniffer {
    /// Looks at the next piece.
    ///
    /// # Errors
    /// `file_type_not_allowed` as soon as it is known.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Result<(), Refusal> {
        let room = HEAD.saturating_sub(self.head.len());
        self.head.extend(piece.iter().take(room));
        let last = piece.len().saturating_sub(TAIL);
        self.tail.extend(piece.iter().skip(last));
        let over = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..over);
        if matches!(self.guess, None | Some(Guess::Text)) {
            self.text.feed(piece);
        }
        if self.guess.is_none() && self.head.len() >= HEAD {
            self.guess = Some(self.look()?);
        }
        match self.guess {
            Some(Guess::Text) if self.text.broken => Err(not_allowed()),
            _ => Ok(()),
        }
    }

    /// Most bytes of such a file, as far as one can tell by now.
    pub(crate) fn most(&self) -> u64 {
        match self.guess {
            Some(Guess::Sure(kind)) => kind.most(),
            Some(Guess::Archive) => Kind::Docx.most(),
            Some(Guess::Text) => Kind::Text.most(),
            None => Kind::Mp4.most(),
        }
    }

    /// What the whole file is. Of texts the name says whether they are tables.
    ///
    /// # Errors
    /// `file_type_not_allowed`.
    pub(crate) fn finish(mut self, name: &str) -> Result<Kind, Refusal> {
        let guess = match self.guess {
            Some(guess) => guess,
            None => self.look()?,
        };
        match guess {
            Guess::Sure(kind) => Ok(kind),
            Guess::Archive => self.office().ok_or_else(not_allowed),
            Guess::Text => {
                self.text.end();
                if self.text.broken {
                    return Err(not_allowed());
                }
                Ok(if Kind::Csv.fits(name) {
                    Kind::Csv
                } else {
                    Kind::Text
                })
            }
        }
    }

    fn look(&self) -> Result<Guess, Refusal> {
        if self.head.starts_with(b"PK\x03\x04") {
            return Ok(Guess::Archive);
        }
        let Some(found) = infer::get(&self.head) else {
            return if self.text.broken {
                Err(not_allowed())
            } else {
                Ok(Guess::Text)
            };
        };
        let kinds = [Kind::Pdf, Kind::Jpeg, Kind::Png, Kind::Webp, Kind::Mp4];
        let kind = kinds
            .into_iter()
            .find(|kind| kind.media_type() == found.mime_type());
        kind.map(Guess::Sure).ok_or_else(not_allowed)
    }

    /// The kind of office file that an archive is, by the names of its parts.
    fn office(&self) -> Option<Kind> {
        const ODT: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.textPK";
        if self
            .head
            .get(30..)
            .is_some_and(|rest| rest.starts_with(ODT))
        {
            return Some(Kind::Odt);
        }
        let mut names = parts(&self.head, b"PK\x03\x04", 26, 30);
        names.extend(parts(&self.tail, b"PK\x01\x02", 28, 46));
        let below = |folder: &[u8]| names.iter().any(|name| name.starts_with(folder));
        let macros = names.iter().any(|name| name.ends_with(b"vbaProject.bin"));
        if macros || !names.contains(&&b"[Content_Types].xml"[..]) {
            return None;
        }
        let folders: [(&[u8], Kind); 3] = [
            (b"word/", Kind::Docx),
            (b"xl/", Kind::Xlsx),
            (b"ppt/", Kind::Pptx),
        ];
        let mut found = folders.into_iter().filter(|(folder, _)| below(folder));
        let kind = found.next().map(|(_, kind)| kind);
        kind.filter(|_| found.next().is_none())
    }
}

/// Names of the parts of an archive whose records begin with `mark`, with the length of the name at one place of
/// a record and the name at another.
fn parts<'a>(bytes: &'a [u8], mark: &[u8], length: usize, name: usize) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    for at in 0..bytes.len().saturating_sub(name) {
        let record = bytes.get(at..).unwrap_or_default();
        if !record.starts_with(mark) {
            continue;
        }
        let size = match record.get(length..length + 2) {
            Some([low, high]) => usize::from(u16::from_le_bytes([*low, *high])),
            _ => continue,
        };
        found.extend(record.get(name..name + size));
    }
    found
}

fn not_allowed() -> Refusal {
    let endings = endings();
    Refusal::new(Code::FileTypeNotAllowed).because(
        format!("按内容识别,仅接受:{endings};文本须为 UTF-8,不接受压缩包和带宏的文件"),
        format!("by its content; taken are: {endings}; texts in UTF-8, no archives, no macros"),
    )
}

/// Whether bytes that go by are a text in UTF-8 without control characters.
#[derive(Default)]
struct Text {
    /// A character of which the rest has not come yet.
    begun: Vec<u8>,
    broken: bool,
}

impl Text {
    fn feed(&mut self, piece: &[u8]) {
        if self.broken {
            return;
        }
        let mut bytes = std::mem::take(&mut self.begun);
        bytes.extend_from_slice(piece);
        let (text, rest) = match std::str::from_utf8(&bytes) {
            Ok(text) => (text, &[][..]),
            Err(error) if error.error_len().is_none() => {
                let (text, rest) = bytes.split_at(error.valid_up_to());
                (std::str::from_utf8(text).unwrap_or_default(), rest)
            }
            Err(_) => {
                self.broken = true;
                return;
            }
        };
        let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
        self.broken = text.contains(strange);
        self.begun = rest.to_vec();
    }

    fn end(&mut self) {
        self.broken |= !self.begun.is_empty();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind(name: &str, bytes: &[u8]) -> Option<Kind> {
        let mut sniffer = Sniffer::default();
        sniffer.feed(bytes).ok()?;
        sniffer.finish(name).ok()
    }

    /// An archive with parts of these names, as far as names are concerned.
    fn archive(names: &[&str], gap: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for name in names {
            bytes.extend(b"PK\x03\x04");
            bytes.extend([0; 22]);
            bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            bytes.extend([0; 2]);
            bytes.extend(name.as_bytes());
            bytes.extend(vec![7; gap]);
        }
        for name in names {
            bytes.extend(b"PK\x01\x02");
            bytes.extend([0; 24]);
            bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            bytes.extend([0; 16]);
            bytes.extend(name.as_bytes());
        }
        bytes
    }

    #[test]
    fn every_kind_has_its_row() {
        for row in &KNOWN {
            assert_eq!(row.0.known(), row);
            assert!(
                row.2
                    .iter()
                    .all(|ending| Kind::named(&format!("甲.{ending}")) == Some(row.0))
            );
        }
        assert!(
            Kind::Jpeg.fits("现场.JPG") && !Kind::Jpeg.fits("现场.png") && !Kind::Jpeg.fits("jpg")
        );
    }

    #[test]
    fn content_says_what_a_file_is_and_the_name_does_not() {
        assert_eq!(kind("a.txt", b"%PDF-1.7\n"), Some(Kind::Pdf));
        assert_eq!(kind("a.pdf", b"\x89PNG\r\n\x1a\n0000"), Some(Kind::Png));
        assert_eq!(
            kind("a.pdf", &[0xff, 0xd8, 0xff, 0xe0, 0, 0]),
            Some(Kind::Jpeg)
        );
        assert_eq!(kind("a.txt", "服务方案\n".as_bytes()), Some(Kind::Text));
        assert_eq!(kind("a.csv", "项目,金额\n".as_bytes()), Some(Kind::Csv));
        for wrong in [
            &b"MZ\x90\0"[..],
            b"\x7fELF\x02\x01\x01",
            b"GIF89a......",
            b"<html><script>",
            b"#!/bin/sh\n",
            b"a\0b",
            &[0xb7, 0xfe, 0xce, 0xf1],
            "半".as_bytes().split_at(2).0,
        ] {
            assert_eq!(kind("a.txt", wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn office_files_are_known_by_their_parts_wherever_these_stand() {
        for gap in [0, 40_000] {
            let docx = [
                "docProps/thumbnail.jpeg",
                "[Content_Types].xml",
                "word/document.xml",
            ];
            assert_eq!(kind("a.docx", &archive(&docx, gap)), Some(Kind::Docx));
            assert_eq!(
                kind(
                    "a.xlsx",
                    &archive(&["[Content_Types].xml", "xl/workbook.xml"], gap)
                ),
                Some(Kind::Xlsx)
            );
            assert_eq!(
                kind(
                    "a.pptx",
                    &archive(&["[Content_Types].xml", "ppt/presentation.xml"], gap)
                ),
                Some(Kind::Pptx)
            );
            assert_eq!(
                kind(
                    "a.docm",
                    &archive(
                        &[
                            "[Content_Types].xml",
                            "word/document.xml",
                            "word/vbaProject.bin"
                        ],
                        gap
                    )
                ),
                None
            );
            assert_eq!(kind("a.zip", &archive(&["word/document.xml"], gap)), None);
            assert_eq!(
                kind(
                    "a.zip",
                    &archive(&["[Content_Types].xml", "word/a", "xl/b"], gap)
                ),
                None
            );
            assert_eq!(kind("a.zip", &archive(&["report.pdf"], gap)), None);
        }
        let mut odt = b"PK\x03\x04".to_vec();
        odt.extend([0; 22]);
        odt.extend([8, 0, 0, 0]);
        odt.extend(b"mimetypeapplication/vnd.oasis.opendocument.textPK\x03\x04");
        assert_eq!(kind("a.odt", &odt), Some(Kind::Odt));
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_give_the_same_answer(text in "[一-龥a-z\n,]{0,400}", long in 0_usize..30_000, cuts in prop::collection::vec(1_usize..9000, 1..8)) {
            let bytes = format!("{text}{}", "长".repeat(long)).into_bytes();
            let mut sniffer = Sniffer::default();
            let mut rest = bytes.as_slice();
            for cut in cuts.into_iter().cycle().take(200) {
                let (piece, left) = rest.split_at(cut.min(rest.len()));
                prop_assert!(sniffer.feed(piece).is_ok());
                rest = left;
            }
            prop_assert!(sniffer.feed(rest).is_ok());
            prop_assert_eq!(sniffer.finish("a.txt").ok(), kind("a.txt", &bytes));
        }

        #[test]
        fn any_bytes_are_looked_at_without_a_surprise(bytes in prop::collection::vec(any::<u8>(), 0..600), zip in any::<bool>()) {
            let bytes = if zip { [b"PK\x03\x04", bytes.as_slice()].concat() } else { bytes };
            if let Some(kind) = kind("a.bin", &bytes) {
                prop_assert!(!bytes.contains(&0) || kind != Kind::Text);
            }
        }
    }
}
