//! Reading and writing awards and reports; decides nothing but who may look.

use crate::entity::{award, report};
use crate::flow;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::digest::content_hash;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_store::{Error, Key, Read, Tracked, Tx, scope};
use wubang_web::ListQuery;

wubang_store::stateful!(award::Entity, flow::Award);

impl Tracked for award::Model {
    fn project_id(&self) -> Option<Uuid> {
        Some(self.project_id)
    }
    fn label(&self) -> String {
        format!("{} {}", self.number, self.publicity.posting_title)
    }
    fn organisations(&self) -> Vec<Uuid> {
        vec![self.organisation_id]
    }
}

/// Roles over the division that see an award.
const OFFICIALS: &[Role] = &[
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DepartmentOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];
/// Roles of the awardee.
const AWARDEES: &[Role] = &[Role::OrgLegalRep, Role::OrgAgent];
/// States in which an award has not fallen away.
pub(crate) const LIVE: &[&str] = &[
    "in_publicity",
    "suspended",
    "confirmed",
    "notified",
    "contracted",
];

/// An award, whoever asks.
pub(crate) async fn find(read: &impl Read, key: &Key) -> Result<award::Model, Error> {
    let select = match key {
        Key::Id(id) => award::Entity::find_by_id(*id),
        Key::Number(number) => {
            award::Entity::find().filter(award::Column::Number.eq(number.as_str()))
        }
    };
    Ok(select.one(&read.db()).await?.ok_or(Code::NotFound)?)
}

/// An award for an official of its division or the awardee; `not_found` for everybody else, who
/// has the publicity page.
pub(crate) async fn load(read: &impl Read, key: &Key) -> Result<(award::Model, RoleSet), Error> {
    let award = find(read, key).await?;
    let division = DivisionCode::parse(&award.division)
        .map_err(|_| Error::internal("award with a bad division"))?;
    let roles = read
        .actor()
        .roles(&Reach::at(division).and(Some(award.organisation_id)));
    if roles.any(OFFICIALS) || roles.any(AWARDEES) || roles.has(Role::System) {
        Ok((award, roles))
    } else {
        Err(Code::NotFound.into())
    }
}

/// The award of a posting that has not fallen away.
pub(crate) async fn live_of(
    read: &impl Read,
    posting: Uuid,
) -> Result<Option<award::Model>, Error> {
    let live = award::Entity::find()
        .filter(award::Column::PostingId.eq(posting))
        .filter(award::Column::State.is_in(LIVE.iter().copied()));
    Ok(live
        .order_by_desc(award::Column::Id)
        .one(&read.db())
        .await?)
}

/// The award of a bid that has not fallen away.
pub(crate) async fn live_of_bid(
    read: &impl Read,
    bid: Uuid,
) -> Result<Option<award::Model>, Error> {
    let live = award::Entity::find()
        .filter(award::Column::BidId.eq(bid))
        .filter(award::Column::State.is_in(LIVE.iter().copied()));
    Ok(live.one(&read.db()).await?)
}

/// The ids of the awards that stand still.
pub(crate) async fn suspended(read: &impl Read) -> Result<Vec<Uuid>, Error> {
    Ok(award::Entity::find()
        .select_only()
        .column(award::Column::Id)
        .filter(award::Column::State.eq("suspended"))
        .into_tuple()
        .all(&read.db())
        .await?)
}

/// Every award of what was judged in a posting: its own, and those of what was picked out of it or runs in its lanes.
pub(crate) async fn awarded_in(
    read: &impl Read,
    posting: Uuid,
) -> Result<Vec<award::Model>, Error> {
    let mut postings = wubang_postings::service::out_of(read, posting).await?;
    postings.push(posting);
    of_postings(read, &postings).await
}

/// Every award of some postings, the first of each before those that followed.
pub(crate) async fn of_postings(
    read: &impl Read,
    postings: &[Uuid],
) -> Result<Vec<award::Model>, Error> {
    Ok(award::Entity::find()
        .filter(award::Column::PostingId.is_in(postings.iter().copied()))
        .order_by_asc(award::Column::Id)
        .all(&read.db())
        .await?)
}

/// One page of the awards that the viewer may see, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    of: (Option<Uuid>, Option<Uuid>),
    division: Option<&DivisionCode>,
) -> Result<Vec<award::Model>, Error> {
    let actor = read.actor();
    let theirs = Condition::any()
        .add(scope::within(
            award::Column::Division,
            actor.divisions(OFFICIALS),
        ))
        .add(award::Column::OrganisationId.is_in(actor.organisations(AWARDEES)));
    let mut select = award::Entity::find()
        .filter(theirs)
        .order_by_desc(award::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(award::Column::Id.lt(after));
    }
    for (column, id) in [
        (award::Column::PostingId, of.0),
        (award::Column::ProjectId, of.1),
    ] {
        if let Some(id) = id {
            select = select.filter(column.eq(id));
        }
    }
    if let Some(division) = division {
        select = select.filter(scope::within(
            award::Column::Division,
            std::iter::once(division),
        ));
    }
    if !query.all("state").is_empty() {
        select = select.filter(award::Column::State.is_in(query.all("state").iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}

/// Every report of a panel, the newest first.
pub(crate) async fn reports_of(read: &impl Read, panel: Uuid) -> Result<Vec<report::Model>, Error> {
    Ok(report::Entity::find()
        .filter(report::Column::PanelId.eq(panel))
        .order_by_desc(report::Column::Sequence)
        .all(&read.db())
        .await?)
}

/// A report stands no more; it is kept.
pub(crate) async fn supersede(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let touched = report::Entity::update_many()
        .col_expr(report::Column::SupersededAt, Expr::value(tx.now()))
        .filter(report::Column::Id.eq(id))
        .filter(report::Column::SupersededAt.is_null())
        .exec(&tx.db())
        .await?;
    if touched.rows_affected == 1 {
        Ok(())
    } else {
        Err(Code::Conflict.into())
    }
}

/// The report of a panel that stands.
pub(crate) async fn report_of(
    read: &impl Read,
    panel: Uuid,
) -> Result<Option<report::Model>, Error> {
    Ok(report::Entity::find()
        .filter(report::Column::PanelId.eq(panel))
        .filter(report::Column::SupersededAt.is_null())
        .one(&read.db())
        .await?)
}

/// Keeps a report; the second of one panel with the same number is `duplicate`.
pub(crate) async fn insert_report(
    tx: &Tx,
    row: report::ActiveModel,
) -> Result<report::Model, Error> {
    Ok(report::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

/// Notes that every member has signed.
pub(crate) async fn report_signed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let update =
        report::Entity::update_many().col_expr(report::Column::SignedAt, Expr::value(tx.now()));
    update
        .filter(report::Column::Id.eq(id))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// A report's row before it is kept.
pub(crate) fn new_report(
    tx: &Tx,
    posting_id: Uuid,
    (panel_id, sequence): (Uuid, i32),
    ranking: crate::model::AwardRanking,
    summary: String,
) -> Result<report::ActiveModel, Error> {
    let hash = report_hash(&ranking, &summary)?;
    Ok(report::ActiveModel {
        id: Set(tx.new_id()),
        posting_id: Set(posting_id),
        panel_id: Set(panel_id),
        sequence: Set(sequence),
        superseded_at: Set(None),
        ranking: Set(ranking),
        content_hash: Set(hash),
        summary: Set(summary),
        created_at: Set(tx.now()),
        signed_at: Set(None),
    })
}

/// The hash of a report: its ranking and its words.
pub(crate) fn report_hash(
    ranking: &crate::model::AwardRanking,
    summary: &str,
) -> Result<String, Error> {
    Ok(content_hash(
        &serde_json::json!({ "ranking": serde_json::to_value(ranking)?, "summary": summary }),
    ))
}
