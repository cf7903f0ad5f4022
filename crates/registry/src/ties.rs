//! What ties persons to organisations: the facts of recusal (rulebook 2.9), collected in a fixed number
//! of statements. What follows from them is decided in `panels::conflicts`.

use crate::entity::{grants, people};
use crate::organisations::{Organisation, load_many};
use crate::words::{KinPosition, RelationKind};
use crate::{experts, relations, relatives};
use chrono::Months;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use wubang_kernel::Role;
use wubang_store::{Error, Read};

/// How long a post that somebody has left still counts (rulebook 2.9, 1).
const MONTHS_AFTER: u32 = 36;

/// A post in an organisation, held now or left less than three years ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Who.
    pub person_id: Uuid,
    /// Where.
    pub organisation_id: Uuid,
    /// Whether as its legal representative.
    pub head: bool,
}

/// A person as recusal looks at him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TiedPerson {
    /// Who.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Phone and mail address, normalised.
    pub contacts: HashSet<String>,
    /// Employer, where it is known here.
    pub employer_id: Option<Uuid>,
    /// Employer by name.
    pub employer: Option<String>,
}

/// A relation between two organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Whose.
    pub organisation_id: Uuid,
    /// What the other one is to it.
    pub kind: RelationKind,
    /// The other one.
    pub other_id: Uuid,
}

/// A declared relative; his name stays where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kin {
    /// Who declared him.
    pub person_id: Uuid,
    /// Where the relative is.
    pub organisation_id: Uuid,
    /// Whether he heads it.
    pub head: bool,
}

/// Everything that is known between some persons and some organisations.
#[derive(Debug, Clone, Default)]
pub struct Ties {
    /// The persons.
    pub people: Vec<TiedPerson>,
    /// The organisations.
    pub organisations: Vec<Organisation>,
    /// Posts of the persons, anywhere.
    pub posts: Vec<Post>,
    /// Standing relations of the organisations, and of those where the persons belong.
    pub relations: Vec<Relation>,
    /// Declared relatives.
    pub kin: Vec<Kin>,
    /// Phones and mail addresses of the organisations and their people, normalised.
    pub contacts: HashMap<Uuid, HashSet<String>>,
}

impl Ties {
    /// The organisations where a person belongs.
    pub fn belongs<'a>(&'a self, person: &'a TiedPerson) -> impl Iterator<Item = Uuid> + 'a {
        let posts = self.posts.iter().filter(|post| post.person_id == person.id);
        posts
            .map(|post| post.organisation_id)
            .chain(person.employer_id)
    }
}

/// A phone number as digits, a mail address in lower case; `None` of what is too short to tell.
#[must_use]
pub fn normalised(text: &str) -> Option<String> {
    let text = text.trim();
    if text.contains('@') {
        return Some(text.to_lowercase());
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = digits
        .strip_prefix("0086")
        .or_else(|| digits.strip_prefix("86").filter(|rest| rest.len() >= 10))
        .unwrap_or(&digits);
    (national.len() >= 7).then(|| national.to_owned())
}

fn contacts<'a>(texts: impl IntoIterator<Item = Option<&'a String>>) -> HashSet<String> {
    texts
        .into_iter()
        .flatten()
        .filter_map(|text| normalised(text))
        .collect()
}

/// Collects what ties persons to organisations.
///
/// # Errors
/// When the database fails.
pub async fn of(read: &impl Read, persons: &[Uuid], wanted: &[Uuid]) -> Result<Ties, Error> {
    if persons.is_empty() || wanted.is_empty() {
        return Ok(Ties::default());
    }
    let organisations = load_many(read, wanted).await?;
    let posts = posts(read, persons, wanted).await?;
    let staff: Vec<Uuid> = posts
        .iter()
        .filter(|post| wanted.contains(&post.organisation_id))
        .map(|post| post.person_id)
        .collect();
    let known: Vec<Uuid> = persons.iter().chain(&staff).copied().collect();
    let rows: HashMap<Uuid, people::Model> = people::Entity::find()
        .filter(people::Column::Id.is_in(known))
        .all(&read.db())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let employers: HashMap<Uuid, experts::Expert> = experts::of_people(read, persons)
        .await?
        .into_iter()
        .map(|expert| (expert.person_id, expert))
        .collect();
    let people: Vec<TiedPerson> = persons
        .iter()
        .filter_map(|id| rows.get(id))
        .map(|row| tied(row, employers.get(&row.id)))
        .collect();
    let belongs = posts.iter().map(|post| post.organisation_id);
    let employed = people.iter().filter_map(|person| person.employer_id);
    let related: Vec<Uuid> = wanted
        .iter()
        .copied()
        .chain(belongs)
        .chain(employed)
        .collect();
    Ok(Ties {
        relations: relations(read, &related).await?,
        kin: kin(read, persons, wanted).await?,
        contacts: reached_at(&organisations, &posts, &rows),
        posts: posts
            .into_iter()
            .filter(|post| persons.contains(&post.person_id))
            .collect(),
        people,
        organisations,
    })
}

fn tied(row: &people::Model, expert: Option<&experts::Expert>) -> TiedPerson {
    TiedPerson {
        id: row.id,
        name: row.name.clone(),
        contacts: contacts([row.phone.as_ref(), row.email.as_ref()]),
        employer_id: expert.and_then(|expert| expert.employer_id),
        employer: expert.and_then(|expert| expert.employer.clone()),
    }
}

/// Posts of the persons anywhere, and of anybody in the organisations.
async fn posts(read: &impl Read, persons: &[Uuid], wanted: &[Uuid]) -> Result<Vec<Post>, Error> {
    let since = read
        .now()
        .checked_sub_months(Months::new(MONTHS_AFTER))
        .unwrap_or_default();
    let whose = Condition::any()
        .add(grants::Column::PersonId.is_in(persons.iter().copied()))
        .add(grants::Column::Scope.is_in(wanted.iter().map(Uuid::to_string)));
    let recent = Condition::any()
        .add(grants::Column::RevokedAt.is_null())
        .add(grants::Column::RevokedAt.gt(since));
    let rows: Vec<(Uuid, String, String)> = grants::Entity::find()
        .select_only()
        .columns([
            grants::Column::PersonId,
            grants::Column::Scope,
            grants::Column::Role,
        ])
        .filter(grants::Column::ScopeKind.eq("organisation"))
        .filter(whose)
        .filter(recent)
        .into_tuple()
        .all(&read.db())
        .await?;
    let post = |(person_id, scope, role): (Uuid, String, String)| {
        let organisation_id = scope
            .parse()
            .map_err(|_| Error::internal("grant in no organisation"))?;
        Ok(Post {
            person_id,
            organisation_id,
            head: role == Role::OrgLegalRep.as_str(),
        })
    };
    rows.into_iter().map(post).collect()
}

async fn relations(read: &impl Read, organisations: &[Uuid]) -> Result<Vec<Relation>, Error> {
    let rows = relations::of(read, organisations).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Relation {
                organisation_id: row.organisation_id,
                kind: RelationKind::stored(&row.kind)?,
                other_id: row.other_id,
            })
        })
        .collect()
}

async fn kin(read: &impl Read, persons: &[Uuid], wanted: &[Uuid]) -> Result<Vec<Kin>, Error> {
    let rows = relatives::of(read, persons, wanted).await?;
    Ok(rows
        .into_iter()
        .map(|row| Kin {
            person_id: row.person_id,
            organisation_id: row.organisation_id,
            head: row.position == KinPosition::Head.as_str(),
        })
        .collect())
}

/// Where each organisation and its people are reached.
fn reached_at(
    organisations: &[Organisation],
    posts: &[Post],
    rows: &HashMap<Uuid, people::Model>,
) -> HashMap<Uuid, HashSet<String>> {
    let mut reached: HashMap<Uuid, HashSet<String>> = HashMap::new();
    for one in organisations {
        let own = one.profile.contact.as_ref();
        let texts = own.map(|contact| [contact.phone.as_ref(), contact.email.as_ref()]);
        reached
            .entry(one.id)
            .or_default()
            .extend(contacts(texts.into_iter().flatten()));
        for post in posts.iter().filter(|post| post.organisation_id == one.id) {
            if let Some(row) = rows.get(&post.person_id) {
                let theirs = contacts([row.phone.as_ref(), row.email.as_ref()]);
                reached.entry(one.id).or_default().extend(theirs);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn the_same_number_is_the_same_however_it_is_written() {
        for text in [
            "18800001013",
            "+86 188-0000-1013",
            "0086 18800001013",
            " 188 0000 1013 ",
        ] {
            assert_eq!(normalised(text).as_deref(), Some("18800001013"), "{text}");
        }
        assert_eq!(
            normalised("0371-5550 1007").as_deref(),
            Some("037155501007")
        );
        assert_eq!(
            normalised("8650 1234").as_deref(),
            Some("86501234"),
            "no country code"
        );
        assert_eq!(
            normalised(" Ning@Lelin.Example").as_deref(),
            Some("ning@lelin.example")
        );
        assert_eq!(normalised("12345"), None);
    }
}
