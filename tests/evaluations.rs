//! evaluations
