//! The service: configuration, wiring of the stages, HTTP, worker, commands and the demo.

pub mod app;
pub mod attachments;
pub mod bundle;
pub mod commands;
pub mod config;
pub mod demo;
mod fallback;
mod operations;
pub mod sandbox;
pub mod upkeep;
pub mod wiring;
