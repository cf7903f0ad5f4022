//! The first administrator of a new installation.

use crate::entity::people;
use crate::grants::{self, Resolved};
use crate::people::{Note, check_account, insert, issue_for, note};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Faults, Refusal, Role, Scope};
use wubang_store::{Error, Read, Tx};

/// Makes the first district administrator (区级主管) and answers his activation code; there is no
/// default password anywhere. Called again for the same account before the code was spent, it
/// issues a new code.
///
/// # Errors
/// `invalid` input; `duplicate` when there is an administrator already.
pub async fn bootstrap_administrator(
    tx: &Tx,
    account: &str,
    name: &str,
    division: &DivisionCode,
) -> Result<String, Error> {
    let mut faults = Faults::new();
    check_account("/account", account, &mut faults);
    let name = faults.line("/name", name, 1..=50);
    faults.finish()?;
    let known = people::Entity::find()
        .filter(people::Column::Account.eq(account))
        .one(&tx.db())
        .await?;
    if grants::any_administrator(tx).await? {
        return match known {
            Some(row) if row.password_hash.is_none() && is_administrator(tx, &row).await? => {
                Ok(issue_for(tx, &row, Role::System, division.as_str())
                    .await?
                    .activation_token)
            }
            _ => Err(Refusal::new(Code::Duplicate)
                .because(
                    "已有区级主管,请由其新建人员",
                    "there is a district administrator already, who can enter people",
                )
                .into()),
        };
    }
    let row = match known {
        Some(row) => row,
        None => {
            let row = insert(tx, account.to_owned(), name, None, None).await?;
            note(
                tx,
                &row,
                "person.created",
                Role::System,
                Note {
                    division: division.as_str(),
                    ..Note::default()
                },
            )
            .await?;
            row
        }
    };
    grants::ensure(
        tx,
        row.id,
        &Resolved {
            role: Role::DistrictAdmin,
            scope: Scope::Division(*division),
            division: *division,
            department: None,
        },
    )
    .await?;
    Ok(issue_for(tx, &row, Role::System, division.as_str())
        .await?
        .activation_token)
}

async fn is_administrator(tx: &Tx, row: &people::Model) -> Result<bool, Error> {
    let held = grants::live(tx, &[row.id])
        .await?
        .remove(&row.id)
        .unwrap_or_default();
    Ok(held
        .iter()
        .any(|grant| grant.role == Role::DistrictAdmin.as_str()))
}
