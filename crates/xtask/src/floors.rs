//! The floors: which crate may see which.
//!
//! Every package says `[package.metadata] floor = "N.M"`. A crate sees only strictly lower
//! ones, so arrows go one way. Tests may in addition see `wubang-testkit`, which stands above
//! all crates that it helps to test.

use std::collections::BTreeMap;

use serde_json::Value;

/// The crate that any test may see.
const TESTKIT: &str = "wubang-testkit";

type Floor = (u32, u32);

/// One sentence for each package without a floor and each edge that does not go down.
pub fn wrong_edges(packages: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut floors: BTreeMap<&str, Floor> = BTreeMap::new();
    for package in packages {
        let name = text(package, "name");
        match package
            .pointer("/metadata/floor")
            .and_then(Value::as_str)
            .and_then(parse)
        {
            Some(floor) => {
                floors.insert(name, floor);
            }
            None => wrong.push(format!(
                "{name}: Cargo.toml must say `[package.metadata] floor = \"N.M\"`"
            )),
        }
    }
    for package in packages {
        let from = text(package, "name");
        let Some(&high) = floors.get(from) else {
            continue;
        };
        let edges = package.get("dependencies").and_then(Value::as_array);
        for edge in edges.into_iter().flatten() {
            let to = text(edge, "name");
            let ours = edge.get("path").is_some_and(Value::is_string);
            let Some(&low) = floors.get(to).filter(|_| ours) else {
                continue;
            };
            let kind = edge.get("kind").and_then(Value::as_str).unwrap_or("normal");
            if low < high || (kind == "dev" && to == TESTKIT) {
                continue;
            }
            wrong.push(format!(
                "{from} (floor {}.{}) must not see {to} (floor {}.{}): {kind} dependency",
                high.0, high.1, low.0, low.1
            ));
        }
    }
    wrong
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn parse(floor: &str) -> Option<Floor> {
    let (storey, room) = floor.split_once('.')?;
    let number = |digits: &str| -> Option<u32> {
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten()
    };
    Some((number(storey)?, number(room)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(name: &str, floor: &str, edges: &[(&str, Option<&str>)]) -> Value {
        let edges: Vec<Value> = edges
            .iter()
            .map(|(name, kind)| json!({"name": name, "kind": kind, "path": "/x"}))
            .collect();
        json!({"name": name, "metadata": {"floor": floor}, "dependencies": edges})
    }

    #[test]
    fn an_edge_down_is_right() {
        let packages = [
            package("a", "1.10", &[("b", None), ("b", Some("build"))]),
            package("b", "1.9", &[]),
        ];
        assert_eq!(wrong_edges(&packages), Vec::<String>::new());
    }

    #[test]
    fn an_edge_up_or_sideways_is_wrong_of_every_kind() {
        for kind in [None, Some("build"), Some("dev")] {
            for floor in ["1.9", "1.10", "2.0"] {
                let packages = [
                    package("a", "1.9", &[("b", kind)]),
                    package("b", floor, &[]),
                ];
                assert_eq!(wrong_edges(&packages).len(), 1, "{kind:?} {floor}");
            }
        }
    }

    #[test]
    fn only_tests_see_the_testkit_from_below() {
        for (kind, wrong) in [(None, 1), (Some("build"), 1), (Some("dev"), 0)] {
            let packages = [
                package("a", "1.0", &[(TESTKIT, kind)]),
                package(TESTKIT, "6.0", &[]),
            ];
            assert_eq!(wrong_edges(&packages).len(), wrong, "{kind:?}");
        }
    }

    #[test]
    fn a_crate_of_the_registry_with_our_name_is_not_ours() {
        let mut high = package("a", "1.0", &[("b", None)]);
        high["dependencies"][0]["path"] = Value::Null;
        assert_eq!(
            wrong_edges(&[high, package("b", "2.0", &[])]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_floor_is_two_numbers() {
        assert_eq!(parse("3.12"), Some((3, 12)));
        for floor in ["", "3", "3.", ".1", "3.1.2", "+3.1", "a.b", "3 .1"] {
            assert_eq!(parse(floor), None, "{floor}");
        }
        let none = json!({"name": "a", "metadata": null, "dependencies": []});
        assert_eq!(wrong_edges(&[none]).len(), 1);
        let number = json!({"name": "a", "metadata": {"floor": 1}, "dependencies": []});
        assert_eq!(wrong_edges(&[number]).len(), 1);
    }
}
