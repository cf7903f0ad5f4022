//! Making an award with its publicity (公示), however its awardee was found.

use crate::case::judged_in;
use crate::entity::award;
use crate::flow::Award;
use crate::model::{AwardLane, AwardPublicTotal, AwardPublicity, AwardRanking};
use sea_orm::ActiveValue::Set;
use wubang_bids::Bid;
use wubang_kernel::Timer;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::local_date;
use wubang_kernel::digest::content_hash;
use wubang_kernel::machine::{self, Audience, Birth};
use wubang_kernel::money::Fen;
use wubang_kernel::score::Exact;
use wubang_postings::Posting;
use wubang_publicity::Opening;
use wubang_publicity::model::{Channels, PublicityKind};
use wubang_store::outbox::{self, Notice};
use wubang_store::trace::About;
use wubang_store::{Error, Read, Tracked, Tx, birth, numbers, timers};

/// Who is to be awarded which posting, and what is shown beside.
pub(crate) struct Proposed<'a> {
    pub posting: &'a Posting,
    pub bid: &'a Bid,
    pub rank: i32,
    pub totals: Vec<AwardPublicTotal>,
    pub bidders: Vec<String>,
    pub reason: String,
    /// Why the awardee may carry more than its caps allow; public.
    pub cap_reason: Option<String>,
    /// Why fewer are awarded than the race was for; public.
    pub fewer_reason: Option<String>,
}

/// The right to make an award of a posting.
///
/// # Errors
/// `forbidden` for others than the street.
pub(crate) fn right(tx: &Tx, posting: &Posting) -> Result<Birth<Award>, Error> {
    let division = wubang_postings::service::division_of(posting)?;
    Ok(machine::create::<Award>(
        tx.actor().roles(&Reach::at(division)),
    )?)
}

/// The public list of totals.
pub(crate) fn totals(ranking: &AwardRanking) -> Vec<AwardPublicTotal> {
    let one = |row: &crate::model::AwardRankingRow| AwardPublicTotal {
        rank: row.rank,
        total: row.ranked.rounded(),
    };
    ranking.0.iter().map(one).collect()
}

/// Everybody who bid, by name.
pub(crate) fn names(bids: &[Bid]) -> Vec<String> {
    let mut names: Vec<String> = bids
        .iter()
        .map(|bid| bid.organisation_name.clone())
        .collect();
    names.sort();
    names
}

/// The public reason for an award beyond a cap, where a cap is reached by now (rulebook 2.14).
///
/// # Errors
/// `cap_reached` with the figures and the date when there will be room, without a reason.
async fn beyond_caps(tx: &Tx, proposed: &Proposed<'_>) -> Result<Option<String>, Error> {
    let reached = wubang_bids::service::caps_reached(tx, proposed.bid, proposed.posting).await?;
    let given = proposed.cap_reason.clone();
    match (reached, given.or(proposed.bid.cap_reason.clone())) {
        (None, _) => Ok(None),
        (Some(_), Some(reason)) => Ok(Some(reason)),
        (Some(refusal), None) => Err(refusal.into()),
    }
}

/// Makes the award; its publicity begins (T15).
///
/// # Errors
/// `cap_reached` when the awardee may carry no more.
pub(crate) async fn make(
    tx: &Tx,
    made: Birth<Award>,
    mut proposed: Proposed<'_>,
) -> Result<award::Model, Error> {
    proposed.cap_reason = beyond_caps(tx, &proposed).await?;
    let posting = proposed.posting;
    let division = wubang_postings::service::division_of(posting)?;
    let series = format!(
        "CB-{}-{}",
        division.district6(),
        local_date(tx.now()).format("%Y")
    );
    let number = format!("{series}-{:04}", numbers::next(tx, &series).await?);
    let row = row(tx, proposed, number)?;
    let data = match (&row.publicity, &row.publicity_hash) {
        (Set(shown), Set(hash)) => {
            serde_json::json!({ "posting": posting.number, "rank": shown.rank, "publicity_hash": hash, "ends": shown.ends })
        }
        _ => return Err(Error::internal("an award without publicity")),
    };
    let award = birth::<award::Entity, _>(tx, made, row, Some(data)).await?;
    let about = About {
        object: "award",
        id: award.id,
        project_id: Some(award.project_id),
        division: &award.division,
        version: award.version,
    };
    let ends = &award.publicity.ends;
    timers::start(tx, &about, &award.label(), Timer::T15, ends).await?;
    publicise(tx, posting, &award).await?;
    wubang_roadshows::service::award_shown(tx, judged_in(posting)).await?;
    Ok(award)
}

fn row(tx: &Tx, proposed: Proposed<'_>, number: String) -> Result<award::ActiveModel, Error> {
    let (posting, bid) = (proposed.posting, proposed.bid);
    let reason = proposed.reason.clone();
    let publicity = publicity(tx, proposed, number)?;
    let hash = content_hash(&serde_json::to_value(&publicity)?);
    Ok(award::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(publicity.number.clone()),
        project_id: Set(posting.project_id),
        posting_id: Set(posting.id),
        bid_id: Set(bid.id),
        organisation_id: Set(bid.organisation_id),
        organisation_name: Set(bid.organisation_name.clone()),
        division: Set(posting.division.clone()),
        rank: Set(publicity.rank),
        total: Set(bid.total.clone()),
        price_fen: Set(bid.price_fen),
        publicity_starts_at: Set(publicity.starts_at),
        publicity_ends_at: Set(publicity.ends.at),
        publicity: Set(publicity),
        publicity_hash: Set(hash),
        noticed_at: Set(None),
        sign_by: Set(None),
        proposed_by: Set(tx.person()?),
        proposal_reason: Set(reason),
        reason_code: Set(None),
        reason: Set(None),
        resume_to: Set(None),
        state: Set("in_publicity".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    })
}

/// What is shown, and until when: by counting rule 6, a publicity that starts after the cut-off hour
/// counts from the next working day.
fn publicity(tx: &Tx, proposed: Proposed<'_>, number: String) -> Result<AwardPublicity, Error> {
    let (posting, bid) = (proposed.posting, proposed.bid);
    let procedure = &posting.procedure.0;
    let total: Option<Exact> = bid
        .total
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| Error::internal("bid with a bad total"))?;
    Ok(AwardPublicity {
        number,
        posting_number: posting.number.clone(),
        posting_title: posting.title.clone(),
        division: posting.division.clone(),
        buyer: posting.content.buyer.name.clone(),
        awardee: bid.organisation_name.clone(),
        price_fen: Fen::new(bid.price_fen).map_err(|_| Error::internal("bid with a bad price"))?,
        rank: proposed.rank,
        total: total.map(|total| total.rounded()),
        bonus: (bid.bonus > 0).then_some(bid.bonus),
        totals: proposed.totals,
        bidders: proposed.bidders,
        plan_summary: plan_summary(bid),
        cap_reason: proposed.cap_reason,
        lane: posting.particulars.lane.as_ref().map(|lane| AwardLane {
            race_number: lane.race_number.clone(),
            lane: lane.lane,
            lanes: lane.lanes,
        }),
        fewer_reason: proposed.fewer_reason,
        objection_contact: posting.content.objection_contact.clone(),
        starts_at: tx
            .calendar()
            .publicity_start(tx.now(), procedure.publish_cutoff_hour),
        ends: timers::deadline(
            tx.calendar(),
            Timer::T15,
            tx.now(),
            &procedure.timers,
            procedure.publish_cutoff_hour,
        ),
    })
}

/// The awardee's activities by name, frequency and quantity; nothing else of a bid becomes public here.
fn plan_summary(bid: &Bid) -> String {
    let activities = bid
        .content
        .service_plan
        .activities
        .iter()
        .map(|one| format!("{}({},{})", one.name, one.frequency, one.quantity));
    activities.collect::<Vec<_>>().join(";")
}

/// Shows the proposal to everybody, as long as T15 runs.
async fn publicise(tx: &Tx, posting: &Posting, award: &award::Model) -> Result<(), Error> {
    let procedure = &posting.procedure.0;
    let opening = Opening {
        kind: PublicityKind::Award,
        object_id: award.id,
        project_id: Some(award.project_id),
        division: award.division.clone(),
        field: Some(posting.field.clone()),
        title: posting.title.clone(),
        content: serde_json::to_value(&award.publicity)?,
        objection_contact: Some(award.publicity.objection_contact.clone()),
        channels: Channels::default(),
        term: procedure.timers.of(Timer::T15),
        cutoff_hour: procedure.publish_cutoff_hour,
    };
    wubang_publicity::start(tx, opening).await?;
    Ok(())
}

/// Tells the awardee and the community.
///
/// # Errors
/// When the database fails.
pub(crate) async fn tell(tx: &Tx, award: &award::Model) -> Result<(), Error> {
    let notice = Notice {
        tell: vec![Audience::Organisation, Audience::Secretary],
        division: award.division.clone(),
        field: None,
        label: award.label(),
        organisations: award.organisations(),
        persons: Vec::new(),
        state: award.state.clone(),
        facts: serde_json::json!({ "number": award.number, "publicity_ends": award.publicity.ends }),
    };
    outbox::tell(tx, "award.proposed", "award", award.id, notice).await
}
