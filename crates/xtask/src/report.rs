//! Reading what a test runner prints.

use std::collections::BTreeSet;

use crate::run::Outcome;

/// How many tests ended how, and how many of the good ones ran on each database.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that did not.
    pub failed: usize,
    /// Passed tests with `sqlite` in their path.
    pub sqlite: usize,
    /// Passed tests with `postgres` in their path.
    pub postgres: usize,
}

impl Tally {
    /// Counts `name` as passed.
    fn pass(&mut self, name: &str) {
        self.passed += 1;
        let mut segments = name.split("::");
        if segments.clone().any(|segment| segment == "sqlite") {
            self.sqlite += 1;
        }
        if segments.any(|segment| segment == "postgres") {
            self.postgres += 1;
        }
    }
}

/// Reads nextest's lines: `PASS [   0.005s] ( 1/19) crate::binary module::sqlite::name`, and at
/// the end `Summary [   0.4s] 19 tests run: 18 passed (1 leaky), 1 failed, 0 skipped`. The two
/// must agree, or we would not notice that the format has changed.
pub fn nextest(lines: &[String]) -> Outcome<Tally> {
    let mut tally = Tally::default();
    let mut seen = BTreeSet::new();
    let mut summary = None;
    for line in lines {
        let Some((word, rest)) = line.trim_start().split_once(" [") else {
            continue;
        };
        let rest = rest.split_once(']').map_or("", |(_, rest)| rest).trim();
        match word.trim_end() {
            "Summary" => summary = Some(nextest_summary(rest).ok_or("unreadable summary")?),
            "PASS" | "LEAK" => {
                // Binary and name: one name may stand in several binaries.
                let name = rest.split_once(") ").map_or(rest, |(_, name)| name);
                if seen.insert(name) {
                    tally.pass(name.rsplit(' ').next().unwrap_or(name));
                }
            }
            _ => {}
        }
    }
    let (run, passed) = summary.ok_or("the tests did not run to their end")?;
    if passed != tally.passed {
        return Err(format!(
            "nextest says that {passed} tests passed, but shows {}",
            tally.passed
        ));
    }
    tally.failed = run.saturating_sub(passed);
    Ok(tally)
}

/// Tests run and passed in `19 tests run: 18 passed …`; a broken off run says `7/19 tests run`.
fn nextest_summary(text: &str) -> Option<(usize, usize)> {
    let (run, rest) = text.split_once(" run: ")?;
    let run = run.split([' ', '/']).next()?.parse().ok()?;
    let passed = rest.split_once(" passed")?.0.parse().ok()?;
    Some((run, passed))
}

/// Reads the lines of `cargo test`: `test module::sqlite::name ... ok`, and for each binary
/// `test result: ok. 3 passed; 0 failed; …`.
pub fn cargo_test(lines: &[String]) -> Outcome<Tally> {
    let mut tally = Tally::default();
    let (mut passed, mut failed) = (0, 0);
    for line in lines {
        if let Some(result) = line.strip_prefix("test result: ") {
            passed += number_before(result, " passed;").ok_or("unreadable result")?;
            failed += number_before(result, " failed;").ok_or("unreadable result")?;
        } else if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... ok"))
        {
            tally.pass(name);
        }
    }
    if passed != tally.passed {
        return Err(format!(
            "cargo test says that {passed} tests passed, but shows {}",
            tally.passed
        ));
    }
    tally.failed = failed;
    Ok(tally)
}

fn number_before(text: &str, word: &str) -> Option<usize> {
    let (before, _) = text.split_once(word)?;
    before.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn nextest_is_counted_by_database() {
        let text = lines(
            "    Starting 4 tests across 2 binaries
        PASS [   0.008s] ( 1/5) wubang-tests::it bids::sqlite::opens
        PASS [   1.008s] ( 2/5) wubang-tests::it bids::postgres::opens
        SLOW [> 60.000s] (─────) wubang-tests::it bids::postgres::slow
        LEAK [   0.108s] ( 3/5) wubang-tests::it life::postgres::whole
        FAIL [   0.008s] ( 4/5) wubang-kernel money::sqlite::adds
        PASS [   0.008s] ( 5/5) wubang-kernel sqlite_name_only
────────────
     Summary [   0.437s] 5 tests run: 4 passed (1 leaky), 1 failed, 0 skipped
        FAIL [   0.008s] ( 4/5) wubang-kernel money::sqlite::adds
error: test run failed",
        );
        let right = Tally {
            passed: 4,
            failed: 1,
            sqlite: 1,
            postgres: 2,
        };
        assert_eq!(nextest(&text), Ok(right));
    }

    #[test]
    fn one_name_in_two_binaries_counts_twice() {
        let text = lines(
            "PASS [   0.008s] (1/2) a::it sqlite::opens
PASS [   0.008s] (2/2) b::it sqlite::opens
Summary [   0.437s] 2 tests run: 2 passed, 0 skipped",
        );
        assert_eq!(nextest(&text).unwrap().sqlite, 2);
    }

    #[test]
    fn nextest_without_an_end_or_with_other_numbers_is_an_error() {
        assert!(nextest(&lines("PASS [ 0.1s] (1/1) a b")).is_err());
        assert!(nextest(&lines("Summary [ 0.1s] 1 test run: 1 passed, 0 skipped")).is_err());
        assert!(nextest(&lines("Summary [ 0.1s] all well")).is_err());
    }

    #[test]
    fn a_broken_off_run_is_read() {
        let text = "Summary [ 0.1s] 2/9 tests run: 0 passed, 2 failed, 0 skipped";
        let right = Tally {
            failed: 2,
            ..Tally::default()
        };
        assert_eq!(nextest(&lines(text)), Ok(right));
    }

    #[test]
    fn cargo_test_is_counted_by_database() {
        let text = lines(
            "running 3 tests
test bids::sqlite::opens ... ok
test bids::postgres::opens ... ok
test bids::postgres::closes ... FAILED
test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test crates/kernel/src/money.rs - Fen (line 10) ... ok
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.2s",
        );
        let right = Tally {
            passed: 3,
            failed: 1,
            sqlite: 1,
            postgres: 1,
        };
        assert_eq!(cargo_test(&text), Ok(right));
    }

    #[test]
    fn cargo_test_with_other_numbers_is_an_error() {
        let text = "test result: ok. 1 passed; 0 failed; 0 ignored";
        assert!(cargo_test(&lines(text)).is_err());
    }
}
