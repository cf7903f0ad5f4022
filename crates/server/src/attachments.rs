//! Where the attachments of a process are, and who scans them, from the configuration.

use crate::config::{Config, FilesConfig};
use std::sync::Arc;
use wubang_files::scanner::{Clamd, NoScanner, Scanner};
use wubang_files::{Blobs, Files, Limits};

/// The attachments as they are configured.
///
/// # Errors
/// A sentence for the operator.
pub fn open(config: &Config) -> Result<Files, String> {
    let files = &config.files;
    let scanner: Arc<dyn Scanner> = if files.clamd.is_empty() {
        Arc::new(NoScanner)
    } else {
        Arc::new(Clamd::parse(&files.clamd)?)
    };
    Ok(Files {
        blobs: if files.s3_bucket.is_empty() {
            Blobs::in_folder(config.files_folder())?
        } else {
            bucket(files)?
        },
        limits: Limits {
            max_bytes: files.max_bytes,
            max_total_bytes: files.max_per_bid_bytes,
            max_count: files.max_count,
        },
        scanner,
    })
}

#[cfg(feature = "s3")]
fn bucket(files: &FilesConfig) -> Result<Blobs, String> {
    Blobs::in_s3(&wubang_files::S3 {
        endpoint: files.s3_endpoint.clone(),
        bucket: files.s3_bucket.clone(),
        region: files.s3_region.clone(),
        access_key: files.s3_access_key.clone(),
        secret_key: files.s3_secret_key.clone(),
    })
}

#[cfg(not(feature = "s3"))]
fn bucket(files: &FilesConfig) -> Result<Blobs, String> {
    Err(format!(
        "files.s3_bucket: {}: this binary was built without the feature s3",
        files.s3_bucket
    ))
}
