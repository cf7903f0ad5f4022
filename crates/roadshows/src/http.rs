//! Addresses of the crate, with those of a posting that need its session.

use crate::model::{
    Guests, Minutes, PresentersIn, PublicRoadshowsOut, RoadshowConfirmIn, RoadshowIn, RoadshowOut,
    RoadshowPostponeIn, RoadshowQueueOut, RoadshowSlotFinishIn, RoadshowSlotList, RoadshowSlotOut,
};
use crate::service::{self, materials};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_files::shelf;
use wubang_web::actions::ActionsOut;
use wubang_web::{NothingIn, ReasonIn, act, list, see, see_public};

act!(plan_roadshow, "路演 roadshows", "/api/v1/postings/{id}/roadshow", RoadshowIn => RoadshowOut, service::plan, "安排路演:顺序由已公布校验值的随机数抽签。Plan the roadshow of a posting; the order is drawn under its committed seed.");
see!(
    get_posting_roadshow,
    "路演 roadshows",
    "/api/v1/postings/{id}/roadshow",
    RoadshowOut,
    service::get_of_posting,
    "榜单最近一次路演。The newest roadshow of a posting."
);
see!(
    get_roadshow,
    "路演 roadshows",
    "/api/v1/roadshows/{id}",
    RoadshowOut,
    service::get,
    "查看路演(街道、监督和评审组)。Show a roadshow: for street, supervisor and panel."
);
see!(
    get_roadshow_actions,
    "路演 roadshows",
    "/api/v1/roadshows/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
see!(
    get_roadshow_queue,
    "路演 roadshows",
    "/api/v1/roadshows/{id}/queue",
    RoadshowQueueOut,
    service::get_queue,
    "现场队列:正在路演的一家、剩余时间和等候顺序;`If-None-Match` 未变时 304。The live queue; 304 while nothing has changed."
);
act!(postpone_roadshow, "路演 roadshows", "/api/v1/roadshows/{id}/postpone", RoadshowPostponeIn => RoadshowOut, service::postpone, "改期;等候的顺序不变。Move it to another time; the order stays.");
act!(cancel_roadshow, "路演 roadshows", "/api/v1/roadshows/{id}/cancel", ReasonIn => RoadshowOut, service::cancel, "取消,可另行安排。Cancel; another one may be planned.");
act!(start_roadshow, "路演 roadshows", "/api/v1/roadshows/{id}/start", NothingIn => RoadshowQueueOut, service::start, "开始路演。Start the session.");
act!(call_next_presenter, "路演 roadshows", "/api/v1/roadshows/{id}/call_next", NothingIn => RoadshowQueueOut, service::call_next, "请下一家上场。Call the next presenter.");
act!(begin_roadshow_questions, "路演 roadshows", "/api/v1/roadshows/{id}/begin_questions", NothingIn => RoadshowQueueOut, service::begin_questions, "陈述结束,开始提问。The presentation is over, the panel asks.");
act!(finish_roadshow_slot, "路演 roadshows", "/api/v1/roadshows/{id}/finish_slot", RoadshowSlotFinishIn => RoadshowQueueOut, service::finish_slot, "结束本家路演。End the present slot.");
act!(mark_presenter_absent, "路演 roadshows", "/api/v1/roadshows/{id}/mark_absent", NothingIn => RoadshowQueueOut, service::mark_absent, "未到场:第一次移到最后,第二次不再路演。Nobody came: to the end once, then missed.");
act!(attend_roadshow, "路演 roadshows", "/api/v1/roadshows/{id}/attend", NothingIn => RoadshowQueueOut, service::attend, "评审组成员签到。Check in as a member of the panel.");
act!(record_roadshow_guests, "路演 roadshows", "/api/v1/roadshows/{id}/record_guests", Guests => RoadshowOut, service::record_guests, "登记其他到场人数。Record how many others were there.");
act!(finish_roadshow, "路演 roadshows", "/api/v1/roadshows/{id}/finish", NothingIn => RoadshowOut, service::finish, "结束路演,此后方可评分。End the session; from now on the panel may score.");
act!(write_roadshow_minutes, "路演 roadshows", "/api/v1/roadshows/{id}/write_minutes", Minutes => RoadshowOut, service::write_minutes, "撰写纪要,不写报价。Write the minutes, without prices.");
act!(confirm_roadshow_minutes, "路演 roadshows", "/api/v1/roadshows/{id}/confirm_minutes", RoadshowConfirmIn => RoadshowOut, service::confirm_minutes, "评审组组长确认纪要。The chair of the panel confirms the minutes.");
list!(
    list_roadshow_slots,
    "路演 roadshows",
    "/api/v1/roadshow_slots",
    ["posting", "state"],
    RoadshowSlotList,
    service::list_slots,
    "本组织的路演场次。The slots of one's own organisations."
);
see!(
    get_roadshow_slot,
    "路演 roadshows",
    "/api/v1/roadshow_slots/{id}",
    RoadshowSlotOut,
    service::get_slot,
    "查看本组织的路演场次。Show a slot of one's own organisation."
);
see!(
    get_roadshow_slot_actions,
    "路演 roadshows",
    "/api/v1/roadshow_slots/{id}/actions",
    ActionsOut,
    service::get_slot_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
act!(name_roadshow_presenters, "路演 roadshows", "/api/v1/roadshow_slots/{id}/name_presenters", PresentersIn => RoadshowSlotOut, service::name_presenters, "报送路演人员及是否同意录制。Name who presents, and who consents to being recorded.");
shelf!(
    "路演 roadshows", materials,
    list_roadshow_materials "/api/v1/roadshow_slots/{id}/materials"
        "路演材料(本组织、街道、监督和已声明的评审组成员);仅供陈述,不改变已提交的意向书。The slides of a slot; they stand beside the bid and change nothing of it.",
    add_roadshow_material
        "上传路演材料(开始前):请求体即文件本身。Add a slide before the session starts: the body is the file itself.",
    get_roadshow_material "/api/v1/roadshow_slots/{id}/materials/{file}"
        "下载路演材料。Download a slide.",
    remove_roadshow_material "/api/v1/roadshow_slots/{id}/materials/{file}/remove"
        "移除路演材料(开始前)。Take a slide off before the session starts."
);
see_public!(
    get_public_roadshow,
    "公开 public",
    "/api/v1/public/postings/{id}/roadshow",
    PublicRoadshowsOut,
    service::get_public,
    "路演纪要公开页。The public minutes of a posting's roadshow."
);

/// Serves and documents the crate.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(plan_roadshow)
        .service(get_posting_roadshow)
        .service(get_roadshow_actions)
        .service(get_roadshow_queue)
        .service(postpone_roadshow)
        .service(cancel_roadshow)
        .service(start_roadshow)
        .service(call_next_presenter)
        .service(begin_roadshow_questions)
        .service(finish_roadshow_slot)
        .service(mark_presenter_absent)
        .service(attend_roadshow)
        .service(record_roadshow_guests)
        .service(finish_roadshow)
        .service(write_roadshow_minutes)
        .service(confirm_roadshow_minutes)
        .service(get_roadshow)
        .service(list_roadshow_slots)
        .service(get_roadshow_slot_actions)
        .service(name_roadshow_presenters)
        .service(list_roadshow_materials)
        .service(add_roadshow_material)
        .service(get_roadshow_material)
        .service(remove_roadshow_material)
        .service(get_roadshow_slot)
        .service(get_public_roadshow);
}
