//! Whether each organisation of a bid may bid (资格), asked of the registry (rulebook 2.4.4 (1)).

use super::Case;
use crate::consortium::{self, MemberCheck, Ward};
use crate::entity::{bid, bid_member};
use crate::model::{EligibilityOut, Letter, MemberRole, OrganisationEligibility};
use crate::open_bids;
use crate::store::BIDDERS;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::procedure::PostingType;
use wubang_kernel::{Code, Refusal};
use wubang_postings::Posting;
use wubang_registry::organisations::caps::{self, Asked, Carried, Place, is_cap};
use wubang_registry::organisations::eligibility::Order;
use wubang_registry::{Ask, Check, Organisation, eligibility};
use wubang_store::{Error, Key, Read, Tx, View};

/// Where a bidder must be able to serve: the communities of the posting, or that of its own project.
fn served<'a>(posting: &'a Posting, letter: &'a Letter) -> Vec<&'a str> {
    match &letter.proposal {
        Some(proposal) => vec![&proposal.community],
        None => posting
            .content
            .communities
            .iter()
            .map(String::as_str)
            .collect(),
    }
}

/// The rules that a custodian must meet, which does not serve the residents itself.
const OF_CUSTODIANS: &[&str] = &[
    "status_active",
    "not_serious_dishonest",
    "not_abnormal_listed",
    "not_black_listed",
];

/// The organisations of a bid as the registry knows them: its lead first.
async fn organisations(
    read: &impl Read,
    bid: &bid::Model,
    members: &[bid_member::Model],
) -> Result<Vec<Organisation>, Error> {
    let inside = members.iter().filter(|member| member.belongs());
    let ids: Vec<Uuid> = std::iter::once(bid.organisation_id)
        .chain(inside.map(|member| member.organisation_id))
        .collect();
    let found = wubang_registry::organisations::load_many(read, &ids).await?;
    let in_order = ids
        .iter()
        .filter_map(|id| found.iter().find(|one| one.id == *id).cloned());
    Ok(in_order.collect())
}

fn is_custodian(members: &[bid_member::Model], organisation: Uuid) -> bool {
    members.iter().any(|member| {
        member.organisation_id == organisation
            && MemberRole::of(&member.role) == MemberRole::Custodian
    })
}

/// Every rule and every cap for every organisation of a bid (rulebook 2.4.4 (1), 2.14). `open` are the other bids
/// of its lead that are not decided, while it writes.
pub(super) async fn checks(
    read: &impl Read,
    bid: &bid::Model,
    members: &[bid_member::Model],
    posting: &Posting,
    open: Option<i64>,
) -> Result<Vec<MemberCheck>, Error> {
    let organisations = organisations(read, bid, members).await?;
    let carried = carried(read, &organisations, posting, &bid.content).await?;
    let parts = parts(bid, members);
    let order = order(posting, parts.len() > 1);
    let mut all = Vec::new();
    for organisation in organisations {
        let custodian = is_custodian(members, organisation.id);
        let mut answers = checks_of(&organisation, &bid.content, posting, order, read.now())?;
        answers.retain(|check| !custodian || OF_CUSTODIANS.contains(&check.rule));
        if let Some((_, part_fen)) = parts.iter().find(|(id, _)| *id == organisation.id) {
            let asked = Asked {
                rule: &posting.procedure.0.caps,
                today: local_date(read.now()),
                part_fen: *part_fen,
                price_fen: bid.price_fen,
                open_bids: open.filter(|_| organisation.id == bid.organisation_id),
            };
            answers.extend(caps_of(&carried, &organisation, posting, &asked));
        }
        all.extend(answers.into_iter().map(|check| MemberCheck {
            organisation_id: organisation.id,
            check,
        }));
    }
    Ok(all)
}

/// Who has which part of the price of a bid, its lead first; a custodian has none.
pub(super) fn parts(bid: &bid::Model, members: &[bid_member::Model]) -> Vec<(Uuid, i64)> {
    let partners = members
        .iter()
        .filter(|one| one.belongs() && MemberRole::of(&one.role) == MemberRole::Partner);
    let partners: Vec<Uuid> = partners.map(|one| one.organisation_id).collect();
    consortium::parts(bid.price_fen, bid.organisation_id, &partners, &bid.content)
}

async fn carried(
    read: &impl Read,
    organisations: &[Organisation],
    posting: &Posting,
    letter: &Letter,
) -> Result<Carried, Error> {
    let ids: Vec<Uuid> = organisations.iter().map(|one| one.id).collect();
    let division = wubang_postings::service::division_of(posting)?;
    let served: Vec<String> = served(posting, letter)
        .into_iter()
        .map(str::to_owned)
        .collect();
    let closed = !posting.procedure.0.code.open_to_all();
    let place = Place {
        division: &division,
        closed_to_others: closed.then_some((served.as_slice(), posting.field.as_str())),
    };
    caps::of(read, &ids, place, &posting.procedure.0.caps).await
}

/// The caps of one organisation; those that the street has waived for the posting are met, and say so.
fn caps_of(
    carried: &Carried,
    organisation: &Organisation,
    posting: &Posting,
    asked: &Asked<'_>,
) -> Vec<Check> {
    let mut checks = carried.checks(organisation, asked);
    if posting.bidder_cap_reason.is_some() {
        for check in checks.iter_mut().filter(|check| !check.passed) {
            check.passed = true;
            check.zh += ";本榜已由街道公开说明理由,不受此限";
            check.en += "; waived for this posting by the street, for a public reason";
        }
    }
    checks
}

/// What keeps a bid from being awarded because a cap is reached by now; nothing when there is room, or when the
/// street has waived the caps of the posting.
///
/// # Errors
/// When the database fails.
pub async fn caps_reached(
    read: &impl Read,
    bid: &crate::Bid,
    posting: &Posting,
) -> Result<Option<Refusal>, Error> {
    let members = crate::members::of_bid(read, bid.id).await?;
    let checks = checks(read, bid, &members, posting, None).await?;
    let reached = checks
        .into_iter()
        .filter(|one| !one.check.passed && is_cap(one.check.rule));
    let refusal = reached.fold(Refusal::new(Code::CapReached), |refusal, one| {
        let at = format!("/organisations/{}/{}", one.organisation_id, one.check.rule);
        refusal
            .field(&at, "not_met", one.check.zh, one.check.en)
            .figures(one.check.figures)
    });
    Ok((!refusal.fields.is_empty()).then_some(refusal))
}

/// Whether a partner may have one more bid in play: asked when it joins, because at the hand-in its number is not
/// the lead's to know.
///
/// # Errors
/// `cap_reached` with the figures.
pub(super) async fn room_for_one_more(
    tx: &Tx,
    posting: &Posting,
    organisation: Uuid,
) -> Result<(), Error> {
    wubang_registry::organisations::hold(tx, &[organisation]).await?;
    let organisation = wubang_registry::organisations::load(tx, organisation).await?;
    let partner = std::slice::from_ref(&organisation);
    let carried = carried(tx, partner, posting, &Letter::default()).await?;
    let asked = Asked {
        rule: &posting.procedure.0.caps,
        today: local_date(tx.now()),
        part_fen: 0,
        price_fen: 0,
        open_bids: Some(open_bids::count(tx, organisation.id, None).await?),
    };
    let checks = caps_of(&carried, &organisation, posting, &asked);
    let full = |check: &Check| check.rule == "open_bids" && !check.passed;
    match checks.into_iter().find(full) {
        None => Ok(()),
        Some(check) => Err(Refusal::new(Code::CapReached)
            .field("/organisation/open_bids", "not_met", check.zh, check.en)
            .figures(check.figures)
            .into()),
    }
}

/// Who has which part of the price of a bid: the lead first.
///
/// # Errors
/// When the database fails.
pub async fn parts_of(read: &impl Read, bid: &crate::Bid) -> Result<Vec<(Uuid, i64)>, Error> {
    let members = crate::members::of_bid(read, bid.id).await?;
    let joined: Vec<bid_member::Model> = members
        .into_iter()
        .filter(|member| member.joined())
        .collect();
    Ok(parts(bid, &joined))
}

/// What the posting is to an organisation of a low credit band.
fn order(posting: &Posting, joint: bool) -> Order {
    Order {
        micro: posting.procedure.0.code == PostingType::Micro,
        joint,
    }
}

fn checks_of(
    organisation: &Organisation,
    letter: &Letter,
    posting: &Posting,
    order: Order,
    now: DateTime<Utc>,
) -> Result<Vec<Check>, Error> {
    let communities = served(posting, letter)
        .into_iter()
        .map(DivisionCode::parse)
        .collect::<Result<Vec<_>, _>>();
    let communities = communities.map_err(|_| Error::internal("posting with a bad community"))?;
    let mut all: Vec<Check> = Vec::new();
    for community in &communities {
        let ask = Ask {
            community,
            accepts_filed: posting.content.accepts_filed_organisations,
            forms_allowed: wubang_postings::service::FORMS,
            order,
            now,
        };
        for check in eligibility(organisation, &ask) {
            match all.iter_mut().find(|known| known.rule == check.rule) {
                Some(known) if known.passed => *known = check,
                Some(_) => {}
                None => all.push(check),
            }
        }
    }
    Ok(all)
}

/// Most organisations of one person that are looked at.
const MOST_OWN: usize = 20;

/// What stands against the viewer's organisations before they write a bid, with figures and dates: told to their
/// own people alone. Who speaks for none is told nothing.
///
/// # Errors
/// `not_found` for a posting that is not public.
pub async fn get_eligibility(view: &View, key: &Key) -> Result<EligibilityOut, Error> {
    let posting = wubang_postings::service::load(view, key).await?.posting;
    let mut own: Vec<Uuid> = view.actor().organisations(BIDDERS).collect();
    own.sort_unstable();
    own.dedup();
    own.truncate(MOST_OWN);
    let organisations = wubang_registry::organisations::load_many(view, &own).await?;
    let letter = Letter::default();
    let carried = carried(view, &organisations, &posting, &letter).await?;
    let mut shown = Vec::new();
    for organisation in organisations {
        let alone = order(&posting, false);
        let mut checks = checks_of(&organisation, &letter, &posting, alone, view.now())?;
        checks.push(named(&posting, organisation.id));
        let asked = Asked {
            rule: &posting.procedure.0.caps,
            today: local_date(view.now()),
            part_fen: 0,
            price_fen: 0,
            open_bids: Some(open_bids::count(view, organisation.id, None).await?),
        };
        checks.extend(caps_of(&carried, &organisation, &posting, &asked));
        shown.push(OrganisationEligibility {
            organisation_id: organisation.id,
            organisation_name: organisation.name,
            eligible: checks.iter().all(|check| check.passed),
            checks,
        });
    }
    shown.sort_by_key(|one| one.organisation_id);
    Ok(EligibilityOut {
        posting_id: posting.id,
        caps_waived: posting.bidder_cap_reason,
        organisations: shown,
    })
}

/// Whether the posting is for this organisation at all: by invitation or as an order it is for those named.
fn named(posting: &Posting, organisation: Uuid) -> Check {
    let refused = wubang_postings::invitation::may_bid(posting, organisation).err();
    let (zh, en) = match refused.and_then(|refusal| refusal.detail) {
        None => return answer_named(true, "可以揭榜".to_owned(), "may bid".to_owned()),
        Some(text) => (text.zh, text.en),
    };
    answer_named(false, zh, en)
}

fn answer_named(passed: bool, zh: String, en: String) -> Check {
    Check {
        rule: "may_bid",
        passed,
        zh,
        en,
        figures: None,
    }
}

/// What the checks of somebody who writes a bid need: every rule, and who has no legal personality.
#[derive(Default)]
pub(super) struct Known {
    pub(super) checks: Vec<MemberCheck>,
    pub(super) wards: Vec<Ward>,
}

pub(super) async fn known(read: &impl Read, case: &Case) -> Result<Known, Error> {
    // a partner reads the bid, and not what else its lead has in play
    let open = match case.roles.any(BIDDERS) {
        true => Some(open_bids::count(read, case.bid.organisation_id, Some(case.bid.id)).await?),
        false => None,
    };
    let wards = organisations(read, &case.bid, &case.members)
        .await?
        .into_iter()
        .filter(|one| one.is_filed() && !is_custodian(&case.members, one.id))
        .map(|one| Ward {
            organisation_id: one.id,
            custodian_id: one.custodian_id,
        });
    Ok(Known {
        wards: wards.collect(),
        checks: checks(read, &case.bid, &case.members, &case.posting, open).await?,
    })
}
