//! Reading and writing panels; decides nothing but who may look.

use crate::composition::EXPERTS;
use crate::entity::{draw, member, panel, sheet};
use crate::model::{
    CLEAR, KeptDraw, Loaded, Member, PENDING, Panel, Points, RECUSED, Reasons, Sheet,
};
use crate::{draws, sheets};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_kernel::{Code, Role};
use wubang_store::invariants::Invariant;
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Read, Tx, View};

/// The panel of the newest round.
pub(crate) async fn newest(
    read: &impl Read,
    purpose: &str,
    object_id: Uuid,
) -> Result<Option<Panel>, Error> {
    let rounds = panel::Entity::find()
        .filter(panel::Column::Purpose.eq(purpose))
        .filter(panel::Column::ObjectId.eq(object_id));
    Ok(rounds
        .order_by_desc(panel::Column::Round)
        .one(&read.db())
        .await?)
}

/// The panel of the newest round at an instant.
pub(crate) async fn newest_at(
    read: &impl Read,
    purpose: &str,
    object_id: Uuid,
    at: DateTime<Utc>,
) -> Result<Option<Panel>, Error> {
    let rounds = panel::Entity::find()
        .filter(panel::Column::Purpose.eq(purpose))
        .filter(panel::Column::ObjectId.eq(object_id))
        .filter(panel::Column::CreatedAt.lte(at));
    Ok(rounds
        .order_by_desc(panel::Column::Round)
        .one(&read.db())
        .await?)
}

/// A panel by id.
pub(crate) async fn by_id(read: &impl Read, id: Uuid) -> Result<Panel, Error> {
    Ok(panel::Entity::find_by_id(id)
        .one(&read.db())
        .await?
        .ok_or(Code::NotFound)?)
}

/// The seat a person has or had on a panel.
pub(crate) async fn seat_of(
    read: &impl Read,
    panel_id: Uuid,
    person: Uuid,
) -> Result<Option<Member>, Error> {
    let seats = member::Entity::find()
        .filter(member::Column::PanelId.eq(panel_id))
        .filter(member::Column::PersonId.eq(person));
    Ok(seats.one(&read.db()).await?)
}

/// A seat by its id.
pub(crate) async fn member_by_id(read: &impl Read, id: Uuid) -> Result<Option<Member>, Error> {
    Ok(member::Entity::find_by_id(id).one(&read.db()).await?)
}

/// The objects of one purpose on whose panels a person has an active seat.
pub(crate) async fn objects_of(
    read: &impl Read,
    purpose: &str,
    person: Uuid,
) -> Result<Vec<Uuid>, Error> {
    let seats = Query::select()
        .column(member::Column::PanelId)
        .from(member::Entity)
        .and_where(Expr::col(member::Column::PersonId).eq(person))
        .and_where(Expr::col(member::Column::Active).eq(true))
        .to_owned();
    let panels = panel::Entity::find()
        .select_only()
        .column(panel::Column::ObjectId)
        .filter(panel::Column::Purpose.eq(purpose))
        .filter(panel::Column::Id.in_subquery(seats));
    Ok(panels.into_tuple().all(&read.db()).await?)
}

/// The panels for an object, of every round.
fn panels_for(purpose: &str, object_id: Uuid) -> SelectStatement {
    Query::select()
        .column(panel::Column::Id)
        .from(panel::Entity)
        .and_where(Expr::col(panel::Column::Purpose).eq(purpose))
        .and_where(Expr::col(panel::Column::ObjectId).eq(object_id))
        .to_owned()
}

/// Who sits or sat on the panels for an object of the rounds before one.
pub(crate) async fn persons_of(
    read: &impl Read,
    purpose: &str,
    object_id: Uuid,
    before: i32,
) -> Result<HashSet<Uuid>, Error> {
    let panels = panels_for(purpose, object_id)
        .and_where(Expr::col(panel::Column::Round).lt(before))
        .to_owned();
    let persons = member::Entity::find()
        .select_only()
        .column(member::Column::PersonId)
        .filter(member::Column::PanelId.in_subquery(panels));
    Ok(persons
        .into_tuple::<Uuid>()
        .all(&read.db())
        .await?
        .into_iter()
        .collect())
}

/// On how many panels of a purpose in a division some experts sat since an instant; the panels of one
/// object do not count.
pub(crate) async fn seats_within(
    read: &impl Read,
    persons: &[Uuid],
    (purpose, division, object): (&str, &str, Uuid),
    since: DateTime<Utc>,
) -> Result<HashMap<Uuid, usize>, Error> {
    let panels = Query::select()
        .column(panel::Column::Id)
        .from(panel::Entity)
        .and_where(Expr::col(panel::Column::Purpose).eq(purpose))
        .and_where(Expr::col(panel::Column::Division).eq(division))
        .and_where(Expr::col(panel::Column::ObjectId).ne(object))
        .and_where(Expr::col(panel::Column::CreatedAt).gt(since))
        .to_owned();
    count_seats(read, persons, panels).await
}

/// On how many panels of any kind some experts sat since an instant.
pub(crate) async fn loads(
    read: &impl Read,
    persons: &[Uuid],
    since: DateTime<Utc>,
) -> Result<HashMap<Uuid, usize>, Error> {
    let panels = Query::select()
        .column(panel::Column::Id)
        .from(panel::Entity)
        .and_where(Expr::col(panel::Column::CreatedAt).gt(since))
        .to_owned();
    count_seats(read, persons, panels).await
}

/// Seats that some experts hold on some panels.
async fn count_seats(
    read: &impl Read,
    persons: &[Uuid],
    panels: SelectStatement,
) -> Result<HashMap<Uuid, usize>, Error> {
    let seats: Vec<Uuid> = member::Entity::find()
        .select_only()
        .column(member::Column::PersonId)
        .filter(member::Column::PanelId.in_subquery(panels))
        .filter(member::Column::PersonId.is_in(persons.iter().copied()))
        .filter(member::Column::Party.eq(EXPERTS))
        .filter(member::Column::Active.eq(true))
        .into_tuple()
        .all(&read.db())
        .await?;
    let mut counts: HashMap<Uuid, usize> = HashMap::new();
    for person in seats {
        *counts.entry(person).or_default() += 1;
    }
    Ok(counts)
}

/// Who had to stand aside on any earlier panel for an object.
pub(crate) async fn recused_before(
    read: &impl Read,
    purpose: &str,
    object_id: Uuid,
) -> Result<HashSet<Uuid>, Error> {
    let panels = panels_for(purpose, object_id);
    let persons: Vec<Uuid> = member::Entity::find()
        .select_only()
        .column(member::Column::PersonId)
        .filter(member::Column::PanelId.in_subquery(panels))
        .filter(member::Column::Declaration.eq(RECUSED))
        .into_tuple()
        .all(&read.db())
        .await?;
    Ok(persons.into_iter().collect())
}

/// A panel with its members and sheets.
pub(crate) async fn complete(read: &impl Read, panel: Panel) -> Result<Loaded, Error> {
    let sheets = sheet::Entity::find()
        .filter(sheet::Column::PanelId.eq(panel.id))
        .order_by_asc(sheet::Column::Id)
        .all(&read.db())
        .await?;
    Ok(Loaded {
        sheets,
        ..seated(read, panel).await?
    })
}

/// A panel with its members and without its sheets: a large panel on a large call has hundreds.
pub(crate) async fn seated(read: &impl Read, panel: Panel) -> Result<Loaded, Error> {
    let members = member::Entity::find()
        .filter(member::Column::PanelId.eq(panel.id))
        .order_by_asc(member::Column::Seat)
        .order_by_asc(member::Column::Id);
    Ok(Loaded {
        members: members.all(&read.db()).await?,
        draw: draw_of(read, &panel).await?,
        panel,
        sheets: Vec::new(),
    })
}

/// The draw of a panel.
async fn draw_of(read: &impl Read, panel: &Panel) -> Result<KeptDraw, Error> {
    let row = draw::Entity::find_by_id(panel.draw_id)
        .one(&read.db())
        .await?
        .ok_or_else(|| Error::internal("panel without a draw"))?;
    draws::unlocked(read, row)
}

/// How many sheets of sitting members count.
pub(crate) async fn count_sheets(read: &impl Read, panel: Uuid) -> Result<u64, Error> {
    let sitting = Query::select()
        .column(member::Column::Id)
        .from(member::Entity)
        .and_where(Expr::col(member::Column::PanelId).eq(panel))
        .and_where(Expr::col(member::Column::Active).eq(true))
        .to_owned();
    Ok(sheet::Entity::find()
        .filter(sheet::Column::PanelId.eq(panel))
        .filter(sheet::Column::VoidedAt.is_null())
        .filter(sheet::Column::MemberId.in_subquery(sitting))
        .count(&read.db())
        .await?)
}

/// Counts the version up and so keeps every other command on this panel waiting until this one has
/// committed.
async fn counted_up(tx: &Tx, id: Uuid) -> Result<Panel, Error> {
    held(tx, id, 1).await
}

async fn held(tx: &Tx, id: Uuid, by: i32) -> Result<Panel, Error> {
    let rows = panel::Entity::update_many()
        .col_expr(
            panel::Column::Version,
            Expr::col(panel::Column::Version).add(by),
        )
        .filter(panel::Column::Id.eq(id))
        .exec_with_returning(&tx.db())
        .await?;
    Ok(rows.into_iter().next().ok_or(Code::NotFound)?)
}

/// Holds a panel until the end of the command.
pub(crate) async fn lock(tx: &Tx, id: Uuid) -> Result<Loaded, Error> {
    complete(tx, counted_up(tx, id).await?).await
}

/// The same without the sheets.
pub(crate) async fn lock_seats(tx: &Tx, id: Uuid) -> Result<Loaded, Error> {
    seated(tx, counted_up(tx, id).await?).await
}

/// Holds a panel for a sheet: the last of two handed in at once must see the other. The version stays, or the other
/// members would read from it that somebody has scored.
pub(crate) async fn hold_for_sheet(tx: &Tx, id: Uuid) -> Result<Loaded, Error> {
    seated(tx, held(tx, id, 0).await?).await
}

/// Keeps a panel.
pub(crate) async fn insert_panel(tx: &Tx, row: panel::ActiveModel) -> Result<Panel, Error> {
    Ok(panel::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

/// Keeps a member who has not declared yet.
pub(crate) async fn insert_member(
    tx: &Tx,
    panel_id: Uuid,
    person: (Uuid, String),
    party: &str,
    seat: i32,
) -> Result<Member, Error> {
    let row = member::ActiveModel {
        id: Set(tx.new_id()),
        panel_id: Set(panel_id),
        person_id: Set(person.0),
        name: Set(person.1),
        party: Set(party.to_owned()),
        seat: Set(seat),
        declaration: Set(PENDING.to_owned()),
        declaration_reason: Set(None),
        declared_at: Set(None),
        report_signed_at: Set(None),
        dissent: Set(None),
        active: Set(true),
    };
    Ok(member::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

/// Writes a member's declaration.
pub(crate) async fn write_declaration(
    tx: &Tx,
    member_id: Uuid,
    declaration: &str,
    reason: Option<String>,
) -> Result<(), Error> {
    member::Entity::update_many()
        .col_expr(member::Column::Declaration, Expr::value(declaration))
        .col_expr(member::Column::DeclarationReason, Expr::value(reason))
        .col_expr(member::Column::DeclaredAt, Expr::value(tx.now()))
        .col_expr(member::Column::Active, Expr::value(declaration == CLEAR))
        .filter(member::Column::Id.eq(member_id))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Writes a member's signature under the report.
pub(crate) async fn write_signature(
    tx: &Tx,
    member_id: Uuid,
    dissent: Option<String>,
) -> Result<Member, Error> {
    let rows = member::Entity::update_many()
        .col_expr(member::Column::ReportSignedAt, Expr::value(tx.now()))
        .col_expr(member::Column::Dissent, Expr::value(dissent))
        .filter(member::Column::Id.eq(member_id))
        .filter(member::Column::ReportSignedAt.is_null())
        .exec_with_returning(&tx.db())
        .await?;
    Ok(rows.into_iter().next().ok_or(Code::AlreadySigned)?)
}

/// Voids every sheet of a member and says how many; they are kept.
pub(crate) async fn void_sheets(tx: &Tx, member_id: Uuid) -> Result<u64, Error> {
    let voided = sheet::Entity::update_many()
        .col_expr(sheet::Column::VoidedAt, Expr::value(tx.now()))
        .filter(sheet::Column::MemberId.eq(member_id))
        .filter(sheet::Column::VoidedAt.is_null())
        .exec(&tx.db())
        .await?;
    Ok(voided.rows_affected)
}

/// Takes the signatures of a panel away, with the dissents that went with them.
pub(crate) async fn clear_signatures(tx: &Tx, panel_id: Uuid) -> Result<(), Error> {
    member::Entity::update_many()
        .col_expr(
            member::Column::ReportSignedAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .col_expr(member::Column::Dissent, Expr::value(None::<String>))
        .filter(member::Column::PanelId.eq(panel_id))
        .exec(&tx.db())
        .await?;
    Ok(())
}

/// Keeps a sheet; the second of one member about one subject is `duplicate`.
pub(crate) async fn insert_sheet(
    tx: &Tx,
    member: &Member,
    subject_id: Uuid,
    points: Points,
    reasons: Reasons,
    comment: Option<String>,
) -> Result<Sheet, Error> {
    let total = points.values().sum();
    let (id, salt) = (tx.new_id(), crate::draw::new_nonce());
    let text = sheets::canonical(
        (member.panel_id, subject_id),
        &points,
        &reasons,
        comment.as_deref(),
    );
    let row = sheet::ActiveModel {
        id: Set(id),
        commitment: Set(sheets::commitment(&salt, &text)),
        salt: Set(tx.vault().lock(&salt_of(id), salt.as_bytes())?),
        panel_id: Set(member.panel_id),
        member_id: Set(member.id),
        subject_id: Set(subject_id),
        points: Set(points),
        reasons: Set(reasons),
        comment: Set(comment),
        total: Set(total),
        submitted_at: Set(tx.now()),
        voided_at: Set(None),
    };
    Ok(sheet::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?)
}

fn salt_of(sheet: Uuid) -> String {
    format!("sheet {sheet}")
}

/// The salt of a sheet's receipt.
pub(crate) fn salt(read: &impl Read, sheet: &Sheet) -> Result<String, Error> {
    let salt = read.vault().unlock(&salt_of(sheet.id), &sheet.salt)?;
    String::from_utf8(salt.to_vec()).map_err(|_| Error::internal("the salt of a sheet is no text"))
}

/// The commitments of the sheets that count, by the draw of their panel, each list in order.
pub(crate) async fn commitments_of(
    read: &impl Read,
    draws: &[Uuid],
) -> Result<HashMap<Uuid, Vec<String>>, Error> {
    let rows: Vec<(Uuid, String)> = sheet::Entity::find()
        .select_only()
        .column(panel::Column::DrawId)
        .column(sheet::Column::Commitment)
        .join(
            JoinType::InnerJoin,
            sheet::Entity::belongs_to(panel::Entity)
                .from(sheet::Column::PanelId)
                .to(panel::Column::Id)
                .into(),
        )
        .join(
            JoinType::InnerJoin,
            sheet::Entity::belongs_to(member::Entity)
                .from(sheet::Column::MemberId)
                .to(member::Column::Id)
                .into(),
        )
        .filter(panel::Column::DrawId.is_in(draws.iter().copied()))
        .filter(member::Column::Active.eq(true))
        .filter(sheet::Column::VoidedAt.is_null())
        .order_by_asc(sheet::Column::Commitment)
        .into_tuple()
        .all(&read.db())
        .await?;
    let mut all: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (draw, commitment) in rows {
        all.entry(draw).or_default().push(commitment);
    }
    Ok(all)
}

/// Records what happened to a panel. Points never go into the trace, only their hash.
pub(crate) async fn note(
    tx: &Tx,
    panel: &Panel,
    event: &str,
    role: Role,
    reason: Option<String>,
    data: serde_json::Value,
) -> Result<(), Error> {
    let about = About {
        object: "panel",
        id: panel.id,
        project_id: panel.project_id,
        division: &panel.division,
        version: panel.version,
    };
    let from = if panel.version == 1 {
        None
    } else {
        Some("formed")
    };
    trace::record(
        tx,
        &about,
        Entry {
            event,
            from,
            to: "formed",
            role,
            reason,
            data: Some(data),
        },
    )
    .await
}

/// The checks of this crate.
#[must_use]
pub fn invariants() -> Vec<Invariant> {
    vec![
        Invariant {
            name: "sheet_total_is_sum_of_points",
            run: |view| Box::pin(wrong_totals(view)),
        },
        Invariant {
            name: "no_sheet_of_a_recused_member_counts",
            run: |view| Box::pin(sheets_of_recused(view)),
        },
        Invariant {
            name: "drawn_order_recomputes_from_nonce",
            run: |view| Box::pin(draws::wrong(view)),
        },
    ]
}

async fn wrong_totals(view: &View) -> Result<Vec<Uuid>, Error> {
    let sheets = sheet::Entity::find().all(&view.db()).await?;
    Ok(sheets
        .into_iter()
        .filter(|sheet| sheet.total != sheet.points.values().sum::<i64>())
        .map(|sheet| sheet.id)
        .collect())
}

async fn sheets_of_recused(view: &View) -> Result<Vec<Uuid>, Error> {
    let members = member::Entity::find().all(&view.db()).await?;
    // a member who left must be inactive too, or the sheet would count
    let broken: Vec<Uuid> = members
        .iter()
        .filter(|member| [CLEAR, PENDING].contains(&member.declaration.as_str()) != member.active)
        .map(|member| member.id)
        .collect();
    let clear: HashMap<Uuid, bool> = members
        .iter()
        .map(|member| (member.id, member.declaration == CLEAR))
        .collect();
    let sheets = sheet::Entity::find()
        .filter(sheet::Column::VoidedAt.is_null())
        .all(&view.db())
        .await?;
    let counted = sheets
        .into_iter()
        .filter(|sheet| clear.get(&sheet.member_id) != Some(&true))
        .map(|sheet| sheet.id);
    Ok(broken.into_iter().chain(counted).collect())
}
