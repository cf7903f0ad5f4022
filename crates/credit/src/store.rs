//! Reading list entries; decides nothing but who may look.

use crate::entity::list_entry;
use crate::flow;
use crate::words::ListGround;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::cursor::Page;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Code, Role, RoleSet};
use wubang_registry::credit::ListColour;
use wubang_store::{Error, Key, Read, Tracked, scope};
use wubang_web::ListQuery;

/// 红黑榜.
pub use crate::entity::list_entry::Model as ListEntry;

wubang_store::stateful!(list_entry::Entity, flow::ListEntry);

impl Tracked for list_entry::Model {
    /// None: it is about an organisation, not about a project.
    fn project_id(&self) -> Option<Uuid> {
        None
    }
    fn label(&self) -> String {
        let colour = if self.colour == ListColour::Red.as_str() {
            "红榜"
        } else {
            "黑榜"
        };
        format!("{} {colour}:{}", self.number, self.organisation_name)
    }
    fn organisations(&self) -> Vec<Uuid> {
        vec![self.organisation_id]
    }
}

impl list_entry::Model {
    /// The list.
    pub(crate) fn colour(&self) -> Result<ListColour, Error> {
        ListColour::from_wire(&self.colour).ok_or_else(|| Error::internal("a list of no colour"))
    }

    /// Why.
    pub(crate) fn ground(&self) -> Result<ListGround, Error> {
        ListGround::from_wire(&self.ground).ok_or_else(|| Error::internal("listed for no ground"))
    }
}

/// Officers who read every entry of their divisions.
pub(crate) const OFFICERS: &[Role] = &[
    Role::StreetOfficer,
    Role::DistrictAdmin,
    Role::Supervisor,
    Role::System,
];
/// Who acts for an organisation.
pub(crate) const AGENTS: &[Role] = &[Role::OrgLegalRep, Role::OrgAgent];
/// A proposal is shown to its organisation once the district gives notice of it, and so is what it has dropped.
const BEFORE_NOTICE: &[&str] = &["proposed"];

/// The division of an entry.
pub(crate) fn division(row: &list_entry::Model) -> Result<DivisionCode, Error> {
    DivisionCode::parse(&row.division).map_err(|_| Error::internal("list entry in a bad division"))
}

/// What the viewer is to an entry.
pub(crate) fn roles(read: &impl Read, row: &list_entry::Model) -> Result<RoleSet, Error> {
    let actor = read.actor();
    let over = actor.roles(&Reach::at(division(row)?));
    let own = actor.roles(&Reach::of(row.organisation_id));
    let told = was_told(row);
    let all = OFFICERS
        .iter()
        .filter(|role| over.has(**role))
        .chain(AGENTS.iter().filter(|role| told && own.has(**role)));
    Ok(RoleSet::of(&all.copied().collect::<Vec<_>>()))
}

fn was_told(row: &list_entry::Model) -> bool {
    let never = row.state == "dropped" && row.notified_by.is_none();
    !BEFORE_NOTICE.contains(&row.state.as_str()) && !never
}

/// An entry, whoever asks.
pub(crate) async fn find(read: &impl Read, id: Uuid) -> Result<list_entry::Model, Error> {
    let row = list_entry::Entity::find_by_id(id).one(&read.db()).await?;
    Ok(row.ok_or(Code::NotFound)?)
}

/// An entry for the officers of its division, and for its organisation once it was told; `not_found` for everybody
/// else.
pub(crate) async fn load(
    read: &impl Read,
    key: &Key,
) -> Result<(list_entry::Model, RoleSet), Error> {
    let found = match key {
        Key::Id(id) => list_entry::Entity::find_by_id(*id),
        Key::Number(number) => {
            list_entry::Entity::find().filter(list_entry::Column::Number.eq(number))
        }
    };
    let row = found.one(&read.db()).await?.ok_or(Code::NotFound)?;
    let roles = roles(read, &row)?;
    if roles.is_empty() {
        return Err(Code::NotFound.into());
    }
    Ok((row, roles))
}

/// What a list of entries is narrowed by.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub organisation: Option<Uuid>,
    pub division: Option<DivisionCode>,
}

/// One page of the entries that the viewer may see, newest first, one row more than asked for.
pub(crate) async fn list(
    read: &impl Read,
    query: &ListQuery,
    filter: &Filter,
) -> Result<Vec<list_entry::Model>, Error> {
    use list_entry::Column;
    let actor = read.actor();
    let told = Condition::all()
        .add(Column::OrganisationId.is_in(actor.organisations(AGENTS)))
        .add(Column::State.is_not_in(BEFORE_NOTICE.iter().copied()))
        .add(
            Condition::any()
                .add(Column::State.ne("dropped"))
                .add(Column::NotifiedBy.is_not_null()),
        );
    let theirs = Condition::any()
        .add(scope::within(Column::Division, actor.divisions(OFFICERS)))
        .add(told);
    let mut select = list_entry::Entity::find()
        .filter(theirs)
        .order_by_desc(Column::Id)
        .limit(query.page.limit + 1);
    if let Some(after) = query.page.after {
        select = select.filter(Column::Id.lt(after));
    }
    if let Some(organisation) = filter.organisation {
        select = select.filter(Column::OrganisationId.eq(organisation));
    }
    if let Some(division) = &filter.division {
        let within = scope::within(Column::Division, std::iter::once(division));
        select = select.filter(within);
    }
    for (column, name) in [(Column::State, "state"), (Column::Colour, "colour")] {
        let values = query.all(name);
        if !values.is_empty() {
            select = select.filter(column.is_in(values.iter().cloned()));
        }
    }
    Ok(select.all(&read.db()).await?)
}

/// States of an entry that has effects.
const LISTED: &[&str] = &["active", "repair_requested"];

/// One page of the entries that are in force at an instant, for everybody, newest first, one row more than asked for.
pub(crate) async fn in_force(
    read: &impl Read,
    query: &ListQuery,
    page: Page,
    division: Option<&DivisionCode>,
) -> Result<Vec<list_entry::Model>, Error> {
    use list_entry::Column;
    let now = read.now();
    let rests_no_more = Condition::any()
        .add(Column::PausedUntil.is_null())
        .add(Column::PausedUntil.lt(whole_second(now)));
    let mut select = list_entry::Entity::find()
        .filter(Column::State.is_in(LISTED.iter().copied()))
        .filter(Column::EffectiveUntil.gte(whole_second(now)))
        .filter(rests_no_more)
        .order_by_desc(Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        select = select.filter(Column::Id.lt(after));
    }
    if let Some(division) = division {
        let within = scope::within(Column::Division, std::iter::once(division));
        select = select.filter(within);
    }
    let colours = query.all("colour");
    if !colours.is_empty() {
        select = select.filter(Column::Colour.is_in(colours.iter().cloned()));
    }
    Ok(select.all(&read.db()).await?)
}

/// The second that an instant lies in: a term runs to the end of its last second.
fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}

/// Whether an organisation has an entry about an object that was not dropped.
pub(crate) async fn is_proposed(
    read: &impl Read,
    organisation: Uuid,
    object: Uuid,
    ground: ListGround,
) -> Result<bool, Error> {
    let found = list_entry::Entity::find()
        .filter(list_entry::Column::OrganisationId.eq(organisation))
        .filter(list_entry::Column::ObjectId.eq(object))
        .filter(list_entry::Column::Ground.eq(ground.as_str()))
        .one(&read.db())
        .await?;
    Ok(found.is_some())
}

/// The entries that follow from an object, oldest first.
pub(crate) async fn about(read: &impl Read, object: Uuid) -> Result<Vec<list_entry::Model>, Error> {
    Ok(list_entry::Entity::find()
        .filter(list_entry::Column::ObjectId.eq(object))
        .order_by_asc(list_entry::Column::Id)
        .all(&read.db())
        .await?)
}

/// The red entries of an organisation that are in force or in publicity.
pub(crate) async fn red_of(
    read: &impl Read,
    organisation: Uuid,
) -> Result<Vec<list_entry::Model>, Error> {
    Ok(list_entry::Entity::find()
        .filter(list_entry::Column::OrganisationId.eq(organisation))
        .filter(list_entry::Column::Colour.eq(ListColour::Red.as_str()))
        .filter(list_entry::Column::State.is_in(["in_publicity", "active"]))
        .order_by_asc(list_entry::Column::Id)
        .all(&read.db())
        .await?)
}
