//! The four shapes of a handler. Each is one line in a stage's `http.rs`: its words, its address,
//! its types, its service function. The file imports `actix_web::{get, patch, post}` for them: the
//! documentation macro knows the attributes by their bare names only.

/// `POST /things/{id}/verb` with a body: one event of a life cycle, or another command on an object.
#[macro_export]
macro_rules! act {
    ($name:ident, $tag:literal, $path:literal, $input:ty => $output:ty, $service:path, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(tag = $tag, params(("id" = String, Path, description = "id 或编号 · id or number")), request_body = $input,
            responses((status = 200, description = "办理后的对象 · the object after the action", body = $output)), security(("bearer" = [])))]
        #[post($path)]
        pub(crate) async fn $name(ctx: $crate::Ctx, key: $crate::PathKey, body: $crate::Body<$input>) -> $crate::Answer {
            ctx.signed_in()?;
            $crate::command(&ctx, async |tx| $service(tx, &key.0, body.0).await).await
        }
    };
}

/// `POST /things`: makes a new object.
#[macro_export]
macro_rules! make {
    ($name:ident, $tag:literal, $path:literal, $collection:literal, $input:ty => $output:ty, $service:path, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(tag = $tag, request_body = $input,
            responses((status = 201, description = "新建的对象 · the new object", body = $output)), security(("bearer" = [])))]
        #[post($path)]
        pub(crate) async fn $name(ctx: $crate::Ctx, body: $crate::Body<$input>) -> $crate::Answer {
            ctx.signed_in()?;
            $crate::created(&ctx, $collection, async |tx| $service(tx, body.0).await).await
        }
    };
}

/// `PATCH /things/{id}`: edits a draft by merge patch; needs `If-Match`.
#[macro_export]
macro_rules! amend {
    ($name:ident, $tag:literal, $path:literal, $input:ty => $output:ty, $service:path, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(tag = $tag, params(("id" = String, Path, description = "id 或编号 · id or number")), request_body = $input,
            responses((status = 200, description = "修改后的对象 · the object after the change", body = $output)), security(("bearer" = [])))]
        #[patch($path)]
        pub(crate) async fn $name(ctx: $crate::Ctx, key: $crate::PathKey, body: $crate::Body<$input>) -> $crate::Answer {
            ctx.signed_in()?;
            ctx.require_match()?;
            $crate::command(&ctx, async |tx| $service(tx, &key.0, body.0).await).await
        }
    };
}

/// `GET /things/{id}` for somebody signed in.
#[macro_export]
macro_rules! see {
    ($name:ident, $tag:literal, $path:literal, $output:ty, $service:path, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(tag = $tag, params(("id" = String, Path, description = "id 或编号 · id or number")),
            responses((status = 200, description = "对象 · the object", body = $output)), security(("bearer" = [])))]
        #[get($path)]
        pub(crate) async fn $name(ctx: $crate::Ctx, key: $crate::PathKey) -> $crate::Answer {
            ctx.signed_in()?;
            $crate::query::ListQuery::of(&ctx, &[])?;
            let value = $service(&ctx.read(), &key.0).await.map_err(|error| ctx.problem(error))?;
            $crate::show(&ctx, &value)
        }
    };
}

/// `GET /things` with filters, for somebody signed in.
#[macro_export]
macro_rules! list {
    ($name:ident, $tag:literal, $path:literal, [$($filter:literal),*], sort [$first:literal $(, $key:literal)*], $output:ty, $service:path, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(tag = $tag, params($crate::query::Paging, $(($filter = Option<String>, Query, description = "筛选,可重复 · filter, repeatable"),)*
                ("sort" = Option<String>, Query, description = concat!("排序,前面加 `-` 为降序,默认 `-created_at`;没有该项数据的排在最后:`", $first, "`" $(, "、`", $key, "`")*, " · order, `-` before it for the highest first; rows without a value come last"))),
            responses((status = 200, description = "一页 · one page", body = $output)), security(("bearer" = [])))]
        #[get($path)]
        pub(crate) async fn $name(ctx: $crate::Ctx) -> $crate::Answer {
            ctx.signed_in()?;
            let query = $crate::query::ListQuery::of_sorted(&ctx, &[$($filter),*], &[$first $(, $key)*])?;
            let value = $service(&ctx.read(), &query).await.map_err(|error| ctx.problem(error))?;
            $crate::answer::page(&ctx, &value)
        }
    };
    ($name:ident, $tag:literal, $path:literal, [$($filter:literal),*], $output:ty, $service:path, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(tag = $tag, params($crate::query::Paging, $(($filter = Option<String>, Query, description = "筛选,可重复 · filter, repeatable")),*),
            responses((status = 200, description = "一页 · one page", body = $output)), security(("bearer" = [])))]
        #[get($path)]
        pub(crate) async fn $name(ctx: $crate::Ctx) -> $crate::Answer {
            ctx.signed_in()?;
            let query = $crate::query::ListQuery::of(&ctx, &[$($filter),*])?;
            let value = $service(&ctx.read(), &query).await.map_err(|error| ctx.problem(error))?;
            $crate::answer::page(&ctx, &value)
        }
    };
}

/// `GET` for everybody, signed in or not (`/api/v1/public/…`).
#[macro_export]
macro_rules! see_public {
    ($name:ident, $tag:literal, $path:literal, $output:ty, $service:path, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(tag = $tag, params(("id" = String, Path, description = "id 或编号 · id or number")),
            responses((status = 200, description = "对象 · the object", body = $output)), security(()))]
        #[get($path)]
        pub(crate) async fn $name(ctx: $crate::Ctx, key: $crate::PathKey) -> $crate::Answer {
            $crate::query::ListQuery::of(&ctx, &[])?;
            let value = $service(&ctx.read(), &key.0).await.map_err(|error| ctx.problem(error))?;
            $crate::show(&ctx, &value)
        }
    };
}

/// A public list.
#[macro_export]
macro_rules! list_public {
    ($name:ident, $tag:literal, $path:literal, [$($filter:literal),*], sort [$first:literal $(, $key:literal)*], $output:ty, $service:path, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(tag = $tag, params($crate::query::Paging, $(($filter = Option<String>, Query, description = "筛选,可重复 · filter, repeatable"),)*
                ("sort" = Option<String>, Query, description = concat!("排序,前面加 `-` 为降序,默认 `-created_at`;没有该项数据的排在最后:`", $first, "`" $(, "、`", $key, "`")*, " · order, `-` before it for the highest first; rows without a value come last"))),
            responses((status = 200, description = "一页 · one page", body = $output)), security(()))]
        #[get($path)]
        pub(crate) async fn $name(ctx: $crate::Ctx) -> $crate::Answer {
            let query = $crate::query::ListQuery::of_sorted(&ctx, &[$($filter),*], &[$first $(, $key)*])?;
            let value = $service(&ctx.read(), &query).await.map_err(|error| ctx.problem(error))?;
            $crate::answer::page(&ctx, &value)
        }
    };
    ($name:ident, $tag:literal, $path:literal, [$($filter:literal),*], $output:ty, $service:path, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(tag = $tag, params($crate::query::Paging, $(($filter = Option<String>, Query, description = "筛选,可重复 · filter, repeatable")),*),
            responses((status = 200, description = "一页 · one page", body = $output)), security(()))]
        #[get($path)]
        pub(crate) async fn $name(ctx: $crate::Ctx) -> $crate::Answer {
            let query = $crate::query::ListQuery::of(&ctx, &[$($filter),*])?;
            let value = $service(&ctx.read(), &query).await.map_err(|error| ctx.problem(error))?;
            $crate::answer::page(&ctx, &value)
        }
    };
}
