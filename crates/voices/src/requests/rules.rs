//! Facts, guards and comparisons of residents' requests: pure functions.

use super::model::Channel;
use crate::flow::{RequestGuard, ResidentRequest};
use std::collections::BTreeMap;
use wubang_kernel::Refusal;
use wubang_kernel::machine::{Facts, Name};

/// Percent of common pairs of characters from which two texts count as the same.
const SAME: usize = 90;

/// What is known of a request when a step is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RequestFacts {
    /// Whether the need it is to go into is still open; `None` while none is named.
    pub need_open: Option<bool>,
}

impl Facts<ResidentRequest> for RequestFacts {
    fn check(&self, guard: RequestGuard) -> Result<(), Refusal> {
        let holds = match guard {
            RequestGuard::NeedOpen => self.need_open.unwrap_or(true),
        };
        if holds {
            Ok(())
        } else {
            Err(guard.code().into())
        }
    }
}

/// Pairs of neighbouring letters and digits, and how often each occurs.
fn pairs(text: &str) -> (BTreeMap<(char, char), usize>, usize) {
    let plain: Vec<char> = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let mut counts = BTreeMap::new();
    for (one, next) in plain.iter().zip(plain.iter().skip(1)) {
        *counts.entry((*one, *next)).or_insert(0) += 1;
    }
    (counts, plain.len().saturating_sub(1))
}

/// Whether two texts say nearly the same: punctuation, blanks and case aside, nine of ten pairs of
/// characters are common.
pub(crate) fn near_identical(one: &str, other: &str) -> bool {
    let ((mine, n), (theirs, m)) = (pairs(one), pairs(other));
    let common: usize = mine
        .iter()
        .map(|(pair, count)| (*count).min(theirs.get(pair).copied().unwrap_or(0)))
        .sum();
    n + m > 0 && 200 * common >= SAME * (n + m)
}

/// The channel that most of the requests came through; the earliest of equals.
pub(crate) fn main_channel(channels: &[Channel]) -> Option<Channel> {
    let count = |one: &Channel| channels.iter().filter(|other| *other == one).count();
    let most = channels.iter().map(count).max()?;
    channels.iter().copied().find(|one| count(one) == most)
}

/// The first so many characters.
pub(crate) fn cut_to(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{RequestEvent, RequestState};
    use proptest::prelude::*;
    use wubang_kernel::machine::plan;
    use wubang_kernel::{Code, Role, RoleSet};

    #[test]
    fn a_request_goes_into_an_open_need_only() {
        let secretary = RoleSet::of(&[Role::CommunitySecretary]);
        let attach = |open| {
            let facts = RequestFacts { need_open: open };
            plan::<ResidentRequest>(
                RequestState::Received,
                RequestEvent::Attach,
                secretary,
                &facts,
            )
        };
        assert!(attach(None).is_ok() && attach(Some(true)).is_ok());
        assert_eq!(attach(Some(false)).unwrap_err().code, Code::NeedNotOpen);
    }

    #[test]
    fn a_comma_more_is_the_same_and_another_matter_is_not() {
        let text = "我们楼里好几位老人不会用手机挂号、缴费,希望有人定期来教。";
        assert!(near_identical(
            text,
            "我们楼里好几位老人不会用手机挂号缴费，希望有人定期来教！！"
        ));
        assert!(!near_identical(
            text,
            "三号院楼道灯坏了两个月,晚上老人上下楼很危险,请安排维修。"
        ));
        assert!(!near_identical("", ""));
    }

    #[test]
    fn most_requests_decide_the_source() {
        let all = [Channel::Grid, Channel::MicroWish, Channel::MicroWish];
        assert_eq!(main_channel(&all), Some(Channel::MicroWish));
        assert_eq!(main_channel(&all[..2]), Some(Channel::Grid));
        assert_eq!(main_channel(&[]), None);
    }

    proptest! {
        #[test]
        fn sameness_is_symmetric_and_a_text_is_the_same_as_itself(one in "[一-龥，。a-z ]{0,40}", other in "[一-龥，。a-z ]{0,40}") {
            prop_assert_eq!(near_identical(&one, &other), near_identical(&other, &one));
            if one.chars().filter(|c| c.is_alphanumeric()).count() > 1 {
                prop_assert!(near_identical(&one, &one));
            }
        }
    }
}
