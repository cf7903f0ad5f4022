//! Addresses of the stage.

use crate::model::{
    BidIn, BidInvitation, BidInvitationList, BidList, BidOut, BidPatch, DisqualifyIn,
    MemberConfirmIn, MemberIn, MemberInviteIn, MemberReasonIn,
};
use crate::service;
use actix_web::{get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_needs::model::{NothingIn, ReasonIn};
use wubang_postings::model::PostingOut;
use wubang_web::actions::ActionsOut;
use wubang_web::{act, amend, list, make, see};

make!(draft_bid, "揭榜 bids", "/api/v1/bids", "bids", BidIn => BidOut, service::draft, "起草揭榜意向书。Draft a bid.");
amend!(amend_bid, "揭榜 bids", "/api/v1/bids/{id}", BidPatch => BidOut, service::amend, "修改意向书草稿。Change a draft bid.");
see!(
    get_bid,
    "揭榜 bids",
    "/api/v1/bids/{id}",
    BidOut,
    service::get,
    "查看意向书(截止前仅本组织)。Show a bid; before the deadline to its owner only."
);
see!(
    get_bid_actions,
    "揭榜 bids",
    "/api/v1/bids/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
list!(
    list_bids,
    "揭榜 bids",
    "/api/v1/bids",
    ["posting", "state"],
    BidList,
    service::list,
    "意向书列表(截止前仅本组织)。List bids; before the deadline one's own only."
);
list!(
    list_bid_invitations,
    "揭榜 bids",
    "/api/v1/bid_invitations",
    [],
    BidInvitationList,
    service::invitations,
    "待本组织答复的联合揭榜邀请。Open invitations to joint bids."
);
act!(invite_bid_member, "揭榜 bids", "/api/v1/bids/{id}/invite_member", MemberInviteIn => BidOut, service::invite_member, "牵头方邀请联合方或资金代管机构。The lead invites a partner or a custodian.");
act!(remove_bid_member, "揭榜 bids", "/api/v1/bids/{id}/remove_member", MemberReasonIn => BidOut, service::remove_member, "牵头方移出成员或收回邀请。The lead removes a member or takes an invitation back.");
act!(accept_bid_invitation, "揭榜 bids", "/api/v1/bids/{id}/accept_invitation", MemberIn => BidOut, service::accept_invitation, "受邀组织加入。An invited organisation joins.");
act!(decline_bid_invitation, "揭榜 bids", "/api/v1/bids/{id}/decline_invitation", MemberReasonIn => BidInvitation, service::decline_invitation, "受邀组织谢绝。An invited organisation declines.");
act!(leave_bid, "揭榜 bids", "/api/v1/bids/{id}/leave", MemberReasonIn => BidInvitation, service::leave, "成员退出;已提交的退回草稿。A member leaves; what was handed in is a draft again.");
act!(confirm_bid_content, "揭榜 bids", "/api/v1/bids/{id}/confirm", MemberConfirmIn => BidOut, service::confirm, "成员确认当前内容(按散列)。A member confirms the content as it stands, by its hash.");
act!(sign_bid, "揭榜 bids", "/api/v1/bids/{id}/sign", NothingIn => BidOut, service::sign, "法定代表人签署当前内容。The legal representative signs the content as it stands.");
act!(submit_bid, "揭榜 bids", "/api/v1/bids/{id}/submit", NothingIn => BidOut, service::submit, "提交意向书,取得回执。Hand in a bid and get the receipt.");
act!(revise_bid, "揭榜 bids", "/api/v1/bids/{id}/revise", BidPatch => BidOut, service::revise, "截止前修订已提交的意向书。Replace what was handed in, before the deadline.");
act!(withdraw_bid, "揭榜 bids", "/api/v1/bids/{id}/withdraw", ReasonIn => BidOut, service::withdraw, "撤回意向书。Withdraw a bid.");
act!(qualify_bid, "揭榜 bids", "/api/v1/bids/{id}/qualify", NothingIn => BidOut, service::qualify, "资格合格。Find a bid eligible.");
act!(propose_bid_disqualification, "揭榜 bids", "/api/v1/bids/{id}/propose_disqualification", DisqualifyIn => BidOut, service::propose_disqualification, "提出资格不合格。Propose to disqualify.");
act!(confirm_bid_disqualification, "揭榜 bids", "/api/v1/bids/{id}/confirm_disqualification", NothingIn => BidOut, service::confirm_disqualification, "由第二人确认资格不合格。Confirm the disqualification by a second person.");
act!(fail_posting_too_few, "揭榜 bids", "/api/v1/postings/{id}/fail_too_few", ReasonIn => PostingOut, service::fail_too_few, "有效揭榜不足,街道宣布流榜(理由公开)。Let the round fail for too few valid bids, for a public reason.");
act!(announce_single_bidder, "揭榜 bids", "/api/v1/postings/{id}/single_bidder", ReasonIn => PostingOut, service::single_bidder, "有效揭榜仅一家,公示后与其协商(单一来源公示)。Negotiate with the only bidder, after a publicity.");

/// Serves and documents the stage.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(draft_bid)
        .service(list_bids)
        .service(list_bid_invitations)
        .service(invite_bid_member)
        .service(remove_bid_member)
        .service(accept_bid_invitation)
        .service(decline_bid_invitation)
        .service(leave_bid)
        .service(confirm_bid_content)
        .service(get_bid_actions)
        .service(sign_bid)
        .service(submit_bid)
        .service(revise_bid)
        .service(withdraw_bid)
        .service(qualify_bid)
        .service(propose_bid_disqualification)
        .service(confirm_bid_disqualification)
        .service(fail_posting_too_few)
        .service(announce_single_bidder)
        .service(get_bid)
        .service(amend_bid);
}
