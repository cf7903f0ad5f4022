//! Addresses of the stage, with those of a posting that need its bids and its panel.

use crate::model::{
    AssignmentIn, AssignmentOut, AwardList, AwardOut, AwardPanelIn, AwardPanelOut,
    AwardPanelRehearsalOut, AwardReportOut, AwardReportSignIn, AwardSheetIn, AwardSheetsOut,
    LateRecusalIn, LateRecusalOut, PanelConflictsOut, PickProjectsIn, PicksOut, PostingStepOut,
    ProposeAwardIn, PublicAwardOut, RaceAwardsIn, RaceOut,
};
use crate::{
    assigning, calls, candidates, deciding, late, panel, proposal, races, review, service,
};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use wubang_panels::model::SheetOut;
use wubang_web::actions::ActionsOut;
use wubang_web::{NothingIn, ReasonIn};
use wubang_web::{act, list, make, see, see_public};

act!(form_award_panel, "承榜 awards", "/api/v1/postings/{id}/panel", AwardPanelIn => AwardPanelOut, panel::form_panel, "组成评审组:专家随机抽取,其余指名。Form the panel: experts are drawn, the others named.");
see!(
    get_award_panel,
    "承榜 awards",
    "/api/v1/postings/{id}/panel",
    AwardPanelOut,
    panel::get_panel,
    "查看评审组。Show the panel of a posting."
);
act!(rehearse_award_panel, "承榜 awards", "/api/v1/postings/{id}/panel/rehearse", AwardPanelIn => AwardPanelRehearsalOut, panel::rehearse_panel, "预演组成评审组:各席位需要、可用和被排除的人数。Rehearse the panel: seats needed, available, and taken out by what.");
see!(
    get_award_panel_conflicts,
    "承榜 awards",
    "/api/v1/postings/{id}/panel/conflicts",
    PanelConflictsOut,
    candidates::get_conflicts,
    "候选人的回避理由与提示。Grounds of recusal and warnings about candidates."
);
make!(rehearse_panel_assignment, "承榜 awards", "/api/v1/panel_assignments/rehearse", "panels", AssignmentIn => AssignmentOut, assigning::rehearse_assignment, "预演多个榜单统一分配专家,只给出数字。Rehearse the assignment of experts to several postings; figures only.");
make!(assign_panels, "承榜 awards", "/api/v1/panel_assignments", "panels", AssignmentIn => AssignmentOut, assigning::assign, "多个榜单统一分配专家并组成评审组。Assign experts to the panels of several postings at once.");
act!(recuse_award_member, "承榜 awards", "/api/v1/postings/{id}/panel/recuse", LateRecusalIn => LateRecusalOut, late::recuse_member, "认定已评分的成员应回避未回避:其评分作废,重新汇总或另组评审组。Find that a member who scored should have stood aside: his sheets are void.");
act!(start_posting_evaluation, "承榜 awards", "/api/v1/postings/{id}/start_evaluation", NothingIn => PostingStepOut, panel::start_evaluation, "开始评审。Start the evaluation.");
act!(submit_award_sheet, "承榜 awards", "/api/v1/postings/{id}/score_sheets", AwardSheetIn => SheetOut, review::submit_sheet, "提交评分表。Hand in a score sheet.");
see!(
    get_award_sheets,
    "承榜 awards",
    "/api/v1/postings/{id}/score_sheets",
    AwardSheetsOut,
    review::get_sheets,
    "查看评分表(成员仅本人)。Show score sheets; a member sees his own."
);
act!(sign_award_report, "承榜 awards", "/api/v1/postings/{id}/sign_report", AwardReportSignIn => AwardReportOut, review::sign_report, "签署评审报告。Sign the panel's report.");
see!(
    get_award_report,
    "承榜 awards",
    "/api/v1/postings/{id}/report",
    AwardReportOut,
    review::get_report,
    "查看评审报告。Show the panel's report."
);
act!(propose_award, "承榜 awards", "/api/v1/postings/{id}/propose_award", ProposeAwardIn => AwardOut, deciding::propose_award, "提出拟承榜对象并公示。Propose the awardee; the publicity begins.");
act!(pick_projects, "承榜 awards", "/api/v1/postings/{id}/pick_projects", PickProjectsIn => PicksOut, calls::pick_projects, "公益创投遴选:入选项目一并成为需求、榜单和拟承榜。Pick projects out of a call: each becomes need, posting and award at once.");
see_public!(
    get_picked_projects,
    "公开 public",
    "/api/v1/public/postings/{id}/picked_projects",
    PicksOut,
    calls::get_picks,
    "公益创投入选项目。The projects picked out of a call."
);
act!(propose_race_awards, "承榜 awards", "/api/v1/postings/{id}/propose_race_awards", RaceAwardsIn => RaceOut, races::propose_race_awards, "赛马:按排名提出各赛道的拟承榜对象,每条赛道各有榜单、项目和公示。Give the lanes of a race by rank: each becomes posting, project and award of its own.");
see_public!(
    get_race,
    "公开 public",
    "/api/v1/public/postings/{id}/race",
    RaceOut,
    races::get_race,
    "赛马各赛道,可用赛马榜单或任一赛道榜单查看。The lanes of a race, asked for by the race or any of its lanes."
);
act!(reject_all_bids, "承榜 awards", "/api/v1/postings/{id}/reject_all", ReasonIn => PostingStepOut, proposal::reject_all, "无一达到合格线,全部否决(流榜)。Reject all when none reaches the threshold.");
see!(
    get_award,
    "承榜 awards",
    "/api/v1/awards/{id}",
    AwardOut,
    service::get,
    "查看承榜。Show an award."
);
see!(
    get_award_actions,
    "承榜 awards",
    "/api/v1/awards/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
list!(
    list_awards,
    "承榜 awards",
    "/api/v1/awards",
    ["posting", "project_id", "state", "division"],
    AwardList,
    service::list,
    "承榜列表。List awards."
);
act!(issue_award_notice, "承榜 awards", "/api/v1/awards/{id}/issue_notice", NothingIn => AwardOut, service::issue_notice, "发出承榜通知。Issue the notice of award.");
act!(decline_award, "承榜 awards", "/api/v1/awards/{id}/decline", ReasonIn => AwardOut, service::decline, "放弃承榜。Decline an award.");
see_public!(
    get_public_award,
    "公开 public",
    "/api/v1/public/awards/{id}",
    PublicAwardOut,
    service::get_public,
    "承榜公示页。The publicity page of an award."
);

/// Serves and documents the stage.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(form_award_panel)
        .service(get_award_panel)
        .service(rehearse_panel_assignment)
        .service(assign_panels)
        .service(recuse_award_member)
        .service(rehearse_award_panel)
        .service(get_award_panel_conflicts)
        .service(start_posting_evaluation)
        .service(submit_award_sheet)
        .service(get_award_sheets)
        .service(sign_award_report)
        .service(get_award_report)
        .service(propose_award)
        .service(pick_projects)
        .service(get_picked_projects)
        .service(propose_race_awards)
        .service(get_race)
        .service(reject_all_bids)
        .service(list_awards)
        .service(get_award_actions)
        .service(issue_award_notice)
        .service(decline_award)
        .service(get_award)
        .service(get_public_award);
}
