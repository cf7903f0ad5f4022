//! Copying an old posting, and templates: a well-made call is written once (rulebook 2.4.2).

use super::checking::{Draft, kind_of};
use super::{drafting, load_for};
use crate::entity::template;
use crate::model::{Content, CopyIn, PostingOut, TemplateIn, TemplateList, TemplateOut};
use crate::particulars::Particulars;
use crate::store::{self, templates};
use chrono::TimeDelta;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Faults, Role};
use wubang_store::{Error, Key, Read, Tx, View};
use wubang_web::NothingIn;
use wubang_web::{Instant, ListQuery};

/// Roles that may keep a template.
const KEEPERS: &[Role] = &[Role::StreetOfficer, Role::DistrictAdmin];

/// The content with all its dates moved, so that the service starts on `starts_on`.
fn moved(content: Content, starts_on: chrono::NaiveDate) -> Content {
    let by = starts_on - content.starts_on;
    let shift = |day: chrono::NaiveDate, by: TimeDelta| day.checked_add_signed(by).unwrap_or(day);
    let mut content = content;
    content.starts_on = starts_on;
    content.ends_on = shift(content.ends_on, by);
    for milestone in &mut content.milestones {
        milestone.due_on = shift(milestone.due_on, by);
    }
    content
}

fn from_old(old: Draft, input: CopyIn) -> Draft {
    Draft {
        need_ids: input.need_ids,
        title: input.title.unwrap_or(old.title),
        budget_ceiling_fen: input.budget_ceiling_fen.unwrap_or(old.budget_ceiling_fen),
        content: moved(old.content, input.starts_on),
        particulars: Particulars {
            order: input.order.or(old.particulars.order),
            external: input.external_procedure_ref.or(old.particulars.external),
            call: old.particulars.call,
            ..Particulars::default()
        },
        publish_at: input.publish_at,
        ..old
    }
}

/// Drafts a new posting, of a new project, with the content of an old one; all its dates move along.
///
/// # Errors
/// `not_found` for a posting that the caller may not see, and whatever a new draft is refused for.
pub async fn copy(tx: &Tx, key: &Key, input: CopyIn) -> Result<PostingOut, Error> {
    let case = load_for(tx, key).await?;
    let old = Draft::stored(&case.posting, &case.need_ids)?;
    drafting::make(tx, from_old(old, input)).await
}

/// Keeps a posting's content as a template of a street or a district.
///
/// # Errors
/// `forbidden` outside one's territory; `duplicate` for a name that is taken there.
pub async fn keep_template(tx: &Tx, input: TemplateIn) -> Result<TemplateOut, Error> {
    let mut faults = Faults::new();
    let name = faults.line("/name", &input.name, 2..=100);
    let division = match &input.division {
        Some(code) => faults.division("/division", code),
        None => None,
    };
    faults.finish()?;
    let case = store::load(tx, &Key::Id(input.posting_id))
        .await
        .map_err(|_| {
            wubang_kernel::Refusal::new(Code::Invalid).field(
                "/posting_id",
                "unknown_value",
                "没有这张榜",
                "there is no such posting",
            )
        })?;
    let place = store::division(&case.posting)?;
    let division = division.unwrap_or_else(|| place.parent().unwrap_or(place));
    let role = tx
        .actor()
        .roles(&Reach::at(division))
        .first_of(KEEPERS)
        .ok_or(Code::Forbidden)?;
    let kept = templates::insert(tx, name, &division, role, &case.posting).await?;
    shown(kept)
}

/// The templates that the viewer can use: of his territory and of the divisions above it.
///
/// # Errors
/// When the database fails.
pub async fn list_templates(view: &View, query: &ListQuery) -> Result<TemplateList, Error> {
    let rows = templates::list(view, query).await?;
    let (rows, next) = wubang_web::query::cut(rows, query.page, |row| row.id);
    let items = rows.into_iter().map(shown).collect::<Result<_, Error>>()?;
    Ok(TemplateList { items, next })
}

/// One template.
///
/// # Errors
/// `not_found` for who cannot use it.
pub async fn get_template(view: &View, key: &Key) -> Result<TemplateOut, Error> {
    shown(templates::load(view, key).await?)
}

/// Drafts a posting from a template; all its dates move along.
///
/// # Errors
/// `invalid_transition` for a retired template, and whatever a new draft is refused for.
pub async fn draft_from_template(tx: &Tx, key: &Key, input: CopyIn) -> Result<PostingOut, Error> {
    let kept = templates::load(tx, key).await?;
    tx.expect_version(kept.version)?;
    if kept.retired_at.is_some() {
        return Err(Code::InvalidTransition.into());
    }
    let old = Draft {
        kind: kind_of(&kept.kind)?,
        need_ids: Vec::new(),
        title: kept.title,
        field: kept.field,
        budget_ceiling_fen: kept.budget_ceiling_fen,
        content: kept.content,
        overrides: kept.overrides,
        particulars: kept.particulars,
        publish_at: None,
        frozen: None,
        caps_waived: false,
    };
    drafting::make(tx, from_old(old, input)).await
}

/// Takes a template out of use; what was made from it stays.
///
/// # Errors
/// `forbidden` for others than those who keep templates there; `invalid_transition` the second time.
pub async fn retire_template(tx: &Tx, key: &Key, _: NothingIn) -> Result<TemplateOut, Error> {
    let kept = templates::load(tx, key).await?;
    tx.expect_version(kept.version)?;
    let division = DivisionCode::parse(&kept.division)
        .map_err(|_| Error::internal("template with a bad division"))?;
    let role = tx
        .actor()
        .roles(&Reach::at(division))
        .first_of(KEEPERS)
        .ok_or(Code::Forbidden)?;
    if kept.retired_at.is_some() {
        return Err(Code::InvalidTransition.into());
    }
    shown(templates::retire(tx, &kept, role).await?)
}

fn shown(kept: template::Model) -> Result<TemplateOut, Error> {
    Ok(TemplateOut {
        kind: kind_of(&kept.kind)?,
        id: kept.id,
        version: kept.version,
        name: kept.name,
        division: kept.division,
        title: kept.title,
        field: kept.field,
        budget_ceiling_fen: kept.budget_ceiling_fen,
        content: kept.content,
        overrides: kept.overrides,
        call: kept.particulars.call,
        retired_at: kept.retired_at.map(Instant),
        created_at: Instant(kept.created_at),
    })
}
