//! What the tests need of the machine, installed where that is possible.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{Outcome, succeed, works};

/// The servers for tests (SMTP, S3), by their packages on PyPI, modules and versions.
const SERVERS: [(&str, &str, &str); 2] = [
    ("aiosmtpd", "aiosmtpd", "1.4.6"),
    ("moto[s3,server]", "moto", "5.1.4"),
];

/// The output of `id`, trimmed; `None` when there is no such user.
pub fn id(args: &[&str]) -> Option<String> {
    let output = Command::new("id").args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Whether we may do anything on this machine.
pub fn is_root() -> bool {
    id(&["-u"]).as_deref() == Some("0")
}

/// Installs Debian packages; `false` where that is not ours to do (not root, not Debian).
pub fn apt_install(packages: &[&str]) -> Outcome<bool> {
    if !is_root() || !works(Command::new("apt-get").arg("--version")) {
        return Ok(false);
    }
    println!("installing {}", packages.join(" "));
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command.stdin(Stdio::null()).args(args);
        succeed(&mut command)
    };
    apt(&["update", "-qq"])?;
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(packages);
    apt(&install)?;
    Ok(true)
}

/// A Python that has the servers for tests, in a virtual environment under `tools`.
pub fn python(tools: &Path) -> Outcome<PathBuf> {
    let venv = tools.join("venv");
    let python = venv.join("bin/python");
    if has_servers(&python) {
        return Ok(python);
    }
    // A half made one would only stand in the way.
    let _ = std::fs::remove_dir_all(&venv);
    let make = || {
        let mut command = Command::new("python3");
        command.args(["-m", "venv"]).arg(&venv).stdin(Stdio::null());
        succeed(&mut command)
    };
    if make().is_err() {
        if !apt_install(&["python3", "python3-venv"])? {
            return Err("`python3 -m venv` does not work: install python3 and python3-venv".into());
        }
        make()?;
    }
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--no-input"]);
    install.arg("--disable-pip-version-check");
    let packages = SERVERS.map(|(package, _, version)| format!("{package}=={version}"));
    install.args(packages).stdin(Stdio::null());
    succeed(&mut install)?;
    if has_servers(&python) {
        Ok(python)
    } else {
        Err("the servers for tests were installed but cannot be imported".to_owned())
    }
}

/// The packages of the example of a front-end that seals bids, as its lock file says, beside it.
pub fn age_example(folder: &Path) -> Outcome {
    if folder.join("node_modules/age-encryption").exists() {
        return Ok(());
    }
    let made = || works(Command::new("npm").arg("--version").stdin(Stdio::null()));
    if !made() && !apt_install(&["nodejs", "npm"])? {
        return Err("`npm` does not work: install nodejs and npm".to_owned());
    }
    let mut install = Command::new("npm");
    install.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    install.current_dir(folder).stdin(Stdio::null());
    succeed(&mut install)
}

fn has_servers(python: &Path) -> bool {
    SERVERS.iter().all(|(_, module, version)| {
        let test = format!("import {module} as m; assert m.__version__ == '{version}'");
        works(Command::new(python).args(["-c", &test]))
    })
}
