//! wubang-bids
