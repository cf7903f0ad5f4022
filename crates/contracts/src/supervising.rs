//! How closely an agreement is watched (监管状态, rulebook 2.8.5): derived by the stage above from its open orders, which
//! alone sets it; and what that stage reads of agreements.

use crate::activities::activity;
use crate::entity::{contract, milestone, payment};
use crate::flow::{self, PaymentEvent};
use crate::model::{Supervision, WithholdGround, wire};
use crate::store;
use crate::{out, steps};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::plan;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::commit::edit;
use wubang_store::{Error, Key, Read, Tx, commit, scope, state_of};

pub use crate::steps::id_filter;

/// In which words the system withholds what was asked for; what a person withheld has a reason of his own and stays his.
const WITHHELD: &str = "协议处于整改或退出程序中,拨付暂缓";

/// Sets how closely an agreement is watched. Payments that were asked for are withheld while that is rectification or
/// exit, and free again afterwards (rulebook 2.8.6, 2.8.9). Nothing happens when it is watched so already.
///
/// # Errors
/// `not_found`; `conflict` when somebody else was first.
pub async fn set(
    tx: &Tx,
    id: Uuid,
    to: Supervision,
    reason: &str,
) -> Result<crate::Contract, Error> {
    let row = store::find(tx, &Key::Id(id)).await?;
    let value = wire(to);
    if row.supervision == value {
        return Ok(row);
    }
    let data = serde_json::json!({ "supervision": to, "reason": reason });
    let set = |update: sea_orm::UpdateMany<contract::Entity>| {
        update.col_expr(contract::Column::Supervision, Expr::value(value))
    };
    let after = edit::<contract::Entity>(
        tx,
        &row,
        "contract.supervision_set",
        Role::System,
        set,
        Some(data),
    )
    .await?;
    match (out::is_strict(&row), out::is_strict(&after)) {
        (false, true) => withhold(tx, &after).await?,
        (true, false) => release(tx, &after).await?,
        _ => {}
    }
    Ok(after)
}

/// Withholds what the contractor has asked for.
async fn withhold(tx: &Tx, contract: &contract::Model) -> Result<(), Error> {
    let asked = payment::Column::State.eq("requested");
    for row in payments(tx, contract.id, asked).await? {
        let why = (WithholdGround::Rectification, WITHHELD.to_owned());
        settle(tx, contract, &row, PaymentEvent::Withhold, Some(why)).await?;
    }
    Ok(())
}

/// Lets go on what the system has withheld; while the agreement is suspended nothing goes on, and the street releases it
/// afterwards.
async fn release(tx: &Tx, contract: &contract::Model) -> Result<(), Error> {
    if contract.state == "suspended" {
        return Ok(());
    }
    let ours = payment::Column::State
        .eq("withheld")
        .and(payment::Column::Reason.eq(WITHHELD));
    for row in payments(tx, contract.id, ours).await? {
        settle(tx, contract, &row, PaymentEvent::Release, None).await?;
    }
    Ok(())
}

async fn payments(
    tx: &Tx,
    contract: Uuid,
    which: sea_orm::sea_query::SimpleExpr,
) -> Result<Vec<payment::Model>, Error> {
    Ok(payment::Entity::find()
        .filter(payment::Column::ContractId.eq(contract))
        .filter(which)
        .order_by_asc(payment::Column::Seq)
        .all(&tx.db())
        .await?)
}

async fn settle(
    tx: &Tx,
    contract: &contract::Model,
    row: &payment::Model,
    event: PaymentEvent,
    why: Option<(WithholdGround, String)>,
) -> Result<(), Error> {
    let facts = out::payment_facts(tx, contract).await?;
    let facts = facts.of(row.withheld_ground.as_deref());
    let (ground, reason) = why.unzip();
    let state = state_of::<flow::Payment>(&row.state)?;
    let planned = plan::<flow::Payment>(state, event, RoleSet::of(steps::SYSTEM), &facts)?;
    commit::<payment::Entity>(tx, row, planned)
        .under(&contract.terms.timers, contract.terms.cutoff_hour)
        .set(
            payment::Column::WithheldGround,
            ground.map(WithholdGround::as_str),
        )
        .set(payment::Column::Reason, reason.clone())
        .because(reason)
        .run()
        .await?;
    Ok(())
}

/// An agreement for somebody who may see it, with his roles towards it and nothing else of it.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn seen(read: &impl Read, key: &Key) -> Result<(crate::Contract, RoleSet), Error> {
    store::seen(read, key).await
}

/// The ids of the agreements that the viewer may see, for scoping what belongs to them.
pub fn visible_ids(read: &impl Read) -> SelectStatement {
    store::visible_ids(read)
}

/// A milestone, whoever asks.
///
/// # Errors
/// `not_found`.
pub async fn milestone(read: &impl Read, id: Uuid) -> Result<crate::Milestone, Error> {
    let row = milestone::Entity::find_by_id(id).one(&read.db()).await?;
    Ok(row.ok_or(Code::NotFound)?)
}

/// When the contractor last showed work: a milestone handed in, or an activity logged; none when it never did.
///
/// # Errors
/// When the database fails.
pub async fn last_work(read: &impl Read, contract: Uuid) -> Result<Option<DateTime<Utc>>, Error> {
    let milestones = milestone::Entity::find()
        .filter(milestone::Column::ContractId.eq(contract))
        .all(&read.db())
        .await?;
    let logged = activity::Entity::find()
        .filter(activity::Column::ContractId.eq(contract))
        .order_by_desc(activity::Column::Id)
        .one(&read.db())
        .await?;
    let handed_in = milestones.iter().filter_map(|row| row.submitted_at);
    Ok(handed_in.chain(logged.map(|row| row.created_at)).max())
}

/// Agreements within a division under which was worked between two days, oldest first: what a quota of checks is
/// counted over.
///
/// # Errors
/// When the database fails.
pub async fn worked_between(
    read: &impl Read,
    within: &DivisionCode,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<crate::Contract>, Error> {
    let unworked = ["drafting", "pending_signature", "signed", "void"];
    Ok(contract::Entity::find()
        .filter(scope::within(
            contract::Column::Division,
            std::iter::once(within),
        ))
        .filter(contract::Column::State.is_not_in(unworked))
        .filter(contract::Column::StartsOn.lte(last))
        .filter(contract::Column::EndsOn.gte(first))
        .order_by_asc(contract::Column::Id)
        .all(&read.db())
        .await?)
}
