//! wubang-postings
