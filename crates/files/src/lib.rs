//! 附件: attachments of any object, taken in and given out by stream, sealed at rest.
//!
//! Invariants: neither name nor size, hash or content of a file stands anywhere readable without a master key; an
//! envelope's size tells its bucket and nothing else; what was handed in is kept for good; a file that was refused
//! leaves nothing behind. The owner's stage alone decides who may add to an object and who reads.

mod blobs;
mod entity;
pub mod flow;
mod giving;
pub mod http;
mod intake;
mod kinds;
pub mod model;
mod packing;
mod rules;
#[cfg(feature = "s3")]
mod s3;
pub mod scanner;
pub mod service;
mod store;
pub mod upkeep;

pub use blobs::Blobs;
pub use entity::file::Model as File;
pub use model::{Attachment, Attachments, FileConfidentiality, Shelf};
pub use rules::Limits;
#[cfg(feature = "s3")]
pub use s3::{S3, install_tls};
pub use store::{Held, invariants};

use std::sync::Arc;
use wubang_kernel::lifecycle::Lifecycle;

/// The attachments of a process: where they are, how many there may be, who scans them. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    /// Where the envelopes are.
    pub blobs: Blobs,
    /// How much may be attached.
    pub limits: Limits,
    /// Who scans.
    pub scanner: Arc<dyn scanner::Scanner>,
}

/// The life cycles of this crate.
#[must_use]
pub fn lifecycles() -> Vec<Lifecycle> {
    vec![Lifecycle::of::<flow::File>()]
}
