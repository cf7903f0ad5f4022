//! Personal data in free text (rulebook 3.8): needs and reports carry counts, not names.
//!
//! [`find`] says what kind of data stands where, in characters; it never gives the text back, so that
//! a log line made of findings tells nobody's number. [`mask`] hides what was found. Both are a help
//! for people who write, no proof: the names are found after a cue or before a form of address only,
//! because every second Chinese word begins with some surname.

use crate::faults::Faults;
use crate::text;

mod names;
mod numbers;

/// What kind of personal data was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// 公民身份号码, 18 digits with check digit or 15 old ones.
    IdentityNumber,
    /// 银行卡号.
    BankCard,
    /// 手机或固定电话.
    Phone,
    /// 电子邮箱.
    Email,
    /// 姓名.
    Name,
}

impl Kind {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::IdentityNumber => "identity_number",
            Kind::BankCard => "bank_card",
            Kind::Phone => "phone",
            Kind::Email => "email",
            Kind::Name => "name",
        }
    }

    /// The Chinese name.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Kind::IdentityNumber => "身份证号码",
            Kind::BankCard => "银行卡号",
            Kind::Phone => "电话号码",
            Kind::Email => "电子邮箱",
            Kind::Name => "个人姓名",
        }
    }
}

/// One place with personal data, in characters (Unicode scalar values), `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub kind: Kind,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

impl Finding {
    fn overlaps(self, other: Finding) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Notes identity numbers (公民身份号码) in a field: nobody has to hand one in anywhere, so a text with one is
/// refused (rulebook 3.8).
pub fn refuse_identity_numbers(pointer: &str, text: &str, faults: &mut Faults) {
    let is_identity = |finding: &Finding| finding.kind == Kind::IdentityNumber;
    if find(text).iter().any(is_identity) {
        faults.add(
            pointer,
            "personal_data",
            "含有身份证号码,请删去后再提交",
            "holds an identity number: take it out",
        );
    }
}

/// Everything that looks like personal data, from left to right, without overlaps.
#[must_use]
pub fn find(text: &str) -> Vec<Finding> {
    let chars: Vec<char> = text.chars().map(fold).collect();
    find_in(&chars)
}

fn find_in(chars: &[char]) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let ways = [numbers::emails, numbers::numbers, names::names];
    for candidate in ways.into_iter().flat_map(|way| way(chars)) {
        if !found.iter().any(|known| known.overlaps(candidate)) {
            found.push(candidate);
        }
    }
    found.sort_by_key(|finding| finding.start);
    found
}

/// The text with everything hidden that [`find`] finds: names as 张**, phone numbers as 138****1234,
/// the rest altogether. It keeps its number of characters.
#[must_use]
pub fn mask(text: &str) -> String {
    mask_but(text, |_, _| false)
}

/// As [`mask`], for the contact line of an office: its landline stays (rulebook 3.8); a name and a
/// mobile number go.
#[must_use]
pub fn mask_office_line(text: &str) -> String {
    mask_but(text, |kind, part| kind == Kind::Phone && !is_mobile(part))
}

/// Whether a phone number is one that a person carries: eleven digits from 1, with or without 86.
fn is_mobile(part: &[char]) -> bool {
    let digits: String = part.iter().filter(|c| c.is_ascii_digit()).collect();
    let own = digits.trim_start_matches('0');
    let own = own
        .strip_prefix("86")
        .filter(|rest| rest.len() == 11)
        .unwrap_or(own);
    own.len() == 11 && own.starts_with('1')
}

fn mask_but(text: &str, stays: impl Fn(Kind, &[char]) -> bool) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    loop {
        let folded: Vec<char> = chars.iter().copied().map(fold).collect();
        let mut found = find_in(&folded);
        found.retain(|one| {
            let part = folded.get(one.start..one.end).unwrap_or_default();
            !stays(one.kind, part)
        });
        if found.is_empty() {
            return chars.into_iter().collect();
        }
        // hiding a number can bring its neighbours together; each round hides at least one character
        for finding in found {
            if let Some(part) = chars.get_mut(finding.start..finding.end) {
                hide(part, finding.kind);
            }
        }
    }
}

fn hide(part: &mut [char], kind: Kind) {
    let digits = part.iter().filter(|c| fold(**c).is_ascii_digit()).count();
    let name: String = part.iter().collect();
    let hidden: Vec<char> = match kind {
        Kind::Name => text::mask_name(&name).chars().collect(),
        Kind::Phone => {
            let masked: Vec<char> = text::mask_phone(&"0".repeat(digits)).chars().collect();
            let mut shown = masked.into_iter();
            let keep = |c: &char| match fold(*c).is_ascii_digit() {
                true if shown.next() == Some('0') => *c,
                true => '*',
                false => *c,
            };
            part.iter().map(keep).collect()
        }
        Kind::IdentityNumber | Kind::BankCard | Kind::Email => vec!['*'; part.len()],
    };
    for (place, c) in part.iter_mut().zip(hidden) {
        *place = c;
    }
}

/// Full-width digits, letters and signs as half-width ones; every dash as `-`, every blank as a space.
fn fold(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => {
            let narrow = char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c);
            if narrow == '~' { '-' } else { narrow }
        }
        '\u{3000}' | '\u{00A0}' | '\u{2002}'..='\u{200B}' | '\t' => ' ',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '·' | '•' | '_' => '-',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(text: &str) -> Vec<Kind> {
        find(text).into_iter().map(|one| one.kind).collect()
    }

    #[test]
    fn identity_numbers_are_found_however_they_are_written() {
        for text in [
            "身份证11010519491231002X。",
            "身份证 110105 19491231 002x",
            "110105-19491231-002X",
            "１１０１０５１９４９１２３１００２Ｘ",
            "号码为440524188001010014的居民",
            "旧证 130503670401001 已过期",
        ] {
            assert_eq!(kinds(text), [Kind::IdentityNumber], "{text}");
        }
        // a wrong check digit, a day that is none, a place that is none
        for text in [
            "110105194912310021",
            "110105194913310025",
            "991105670401001",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn phones_cards_and_addresses_of_mail_are_found() {
        for text in [
            "电话13812345678",
            "138 1234 5678",
            "138-1234-5678",
            "１３８１２３４５６７８",
            "+86 13812345678",
            "8613812345678",
            "1 3 8 1 2 3 4 5 6 7 8",
            "0371-55508020",
            "（0371）55508020",
            "01062345678",
            "电话:55508020",
        ] {
            assert_eq!(kinds(text), [Kind::Phone], "{text}");
        }
        for text in ["6222021234567890128", "4111 1111 1111 1111"] {
            assert_eq!(kinds(text), [Kind::BankCard], "{text}");
        }
        for text in ["写信到 zhang.san@example.com。", "邮箱13812345678@qq.com"] {
            assert_eq!(kinds(text), [Kind::Email], "{text}");
        }
    }

    #[test]
    fn names_are_found_after_a_cue_or_before_a_form_of_address() {
        for text in [
            "联系人:张三",
            "联系人：张三丰,白天在家",
            "我叫李四。",
            "我叫欧阳小明,住三号楼",
            "独居的王五老人无人照看",
            "请找王建国先生",
            "户主为刘桂兰",
        ] {
            assert_eq!(kinds(text), [Kind::Name], "{text}");
        }
        for text in [
            "关爱老人",
            "方便老人出行",
            "高龄独居老人132人",
            "我是高龄老人的邻居",
            "联系人:社区书记",
            "联系人:王书记",
            "安排老人体检",
            "为空巢老人送餐,周末老人较多",
            "我叫外卖不方便",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn plain_counts_dates_and_our_own_numbers_are_nothing() {
        for text in [
            "辖区80岁以上独居老人132人",
            "2026-03-02",
            "2026年3月2日 09:30 至 2026-06-01 17:00",
            "预算 1 500 000 元,约 13 800 元/月",
            "XQ-410108-2026-0001",
            "410108005003",
            "12345 热线",
            "三号院6个单元、共 240 户",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn a_mask_keeps_what_the_rulebook_lets_show() {
        for (text, masked) in [
            ("张三的电话13812345678", "张三的电话138****5678"),
            ("联系人:张三丰", "联系人:张**"),
            ("电话 138-1234-5678", "电话 138-****-5678"),
            ("11010519491231002X", "******************"),
            ("a@b.cn", "******"),
            ("共132人", "共132人"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }

    #[test]
    fn the_line_of_an_office_stays_and_no_person_on_it() {
        for (text, masked) in [
            (
                "街道社会事务办 0371-55508020",
                "街道社会事务办 0371-55508020",
            ),
            ("电话:55508020", "电话:55508020"),
            ("01062345678", "01062345678"),
            ("联系人:张三丰 0371-55508020", "联系人:张** 0371-55508020"),
            ("联系人:张三丰 13812345678", "联系人:张** 138****5678"),
            (
                "01062345678,或 138-1234-5678",
                "01062345678,或 138-****-5678",
            ),
        ] {
            assert_eq!(mask_office_line(text), masked);
        }
        let abroad = mask_office_line("+86 13812345678");
        assert!(!abroad.contains("13812345678"), "{abroad}");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it_and_a_masked_text_holds_nothing(text in ".{0,60}") {
            let masked = mask(&text);
            prop_assert_eq!(find(&masked), vec![]);
            prop_assert_eq!(masked.chars().count(), text.chars().count());
        }

        #[test]
        fn no_text_of_digits_and_names_breaks_it(text in "[0-9０-９Xx \\-－@.a张王李欧阳先生老人联系我叫:：电话,，的*]{0,60}") {
            let masked = mask(&text);
            prop_assert_eq!(find(&masked), vec![]);
            prop_assert_eq!(mask(&masked), masked.clone());
            prop_assert_eq!(masked.chars().count(), text.chars().count());
        }

        #[test]
        fn every_mobile_number_is_found_and_hidden(tail in "[3-9][0-9]{9}", before in "[一-龥]{0,5}", after in "[一-龥]{0,5}") {
            let text = format!("{before}1{tail}{after}");
            prop_assert!(kinds(&text).contains(&Kind::Phone));
            let number = format!("1{tail}");
            prop_assert!(!mask(&text).contains(&number));
        }

        #[test]
        fn a_count_of_people_is_never_a_finding(n in 0_u32..10_000_000) {
            let text = format!("共有{n}人");
            prop_assert_eq!(kinds(&text), vec![]);
        }
    }
}
