//! The district assigns experts to the panels of several closed postings at once, with even loads
//! (rulebook 2.10).

use crate::PURPOSE;
use crate::model::{
    AssignmentIn, AssignmentLoadOut, AssignmentOut, AssignmentPostingIn, AssignmentPostingOut,
    AssignmentShortageOut, AwardPanelIn,
};
use crate::panel::{self, formation, seats};
use std::collections::BTreeMap;
use uuid::Uuid;
use wubang_kernel::procedure::Way;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_panels::assigning::{self, Asked};
use wubang_panels::assignment::{Assignment, Shortage};
use wubang_panels::composition::{self, EXPERTS};
use wubang_panels::pool::ExpertPool;
use wubang_panels::{Formation, Loaded};
use wubang_postings::PostingCase;
use wubang_store::{Error, Key, Tx};

/// Seats that one expert gets at most unless the district says otherwise.
const MOST_EACH: i64 = 3;

/// Checks what can be checked without the database.
fn check(input: &AssignmentIn) -> Result<usize, Refusal> {
    let mut faults = Faults::new();
    faults.count("/postings", input.postings.len(), 1..=20);
    for (i, one) in input.postings.iter().enumerate() {
        let before = input.postings.iter().take(i);
        if before
            .into_iter()
            .any(|other| other.posting_id == one.posting_id)
        {
            faults.add(
                format!("/postings/{i}/posting_id"),
                "duplicate",
                "同一榜单列了两次",
                "is named twice",
            );
        }
    }
    let most = input.most_each.unwrap_or(MOST_EACH);
    faults.number("/most_each", most, 1..=20);
    if input.pool == ExpertPool::OwnChoice {
        faults.add(
            "/pool",
            "not_allowed",
            "指定专家须逐个榜单办理",
            "experts are chosen posting by posting",
        );
    }
    faults.finish()?;
    Ok(usize::try_from(most).unwrap_or(1))
}

/// The panel of one posting, as it would be formed.
async fn asked_for(
    tx: &Tx,
    at: usize,
    one: &AssignmentPostingIn,
    pool: ExpertPool,
) -> Result<Formation, Error> {
    let PostingCase { posting, roles, .. } =
        wubang_postings::service::load(tx, &Key::Id(one.posting_id)).await?;
    if !roles.has(Role::DistrictAdmin) {
        return Err(Code::Forbidden.into());
    }
    let judged = matches!(posting.procedure.0.code.way(), Way::Panel | Way::Call);
    if posting.state != "closed" || !judged {
        return Err(Code::InvalidTransition.into());
    }
    let before = wubang_panels::service::load_seated(tx, PURPOSE, posting.id).await?;
    if before.is_some() {
        return Err(Code::Duplicate.into());
    }
    let input = AwardPanelIn {
        community_person_ids: one.community_person_ids.clone(),
        department_person_ids: one.department_person_ids.clone(),
        pool,
        expert_person_ids: Vec::new(),
        own_choice_reason: None,
    };
    let division = wubang_postings::service::division_of(&posting)?;
    let named = panel::named(tx, &division, &input).await;
    let named = named.map_err(|error| below(error, at))?;
    let wanted = seats(&posting)?;
    composition::check(
        wanted,
        std::iter::repeat_n(EXPERTS, wanted.experts).chain(named.parties()),
    )
    .map_err(|refusal| below(refusal.into(), at))?;
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    formation(tx, &posting, (pool, wanted.experts), named, &bids, None).await
}

/// Pointers of a refusal, moved below the posting they are about.
fn below(error: Error, at: usize) -> Error {
    match error {
        Error::Refused(mut refusal) => {
            for field in &mut refusal.fields {
                field.pointer = format!("/postings/{at}{}", field.pointer);
            }
            Error::Refused(refusal)
        }
        other => other,
    }
}

async fn ask(tx: &Tx, input: &AssignmentIn) -> Result<(Vec<Formation>, Asked), Error> {
    let most = check(input)?;
    let mut formations = Vec::new();
    for (at, one) in input.postings.iter().enumerate() {
        formations.push(asked_for(tx, at, one, input.pool).await?);
    }
    let asked = assigning::ask(tx, &formations, most).await?;
    Ok((formations, asked))
}

/// What an assignment would find; nothing is drawn or written, and nobody is named.
///
/// # Errors
/// `invalid`; `not_found`, `forbidden` for who does not administer the district; `invalid_transition`
/// for a posting that is not closed; `duplicate` for one with a panel; `panel_incomplete` for seats by name.
pub async fn rehearse_assignment(tx: &Tx, input: AssignmentIn) -> Result<AssignmentOut, Error> {
    let (_, asked) = ask(tx, &input).await?;
    Ok(out(&input, &asked, asked.answer().as_ref(), &[]))
}

/// Forms the panels of several closed postings at once.
///
/// # Errors
/// As [`rehearse_assignment`]; `panel_incomplete` where not all seats can be filled, saying among which
/// postings how many are missing, and why.
pub async fn assign(tx: &Tx, input: AssignmentIn) -> Result<AssignmentOut, Error> {
    let (formations, asked) = ask(tx, &input).await?;
    let found = asked
        .answer()
        .map_err(|shortage| refusal(&asked, &shortage))?;
    let panels = assigning::run(tx, formations, &asked, &found).await?;
    Ok(out(&input, &asked, Ok(&found), &panels))
}

/// A shortage in words, with the figures of each posting that misses seats.
fn refusal(asked: &Asked, shortage: &Shortage) -> Refusal {
    let Shortage {
        panels,
        needed,
        experts,
        missing,
    } = shortage;
    let count = panels.len();
    let mut refusal = Refusal::new(Code::PanelIncomplete).because(
        format!("其中 {count} 个榜单共需专家席位 {needed} 个,合格专家 {experts} 人,受每人上限约束仍缺 {missing} 个"),
        format!("{count} of the postings need {needed} expert seats together; {experts} experts may sit on any of them, and {missing} seats are missing"),
    );
    for (at, figures) in panels
        .iter()
        .filter_map(|at| Some((at, asked.figures.get(*at)?)))
    {
        let pointer = format!("/postings/{at}{}", figures.seat);
        let (wanted, there) = (figures.needed, figures.available);
        refusal = refusal.field(
            &pointer,
            "too_few",
            format!("需要 {wanted} 人,合格 {there} 人"),
            format!("{wanted} needed, {there} may sit"),
        );
        for bar in &figures.taken_out {
            let (code, count) = (&bar.code, bar.count);
            refusal = refusal.field(
                &pointer,
                "taken_out",
                format!("{count} 人:{code}"),
                format!("{count}: {code}"),
            );
        }
    }
    refusal
}

fn out(
    input: &AssignmentIn,
    asked: &Asked,
    found: Result<&Assignment, &Shortage>,
    panels: &[Loaded],
) -> AssignmentOut {
    let ids: Vec<Uuid> = input.postings.iter().map(|one| one.posting_id).collect();
    let postings = ids.iter().zip(&asked.figures).enumerate();
    let posting = |(at, (id, figures)): (usize, (&Uuid, &wubang_panels::model::SeatFigures))| {
        AssignmentPostingOut {
            posting_id: *id,
            seats: figures.clone(),
            panel_id: panels.get(at).map(|panel| panel.panel.id),
        }
    };
    AssignmentOut {
        feasible: found.is_ok(),
        postings: postings.map(posting).collect(),
        shortage: found.err().map(|shortage| AssignmentShortageOut {
            posting_ids: shortage
                .panels
                .iter()
                .filter_map(|at| ids.get(*at))
                .copied()
                .collect(),
            needed: shortage.needed,
            experts: shortage.experts,
            missing: shortage.missing,
        }),
        loads: found.map(loads).unwrap_or_default(),
    }
}

/// How many experts get one seat, two, and so on.
fn loads(found: &Assignment) -> Vec<AssignmentLoadOut> {
    let mut seats: BTreeMap<usize, usize> = BTreeMap::new();
    for expert in found.seats.iter().flatten() {
        *seats.entry(*expert).or_default() += 1;
    }
    let mut spread: BTreeMap<usize, usize> = BTreeMap::new();
    for count in seats.into_values() {
        *spread.entry(count).or_default() += 1;
    }
    spread
        .into_iter()
        .map(|(seats, experts)| AssignmentLoadOut { seats, experts })
        .collect()
}
