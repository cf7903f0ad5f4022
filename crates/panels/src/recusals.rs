//! Demands that a member stand aside (申请回避; rulebook 2.9): by whoever sees the panel, until scoring has
//! begun; the chair decides within a working day, about the chair the district. Who was made to stand
//! aside cannot undo it by a declaration of his own.

use crate::composition::EXPERTS;
use crate::entity::recusal;
use crate::model::{
    Loaded, Member, PanelRecusalDecisionIn, PanelRecusalIn, PanelRecusalOut, PanelRecusalsOut,
    RECUSED, RecusalState,
};
use crate::service::{is_superseded, panel_id, replace};
use crate::{store, view};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;
use wubang_kernel::timer::Terms;
use wubang_kernel::{Code, Faults, Refusal, Role, RoleSet, Timer};
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tx, View, timers};
use wubang_web::Instant;

/// Roles that see every demand; members see those they made or decide.
const OVERSEERS: &[Role] = &[Role::StreetOfficer, Role::DistrictAdmin, Role::Supervisor];

/// The chair (组长): the first of the experts who sit, else the first seat.
#[must_use]
pub fn chair(loaded: &Loaded) -> Option<&Member> {
    let experts = loaded.active().filter(|member| member.party == EXPERTS);
    experts
        .min_by_key(|member| member.seat)
        .or_else(|| loaded.active().min_by_key(|member| member.seat))
}

/// A panel for who takes part in it, with his roles.
async fn load(read: &impl Read, key: &Key) -> Result<(Loaded, RoleSet), Error> {
    let loaded = store::complete(read, store::by_id(read, panel_id(key)?).await?).await?;
    let roles = view::roles(read, &loaded)?;
    if roles.any(OVERSEERS) || roles.has(Role::Assessor) {
        Ok((loaded, roles))
    } else {
        Err(Code::NotFound.into())
    }
}

/// The same, held until the end of the command, while nobody has scored.
async fn before_scoring(tx: &Tx, key: &Key) -> Result<(Loaded, RoleSet), Error> {
    let (seen, roles) = load(tx, key).await?;
    let loaded = store::lock(tx, seen.panel.id).await?;
    tx.expect_version(loaded.panel.version - 1)?;
    if is_superseded(tx, &loaded).await? || !loaded.sheets.is_empty() {
        return Err(Code::InvalidTransition.into());
    }
    Ok((loaded, roles))
}

/// Somebody demands that a member stand aside.
///
/// # Errors
/// `not_found` for who does not see the panel; `invalid` for who is no member, or oneself; `duplicate`
/// while a demand about him is open; `invalid_transition` once scoring has begun.
pub async fn demand(tx: &Tx, key: &Key, input: PanelRecusalIn) -> Result<PanelRecusalsOut, Error> {
    let (loaded, roles) = before_scoring(tx, key).await?;
    let mut faults = Faults::new();
    let reason = faults.prose("/reason", &input.reason, 5..=1000);
    let person = tx.person()?;
    let member = loaded
        .member(input.person_id)
        .filter(|member| member.person_id != person);
    if member.is_none() {
        faults.add(
            "/person_id",
            "unknown_value",
            "不是在任的其他成员;本人回避请用声明",
            "is no other sitting member; who recuses himself declares it",
        );
    }
    faults.finish()?;
    let member = member.ok_or(Code::Invalid)?;
    let open = of_panel(tx, loaded.panel.id).await?;
    if open
        .iter()
        .any(|one| one.member_id == member.id && one.decided_at.is_none())
    {
        return Err(Code::Duplicate.into());
    }
    let row = recusal::ActiveModel {
        id: Set(tx.new_id()),
        panel_id: Set(loaded.panel.id),
        member_id: Set(member.id),
        demanded_by: Set(person),
        reason: Set(reason.clone()),
        outcome: Set(RecusalState::Demanded.as_str().to_owned()),
        created_at: Set(tx.now()),
        decided_by: Set(None),
        decision: Set(None),
        decided_at: Set(None),
    };
    let row = recusal::Entity::insert(row)
        .exec_with_returning(&tx.db())
        .await?;
    let role = roles.first_of(OVERSEERS).unwrap_or(Role::Assessor);
    note(tx, &loaded, &row, role, reason).await?;
    start_clock(tx, &loaded, &row).await?;
    shown(tx, &loaded, roles).await
}

/// One working day to decide; overdue it reminds street and district.
async fn start_clock(tx: &Tx, loaded: &Loaded, row: &recusal::Model) -> Result<(), Error> {
    let deadline = timers::deadline(
        tx.calendar(),
        Timer::RecusalDecision,
        tx.now(),
        &Terms::default(),
        24,
    );
    let label = format!("评审组 {} 的回避申请", loaded.panel.id);
    let about = about(loaded, row);
    timers::start(tx, &about, &label, Timer::RecusalDecision, &deadline).await
}

/// The chair decides, about himself the district. Who must stand aside is followed by the next of the
/// drawn order.
///
/// # Errors
/// `not_found`; `forbidden` for who does not decide this one; `invalid` for what is no open demand;
/// `invalid_transition` once scoring has begun.
pub async fn decide(
    tx: &Tx,
    key: &Key,
    input: PanelRecusalDecisionIn,
) -> Result<PanelRecusalsOut, Error> {
    let (loaded, roles) = before_scoring(tx, key).await?;
    let mut faults = Faults::new();
    let decision = faults.prose("/reason", &input.reason, 5..=1000);
    faults.finish()?;
    let demands = of_panel(tx, loaded.panel.id).await?;
    let open = demands
        .into_iter()
        .find(|one| one.id == input.recusal_id && one.decided_at.is_none())
        .ok_or_else(|| {
            Refusal::new(Code::Invalid).field(
                "/recusal_id",
                "unknown_value",
                "没有这项待决定的回避申请",
                "is no open demand",
            )
        })?;
    let role = decider(tx, &loaded, roles, open.member_id)?;
    let outcome = if input.upheld {
        RecusalState::Upheld
    } else {
        RecusalState::Dismissed
    };
    let row = settle(tx, open.id, outcome, decision.clone()).await?;
    timers::stop(tx, row.id, &[Timer::RecusalDecision]).await?;
    note(tx, &loaded, &row, role, decision.clone()).await?;
    let about = loaded.members.iter().find(|one| one.id == row.member_id);
    if let Some(member) = about.filter(|one| input.upheld && one.active).cloned() {
        store::write_declaration(tx, member.id, RECUSED, Some(decision)).await?;
        replace(tx, &loaded, &member).await?;
    }
    shown(tx, &loaded, roles).await
}

/// In which role the caller decides about a member: as the chair, or as the district about the chair.
fn decider(tx: &Tx, loaded: &Loaded, roles: RoleSet, member: Uuid) -> Result<Role, Error> {
    let chair = chair(loaded);
    let about_chair = chair.is_some_and(|one| one.id == member);
    let is_chair = chair.map(|one| one.person_id) == tx.actor().person;
    match (about_chair, is_chair, roles.has(Role::DistrictAdmin)) {
        (false, true, _) => Ok(Role::Assessor),
        (true, _, true) => Ok(Role::DistrictAdmin),
        _ => Err(Code::Forbidden.into()),
    }
}

async fn settle(
    tx: &Tx,
    id: Uuid,
    outcome: RecusalState,
    decision: String,
) -> Result<recusal::Model, Error> {
    let rows = recusal::Entity::update_many()
        .col_expr(recusal::Column::Outcome, Expr::value(outcome.as_str()))
        .col_expr(recusal::Column::Decision, Expr::value(Some(decision)))
        .col_expr(recusal::Column::DecidedBy, Expr::value(Some(tx.person()?)))
        .col_expr(recusal::Column::DecidedAt, Expr::value(Some(tx.now())))
        .filter(recusal::Column::Id.eq(id))
        .filter(recusal::Column::DecidedAt.is_null())
        .exec_with_returning(&tx.db())
        .await?;
    Ok(rows.into_iter().next().ok_or(Code::Conflict)?)
}

/// Whether a demand waits for its decision: nobody scores meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn any_open(read: &impl Read, panel: Uuid) -> Result<bool, Error> {
    let open = of_panel(read, panel).await?;
    Ok(open.iter().any(|one| one.decided_at.is_none()))
}

async fn of_panel(read: &impl Read, panel: Uuid) -> Result<Vec<recusal::Model>, Error> {
    Ok(recusal::Entity::find()
        .filter(recusal::Column::PanelId.eq(panel))
        .order_by_asc(recusal::Column::Id)
        .all(&read.db())
        .await?)
}

/// The demands of a panel: organisers and supervisors see all, a member those he made or decides.
///
/// # Errors
/// `not_found`.
pub async fn list(view: &View, key: &Key) -> Result<PanelRecusalsOut, Error> {
    let (loaded, roles) = load(view, key).await?;
    shown(view, &loaded, roles).await
}

async fn shown(
    read: &impl Read,
    loaded: &Loaded,
    roles: RoleSet,
) -> Result<PanelRecusalsOut, Error> {
    let person = read.actor().person;
    let chair = chair(loaded).map(|one| (one.id, one.person_id));
    let decides = |row: &recusal::Model| {
        chair.is_some_and(|(seat, chair)| Some(chair) == person && row.member_id != seat)
    };
    let items = of_panel(read, loaded.panel.id)
        .await?
        .into_iter()
        .filter(|row| roles.any(OVERSEERS) || Some(row.demanded_by) == person || decides(row))
        .map(|row| out(loaded, row))
        .collect::<Result<_, _>>()?;
    Ok(PanelRecusalsOut {
        panel_id: loaded.panel.id,
        items,
    })
}

fn out(loaded: &Loaded, row: recusal::Model) -> Result<PanelRecusalOut, Error> {
    let member = loaded.members.iter().find(|one| one.id == row.member_id);
    Ok(PanelRecusalOut {
        id: row.id,
        person_id: member
            .map(|one| one.person_id)
            .ok_or_else(|| Error::internal("a demand about nobody"))?,
        reason: row.reason,
        outcome: RecusalState::stored(&row.outcome)?,
        created_at: Instant(row.created_at),
        decision: row.decision,
        decided_at: row.decided_at.map(Instant),
    })
}

fn about<'a>(loaded: &'a Loaded, row: &recusal::Model) -> About<'a> {
    About {
        object: "panel_recusal",
        id: row.id,
        project_id: loaded.panel.project_id,
        division: &loaded.panel.division,
        version: if row.decided_at.is_some() { 2 } else { 1 },
    }
}

/// Who sits on the panel is secret, so the record names the seat and not the person.
async fn note(
    tx: &Tx,
    loaded: &Loaded,
    row: &recusal::Model,
    role: Role,
    reason: String,
) -> Result<(), Error> {
    let seat = loaded.members.iter().find(|one| one.id == row.member_id);
    let decided = row.decided_at.is_some();
    let entry = Entry {
        event: if decided {
            "panel.recusal_decided"
        } else {
            "panel.recusal_demanded"
        },
        from: decided.then_some(RecusalState::Demanded.as_str()),
        to: &row.outcome,
        role,
        reason: Some(reason),
        data: Some(
            serde_json::json!({ "panel_id": row.panel_id, "seat": seat.map(|one| one.seat) }),
        ),
    };
    trace::record(tx, &about(loaded, row), entry).await
}
