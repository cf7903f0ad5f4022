//! `cargo xtask test`: every gate and the whole suite, on SQLite and PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{self, Tally};
use crate::run::{Outcome, Stream, Workspace, create_dir, succeed, tee, works};
use crate::{check, cluster, generated, tools};

/// What the tests are told, and what must live while they run.
struct Needs {
    /// Stops the server at the end; `None` when a running one was given.
    _cluster: Option<cluster::Cluster>,
    postgres: String,
    python: PathBuf,
    /// A file per refusal code that a test has seen.
    codes_seen: PathBuf,
}

/// Runs everything, stops at the first failure, and ends with the line `N passed, N failed`,
/// where a gate that failed counts as one.
///
/// `--fast` leaves out clippy and the doc tests. What else is given goes to the test runner as
/// a filter; a filtered run cannot tell whether every database and every refusal code was
/// tested, and says so.
pub fn test(workspace: &Workspace, args: &[String]) -> Outcome {
    let (fast, filter): (Vec<&String>, Vec<&String>) =
        args.iter().partition(|arg| *arg == "--fast");
    let mut tally = Tally::default();
    let outcome = steps(workspace, !fast.is_empty(), &filter, &mut tally);
    if let Err(message) = &outcome {
        eprintln!("error: {message}");
        // The tests that failed are counted already.
        tally.failed = tally.failed.max(1);
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    outcome.map_err(|_| String::new())
}

fn steps(workspace: &Workspace, fast: bool, filter: &[&String], tally: &mut Tally) -> Outcome {
    heading("Format");
    succeed(workspace.cargo().args(["fmt", "--all", "--check"]))?;
    if !fast {
        heading("Clippy");
        let clippy = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ];
        succeed(workspace.cargo().args(clippy))?;
    }
    heading("Floors, words and generated files");
    check::check(workspace)?;

    let needs = Needs::get(workspace)?;
    heading("Tests");
    *tally = suite(workspace, &needs, filter)?;
    println!(
        "{} passed tests on SQLite, {} on PostgreSQL",
        tally.sqlite, tally.postgres
    );
    no_failure(tally)?;
    if !fast {
        heading("Attachments in S3");
        let bucket = in_s3(workspace, &needs)?;
        tally.passed += bucket.passed;
        tally.failed += bucket.failed;
        no_failure(tally)?;
        heading("Doc tests");
        let docs = doc_tests(workspace, &needs)?;
        tally.passed += docs.passed;
        tally.failed += docs.failed;
        no_failure(tally)?;
    }
    heading("Databases and refusal codes");
    if filter.is_empty() {
        if tally.sqlite == 0 || tally.postgres == 0 {
            return Err("a database has no test".to_owned());
        }
        every_code_seen(workspace, &needs.codes_seen)?;
    } else {
        println!("FILTERED RUN: not checked that each database and each refusal code has a test");
    }
    heading("Licences, bans and sources");
    deny(workspace)
}

fn no_failure(tally: &Tally) -> Outcome {
    match tally.failed {
        0 => Ok(()),
        failed => Err(format!("failed tests: {failed}")),
    }
}

fn heading(text: &str) {
    println!("\n== {text}");
}

impl Needs {
    fn get(workspace: &Workspace) -> Outcome<Self> {
        let tools = workspace.tools()?;
        heading("PostgreSQL");
        let given = std::env::var_os(cluster::URL_VARIABLE).and_then(|url| url.into_string().ok());
        let (cluster, postgres) = match given {
            Some(url) => (None, url),
            None => {
                let cluster = cluster::Cluster::start(&tools)?;
                let url = cluster.url();
                (Some(cluster), url)
            }
        };
        println!("{postgres}");
        heading("SMTP and S3 servers for the tests");
        let python = tools::python(&tools)?;
        println!("{}", python.display());
        heading("age-encryption for the example of a front-end");
        tools::age_example(&workspace.root.join("tests/age"))?;

        // What an earlier run saw must not count for this one.
        let codes_seen = tools.join("codes");
        let _ = std::fs::remove_dir_all(&codes_seen);
        create_dir(&codes_seen)?;
        Ok(Self {
            _cluster: cluster,
            postgres,
            python,
            codes_seen,
        })
    }

    fn tell(&self, command: &mut Command) {
        command.env(cluster::URL_VARIABLE, &self.postgres);
        command.env("WUBANG_TEST_PYTHON", &self.python);
        command.env("WUBANG_CODES_SEEN", &self.codes_seen);
        // glibc grows each thread's heap page by page, a system call each: a tenth of a test's time
        command.env("MALLOC_ARENA_MAX", "1");
        command.env("MALLOC_TOP_PAD_", "16777216");
    }
}

/// Runs unit and integration tests, by nextest where it is installed.
fn suite(workspace: &Workspace, needs: &Needs, filter: &[&String]) -> Outcome<Tally> {
    let mut command = workspace.cargo();
    needs.tell(&mut command);
    let nextest = works(workspace.cargo().args(["nextest", "--version"]));
    let (status, lines) = if nextest {
        command.args([
            "nextest",
            "run",
            "--workspace",
            "--color=never",
            "--no-fail-fast",
        ]);
        command.args(["--status-level=pass", "--final-status-level=fail"]);
        command.args(filter);
        tee(&mut command, Stream::Err)?
    } else {
        println!("cargo-nextest is not installed: running cargo test");
        command.args(["test", "--workspace", "--color=never", "--no-fail-fast"]);
        command.args(["--lib", "--bins", "--tests"]).args(filter);
        tee(&mut command, Stream::Out)?
    };
    let read = if nextest {
        report::nextest
    } else {
        report::cargo_test
    };
    judged(status.success(), read(&lines))
}

/// The feature that is off by default, with the crate that has it.
fn in_s3(workspace: &Workspace, needs: &Needs) -> Outcome<Tally> {
    let mut command = workspace.cargo();
    needs.tell(&mut command);
    let test = ["test", "-p", "wubang-files", "--features", "s3", "--lib"];
    command.args(test).args(["--color=never", "s3::"]);
    let (status, lines) = tee(&mut command, Stream::Out)?;
    judged(status.success(), report::cargo_test(&lines))
}

fn doc_tests(workspace: &Workspace, needs: &Needs) -> Outcome<Tally> {
    let mut command = workspace.cargo();
    needs.tell(&mut command);
    command.args([
        "test",
        "--doc",
        "--workspace",
        "--color=never",
        "--no-fail-fast",
    ]);
    let (status, lines) = tee(&mut command, Stream::Out)?;
    judged(status.success(), report::cargo_test(&lines))
}

/// A runner that ended badly without naming a failed test could not even start one.
fn judged(success: bool, tally: Outcome<Tally>) -> Outcome<Tally> {
    let tally = tally?;
    if !success && tally.failed == 0 {
        return Err("the test runner failed".to_owned());
    }
    Ok(tally)
}

/// Every refusal code of the service must have been seen by a test.
fn every_code_seen(workspace: &Workspace, seen: &Path) -> Outcome {
    let codes = generated::codes(workspace)?;
    let missing: Vec<&str> = codes
        .iter()
        .map(String::as_str)
        .filter(|code| !seen.join(code).is_file())
        .collect();
    println!(
        "{} of {} refusal codes seen",
        codes.len() - missing.len(),
        codes.len()
    );
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!(
        "no test meets these refusals:\n  {}",
        missing.join("\n  ")
    ))
}

/// cargo-deny takes minutes to build, so it is used where it is installed and not required.
fn deny(workspace: &Workspace) -> Outcome {
    if !works(workspace.cargo().args(["deny", "--version"])) {
        println!("NOT CHECKED: cargo-deny is not installed (cargo install --locked cargo-deny)");
        return Ok(());
    }
    // It finds its settings, .deny.toml, by itself.
    let check = ["deny", "check", "licenses", "bans", "sources"];
    succeed(workspace.cargo().args(check))
}
