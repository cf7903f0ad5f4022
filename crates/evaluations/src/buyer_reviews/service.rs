//! What can be done with a review of the buyer: load, decide, spend, tell.

use super::entity::review;
use super::flow::{self, BuyerReviewEvent};
use super::model::{
    BuyerReplyIn, BuyerReviewIn, BuyerReviewList, BuyerReviewOut, PublicBuyerReviewOut,
    PublicBuyerReviewsOut,
};
use super::rules::{BuyerReviewFacts, check_points, satisfaction};
use super::store::{self, OWN};
use crate::entity::evaluation;
use crate::model::Phase;
use crate::service::{SYSTEM, id_filter};
use sea_orm::ActiveValue::Set;
use serde_json::json;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::machine::{self, plan};
use wubang_kernel::{Code, Faults, Role, RoleSet, Timer, personal};
use wubang_registry::{engagements, organisations};
use wubang_store::{Error, Key, Read, Tx, View, birth, commit, state_of, timers};
use wubang_web::{Instant, ListQuery, actions};

/// Whether the last word about the work is spoken.
fn is_confirmed(row: &evaluation::Model) -> bool {
    row.state == "confirmed"
}

fn show(row: review::Model, roles: RoleSet) -> Result<BuyerReviewOut, Error> {
    let state = state_of::<flow::BuyerReview>(&row.state)?;
    let facts = BuyerReviewFacts { confirmed: true };
    let allowed = actions::of::<flow::BuyerReview>(row.id, state, roles, &facts).allowed;
    Ok(BuyerReviewOut {
        id: row.id,
        evaluation_id: row.evaluation_id,
        evaluation_number: row.evaluation_number,
        organisation_id: row.organisation_id,
        organisation_name: row.organisation_name,
        state,
        version: row.version,
        satisfaction: satisfaction(&row.points),
        points: row.points,
        comment: row.comment,
        reply: row.reply,
        allowed_actions: allowed,
        created_at: Instant(row.created_at),
        updated_at: Instant(row.updated_at),
    })
}

/// A review for somebody who may see it.
///
/// # Errors
/// `not_found` for everybody else, and for officials before the result is confirmed.
pub(crate) async fn get(view: &View, key: &Key) -> Result<BuyerReviewOut, Error> {
    let (row, roles) = store::load(view, key).await?;
    show(row, roles)
}

/// What the viewer may do with a review, and why not the rest.
///
/// # Errors
/// `not_found`.
pub(crate) async fn get_actions(view: &View, key: &Key) -> Result<actions::ActionsOut, Error> {
    let (row, roles) = store::load(view, key).await?;
    let facts = BuyerReviewFacts { confirmed: true };
    let state = state_of::<flow::BuyerReview>(&row.state)?;
    Ok(actions::of::<flow::BuyerReview>(
        row.id, state, roles, &facts,
    ))
}

/// The reviews that the viewer may see.
///
/// # Errors
/// `invalid` for a filter that cannot be read.
pub(crate) async fn list(view: &View, query: &ListQuery) -> Result<BuyerReviewList, Error> {
    let mut faults = Faults::new();
    let of = id_filter(query, "evaluation_id", &mut faults);
    faults.finish()?;
    let rows = store::list(view, query, of).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let mut items = Vec::new();
    for row in rows {
        let roles = store::roles(view, &row)?;
        items.push(show(row, roles)?);
    }
    Ok(BuyerReviewList { items, next })
}

/// The reviews of an evaluation for everybody, once its result is confirmed.
///
/// # Errors
/// `not_found` for an evaluation whose result is not public.
pub(crate) async fn get_public(view: &View, key: &Key) -> Result<PublicBuyerReviewsOut, Error> {
    let of = crate::store::find(view, key).await?;
    if !crate::store::PUBLIC.contains(&of.state.as_str()) {
        return Err(Code::NotFound.into());
    }
    let rows = store::of(view, &of).await?.into_iter();
    let public = rows.filter(|row| row.state != "sealed");
    let items = public.map(|row| PublicBuyerReviewOut {
        satisfaction: satisfaction(&row.points),
        evaluation_number: row.evaluation_number,
        organisation_name: row.organisation_name,
        points: row.points,
        comment: row.comment,
        reply: row.reply,
    });
    Ok(PublicBuyerReviewsOut {
        items: items.collect(),
    })
}

/// The organisation for which somebody speaks: the contractor or one of its partners, and in which role.
async fn speaks_for(tx: &Tx, of: &evaluation::Model) -> Result<(Uuid, RoleSet), Error> {
    let parties = engagements::parties(tx, of.contract_id).await?;
    let inside = |id: &Uuid| tx.actor().roles(&Reach::of(*id)).any(OWN);
    let own = std::iter::once(of.organisation_id)
        .chain(parties)
        .find(inside);
    let own = own.ok_or(Code::NotFound)?;
    let roles = match own == of.organisation_id {
        true => tx.actor().roles(&Reach::of(own)),
        false => RoleSet::of(&[Role::Partner]),
    };
    Ok((own, roles))
}

/// An organisation of the agreement scores the buyer, once. It is sealed until the result is confirmed.
///
/// # Errors
/// `not_found` for everybody else; `invalid` with every wrong field; `invalid_transition` for another phase than the last;
/// `duplicate` the second time; `deadline_passed` after the term that the confirmation starts.
pub(crate) async fn submit(tx: &Tx, input: BuyerReviewIn) -> Result<BuyerReviewOut, Error> {
    let of = crate::store::find(tx, &Key::Id(input.evaluation_id)).await?;
    let (organisation, roles) = speaks_for(tx, &of).await?;
    let made = machine::create::<flow::BuyerReview>(roles)?;
    let mut faults = Faults::new();
    check_points(&input.points, &mut faults);
    let comment = input.comment.as_deref();
    let comment = comment.map(|text| faults.prose("/comment", text, 2..=2000));
    faults.finish()?;
    if of.phase != Phase::Final.as_str() {
        return Err(Code::InvalidTransition.into());
    }
    let given = store::of(tx, &of).await?;
    if given.iter().any(|row| row.organisation_id == organisation) {
        return Err(Code::Duplicate.into());
    }
    if is_confirmed(&of) && !is_open(tx, &of).await? {
        return Err(Code::DeadlinePassed.into());
    }
    let name = organisations::load(tx, organisation).await?.name;
    let row = review::ActiveModel {
        id: Set(tx.new_id()),
        evaluation_id: Set(of.id),
        evaluation_number: Set(of.number.clone()),
        project_id: Set(of.project_id),
        organisation_id: Set(organisation),
        organisation_name: Set(name),
        division: Set(of.division.clone()),
        points: Set(input.points),
        comment: Set(comment.map(|text| personal::mask(&text))),
        reply: Set(None),
        state: Set("sealed".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let data = json!({ "evaluation": of.number });
    let mut row = birth::<review::Entity, _>(tx, made, row, Some(data)).await?;
    if is_confirmed(&of) {
        row = make_public(tx, &row, true).await?;
    }
    let roles = store::roles(tx, &row)?;
    show(row, roles)
}

/// Whether the term after the confirmation runs.
async fn is_open(read: &impl Read, of: &evaluation::Model) -> Result<bool, Error> {
    let running = timers::running(read, &[of.id]).await?;
    Ok(running
        .iter()
        .any(|one| one.timer == Timer::BuyerReview.key()))
}

async fn make_public(
    tx: &Tx,
    row: &review::Model,
    confirmed: bool,
) -> Result<review::Model, Error> {
    let planned = plan::<flow::BuyerReview>(
        state_of::<flow::BuyerReview>(&row.state)?,
        BuyerReviewEvent::Publish,
        RoleSet::of(SYSTEM),
        &BuyerReviewFacts { confirmed },
    )?;
    commit::<review::Entity>(tx, row, planned).run().await
}

/// The result is confirmed: what was handed in becomes public, and the term for the rest begins.
///
/// # Errors
/// `conflict` when somebody else was first.
pub(crate) async fn publish(tx: &Tx, of: &evaluation::Model) -> Result<(), Error> {
    let term = (
        "buyer_review_term",
        "buyer_review_term.begun",
        Timer::BuyerReview,
    );
    crate::opening::start_term(tx, of, term).await?;
    for row in store::of(tx, of).await? {
        make_public(tx, &row, is_confirmed(of)).await?;
    }
    Ok(())
}

/// The term is over: nothing more is taken, and nobody is reminded of what he was free to do.
///
/// # Errors
/// None.
pub(crate) async fn term_ended(_: &Tx, _: Uuid) -> Result<(), Error> {
    Ok(())
}

/// The buyer replies, once.
///
/// # Errors
/// `not_found` before the result is confirmed; `invalid_transition` the second time; `invalid`.
pub(crate) async fn reply(
    tx: &Tx,
    key: &Key,
    input: BuyerReplyIn,
) -> Result<BuyerReviewOut, Error> {
    let (row, roles) = store::load(tx, key).await?;
    tx.expect_version(row.version)?;
    let mut faults = Faults::new();
    let reply = faults.prose("/reply", &input.reply, 2..=2000);
    faults.finish()?;
    let planned = plan::<flow::BuyerReview>(
        state_of::<flow::BuyerReview>(&row.state)?,
        BuyerReviewEvent::Reply,
        roles,
        &BuyerReviewFacts { confirmed: true },
    )?;
    let row = commit::<review::Entity>(tx, &row, planned)
        .set(review::Column::Reply, personal::mask(&reply))
        .run()
        .await?;
    show(row, roles)
}
