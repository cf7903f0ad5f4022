//! The schema: one file per step, one Rust definition for SQLite and PostgreSQL.
//!
//! Invariants: every step runs in a transaction; no time defaults in the DDL; states are text
//! with a `CHECK`; the running version of the service survives the next step (expand, then contract).

mod m0001_store;
mod m0002_registry;
mod m0003_panels;
mod m0004_needs;
mod m0005_postings;
mod m0006_bids;
mod m0007_awards;
mod m0008_contracts;
mod m0009_evaluations;
mod m0010_posting_changes;
mod m0012_voices;
mod m0013_publicity;
mod m0014_files;
mod m0020_objections;
mod m0021_cases;
mod m0022_holders;
mod m0023_roadshows;
mod m0024_caps;
mod m0025_signals;
mod m0026_credit;
mod m0027_settlements;
mod m0028_activities;
mod m0029_supervision;
mod m0030_findings;
mod table;

use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// All steps, in order.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_store::Step),
            Box::new(m0002_registry::Step),
            Box::new(m0003_panels::Step),
            Box::new(m0004_needs::Step),
            Box::new(m0005_postings::Step),
            Box::new(m0006_bids::Step),
            Box::new(m0007_awards::Step),
            Box::new(m0008_contracts::Step),
            Box::new(m0009_evaluations::Step),
            Box::new(m0010_posting_changes::Step),
            Box::new(m0012_voices::Step),
            Box::new(m0013_publicity::Step),
            Box::new(m0014_files::Step),
            Box::new(m0020_objections::Step),
            Box::new(m0021_cases::Step),
            Box::new(m0022_holders::Step),
            Box::new(m0023_roadshows::Step),
            Box::new(m0024_caps::Step),
            Box::new(m0025_signals::Step),
            Box::new(m0026_credit::Step),
            Box::new(m0027_settlements::Step),
            Box::new(m0028_activities::Step),
            Box::new(m0029_supervision::Step),
            Box::new(m0030_findings::Step),
        ]
    }
}
