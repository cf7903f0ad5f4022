//! What the stages that own attachments need to take files in and give them out over HTTP. The addresses are theirs.

use crate::model::{NewFile, UPLOAD_QUERY};
use crate::service::{self, Pending};
use crate::store::Held;
use crate::{Files, Shelf, giving, intake};
use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG,
    IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::Data;
use std::cell::Cell;
use std::fmt::Write as _;
use uuid::Uuid;
use wubang_kernel::{Code, Faults, Refusal, Who};
use wubang_store::{Error, Tx};
use wubang_web::upload::Upload;
use wubang_web::{Answer, Ctx, ListQuery, Problem};

/// The attachments of this process.
fn files(ctx: &Ctx) -> Result<Data<Files>, Problem> {
    let files = ctx.request().app_data::<Data<Files>>();
    files
        .cloned()
        .ok_or_else(|| ctx.problem(Error::internal("no place for attachments")))
}

/// The four addresses of a shelf of attachments: list, add, give out, take off. The module named has the functions
/// `list`, `place`, `find` and `remove`.
#[macro_export]
macro_rules! shelf {
    ($tag:literal, $($service:ident)::+,
        $list:ident $all:literal $list_doc:literal,
        $add:ident $add_doc:literal,
        $get:ident $one:literal $get_doc:literal,
        $remove:ident $off:literal $remove_doc:literal) => {
        wubang_web::see!($list, $tag, $all, $crate::model::AttachmentsOut, $($service)::+::list, $list_doc);

        #[doc = $add_doc]
        #[utoipa::path(tag = $tag, params(("id" = String, Path, description = "id 或编号 · id or number"), $crate::model::UploadQuery),
            request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "文件内容 · the file itself"),
            responses((status = 201, description = "新的附件 · the new attachment", body = $crate::model::AttachmentOut),
                (status = 413, description = "文件过大 · the file is too large for its type (`too_large`)", body = wubang_web::problem::ProblemOut, content_type = "application/problem+json"),
                (status = 415, description = "不接受该类型的文件 · files of this type are not taken (`file_type_not_allowed`)", body = wubang_web::problem::ProblemOut, content_type = "application/problem+json"),
                (status = 422, description = "参数或文件不符合要求 · query or file is not acceptable (`invalid`, `file_infected`)", body = wubang_web::problem::ProblemOut, content_type = "application/problem+json"),
                (status = 503, description = "存储或扫描暂不可用 · the store or the scanner is not available (`unavailable`, `scanner_unavailable`)", body = wubang_web::problem::ProblemOut, content_type = "application/problem+json")), security(("bearer" = [])))]
        #[post($all)]
        pub(crate) async fn $add(ctx: wubang_web::Ctx, key: wubang_web::PathKey, body: wubang_web::upload::Upload) -> wubang_web::Answer {
            ctx.signed_in()?;
            $crate::http::take_in(&ctx, body, async |tx| $($service)::+::place(tx, &key.0).await).await
        }

        #[doc = $get_doc]
        #[utoipa::path(tag = $tag, params(("id" = String, Path, description = "id 或编号 · id or number"), ("file" = uuid::Uuid, Path, description = "附件 id · id of the attachment")),
            responses((status = 200, description = "文件内容,`ETag` 为其 SHA-256 · the file; its `ETag` is its SHA-256", body = Vec<u8>, content_type = "application/octet-stream")), security(("bearer" = [])))]
        #[get($one)]
        pub(crate) async fn $get(ctx: wubang_web::Ctx, key: wubang_web::PathKey) -> wubang_web::Answer {
            ctx.signed_in()?;
            wubang_web::ListQuery::of(&ctx, &[])?;
            let file = $crate::http::file_id(&ctx)?;
            let held = $($service)::+::find(&ctx.read(), &key.0, file).await;
            $crate::http::give_out(&ctx, &held.map_err(|error| ctx.problem(error))?).await
        }

        #[doc = $remove_doc]
        #[utoipa::path(tag = $tag, params(("id" = String, Path, description = "id 或编号 · id or number"), ("file" = uuid::Uuid, Path, description = "附件 id · id of the attachment")),
            request_body = wubang_web::NothingIn, responses((status = 200, description = "其余附件 · the attachments that are left", body = $crate::model::AttachmentsOut)), security(("bearer" = [])))]
        #[post($off)]
        pub(crate) async fn $remove(ctx: wubang_web::Ctx, key: wubang_web::PathKey, _: wubang_web::Body<wubang_web::NothingIn>) -> wubang_web::Answer {
            ctx.signed_in()?;
            let file = $crate::http::file_id(&ctx)?;
            wubang_web::command(&ctx, async |tx| $($service)::+::remove(tx, &key.0, file).await).await
        }
    };
}

/// The `{file}` of an address.
///
/// # Errors
/// `not_found` for what is no id.
pub fn file_id(ctx: &Ctx) -> Result<Uuid, Problem> {
    let named = ctx.request().match_info().get("file").unwrap_or_default();
    Uuid::parse_str(named).map_err(|_| ctx.problem(Refusal::new(Code::NotFound)))
}

/// Takes in a file. `place` says, in each of the two transactions, whether the caller may add to the object: an
/// upload that began in time and ends too late is late.
///
/// # Errors
/// What `place` says; `invalid`, `file_quota`, and everything about the file itself.
pub async fn take_in(
    ctx: &Ctx,
    mut body: Upload,
    place: impl AsyncFn(&Tx) -> Result<Shelf, Error>,
) -> Answer {
    let files = files(ctx)?;
    let begun = begin(ctx, &files, &place).await;
    let pending = match begun {
        Ok(pending) => pending,
        Err(error) => {
            body.drain().await;
            return Err(ctx.problem(error));
        }
    };
    let secret = match intake::take(&files, &pending, &mut body).await {
        Ok(secret) => secret,
        Err(error) => {
            body.drain().await;
            let infected = error
                .refusal()
                .is_some_and(|refusal| refusal.code == Code::FileInfected);
            give_up(ctx, &files, &pending, infected).await;
            return Err(ctx.problem(error));
        }
    };
    ctx.body_was(&secret.sha256);
    let kept = Cell::new(false);
    // a new file stands below the address to which it was sent
    let collection = ctx.request().path().trim_start_matches("/api/v1/");
    let answer = wubang_web::created(ctx, collection, async |tx| {
        let shelf = place(tx).await?;
        let out = service::keep(tx, files.limits, &shelf, &pending, &secret).await?;
        kept.set(true);
        Ok(out)
    })
    .await;
    // refused, or answered from the store because the same command was sent before
    if answer.is_err() || !kept.get() {
        give_up(ctx, &files, &pending, false).await;
    }
    answer
}

async fn begin(
    ctx: &Ctx,
    files: &Files,
    place: &impl AsyncFn(&Tx) -> Result<Shelf, Error>,
) -> Result<Pending, Error> {
    let tx = ctx
        .store
        .write(&Who {
            if_match: None,
            ..ctx.who.clone()
        })
        .await?;
    // first who asks: a stranger is not told what is wrong with his query
    let shelf = place(&tx).await?;
    let query = ListQuery::parse(ctx.request().query_string(), UPLOAD_QUERY)?;
    let mut faults = Faults::new();
    let new = NewFile::read(&query, &mut faults);
    faults.finish()?;
    let pending = service::begin(&tx, files.limits, &shelf, new).await?;
    tx.commit().await?;
    Ok(pending)
}

/// What is left of an upload goes. What cannot go now is collected later.
async fn give_up(ctx: &Ctx, files: &Files, pending: &Pending, infected: bool) {
    let gone = async {
        let tx = ctx.store.write(&Who::system(&ctx.who.request_id)).await?;
        service::give_up(&tx, pending.id, infected).await?;
        tx.commit().await?;
        files.blobs.remove(pending.blob).await
    };
    if let Err(error) = gone.await {
        tracing::warn!(file = %pending.id, %error, "an upload that failed could not be cleared away");
    }
}

/// Gives out a file as it is opened, always to be saved and never to be shown in place.
///
/// # Errors
/// Internal when its envelope is gone or broken; `unavailable`.
pub async fn give_out(ctx: &Ctx, held: &Held) -> Answer {
    let etag = format!("\"{}\"", held.secret.sha256);
    let known = ctx
        .request()
        .headers()
        .get(IF_NONE_MATCH)
        .and_then(|header| header.to_str().ok());
    if known == Some(etag.as_str()) {
        return Ok(HttpResponse::NotModified()
            .insert_header((ETAG, etag))
            .finish());
    }
    let files = files(ctx)?;
    let content = giving::content(&files, held)
        .await
        .map_err(|error| ctx.problem(error))?;
    Ok(HttpResponse::Ok()
        .content_type(held.secret.media_type.as_str())
        .insert_header((ETAG, etag))
        .insert_header((CONTENT_DISPOSITION, disposition(&held.secret.name)))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((ACCEPT_RANGES, "none"))
        .body(SizedStream::new(held.secret.size, content)))
}

/// `Content-Disposition` by RFC 6266: the name in UTF-8 (RFC 8187), and one in ASCII for who cannot read that.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._- ".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // writing to a string cannot fail
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{ContentDisposition, DispositionParam, HeaderValue};

    #[test]
    fn every_name_comes_out_as_it_went_in() {
        for name in [
            "服务方案 (终稿).pdf",
            "a\"b;c%d.txt",
            "plain.csv",
            "it's 100%*.png",
        ] {
            let header = HeaderValue::from_str(&disposition(name)).unwrap();
            let read = ContentDisposition::from_raw(&header).unwrap();
            assert!(read.is_attachment());
            let extended = read
                .parameters
                .iter()
                .find_map(DispositionParam::as_filename_ext);
            assert_eq!(extended.unwrap().value, name.as_bytes());
            assert!(
                read.get_filename()
                    .is_some_and(|plain| plain.is_ascii() && !plain.contains('"'))
            );
        }
    }
}
