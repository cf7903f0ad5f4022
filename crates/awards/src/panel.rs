//! The award panel (承榜评审组) of a posting, and the start of its evaluation (rulebook 2.9, 2.10).

use crate::model::{AwardPanelIn, AwardPanelOut, AwardPanelRehearsalOut, PostingStepOut};
use crate::{PURPOSE, store};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;
use wubang_bids::Bid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::money::Fen;
use wubang_kernel::procedure::Way;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_panels::composition::{self, COMMUNITY, DEPARTMENTS, EXPERTS, Seats};
use wubang_panels::conflicts::{self, Conflict};
use wubang_panels::model::{OwnChoice, SeatBarOut, SeatFigures};
use wubang_panels::pool::ExpertPool;
use wubang_panels::{Draw, Formation, Loaded, Parties, Seat};
use wubang_postings::service::EvaluationFacts;
use wubang_postings::{Posting, PostingCase, flow};
use wubang_store::{Error, Key, Read, Tx, View, state_of};
use wubang_web::NothingIn;

pub(crate) fn seats(posting: &Posting) -> Result<Seats, Error> {
    // what is at stake is the sum of a race
    let ceiling = Fen::new(posting.whole_ceiling_fen())
        .map_err(|_| Error::internal("posting with a bad ceiling"))?;
    Ok(composition::seats(&posting.procedure.0.panel, ceiling)?)
}

/// Whether every seat is filled as the rules say.
pub(crate) fn complete(posting: &Posting, panel: &Loaded) -> Result<(), Error> {
    Ok(composition::check(
        seats(posting)?,
        panel.active().map(|member| member.party.as_str()),
    )?)
}

/// What the act answers with for a posting.
pub(crate) fn step_out(posting: &Posting) -> Result<PostingStepOut, Error> {
    Ok(PostingStepOut {
        id: posting.id,
        number: posting.number.clone(),
        state: state_of::<flow::Posting>(&posting.state)?,
        version: posting.version,
    })
}

/// The named seats; persons without the role that the seat needs over the division are refused, and so
/// is an own choice of experts that is not asked for or has no reason.
pub(crate) async fn named(
    tx: &Tx,
    division: &DivisionCode,
    input: &AwardPanelIn,
) -> Result<Named, Error> {
    let mut faults = Faults::new();
    let mut seats = Vec::new();
    for (party, field, persons) in [
        (
            COMMUNITY,
            "community_person_ids",
            &input.community_person_ids,
        ),
        (
            DEPARTMENTS,
            "department_person_ids",
            &input.department_person_ids,
        ),
    ] {
        let able =
            wubang_registry::people::people_with_role(tx, composition::roles_for(party), division)
                .await?;
        let able: HashSet<Uuid> = able.into_iter().map(|one| one.person_id).collect();
        for (i, person) in persons.iter().enumerate() {
            if !able.contains(person) {
                faults.add(
                    format!("/{field}/{i}"),
                    "not_qualified",
                    "此人不具备该席位所需的角色",
                    "does not hold the role that this seat needs",
                );
            }
            seats.push(Seat {
                person_id: *person,
                party: party.to_owned(),
            });
        }
    }
    let chosen = chosen(input, &mut faults);
    faults.finish()?;
    Ok(Named { seats, chosen })
}

/// Persons named for a panel.
pub(crate) struct Named {
    seats: Vec<Seat>,
    chosen: Option<OwnChoice>,
}

impl Named {
    pub(crate) fn parties(&self) -> impl Iterator<Item = &str> + Clone {
        self.seats.iter().map(|seat| seat.party.as_str())
    }
}

/// The experts of the street's own choice, which belongs to one pool alone and needs a public reason.
fn chosen(input: &AwardPanelIn, faults: &mut Faults) -> Option<OwnChoice> {
    let reason = input
        .own_choice_reason
        .as_deref()
        .map(|text| faults.prose("/own_choice_reason", text, 5..=1000));
    if input.pool == ExpertPool::OwnChoice {
        if reason.is_none() {
            faults.missing("/own_choice_reason");
        }
        return reason.map(|reason| OwnChoice {
            persons: input.expert_person_ids.clone(),
            reason,
        });
    }
    for (given, at) in [
        (!input.expert_person_ids.is_empty(), "/expert_person_ids"),
        (reason.is_some(), "/own_choice_reason"),
    ] {
        if given {
            faults.add(
                at,
                "not_allowed",
                "仅在 pool 为 own_choice 时填写",
                "belongs to the pool own_choice alone",
            );
        }
    }
    None
}

/// Whom the panel judges, and who was paid to analyse the needs.
pub(crate) async fn parties(
    read: &impl Read,
    posting: &Posting,
    bids: &[Bid],
) -> Result<Parties, Error> {
    let needs = wubang_postings::service::need_ids(read, posting.id).await?;
    let needs = wubang_needs::service::load_many(read, &needs).await?;
    Ok(Parties {
        organisations: wubang_bids::service::organisations_in(read, bids).await?,
        analysts: needs.iter().filter_map(|need| need.analyst_id).collect(),
    })
}

/// A posting that waits for its panel.
struct Asked {
    posting: Posting,
    role: Role,
    /// The panel that it has, or had.
    before: Option<Loaded>,
    /// Whether an upheld objection has ordered another panel.
    again: bool,
}

/// A posting that a panel will judge, for a street officer: closed, or to be judged again.
async fn asked(tx: &Tx, key: &Key) -> Result<Asked, Error> {
    let PostingCase { posting, roles, .. } = wubang_postings::service::load(tx, key).await?;
    let role = roles
        .first_of(&[Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    tx.expect_version(posting.version)?;
    let judged = matches!(posting.procedure.0.code.way(), Way::Panel | Way::Call);
    let before = wubang_panels::service::load(tx, PURPOSE, posting.id).await?;
    let again = judged_again(tx, &posting, before.as_ref()).await?;
    let vacant = seat_vacant(tx, &posting, before.as_ref()).await?;
    if !(posting.state == "closed" || again || vacant) || !judged {
        return Err(Code::InvalidTransition.into());
    }
    Ok(Asked {
        posting,
        role,
        before,
        again,
    })
}

/// The street forms the panel of a closed posting: experts are drawn, the others named. Called again
/// after a recusal it fills the vacant seats; with no expert left to move up it forms a new round.
///
/// # Errors
/// `invalid_transition` unless the posting is closed, and where no panel decides; `panel_incomplete`
/// with the figures of the seats, `recused`, `invalid`; `duplicate` when the panel is complete.
pub async fn form_panel(tx: &Tx, key: &Key, input: AwardPanelIn) -> Result<AwardPanelOut, Error> {
    let Asked {
        posting,
        role,
        before,
        again,
    } = asked(tx, key).await?;
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    let division = wubang_postings::service::division_of(&posting)?;
    let (seats, named) = (seats(&posting)?, named(tx, &division, &input).await?);
    if let Some(earlier) = before.as_ref().filter(|_| again) {
        check_new(earlier, &named.seats)?;
    }
    let panel = match &before {
        Some(panel) if !again && complete(&posting, panel).is_ok() => {
            return Err(Code::Duplicate.into());
        }
        Some(panel)
            if !again
                && panel
                    .active()
                    .filter(|member| member.party == EXPERTS)
                    .count()
                    == seats.experts =>
        {
            composition::check(
                seats,
                panel
                    .active()
                    .map(|member| member.party.as_str())
                    .chain(named.parties()),
            )?;
            let parties = parties(tx, &posting, &bids).await?;
            wubang_panels::service::fill(tx, panel.panel.id, named.seats, &parties, (role, None))
                .await?
        }
        earlier => {
            composition::check(
                seats,
                std::iter::repeat_n(EXPERTS, seats.experts).chain(named.parties()),
            )?;
            let wanted = (input.pool, seats.experts);
            let formation = formation(tx, &posting, wanted, named, &bids, earlier.as_ref());
            let mut formation = formation.await?;
            if let (true, Some(earlier), Some(draw)) = (again, earlier, &mut formation.draw) {
                draw.excluded = earlier.members.iter().map(|one| one.person_id).collect();
            }
            wubang_panels::service::form(tx, formation).await?
        }
    };
    out(tx, &panel, &bids, false).await
}

/// Whether an upheld objection or a late recusal has ordered another panel: the last one has reported, and the bids
/// wait for scores again (rulebook 2.5).
async fn judged_again(
    read: &impl Read,
    posting: &Posting,
    before: Option<&Loaded>,
) -> Result<bool, Error> {
    let Some(panel) = before.filter(|_| posting.state == "evaluating") else {
        return Ok(false);
    };
    Ok(!store::reports_of(read, panel.panel.id).await?.is_empty()
        && wubang_bids::service::count_unscored(read, posting.id).await? > 0)
}

/// Whether a recusal that was found while the panel scores has left a seat that nobody moved up to.
async fn seat_vacant(
    read: &impl Read,
    posting: &Posting,
    before: Option<&Loaded>,
) -> Result<bool, Error> {
    let Some(panel) = before.filter(|_| posting.state == "evaluating") else {
        return Ok(false);
    };
    Ok(complete(posting, panel).is_err()
        && store::reports_of(read, panel.panel.id).await?.is_empty())
}

/// Nobody of the panel whose result fell judges again.
fn check_new(earlier: &Loaded, named: &[Seat]) -> Result<(), Refusal> {
    let mut faults = Faults::new();
    for seat in named {
        if earlier
            .members
            .iter()
            .any(|member| member.person_id == seat.person_id)
        {
            faults.add(
                format!("/{}_person_ids", seat.party),
                "sat_before",
                "此人曾参加被撤销的评审",
                "sat on the panel whose result was revoked",
            );
        }
    }
    faults.finish()
}

/// What forming the panel would find: how many are needed, how many there are, and what takes the
/// others out. Nothing is drawn and nothing written.
///
/// # Errors
/// As [`form_panel`], but for the number of persons.
pub async fn rehearse_panel(
    tx: &Tx,
    key: &Key,
    input: AwardPanelIn,
) -> Result<AwardPanelRehearsalOut, Error> {
    let Asked {
        posting, before, ..
    } = asked(tx, key).await?;
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    let division = wubang_postings::service::division_of(&posting)?;
    let (wanted, named) = (seats(&posting)?, named(tx, &division, &input).await?);
    let persons: Vec<Uuid> = named.seats.iter().map(|seat| seat.person_id).collect();
    let parties = parties(tx, &posting, &bids).await?;
    let found = conflicts::of(tx, &persons, &parties).await?;
    let by_name: Vec<SeatFigures> = wanted
        .by_party()
        .into_iter()
        .filter(|(party, _, _)| *party != EXPERTS)
        .map(|(party, _, needed)| by_name(party, needed, &named.seats, &found))
        .collect();
    let asked = (input.pool, wanted.experts);
    let formation = formation(tx, &posting, asked, named, &bids, before.as_ref()).await?;
    let mut seats = wubang_panels::service::rehearse(tx, &formation).await?;
    seats.extend(by_name);
    Ok(AwardPanelRehearsalOut {
        feasible: seats.iter().all(|one| one.available >= one.needed),
        seats,
    })
}

/// The figures of seats that are given by name.
fn by_name(party: &str, needed: usize, named: &[Seat], found: &[Conflict]) -> SeatFigures {
    let mut out: BTreeMap<String, usize> = BTreeMap::new();
    let mut available = 0;
    for seat in named.iter().filter(|seat| seat.party == party) {
        let hard = found
            .iter()
            .find(|one| one.hard && one.person_id == seat.person_id);
        match hard {
            Some(one) => {
                *out.entry(format!("recused_{}", one.ground.as_str()))
                    .or_default() += 1
            }
            None => available += 1,
        }
    }
    SeatFigures {
        seat: format!("/seats/{party}"),
        needed,
        available,
        taken_out: out
            .into_iter()
            .map(|(code, count)| SeatBarOut { code, count })
            .collect(),
        pool: None,
        next_pool: None,
    }
}

pub(crate) async fn formation(
    read: &impl Read,
    posting: &Posting,
    (pool, experts): (ExpertPool, usize),
    named: Named,
    bids: &[Bid],
    earlier: Option<&Loaded>,
) -> Result<Formation, Error> {
    // who left a round is not drawn for the next
    let left = earlier.map(|panel| {
        panel
            .members
            .iter()
            .filter(|member| !member.active)
            .map(|member| member.person_id)
            .collect()
    });
    let Named { mut seats, chosen } = named;
    seats.extend(
        chosen
            .iter()
            .flat_map(|chosen| &chosen.persons)
            .map(|person| Seat {
                person_id: *person,
                party: EXPERTS.to_owned(),
            }),
    );
    Ok(Formation {
        purpose: PURPOSE,
        object_id: posting.id,
        project_id: Some(posting.project_id),
        division: wubang_postings::service::division_of(posting)?,
        round: earlier.map_or(1, |panel| panel.panel.round + 1),
        residents: None,
        draw: Some(Draw {
            field: posting.field.clone(),
            count: experts,
            excluded: left.unwrap_or_default(),
            pool,
            quota: Some(posting.procedure.0.panel.expert_awards),
            chosen,
            assigned: Vec::new(),
        }),
        named: seats,
        parties: parties(read, posting, bids).await?,
    })
}

async fn out(
    read: &impl Read,
    panel: &Loaded,
    bids: &[Bid],
    finished: bool,
) -> Result<AwardPanelOut, Error> {
    let panel = wubang_panels::service::show(read, panel, finished)?;
    let parties = wubang_bids::service::parties_in(read, bids).await?;
    let mut bidders: Vec<String> = parties.into_iter().map(|(_, name)| name).collect();
    bidders.sort();
    Ok(AwardPanelOut { panel, bidders })
}

/// The panel of a posting: for its members and organisers, and for everybody who sees the posting
/// once the notice is out (rulebook 2.6).
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get_panel(view: &View, key: &Key) -> Result<AwardPanelOut, Error> {
    let posting = wubang_postings::service::load(view, key).await?.posting;
    let panel = wubang_panels::service::load(view, PURPOSE, posting.id)
        .await?
        .ok_or(Code::NotFound)?;
    let finished = store::awarded_in(view, posting.id)
        .await?
        .iter()
        .any(|award| award.noticed_at.is_some() && store::LIVE.contains(&award.state.as_str()));
    let bids = wubang_bids::service::of_posting(view, posting.id).await?;
    out(view, &panel, &bids, finished).await
}

/// The street starts the evaluation (评审开始).
///
/// # Errors
/// `incomplete` while a bid waits for its eligibility check; `too_few_bids`, `panel_incomplete`,
/// `recusal_unsigned`.
pub async fn start_evaluation(tx: &Tx, key: &Key, _: NothingIn) -> Result<PostingStepOut, Error> {
    let PostingCase { posting, roles, .. } = wubang_postings::service::load(tx, key).await?;
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    if posting.state == "closed"
        && roles.has(Role::StreetOfficer)
        && bids.iter().any(|bid| bid.state == "opened")
    {
        return Err(Refusal::new(Code::Incomplete)
            .because(
                "尚有意向书未完成资格审查",
                "a bid still waits for its eligibility check",
            )
            .into());
    }
    let panel = wubang_panels::service::load(tx, PURPOSE, posting.id).await?;
    let facts = EvaluationFacts {
        valid_bids: bids.iter().filter(|bid| bid.state == "qualified").count(),
        min_valid_bids: posting.procedure.0.min_valid_bids,
        panel_complete: match &panel {
            Some(panel) => refusal_of(complete(&posting, panel))?,
            None => Err(Refusal::new(Code::PanelIncomplete)
                .because("尚未组成评审组", "there is no panel yet")),
        },
        recusals_signed: panel.as_ref().is_some_and(Loaded::all_clear),
    };
    let posting = wubang_postings::service::start_evaluation(tx, key, facts).await?;
    step_out(&posting)
}

/// Takes a refusal out of an error, so that a guard can give it.
fn refusal_of(result: Result<(), Error>) -> Result<Result<(), Refusal>, Error> {
    match result {
        Ok(()) => Ok(Ok(())),
        Err(Error::Refused(refusal)) => Ok(Err(refusal)),
        Err(other) => Err(other),
    }
}
