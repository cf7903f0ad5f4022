//! Lists: a bounded number of statements however long they are, pages by keyset without gaps or
//! doubles, details with a constant number of statements.

use crate::scenes::{list, text};
use crate::strangers::{Real, whole};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Write as _;
use uuid::Uuid;
use wubang_testkit::{Bench, Caller, on_both};

/// Tables of the stages in the order in which their rows refer to each other, with the columns that a
/// copy must have anew: ids of the copy of another table, or texts that are unique.
const TABLES: &[(&str, &[(&str, &str)])] = &[
    ("needs", &[("number", "#")]),
    ("requests", &[("number", "#")]),
    ("campaigns", &[("number", "#")]),
    ("objections", &[("number", "#")]),
    ("projects", &[("number", "#")]),
    ("postings", &[("number", "#"), ("project_id", "projects")]),
    (
        "bids",
        &[("posting_id", "postings"), ("project_id", "projects")],
    ),
    (
        "awards",
        &[
            ("number", "#"),
            ("posting_id", "postings"),
            ("bid_id", "bids"),
            ("project_id", "projects"),
        ],
    ),
    (
        "contracts",
        &[
            ("number", "#"),
            ("award_id", "awards"),
            ("posting_id", "postings"),
            ("bid_id", "bids"),
            ("project_id", "projects"),
        ],
    ),
    (
        "milestones",
        &[("contract_id", "contracts"), ("project_id", "projects")],
    ),
    (
        "payments",
        &[("contract_id", "contracts"), ("project_id", "projects")],
    ),
    (
        "evaluations",
        &[
            ("number", "#"),
            ("contract_id", "contracts"),
            ("posting_id", "postings"),
            ("project_id", "projects"),
        ],
    ),
];

/// An id as this database writes it.
fn literal(backend: DbBackend, id: Uuid) -> String {
    match backend {
        DbBackend::Postgres => format!("'{id}'::uuid"),
        _ => format!("X'{}'", id.simple()),
    }
}

/// Copies of the play's objects, written past the service: only as long as this test looks at lists.
struct Copies {
    conn: DatabaseConnection,
    /// One row per copy: an id per table.
    made: Vec<Vec<Uuid>>,
}

impl Copies {
    async fn of(bench: &Bench) -> Self {
        Copies {
            conn: sea_orm::Database::connect(&bench.url).await.unwrap(),
            made: Vec::new(),
        }
    }

    async fn columns(&self, table: &str) -> Vec<String> {
        let sql = format!("SELECT * FROM {table} LIMIT 1");
        let row = self
            .conn
            .query_one_raw(Statement::from_string(
                self.conn.get_database_backend(),
                sql,
            ))
            .await
            .unwrap()
            .unwrap();
        row.column_names()
    }

    /// Makes copies until there are `total` rows of each table, the play's own counted as one.
    async fn grow(&mut self, bench: &Bench, real: &Real, total: usize) {
        let backend = self.conn.get_database_backend();
        let mut sql = String::new();
        let mut columns = Vec::new();
        for (table, _) in TABLES {
            columns.push(self.columns(table).await);
        }
        while self.made.len() + 1 < total {
            let ids: Vec<Uuid> = TABLES
                .iter()
                .map(|_| bench.running.store.new_id())
                .collect();
            for (((table, fresh), id), columns) in TABLES.iter().zip(&ids).zip(&columns) {
                let values = columns.iter().map(|column| {
                    if column == "id" {
                        return literal(backend, *id);
                    }
                    match fresh.iter().find(|(name, _)| name == column) {
                        Some((_, "#")) => format!("number || '-{}'", self.made.len()),
                        Some((_, other)) => {
                            let at = TABLES.iter().position(|(name, _)| name == other).unwrap();
                            literal(backend, ids[at])
                        }
                        None => format!("\"{column}\""),
                    }
                });
                let values: Vec<String> = values.collect();
                let names: Vec<String> = columns
                    .iter()
                    .map(|column| format!("\"{column}\""))
                    .collect();
                let source: Uuid = real.of(table).parse().unwrap();
                let _ = writeln!(
                    sql,
                    "INSERT INTO {table} ({}) SELECT {} FROM {table} WHERE id = {};",
                    names.join(", "),
                    values.join(", "),
                    literal(backend, source)
                );
            }
            self.made.push(ids);
        }
        self.run(&sql).await;
    }

    /// Takes everything away again.
    async fn shrink(&mut self) {
        let backend = self.conn.get_database_backend();
        let mut sql = String::new();
        for (at, (table, _)) in TABLES.iter().enumerate().rev() {
            for ids in &self.made {
                let _ = writeln!(
                    sql,
                    "DELETE FROM {table} WHERE id = {};",
                    literal(backend, ids[at])
                );
            }
        }
        self.run(&sql).await;
    }

    async fn run(&self, sql: &str) {
        self.conn
            .execute_unprepared(&format!("BEGIN;\n{sql}COMMIT;"))
            .await
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

/// What a request costs: rows on the page, statements sent.
async fn cost(bench: &Bench, caller: &Caller, path: &str) -> (usize, u64) {
    let before = bench.running.store.statements();
    let page = caller.get(path).await.ok();
    let after = bench.running.store.statements();
    let rows = page["items"].as_array().map_or(1, Vec::len);
    (rows, after - before)
}

/// Walks through a list in pages of seven and compares with the whole.
async fn walk(caller: &Caller, path: &str) {
    let ids = |page: &Value| -> Vec<String> {
        list(page, "/items")
            .iter()
            .map(|row| text(row, "/id"))
            .collect()
    };
    let whole = caller.get(&format!("{path}?limit=100")).await;
    assert!(!whole.headers.contains_key("link"), "{path}");
    let wanted = ids(&whole.body);
    let mut sorted = wanted.clone();
    sorted.sort();
    sorted.reverse();
    assert_eq!(wanted, sorted, "{path} is not newest first");
    let (mut got, mut next) = (Vec::new(), format!("{path}?limit=7"));
    loop {
        let page = caller.get(&next).await;
        let rows = ids(&page.body);
        assert!(rows.len() <= 7, "{path}");
        got.extend(rows);
        match page.body["next"].as_str() {
            Some(cursor) => {
                next = format!("{path}?limit=7&cursor={cursor}");
                assert_eq!(
                    page.headers["link"],
                    format!("<{path}?limit=7&cursor={cursor}>; rel=\"next\"")
                );
            }
            None => break,
        }
    }
    assert!(!got.is_empty(), "{path}");
    assert_eq!(got, wanted, "{path}: gaps or doubles");
}

on_both! {
    async fn lists_cost_the_same_however_long_they_are(bench: Bench from NeedApproved) {
        let real = whole(&mut bench).await;
        let mut copies = Copies::of(&bench).await;
        let street = bench.cast("street_officer").await;
        let nobody = bench.nobody();
        let mut first: Vec<(String, u64)> = Vec::new();
        for total in [3, 25, 60] {
            copies.grow(&bench, &real, total).await;
            for (place, (table, _)) in TABLES.iter().enumerate() {
                let path = format!("/api/v1/{table}");
                let (rows, statements) = cost(&bench, &street, &format!("{path}?limit=100")).await;
                // the play itself made more than one bid, milestone and payment, and needs to object about
                assert!((total..=total + 3).contains(&rows), "{path}: {rows} rows of {total}");
                assert!(statements <= 12, "{path}: {statements} statements");
                match first.get(place) {
                    Some((_, before)) => assert_eq!(*before, statements, "{path} with {total} rows"),
                    None => first.push((path, statements)),
                }
            }
            let (rows, statements) = cost(&bench, &nobody, "/api/v1/public/postings?limit=100").await;
            assert!(rows >= total && statements <= 4, "{rows} {statements}");
            let (rows, statements) = cost(&bench, &nobody, "/api/v1/public/needs?limit=100").await;
            assert!(rows >= total && statements <= 4, "{rows} {statements}");
        }
        for (path, _) in &first {
            walk(&street, path).await;
        }
        walk(&nobody, "/api/v1/public/postings").await;
        walk(&nobody, "/api/v1/public/needs").await;
        copies.shrink().await;
    }

    async fn what_the_registry_lists_costs_the_same_for_every_page(bench: Bench) {
        let district = bench.cast("district_admin").await;
        for path in ["/api/v1/people", "/api/v1/organisations", "/api/v1/experts", "/api/v1/public/divisions"] {
            let mut counts = HashSet::new();
            for limit in [3, 7, 25, 60] {
                let (rows, statements) = cost(&bench, &district, &format!("{path}?limit={limit}")).await;
                assert!(rows <= limit && rows > 0, "{path}");
                assert!(statements <= 12, "{path}: {statements}");
                counts.insert(statements);
            }
            assert_eq!(counts.len(), 1, "{path}: {counts:?} statements");
        }
        for path in ["/api/v1/organisations", "/api/v1/experts"] {
            walk(&district, path).await;
        }
    }

    async fn details_cost_the_same_however_much_there_is(bench: Bench from NeedApproved) {
        let real = whole(&mut bench).await;
        let mut copies = Copies::of(&bench).await;
        let street = bench.cast("street_officer").await;
        let mut before = Vec::new();
        for (table, _) in TABLES {
            let path = format!("/api/v1/{table}/{}", real.of(table));
            let (_, statements) = cost(&bench, &street, &path).await;
            assert!(statements <= 30, "{path}: {statements} statements");
            before.push((path, statements));
        }
        copies.grow(&bench, &real, 60).await;
        for (path, statements) in &before {
            assert_eq!(cost(&bench, &street, path).await.1, *statements, "{path}");
        }
        copies.shrink().await;
    }

    async fn a_limit_is_between_one_and_a_hundred(bench: Bench) {
        let street = bench.cast("street_officer").await;
        for limit in ["0", "101", "-1", "x", ""] {
            let refused = street.get(&format!("/api/v1/needs?limit={limit}")).await;
            assert_eq!(refused.pointers(), ["?limit"], "{limit}");
            refused.refused(422, "invalid");
        }
        street.get("/api/v1/needs?limit=1").await.ok();
        street.get("/api/v1/needs?limit=100").await.ok();
    }

    async fn the_trail_of_a_project_is_read_in_pages(bench: Bench from NeedApproved) {
        let real = whole(&mut bench).await;
        let supervisor = bench.cast("supervisor").await;
        let path = format!("/api/v1/projects/{}/trace", real.of("projects"));
        let (_, small) = cost(&bench, &supervisor, &format!("{path}?limit=3")).await;
        let (rows, large) = cost(&bench, &supervisor, &format!("{path}?limit=60")).await;
        assert_eq!((rows, small), (60, large));
        let mut seen = HashSet::new();
        let mut next = format!("{path}?limit=25");
        loop {
            let page = supervisor.get(&next).await.ok();
            for row in list(&page, "/items") {
                assert!(seen.insert(row.to_string()), "twice: {row}");
            }
            match page["next"].as_str() {
                Some(cursor) => next = format!("{path}?limit=25&cursor={cursor}"),
                None => break,
            }
        }
        assert!(seen.len() > 60, "{}", seen.len());
    }
}
