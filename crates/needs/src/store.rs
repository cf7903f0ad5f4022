//! Reading and writing needs; decides nothing.

use crate::entity::{analysis, need, opinion};
use crate::flow;
use crate::model::{AnalysisContent, OpinionContent};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Key, Read, Tracked, Tx, scope};
use wubang_web::ListQuery;

/// A need as stored.
pub type Need = need::Model;

wubang_store::stateful!(need::Entity, flow::Need);

impl Tracked for need::Model {
    fn project_id(&self) -> Option<Uuid> {
        None
    }
    fn label(&self) -> String {
        format!("{} {}", self.number, self.title)
    }
    fn organisations(&self) -> Vec<Uuid> {
        self.analyst_id.into_iter().collect()
    }
}

/// A need with what the review brought.
pub(crate) struct Case {
    pub need: need::Model,
    pub analyses: Vec<analysis::Model>,
    pub opinions: Vec<opinion::Model>,
    pub roles: RoleSet,
}

/// Roles over a division that may see a need there from its draft on.
const OFFICIALS: &[Role] = &[
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DepartmentOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];

/// The roles of the viewer towards a need.
pub(crate) fn roles(read: &impl Read, need: &need::Model) -> Result<RoleSet, Error> {
    let division = DivisionCode::parse(&need.division)
        .map_err(|_| Error::internal("need with a bad division"))?;
    Ok(read
        .actor()
        .roles(&Reach::at(division).and(need.analyst_id)))
}

fn may_see(roles: RoleSet, need: &need::Model) -> bool {
    let reviewers = [Role::Expert, Role::ThirdParty];
    roles.has(Role::System)
        || roles.any(OFFICIALS)
        || (roles.any(&reviewers) && !matches!(need.state.as_str(), "draft" | "deleted"))
}

/// A need with its review, for somebody who may see it; `not_found` for everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let select = match key {
        Key::Id(id) => need::Entity::find_by_id(*id),
        Key::Number(number) => {
            need::Entity::find().filter(need::Column::Number.eq(number.as_str()))
        }
    };
    let need = select.one(&read.db()).await?.ok_or(Code::NotFound)?;
    let roles = roles(read, &need)?;
    if !may_see(roles, &need) {
        return Err(Code::NotFound.into());
    }
    let analyses = analysis::Entity::find()
        .filter(analysis::Column::NeedId.eq(need.id))
        .order_by_asc(analysis::Column::Id)
        .all(&read.db())
        .await?;
    let opinions = opinion::Entity::find()
        .filter(opinion::Column::NeedId.eq(need.id))
        .order_by_asc(opinion::Column::Id)
        .all(&read.db())
        .await?;
    Ok(Case {
        need,
        analyses,
        opinions,
        roles,
    })
}

/// Needs by id, in the order of their numbers.
pub(crate) async fn load_many(read: &impl Read, ids: &[Uuid]) -> Result<Vec<need::Model>, Error> {
    Ok(need::Entity::find()
        .filter(need::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(need::Column::Number)
        .all(&read.db())
        .await?)
}

/// Whether a community has a need of this title already.
pub(crate) async fn exists(tx: &Tx, division: &str, title: &str) -> Result<bool, Error> {
    let same = need::Entity::find()
        .filter(need::Column::Division.eq(division))
        .filter(need::Column::Title.eq(title));
    Ok(same.count(&tx.db()).await? > 0)
}

/// One page of the needs that the viewer may see, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    division: Option<&DivisionCode>,
) -> Result<Vec<need::Model>, Error> {
    let actor = read.actor();
    let theirs = Condition::any()
        .add(scope::within(
            need::Column::Division,
            actor.divisions(OFFICIALS),
        ))
        .add(need::Column::AnalystId.is_in(actor.organisations(&[Role::ThirdParty])))
        .add(
            Condition::all()
                .add(scope::within(
                    need::Column::Division,
                    actor.divisions(&[Role::Expert]),
                ))
                .add(need::Column::State.eq("under_review")),
        );
    let mut select = need::Entity::find()
        .filter(theirs)
        .filter(need::Column::State.ne("deleted"))
        .order_by_desc(need::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(need::Column::Id.lt(after));
    }
    if let Some(division) = division {
        select = select.filter(scope::within(
            need::Column::Division,
            std::iter::once(division),
        ));
    }
    for (name, column) in [
        ("state", need::Column::State),
        ("field", need::Column::Field),
        ("priority", need::Column::Priority),
    ] {
        if !query.all(name).is_empty() {
            select = select.filter(column.is_in(query.all(name).iter().cloned()));
        }
    }
    Ok(select.all(&read.db()).await?)
}

/// Keeps an analysis; the second of one organisation is `duplicate`.
pub(crate) async fn insert_analysis(
    tx: &Tx,
    need_id: Uuid,
    organisation_id: Uuid,
    content: AnalysisContent,
) -> Result<analysis::Model, Error> {
    let row = analysis::ActiveModel {
        id: Set(tx.new_id()),
        need_id: Set(need_id),
        organisation_id: Set(organisation_id),
        person_id: Set(tx.person()?),
        content: Set(content),
        created_at: Set(tx.now()),
    };
    Ok(analysis::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

/// Keeps an opinion; the second of one person is `duplicate`.
pub(crate) async fn insert_opinion(
    tx: &Tx,
    need_id: Uuid,
    speciality: String,
    content: OpinionContent,
    total: i64,
) -> Result<opinion::Model, Error> {
    let row = opinion::ActiveModel {
        id: Set(tx.new_id()),
        need_id: Set(need_id),
        person_id: Set(tx.person()?),
        speciality: Set(speciality),
        content: Set(content),
        total: Set(total),
        created_at: Set(tx.now()),
    };
    Ok(opinion::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

/// The checks of this stage.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "need_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<need::Entity>(view)),
        },
        Invariant {
            name: "approved_need_has_score_and_priority",
            run: |view| Box::pin(approved_without_score(view)),
        },
    ]
}

async fn approved_without_score(view: &wubang_store::View) -> Result<Vec<Uuid>, Error> {
    let states = ["approved", "posted", "fulfilled", "closed"];
    let rows = need::Entity::find()
        .filter(need::Column::State.is_in(states))
        .filter(
            Condition::any()
                .add(need::Column::ReviewScore.is_null())
                .add(need::Column::Priority.is_null()),
        );
    Ok(rows
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect())
}
