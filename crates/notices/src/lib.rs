//! wubang-notices
