//! The field-by-field difference of two JSON documents: what a change notice (变更公告) shows, and what
//! proves every earlier text of the notice. Pure functions.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// One changed member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    /// 字段(JSON pointer)。
    #[schema(example = "/budget_ceiling_fen")]
    pub pointer: String,
    /// 变更前;原来没有的,不列出。
    #[serde(default, skip_serializing_if = "Option::is_none", with = "present")]
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// 变更后;已取消的,不列出。
    #[serde(default, skip_serializing_if = "Option::is_none", with = "present")]
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
}

/// Every changed member, in the order of the document.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
pub struct Diff(pub Vec<FieldChange>);

/// A member that is there with the value `null` is not a member that is missing.
mod present {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    pub(super) fn serialize<S: Serializer>(
        value: &Option<Value>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().unwrap_or(&Value::Null).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Value>, D::Error> {
        Value::deserialize(deserializer).map(Some)
    }
}

/// What changes `before` into `after`. Members of objects are compared one by one; a list is one
/// value, because a list that is half replaced says nothing to a reader.
#[must_use]
pub fn diff(before: &Value, after: &Value) -> Diff {
    let mut found = Vec::new();
    compare(String::new(), Some(before), Some(after), &mut found);
    Diff(found)
}

fn compare(
    pointer: String,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<FieldChange>,
) {
    if before == after {
        return;
    }
    if let (Some(Value::Object(old)), Some(Value::Object(new))) = (before, after) {
        let added = new.keys().filter(|name| !old.contains_key(*name));
        for name in old.keys().chain(added) {
            let at = format!("{pointer}/{}", escaped(name));
            compare(at, old.get(name), new.get(name), found);
        }
        return;
    }
    found.push(FieldChange {
        pointer,
        before: before.cloned(),
        after: after.cloned(),
    });
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn unescaped(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

impl Diff {
    /// The document after the change, from the one before it.
    #[must_use]
    pub fn applied(&self, before: &Value) -> Value {
        self.0.iter().fold(before.clone(), |document, change| {
            put(document, &change.pointer, change.after.as_ref())
        })
    }

    /// The document before the change, from the one after it: so that an earlier notice and its hash
    /// stay provable.
    #[must_use]
    pub fn undone(&self, after: &Value) -> Value {
        self.0.iter().fold(after.clone(), |document, change| {
            put(document, &change.pointer, change.before.as_ref())
        })
    }
}

/// Sets or takes away the member that a pointer names.
fn put(mut document: Value, pointer: &str, value: Option<&Value>) -> Value {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return value.cloned().unwrap_or(Value::Null);
    };
    if let Some(Value::Object(members)) = document.pointer_mut(parent) {
        match value {
            Some(value) => {
                members.insert(unescaped(name), value.clone());
            }
            None => {
                members.remove(&unescaped(name));
            }
        }
    }
    document
}

/// A JSON merge patch (RFC 7396) laid over a document.
#[must_use]
pub fn merged(document: Value, patch: &Map<String, Value>) -> Value {
    let mut members = match document {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, value) in patch {
        match value {
            Value::Null => {
                members.remove(name);
            }
            Value::Object(inner) => {
                let present = members.remove(name).unwrap_or(Value::Null);
                members.insert(name.clone(), merged(present, inner));
            }
            other => {
                members.insert(name.clone(), other.clone());
            }
        }
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn documents() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-c~/]{0,3}".prop_map(Value::from),
        ];
        let inner = leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::btree_map("[a-c~/]{1,2}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        });
        proptest::collection::btree_map("[a-c~/]{1,2}", inner, 0..4)
            .prop_map(|members| Value::Object(members.into_iter().collect()))
    }

    #[test]
    fn members_are_named_one_by_one_and_lists_as_a_whole() {
        let before =
            json!({ "title": "一", "content": { "a": [1, 2], "b": { "c": 1 } }, "same": true });
        let after =
            json!({ "title": "二", "content": { "a": [1], "b": { "c": null } }, "same": true });
        let pointers: Vec<String> = diff(&before, &after)
            .0
            .into_iter()
            .map(|change| change.pointer)
            .collect();
        assert_eq!(pointers.len(), 3);
        for wanted in ["/title", "/content/a", "/content/b/c"] {
            assert!(pointers.iter().any(|pointer| pointer == wanted), "{wanted}");
        }
        assert_eq!(diff(&before, &before), Diff::default());
    }

    #[test]
    fn a_merge_patch_replaces_lists_and_takes_away_nulls() {
        let document = json!({ "a": { "b": 1, "c": [1, 2] }, "d": 1 });
        let patch = json!({ "a": { "c": [3], "e": { "f": null, "g": 1 } }, "d": null });
        let patch = patch.as_object().unwrap();
        assert_eq!(
            merged(document, patch),
            json!({ "a": { "b": 1, "c": [3], "e": { "g": 1 } } })
        );
    }

    proptest! {
        #[test]
        fn applying_a_diff_gives_the_document_after_and_undoing_it_the_one_before(before in documents(), after in documents()) {
            let changes = diff(&before, &after);
            prop_assert_eq!(changes.applied(&before), after.clone());
            prop_assert_eq!(changes.undone(&after), before.clone());
            prop_assert_eq!(changes.0.is_empty(), before == after);
        }

        #[test]
        fn a_diff_comes_back_from_the_wire(before in documents(), after in documents()) {
            let changes = diff(&before, &after);
            let wire = serde_json::to_string(&changes).unwrap();
            prop_assert_eq!(serde_json::from_str::<Diff>(&wire).unwrap(), changes);
        }
    }
}
