//! Proposals for a list: by an officer, or by the system after a result.

use crate::entity::list_entry;
use crate::flow;
use crate::model::ListEntryIn;
use crate::store;
use crate::words::ListGround;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::{Birth, create};
use wubang_kernel::{Code, Faults, Role, personal};
use wubang_registry::credit::ListColour;
use wubang_registry::organisations;
use wubang_store::{Error, Read, Tx, birth, numbers};

/// What is proposed.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    pub organisation_id: Uuid,
    pub organisation_name: String,
    pub division: DivisionCode,
    pub ground: ListGround,
    pub months: u32,
    pub facts: String,
    pub object: Option<String>,
    pub object_id: Option<Uuid>,
    pub object_label: Option<String>,
}

/// Officers who propose.
const PROPOSERS: &[Role] = &[Role::StreetOfficer, Role::DistrictAdmin];

/// Reads the proposal of an officer.
///
/// # Errors
/// `forbidden`, `invalid`, `duplicate`.
pub(crate) async fn check(
    tx: &Tx,
    input: ListEntryIn,
) -> Result<(Birth<flow::ListEntry>, Proposal), Error> {
    // who proposes nowhere learns nothing of what a proposal must hold
    if tx.actor().divisions(PROPOSERS).next().is_none() {
        return Err(Code::Forbidden.into());
    }
    let mut faults = Faults::new();
    let division = faults.division("/division", &input.division);
    let facts = faults.prose("/facts", &input.facts, 10..=5000);
    if !personal::find(&facts).is_empty() {
        faults.add(
            "/facts",
            "personal_data",
            "含有个人信息;列入后公开,请改写",
            "holds personal data, and is public once listed",
        );
    }
    let months = input.months.unwrap_or(input.ground.months());
    if !input.ground.allows(months) {
        faults.add(
            "/months",
            "out_of_range",
            "黑榜为 6、12 或 24 个月,红榜为 12 个月",
            "6, 12 or 24 months on the black list, 12 on the red list",
        );
    }
    let object = input
        .object
        .map(|text| faults.line("/object", &text, 2..=40));
    let label = input
        .object_label
        .map(|text| faults.line("/object_label", &text, 2..=100));
    let known = organisations::load_many(tx, &[input.organisation_id]).await?;
    let organisation = known.into_iter().next();
    if organisation.is_none() {
        faults.add(
            "/organisation_id",
            "unknown_value",
            "没有这个组织",
            "there is no such organisation",
        );
    }
    faults.finish()?;
    let (division, organisation) = division.zip(organisation).ok_or(Code::Invalid)?;
    let made = create::<flow::ListEntry>(tx.actor().roles(&Reach::at(division)))?;
    if let Some(object) = input.object_id
        && store::is_proposed(tx, organisation.id, object, input.ground).await?
    {
        return Err(Code::Duplicate.into());
    }
    let proposal = Proposal {
        organisation_id: organisation.id,
        organisation_name: organisation.name,
        division,
        ground: input.ground,
        months,
        facts,
        object,
        object_id: input.object_id,
        object_label: label,
    };
    Ok((made, proposal))
}

/// Writes a proposal down.
pub(crate) async fn insert(
    tx: &Tx,
    made: Birth<flow::ListEntry>,
    proposal: Proposal,
) -> Result<list_entry::Model, Error> {
    let colour = proposal.ground.colour();
    let prefix = match colour {
        ListColour::Red => "HONG",
        ListColour::Black => "HEI",
    };
    let year = local_date(tx.now()).format("%Y");
    let series = format!("{prefix}-{}-{year}", proposal.division.district6());
    let number = format!("{series}-{:04}", numbers::next(tx, &series).await?);
    let data = serde_json::json!({ "number": number, "organisation_id": proposal.organisation_id, "colour": colour,
        "ground": proposal.ground, "months": proposal.months });
    let row = list_entry::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(number),
        organisation_id: Set(proposal.organisation_id),
        organisation_name: Set(proposal.organisation_name),
        division: Set(proposal.division.as_str().to_owned()),
        colour: Set(colour.as_str().to_owned()),
        ground: Set(proposal.ground.as_str().to_owned()),
        months: Set(i32::try_from(proposal.months).unwrap_or(i32::MAX)),
        facts: Set(proposal.facts),
        object: Set(proposal.object),
        object_id: Set(proposal.object_id),
        object_label: Set(proposal.object_label),
        proposed_by: Set(tx.actor().person),
        notified_by: Set(None),
        decided_by: Set(None),
        defence: Set(None),
        defended_by: Set(None),
        defence_by: Set(None),
        decision: Set(None),
        effective_from: Set(None),
        effective_until: Set(None),
        paused_until: Set(None),
        repair: Set(None),
        reason: Set(None),
        ended_at: Set(None),
        state: Set("proposed".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    birth::<list_entry::Entity, _>(tx, made, row, Some(data)).await
}
