//! wubang-panels
