//! A file arrives: it is looked at, scanned, hashed and sealed as it goes by. Never more of it is held than a piece
//! and what the store sends at a time.

use crate::Files;
use crate::kinds::Sniffer;
use crate::model::Secret;
use crate::packing::{Packed, Packing};
use crate::rules;
use crate::scanner::{Scan, Verdict};
use crate::service::Pending;
use wubang_kernel::Code;
use wubang_store::Error;
use wubang_vault::SealingKey;
use wubang_web::upload::Upload;

/// Hashing and sealing block: they are done beside the threads that serve.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match actix_web::web::block(work).await {
        Ok(done) => done,
        Err(_) => Err(Error::internal("sealing was broken off")),
    }
}

/// Takes in the body of an upload. When it fails nothing is left of the envelope, as far as the store answers.
///
/// # Errors
/// `too_large`, `file_type_not_allowed`, `invalid`, `file_infected`, `scanner_unavailable`, `unavailable`,
/// `request_timeout`, `malformed`.
pub(crate) async fn take(
    files: &Files,
    pending: &Pending,
    body: &mut Upload,
) -> Result<Secret, Error> {
    let most = files.limits.largest();
    if body.declared().is_some_and(|size| size > most) {
        return Err(rules::too_large(most).into());
    }
    let key = SealingKey::generate();
    let mut scan = files.scanner.begin().await?;
    let mut writing = files.blobs.write(pending.blob);
    let taken = async {
        let recipient = key.recipient.clone();
        let packing = beside(move || Packing::new(&recipient)).await?;
        let (packing, sniffer) = pour(most, packing, body, scan.as_mut(), &mut writing).await?;
        let kind = sniffer.finish(&pending.new.name)?;
        let size = packing.size();
        if size > kind.most().min(most) {
            return Err(rules::too_large(kind.most().min(most)).into());
        }
        rules::fits(kind, &pending.new.name, size)?;
        if let Verdict::Infected(name) = scan.finish().await? {
            tracing::warn!(file = %pending.id, found = name, "an upload was infected and is not kept");
            return Err(Code::FileInfected.into());
        }
        let packed = close(packing, &mut writing).await?;
        Ok((kind, packed))
    };
    match taken.await {
        Ok((kind, packed)) => Ok(Secret {
            key: key.secret.to_string(),
            name: pending.new.name.clone(),
            media_type: kind.media_type().to_owned(),
            size: packed.size,
            sha256: packed.sha256,
        }),
        Err(error) => {
            writing.abort().await;
            Err(error)
        }
    }
}

/// The body, piece by piece.
async fn pour(
    most: u64,
    mut packing: Packing,
    body: &mut Upload,
    scan: &mut dyn Scan,
    writing: &mut crate::blobs::Writing,
) -> Result<(Packing, Sniffer), Error> {
    let mut sniffer = Sniffer::default();
    while let Some(piece) = body.next().await? {
        sniffer.feed(&piece)?;
        let most = sniffer.most().min(most);
        let size = packing.size() + u64::try_from(piece.len()).unwrap_or(u64::MAX);
        if size > most {
            return Err(rules::too_large(most).into());
        }
        scan.feed(&piece).await?;
        let (back, sealed) = beside(move || {
            let sealed = packing.add(&piece)?;
            Ok((packing, sealed))
        })
        .await?;
        packing = back;
        writing.add(sealed).await?;
    }
    Ok((packing, sniffer))
}

/// Padding and the end of the envelope.
async fn close(mut packing: Packing, writing: &mut crate::blobs::Writing) -> Result<Packed, Error> {
    loop {
        let (back, sealed) = beside(move || {
            let sealed = packing.pad()?;
            Ok((packing, sealed))
        })
        .await?;
        packing = back;
        match sealed {
            Some(sealed) => writing.add(sealed).await?,
            None => break,
        }
    }
    let (rest, packed) = beside(move || packing.finish()).await?;
    writing.add(rest).await?;
    writing.finish().await?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NewFile;
    use crate::packing::is_envelope_of;
    use crate::scanner::Scanner;
    use crate::{Blobs, FileConfidentiality, Limits};
    use actix_web::FromRequest;
    use actix_web::dev::Payload;
    use actix_web::error::PayloadError;
    use actix_web::test::TestRequest;
    use actix_web::web::Bytes;
    use async_trait::async_trait;
    use futures_util::StreamExt;
    use futures_util::stream::{self, Stream};
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use uuid::Uuid;
    use wubang_web::upload::PIECE_BYTES;

    const CHUNK: usize = 64 * 1024;

    /// Counts what has been read from the caller and is not looked at yet.
    #[derive(Default)]
    struct Counted {
        ahead: AtomicUsize,
        most: AtomicUsize,
        seen: AtomicUsize,
    }

    struct Counting(Arc<Counted>);

    #[async_trait]
    impl Scanner for Counting {
        async fn begin(&self) -> Result<Box<dyn Scan>, Error> {
            Ok(Box::new(Counting(Arc::clone(&self.0))))
        }
    }

    #[async_trait]
    impl Scan for Counting {
        async fn feed(&mut self, piece: &[u8]) -> Result<(), Error> {
            self.0.ahead.fetch_sub(piece.len(), Ordering::SeqCst);
            self.0.seen.fetch_add(piece.len(), Ordering::SeqCst);
            Ok(())
        }
        async fn finish(&mut self) -> Result<Verdict, Error> {
            Ok(Verdict::Clean)
        }
    }

    async fn upload(pieces: impl Stream<Item = Result<Bytes, PayloadError>> + 'static) -> Upload {
        let request = TestRequest::post().to_http_request();
        let payload: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(pieces);
        let mut payload = Payload::Stream { payload };
        Upload::from_request(&request, &mut payload).await.unwrap()
    }

    #[actix_web::test]
    async fn sixty_mebibytes_go_through_a_quarter_of_one() {
        let counted = Arc::new(Counted::default());
        let folder = std::env::temp_dir().join(format!("wubang-intake-{}", std::process::id()));
        let files = Files {
            blobs: Blobs::in_folder(folder.clone()).unwrap(),
            limits: Limits {
                max_bytes: u64::MAX,
                max_total_bytes: u64::MAX,
                max_count: 1,
            },
            scanner: Arc::new(Counting(Arc::clone(&counted))),
        };
        let pending = Pending {
            id: Uuid::from_u128(1),
            blob: Uuid::from_u128(2),
            new: NewFile {
                name: "现场.mp4".to_owned(),
                confidentiality: FileConfidentiality::Panel,
                replaces: None,
            },
        };
        let read = Arc::clone(&counted);
        let pieces = stream::iter(0..60 * 16).map(move |n| {
            let mut piece = vec![0; CHUNK];
            if n == 0 {
                piece.splice(..12, *b"\0\0\0\x18ftypmp42");
            }
            let ahead = read.ahead.fetch_add(CHUNK, Ordering::SeqCst) + CHUNK;
            read.most.fetch_max(ahead, Ordering::SeqCst);
            Ok(Bytes::from(piece))
        });
        let secret = take(&files, &pending, &mut upload(pieces).await)
            .await
            .unwrap();
        let size = 60 * 1024 * 1024;
        assert_eq!(
            (secret.size, secret.media_type.as_str()),
            (size, "video/mp4")
        );
        assert_eq!(counted.seen.load(Ordering::SeqCst), 60 * 16 * CHUNK);
        // what is held of the file is one piece, however large the file; beside it one part of the envelope
        let most = counted.most.load(Ordering::SeqCst);
        assert!(most <= PIECE_BYTES, "{most}");
        let envelope = files.blobs.size(pending.blob).await.unwrap().unwrap();
        assert!(is_envelope_of(size, envelope), "{envelope}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[actix_web::test]
    async fn a_caller_who_breaks_off_leaves_nothing() {
        let folder = std::env::temp_dir().join(format!("wubang-broken-{}", std::process::id()));
        let files = Files {
            blobs: Blobs::in_folder(folder.clone()).unwrap(),
            limits: Limits {
                max_bytes: u64::MAX,
                max_total_bytes: u64::MAX,
                max_count: 1,
            },
            scanner: Arc::new(crate::scanner::NoScanner),
        };
        let pending = Pending {
            id: Uuid::from_u128(1),
            blob: Uuid::from_u128(3),
            new: NewFile {
                name: "现场.mp4".to_owned(),
                confidentiality: FileConfidentiality::Panel,
                replaces: None,
            },
        };
        // beyond one part, so that something has been written by then
        let pieces = stream::iter(0..200).map(|n| match n {
            0 => Ok(Bytes::from_static(b"\0\0\0\x18ftypmp42")),
            199 => Err(PayloadError::Incomplete(None)),
            _ => Ok(Bytes::from(vec![0; CHUNK])),
        });
        let refused = take(&files, &pending, &mut upload(pieces).await).await;
        let refused = refused.err().unwrap();
        assert_eq!(refused.refusal().unwrap().code, Code::Malformed);
        assert_eq!(files.blobs.size(pending.blob).await.unwrap(), None);
        let left = std::fs::read_dir(folder.join("03")).map_or(0, Iterator::count);
        assert_eq!(left, 0);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
