//! From whom experts are drawn (rulebook 2.10): hard conditions stay hard, and when too few are left the
//! answer says how many were taken out by what, and which wider pool is next. Pure.

use crate::conflicts::ConflictGround;
use crate::model::{SeatBarOut, SeatFigures};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::{Code, Refusal};
use wubang_registry::experts::PoolExpert;

/// The pools, each wider than the one before (rulebook 2.10).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ExpertPool {
    /// 本领域代码的专家。
    SameField,
    /// 本领域及同一大类的专家。
    #[default]
    Neighbouring,
    /// 本区用尽后,其他区县的专家。
    OtherDistrict,
    /// 仍不足的席位由街道指定,须公开理由。
    OwnChoice,
}

impl ExpertPool {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ExpertPool::SameField => "same_field",
            ExpertPool::Neighbouring => "neighbouring",
            ExpertPool::OtherDistrict => "other_district",
            ExpertPool::OwnChoice => "own_choice",
        }
    }

    /// The next wider one.
    #[must_use]
    pub const fn next(self) -> Option<ExpertPool> {
        match self {
            ExpertPool::SameField => Some(ExpertPool::Neighbouring),
            ExpertPool::Neighbouring => Some(ExpertPool::OtherDistrict),
            ExpertPool::OtherDistrict => Some(ExpertPool::OwnChoice),
            ExpertPool::OwnChoice => None,
        }
    }

    /// Whether an expert with these specialities belongs to it, as far as the field goes.
    fn knows(self, field: &str, specialities: &[String]) -> bool {
        let letter = field.get(..1).unwrap_or(field);
        specialities.iter().any(|code| match self {
            ExpertPool::SameField => code == field,
            _ => code.starts_with(letter),
        })
    }
}

/// Why an expert of a pool cannot be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Barrier {
    /// He is no longer in the pool, or his account is closed.
    Inactive,
    /// He knows another field.
    NoSpeciality,
    /// He has a seat by name.
    NamedElsewhere,
    /// He sat on an earlier round and left, or scored in it.
    LeftBefore,
    /// He must recuse himself.
    Recused(ConflictGround),
    /// He sat on as many panels of the community within twelve months as the rule allows.
    Quota,
}

impl Barrier {
    /// The closed code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Barrier::Inactive => "inactive",
            Barrier::NoSpeciality => "no_speciality",
            Barrier::NamedElsewhere => "named_elsewhere",
            Barrier::LeftBefore => "left_before",
            Barrier::Quota => "quota",
            Barrier::Recused(ground) => match ground {
                ConflictGround::Employment => "recused_employment",
                ConflictGround::Leadership => "recused_leadership",
                ConflictGround::Family => "recused_family",
                ConflictGround::Custody => "recused_custody",
                ConflictGround::Incubation => "recused_incubation",
                ConflictGround::PaidAnalysis => "recused_paid_analysis",
                ConflictGround::SharedContact => "recused_shared_contact",
                ConflictGround::AllianceCouncil => "recused_alliance_council",
            },
        }
    }

    /// In both languages.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Barrier::Inactive => ("已停用", "no longer active"),
            Barrier::NoSpeciality => ("专业领域不符", "know another field"),
            Barrier::NamedElsewhere => ("已占其他席位", "have another seat"),
            Barrier::LeftBefore => ("曾在前一轮退出或评分", "left or scored in an earlier round"),
            Barrier::Quota => (
                "十二个月内在该社区评审次数已满",
                "judged for the community as often as allowed",
            ),
            Barrier::Recused(ground) => (ground.zh(), ground.en()),
        }
    }
}

/// What keeps persons out of a draw.
#[derive(Debug, Clone, Default)]
pub struct Bars {
    /// Seats by name on the same panel.
    pub named: HashSet<Uuid>,
    /// Left or scored in an earlier round.
    pub left: HashSet<Uuid>,
    /// At their quota.
    pub busy: HashSet<Uuid>,
    /// Hard conflicts, the first ground of each.
    pub recused: HashMap<Uuid, ConflictGround>,
}

impl Bars {
    /// What keeps an expert out of a pool.
    #[must_use]
    pub fn of(&self, expert: &PoolExpert, pool: ExpertPool, field: &str) -> Option<Barrier> {
        if !expert.active {
            Some(Barrier::Inactive)
        } else if !pool.knows(field, &expert.expert.specialities) {
            Some(Barrier::NoSpeciality)
        } else {
            self.person(expert.expert.person_id)
        }
    }

    /// What keeps a person out of every pool.
    #[must_use]
    pub fn person(&self, person: Uuid) -> Option<Barrier> {
        if self.named.contains(&person) {
            Some(Barrier::NamedElsewhere)
        } else if self.left.contains(&person) {
            Some(Barrier::LeftBefore)
        } else if let Some(ground) = self.recused.get(&person) {
            Some(Barrier::Recused(*ground))
        } else if self.busy.contains(&person) {
            Some(Barrier::Quota)
        } else {
            None
        }
    }
}

/// A pool looked through.
#[derive(Debug, Clone, Default)]
pub struct Survey<'a> {
    /// Who can be drawn, by pool, in the order in which pools are used up.
    pub strata: Vec<(ExpertPool, Vec<&'a PoolExpert>)>,
    /// How many were taken out by what.
    pub out: BTreeMap<Barrier, usize>,
}

impl Survey<'_> {
    /// How many can be drawn.
    #[must_use]
    pub fn available(&self) -> usize {
        self.strata.iter().map(|(_, experts)| experts.len()).sum()
    }

    /// The figures of the expert seats.
    #[must_use]
    pub fn figures(&self, needed: usize, pool: ExpertPool) -> SeatFigures {
        let available = self.available();
        let short = available < needed;
        SeatFigures {
            seat: EXPERT_SEATS.to_owned(),
            needed,
            available,
            taken_out: self
                .out
                .iter()
                .map(|(barrier, count)| SeatBarOut {
                    code: barrier.code().to_owned(),
                    count: *count,
                })
                .collect(),
            pool: Some(pool),
            next_pool: pool.next().filter(|_| short),
        }
    }

    /// The refusal when too few are left: counts only.
    ///
    /// # Errors
    /// `panel_incomplete`.
    pub fn enough(&self, needed: usize, pool: ExpertPool) -> Result<(), Refusal> {
        let available = self.available();
        if available >= needed {
            return Ok(());
        }
        let (next_zh, next_en) = match pool.next() {
            Some(next) => (
                format!(",可扩大到 {}", next.as_str()),
                format!("; the next pool is {}", next.as_str()),
            ),
            None => (String::new(), String::new()),
        };
        let mut refusal = Refusal::new(Code::PanelIncomplete)
            .because(
                format!("可抽取的专家只有 {available} 人,需要 {needed} 人{next_zh}"),
                format!("only {available} experts can be drawn, {needed} are needed{next_en}"),
            )
            .field(
                EXPERT_SEATS,
                "too_few",
                format!("需要 {needed} 人,可用 {available} 人"),
                format!("{needed} needed, {available} available"),
            );
        for (barrier, count) in &self.out {
            let (zh, en) = barrier.words();
            refusal = refusal.field(
                EXPERT_SEATS,
                barrier.code(),
                format!("{count} 人:{zh}"),
                format!("{count}: {en}"),
            );
        }
        Err(refusal)
    }
}

/// Pointer of the expert seats.
pub const EXPERT_SEATS: &str = "/seats/experts";

/// Looks through the experts. Those of other districts count only where the pool reaches them.
#[must_use]
pub fn survey<'a>(
    experts: &'a [PoolExpert],
    field: &str,
    pool: ExpertPool,
    bars: &Bars,
) -> Survey<'a> {
    let mut survey = Survey::default();
    let mut take = |stratum: ExpertPool, near: bool| {
        let mut free = Vec::new();
        for expert in experts.iter().filter(|expert| expert.near == near) {
            match bars.of(expert, stratum, field) {
                None => free.push(expert),
                Some(barrier) => *survey.out.entry(barrier).or_insert(0) += 1,
            }
        }
        survey.strata.push((stratum, free));
    };
    take(pool.min(ExpertPool::Neighbouring), true);
    if pool >= ExpertPool::OtherDistrict {
        take(ExpertPool::OtherDistrict, false);
    }
    survey
}

#[cfg(test)]
mod tests {
    use super::*;
    use wubang_registry::{Expert, ExpertLevel};

    fn expert(n: u128, code: &str, near: bool) -> PoolExpert {
        PoolExpert {
            expert: Expert {
                id: Uuid::from_u128(n),
                person_id: Uuid::from_u128(100 + n),
                name: format!("专家{n}"),
                specialities: vec![code.to_owned()],
                level: ExpertLevel::Senior,
                employer: None,
                employer_id: None,
            },
            active: true,
            near,
        }
    }

    fn experts() -> Vec<PoolExpert> {
        vec![
            expert(1, "A01", true),
            expert(2, "A02", true),
            expert(3, "B01", true),
            expert(4, "A01", false),
            expert(5, "B01", false),
        ]
    }

    fn available(pool: ExpertPool, bars: &Bars) -> Vec<Vec<u128>> {
        let experts = experts();
        let survey = survey(&experts, "A01", pool, bars);
        let ids = |of: &[&PoolExpert]| of.iter().map(|one| one.expert.id.as_u128()).collect();
        survey.strata.iter().map(|(_, of)| ids(of)).collect()
    }

    #[test]
    fn each_pool_is_wider_and_other_districts_come_last() {
        let free = Bars::default();
        assert_eq!(available(ExpertPool::SameField, &free), [[1]]);
        assert_eq!(available(ExpertPool::Neighbouring, &free), [[1, 2]]);
        assert_eq!(
            available(ExpertPool::OtherDistrict, &free),
            [vec![1, 2], vec![4]]
        );
        assert_eq!(
            available(ExpertPool::OwnChoice, &free),
            [vec![1, 2], vec![4]]
        );
    }

    #[test]
    fn a_shortage_says_what_took_whom_out_in_counts() {
        let bars = Bars {
            recused: HashMap::from([(Uuid::from_u128(101), ConflictGround::Family)]),
            busy: HashSet::from([Uuid::from_u128(102)]),
            ..Bars::default()
        };
        let experts = experts();
        let survey = survey(&experts, "A01", ExpertPool::Neighbouring, &bars);
        let refusal = survey.enough(3, ExpertPool::Neighbouring).unwrap_err();
        let said: Vec<(&str, &str)> = refusal
            .fields
            .iter()
            .map(|field| (field.code, field.text.en.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                ("too_few", "3 needed, 0 available"),
                ("no_speciality", "1: know another field"),
                ("recused_family", "1: declared a relative there"),
                ("quota", "1: judged for the community as often as allowed"),
            ]
        );
        assert!(
            refusal
                .fields
                .iter()
                .all(|field| field.pointer == EXPERT_SEATS)
        );
        let figures = survey.figures(3, ExpertPool::Neighbouring);
        assert_eq!(figures.next_pool, Some(ExpertPool::OtherDistrict));
        assert!(survey.enough(0, ExpertPool::Neighbouring).is_ok());
    }
}
