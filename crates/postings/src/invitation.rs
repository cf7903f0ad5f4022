//! Posting by invitation (邀请发榜, rulebook 2.3.6; 政府采购法 art. 34): at publication so many
//! organisations are drawn at random among those that match, and only they may bid. Who was drawn is shown
//! to themselves at once and to everybody after the closing, with what is needed to draw again.

use crate::entity::posting;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::procedure::{PostingType, Way};
use wubang_kernel::{Actor, Code, Refusal, Role};
use wubang_panels::draw;
use wubang_store::{Error, Read, Tx};

/// A draw, as stored with its posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Invitation {
    /// Organisations that matched at publication.
    pub pool: Vec<Uuid>,
    /// Secret of the draw, 64 hex digits.
    pub nonce: String,
    /// Organisations drawn, in drawn order.
    pub invited: Vec<Uuid>,
}

/// A draw as shown (邀请抽取).
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationOut {
    /// 受邀组织数。
    pub count: usize,
    /// 随机数的承诺(SHA-256)。
    pub commitment: String,
    /// 本人所在组织是否受邀;不属于任何组织时为空。
    pub own: Option<bool>,
    /// 随机数;截止后公开,可据此复算:以 SHA-256(榜单 id ‖ 轮次 ‖ 随机数) 为种子,按 SHA-256(种子 ‖ 组织 id) 排序。
    pub nonce: Option<String>,
    /// 参与抽取的组织;截止后公开。
    pub pool: Option<Vec<Uuid>>,
    /// 受邀组织,按抽取次序;截止后公开。
    pub invited: Option<Vec<Uuid>>,
}

impl InvitationOut {
    /// What a viewer sees of a posting's draw. Until the closing nobody learns who could bid.
    pub(crate) fn of(viewer: &Actor, posting: &posting::Model) -> Option<Self> {
        let drawn = posting.invitation.as_ref()?;
        let own: Vec<Uuid> = viewer
            .organisations(&[Role::OrgAgent, Role::OrgLegalRep])
            .collect();
        let shown = posting.closed_at.is_some();
        Some(InvitationOut {
            count: drawn.invited.len(),
            commitment: draw::commitment(&drawn.nonce),
            own: (!own.is_empty()).then(|| own.iter().any(|one| drawn.invited.contains(one))),
            nonce: shown.then(|| drawn.nonce.clone()),
            pool: shown.then(|| drawn.pool.clone()),
            invited: shown.then(|| drawn.invited.clone()),
        })
    }
}

/// Organisations that match a division and a field now.
///
/// # Errors
/// When the database fails.
pub(crate) async fn pool(
    read: &impl Read,
    division: &DivisionCode,
    field: &str,
) -> Result<Vec<Uuid>, Error> {
    wubang_registry::organisations::organisations_covering(read, division, Some(field)).await
}

/// Draws the invited of a posting that is being published; nothing for one that is open to everybody.
///
/// # Errors
/// `too_few_matches` when fewer match than must be invited.
pub(crate) async fn draw(tx: &Tx, posting: &posting::Model) -> Result<Option<Invitation>, Error> {
    if posting.kind != PostingType::Invited.as_str() {
        return Ok(None);
    }
    let division = crate::store::division(posting)?;
    let pool = pool(tx, &division, &posting.field).await?;
    let wanted = posting.procedure.0.invitations;
    if pool.len() < wanted {
        return Err(Code::TooFewMatches.into());
    }
    let nonce = draw::new_nonce();
    let seed = draw::seed(posting.id, posting.round, &nonce);
    let invited = draw::order(&seed, &pool).into_iter().take(wanted).collect();
    Ok(Some(Invitation {
        pool,
        nonce,
        invited,
    }))
}

/// Whether an organisation may bid on a posting.
///
/// # Errors
/// `not_eligible` for one that was not drawn or not picked; `invalid_transition` where bids are taken elsewhere.
pub fn may_bid(posting: &posting::Model, organisation: Uuid) -> Result<(), Refusal> {
    if posting.procedure.0.code.way() == Way::Elsewhere {
        return Err(Refusal::new(Code::InvalidTransition).because(
            "本项目由法定采购程序决定,平台不接受揭榜",
            "a statutory procedure decides; no bids are taken here",
        ));
    }
    let ordered = posting.particulars.order.as_ref();
    if ordered.is_some_and(|order| order.organisation_id != organisation) {
        return Err(Refusal::new(Code::NotEligible).because(
            "本单已点选其他组织",
            "another organisation was picked for this order",
        ));
    }
    let invited = posting
        .invitation
        .as_ref()
        .is_none_or(|drawn| drawn.invited.contains(&organisation));
    if invited {
        return Ok(());
    }
    Err(Refusal::new(Code::NotEligible).because(
        "本榜为邀请发榜,贵组织未在受邀之列",
        "this posting is by invitation, and the organisation was not drawn",
    ))
}
