//! Who could sit on the panel of a posting, and what stands against it (rulebook 2.9).

use crate::model::{PanelCandidateOut, PanelConflictOut, PanelConflictsOut};
use crate::panel::parties;
use uuid::Uuid;
use wubang_kernel::{Code, Role};
use wubang_panels::composition::{self, COMMUNITY, DEPARTMENTS, EXPERTS};
use wubang_panels::conflicts::{self, Conflict};
use wubang_postings::PostingCase;
use wubang_store::{Error, Key, View};

/// Who of those who could sit is tied to a bidder, and by what; before anybody is assigned.
///
/// # Errors
/// `not_found` for who neither organises nor supervises, and before the bids are opened.
pub async fn get_conflicts(view: &View, key: &Key) -> Result<PanelConflictsOut, Error> {
    let PostingCase { posting, roles, .. } = wubang_postings::service::load(view, key).await?;
    let organisers = [Role::StreetOfficer, Role::DistrictAdmin, Role::Supervisor];
    // who bid is nobody's to know before the opening, and a conflict would tell
    let opened = matches!(posting.state.as_str(), "closed" | "evaluating");
    if !roles.any(&organisers) || !opened {
        return Err(Code::NotFound.into());
    }
    let bids = wubang_bids::service::of_posting(view, posting.id).await?;
    let division = wubang_postings::service::division_of(&posting)?;
    let mut candidates: Vec<(Uuid, String, &str)> = Vec::new();
    for one in wubang_registry::experts::pool(view, &division).await? {
        if one.active && one.near {
            candidates.push((one.expert.person_id, one.expert.name, EXPERTS));
        }
    }
    for party in [COMMUNITY, DEPARTMENTS] {
        let roles = composition::roles_for(party);
        let able = wubang_registry::people::people_with_role(view, roles, &division).await?;
        candidates.extend(able.into_iter().map(|one| (one.person_id, one.name, party)));
    }
    let persons: Vec<Uuid> = candidates.iter().map(|one| one.0).collect();
    let parties = parties(view, &posting, &bids).await?;
    let found = conflicts::of(view, &persons, &parties).await?;
    let checked = candidates.len();
    let items = candidates
        .into_iter()
        .filter_map(|(person_id, name, party)| {
            let own: Vec<PanelConflictOut> = found
                .iter()
                .filter(|one| one.person_id == person_id)
                .map(conflict_out)
                .collect();
            (!own.is_empty()).then(|| PanelCandidateOut {
                person_id,
                name,
                party: party.to_owned(),
                conflicts: own,
            })
        });
    Ok(PanelConflictsOut {
        posting_id: posting.id,
        checked,
        items: items.collect(),
    })
}

fn conflict_out(conflict: &Conflict) -> PanelConflictOut {
    PanelConflictOut {
        ground: conflict.ground,
        text: conflict.ground.zh().to_owned(),
        hard: conflict.hard,
        organisation_id: conflict.organisation_id,
    }
}
