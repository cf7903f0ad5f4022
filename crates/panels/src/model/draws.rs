//! What is kept and shown of a draw: pool, order, lots, seats.

use super::KeptDraw;
use sea_orm::FromJsonQueryResult;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::Instant;

/// One member of the pool (专家库): the entry, which is what is drawn and shown, and its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawEntry {
    /// Id of the entry in the expert pool.
    pub id: Uuid,
    /// The person; never shown with a draw.
    pub person_id: Uuid,
}

/// What a draw was made from and gave. With the nonce it can be recomputed by anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct DrawRecord {
    /// Field that the specialities had to match; empty where nobody was drawn.
    pub field: String,
    /// How many were drawn at first.
    pub count: usize,
    /// The pools in the order in which they are used up.
    pub strata: Vec<DrawStratum>,
    /// The whole pool in drawn order.
    pub order: Vec<DrawEntry>,
    /// Experts who were named because every pool was too small.
    pub own_choice: Option<DrawOwnChoice>,
    /// The lot among the residents, where they have seats.
    #[serde(default)]
    pub residents: Option<LotRecord>,
}

/// What the lot among residents was made from and gave. Ids are veiled: they stand for persons whom nobody may know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotRecord {
    /// How many were drawn at first.
    pub count: usize,
    /// The communities; each has its turn.
    pub strata: Vec<DrawStratum>,
    /// All of them in drawn order.
    pub order: Vec<DrawEntry>,
    /// Residents who were named because there were too few.
    pub own_choice: Option<DrawOwnChoice>,
}

impl DrawRecord {
    /// Whether a person was in the pool.
    #[must_use]
    pub fn holds(&self, person: Uuid) -> bool {
        self.order.iter().any(|entry| entry.person_id == person)
    }

    /// The drawn order that a person stands in, among experts or residents.
    #[must_use]
    pub fn order_of(&self, person: Uuid) -> Option<&[DrawEntry]> {
        let residents = self.residents.as_ref().map(|lot| lot.order.as_slice());
        [Some(self.order.as_slice()), residents]
            .into_iter()
            .flatten()
            .find(|order| order.iter().any(|entry| entry.person_id == person))
    }

    /// Everybody who was in a pool.
    pub fn entries(&self) -> impl Iterator<Item = &DrawEntry> {
        let residents = self.residents.iter().flat_map(|lot| &lot.order);
        self.order.iter().chain(residents)
    }
}

/// One pool of a draw: each is drawn for itself, the next is used when it is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrawStratum {
    /// 专家范围,如 `neighbouring`。
    pub pool: String,
    /// 该范围内全部专家编号,按编号排列。
    pub ids: Vec<Uuid>,
}

/// The draw record of a panel as its keepers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DrawRecordOut {
    /// 专业领域。
    pub field: String,
    /// 抽取人数。
    pub count: usize,
    /// 各专家范围。
    pub strata: Vec<DrawStratum>,
    /// 抽取顺序(专家编号)。
    pub order: Vec<Uuid>,
}

impl From<&DrawRecord> for DrawRecordOut {
    fn from(record: &DrawRecord) -> Self {
        DrawRecordOut {
            field: record.field.clone(),
            count: record.count,
            strata: record.strata.clone(),
            order: record.order.iter().map(|entry| entry.id).collect(),
        }
    }
}

/// Groups that a public lot (抽签) put in order under the seed of the draw, each in that order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Lots(pub Vec<Vec<Uuid>>);

/// An own choice as it is kept with the draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrawOwnChoice {
    /// 指定的席位数。
    pub seats: usize,
    /// 公开的理由。
    pub reason: String,
}

impl KeptDraw {
    /// The seed: `SHA-256(object id ‖ round ‖ nonce)`.
    #[must_use]
    pub fn seed(&self) -> String {
        crate::draw::seed(self.object_id, self.round, &self.nonce)
    }

    /// The drawn order; empty while the pool is not fixed.
    #[must_use]
    pub fn order(&self) -> &[DrawEntry] {
        self.record
            .as_ref()
            .map(|record| record.order.as_slice())
            .unwrap_or_default()
    }
}

/// An expert who sits.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DrawSeated {
    /// 席位号。
    pub seat: i32,
    /// 专家编号。
    pub id: Uuid,
    /// 姓名;考榜不公开。
    pub name: Option<String>,
}

/// An expert who was drawn and does not sit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DrawPassed {
    /// 专家编号。
    pub id: Uuid,
    /// 未任职原因:`recused`(回避)、`declined`(不能参加)。
    pub reason: String,
}

/// The lot among residents as everybody sees it: ids stand for persons who are never named (rulebook 2.6).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResidentLotOut {
    /// 抽取人数。
    pub count: usize,
    /// 各社区的居民代表代号,按代号排列。
    pub strata: Vec<DrawStratum>,
    /// 抽取顺序(代号),各社区轮流。
    pub order: Vec<Uuid>,
    /// 任职的居民代表(代号,不署名)。
    pub seated: Vec<DrawSeated>,
    /// 抽中而未任职的居民代表(代号)。
    pub passed: Vec<DrawPassed>,
}

/// One round of a draw; all but the commitment appears with the result.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DrawOut {
    /// 轮次。
    pub round: i32,
    /// 随机数的承诺:`SHA-256(随机数)`。
    pub commitment: String,
    /// 居民代表代号所用密值的承诺:`SHA-256(密值)`;密值不公开,监督可查。
    pub veil_commitment: String,
    /// 承诺时间。
    pub committed_at: Instant,
    /// 专家范围确定时间。
    pub fixed_at: Option<Instant>,
    /// 公开时间。
    pub revealed_at: Option<Instant>,
    /// 随机数。
    pub nonce: Option<String>,
    /// 专家范围的散列:`SHA-256(随机数 ‖ 按编号排列并以逗号相连的专家编号)`。
    pub pool_hash: Option<String>,
    /// 专业领域。
    pub field: Option<String>,
    /// 各专家范围,依次用尽。
    pub strata: Vec<DrawStratum>,
    /// 抽取顺序(专家编号)。
    pub order: Vec<Uuid>,
    /// 任职的专家。
    pub seated: Vec<DrawSeated>,
    /// 抽中而未任职的专家。
    pub passed: Vec<DrawPassed>,
    /// 以抽签决定先后的各组意向书,按签号排列。
    pub lots: Vec<Vec<Uuid>>,
    /// 以抽签决定的路演顺序(意向书),每次安排一组。
    pub agendas: Vec<Vec<Uuid>>,
    /// 专家不足时由街道指定的席位和理由,即时公开。
    pub own_choice: Option<DrawOwnChoice>,
    /// 指定的专家姓名,结果公布后公开。
    pub chosen: Vec<String>,
    /// 居民代表抽取,结果公布后公开;不设居民席位的为空。
    pub residents: Option<ResidentLotOut>,
    /// 居民代表不足时指定的席位和理由,即时公开。
    pub residents_own_choice: Option<DrawOwnChoice>,
    /// 有效评分表的承诺值,按值排列,结果公布后公开。
    pub sheet_commitments: Vec<String>,
}

/// The draws of a posting or an evaluation (抽取).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DrawsOut {
    /// 榜单或考榜的 id,参与计算种子:`SHA-256(id ‖ 轮次 ‖ 随机数)`。
    pub object_id: Uuid,
    /// 用途 `award` / `evaluation`。
    pub purpose: String,
    /// 各轮。下一轮的承诺先于其专家范围作出。
    pub rounds: Vec<DrawOut>,
}
