//! Whether each organisation of a bid may bid (资格), asked of the registry (rulebook 2.4.4 (1)).

use super::Case;
use crate::consortium::{MemberCheck, Ward};
use crate::entity::{bid, bid_member};
use crate::model::{Letter, MemberRole};
use uuid::Uuid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::DivisionCode;
use wubang_postings::Posting;
use wubang_registry::{Ask, Check, Organisation, eligibility};
use wubang_store::{Error, Read};

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

/// Every rule for every organisation of a bid (rulebook 2.4.4 (1)).
pub(super) async fn checks(
    read: &impl Read,
    bid: &bid::Model,
    members: &[bid_member::Model],
    posting: &Posting,
) -> Result<Vec<MemberCheck>, Error> {
    let mut all = Vec::new();
    for organisation in organisations(read, bid, members).await? {
        let custodian = is_custodian(members, organisation.id);
        let answers = checks_of(read, &organisation, &bid.content, posting)?;
        all.extend(
            answers
                .into_iter()
                .filter(|check| !custodian || OF_CUSTODIANS.contains(&check.rule))
                .map(|check| MemberCheck {
                    organisation_id: organisation.id,
                    check,
                }),
        );
    }
    Ok(all)
}

fn checks_of(
    read: &impl Read,
    organisation: &Organisation,
    letter: &Letter,
    posting: &Posting,
) -> Result<Vec<Check>, Error> {
    let communities = served(posting, letter)
        .into_iter()
        .map(DivisionCode::parse)
        .collect::<Result<Vec<_>, _>>();
    let communities = communities.map_err(|_| Error::internal("posting with a bad community"))?;
    let today = local_date(read.now());
    let mut all: Vec<Check> = Vec::new();
    for community in &communities {
        let ask = Ask {
            community,
            accepts_filed: posting.content.accepts_filed_organisations,
            forms_allowed: wubang_postings::service::FORMS,
            caps: &posting.procedure.0.caps,
        };
        for check in eligibility(organisation, today, &ask) {
            match all.iter_mut().find(|known| known.rule == check.rule) {
                Some(known) if known.passed => *known = check,
                Some(_) => {}
                None => all.push(check),
            }
        }
    }
    Ok(all)
}

/// What the checks of somebody who writes a bid need: every rule, and who has no legal personality.
#[derive(Default)]
pub(super) struct Known {
    pub(super) checks: Vec<MemberCheck>,
    pub(super) wards: Vec<Ward>,
}

pub(super) async fn known(read: &impl Read, case: &Case) -> Result<Known, Error> {
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
        checks: checks(read, &case.bid, &case.members, &case.posting).await?,
    })
}
