//! Where the two databases differ, beside how they are opened.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, RuntimeErr, SqlErr};
use wubang_kernel::Code;

/// The refusal a database error stands for, if it is the caller's affair.
pub(crate) fn refusal_of(error: &DbErr) -> Option<Code> {
    if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
        return Some(Code::Duplicate);
    }
    if matches!(error, DbErr::ConnectionAcquire(_)) {
        return Some(Code::Unavailable);
    }
    let code = sql_code(error)?;
    match code.as_str() {
        // PostgreSQL: serialisation failure, deadlock, lock timeout
        "40001" | "40P01" | "55P03" => Some(Code::Conflict),
        // SQLite: busy, locked, busy snapshot
        "5" | "6" | "517" => Some(Code::Unavailable),
        _ => None,
    }
}

fn sql_code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner))
    | DbErr::Query(RuntimeErr::SqlxError(inner))
    | DbErr::Conn(RuntimeErr::SqlxError(inner))) = error
    else {
        return None;
    };
    inner
        .as_database_error()
        .and_then(|database| database.code())
        .map(|code| code.into_owned())
}

/// Holds other writers of the same kind back until the transaction ends. SQLite has one writer anyway.
pub(crate) async fn advisory_lock(conn: &DatabaseTransaction, key: i64) -> Result<(), DbErr> {
    if conn.get_database_backend() == DbBackend::Postgres {
        conn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({key})"))
            .await?;
    }
    Ok(())
}

/// `FOR UPDATE SKIP LOCKED` where several workers may claim; nothing on SQLite.
pub(crate) fn claim<E: sea_orm::EntityTrait>(
    select: sea_orm::Select<E>,
    backend: DbBackend,
) -> sea_orm::Select<E> {
    use sea_orm::QuerySelect as _;
    use sea_orm::sea_query::{LockBehavior, LockType};
    match backend {
        DbBackend::Postgres => {
            select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        }
        _ => select,
    }
}
