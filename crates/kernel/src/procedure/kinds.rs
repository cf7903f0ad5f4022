//! The posting types and the rulebook's defaults of each (rulebook 2.3).

use super::{
    BonusRule, CapRule, ChangeRule, CreditRule, Criterion, EvaluationRule, OrderRule, PanelRule,
    Procedure, RaceRule, RoadshowRule, SpotCheckRule,
};
use crate::deadline::Term;
use crate::money::Fen;
use crate::timer::{Terms, Timer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the awardee of a posting is found; what the types of one way have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// 评审: organisations bid, a panel ranks.
    Panel,
    /// 点单: one organisation is picked and accepts.
    Order,
    /// 征集: organisations propose projects of their own, a panel picks several.
    Call,
    /// 政府采购: the statutory procedure decides elsewhere; here it is recorded.
    Elsewhere,
}

macro_rules! types {
    // `tt`, not `literal`: the derive of the API schema does not see a name inside a captured literal
    ($($(#[$meta:meta])* $name:ident = $wire:tt, $way:ident, $zh:literal, $en:literal;)+) => {
        /// How a posting is awarded (发榜类型), rulebook 2.3.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema,
        )]
        pub enum PostingType { $(#[doc = $zh] #[serde(rename = $wire)] $(#[$meta])* $name,)+ }

        impl PostingType {
            /// Every type.
            pub const ALL: &'static [PostingType] = &[$(PostingType::$name,)+];

            /// Wire name.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(PostingType::$name => $wire,)+ } }

            /// Chinese name.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $(PostingType::$name => $zh,)+ } }

            /// What it is for.
            #[must_use]
            pub const fn en(self) -> &'static str { match self { $(PostingType::$name => $en,)+ } }

            /// How its awardee is found.
            #[must_use]
            pub const fn way(self) -> Way { match self { $(PostingType::$name => Way::$way,)+ } }
        }
    };
}

types! {
    #[default]
    Open = "open", Panel, "公开发榜", "Open call: any eligible organisation may claim it; a panel awards";
    GovProcurement = "gov_procurement", Elsewhere, "政府采购", "Statutory procurement: decided elsewhere, recorded here, evaluated here";
    OpenCall = "open_call", Call, "公益创投", "Call for projects: organisations propose under a theme; a panel picks several";
    Directed = "directed", Order, "点单直选", "The community picks one organisation for a small service";
    Micro = "micro", Order, "微服务单", "The community orders a small service for a micro-wish";
    Emergency = "emergency", Order, "应急发榜", "The street awards an emergency at once; publicity runs beside it";
    Invited = "invited", Panel, "邀请发榜", "By invitation: organisations drawn at random among those that match; a panel awards";
}

impl PostingType {
    /// Whether the community picks the organisation: its secretary, another member of its committee and
    /// the street agree (rulebook 2.3.4).
    #[must_use]
    pub const fn picked_by_community(self) -> bool {
        matches!(self, PostingType::Directed | PostingType::Micro)
    }

    /// Whether everybody may compete, or nobody is picked by choice: where not, the cap on consecutive contracts
    /// holds (rulebook 2.14). An emergency leaves no time for it.
    #[must_use]
    pub const fn open_to_all(self) -> bool {
        match self {
            PostingType::Open
            | PostingType::OpenCall
            | PostingType::GovProcurement
            | PostingType::Emergency => true,
            PostingType::Directed | PostingType::Micro | PostingType::Invited => false,
        }
    }

    /// Whether several may be awarded in parallel (赛马): a panel ranks what was bid on given needs.
    #[must_use]
    pub const fn can_race(self) -> bool {
        matches!(self.way(), Way::Panel)
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
        let open = Procedure {
            code,
            ..Self::open()
        };
        match code {
            PostingType::Open | PostingType::OpenCall => open,
            // rulebook 2.4.4 (2)
            PostingType::Invited | PostingType::GovProcurement => Procedure {
                min_valid_bids: 3,
                ..open
            },
            PostingType::Directed => open.small(5),
            PostingType::Micro => open.small(3),
            PostingType::Emergency => {
                let mut emergency = open;
                emergency.orders.acceptance_days = 1;
                emergency
            }
        }
    }

    /// A small order: short publicity, two tranches, the simple evaluation (rulebook 2.3.4).
    fn small(mut self, acceptance_days: u32) -> Self {
        self.timers.set(Timer::T15, Term::wd(3));
        self.orders.acceptance_days = acceptance_days;
        self.tranches = vec![50, 50];
        self.evaluation = EvaluationRule::simple();
        self
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
            bonus: BonusRule::default(),
            trim_from: 7,
            min_valid_bids: 1,
            panel: PanelRule {
                experts: 3,
                experts_large: 5,
                community: 1,
                departments: 1,
                large_from_fen: fen(5_000_000),
                expert_awards: 3,
                late_recusal_quorum: 5,
            },
            evaluation: EvaluationRule::four_party(),
            tranches: vec![50, 30, 20],
            invitations: 3,
            procurement_limit_fen: fen(100_000_000),
            max_partners: 3,
            management_percent: 10,
            publish_cutoff_hour: 17,
            caps: CapRule {
                contracts_ungraded: 3,
                contracts_filed: 2,
                contracts_band_d: 1,
                contracts_1a_2a: 4,
                contracts_3a: 6,
                contracts_4a: 8,
                contracts_5a: 10,
                open_bids_factor: 2,
                budget_share_percent: 25,
                budget_share_from: 15,
                consecutive_contracts: 3,
                postings_community: 5,
                postings_street: 30,
            },
            orders: OrderRule {
                max_amount_fen: fen(1_000_000),
                yearly_factor: 3,
                quiet_days: 90,
                acceptance_days: 5,
            },
            changes: ChangeRule {
                amendment_days: 5,
                extensions: 2,
                extension_days: 30,
                too_few_days: 5,
                rounds: 3,
                time_percent: 50,
                time_months: 6,
                content_percent: 10,
                budget_percent: 20,
                amount_percent: 10,
                subcontract_percent: 30,
            },
            // rulebook 2.4.4 (3): optional, 8 minutes and 7 for questions
            roadshow: RoadshowRule {
                required: false,
                presentation_minutes: 8,
                question_minutes: 7,
            },
            race: RaceRule { contractors: 3 },
            credit: CreditRule::default(),
            spot_checks: SpotCheckRule::default(),
        }
    }
}
