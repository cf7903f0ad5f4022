//! How an award panel (承榜评审组) is composed (rulebook 2.10): a pure rule.

use wubang_kernel::money::Fen;
use wubang_kernel::procedure::PanelRule;
use wubang_kernel::{Code, Refusal, Role};

/// Party of the drawn experts (专家).
pub const EXPERTS: &str = "experts";
/// Party of the residents, who are drawn as well (居民群众).
pub const RESIDENTS: &str = "residents";
/// Party of community and street (社区/街道).
pub const COMMUNITY: &str = "community";
/// Party of the functional departments (职能部门).
pub const DEPARTMENTS: &str = "departments";

/// Seats of an award panel per party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// Experts, drawn.
    pub experts: usize,
    /// Street or community, named.
    pub community: usize,
    /// Departments, named.
    pub departments: usize,
}

impl Seats {
    /// All seats together.
    #[must_use]
    pub const fn total(self) -> usize {
        self.experts + self.community + self.departments
    }

    /// Seats of each party, in the order of the panel.
    #[must_use]
    pub const fn by_party(self) -> [(&'static str, &'static str, usize); 3] {
        [
            (EXPERTS, "专家", self.experts),
            (COMMUNITY, "社区/街道", self.community),
            (DEPARTMENTS, "职能部门", self.departments),
        ]
    }
}

/// The seats that a rule asks for at a ceiling; experts come in the small or the large number.
///
/// # Errors
/// `panel_incomplete` when the rule gives an even panel, which could end in a draw of votes.
pub fn seats(rule: &PanelRule, ceiling: Fen) -> Result<Seats, Refusal> {
    let seats = Seats {
        experts: rule.experts_for(ceiling),
        community: rule.community,
        departments: rule.departments,
    };
    if seats.total() % 2 == 1 {
        Ok(seats)
    } else {
        let total = seats.total();
        Err(Refusal::new(Code::PanelIncomplete).because(
            format!("评审组人数须为奇数,按规则为 {total} 人"),
            format!("the panel must be odd, the rule gives {total}"),
        ))
    }
}

/// Whether the active members, given by their parties, fill the seats exactly.
///
/// # Errors
/// `panel_incomplete`, naming every party with too few or too many.
pub fn check<'a>(
    seats: Seats,
    parties: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Refusal> {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    let mut refusal = Refusal::new(Code::PanelIncomplete);
    for (party, name, wanted) in seats.by_party() {
        let got = parties.clone().filter(|one| *one == party).count();
        if got != wanted {
            let said = (
                format!("{name}应有 {wanted} 人,实有 {got} 人"),
                format!("{party}: {wanted} needed, {got} there"),
            );
            let code = if got < wanted { "too_few" } else { "too_many" };
            let seat = format!("/seats/{party}");
            refusal = refusal.field(&seat, code, said.0.clone(), said.1.clone());
            zh.push(said.0);
            en.push(said.1);
        }
    }
    if zh.is_empty() {
        Ok(())
    } else {
        Err(refusal.because(zh.join(";"), en.join("; ")))
    }
}

/// Roles that qualify somebody for a named seat of a party; the role must cover the division.
#[must_use]
pub fn roles_for(party: &str) -> &'static [Role] {
    match party {
        COMMUNITY => &[Role::StreetOfficer, Role::CommunitySecretary],
        DEPARTMENTS => &[Role::DepartmentOfficer],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use wubang_kernel::procedure::{PostingType, Procedure};

    fn rule() -> PanelRule {
        Procedure::of(PostingType::Open).panel
    }

    #[test]
    fn five_below_fifty_thousand_yuan_and_seven_from_there() {
        let at = |fen| seats(&rule(), Fen::new(fen).unwrap()).unwrap();
        assert_eq!(
            at(4_999_999),
            Seats {
                experts: 3,
                community: 1,
                departments: 1
            }
        );
        assert_eq!(
            at(5_000_000),
            Seats {
                experts: 5,
                community: 1,
                departments: 1
            }
        );
    }

    #[test]
    fn an_even_panel_is_refused() {
        let rule = PanelRule {
            departments: 2,
            ..rule()
        };
        assert_eq!(
            seats(&rule, Fen::ZERO).unwrap_err().code,
            Code::PanelIncomplete
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        let seats = seats(&rule(), Fen::ZERO).unwrap();
        let refusal = check(seats, [EXPERTS, EXPERTS, COMMUNITY].into_iter()).unwrap_err();
        assert_eq!(
            refusal.detail.unwrap().en,
            "experts: 3 needed, 2 there; departments: 1 needed, 0 there"
        );
    }

    proptest! {
        #[test]
        fn only_the_exact_seats_pass(experts in 0_usize..6, community in 0_usize..3, departments in 0_usize..3) {
            let seats = seats(&rule(), Fen::ZERO).unwrap();
            let members = std::iter::repeat_n(EXPERTS, experts).chain(std::iter::repeat_n(COMMUNITY, community)).chain(std::iter::repeat_n(DEPARTMENTS, departments));
            prop_assert_eq!(check(seats, members).is_ok(), (experts, community, departments) == (3, 1, 1));
        }
    }
}
