//! The hook for a virus scanner: a file is scanned while it arrives, before anybody else can have it.

use async_trait::async_trait;
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use wubang_kernel::Code;
use wubang_store::Error;

/// What a scanner says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing found.
    Clean,
    /// The name of what was found, for the log of the operator.
    Infected(String),
}

/// Something that looks for malicious code.
#[async_trait]
pub trait Scanner: Send + Sync {
    /// Begins with a file.
    ///
    /// # Errors
    /// `scanner_unavailable`.
    async fn begin(&self) -> Result<Box<dyn Scan>, Error>;
}

/// The scan of one file.
#[async_trait]
pub trait Scan: Send {
    /// The next piece of the file.
    ///
    /// # Errors
    /// `scanner_unavailable`.
    async fn feed(&mut self, piece: &[u8]) -> Result<(), Error>;
    /// The file is over.
    ///
    /// # Errors
    /// `scanner_unavailable`.
    async fn finish(&mut self) -> Result<Verdict, Error>;
}

/// Stands in where no scanner is configured.
pub struct NoScanner;

#[async_trait]
impl Scanner for NoScanner {
    async fn begin(&self) -> Result<Box<dyn Scan>, Error> {
        Ok(Box::new(NoScan))
    }
}

struct NoScan;

#[async_trait]
impl Scan for NoScan {
    async fn feed(&mut self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
    async fn finish(&mut self) -> Result<Verdict, Error> {
        Ok(Verdict::Clean)
    }
}

/// How long `clamd` may take for one step.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest answer of `clamd` that is read.
const LONGEST: usize = 4096;

/// The daemon of ClamAV, by its command `INSTREAM`. The files go to it as they are: it belongs on the same machine
/// or into the same closed network.
#[derive(Debug, Clone)]
pub enum Clamd {
    /// `tcp://host:port`.
    Tcp(String),
    /// `unix:/path/to/clamd.ctl`.
    Unix(PathBuf),
}

impl Clamd {
    /// Reads the address of the configuration.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn parse(address: &str) -> Result<Self, String> {
        if let Some(path) = address.strip_prefix("unix:") {
            return Ok(Clamd::Unix(PathBuf::from(path)));
        }
        let host = address.strip_prefix("tcp://").unwrap_or_default();
        match host.to_socket_addrs() {
            Ok(_) => Ok(Clamd::Tcp(host.to_owned())),
            Err(error) => Err(format!(
                "files.clamd: {address} is neither tcp://host:port nor unix:/path: {error}"
            )),
        }
    }
}

fn unavailable(why: impl std::fmt::Display) -> Error {
    tracing::error!(%why, "the virus scanner is not available");
    Code::ScannerUnavailable.into()
}

async fn patiently<T>(step: impl Future<Output = std::io::Result<T>> + Send) -> Result<T, Error> {
    match tokio::time::timeout(PATIENCE, step).await {
        Ok(done) => done.map_err(unavailable),
        Err(_) => Err(unavailable("it takes too long")),
    }
}

#[async_trait]
impl Scanner for Clamd {
    async fn begin(&self) -> Result<Box<dyn Scan>, Error> {
        let mut wire: Box<dyn Wire> = match self {
            Clamd::Tcp(host) => Box::new(patiently(TcpStream::connect(host)).await?),
            Clamd::Unix(path) => Box::new(patiently(UnixStream::connect(path)).await?),
        };
        patiently(wire.write_all(b"zINSTREAM\0")).await?;
        Ok(Box::new(ClamdScan { wire }))
    }
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<W: AsyncRead + AsyncWrite + Send + Unpin> Wire for W {}

struct ClamdScan {
    wire: Box<dyn Wire>,
}

#[async_trait]
impl Scan for ClamdScan {
    async fn feed(&mut self, piece: &[u8]) -> Result<(), Error> {
        let length = u32::try_from(piece.len()).map_err(unavailable)?;
        // a piece of no bytes would end the stream
        if length == 0 {
            return Ok(());
        }
        patiently(self.wire.write_all(&length.to_be_bytes())).await?;
        patiently(self.wire.write_all(piece)).await
    }

    async fn finish(&mut self) -> Result<Verdict, Error> {
        patiently(self.wire.write_all(&0_u32.to_be_bytes())).await?;
        patiently(self.wire.flush()).await?;
        let mut answer = Vec::new();
        let mut piece = [0; 512];
        loop {
            let read = patiently(self.wire.read(&mut piece)).await?;
            answer.extend(piece.iter().take(read));
            if read == 0 || answer.contains(&0) || answer.len() > LONGEST {
                break;
            }
        }
        verdict(&String::from_utf8_lossy(&answer))
    }
}

/// Reads `stream: OK` or `stream: <name> FOUND`; everything else is no verdict.
fn verdict(answer: &str) -> Result<Verdict, Error> {
    let said = answer.trim_end_matches(['\0', '\n']).trim();
    let said = said.strip_prefix("stream: ").unwrap_or(said);
    match said.strip_suffix(" FOUND") {
        Some(name) => Ok(Verdict::Infected(name.to_owned())),
        None if said == "OK" => Ok(Verdict::Clean),
        None => Err(unavailable(format!("it answered {said:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_word_is_a_verdict() {
        assert_eq!(verdict("stream: OK\0").unwrap(), Verdict::Clean);
        let found = verdict("stream: Eicar-Test-Signature FOUND\0").unwrap();
        assert_eq!(found, Verdict::Infected("Eicar-Test-Signature".to_owned()));
        for unclear in [
            "",
            "stream: ",
            "INSTREAM size limit exceeded. ERROR\0",
            "OKAY",
        ] {
            let error = verdict(unclear).unwrap_err();
            assert_eq!(error.refusal().unwrap().code, Code::ScannerUnavailable);
        }
    }

    #[test]
    fn an_address_is_read_or_refused_with_a_sentence() {
        assert!(
            matches!(Clamd::parse("tcp://127.0.0.1:3310"), Ok(Clamd::Tcp(host)) if host == "127.0.0.1:3310")
        );
        assert!(matches!(
            Clamd::parse("unix:/run/clamav/clamd.ctl"),
            Ok(Clamd::Unix(_))
        ));
        for wrong in ["127.0.0.1:3310", "tcp://127.0.0.1", "http://a:1"] {
            assert!(Clamd::parse(wrong).unwrap_err().contains("files.clamd"));
        }
    }
}
