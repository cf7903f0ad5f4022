//! What must always hold of residents' voices.

use crate::entity::{campaign, campaign_answer, campaign_tally, request};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_store::invariants::{Invariant, replay};
use wubang_store::{Error, Read, View};

/// The checks of this crate.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "resident_request_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<request::Entity>(view)),
        },
        Invariant {
            name: "opinion_survey_campaign_state_is_replay_of_trace",
            run: |view| Box::pin(replay::<campaign::Entity>(view)),
        },
        Invariant {
            name: "attached_request_has_a_need_and_no_other_has",
            run: |view| Box::pin(attached_without_need(view)),
        },
        Invariant {
            name: "request_has_a_receipt",
            run: |view| Box::pin(without_receipt(view)),
        },
        Invariant {
            name: "campaign_counts_are_those_of_its_answers",
            run: |view| Box::pin(wrong_counts(view)),
        },
    ]
}

async fn attached_without_need(view: &View) -> Result<Vec<Uuid>, Error> {
    let broken = Condition::any()
        .add(
            Condition::all()
                .add(request::Column::State.eq("attached"))
                .add(request::Column::NeedId.is_null()),
        )
        .add(
            Condition::all()
                .add(request::Column::State.ne("attached"))
                .add(request::Column::NeedId.is_not_null()),
        );
    let rows = request::Entity::find()
        .filter(broken)
        .all(&view.db())
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A receipt is the hash of a code: 64 hexadecimal digits.
async fn without_receipt(view: &View) -> Result<Vec<Uuid>, Error> {
    let rows = request::Entity::find().all(&view.db()).await?;
    let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    Ok(rows
        .into_iter()
        .filter(|row| !is_hash(&row.code_hash) || !is_hash(&row.address_hash))
        .map(|row| row.id)
        .collect())
}

async fn wrong_counts(view: &View) -> Result<Vec<Uuid>, Error> {
    let answers: Vec<(Uuid, String, i64)> = campaign_answer::Entity::find()
        .select_only()
        .columns([
            campaign_answer::Column::CampaignId,
            campaign_answer::Column::Community,
        ])
        .column_as(campaign_answer::Column::Id.count(), "n")
        .group_by(campaign_answer::Column::CampaignId)
        .group_by(campaign_answer::Column::Community)
        .into_tuple()
        .all(&view.db())
        .await?;
    let tallies = campaign_tally::Entity::find()
        .filter(campaign_tally::Column::Question.eq(""))
        .all(&view.db())
        .await?;
    let mut counted: HashMap<(Uuid, String), i64> = tallies
        .into_iter()
        .map(|row| ((row.campaign_id, row.community), row.n))
        .collect();
    let mut wrong = Vec::new();
    for (campaign, community, n) in answers {
        if counted.remove(&(campaign, community)) != Some(n) {
            wrong.push(campaign);
        }
    }
    wrong.extend(counted.into_keys().map(|(campaign, _)| campaign));
    Ok(wrong)
}
