//! The street's decision: propose the first in rank (拟承榜) with its publicity (公示), or reject all.

use crate::entity::award;
use crate::flow::Award;
use crate::model::{
    AwardOut, AwardPublicTotal, AwardPublicity, AwardRanking, PostingStepOut, ProposeAwardIn,
};
use crate::panel::{bidders, step_out};
use crate::rules::{self, Place, Standing};
use crate::{PURPOSE, service, store};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;
use wubang_bids::Bid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::digest::content_hash;
use wubang_kernel::machine::{self, Audience};
use wubang_kernel::money::Fen;
use wubang_kernel::score::Exact;
use wubang_kernel::{Code, Faults, Refusal, Role, Timer};
use wubang_needs::model::ReasonIn;
use wubang_postings::{Posting, PostingCase};
use wubang_publicity::Opening;
use wubang_publicity::model::{Channels, PublicityKind};
use wubang_store::outbox::{self, Notice};
use wubang_store::trace::About;
use wubang_store::{Error, Key, Read, Tracked, Tx, birth, numbers, timers};

/// A posting whose panel has reported, and what can be chosen from.
struct Decision {
    posting: Posting,
    bids: Vec<Bid>,
    standings: Vec<Standing>,
    ranking: AwardRanking,
}

fn standing(bid: &Bid) -> Option<Standing> {
    let reserve = bid.state == "reserve";
    let total: Exact = bid.total.as_deref()?.parse().ok()?;
    (reserve || bid.state == "scored").then_some(Standing {
        bid_id: bid.id,
        rank: bid.rank,
        total,
        reserve,
    })
}

/// Loads what the street decides on.
///
/// # Errors
/// `forbidden`; `invalid_transition` outside evaluation and publicity; `report_unsigned`; `recused`
/// when the decider works for a bidder or recused himself from the panel.
async fn load(tx: &Tx, key: &Key) -> Result<Decision, Error> {
    let PostingCase { posting, roles, .. } = wubang_postings::service::load(tx, key).await?;
    roles
        .first_of(&[Role::StreetOfficer])
        .ok_or(Code::Forbidden)?;
    tx.expect_version(posting.version)?;
    if !matches!(posting.state.as_str(), "evaluating" | "award_publicity") {
        return Err(Code::InvalidTransition.into());
    }
    let panel = wubang_panels::service::load(tx, PURPOSE, posting.id)
        .await?
        .ok_or(Code::ReportUnsigned)?;
    let report = store::report_of(tx, panel.panel.id)
        .await?
        .filter(|report| report.signed_at.is_some())
        .ok_or(Code::ReportUnsigned)?;
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    let person = tx.person()?;
    let recused = wubang_panels::service::conflicted(tx, &[person], &bidders(&bids))
        .await?
        .contains(&person);
    if recused
        || panel
            .members
            .iter()
            .any(|member| member.person_id == person && !member.active)
    {
        return Err(Code::Recused.into());
    }
    let standings = bids.iter().filter_map(standing).collect();
    Ok(Decision {
        posting,
        bids,
        standings,
        ranking: report.ranking,
    })
}

fn reason(text: &str) -> Result<String, Refusal> {
    let mut faults = Faults::new();
    let text = faults.prose("/reason", text, 5..=1000);
    faults.finish()?;
    Ok(text)
}

/// The street proposes the awardee; the publicity begins (T15). After the first fell away, the next
/// in reserve is proposed the same way.
///
/// # Errors
/// `report_unsigned`, `rank_not_followed`, `below_threshold`, `recused`; `duplicate` while an award
/// stands; `conflict` when somebody else was first.
pub async fn propose_award(tx: &Tx, key: &Key, input: ProposeAwardIn) -> Result<AwardOut, Error> {
    let reason = reason(&input.reason)?;
    let decision = load(tx, key).await?;
    let posting = &decision.posting;
    if store::live_of(tx, posting.id).await?.is_some() {
        return Err(Code::Duplicate.into());
    }
    let unknown = || {
        Refusal::new(Code::Invalid).field(
            "/bid_id",
            "unknown_value",
            "本榜单没有这份意向书",
            "is no bid of this posting",
        )
    };
    let bid = decision
        .bids
        .iter()
        .find(|bid| bid.id == input.bid_id)
        .ok_or_else(unknown)?;
    let places = rules::choose(&decision.standings, bid.id, posting.procedure.0.threshold)?;
    let division = wubang_postings::service::division_of(posting)?;
    let made =
        machine::create::<Award>(tx.actor().roles(&wubang_kernel::actor::Reach::at(division)))?;
    // the posting's version decides who of several was first
    wubang_postings::service::award_proposed(tx, posting.id).await?;
    timers::stop(tx, posting.id, &[Timer::T14]).await?;
    let series = format!(
        "CB-{}-{}",
        division.district6(),
        local_date(tx.now()).format("%Y")
    );
    let number = format!("{series}-{:04}", numbers::next(tx, &series).await?);
    let publicity = publicity(tx, &decision, bid, number)?;
    let hash = content_hash(&serde_json::to_value(&publicity)?);
    let data = serde_json::json!({ "posting": posting.number, "rank": publicity.rank, "publicity_hash": hash, "ends": publicity.ends });
    let award = birth::<award::Entity, _>(
        tx,
        made,
        row(tx, posting, bid, publicity, hash, reason)?,
        Some(data),
    )
    .await?;
    let about = About {
        object: "award",
        id: award.id,
        project_id: Some(award.project_id),
        division: &award.division,
        version: award.version,
    };
    timers::start(
        tx,
        &about,
        &award.label(),
        Timer::T15,
        &award.publicity.ends,
    )
    .await?;
    publicise(tx, posting, &award).await?;
    for (bid, place) in places {
        match place {
            Place::Recommended => wubang_bids::service::recommended(tx, bid).await?,
            Place::Reserve => wubang_bids::service::reserved(tx, bid).await?,
            Place::NotSelected => wubang_bids::service::not_selected(tx, bid).await?,
        }
    }
    tell(tx, &award).await?;
    service::show(tx, award).await
}

fn row(
    tx: &Tx,
    posting: &Posting,
    bid: &Bid,
    publicity: AwardPublicity,
    hash: String,
    reason: String,
) -> Result<award::ActiveModel, Error> {
    Ok(award::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(publicity.number.clone()),
        project_id: Set(posting.project_id),
        posting_id: Set(posting.id),
        bid_id: Set(bid.id),
        organisation_id: Set(bid.organisation_id),
        organisation_name: Set(bid.organisation_name.clone()),
        division: Set(posting.division.clone()),
        rank: Set(bid.rank),
        total: Set(bid.total.clone().unwrap_or_default()),
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
        state: Set("in_publicity".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    })
}

/// What is shown, and until when: by counting rule 6, a publicity that starts after the cut-off hour
/// counts from the next working day.
fn publicity(
    tx: &Tx,
    decision: &Decision,
    bid: &Bid,
    number: String,
) -> Result<AwardPublicity, Error> {
    let Decision {
        posting,
        bids,
        ranking,
        ..
    } = decision;
    let procedure = &posting.procedure.0;
    let total: Exact = bid
        .total
        .as_deref()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Error::internal("ranked bid without total"))?;
    let mut names: Vec<String> = bids
        .iter()
        .map(|bid| bid.organisation_name.clone())
        .collect();
    names.sort();
    Ok(AwardPublicity {
        number,
        posting_number: posting.number.clone(),
        posting_title: posting.title.clone(),
        division: posting.division.clone(),
        buyer: posting.content.buyer.name.clone(),
        awardee: bid.organisation_name.clone(),
        price_fen: Fen::new(bid.price_fen).map_err(|_| Error::internal("bid with a bad price"))?,
        rank: bid.rank,
        total: total.rounded(),
        totals: ranking
            .0
            .iter()
            .map(|row| AwardPublicTotal {
                rank: row.rank,
                total: row.total,
            })
            .collect(),
        bidders: names,
        plan_summary: plan_summary(bid),
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

async fn tell(tx: &Tx, award: &award::Model) -> Result<(), Error> {
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
    outbox::push(
        tx,
        outbox::NOTICE,
        "award.proposed",
        "award",
        award.id,
        serde_json::to_value(notice)?,
    )
    .await?;
    Ok(())
}

/// The street rejects all bids when none reaches the threshold; the posting fails (流榜).
///
/// # Errors
/// `rank_not_followed` when one reaches it; `report_unsigned`, `invalid_transition`.
pub async fn reject_all(tx: &Tx, key: &Key, input: ReasonIn) -> Result<PostingStepOut, Error> {
    let reason = reason(&input.reason)?;
    let Decision {
        posting, standings, ..
    } = load(tx, key).await?;
    if posting.state != "evaluating" {
        return Err(Code::InvalidTransition.into());
    }
    rules::may_reject_all(&standings, posting.procedure.0.threshold)?;
    let passed_over: Vec<Uuid> = standings.iter().map(|standing| standing.bid_id).collect();
    for bid in passed_over {
        wubang_bids::service::not_selected(tx, bid).await?;
    }
    wubang_postings::service::failed(tx, posting.id, "all_rejected", Some(reason)).await?;
    step_out(&wubang_postings::service::find(tx, posting.id).await?)
}
