//! wubang-server
