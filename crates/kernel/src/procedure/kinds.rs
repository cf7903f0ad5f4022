//! The posting types and the rulebook's defaults of each (rulebook 2.3).

use super::{CapRule, ChangeRule, Criterion, EvaluationRule, PanelRule, Procedure};
use crate::money::Fen;
use crate::timer::Terms;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a posting is awarded (发榜类型), rulebook 2.3.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PostingType {
    /// 公开发榜。
    #[default]
    Open,
    /// 邀请发榜。
    Invited,
}

impl PostingType {
    /// Every type.
    pub const ALL: &'static [PostingType] = &[PostingType::Open, PostingType::Invited];

    /// Wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            PostingType::Open => "open",
            PostingType::Invited => "invited",
        }
    }

    /// Chinese name.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            PostingType::Open => "公开发榜",
            PostingType::Invited => "邀请发榜",
        }
    }

    /// What it is for.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            PostingType::Open => {
                "Open call: any eligible organisation may claim it; a panel awards"
            }
            PostingType::Invited => {
                "By invitation: organisations drawn at random among those that match; a panel awards"
            }
        }
    }

    /// Finds a type by its wire name.
    #[must_use]
    pub fn from_wire(wire: &str) -> Option<PostingType> {
        Self::ALL.iter().copied().find(|code| code.as_str() == wire)
    }
}

pub(super) fn criterion(key: &str, zh: &str, max: i64) -> Criterion {
    Criterion {
        key: key.to_owned(),
        zh: zh.to_owned(),
        max,
    }
}

fn fen(value: i64) -> Fen {
    Fen::new(value).unwrap_or(Fen::ZERO)
}

impl Procedure {
    /// The rulebook's defaults of a type.
    #[must_use]
    pub fn of(code: PostingType) -> Self {
        match code {
            PostingType::Open => Self::open(),
            PostingType::Invited => Procedure {
                code,
                ..Self::open()
            },
        }
    }

    /// The rulebook's defaults for an open posting (公开发榜; 2.10, 2.11, 2.14).
    #[must_use]
    pub fn open() -> Self {
        Procedure {
            code: PostingType::Open,
            version: 0,
            timers: Terms::default(),
            criteria: vec![
                criterion("plan", "需求理解与服务方案", 35),
                criterion("team", "团队与专业能力", 25),
                criterion("track_record", "同类服务经验", 15),
                criterion("budget", "预算合理性", 15),
                criterion("sustainability", "居民参与与可持续", 10),
            ],
            threshold: 60,
            trim_from: 7,
            min_valid_bids: 1,
            panel: PanelRule {
                experts: 3,
                experts_large: 5,
                community: 1,
                departments: 1,
                large_from_fen: fen(5_000_000),
            },
            evaluation: EvaluationRule::four_party(),
            tranches: vec![50, 30, 20],
            invitations: 3,
            procurement_limit_fen: fen(100_000_000),
            management_percent: 10,
            publish_cutoff_hour: 17,
            caps: CapRule {
                contracts_ungraded: 3,
                contracts_filed: 2,
                postings_community: 5,
                postings_street: 30,
            },
            changes: ChangeRule {
                amendment_days: 5,
                extensions: 2,
                extension_days: 30,
                too_few_days: 5,
                rounds: 3,
            },
        }
    }
}
