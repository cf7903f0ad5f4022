//! What rectification and exit do to points and lists (rulebook 2.12.2, 2.12.5).

use crate::effects;
use crate::entering::{enter, rule_of};
use crate::flow::ListEntryEvent;
use crate::proposing::Proposal;
use crate::words::{CreditReason, ListGround};
use crate::{service, store};
use uuid::Uuid;
use wubang_contracts::Contract;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Role, RoleSet};
use wubang_registry::credit;
use wubang_registry::organisations;
use wubang_store::{Error, Tracked, Tx};
use wubang_supervision::Exit;

/// Takes points from every organisation of an agreement, once for an object.
async fn take(
    tx: &Tx,
    contract: &Contract,
    (reason, points): (CreditReason, i32),
    about: (&'static str, Uuid),
    label: &str,
) -> Result<(), Error> {
    let given = (reason, points.saturating_neg());
    for organisation in wubang_registry::engagements::parties(tx, contract.id).await? {
        let about = (about.0, about.1, label.to_owned());
        enter(tx, organisation, given, about, &contract.division).await?;
    }
    Ok(())
}

/// Rectification was ordered; a second round of the same order costs nothing more.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_rectification_ordered(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let row = wubang_supervision::rectification::service::find(tx, id).await?;
    let contract = wubang_contracts::service::find(tx, row.contract_id).await?;
    let points = rule_of(tx, contract.posting_id).await?.rectification;
    let given = (CreditReason::Rectification, points);
    let about = ("rectification_order", row.id);
    take(tx, &contract, given, about, &row.label()).await
}

/// An exit was decided: points, and for an exit with fault a proposal for the black list.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_exit_decided(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let row = wubang_supervision::exits::service::find(tx, id).await?;
    let contract = wubang_contracts::service::find(tx, row.contract_id).await?;
    let points = rule_of(tx, contract.posting_id).await?.exit;
    let given = (CreditReason::Exit, points);
    take(tx, &contract, given, ("exit", row.id), &row.label()).await?;
    if wubang_supervision::exits::service::ground_of(&row)?.with_fault() {
        propose(tx, &row).await?;
    }
    Ok(())
}

/// The lead, whose work it was, is proposed for the black list.
async fn propose(tx: &Tx, row: &Exit) -> Result<(), Error> {
    let organisation = organisations::load(tx, row.organisation_id).await?;
    let division = DivisionCode::parse(&row.division)
        .map_err(|_| Error::internal("exit in a bad division"))?;
    let ground = ListGround::ExitWithFault;
    let proposal = Proposal {
        organisation_id: organisation.id,
        organisation_name: organisation.name,
        division,
        ground,
        months: ground.months(),
        facts: format!(
            "协议 {} 经告知、听取陈述申辩,由街道和区级决定退出({})。",
            row.contract_number, row.number
        ),
        object: Some("exit".to_owned()),
        object_id: Some(row.id),
        object_label: Some(row.number.clone()),
    };
    service::propose_by_system(tx, proposal).await
}

/// The supervisor has reversed an exit: its points are taken back, and so is what was listed or proposed because of it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn on_exit_reversed(tx: &Tx, id: Uuid) -> Result<(), Error> {
    let row = wubang_supervision::exits::service::find(tx, id).await?;
    let reason = format!("退出决定 {} 经申诉撤销", row.number);
    for organisation in wubang_registry::engagements::parties(tx, row.contract_id).await? {
        let entries = credit::entries_of(tx, organisation).await?;
        let of_exit = entries
            .iter()
            .filter(|one| one.object_id == id && one.voided.is_none());
        for one in of_exit {
            credit::void(tx, one.id, &reason, Role::System).await?;
        }
    }
    for entry in store::about(tx, id).await? {
        let listed = matches!(entry.state.as_str(), "active" | "repair_requested");
        let open = matches!(entry.state.as_str(), "proposed" | "notice" | "reviewing");
        let case = service::complete(tx, entry, RoleSet::of(effects::SYSTEM)).await?;
        if listed {
            effects::end(tx, case, ListEntryEvent::Revoke, &reason).await?;
        } else if open {
            let why = Some(reason.clone());
            service::step(tx, case, ListEntryEvent::Lapse, |c| c.because(why)).await?;
        }
    }
    Ok(())
}
