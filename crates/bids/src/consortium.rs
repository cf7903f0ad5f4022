//! Joint bids (联合揭榜): who must be in, what must be shared, who must have confirmed (rulebook 2.4.3). Pure
//! functions.

use crate::model::{BidMode, Letter, MemberRole};
use serde::Serialize;
use uuid::Uuid;
use wubang_kernel::refusal::FieldFault;
use wubang_kernel::{Code, Faults, Refusal};
use wubang_registry::Check;

/// A rule answered for one organisation of a bid.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MemberCheck {
    /// Which organisation.
    pub organisation_id: Uuid,
    /// The answer.
    #[serde(flatten)]
    pub check: Check,
}

/// All of a bid, in ten-thousandths.
pub(crate) const WHOLE: u32 = 10_000;

/// Another organisation of a bid, as it stands now.
#[derive(Debug, Clone)]
pub(crate) struct MemberFact {
    pub organisation_id: Uuid,
    pub name: String,
    pub role: MemberRole,
    pub joined: bool,
    /// Whether it has confirmed exactly the present content.
    pub confirmed: bool,
}

/// An organisation without legal personality and who holds its money, if anybody does.
#[derive(Debug, Clone)]
pub(crate) struct Ward {
    pub organisation_id: Uuid,
    pub custodian_id: Option<Uuid>,
}

/// What is known of the organisations of a bid.
#[derive(Debug, Clone)]
pub(crate) struct ConsortiumFacts {
    pub mode: BidMode,
    pub lead: Uuid,
    pub members: Vec<MemberFact>,
    /// Lead and partners without legal personality.
    pub wards: Vec<Ward>,
}

impl ConsortiumFacts {
    fn partners(&self) -> impl Iterator<Item = &MemberFact> {
        self.of(MemberRole::Partner)
    }

    fn of(&self, role: MemberRole) -> impl Iterator<Item = &MemberFact> {
        self.members
            .iter()
            .filter(move |member| member.role == role)
    }

    fn is_ward(&self, organisation: Uuid) -> bool {
        self.wards
            .iter()
            .any(|ward| ward.organisation_id == organisation)
    }

    /// Notes what keeps the organisations from handing in together.
    pub(crate) fn check(&self, letter: &Letter, faults: &mut Faults) {
        self.check_mode(faults);
        self.check_custodians(faults);
        self.check_shares(letter, faults);
    }

    fn check_mode(&self, faults: &mut Faults) {
        if self.mode == BidMode::Joint && self.partners().next().is_none() {
            faults.add(
                "/members",
                "required",
                "联合揭榜至少须有一个联合方",
                "a joint bid has a partner at least",
            );
        }
        if self.mode == BidMode::Sole && !self.members.is_empty() {
            faults.add(
                "/mode",
                "not_allowed",
                "已有成员,须为联合或枢纽带领",
                "it has members: it is joint or led by a hub",
            );
        }
        let led = self.mode == BidMode::HubLed;
        if led != self.is_ward(self.lead) {
            let (zh, en) = if led {
                (
                    "牵头方具有法人资格,无需枢纽带领",
                    "the lead has legal personality and needs no hub",
                )
            } else {
                (
                    "牵头方无法人资格,须由枢纽型组织带领并签署",
                    "the lead has no legal personality: its hub must lead and sign",
                )
            };
            faults.add("/mode", "not_allowed", zh, en);
        }
    }

    /// Who holds the money of a member without legal personality must be in, and sign.
    fn check_custodians(&self, faults: &mut Faults) {
        for ward in &self.wards {
            let present = self
                .of(MemberRole::Custodian)
                .any(|member| Some(member.organisation_id) == ward.custodian_id);
            if !present {
                faults.add(
                    format!("/members/{}", ward.organisation_id),
                    "custodian_missing",
                    "该成员无法人资格,须邀请其资金代管机构",
                    "has no legal personality: its custodian must be a member",
                );
            }
        }
    }

    fn check_shares(&self, letter: &Letter, faults: &mut Faults) {
        let at = "/letter/consortium";
        let partners: Vec<Uuid> = self.partners().map(|one| one.organisation_id).collect();
        let Some(agreed) = &letter.consortium else {
            if !partners.is_empty() {
                faults.missing(at);
            }
            return;
        };
        if partners.is_empty() {
            faults.add(
                at,
                "not_allowed",
                "没有联合方,无需约定份额",
                "there is no partner to share with",
            );
            return;
        }
        let wanted: Vec<Uuid> = std::iter::once(self.lead).chain(partners).collect();
        for (i, share) in agreed.shares.iter().enumerate() {
            let at = format!("{at}/shares/{i}");
            let organisation = share.organisation_id;
            let before = agreed.shares.iter().take(i);
            if !wanted.contains(&organisation) {
                faults.add(
                    format!("{at}/organisation_id"),
                    "unknown_value",
                    "不是牵头方或联合方",
                    "is neither lead nor partner",
                );
            } else if before
                .into_iter()
                .any(|other| other.organisation_id == organisation)
            {
                faults.add(
                    format!("{at}/organisation_id"),
                    "duplicate",
                    "同一成员只列一次",
                    "is listed twice",
                );
            }
            faults.number(&format!("{at}/share_bp"), share.share_bp, 1..=WHOLE);
            faults.prose(&format!("{at}/work"), &share.work, 5..=2000);
        }
        for organisation in wanted {
            if !agreed
                .shares
                .iter()
                .any(|share| share.organisation_id == organisation)
            {
                faults.add(
                    format!("{at}/shares"),
                    "required",
                    format!("缺少成员 {organisation} 的分工与份额"),
                    format!("the share of {organisation} is missing"),
                );
            }
        }
        let sum: u64 = agreed
            .shares
            .iter()
            .map(|share| u64::from(share.share_bp))
            .sum();
        if sum != u64::from(WHOLE) {
            faults.add(
                format!("{at}/shares"),
                "sum_mismatch",
                format!("份额合计 {sum},应为 {WHOLE}(万分之)"),
                format!("shares sum to {sum} of {WHOLE}"),
            );
        }
        if !agreed.joint_liability {
            faults.missing(format!("{at}/joint_liability"));
        }
    }

    /// Refuses while somebody has not joined, or not confirmed the content as it stands; names each.
    pub(crate) fn confirmed(&self) -> Result<(), Refusal> {
        let open = self
            .members
            .iter()
            .filter(|member| !(member.joined && member.confirmed));
        let refusal = open.fold(Refusal::new(Code::NotConfirmed), |refusal, member| {
            let (code, zh, en) = if member.joined {
                (
                    "not_confirmed",
                    "未确认当前内容",
                    "has not confirmed the content as it stands",
                )
            } else {
                (
                    "not_joined",
                    "尚未接受邀请",
                    "has not accepted the invitation",
                )
            };
            refusal.field(
                &format!("/members/{}", member.organisation_id),
                code,
                format!("{}{zh}", member.name),
                format!("{} {en}", member.name),
            )
        });
        if refusal.fields.is_empty() {
            Ok(())
        } else {
            Err(refusal)
        }
    }
}

/// What the organisations of a bid still miss, as faults for the completeness list.
pub(crate) fn faults(facts: &ConsortiumFacts, letter: &Letter) -> Vec<FieldFault> {
    let mut faults = Faults::new();
    facts.check(letter, &mut faults);
    faults.into_fields()
}

/// Who has which part of a price, the lead first: by the shares agreed on, in equal parts where there are none
/// (rulebook 2.14). What cannot be divided is the lead's; the parts sum to the price.
pub(crate) fn parts(
    price_fen: i64,
    lead: Uuid,
    partners: &[Uuid],
    letter: &Letter,
) -> Vec<(Uuid, i64)> {
    let members = i64::try_from(partners.len()).map_or(i64::MAX, |count| count + 1);
    let agreed = |partner: &Uuid| {
        let shares = &letter.consortium.as_ref()?.shares;
        let share = shares.iter().find(|one| one.organisation_id == *partner)?;
        let part = i128::from(price_fen) * i128::from(share.share_bp) / i128::from(WHOLE);
        i64::try_from(part).ok()
    };
    let theirs = partners
        .iter()
        .map(|partner| (*partner, agreed(partner).unwrap_or(price_fen / members)));
    let theirs: Vec<(Uuid, i64)> = theirs.collect();
    let given: i64 = theirs.iter().map(|(_, part)| part).sum();
    std::iter::once((lead, price_fen.saturating_sub(given)))
        .chain(theirs)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Consortium, Share};
    use proptest::prelude::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn member(n: u128, role: MemberRole) -> MemberFact {
        MemberFact {
            organisation_id: id(n),
            name: format!("成员{n}"),
            role,
            joined: true,
            confirmed: true,
        }
    }

    fn joint(partners: u128) -> ConsortiumFacts {
        ConsortiumFacts {
            mode: BidMode::Joint,
            lead: id(1),
            members: (2..2 + partners)
                .map(|n| member(n, MemberRole::Partner))
                .collect(),
            wards: Vec::new(),
        }
    }

    fn letter(shares: &[(u128, u32)]) -> Letter {
        let shares = shares.iter().map(|(n, share_bp)| Share {
            organisation_id: id(*n),
            share_bp: *share_bp,
            work: "入户探访与陪伴".to_owned(),
        });
        Letter {
            consortium: Some(Consortium {
                shares: shares.collect(),
                joint_liability: true,
            }),
            ..Letter::default()
        }
    }

    fn pointers(facts: &ConsortiumFacts, letter: &Letter) -> Vec<(String, &'static str)> {
        faults(facts, letter)
            .into_iter()
            .map(|fault| (fault.pointer, fault.code))
            .collect()
    }

    fn has(found: &[(String, &'static str)], pointer: &str, code: &str) -> bool {
        found.iter().any(|(at, is)| at == pointer && *is == code)
    }

    #[test]
    fn alone_nobody_shares_and_together_everybody_does() {
        let alone = ConsortiumFacts {
            mode: BidMode::Sole,
            ..joint(0)
        };
        assert!(pointers(&alone, &Letter::default()).is_empty());
        assert!(has(
            &pointers(&alone, &letter(&[(1, 10_000)])),
            "/letter/consortium",
            "not_allowed"
        ));
        assert!(has(
            &pointers(&joint(0), &Letter::default()),
            "/members",
            "required"
        ));
        assert!(has(
            &pointers(&joint(1), &Letter::default()),
            "/letter/consortium",
            "required"
        ));
        assert!(pointers(&joint(1), &letter(&[(1, 6000), (2, 4000)])).is_empty());
    }

    #[test]
    fn a_stranger_a_double_and_a_gap_are_each_named() {
        let found = pointers(&joint(2), &letter(&[(1, 5000), (1, 2000), (9, 3000)]));
        assert!(has(
            &found,
            "/letter/consortium/shares/1/organisation_id",
            "duplicate"
        ));
        assert!(has(
            &found,
            "/letter/consortium/shares/2/organisation_id",
            "unknown_value"
        ));
        assert!(has(&found, "/letter/consortium/shares", "required"));
    }

    #[test]
    fn who_has_no_legal_personality_brings_its_custodian() {
        let ward = |custodian_id| Ward {
            organisation_id: id(1),
            custodian_id,
        };
        let mut led = ConsortiumFacts {
            mode: BidMode::HubLed,
            wards: vec![ward(Some(id(7)))],
            ..joint(0)
        };
        let at = format!("/members/{}", id(1));
        assert!(has(
            &pointers(&led, &Letter::default()),
            &at,
            "custodian_missing"
        ));
        led.members.push(member(7, MemberRole::Custodian));
        assert!(pointers(&led, &Letter::default()).is_empty());
        led.wards = vec![ward(None)];
        assert!(has(
            &pointers(&led, &Letter::default()),
            &at,
            "custodian_missing"
        ));
        let alone = ConsortiumFacts {
            mode: BidMode::Sole,
            ..led.clone()
        };
        assert!(has(
            &pointers(&alone, &Letter::default()),
            "/mode",
            "not_allowed"
        ));
        led.wards.clear();
        assert!(has(
            &pointers(&led, &Letter::default()),
            "/mode",
            "not_allowed"
        ));
    }

    #[test]
    fn each_member_that_is_not_ready_is_named() {
        let mut facts = joint(3);
        facts.members[0].confirmed = false;
        facts.members[1].joined = false;
        let fields = facts.confirmed().unwrap_err().fields;
        let codes: Vec<&str> = fields.iter().map(|field| field.code).collect();
        assert_eq!(codes, ["not_confirmed", "not_joined"]);
        assert!(joint(3).confirmed().is_ok());
    }

    proptest! {
        #[test]
        fn only_the_whole_is_enough(shares in prop::collection::vec(1_u32..9000, 2..=4)) {
            let members = u128::try_from(shares.len()).unwrap() - 1;
            let parts: Vec<(u128, u32)> = (1..).zip(shares.iter().copied()).collect();
            let whole = shares.iter().sum::<u32>() == WHOLE;
            prop_assert_eq!(pointers(&joint(members), &letter(&parts)).is_empty(), whole);
            // what is left over goes to the last: then it is whole
            let mut parts = parts;
            let others: u32 = parts.iter().rev().skip(1).map(|(_, share)| share).sum();
            if others < WHOLE {
                parts.last_mut().unwrap().1 = WHOLE - others;
                prop_assert!(pointers(&joint(members), &letter(&parts)).is_empty());
            }
        }

        #[test]
        fn the_parts_of_a_price_are_the_price(price in 0_i64..1_000_000_000, shares in prop::collection::vec(0_u32..2000, 1..=5)) {
            let partners: Vec<Uuid> = (2..).take(shares.len()).map(id).collect();
            let given: Vec<(u128, u32)> = (2..).zip(shares.iter().copied()).collect();
            for letter in [letter(&given), Letter::default()] {
                let parts = parts(price, id(1), &partners, &letter);
                prop_assert_eq!(parts.iter().map(|(_, part)| part).sum::<i64>(), price);
                prop_assert!(parts.iter().all(|(_, part)| *part >= 0));
                prop_assert_eq!(parts.len(), shares.len() + 1);
            }
            let equal = parts_of_equals(price, &partners);
            prop_assert!(equal.iter().all(|part| *part == equal[0]), "nobody agreed on anything else");
        }
    }

    fn parts_of_equals(price: i64, partners: &[Uuid]) -> Vec<i64> {
        let parts = parts(price, id(1), partners, &Letter::default());
        parts.into_iter().skip(1).map(|(_, part)| part).collect()
    }
}
