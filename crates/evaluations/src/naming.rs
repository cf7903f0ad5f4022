//! Persons named for seats of a panel: who may be, and who may not (rulebook 2.9, 2.10).

use crate::entity::evaluation;
use crate::model::{FillPanelIn, FormPanelIn};
use crate::out::counted_rule;
use crate::rules::{check_organisers, has_seats};
use crate::scoring::{RESIDENTS, THIRD_PARTY};
use crate::store;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_contracts::Contract;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_panels::Seat;
use wubang_registry::people;
use wubang_store::{Error, Tx};

/// Party of street and community (街道社区党组织).
const COMMUNITY: &str = "community_party_org";
/// Party of the functional departments (职能部门).
const DEPARTMENTS: &str = "departments";
/// Party of who has commissioned the work (购买方).
const COMMISSIONER: &str = "commissioner";

/// Where residents who are named stand in the input.
const RESIDENT_IDS: &str = "/resident_person_ids";

/// Persons named for the parties that are not drawn, and for seats that a lot could not fill.
pub(crate) struct Named(Vec<(&'static str, &'static str, Vec<Uuid>)>);

impl Named {
    /// Those named for a panel that is formed.
    pub(crate) fn formed(input: FormPanelIn) -> Self {
        Named(vec![
            (
                COMMUNITY,
                "/community_person_ids",
                input.community_person_ids,
            ),
            (
                COMMISSIONER,
                "/commissioner_person_ids",
                input.commissioner_person_ids,
            ),
            (RESIDENTS, RESIDENT_IDS, input.resident_person_ids),
            (
                DEPARTMENTS,
                "/department_person_ids",
                input.department_person_ids,
            ),
            (
                THIRD_PARTY,
                "/third_party_person_ids",
                input.third_party_person_ids,
            ),
        ])
    }

    /// Those named for seats that became vacant.
    pub(crate) fn filled(input: FillPanelIn) -> Self {
        Self::formed(FormPanelIn {
            community_person_ids: input.community_person_ids,
            commissioner_person_ids: input.commissioner_person_ids,
            resident_person_ids: input.resident_person_ids,
            department_person_ids: input.department_person_ids,
            third_party_person_ids: input.third_party_person_ids,
            ..FormPanelIn::default()
        })
    }

    pub(crate) fn seats(&self) -> Vec<Seat> {
        let of = |(party, _, persons): &(&'static str, &'static str, Vec<Uuid>)| {
            persons
                .iter()
                .map(|person| Seat {
                    person_id: *person,
                    party: (*party).to_owned(),
                })
                .collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).collect()
    }

    pub(crate) fn parties(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.0
            .iter()
            .flat_map(|(party, _, persons)| std::iter::repeat_n(*party, persons.len()))
    }

    /// Another panel is another: who has judged the project once does not judge it again.
    pub(crate) fn refuse_earlier(&self, earlier: &HashSet<Uuid>) -> Result<(), Refusal> {
        let mut faults = Faults::new();
        for (_, pointer, persons) in &self.0 {
            for (i, _) in persons
                .iter()
                .enumerate()
                .filter(|(_, one)| earlier.contains(one))
            {
                let (zh, en) = (
                    "已参加前一轮考评,重新考评须另组考评组",
                    "sat on the panel before this one; another panel scores again",
                );
                faults.add(format!("{pointer}/{i}"), "recused", zh, en);
            }
        }
        faults.refuse_with(Code::Recused)
    }

    /// Notes persons for a party without seats, and everybody who does not hold a role of the party
    /// where the work was done; then refuses those who organise, where the street does.
    pub(crate) async fn check(
        &self,
        tx: &Tx,
        row: &evaluation::Model,
        mut faults: Faults,
    ) -> Result<(), Error> {
        let contract = wubang_contracts::service::find(tx, row.contract_id).await?;
        let places = places(row, &contract)?;
        let rule = counted_rule(row);
        for (party, pointer, persons) in &self.0 {
            if !has_seats(&rule, party) {
                if !persons.is_empty() {
                    let (zh, en) = (
                        "考榜方案没有这一方的席位",
                        "the scheme has no seats for this party",
                    );
                    faults.add(*pointer, "not_allowed", zh, en);
                }
                continue;
            }
            if persons.len() > 50 {
                faults.count(pointer, persons.len(), 0..=50);
                continue;
            }
            let qualified = qualified(tx, row, party, &places).await?;
            let mut seen = HashMap::new();
            for (i, person) in persons.iter().enumerate() {
                if !qualified.contains(person) {
                    faults.add(
                        format!("{pointer}/{i}"),
                        "not_qualified",
                        "该人员在服务地没有相应角色",
                        "does not hold a fitting role where the work was done",
                    );
                } else if seen.insert(*person, i).is_some() {
                    faults.add(
                        format!("{pointer}/{i}"),
                        "duplicate",
                        "同一人不得占两席",
                        "is named twice",
                    );
                }
            }
        }
        faults.finish()?;
        let (runs, all) = match rule.third_party {
            // who acts for the third party does not seat himself
            true => (vec![tx.person()?], false),
            false => (vec![row.opened_by, tx.person()?], true),
        };
        let seats = self
            .0
            .iter()
            .filter(|(party, ..)| all || *party == THIRD_PARTY);
        let named = seats.flat_map(|(_, pointer, persons)| {
            let at = move |(i, person): (usize, &Uuid)| (format!("{pointer}/{i}"), *person);
            persons.iter().enumerate().map(at)
        });
        Ok(check_organisers(named, &runs)?)
    }
}

/// Who can be named for a party.
async fn qualified(
    tx: &Tx,
    row: &evaluation::Model,
    party: &str,
    places: &[DivisionCode],
) -> Result<HashSet<Uuid>, Error> {
    if party == THIRD_PARTY {
        let staff = people::people_of_organisations(
            tx,
            &row.third_party_id.into_iter().collect::<Vec<_>>(),
        )
        .await?;
        return Ok(staff.into_iter().map(|one| one.person_id).collect());
    }
    let mut qualified = HashSet::new();
    if party == RESIDENTS {
        // those of the places that were served are drawn: named are others of the district
        let others = people::people_within(tx, Role::ResidentRep, &district(row)?).await?;
        qualified.extend(others.into_iter().map(|one| one.person_id));
    }
    for place in places {
        let here = people::people_with_role(tx, roles_for(party), place).await?;
        qualified.extend(here.into_iter().map(|one| one.person_id));
    }
    Ok(qualified)
}

/// Roles that qualify for a named seat.
fn roles_for(party: &str) -> &'static [Role] {
    match party {
        COMMISSIONER => &[
            Role::StreetOfficer,
            Role::CommunitySecretary,
            Role::DepartmentOfficer,
        ],
        COMMUNITY => &[Role::StreetOfficer, Role::CommunitySecretary],
        RESIDENTS => &[Role::ResidentRep],
        DEPARTMENTS => &[Role::DepartmentOfficer],
        _ => &[],
    }
}

/// The division of the evaluation and the communities that were served.
pub(crate) fn places(
    row: &evaluation::Model,
    contract: &Contract,
) -> Result<Vec<DivisionCode>, Error> {
    let mut places = vec![store::division(row)?];
    for community in &contract.content.communities {
        let code = DivisionCode::parse(community)
            .map_err(|_| Error::internal("agreement with a bad community"))?;
        if !places.contains(&code) {
            places.push(code);
        }
    }
    Ok(places)
}

/// The district of an evaluation.
fn district(row: &evaluation::Model) -> Result<DivisionCode, Error> {
    let code = format!("{}000000", store::division(row)?.district6());
    DivisionCode::parse(&code).map_err(|_| Error::internal("evaluation in no district"))
}
