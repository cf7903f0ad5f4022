//! What the record of an opening says (开标记录), whole and for the public. Its hash is taken of the canonical JSON.

use crate::model::MemberRole;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::Instant;

/// Who opened a box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Opener {
    /// 截止后由系统开启。
    System,
    /// 截止后由两名持钥人共同开启。
    Holders,
}

/// A holder who gave his share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpeningHolder {
    /// 持钥人。
    pub person_id: Uuid,
    /// 姓名。
    pub name: String,
}

/// Another organisation of an opened bid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenedMember {
    /// 组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 身份。
    pub role: MemberRole,
}

/// One bid of an opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenedBid {
    /// 序号,按收到的先后。
    pub number: u32,
    /// 意向书。
    pub bid_id: Uuid,
    /// 揭榜组织(联合揭榜为牵头方)。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 联合方与资金代管机构。
    pub members: Vec<OpenedMember>,
    /// 第几次提交。
    pub revision: i32,
    /// 收到时间,与回执一致。
    #[schema(format = DateTime)]
    pub received_at: String,
    /// 内容散列,与回执一致。
    pub content_hash: String,
    /// 在全程留痕中的序号;开标时尚未编号的为空。
    pub position: Option<i64>,
    /// 报价(分);信封不完好的为空。
    pub price_fen: Option<i64>,
    /// 信封是否完好、内容与回执散列一致。
    pub envelope_intact: bool,
    /// 开标时资格审查是否全部通过。
    pub eligible: bool,
    /// 未通过的审查项。
    pub unmet: Vec<String>,
}

/// What the hash of an opening is taken of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct OpeningRecord {
    /// 榜单。
    pub posting_id: Uuid,
    /// 榜单编号。
    pub posting_number: String,
    /// 开标时间。
    #[schema(format = DateTime)]
    pub opened_at: String,
    /// 由谁开启。
    pub opened_by: Opener,
    /// 交出份额的持钥人;由系统开启的为空。
    pub holders: Vec<OpeningHolder>,
    /// 提交份数。
    pub handed_in: usize,
    /// 提交后又在截止前撤回的份数;不开启,不列名。
    pub withdrawn: u64,
    /// 各份意向书。
    pub bids: Vec<OpenedBid>,
}

/// The record for those who organise, supervise and judge.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpeningOut {
    /// 开标记录。
    pub record: OpeningRecord,
    /// `record` 的规范 JSON(键按序、无空白、UTF-8)的 SHA-256。
    pub record_hash: String,
    /// 公开时间:首次提出拟承榜对象时;此前为空。
    pub published_at: Option<Instant>,
}

/// A bidder, for everybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicBidder {
    /// 序号,按收到的先后。
    pub number: u32,
    /// 组织名称。
    pub organisation_name: String,
    /// 联合方与资金代管机构的名称。
    pub members: Vec<String>,
    /// 收到时间。
    #[schema(format = DateTime)]
    pub received_at: String,
    /// 内容散列,与回执一致。
    pub content_hash: String,
}

/// What is public of an opening: who bid, and when; no price, no check.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicOpeningOut {
    /// 榜单。
    pub posting_id: Uuid,
    /// 榜单编号。
    pub posting_number: String,
    /// 开标时间。
    #[schema(format = DateTime)]
    pub opened_at: String,
    /// 由谁开启。
    pub opened_by: Opener,
    /// 提交份数。
    pub handed_in: usize,
    /// 揭榜组织。
    pub bidders: Vec<PublicBidder>,
    /// 完整开标记录的散列。
    pub record_hash: String,
}
