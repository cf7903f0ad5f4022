//! Reading and writing a survey; decides nothing.

use super::entity::{code, tally, text, voice};
use super::model::SurveyStep;
use super::rules::Tallies;
use super::secret;
use crate::entity::evaluation;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use std::collections::HashSet;
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_kernel::cursor::Page;
use wubang_store::{Error, Read, Tx};

/// Holds an evaluation until the end of the command, so that no answer comes in between the counting and the closing.
pub(super) async fn hold(tx: &Tx, id: Uuid) -> Result<evaluation::Model, Error> {
    let version = Expr::col(evaluation::Column::Version).add(0);
    let rows = evaluation::Entity::update_many()
        .col_expr(evaluation::Column::Version, version)
        .filter(evaluation::Column::Id.eq(id))
        .exec_with_returning(&tx.db())
        .await?;
    Ok(rows.into_iter().next().ok_or(Code::NotFound)?)
}

/// Keeps the marks of new codes.
pub(super) async fn insert_codes(
    tx: &Tx,
    evaluation: Uuid,
    community: &str,
    marks: Vec<String>,
) -> Result<(), Error> {
    let rows = marks.into_iter().map(|mark| code::ActiveModel {
        evaluation_id: Set(evaluation),
        mark: Set(mark),
        community: Set(community.to_owned()),
    });
    code::Entity::insert_many(rows)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// The community of a code that nobody has used.
pub(super) async fn community_of(
    read: &impl Read,
    evaluation: Uuid,
    mark: &str,
) -> Result<Option<String>, Error> {
    let row = code::Entity::find_by_id((evaluation, mark.to_owned()))
        .one(&read.db())
        .await?;
    Ok(row.map(|row| row.community))
}

/// Uses a code up: it is gone, so that nothing says which codes were used; `false` when somebody else was first.
pub(super) async fn use_up(tx: &Tx, evaluation: Uuid, mark: &str) -> Result<bool, Error> {
    let gone = code::Entity::delete_by_id((evaluation, mark.to_owned()))
        .exec(&tx.db())
        .await?;
    Ok(gone.rows_affected == 1)
}

/// Marks a person as heard; `false` when he was before.
pub(super) async fn mark(tx: &Tx, evaluation: Uuid, mark: String) -> Result<bool, Error> {
    let row = voice::ActiveModel {
        evaluation_id: Set(evaluation),
        mark: Set(mark),
    };
    let written = voice::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([voice::Column::EvaluationId, voice::Column::Mark])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&tx.db())
        .await?;
    Ok(written == 1)
}

/// Counts an answer.
pub(super) async fn count(
    tx: &Tx,
    evaluation: Uuid,
    community: &str,
    step: SurveyStep,
) -> Result<(), Error> {
    let row = tally::ActiveModel {
        evaluation_id: Set(evaluation),
        community: Set(community.to_owned()),
        step: Set(step.as_str().to_owned()),
        n: Set(1),
    };
    let more = Expr::col((tally::Entity, tally::Column::N))
        .add(Expr::col((Alias::new("excluded"), tally::Column::N)));
    tally::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([
                tally::Column::EvaluationId,
                tally::Column::Community,
                tally::Column::Step,
            ])
            .value(tally::Column::N, more)
            .to_owned(),
        )
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// Keeps a text, alone.
pub(super) async fn insert_text(
    tx: &Tx,
    (evaluation, round): (Uuid, i32),
    words: String,
) -> Result<(), Error> {
    let row = text::ActiveModel {
        id: Set(secret::blind_id()),
        evaluation_id: Set(evaluation),
        round: Set(round),
        text: Set(words),
    };
    text::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// The counts by community; a community without an answer has none.
pub(crate) async fn tallies(read: &impl Read, evaluation: Uuid) -> Result<Tallies, Error> {
    let rows = tally::Entity::find()
        .filter(tally::Column::EvaluationId.eq(evaluation))
        .all(&read.db())
        .await?;
    let mut all = Tallies::new();
    for row in rows {
        all.entry(row.community).or_default().add(&row.step, row.n);
    }
    Ok(all)
}

/// Forgets who has answered, what codes there were, and what each community said. Texts are written down anew in the
/// order of their ids, which tells nothing, or forgotten too where answers do not count.
pub(crate) async fn forget(
    tx: &Tx,
    (evaluation, round): (Uuid, i32),
    texts: bool,
) -> Result<(), Error> {
    let db = tx.db();
    voice::Entity::delete_many()
        .filter(voice::Column::EvaluationId.eq(evaluation))
        .exec(&db)
        .await?;
    code::Entity::delete_many()
        .filter(code::Column::EvaluationId.eq(evaluation))
        .exec(&db)
        .await?;
    tally::Entity::delete_many()
        .filter(tally::Column::EvaluationId.eq(evaluation))
        .exec(&db)
        .await?;
    let of_round = || {
        text::Entity::find()
            .filter(text::Column::EvaluationId.eq(evaluation))
            .filter(text::Column::Round.eq(round))
    };
    let kept = of_round().order_by_asc(text::Column::Id).all(&db).await?;
    text::Entity::delete_many()
        .filter(text::Column::EvaluationId.eq(evaluation))
        .filter(text::Column::Round.eq(round))
        .exec(&db)
        .await?;
    if texts {
        // below the number of parameters that a statement may have
        for some in kept.chunks(1000) {
            let rows = some.iter().cloned().map(text::ActiveModel::from);
            text::Entity::insert_many(rows)
                .exec_without_returning(&db)
                .await?;
        }
    }
    Ok(())
}

/// The evaluations among some that still hold marks, codes or counts by community, for checks.
pub(crate) async fn marked(
    read: &impl Read,
    evaluations: Vec<Uuid>,
) -> Result<HashSet<Uuid>, Error> {
    let db = read.db();
    let mut found = HashSet::new();
    let (voices, codes, counts) = (
        voice::Entity::find().filter(voice::Column::EvaluationId.is_in(evaluations.clone())),
        code::Entity::find().filter(code::Column::EvaluationId.is_in(evaluations.clone())),
        tally::Entity::find().filter(tally::Column::EvaluationId.is_in(evaluations)),
    );
    found.extend(
        voices
            .all(&db)
            .await?
            .into_iter()
            .map(|row| row.evaluation_id),
    );
    found.extend(
        codes
            .all(&db)
            .await?
            .into_iter()
            .map(|row| row.evaluation_id),
    );
    found.extend(
        counts
            .all(&db)
            .await?
            .into_iter()
            .map(|row| row.evaluation_id),
    );
    Ok(found)
}

/// How many have answered an open survey: persons who are marked, and codes that are used up.
pub(crate) async fn heard(
    read: &impl Read,
    evaluation: Uuid,
    codes_issued: i64,
) -> Result<i64, Error> {
    let persons = voice::Entity::find().filter(voice::Column::EvaluationId.eq(evaluation));
    let codes = code::Entity::find().filter(code::Column::EvaluationId.eq(evaluation));
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let persons = count(persons.count(&read.db()).await?);
    let left = count(codes.count(&read.db()).await?);
    Ok(persons.saturating_add(codes_issued).saturating_sub(left))
}

/// One page of the texts of a round, in the order of ids that tell nothing; one more than asked for.
pub(super) async fn texts(
    read: &impl Read,
    (evaluation, round): (Uuid, i32),
    page: Page,
) -> Result<Vec<text::Model>, Error> {
    let mut select = text::Entity::find()
        .filter(text::Column::EvaluationId.eq(evaluation))
        .filter(text::Column::Round.eq(round))
        .order_by_desc(text::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        select = select.filter(text::Column::Id.lt(after));
    }
    Ok(select.all(&read.db()).await?)
}
