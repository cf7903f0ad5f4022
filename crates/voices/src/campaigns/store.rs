//! Reading and writing campaigns; decides nothing.

use super::answers::Cell;
use super::form::ANSWERED;
use super::results::Counts;
use crate::entity::{campaign, campaign_answer, campaign_community, campaign_tally, finding};
use crate::flow;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::cursor::Page;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::{Error, Key, Read, Tracked, Tx, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(campaign::Entity, flow::Campaign);

impl Tracked for campaign::Model {
    fn project_id(&self) -> Option<Uuid> {
        None
    }
    fn label(&self) -> String {
        format!("{} {}", self.number, self.title)
    }
}

/// Roles over the campaign's division that see it from the draft on.
const OWNERS: &[Role] = &[
    Role::StreetOfficer,
    Role::DistrictAdmin,
    Role::DepartmentOfficer,
    Role::Supervisor,
];
/// Roles over one of its communities that see it once it is announced.
pub(crate) const FIELD: &[Role] = &[
    Role::CommunitySecretary,
    Role::ResidentRep,
    Role::StreetOfficer,
];

/// A campaign with its communities, and what the viewer is to it.
pub(crate) struct Case {
    pub(crate) campaign: campaign::Model,
    pub(crate) communities: Vec<campaign_community::Model>,
    /// Roles over the whole campaign.
    pub(crate) roles: RoleSet,
}

pub(crate) fn code(text: &str) -> Result<DivisionCode, Error> {
    DivisionCode::parse(text).map_err(|_| Error::internal("campaign with a bad division"))
}

/// Roles of the viewer in a community.
pub(crate) fn roles_at(read: &impl Read, community: &str) -> Result<RoleSet, Error> {
    Ok(read.actor().roles(&Reach::at(code(community)?)))
}

async fn communities_of(
    read: &impl Read,
    id: Uuid,
) -> Result<Vec<campaign_community::Model>, Error> {
    Ok(campaign_community::Entity::find()
        .filter(campaign_community::Column::CampaignId.eq(id))
        .order_by_asc(campaign_community::Column::Community)
        .all(&read.db())
        .await?)
}

/// A campaign, whoever asks.
pub(crate) async fn find(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let select = match key {
        Key::Id(id) => campaign::Entity::find_by_id(*id),
        Key::Number(number) => {
            campaign::Entity::find().filter(campaign::Column::Number.eq(number.as_str()))
        }
    };
    let campaign = select.one(&read.db()).await?.ok_or(Code::NotFound)?;
    let communities = communities_of(read, campaign.id).await?;
    let roles = roles_at(read, &campaign.division)?;
    Ok(Case {
        campaign,
        communities,
        roles,
    })
}

/// A campaign for who runs it or works in one of its communities; `not_found` for everybody else.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<Case, Error> {
    let case = find(read, key).await?;
    let mut seen = case.roles.any(OWNERS) || case.roles.has(Role::System);
    if case.campaign.state != "draft" {
        for row in &case.communities {
            seen = seen || roles_at(read, &row.community)?.any(FIELD);
        }
    }
    if seen {
        Ok(case)
    } else {
        Err(Code::NotFound.into())
    }
}

/// One page of the campaigns that the viewer may see, or of the open public ones; newest first, one row
/// more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    division: Option<&DivisionCode>,
    public: bool,
) -> Result<Vec<campaign::Model>, Error> {
    let theirs = if public {
        Condition::all()
            .add(campaign::Column::Public.eq(true))
            .add(campaign::Column::State.eq("open"))
    } else {
        let actor = read.actor();
        let in_the_field = campaign_community::Entity::find()
            .select_only()
            .column(campaign_community::Column::CampaignId)
            .filter(scope::within(
                campaign_community::Column::Community,
                actor.divisions(FIELD),
            ))
            .into_query();
        Condition::any()
            .add(scope::within(
                campaign::Column::Division,
                actor.divisions(OWNERS),
            ))
            .add(
                Condition::all()
                    .add(campaign::Column::State.ne("draft"))
                    .add(campaign::Column::Id.in_subquery(in_the_field)),
            )
    };
    let mut select = campaign::Entity::find()
        .filter(theirs)
        .order_by_desc(campaign::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(campaign::Column::Id.lt(after));
    }
    if let Some(division) = division {
        select = select.filter(scope::within(
            campaign::Column::Division,
            std::iter::once(division),
        ));
    }
    if !query.all("state").is_empty() {
        select = select.filter(campaign::Column::State.is_in(query.all("state").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}

/// Sets the communities of a draft.
pub(crate) async fn put_communities(
    tx: &Tx,
    id: Uuid,
    communities: &[super::model::CampaignCommunity],
) -> Result<Vec<campaign_community::Model>, Error> {
    campaign_community::Entity::delete_many()
        .filter(campaign_community::Column::CampaignId.eq(id))
        .exec(&tx.db())
        .await?;
    let rows = communities
        .iter()
        .map(|one| campaign_community::ActiveModel {
            campaign_id: Set(id),
            community: Set(one.community.clone()),
            target: Set(one.target),
        });
    campaign_community::Entity::insert_many(rows)
        .exec_without_returning(&tx.db())
        .await?;
    communities_of(tx, id).await
}

/// Keeps a filled-in form and adds it to the counts.
pub(crate) async fn insert_answer(
    tx: &Tx,
    answer: campaign_answer::ActiveModel,
    (campaign_id, community): (Uuid, &str),
    cells: Vec<Cell>,
) -> Result<(), Error> {
    campaign_answer::Entity::insert(answer)
        .exec_without_returning(&tx.db())
        .await?;
    let rows = cells.into_iter().map(|cell| campaign_tally::ActiveModel {
        campaign_id: Set(campaign_id),
        community: Set(community.to_owned()),
        question: Set(cell.question),
        cell: Set(cell.cell),
        n: Set(1),
        total: Set(cell.total),
    });
    let added = |column: campaign_tally::Column| {
        Expr::col((campaign_tally::Entity, column)).add(Expr::col((Alias::new("excluded"), column)))
    };
    // in one order for all, so that two forms wait for each other and never lock each other out
    campaign_tally::Entity::insert_many(rows)
        .on_conflict(
            OnConflict::columns([
                campaign_tally::Column::CampaignId,
                campaign_tally::Column::Community,
                campaign_tally::Column::Question,
                campaign_tally::Column::Cell,
            ])
            .value(campaign_tally::Column::N, added(campaign_tally::Column::N))
            .value(
                campaign_tally::Column::Total,
                added(campaign_tally::Column::Total),
            )
            .to_owned(),
        )
        .exec_without_returning(&tx.db())
        .await?;
    Ok(())
}

/// How many public forms one sender, and how many all, have handed in for a community since an instant.
pub(crate) async fn used(
    read: &impl Read,
    known: &[String],
    community: &str,
    since: DateTime<Utc>,
) -> Result<(u64, u64), Error> {
    let public = || {
        campaign_answer::Entity::find()
            .filter(campaign_answer::Column::AddressHash.is_not_null())
            .filter(campaign_answer::Column::CreatedAt.gte(since))
    };
    let sender = public().filter(campaign_answer::Column::AddressHash.is_in(known.iter().cloned()));
    let all = public().filter(campaign_answer::Column::Community.eq(community));
    Ok((
        sender.count(&read.db()).await?,
        all.count(&read.db()).await?,
    ))
}

/// One page of the forms of some communities, newest first, one row more than asked for.
pub(crate) async fn forms(
    read: &impl Read,
    campaign: Uuid,
    communities: &[String],
    page: Page,
) -> Result<Vec<campaign_answer::Model>, Error> {
    let mut select = campaign_answer::Entity::find()
        .filter(campaign_answer::Column::CampaignId.eq(campaign))
        .filter(campaign_answer::Column::Community.is_in(communities.iter().cloned()))
        .order_by_desc(campaign_answer::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        select = select.filter(campaign_answer::Column::Id.lt(after));
    }
    Ok(select.all(&read.db()).await?)
}

/// The counts of a campaign by community.
pub(crate) async fn counts(
    read: &impl Read,
    campaign: Uuid,
) -> Result<HashMap<String, Counts>, Error> {
    let rows = campaign_tally::Entity::find()
        .filter(campaign_tally::Column::CampaignId.eq(campaign))
        .all(&read.db())
        .await?;
    let mut all: HashMap<String, Counts> = HashMap::new();
    for row in rows {
        all.entry(row.community)
            .or_default()
            .insert((row.question, row.cell), (row.n, row.total));
    }
    Ok(all)
}

/// How many forms came in from each community.
pub(crate) async fn answers(
    read: &impl Read,
    campaign: Uuid,
) -> Result<HashMap<String, i64>, Error> {
    let rows = campaign_tally::Entity::find()
        .filter(campaign_tally::Column::CampaignId.eq(campaign))
        .filter(campaign_tally::Column::Question.eq(""))
        .filter(campaign_tally::Column::Cell.eq(ANSWERED))
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().map(|row| (row.community, row.n)).collect())
}

/// The needs found in a campaign.
pub(crate) async fn findings(
    read: &impl Read,
    campaign: Uuid,
) -> Result<Vec<finding::Model>, Error> {
    Ok(finding::Entity::find()
        .filter(finding::Column::CampaignId.eq(campaign))
        .order_by_asc(finding::Column::Id)
        .limit(1000)
        .all(&read.db())
        .await?)
}

/// The numbers of the campaigns behind some findings.
pub(crate) async fn numbers(
    read: &impl Read,
    findings: &[finding::Model],
) -> Result<HashMap<Uuid, String>, Error> {
    let ids: Vec<Uuid> = findings.iter().map(|one| one.campaign_id).collect();
    let rows: Vec<(Uuid, String)> = campaign::Entity::find()
        .select_only()
        .columns([campaign::Column::Id, campaign::Column::Number])
        .filter(campaign::Column::Id.is_in(ids))
        .into_tuple()
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().collect())
}
