//! A procedure: every rule of a posting type as data, frozen into a posting at publication.

use crate::deadline::Term;
use crate::faults::Faults;
use crate::money::Fen;
use crate::timer::{Terms, Timer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

mod kinds;
mod schemes;
mod settings;

pub use kinds::{PostingType, Way};
pub use settings::{SETTINGS, Setting, lay, schema};

/// One award criterion (评分项).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Criterion {
    /// Key, as in score sheets.
    pub key: String,
    /// Chinese name.
    pub zh: String,
    /// Most points it can give.
    #[schema(minimum = 1, maximum = 100)]
    pub max: i64,
}

/// How an award panel is composed (rulebook 2.10, profile `community_project`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PanelRule {
    /// Experts of the small panel.
    pub experts: usize,
    /// Experts of the large panel.
    pub experts_large: usize,
    /// Seats of street or community.
    pub community: usize,
    /// Seats of departments.
    pub departments: usize,
    /// Ceiling in fen from which the large panel sits.
    pub large_from_fen: Fen,
    /// Panels of one community that an expert may sit on within twelve months.
    pub expert_awards: usize,
    /// Members who must remain after a late recusal for the totals to be made anew; fewer means another panel.
    pub late_recusal_quorum: usize,
}

impl PanelRule {
    /// Expert seats for a ceiling.
    #[must_use]
    pub fn experts_for(&self, ceiling: Fen) -> usize {
        if ceiling >= self.large_from_fen {
            self.experts_large
        } else {
            self.experts
        }
    }
}

/// Points beside the panel's total, printed in the notice (加分, rulebook 2.11.4); 0 gives none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BonusRule {
    /// 等级 3A 及以上且在有效期内。A valid evaluation grade of 3A or more.
    pub grade_3a: i32,
    /// 党组织健全、管理规范。A party organisation that is established and well-managed.
    pub party_organisation: i32,
    /// 在红榜有效期内。An entry of the red list in force.
    #[serde(default)]
    pub red_list: i32,
}

impl BonusRule {
    /// Most that all of them may give together.
    pub const MOST: i32 = 5;

    /// Notes more than the rulebook allows, and any where the law on procurement gives the criteria (实施条例 art. 20).
    fn check(self, code: PostingType, pointer: &str, faults: &mut Faults) {
        let sum = self
            .grade_3a
            .saturating_add(self.party_organisation)
            .saturating_add(self.red_list);
        if code.way() == Way::Elsewhere && sum != 0 {
            let (zh, en) = (
                "政府采购不设本平台加分",
                "a statutory procedure takes no bonus of this platform",
            );
            faults.add(pointer, "not_allowed", zh, en);
        } else if !(0..=Self::MOST).contains(&sum) {
            let zh = format!("各项加分合计不得超过 {} 分,实为 {sum}", Self::MOST);
            let en = format!("bonus points sum to {} at most, got {sum}", Self::MOST);
            faults.add(pointer, "out_of_range", zh, en);
        }
    }
}

/// What the satisfaction survey (满意度调查) is worth in the score of a party (rulebook 2.4.5, 2.11.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurveyUse {
    /// Nothing: the sheets alone.
    Without,
    /// Half, the mean of the sheets the other half; without an answer the sheets alone.
    Half,
    /// Everything: the party has no sheets and no seats, and without an answer no score.
    Alone,
}

/// Weight and least number of sheets of one evaluating party (rulebook 2.10, 2.11.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartyRule {
    /// Party (`community_party_org`, `residents`, `departments`, `experts`, `commissioner`, `third_party`).
    pub party: String,
    /// Chinese name.
    pub zh: String,
    /// Weight in percent.
    pub weight: u32,
    /// Allowed weights.
    pub weight_min: u32,
    /// Allowed weights.
    pub weight_max: u32,
    /// Least number of sheets; 0 where the survey alone scores.
    pub minimum: usize,
    /// Whether the number of sheets must be odd.
    pub odd: bool,
    /// Whether the party leads (主导): never missing, leads together above 50.
    pub lead: bool,
    /// What the satisfaction survey is worth in its score.
    pub survey: SurveyUse,
    /// What its sheets score.
    pub criteria: Vec<Criterion>,
}

/// The evaluation scheme of a posting (考榜).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EvaluationRule {
    /// Scheme name (`four_party`, `three_party`, `simple`, `follow_up`).
    pub scheme: String,
    /// Whether a third party organises the evaluation; else the street does.
    pub third_party: bool,
    /// The parties.
    pub parties: Vec<PartyRule>,
    /// Valid survey answers wanted; fewer must be explained.
    pub survey_minimum: i64,
    /// Share of those who were served, in percent, that is enough where it is less (rulebook 2.4.5).
    pub survey_percent: i64,
    /// Whether totals from 60 to below 70 are 基本合格: done, to be rectified (rulebook 2.11.3).
    pub basic_pass: bool,
    /// Whether the residents are asked once more about the lasting effect after the end (rulebook 2.4.5).
    pub follow_up: bool,
}

/// Points of the credit score (信用分, rulebook 2.12.5): what is given, and what is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreditRule {
    /// Given for an excellent result.
    pub excellent: i32,
    /// Given for a good result.
    pub good: i32,
    /// Taken for a final fail.
    pub fail: i32,
    /// Taken for a rectification order.
    pub rectification: i32,
    /// Taken for an exit.
    pub exit: i32,
    /// Taken for each five working days that a completion report is late.
    pub late_report: i32,
    /// Most that is taken for a late completion report.
    pub late_report_most: i32,
    /// Taken for a withdrawal after the deadline.
    pub withdrawn_late: i32,
    /// Taken for declining an award without excuse.
    pub declined: i32,
    /// Taken for feedback that was found true.
    pub upheld_feedback: i32,
    /// Taken for an objection with invented facts.
    pub false_objection: i32,
}

impl Default for CreditRule {
    fn default() -> Self {
        CreditRule {
            excellent: 3,
            good: 1,
            fail: 20,
            rectification: 5,
            exit: 30,
            late_report: 2,
            late_report_most: 10,
            withdrawn_late: 2,
            declined: 10,
            upheld_feedback: 3,
            false_objection: 5,
        }
    }
}

/// Limits on how much one organisation or community may hold (资源限流, rulebook 2.14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CapRule {
    /// Active contracts of an organisation without grade.
    pub contracts_ungraded: i64,
    /// Active contracts of a filed organisation.
    pub contracts_filed: i64,
    /// Active contracts of an organisation of credit band D.
    pub contracts_band_d: i64,
    /// Active contracts of an organisation graded 1A or 2A.
    pub contracts_1a_2a: i64,
    /// Active contracts of an organisation graded 3A.
    pub contracts_3a: i64,
    /// Active contracts of an organisation graded 4A.
    pub contracts_4a: i64,
    /// Active contracts of an organisation graded 5A.
    pub contracts_5a: i64,
    /// Open bids of an organisation, in times of its free capacity.
    pub open_bids_factor: i64,
    /// Most that one organisation may hold of the district's active budget, in percent.
    pub budget_share_percent: i64,
    /// Active contracts of the district from which that share is looked at.
    pub budget_share_from: i64,
    /// Contracts of one organisation in a row, in one community and field, after which the next must be open to all.
    pub consecutive_contracts: i64,
    /// Open postings of one community.
    pub postings_community: u64,
    /// Open postings of one street.
    pub postings_street: u64,
}

/// Orders to one organisation: small ones by the community, emergencies by the street (rulebook 2.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderRule {
    /// Most that a `directed` or `micro` order may cost, in fen.
    pub max_amount_fen: Fen,
    /// Orders of one community, field and funding source within a year: so many times the most of one.
    pub yearly_factor: u32,
    /// Calendar days after another posting of the same need in which it may not be ordered.
    pub quiet_days: u32,
    /// Working days that the organisation has to accept.
    pub acceptance_days: u32,
}

/// 赛马: several contractors work at the same need in parallel, and are compared (rulebook 3.11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RaceRule {
    /// Most contractors of one race; below two there are no races.
    pub contractors: u32,
}

/// How far a published posting may still change (rulebook 2.4.2, 2.5, 2.8.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangeRule {
    /// Working days that must remain after an amendment that can affect bids; else the deadline moves.
    pub amendment_days: u32,
    /// Extensions of one round by the street.
    pub extensions: u32,
    /// Calendar days of all extensions of one round together.
    pub extension_days: u32,
    /// Working days of the one extension for too few bids.
    pub too_few_days: u32,
    /// Rounds (轮次) of one project; after the last the need must be redesigned.
    pub rounds: i32,
    /// Extensions of an agreement together, in percent of its days (rulebook 2.8.7).
    pub time_percent: u32,
    /// Extensions of an agreement together, in months.
    pub time_months: u32,
    /// Most that a core indicator of an agreement may fall, in percent.
    pub content_percent: u32,
    /// Shift of a budget line that the contractor only notes, in percent of the line.
    pub budget_percent: u32,
    /// Most that the price of an agreement may rise, in percent.
    pub amount_percent: u32,
    /// Most that may be subcontracted, in percent of the price.
    pub subcontract_percent: u32,
}

/// 抽查: how many of the long agreements are looked at each year (rulebook 2.4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpotCheckRule {
    /// Least share of them that is checked within a year, in percent.
    pub percent: u32,
    /// Months that an agreement must run longer than, to count as long.
    pub longer_than_months: u32,
}

impl Default for SpotCheckRule {
    fn default() -> Self {
        SpotCheckRule {
            percent: 30,
            longer_than_months: 12,
        }
    }
}

/// Whether bidders present their bids to the panel before it scores (路演, rulebook 2.4.4 (3)), and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoadshowRule {
    /// Whether there is one.
    pub required: bool,
    /// Minutes to present.
    pub presentation_minutes: u32,
    /// Minutes for the panel's questions; 0: none.
    pub question_minutes: u32,
}

/// All settings of one posting type in one district (发榜程序).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Procedure {
    /// Posting type.
    pub code: PostingType,
    /// Version of the district's settings; 0 are the rulebook's defaults.
    pub version: u32,
    /// Timers that differ from the rulebook's defaults.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub timers: Terms,
    /// Award criteria; their maxima sum to 100.
    pub criteria: Vec<Criterion>,
    /// Least total to be awarded.
    pub threshold: i64,
    /// Points beside the panel's total.
    #[serde(default)]
    pub bonus: BonusRule,
    /// Panel size from which the highest and the lowest total are dropped.
    pub trim_from: usize,
    /// Least number of valid bids.
    pub min_valid_bids: usize,
    /// Organisations drawn for a posting by invitation (邀请), 3 or more (政府采购法 art. 34).
    pub invitations: usize,
    /// Panel.
    pub panel: PanelRule,
    /// Evaluation.
    pub evaluation: EvaluationRule,
    /// Payment shares in percent.
    pub tranches: Vec<u32>,
    /// Ceiling in fen from which the law on procurement rules.
    pub procurement_limit_fen: Fen,
    /// Most partners of a joint bid beside its lead.
    pub max_partners: u32,
    /// Most that management may cost, in percent of the price.
    pub management_percent: u32,
    /// Hour of day (+08:00) from which a publication counts as the next working day.
    pub publish_cutoff_hour: u32,
    /// Caps.
    pub caps: CapRule,
    /// Orders to one organisation.
    pub orders: OrderRule,
    /// Changes after publication.
    pub changes: ChangeRule,
    /// Roadshow.
    pub roadshow: RoadshowRule,
    /// Several contractors in parallel.
    pub race: RaceRule,
    /// Points of the credit score.
    #[serde(default)]
    pub credit: CreditRule,
    /// Spot checks.
    #[serde(default)]
    pub spot_checks: SpotCheckRule,
}

impl Procedure {
    /// Length of one timer under this procedure.
    #[must_use]
    pub fn term(&self, timer: Timer) -> Term {
        self.timers.of(timer)
    }

    /// How long bids are taken: the bid window, or the time to accept an order. None where bids are
    /// taken elsewhere.
    #[must_use]
    pub fn window(&self) -> Option<Term> {
        match self.code.way() {
            Way::Panel | Way::Call => Some(self.term(Timer::T09)),
            Way::Order => Some(Term::wd(self.orders.acceptance_days)),
            Way::Elsewhere => None,
        }
    }

    /// Most that the orders of one community, field and funding source may cost in a year.
    #[must_use]
    pub fn yearly_orders(&self) -> i64 {
        let factor = i64::from(self.orders.yearly_factor);
        self.orders.max_amount_fen.get().saturating_mul(factor)
    }

    /// Notes everything that is outside what the rulebook allows.
    pub fn check(&self, pointer: &str, faults: &mut Faults) {
        self.timers.check(&format!("{pointer}/timers"), faults);
        check_criteria(&self.criteria, &format!("{pointer}/criteria"), faults);
        check_tranches(&self.tranches, &format!("{pointer}/tranches"), faults);
        self.bonus
            .check(self.code, &format!("{pointer}/bonus"), faults);
        self.evaluation
            .check(&format!("{pointer}/evaluation"), faults);
        faults.number(&format!("{pointer}/threshold"), self.threshold, 0..=100);
        faults.number(
            &format!("{pointer}/management_percent"),
            self.management_percent,
            0..=30,
        );
        let judged = matches!(self.code.way(), Way::Panel | Way::Call);
        if self.roadshow.required && !judged {
            faults.add(
                format!("{pointer}/roadshow/required"),
                "not_allowed",
                "本类型不设评审组,没有路演",
                "no panel judges this type, so there is nobody to present to",
            );
        }
        let (present, ask) = (
            self.roadshow.presentation_minutes,
            self.roadshow.question_minutes,
        );
        faults.number(
            &format!("{pointer}/roadshow/presentation_minutes"),
            present,
            3..=30,
        );
        faults.number(&format!("{pointer}/roadshow/question_minutes"), ask, 0..=30);
    }
}

/// Notes criteria whose maxima do not sum to 100, or that share a key.
pub fn check_criteria(criteria: &[Criterion], pointer: &str, faults: &mut Faults) {
    let sum: i64 = criteria.iter().map(|c| c.max).fold(0, i64::saturating_add);
    if sum != 100 {
        faults.add(
            pointer,
            "sum_mismatch",
            format!("各项满分之和须为 100,实为 {sum}"),
            format!("maxima must sum to 100, got {sum}"),
        );
    }
    for (i, one) in criteria.iter().enumerate() {
        faults.number(&format!("{pointer}/{i}/max"), one.max, 1..=100);
        if criteria.iter().take(i).any(|other| other.key == one.key) {
            faults.add(
                format!("{pointer}/{i}/key"),
                "duplicate",
                "评分项重复",
                "is there twice",
            );
        }
    }
}

/// Notes tranches that do not sum to 100 percent.
pub fn check_tranches(tranches: &[u32], pointer: &str, faults: &mut Faults) {
    let sum: u32 = tranches.iter().copied().fold(0, u32::saturating_add);
    if sum != 100 || tranches.contains(&0) || tranches.len() < 2 {
        faults.add(
            pointer,
            "sum_mismatch",
            format!("至少两批,且合计须为 100%,实为 {sum}%"),
            format!("needs two or more shares above zero that sum to 100, got {sum}"),
        );
    }
}

impl EvaluationRule {
    /// The rule of one party.
    #[must_use]
    pub fn party(&self, party: &str) -> Option<&PartyRule> {
        self.parties.iter().find(|rule| rule.party == party)
    }

    /// Whether the score of a party is the survey alone, so that there is no result without an answer.
    #[must_use]
    pub fn needs_answers(&self) -> bool {
        self.parties
            .iter()
            .any(|rule| rule.survey == SurveyUse::Alone)
    }

    /// Notes weights outside their range, a sum other than 100, or leads at or below 50.
    pub fn check(&self, pointer: &str, faults: &mut Faults) {
        let sum: u32 = self
            .parties
            .iter()
            .map(|p| p.weight)
            .fold(0, u32::saturating_add);
        let leads: u32 = self
            .parties
            .iter()
            .filter(|p| p.lead)
            .map(|p| p.weight)
            .fold(0, u32::saturating_add);
        if sum != 100 {
            faults.add(
                format!("{pointer}/weights"),
                "sum_mismatch",
                format!("权重之和须为 100,实为 {sum}"),
                format!("weights must sum to 100, got {sum}"),
            );
        }
        if leads <= 50 {
            faults.add(
                format!("{pointer}/weights"),
                "out_of_range",
                format!("主导方权重合计须超过 50,实为 {leads}"),
                format!("the leading parties must have more than 50 together, got {leads}"),
            );
        }
        for party in &self.parties {
            faults.number(
                &format!("{pointer}/weights/{}", party.party),
                party.weight,
                party.weight_min..=party.weight_max,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_obey_their_own_rules() {
        for code in PostingType::ALL {
            let mut faults = Faults::new();
            Procedure::of(*code).check("", &mut faults);
            assert!(faults.is_empty(), "{code:?}: {faults:?}");
            assert_eq!(PostingType::from_wire(code.as_str()), Some(*code));
        }
    }

    #[test]
    fn orders_have_their_own_terms_and_a_procurement_has_none() {
        let window = |code| Procedure::of(code).window();
        assert_eq!(window(PostingType::Directed), Some(Term::wd(5)));
        assert_eq!(window(PostingType::Micro), Some(Term::wd(3)));
        assert_eq!(window(PostingType::Emergency), Some(Term::wd(1)));
        assert_eq!(window(PostingType::GovProcurement), None);
        let shown = |code| Procedure::of(code).term(Timer::T15);
        assert_eq!(shown(PostingType::Directed), Term::wd(3));
        assert_eq!(shown(PostingType::Emergency), shown(PostingType::Open));
        assert_eq!(
            Procedure::of(PostingType::Directed).yearly_orders(),
            3_000_000
        );
    }

    #[test]
    fn a_weight_outside_its_range_and_criteria_of_99_are_named() {
        let mut procedure = Procedure::of(PostingType::Open);
        if let Some(party) = procedure.evaluation.parties.get_mut(1) {
            party.weight = 10;
        }
        if let Some(first) = procedure.criteria.first_mut() {
            first.max = 34;
        }
        let mut faults = Faults::new();
        procedure.check("", &mut faults);
        let pointers: Vec<_> = faults
            .into_fields()
            .into_iter()
            .map(|f| f.pointer)
            .collect();
        assert!(pointers.contains(&"/criteria".to_owned()));
        assert!(pointers.contains(&"/evaluation/weights/residents".to_owned()));
    }
}
