//! Masking of what was shown: pure functions (rulebook 2.6, 3.8).

use serde_json::Value;
use wubang_kernel::personal;

/// Members that hold the line of an office: its landline stays.
const OFFICE_LINES: &[&str] = &["contact", "objection_contact"];

/// A content with the personal data of every text masked. The landline of an office stays in the
/// members made for it; a name or a mobile number goes there too.
#[must_use]
pub fn masked(content: &Value) -> Value {
    within(content, false)
}

/// A digest (64 hexadecimal digits) or an exact fraction: figures by which a result is checked, in which a run of
/// digits is nobody's number.
fn is_figure(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = text.split_once('/').is_some_and(|(above, below)| {
        digits(above.strip_prefix('-').unwrap_or(above)) && digits(below)
    });
    fraction || (text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn within(value: &Value, line: bool) -> Value {
    match value {
        Value::String(text) if is_figure(text) => value.clone(),
        Value::String(text) if line => personal::mask_office_line(text).into(),
        Value::String(text) => personal::mask(text).into(),
        Value::Array(items) => items.iter().map(|item| within(item, line)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, member)| {
                let line = OFFICE_LINES.contains(&key.as_str());
                (key.clone(), within(member, line))
            })
            .collect(),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn figures_by_which_a_result_is_checked_stay_whole() {
        let digest = "0385d596a19f1bee91e13812345678ef59c1855286992b84476e56d43e6cfba8";
        let shown = json!({ "sheet_commitments": [digest], "exact_total": "13812345678/150000000", "text": "13812345678" });
        let after = masked(&shown);
        assert_eq!(after["sheet_commitments"], shown["sheet_commitments"]);
        assert_eq!(after["exact_total"], shown["exact_total"]);
        assert_eq!(after["text"], json!("138****5678"));
        for other in ["1/2/3", "a/2", "1/", "/2", "13812345678"] {
            assert!(!is_figure(other), "{other}");
        }
    }

    #[test]
    fn names_and_mobiles_go_and_the_line_of_an_office_stays() {
        let shown = json!({
            "service_content": "联系人:张三丰,电话13812345678,座机0371-55508020",
            "buyer": { "name": "长兴路街道办事处", "contact": "联系人:张三丰 0371-55508020 13812345678" },
            "objection_contact": "电话:55508021",
            "starts_on": "2026-03-02",
            "division": "410108005003",
            "budget_ceiling_fen": 13_812_345_678_i64,
            "communities": ["410108005003", null, true],
        });
        let expected = json!({
            "service_content": "联系人:张**,电话138****5678,座机0371-****8020",
            "buyer": { "name": "长兴路街道办事处", "contact": "联系人:张** 0371-55508020 138****5678" },
            "objection_contact": "电话:55508021",
            "starts_on": "2026-03-02",
            "division": "410108005003",
            "budget_ceiling_fen": 13_812_345_678_i64,
            "communities": ["410108005003", null, true],
        });
        let once = masked(&shown);
        let texts = |value: &Value| value["service_content"].as_str().map(str::to_owned);
        assert!(texts(&once).is_some_and(|text| !text.contains("55508020")));
        for key in [
            "buyer",
            "objection_contact",
            "starts_on",
            "division",
            "budget_ceiling_fen",
            "communities",
        ] {
            assert_eq!(once[key], expected[key], "{key}");
        }
    }

    proptest! {
        #[test]
        fn masking_twice_is_masking_once(text in "[0-9 \\-张王李先生老人联系电话:,a@.]{0,40}") {
            let content = json!({ "text": text, "contact": text });
            let once = masked(&content);
            prop_assert_eq!(masked(&once), once);
        }

        #[test]
        fn no_mobile_survives(tail in "[3-9][0-9]{9}") {
            let number = format!("1{tail}");
            let content = json!({ "contact": format!("电话 {number}"), "text": number });
            prop_assert!(!masked(&content).to_string().contains(&number));
        }
    }
}
