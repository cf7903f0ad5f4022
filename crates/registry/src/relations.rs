//! How organisations are tied to each other (关系): custody, incubation, councils of alliances. Recorded
//! by officers, read by the rule of recusal (rulebook 2.9, 7 and 8).

use crate::entity::{organisation_relations as relations, organisations};
use crate::organisations::find_by_key;
use crate::rights;
use crate::words::RelationKind;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::{Code, Faults, Role};
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tx, View};
use wubang_web::Instant;

/// Most relations of one organisation that are shown, the newest first.
const SHOWN: u64 = 200;

/// A relation on its way in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "kind": "incubator", "other_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "note": "2024年入驻街道孵化基地" }))]
pub struct RelationIn {
    /// 关系:对方是本组织的资金代管机构、孵化机构、控股或实际控制方、管理方,或本组织任理事单位的联盟。
    pub kind: RelationKind,
    /// 对方组织。
    pub other_id: Uuid,
    /// 说明,5–500 字。
    #[serde(default)]
    pub note: Option<String>,
}

/// Which relation has ended.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationEndIn {
    /// 关系的 id。
    pub relation_id: Uuid,
}

/// A relation on its way out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RelationOut {
    /// Id.
    pub id: Uuid,
    /// 关系。
    pub kind: RelationKind,
    /// 对方组织。
    pub other_id: Uuid,
    /// 对方组织名称。
    pub other_name: String,
    /// 说明。
    pub note: Option<String>,
    /// 登记时间。
    pub created_at: Instant,
    /// 结束时间。
    pub ended_at: Option<Instant>,
}

/// The relations of one organisation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RelationsOut {
    /// 组织。
    pub organisation_id: Uuid,
    /// 关系,新的在前。
    pub items: Vec<RelationOut>,
}

/// Records a relation. By an officer of the organisation's division.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid` for an unknown other side, itself, or a bad note; `duplicate`
/// while the same relation stands.
pub async fn relate(tx: &Tx, key: &Key, input: RelationIn) -> Result<RelationsOut, Error> {
    let own = find_by_key(tx, key).await?;
    let role = rights::require(tx.actor(), &Reach::at(own.division), "organisations.relate")?;
    tx.expect_version(own.version)?;
    let mut faults = Faults::new();
    let note = input
        .note
        .as_deref()
        .map(|text| faults.prose("/note", text, 5..=500));
    let other = organisations::Entity::find_by_id(input.other_id)
        .one(&tx.db())
        .await?;
    if other.is_none() || input.other_id == own.id {
        faults.add(
            "/other_id",
            "unknown_value",
            "没有这个组织,或为本组织",
            "is no other organisation known here",
        );
    }
    faults.finish()?;
    let standing = of(tx, &[own.id]).await?;
    if standing
        .iter()
        .any(|one| one.kind == input.kind.as_str() && one.other_id == input.other_id)
    {
        return Err(Code::Duplicate.into());
    }
    let row = relations::ActiveModel {
        id: Set(tx.new_id()),
        organisation_id: Set(own.id),
        kind: Set(input.kind.as_str().to_owned()),
        other_id: Set(input.other_id),
        note: Set(note),
        recorded_by: Set(tx.person()?),
        created_at: Set(tx.now()),
        ended_at: Set(None),
    };
    let row = relations::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?;
    note_down(
        tx,
        &row,
        own.division.as_str(),
        role,
        "organisation.related",
    )
    .await?;
    shown(tx, own.id).await
}

/// Ends a relation.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid` for what is no standing relation of the organisation.
pub async fn end(tx: &Tx, key: &Key, input: RelationEndIn) -> Result<RelationsOut, Error> {
    let own = find_by_key(tx, key).await?;
    let role = rights::require(tx.actor(), &Reach::at(own.division), "organisations.relate")?;
    tx.expect_version(own.version)?;
    let rows = relations::Entity::update_many()
        .col_expr(relations::Column::EndedAt, Expr::value(tx.now()))
        .filter(relations::Column::Id.eq(input.relation_id))
        .filter(relations::Column::OrganisationId.eq(own.id))
        .filter(relations::Column::EndedAt.is_null())
        .exec_with_returning(&tx.db())
        .await?;
    let Some(row) = rows.into_iter().next() else {
        let mut faults = Faults::new();
        faults.add(
            "/relation_id",
            "unknown_value",
            "没有这项在册关系",
            "is no standing relation of the organisation",
        );
        return Err(faults.finish().err().unwrap_or(Code::Invalid.into()).into());
    };
    note_down(
        tx,
        &row,
        own.division.as_str(),
        role,
        "organisation.relation_ended",
    )
    .await?;
    shown(tx, own.id).await
}

/// The relations of an organisation, for officers and supervisors of its division.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn see(view: &View, key: &Key) -> Result<RelationsOut, Error> {
    let own = find_by_key(view, key).await?;
    rights::require(
        view.actor(),
        &Reach::at(own.division),
        "organisations.see_relations",
    )?;
    shown(view, own.id).await
}

/// Standing relations of some organisations.
pub(crate) async fn of(
    read: &impl Read,
    organisations: &[Uuid],
) -> Result<Vec<relations::Model>, Error> {
    Ok(relations::Entity::find()
        .filter(relations::Column::OrganisationId.is_in(organisations.iter().copied()))
        .filter(relations::Column::EndedAt.is_null())
        .order_by_asc(relations::Column::Id)
        .all(&read.db())
        .await?)
}

async fn shown(read: &impl Read, organisation: Uuid) -> Result<RelationsOut, Error> {
    let rows = relations::Entity::find()
        .filter(relations::Column::OrganisationId.eq(organisation))
        .order_by_desc(relations::Column::Id)
        .limit(SHOWN)
        .all(&read.db())
        .await?;
    let names: Vec<(Uuid, String)> = organisations::Entity::find()
        .select_only()
        .columns([organisations::Column::Id, organisations::Column::Name])
        .filter(organisations::Column::Id.is_in(rows.iter().map(|row| row.other_id)))
        .into_tuple()
        .all(&read.db())
        .await?;
    let names: HashMap<Uuid, String> = names.into_iter().collect();
    let items = rows.into_iter().map(|row| {
        Ok(RelationOut {
            id: row.id,
            kind: RelationKind::stored(&row.kind)?,
            other_id: row.other_id,
            other_name: names.get(&row.other_id).cloned().unwrap_or_default(),
            note: row.note,
            created_at: row.created_at.into(),
            ended_at: row.ended_at.map(Into::into),
        })
    });
    Ok(RelationsOut {
        organisation_id: organisation,
        items: items.collect::<Result<_, Error>>()?,
    })
}

async fn note_down(
    tx: &Tx,
    row: &relations::Model,
    division: &str,
    role: Role,
    event: &str,
) -> Result<(), Error> {
    let ended = row.ended_at.is_some();
    let about = About {
        object: "organisation_relation",
        id: row.id,
        project_id: None,
        division,
        version: if ended { 2 } else { 1 },
    };
    let entry = Entry {
        event,
        from: ended.then_some("standing"),
        to: if ended { "ended" } else { "standing" },
        role,
        reason: row.note.clone(),
        data: Some(
            json!({ "organisation_id": row.organisation_id, "kind": row.kind, "other_id": row.other_id }),
        ),
    };
    trace::record(tx, &about, entry).await
}
