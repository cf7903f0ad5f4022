//! Facts, guards and content checks of a posting: pure functions (rulebook 2.4.2, 2.8.2).

use crate::change_rules::ChangeFacts;
use crate::flow::{Posting, PostingGuard};
use crate::model::{Content, Overrides};
use wubang_kernel::deadline::Term;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::money::Fen;
use wubang_kernel::procedure::{PostingType, Procedure, Way};
use wubang_kernel::{Code, Faults, Refusal, Timer};
use wubang_registry::Check;

/// What is known of a posting when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct PostingFacts {
    pub needs_approved: bool,
    /// Everything that publication asks of the draft; `None` while nobody checked it.
    pub checked: Option<Result<(), Refusal>>,
    pub ceiling: Fen,
    pub limit: Fen,
    pub milestones: usize,
    pub tranches: usize,
    /// The posting type.
    pub kind: PostingType,
    /// Whether it came out of another posting: picked out of a call for projects, or a lane of a race.
    pub picked: bool,
    /// Whether several are to be awarded in parallel.
    pub race: bool,
    /// Whether the actor is the drafter, or endorsed it.
    pub own_part: bool,
    /// Whether another member of the committee has endorsed it.
    pub endorsed: bool,
    /// `None` while nobody added up, or when the street approves beyond the sum for a public reason.
    pub split: Option<Orders>,
    /// What the approver states; `None` while nobody has asked him.
    pub acknowledged: Option<bool>,
    /// `None` while nobody counted, or when the street goes beyond a cap for a public reason.
    pub caps: Option<Caps>,
    /// `None` while nobody asked the later stages.
    pub evaluation: Option<EvaluationFacts>,
    /// Least number of valid bids that the rules in force want.
    pub wanted: usize,
    /// `None` while nobody counted the bids.
    pub turnout: Option<Turnout>,
    /// Whether the publicity of the only bidder is over; `None` while there was none.
    pub single_bidder: Option<bool>,
    /// What changes after the publication ask for.
    pub change: ChangeFacts,
}

/// Open postings of a community and a street against their caps, and what those who are picked or drawn carry.
#[derive(Debug, Clone)]
pub(crate) struct Caps {
    pub community: u64,
    pub community_cap: u64,
    pub street: u64,
    pub street_cap: u64,
    /// Caps that a picked organisation has reached, or for which the next posting must be open to all.
    pub reached: Vec<Check>,
}

/// Orders of one community, field and funding source within a year against their sum (rulebook 2.3).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Orders {
    pub so_far_fen: i64,
    pub own_fen: i64,
    pub most_fen: i64,
}

impl Orders {
    /// Whether one more order stays within the sum.
    pub(crate) fn check(self) -> Result<(), Refusal> {
        let sum = self.so_far_fen.saturating_add(self.own_fen);
        if sum <= self.most_fen {
            return Ok(());
        }
        Err(Refusal::from(Code::SplitSuspected).because(
            format!("年度点单合计 {sum} 分,超过 {} 分", self.most_fen),
            format!(
                "orders of the year sum to {sum} fen, above {} fen",
                self.most_fen
            ),
        ))
    }
}

/// What later stages know about the start of an evaluation.
#[derive(Debug, Clone)]
pub struct EvaluationFacts {
    /// Qualified bids.
    pub valid_bids: usize,
    /// Least number that the frozen rules want.
    pub min_valid_bids: usize,
    /// Whether the panel is composed as required.
    pub panel_complete: Result<(), Refusal>,
    /// Whether every member has signed.
    pub recusals_signed: bool,
}

/// What the bids know of their number after the opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turnout {
    /// Bids that wait for their check of eligibility.
    pub waiting: usize,
    /// Qualified bids.
    pub valid: usize,
}

impl Caps {
    /// Whether there are too many open postings.
    pub(crate) fn crowded(&self) -> bool {
        self.community >= self.community_cap || self.street >= self.street_cap
    }

    /// Whether one more posting has room.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if !self.crowded() && self.reached.is_empty() {
            return Ok(());
        }
        let refusal = Refusal::from(Code::CapReached);
        let refusal = match (self.crowded(), self.reached.first()) {
            (false, Some(check)) => refusal.because(check.zh.clone(), check.en.clone()),
            _ => refusal.because(
                format!(
                    "在榜数:社区 {}/{},街道 {}/{}",
                    self.community, self.community_cap, self.street, self.street_cap
                ),
                format!(
                    "open postings: community {}/{}, street {}/{}",
                    self.community, self.community_cap, self.street, self.street_cap
                ),
            ),
        };
        Err(self.reached.iter().fold(refusal, |refusal, check| {
            let at = format!("/organisation/{}", check.rule);
            refusal
                .field(&at, "not_met", check.zh.clone(), check.en.clone())
                .figures(check.figures)
        }))
    }
}

impl PostingFacts {
    /// As many valid bids as wanted, or the only one after its publicity (rulebook 2.5).
    fn enough_bids(&self) -> Result<(), Refusal> {
        let Some(facts) = &self.evaluation else {
            return Ok(());
        };
        if facts.valid_bids >= facts.min_valid_bids.max(1) {
            return Ok(());
        }
        match (facts.valid_bids, self.single_bidder) {
            (1, Some(true)) => Ok(()),
            (1, Some(false)) => Err(Refusal::from(Code::TooFewBids).because(
                "单一来源公示尚未期满",
                "the publicity of the only bidder still runs",
            )),
            _ => Err(Code::TooFewBids.into()),
        }
    }
}

impl Facts<Posting> for PostingFacts {
    fn check(&self, guard: PostingGuard) -> Result<(), Refusal> {
        let evaluation = self.evaluation.as_ref();
        let holds = match guard {
            PostingGuard::NeedsApproved => {
                if let Some(checked) = &self.checked {
                    return checked.clone();
                }
                self.needs_approved
            }
            PostingGuard::ContentComplete => enough_milestones(self.milestones, self.tranches),
            PostingGuard::OtherPerson => !self.own_part,
            PostingGuard::ContentAcknowledged => self.acknowledged.unwrap_or(true),
            PostingGuard::BelowLimit => {
                self.kind.way() == Way::Elsewhere || self.ceiling < self.limit
            }
            PostingGuard::ToEverybody => {
                matches!(self.kind, PostingType::Open | PostingType::OpenCall)
            }
            PostingGuard::ByInvitation => self.kind == PostingType::Invited,
            PostingGuard::ToOne => self.kind.way() == Way::Order,
            PostingGuard::Elsewhere => self.kind.way() == Way::Elsewhere,
            PostingGuard::AsCall => self.kind.way() == Way::Call,
            PostingGuard::AsRace => self.race,
            PostingGuard::InCompetition => matches!(self.kind.way(), Way::Panel | Way::Call),
            PostingGuard::OfficialsPick => !self.kind.picked_by_community(),
            PostingGuard::CommunityPicks => self.kind.picked_by_community(),
            PostingGuard::Endorsed => self.endorsed || !self.kind.picked_by_community(),
            PostingGuard::NotYetEndorsed => !self.endorsed,
            PostingGuard::NotSplit => return self.split.map_or(Ok(()), Orders::check),
            PostingGuard::NotPicked => !self.picked,
            PostingGuard::WithinCaps => return self.caps.as_ref().map_or(Ok(()), Caps::check),
            PostingGuard::EnoughBids => return self.enough_bids(),
            PostingGuard::InShort => {
                self.wanted > 1 && self.turnout.is_none_or(|bids| bids.valid < self.wanted)
            }
            PostingGuard::AllChecked => self.turnout.is_none_or(|bids| bids.waiting == 0),
            PostingGuard::OneBid => self.turnout.is_none_or(|bids| bids.valid == 1),
            PostingGuard::NotAnnounced => self.single_bidder.is_none(),
            PostingGuard::PanelComplete => {
                return evaluation.map_or(Ok(()), |facts| facts.panel_complete.clone());
            }
            PostingGuard::RecusalsSigned => evaluation.is_none_or(|facts| facts.recusals_signed),
            PostingGuard::BeforeDeadline
            | PostingGuard::DaysRemain
            | PostingGuard::ExtensionsLeft
            | PostingGuard::ByComplaint
            | PostingGuard::OwnGround
            | PostingGuard::SameAuthority
            | PostingGuard::WasOpen
            | PostingGuard::WasClosed
            | PostingGuard::WasEvaluating
            | PostingGuard::WasInPublicity
            | PostingGuard::WasAwarded
            | PostingGuard::RoundsLeft
            | PostingGuard::LastRound => self.change.holds(guard),
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

/// The middle tranches are bound to milestones.
fn enough_milestones(milestones: usize, tranches: usize) -> bool {
    milestones > 0 && milestones + 2 >= tranches
}

/// Notes fewer milestones than the middle tranches need.
pub(crate) fn check_tranches(content: &Content, procedure: &Procedure, faults: &mut Faults) {
    if !enough_milestones(content.milestones.len(), procedure.tranches.len()) {
        faults.add(
            "/content/milestones",
            Code::Incomplete.as_str(),
            "除首批和末批外,每批拨付须对应一个里程碑",
            "each tranche but the first and the last needs a milestone",
        );
    }
}

/// Kind and name of the funding source, as orders are added up by it.
pub(crate) fn funding(content: &Content) -> String {
    let source = &content.funding_source;
    format!("{}:{}", source.kind.trim(), source.name.trim())
}

/// Words between blanks, so that each can be asked for.
pub(crate) fn spaced(words: &[String]) -> String {
    format!(" {} ", words.join(" "))
}

/// Notes a ceiling from which the law on procurement rules (rulebook 3.1). What counts is the whole sum: a race
/// buys from several, and would be split otherwise.
pub(crate) fn check_limit(
    ceiling: Fen,
    content: &Content,
    procedure: &Procedure,
    faults: &mut Faults,
) {
    let whole = content.whole_fen(ceiling.get());
    if procedure.code.way() != Way::Elsewhere && whole >= procedure.procurement_limit_fen.get() {
        let code = Code::ProcurementLimit;
        faults.add("/budget_ceiling_fen", code.as_str(), code.zh(), code.en());
    }
}

/// Applies what a posting sets otherwise and notes everything outside its range.
pub(crate) fn apply(
    mut procedure: Procedure,
    overrides: Overrides,
    faults: &mut Faults,
) -> Procedure {
    if let Some(criteria) = overrides.criteria {
        procedure.criteria = criteria;
    }
    if let Some(tranches) = overrides.tranches {
        procedure.tranches = tranches;
    }
    if let Some(days) = overrides.bid_window_days {
        procedure.timers.set(Timer::T09, Term::cd(days));
    }
    if let Some(choice) = overrides.roadshow {
        let rule = &mut procedure.roadshow;
        rule.required = choice.required;
        rule.presentation_minutes = choice
            .presentation_minutes
            .unwrap_or(rule.presentation_minutes);
        rule.question_minutes = choice.question_minutes.unwrap_or(rule.question_minutes);
    }
    for (party, weight) in overrides.evaluation_weights.unwrap_or_default() {
        match procedure
            .evaluation
            .parties
            .iter_mut()
            .find(|rule| rule.party == party)
        {
            Some(rule) => rule.weight = weight,
            None => faults.add(
                format!("/overrides/evaluation_weights/{party}"),
                "unknown_value",
                "没有这一评价方",
                "there is no such party",
            ),
        }
    }
    procedure.check("/overrides", faults);
    procedure
}

/// The stage of a project, from the state of its present posting; later stages say so themselves.
pub(crate) fn stage_of(state: &str) -> (&'static str, bool) {
    match state {
        "open" => ("bid", false),
        "closed" | "evaluating" | "award_publicity" | "awarded" | "contracted" => ("award", false),
        "failed" | "cancelled" => ("closed", true),
        _ => ("posting", false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{PostingEvent, PostingState};
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Role, RoleSet};

    fn facts() -> PostingFacts {
        PostingFacts {
            needs_approved: true,
            checked: None,
            ceiling: Fen::new(4_800_000).unwrap(),
            limit: Fen::new(100_000_000).unwrap(),
            milestones: 2,
            tranches: 3,
            kind: PostingType::Open,
            picked: false,
            race: false,
            own_part: false,
            endorsed: false,
            split: None,
            acknowledged: Some(true),
            caps: None,
            evaluation: None,
            wanted: 1,
            turnout: None,
            single_bidder: None,
            change: ChangeFacts::default(),
        }
    }

    fn asked(facts: &PostingFacts, state: PostingState, event: PostingEvent) -> Result<(), Code> {
        plan::<Posting>(state, event, RoleSet::of(&[Role::StreetOfficer]), facts)
            .map(|_| ())
            .map_err(|refusal| refusal.code)
    }

    #[test]
    fn nobody_approves_his_own_draft() {
        let facts = PostingFacts {
            own_part: true,
            ..facts()
        };
        assert_eq!(
            asked(&facts, PostingState::PendingApproval, PostingEvent::Approve),
            Err(Code::SamePerson)
        );
    }

    #[test]
    fn a_ceiling_at_the_procurement_limit_is_refused() {
        let facts = PostingFacts {
            ceiling: Fen::new(100_000_000).unwrap(),
            ..facts()
        };
        assert_eq!(
            asked(&facts, PostingState::Draft, PostingEvent::Submit),
            Err(Code::ProcurementLimit)
        );
    }

    #[test]
    fn a_full_community_is_told_the_figures() {
        let caps = Caps {
            community: 5,
            community_cap: 5,
            street: 7,
            street_cap: 30,
            reached: Vec::new(),
        };
        let facts = PostingFacts {
            caps: Some(caps),
            ..facts()
        };
        assert_eq!(
            asked(&facts, PostingState::PendingApproval, PostingEvent::Approve),
            Err(Code::CapReached)
        );
    }

    #[test]
    fn the_secretary_hands_in_an_order_and_is_told_what_it_lacks() {
        let order = PostingFacts {
            kind: PostingType::Directed,
            ..facts()
        };
        let hand_in = |role, facts: &PostingFacts| {
            let roles = RoleSet::of(&[role]);
            plan::<Posting>(PostingState::Draft, PostingEvent::Submit, roles, facts)
                .map(|_| ())
                .map_err(|refusal| refusal.code)
        };
        assert_eq!(hand_in(Role::StreetOfficer, &order), Err(Code::Forbidden));
        assert_eq!(hand_in(Role::CommunitySecretary, &order), Ok(()));
        for kind in PostingType::ALL {
            let bad = PostingFacts {
                checked: Some(Err(Code::OrderLimit.into())),
                kind: *kind,
                ..facts()
            };
            assert_eq!(
                hand_in(Role::CommunitySecretary, &bad),
                Err(Code::OrderLimit),
                "{kind:?}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn orders_stay_within_their_sum_and_not_a_fen_beyond(so_far in 0_i64..5_000_000, own in 0_i64..1_000_000, most in 0_i64..5_000_000) {
            let orders = Orders { so_far_fen: so_far, own_fen: own, most_fen: most };
            proptest::prop_assert_eq!(orders.check().is_ok(), so_far + own <= most);
            let code = orders.check().err().map(|refusal| refusal.code);
            proptest::prop_assert!(code.is_none_or(|code| code == Code::SplitSuspected));
        }
    }

    #[test]
    fn a_bid_window_outside_its_range_is_named() {
        let mut faults = Faults::new();
        apply(
            Procedure::of(PostingType::Open),
            Overrides {
                bid_window_days: Some(9),
                ..Overrides::default()
            },
            &mut faults,
        );
        assert_eq!(
            faults.into_fields()[0].pointer,
            "/overrides/timers/bid_window"
        );
    }
}
