//! What is compared: the opened bids of a posting with their organisations, and the earlier rounds of the same
//! community and field. A fixed number of statements.

use crate::detect::{Compared, Past};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_bids::Bid;
use wubang_bids::model::Letter;
use wubang_bids::service::BidParty;
use wubang_postings::Posting;
use wubang_store::{Error, Read};

/// Earlier rounds that are looked at.
const ROUNDS: u64 = 12;

/// Everything that a detector reads of one posting.
pub(crate) struct Material {
    pub bids: Vec<Compared>,
    pub parties: Vec<BidParty>,
    pub notice: String,
    pub past: Vec<Past>,
}

/// Collects the material of a posting whose box is open.
///
/// # Errors
/// When the database fails.
pub(crate) async fn of(read: &impl Read, posting: &Posting) -> Result<Material, Error> {
    let bids = wubang_bids::service::of_posting(read, posting.id).await?;
    let parties = wubang_bids::service::parties_by_bid(read, &bids).await?;
    let ids: Vec<Uuid> = parties.iter().map(|party| party.organisation_id).collect();
    let reached = wubang_registry::bonds::reached_at(read, &ids).await?;
    let compared = bids.iter().map(|bid| {
        let own = parties.iter().filter(|party| party.bid_id == bid.id);
        let contacts = own.filter_map(|party| reached.get(&party.organisation_id));
        Compared {
            bid: bid.id,
            lead: bid.organisation_id,
            text: written(wubang_bids::service::letter(bid)),
            price_fen: bid.price_fen,
            contacts: contacts.flatten().cloned().collect(),
            files: files(bid),
            submitted_at: bid.submitted_at,
        }
    });
    Ok(Material {
        bids: compared.collect(),
        parties,
        notice: notice(posting),
        past: past(read, posting).await?,
    })
}

fn files(bid: &Bid) -> std::collections::BTreeSet<String> {
    bid.attachments
        .0
        .iter()
        .map(|file| file.sha256.clone())
        .collect()
}

/// What a bidder has written in its own words.
fn written(letter: &Letter) -> String {
    let plan = &letter.service_plan;
    let mut all = vec![
        letter.understanding.as_str(),
        &plan.schedule,
        &letter.team.qualifications,
        &letter.team.introduction,
        &letter.track_record,
        &letter.co_resources,
        &letter.risk_plan,
        &letter.capability_statement,
    ];
    all.extend(plan.activities.iter().map(|one| one.name.as_str()));
    all.extend(letter.budget.iter().map(|line| line.description.as_str()));
    all.join("\n")
}

/// What everybody was given to read, and may quote.
fn notice(posting: &Posting) -> String {
    let content = &posting.content;
    let mut all = vec![
        posting.title.as_str(),
        &content.service_content,
        &content.eligibility,
        &content.agreement_terms,
        &content.personal_data_notice,
    ];
    all.extend(content.required_documents.iter().map(String::as_str));
    all.extend(content.minimum_quantity.iter().map(|row| row.item.as_str()));
    for milestone in &content.milestones {
        all.extend([milestone.title.as_str(), &milestone.content]);
    }
    all.join("\n")
}

/// Earlier rounds of the same place and field that somebody won, the oldest first.
async fn past(read: &impl Read, posting: &Posting) -> Result<Vec<Past>, Error> {
    let rounds = wubang_postings::service::won_in(read, posting, ROUNDS).await?;
    let mut winners: HashMap<Uuid, Vec<Uuid>> =
        wubang_awards::service::winners_of(read, &rounds).await?;
    let bidders = wubang_bids::service::leads_in(read, &rounds).await?;
    let past = rounds.iter().filter_map(|round| {
        let own = bidders.iter().filter(|(posting, _)| posting == round);
        Some(Past {
            winners: winners.remove(round)?,
            bidders: own.map(|(_, lead)| *lead).collect(),
        })
    });
    Ok(past.collect())
}
