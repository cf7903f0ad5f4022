//! The commands of the binary.

use crate::app::{self, Parts, Running};
use crate::config::{Config, EXAMPLE};
use crate::upkeep::{Origins, Upkeep, told_to_end};
use crate::{attachments, bundle, demo, wiring};
use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::sync::Arc;
use wubang_files::Files;
use wubang_kernel::clock::{Clock, SystemClock, TestClock};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Who};
use wubang_mail::{Mail, MailError, Mailer, MemoryMailer, SmtpMailer};
use wubang_registry::KeyRing;
use wubang_store::Store;
use wubang_store::worker::Worker;

/// 五榜:评榜—发榜—揭榜—承榜—考榜.
#[derive(Debug, Parser)]
#[command(name = "wubang", version, about)]
pub struct Cli {
    /// Configuration file.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API; brings the schema up to date first.
    Serve {
        /// With a test clock, demo data and one account per role.
        #[arg(long)]
        sandbox: bool,
        /// Where the test clock begins (RFC 3339), if nothing newer is recorded; else now.
        #[arg(long, requires = "sandbox")]
        at: Option<DateTime<Utc>>,
    },
    /// Run the worker alone, beside servers with worker_seconds = 0.
    Worker,
    /// Bring the schema up to date.
    Migrate,
    /// Play one project through all stages over the service's own API, then stay up.
    Demo {
        /// End after the table.
        #[arg(long)]
        once: bool,
    },
    /// Import a district bundle (JSON).
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Import divisions from a folder with provinces.csv, cities.csv, areas.csv and streets.csv.
    ImportDivisions {
        /// The folder.
        folder: PathBuf,
    },
    /// Make the first district administrator; prints a token with which he sets his password.
    BootstrapAdmin {
        /// Account.
        #[arg(long)]
        account: String,
        /// Name.
        #[arg(long)]
        name: String,
        /// District code.
        #[arg(long)]
        division: String,
    },
    /// Add a signing key; older ones still verify. Running servers see it within minutes.
    RotateKeys {
        /// Also remove keys older than so many days.
        #[arg(long)]
        retire_days: Option<u32>,
    },
    /// Add a master key, which locks what is sealed after the next start; older ones still open.
    RotateMasterKey,
    /// Check the whole database against rules that must always hold.
    Invariants,
    /// Ask a running server whether it is ready.
    Healthcheck,
    /// Check the configuration and print it.
    CheckConfig,
    /// Print an example configuration.
    ConfigExample,
    /// Print the OpenAPI document.
    Openapi,
    /// Print the life cycles as Markdown.
    Flows,
    /// Print every refusal code.
    Codes,
}

/// Runs a command.
///
/// # Errors
/// A sentence for the operator.
pub async fn run(cli: Cli) -> Result<(), String> {
    match &cli.command {
        Command::Openapi => return print_openapi(),
        Command::Flows => return print(&wiring::flows()),
        Command::ConfigExample => return print(EXAMPLE),
        Command::Codes => {
            return print(
                &Code::ALL
                    .iter()
                    .map(|code| format!("{}\n", code.as_str()))
                    .collect::<String>(),
            );
        }
        _ => {}
    }
    let config = Config::load(cli.config.as_deref())?;
    match cli.command {
        Command::Serve { sandbox: false, .. } => {
            log(&config);
            let running = app::start(Parts {
                mailer: mailer(&config)?,
                config,
                test_clock: None,
            })
            .await?;
            tracing::info!(address = %running.address, "wubang listens on {}", running.address);
            running.until_told().await;
        }
        Command::Serve { sandbox: true, at } => {
            log(&config);
            let running = start_sandbox(config, at).await?;
            let accounts = demo::accounts::prepare(&running.store).await?;
            demo::accounts::print(&running.address, &accounts)?;
            running.until_told().await;
        }
        Command::Demo { once } => demo::run(config, once).await?,
        Command::Worker => worker(config).await?,
        Command::Migrate => {
            open(&config).await?.close().await;
        }
        Command::Import { file } => import(&config, &file).await?,
        Command::ImportDivisions { folder } => import_divisions(&config, &folder).await?,
        Command::BootstrapAdmin {
            account,
            name,
            division,
        } => bootstrap(&config, &account, &name, &division).await?,
        Command::RotateMasterKey => {
            let folder = config.master_keys();
            let id = wubang_vault::add_key(&folder)
                .map_err(|error| format!("master keys in {}: {error}", folder.display()))?;
            print(&format!("new master key {id} in {}\n", folder.display()))?;
        }
        Command::RotateKeys { retire_days } => rotate_keys(&config, retire_days)?,
        Command::Invariants => invariants(&config).await?,
        Command::Healthcheck => healthcheck(&config).await?,
        Command::CheckConfig => print(&format!("{:#?}\n", config.redacted()))?,
        Command::Openapi | Command::Flows | Command::ConfigExample | Command::Codes => {}
    }
    Ok(())
}

/// Writes to the standard output; a reader that goes away is no fault of ours.
pub(crate) fn print(text: &str) -> Result<(), String> {
    use std::io::Write as _;
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn print_openapi() -> Result<(), String> {
    let document = wiring::openapi().map_err(|error| error.to_string())?;
    let text = serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?;
    print(&format!("{text}\n"))
}

/// Sends the log to the standard error, as JSON or text.
pub(crate) fn log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log.level)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // a second subscriber in one process is refused, and the first goes on
    let _ = if config.log.format == "json" {
        log.json().flatten_event(true).try_init()
    } else {
        log.try_init()
    };
}

/// Stands in where no mail server is configured: nothing is lost silently.
struct NoMailer;

#[async_trait::async_trait]
impl Mailer for NoMailer {
    async fn send(&self, _: &Mail) -> Result<(), MailError> {
        Err(MailError::Transient(
            "no mail server is configured".to_owned(),
        ))
    }
}

fn mailer(config: &Config) -> Result<Arc<dyn Mailer>, String> {
    if config.mail.smtp_url.is_empty() {
        return Ok(Arc::new(NoMailer));
    }
    let smtp = SmtpMailer::from_url(&config.mail.smtp_url, &config.mail.from)
        .map_err(|error| format!("mail: {error}"))?;
    Ok(Arc::new(smtp))
}

/// Starts a sandbox: a clock that stands at `at` or now, or at the newest instant it knows; demo data loaded.
pub(crate) async fn start_sandbox(
    config: Config,
    at: Option<DateTime<Utc>>,
) -> Result<Running, String> {
    let mut config = config;
    if config.database_url == Config::default().database_url {
        // never the database of a real district by accident
        let file = config.data_dir.join("sandbox").join("wubang.db");
        config.database_url = format!("sqlite://{}", file.display());
    }
    let mailer: Arc<dyn Mailer> = if config.mail.smtp_url.is_empty() {
        Arc::new(MemoryMailer::new())
    } else {
        mailer(&config)?
    };
    let clock = TestClock::standing_at(at.unwrap_or_else(|| SystemClock.now()));
    let running = app::start(Parts {
        mailer,
        config,
        test_clock: Some(clock.clone()),
    })
    .await?;
    // a sandbox that was moved ahead goes on from there
    clock.set(running.store.now());
    bundle::import(&running.store, bundle::DEMO_DISTRICT)
        .await
        .map_err(|error| format!("demo data: {error}"))?;
    Ok(running)
}

async fn open(config: &Config) -> Result<Store, String> {
    app::open_store(config, Arc::new(SystemClock)).await
}

async fn worker(config: Config) -> Result<(), String> {
    log(&config);
    let seconds = config.worker_seconds.max(1);
    let store = open(&config).await?;
    let deliveries =
        wubang_notices::deliveries(mailer(&config)?, wiring::words(), config.public_url.clone());
    let upkeep = Upkeep {
        worker: Arc::new(
            Worker::new(store.clone(), wiring::timers(), deliveries)
                .with_recounts(wiring::recounts()),
        ),
        store,
        keyring: None,
        configured: Vec::new(),
        origins: Origins::default(),
        files: attachments::open(&config)?,
    };
    tokio::select! {
        () = upkeep.run(seconds) => {}
        () = told_to_end() => {}
    }
    Ok(())
}

fn rotate_keys(config: &Config, retire_days: Option<u32>) -> Result<(), String> {
    let now = SystemClock.now();
    let folder = config.data_dir.join("keys");
    let keyring = KeyRing::open(&folder, now).map_err(|error| error.to_string())?;
    let kid = keyring.rotate(now).map_err(|error| error.to_string())?;
    print(&format!("{kid}\n"))?;
    if let Some(days) = retire_days {
        for gone in keyring
            .retire(days, now)
            .map_err(|error| error.to_string())?
        {
            print(&format!("retired {gone}\n"))?;
        }
    }
    Ok(())
}

async fn import(config: &Config, file: &std::path::Path) -> Result<(), String> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let store = open(config).await?;
    let report = bundle::import(&store, &text)
        .await
        .map_err(|error| error.to_string())?;
    store.close().await;
    print(&format!(
        "{} organisations, {} people\n",
        report.organisations.len(),
        report.people.len()
    ))
}

async fn import_divisions(config: &Config, folder: &std::path::Path) -> Result<(), String> {
    let store = open(config).await?;
    let tx = store
        .write(&Who::system("import"))
        .await
        .map_err(|error| error.to_string())?;
    let rows = wubang_registry::divisions::import_folder(&tx, folder)
        .await
        .map_err(|error| error.to_string())?;
    tx.commit().await.map_err(|error| error.to_string())?;
    store.close().await;
    print(&format!("{rows} divisions\n"))
}

async fn bootstrap(
    config: &Config,
    account: &str,
    name: &str,
    division: &str,
) -> Result<(), String> {
    let division = DivisionCode::parse(division).map_err(|fault| fault.en())?;
    let store = open(config).await?;
    let tx = store
        .write(&Who::system("bootstrap"))
        .await
        .map_err(|error| error.to_string())?;
    let token = wubang_registry::bootstrap::bootstrap_administrator(&tx, account, name, &division)
        .await
        .map_err(|error| error.to_string())?;
    tx.commit().await.map_err(|error| error.to_string())?;
    store.close().await;
    print(&format!(
        "activation token (once, POST /api/v1/sessions/activate): {token}\n"
    ))
}

/// Runs every check and prints one line each.
async fn invariants(config: &Config) -> Result<(), String> {
    let store = open(config).await?;
    let files = attachments::open(config)?;
    let broken = check_invariants(&store, &files)
        .await
        .map_err(|error| error.to_string())?;
    store.close().await;
    if broken == 0 {
        Ok(())
    } else {
        Err(format!("{broken} invariants are broken"))
    }
}

/// Runs every check, prints one line each, answers how many are broken.
///
/// # Errors
/// When the database fails.
pub async fn check_invariants(store: &Store, files: &Files) -> Result<usize, wubang_store::Error> {
    let view = store.read(&Who::system("invariants"));
    let mut broken = 0;
    // the only check that looks beyond the database
    let envelopes = wubang_files::upkeep::without_envelope(&view, files).await?;
    let mut checked = vec![("kept_file_has_its_envelope", envelopes)];
    for invariant in wiring::invariants() {
        checked.push((invariant.name, (invariant.run)(&view).await?));
    }
    for (name, offenders) in checked {
        let verdict = if offenders.is_empty() {
            "ok".to_owned()
        } else {
            format!("BROKEN by {offenders:?}")
        };
        broken += usize::from(!offenders.is_empty());
        println!("{name:<50} {verdict}");
    }
    Ok(broken)
}

async fn healthcheck(config: &Config) -> Result<(), String> {
    let port = config.listen.rsplit(':').next().unwrap_or("8080");
    let answer = reqwest::get(format!("http://127.0.0.1:{port}/readyz"))
        .await
        .map_err(|error| error.to_string())?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(format!("not ready: {}", answer.status()))
    }
}
