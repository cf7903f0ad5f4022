//! wubang-testkit
