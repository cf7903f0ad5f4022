//! What may be added: pure functions.

use crate::flow::{File, FileGuard};
use crate::kinds::{Kind, endings};
use crate::packing::MOST;
use wubang_kernel::machine::Facts;
use wubang_kernel::refusal::Refusal;
use wubang_kernel::{Code, Faults};

/// How much may be attached (附件限额).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of one file; each kind of file has its own limit beside it.
    pub max_bytes: u64,
    /// Most bytes of the current files of one object together.
    pub max_total_bytes: u64,
    /// Most current files of one object.
    pub max_count: usize,
}

/// What is kept of an object with everything that was removed or replaced may be so many times its limits.
const KEPT: u64 = 4;

/// What an object has already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shelved {
    /// Current files, without the one that is being replaced.
    pub(crate) count: usize,
    /// Their bytes.
    pub(crate) bytes: u64,
    /// Files that are kept in all.
    pub(crate) kept_count: usize,
    /// Their bytes.
    pub(crate) kept_bytes: u64,
}

impl Limits {
    /// Most bytes of one file, whatever it is.
    pub(crate) fn largest(self) -> u64 {
        self.max_bytes.min(MOST)
    }

    /// Whether one more file of so many bytes fits.
    ///
    /// # Errors
    /// `file_quota`.
    pub(crate) fn admit(self, has: Shelved, bytes: u64) -> Result<(), Refusal> {
        let most = u64::try_from(self.max_count).unwrap_or(u64::MAX);
        let kept = u64::try_from(has.kept_count).unwrap_or(u64::MAX);
        let fits = has.count < self.max_count
            && has.bytes.saturating_add(bytes) <= self.max_total_bytes
            && kept < most.saturating_mul(KEPT)
            && has.kept_bytes.saturating_add(bytes) <= self.max_total_bytes.saturating_mul(KEPT);
        if fits {
            return Ok(());
        }
        let (count, total) = (self.max_count, self.max_total_bytes);
        Err(Refusal::new(Code::FileQuota).because(
            format!("最多 {count} 个附件,合计 {total} 字节;移除的附件暂时计入留存总量"),
            format!("at most {count} attachments of {total} bytes together; removed ones count for a while"),
        ))
    }
}

/// A file that is too large.
pub(crate) fn too_large(most: u64) -> Refusal {
    Refusal::new(Code::TooLarge).because(
        format!("该类型文件的上限为 {most} 字节"),
        format!("at most {most} bytes for a file of this type"),
    )
}

/// Whether what was found fits the name, and whether there is anything at all.
///
/// # Errors
/// `invalid`, naming `?name` or the body.
pub(crate) fn fits(kind: Kind, name: &str, size: u64) -> Result<(), Refusal> {
    let mut faults = Faults::new();
    if size == 0 {
        faults.add("", "empty", "文件为空", "the file is empty");
    } else if !kind.fits(name) {
        let (found, all) = (kind.media_type(), endings());
        faults.add(
            "?name",
            "wrong_extension",
            format!("内容为 {found},扩展名与之不符(可用:{all})"),
            format!("the content is {found}, the name ends otherwise (taken are: {all})"),
        );
    }
    faults.finish()
}

/// What the life cycle asks of a file.
pub(crate) struct FileFacts {
    pub(crate) handed_in: bool,
}

impl Facts<File> for FileFacts {
    fn check(&self, guard: FileGuard) -> Result<(), Refusal> {
        match guard {
            FileGuard::Loose if self.handed_in => Err(Code::InvalidTransition.into()),
            FileGuard::Loose => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits {
        max_bytes: 1000,
        max_total_bytes: 2000,
        max_count: 3,
    };

    #[test]
    fn a_name_must_fit_the_content_and_nothing_is_no_file() {
        assert!(fits(Kind::Pdf, "方案.pdf", 1).is_ok());
        assert_eq!(
            fits(Kind::Pdf, "方案.docx", 1).unwrap_err().fields[0].pointer,
            "?name"
        );
        assert_eq!(
            fits(Kind::Text, "方案.txt", 0).unwrap_err().fields[0].code,
            "empty"
        );
    }

    #[test]
    fn no_configuration_makes_files_larger_than_the_largest_envelope() {
        let limits = Limits {
            max_bytes: u64::MAX,
            ..LIMITS
        };
        assert_eq!(limits.largest(), MOST);
        assert_eq!(LIMITS.largest(), 1000);
    }

    #[test]
    fn only_what_was_not_handed_in_is_cleared_away() {
        assert!(
            FileFacts { handed_in: false }
                .check(FileGuard::Loose)
                .is_ok()
        );
        assert!(
            FileFacts { handed_in: true }
                .check(FileGuard::Loose)
                .is_err()
        );
    }

    proptest! {
        #[test]
        fn who_is_admitted_again_and_again_stays_within_the_limits(sizes in prop::collection::vec(0_u64..1500, 0..40), swap in any::<bool>()) {
            let mut has = Shelved::default();
            for size in sizes {
                if LIMITS.admit(has, size).is_ok() {
                    // one that replaces leaves the others as they are; the kept ones only grow
                    if !swap {
                        has.count += 1;
                        has.bytes += size;
                    }
                    has.kept_count += 1;
                    has.kept_bytes += size;
                }
                prop_assert!(has.count <= 3 && has.bytes <= 2000);
                prop_assert!(has.kept_count <= 12 && has.kept_bytes <= 8000);
            }
        }
    }
}
