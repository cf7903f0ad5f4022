//! The context of one request: who, when, in which language, against which store.

use crate::problem::Problem;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use std::future::{Ready, ready};
use wubang_kernel::{Actor, Code, Refusal, Who};
use wubang_store::{BoxFuture, Error, Key, Store, View};

/// Language of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// Chinese, the default.
    Zh,
    /// English.
    En,
}

impl Locale {
    /// Reads `Accept-Language`: English only when it is asked for first.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Locale {
        let header = request
            .headers()
            .get("accept-language")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if header.trim_start().to_ascii_lowercase().starts_with("en") {
            Locale::En
        } else {
            Locale::Zh
        }
    }
}

/// Turns a bearer token into an actor. The registry implements it.
pub trait Authenticator: Send + Sync {
    /// # Errors
    /// `unauthenticated` when the token is not good.
    fn authenticate<'a>(
        &'a self,
        store: &'a Store,
        bearer: &'a str,
    ) -> BoxFuture<'a, Result<Actor, Error>>;
}

/// What the middleware found out before any handler ran.
#[derive(Clone)]
pub struct Known {
    /// The caller.
    pub who: Who,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// Address of the caller.
    pub peer: String,
}

/// Hash of the body that was read, for the fingerprint of a command.
#[derive(Clone)]
pub(crate) struct BodyHash(pub(crate) String);

/// The context of one request; the first argument of every handler.
#[derive(Clone)]
pub struct Ctx {
    /// The store.
    pub store: Store,
    /// The caller.
    pub who: Who,
    /// Language.
    pub locale: Locale,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// Address of the caller.
    pub peer: String,
    pub(crate) request: HttpRequest,
}

impl Ctx {
    /// A view for reading as the caller.
    #[must_use]
    pub fn read(&self) -> View {
        self.store.read(&self.who)
    }

    /// Turns a service error into the answer.
    #[must_use]
    pub fn problem(&self, error: impl Into<Error>) -> Problem {
        Problem::of(error.into(), self.locale, &self.who.request_id)
    }

    /// The same request without its sender: what residents do is written down without a name, and an answer that holds
    /// a secret is kept for no repetition.
    #[must_use]
    pub fn nameless(&self) -> Ctx {
        let mut ctx = self.clone();
        ctx.who.actor = std::sync::Arc::new(Actor::public());
        ctx.idempotency_key = None;
        ctx
    }

    /// The person who asks.
    ///
    /// # Errors
    /// `unauthenticated` when nobody is signed in.
    pub fn signed_in(&self) -> Result<uuid::Uuid, Problem> {
        self.who
            .actor
            .person
            .ok_or_else(|| self.problem(Refusal::new(Code::Unauthenticated)))
    }

    /// The version in `If-Match`, which a `PATCH` must bring.
    ///
    /// # Errors
    /// `match_required` when it is missing.
    pub fn require_match(&self) -> Result<(), Problem> {
        if self.who.if_match.is_some() {
            Ok(())
        } else {
            Err(self.problem(Refusal::new(Code::MatchRequired)))
        }
    }

    /// Notes the hash of a body that was read as a stream, for the fingerprint of the command.
    pub fn body_was(&self, sha256: &str) {
        self.request
            .extensions_mut()
            .insert(BodyHash(sha256.to_owned()));
    }

    /// The raw request, for headers.
    #[must_use]
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }
}

impl FromRequest for Ctx {
    type Error = Problem;
    type Future = Ready<Result<Ctx, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let locale = Locale::of(request);
        let known = request.extensions().get::<Known>().cloned();
        let store = request.app_data::<actix_web::web::Data<Store>>();
        ready(match (known, store) {
            (Some(known), Some(store)) => Ok(Ctx {
                store: store.get_ref().clone(),
                who: known.who,
                locale,
                idempotency_key: known.idempotency_key,
                peer: known.peer,
                request: request.clone(),
            }),
            _ => Err(Problem::new(Refusal::new(Code::Internal), locale, "")),
        })
    }
}

/// The address under which the service is reached, for links that leave it.
#[derive(Debug, Clone, Default)]
pub struct PublicUrl(pub String);

/// The address under which the service is reached, without a slash at the end.
#[must_use]
pub fn public_url(ctx: &Ctx) -> String {
    let url = ctx.request.app_data::<PublicUrl>();
    let url = url.map(|url| url.0.trim_end_matches('/').to_owned());
    url.unwrap_or_default()
}

/// The object a path names: `{id}` as id or number.
#[derive(Debug, Clone)]
pub struct PathKey(pub Key);

impl FromRequest for PathKey {
    type Error = Problem;
    type Future = Ready<Result<PathKey, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let segment = request.match_info().get("id").unwrap_or_default();
        ready(Ok(PathKey(Key::parse(segment))))
    }
}
