//! The voices behind a need: how many, through which channels, and whether it helped.

use super::model::{ChannelCount, SolvedCount, SurveyCount, VoicesOut};
use super::store;
use crate::campaigns;
use crate::fates;
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_needs::Need;
use wubang_store::{Error, Key, Read, View};

/// States from which a need and what stands behind it are public (rulebook 2.6: from the approval).
const PUBLIC_FROM: &[&str] = &["approved", "posted", "fulfilled", "closed"];

/// The voices behind a need, for who may see the need.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn get(view: &View, key: &Key) -> Result<VoicesOut, Error> {
    let need = wubang_needs::service::find(view, key).await?;
    of_need(view, need).await
}

/// The voices behind a need that is public.
///
/// # Errors
/// `not_found` before its approval.
pub async fn get_public(view: &View, key: &Key) -> Result<VoicesOut, Error> {
    let need = wubang_needs::service::find_any(view, key).await?;
    if !PUBLIC_FROM.contains(&need.state.as_str()) {
        return Err(Code::NotFound.into());
    }
    of_need(view, need).await
}

async fn of_need(read: &impl Read, need: Need) -> Result<VoicesOut, Error> {
    let family: Vec<Uuid> = fates::family(read, need.id).await?;
    let channels = store::by_channel(read, &family).await?;
    let (solved, not_solved) = store::by_feedback(read, &family).await?;
    let findings = store::findings(read, &family).await?;
    let numbers = campaigns::store::numbers(read, &findings).await?;
    let surveys = findings.into_iter().map(|finding| SurveyCount {
        campaign: numbers
            .get(&finding.campaign_id)
            .cloned()
            .unwrap_or_default(),
        community: finding.community,
        answers: finding.answers,
    });
    Ok(VoicesOut {
        need_id: need.id,
        need_number: need.number,
        requests: channels.iter().map(|(_, count)| count).sum(),
        channels: channels
            .into_iter()
            .map(|(channel, count)| ChannelCount { channel, count })
            .collect(),
        surveys: surveys.collect(),
        feedback: SolvedCount { solved, not_solved },
    })
}
