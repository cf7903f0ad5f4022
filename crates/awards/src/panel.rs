//! The award panel (承榜评审组) of a posting, and the start of its evaluation (rulebook 2.9, 2.10).

use crate::model::{AwardPanelIn, AwardPanelOut, PostingStepOut};
use crate::{PURPOSE, store};
use std::collections::HashSet;
use uuid::Uuid;
use wubang_bids::Bid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::money::Fen;
use wubang_kernel::procedure::Way;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_needs::model::NothingIn;
use wubang_panels::composition::{self, COMMUNITY, DEPARTMENTS, EXPERTS, Seats};
use wubang_panels::model::RECUSED;
use wubang_panels::{Draw, Formation, Loaded, Seat};
use wubang_postings::service::EvaluationFacts;
use wubang_postings::{Posting, PostingCase, flow};
use wubang_store::{Error, Key, Read, Tx, View, state_of};

/// The organisations that bid.
pub(crate) fn bidders(bids: &[Bid]) -> Vec<Uuid> {
    bids.iter().map(|bid| bid.organisation_id).collect()
}

fn seats(posting: &Posting) -> Result<Seats, Error> {
    let ceiling = Fen::new(posting.budget_ceiling_fen)
        .map_err(|_| Error::internal("posting with a bad ceiling"))?;
    Ok(composition::seats(&posting.procedure.0.panel, ceiling)?)
}

fn complete(posting: &Posting, panel: &Loaded) -> Result<(), Error> {
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

/// The named seats; persons without the role that the seat needs over the division are refused.
async fn named(tx: &Tx, division: &DivisionCode, input: &AwardPanelIn) -> Result<Vec<Seat>, Error> {
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
    faults.finish()?;
    Ok(seats)
}

fn parties(named: &[Seat]) -> impl Iterator<Item = &str> + Clone {
    named.iter().map(|seat| seat.party.as_str())
}

/// The street forms the panel of a closed posting: experts are drawn, the others named. Called again
/// after a recusal it fills the vacant seats; with no expert left to move up it forms a new round.
///
/// # Errors
/// `invalid_transition` unless the posting is closed, and where no panel decides; `panel_incomplete`, `recused`, `invalid`;
/// `duplicate` when the panel is complete.
pub async fn form_panel(tx: &Tx, key: &Key, input: AwardPanelIn) -> Result<AwardPanelOut, Error> {
    let PostingCase { posting, roles, .. } = wubang_postings::service::load(tx, key).await?;
    let role = roles
        .first_of(&[Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    tx.expect_version(posting.version)?;
    let judged = matches!(posting.procedure.0.code.way(), Way::Panel | Way::Call);
    let before = wubang_panels::service::load(tx, PURPOSE, posting.id).await?;
    let again = judged_again(tx, &posting, before.as_ref()).await?;
    if !(posting.state == "closed" || again) || !judged {
        return Err(Code::InvalidTransition.into());
    }
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    let division = wubang_postings::service::division_of(&posting)?;
    let (seats, named) = (seats(&posting)?, named(tx, &division, &input).await?);
    if let Some(earlier) = before.as_ref().filter(|_| again) {
        check_new(earlier, &named)?;
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
                    .chain(parties(&named)),
            )?;
            wubang_panels::service::fill(tx, panel.panel.id, named, &bidders(&bids), role).await?
        }
        earlier => {
            composition::check(
                seats,
                std::iter::repeat_n(EXPERTS, seats.experts).chain(parties(&named)),
            )?;
            let mut formation =
                formation(&posting, division, seats, named, &bids, earlier.as_ref());
            if let (true, Some(earlier), Some(draw)) = (again, earlier, &mut formation.draw) {
                draw.excluded = earlier.members.iter().map(|one| one.person_id).collect();
            }
            wubang_panels::service::form(tx, formation).await?
        }
    };
    out(tx, &panel, &bids, false)
}

/// Whether an upheld objection has ordered another panel: the last one has reported, and the bids wait for
/// scores again (rulebook 2.5).
async fn judged_again(
    read: &impl Read,
    posting: &Posting,
    before: Option<&Loaded>,
) -> Result<bool, Error> {
    let Some(panel) = before.filter(|_| posting.state == "evaluating") else {
        return Ok(false);
    };
    Ok(store::report_of(read, panel.panel.id).await?.is_some()
        && wubang_bids::service::count_qualified(read, posting.id).await? > 0)
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

fn formation(
    posting: &Posting,
    division: DivisionCode,
    seats: Seats,
    named: Vec<Seat>,
    bids: &[Bid],
    earlier: Option<&Loaded>,
) -> Formation {
    let recused = earlier.map(|panel| {
        panel
            .members
            .iter()
            .filter(|member| member.declaration == RECUSED)
            .map(|member| member.person_id)
            .collect()
    });
    Formation {
        purpose: PURPOSE,
        object_id: posting.id,
        project_id: Some(posting.project_id),
        division,
        round: earlier.map_or(1, |panel| panel.panel.round + 1),
        draw: Some(Draw {
            field: posting.field.clone(),
            count: seats.experts,
            excluded: recused.unwrap_or_default(),
        }),
        named,
        excluded_organisations: bidders(bids),
    }
}

fn out(
    read: &impl Read,
    panel: &Loaded,
    bids: &[Bid],
    finished: bool,
) -> Result<AwardPanelOut, Error> {
    let panel = wubang_panels::service::show(read, panel, finished)?;
    let mut bidders: Vec<String> = bids
        .iter()
        .map(|bid| bid.organisation_name.clone())
        .collect();
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
    let finished = store::live_of(view, posting.id)
        .await?
        .is_some_and(|award| award.noticed_at.is_some());
    let bids = wubang_bids::service::of_posting(view, posting.id).await?;
    out(view, &panel, &bids, finished)
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
