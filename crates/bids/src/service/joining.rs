//! The organisations of a joint bid (联合揭榜): invite, join, confirm, leave (rulebook 2.4.3). Everything ends with
//! the bid deadline; what happens is told to the bid's own organisations and to nobody else.

use super::eligible::room_for_one_more;
use super::system::by_system;
use super::{Case, Known, facts, hash, load_for, out, step};
use crate::asking::Inquiries;
use crate::entity::{bid, bid_member};
use crate::flow::BidEvent;
use crate::members;
use crate::model::{
    BidInvitation, BidInvitationList, BidMode, BidOut, MemberConfirmIn, MemberIn, MemberInviteIn,
    MemberReasonIn, MemberRole,
};
use crate::store::{self, BIDDERS};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::is_over;
use wubang_kernel::machine::Audience;
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet, faults};
use wubang_store::commit::edit;
use wubang_store::outbox::{self, Notice};
use wubang_store::{Error, Key, Read, Tx, View};
use wubang_web::ListQuery;

/// Members come and go, and confirm, until the deadline of a posting that is open.
fn in_time(case: &Case, tx: &Tx) -> Result<(), Error> {
    let posting = &case.posting;
    if posting.state == "suspended" {
        return Err(Code::PostingSuspended.into());
    }
    if posting.state != "open" || posting.bid_deadline.is_none_or(|at| is_over(at, tx.now())) {
        return Err(Code::DeadlinePassed.into());
    }
    Ok(())
}

/// Who is in changes while nothing is handed in.
fn writing(case: &Case) -> Result<(), Error> {
    match case.bid.state.as_str() {
        "draft" | "withdrawn" => Ok(()),
        _ => Err(Code::InvalidTransition.into()),
    }
}

fn standing(case: &Case, organisation: Uuid) -> Option<&bid_member::Model> {
    case.members
        .iter()
        .find(|member| member.organisation_id == organisation && member.belongs())
}

/// Records what happened among the organisations, and loads the bid anew.
async fn note(
    tx: &Tx,
    key: &Key,
    case: Case,
    event: &str,
    role: Role,
    data: serde_json::Value,
) -> Result<BidOut, Error> {
    edit::<bid::Entity>(tx, &case.bid, event, role, |update| update, Some(data)).await?;
    let after = super::load(tx, key).await?;
    out(tx, after).await
}

async fn tell(
    tx: &Tx,
    bid: &bid::Model,
    event: &str,
    organisations: Vec<Uuid>,
) -> Result<(), Error> {
    if organisations.is_empty() {
        return Ok(());
    }
    let notice = Notice {
        organisations,
        ..Notice::of(bid, &[Audience::Organisation], serde_json::json!({}))
    };
    outbox::tell(tx, event, "bid", bid.id, notice).await
}

/// The content changes: members whose confirmation it voids are told.
pub(super) async fn tell_void(tx: &Tx, case: &Case, hash: &str) -> Result<(), Error> {
    let void = case.members.iter().filter(|member| {
        member.joined()
            && member
                .confirmed_hash
                .as_deref()
                .is_some_and(|old| old != hash)
    });
    let organisations = void.map(|member| member.organisation_id).collect();
    tell(tx, &case.bid, "bid.confirmation_void", organisations).await
}

/// Something happened to a bid as a whole: its other organisations hear what its lead hears.
///
/// # Errors
/// When the database fails.
pub async fn tell_members(tx: &Tx, bid: Uuid, event: &str) -> Result<(), Error> {
    let members = members::of_bid(tx, bid).await?;
    let joined = members.iter().filter(|member| member.joined());
    let organisations: Vec<Uuid> = joined.map(|member| member.organisation_id).collect();
    if organisations.is_empty() {
        return Ok(());
    }
    let bid = store::find(tx, bid).await?;
    tell(tx, &bid, event, organisations).await
}

/// The lead invites a partner, or the custodian of a member without legal personality.
///
/// # Errors
/// `deadline_passed`, `invalid_transition` once handed in, `members_full`, `duplicate`, `invalid`.
pub async fn invite_member(tx: &Tx, key: &Key, input: MemberInviteIn) -> Result<BidOut, Error> {
    let case = load_for(tx, key).await?;
    let role = case.roles.first_of(BIDDERS).ok_or(Code::Forbidden)?;
    if case.bid.by_bidder {
        return Err(Code::SealedByBidder.into());
    }
    in_time(&case, tx)?;
    writing(&case)?;
    let organisation = invitable(tx, &case, &input).await?;
    if standing(&case, input.organisation_id).is_some() {
        return Err(Code::Duplicate.into());
    }
    let partners = case
        .members
        .iter()
        .filter(|member| member.belongs() && MemberRole::of(&member.role) == MemberRole::Partner)
        .count();
    let most = usize::try_from(case.posting.procedure.0.max_partners).unwrap_or(usize::MAX);
    if input.role == MemberRole::Partner && partners >= most {
        return Err(Refusal::new(Code::MembersFull)
            .because(
                format!("联合方最多 {most} 家"),
                format!("at most {most} partners"),
            )
            .into());
    }
    let invited = (input.organisation_id, organisation);
    members::invite(tx, case.bid.id, invited, input.role).await?;
    tell(
        tx,
        &case.bid,
        "bid.member_invited",
        vec![input.organisation_id],
    )
    .await?;
    let data = serde_json::json!({ "organisation_id": input.organisation_id, "role": input.role });
    note(tx, key, case, "bid.member_invited", role, data).await
}

/// The name of an organisation that can be invited as this.
async fn invitable(tx: &Tx, case: &Case, input: &MemberInviteIn) -> Result<String, Error> {
    let mut faults = Faults::new();
    let found = wubang_registry::organisations::load(tx, input.organisation_id)
        .await
        .ok();
    if found.is_none() {
        faults.add(
            "/organisation_id",
            "unknown_value",
            "没有这个组织",
            "there is no such organisation",
        );
    }
    if input.organisation_id == case.bid.organisation_id {
        faults.add(
            "/organisation_id",
            "not_allowed",
            "牵头方不能邀请自己",
            "the lead is in it already",
        );
    }
    let mode = BidMode::of(&case.bid.mode);
    let joint = case.posting.content.accepts_joint_bids;
    if input.role == MemberRole::Partner && (mode == BidMode::Sole || !joint) {
        faults.add(
            "/role",
            "not_allowed",
            "本意向书为单独揭榜,或本榜单不接受联合揭榜",
            "the bid is a sole one, or the posting takes no joint bids",
        );
    }
    faults.finish()?;
    Ok(found.ok_or(Code::NotFound)?.name)
}

/// The lead takes a member out again, or an invitation back.
///
/// # Errors
/// As [`invite_member`]; `not_found` for who is not in it.
pub async fn remove_member(tx: &Tx, key: &Key, input: MemberReasonIn) -> Result<BidOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let role = case.roles.first_of(BIDDERS).ok_or(Code::Forbidden)?;
    in_time(&case, tx)?;
    writing(&case)?;
    let member = standing(&case, input.organisation_id)
        .ok_or(Code::NotFound)?
        .clone();
    members::set_standing(tx, &member, "removed", Some(reason)).await?;
    members::leave(tx, &case.bid, Some(member.organisation_id)).await?;
    tell(
        tx,
        &case.bid,
        "bid.member_removed",
        vec![member.organisation_id],
    )
    .await?;
    let data = serde_json::json!({ "organisation_id": member.organisation_id });
    note(tx, key, case, "bid.member_removed", role, data).await
}

/// Open invitations of the viewer's organisations.
///
/// # Errors
/// When the database fails.
pub async fn invitations(view: &View, query: &ListQuery) -> Result<BidInvitationList, Error> {
    let organisations =
        view.actor()
            .organisations(&[Role::OrgLegalRep, Role::OrgAgent, Role::Custodian]);
    let rows =
        members::invitations(view, organisations, query.page.after, query.page.limit + 1).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |(member, _)| member.id);
    let items = rows
        .into_iter()
        .map(|(member, bid)| BidInvitation {
            bid_id: bid.id,
            posting_id: bid.posting_id,
            lead_name: bid.organisation_name,
            organisation_id: member.organisation_id,
            role: MemberRole::of(&member.role),
            invited_at: wubang_web::Instant(member.invited_at),
        })
        .collect();
    Ok(BidInvitationList { items, next })
}

/// An organisation takes part in the round with this bid. From a withdrawn one, in which it still stood, it is gone
/// with that: two bids of a round never have the same eyes on them. The other lead reads that it left, not why.
///
/// # Errors
/// `already_bidding` when it takes part with another one.
pub(super) async fn enter(tx: &Tx, bid: &bid::Model, organisation: Uuid) -> Result<(), Error> {
    members::enter(tx, bid, organisation).await?;
    for (member, other) in members::left_behind(tx, bid, organisation).await? {
        let reason = "该意向书撤回后,成员已不再参加";
        members::set_standing(tx, &member, "left", Some(reason.to_owned())).await?;
        let data = serde_json::json!({ "organisation_id": organisation });
        by_system(tx, other.id, BidEvent::Leave, |c| c.data(data)).await?;
    }
    Ok(())
}

/// A bid for somebody whom an organisation sends that is invited to it, or has joined it.
async fn as_member(
    tx: &Tx,
    key: &Key,
    organisation: Uuid,
    standings: &[&str],
) -> Result<(Case, bid_member::Model, Role), Error> {
    let Key::Id(id) = key else {
        return Err(Code::NotFound.into());
    };
    let bid = store::find(tx, *id).await?;
    let members = members::of_bid(tx, bid.id).await?;
    let member = members
        .iter()
        .find(|one| {
            one.organisation_id == organisation && standings.contains(&one.standing.as_str())
        })
        .ok_or(Code::NotFound)?
        .clone();
    let role = tx
        .actor()
        .roles(&Reach::of(organisation))
        .first_of(MemberRole::of(&member.role).roles())
        .ok_or(Code::NotFound)?;
    tx.expect_version(bid.version)?;
    let posting = wubang_postings::service::find(tx, bid.posting_id).await?;
    let case = Case {
        bid,
        members,
        posting,
        roles: RoleSet::of(&[Role::Partner]),
        inquiries: Inquiries::default(),
    };
    in_time(&case, tx)?;
    Ok((case, member, role))
}

/// An invited organisation joins: from now on it reads the draft, and takes part in no other bid of the round.
///
/// # Errors
/// `not_found` for who was not invited; `already_bidding`; `cap_reached`; `deadline_passed`.
pub async fn accept_invitation(tx: &Tx, key: &Key, input: MemberIn) -> Result<BidOut, Error> {
    let (case, member, role) = as_member(tx, key, input.organisation_id, &["invited"]).await?;
    writing(&case)?;
    if MemberRole::of(&member.role) == MemberRole::Partner {
        room_for_one_more(tx, &case.posting, member.organisation_id).await?;
        enter(tx, &case.bid, member.organisation_id).await?;
    }
    members::set_standing(tx, &member, "joined", None).await?;
    tell(
        tx,
        &case.bid,
        "bid.member_joined",
        vec![case.bid.organisation_id],
    )
    .await?;
    let data = serde_json::json!({ "organisation_id": member.organisation_id });
    note(tx, key, case, "bid.member_joined", role, data).await
}

/// An invited organisation declines. It never saw the draft.
///
/// # Errors
/// As [`accept_invitation`]; `invalid` without a reason.
pub async fn decline_invitation(
    tx: &Tx,
    key: &Key,
    input: MemberReasonIn,
) -> Result<BidInvitation, Error> {
    let reason = faults::reason(&input.reason)?;
    let (case, member, role) = as_member(tx, key, input.organisation_id, &["invited"]).await?;
    members::set_standing(tx, &member, "declined", Some(reason)).await?;
    tell(
        tx,
        &case.bid,
        "bid.member_declined",
        vec![case.bid.organisation_id],
    )
    .await?;
    let data = serde_json::json!({ "organisation_id": member.organisation_id });
    let event = "bid.member_declined";
    edit::<bid::Entity>(tx, &case.bid, event, role, |update| update, Some(data)).await?;
    Ok(BidInvitation {
        bid_id: case.bid.id,
        posting_id: case.bid.posting_id,
        lead_name: case.bid.organisation_name,
        organisation_id: member.organisation_id,
        role: MemberRole::of(&member.role),
        invited_at: wubang_web::Instant(member.invited_at),
    })
}

/// A member leaves. What was handed in with it is a draft again, because it promised what is no longer so.
///
/// # Errors
/// `not_found` for who is not in it; `deadline_passed`; `invalid` without a reason.
pub async fn leave(tx: &Tx, key: &Key, input: MemberReasonIn) -> Result<BidInvitation, Error> {
    let reason = faults::reason(&input.reason)?;
    let (mut case, member, _) = as_member(tx, key, input.organisation_id, &["joined"]).await?;
    members::set_standing(tx, &member, "left", Some(reason.clone())).await?;
    members::leave(tx, &case.bid, Some(member.organisation_id)).await?;
    case.roles = RoleSet::of(&[Role::System]);
    let facts = facts(tx, &case, Known::default())?;
    let left = member.organisation_id;
    step(tx, &mut case, BidEvent::Leave, &facts, |c| {
        c.because(Some(reason))
            .data(serde_json::json!({ "organisation_id": left }))
    })
    .await?;
    Ok(BidInvitation {
        bid_id: case.bid.id,
        posting_id: case.bid.posting_id,
        lead_name: case.bid.organisation_name,
        organisation_id: member.organisation_id,
        role: MemberRole::of(&member.role),
        invited_at: wubang_web::Instant(member.invited_at),
    })
}

/// A member's legal representative (a custodian's officer) confirms the content as it stands, by its hash.
///
/// # Errors
/// `not_found` for who is not in it; `forbidden` for an agent; `content_changed` for another hash;
/// `deadline_passed`.
pub async fn confirm(tx: &Tx, key: &Key, input: MemberConfirmIn) -> Result<BidOut, Error> {
    let (mut case, member, _) = as_member(tx, key, input.organisation_id, &["joined"]).await?;
    let role = tx
        .actor()
        .roles(&Reach::of(member.organisation_id))
        .first_of(MemberRole::of(&member.role).signers())
        .ok_or(Code::Forbidden)?;
    if !matches!(case.bid.state.as_str(), "draft" | "withdrawn" | "submitted") {
        return Err(Code::InvalidTransition.into());
    }
    crate::sealing::reveal(tx, &mut case.bid)?;
    super::attachments::fill(tx, &mut case.bid).await?;
    let hash = hash(tx, &case)?;
    if input.content_hash != hash {
        return Err(Code::ContentChanged.into());
    }
    members::confirm(tx, &member, &hash).await?;
    let data =
        serde_json::json!({ "organisation_id": member.organisation_id, "content_hash": hash });
    note(tx, key, case, "bid.member_confirmed", role, data).await
}
