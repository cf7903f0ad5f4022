//! Numbers of persons: identity numbers, bank cards, phones; and addresses of mail.

use super::{Finding, Kind};
use chrono::NaiveDate;

/// Digits that stand together, `start..end` in characters.
struct Group {
    start: usize,
    end: usize,
    digits: Vec<u32>,
}

/// Most characters between two groups of one number.
const GAP: usize = 3;
/// Most digits of one number: 86 before a card's 19 is none.
const LONGEST: usize = 19;
/// First two digits of identity numbers: provinces (GB/T 2260).
const PROVINCES: &[u32] = &[
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83,
];
/// Words after which a number of seven or eight digits is a phone number.
const PHONE_CUES: &[&str] = &["电话", "座机", "手机", "联系方式", "tel", "TEL", "Tel"];

fn groups(chars: &[char]) -> Vec<Group> {
    let mut all: Vec<Group> = Vec::new();
    let mut fresh = true;
    for (at, c) in chars.iter().enumerate() {
        let Some(digit) = c.to_digit(10).filter(|_| c.is_ascii_digit()) else {
            fresh = true;
            continue;
        };
        match all.last_mut().filter(|_| !fresh) {
            Some(group) => {
                group.end = at + 1;
                group.digits.push(digit);
            }
            None => all.push(Group {
                start: at,
                end: at + 1,
                digits: vec![digit],
            }),
        }
        fresh = false;
    }
    all
}

/// Whether two groups can belong to one number: only blanks, dashes and brackets between them.
fn joined(chars: &[char], one: &Group, next: &Group) -> bool {
    let between = chars.get(one.end..next.start).unwrap_or_default();
    between.len() <= GAP && between.iter().all(|c| matches!(c, ' ' | '-' | '(' | ')'))
}

/// Every number of a person, the longest from each place first.
pub(super) fn numbers(chars: &[char]) -> Vec<Finding> {
    let all = groups(chars);
    let mut found = Vec::new();
    for first in 0..all.len() {
        let mut longest = None;
        let (mut digits, mut lengths) = (Vec::new(), Vec::new());
        for (at, group) in all.iter().enumerate().skip(first) {
            let before = at.checked_sub(1).and_then(|before| all.get(before));
            let apart = before.is_some_and(|before| !joined(chars, before, group));
            if at > first && apart || digits.len() + group.digits.len() > LONGEST {
                break;
            }
            digits.extend(&group.digits);
            lengths.push(group.digits.len());
            let start = all.get(first).map_or(0, |group| group.start);
            if let Some((kind, end)) = kind(chars, start, group.end, &digits, &lengths) {
                longest = Some(Finding { kind, start, end });
            }
        }
        found.extend(longest);
    }
    found
}

/// What a row of digits is, and where it ends: a check letter X belongs to it.
fn kind(
    chars: &[char],
    start: usize,
    end: usize,
    digits: &[u32],
    lengths: &[usize],
) -> Option<(Kind, usize)> {
    if is_identity(digits, None) || is_old_identity(digits, lengths) {
        return Some((Kind::IdentityNumber, end));
    }
    let rest = chars.get(end..).unwrap_or_default();
    let check = rest
        .iter()
        .take(GAP + 1)
        .position(|c| !matches!(c, ' ' | '-'));
    if let Some(gap) = check
        && rest.get(gap).is_some_and(|c| matches!(c, 'X' | 'x'))
        && is_identity(digits, Some(10))
    {
        return Some((Kind::IdentityNumber, end + gap + 1));
    }
    if is_card(digits, lengths) {
        return Some((Kind::BankCard, end));
    }
    let cued = || {
        let before = chars.get(start.saturating_sub(6)..start);
        let before: String = before.unwrap_or_default().iter().collect();
        PHONE_CUES.iter().any(|cue| before.contains(cue))
    };
    let plain = lengths.len() <= 2 && matches!(digits.len(), 7 | 8) && cued();
    if is_mobile(digits, lengths) || is_landline(digits, lengths) || plain {
        return Some((Kind::Phone, end));
    }
    None
}

fn number(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |n, digit| n * 10 + digit)
}

/// Eighteen digits with a real date and the check digit of GB 11643; `check` is a letter that follows.
fn is_identity(digits: &[u32], check: Option<u32>) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let mut all = digits.to_vec();
    all.extend(check);
    let [place @ .., last] = all.as_slice() else {
        return false;
    };
    if place.len() != WEIGHTS.len() {
        return false;
    }
    let sum: u32 = place
        .iter()
        .zip(WEIGHTS)
        .map(|(d, weight)| d * weight)
        .sum();
    let born = place.get(6..14).unwrap_or_default();
    (12 - sum % 11) % 11 == *last && is_date(born) && is_place(place)
}

/// Fifteen digits of the numbers given out until 1999, with a real date.
fn is_old_identity(digits: &[u32], lengths: &[usize]) -> bool {
    let grouped = matches!(lengths, [15] | [6, 6, 3]) || lengths.iter().all(|n| *n == 1);
    let mut born = vec![1, 9];
    born.extend(digits.get(6..12).unwrap_or_default());
    digits.len() == 15 && grouped && is_place(digits) && is_date(&born)
}

fn is_place(digits: &[u32]) -> bool {
    PROVINCES.contains(&number(digits.get(..2).unwrap_or_default()))
}

fn is_date(digits: &[u32]) -> bool {
    let part = |from: usize, to: usize| number(digits.get(from..to).unwrap_or_default());
    let year = i32::try_from(part(0, 4)).unwrap_or_default();
    (1800..2100).contains(&year) && NaiveDate::from_ymd_opt(year, part(4, 6), part(6, 8)).is_some()
}

/// Sixteen to nineteen digits with the check digit of Luhn, in one piece or in fours.
fn is_card(digits: &[u32], lengths: &[usize]) -> bool {
    let fours = lengths
        .split_last()
        .is_some_and(|(last, rest)| rest.iter().all(|n| *n == 4) && *last <= 4);
    let doubled = |(at, digit): (usize, &u32)| match at % 2 {
        0 => *digit,
        _ => digit * 2 / 10 + digit * 2 % 10,
    };
    let sum: u32 = digits.iter().rev().enumerate().map(doubled).sum();
    let zeros = digits.iter().all(|digit| *digit == 0);
    (16..=19).contains(&digits.len())
        && (lengths.len() == 1 || fours || lengths.iter().all(|n| *n == 1))
        && sum.is_multiple_of(10)
        && !zeros
}

fn is_mobile(digits: &[u32], lengths: &[usize]) -> bool {
    let grouped = matches!(
        lengths,
        [_] | [3, 4, 4] | [3, 8] | [7, 4] | [4, 4, 3] | [3, 4, 2, 2]
    ) || lengths.iter().all(|n| *n == 1);
    let national = match digits {
        [0, rest @ ..] if rest.len() == 11 => rest,
        [8, 6, rest @ ..] if rest.len() == 11 => rest,
        all => all,
    };
    grouped && matches!(national, [1, 3..=9, rest @ ..] if rest.len() == 9)
}

/// Area code and seven or eight digits, together or apart.
fn is_landline(digits: &[u32], lengths: &[usize]) -> bool {
    let area = match digits {
        [0, 1, 0, ..] | [0, 2, ..] => 3,
        [0, 3..=9, ..] => 4,
        _ => return false,
    };
    let local = digits.get(area..).unwrap_or_default();
    let grouped = match lengths {
        [_] => true,
        [first, 7 | 8] => *first == area,
        [first, 3 | 4, 4] => *first == area,
        _ => false,
    };
    grouped && matches!(local.len(), 7 | 8) && local.first().is_some_and(|first| *first >= 2)
}

fn in_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '%')
}

/// Addresses of mail: something, an at sign, a domain with a dot.
pub(super) fn emails(chars: &[char]) -> Vec<Finding> {
    let mut found = Vec::new();
    for at in chars
        .iter()
        .enumerate()
        .filter(|(_, c)| **c == '@')
        .map(|(at, _)| at)
    {
        let (before, after) = (
            chars.get(..at).unwrap_or_default(),
            chars.get(at + 1..).unwrap_or_default(),
        );
        let local = before.iter().rev().take_while(|c| in_address(**c)).count();
        let domain: Vec<char> = after
            .iter()
            .copied()
            .take_while(|c| in_address(*c))
            .collect();
        let length = domain.len()
            - domain
                .iter()
                .rev()
                .take_while(|c| !c.is_ascii_alphanumeric())
                .count();
        let domain: String = domain.into_iter().take(length).collect();
        let dotted = domain
            .split_once('.')
            .is_some_and(|(host, rest)| !host.is_empty() && rest.len() >= 2);
        if local > 0 && dotted {
            found.push(Finding {
                kind: Kind::Email,
                start: at - local,
                end: at + 1 + length,
            });
        }
    }
    found
}
