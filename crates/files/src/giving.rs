//! A file goes out: opened and hashed as it goes by. Its last piece is given only when the whole is what was
//! handed in.

use crate::Files;
use crate::store::Held;
use actix_web::web::Bytes;
use futures_util::io::{AsyncRead, AsyncReadExt};
use futures_util::stream::{self, Stream, TryStreamExt};
use sha2::{Digest, Sha256};
use std::io;
use wubang_kernel::digest::hex;
use wubang_store::Error;

/// Bytes that are given at a time; opening so many takes some ten microseconds, so it is done in between.
const PIECE: u64 = 64 * 1024;

struct Giving<R> {
    reader: R,
    left: u64,
    hash: Sha256,
    wanted: String,
}

/// The content of a file.
///
/// # Errors
/// Internal when its envelope is gone or is none; `unavailable`.
pub(crate) async fn content(
    files: &Files,
    held: &Held,
) -> Result<impl Stream<Item = io::Result<Bytes>> + use<>, Error> {
    let sealed = files.blobs.read(held.row.blob).await?;
    let sealed = sealed.map_err(io::Error::other).into_async_read();
    let reader = wubang_vault::open_stream(&held.secret.key, sealed).await?;
    let giving = Giving {
        reader,
        left: held.secret.size,
        hash: Sha256::new(),
        wanted: held.secret.sha256.clone(),
    };
    let id = held.row.id;
    let given = stream::try_unfold(giving, next);
    Ok(given.inspect_err(move |error| {
        tracing::error!(file = %id, %error, "an attachment could not be given whole");
    }))
}

async fn next<R: AsyncRead + Unpin>(
    mut giving: Giving<R>,
) -> io::Result<Option<(Bytes, Giving<R>)>> {
    if giving.left == 0 {
        return Ok(None);
    }
    let size = giving.left.min(PIECE);
    let mut piece = vec![0; usize::try_from(size).map_err(io::Error::other)?];
    giving.reader.read_exact(&mut piece).await?;
    giving.hash.update(&piece);
    giving.left -= size;
    if giving.left == 0 && hex(&giving.hash.finalize_reset()) != giving.wanted {
        return Err(io::Error::other("it is not what was handed in"));
    }
    Ok(Some((Bytes::from(piece), giving)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wubang_kernel::digest::sha256_hex;

    async fn given(content: &[u8], wanted: &str) -> (usize, bool) {
        let giving = Giving {
            reader: content,
            left: u64::try_from(content.len()).unwrap(),
            hash: Sha256::new(),
            wanted: wanted.to_owned(),
        };
        let mut pieces = Box::pin(stream::try_unfold(giving, next));
        let mut bytes = 0;
        loop {
            match pieces.try_next().await {
                Ok(Some(piece)) => bytes += piece.len(),
                Ok(None) => return (bytes, true),
                Err(_) => return (bytes, false),
            }
        }
    }

    #[tokio::test]
    async fn what_is_not_what_was_handed_in_is_never_given_whole() {
        let content = vec![b'x'; 150_000];
        let right = sha256_hex(&content);
        assert_eq!(given(&content, &right).await, (150_000, true));
        let (bytes, whole) = given(&content, &sha256_hex(b"other")).await;
        assert!(!whole && bytes < content.len(), "{bytes}");
    }
}
