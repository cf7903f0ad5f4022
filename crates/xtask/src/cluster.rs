//! A throw-away PostgreSQL server for one test run.
//!
//! The server runs under a small shell that waits on a pipe of ours. However we end (well, by
//! a panic, by Ctrl-C, killed), the pipe closes, and the shell stops the server and removes
//! its files. That needs no signal handler and leaves no server behind.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::run::{Outcome, create_dir, stdout, works};
use crate::tools::{apt_install, id, is_root};

/// The variable by which the tests learn the server's address.
pub const URL_VARIABLE: &str = "WUBANG_TEST_POSTGRES";
/// The oldest major version that the service supports.
const OLDEST: u32 = 15;
/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";
/// Kilobytes that a run may need.
const ROOM: u64 = 4 * 1024 * 1024;
/// Runs `"$@"` until standard input ends, then stops it and removes the folder `$HOME_DIR`.
/// The shell ignores Ctrl-C: that ends us, and thereby its input.
const WATCHER: &str = r#"trap "" INT HUP
"$@" &
server=$!
cat >/dev/null
kill -INT $server
wait $server
rm -rf "$HOME_DIR" 2>/dev/null
exit 0"#;

/// A running server; stops when dropped.
pub struct Cluster {
    watcher: Child,
    home: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes a cluster and starts its server, installing PostgreSQL where it is missing and
    /// that is possible. `tools` is where its files should be.
    pub fn start(tools: &Path) -> Outcome<Self> {
        let programs = Programs::find()?;
        let owner = Owner::find()?;
        let home = owner.home(tools)?;
        match Self::start_in(&programs, &owner, &home) {
            Ok(cluster) => Ok(cluster),
            Err(error) => {
                let _ = std::fs::remove_dir_all(&home);
                Err(error)
            }
        }
    }

    fn start_in(programs: &Programs, owner: &Owner, home: &Path) -> Outcome<Self> {
        let data = home.join("data");
        let mut initdb = owner.command(&programs.path("initdb"));
        initdb.arg("--pgdata").arg(&data);
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8"]);
        initdb.args(["--no-locale", "--no-sync"]);
        stdout(&mut initdb)?;

        let port = free_port()?;
        let log = home.join("server.log");
        let output = || std::fs::File::create(&log).map_err(|error| error.to_string());
        let mut shell = owner.command(Path::new("/bin/sh"));
        shell.args(["-c", WATCHER, "sh"]).env("HOME_DIR", home);
        shell.arg(programs.path("postgres")).arg("-D").arg(&data);
        for setting in settings(port) {
            shell.arg("-c").arg(setting);
        }
        shell
            .stdin(Stdio::piped())
            .stdout(output()?)
            .stderr(output()?);
        let watcher = shell
            .spawn()
            .map_err(|error| format!("cannot start PostgreSQL: {error}"))?;
        let cluster = Self {
            watcher,
            home: home.to_owned(),
            port,
        };
        cluster.wait_until_ready(programs, &log)?;
        Ok(cluster)
    }

    /// The address, with the one user, who may do anything and has no password.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&self, programs: &Programs, log: &Path) -> Outcome {
        let start = Instant::now();
        let port = self.port.to_string();
        while start.elapsed() < PATIENCE {
            let mut ready = Command::new(programs.path("pg_isready"));
            ready.args(["-q", "-h", "127.0.0.1", "-U", "postgres", "-p", &port]);
            if works(&mut ready) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = std::fs::read_to_string(log).unwrap_or_default();
        Err(format!("PostgreSQL does not start:\n{log}"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

/// Nothing here is worth surviving a crash; what it saves is most of the run time.
fn settings(port: u16) -> [String; 8] {
    [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        // No socket file: its path could be too long, and nobody needs it.
        "unix_socket_directories=".to_owned(),
        "max_connections=300".to_owned(),
        "fsync=off".to_owned(),
        "synchronous_commit=off".to_owned(),
        "full_page_writes=off".to_owned(),
        "log_min_messages=fatal".to_owned(),
    ]
}

/// Whether a folder has the room that a run needs, with the databases that failed tests leave behind.
fn has_room(folder: &Path) -> bool {
    let mut df = Command::new("df");
    df.args(["--output=avail", "-k"]).arg(folder);
    let free = stdout(&mut df).ok();
    let kilobytes = free.and_then(|text| text.lines().last()?.trim().parse::<u64>().ok());
    kilobytes.is_some_and(|free| free >= ROOM)
}

fn free_port() -> Outcome<u16> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}

/// The folder of the server's programs.
struct Programs(PathBuf);

impl Programs {
    fn find() -> Outcome<Self> {
        if let Some(found) = Self::installed() {
            return Ok(found);
        }
        let hint = format!("PostgreSQL {OLDEST} or newer with its server programs is needed");
        if !apt_install(&["postgresql"])? {
            return Err(format!(
                "{hint}: install it, or set {URL_VARIABLE} to a server where a superuser may \
                 create databases"
            ));
        }
        Self::installed().ok_or(hint)
    }

    /// The one in `PATH`, or else Debian's newest.
    fn installed() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let in_path = std::env::split_paths(&path)
            .filter_map(|folder| folder.join("initdb").canonicalize().ok())
            .filter_map(|initdb| initdb.parent().map(Path::to_owned));
        let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter();
        let mut debian: Vec<(u32, PathBuf)> = debian
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let version = entry.file_name().to_str()?.parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .collect();
        debian.sort();
        in_path
            .chain(debian.into_iter().rev().map(|(_, folder)| folder))
            .map(Self)
            .find(Self::is_usable)
    }

    fn is_usable(&self) -> bool {
        let version = stdout(Command::new(self.path("postgres")).arg("--version")).ok();
        version
            .as_deref()
            .and_then(major)
            .is_some_and(|major| major >= OLDEST)
            && ["initdb", "pg_isready"]
                .iter()
                .all(|name| works(Command::new(self.path(name)).arg("--version")))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// The major version in `postgres (PostgreSQL) 15.18 (…)`, `… 17beta1`, `… 16devel`.
fn major(version: &str) -> Option<u32> {
    let (_, number) = version.split_once("(PostgreSQL) ")?;
    let digits = number.split(|mark: char| !mark.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// Who runs the server: PostgreSQL refuses to run as root, so then it is somebody else.
struct Owner(Option<(u32, u32)>);

impl Owner {
    fn find() -> Outcome<Self> {
        if !is_root() {
            return Ok(Self(None));
        }
        let number = |flag: &str, name: &str| id(&[flag, name])?.parse::<u32>().ok();
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| Some((number("-u", name)?, number("-g", name)?)))
            .map(|ids| Self(Some(ids)))
            .ok_or_else(|| "PostgreSQL cannot run as root and there is no other user".to_owned())
    }

    /// A command run as this user, in a folder that every user may enter.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").stdin(Stdio::null());
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }

    /// A fresh folder of this user's: in memory where there is room, because every test makes and drops a database of
    /// a thousand files; else under `tools`, or with the temporary files when the checkout is in a folder that this
    /// user may not enter. In all of them the user may also remove it.
    fn home(&self, tools: &Path) -> Outcome<PathBuf> {
        let process = std::process::id();
        let name = format!("wubang-pg-{process}");
        let own = tools.join("pg");
        self.own(&own)?;
        let in_memory = has_room(Path::new(MEMORY)).then(|| Path::new(MEMORY).join(&name));
        let elsewhere = [
            own.join(process.to_string()),
            std::env::temp_dir().join(&name),
        ];
        for home in in_memory.into_iter().chain(elsewhere) {
            let _ = std::fs::remove_dir_all(&home);
            self.own(&home)?;
            let mut enter = self.command(Path::new("/bin/sh"));
            if works(
                enter
                    .args(["-c", "cd \"$1\" && test -w .", "sh"])
                    .arg(&home),
            ) {
                return Ok(home);
            }
            let _ = std::fs::remove_dir_all(&home);
        }
        Err("there is no folder that PostgreSQL's user could write to".to_owned())
    }

    /// Makes a folder that is this user's alone.
    fn own(&self, folder: &Path) -> Outcome {
        create_dir(folder)?;
        let owned = |error| format!("cannot own {}: {error}", folder.display());
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(owned)?;
        match self.0 {
            Some((user, group)) => chown(folder, Some(user), Some(group)).map_err(owned),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        for (text, version) in [
            (
                "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n",
                Some(15),
            ),
            ("postgres (PostgreSQL) 9.6.24", Some(9)),
            ("postgres (PostgreSQL) 18beta1", Some(18)),
            ("postgres", None),
        ] {
            assert_eq!(major(text), version, "{text}");
        }
    }
}
