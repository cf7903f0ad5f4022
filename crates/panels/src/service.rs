//! What can be done with a panel: form it, declare, score, sign.

pub use crate::forming::{fill, form, rehearse};

use crate::conflicts::{self, ConflictGround, Parties};
use crate::forming::invite;
use crate::model::{
    CLEAR, DECLINED, Loaded, Member, PENDING, PanelDeclareIn, PanelOut, RECUSED, Sheet, SheetIn,
    SheetOut, SheetReceipt, SheetReceiptsOut,
};
use crate::view;
use crate::{recusals, sheets, store};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_kernel::procedure::Criterion;
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_registry::people;
use wubang_store::{Error, Key, Read, Tx, View};

/// The panel of the newest round for an object, with members and sheets.
///
/// # Errors
/// When the database fails.
pub async fn load(
    read: &impl Read,
    purpose: &str,
    object_id: Uuid,
) -> Result<Option<Loaded>, Error> {
    match store::newest(read, purpose, object_id).await? {
        Some(panel) => Ok(Some(store::complete(read, panel).await?)),
        None => Ok(None),
    }
}

/// The panel that was the newest for an object at an instant, with members and sheets: who judged what was
/// decided then.
///
/// # Errors
/// When the database fails.
pub async fn load_of(
    read: &impl Read,
    purpose: &str,
    object_id: Uuid,
    at: DateTime<Utc>,
) -> Result<Option<Loaded>, Error> {
    match store::newest_at(read, purpose, object_id, at).await? {
        Some(panel) => Ok(Some(store::complete(read, panel).await?)),
        None => Ok(None),
    }
}

/// The newest panel for an object without its sheets, for who only asks about its seats.
///
/// # Errors
/// When the database fails.
pub async fn load_seated(
    read: &impl Read,
    purpose: &str,
    object_id: Uuid,
) -> Result<Option<Loaded>, Error> {
    match store::newest(read, purpose, object_id).await? {
        Some(panel) => Ok(Some(store::seated(read, panel).await?)),
        None => Ok(None),
    }
}

/// How many sheets of the sitting members of a panel are in and count.
///
/// # Errors
/// When the database fails.
pub async fn count_sheets(read: &impl Read, panel: Uuid) -> Result<u64, Error> {
    store::count_sheets(read, panel).await
}

/// Whether the person sits on the newest panel for an object and has signed the recusal declaration:
/// nobody sees bids before that (rulebook 2.9).
///
/// # Errors
/// When the database fails.
pub async fn is_member(
    read: &impl Read,
    purpose: &str,
    object_id: Uuid,
    person: Uuid,
) -> Result<bool, Error> {
    match store::newest(read, purpose, object_id).await? {
        Some(panel) => Ok(store::seat_of(read, panel.id, person)
            .await?
            .is_some_and(|member| member.active && member.declaration == CLEAR)),
        None => Ok(false),
    }
}

/// The objects of one purpose on whose panels a person has an active seat.
///
/// # Errors
/// When the database fails.
pub async fn objects_of(read: &impl Read, purpose: &str, person: Uuid) -> Result<Vec<Uuid>, Error> {
    store::objects_of(read, purpose, person).await
}

/// Who sits or sat on the panels for an object, of the rounds before one.
///
/// # Errors
/// When the database fails.
pub async fn persons_of(
    read: &impl Read,
    purpose: &str,
    object_id: Uuid,
    before: i32,
) -> Result<HashSet<Uuid>, Error> {
    store::persons_of(read, purpose, object_id, before).await
}

/// Persons among `persons` who must recuse themselves from judging the organisations: any hard ground
/// of [`conflicts`] (rulebook 2.9).
///
/// # Errors
/// When the database fails.
pub async fn conflicted(
    read: &impl Read,
    persons: &[Uuid],
    organisations: &[Uuid],
) -> Result<HashSet<Uuid>, Error> {
    let parties = Parties {
        organisations: organisations.to_vec(),
        analysts: Vec::new(),
    };
    let found = conflicts::of(read, persons, &parties).await?;
    Ok(found
        .into_iter()
        .filter(|conflict| conflict.hard)
        .map(|conflict| conflict.person_id)
        .collect())
}

/// A panel for its members, its organisers and the supervisor. `finished`: the result is public, so
/// the nonce is too.
///
/// # Errors
/// `not_found` for everybody else.
pub fn show(read: &impl Read, loaded: &Loaded, finished: bool) -> Result<PanelOut, Error> {
    view::panel(read, loaded, finished)
}

/// As [`show`], by id.
///
/// # Errors
/// `not_found`.
pub async fn get(view: &View, key: &Key) -> Result<PanelOut, Error> {
    let loaded = store::complete(view, store::by_id(view, panel_id(key)?).await?).await?;
    show(view, &loaded, false)
}

pub(crate) fn panel_id(key: &Key) -> Result<Uuid, Refusal> {
    match key {
        Key::Id(id) => Ok(*id),
        Key::Number(_) => Err(Code::NotFound.into()),
    }
}

/// A member signs the recusal declaration (回避声明), or recuses himself; then the next in the drawn
/// order takes the seat. A later recusal is open until somebody has scored (rulebook 2.9).
///
/// # Errors
/// `not_found` for others; `already_signed`; `invalid` without a reason; `invalid_transition` once
/// scoring has begun.
pub async fn declare(tx: &Tx, key: &Key, input: PanelDeclareIn) -> Result<PanelOut, Error> {
    let mut faults = Faults::new();
    let reason = match (&input.reason, input.clear) {
        (Some(reason), false) => Some(faults.prose("/reason", reason, 5..=1000)),
        (None, false) => {
            faults.missing("/reason");
            None
        }
        (_, true) => None,
    };
    if input.clear && input.unable {
        faults.add(
            "/unable",
            "not_allowed",
            "声明参加时不得填写",
            "does not go with a declaration to take part",
        );
    }
    faults.finish()?;
    let (id, person) = (panel_id(key)?, tx.person()?);
    let before = store::complete(tx, store::by_id(tx, id).await?).await?;
    before.member(person).ok_or(Code::NotFound)?;
    let loaded = store::lock(tx, id).await?;
    tx.expect_version(loaded.panel.version - 1)?;
    let member = loaded.member(person).ok_or(Code::NotFound)?.clone();
    // who has just moved up may still decline when others have scored
    let too_late = member.declaration != PENDING && !loaded.sheets.is_empty();
    if is_superseded(tx, &loaded).await? || (!input.clear && too_late) {
        return Err(Code::InvalidTransition.into());
    }
    if input.clear && member.declaration == CLEAR {
        return Err(Code::AlreadySigned.into());
    }
    let declaration = match (input.clear, input.unable) {
        (true, _) => CLEAR,
        (false, true) => DECLINED,
        (false, false) => RECUSED,
    };
    store::write_declaration(tx, member.id, declaration, reason.clone()).await?;
    let data = serde_json::json!({ "seat": member.seat, "declaration": declaration });
    store::note(
        tx,
        &loaded.panel,
        "panel.declared",
        Role::Assessor,
        reason,
        data,
    )
    .await?;
    if !input.clear {
        replace(tx, &loaded, &member).await?;
    }
    let after = store::complete(tx, loaded.panel).await?;
    view::panel_after_declaration(tx, &after)
}

/// A panel of an earlier round no longer decides anything.
pub(crate) async fn is_superseded(tx: &Tx, loaded: &Loaded) -> Result<bool, Error> {
    let newest = store::newest(tx, &loaded.panel.purpose, loaded.panel.object_id).await?;
    Ok(newest.is_some_and(|newest| newest.id != loaded.panel.id))
}

/// The next in the drawn order who never sat on this panel takes the seat of a drawn member.
pub(crate) async fn replace(tx: &Tx, loaded: &Loaded, left: &Member) -> Result<(), Error> {
    let record = loaded.draw.record.as_ref();
    let Some(order) = record.and_then(|record| record.order_of(left.person_id)) else {
        return Ok(());
    };
    let waiting: Vec<Uuid> = order
        .iter()
        .map(|entry| entry.person_id)
        .filter(|person| {
            !loaded
                .members
                .iter()
                .any(|member| member.person_id == *person)
        })
        .collect();
    // somebody whose account was closed meanwhile still keeps his place: the order must recompute
    let names: HashMap<Uuid, String> = people::recipients(tx, waiting.clone())
        .await?
        .into_iter()
        .map(|one| (one.person_id, one.name))
        .collect();
    let Some(next) = waiting.first() else {
        return Ok(());
    };
    let name = names.get(next).cloned().unwrap_or_default();
    store::insert_member(tx, loaded.panel.id, (*next, name), &left.party, left.seat).await?;
    store::note(
        tx,
        &loaded.panel,
        "panel.member_replaced",
        Role::System,
        None,
        serde_json::json!({ "seat": left.seat }),
    )
    .await?;
    invite(tx, loaded, vec![*next]).await
}

/// The seat with this id and its panel, if the panel is the newest for its object.
///
/// # Errors
/// When the database fails.
pub async fn seat(
    read: &impl Read,
    purpose: &str,
    member_id: Uuid,
) -> Result<Option<(Loaded, Member)>, Error> {
    let Some(member) = store::member_by_id(read, member_id).await? else {
        return Ok(None);
    };
    let panel = store::by_id(read, member.panel_id).await?;
    if panel.purpose != purpose {
        return Ok(None);
    }
    let newest = load_seated(read, purpose, panel.object_id).await?;
    Ok(newest
        .filter(|newest| newest.panel.id == panel.id)
        .map(|newest| (newest, member)))
}

/// A member of whom it is found too late that he must not judge (应回避未回避, rulebook 2.5).
#[derive(Debug, Clone)]
pub struct LateRecusal {
    /// His seat.
    pub member_id: Uuid,
    /// The ground; none where an objection was upheld, which has grounds of its own.
    pub ground: Option<ConflictGround>,
    /// The facts, for the record.
    pub reason: String,
    /// In which role it is found.
    pub role: Role,
}

/// A member who does not come (缺席, rulebook 2.8.11).
#[derive(Debug, Clone)]
pub struct Absence {
    /// His seat.
    pub member_id: Uuid,
    /// Why he is taken off the panel, for the record.
    pub reason: String,
    /// In which role it is decided.
    pub role: Role,
}

/// Takes a member who may have scored off the panel: his sheets are void and kept, he does not come back. With
/// `replaced` the next of the drawn order takes his seat and scores too. Answers the panel without him.
///
/// # Errors
/// `conflict` when he has left meanwhile.
pub async fn recuse_late(
    tx: &Tx,
    panel: &Loaded,
    recusal: LateRecusal,
    replaced: bool,
) -> Result<Loaded, Error> {
    let note = (
        "panel.recused_after_scoring",
        recusal.role,
        recusal.reason,
        recusal.ground,
    );
    take_off(tx, panel, (recusal.member_id, RECUSED), note, replaced).await
}

/// Takes an absent member off the panel, as [`recuse_late`].
///
/// # Errors
/// `conflict` when he has left meanwhile.
pub async fn excuse(
    tx: &Tx,
    panel: &Loaded,
    absence: Absence,
    replaced: bool,
) -> Result<Loaded, Error> {
    let note = ("panel.member_absent", absence.role, absence.reason, None);
    take_off(tx, panel, (absence.member_id, DECLINED), note, replaced).await
}

async fn take_off(
    tx: &Tx,
    panel: &Loaded,
    (member_id, declaration): (Uuid, &str),
    (event, role, reason, ground): (&'static str, Role, String, Option<ConflictGround>),
    replaced: bool,
) -> Result<Loaded, Error> {
    let loaded = store::lock(tx, panel.panel.id).await?;
    let sits = loaded.active().find(|one| one.id == member_id);
    let member = sits.ok_or(Code::Conflict)?.clone();
    let voided = store::void_sheets(tx, member.id).await?;
    let reason = Some(reason);
    store::write_declaration(tx, member.id, declaration, reason.clone()).await?;
    let data =
        serde_json::json!({ "seat": member.seat, "ground": ground, "voided_sheets": voided });
    store::note(tx, &loaded.panel, event, role, reason, data).await?;
    if replaced {
        replace(tx, &loaded, &member).await?;
    }
    store::complete(tx, loaded.panel).await
}

/// The report under which the members have signed stands no more: each signs the next one anew. The signatures
/// stay in the trail.
///
/// # Errors
/// When the database fails.
pub async fn unsign(tx: &Tx, panel: Uuid) -> Result<(), Error> {
    store::clear_signatures(tx, panel).await
}

/// A member hands in his own sheet about one subject, once. Load the panel again to see whether it
/// was the last: commands on one panel wait for each other.
///
/// # Errors
/// `forbidden` for who does not sit; `recusal_unsigned`; `invalid` with every wrong field; `duplicate`.
pub async fn submit_sheet(
    tx: &Tx,
    panel: &Loaded,
    subject_id: Uuid,
    criteria: &[Criterion],
    input: SheetIn,
) -> Result<Sheet, Error> {
    let loaded = store::hold_for_sheet(tx, panel.panel.id).await?;
    let member = loaded.member(tx.person()?).ok_or(Code::Forbidden)?;
    if member.declaration != CLEAR {
        return Err(Code::RecusalUnsigned.into());
    }
    if recusals::any_open(tx, loaded.panel.id).await? {
        return Err(Refusal::new(Code::RecusalUnsigned)
            .because(
                "尚有回避申请未决定",
                "a demand that a member stand aside is not decided",
            )
            .into());
    }
    let checked = sheets::check(criteria, &input)?;
    let sheet = store::insert_sheet(
        tx,
        member,
        subject_id,
        checked.points,
        checked.reasons,
        checked.comment,
    )
    .await?;
    store::note(
        tx,
        &loaded.panel,
        "panel.sheet_submitted",
        Role::Assessor,
        None,
        serde_json::json!({ "subject_id": subject_id, "commitment": sheet.commitment }),
    )
    .await?;
    Ok(sheet)
}

/// A member signs the panel's report, with a written dissent where he has one.
///
/// # Errors
/// `forbidden` for who does not sit; `already_signed`; `invalid`.
pub async fn sign_report(tx: &Tx, panel: &Loaded, dissent: Option<&str>) -> Result<Member, Error> {
    let mut faults = Faults::new();
    let dissent = dissent.map(|text| faults.prose("/dissent", text, 5..=1000));
    faults.finish()?;
    let loaded = store::lock_seats(tx, panel.panel.id).await?;
    let member = loaded.member(tx.person()?).ok_or(Code::Forbidden)?;
    let signed = store::write_signature(tx, member.id, dissent).await?;
    let data = serde_json::json!({ "seat": signed.seat, "dissents": signed.dissent.is_some() });
    store::note(
        tx,
        &loaded.panel,
        "panel.report_signed",
        Role::Assessor,
        None,
        data,
    )
    .await?;
    Ok(signed)
}

/// The viewer's own receipts, of the sheets that he has handed in. `published`: the list of commitments is out.
///
/// # Errors
/// Internal: a salt cannot be unlocked.
pub fn receipts(
    read: &impl Read,
    loaded: &Loaded,
    published: bool,
) -> Result<Vec<SheetReceipt>, Error> {
    let person = read.actor().person;
    let own: Vec<Uuid> = loaded
        .members
        .iter()
        .filter(|member| Some(member.person_id) == person)
        .map(|member| member.id)
        .collect();
    let list = loaded.commitments();
    let own = loaded
        .sheets
        .iter()
        .filter(|sheet| own.contains(&sheet.member_id));
    let receipt = |sheet: &Sheet| {
        let at = list.iter().position(|one| *one == sheet.commitment);
        Ok(SheetReceipt {
            subject_id: sheet.subject_id,
            commitment: sheet.commitment.clone(),
            salt: store::salt(read, sheet)?,
            sheet: sheets::canonical(
                (sheet.panel_id, sheet.subject_id),
                &sheet.points,
                &sheet.reasons,
                sheet.comment.as_deref(),
            ),
            counted: at.is_some(),
            position: at.filter(|_| published).map(|at| at + 1),
            of: published.then_some(list.len()),
        })
    };
    own.map(receipt).collect()
}

/// As [`receipts`], by the id of the panel, for who sits or sat on it.
///
/// # Errors
/// `not_found` for everybody else.
pub async fn my_receipts(view: &View, key: &Key) -> Result<SheetReceiptsOut, Error> {
    let loaded = store::complete(view, store::by_id(view, panel_id(key)?).await?).await?;
    let person = view.actor().person;
    if !loaded
        .members
        .iter()
        .any(|one| Some(one.person_id) == person)
    {
        return Err(Code::NotFound.into());
    }
    let published = loaded.draw.revealed_at.is_some();
    Ok(SheetReceiptsOut {
        panel_id: loaded.panel.id,
        items: receipts(view, &loaded, published)?,
    })
}

/// The sheets that the viewer may read: a member his own; the supervisor all once scoring is
/// complete (rulebook 2.6). Everybody else none.
///
/// # Errors
/// Internal: a stored code is wrong.
pub fn readable_sheets(
    read: &impl Read,
    loaded: &Loaded,
    complete: bool,
) -> Result<Vec<SheetOut>, Error> {
    let all = complete && view::roles(read, loaded)?.has(Role::Supervisor);
    let own = read
        .actor()
        .person
        .and_then(|person| loaded.member(person))
        .map(|member| member.id);
    Ok(loaded
        .sheets
        .iter()
        .filter(|sheet| all || Some(sheet.member_id) == own)
        .map(SheetOut::from)
        .collect())
}
