//! Full text: each character of Chinese is a word and each run of letters or digits is one, so that a term
//! finds every text it stands in, names included, without a dictionary. One table, with FTS5 beside it on
//! SQLite and a `tsvector` inside it on PostgreSQL.

use crate::error::Error;
use crate::tx::{Read, Tx};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;
use wubang_kernel::{Faults, text};

/// Most terms of one question.
const TERMS: usize = 8;
/// Longest question, in characters.
const LONGEST: usize = 100;

/// The words of a text, parted by blanks.
fn words(raw: &str) -> String {
    let mut words = String::new();
    let mut run = false;
    for character in text::fold(raw).chars() {
        let part_of_run = character.is_ascii_alphanumeric();
        if !character.is_alphanumeric() {
            run = false;
            continue;
        }
        if !(words.is_empty() || part_of_run && run) {
            words.push(' ');
        }
        words.push(character);
        run = part_of_run;
    }
    words
}

fn statement(backend: DbBackend, sql: &str, values: Vec<sea_orm::Value>) -> Statement {
    Statement::from_sql_and_values(backend, sql, values)
}

/// Keeps what an object can be found by; what was kept before is replaced.
///
/// # Errors
/// When the database fails.
pub async fn index(tx: &Tx, kind: &str, id: Uuid, texts: &[&str]) -> Result<(), Error> {
    let (db, words) = (tx.db(), words(&texts.join("\n")));
    let backend = db.get_database_backend();
    if backend == DbBackend::Postgres {
        let sql = "INSERT INTO search_documents (kind, object_id, words) VALUES ($1, $2, to_tsvector('simple', $3)) \
                   ON CONFLICT (kind, object_id) DO UPDATE SET words = excluded.words";
        db.execute_raw(statement(
            backend,
            sql,
            vec![kind.into(), id.into(), words.into()],
        ))
        .await?;
        return Ok(());
    }
    let sql = "INSERT INTO search_documents (kind, object_id) VALUES (?, ?) \
               ON CONFLICT (kind, object_id) DO UPDATE SET kind = excluded.kind RETURNING seq";
    let row = db
        .query_one_raw(statement(backend, sql, vec![kind.into(), id.into()]))
        .await?
        .ok_or_else(|| Error::internal("an index row that was not written"))?;
    let seq: i64 = row.try_get("", "seq")?;
    let sql = "DELETE FROM search_words WHERE rowid = ?";
    db.execute_raw(statement(backend, sql, vec![seq.into()]))
        .await?;
    let sql = "INSERT INTO search_words (rowid, words) VALUES (?, ?)";
    db.execute_raw(statement(backend, sql, vec![seq.into(), words.into()]))
        .await?;
    Ok(())
}

/// What somebody asks for: every term must be found. One without a word in it finds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question(Vec<String>);

impl Question {
    /// Reads the parameter `q`, 1–100 characters.
    pub fn read(raw: &str, faults: &mut Faults) -> Self {
        let text = faults.line("?q", raw, 1..=LONGEST);
        let terms = text.split_whitespace().take(TERMS).map(words);
        Question(terms.filter(|term| !term.is_empty()).collect())
    }

    /// The condition that the object of this kind, named by `column`, holds every term.
    pub fn matching<C: ColumnTrait>(&self, read: &impl Read, column: C, kind: &str) -> SimpleExpr {
        let mut found = Query::select();
        found
            .column(Alias::new("object_id"))
            .from(Alias::new("search_documents"))
            .and_where(Expr::col(Alias::new("kind")).eq(kind));
        if self.0.is_empty() {
            found.and_where(Expr::val(1).eq(0));
        } else if read.db().get_database_backend() == DbBackend::Postgres {
            for term in &self.0 {
                let holds = "words @@ phraseto_tsquery('simple', $1)";
                found.and_where(Expr::cust_with_values(holds, [term.as_str()]));
            }
        } else {
            // a phrase in quotes holds no operator; several beside each other must all be there
            let phrases: Vec<String> = self.0.iter().map(|term| format!("\"{term}\"")).collect();
            let holds = "seq IN (SELECT rowid FROM search_words WHERE search_words MATCH ?)";
            found.and_where(Expr::cust_with_values(holds, [phrases.join(" ")]));
        }
        column.in_subquery(found)
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn each_character_is_a_word_and_each_run_one() {
        assert_eq!(
            words("加装电梯,LB-370213-2026-0001!"),
            "加 装 电 梯 lb 370213 2026 0001"
        );
        assert_eq!(words(" A01 为老服务 "), "a01 为 老 服 务");
        assert_eq!(words("“”—"), "");
    }
}
