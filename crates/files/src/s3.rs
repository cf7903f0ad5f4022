//! Envelopes in a bucket of an S3-compatible store.

use crate::Blobs;
use object_store::RetryConfig;
use object_store::aws::AmazonS3Builder;
use std::time::Duration;

/// A bucket, and who we are to it.
pub struct S3 {
    /// Address of the store; empty means that of AWS for the region.
    pub endpoint: String,
    /// Bucket.
    pub bucket: String,
    /// Region.
    pub region: String,
    /// Access key.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
}

impl Blobs {
    /// In a bucket. Names are asked for by path, as all compatible stores take them; plain HTTP is spoken only where
    /// the address says so.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn in_s3(of: &S3) -> Result<Self, String> {
        install_tls();
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&of.bucket)
            .with_access_key_id(&of.access_key)
            .with_secret_access_key(&of.secret_key)
            .with_retry(RetryConfig {
                max_retries: 3,
                retry_timeout: Duration::from_secs(20),
                ..RetryConfig::default()
            })
            .with_allow_http(of.endpoint.starts_with("http://"));
        if !of.region.is_empty() {
            builder = builder.with_region(&of.region);
        }
        if !of.endpoint.is_empty() {
            builder = builder.with_endpoint(&of.endpoint);
        }
        let store = builder
            .build()
            .map_err(|error| format!("files.s3: {error}"))?;
        Ok(Blobs::in_bucket(store))
    }
}

/// The one crypto provider of the process, for clients that bring none.
pub fn install_tls() {
    // a second one is refused, and the first goes on
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::TryStreamExt;
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};
    use uuid::Uuid;
    use wubang_kernel::Code;

    /// A server for one test.
    struct Server(Child, String);

    impl Server {
        /// Starts one, or says loudly that there is none to start; under CI that is a failure.
        #[expect(
            clippy::disallowed_methods,
            reason = "tests are told by variables where their tools are"
        )]
        fn start() -> Option<Self> {
            let Ok(python) = std::env::var("WUBANG_TEST_PYTHON") else {
                assert!(
                    std::env::var("CI").is_err(),
                    "WUBANG_TEST_PYTHON is not set: run the suite with `cargo xtask test`"
                );
                eprintln!("SKIPPED, NOTHING WAS TESTED: WUBANG_TEST_PYTHON is not set");
                return None;
            };
            let script = concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../tests/support/s3_server.py"
            );
            let mut server = Command::new(python)
                .arg(script)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut line = String::new();
            let said = server.stdout.take().unwrap();
            BufReader::new(said).read_line(&mut line).unwrap();
            let port: u16 = line.trim().strip_prefix("ready ").unwrap().parse().unwrap();
            Some(Server(server, format!("http://127.0.0.1:{port}")))
        }
    }

    impl Drop for Server {
        fn drop(&mut self) {
            // it may have ended already
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    fn bucket(endpoint: &str, bucket: &str) -> Blobs {
        Blobs::in_s3(&S3 {
            endpoint: endpoint.to_owned(),
            bucket: bucket.to_owned(),
            region: "us-east-1".to_owned(),
            access_key: "test".to_owned(),
            secret_key: "test".to_owned(),
        })
        .unwrap()
    }

    #[actix_web::test]
    async fn envelopes_go_into_a_bucket_and_come_out_whole() {
        let Some(server) = Server::start() else {
            return;
        };
        let blobs = bucket(&server.1, "files");
        // in one piece, and in three parts
        for (name, size) in [(1, 5_000), (2, 20 * 1024 * 1024)] {
            let name = Uuid::from_u128(name);
            let content: Vec<u8> = (0..size).map(|n: usize| n.to_le_bytes()[0] ^ 7).collect();
            let mut writing = blobs.write(name);
            for piece in content.chunks(256 * 1024) {
                writing.add(piece.to_vec()).await.unwrap();
            }
            writing.finish().await.unwrap();
            let expected = u64::try_from(size).unwrap();
            assert_eq!(blobs.size(name).await.unwrap(), Some(expected));
            let pieces: Vec<_> = blobs.read(name).await.unwrap().try_collect().await.unwrap();
            assert!(pieces.concat() == content);
        }
        let mut names: Vec<Uuid> = blobs.names().try_collect().await.unwrap();
        names.sort();
        assert_eq!(names, [Uuid::from_u128(1), Uuid::from_u128(2)]);
        // one that is taken back is not there, and taking away twice is no mistake
        let mut writing = blobs.write(Uuid::from_u128(3));
        writing.add(vec![0; 9 * 1024 * 1024]).await.unwrap();
        writing.abort().await;
        assert_eq!(blobs.size(Uuid::from_u128(3)).await.unwrap(), None);
        for _ in 0..2 {
            blobs.remove(Uuid::from_u128(1)).await.unwrap();
        }
        assert_eq!(blobs.size(Uuid::from_u128(1)).await.unwrap(), None);
        assert!(blobs.read(Uuid::from_u128(1)).await.is_err());
        // a bucket that is not there is the operator's to mend
        let refused = bucket(&server.1, "elsewhere")
            .write(Uuid::from_u128(4))
            .finish()
            .await;
        assert_eq!(
            refused.unwrap_err().refusal().unwrap().code,
            Code::Unavailable
        );
    }
}
