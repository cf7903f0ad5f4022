//! Wire types of the organisations of a bid (联合体), and where they are stored.

use crate::entity::{bid, bid_entrant, bid_member};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::{Code, Role, words};
use wubang_store::{Error, Read, Tx};
use wubang_web::Instant;

words! {
    /// How organisations bid (揭榜方式).
    #[derive(Default)]
    BidMode {
        #[default]
        Sole = "sole", "单独揭榜。";
        Joint = "joint", "联合揭榜:牵头方与联合方。";
        HubLed = "hub_led", "枢纽带领:牵头方无法人资格,由其资金代管机构一并签署。";
    }
}

words! {
    /// What another organisation is in a bid.
    MemberRole {
        Partner = "partner", "联合方。";
        Custodian = "custodian", "资金代管机构。";
    }
}

impl BidMode {
    pub(crate) fn of(stored: &str) -> Self {
        Self::from_wire(stored).unwrap_or_default()
    }
}

impl MemberRole {
    pub(crate) fn of(stored: &str) -> Self {
        Self::from_wire(stored).unwrap_or(MemberRole::Partner)
    }

    /// Who speaks for an organisation that is this.
    pub(crate) const fn roles(self) -> &'static [Role] {
        match self {
            MemberRole::Partner => &[Role::OrgLegalRep, Role::OrgAgent],
            MemberRole::Custodian => &[Role::Custodian, Role::OrgLegalRep, Role::OrgAgent],
        }
    }

    /// Who signs for it.
    pub(crate) const fn signers(self) -> &'static [Role] {
        match self {
            MemberRole::Partner => &[Role::OrgLegalRep],
            MemberRole::Custodian => &[Role::Custodian, Role::OrgLegalRep],
        }
    }
}

/// Invites an organisation into a bid.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberInviteIn {
    /// 受邀组织。
    pub organisation_id: Uuid,
    /// 身份。
    pub role: MemberRole,
}

/// A member accepts an invitation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberIn {
    /// 代表哪个组织。
    pub organisation_id: Uuid,
}

/// A member declines, leaves, or is removed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberReasonIn {
    /// 组织。
    pub organisation_id: Uuid,
    /// 理由,5–1000 字。
    pub reason: String,
}

/// A member confirms the content as it stands.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberConfirmIn {
    /// 代表哪个组织。
    pub organisation_id: Uuid,
    /// 所确认内容的散列,即意向书的 `content_hash`。
    pub content_hash: String,
}

/// Another organisation of a bid.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BidMemberOut {
    /// 组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 身份。
    pub role: MemberRole,
    /// `invited` 待答复、`joined` 已加入、`declined` 已谢绝、`left` 已退出、`removed` 已移出。
    pub standing: String,
    /// 是否已确认当前内容;内容一变即失效。
    pub confirmed: bool,
    /// 确认人。
    pub confirmed_by: Option<String>,
    /// 确认时间。
    pub confirmed_at: Option<Instant>,
    /// 谢绝、退出或移出的理由。
    pub reason: Option<String>,
}

/// An invitation that waits for an answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct BidInvitation {
    /// 意向书。
    pub bid_id: Uuid,
    /// 榜单。
    pub posting_id: Uuid,
    /// 牵头方。
    pub lead_name: String,
    /// 受邀组织。
    pub organisation_id: Uuid,
    /// 身份。
    pub role: MemberRole,
    /// 邀请时间。
    pub invited_at: Instant,
}

wubang_web::list_of! {
    /// A page of invitations.
    BidInvitationList of BidInvitation
}

/// Standings in which an organisation belongs to the bid.
pub(crate) const BELONGS: &[&str] = &["invited", "joined"];

impl bid_member::Model {
    pub(crate) fn belongs(&self) -> bool {
        BELONGS.contains(&self.standing.as_str())
    }

    pub(crate) fn joined(&self) -> bool {
        self.standing == "joined"
    }
}

/// Every organisation that was ever invited into a bid.
pub(crate) async fn of_bid(read: &impl Read, bid: Uuid) -> Result<Vec<bid_member::Model>, Error> {
    Ok(bid_member::Entity::find()
        .filter(bid_member::Column::BidId.eq(bid))
        .order_by_asc(bid_member::Column::Id)
        .all(&read.db())
        .await?)
}

/// The same for several bids.
pub(crate) async fn of_bids(
    read: &impl Read,
    bids: &[Uuid],
) -> Result<Vec<bid_member::Model>, Error> {
    if bids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(bid_member::Entity::find()
        .filter(bid_member::Column::BidId.is_in(bids.iter().copied()))
        .order_by_asc(bid_member::Column::Id)
        .all(&read.db())
        .await?)
}

/// Bids into which one of the organisations has joined, as a condition.
pub(crate) fn joined_by(organisations: impl Iterator<Item = Uuid>) -> Condition {
    let bids = Query::select()
        .column(bid_member::Column::BidId)
        .from(bid_member::Entity)
        .and_where(bid_member::Column::Standing.eq("joined"))
        .and_where(bid_member::Column::OrganisationId.is_in(organisations))
        .to_owned();
    Condition::all().add(bid::Column::Id.in_subquery(bids))
}

/// One page of open invitations of organisations, newest first, one row more than asked for.
pub(crate) async fn invitations(
    read: &impl Read,
    organisations: impl Iterator<Item = Uuid> + Send,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<(bid_member::Model, bid::Model)>, Error> {
    let mut select = bid_member::Entity::find()
        .filter(bid_member::Column::OrganisationId.is_in(organisations))
        .filter(bid_member::Column::Standing.eq("invited"))
        .order_by_desc(bid_member::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        select = select.filter(bid_member::Column::Id.lt(after));
    }
    let members = select.all(&read.db()).await?;
    let ids: Vec<Uuid> = members.iter().map(|member| member.bid_id).collect();
    let bids = bid::Entity::find()
        .filter(bid::Column::Id.is_in(ids))
        .all(&read.db())
        .await?;
    Ok(beside(members, &bids))
}

/// Invites an organisation, or invites it again after it declined, left or was removed.
pub(crate) async fn invite(
    tx: &Tx,
    bid: Uuid,
    organisation: (Uuid, String),
    role: MemberRole,
) -> Result<(), Error> {
    let invited_by = tx.person()?;
    bid_member::Entity::delete_many()
        .filter(bid_member::Column::BidId.eq(bid))
        .filter(bid_member::Column::OrganisationId.eq(organisation.0))
        .filter(bid_member::Column::Standing.is_not_in(BELONGS.iter().copied()))
        .exec(&tx.db())
        .await?;
    let row = bid_member::ActiveModel {
        id: Set(tx.new_id()),
        bid_id: Set(bid),
        organisation_id: Set(organisation.0),
        organisation_name: Set(organisation.1),
        role: Set(role.as_str().to_owned()),
        standing: Set("invited".to_owned()),
        invited_by: Set(invited_by),
        invited_at: Set(tx.now()),
        answered_by: Set(None),
        answered_at: Set(None),
        reason: Set(None),
        confirmed_hash: Set(None),
        confirmed_name: Set(None),
        confirmed_at: Set(None),
    };
    row.insert(&tx.db()).await?;
    Ok(())
}

/// Writes that a member answered, left or was removed.
pub(crate) async fn set_standing(
    tx: &Tx,
    member: &bid_member::Model,
    standing: &str,
    reason: Option<String>,
) -> Result<(), Error> {
    let touched = bid_member::Entity::update_many()
        .col_expr(bid_member::Column::Standing, Expr::value(standing))
        .col_expr(bid_member::Column::AnsweredBy, Expr::value(tx.person()?))
        .col_expr(bid_member::Column::AnsweredAt, Expr::value(tx.now()))
        .col_expr(bid_member::Column::Reason, Expr::value(reason))
        .filter(bid_member::Column::Id.eq(member.id))
        .filter(bid_member::Column::Standing.eq(&member.standing))
        .exec(&tx.db())
        .await?;
    once(touched.rows_affected)
}

/// Writes that a member confirmed a content.
pub(crate) async fn confirm(tx: &Tx, member: &bid_member::Model, hash: &str) -> Result<(), Error> {
    let touched = bid_member::Entity::update_many()
        .col_expr(bid_member::Column::ConfirmedHash, Expr::value(hash))
        .col_expr(
            bid_member::Column::ConfirmedName,
            Expr::value(tx.actor().name.clone()),
        )
        .col_expr(bid_member::Column::ConfirmedAt, Expr::value(tx.now()))
        .filter(bid_member::Column::Id.eq(member.id))
        .filter(bid_member::Column::Standing.eq("joined"))
        .exec(&tx.db())
        .await?;
    once(touched.rows_affected)
}

fn once(rows: u64) -> Result<(), Error> {
    if rows == 1 {
        Ok(())
    } else {
        Err(Code::Conflict.into())
    }
}

/// Notes that an organisation takes part in a round with this bid.
///
/// # Errors
/// `already_bidding` when it does so with another.
pub(crate) async fn enter(tx: &Tx, bid: &bid::Model, organisation: Uuid) -> Result<(), Error> {
    let row = bid_entrant::ActiveModel {
        posting_id: Set(bid.posting_id),
        organisation_id: Set(organisation),
        bid_id: Set(bid.id),
    };
    bid_entrant::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([
                bid_entrant::Column::PostingId,
                bid_entrant::Column::OrganisationId,
            ])
            .do_nothing()
            .to_owned(),
        )
        .exec_without_returning(&tx.db())
        .await?;
    let there = bid_entrant::Entity::find_by_id((bid.posting_id, organisation))
        .one(&tx.db())
        .await?;
    match there {
        Some(entrant) if entrant.bid_id == bid.id => Ok(()),
        _ => Err(Code::AlreadyBidding.into()),
    }
}

/// Where a partner still stands as joined in other bids of the round. Those were withdrawn, else it could not have
/// entered this one.
pub(crate) async fn left_behind(
    tx: &Tx,
    bid: &bid::Model,
    organisation: Uuid,
) -> Result<Vec<(bid_member::Model, bid::Model)>, Error> {
    let others = Query::select()
        .column(bid::Column::Id)
        .from(bid::Entity)
        .and_where(bid::Column::PostingId.eq(bid.posting_id))
        .and_where(bid::Column::Id.ne(bid.id))
        .to_owned();
    let members = bid_member::Entity::find()
        .filter(bid_member::Column::OrganisationId.eq(organisation))
        .filter(bid_member::Column::Role.eq(MemberRole::Partner.as_str()))
        .filter(bid_member::Column::Standing.eq("joined"))
        .filter(bid_member::Column::BidId.in_subquery(others))
        .all(&tx.db())
        .await?;
    let bids = bid::Entity::find()
        .filter(bid::Column::Id.is_in(members.iter().map(|member| member.bid_id)))
        .all(&tx.db())
        .await?;
    Ok(beside(members, &bids))
}

/// Each member with its bid.
fn beside(
    members: Vec<bid_member::Model>,
    bids: &[bid::Model],
) -> Vec<(bid_member::Model, bid::Model)> {
    members
        .into_iter()
        .filter_map(|member| {
            let bid = bids.iter().find(|bid| bid.id == member.bid_id)?.clone();
            Some((member, bid))
        })
        .collect()
}

/// An organisation, or every one, no longer takes part with this bid.
pub(crate) async fn leave(
    tx: &Tx,
    bid: &bid::Model,
    organisation: Option<Uuid>,
) -> Result<(), Error> {
    let mut delete = bid_entrant::Entity::delete_many()
        .filter(bid_entrant::Column::PostingId.eq(bid.posting_id))
        .filter(bid_entrant::Column::BidId.eq(bid.id));
    if let Some(organisation) = organisation {
        delete = delete.filter(bid_entrant::Column::OrganisationId.eq(organisation));
    }
    delete.exec(&tx.db()).await?;
    Ok(())
}
