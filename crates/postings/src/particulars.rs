//! What a posting type needs beside the notice (rulebook 2.3): whom an order names, which statutory procedure
//! decides, what a call for projects asks for. Each type takes its own and refuses the others.

use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::Faults;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::procedure::{PostingType, Way};

/// An order to one organisation (点单): public with the posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "organisation_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "offering": "上门理发服务(每季度一次)", "reason": "长期在本社区服务,居民点单意愿集中。" }))]
pub struct Order {
    /// 点选的组织。
    pub organisation_id: Uuid,
    /// 点选的服务项目,2–200 字。
    pub offering: String,
    /// 选择理由(公开),5–1000 字。
    pub reason: String,
}

/// The statutory procedure that decides (政府采购), as linked here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "platform": "郑州市政府采购网", "number": "郑财磋商采购-2026-118", "url": "https://zfcg.example.gov.cn/2026/118" }))]
pub struct ExternalProcedureRef {
    /// 采购平台或代理机构,2–100 字。
    pub platform: String,
    /// 采购项目编号,2–100 字。
    pub number: String,
    /// 采购公告网址。
    pub url: Option<String>,
}

/// A call for projects (公益创投、微项目征集).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "division": "410108005000", "theme": "平安建设、文明志愿微服务", "picks": 23, "ceiling_each_fen": 2_000_000 }))]
pub struct Call {
    /// 征集范围(街道或区的代码);申报项目的社区须在其内。
    pub division: String,
    /// 主题,2–200 字。
    pub theme: String,
    /// 最多入选项目数,1–200。
    pub picks: u32,
    /// 单个项目最高资助额(分)。
    pub ceiling_each_fen: i64,
}

/// Out of which call a posting was picked (入选).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Picked {
    /// 征集榜单。
    pub call_id: Uuid,
    /// 征集榜单编号。
    pub call_number: String,
    /// 申报书。
    pub bid_id: Uuid,
}

/// Which lane (赛道) of which race a posting is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RaceLane {
    /// 赛马榜单。
    pub race_id: Uuid,
    /// 赛马榜单编号。
    pub race_number: String,
    /// 赛道序号,从 1 起。
    pub lane: u32,
    /// 赛道总数。
    pub lanes: u32,
    /// 赛道少于公告数的公开理由。
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fewer_reason: Option<String>,
}

/// The result of the statutory procedure, as taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExternalResult {
    /// 中标(成交)组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 中标(成交)金额(分)。
    pub price_fen: i64,
    /// 中标(成交)通知日。
    pub decided_on: NaiveDate,
    /// 中标(成交)通知书编号。
    pub notice_number: String,
}

/// How the bids of a posting are kept until the opening (密封等级).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SealingLevel {
    /// 平台加密,截止后由系统开启。
    #[default]
    Standard,
    /// 揭榜组织自行加密,截止后由三名持钥人中的两名共同开启;此前平台也无法读取。
    SealedByPanel,
}

/// How bids are kept, and who opens them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "level": "sealed_by_panel", "holders": ["019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c12", "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c13"] }))]
pub struct Sealing {
    /// 密封等级。
    pub level: SealingLevel,
    /// 持钥人(三名),须各已登记公钥,本街道人员至多一名;`standard` 不填。
    #[serde(default)]
    pub holders: Vec<Uuid>,
}

impl Sealing {
    /// Whether named holders open the box.
    #[must_use]
    pub fn by_holders(&self) -> bool {
        self.level == SealingLevel::SealedByPanel
    }
}

/// What one posting has beside its notice, as stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(default)]
pub struct Particulars {
    /// 点单.
    pub order: Option<Order>,
    /// 政府采购.
    pub external: Option<ExternalProcedureRef>,
    /// 公益创投.
    pub call: Option<Call>,
    /// 入选.
    pub picked: Option<Picked>,
    /// 赛道.
    pub lane: Option<RaceLane>,
    /// 政府采购结果.
    pub result: Option<ExternalResult>,
    /// 密封等级.
    #[serde(skip_serializing_if = "is_standard")]
    pub sealing: Sealing,
}

fn is_standard(sealing: &Sealing) -> bool {
    *sealing == Sealing::default()
}

impl Particulars {
    /// Out of which posting this one came: the call that it was picked from, or the race that it is a lane of.
    #[must_use]
    pub fn came_of(&self) -> Option<Uuid> {
        let picked = self.picked.as_ref().map(|picked| picked.call_id);
        picked.or(self.lane.as_ref().map(|lane| lane.race_id))
    }

    /// What a template may keep of them: who was ordered or what was procured belongs to one posting.
    pub(crate) fn for_template(&self) -> Self {
        Particulars {
            call: self.call.clone(),
            ..Particulars::default()
        }
    }

    /// Notes what the type needs and lacks, what belongs to another type, and what is wrong in itself.
    pub(crate) fn checked(&self, kind: PostingType, faults: &mut Faults) -> Self {
        let way = kind.way();
        for (pointer, given, wanted) in [
            ("/order", self.order.is_some(), way == Way::Order),
            (
                "/external_procedure_ref",
                self.external.is_some(),
                way == Way::Elsewhere,
            ),
            ("/call", self.call.is_some(), way == Way::Call),
        ] {
            if wanted && !given {
                faults.missing(pointer);
            } else if given && !wanted {
                let (zh, en) = (
                    format!("“{}”没有这一项", kind.zh()),
                    format!("does not belong to the type {}", kind.as_str()),
                );
                faults.add(pointer, "not_allowed", zh, en);
            }
        }
        Particulars {
            order: self.order.clone().map(|order| check_order(order, faults)),
            external: self
                .external
                .clone()
                .map(|external| check_external(external, faults)),
            call: self.call.clone().map(|call| check_call(call, faults)),
            picked: self.picked.clone(),
            lane: self.lane.clone(),
            result: self.result.clone(),
            sealing: self.sealing.clone(),
        }
    }
}

fn check_order(order: Order, faults: &mut Faults) -> Order {
    Order {
        offering: faults.line("/order/offering", &order.offering, 2..=200),
        reason: faults.prose("/order/reason", &order.reason, 5..=1000),
        ..order
    }
}

fn check_external(external: ExternalProcedureRef, faults: &mut Faults) -> ExternalProcedureRef {
    let at = |name: &str| format!("/external_procedure_ref/{name}");
    let url = external
        .url
        .map(|url| faults.line(&at("url"), &url, 8..=500));
    if url
        .as_deref()
        .is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://"))
    {
        faults.add(
            at("url"),
            "malformed",
            "须以 http:// 或 https:// 开头",
            "must begin with http:// or https://",
        );
    }
    ExternalProcedureRef {
        platform: faults.line(&at("platform"), &external.platform, 2..=100),
        number: faults.line(&at("number"), &external.number, 2..=100),
        url,
    }
}

fn check_call(call: Call, faults: &mut Faults) -> Call {
    faults.number("/call/picks", call.picks, 1..=200);
    faults.fen("/call/ceiling_each_fen", call.ceiling_each_fen);
    Call {
        theme: faults.line("/call/theme", &call.theme, 2..=200),
        ..call
    }
}

/// The division that a call reaches over.
pub(crate) fn reach(call: Option<&Call>, faults: &mut Faults) -> Option<DivisionCode> {
    match call {
        Some(call) => faults.division("/call/division", &call.division),
        None => {
            faults.missing("/call");
            None
        }
    }
}
