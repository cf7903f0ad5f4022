//! Reading and writing needs; decides nothing.

pub(crate) mod cycles;
pub(crate) mod export;
mod filter;
pub(crate) mod reviewers;
pub(crate) mod voices;

pub(crate) use filter::{NeedFilter, index, spaced};

use crate::entity::{analysis, need, opinion};
use crate::flow;
use crate::model::{Source, wire};
use crate::visibility;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::invariants::{Invariant, replay};
use wubang_store::sorting::{By, Kind, arrange};
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

impl Case {
    /// A need in whose review nobody has spoken, or for a step that does not ask.
    pub(crate) fn bare(need: need::Model, roles: RoleSet) -> Self {
        Case {
            need,
            analyses: Vec::new(),
            opinions: Vec::new(),
            roles,
        }
    }

    /// Analyses that hold. They outlive their cycle: the root cause does not change with a quarter.
    pub(crate) fn valid_analyses(&self) -> impl Iterator<Item = &analysis::Model> {
        self.analyses.iter().filter(|row| row.voided_at.is_none())
    }

    /// Opinions that a viewer may read: his own, and those of the others when [`visibility::reads_opinions`].
    pub(crate) fn read_by(&self, viewer: Option<Uuid>) -> impl Iterator<Item = &opinion::Model> {
        let own = move |row: &opinion::Model| viewer == Some(row.person_id);
        let has_spoken = self.valid_opinions().any(own);
        let all = visibility::reads_opinions(self.roles, has_spoken);
        self.opinions.iter().filter(move |row| all || own(row))
    }

    /// Opinions that count: of the present cycle, and not void.
    pub(crate) fn valid_opinions(&self) -> impl Iterator<Item = &opinion::Model> {
        self.opinions
            .iter()
            .filter(|row| row.voided_at.is_none() && row.cycle == self.need.cycle)
    }
}

/// Roles over a division that may see a need there from its draft on.
pub(crate) const OFFICIALS: &[Role] = &[
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DepartmentOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];

/// Roles over a division by which somebody belongs to its people: he may add his voice.
pub(crate) const NEIGHBOURS: &[Role] = &[
    Role::ResidentRep,
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DepartmentOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
    Role::Expert,
];

/// Needs of the community that a new one is compared with, the newest.
const COMPARED: u64 = 500;

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

/// The need itself, whoever asks: for finders that ask themselves who looks, and for later stages.
pub(crate) async fn find(read: &impl Read, key: &Key) -> Result<need::Model, Error> {
    let select = match key {
        Key::Id(id) => need::Entity::find_by_id(*id),
        Key::Number(number) => {
            need::Entity::find().filter(need::Column::Number.eq(number.as_str()))
        }
    };
    Ok(select.one(&read.db()).await?.ok_or(Code::NotFound)?)
}

/// A need with its review, for somebody who may see it; `not_found` for everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let need = find(read, key).await?;
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

/// Needs of the same community that a need may repeat, newest first, at most [`COMPARED`].
pub(crate) async fn neighbours(
    read: &impl Read,
    need: &need::Model,
) -> Result<Vec<need::Model>, Error> {
    Ok(need::Entity::find()
        .filter(need::Column::Division.eq(need.division.as_str()))
        .filter(need::Column::Id.ne(need.id))
        .filter(need::Column::State.is_not_in([
            "draft",
            "deleted",
            "withdrawn",
            "rejected",
            "merged",
        ]))
        .order_by_desc(need::Column::Id)
        .limit(COMPARED)
        .all(&read.db())
        .await?)
}

/// The needs that the viewer may see.
fn theirs(read: &impl Read) -> Select<need::Entity> {
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
    need::Entity::find()
        .filter(theirs)
        .filter(need::Column::State.ne("deleted"))
}

/// What lists of needs can go by, beside the time of the draft.
pub(crate) const SORTS: &[By<need::Entity>] = &[
    By {
        key: "review_score",
        column: need::Column::ReviewHundredths,
        kind: Kind::Number,
        nullable: true,
        value: |row| row.review_hundredths,
    },
    By {
        key: "affected_count",
        column: need::Column::AffectedCount,
        kind: Kind::Number,
        nullable: false,
        value: |row| Some(row.affected_count),
    },
    By {
        key: "supporters",
        column: need::Column::Supporters,
        kind: Kind::Number,
        nullable: false,
        value: |row| Some(row.supporters),
    },
];

/// A page of needs in the order that the query asks for, one row more than asked for.
async fn page(
    select: Select<need::Entity>,
    read: &impl Read,
    query: &ListQuery,
) -> Result<Vec<need::Model>, Error> {
    let select = arrange(select, need::Column::Id, SORTS, query.order, query.after)?;
    Ok(select.limit(query.page.limit + 1).all(&read.db()).await?)
}

/// One page of the needs that the viewer may see, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    filter: &NeedFilter,
    query: &ListQuery,
) -> Result<Vec<need::Model>, Error> {
    page(filter.narrow(read, theirs(read)), read, query).await
}

/// The checks of this stage.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    let mut all = vec![
        Invariant {
            name: "need_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<need::Entity>(view)),
        },
        Invariant {
            name: "approved_need_has_score_and_priority",
            run: |view| Box::pin(approved_without_score(view)),
        },
        Invariant {
            name: "merged_need_names_its_target",
            run: |view| Box::pin(merged_without_target(view)),
        },
        Invariant {
            name: "voices_of_a_merged_need_have_moved",
            run: |view| Box::pin(voices::left_behind(view)),
        },
        Invariant {
            name: "voices_of_a_need_are_counted",
            run: |view| Box::pin(voices::miscounted(view)),
        },
    ];
    all.extend(cycles::invariants());
    all
}

async fn approved_without_score(view: &wubang_store::View) -> Result<Vec<Uuid>, Error> {
    let states = ["approved", "posted", "fulfilled", "closed"];
    let rows = need::Entity::find()
        .filter(need::Column::State.is_in(states))
        .filter(
            Condition::any()
                .add(
                    // an emergency is approved without third party and experts, so without a score; the
                    // need of a picked project was judged with it
                    Condition::all()
                        .add(need::Column::ReviewScore.is_null())
                        .add(need::Column::Source.ne(wire(Source::OpenCall)))
                        .add(need::Column::Emergency.eq(false)),
                )
                .add(need::Column::Priority.is_null()),
        );
    Ok(rows
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect())
}

/// A merged need, and no other, names its target, and whoever follows the targets comes to an end.
async fn merged_without_target(view: &wubang_store::View) -> Result<Vec<Uuid>, Error> {
    let rows = need::Entity::find()
        .filter(
            Condition::any()
                .add(need::Column::State.eq("merged"))
                .add(need::Column::MergedInto.is_not_null()),
        )
        .all(&view.db())
        .await?;
    let next: HashMap<Uuid, Option<Uuid>> =
        rows.iter().map(|row| (row.id, row.merged_into)).collect();
    let ends = |start: Uuid| {
        let mut at = Some(start);
        // a chain is no longer than there are merged needs
        for _ in 0..=next.len() {
            at = at.and_then(|id| next.get(&id).copied().flatten());
        }
        at.is_none()
    };
    Ok(rows
        .iter()
        .filter(|row| row.state != "merged" || row.merged_into.is_none() || !ends(row.id))
        .map(|row| row.id)
        .collect())
}
