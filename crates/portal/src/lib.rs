//! wubang-portal
