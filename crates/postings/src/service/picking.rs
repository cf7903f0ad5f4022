//! Picking projects out of a call (公益创投遴选, rulebook 2.3.3): each picked proposal becomes a need and a posting
//! of its own in one decision, and the call is concluded.

use super::fresh::{Fresh, next_number};
use super::system::by_system;
use super::{facts, publicity, step};
use crate::Proposal;
use crate::entity::posting;
use crate::flow::{Posting, PostingEvent};
use crate::model::{FrozenProcedure, Overrides};
use crate::particulars::{Particulars, Picked};
use crate::project;
use crate::store::{self, PostingCase};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::{self, Birth};
use wubang_kernel::{Role, RoleSet};
use wubang_needs::service::Adopted;
use wubang_store::{Error, Read, Tx, birth};

/// A proposal that is picked.
#[derive(Debug, Clone, Copy)]
pub struct Pick<'a> {
    /// The project as proposed.
    pub proposal: &'a Proposal,
    /// The bid that holds it.
    pub bid_id: Uuid,
    /// Its price in fen: the ceiling of the posting that it becomes.
    pub price_fen: i64,
}

/// Makes need, project and posting of a picked proposal; the award follows in the same transaction.
///
/// # Errors
/// `forbidden` for others than the street.
pub async fn pick(tx: &Tx, call: &crate::Posting, pick: Pick<'_>) -> Result<crate::Posting, Error> {
    let proposal = pick.proposal;
    let community = DivisionCode::parse(&proposal.community)
        .map_err(|_| Error::internal("proposal with a bad community"))?;
    let made = machine::create::<Posting>(tx.actor().roles(&Reach::at(community)))?;
    let adopted = Adopted {
        community,
        title: proposal.title.clone(),
        field: proposal.field.clone(),
        description: proposal.need.clone(),
        wished_result: proposal.service_content.clone(),
        target_groups: proposal.target_groups.clone(),
        affected_count: proposal.affected_count,
        call: call.number.clone(),
    };
    let need = wubang_needs::service::adopt(tx, adopted).await?;
    let row = fresh(tx, call, pick, &community, made.role())
        .await?
        .row(tx)?;
    let data = serde_json::json!({ "needs": [need], "call": call.number, "bid_id": pick.bid_id });
    out_of_another(tx, made, (row, data), vec![need], PostingEvent::Pick).await
}

/// A posting that comes out of another one, which was published and judged for it: it is neither approved nor bid for.
pub(super) async fn out_of_another(
    tx: &Tx,
    made: Birth<Posting>,
    (row, data): (posting::ActiveModel, serde_json::Value),
    needs: Vec<Uuid>,
    event: PostingEvent,
) -> Result<crate::Posting, Error> {
    let posting = birth::<posting::Entity, _>(tx, made, row, Some(data)).await?;
    store::take_needs(tx, posting.id, &needs).await?;
    store::index(tx, &posting).await?;
    let hash = wubang_kernel::digest::content_hash(&publicity::notice(&posting));
    let (now, person) = (tx.now(), tx.person()?);
    let case = PostingCase {
        posting,
        need_ids: needs,
        roles: RoleSet::of(&[Role::System]),
    };
    let facts = facts(tx, &case).await?;
    let case = step(tx, case, event, &facts, |c| {
        c.set(posting::Column::PublishedAt, now)
            .set(posting::Column::ClosedAt, now)
            .set(posting::Column::ApprovedBy, person)
            .set(posting::Column::NoticeHash, hash.clone())
            .data(serde_json::json!({ "notice_hash": hash }))
    })
    .await?;
    Ok(case.posting)
}

/// The draft of a picked project, with a project number of its own.
async fn fresh(
    tx: &Tx,
    call: &posting::Model,
    pick: Pick<'_>,
    community: &DivisionCode,
    role: Role,
) -> Result<Fresh, Error> {
    let proposal = pick.proposal;
    let number = next_number(tx, community).await?;
    let project = project::insert(
        tx,
        number.replacen("LB", "XM", 1),
        &proposal.title,
        community.as_str(),
        &proposal.field,
        role,
    )
    .await?;
    Ok(Fresh {
        number,
        project_id: project.id,
        round: 1,
        kind: call.kind.clone(),
        division: community.as_str().to_owned(),
        title: proposal.title.clone(),
        field: proposal.field.clone(),
        budget_ceiling_fen: pick.price_fen,
        content: proposal.content(call),
        procedure: FrozenProcedure(call.procedure.0.clone()),
        overrides: Overrides::default(),
        particulars: Particulars {
            picked: Some(Picked {
                call_id: call.id,
                call_number: call.number.clone(),
                bid_id: pick.bid_id,
            }),
            ..Particulars::default()
        },
        publish_at: None,
    })
}

/// The projects of a call are picked: the call is over, and its projects go their own ways.
///
/// # Errors
/// `invalid_transition` unless the call is being evaluated.
pub async fn conclude(tx: &Tx, call: Uuid, picked: usize) -> Result<crate::Posting, Error> {
    let data = serde_json::json!({ "picked": picked });
    let case = by_system(tx, call, PostingEvent::Conclude, |c| {
        c.set(posting::Column::Outcome, "picked").data(data)
    })
    .await?;
    project::set_stage(tx, case.posting.project_id, "closed", Some("picked")).await?;
    Ok(case.posting)
}

/// What came out of a posting: what was picked from a call, or the lanes of a race.
///
/// # Errors
/// When the database fails.
pub async fn out_of(read: &impl Read, posting: Uuid) -> Result<Vec<Uuid>, Error> {
    let rows = store::came_of(read, &[posting]).await?;
    Ok(rows.iter().map(|row| row.id).collect())
}

/// The postings that were picked out of a call, in the order of their rank.
///
/// # Errors
/// When the database fails.
pub async fn picked_of(read: &impl Read, call: Uuid) -> Result<Vec<crate::Posting>, Error> {
    let mut picked = store::came_of(read, &[call]).await?;
    picked.retain(|one| one.particulars.picked.is_some());
    Ok(picked)
}
