//! Who may not judge whom (回避, rulebook 2.9): grounds found in the register and in declarations. The
//! rule is a pure function of [`Ties`]; hard grounds keep a person off the panel, the others warn.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_registry::Organisation;
use wubang_registry::RelationKind;
use wubang_registry::ties::{self, TiedPerson, Ties};
use wubang_store::{Error, Read};

macro_rules! grounds {
    ($($(#[$doc:meta])* $name:ident = $wire:tt, $zh:literal, $en:literal;)+) => {
        /// A closed ground of recusal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum ConflictGround { $($(#[$doc])* #[doc = $zh] #[serde(rename = $wire)] $name,)+ }
        impl ConflictGround {
            /// The wire name.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $wire,)+ } }
            /// In Chinese.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $(Self::$name => $zh,)+ } }
            /// In English.
            #[must_use]
            pub const fn en(self) -> &'static str { match self { $(Self::$name => $en,)+ } }
        }
    };
}

grounds! {
    Employment = "employment", "三年内在该组织任职或受聘", "works there, or did within three years";
    Leadership = "leadership", "该组织的法定代表人或负责人", "heads the organisation";
    Family = "family", "申报的亲属在该组织", "declared a relative there";
    Custody = "custody", "所属机构代管该组织资金", "belongs to its custodian";
    Incubation = "incubation", "所属机构孵化了该组织", "belongs to its incubator";
    PaidAnalysis = "paid_analysis", "所属机构受托作了评榜分析", "belongs to the body that was paid for the analysis";
    SharedContact = "shared_contact", "与该组织共用电话或邮箱", "shares a phone or mail address with it";
    AllianceCouncil = "alliance_council", "同为一个联盟的理事单位", "sits on the council of the same alliance";
}

/// Whom a panel judges, and who was paid to analyse the need.
#[derive(Debug, Clone, Default)]
pub struct Parties {
    /// Bidders, or the contractor and its custodian.
    pub organisations: Vec<Uuid>,
    /// Bodies that wrote the analysis (评榜).
    pub analysts: Vec<Uuid>,
}

/// One tie between a person and a party. It names no relative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Conflict {
    /// Who.
    pub person_id: Uuid,
    /// With whom.
    pub organisation_id: Uuid,
    /// Why.
    pub ground: ConflictGround,
    /// Whether it keeps him off; else it warns.
    pub hard: bool,
}

/// Finds the conflicts of some persons.
///
/// # Errors
/// When the database fails.
pub async fn of(
    read: &impl Read,
    persons: &[Uuid],
    parties: &Parties,
) -> Result<Vec<Conflict>, Error> {
    let known = ties::of(read, persons, &parties.organisations).await?;
    Ok(find(&known, &parties.analysts))
}

/// Every conflict that the ties show, each once, in a fixed order.
#[must_use]
pub fn find(ties: &Ties, analysts: &[Uuid]) -> Vec<Conflict> {
    let mut found = BTreeSet::new();
    for person in &ties.people {
        let own: HashSet<Uuid> = ties.belongs(person).collect();
        for organisation in &ties.organisations {
            for (ground, hard) in grounds(ties, person, organisation, &own) {
                found.insert(Conflict {
                    person_id: person.id,
                    organisation_id: organisation.id,
                    ground,
                    hard,
                });
            }
        }
        for analyst in analysts.iter().filter(|one| own.contains(one)) {
            found.insert(Conflict {
                person_id: person.id,
                organisation_id: *analyst,
                ground: ConflictGround::PaidAnalysis,
                // rulebook 2.9, 9: hard when the employer bids
                hard: ties.organisations.iter().any(|one| one.id == *analyst),
            });
        }
    }
    found.into_iter().collect()
}

/// What ties one person to one organisation, and whether it is hard.
fn grounds(
    ties: &Ties,
    person: &TiedPerson,
    party: &Organisation,
    own: &HashSet<Uuid>,
) -> Vec<(ConflictGround, bool)> {
    let mut found = Vec::new();
    let posts = || {
        ties.posts
            .iter()
            .filter(|post| post.person_id == person.id && post.organisation_id == party.id)
    };
    let heads = posts().any(|post| post.head);
    if heads {
        found.push((ConflictGround::Leadership, true));
    }
    let named_employer = person
        .employer
        .as_deref()
        .is_some_and(|name| name.trim() == party.name.trim());
    if posts().any(|post| !post.head) || person.employer_id == Some(party.id) || named_employer {
        found.push((ConflictGround::Employment, true));
    }
    // a name alone proves nothing: two people may have it
    if !heads && person.name.trim() == party.legal_representative.trim() {
        found.push((ConflictGround::Leadership, false));
    }
    for kin in &ties.kin {
        if kin.person_id == person.id && kin.organisation_id == party.id {
            found.push((ConflictGround::Family, kin.head));
        }
    }
    let related = |kind: RelationKind| {
        let of = ties.relations.iter();
        of.filter(move |one| one.organisation_id == party.id && one.kind == kind)
            .any(|one| own.contains(&one.other_id))
    };
    if party.custodian_id.is_some_and(|id| own.contains(&id)) || related(RelationKind::Custodian) {
        found.push((ConflictGround::Custody, true));
    }
    if related(RelationKind::Incubator) {
        found.push((ConflictGround::Incubation, true));
    }
    let reached = ties.contacts.get(&party.id);
    if !own.contains(&party.id)
        && reached.is_some_and(|reached| !reached.is_disjoint(&person.contacts))
    {
        found.push((ConflictGround::SharedContact, true));
    }
    if same_council(ties, party.id, own) {
        found.push((ConflictGround::AllianceCouncil, false));
    }
    found
}

/// Whether the party and an organisation of the person sit on the council of one alliance.
fn same_council(ties: &Ties, party: Uuid, own: &HashSet<Uuid>) -> bool {
    let councils = |organisation: Uuid| {
        ties.relations.iter().filter_map(move |one| {
            (one.organisation_id == organisation && one.kind == RelationKind::AllianceCouncil)
                .then_some(one.other_id)
        })
    };
    let theirs: HashSet<Uuid> = councils(party).collect();
    own.iter().filter(|one| **one != party).any(|one| {
        theirs.contains(one) || councils(*one).any(|alliance| theirs.contains(&alliance))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;
    use wubang_kernel::division::DivisionCode;
    use wubang_registry::ties::{Kin, Post, Relation};
    use wubang_registry::{CreditStatus, ManagementTier, OrgForm, OrgStatus, Profile};

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn person(n: u128) -> TiedPerson {
        TiedPerson {
            id: id(n),
            name: format!("人{n}"),
            contacts: HashSet::from([format!("1880000{n:04}")]),
            employer_id: None,
            employer: None,
        }
    }

    fn organisation(n: u128) -> Organisation {
        let at = chrono::DateTime::from_timestamp(0, 0).unwrap();
        Organisation {
            id: id(n),
            name: format!("组织{n}"),
            uscc: None,
            filing_number: None,
            form: OrgForm::SocialGroup,
            tier: ManagementTier::Registered,
            status: OrgStatus::Registered,
            credit: CreditStatus::Normal,
            division: DivisionCode::parse("410108000000").unwrap(),
            legal_representative: format!("负责人{n}"),
            established_on: None,
            declared_capacity: 1,
            active_contracts: 0,
            account: wubang_registry::credit::Account::default(),
            standings: wubang_registry::credit::Standings::default(),
            custodian_id: None,
            profile: Profile::default(),
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    /// Person 1 and bidder 50 without any tie.
    fn strangers() -> Ties {
        Ties {
            people: vec![person(1)],
            organisations: vec![organisation(50)],
            contacts: HashMap::from([(id(50), HashSet::from(["037155501007".to_owned()]))]),
            ..Ties::default()
        }
    }

    fn found(ties: &Ties) -> Vec<(ConflictGround, bool)> {
        let all = find(ties, &[id(60)]);
        all.iter().map(|one| (one.ground, one.hard)).collect()
    }

    fn post(organisation: u128, head: bool) -> Post {
        Post {
            person_id: id(1),
            organisation_id: id(organisation),
            head,
        }
    }

    fn relation(organisation: u128, kind: RelationKind, other: u128) -> Relation {
        Relation {
            organisation_id: id(organisation),
            kind,
            other_id: id(other),
        }
    }

    /// Plants one tie; answers what must be found of it.
    fn plant(ties: &mut Ties, which: usize) -> (ConflictGround, bool) {
        use ConflictGround as G;
        match which {
            0 => ties.posts.push(post(50, false)),
            1 => ties.posts.push(post(50, true)),
            2 => ties.people[0].employer_id = Some(id(50)),
            3 => ties.people[0].employer = Some(" 组织50".to_owned()),
            4 => ties.people[0].name = "负责人50".to_owned(),
            5 | 6 => ties.kin.push(Kin {
                person_id: id(1),
                organisation_id: id(50),
                head: which == 5,
            }),
            7 => {
                ties.organisations[0].custodian_id = Some(id(70));
                ties.posts.push(post(70, false));
            }
            8 => {
                ties.relations
                    .push(relation(50, RelationKind::Custodian, 71));
                ties.posts.push(post(71, false));
            }
            9 => {
                ties.relations
                    .push(relation(50, RelationKind::Incubator, 72));
                ties.posts.push(post(72, false));
            }
            10 => {
                ties.people[0].contacts.insert("037155501007".to_owned());
            }
            11 => {
                ties.relations
                    .push(relation(50, RelationKind::AllianceCouncil, 80));
                ties.relations
                    .push(relation(73, RelationKind::AllianceCouncil, 80));
                ties.posts.push(post(73, false));
            }
            _ => ties.posts.push(post(60, false)),
        }
        match which {
            0 | 2 | 3 => (G::Employment, true),
            1 => (G::Leadership, true),
            4 => (G::Leadership, false),
            5 => (G::Family, true),
            6 => (G::Family, false),
            7 | 8 => (G::Custody, true),
            9 => (G::Incubation, true),
            10 => (G::SharedContact, true),
            11 => (G::AllianceCouncil, false),
            _ => (G::PaidAnalysis, false),
        }
    }

    #[test]
    fn every_tie_is_found_and_strangers_have_none() {
        assert_eq!(found(&strangers()), []);
        for which in 0..=12 {
            let mut ties = strangers();
            let expected = plant(&mut ties, which);
            assert_eq!(found(&ties), [expected], "{which}");
        }
    }

    #[test]
    fn who_analysed_for_pay_is_out_when_his_employer_bids() {
        let mut ties = strangers();
        ties.people[0].employer_id = Some(id(50));
        let found = find(&ties, &[id(50)]);
        let grounds: Vec<_> = found.iter().map(|one| (one.ground, one.hard)).collect();
        let wanted = [
            (ConflictGround::Employment, true),
            (ConflictGround::PaidAnalysis, true),
        ];
        assert_eq!(grounds, wanted);
    }

    proptest! {
        #[test]
        fn planted_ties_are_all_found_and_nothing_else(which in prop::collection::btree_set(0_usize..=12, 0..6), others in 0_u128..5) {
            let mut ties = strangers();
            // bystanders with ties of their own to nobody here
            ties.people.extend((2..2 + others).map(person));
            let mut expected: BTreeSet<(ConflictGround, bool)> = which.iter().map(|one| plant(&mut ties, *one)).collect();
            // somebody of the organisation itself shares its number by right, and who heads it is not warned of his name
            if which.iter().any(|one| [0, 1, 2].contains(one)) {
                expected.remove(&(ConflictGround::SharedContact, true));
            }
            if which.contains(&1) {
                expected.remove(&(ConflictGround::Leadership, false));
            }
            let got: BTreeSet<_> = find(&ties, &[id(60)]).iter().map(|one| (one.ground, one.hard)).collect();
            prop_assert_eq!(got, expected);
            prop_assert!(find(&ties, &[]).iter().all(|one| one.person_id == id(1)));
        }
    }
}
