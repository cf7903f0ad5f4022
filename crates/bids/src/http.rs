//! Addresses of the stage.

use crate::model::{
    BidClarificationsOut, BidIn, BidInvitation, BidInvitationList, BidList, BidOut, BidPatch,
    BoxOut, ClarificationIn, ClarificationRequestIn, DisqualifyIn, EligibilityOut, HolderShareOut,
    InvalidationAnswerIn, InvalidationIn, MemberConfirmIn, MemberIn, MemberInviteIn,
    MemberReasonIn, OpeningOut, PublicOpeningOut, QualifyIn, RepairIn, RepairRequestIn, ShareIn,
};
use crate::service;
use crate::service::{attachments, repairing};
use actix_web::{get, patch, post};
use std::cell::Cell;
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_files::shelf;
use wubang_kernel::Code;

use wubang_postings::model::PostingOut;
use wubang_store::Error;
use wubang_web::actions::ActionsOut;
use wubang_web::{Answer, Body, Ctx, PathKey, act, amend, command, list, make, see, see_public};
use wubang_web::{NothingIn, ReasonIn};

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
see!(
    get_posting_eligibility,
    "揭榜 bids",
    "/api/v1/postings/{id}/eligibility",
    EligibilityOut,
    service::get_eligibility,
    "本组织能否揭榜:逐项条件、限流数字与预计释放日期。Whether one's own organisations may bid: each condition, the figures of the caps, and when they are free."
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
act!(qualify_bid, "揭榜 bids", "/api/v1/bids/{id}/qualify", QualifyIn => BidOut, service::qualify, "资格合格;限流未通过的须公开理由。Find a bid eligible; beyond a cap for a public reason.");
act!(propose_bid_disqualification, "揭榜 bids", "/api/v1/bids/{id}/propose_disqualification", DisqualifyIn => BidOut, service::propose_disqualification, "提出资格不合格。Propose to disqualify.");
act!(confirm_bid_disqualification, "揭榜 bids", "/api/v1/bids/{id}/confirm_disqualification", NothingIn => BidOut, service::confirm_disqualification, "由第二人确认资格不合格。Confirm the disqualification by a second person.");
act!(request_bid_repair, "揭榜 bids", "/api/v1/bids/{id}/request_repair", RepairRequestIn => BidOut, service::request_repair, "要求补正形式瑕疵(一次,闭集)。Ask once for the repair of formal defects.");
act!(repair_bid, "揭榜 bids", "/api/v1/bids/{id}/repair", RepairIn => BidOut, service::repair, "揭榜方补正形式瑕疵;已提交的内容不变。Repair formal defects; what was handed in stays.");
act!(request_bid_clarification, "揭榜 bids", "/api/v1/bids/{id}/request_clarification", ClarificationRequestIn => BidOut, service::request_clarification, "评审组成员书面要求澄清。A member of the panel asks for a clarification.");
act!(clarify_bid, "揭榜 bids", "/api/v1/bids/{id}/clarify", ClarificationIn => BidOut, service::clarify, "揭榜方书面澄清,不改变已提交的内容。Clarify in writing, within what was handed in.");
see!(
    list_bid_clarifications,
    "揭榜 bids",
    "/api/v1/bids/{id}/clarifications",
    BidClarificationsOut,
    service::clarifications,
    "意向书的澄清问答。Questions of the panel and the bidder's answers."
);
act!(propose_bid_invalidation, "揭榜 bids", "/api/v1/bids/{id}/propose_invalidation", InvalidationIn => BidOut, service::propose_invalidation, "拟作废意向书,告知揭榜方并听取陈述。Announce the invalidation of a bid and hear the bidder.");
act!(answer_bid_invalidation, "揭榜 bids", "/api/v1/bids/{id}/answer_invalidation", InvalidationAnswerIn => BidOut, service::answer_invalidation, "揭榜方就拟作废书面陈述。Be heard before the invalidation.");
act!(invalidate_bid, "揭榜 bids", "/api/v1/bids/{id}/invalidate", ReasonIn => BidOut, service::invalidate, "听取陈述后由另一人决定作废;已承榜的一并撤销。Invalidate after the hearing, by another person; an award of it is revoked.");
act!(drop_bid_invalidation, "揭榜 bids", "/api/v1/bids/{id}/drop_invalidation", ReasonIn => BidOut, service::drop_invalidation, "不予作废。Drop the invalidation.");
act!(fail_posting_too_few, "揭榜 bids", "/api/v1/postings/{id}/fail_too_few", ReasonIn => PostingOut, service::fail_too_few, "有效揭榜不足,街道宣布流榜(理由公开)。Let the round fail for too few valid bids, for a public reason.");
act!(announce_single_bidder, "揭榜 bids", "/api/v1/postings/{id}/single_bidder", ReasonIn => PostingOut, service::single_bidder, "有效揭榜仅一家,公示后与其协商(单一来源公示)。Negotiate with the only bidder, after a publicity.");

see!(
    get_opening,
    "揭榜 bids",
    "/api/v1/postings/{id}/opening",
    OpeningOut,
    service::opening,
    "开标记录:街道、监督与已签署回避声明的评审人员,开标后可见。The record of the opening, for those who organise, supervise and judge."
);
see_public!(
    get_public_opening,
    "公开 public",
    "/api/v1/public/postings/{id}/opening",
    PublicOpeningOut,
    service::public_opening,
    "公开的开标记录:提出拟承榜对象后可见,不含报价。The public part of the record, from the proposed award on, without prices."
);
see!(
    get_posting_box,
    "揭榜 bids",
    "/api/v1/postings/{id}/box",
    BoxOut,
    service::get_box,
    "投递箱:密封等级与信封的收件人。The box of a posting: its level, and for whom an envelope is sealed."
);
see!(
    get_opening_share,
    "揭榜 bids",
    "/api/v1/postings/{id}/opening/share",
    HolderShareOut,
    service::share,
    "持钥人领取本人的加密份额(截止后)。A holder's own share, sealed for him, once the posting is closed."
);
act!(fail_posting_unopened, "揭榜 bids", "/api/v1/postings/{id}/fail_unopened", ReasonIn => BoxOut, service::fail_unopened, "两名持钥人均无法交出份额,街道宣布流榜(理由公开);信封原样退回。Let the round fail because nobody can open the box, for a public reason.");

/// 持钥人交出解密后的份额;第二份到齐即开启。A holder gives his share; the second one opens the box.
#[utoipa::path(tag = "揭榜 bids", params(("id" = String, Path, description = "id 或编号 · id or number")), request_body = ShareIn,
    responses((status = 200, description = "投递箱 · the box", body = BoxOut)), security(("bearer" = [])))]
#[post("/api/v1/postings/{id}/opening/shares")]
pub(crate) async fn give_opening_share(ctx: Ctx, key: PathKey, body: Body<ShareIn>) -> Answer {
    ctx.signed_in()?;
    let wrong = Cell::new(false);
    let answer = command(&ctx, async |tx| {
        let given = service::give_share(tx, &key.0, body.0).await;
        wrong.set(
            matches!(&given, Err(Error::Refused(refusal)) if refusal.code == Code::ShareWrong),
        );
        given
    })
    .await;
    if wrong.get() {
        // the refusal itself leaves nothing behind
        service::note_wrong_share(&ctx.store, &ctx.who, &key.0)
            .await
            .map_err(|error| ctx.problem(error))?;
    }
    answer
}

shelf!(
    "揭榜 bids", attachments,
    list_bid_attachments "/api/v1/bids/{id}/attachments"
        "意向书的附件(开启前仅本组织;开启后按公开范围)。The attachments of a bid; before the opening to its owner only.",
    add_bid_attachment
        "上传附件:请求体即文件本身,类型由内容识别。Add an attachment: the body is the file itself; its type is found in its content.",
    get_bid_attachment "/api/v1/bids/{id}/attachments/{file}"
        "下载附件(流式,完整性随传随验)。Download an attachment, checked as it goes.",
    remove_bid_attachment "/api/v1/bids/{id}/attachments/{file}/remove"
        "移除附件(截止前);已提交的版本仍保留。Take an attachment off; what was handed in keeps it."
);

shelf!(
    "揭榜 bids", repairing,
    list_bid_repair_attachments "/api/v1/bids/{id}/repair_attachments"
        "为补正上传的附件。The attachments of a repair.",
    add_bid_repair_attachment
        "为补正上传附件:请求体即文件本身;随补正一并提交。Add an attachment to a repair: the body is the file itself.",
    get_bid_repair_attachment "/api/v1/bids/{id}/repair_attachments/{file}"
        "下载补正附件(流式,完整性随传随验)。Download an attachment of a repair, checked as it goes.",
    remove_bid_repair_attachment "/api/v1/bids/{id}/repair_attachments/{file}/remove"
        "移除补正附件(补正前)。Take an attachment off before repairing."
);

/// Serves and documents the stage.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(draft_bid)
        .service(get_posting_eligibility)
        .service(list_bids)
        .service(list_bid_invitations)
        .service(invite_bid_member)
        .service(remove_bid_member)
        .service(accept_bid_invitation)
        .service(decline_bid_invitation)
        .service(leave_bid)
        .service(confirm_bid_content)
        .service(get_bid_actions)
        .service(list_bid_attachments)
        .service(add_bid_attachment)
        .service(get_bid_attachment)
        .service(remove_bid_attachment)
        .service(list_bid_repair_attachments)
        .service(add_bid_repair_attachment)
        .service(get_bid_repair_attachment)
        .service(remove_bid_repair_attachment)
        .service(request_bid_repair)
        .service(repair_bid)
        .service(request_bid_clarification)
        .service(clarify_bid)
        .service(list_bid_clarifications)
        .service(propose_bid_invalidation)
        .service(answer_bid_invalidation)
        .service(invalidate_bid)
        .service(drop_bid_invalidation)
        .service(sign_bid)
        .service(submit_bid)
        .service(revise_bid)
        .service(withdraw_bid)
        .service(qualify_bid)
        .service(propose_bid_disqualification)
        .service(confirm_bid_disqualification)
        .service(fail_posting_too_few)
        .service(announce_single_bidder)
        .service(get_opening_share)
        .service(give_opening_share)
        .service(get_posting_box)
        .service(fail_posting_unopened)
        .service(get_opening)
        .service(get_public_opening)
        .service(get_bid)
        .service(amend_bid);
}
