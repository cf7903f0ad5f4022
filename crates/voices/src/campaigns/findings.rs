//! From answers to a need (rulebook 2.4.1: source `opinion_survey`, evidence survey table).

use super::model::DraftFromCampaignIn;
use super::{results, store};
use crate::entity::finding;
use sea_orm::{ActiveValue::Set, EntityTrait};
use wubang_kernel::{Code, Faults, Role};
use wubang_needs::model::{NeedIn, NeedOut, Source};
use wubang_store::{Error, Key, Read, Tx};

/// The secretary drafts a need from the answers of his community; the counts go along as evidence, with
/// small ones hidden, because the description of a need becomes public.
///
/// # Errors
/// `too_early` before the campaign is closed; `forbidden` for other communities; what drafting a need
/// refuses.
pub async fn draft_need(tx: &Tx, key: &Key, input: DraftFromCampaignIn) -> Result<NeedOut, Error> {
    let case = store::load(tx, key).await?;
    tx.expect_version(case.campaign.version)?;
    let campaign = &case.campaign;
    let mut faults = Faults::new();
    let known = case
        .communities
        .iter()
        .any(|row| row.community == input.community);
    if !known {
        faults.add(
            "/community",
            "unknown_value",
            "本次摸排不含这个社区",
            "the campaign has no such community",
        );
    }
    faults.count("/questions", input.questions.len(), 1..=30);
    for (i, question) in input.questions.iter().take(30).enumerate() {
        if campaign.form.question(question).is_none() {
            faults.add(
                format!("/questions/{i}"),
                "unknown_value",
                "没有这个题目",
                "there is no such question",
            );
        }
    }
    let description = faults.prose("/description", &input.description, 0..=2000);
    faults.finish()?;
    if !store::roles_at(tx, &input.community)?.has(Role::CommunitySecretary) {
        return Err(Code::Forbidden.into());
    }
    match campaign.state.as_str() {
        "closed" | "summarised" => {}
        "scheduled" | "open" => return Err(Code::TooEarly.into()),
        _ => return Err(Code::InvalidTransition.into()),
    }
    let counts = store::counts(tx, campaign.id).await?;
    let counts = counts.get(&input.community).cloned().unwrap_or_default();
    let result = results::of(Some(&input.community), &campaign.form, &counts, false);
    let answers = store::answers(tx, campaign.id).await?;
    let answers = answers.get(&input.community).copied().unwrap_or_default();
    let said = results::sentences(&result, &input.questions);
    let text = format!("{description}\n民意大摸排 {}:{said}", campaign.number);
    let need = NeedIn {
        community: input.community.clone(),
        title: input.title,
        description: text.chars().take(5000).collect(),
        source: Some(Source::OpinionSurvey),
        affected_count: Some(input.affected_count.unwrap_or(answers)),
        field: input.field,
        target_groups: input.target_groups,
        urgency: input.urgency,
        ..NeedIn::default()
    };
    let made = wubang_needs::service::draft(tx, need).await?;
    let row = finding::ActiveModel {
        id: Set(tx.new_id()),
        campaign_id: Set(campaign.id),
        community: Set(input.community),
        need_id: Set(made.id),
        answers: Set(answers),
        evidence: Set(serde_json::json!({ "questions": input.questions, "result": result })),
        created_by: Set(tx.person()?),
        created_at: Set(tx.now()),
    };
    finding::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(made)
}
