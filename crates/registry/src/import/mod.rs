//! Importing a district: divisions, departments, organisations, people with grants, experts. All or
//! nothing, every fault at once; what is known already is brought up to date, never doubled.

mod bundle;

pub use bundle::{
    Bundle, DepartmentRow, District, ExpertRow, GrantRow, NamedDivision, OrganisationRow,
    PersonRow, ScopeRow,
};

use crate::entity::{departments, organisations as rows, people as people_rows};
use crate::experts::{self, ExpertIn};
use crate::grants::{self, GrantIn};
use crate::organisations::{self, Checked, Organisation};
use crate::people::{self, Note};
use crate::taxonomy::Taxonomy;
use crate::{contact, divisions, taxonomy};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Faults, Role};
use wubang_store::{Error, Read, Tx};

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Divisions in the file.
    pub divisions: usize,
    /// Departments in the file.
    pub departments: usize,
    /// Organisations: key in the file → id.
    pub organisations: BTreeMap<String, Uuid>,
    /// People: account → id.
    pub people: BTreeMap<String, Uuid>,
    /// Organisations that were not known before.
    pub new_organisations: usize,
    /// People who were not known before.
    pub new_people: usize,
    /// Grants that were not held before.
    pub new_grants: usize,
}

/// Imports a district.
///
/// # Errors
/// `invalid` with a pointer to everything that is wrong in the file; nothing is written then.
pub async fn import_district(tx: &Tx, bundle: Bundle) -> Result<Report, Error> {
    let taxonomy = taxonomy::current(tx).await?;
    let mut faults = Faults::new();
    let mut report = Report {
        divisions: bundle.divisions.len(),
        departments: bundle.departments.len(),
        ..Report::default()
    };
    let district = faults.division("/district/code", &bundle.district.code);
    let named = check_divisions(&bundle, &mut faults);
    check_departments(&bundle, &taxonomy, &mut faults);
    let checked = check_organisations(&bundle, &taxonomy, &mut faults);
    check_people(&bundle, &mut faults);
    faults.finish()?;
    let Some(district) = district else {
        return Err(Error::internal("a faulty district was let through"));
    };
    divisions::put(tx, &named).await?;
    put_departments(tx, &bundle, &district).await?;
    put_organisations(tx, &bundle, checked, &mut report).await?;
    put_people(tx, &bundle, &district, &taxonomy, &mut report).await?;
    Ok(report)
}

fn check_divisions(bundle: &Bundle, faults: &mut Faults) -> BTreeMap<DivisionCode, String> {
    let mut named = BTreeMap::new();
    for (index, row) in bundle.divisions.iter().enumerate() {
        let name = faults.line(&format!("/divisions/{index}/name"), &row.name, 1..=60);
        if let Some(code) = faults.division(&format!("/divisions/{index}/code"), &row.code) {
            named.insert(code, name);
        }
    }
    named
}

fn check_departments(bundle: &Bundle, taxonomy: &Taxonomy, faults: &mut Faults) {
    for (index, row) in bundle.departments.iter().enumerate() {
        let at = format!("/departments/{index}");
        faults.line(&format!("{at}/key"), &row.key, 1..=40);
        faults.line(&format!("{at}/name"), &row.name, 1..=60);
        for (place, field) in row
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| taxonomy.field(field).is_none())
        {
            faults.add(
                format!("{at}/fields/{place}"),
                "unknown_value",
                format!("领域目录中没有 {field}"),
                format!("{field} is no code of the taxonomy"),
            );
        }
    }
}

fn check_organisations(
    bundle: &Bundle,
    taxonomy: &Taxonomy,
    faults: &mut Faults,
) -> Vec<Option<Checked>> {
    let mut keys = HashMap::new();
    let mut checked = Vec::new();
    for (index, row) in bundle.organisations.iter().enumerate() {
        let at = format!("/organisations/{index}");
        if keys.insert(row.key.as_str(), index).is_some() {
            faults.add(format!("{at}/key"), "duplicate", "键重复", "is there twice");
        }
        if row.uscc.is_none() && row.filing_number.is_none() {
            // without either, a second import could not find it again
            faults.add(
                format!("{at}/filing_number"),
                "required",
                "须有统一社会信用代码或备案编号",
                "needs a credit code or a filing number",
            );
        }
        checked.push(organisations::check(&at, &row.input(), taxonomy, faults));
    }
    for (index, row) in bundle.organisations.iter().enumerate() {
        let Some(custodian) = &row.custodian else {
            continue;
        };
        let good = keys
            .get(custodian.as_str())
            .and_then(|place| bundle.organisations.get(*place))
            .is_some_and(|found| found.uscc.is_some() && found.state.is_active());
        if !good {
            faults.add(
                format!("/organisations/{index}/custodian"),
                "unknown",
                "文件中没有这个法人组织",
                "is no organisation with legal personality of this file",
            );
        }
    }
    checked
}

fn check_people(bundle: &Bundle, faults: &mut Faults) {
    let known: HashSet<&str> = bundle
        .organisations
        .iter()
        .map(|row| row.key.as_str())
        .collect();
    let mut accounts = HashSet::new();
    for (index, row) in bundle.people.iter().enumerate() {
        let at = format!("/people/{index}");
        people::check_account(&format!("{at}/account"), &row.account, faults);
        if !accounts.insert(row.account.as_str()) {
            faults.add(
                format!("{at}/account"),
                "duplicate",
                "账号重复",
                "is there twice",
            );
        }
        faults.line(&format!("{at}/name"), &row.name, 1..=50);
        contact::email(&format!("{at}/email"), row.email.as_deref(), faults);
        contact::phone(&format!("{at}/phone"), row.phone.as_deref(), faults);
        faults.count(&format!("{at}/grants"), row.grants.len(), 1..=50);
        for (place, grant) in row.grants.iter().enumerate() {
            if let ScopeRow::Organisation(key) = &grant.scope
                && !known.contains(key.as_str())
            {
                faults.add(
                    format!("{at}/grants/{place}/scope/organisation"),
                    "unknown",
                    "文件中没有这个组织",
                    "is no organisation of this file",
                );
            }
        }
    }
}

async fn put_departments(tx: &Tx, bundle: &Bundle, district: &DivisionCode) -> Result<(), Error> {
    use departments::Column;
    for row in &bundle.departments {
        let model = departments::ActiveModel {
            division: Set(district.to_string()),
            key: Set(row.key.clone()),
            name: Set(row.name.clone()),
            fields: Set(serde_json::to_value(&row.fields)?),
        };
        let replace = OnConflict::columns([Column::Division, Column::Key])
            .update_columns([Column::Name, Column::Fields])
            .to_owned();
        departments::Entity::insert(model)
            .on_conflict(replace)
            .exec_without_returning(&tx.db())
            .await?;
    }
    Ok(())
}

/// First every organisation without its custodian, then the custodians, who may stand later in the file.
async fn put_organisations(
    tx: &Tx,
    bundle: &Bundle,
    checked: Vec<Option<Checked>>,
    report: &mut Report,
) -> Result<(), Error> {
    let known = known_organisations(tx, bundle).await?;
    let mut fresh = Vec::new();
    for (row, checked) in bundle.organisations.iter().zip(checked) {
        let Some(mut checked) = checked else { continue };
        let found = checked
            .uscc
            .as_ref()
            .or(checked.filing_number.as_ref())
            .and_then(|name| known.get(name));
        let id = match found {
            Some(present) => {
                checked.custodian_id = present.custodian_id;
                if differs(present, &checked) {
                    organisations::overwrite(tx, present, checked, Role::System).await?;
                }
                present.id
            }
            None => {
                let made = organisations::insert(
                    tx,
                    tx.new_id(),
                    checked,
                    row.state,
                    row.credit_status,
                    Role::System,
                )
                .await?;
                report.new_organisations += 1;
                fresh.push(made.id);
                made.id
            }
        };
        report.organisations.insert(row.key.clone(), id);
    }
    for row in &bundle.organisations {
        let (Some(id), Some(custodian)) = (
            report.organisations.get(&row.key),
            row.custodian
                .as_ref()
                .and_then(|key| report.organisations.get(key)),
        ) else {
            continue;
        };
        if !fresh.contains(id) {
            continue;
        }
        rows::Entity::update_many()
            .col_expr(rows::Column::CustodianId, Expr::value(*custodian))
            .filter(rows::Column::Id.eq(*id))
            .exec(&tx.db())
            .await?;
    }
    Ok(())
}

/// Organisations of the file that are known already, by credit code and by filing number.
async fn known_organisations(
    tx: &Tx,
    bundle: &Bundle,
) -> Result<HashMap<String, Organisation>, Error> {
    let usccs = bundle
        .organisations
        .iter()
        .filter_map(|row| row.uscc.as_deref());
    let numbers = bundle
        .organisations
        .iter()
        .filter_map(|row| row.filing_number.as_deref());
    let named = sea_orm::Condition::any()
        .add(rows::Column::Uscc.is_in(usccs))
        .add(rows::Column::FilingNumber.is_in(numbers));
    let mut known = HashMap::new();
    for row in rows::Entity::find().filter(named).all(&tx.db()).await? {
        let found = organisations::of_row(row)?;
        for name in [&found.uscc, &found.filing_number].into_iter().flatten() {
            known.insert(name.clone(), found.clone());
        }
    }
    Ok(known)
}

fn differs(present: &Organisation, checked: &Checked) -> bool {
    present.name != checked.name
        || present.uscc != checked.uscc
        || present.filing_number != checked.filing_number
        || present.form != checked.form
        || present.tier != checked.tier
        || present.division != checked.division
        || present.legal_representative != checked.legal_representative
        || present.established_on != checked.established_on
        || present.declared_capacity != checked.declared_capacity
        || present.profile != checked.profile
}

async fn put_people(
    tx: &Tx,
    bundle: &Bundle,
    district: &DivisionCode,
    taxonomy: &Taxonomy,
    report: &mut Report,
) -> Result<(), Error> {
    let accounts = bundle.people.iter().map(|row| row.account.as_str());
    let known = people_rows::Entity::find()
        .filter(people_rows::Column::Account.is_in(accounts))
        .all(&tx.db())
        .await?;
    let known: HashMap<String, Uuid> = known.into_iter().map(|row| (row.account, row.id)).collect();
    let employers: HashMap<&str, Uuid> = bundle
        .organisations
        .iter()
        .filter_map(|row| Some((row.name.as_str(), *report.organisations.get(&row.key)?)))
        .collect();
    let mut faults = Faults::new();
    for (index, row) in bundle.people.iter().enumerate() {
        let at = format!("/people/{index}");
        let id = match known.get(&row.account) {
            Some(id) => *id,
            None => {
                report.new_people += 1;
                let made = people::insert(
                    tx,
                    row.account.clone(),
                    row.name.clone(),
                    row.email.clone(),
                    row.phone.clone(),
                )
                .await?;
                people::note(
                    tx,
                    &made,
                    "person.created",
                    Role::System,
                    Note {
                        division: district.as_str(),
                        ..Note::default()
                    },
                )
                .await?;
                made.id
            }
        };
        for (place, grant) in row.grants.iter().enumerate() {
            let organisation = if let ScopeRow::Organisation(key) = &grant.scope {
                report.organisations.get(key).copied()
            } else {
                None
            };
            let input = GrantIn {
                role: grant.role,
                scope: grant.scope.dto(organisation),
                department: grant.department.clone(),
            };
            if let Some(resolved) =
                grants::resolve(tx, &format!("{at}/grants/{place}"), &input, &mut faults).await?
            {
                report.new_grants += usize::from(grants::ensure(tx, id, &resolved).await?);
            }
        }
        if let Some(expert) = &row.expert {
            let input = ExpertIn {
                person: row.account.clone(),
                division: district.to_string(),
                specialities: expert.specialities.clone(),
                level: expert.level,
                employer: expert.employer.clone(),
                employer_id: expert
                    .employer
                    .as_deref()
                    .and_then(|name| employers.get(name))
                    .copied(),
            };
            if let Some(checked) =
                experts::check(&format!("{at}/expert"), &input, taxonomy, &mut faults)
            {
                experts::ensure(tx, id, checked).await?;
            }
        }
        report.people.insert(row.account.clone(), id);
    }
    faults.finish()?;
    Ok(())
}
