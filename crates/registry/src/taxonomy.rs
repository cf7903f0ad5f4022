//! The taxonomy of fields and target groups (rulebook 4.1): versioned data, version 1 is built in.

use crate::entity::taxonomies;
use crate::rights;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::{Arc, LazyLock};
use utoipa::ToSchema;
use wubang_kernel::{Code, Faults, Refusal};
use wubang_store::{Error, Read, Tx};

/// One field of service (服务领域): a letter, or a letter with two digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Code.
    #[schema(example = "A01")]
    pub code: String,
    /// Chinese name.
    #[schema(example = "为老服务")]
    pub name_zh: String,
    /// English identifier.
    #[schema(example = "elderly_care")]
    pub identifier: String,
    /// Letter it belongs to, `null` for a letter.
    pub parent: Option<String>,
    /// Words that point to it.
    #[serde(default)]
    pub words: Vec<String>,
    /// Whether it may be used for something new.
    pub enabled: bool,
}

/// One target group (服务人群).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetGroup {
    /// Code.
    #[schema(example = "elderly")]
    pub code: String,
    /// Chinese name.
    #[schema(example = "老年人")]
    pub name_zh: String,
}

/// One version of the taxonomy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Taxonomy {
    /// Version.
    #[schema(example = 1)]
    pub version: i32,
    /// Fields.
    pub fields: Vec<Field>,
    /// Target groups.
    pub target_groups: Vec<TargetGroup>,
    /// Pairs of fields that are close to each other.
    pub related: Vec<Vec<String>>,
}

static BUILTIN: LazyLock<Arc<Taxonomy>> = LazyLock::new(|| {
    Arc::new(serde_json::from_str(include_str!("../data/taxonomy.v1.json")).unwrap_or_default())
});

impl Taxonomy {
    /// The version shipped in the program. A file that cannot be read would be empty; a test keeps it good.
    #[must_use]
    pub fn builtin() -> Arc<Taxonomy> {
        Arc::clone(&BUILTIN)
    }

    /// The field with this code.
    #[must_use]
    pub fn field(&self, code: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.code == code)
    }

    /// Whether the code is a field that may be used for something new.
    #[must_use]
    pub fn exists(&self, code: &str) -> bool {
        self.field(code).is_some_and(|field| field.enabled)
    }

    /// Whether the code is a target group.
    #[must_use]
    pub fn has_target_group(&self, code: &str) -> bool {
        self.target_groups.iter().any(|group| group.code == code)
    }

    /// Whether two different codes are named as related.
    #[must_use]
    pub fn are_related(&self, one: &str, other: &str) -> bool {
        self.related.iter().any(|pair| {
            pair.iter().any(|code| code == one) && pair.iter().any(|code| code == other)
        }) && one != other
    }

    /// Notes a fault when the code is no usable field.
    pub fn check_field(&self, pointer: &str, code: &str, faults: &mut Faults) {
        if !self.exists(code) {
            faults.add(
                pointer,
                "unknown_value",
                "领域目录中没有这个代码",
                "is no code of the taxonomy",
            );
        }
    }

    /// Notes a fault when the code is no target group.
    pub fn check_target_group(&self, pointer: &str, code: &str, faults: &mut Faults) {
        if !self.has_target_group(code) {
            faults.add(
                pointer,
                "unknown_value",
                "没有这个服务人群",
                "is no target group",
            );
        }
    }

    /// Every fault of an uploaded version.
    fn check(&self, faults: &mut Faults) {
        faults.count("/fields", self.fields.len(), 1..=500);
        faults.count("/target_groups", self.target_groups.len(), 1..=200);
        let mut seen = HashSet::new();
        for (index, field) in self.fields.iter().enumerate() {
            let at = format!("/fields/{index}");
            if !is_code(&field.code) || field.parent.as_deref() != parent_of(&field.code) {
                faults.add(
                    format!("{at}/code"),
                    "malformed",
                    "须为一个大写字母,或其后加两位数字并指明上级",
                    "is a capital letter, or one with two digits and its parent",
                );
            }
            if !seen.insert(field.code.as_str()) {
                faults.add(
                    format!("{at}/code"),
                    "duplicate",
                    "代码重复",
                    "is there twice",
                );
            }
            faults.line(&format!("{at}/name_zh"), &field.name_zh, 1..=40);
        }
        let unknown = |pair: &&Vec<String>| {
            pair.len() != 2 || pair.iter().any(|code| self.field(code).is_none())
        };
        if self.related.iter().any(|pair| unknown(&pair)) {
            faults.add(
                "/related",
                "unknown_value",
                "相关领域须为两个已有代码",
                "names a pair of two known codes",
            );
        }
    }
}

fn is_code(code: &str) -> bool {
    let bytes = code.as_bytes();
    matches!(bytes.len(), 1 | 3)
        && bytes.first().is_some_and(u8::is_ascii_uppercase)
        && bytes.iter().skip(1).all(u8::is_ascii_digit)
}

fn parent_of(code: &str) -> Option<&str> {
    if code.len() == 3 { code.get(..1) } else { None }
}

/// The version in force: the newest imported one, or the built-in.
///
/// # Errors
/// When the database fails.
pub async fn current(read: &impl Read) -> Result<Arc<Taxonomy>, Error> {
    let newest = taxonomies::Entity::find()
        .order_by_desc(taxonomies::Column::Version)
        .one(&read.db())
        .await?;
    match newest {
        Some(row) if row.version > BUILTIN.version => {
            Ok(Arc::new(serde_json::from_value(row.data)?))
        }
        _ => Ok(Taxonomy::builtin()),
    }
}

/// Whether a code is a field of the version in force.
///
/// # Errors
/// When the database fails.
pub async fn exists(read: &impl Read, code: &str) -> Result<bool, Error> {
    Ok(current(read).await?.exists(code))
}

/// Stores a newer version. Earlier ones stay: what refers to them keeps its meaning.
///
/// # Errors
/// `forbidden`, `invalid`, `conflict` when the version is not newer than the one in force.
pub async fn import(tx: &Tx, taxonomy: Taxonomy) -> Result<Taxonomy, Error> {
    rights::require_anywhere(tx.actor(), "taxonomy.import")?;
    let mut faults = Faults::new();
    taxonomy.check(&mut faults);
    let present = current(tx).await?;
    // a code that was used must stay known; it can be disabled
    for field in present
        .fields
        .iter()
        .filter(|field| taxonomy.field(&field.code).is_none())
    {
        faults.add(
            "/fields",
            "missing",
            format!("缺少现有代码 {}(可停用,不可删除)", field.code),
            format!(
                "leaves out {}, which may be disabled but not dropped",
                field.code
            ),
        );
    }
    faults.finish()?;
    if taxonomy.version <= present.version {
        let text = (
            format!("现行版本为 {}", present.version),
            format!("version {} is in force", present.version),
        );
        return Err(Refusal::new(Code::Conflict).because(text.0, text.1).into());
    }
    let row = taxonomies::ActiveModel {
        version: Set(taxonomy.version),
        data: Set(serde_json::to_value(&taxonomy)?),
        created_at: Set(tx.now()),
    };
    taxonomies::Entity::insert(row)
        .exec_without_returning(&tx.db())
        .await?;
    Ok(taxonomy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_version_is_good() {
        let taxonomy = Taxonomy::builtin();
        assert_eq!(taxonomy.version, 1);
        assert!(taxonomy.exists("A01") && taxonomy.exists("A") && !taxonomy.exists("Z99"));
        assert!(taxonomy.has_target_group("elderly") && taxonomy.are_related("A06", "A03"));
        let mut faults = Faults::new();
        taxonomy.check(&mut faults);
        assert!(faults.is_empty(), "{:?}", faults.into_fields());
    }
}
