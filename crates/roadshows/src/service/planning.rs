//! A session is planned: its order is drawn, its slots are laid, everybody is told (rulebook 2.4.4 (3), 2.16).

use super::{members, reading};
use crate::entity::{roadshow, slot};
use crate::flow::{Roadshow, RoadshowSlot};
use crate::model::{Presenters, RoadshowIn, RoadshowOut};
use crate::rules;
use crate::store::{self, Case};
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;
use wubang_bids::Bid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::local_date;
use wubang_kernel::machine::{self, Audience};
use wubang_kernel::{Code, Faults, Refusal, Role, Timer};
use wubang_panels::{Loaded, draws};
use wubang_postings::{Posting, PostingCase};
use wubang_store::outbox::{self, Notice};
use wubang_store::{Error, Key, Read, Tx, birth};
use wubang_web::Instant;

/// Whose panel judges the bids of a posting.
const PURPOSE: &str = "award";

/// A place or a link, as given.
pub(super) struct Where {
    pub(super) place: Option<String>,
    pub(super) link: Option<String>,
}

pub(super) fn read_where(place: Option<&str>, link: Option<&str>, faults: &mut Faults) -> Where {
    let place = place.map(|place| faults.line("/place", place, 2..=200));
    let link = link.map(|link| {
        let link = faults.line("/link", link, 12..=500);
        if !link.is_empty() && (!link.starts_with("https://") || link.contains(' ')) {
            let (zh, en) = ("须为 https 链接", "must be an https link");
            faults.add("/link", "malformed", zh, en);
        }
        link
    });
    Where { place, link }
}

pub(super) fn check_start(
    tx: &Tx,
    posting: &Posting,
    starts_at: DateTime<Utc>,
    faults: &mut Faults,
) {
    let notice = posting.procedure.0.timers.of(Timer::RoadshowNotice);
    let (first, last) = rules::days(tx.calendar(), tx.now(), notice);
    let day = local_date(starts_at);
    if day < first || day > last {
        faults.add(
            "/starts_at",
            "out_of_range",
            format!("须在 {first} 至 {last} 之间"),
            format!("must be between {first} and {last}"),
        );
    }
}

/// The host: a street officer who does not judge.
async fn host(
    tx: &Tx,
    posting: &Posting,
    panel: &Loaded,
    person: Uuid,
    faults: &mut Faults,
) -> Result<String, Error> {
    let division = wubang_postings::service::division_of(posting)?;
    let officers = wubang_registry::people_with_role(tx, &[Role::StreetOfficer], &division).await?;
    let officer = officers.into_iter().find(|one| one.person_id == person);
    if officer.is_none() {
        faults.add(
            "/host_person_id",
            "not_qualified",
            "主持人须为本地街道经办",
            "is no street officer here",
        );
    } else if panel.member(person).is_some() {
        faults.add(
            "/host_person_id",
            "sits_on_panel",
            "评审组成员不得主持",
            "sits on the panel",
        );
    }
    Ok(officer.map(|one| one.name).unwrap_or_default())
}

/// The bids that are to be presented: those the panel will score and that had no turn yet.
async fn to_present(tx: &Tx, posting: &Posting) -> Result<Vec<Bid>, Error> {
    let bids = wubang_bids::service::of_posting(tx, posting.id).await?;
    if bids.iter().any(|bid| bid.state == "opened") {
        return Err(Refusal::new(Code::Incomplete)
            .because(
                "尚有意向书未完成资格审查",
                "a bid still waits for its eligibility check",
            )
            .into());
    }
    let heard = store::heard(tx, posting.id).await?;
    let waits = |bid: &Bid| matches!(bid.state.as_str(), "qualified" | "clarifying");
    let bids: Vec<Bid> = bids
        .into_iter()
        .filter(|bid| waits(bid) && !heard.contains(&bid.id))
        .collect();
    if bids.is_empty() {
        return Err(Refusal::new(Code::Duplicate)
            .because("各意向书均已路演", "every bid had its turn")
            .into());
    }
    Ok(bids)
}

/// A posting that waits for a session.
async fn asked(tx: &Tx, key: &Key) -> Result<Posting, Error> {
    let PostingCase { posting, roles, .. } = wubang_postings::service::load(tx, key).await?;
    if !roles.has(Role::StreetOfficer) {
        return Err(Code::Forbidden.into());
    }
    tx.expect_version(posting.version)?;
    if posting.state == "suspended" {
        return Err(Code::PostingSuspended.into());
    }
    if !posting.procedure.0.roadshow.required {
        return Err(Refusal::new(Code::InvalidTransition)
            .because("本榜单没有路演", "the posting asks for no roadshow")
            .into());
    }
    if !matches!(posting.state.as_str(), "closed" | "evaluating") {
        return Err(Code::InvalidTransition.into());
    }
    let open = store::in_states(tx, posting.id, &["planned", "running"]).await?;
    if open.is_empty() {
        Ok(posting)
    } else {
        Err(Refusal::new(Code::Duplicate)
            .because("已安排路演", "a session is planned")
            .into())
    }
}

/// The street plans the session of a posting: the order is drawn under the committed seed of its panel.
///
/// # Errors
/// `forbidden`; `invalid_transition` where none is asked for or the bids are not open; `posting_suspended`;
/// `incomplete` while a bid waits for its check; `panel_incomplete`; `same_person` for an officer who judges; `duplicate`;
/// `invalid`.
pub async fn plan(tx: &Tx, key: &Key, input: RoadshowIn) -> Result<RoadshowOut, Error> {
    let posting = asked(tx, key).await?;
    let bids = to_present(tx, &posting).await?;
    let panel = wubang_panels::service::load_seated(tx, PURPOSE, posting.id).await?;
    let panel = panel.ok_or_else(|| {
        Refusal::new(Code::PanelIncomplete).because("尚未组成评审组", "there is no panel yet")
    })?;
    if panel.member(tx.person()?).is_some() {
        return Err(Code::SamePerson.into());
    }
    let mut faults = Faults::new();
    check_start(tx, &posting, input.starts_at, &mut faults);
    let at = read_where(input.place.as_deref(), input.link.as_deref(), &mut faults);
    if at.place.is_none() && at.link.is_none() {
        faults.missing("/place");
    }
    let host_name = host(tx, &posting, &panel, input.host_person_id, &mut faults).await?;
    faults.finish()?;
    let ids: Vec<Uuid> = bids.iter().map(|bid| bid.id).collect();
    let order = draws::draw_agenda(tx, &panel.draw, &ids).await?;
    let host = (input.host_person_id, host_name);
    let show = bear(
        tx,
        &posting,
        &panel,
        (input.starts_at, at, host),
        order.len(),
    )
    .await?;
    lay(tx, &posting, &show, &bids, &order).await?;
    let case = store::load(tx, &Key::Id(show.id)).await?;
    tell(tx, &case).await?;
    reading::out(tx, case).await
}

async fn bear(
    tx: &Tx,
    posting: &Posting,
    panel: &Loaded,
    (starts_at, at, host): (DateTime<Utc>, Where, (Uuid, String)),
    slots: usize,
) -> Result<roadshow::Model, Error> {
    let minutes = |n: u32| i32::try_from(n).map_err(|_| Error::internal("minutes out of range"));
    let rule = &posting.procedure.0.roadshow;
    let division = wubang_postings::service::division_of(posting)?;
    let roles = tx.actor().roles(&Reach::at(division));
    let made = machine::create::<Roadshow>(roles)?;
    let row = roadshow::ActiveModel {
        id: Set(tx.new_id()),
        posting_id: Set(posting.id),
        posting_number: Set(posting.number.clone()),
        project_id: Set(posting.project_id),
        division: Set(posting.division.clone()),
        draw_id: Set(panel.draw.id),
        starts_at: Set(starts_at),
        place: Set(at.place),
        link: Set(at.link),
        host_id: Set(host.0),
        host_name: Set(host.1),
        presentation_minutes: Set(minutes(rule.presentation_minutes)?),
        question_minutes: Set(minutes(rule.question_minutes)?),
        guests: Set(None),
        minutes: Set(None),
        minutes_hash: Set(None),
        minutes_by: Set(None),
        started_at: Set(None),
        held_at: Set(None),
        shown_at: Set(None),
        due_at: Set(None),
        published_at: Set(None),
        reason: Set(None),
        state: Set("planned".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let data = serde_json::json!({ "starts_at": Instant(starts_at), "slots": slots, "draw": panel.draw.commitment });
    birth::<roadshow::Entity, _>(tx, made, row, Some(data)).await
}

/// Lays the slots in the drawn order.
async fn lay(
    tx: &Tx,
    posting: &Posting,
    show: &roadshow::Model,
    bids: &[Bid],
    order: &[Uuid],
) -> Result<(), Error> {
    let parties = wubang_bids::service::parties_by_bid(tx, bids).await?;
    let division = wubang_postings::service::division_of(posting)?;
    let roles = tx.actor().roles(&Reach::at(division));
    let length = rules::length(show.presentation_minutes, show.question_minutes);
    let times = rules::times(show.starts_at, length, order.len());
    for ((lot, id), (begins_at, ends_at)) in (1..).zip(order).zip(times) {
        let bid = bids.iter().find(|bid| bid.id == *id);
        let bid = bid.ok_or_else(|| Error::internal("a bid was drawn that was not there"))?;
        let row = slot::ActiveModel {
            id: Set(tx.new_id()),
            roadshow_id: Set(show.id),
            posting_id: Set(posting.id),
            posting_number: Set(posting.number.clone()),
            project_id: Set(posting.project_id),
            division: Set(posting.division.clone()),
            bid_id: Set(bid.id),
            organisation_id: Set(bid.organisation_id),
            organisation_name: Set(bid.organisation_name.clone()),
            lot: Set(lot),
            turn: Set(lot),
            begins_at: Set(begins_at),
            ends_at: Set(ends_at),
            absences: Set(0),
            called_at: Set(None),
            questions_at: Set(None),
            finished_at: Set(None),
            recorded: Set(false),
            presenters: Set(Presenters::default()),
            state: Set("waiting".to_owned()),
            version: Set(1),
            created_at: Set(tx.now()),
            updated_at: Set(tx.now()),
        };
        let made = machine::create::<RoadshowSlot>(roles)?;
        let data = serde_json::json!({ "lot": lot, "begins_at": Instant(begins_at) });
        let slot = birth::<slot::Entity, _>(tx, made, row, Some(data)).await?;
        let own: Vec<Uuid> = parties
            .iter()
            .filter(|party| party.bid_id == bid.id)
            .map(|party| party.organisation_id)
            .collect();
        store::insert_parties(tx, slot.id, own.iter().copied()).await?;
        tell_presenter(tx, show, &slot, own).await?;
    }
    Ok(())
}

/// What a presenter is told: his own time and the place.
pub(super) fn slot_facts(
    show: &roadshow::Model,
    (begins_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
) -> serde_json::Value {
    serde_json::json!({ "begins_at": Instant(begins_at), "ends_at": Instant(ends_at), "place": show.place, "link": show.link })
}

async fn tell_presenter(
    tx: &Tx,
    show: &roadshow::Model,
    slot: &slot::Model,
    organisations: Vec<Uuid>,
) -> Result<(), Error> {
    let facts = slot_facts(show, (slot.begins_at, slot.ends_at));
    let notice = Notice {
        organisations,
        ..Notice::of(slot, &[Audience::Organisation], facts)
    };
    outbox::tell(tx, "roadshow_slot.laid", "roadshow_slot", slot.id, notice).await
}

fn session_facts(show: &roadshow::Model) -> serde_json::Value {
    serde_json::json!({ "starts_at": Instant(show.starts_at), "place": show.place, "link": show.link })
}

/// The street and the members of the panel learn the date.
async fn tell(tx: &Tx, case: &Case) -> Result<(), Error> {
    let notice = Notice {
        organisations: Vec::new(),
        persons: members(case),
        ..Notice::of(&case.show, &[Audience::Street], session_facts(&case.show))
    };
    outbox::tell(tx, "roadshow.planned", "roadshow", case.show.id, notice).await
}
