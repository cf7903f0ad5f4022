//! Public keys of persons (`age` recipients), for who holds a share of a box's key (持钥人). The newest one counts,
//! older ones stay on record. The secret belongs to the person and never comes here.

use crate::entity::{age_recipients, people};
use crate::grants;
use crate::words::AccountStatus;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Faults, Grant, Role, Scope};
use wubang_store::{Error, Read, Tx, View};
use wubang_web::query::cut;
use wubang_web::{Instant, ListQuery, list_of};

/// Who serves the public, and so may hold a share.
const OFFICIALS: &[Role] = &[
    Role::CommunitySecretary,
    Role::StreetOfficer,
    Role::DepartmentOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
];

/// A public key on its way in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "recipient": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p" }))]
pub struct AgeRecipientIn {
    /// `age` 的 X25519 公钥,`age1…`;私钥自行保管,不上传。
    pub recipient: String,
}

/// A public key of oneself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgeRecipientOut {
    /// Id.
    pub id: Uuid,
    /// 公钥。
    pub recipient: String,
    /// 登记时间。
    pub registered_at: Instant,
    /// 被新公钥取代的时间;现用的为空。
    pub replaced_at: Option<Instant>,
}

list_of! {
    /// One page of one's own public keys.
    AgeRecipientList of AgeRecipientOut
}

impl From<age_recipients::Model> for AgeRecipientOut {
    fn from(row: age_recipients::Model) -> Self {
        AgeRecipientOut {
            id: row.id,
            recipient: row.recipient,
            registered_at: row.registered_at.into(),
            replaced_at: row.replaced_at.map(Into::into),
        }
    }
}

/// Registers a public key of oneself; it takes the place of the one before.
///
/// # Errors
/// `invalid` for what is no X25519 recipient of `age`; `duplicate` for a key that anybody has registered before.
pub async fn register(tx: &Tx, input: AgeRecipientIn) -> Result<AgeRecipientOut, Error> {
    let recipient = input.recipient.trim();
    let mut faults = Faults::new();
    if !wubang_vault::is_recipient(recipient) {
        faults.add(
            "/recipient",
            "malformed",
            "须为 age 的 X25519 公钥(age1…)",
            "must be an X25519 recipient of age (age1…)",
        );
    }
    faults.finish()?;
    let person = tx.person()?;
    // two holders with one key would be one holder
    let known = age_recipients::Entity::find()
        .filter(age_recipients::Column::Recipient.eq(recipient))
        .one(&tx.db())
        .await?;
    if known.is_some() {
        return Err(Code::Duplicate.into());
    }
    age_recipients::Entity::update_many()
        .col_expr(age_recipients::Column::ReplacedAt, Expr::value(tx.now()))
        .filter(age_recipients::Column::PersonId.eq(person))
        .filter(age_recipients::Column::ReplacedAt.is_null())
        .exec(&tx.db())
        .await?;
    let row = age_recipients::ActiveModel {
        id: Set(tx.new_id()),
        person_id: Set(person),
        recipient: Set(recipient.to_owned()),
        registered_at: Set(tx.now()),
        replaced_at: Set(None),
    };
    Ok(age_recipients::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?
        .into())
}

/// One's own public keys, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(view: &View, query: &ListQuery) -> Result<AgeRecipientList, Error> {
    let person = view.actor().person.ok_or(Code::Unauthenticated)?;
    let mut select = age_recipients::Entity::find()
        .filter(age_recipients::Column::PersonId.eq(person))
        .order_by_desc(age_recipients::Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(age_recipients::Column::Id.lt(after));
    }
    let (rows, next) = cut(select.all(&view.db()).await?, query.page, |row| row.id);
    Ok(AgeRecipientList {
        items: rows.into_iter().map(Into::into).collect(),
        next,
    })
}

/// Somebody who may be named as a holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeper {
    /// The person.
    pub person_id: Uuid,
    /// Name.
    pub name: String,
    /// Whether he can sign in.
    pub active: bool,
    /// The public key that counts; none when he has registered none.
    pub recipient: Option<String>,
    /// Whether he serves the public in the district.
    pub official: bool,
    /// Whether he serves the street or one of its communities.
    pub of_street: bool,
    /// Whether he speaks for an organisation, which might bid.
    pub of_organisation: bool,
}

fn keeper(person: people::Model, held: &[Grant], street: &DivisionCode) -> Keeper {
    let over = |grant: &Grant| match &grant.scope {
        Scope::Division(code) => Some(*code),
        Scope::Organisation(_) => None,
    };
    let offices: Vec<(Role, DivisionCode)> = held
        .iter()
        .filter(|grant| OFFICIALS.contains(&grant.role))
        .filter_map(|grant| Some((grant.role, over(grant)?)))
        .collect();
    Keeper {
        person_id: person.id,
        active: person.status == AccountStatus::Active.as_str(),
        name: person.name,
        recipient: None,
        official: offices
            .iter()
            .any(|(_, code)| code.district6() == street.district6()),
        of_street: offices.iter().any(|(role, code)| {
            matches!(role, Role::StreetOfficer | Role::CommunitySecretary) && street.contains(code)
        }),
        of_organisation: held.iter().any(|grant| over(grant).is_none()),
    }
}

/// Persons among these, with what a holder must be and have for a posting of a street.
///
/// # Errors
/// When the database fails.
pub async fn keepers(
    read: &impl Read,
    persons: &[Uuid],
    street: &DivisionCode,
) -> Result<Vec<Keeper>, Error> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let rows = people::Entity::find()
        .filter(people::Column::Id.is_in(persons.iter().copied()))
        .order_by_asc(people::Column::Id)
        .all(&read.db())
        .await?;
    let held = grants::live(read, persons).await?;
    let mut recipients: HashMap<Uuid, String> = age_recipients::Entity::find()
        .filter(age_recipients::Column::PersonId.is_in(persons.iter().copied()))
        .filter(age_recipients::Column::ReplacedAt.is_null())
        .all(&read.db())
        .await?
        .into_iter()
        .map(|row| (row.person_id, row.recipient))
        .collect();
    let mut keepers = Vec::new();
    for row in rows {
        let own = held.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let own = own
            .iter()
            .map(grants::of_row)
            .collect::<Result<Vec<_>, _>>()?;
        let recipient = recipients.remove(&row.id);
        keepers.push(Keeper {
            recipient,
            ..keeper(row, &own, street)
        });
    }
    Ok(keepers)
}
