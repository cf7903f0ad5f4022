//! wubang-contracts
