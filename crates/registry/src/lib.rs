//! wubang-registry
