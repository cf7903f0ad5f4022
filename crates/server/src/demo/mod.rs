//! The demo: one project through all stages, a posting that fails and is posted again, a micro-wish by order, and a
//! joint award after two objections, over the service's own HTTP API, as each role's own user.

pub mod accounts;
pub mod client;
mod implementation;
mod need_to_bids;
mod objected;
pub mod play;
mod result;
mod rounds;
mod surveys;
mod table;
mod wishes;

use crate::commands::{log, start_sandbox};
use crate::config::Config;
use client::Client;
use play::Play;

/// Starts a sandbox, plays the project, prints the table, and stays up unless `once`.
///
/// # Errors
/// The first refusal or mismatch.
pub async fn run(config: Config, once: bool) -> Result<(), String> {
    let default = Config::default();
    let mut config = config;
    if config.database_url == default.database_url {
        config.database_url = format!(
            "sqlite://{}",
            config.data_dir.join("demo").join("wubang.db").display()
        );
    }
    if config.listen == default.listen && once {
        config.listen = "127.0.0.1:0".to_owned();
    }
    if config.log == default.log {
        config.log.level = "warn".to_owned();
        config.log.format = "text".to_owned();
    }
    log(&config);
    println!(
        "database  {}",
        config
            .database_url
            .split('@')
            .next_back()
            .unwrap_or_default()
    );
    let running = start_sandbox(config, None).await?;
    let accounts = accounts::prepare(&running.store).await?;
    let client = Client::new(
        format!("http://{}", running.address),
        accounts.password.clone(),
    );
    let mut play = Play::new(client, true)?;
    let outcome = stories(&mut play).await;
    let project = play.ids.project.clone();
    match outcome {
        Ok(()) if once => running.stop().await,
        Ok(()) => {
            accounts::print(&running.address, &accounts)?;
            println!(
                "project   GET http://{}/api/v1/projects/{project}",
                running.address
            );
            println!("The sandbox stays up; Ctrl-C ends it.");
            running.until_told().await;
        }
        Err(error) => {
            running.stop().await;
            return Err(format!("the demo stopped: {error}"));
        }
    }
    Ok(())
}

/// The four stories, one after the other.
async fn stories(play: &mut Play) -> Result<(), String> {
    play.whole().await?;
    play.posted_again().await?;
    play.micro_wish().await?;
    play.objected().await
}
