//! Commands on organisations.

use super::finders::{blank_separated, find, load, of_row, page};
use super::{
    Checked, Filter, Organisation, OrganisationIn, OrganisationList, OrganisationOut,
    OrganisationPatch, check,
};
use crate::credit::Standings;
use crate::entity::organisations;
use crate::words::{CreditStatus, OrgStatus};
use crate::{divisions, rights, taxonomy};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_store::commit::Happened;
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tx};
use wubang_web::ListQuery;
use wubang_web::query::cut;

/// A new credit status.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditStatusIn {
    /// 信用状态。What the credit lists say.
    pub credit_status: CreditStatus,
    /// 依据。On what ground.
    #[schema(example = "未按时报送年度报告")]
    pub reason: String,
}

/// A new status of the organisation's life.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusIn {
    /// 新状态。The new status.
    pub status: OrgStatus,
    /// 依据。On what ground.
    #[schema(example = "已完成登记,取得统一社会信用代码")]
    pub reason: String,
}

/// Enters an organisation (入库). By a street officer or district administrator of its division.
///
/// # Errors
/// `invalid`, `forbidden`, `duplicate` when code or number is known already.
pub async fn create(tx: &Tx, input: OrganisationIn) -> Result<OrganisationOut, Error> {
    let mut faults = Faults::new();
    let checked = check("", &input, &*taxonomy::current(tx).await?, &mut faults);
    let Some(checked) = checked else {
        return Err(faults.finish().err().unwrap_or(Code::Invalid.into()).into());
    };
    let role = rights::require(
        tx.actor(),
        &Reach::at(checked.division),
        "organisations.create",
    )?;
    check_custodian(tx, "", input.custodian_id, &mut faults).await?;
    faults.finish()?;
    let status = checked.first_status();
    let made = insert(tx, tx.new_id(), checked, status, CreditStatus::Normal, role).await?;
    shown(tx, made).await
}

/// The custodian must be an active organisation with legal personality.
async fn check_custodian(
    read: &impl Read,
    at: &str,
    custodian: Option<Uuid>,
    faults: &mut Faults,
) -> Result<(), Error> {
    let Some(id) = custodian else { return Ok(()) };
    let row = organisations::Entity::find_by_id(id)
        .one(&read.db())
        .await?;
    let good = row
        .map(of_row)
        .transpose()?
        .is_some_and(|found| found.is_legal_person() && found.status.is_active());
    if !good {
        faults.add(
            format!("{at}/custodian_id"),
            "unknown",
            "须为状态正常的法人组织",
            "must be an active organisation with legal personality",
        );
    }
    Ok(())
}

/// Writes a new row and its trace record.
pub(crate) async fn insert(
    tx: &Tx,
    id: Uuid,
    checked: Checked,
    status: OrgStatus,
    credit: CreditStatus,
    role: Role,
) -> Result<Organisation, Error> {
    let row = organisations::ActiveModel {
        id: Set(id),
        name: Set(checked.name),
        uscc: Set(checked.uscc),
        filing_number: Set(checked.filing_number),
        org_form: Set(checked.form.as_str().to_owned()),
        management_tier: Set(checked.tier.as_str().to_owned()),
        status: Set(status.as_str().to_owned()),
        credit_status: Set(credit.as_str().to_owned()),
        division: Set(checked.division.to_string()),
        legal_representative: Set(checked.legal_representative),
        established_on: Set(checked.established_on),
        declared_capacity: Set(checked.declared_capacity),
        active_contracts: Set(0),
        credit_balance: Set(crate::credit::START),
        credit_clean_since: Set(None),
        credit_last_fault: Set(None),
        standings: Set(serde_json::to_value(Standings::default())?),
        custodian_id: Set(checked.custodian_id),
        fields: Set(blank_separated(
            checked.profile.fields.iter().map(String::as_str),
        )),
        coverage: Set(blank_separated(
            checked.profile.coverage.iter().map(|code| code.as_str()),
        )),
        profile: Set(serde_json::to_value(&checked.profile)?),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let made = organisations::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?;
    let made = of_row(made)?;
    note(tx, None, &made, "organisation.created", role, None, None).await?;
    Ok(made)
}

pub(super) async fn note(
    tx: &Tx,
    from: Option<&Organisation>,
    after: &Organisation,
    event: &str,
    role: Role,
    reason: Option<String>,
    data: Option<Value>,
) -> Result<(), Error> {
    let about = About {
        object: "organisation",
        id: after.id,
        project_id: None,
        division: after.division.as_str(),
        version: after.version,
    };
    let entry = Entry {
        event,
        from: from.map(|before| before.status.as_str()),
        to: after.status.as_str(),
        role,
        reason,
        data,
    };
    trace::record(tx, &about, entry).await
}

/// Writes columns of an organisation with the version in the `WHERE`.
pub(super) async fn write(
    tx: &Tx,
    before: &Organisation,
    set: impl FnOnce(
        sea_orm::UpdateMany<organisations::Entity>,
    ) -> sea_orm::UpdateMany<organisations::Entity>,
) -> Result<Organisation, Error> {
    use organisations::Column;
    let rows = set(organisations::Entity::update_many())
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(before.id))
        .filter(Column::Version.eq(before.version))
        .exec_with_returning(&tx.db())
        .await?;
    of_row(rows.into_iter().next().ok_or(Code::Conflict)?)
}

/// Writes columns that follow from what happened elsewhere (信用), with a record of it.
pub(crate) async fn touched(
    tx: &Tx,
    before: &Organisation,
    event: &str,
    role: Role,
    data: Value,
    set: impl FnOnce(
        sea_orm::UpdateMany<organisations::Entity>,
    ) -> sea_orm::UpdateMany<organisations::Entity>,
) -> Result<(), Error> {
    let after = write(tx, before, set).await?;
    note(tx, Some(before), &after, event, role, None, Some(data)).await
}

/// Replaces what is registered of an organisation.
pub(crate) async fn overwrite(
    tx: &Tx,
    before: &Organisation,
    checked: Checked,
    role: Role,
) -> Result<Organisation, Error> {
    use organisations::Column;
    let profile = serde_json::to_value(&checked.profile)?;
    let moved = checked.division != before.division;
    let after = write(tx, before, |update| {
        update
            .col_expr(Column::Name, Expr::value(checked.name))
            .col_expr(Column::Uscc, Expr::value(checked.uscc))
            .col_expr(Column::FilingNumber, Expr::value(checked.filing_number))
            .col_expr(Column::OrgForm, Expr::value(checked.form.as_str()))
            .col_expr(Column::ManagementTier, Expr::value(checked.tier.as_str()))
            .col_expr(Column::Division, Expr::value(checked.division.as_str()))
            .col_expr(
                Column::LegalRepresentative,
                Expr::value(checked.legal_representative),
            )
            .col_expr(Column::EstablishedOn, Expr::value(checked.established_on))
            .col_expr(
                Column::DeclaredCapacity,
                Expr::value(checked.declared_capacity),
            )
            .col_expr(Column::CustodianId, Expr::value(checked.custodian_id))
            .col_expr(
                Column::Fields,
                Expr::value(blank_separated(
                    checked.profile.fields.iter().map(String::as_str),
                )),
            )
            .col_expr(
                Column::Coverage,
                Expr::value(blank_separated(
                    checked.profile.coverage.iter().map(|code| code.as_str()),
                )),
            )
            .col_expr(Column::Profile, Expr::value(profile))
    })
    .await?;
    if moved {
        crate::grants::organisation_moved(tx, after.id, &after.division).await?;
    }
    note(
        tx,
        Some(before),
        &after,
        "organisation.changed",
        role,
        None,
        None,
    )
    .await?;
    Ok(after)
}

/// Changes an organisation. Its own people may change capacity and profile, officers everything.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid`, `stale_version`, `conflict`, `duplicate`.
pub async fn update(
    tx: &Tx,
    key: &Key,
    patch: OrganisationPatch,
) -> Result<OrganisationOut, Error> {
    let before = find(tx, key).await?;
    let right = if patch.touches_registration(&before) {
        "organisations.edit_registration"
    } else {
        "organisations.edit"
    };
    let role = rights::require(tx.actor(), &before.reach(), right)?;
    tx.expect_version(before.version)?;
    let mut faults = Faults::new();
    let input = patch.on(&before);
    let checked = check("", &input, &*taxonomy::current(tx).await?, &mut faults);
    if input.custodian_id != before.custodian_id {
        check_custodian(tx, "", input.custodian_id, &mut faults).await?;
    }
    faults.finish()?;
    let checked = checked.ok_or(Code::Invalid)?;
    if checked.division != before.division {
        // nobody moves an organisation out of his own sight
        rights::require(tx.actor(), &Reach::at(checked.division), right)?;
    }
    let after = overwrite(tx, &before, checked, role).await?;
    shown(tx, after).await
}

/// Records what the credit lists say (活动异常名录, 严重违法失信名单).
pub(crate) async fn set_credit_status(
    tx: &Tx,
    key: &Key,
    input: CreditStatusIn,
) -> Result<OrganisationOut, Error> {
    let before = find(tx, key).await?;
    let role = rights::require(
        tx.actor(),
        &before.reach(),
        "organisations.set_credit_status",
    )?;
    tx.expect_version(before.version)?;
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 2..=500);
    faults.finish()?;
    let (from, to) = (before.credit.as_str(), input.credit_status.as_str());
    let after = write(tx, &before, |update| {
        update.col_expr(organisations::Column::CreditStatus, Expr::value(to))
    })
    .await?;
    note(
        tx,
        Some(&before),
        &after,
        "organisation.credit_changed",
        role,
        Some(reason),
        Some(json!({ "from": from, "to": to })),
    )
    .await?;
    shown(tx, after).await
}

/// Tells later stages that an organisation's life has taken a turn.
const STATUS_CHANGED: &str = "organisation.status_changed";

/// Records a change of the organisation's life (rulebook 2.8.14).
pub(crate) async fn set_status(
    tx: &Tx,
    key: &Key,
    input: StatusIn,
) -> Result<OrganisationOut, Error> {
    let before = find(tx, key).await?;
    let role = rights::require(tx.actor(), &before.reach(), "organisations.set_status")?;
    tx.expect_version(before.version)?;
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 2..=500);
    faults.finish()?;
    let (from, to) = (before.status, input.status);
    if !from.may_become(to) {
        let text = (
            format!("“{}”状态的组织不能改为“{}”", from.zh(), to.zh()),
            format!(
                "an organisation that is {} cannot become {}",
                from.as_str(),
                to.as_str()
            ),
        );
        return Err(Refusal::new(Code::InvalidTransition)
            .because(text.0, text.1)
            .into());
    }
    let missing = match to {
        OrgStatus::Registered if before.uscc.is_none() => Some("/uscc"),
        OrgStatus::Filed if before.filing_number.is_none() => Some("/filing_number"),
        _ => None,
    };
    if let Some(pointer) = missing {
        return Err(Refusal::new(Code::Incomplete)
            .field(pointer, "required", "须先填写", "must be entered first")
            .into());
    }
    let after = write(tx, &before, |update| {
        update.col_expr(organisations::Column::Status, Expr::value(to.as_str()))
    })
    .await?;
    note(
        tx,
        Some(&before),
        &after,
        STATUS_CHANGED,
        role,
        Some(reason),
        None,
    )
    .await?;
    tx.react(&Happened {
        event: STATUS_CHANGED,
        object_id: after.id,
        project_id: None,
    })
    .await?;
    shown(tx, after).await
}

/// Counts contracts that began (`delta` 1) or ended (-1). Refuses to fall below zero.
///
/// # Errors
/// Internal when the count would become negative or the organisation is unknown.
pub(crate) async fn contracts_changed(
    tx: &Tx,
    organisation: Uuid,
    delta: i32,
) -> Result<(), Error> {
    use organisations::Column;
    let written = organisations::Entity::update_many()
        .col_expr(
            Column::ActiveContracts,
            Expr::col(Column::ActiveContracts).add(delta),
        )
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(organisation))
        .filter(Expr::col(Column::ActiveContracts).add(delta).gte(0))
        .exec(&tx.db())
        .await?;
    if written.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::internal(format!(
            "active contracts of {organisation} cannot change by {delta}"
        )))
    }
}

/// Holds organisations until the end of the command, so that what counts against their caps is counted one
/// after the other. Always in the order of the ids, so that two commands never wait for each other.
///
/// # Errors
/// When the database fails.
pub async fn hold(tx: &Tx, organisations: &[Uuid]) -> Result<(), Error> {
    let mut ids = organisations.to_vec();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        organisations::Entity::update_many()
            .col_expr(
                organisations::Column::ActiveContracts,
                Expr::col(organisations::Column::ActiveContracts),
            )
            .filter(organisations::Column::Id.eq(id))
            .exec(&tx.db())
            .await?;
    }
    Ok(())
}

async fn shown(read: &impl Read, organisation: Organisation) -> Result<OrganisationOut, Error> {
    let names = divisions::names_of(read, &[organisation.division]).await?;
    Ok(OrganisationOut::new(organisation, &names, read.actor()))
}

/// One organisation, by id, credit code or filing number.
pub(crate) async fn see(read: &impl Read, key: &Key) -> Result<OrganisationOut, Error> {
    let found = match key {
        Key::Id(id) => load(read, *id).await?,
        Key::Number(_) => find(read, key).await?,
    };
    shown(read, found).await
}

/// One page of organisations.
pub(crate) async fn list(read: &impl Read, query: &ListQuery) -> Result<OrganisationList, Error> {
    let mut faults = Faults::new();
    let filter = Filter {
        division: query
            .one("division")
            .and_then(|code| faults.division("?division", code)),
        field: query.one("field").map(str::to_owned),
        status: query
            .all("status")
            .iter()
            .filter_map(|wire| status_word(wire, &mut faults))
            .collect(),
        name: query.one("q").map(str::to_owned),
    };
    faults.finish()?;
    let rows = page(read, &filter, query.page).await?;
    let (rows, next) = cut(rows, query.page, |row| row.id);
    let codes: Vec<_> = rows.iter().map(|row| row.division).collect();
    let names = divisions::names_of(read, &codes).await?;
    Ok(OrganisationList {
        items: rows
            .into_iter()
            .map(|row| OrganisationOut::new(row, &names, read.actor()))
            .collect(),
        next,
    })
}

fn status_word(wire: &str, faults: &mut Faults) -> Option<OrgStatus> {
    let found = OrgStatus::from_wire(wire);
    if found.is_none() {
        faults.add(
            "?status",
            "unknown_value",
            "没有这个状态",
            "there is no such status",
        );
    }
    found
}
