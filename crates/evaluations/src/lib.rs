//! wubang-evaluations
