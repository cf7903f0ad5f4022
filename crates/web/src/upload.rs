//! Reading a body that is a file: as a stream, each piece within its time, nothing held but the piece.

use crate::problem::Problem;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use std::future::{Ready, ready};
use std::time::Duration;
use tokio::time::Instant;
use wubang_kernel::{Code, Refusal};

/// Time in which the next piece must have arrived.
pub const PIECE_TIME: Duration = Duration::from_secs(20);
/// Time in which the whole must have arrived.
pub const WHOLE_TIME: Duration = Duration::from_secs(3600);
/// Most bytes that are handed on at a time.
pub const PIECE_BYTES: usize = 256 * 1024;
/// Bytes of a refused upload that are still read, so that the caller hears why before the connection ends.
const DRAINED_BYTES: usize = 64 * 1024 * 1024;
/// Time for that.
const DRAINED_TIME: Duration = Duration::from_secs(20);

/// A body that is read piece by piece, of whatever type it says it is.
pub struct Upload {
    payload: Payload,
    declared: Option<u64>,
    until: Instant,
    over: bool,
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = Ready<Result<Upload, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let declared = request.headers().get(CONTENT_LENGTH);
        ready(Ok(Upload {
            payload: payload.take(),
            declared: declared.and_then(|length| length.to_str().ok()?.parse().ok()),
            until: Instant::now() + WHOLE_TIME,
            over: false,
        }))
    }
}

impl Upload {
    /// How many bytes the caller says that there are.
    #[must_use]
    pub fn declared(&self) -> Option<u64> {
        self.declared
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// `request_timeout`; `malformed` when the connection broke off in the middle.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        let mut piece = BytesMut::new();
        while piece.len() < PIECE_BYTES && !self.over {
            let until = self.until.min(Instant::now() + PIECE_TIME);
            let next = tokio::time::timeout_at(until, self.payload.next()).await;
            match next {
                Ok(Some(Ok(bytes))) => piece.extend_from_slice(&bytes),
                Ok(Some(Err(_))) => return Err(Code::Malformed.into()),
                Ok(None) => self.over = true,
                Err(_) => return Err(Code::RequestTimeout.into()),
            }
        }
        Ok((!piece.is_empty()).then(|| piece.freeze()))
    }

    /// Reads on without looking, within bounds, before a refusal is answered.
    pub async fn drain(&mut self) {
        let all = async {
            let mut left = DRAINED_BYTES;
            while let Some(Ok(bytes)) = self.payload.next().await {
                left = left.saturating_sub(bytes.len());
                if left == 0 {
                    break;
                }
            }
        };
        if !self.over {
            // who goes on sending is cut off
            let _ = tokio::time::timeout(DRAINED_TIME, all).await;
        }
    }
}
