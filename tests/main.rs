//! End-to-end tests: a real service over HTTP, on SQLite and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod amendments;
mod attachments;
mod awards;
mod bids;
mod board;
mod bonuses;
mod calls;
mod campaigns;
mod caps;
mod clarifications;
mod clock;
mod complaints;
mod contract;
mod contracts;
mod courses;
mod crash;
mod demo;
mod districts;
mod draws;
mod evaluations;
mod evaluations_simple;
mod failed_rounds;
mod holders;
mod inputs;
mod invalidations;
mod invitations;
mod joint_bids;
mod lanes;
mod late_recusals;
mod lifecycles;
mod lists;
mod mail;
mod need_cycles;
mod needs;
mod needs_decisions;
mod needs_lists;
mod needs_recusals;
mod needs_voices;
mod objection_clock;
mod objection_targets;
mod objections;
mod openings;
mod operations;
mod order_awards;
mod orders;
mod panels;
mod peeking;
mod people;
mod postings;
mod procedures;
mod procurement;
mod publicities;
mod questions;
mod races;
mod receipts;
mod recount;
mod related;
mod repairs;
mod reserves;
mod residents_drawn;
mod reviews;
mod roadshow_changes;
mod roadshow_views;
mod roadshows;
mod rounds;
mod scenes;
mod sealing;
mod second_rounds;
mod secrets;
mod servers;
mod signals;
mod sorting;
mod strangers;
mod surveys;
mod suspensions;
mod timers;
mod too_few;
mod totals;
mod unseen;
mod voices;
