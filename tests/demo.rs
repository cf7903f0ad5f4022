//! The binary itself: the demo on both databases with the figures of its story, and the national divisions.

use crate::scenes::{list, number, story, text};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use wubang_testkit::Database;

/// The binary that this build made, beside the tests.
pub fn binary() -> PathBuf {
    let exe = std::env::current_exe().expect("a place");
    let folder = exe
        .parent()
        .and_then(Path::parent)
        .expect("a target folder");
    let binary = folder.join("wubang");
    if !binary.is_file() {
        let target = folder.parent().expect("a target folder");
        let built = Command::new(env!("CARGO"))
            .args([
                "build",
                "-p",
                "wubang-server",
                "--bin",
                "wubang",
                "--target-dir",
            ])
            .arg(target)
            .status()
            .expect("cargo");
        assert!(built.success(), "the binary cannot be built");
    }
    binary
}

/// A command of the binary on a database and a data folder of its own.
pub fn wubang(url: &str, data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command
        .args(args)
        .env("WUBANG_DATABASE_URL", url)
        .env("WUBANG_DATA_DIR", data)
        .env("WUBANG_LISTEN", "127.0.0.1:0")
        .env("WUBANG_LOG_LEVEL", "warn")
        .env_remove("DATABASE_URL");
    command
}

/// A folder that no other test has.
pub fn folder(name: &str) -> PathBuf {
    std::env::temp_dir()
        .join("wubang-tests")
        .join(format!("{name}-{}", std::process::id()))
}

/// Runs a command to its end; answers what it printed.
pub fn printed(command: &mut Command) -> String {
    let output = command.output().expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?} failed: {text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

/// Runs a future to its end.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// An empty database of a kind; `None`, loudly, where this machine has none.
pub fn database(kind: Database, name: &str) -> Option<String> {
    match kind {
        Database::Sqlite => Some(format!(
            "sqlite://{}",
            folder(name).join("wubang.db").display()
        )),
        Database::Postgres => block_on(wubang_testkit::database::empty(&format!(
            "{name}_{}",
            std::process::id()
        ))),
    }
}

/// Two decimals of a fraction, half up, in whole numbers.
fn decimals(numerator: i64, denominator: i64) -> String {
    let hundredths = (numerator * 200 + denominator) / (2 * denominator);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn points(sheet: &Value) -> i64 {
    let points = sheet["points"].as_object().expect("points");
    points.values().filter_map(Value::as_i64).sum()
}

/// Price and mean total of every bid of the story, best first.
fn ranking(story: &Value) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for bid in list(story, "/bids") {
        let sheets: Vec<i64> = list(story, "/score_sheets")
            .iter()
            .flat_map(|seat| list(seat, "/sheets"))
            .filter(|sheet| sheet["organisation"] == bid["organisation"])
            .map(|sheet| points(&sheet))
            .collect();
        let count = i64::try_from(sheets.len()).expect("a small number");
        let sum: i64 = sheets.iter().sum();
        rows.push((sum, yuan(number(&bid, "/price_fen")), decimals(sum, count)));
    }
    rows.sort_by_key(|(sum, _, _)| std::cmp::Reverse(*sum));
    rows.into_iter()
        .map(|(_, price, total)| (price, total))
        .collect()
}

fn demo(kind: Database) {
    let name = format!("demo-{kind:?}").to_lowercase();
    let Some(url) = database(kind, &name.replace('-', "_")) else {
        return;
    };
    let data = folder(&name);
    let out = printed(&mut wubang(&url, &data, &["demo", "--once"]));
    let story = story();
    // rank by rank: price and total as the raw sheets add up
    let table: Vec<Vec<&str>> = out
        .lines()
        .skip_while(|line| !line.starts_with("揭榜组织"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().collect())
        .collect();
    let shown: Vec<(String, String, String, String)> = table
        .iter()
        .map(|row| {
            (
                row[1].to_owned(),
                row[2].to_owned(),
                row[3].to_owned(),
                row[4].to_owned(),
            )
        })
        .collect();
    let wanted: Vec<_> = (1..)
        .zip(ranking(&story))
        .map(|(rank, (price, total))| {
            // the reserve of 180 days is over when the project is
            let state = if rank == 1 { "awarded" } else { "not_selected" };
            (price, total, rank.to_string(), state.to_owned())
        })
        .collect();
    assert_eq!(shown, wanted, "{out}");
    let winner = list(&story, "/bids")
        .into_iter()
        .find(|bid| bid["organisation"] == json!(text(&story, "/cast/winner")))
        .expect("the winner's bid");
    let price = number(&winner, "/price_fen");
    for (line, share) in out
        .lines()
        .filter(|line| line.starts_with("拨付 "))
        .zip([50, 30, 20])
    {
        let cells: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(
            (cells[2], cells[3], cells[5]),
            (
                format!("{share}%").as_str(),
                yuan(price * share / 100).as_str(),
                "paid"
            ),
            "{line}"
        );
    }
    // parties: whole sums of sheets; the survey is half of the residents
    let sums = |party: &str| -> (i64, i64) {
        let sheets = list(&story, &format!("/evaluation_sheets/{party}"));
        (
            sheets.iter().map(points).sum(),
            i64::try_from(sheets.len()).expect("a small number"),
        )
    };
    let steps = [
        ("very_dissatisfied", 0),
        ("dissatisfied", 25),
        ("neutral", 50),
        ("satisfied", 75),
        ("very_satisfied", 100),
    ];
    let (answers, worth) = steps.iter().fold((0, 0), |sum, (step, worth)| {
        let count = number(&story, &format!("/survey/{step}"));
        (sum.0 + count, sum.1 + count * worth)
    });
    let ((c, cn), (r, rn), (d, dn), (e, en)) = (
        sums("community_party_org"),
        sums("residents"),
        sums("departments"),
        sums("experts"),
    );
    // all over one denominator
    let common = cn * rn * answers * 2 * dn * en;
    let total = 30 * c * (common / cn)
        + 30 * (r * answers + worth * rn) * (common / (rn * answers * 2))
        + 20 * d * (common / dn)
        + 20 * e * (common / en);
    let last = out
        .lines()
        .find(|line| line.starts_with("总分"))
        .unwrap_or_default();
    let cells: Vec<&str> = last.split_whitespace().collect();
    assert_eq!(
        (cells[1], cells[3]),
        (decimals(total, common * 100).as_str(), "good"),
        "{last}"
    );
    assert!(out.contains("closed \"good\""), "{out}");
    let checks = printed(&mut wubang(&url, &data, &["invariants"]));
    assert!(
        checks.lines().count() > 20 && !checks.contains("BROKEN"),
        "{checks}"
    );
}

mod the_demo_ends_with_the_figures_of_its_story {
    use super::*;

    #[test]
    fn sqlite() {
        demo(Database::Sqlite);
    }

    #[test]
    fn postgres() {
        demo(Database::Postgres);
    }
}

/// Distinct codes in the files, padded to twelve digits.
fn codes(folder: &Path) -> usize {
    let mut codes = std::collections::HashSet::new();
    for file in ["provinces.csv", "cities.csv", "areas.csv", "streets.csv"] {
        let text = std::fs::read_to_string(folder.join(file)).expect("a file of divisions");
        for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
            let code = line.split(',').next().unwrap_or_default();
            codes.insert(format!("{code:0<12}"));
        }
    }
    codes.len()
}

fn divisions(kind: Database) {
    let source = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/data/divisions"
    ));
    if !source.is_dir() {
        assert!(
            !wubang_testkit::database::under_ci(),
            "CI must have the divisions"
        );
        eprintln!("!!! SKIPPED: there is no ../shared/data/divisions: nothing was imported !!!");
        return;
    }
    let name = format!("divisions-{kind:?}").to_lowercase();
    let Some(url) = database(kind, &name.replace('-', "_")) else {
        return;
    };
    let data = folder(&name);
    let args = ["import-divisions", source.to_str().expect("a path")];
    let out = printed(&mut wubang(&url, &data, &args));
    let wanted = codes(source);
    assert!(wanted > 41_000, "{wanted}");
    assert_eq!(out.trim(), format!("{wanted} divisions"));
    // once more changes nothing
    assert_eq!(printed(&mut wubang(&url, &data, &args)), out);
    let rows = block_on(async {
        use sea_orm::ConnectionTrait as _;
        let conn = sea_orm::Database::connect(&url).await.expect("a database");
        let sql = "SELECT count(*) AS n FROM divisions";
        let row = conn
            .query_one_raw(sea_orm::Statement::from_string(
                conn.get_database_backend(),
                sql,
            ))
            .await
            .expect("an answer")
            .expect("a row");
        row.try_get::<i64>("", "n").expect("a number")
    });
    assert_eq!(usize::try_from(rows).expect("a count"), wanted);
}

mod the_divisions_of_the_country_are_imported {
    use super::*;

    #[test]
    fn sqlite() {
        divisions(Database::Sqlite);
    }

    #[test]
    fn postgres() {
        divisions(Database::Postgres);
    }
}

#[test]
fn the_printed_example_is_a_configuration_and_nonsense_is_refused() {
    let data = folder("config");
    std::fs::create_dir_all(&data).expect("a folder");
    let example = printed(Command::new(binary()).arg("config-example"));
    let file = data.join("wubang.toml");
    std::fs::write(&file, &example).expect("a file");
    let path = file.to_str().expect("a path");
    let shown = printed(Command::new(binary()).args(["check-config", "--config", path]));
    assert!(shown.contains("worker_seconds: 1"), "{shown}");
    std::fs::write(&file, format!("listn = 1\n{example}")).expect("a file");
    let refused = Command::new(binary())
        .args(["check-config", "--config", path])
        .output()
        .expect("the binary runs");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("listn"));
}
