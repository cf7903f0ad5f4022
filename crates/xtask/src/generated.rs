//! Files that the server writes about itself: they are kept in the tree so that a reader and a
//! review see them, and must be what the server says today.

use std::path::PathBuf;

use serde_json::Value;

use crate::run::{Outcome, Workspace, stdout};

/// A command of the server, and the file that holds what it prints.
const FILES: [(&str, &str); 3] = [
    ("openapi", "openapi/openapi.json"),
    ("flows", "crates/kernel/FLOWS.md"),
    ("config-example", "deploy/wubang.example.toml"),
];

/// One sentence for each file that is not what the server prints.
pub fn differences(workspace: &Workspace) -> Outcome<Vec<String>> {
    let server = Server::build(workspace)?;
    let mut wrong = Vec::new();
    for (command, file) in FILES {
        let right = server.says(workspace, command)?;
        let path = workspace.root.join(file);
        let difference = match std::fs::read(&path) {
            Ok(kept) => first_difference(&String::from_utf8_lossy(&kept), &right),
            Err(error) => Some(error.to_string()),
        };
        if let Some(difference) = difference {
            wrong.push(format!(
                "{file} is not what `wubang {command}` prints; `cargo xtask generate` writes it\n{difference}"
            ));
        }
    }
    Ok(wrong)
}

/// Writes the files.
pub fn write(workspace: &Workspace) -> Outcome {
    let server = Server::build(workspace)?;
    for (command, file) in FILES {
        let text = server.says(workspace, command)?;
        std::fs::write(workspace.root.join(file), text)
            .map_err(|error| format!("cannot write {file}: {error}"))?;
        println!("{file}");
    }
    Ok(())
}

/// Every refusal code of the service, as it goes over the wire.
pub fn codes(workspace: &Workspace) -> Outcome<Vec<String>> {
    let text = Server::build(workspace)?.says(workspace, "codes")?;
    let codes: Vec<String> = text.lines().map(str::to_owned).collect();
    if codes.is_empty() {
        return Err("`wubang codes` printed no code".to_owned());
    }
    Ok(codes)
}

/// The built binary. Built with the whole workspace's features, like the tests, so that the
/// dependencies are compiled once.
struct Server(PathBuf);

impl Server {
    fn build(workspace: &Workspace) -> Outcome<Self> {
        let mut command = workspace.cargo();
        command.args(["build", "--quiet", "--workspace", "--bin", "wubang"]);
        command.arg("--message-format=json-render-diagnostics");
        command.stderr(std::process::Stdio::inherit());
        stdout(&mut command)?
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find_map(|message| {
                let name = message.pointer("/target/name").and_then(Value::as_str);
                let path = message.get("executable").and_then(Value::as_str);
                path.filter(|_| name == Some("wubang")).map(PathBuf::from)
            })
            .map(Self)
            .ok_or_else(|| "cargo built no binary `wubang`".to_owned())
    }

    fn says(&self, workspace: &Workspace, command: &str) -> Outcome<String> {
        let mut server = std::process::Command::new(&self.0);
        server.arg(command).current_dir(&workspace.root);
        stdout(&mut server)
    }
}

/// The first line in which two texts differ, both ways.
fn first_difference(kept: &str, right: &str) -> Option<String> {
    if kept == right {
        return None;
    }
    let mut kept = kept.split_inclusive('\n');
    let mut right = right.split_inclusive('\n');
    for number in 1_usize.. {
        let (old, new) = (kept.next(), right.next());
        if old != new {
            let shown = |line: Option<&str>| match line {
                Some(line) => format!("{line:?}"),
                None => "(the end)".to_owned(),
            };
            return Some(format!(
                "  line {number}\n    file:   {}\n    server: {}",
                shown(old),
                shown(new)
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_different_line_is_named() {
        let text = first_difference("a\nb\nc\n", "a\nB\nc\n").unwrap();
        assert!(text.contains("line 2"), "{text}");
        assert!(
            text.contains("\"b\\n\"") && text.contains("\"B\\n\""),
            "{text}"
        );
    }

    #[test]
    fn a_missing_end_counts() {
        assert!(first_difference("a\n", "a").unwrap().contains("line 1"));
        let text = first_difference("a\n", "a\nb\n").unwrap();
        assert!(
            text.contains("line 2") && text.contains("(the end)"),
            "{text}"
        );
        assert_eq!(first_difference("a\n", "a\n"), None);
    }
}
