//! Words that must not stand in our files. Lines are counted from 1.

/// A line, and what is wrong with it.
pub type Finding = (usize, String);

/// Unfinished work, and paths of one person's machine.
const ANYWHERE: [&str; 3] = ["#[ignore", "todo!(", "unimplemented!("];
const MACHINE_PATHS: [&str; 4] = ["/work/", "/root/", "/home/", "/Users/"];
/// Ways to write a state column that only the crate `store` may use.
const STATE_WRITES: [&str; 4] = [
    "column::state,expr",
    "col_expr(column::state",
    ".set_state(",
    "activevalue::set_state",
];
/// How far after `UPDATE` a `SET` may stand, in characters of one statement.
const STATEMENT: usize = 400;

/// What no file of ours may hold.
pub fn anywhere(text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for word in ANYWHERE {
            if line.contains(word) {
                found.push((number, format!("`{word}` is not finished work")));
            }
        }
        for path in MACHINE_PATHS {
            if starts_path(line, path) {
                found.push((number, format!("`{path}` is a path of one machine")));
            }
        }
    }
    found
}

/// Whether `path` stands in `line` as the beginning of a path, not inside a longer one.
fn starts_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|mark| !mark.is_alphanumeric() && !"-_.}/$".contains(mark))
    })
}

/// What no Rust file outside the crate `store` may hold: a write of a state column.
pub fn outside_store(text: &str) -> Vec<Finding> {
    let code = Code::of(text);
    let mut found: Vec<Finding> = Vec::new();
    for pattern in STATE_WRITES {
        for (at, _) in code.tight.match_indices(pattern) {
            found.push((
                code.line(at),
                format!("`{pattern}` belongs to the crate `store`"),
            ));
        }
    }
    for at in state_updates(&code.tight) {
        let what = "`UPDATE … SET state` belongs to the crate `store`";
        found.push((code.line(at), what.to_owned()));
    }
    found.sort();
    found
}

/// A file in lower case without comments, white space and quotation marks, so that neither
/// layout nor quoting hides a word.
struct Code {
    tight: String,
    /// For each line, where it begins in `tight`.
    starts: Vec<usize>,
}

impl Code {
    fn of(text: &str) -> Self {
        let mut tight = String::new();
        let mut starts = Vec::new();
        for line in text.lines() {
            starts.push(tight.len());
            if line.trim_start().starts_with("//") {
                continue;
            }
            let kept = line.chars().filter(|mark| !is_layout(*mark));
            tight.extend(kept.flat_map(char::to_lowercase));
        }
        Self { tight, starts }
    }

    /// The line of a place in `tight`.
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }
}

fn is_layout(mark: char) -> bool {
    mark.is_whitespace() || matches!(mark, '"' | '\\' | '`' | '#')
}

/// Tables of the store whose `state` is no state of a life cycle.
const QUEUES: &[&str] = &["outbox", "timers"];

/// Where an SQL `UPDATE` sets a column called `state`.
fn state_updates(tight: &str) -> Vec<usize> {
    tight
        .match_indices("update")
        .filter(|(at, word)| {
            let rest = tight.get(at + word.len()..).unwrap_or_default();
            let statement = rest.split(';').next().unwrap_or_default();
            let end = statement.char_indices().nth(STATEMENT).map(|(end, _)| end);
            let statement = end
                .and_then(|end| statement.get(..end))
                .unwrap_or(statement);
            let statement = statement.split("where").next().unwrap_or_default();
            // the store's own queues have a state too, but no life cycle
            let queue = QUEUES.iter().any(|table| statement.starts_with(table));
            let columns = statement.split_once("set").filter(|_| !queue);
            columns.is_some_and(|(_, columns)| sets_state(columns))
        })
        .map(|(at, _)| at)
        .collect()
}

/// Whether a list of assignments has one to `state`: `state=…` or `…,state=…`, but neither
/// `from_state=…` nor the comparison `state==…`.
fn sets_state(columns: &str) -> bool {
    columns.match_indices("state=").any(|(at, word)| {
        let before = columns.get(..at).and_then(|text| text.chars().next_back());
        let after = columns.get(at + word.len()..).unwrap_or_default();
        before.is_none_or(|mark| mark == ',') && !after.starts_with('=')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(found: &[Finding]) -> Vec<usize> {
        found.iter().map(|(line, _)| *line).collect()
    }

    #[test]
    fn unfinished_work_is_found() {
        let text = "fn a() {\n    todo!()\n}\n#[ignore = \"slow\"]\nunimplemented!(\"b\")\n";
        assert_eq!(lines(&anywhere(text)), [2, 4, 5]);
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        for text in ["\"/work/x\"", "cd /root/x", "/home/me", "file:(/Users/x)"] {
            assert_eq!(lines(&anywhere(text)), [1], "{text}");
        }
    }

    #[test]
    fn a_path_of_the_service_is_none() {
        for text in [
            "/api/v1/work/1",
            "https://a.example/home/",
            "{dir}/tmp/x",
            "./tmp/x",
        ] {
            assert_eq!(anywhere(text), [], "{text}");
        }
    }

    #[test]
    fn a_state_write_is_found_whatever_its_layout() {
        for text in [
            "\n.col_expr(bid::Column::State, Expr::value(x))",
            "\n.col_expr(\n    Column::State,\n    Expr::value(x),\n)",
            "\nmodel.set_state (x)",
            "\n\"UPDATE bids SET state = $1 WHERE id = $2\"",
            "\n\"update bids\n  set version = version + 1,\n  state = $1\"",
            "\nr#\"UPDATE \"bids\" SET \"state\"='x'\"#",
            "\nformat!(\"UPDATE {table} SET state = ?\")",
        ] {
            let found = outside_store(text);
            assert!(!found.is_empty(), "{text}");
            assert!(
                found.iter().all(|(line, _)| (2..=3).contains(line)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn reading_a_state_or_writing_beside_it_is_right() {
        for text in [
            "filter(Column::State.eq(x))",
            "// UPDATE bids SET state = 1",
            "\"UPDATE bids SET version = 2 WHERE state = 'open'\"",
            "\"UPDATE bids SET from_state = 1\"",
            "update(x); let set = 1; let state = 2;",
            "\"UPDATE bids SET estate = 1\"",
            "\"UPDATE outbox SET state = 'waiting'\"",
        ] {
            assert_eq!(outside_store(text), [], "{text}");
        }
    }
}
