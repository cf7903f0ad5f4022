//! What becomes of an award after its proposal: confirmed, noticed, contracted, or fallen away.

use crate::case::{as_system, judged_in, load, load_for, masked, out, step};
use crate::entity::award;
use crate::flow::{Award, AwardEvent};
use crate::model::{AwardList, AwardOut, AwardSummary, PublicAwardOut};
use crate::succession::fall_away;
use crate::{PURPOSE, objecting, races, store};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_bids::model::MeanOut;
use wubang_kernel::machine::Audience;
use wubang_kernel::score::Exact;
use wubang_kernel::{Faults, Timer, faults};

use wubang_postings::Posting;
use wubang_publicity::model::PublicityKind;
use wubang_store::outbox::{self, Notice};
use wubang_store::{Error, Key, Read, Tracked, Tx, View, state_of, timers};
use wubang_web::actions::{self, ActionsOut};
use wubang_web::{Instant, ListQuery};
use wubang_web::{NothingIn, ReasonIn};

/// An award for somebody who may see it.
///
/// # Errors
/// `not_found` for everybody else; they have the publicity page.
pub async fn get(view: &View, key: &Key) -> Result<AwardOut, Error> {
    let case = load(view, key).await?;
    out(view, case).await
}

/// What the viewer may do with an award, and why not the rest.
///
/// # Errors
/// `not_found`.
pub async fn get_actions(view: &View, key: &Key) -> Result<ActionsOut, Error> {
    let case = load(view, key).await?;
    Ok(actions::of::<Award>(
        case.award.id,
        state_of::<Award>(&case.award.state)?,
        case.roles,
        &case.facts,
    ))
}

/// The publicity page, for everybody.
///
/// # Errors
/// `not_found`.
pub async fn get_public(view: &View, key: &Key) -> Result<PublicAwardOut, Error> {
    let award = store::find(view, key).await?;
    // names of the panel are secret before the result, and part of it afterwards (rulebook 2.6)
    let panel = match award.noticed_at {
        Some(_) => {
            let posting = wubang_postings::service::find(view, award.posting_id).await?;
            // those who judged this award, when another panel was formed since
            wubang_panels::service::load_of(view, PURPOSE, judged_in(&posting), award.created_at)
                .await?
        }
        None => None,
    };
    Ok(PublicAwardOut {
        id: award.id,
        state: state_of::<Award>(&award.state)?,
        publicity: award.publicity,
        publicity_hash: award.publicity_hash,
        panel_names: panel
            .iter()
            .flat_map(wubang_panels::Loaded::active)
            .map(|member| member.name.clone())
            .collect(),
        noticed_at: award.noticed_at.map(Instant),
    })
}

/// The awards that the viewer may see.
///
/// # Errors
/// `invalid` for a posting that is no id or a division that is no code.
pub async fn list(view: &View, query: &ListQuery) -> Result<AwardList, Error> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    let mut id = |name: &str| {
        query.one(name).and_then(|text| {
            let id = Uuid::parse_str(text).ok();
            if id.is_none() {
                faults.add(format!("?{name}"), "malformed", "须为 id", "must be an id");
            }
            id
        })
    };
    let of = (id("posting"), id("project_id"));
    faults.finish()?;
    let rows = store::list(view, query, of, division.as_ref()).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows.into_iter().map(|award| {
        Ok(AwardSummary {
            state: state_of::<Award>(&award.state)?,
            id: award.id,
            number: award.number,
            posting_id: award.posting_id,
            project_id: award.project_id,
            organisation_name: award.organisation_name,
            division: award.division,
            price_fen: award.price_fen,
            publicity_ends_at: Instant(award.publicity_ends_at),
        })
    });
    Ok(AwardList {
        items: items.collect::<Result<_, Error>>()?,
        next,
    })
}

/// T15: the publicity is over without an open objection.
///
/// # Errors
/// `open_hold`; `invalid_transition` when the award has moved on.
pub async fn publicity_ended(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    let shown = masked(&case.award)?;
    // the notice of an emergency does not wait for the end of the publicity
    let noticed = case.award.noticed_at.is_some();
    let event = if noticed {
        AwardEvent::EndShowing
    } else {
        AwardEvent::Confirm
    };
    let case = step(tx, case, event, |c| c.set(award::Column::Publicity, shown)).await?;
    wubang_publicity::ended(tx, id, PublicityKind::Award).await?;
    if noticed {
        return Ok(());
    }
    wubang_postings::service::publicity_over(tx, case.award.posting_id).await
}

/// The street issues the notice of award (承榜通知); the term to sign begins (T17), and the others
/// hear their own result at the same time.
///
/// # Errors
/// `open_hold`; `invalid_transition` before the publicity is over.
pub async fn issue_notice(tx: &Tx, key: &Key, _: NothingIn) -> Result<AwardOut, Error> {
    let case = load_for(tx, key).await?;
    let posting = wubang_postings::service::find(tx, case.award.posting_id).await?;
    let procedure = &posting.procedure.0;
    let deadline = timers::deadline(
        tx.calendar(),
        Timer::T17,
        tx.now(),
        &procedure.timers,
        procedure.publish_cutoff_hour,
    );
    let now = tx.now();
    let at_once = case.award.state == "in_publicity";
    let case = step(tx, case, AwardEvent::IssueNotice, |c| {
        c.set(award::Column::NoticedAt, now)
            .set(award::Column::SignBy, deadline.at)
            .facts(serde_json::json!({ "sign_by": deadline }))
            .data(serde_json::json!({ "sign_by": deadline }))
            .due(Timer::T17, deadline)
    })
    .await?;
    if at_once {
        wubang_postings::service::publicity_over(tx, posting.id).await?;
    }
    // the notice is out: its own term on the posting is kept
    timers::stop(tx, posting.id, &[Timer::T16]).await?;
    wubang_bids::service::awarded(tx, case.award.bid_id).await?;
    tell_others(tx, &posting, &case.award).await?;
    wubang_bids::service::tell_results(tx, judged_in(&posting)).await?;
    out(tx, case).await
}

/// Everybody who was not awarded is told his own rank, total and means, nobody else's (rulebook 2.4.4 (8)); of a joint
/// bid all its organisations.
async fn tell_others(tx: &Tx, posting: &Posting, award: &award::Model) -> Result<(), Error> {
    let judged_in = judged_in(posting);
    let bids = wubang_bids::service::of_posting(tx, judged_in).await?;
    let parties = wubang_bids::service::parties_by_bid(tx, &bids).await?;
    for bid in bids {
        // several are awarded out of a call or a race: the others are told once, with the first notice
        let other = matches!(bid.state.as_str(), "not_selected" | "reserve");
        if judged_in != posting.id && (!other || bid.told_at.is_some()) {
            continue;
        }
        let Some(total) = bid
            .total
            .as_deref()
            .and_then(|text| text.parse::<Exact>().ok())
            .filter(|_| bid.id != award.bid_id)
        else {
            continue;
        };
        let notice = Notice {
            tell: vec![Audience::Organisation],
            division: posting.division.clone(),
            field: None,
            label: award.label(),
            organisations: parties
                .iter()
                .filter(|party| party.bid_id == bid.id)
                .map(|party| party.organisation_id)
                .collect(),
            persons: Vec::new(),
            state: bid.state.clone(),
            facts: serde_json::json!({ "rank": bid.rank, "total": total.rounded(),
                "bonus": (bid.bonus > 0).then_some(bid.bonus), "means": means(posting, &bid) }),
        };
        outbox::tell(tx, "award.result", "bid", bid.id, notice).await?;
    }
    Ok(())
}

/// The means of a bid by criterion, in words a clerk reads.
fn means(posting: &Posting, bid: &wubang_bids::Bid) -> String {
    let kept = bid
        .means
        .clone()
        .and_then(|kept| serde_json::from_value(kept).ok());
    let means: Vec<MeanOut> = kept.unwrap_or_default();
    let name = |key: &str| {
        let criteria = &posting.procedure.0.criteria;
        let known = criteria.iter().find(|one| one.key == key);
        known.map_or_else(|| key.to_owned(), |one| one.zh.clone())
    };
    let words: Vec<String> = means
        .iter()
        .map(|one| format!("{} {}", name(&one.key), one.mean))
        .collect();
    words.join(";")
}

/// The agreement is signed by both sides: called by the contracts.
///
/// # Errors
/// `invalid_transition` unless the notice is out.
pub async fn contracted(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let case = as_system(tx, id).await?;
    step(tx, case, AwardEvent::Contract, |c| c).await?;
    Ok(())
}

/// The awardee's legal representative declines; the next in reserve can be proposed.
///
/// # Errors
/// `forbidden` for anybody else; `invalid` without a reason.
pub async fn decline(tx: &Tx, key: &Key, input: ReasonIn) -> Result<AwardOut, Error> {
    let reason = faults::reason(&input.reason)?;
    let case = load_for(tx, key).await?;
    let shown = masked(&case.award)?;
    let case = step(tx, case, AwardEvent::Decline, |c| {
        c.set(award::Column::ReasonCode, "declined")
            .set(award::Column::Reason, reason.clone())
            .set(award::Column::Publicity, shown)
            .because(Some(reason))
    })
    .await?;
    let kind = PublicityKind::Award;
    wubang_publicity::stopped(tx, case.award.id, kind, "拟承榜对象放弃承榜").await?;
    fall_away(tx, &case.award).await?;
    out(tx, case).await
}

/// T17: the agreement was not signed in time.
///
/// # Errors
/// `invalid_transition` when the award has moved on.
pub async fn lapse(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let code = "agreement_not_signed";
    let case = as_system(tx, id).await?;
    let shown = masked(&case.award)?;
    let case = step(tx, case, AwardEvent::Lapse, |c| {
        c.set(award::Column::ReasonCode, code)
            .set(award::Column::Publicity, shown)
            .because(Some(code.to_owned()))
    })
    .await?;
    wubang_publicity::stopped(tx, id, PublicityKind::Award, "逾期未签约").await?;
    fall_away(tx, &case.award).await
}

/// The posting was cancelled during the publicity: the award ends with it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_posting_cancelled(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    let Some(award) = store::live_of(tx, posting).await? else {
        return Ok(());
    };
    let code = "posting_cancelled";
    let case = as_system(tx, award.id).await?;
    let shown = masked(&case.award)?;
    step(tx, case, AwardEvent::CancelPosting, |c| {
        c.set(award::Column::ReasonCode, code)
            .set(award::Column::Publicity, shown)
            .because(Some(code.to_owned()))
    })
    .await?;
    wubang_publicity::stopped(tx, award.id, PublicityKind::Award, "榜单已撤销").await?;
    // of a posting that is withdrawn as a whole the bids stay as they were judged; a lane has none of its own
    let lane = wubang_postings::service::find(tx, posting).await?;
    if lane.particulars.lane.is_some() {
        wubang_bids::service::award_revoked(tx, award.bid_id).await?;
    }
    Ok(())
}

/// The posting was suspended during the publicity: the publicity stands still with it (counting rule 7).
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_posting_suspended(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    match store::live_of(tx, posting).await? {
        Some(award) => timers::suspend(tx, &[award.id]).await,
        None => Ok(()),
    }
}

/// The posting goes on: so does the publicity, with what was left of it, unless an objection holds the award.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_posting_resumed(tx: &Tx, posting: Uuid) -> Result<(), Error> {
    match store::live_of(tx, posting).await? {
        Some(award) if award.state != "suspended" => objecting::run_on(tx, &award).await,
        Some(_) => Ok(()),
        None => {
            let posting = wubang_postings::service::find(tx, posting).await?;
            races::starve(tx, &posting).await
        }
    }
}

/// An award, whoever asks: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn find(read: &impl Read, id: Uuid) -> Result<crate::Award, Error> {
    store::find(read, &Key::Id(id)).await
}

/// An award by id or number, whoever asks: for later stages.
///
/// # Errors
/// `not_found`.
pub async fn find_by_key(read: &impl Read, key: &Key) -> Result<crate::Award, Error> {
    store::find(read, key).await
}

/// Every award of some postings, the first of each before those that followed.
///
/// # Errors
/// When the database fails.
pub async fn of_postings(read: &impl Read, postings: &[Uuid]) -> Result<Vec<crate::Award>, Error> {
    store::of_postings(read, postings).await
}

/// Who won some postings; several where a race has several lanes.
///
/// # Errors
/// When the database fails.
pub async fn winners_of(
    read: &impl Read,
    postings: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Uuid>>, Error> {
    let lanes = wubang_postings::service::lanes_of(read, postings).await?;
    let race_of: HashMap<Uuid, Uuid> = lanes
        .iter()
        .map(|lane| (lane.id, judged_in(lane)))
        .collect();
    let mut all = postings.to_vec();
    all.extend(race_of.keys());
    let mut winners: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for award in store::of_postings(read, &all).await? {
        if matches!(award.state.as_str(), "notified" | "contracted") {
            let of = race_of.get(&award.posting_id).unwrap_or(&award.posting_id);
            winners.entry(*of).or_default().push(award.organisation_id);
        }
    }
    Ok(winners)
}

/// The award of a posting that has not fallen away.
///
/// # Errors
/// When the database fails.
pub async fn live_of(read: &impl Read, posting: Uuid) -> Result<Option<crate::Award>, Error> {
    store::live_of(read, posting).await
}
