//! Configuration: defaults, then a TOML file, then `WUBANG_*` variables. The only reader of the environment.

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The example file; a test holds it equal to the defaults.
pub const EXAMPLE: &str = r#"# 五榜 wubang: configuration with its defaults.
# Every key can be set by a variable: WUBANG_LISTEN, WUBANG_MAIL_SMTP_URL, … DATABASE_URL is taken too.

# Address to listen on.
listen = "127.0.0.1:8080"
# Address under which front-ends reach the service: issuer of the tokens, base of the links in mails.
public_url = "http://127.0.0.1:8080"
# sqlite:///path/to/wubang.db or postgres://user:password@host/database
database_url = "sqlite://data/wubang.db"
# Folder for keys and files.
data_dir = "data"
# Folder of the master keys, under which bids are sealed; empty: master-keys in data_dir. Keep a copy of it
# apart from the database and its backups: who has both reads everything, who has lost it reads no sealed bid.
master_keys = ""
# Connections to the database.
connections = 8
# Threads that answer requests; 0: as many as the machine has processors.
workers = 0
# Requests a minute for one caller, per process.
requests_per_minute = 600
# Addresses of proxies whose X-Forwarded-For is believed, as "10.0.0.1".
trusted_proxies = []
# Seconds between two looks of the worker; 0 turns it off in this process.
worker_seconds = 1

[voices]
# Requests (or survey answers) a day from one address through the public addresses.
per_address_per_day = 20
# The same for one community, from everybody together.
per_community_per_day = 500

[mail]
# smtp://host:25, smtps://user:password@host:465; empty: no mail is sent; the mails
# wait in the outbox, are tried again for some hours, and are then marked as failed.
smtp_url = ""
# Sender.
from = "五榜 <wubang@localhost>"

[files]
# Folder of the attachments; empty: files in data_dir. Everything in it is encrypted.
folder = ""
# Largest attachment in bytes, at most 67108864; documents may have 20 MiB, pictures 10 MiB, texts 5 MiB.
max_bytes = 67108864
# Most bytes of the attachments of one bid together, and how many there may be.
max_per_bid_bytes = 209715200
max_count = 20
# Virus scanner: tcp://host:3310 or unix:/path of clamd; empty: none. Files go to it unencrypted.
clamd = ""
# A bucket of an S3-compatible store instead of the folder (binaries built with the feature s3). Give it a rule
# that ends unfinished uploads after a day.
s3_endpoint = ""
s3_bucket = ""
s3_region = ""
s3_access_key = ""
s3_secret_key = ""

[cors]
# Origins of partner front-ends, as "https://front.example".
origins = []

[log]
# json or text
format = "json"
# error, warn, info, debug, or a filter as "info,sqlx=warn"
level = "info"
"#;

/// The whole configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address to listen on.
    pub listen: String,
    /// Address under which front-ends reach the service.
    pub public_url: String,
    /// Database.
    pub database_url: String,
    /// Folder for keys and files.
    pub data_dir: PathBuf,
    /// Folder of the master keys; empty means `master-keys` in `data_dir`.
    pub master_keys: PathBuf,
    /// Connections to the database.
    pub connections: u32,
    /// Threads that answer requests; 0 means one for each processor.
    pub workers: usize,
    /// Requests a minute for one caller.
    pub requests_per_minute: u32,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Seconds between two looks of the worker.
    pub worker_seconds: u64,
    /// What residents may send without a token.
    pub voices: VoicesConfig,
    /// Attachments.
    pub files: FilesConfig,
    /// Mail.
    pub mail: MailConfig,
    /// Cross-origin requests.
    pub cors: CorsConfig,
    /// Log.
    pub log: LogConfig,
}

/// What residents may send without a token, in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VoicesConfig {
    /// From one address.
    pub per_address_per_day: u32,
    /// For one community.
    pub per_community_per_day: u32,
}

/// Attachments.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilesConfig {
    /// Folder; empty means `files` in `data_dir`.
    pub folder: PathBuf,
    /// Largest attachment in bytes.
    pub max_bytes: u64,
    /// Most bytes of one bid.
    pub max_per_bid_bytes: u64,
    /// Most attachments of one bid.
    pub max_count: usize,
    /// Address of `clamd`; empty means none.
    pub clamd: String,
    /// Address of the S3-compatible store; empty with a bucket means that of AWS.
    pub s3_endpoint: String,
    /// Bucket; empty means the folder.
    pub s3_bucket: String,
    /// Region.
    pub s3_region: String,
    /// Access key.
    pub s3_access_key: String,
    /// Its secret.
    pub s3_secret_key: String,
}

/// Mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    /// Server; empty means none.
    pub smtp_url: String,
    /// Sender.
    pub from: String,
}

/// Cross-origin requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorsConfig {
    /// Closed list of origins.
    pub origins: Vec<String>,
}

/// Log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// `json` or `text`.
    pub format: String,
    /// Filter.
    pub level: String,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: "127.0.0.1:8080".to_owned(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            database_url: "sqlite://data/wubang.db".to_owned(),
            data_dir: PathBuf::from("data"),
            master_keys: PathBuf::new(),
            connections: 8,
            workers: 0,
            requests_per_minute: 600,
            trusted_proxies: Vec::new(),
            worker_seconds: 1,
            voices: VoicesConfig::default(),
            files: FilesConfig::default(),
            mail: MailConfig::default(),
            cors: CorsConfig::default(),
            log: LogConfig::default(),
        }
    }
}

impl Default for VoicesConfig {
    fn default() -> Self {
        VoicesConfig {
            per_address_per_day: 20,
            per_community_per_day: 500,
        }
    }
}

impl Default for FilesConfig {
    fn default() -> Self {
        FilesConfig {
            folder: PathBuf::new(),
            max_bytes: 67_108_864,
            max_per_bid_bytes: 209_715_200,
            max_count: 20,
            clamd: String::new(),
            s3_endpoint: String::new(),
            s3_bucket: String::new(),
            s3_region: String::new(),
            s3_access_key: String::new(),
            s3_secret_key: String::new(),
        }
    }
}

impl Default for MailConfig {
    fn default() -> Self {
        MailConfig {
            smtp_url: String::new(),
            from: "五榜 <wubang@localhost>".to_owned(),
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        LogConfig {
            format: "json".to_owned(),
            level: "info".to_owned(),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the configuration is the one reader of the environment"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Config {
    /// Reads the file, if one is named, and the environment.
    ///
    /// # Errors
    /// A sentence for the operator: what is wrong, and where.
    pub fn load(file: Option<&Path>) -> Result<Config, String> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?,
            None => String::new(),
        };
        let mut config: Config =
            toml::from_str(&text).map_err(|error| format!("configuration: {error}"))?;
        config.overlay(&environment)?;
        config.check()?;
        Ok(config)
    }

    fn overlay(&mut self, get: &dyn Fn(&str) -> Option<String>) -> Result<(), String> {
        let text = |name: &str, place: &mut String| {
            if let Some(value) = get(name) {
                *place = value;
            }
        };
        text("DATABASE_URL", &mut self.database_url);
        text("WUBANG_DATABASE_URL", &mut self.database_url);
        text("WUBANG_LISTEN", &mut self.listen);
        text("WUBANG_PUBLIC_URL", &mut self.public_url);
        text("WUBANG_MAIL_SMTP_URL", &mut self.mail.smtp_url);
        text("WUBANG_MAIL_FROM", &mut self.mail.from);
        text("WUBANG_FILES_CLAMD", &mut self.files.clamd);
        text("WUBANG_FILES_S3_ENDPOINT", &mut self.files.s3_endpoint);
        text("WUBANG_FILES_S3_BUCKET", &mut self.files.s3_bucket);
        text("WUBANG_FILES_S3_REGION", &mut self.files.s3_region);
        text("WUBANG_FILES_S3_ACCESS_KEY", &mut self.files.s3_access_key);
        text("WUBANG_FILES_S3_SECRET_KEY", &mut self.files.s3_secret_key);
        text("WUBANG_LOG_FORMAT", &mut self.log.format);
        text("WUBANG_LOG_LEVEL", &mut self.log.level);
        if let Some(folder) = get("WUBANG_DATA_DIR") {
            self.data_dir = PathBuf::from(folder);
        }
        if let Some(folder) = get("WUBANG_MASTER_KEYS") {
            self.master_keys = PathBuf::from(folder);
        }
        if let Some(folder) = get("WUBANG_FILES_FOLDER") {
            self.files.folder = PathBuf::from(folder);
        }
        if let Some(origins) = get("WUBANG_CORS_ORIGINS") {
            self.cors.origins = origins
                .split(',')
                .map(|origin| origin.trim().to_owned())
                .filter(|origin| !origin.is_empty())
                .collect();
        }
        if let Some(proxies) = get("WUBANG_TRUSTED_PROXIES") {
            let parsed: Result<Vec<_>, _> =
                proxies.split(',').map(|one| one.trim().parse()).collect();
            self.trusted_proxies = parsed.map_err(|_| {
                format!("WUBANG_TRUSTED_PROXIES: {proxies} is no list of addresses")
            })?;
        }
        number(get, "WUBANG_CONNECTIONS", &mut self.connections)?;
        number(get, "WUBANG_WORKERS", &mut self.workers)?;
        number(
            get,
            "WUBANG_REQUESTS_PER_MINUTE",
            &mut self.requests_per_minute,
        )?;
        number(
            get,
            "WUBANG_VOICES_PER_ADDRESS_PER_DAY",
            &mut self.voices.per_address_per_day,
        )?;
        number(
            get,
            "WUBANG_VOICES_PER_COMMUNITY_PER_DAY",
            &mut self.voices.per_community_per_day,
        )?;
        number(get, "WUBANG_FILES_MAX_BYTES", &mut self.files.max_bytes)?;
        number(
            get,
            "WUBANG_FILES_MAX_PER_BID_BYTES",
            &mut self.files.max_per_bid_bytes,
        )?;
        number(get, "WUBANG_FILES_MAX_COUNT", &mut self.files.max_count)?;
        number(get, "WUBANG_WORKER_SECONDS", &mut self.worker_seconds)
    }

    /// How many threads answer requests.
    #[must_use]
    pub fn workers(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(2, usize::from),
            workers => workers,
        }
    }

    /// Where the master keys are.
    #[must_use]
    pub fn master_keys(&self) -> PathBuf {
        if self.master_keys.as_os_str().is_empty() {
            self.data_dir.join("master-keys")
        } else {
            self.master_keys.clone()
        }
    }

    /// Where attachments are, when they are in a folder.
    #[must_use]
    pub fn files_folder(&self) -> PathBuf {
        if self.files.folder.as_os_str().is_empty() {
            self.data_dir.join("files")
        } else {
            self.files.folder.clone()
        }
    }

    /// The configuration without passwords, for printing.
    #[must_use]
    pub fn redacted(&self) -> Config {
        let mut shown = self.clone();
        shown.database_url = redact(&self.database_url);
        shown.mail.smtp_url = redact(&self.mail.smtp_url);
        if !shown.files.s3_secret_key.is_empty() {
            shown.files.s3_secret_key = "***".to_owned();
        }
        shown
    }

    fn check(&self) -> Result<(), String> {
        if !self.database_url.starts_with("sqlite:")
            && !self.database_url.starts_with("postgres:")
            && !self.database_url.starts_with("postgresql:")
        {
            return Err("database_url: must begin with sqlite: or postgres:".to_owned());
        }
        if self.connections == 0 || self.requests_per_minute == 0 {
            return Err("connections and requests_per_minute must be above zero".to_owned());
        }
        if self.files.max_bytes == 0 || self.files.max_bytes > FilesConfig::default().max_bytes {
            return Err("files.max_bytes must be from 1 to 67108864".to_owned());
        }
        if !matches!(self.log.format.as_str(), "json" | "text") {
            return Err(format!(
                "log.format: must be json or text, is {}",
                self.log.format
            ));
        }
        self.listen
            .parse::<std::net::SocketAddr>()
            .map(|_| ())
            .map_err(|error| format!("listen: {error}"))
    }
}

/// An address without its password.
fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:***@{host}")
        }
        None => url.to_owned(),
    }
}

fn number<N: std::str::FromStr>(
    get: &dyn Fn(&str) -> Option<String>,
    name: &str,
    place: &mut N,
) -> Result<(), String> {
    if let Some(value) = get(name) {
        *place = value
            .parse()
            .map_err(|_| format!("{name}: {value} is no number"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_the_defaults() {
        let example: Config = toml::from_str(EXAMPLE).unwrap();
        assert_eq!(example, Config::default());
        assert!(example.check().is_ok());
    }

    #[test]
    fn a_variable_wins_and_nonsense_is_named() {
        let mut config = Config::default();
        config
            .overlay(&|name| (name == "WUBANG_LISTEN").then(|| "0.0.0.0:9".to_owned()))
            .unwrap();
        assert_eq!(config.listen, "0.0.0.0:9");
        assert!(
            config
                .overlay(&|name| (name == "WUBANG_CONNECTIONS").then(|| "x".to_owned()))
                .unwrap_err()
                .contains("WUBANG_CONNECTIONS")
        );
        assert!(toml::from_str::<Config>("listn = 1").is_err());
        assert_eq!(
            redact("postgres://w:secret@db/wubang"),
            "postgres://w:***@db/wubang"
        );
        assert_eq!(redact("sqlite://data/wubang.db"), "sqlite://data/wubang.db");
    }
}
