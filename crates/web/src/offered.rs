//! Which addresses there are, read from the OpenAPI document: for 405 with `Allow`, and for asking for
//! the token before anything of the body is looked at.

use serde_json::Value;

struct Operation {
    segments: Vec<String>,
    method: String,
    secured: bool,
}

/// The operations of the document.
pub struct Offered(Vec<Operation>);

fn fits(pattern: &[String], segments: &[&str]) -> bool {
    pattern.len() == segments.len()
        && pattern
            .iter()
            .zip(segments)
            .all(|(pattern, segment)| pattern.starts_with('{') || pattern == segment)
}

impl Offered {
    /// Reads the document.
    #[must_use]
    pub fn of(document: &Value) -> Self {
        let paths = document.get("paths").and_then(Value::as_object);
        let rows = paths.into_iter().flatten().flat_map(|(path, item)| {
            let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
            let operations = item.as_object().into_iter().flatten();
            operations.map(move |(method, operation)| {
                let security = operation.get("security").and_then(Value::as_array);
                Operation {
                    segments: segments.clone(),
                    method: method.to_ascii_uppercase(),
                    secured: security
                        .is_some_and(|list| list.iter().any(|one| one.get("bearer").is_some())),
                }
            })
        });
        Offered(rows.collect())
    }

    /// The methods that a path takes, in order.
    #[must_use]
    pub fn methods(&self, path: &str) -> Vec<&str> {
        let segments: Vec<&str> = path.split('/').collect();
        let found = self.0.iter().filter(|one| fits(&one.segments, &segments));
        let mut methods: Vec<&str> = found.map(|one| one.method.as_str()).collect();
        methods.sort_unstable();
        methods.dedup();
        methods
    }

    /// Whether an operation is for signed-in callers only. Where a literal and a pattern fit the same
    /// path (`/needs/x` and `/needs/{id}`), all must ask for the token.
    #[must_use]
    pub fn needs_token(&self, method: &str, path: &str) -> bool {
        let segments: Vec<&str> = path.split('/').collect();
        let mut found = self
            .0
            .iter()
            .filter(|one| one.method == method && fits(&one.segments, &segments))
            .peekable();
        found.peek().is_some() && found.all(|one| one.secured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_known_path_names_its_methods_and_whether_it_wants_a_token() {
        let bearer = json!([{ "bearer": [] }]);
        let offered = Offered::of(&json!({ "paths": {
            "/needs": { "get": { "security": bearer }, "post": { "security": bearer } },
            "/needs/{id}": { "get": { "security": [{}] }, "patch": { "security": bearer } },
        } }));
        assert_eq!(offered.methods("/needs"), ["GET", "POST"]);
        assert_eq!(offered.methods("/needs/7"), ["GET", "PATCH"]);
        assert!(offered.methods("/nothing").is_empty());
        assert!(offered.needs_token("PATCH", "/needs/7"));
        assert!(!offered.needs_token("GET", "/needs/7"));
        assert!(!offered.needs_token("GET", "/nothing"));
    }
}
