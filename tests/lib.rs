//! Nothing is here: the end-to-end tests are in `main.rs` and its modules.
