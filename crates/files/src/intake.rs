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
