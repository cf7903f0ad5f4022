//! Copies of an old posting, and templates.

use super::{Content, Overrides};
use crate::particulars::{Call, ExternalProcedureRef, Order};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::procedure::PostingType;
use wubang_web::Instant;

/// A new posting with the content of an old one, or of a template. All dates of the content move by the
/// same number of days.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "need_ids": ["019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11"], "starts_on": "2026-09-01" }))]
pub struct CopyIn {
    /// 所涉需求,均须待发榜;公益创投不填。
    #[serde(default)]
    pub need_ids: Vec<Uuid>,
    /// 服务开始日;其余日期随之平移。
    pub starts_on: NaiveDate,
    /// 标题;不填沿用。
    pub title: Option<String>,
    /// 最高限价(分);不填沿用。
    pub budget_ceiling_fen: Option<i64>,
    /// 点单;不填沿用旧榜的。
    pub order: Option<Order>,
    /// 法定采购程序;不填沿用旧榜的。
    pub external_procedure_ref: Option<ExternalProcedureRef>,
    /// 定时发布。
    pub publish_at: Option<DateTime<Utc>>,
}

/// A template to keep.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateIn {
    /// 名称,2–100 字,同一区划内不重名。
    pub name: String,
    /// 取自哪张榜。
    pub posting_id: Uuid,
    /// 归属街道或区;不填为该榜所在街道。
    pub division: Option<String>,
}

/// A template of postings (榜单模板).
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateOut {
    /// Id.
    pub id: Uuid,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 名称。
    pub name: String,
    /// 归属区划。
    pub division: String,
    /// 类型。
    #[serde(rename = "type")]
    pub kind: PostingType,
    /// 标题。
    pub title: String,
    /// 领域代码。
    pub field: String,
    /// 最高限价(分)。
    pub budget_ceiling_fen: i64,
    /// 公告内容。
    pub content: Content,
    /// 规则调整。
    pub overrides: Overrides,
    /// 征集要求(公益创投)。
    pub call: Option<Call>,
    /// 停用时间。
    pub retired_at: Option<Instant>,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of templates.
    TemplateList of TemplateOut
}
