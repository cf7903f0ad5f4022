//! Reading publicities, and what must always hold of them. Every publicity is for everybody.

use crate::entity::publicity;
use crate::flow;
use crate::masking::masked;
use crate::model::PublicityKind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_kernel::digest::content_hash;
use wubang_kernel::division::DivisionCode;
use wubang_store::entity::timers as timer;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Key, Read, Tracked, View, scope, timers};
use wubang_web::ListQuery;

wubang_store::stateful!(publicity::Entity, flow::PublicityPeriod);

impl Tracked for publicity::Model {
    fn project_id(&self) -> Option<Uuid> {
        self.project_id
    }
    fn label(&self) -> String {
        format!("{} {}", self.number, self.title)
    }
    fn field(&self) -> Option<String> {
        self.field.clone()
    }
}

/// A publicity by id or number.
pub(crate) async fn find(read: &impl Read, key: &Key) -> Result<publicity::Model, Error> {
    let select = match key {
        Key::Id(id) => publicity::Entity::find_by_id(*id),
        Key::Number(number) => {
            publicity::Entity::find().filter(publicity::Column::Number.eq(number.as_str()))
        }
    };
    Ok(select.one(&read.db()).await?.ok_or(Code::NotFound)?)
}

/// The last publicity of an object, whatever became of it.
pub(crate) async fn last(
    read: &impl Read,
    object_id: Uuid,
    kind: PublicityKind,
) -> Result<Option<publicity::Model>, Error> {
    Ok(publicity::Entity::find()
        .filter(publicity::Column::ObjectId.eq(object_id))
        .filter(publicity::Column::Kind.eq(kind.wire()))
        .order_by_desc(publicity::Column::Id)
        .one(&read.db())
        .await?)
}

/// One page, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    division: Option<&DivisionCode>,
) -> Result<Vec<publicity::Model>, Error> {
    let mut select = publicity::Entity::find()
        .order_by_desc(publicity::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(publicity::Column::Id.lt(after));
    }
    if let Some(division) = division {
        select = select.filter(scope::within(
            publicity::Column::Division,
            std::iter::once(division),
        ));
    }
    for (column, name) in [
        (publicity::Column::Kind, "kind"),
        (publicity::Column::State, "state"),
        (publicity::Column::Field, "field"),
    ] {
        let values = query.all(name);
        if !values.is_empty() {
            select = select.filter(column.is_in(values.iter().cloned()));
        }
    }
    Ok(select.all(&read.db()).await?)
}

/// The checks of this crate.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "publicity_period_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<publicity::Entity>(view)),
        },
        Invariant {
            name: "publicity_content_has_its_hash_until_it_is_masked",
            run: |view| Box::pin(wrong_contents(view)),
        },
        Invariant {
            name: "one_running_publicity_per_object_and_kind",
            run: |view| Box::pin(two_running(view)),
        },
        Invariant {
            name: "running_publicity_ends_with_its_owners_timer",
            run: |view| Box::pin(other_ends(view)),
        },
    ]
}

/// Running: as hashed and not masked. Over: masked, and nothing personal left.
async fn wrong_contents(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = publicity::Entity::find().all(&view.db()).await?;
    let wrong = |row: &publicity::Model| match (row.state.as_str(), row.masked_at) {
        ("running", None) => content_hash(&row.content) != row.content_hash,
        ("running", Some(_)) | (_, None) => true,
        (_, Some(_)) => masked(&row.content) != row.content || row.ended_at.is_none(),
    };
    Ok(rows.into_iter().filter(wrong).map(|row| row.id).collect())
}

async fn running(view: &View) -> Result<Vec<publicity::Model>, Error> {
    Ok(publicity::Entity::find()
        .filter(publicity::Column::State.eq("running"))
        .all(&view.db())
        .await?)
}

async fn two_running(view: &View) -> Result<Vec<Uuid>, Error> {
    let mut seen = HashSet::new();
    Ok(running(view)
        .await?
        .into_iter()
        .filter(|row| !seen.insert((row.object_id, row.kind.clone())))
        .map(|row| row.id)
        .collect())
}

async fn other_ends(view: &View) -> Result<Vec<Uuid>, Error> {
    let keys = PublicityKind::ALL.iter().map(|kind| kind.timer().key());
    let clocks = timer::Entity::find()
        .filter(timer::Column::Timer.is_in(keys))
        .filter(timer::Column::State.is_in([timers::RUNNING, timers::SUSPENDED]))
        .all(&view.db())
        .await?;
    let ends: HashMap<(Uuid, String), _> = clocks
        .into_iter()
        .map(|clock| ((clock.object_id, clock.timer), clock.due_at))
        .collect();
    let fits = |row: &publicity::Model| {
        PublicityKind::from_wire(&row.kind).is_some_and(|kind| {
            ends.get(&(row.object_id, kind.timer().key().to_owned())) == Some(&row.ends_at)
        })
    };
    Ok(running(view)
        .await?
        .into_iter()
        .filter(|row| !fits(row))
        .map(|row| row.id)
        .collect())
}
