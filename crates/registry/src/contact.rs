//! Reading phone numbers and mail addresses.

use wubang_kernel::Faults;

/// A mail address, checked for shape only: whether it exists shows when mail is sent.
pub(crate) fn email(pointer: &str, given: Option<&str>, faults: &mut Faults) -> Option<String> {
    let text = given?.trim();
    let good = text.len() <= 254
        && text
            .chars()
            .all(|c| c.is_ascii_graphic() && !"<>()[],;:\"\\".contains(c))
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && is_domain(domain));
    if !good {
        faults.add(
            pointer,
            "malformed",
            "不是有效的电子邮箱地址",
            "is not a mail address",
        );
        return None;
    }
    Some(text.to_owned())
}

fn is_domain(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
}

/// A phone number as people write it.
pub(crate) fn phone(pointer: &str, given: Option<&str>, faults: &mut Faults) -> Option<String> {
    let text = given?.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if !(5..=15).contains(&digits)
        || text.len() > 24
        || !text
            .chars()
            .all(|c| c.is_ascii_digit() || "+-() ".contains(c))
    {
        faults.add(
            pointer,
            "malformed",
            "不是有效的电话号码",
            "is not a phone number",
        );
        return None;
    }
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_checked() {
        let mut faults = Faults::new();
        assert!(
            email("/e", Some(" ning@lelin.example "), &mut faults).is_some()
                && phone("/p", Some("0371-55501007"), &mut faults).is_some()
        );
        assert!(faults.is_empty());
        for bad in [
            "",
            "a",
            "a@",
            "@b.c",
            "a@b",
            "a@b..c",
            "a b@c.d",
            "a@b@c.d",
            "<a@b.c>",
            "a@b.c\r\nBcc: x@y.z",
        ] {
            assert!(email("/e", Some(bad), &mut faults).is_none(), "{bad}");
        }
        for bad in ["", "12", "call me 12345", "1234567890123456"] {
            assert!(phone("/p", Some(bad), &mut faults).is_none(), "{bad}");
        }
    }
}
