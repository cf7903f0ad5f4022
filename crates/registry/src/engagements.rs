//! What organisations have taken on (承接记录): one row for each organisation of an agreement, written by the stages
//! above through direct calls, because the caps (rulebook 2.14) and the track record of a bid (2.4.3) are asked
//! below them.

use crate::entity::engagements::{self, Column, Entity};
use crate::organisations::{contracts_changed, part_of};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_store::{Error, Read, Tx};

/// Most members of a joint bid with its lead: bounds what is read to see who held the last agreements.
const MOST_PARTIES: u64 = 6;
/// Most entries of a track record of one bid.
const MOST_ON_RECORD: u64 = 200;

/// One organisation's part in an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// The agreement.
    pub contract_id: Uuid,
    /// Its number.
    pub contract_number: String,
    /// Who.
    pub organisation_id: Uuid,
    /// Its name then.
    pub organisation_name: String,
    /// Whether as the lead, or alone.
    pub lead: bool,
    /// Title of the agreement.
    pub title: String,
    /// Division of the posting.
    pub division: String,
    /// Field code.
    pub field: String,
    /// Price of the whole agreement, in fen.
    pub price_fen: i64,
    /// The organisation's own part, in fen.
    pub part_fen: i64,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day as planned.
    pub ends_on: NaiveDate,
    /// When it was signed.
    pub begun_at: DateTime<Utc>,
    /// When it was over; none while it runs.
    pub ended_at: Option<DateTime<Utc>>,
    /// Grade of its evaluation (`excellent` …), once confirmed.
    pub grade: Option<String>,
}

impl From<engagements::Model> for Engagement {
    fn from(row: engagements::Model) -> Self {
        Engagement {
            contract_id: row.contract_id,
            contract_number: row.contract_number,
            organisation_id: row.organisation_id,
            organisation_name: row.organisation_name,
            lead: row.role == LEAD,
            title: row.title,
            division: row.division,
            field: row.field,
            price_fen: row.price_fen,
            part_fen: row.part_fen,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            begun_at: row.begun_at,
            ended_at: row.ended_at,
            grade: row.grade,
        }
    }
}

const LEAD: &str = "lead";
const PARTNER: &str = "partner";

/// An agreement that was signed, as the registry keeps it.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The agreement.
    pub contract_id: Uuid,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Division of the posting.
    pub division: DivisionCode,
    /// Communities where the work is done.
    pub communities: Vec<String>,
    /// Field code.
    pub field: String,
    /// The whole price, in fen.
    pub price_fen: i64,
    /// The bid that it rests on, where there is one.
    pub bid_id: Option<Uuid>,
    /// First and last day as agreed.
    pub days: (NaiveDate, NaiveDate),
    /// Who has which part of the price, in fen: the lead first.
    pub parts: Vec<(Uuid, i64)>,
}

/// An agreement begins: each of its organisations carries one more.
///
/// # Errors
/// `duplicate` when it has begun already; internal for an unknown organisation.
pub async fn begin(tx: &Tx, begun: &Begun) -> Result<(), Error> {
    let ids: Vec<Uuid> = begun.parts.iter().map(|(id, _)| *id).collect();
    let known = crate::organisations::load_many(tx, &ids).await?;
    let communities = begun.communities.iter().map(String::as_str);
    let communities = crate::organisations::blank_separated(communities);
    for (i, (organisation, part)) in begun.parts.iter().enumerate() {
        let named = known.iter().find(|one| one.id == *organisation);
        let named = named.ok_or_else(|| Error::internal("an agreement of nobody known"))?;
        let row = engagements::ActiveModel {
            id: Set(tx.new_id()),
            contract_id: Set(begun.contract_id),
            contract_number: Set(begun.number.clone()),
            organisation_id: Set(*organisation),
            organisation_name: Set(named.name.clone()),
            role: Set(if i == 0 { LEAD } else { PARTNER }.to_owned()),
            title: Set(begun.title.clone()),
            division: Set(begun.division.as_str().to_owned()),
            communities: Set(communities.clone()),
            field: Set(begun.field.clone()),
            price_fen: Set(begun.price_fen),
            part_fen: Set(*part),
            bid_id: Set(begun.bid_id),
            starts_on: Set(begun.days.0),
            ends_on: Set(begun.days.1),
            begun_at: Set(tx.now()),
            ended_at: Set(None),
            grade: Set(None),
        };
        Entity::insert(row).exec_without_returning(&tx.db()).await?;
        contracts_changed(tx, *organisation, 1).await?;
    }
    Ok(())
}

/// An agreement is over, with the grade that it got: its organisations are free again.
///
/// # Errors
/// Internal when a count would become negative.
pub async fn end(tx: &Tx, contract: Uuid) -> Result<(), Error> {
    let over = Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(tx.now()))
        .filter(Column::ContractId.eq(contract))
        .filter(Column::EndedAt.is_null())
        .exec_with_returning(&tx.db())
        .await?;
    for row in over {
        contracts_changed(tx, row.organisation_id, -1).await?;
    }
    Ok(())
}

/// An agreement was changed: its end, price and parts follow, and whoever has no part of it any more is free.
///
/// # Errors
/// Internal when a count would become negative.
pub async fn replanned(
    tx: &Tx,
    contract: Uuid,
    ends_on: NaiveDate,
    price_fen: i64,
    parts: &[(Uuid, i64)],
) -> Result<(), Error> {
    for (organisation, part) in parts {
        Entity::update_many()
            .col_expr(Column::EndsOn, Expr::value(ends_on))
            .col_expr(Column::PriceFen, Expr::value(price_fen))
            .col_expr(Column::PartFen, Expr::value(*part))
            .filter(Column::ContractId.eq(contract))
            .filter(Column::OrganisationId.eq(*organisation))
            .exec(&tx.db())
            .await?;
    }
    let staying = parts.iter().map(|(organisation, _)| *organisation);
    let gone = Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(tx.now()))
        .filter(Column::ContractId.eq(contract))
        .filter(Column::OrganisationId.is_not_in(staying))
        .filter(Column::EndedAt.is_null())
        .exec_with_returning(&tx.db())
        .await?;
    for row in gone {
        contracts_changed(tx, row.organisation_id, -1).await?;
    }
    Ok(())
}

/// The evaluation of an agreement is confirmed: its grade stands on the record of each of its organisations.
///
/// # Errors
/// When the database fails.
pub async fn graded(tx: &Tx, contract: Uuid, grade: &str) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::Grade, Expr::value(grade))
        .filter(Column::ContractId.eq(contract))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// The organisations of an agreement, its lead first.
///
/// # Errors
/// When the database fails.
pub async fn parties(read: &impl Read, contract: Uuid) -> Result<Vec<Uuid>, Error> {
    Ok(Entity::find()
        .select_only()
        .column(Column::OrganisationId)
        .filter(Column::ContractId.eq(contract))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(&read.db())
        .await?)
}

/// What is running, of some organisations.
///
/// # Errors
/// When the database fails.
pub async fn running_of(
    read: &impl Read,
    organisations: &[Uuid],
) -> Result<Vec<Engagement>, Error> {
    let rows = Entity::find()
        .filter(Column::OrganisationId.is_in(organisations.iter().copied()))
        .filter(Column::EndedAt.is_null())
        .order_by_asc(Column::Id)
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().map(Engagement::from).collect())
}

/// What is running in the district of a division: some hundreds at most.
///
/// # Errors
/// When the database fails.
pub async fn running_within(
    read: &impl Read,
    division: &DivisionCode,
) -> Result<Vec<Engagement>, Error> {
    let rows = Entity::find()
        .filter(Column::Division.starts_with(division.district6()))
        .filter(Column::EndedAt.is_null())
        .order_by_asc(Column::Id)
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().map(Engagement::from).collect())
}

/// Who held the last agreements of a community and a field, the newest first: a list of organisations for each.
///
/// # Errors
/// When the database fails.
pub async fn last_in(
    read: &impl Read,
    community: &str,
    field: &str,
    last: usize,
) -> Result<Vec<Vec<Uuid>>, Error> {
    let most = u64::try_from(last)
        .unwrap_or(u64::MAX)
        .saturating_mul(MOST_PARTIES);
    let rows: Vec<(Uuid, Uuid)> = Entity::find()
        .select_only()
        .columns([Column::ContractId, Column::OrganisationId])
        .filter(Column::Field.eq(field))
        .filter(Expr::col(Column::Communities).like(part_of(&format!(" {community} "))))
        .order_by_desc(Column::BegunAt)
        .order_by_desc(Column::Id)
        .limit(most)
        .into_tuple()
        .all(&read.db())
        .await?;
    let mut held: Vec<(Uuid, Vec<Uuid>)> = Vec::new();
    for (contract, organisation) in rows {
        match held.iter_mut().find(|(known, _)| *known == contract) {
            Some((_, parties)) => parties.push(organisation),
            None => held.push((contract, vec![organisation])),
        }
    }
    let newest = held.into_iter().take(last);
    Ok(newest.map(|(_, parties)| parties).collect())
}

/// Everything that some organisations have taken on, the newest first (同类服务经验, rulebook 2.4.3).
///
/// # Errors
/// When the database fails.
pub async fn record_of(read: &impl Read, organisations: &[Uuid]) -> Result<Vec<Engagement>, Error> {
    let rows = Entity::find()
        .filter(Column::OrganisationId.is_in(organisations.iter().copied()))
        .order_by_desc(Column::BegunAt)
        .order_by_desc(Column::Id)
        .limit(MOST_ON_RECORD)
        .all(&read.db())
        .await?;
    Ok(rows.into_iter().map(Engagement::from).collect())
}

/// Which of these bids have become agreements.
///
/// # Errors
/// When the database fails.
pub async fn begun_among(read: &impl Read, bids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    Ok(Entity::find()
        .select_only()
        .column(Column::BidId)
        .filter(Column::BidId.is_in(bids.iter().copied()))
        .filter(Column::Role.eq(LEAD))
        .into_tuple()
        .all(&read.db())
        .await?)
}
