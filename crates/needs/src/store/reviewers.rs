//! What reviewers and residents' assemblies bring: analyses, opinions, votes, recusals; decides nothing.

use super::Case;
use crate::entity::{analysis, need, opinion, recusal, vote};
use crate::model::{AnalysisContent, NeedVoteIn, OpinionContent, RecusalOutcome, wire};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;
use wubang_store::{Error, Read, Tx};

/// Keeps an analysis of the present cycle; a person's second one is `duplicate`.
pub(crate) async fn insert_analysis(
    tx: &Tx,
    need: &need::Model,
    organisation_id: Uuid,
    content: AnalysisContent,
) -> Result<analysis::Model, Error> {
    let row = analysis::ActiveModel {
        id: Set(tx.new_id()),
        need_id: Set(need.id),
        cycle: Set(need.cycle),
        organisation_id: Set(organisation_id),
        person_id: Set(tx.person()?),
        content: Set(content),
        created_at: Set(tx.now()),
        voided_at: Set(None),
    };
    Ok(analysis::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

/// Keeps an opinion of the present cycle; a person's second one is `duplicate`.
pub(crate) async fn insert_opinion(
    tx: &Tx,
    need: &need::Model,
    speciality: String,
    content: OpinionContent,
    total: i64,
) -> Result<opinion::Model, Error> {
    let row = opinion::ActiveModel {
        id: Set(tx.new_id()),
        need_id: Set(need.id),
        cycle: Set(need.cycle),
        person_id: Set(tx.person()?),
        speciality: Set(speciality),
        content: Set(content),
        total: Set(total),
        created_at: Set(tx.now()),
        voided_at: Set(None),
    };
    Ok(opinion::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

/// Voids what a person said in the review, in rows and in the loaded case.
pub(crate) async fn void(tx: &Tx, case: &mut Case, person: Uuid) -> Result<(), Error> {
    let now = Some(tx.now());
    opinion::Entity::update_many()
        .col_expr(opinion::Column::VoidedAt, Expr::value(now))
        .filter(opinion::Column::NeedId.eq(case.need.id))
        .filter(opinion::Column::PersonId.eq(person))
        .filter(opinion::Column::VoidedAt.is_null())
        .exec(&tx.db())
        .await?;
    analysis::Entity::update_many()
        .col_expr(analysis::Column::VoidedAt, Expr::value(now))
        .filter(analysis::Column::NeedId.eq(case.need.id))
        .filter(analysis::Column::PersonId.eq(person))
        .filter(analysis::Column::VoidedAt.is_null())
        .exec(&tx.db())
        .await?;
    for row in case
        .opinions
        .iter_mut()
        .filter(|row| row.person_id == person)
    {
        row.voided_at = row.voided_at.or(now);
    }
    for row in case
        .analyses
        .iter_mut()
        .filter(|row| row.person_id == person)
    {
        row.voided_at = row.voided_at.or(now);
    }
    Ok(())
}

/// Demands for recusal in the review of a need, the first first.
pub(crate) async fn recusals(read: &impl Read, need: Uuid) -> Result<Vec<recusal::Model>, Error> {
    Ok(recusal::Entity::find()
        .filter(recusal::Column::NeedId.eq(need))
        .order_by_asc(recusal::Column::Id)
        .all(&read.db())
        .await?)
}

/// Whether a person stood aside from the review of a need or was excluded.
pub(crate) async fn is_excluded(read: &impl Read, need: Uuid, person: Uuid) -> Result<bool, Error> {
    let excluded = recusal::Entity::find()
        .filter(recusal::Column::NeedId.eq(need))
        .filter(recusal::Column::PersonId.eq(person))
        .filter(recusal::Column::Outcome.eq(wire(RecusalOutcome::Excluded)));
    Ok(excluded.count(&read.db()).await? > 0)
}

/// Keeps a demand; one that is decided at once is a person's declaration about himself.
pub(crate) async fn insert_recusal(
    tx: &Tx,
    need: Uuid,
    person: Uuid,
    reason: String,
    outcome: RecusalOutcome,
) -> Result<(), Error> {
    let decided = outcome != RecusalOutcome::Demanded;
    let row = recusal::ActiveModel {
        id: Set(tx.new_id()),
        need_id: Set(need),
        person_id: Set(person),
        demanded_by: Set(tx.person()?),
        reason: Set(reason),
        outcome: Set(wire(outcome)),
        answer: Set(None),
        decided_by: Set(decided.then(|| tx.person()).transpose()?),
        decided_at: Set(decided.then(|| tx.now())),
        created_at: Set(tx.now()),
    };
    recusal::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// Settles a demand.
pub(crate) async fn settle_recusal(
    tx: &Tx,
    id: Uuid,
    outcome: RecusalOutcome,
    answer: String,
) -> Result<(), Error> {
    recusal::Entity::update_many()
        .col_expr(recusal::Column::Outcome, Expr::value(wire(outcome)))
        .col_expr(recusal::Column::Answer, Expr::value(answer))
        .col_expr(recusal::Column::DecidedBy, Expr::value(tx.person()?))
        .col_expr(recusal::Column::DecidedAt, Expr::value(tx.now()))
        .filter(recusal::Column::Id.eq(id))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Votes on a need, the first first.
pub(crate) async fn votes(read: &impl Read, need: Uuid) -> Result<Vec<vote::Model>, Error> {
    Ok(vote::Entity::find()
        .filter(vote::Column::NeedId.eq(need))
        .order_by_asc(vote::Column::Id)
        .all(&read.db())
        .await?)
}

/// Keeps a vote; the second of one kind and day is `duplicate`.
pub(crate) async fn insert_vote(tx: &Tx, need: Uuid, vote: &NeedVoteIn) -> Result<(), Error> {
    let row = vote::ActiveModel {
        id: Set(tx.new_id()),
        need_id: Set(need),
        person_id: Set(tx.person()?),
        kind: Set(wire(vote.kind)),
        held_on: Set(vote.held_on),
        entitled: Set(vote.entitled),
        present: Set(vote.present),
        in_favour: Set(vote.in_favour),
        against: Set(vote.against),
        abstained: Set(vote.abstained),
        summary: Set(vote.summary.clone()),
        created_at: Set(tx.now()),
    };
    vote::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}
