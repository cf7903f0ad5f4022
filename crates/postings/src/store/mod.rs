//! Reading and writing postings; decides nothing.

mod board;
pub(crate) mod changes;
pub(crate) mod questions;
pub(crate) mod templates;

pub(crate) use board::{For, facets, index, latest, list, sorts};

use crate::entity::{change, posting, posting_need, project, question};
use crate::flow;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::procedure::PostingType;
use wubang_kernel::{Code, Role, RoleSet, Timer};
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Key, Read, Tracked, Tx, View, scope};

wubang_store::stateful!(posting::Entity, flow::Posting);

impl Tracked for posting::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    fn label(&self) -> String {
        format!("{} {}", self.number, self.title)
    }
    fn field(&self) -> Option<String> {
        Some(self.field.clone())
    }
    fn organisations(&self) -> Vec<Uuid> {
        let invited = self.invitation.iter();
        let ordered = self.particulars.order.iter();
        invited
            .flat_map(|drawn| drawn.invited.clone())
            .chain(ordered.map(|order| order.organisation_id))
            .collect()
    }
}

/// A posting with its needs and the viewer's roles.
#[derive(Debug, Clone)]
pub struct PostingCase {
    /// The posting.
    pub posting: posting::Model,
    /// The needs it covers.
    pub need_ids: Vec<Uuid>,
    /// The viewer's roles towards it.
    pub roles: RoleSet,
}

/// Roles over the division that see a posting before it is public.
pub(crate) const OFFICIALS: &[Role] = &[
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DepartmentOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];
/// States in which a posting is not public yet.
const HIDDEN: &[&str] = &["draft", "pending_approval", "scheduled"];

/// The division of a posting.
pub(crate) fn division(posting: &posting::Model) -> Result<DivisionCode, Error> {
    DivisionCode::parse(&posting.division)
        .map_err(|_| Error::internal("posting with a bad division"))
}

/// The posting itself, whoever asks.
pub(crate) async fn find(read: &impl Read, key: &Key) -> Result<posting::Model, Error> {
    let select = match key {
        Key::Id(id) => posting::Entity::find_by_id(*id),
        Key::Number(number) => {
            posting::Entity::find().filter(posting::Column::Number.eq(number.as_str()))
        }
    };
    Ok(select.one(&read.db()).await?.ok_or(Code::NotFound)?)
}

/// A posting for somebody who may see it; `not_found` for everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<PostingCase, Error> {
    let posting = find(read, key).await?;
    let ordered = posting.particulars.order.as_ref();
    let reach = Reach::at(division(&posting)?).and(ordered.map(|order| order.organisation_id));
    let roles = read.actor().roles(&reach);
    // a posting that was cancelled before it was published stays hidden
    let public = posting.published_at.is_some() && !HIDDEN.contains(&posting.state.as_str());
    if !public && !roles.any(OFFICIALS) && !roles.has(Role::System) {
        return Err(Code::NotFound.into());
    }
    let need_ids = need_ids(read, posting.id).await?;
    Ok(PostingCase {
        posting,
        need_ids,
        roles,
    })
}

/// The postings that came out of some others: picked from a call, or lanes of a race.
pub(crate) async fn came_of(
    read: &impl Read,
    postings: &[Uuid],
) -> Result<Vec<posting::Model>, Error> {
    Ok(posting::Entity::find()
        .filter(posting::Column::CallId.is_in(postings.iter().copied()))
        .order_by_asc(posting::Column::Id)
        .all(&read.db())
        .await?)
}

/// Makes other writers of a posting wait until this transaction ends.
pub(crate) async fn lock(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    posting::Entity::update_many()
        .col_expr(
            posting::Column::Version,
            Expr::col(posting::Column::Version),
        )
        .filter(posting::Column::Id.eq(posting))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// The needs a posting covers.
pub(crate) async fn need_ids(read: &impl Read, posting: Uuid) -> Result<Vec<Uuid>, Error> {
    let rows = posting_need::Entity::find()
        .filter(posting_need::Column::PostingId.eq(posting))
        .order_by_asc(posting_need::Column::NeedId)
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().map(|row| row.need_id).collect())
}

/// The needs of several postings.
pub(crate) async fn needs_of_many(
    read: &impl Read,
    postings: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Uuid>>, Error> {
    let rows = posting_need::Entity::find()
        .filter(posting_need::Column::PostingId.is_in(postings.iter().copied()))
        .order_by_asc(posting_need::Column::NeedId)
        .all(&read.db())
        .await?;
    let mut of: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in rows {
        of.entry(row.posting_id).or_default().push(row.need_id);
    }
    Ok(of)
}

/// Postings of a project, first round first.
pub(crate) async fn of_project(
    read: &impl Read,
    project: Uuid,
) -> Result<Vec<posting::Model>, Error> {
    Ok(posting::Entity::find()
        .filter(posting::Column::ProjectId.eq(project))
        .order_by_asc(posting::Column::Round)
        .all(&read.db())
        .await?)
}

/// Postings like one that somebody won before, the oldest first: the newest of them, as many as asked for.
pub(crate) async fn won_in(
    read: &impl Read,
    like: &posting::Model,
    most: u64,
) -> Result<Vec<Uuid>, Error> {
    let mut won: Vec<Uuid> = posting::Entity::find()
        .select_only()
        .column(posting::Column::Id)
        .filter(posting::Column::Division.eq(&like.division))
        .filter(posting::Column::Field.eq(&like.field))
        .filter(posting::Column::State.is_in(["awarded", "contracted", "completed"]))
        // who bid stands with the call or the race that they came out of
        .filter(posting::Column::CallId.is_null())
        .filter(posting::Column::Id.lt(like.id))
        .order_by_desc(posting::Column::Id)
        .limit(most)
        .into_tuple()
        .all(&read.db())
        .await?;
    won.reverse();
    Ok(won)
}

/// Which of these postings are in one of the states.
pub(crate) async fn in_states(
    read: &impl Read,
    postings: &[Uuid],
    states: &[&str],
) -> Result<Vec<Uuid>, Error> {
    Ok(posting::Entity::find()
        .select_only()
        .column(posting::Column::Id)
        .filter(posting::Column::Id.is_in(postings.iter().copied()))
        .filter(posting::Column::State.is_in(states.iter().copied()))
        .into_tuple()
        .all(&read.db())
        .await?)
}

/// Which of the needs are in a live posting other than `own`.
pub(crate) async fn needs_taken(
    read: &impl Read,
    needs: &[Uuid],
    own: Option<Uuid>,
) -> Result<Vec<Uuid>, Error> {
    let mut select = posting_need::Entity::find()
        .filter(posting_need::Column::NeedId.is_in(needs.iter().copied()))
        .filter(posting_need::Column::Live.eq(true));
    if let Some(own) = own {
        select = select.filter(posting_need::Column::PostingId.ne(own));
    }
    let rows = select.all(&read.db()).await?;
    Ok(rows.into_iter().map(|row| row.need_id).collect())
}

/// Ties needs to a posting. Whether they are free was checked in the same transaction.
pub(crate) async fn take_needs(tx: &Tx, posting: Uuid, needs: &[Uuid]) -> Result<(), Error> {
    let rows = needs.iter().map(|need| posting_need::ActiveModel {
        posting_id: Set(posting),
        need_id: Set(*need),
        live: Set(true),
    });
    posting_need::Entity::insert_many(rows)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// Projects that some needs were posted in, each once.
pub(crate) async fn projects_of(tx: &Tx, needs: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    let of = posting_need::Entity::find()
        .filter(posting_need::Column::NeedId.is_in(needs.iter().copied()))
        .all(&tx.db())
        .await?;
    Ok(posting::Entity::find()
        .select_only()
        .column(posting::Column::ProjectId)
        .distinct()
        .filter(posting::Column::Id.is_in(of.into_iter().map(|row| row.posting_id)))
        .into_tuple()
        .all(&tx.db())
        .await?)
}

/// The failed posting that covered a need last.
pub(crate) async fn last_failed_of(tx: &Tx, need: Uuid) -> Result<Option<posting::Model>, Error> {
    let of = posting_need::Entity::find()
        .filter(posting_need::Column::NeedId.eq(need))
        .all(&tx.db())
        .await?;
    Ok(posting::Entity::find()
        .filter(posting::Column::Id.is_in(of.into_iter().map(|row| row.posting_id)))
        .filter(posting::Column::State.eq("failed"))
        .order_by_desc(posting::Column::Id)
        .one(&tx.db())
        .await?)
}

/// Lets the needs of a failed or cancelled posting go.
pub(crate) async fn release_needs(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    posting_need::Entity::update_many()
        .col_expr(posting_need::Column::Live, Expr::value(false))
        .filter(posting_need::Column::PostingId.eq(posting))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Postings open for bids in a division.
pub(crate) async fn count_open(read: &impl Read, division: &DivisionCode) -> Result<u64, Error> {
    let open = posting::Entity::find()
        .filter(posting::Column::State.is_in(["scheduled", "open", "suspended"]))
        .filter(scope::within(
            posting::Column::Division,
            std::iter::once(division),
        ));
    Ok(open.count(&read.db()).await?)
}

/// Needs of which another project had a posting published since an instant.
pub(crate) async fn posted_since(
    read: &impl Read,
    needs: &[Uuid],
    since: DateTime<Utc>,
    but: Option<Uuid>,
) -> Result<Vec<Uuid>, Error> {
    let mut published = Query::select()
        .column(posting::Column::Id)
        .from(posting::Entity)
        .and_where(Expr::col(posting::Column::PublishedAt).gte(since))
        .to_owned();
    if let Some(project) = but {
        published.and_where(Expr::col(posting::Column::ProjectId).ne(project));
    }
    let rows = posting_need::Entity::find()
        .filter(posting_need::Column::NeedId.is_in(needs.iter().copied()))
        .filter(posting_need::Column::PostingId.in_subquery(published))
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().map(|row| row.need_id).collect())
}

/// Which orders add up.
pub(crate) struct Like<'a> {
    pub division: &'a str,
    pub field: &'a str,
    pub funding: &'a str,
    /// The one that is being decided on.
    pub but: Option<Uuid>,
}

/// What the community's orders of the same field and funding source since an instant may cost, in fen; those
/// that failed or were cancelled cost nothing.
pub(crate) async fn ordered_since(
    read: &impl Read,
    like: Like<'_>,
    since: DateTime<Utc>,
) -> Result<i64, Error> {
    let orders = PostingType::ALL
        .iter()
        .filter(|kind| kind.picked_by_community())
        .map(|kind| kind.as_str());
    let standing = Condition::any()
        .add(posting::Column::PublishedAt.gte(since))
        .add(posting::Column::State.eq("scheduled"));
    let select = posting::Entity::find()
        .select_only()
        .column(posting::Column::BudgetCeilingFen)
        .filter(posting::Column::Division.eq(like.division))
        .filter(posting::Column::Field.eq(like.field))
        .filter(posting::Column::Funding.eq(like.funding))
        .filter(posting::Column::Kind.is_in(orders))
        .filter(posting::Column::State.is_not_in([
            "draft",
            "pending_approval",
            "failed",
            "cancelled",
        ]))
        .filter(standing);
    let select = match like.but {
        Some(own) => select.filter(posting::Column::Id.ne(own)),
        None => select,
    };
    let amounts: Vec<i64> = select.into_tuple().all(&read.db()).await?;
    Ok(amounts.into_iter().fold(0, i64::saturating_add))
}

/// The checks of this stage.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "posting_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<posting::Entity>(view)),
        },
        Invariant {
            name: "published_posting_has_deadline_and_hash",
            run: |view| Box::pin(published_without_deadline(view)),
        },
        Invariant {
            name: "a_need_is_in_one_live_posting_or_race",
            run: |view| Box::pin(needs_taken_twice(view)),
        },
        Invariant {
            name: "posting_question_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<question::Entity>(view)),
        },
        Invariant {
            name: "timers_stand_still_with_their_posting_only",
            run: |view| Box::pin(timers_out_of_step(view)),
        },
        Invariant {
            name: "the_last_change_names_the_notice_in_force",
            run: |view| Box::pin(notice_out_of_step(view)),
        },
        Invariant {
            name: "every_project_has_a_posting",
            run: |view| Box::pin(empty_projects(view)),
        },
    ]
}

async fn published_without_deadline(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = posting::Entity::find()
        .filter(posting::Column::PublishedAt.is_not_null())
        .filter(
            Condition::any()
                .add(
                    // bids are taken elsewhere, or were taken by the call
                    posting::Column::BidDeadline
                        .is_null()
                        .and(posting::Column::Kind.ne(PostingType::GovProcurement.as_str()))
                        .and(posting::Column::CallId.is_null()),
                )
                .add(posting::Column::NoticeHash.is_null())
                .add(posting::Column::ApprovedBy.is_null()),
        );
    Ok(rows
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect())
}

async fn needs_taken_twice(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = posting_need::Entity::find()
        .filter(posting_need::Column::Live.eq(true))
        .all(&view.db())
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.posting_id).collect();
    let race: HashMap<Uuid, Uuid> = posting::Entity::find()
        .filter(posting::Column::Id.is_in(ids))
        .all(&view.db())
        .await?
        .into_iter()
        .filter_map(|row| Some((row.id, row.particulars.lane?.race_id)))
        .collect();
    // the lanes of one race share their needs
    let mut holder: HashMap<Uuid, Uuid> = HashMap::new();
    Ok(rows
        .into_iter()
        .filter(|row| {
            let own = *race.get(&row.posting_id).unwrap_or(&row.posting_id);
            *holder.entry(row.need_id).or_insert(own) != own
        })
        .map(|row| row.posting_id)
        .collect())
}

async fn empty_projects(view: &View) -> Result<Vec<Uuid>, Error> {
    let with = sea_orm::sea_query::Query::select()
        .column(posting::Column::ProjectId)
        .from(posting::Entity)
        .to_owned();
    let rows = project::Entity::find()
        .filter(project::Column::Id.not_in_subquery(with))
        .all(&view.db())
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Suspended timers of postings that are not suspended, and the other way round: only the longest
/// suspension itself (T48) runs then.
async fn timers_out_of_step(view: &View) -> Result<Vec<Uuid>, Error> {
    use wubang_store::entity::timers;
    use wubang_store::timers::{RUNNING, SUSPENDED};
    let suspended: Vec<Uuid> = posting::Entity::find()
        .filter(posting::Column::State.eq("suspended"))
        .all(&view.db())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    let of_postings = timers::Entity::find()
        .filter(timers::Column::Object.eq("posting"))
        .filter(timers::Column::State.is_in([RUNNING, SUSPENDED]))
        .all(&view.db())
        .await?;
    let wrong = of_postings.into_iter().filter(|row| {
        let stands = suspended.contains(&row.object_id) && row.timer != Timer::T48.key();
        (row.state == SUSPENDED) != stands
    });
    Ok(wrong.map(|row| row.object_id).collect())
}

/// The chronicle and the posting tell the same hash and the same deadline.
async fn notice_out_of_step(view: &View) -> Result<Vec<Uuid>, Error> {
    let all = change::Entity::find()
        .order_by_asc(change::Column::Sequence)
        .all(&view.db())
        .await?;
    let last: std::collections::HashMap<Uuid, change::Model> =
        all.into_iter().map(|row| (row.posting_id, row)).collect();
    let rows = posting::Entity::find()
        .filter(posting::Column::Id.is_in(last.keys().copied()))
        .all(&view.db())
        .await?;
    let wrong = rows.into_iter().filter(|row| {
        last.get(&row.id).is_some_and(|change| {
            change.notice_hash != row.notice_hash || change.deadline_after != row.bid_deadline
        })
    });
    Ok(wrong.map(|row| row.id).collect())
}
