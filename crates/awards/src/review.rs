//! Scoring by the award panel and its report (评审): sealed sheets in, exact ranking out (rulebook 2.11.1).

use crate::entity::report;
use crate::model::{
    AwardReportOut, AwardReportSignIn, AwardReportSignature, AwardSheetIn, AwardSheetsOut,
    SupersededReport,
};
use crate::panel::complete;
use crate::ranking::{lots, ranking, summary};
use crate::{PURPOSE, store};
use uuid::Uuid;
use wubang_bids::{Bid, ScoreResult};
use wubang_kernel::actor::Reach;
use wubang_kernel::timer::Terms;
use wubang_kernel::{Code, Refusal, Role, RoleSet, Timer};
use wubang_panels::model::{SheetIn, SheetOut};
use wubang_panels::{Loaded, draws};
use wubang_postings::{Posting, PostingCase};
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tx, View, timers};
use wubang_web::Instant;

/// Roles over the division that read a report or learn how many sheets are in.
const ORGANISERS: &[Role] = &[Role::StreetOfficer, Role::DistrictAdmin, Role::Supervisor];

/// A posting with its panel, for a member or an organiser.
struct Review {
    posting: Posting,
    panel: Loaded,
    roles: RoleSet,
}

async fn load(read: &impl Read, key: &Key) -> Result<Review, Error> {
    let review = seated(read, key).await?;
    let panel = wubang_panels::service::load(read, PURPOSE, review.posting.id)
        .await?
        .ok_or(Code::NotFound)?;
    Ok(Review { panel, ..review })
}

/// The same without the sheets.
async fn seated(read: &impl Read, key: &Key) -> Result<Review, Error> {
    let PostingCase { posting, roles, .. } = wubang_postings::service::load(read, key).await?;
    let panel = wubang_panels::service::load_seated(read, PURPOSE, posting.id)
        .await?
        .ok_or(Code::NotFound)?;
    let seat = read.actor().person.and_then(|person| panel.member(person));
    let assigned = if seat.is_some() {
        RoleSet::of(&[Role::Assessor])
    } else {
        RoleSet::NONE
    };
    let roles = roles.union(read.actor().roles(&Reach::default().assigned(assigned)));
    if roles.any(ORGANISERS) || roles.has(Role::Assessor) {
        Ok(Review {
            posting,
            panel,
            roles,
        })
    } else {
        Err(Code::NotFound.into())
    }
}

fn to_score(bids: &[Bid]) -> Vec<Uuid> {
    bids.iter()
        .filter(|bid| bid.state == "qualified")
        .map(|bid| bid.id)
        .collect()
}

/// Whether the panel waits for a bidder's clarification (rulebook 2.8.3).
fn is_clarified(bids: &[Bid]) -> bool {
    bids.iter().any(|bid| bid.state == "clarifying")
}

/// A member hands in his sheet about one bid. With the last sheet the totals, the ranks and the
/// report are made in the same transaction.
///
/// # Errors
/// `invalid_transition` unless the posting is evaluating; `forbidden`, `roadshow_not_held`, `recusal_unsigned`, `invalid`,
/// `duplicate`.
pub async fn submit_sheet(tx: &Tx, key: &Key, input: AwardSheetIn) -> Result<SheetOut, Error> {
    let Review {
        posting,
        panel,
        roles,
    } = seated(tx, key).await?;
    tx.expect_version(posting.version)?;
    if !roles.has(Role::Assessor) {
        return Err(Code::Forbidden.into());
    }
    if posting.state != "evaluating" {
        return Err(Code::InvalidTransition.into());
    }
    let bid = wubang_bids::service::find_opened(tx, posting.id, input.bid_id)
        .await?
        .ok_or_else(unknown_bid)?;
    if !matches!(bid.state.as_str(), "qualified" | "clarifying" | "scored") {
        return Err(Refusal::new(Code::InvalidTransition)
            .because("该意向书不在评分范围内", "this bid is not to be scored")
            .into());
    }
    // nobody scores before he has heard them all (rulebook 2.4.4 (3))
    if posting.procedure.0.roadshow.required
        && !wubang_roadshows::service::is_heard(tx, posting.id, bid.id).await?
    {
        return Err(Code::RoadshowNotHeld.into());
    }
    let sheet = SheetIn {
        points: input.points,
        reasons: input.reasons,
        comment: input.comment,
    };
    let sheet = wubang_panels::service::submit_sheet(
        tx,
        &panel,
        bid.id,
        &posting.procedure.0.criteria,
        sheet,
    )
    .await?;
    let wanted = wubang_bids::service::count_unscored(tx, posting.id)
        .await?
        .saturating_mul(u64::try_from(panel.active().count()).unwrap_or(u64::MAX));
    if wubang_panels::service::count_sheets(tx, panel.panel.id).await? >= wanted {
        finish(tx, &posting, Seats::Full).await?;
    }
    Ok(SheetOut::from(&sheet))
}

/// A bid that is none of the posting's.
pub(crate) fn unknown_bid() -> Refusal {
    Refusal::new(Code::Invalid).field(
        "/bid_id",
        "unknown_value",
        "本榜单没有这份意向书",
        "is no bid of this posting",
    )
}

/// Which seats must be filled for the scores to be complete (rulebook 2.10): all of them, or after a recusal that was
/// found too late those who remain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seats {
    Full,
    Left,
}

/// Scores and reports once every member has handed in a sheet about every bid; whether it did.
pub(crate) async fn finish(tx: &Tx, posting: &Posting, seats: Seats) -> Result<bool, Error> {
    let Some(panel) = wubang_panels::service::load(tx, PURPOSE, posting.id).await? else {
        return Ok(false);
    };
    if seats == Seats::Full && complete(posting, &panel).is_err() {
        return Ok(false);
    }
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    let subjects = to_score(&bids);
    // sheets about a bid that is being clarified are kept, and its answer is waited for
    if subjects.is_empty()
        || is_clarified(&bids)
        || !panel.complete(&subjects)
        || store::report_of(tx, panel.panel.id).await?.is_some()
    {
        return Ok(false);
    }
    let bids: Vec<Bid> = bids
        .into_iter()
        .filter(|bid| subjects.contains(&bid.id))
        .collect();
    let ranking = ranking(tx, posting, &panel, &bids).await?;
    draws::keep_lots(tx, &panel.draw, lots(&ranking)).await?;
    for row in &ranking.0 {
        let means = row
            .means
            .iter()
            .map(|mean| (mean.key.clone(), mean.exact))
            .collect();
        wubang_bids::service::scored(
            tx,
            row.bid_id,
            ScoreResult {
                total: row.exact,
                bonus: row.bonus_points(),
                rank: row.rank,
                means,
                tie_break: row.tie_break.clone(),
            },
        )
        .await?;
    }
    let summary = summary(posting, &panel, &ranking);
    let earlier = store::reports_of(tx, panel.panel.id).await?;
    let sequence = earlier.first().map_or(1, |report| report.sequence + 1);
    let report = store::insert_report(
        tx,
        store::new_report(tx, posting.id, (panel.panel.id, sequence), ranking, summary)?,
    )
    .await?;
    note(tx, posting, &report, "award_report.generated", Role::System).await?;
    Ok(true)
}

/// A bid was withdrawn or clarified: perhaps it was the last that the panel still waited for, or the last at all.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_bid_moved(tx: &Tx, bid_id: Uuid) -> Result<(), Error> {
    let bid = wubang_bids::service::find(tx, bid_id).await?;
    let posting = wubang_postings::service::find(tx, bid.posting_id).await?;
    if posting.state != "evaluating" {
        return Ok(());
    }
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    if bids
        .iter()
        .any(|bid| matches!(bid.state.as_str(), "qualified" | "clarifying" | "scored"))
    {
        return finish(tx, &posting, Seats::Full).await.map(|_| ());
    }
    wubang_postings::service::failed(tx, posting.id, "no_bids", None).await
}

async fn note(
    tx: &Tx,
    posting: &Posting,
    report: &report::Model,
    event: &str,
    role: Role,
) -> Result<(), Error> {
    let signed = report.signed_at.is_some();
    let (from, to, version) = match event {
        "award_report.generated" => (None, "generated", 1),
        "award_report.signed" => (Some("generated"), "signed", 2),
        _ if signed => (Some("signed"), "superseded", 3),
        _ => (Some("generated"), "superseded", 2),
    };
    let about = About {
        object: "award_report",
        id: report.id,
        project_id: Some(posting.project_id),
        division: &posting.division,
        version,
    };
    let data =
        serde_json::json!({ "posting": posting.number, "content_hash": report.content_hash });
    trace::record(
        tx,
        &about,
        Entry {
            event,
            from,
            to,
            role,
            reason: None,
            data: Some(data),
        },
    )
    .await
}

/// The sheets that the viewer may read.
///
/// # Errors
/// `not_found` for who is neither member nor organiser.
pub async fn get_sheets(view: &View, key: &Key) -> Result<AwardSheetsOut, Error> {
    let Review { posting, panel, .. } = load(view, key).await?;
    let complete = !store::reports_of(view, panel.panel.id).await?.is_empty();
    let bids = wubang_bids::service::of_posting(view, posting.id).await?;
    let scorable = |bid: &&Bid| {
        !matches!(
            bid.state.as_str(),
            "opened" | "disqualified" | "withdrawn_late" | "invalidated"
        )
    };
    Ok(AwardSheetsOut {
        items: wubang_panels::service::readable_sheets(view, &panel, complete)?,
        sheets_by_party: wubang_panels::service::show(view, &panel, false)?.sheets_by_party,
        bids: bids.iter().filter(scorable).map(|bid| bid.id).collect(),
        criteria: posting.procedure.0.criteria,
    })
}

/// A report was superseded, because a member should not have scored.
///
/// # Errors
/// When the database fails.
pub(crate) async fn note_superseded(
    tx: &Tx,
    posting: &Posting,
    report: &report::Model,
    role: Role,
) -> Result<(), Error> {
    note(tx, posting, report, "award_report.superseded", role).await
}

async fn report_out(
    read: &impl Read,
    posting: &Posting,
    panel: &Loaded,
    report: report::Model,
    all: Vec<report::Model>,
) -> Result<AwardReportOut, Error> {
    let attended = wubang_roadshows::service::attended(read, posting.id).await?;
    let signatures = panel.active().map(|member| AwardReportSignature {
        seat: member.seat,
        name: member.name.clone(),
        party: member.party.clone(),
        signed_at: member.report_signed_at.map(Instant),
        dissent: member.dissent.clone(),
        attended_roadshow: attended
            .as_ref()
            .map(|there| there.contains(&member.person_id)),
    });
    Ok(AwardReportOut {
        id: report.id,
        posting_id: report.posting_id,
        panel_id: report.panel_id,
        ranking: report.ranking,
        threshold: posting.procedure.0.threshold,
        summary: report.summary,
        content_hash: report.content_hash,
        signatures: signatures.collect(),
        superseded: superseded(all),
        created_at: Instant(report.created_at),
        signed_at: report.signed_at.map(Instant),
    })
}

fn superseded(all: Vec<report::Model>) -> Vec<SupersededReport> {
    all.into_iter()
        .filter_map(|report| {
            Some(SupersededReport {
                id: report.id,
                superseded_at: Instant(report.superseded_at?),
                ranking: report.ranking,
                content_hash: report.content_hash,
                created_at: Instant(report.created_at),
                signed_at: report.signed_at.map(Instant),
            })
        })
        .collect()
}

/// The panel's report, for the panel, the organisers and the supervisor.
///
/// # Errors
/// `not_found` for everybody else, and before scoring is complete.
pub async fn get_report(view: &View, key: &Key) -> Result<AwardReportOut, Error> {
    let Review { posting, panel, .. } = load(view, key).await?;
    let report = store::report_of(view, panel.panel.id)
        .await?
        .ok_or(Code::NotFound)?;
    let all = store::reports_of(view, panel.panel.id).await?;
    report_out(view, &posting, &panel, report, all).await
}

/// A member signs the report. With the last signature the street's term to decide begins (T14).
///
/// # Errors
/// `sheets_missing` before scoring is complete; `already_signed`; `forbidden` for who does not sit.
pub async fn sign_report(
    tx: &Tx,
    key: &Key,
    input: AwardReportSignIn,
) -> Result<AwardReportOut, Error> {
    let Review {
        posting,
        panel,
        roles,
    } = load(tx, key).await?;
    tx.expect_version(posting.version)?;
    if !roles.has(Role::Assessor) {
        return Err(Code::Forbidden.into());
    }
    if posting.state != "evaluating" {
        return Err(Code::InvalidTransition.into());
    }
    let Some(mut report) = store::report_of(tx, panel.panel.id).await? else {
        return Err(no_report(tx, &posting).await?.into());
    };
    wubang_panels::service::sign_report(tx, &panel, input.dissent.as_deref()).await?;
    let panel = wubang_panels::service::load(tx, PURPOSE, posting.id)
        .await?
        .ok_or(Code::NotFound)?;
    if panel.all_signed() {
        store::report_signed(tx, report.id).await?;
        report.signed_at = Some(tx.now());
        note(tx, &posting, &report, "award_report.signed", Role::Assessor).await?;
        timers::stop(tx, posting.id, &[Timer::T13]).await?;
        start_decision(tx, &posting).await?;
    }
    let all = store::reports_of(tx, panel.panel.id).await?;
    report_out(tx, &posting, &panel, report, all).await
}

/// Why there is no report to sign yet.
async fn no_report(tx: &Tx, posting: &Posting) -> Result<Refusal, Error> {
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    let refusal = Refusal::from(Code::SheetsMissing);
    Ok(if is_clarified(&bids) {
        let (zh, en) = ("尚有意向书正在澄清", "a bid is still being clarified");
        refusal.because(zh, en)
    } else {
        refusal
    })
}

/// Starts T14, the street's term to decide.
///
/// # Errors
/// When the database fails.
pub(crate) async fn start_decision(tx: &Tx, posting: &Posting) -> Result<(), Error> {
    start_term(tx, posting, Timer::T14).await
}

/// Starts T13 anew, the panel's term to evaluate, unless it still runs.
///
/// # Errors
/// When the database fails.
pub(crate) async fn start_scoring(tx: &Tx, posting: &Posting) -> Result<(), Error> {
    let running = timers::running(tx, &[posting.id]).await?;
    if running.iter().any(|row| row.timer == Timer::T13.key()) {
        return Ok(());
    }
    start_term(tx, posting, Timer::T13).await
}

async fn start_term(tx: &Tx, posting: &Posting, timer: Timer) -> Result<(), Error> {
    let terms: &Terms = &posting.procedure.0.timers;
    let cutoff = posting.procedure.0.publish_cutoff_hour;
    let deadline = timers::deadline(tx.calendar(), timer, tx.now(), terms, cutoff);
    let about = About {
        object: "posting",
        id: posting.id,
        project_id: Some(posting.project_id),
        division: &posting.division,
        version: posting.version,
    };
    let label = format!("{} {}", posting.number, posting.title);
    timers::start(tx, &about, &label, timer, &deadline).await
}
