//! Facts and guards of a bid: pure functions (rulebook 2.4.4, 2.8.3).

use crate::consortium::{self, ConsortiumFacts, MemberCheck};
use crate::flow::{Bid, BidEvent, BidGuard};
use crate::letter_rules::{LetterAsks, check_letter};
use crate::model::Letter;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use wubang_files::FileConfidentiality;
use wubang_kernel::deadline::is_over;
use wubang_kernel::machine::{Facts, Name};
use wubang_kernel::money::Fen;
use wubang_kernel::refusal::FieldFault;
use wubang_kernel::{Code, Faults, Refusal};
use wubang_registry::Check;
use wubang_registry::organisations::caps::is_cap;

/// What is known of a bid when a step is asked for.
#[derive(Debug, Clone)]
pub(crate) struct BidFacts {
    pub now: DateTime<Utc>,
    pub posting_open: bool,
    /// While the posting is suspended nothing is written in, and nothing is judged.
    pub posting_suspended: bool,
    pub deadline: Option<DateTime<Utc>>,
    pub price: Fen,
    pub ceiling: Fen,
    pub letter: Letter,
    pub asks: LetterAsks,
    pub lead: Uuid,
    /// Of every organisation of the bid; empty while nobody has checked.
    pub checks: Vec<MemberCheck>,
    pub consortium: ConsortiumFacts,
    /// Whether the checks stored at the opening all pass.
    pub stored_checks_pass: bool,
    /// Whether the legal representative has signed exactly this content, or acts himself.
    pub signed: bool,
    /// Whether a disqualification was proposed, and by the actor himself.
    pub proposed: bool,
    pub own_proposal: bool,
    /// Whether one organisation was picked, so that no panel scores.
    pub without_panel: bool,
    /// What a proposal to a call still misses; nothing for other types.
    pub proposal: Vec<FieldFault>,
    /// Whether the round goes on and no agreement is signed.
    pub round_stands: bool,
    /// Whether the panel scores now.
    pub evaluating: bool,
    pub inquiries: InquiryFacts,
    /// Where the bidder seals himself: whether he has sent his envelope. Letter and price are judged at the opening.
    pub envelope: Option<bool>,
}

/// Clarifications that may be asked about one bid: more is a negotiation, not a clarification.
pub(crate) const CLARIFICATIONS: usize = 10;

/// What was asked of the bidder after the opening.
#[derive(Debug, Clone, Default)]
pub(crate) struct InquiryFacts {
    pub clarifications: usize,
    /// Until when the open clarification may be answered; `None` when none is open.
    pub clarify_until: Option<DateTime<Utc>>,
    /// Whether a repair was ever asked for, and whether it is neither answered nor overdue.
    pub repair_asked: bool,
    pub repair_open: bool,
    pub repair_until: Option<DateTime<Utc>>,
    /// Whether a hearing waits for the bidder; whether one waits for its decision; whether he was heard in it or
    /// his time is over; whether the actor opened it.
    pub hearing_open: bool,
    pub hearing_until: Option<DateTime<Utc>>,
    pub undecided: bool,
    pub heard: bool,
    pub own_hearing: bool,
}

impl BidFacts {
    fn refuse_checks(&self, code: Code, of: impl Fn(&Check) -> bool) -> Result<(), Refusal> {
        let failed = self
            .checks
            .iter()
            .filter(|one| !one.check.passed && of(&one.check));
        let refusal = failed.fold(Refusal::new(code), |refusal, one| {
            let check = &one.check;
            let whose = if one.organisation_id == self.lead {
                "/organisation".to_owned()
            } else {
                format!("/members/{}", one.organisation_id)
            };
            refusal
                .field(
                    &format!("{whose}/{}", check.rule),
                    "not_met",
                    check.zh.clone(),
                    check.en.clone(),
                )
                .figures(check.figures)
        });
        if refusal.fields.is_empty() {
            Ok(())
        } else {
            Err(refusal)
        }
    }

    /// Everything that the letter still misses.
    pub(crate) fn missing(&self) -> Faults {
        let mut faults = Faults::new();
        match self.envelope {
            None => check_letter(&self.letter, self.price, self.asks, &mut faults),
            Some(true) => {}
            Some(false) => faults.missing("/envelope"),
        }
        let shared = consortium::faults(&self.consortium, &self.letter);
        for fault in self.proposal.iter().chain(&shared) {
            let text = fault.text.clone();
            faults.add(&fault.pointer, fault.code, text.zh, text.en);
        }
        faults
    }

    /// Whether a term is running; one that is over, or that nobody has set, is not.
    fn in_time(&self, until: Option<DateTime<Utc>>) -> bool {
        until.is_some_and(|at| !is_over(at, self.now))
    }

    /// What nobody can read yet is judged at the opening.
    fn within_ceiling(&self) -> bool {
        self.envelope.is_some() || within(self.price, self.ceiling)
    }
}

/// Whether a price is above zero and within the ceiling; nothing is offered for a free service only.
pub(crate) fn within(price: Fen, ceiling: Fen) -> bool {
    price <= ceiling && (price > Fen::ZERO || ceiling == Fen::ZERO)
}

impl Facts<Bid> for BidFacts {
    fn check(&self, guard: BidGuard) -> Result<(), Refusal> {
        let holds = match guard {
            BidGuard::Proceeding => !self.posting_suspended,
            BidGuard::BeforeDeadline => {
                self.posting_open && self.deadline.is_some_and(|at| !is_over(at, self.now))
            }
            BidGuard::Complete => {
                return self.missing().refuse_with(Code::Incomplete);
            }
            BidGuard::PriceWithin => self.within_ceiling(),
            BidGuard::Eligible => {
                return self.refuse_checks(Code::NotEligible, |check| !is_cap(check.rule));
            }
            BidGuard::CapacityFree => {
                return self.refuse_checks(Code::CapReached, |check| is_cap(check.rule));
            }
            BidGuard::Confirmed => return self.consortium.confirmed(),
            BidGuard::Signed => self.signed,
            BidGuard::ChecksPass => self.stored_checks_pass,
            BidGuard::Proposed => self.proposed,
            BidGuard::OtherPerson => !self.own_proposal,
            BidGuard::WithoutPanel => self.without_panel,
            BidGuard::Evaluating => self.evaluating,
            BidGuard::ClarificationsLeft => self.inquiries.clarifications < CLARIFICATIONS,
            BidGuard::ClarifiedInTime => self.in_time(self.inquiries.clarify_until),
            BidGuard::FirstRepair => !self.inquiries.repair_asked,
            BidGuard::RepairAsked => self.inquiries.repair_open,
            BidGuard::RepairedInTime => self.in_time(self.inquiries.repair_until),
            BidGuard::NoRepairOpen => !self.inquiries.repair_open,
            BidGuard::RoundStands => self.round_stands,
            BidGuard::NoHearing => !self.inquiries.undecided,
            BidGuard::HearingOpen => self.inquiries.hearing_open,
            // while the posting stands still so does the term
            BidGuard::HeardInTime => {
                let stands = self.posting_suspended && self.inquiries.hearing_until.is_none();
                stands || self.in_time(self.inquiries.hearing_until)
            }
            BidGuard::Undecided => self.inquiries.undecided,
            BidGuard::HeardOut => self.inquiries.heard,
            BidGuard::OtherThanOpener => !self.inquiries.own_hearing,
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }

    fn deadline(&self, event: BidEvent) -> Option<DateTime<Utc>> {
        match event {
            BidEvent::Submit | BidEvent::Revise => self.deadline,
            BidEvent::Withdraw if self.posting_open => self.deadline,
            BidEvent::Clarify => self.inquiries.clarify_until,
            BidEvent::Repair => self.inquiries.repair_until,
            BidEvent::Hear => self.inquiries.hearing_until,
            _ => None,
        }
    }
}

/// The checks that were stored at the opening: rule and answer of each.
pub(crate) fn stored_checks(
    eligibility: Option<&serde_json::Value>,
) -> impl Iterator<Item = (&str, bool)> {
    let stored = eligibility.and_then(serde_json::Value::as_array);
    stored.into_iter().flatten().map(|check| {
        let rule = check.get("rule").and_then(serde_json::Value::as_str);
        (
            rule.unwrap_or_default(),
            check.get("passed") == Some(&true.into()),
        )
    })
}

/// Why a closed posting fails by itself: no valid bid is left, or several but fewer than wanted although the
/// window was extended for it. About the only bidder, and where it was not extended, the street decides
/// (rulebook 2.5).
pub(crate) fn shortage(left: usize, wanted: usize, extended: bool) -> Option<&'static str> {
    match left {
        0 => Some("no_bids"),
        2.. if extended && left < wanted => Some("too_few"),
        _ => None,
    }
}

/// Whether somebody who is not the bidder reads an attachment after the opening. What may be published is
/// published with the agreement; until then those who judge read it.
pub(crate) fn reads_attachment(
    confidentiality: FileConfidentiality,
    supervises: bool,
    judges: bool,
) -> bool {
    match confidentiality {
        FileConfidentiality::Owner => supervises,
        FileConfidentiality::Panel | FileConfidentiality::Public => supervises || judges,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::BidState;
    use crate::model::BidMode;
    use chrono::TimeDelta;
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Role, RoleSet};

    fn facts() -> BidFacts {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        BidFacts {
            now,
            posting_open: true,
            posting_suspended: false,
            deadline: Some(now),
            price: Fen::new(100).unwrap(),
            ceiling: Fen::new(100).unwrap(),
            letter: Letter::default(),
            asks: LetterAsks {
                serves_minors: false,
                management_percent: 10,
                light: false,
            },
            lead: Uuid::nil(),
            checks: Vec::new(),
            consortium: ConsortiumFacts {
                mode: BidMode::Sole,
                lead: Uuid::nil(),
                members: Vec::new(),
                wards: Vec::new(),
            },
            stored_checks_pass: true,
            signed: true,
            proposed: false,
            own_proposal: false,
            without_panel: false,
            proposal: Vec::new(),
            round_stands: true,
            evaluating: true,
            inquiries: InquiryFacts::default(),
            envelope: None,
        }
    }

    fn withdraw(facts: &BidFacts) -> Option<Code> {
        plan::<Bid>(
            BidState::Submitted,
            BidEvent::Withdraw,
            RoleSet::of(&[Role::OrgAgent]),
            facts,
        )
        .err()
        .map(|refusal| refusal.code)
    }

    #[test]
    fn the_deadline_second_is_in_and_the_next_is_out() {
        let at = facts();
        assert_eq!(withdraw(&at), None);
        let last = BidFacts {
            now: at.now + TimeDelta::microseconds(999_999),
            ..at.clone()
        };
        assert_eq!(withdraw(&last), None);
        let late = BidFacts {
            now: at.now + TimeDelta::seconds(1),
            ..at
        };
        assert_eq!(withdraw(&late), Some(Code::DeadlinePassed));
    }

    #[test]
    fn a_closed_posting_takes_nothing_whatever_the_clock_says() {
        let back = BidFacts {
            posting_open: false,
            now: facts().now - TimeDelta::days(1),
            ..facts()
        };
        assert_eq!(withdraw(&back), Some(Code::DeadlinePassed));
    }

    #[test]
    fn nothing_is_written_in_while_the_posting_is_suspended() {
        let stands = BidFacts {
            posting_open: false,
            posting_suspended: true,
            ..facts()
        };
        assert_eq!(withdraw(&stands), Some(Code::PostingSuspended));
    }

    #[test]
    fn only_a_free_service_is_offered_for_nothing() {
        let price = |price, ceiling| BidFacts {
            price: Fen::new(price).unwrap(),
            ceiling: Fen::new(ceiling).unwrap(),
            ..facts()
        };
        assert!(price(0, 0).within_ceiling());
        assert!(!price(0, 1).within_ceiling());
        assert!(!price(1, 0).within_ceiling());
        assert!(price(1, 1).within_ceiling());
    }

    #[test]
    fn of_a_sealed_letter_only_its_envelope_is_missed() {
        let sealed = |sent| BidFacts {
            price: Fen::ZERO,
            envelope: Some(sent),
            ..facts()
        };
        let missed = |facts: BidFacts| {
            let fields = facts.missing().into_fields().into_iter();
            fields.map(|field| field.pointer).collect::<Vec<_>>()
        };
        assert_eq!(missed(sealed(false)), ["/envelope"]);
        assert!(missed(sealed(true)).is_empty());
        assert!(sealed(true).within_ceiling());
    }

    #[test]
    fn one_withdraw_row_is_open_in_each_state() {
        let street = RoleSet::of(&[Role::OrgAgent]);
        assert_eq!(
            plan::<Bid>(BidState::Opened, BidEvent::Withdraw, street, &facts())
                .unwrap()
                .to(),
            BidState::WithdrawnLate
        );
    }

    fn asked(
        state: BidState,
        event: BidEvent,
        role: Role,
        inquiries: InquiryFacts,
    ) -> Option<Code> {
        let facts = BidFacts {
            inquiries,
            ..facts()
        };
        let planned = plan::<Bid>(state, event, RoleSet::of(&[role]), &facts);
        planned.err().map(|refusal| refusal.code)
    }

    #[test]
    fn an_invalidation_waits_for_the_hearing_and_for_another_officer() {
        let decide = |heard, own_hearing| {
            let inquiries = InquiryFacts {
                undecided: true,
                heard,
                own_hearing,
                ..InquiryFacts::default()
            };
            let (state, event) = (BidState::Awarded, BidEvent::Invalidate);
            asked(state, event, Role::StreetOfficer, inquiries)
        };
        assert_eq!(decide(false, false), Some(Code::NotHeard));
        assert_eq!(decide(true, true), Some(Code::SamePerson));
        assert_eq!(decide(true, false), None);
    }

    #[test]
    fn nothing_is_decided_while_a_repair_is_open_and_an_answer_is_in_time_to_the_second() {
        let open = InquiryFacts {
            repair_asked: true,
            repair_open: true,
            repair_until: Some(facts().now),
            ..InquiryFacts::default()
        };
        let street =
            |event, inquiries| asked(BidState::Opened, event, Role::StreetOfficer, inquiries);
        for event in [
            BidEvent::Qualify,
            BidEvent::ProposeDisqualification,
            BidEvent::Disqualify,
        ] {
            assert_eq!(street(event, open.clone()), Some(Code::RepairOpen));
        }
        assert_eq!(
            street(BidEvent::RequestRepair, open.clone()),
            Some(Code::Duplicate)
        );
        let repair = |until| {
            let inquiries = InquiryFacts {
                repair_until: until,
                ..open.clone()
            };
            asked(
                BidState::Opened,
                BidEvent::Repair,
                Role::OrgAgent,
                inquiries,
            )
        };
        assert_eq!(repair(Some(facts().now)), None);
        let over = facts().now - TimeDelta::seconds(1);
        assert_eq!(repair(Some(over)), Some(Code::DeadlinePassed));
        assert_eq!(repair(None), Some(Code::DeadlinePassed));
    }

    #[test]
    fn ten_clarifications_are_enough() {
        let ask = |clarifications| {
            let inquiries = InquiryFacts {
                clarifications,
                ..InquiryFacts::default()
            };
            let event = BidEvent::RequestClarification;
            asked(BidState::Qualified, event, Role::Assessor, inquiries)
        };
        assert_eq!(ask(CLARIFICATIONS - 1), None);
        assert_eq!(ask(CLARIFICATIONS), Some(Code::CapReached));
    }

    #[test]
    fn without_bids_a_round_fails_and_about_the_only_one_the_street_decides() {
        for extended in [false, true] {
            assert_eq!(shortage(0, 1, extended), Some("no_bids"));
            assert_eq!(shortage(1, 3, extended), None);
            assert_eq!(shortage(3, 3, extended), None);
        }
        assert_eq!(shortage(2, 3, true), Some("too_few"));
        assert_eq!(shortage(2, 3, false), None);
    }
}
