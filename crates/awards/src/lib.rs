//! wubang-awards
