//! Reading and writing requests; decides nothing.

use super::model::Solved;
use crate::entity::{finding, request};
use crate::flow;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::{Error, Key, Read, Tracked, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(request::Entity, flow::ResidentRequest);

impl Tracked for request::Model {
    fn project_id(&self) -> Option<Uuid> {
        None
    }
    fn label(&self) -> String {
        format!("居民诉求 {}", self.number)
    }
}

/// Roles over the community that see its requests.
pub(crate) const OFFICIALS: &[Role] = &[
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];

pub(crate) fn division_of(row: &request::Model) -> Result<DivisionCode, Error> {
    DivisionCode::parse(&row.division).map_err(|_| Error::internal("request with a bad division"))
}

pub(crate) fn roles(read: &impl Read, row: &request::Model) -> Result<RoleSet, Error> {
    Ok(read.actor().roles(&Reach::at(division_of(row)?)))
}

fn by_key(key: &Key) -> sea_orm::Select<request::Entity> {
    match key {
        Key::Id(id) => request::Entity::find_by_id(*id),
        Key::Number(number) => {
            request::Entity::find().filter(request::Column::Number.eq(number.as_str()))
        }
    }
}

/// A request for an official of its community; `not_found` for everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<(request::Model, RoleSet), Error> {
    let row = by_key(key).one(&read.db()).await?.ok_or(Code::NotFound)?;
    let roles = roles(read, &row)?;
    if !roles.any(OFFICIALS) {
        return Err(Code::NotFound.into());
    }
    Ok((row, roles))
}

/// The request of a receipt: number and code in one question, so that a wrong code and a number that
/// does not exist are the same to the database as well.
pub(crate) async fn of_receipt(
    read: &impl Read,
    number: &str,
    code_hash: &str,
) -> Result<request::Model, Error> {
    request::Entity::find()
        .filter(request::Column::Number.eq(number))
        .filter(request::Column::CodeHash.eq(code_hash))
        .one(&read.db())
        .await?
        .ok_or_else(|| Code::NotFound.into())
}

/// Requests by id that the viewer may settle, in the order of their ids.
pub(crate) async fn settleable(
    read: &impl Read,
    ids: &[Uuid],
) -> Result<Vec<request::Model>, Error> {
    Ok(request::Entity::find()
        .filter(request::Column::Id.is_in(ids.iter().copied()))
        .filter(scope::within(
            request::Column::Division,
            read.actor().divisions(OFFICIALS),
        ))
        .order_by_asc(request::Column::Id)
        .all(&read.db())
        .await?)
}

/// Requests of a need.
pub(crate) async fn of_need(read: &impl Read, need: Uuid) -> Result<Vec<request::Model>, Error> {
    Ok(request::Entity::find()
        .filter(request::Column::NeedId.eq(need))
        .order_by_asc(request::Column::Id)
        .all(&read.db())
        .await?)
}

/// What one sender has handed in for a community since an instant, newest first.
pub(crate) async fn from_sender(
    read: &impl Read,
    known: &[String],
    community: &DivisionCode,
    since: DateTime<Utc>,
) -> Result<Vec<request::Model>, Error> {
    Ok(request::Entity::find()
        .filter(request::Column::AddressHash.is_in(known.iter().cloned()))
        .filter(request::Column::CreatedAt.gte(since))
        .filter(request::Column::Division.eq(community.as_str()))
        .order_by_desc(request::Column::Id)
        .limit(100)
        .all(&read.db())
        .await?)
}

/// How many public requests one sender, and how many all, have handed in for a community since an
/// instant; the sender's for all communities.
pub(crate) async fn used(
    read: &impl Read,
    known: &[String],
    community: &DivisionCode,
    since: DateTime<Utc>,
) -> Result<(u64, u64), Error> {
    let public = || {
        request::Entity::find()
            .filter(request::Column::Public.eq(true))
            .filter(request::Column::CreatedAt.gte(since))
    };
    let sender = public().filter(request::Column::AddressHash.is_in(known.iter().cloned()));
    let all = public().filter(request::Column::Division.eq(community.as_str()));
    Ok((
        sender.count(&read.db()).await?,
        all.count(&read.db()).await?,
    ))
}

/// One page of the requests that the viewer may see, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    division: Option<&DivisionCode>,
    needs: &[Uuid],
) -> Result<Vec<request::Model>, Error> {
    let mut select = request::Entity::find()
        .filter(scope::within(
            request::Column::Division,
            read.actor().divisions(OFFICIALS),
        ))
        .order_by_desc(request::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(request::Column::Id.lt(after));
    }
    if let Some(division) = division {
        select = select.filter(scope::within(
            request::Column::Division,
            std::iter::once(division),
        ));
    }
    if !needs.is_empty() {
        select = select.filter(request::Column::NeedId.is_in(needs.iter().copied()));
    }
    for (name, column) in [
        ("state", request::Column::State),
        ("channel", request::Column::Channel),
        ("field", request::Column::Field),
        ("feedback", request::Column::Feedback),
    ] {
        if !query.all(name).is_empty() {
            select = select.filter(column.is_in(query.all(name).iter().cloned()));
        }
    }
    Ok(select.all(&read.db()).await?)
}

/// How many requests of some needs came through each channel, by channel.
pub(crate) async fn by_channel(
    read: &impl Read,
    needs: &[Uuid],
) -> Result<Vec<(String, i64)>, Error> {
    Ok(request::Entity::find()
        .select_only()
        .column(request::Column::Channel)
        .column_as(request::Column::Id.count(), "n")
        .filter(request::Column::NeedId.is_in(needs.iter().copied()))
        .group_by(request::Column::Channel)
        .order_by_asc(request::Column::Channel)
        .into_tuple()
        .all(&read.db())
        .await?)
}

/// How many said that their matter was solved, and how many that it was not.
pub(crate) async fn by_feedback(read: &impl Read, needs: &[Uuid]) -> Result<(i64, i64), Error> {
    let rows: Vec<(String, i64)> = request::Entity::find()
        .select_only()
        .column(request::Column::Feedback)
        .column_as(request::Column::Id.count(), "n")
        .filter(request::Column::NeedId.is_in(needs.iter().copied()))
        .filter(request::Column::Feedback.is_not_null())
        .group_by(request::Column::Feedback)
        .into_tuple()
        .all(&read.db())
        .await?;
    let of = |word: Solved| {
        let found = rows.iter().find(|(said, _)| said == word.wire());
        found.map_or(0, |(_, n)| *n)
    };
    Ok((of(Solved::Solved), of(Solved::NotSolved)))
}

/// The survey findings behind some needs.
pub(crate) async fn findings(
    read: &impl Read,
    needs: &[Uuid],
) -> Result<Vec<finding::Model>, Error> {
    Ok(finding::Entity::find()
        .filter(finding::Column::NeedId.is_in(needs.iter().copied()))
        .order_by_asc(finding::Column::Id)
        .all(&read.db())
        .await?)
}
