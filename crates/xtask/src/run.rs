//! The workspace, and starting programs in it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;

/// A result whose error is a sentence for the person at the terminal; an empty one means that
/// everything was said already.
pub type Outcome<T = ()> = Result<T, String>;

/// What `cargo metadata` tells of this workspace.
pub struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// The members, as `cargo metadata` prints them.
    pub packages: Vec<Value>,
}

impl Workspace {
    /// Asks cargo; needs to be started by it (`cargo xtask`).
    pub fn open() -> Outcome<Self> {
        let own = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("start this by `cargo xtask`")?;
        let mut command = cargo_in(Path::new(&own));
        command.args(["metadata", "--format-version", "1", "--no-deps"]);
        let metadata: Value = serde_json::from_str(&stdout(&mut command)?)
            .map_err(|error| format!("cargo metadata: {error}"))?;
        let path = |key: &str| {
            let path = metadata.get(key).and_then(Value::as_str);
            path.map(PathBuf::from)
                .ok_or_else(|| format!("cargo metadata: no {key}"))
        };
        let packages = metadata.get("packages").and_then(Value::as_array);
        Ok(Self {
            root: path("workspace_root")?,
            target: path("target_directory")?,
            packages: packages.ok_or("cargo metadata: no packages")?.clone(),
        })
    }

    /// The cargo that started us, in the workspace's root.
    pub fn cargo(&self) -> Command {
        cargo_in(&self.root)
    }

    /// The folder for what tests need and nobody keeps; it exists afterwards.
    pub fn tools(&self) -> Outcome<PathBuf> {
        let tools = self.target.join("test-tools");
        create_dir(&tools)?;
        Ok(tools)
    }
}

fn cargo_in(folder: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(folder).stdin(Stdio::null());
    // A database of the developer's is none of a test's business.
    command.env_remove("DATABASE_URL");
    // What cargo tells of this very program: dependencies that look at it (ring) would be built anew, with all that
    // stands on them, whenever a developer's own cargo and ours take turns.
    for (name, _) in std::env::vars_os() {
        let own =
            |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        if name.to_str().is_some_and(own) {
            command.env_remove(name);
        }
    }
    command
}

/// `create_dir_all` with a readable error.
pub fn create_dir(folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))
}

/// Runs to the end, showing its output; an unhappy end is an error.
pub fn succeed(command: &mut Command) -> Outcome {
    let status = command
        .status()
        .map_err(|error| format!("cannot start {}: {error}", shown(command)))?;
    judge(command, status)
}

/// Whether the command can be started and ends well; its output is dropped.
pub fn works(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs to the end and gives what it printed; its errors are part of ours when it fails.
pub fn stdout(command: &mut Command) -> Outcome<String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot start {}: {error}", shown(command)))?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
    }
    judge(command, output.status)?;
    String::from_utf8(output.stdout).map_err(|_| format!("{} prints no UTF-8", shown(command)))
}

/// Which of a program's two outputs to read.
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// Runs to the end, showing one output as it comes and also keeping its lines.
pub fn tee(command: &mut Command, stream: Stream) -> Outcome<(ExitStatus, Vec<String>)> {
    match stream {
        Stream::Out => command.stdout(Stdio::piped()),
        Stream::Err => command.stderr(Stdio::piped()),
    };
    let mut child = command
        .spawn()
        .map_err(|error| format!("cannot start {}: {error}", shown(command)))?;
    let lines = match stream {
        Stream::Out => echo(child.stdout.take()),
        Stream::Err => echo(child.stderr.take()),
    };
    let lines = lines.map_err(|error| format!("{}: {error}", shown(command)))?;
    let status = child
        .wait()
        .map_err(|error| format!("{}: {error}", shown(command)))?;
    Ok((status, lines))
}

/// Shows the lines of a pipe as they come, and keeps them.
fn echo(pipe: Option<impl Read>) -> std::io::Result<Vec<String>> {
    let mut lines = Vec::new();
    let Some(pipe) = pipe else { return Ok(lines) };
    for line in BufReader::new(pipe).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        lines.push(line);
    }
    Ok(lines)
}

fn judge(command: &Command, status: ExitStatus) -> Outcome {
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} ended with {status}", shown(command)))
    }
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let mut text = format!("`{}", name.to_string_lossy());
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text + "`"
}
