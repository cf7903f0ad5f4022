//! Addresses of the activity log.

use super::model::{ActivityCorrectIn, ActivityIn, ActivityList, ActivityOut, ActivityTotals};
use super::{photos, service};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_files::shelf;
use wubang_web::actions::ActionsOut;
use wubang_web::{NothingIn, ReasonIn, act, list, make, see};

make!(record_activity, "实施 implementation", "/api/v1/activities", "activities", ActivityIn => ActivityOut, service::record, "记录活动(承榜组织、联合方,实施期间)。Log an activity.");
list!(
    list_activities,
    "实施 implementation",
    "/api/v1/activities",
    ["contract_id", "state"],
    ActivityList,
    service::list,
    "活动记录列表。List the activity log."
);
see!(
    get_activity,
    "实施 implementation",
    "/api/v1/activities/{id}",
    ActivityOut,
    service::get,
    "查看活动记录。Show an entry of the log."
);
see!(
    get_activity_actions,
    "实施 implementation",
    "/api/v1/activities/{id}/actions",
    ActionsOut,
    service::get_actions,
    "可办理的动作及不可办理的原因。What can be done, and why not the rest."
);
see!(
    get_activity_totals,
    "实施 implementation",
    "/api/v1/contracts/{id}/activity_totals",
    ActivityTotals,
    service::get_totals,
    "活动记录汇总:场次、人次、志愿服务时长,供结项报告使用。The log summed up, for the completion report."
);
act!(correct_activity, "实施 implementation", "/api/v1/activities/{id}/correct", ActivityCorrectIn => ActivityOut, service::correct, "更正活动记录:另记一条,原记录保留;返回新记录。Correct an entry by another one; answers the new one.");
act!(confirm_activity, "实施 implementation", "/api/v1/activities/{id}/confirm", NothingIn => ActivityOut, service::confirm, "社区确认活动记录。The community confirms an entry.");
act!(question_activity, "实施 implementation", "/api/v1/activities/{id}/question", ReasonIn => ActivityOut, service::question, "社区对活动记录提出疑问,确认或更正前不计入汇总。The community questions an entry.");
shelf!(
    "实施 implementation", photos,
    list_activity_photos "/api/v1/activities/{id}/attachments"
        "活动照片(不公开)。The photos of an entry; never public.",
    add_activity_photo
        "上传活动照片:请求体即文件本身;须已声明不能辨认未成年人。Add a photo: the body is the file itself.",
    get_activity_photo "/api/v1/activities/{id}/attachments/{file}"
        "下载活动照片。Download a photo.",
    remove_activity_photo "/api/v1/activities/{id}/attachments/{file}/remove"
        "移除活动照片(社区确认前)。Take a photo off."
);

/// Serves and documents these.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(record_activity)
        .service(list_activities)
        .service(get_activity_totals)
        .service(get_activity_actions)
        .service(correct_activity)
        .service(confirm_activity)
        .service(question_activity)
        .service(list_activity_photos)
        .service(add_activity_photo)
        .service(remove_activity_photo)
        .service(get_activity_photo)
        .service(get_activity);
}
