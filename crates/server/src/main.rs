//! `wubang`: the command line.

use clap::Parser;
use std::process::ExitCode;
use wubang_server::commands::{Cli, run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    #[cfg(feature = "s3")]
    wubang_files::install_tls();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("wubang: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wubang: {error}");
            ExitCode::FAILURE
        }
    }
}
