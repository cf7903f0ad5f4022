//! Finding organisations.

use super::{Organisation, Profile};
use crate::credit::Account;
use crate::entity::organisations;
use crate::words::{CreditStatus, ManagementTier, OrgForm, OrgStatus};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use wubang_kernel::Code;
use wubang_kernel::cursor::Page;
use wubang_kernel::division::DivisionCode;
use wubang_store::{Error, Key, Read};

/// What a list of organisations is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Registered or filed in this division or below.
    pub division: Option<DivisionCode>,
    /// Offers something in this field code, or below this letter.
    pub field: Option<String>,
    /// Has one of these statuses.
    pub status: Vec<OrgStatus>,
    /// Part of its name.
    pub name: Option<String>,
}

/// The organisation stored in a row.
pub(crate) fn of_row(row: organisations::Model) -> Result<Organisation, Error> {
    let division = DivisionCode::parse(&row.division)
        .map_err(|fault| Error::internal(format!("organisation {}: {fault}", row.id)))?;
    Ok(Organisation {
        id: row.id,
        form: OrgForm::stored(&row.org_form)?,
        tier: ManagementTier::stored(&row.management_tier)?,
        status: OrgStatus::stored(&row.status)?,
        credit: CreditStatus::stored(&row.credit_status)?,
        profile: serde_json::from_value::<Profile>(row.profile)?,
        name: row.name,
        uscc: row.uscc,
        filing_number: row.filing_number,
        division,
        legal_representative: row.legal_representative,
        established_on: row.established_on,
        declared_capacity: row.declared_capacity,
        active_contracts: row.active_contracts,
        account: Account {
            balance: row.credit_balance,
            clean_since: row.credit_clean_since,
            last_fault: row.credit_last_fault,
        },
        standings: serde_json::from_value(row.standings)?,
        custodian_id: row.custodian_id,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// One organisation.
///
/// # Errors
/// `not_found`.
pub async fn load(read: &impl Read, id: Uuid) -> Result<Organisation, Error> {
    let row = organisations::Entity::find_by_id(id)
        .one(&read.db())
        .await?;
    of_row(row.ok_or(Code::NotFound)?)
}

/// Several organisations in one statement, in no order; unknown ids are left out.
///
/// # Errors
/// When the database fails.
pub async fn load_many(read: &impl Read, ids: &[Uuid]) -> Result<Vec<Organisation>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = organisations::Entity::find()
        .filter(organisations::Column::Id.is_in(ids.iter().copied()))
        .all(&read.db())
        .await?;
    rows.into_iter().map(of_row).collect()
}

/// Every organisation: for checks over the whole database.
///
/// # Errors
/// When the database fails.
pub async fn all(read: &impl Read) -> Result<Vec<Organisation>, Error> {
    let rows = organisations::Entity::find().all(&read.db()).await?;
    rows.into_iter().map(of_row).collect()
}

/// The organisation with a unified social credit code.
///
/// # Errors
/// When the database fails.
pub async fn find_by_uscc(read: &impl Read, uscc: &str) -> Result<Option<Organisation>, Error> {
    let row = organisations::Entity::find()
        .filter(organisations::Column::Uscc.eq(uscc))
        .one(&read.db())
        .await?;
    row.map(of_row).transpose()
}

/// The organisation that a path names: by id, credit code or filing number.
pub(crate) async fn find(read: &impl Read, key: &Key) -> Result<Organisation, Error> {
    match key {
        Key::Id(id) => load(read, *id).await,
        Key::Number(number) => {
            let named = Condition::any()
                .add(organisations::Column::Uscc.eq(number.as_str()))
                .add(organisations::Column::FilingNumber.eq(number.as_str()));
            let row = organisations::Entity::find()
                .filter(named)
                .one(&read.db())
                .await?;
            of_row(row.ok_or(Code::NotFound)?)
        }
    }
}

/// The codes of a filter column, ` A01 B04 `: each code can be found with blanks around it.
pub(crate) fn blank_separated<'a>(codes: impl IntoIterator<Item = &'a str>) -> String {
    codes
        .into_iter()
        .fold(" ".to_owned(), |text, code| text + code + " ")
}

/// A `LIKE` pattern for part of a text, with the caller's own wildcards taken literally.
pub(crate) fn part_of(text: &str) -> LikeExpr {
    let literal = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    LikeExpr::new(format!("%{literal}%")).escape('\\')
}

/// One page of organisations, newest first, with one row more than asked for when there is more.
pub(super) async fn page(
    read: &impl Read,
    filter: &Filter,
    page: Page,
) -> Result<Vec<Organisation>, Error> {
    use organisations::Column;
    let mut select = organisations::Entity::find()
        .order_by_desc(Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        select = select.filter(Column::Id.lt(after));
    }
    if let Some(division) = &filter.division {
        select = select.filter(Column::Division.starts_with(division.prefix()));
    }
    if let Some(field) = &filter.field {
        let pattern = if field.len() == 1 {
            format!(" {field}")
        } else {
            format!(" {field} ")
        };
        select = select.filter(Expr::col(Column::Fields).like(part_of(&pattern)));
    }
    if !filter.status.is_empty() {
        select =
            select.filter(Column::Status.is_in(filter.status.iter().map(|status| status.as_str())));
    }
    if let Some(name) = &filter.name {
        select = select.filter(Expr::col(Column::Name).like(part_of(name)));
    }
    let rows = select.all(&read.db()).await?;
    rows.into_iter().map(of_row).collect()
}

/// Active organisations that serve a division and, where a field is given, offer something in it:
/// whom a new posting is told to. Those on the list of serious dishonesty are left out.
///
/// # Errors
/// When the database fails.
pub async fn organisations_covering(
    read: &impl Read,
    division: &DivisionCode,
    field: Option<&str>,
) -> Result<Vec<Uuid>, Error> {
    use organisations::Column;
    let covers = crate::divisions::with_ancestors(division)
        .iter()
        .fold(Condition::any(), |any, code| {
            any.add(Expr::col(Column::Coverage).like(part_of(&format!(" {code} "))))
        });
    let mut select = organisations::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(covers)
        .filter(Column::Status.is_in([OrgStatus::Filed.as_str(), OrgStatus::Registered.as_str()]))
        .filter(Column::CreditStatus.ne(CreditStatus::SeriousDishonesty.as_str()))
        .order_by_asc(Column::Id);
    if let Some(field) = field {
        let pattern = if field.len() == 1 {
            format!(" {field}")
        } else {
            format!(" {field} ")
        };
        select = select.filter(Expr::col(Column::Fields).like(part_of(&pattern)));
    }
    Ok(select.into_tuple().all(&read.db()).await?)
}

/// Names of the organisations of a division's district: what a posting must not name.
///
/// # Errors
/// When the database fails.
pub async fn names_within(read: &impl Read, division: &DivisionCode) -> Result<Vec<String>, Error> {
    use organisations::Column;
    Ok(organisations::Entity::find()
        .select_only()
        .column(Column::Name)
        .filter(Column::Division.starts_with(division.district6()))
        .into_tuple()
        .all(&read.db())
        .await?)
}
