//! The project's own tool: `cargo xtask <command>`.
//!
//! | command | what |
//! |---|---|
//! | `check` | the gates that no compiler knows: floors, forbidden words, generated files |
//! | `generate` | writes the generated files |
//! | `test [--fast] [filter…]` | every gate and the whole suite, on SQLite and PostgreSQL |
//! | `postgres` | a throw-away PostgreSQL server until Ctrl-C, for repeated test runs |

mod check;
mod cluster;
mod floors;
mod generated;
mod report;
mod run;
mod test;
mod tools;
mod words;

use std::process::ExitCode;

use run::{Outcome, Workspace};

const USAGE: &str = "usage: cargo xtask check | generate | test [--fast] [filter…] | postgres";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            if !message.is_empty() {
                eprintln!("error: {message}");
            }
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Outcome {
    let (command, rest) = args.split_first().ok_or(USAGE)?;
    let workspace = Workspace::open()?;
    match (command.as_str(), rest) {
        ("check", []) => check::check(&workspace),
        ("generate", []) => generated::write(&workspace),
        ("test", rest) => test::test(&workspace, rest),
        ("postgres", []) => serve_postgres(&workspace),
        _ => Err(USAGE.to_owned()),
    }
}

/// Runs until it is killed; the server then stops by itself (see [`cluster`]).
fn serve_postgres(workspace: &Workspace) -> Outcome {
    let cluster = cluster::Cluster::start(&workspace.tools()?)?;
    println!("{}={}", cluster::URL_VARIABLE, cluster.url());
    println!("PostgreSQL runs until Ctrl-C");
    loop {
        std::thread::park();
    }
}
