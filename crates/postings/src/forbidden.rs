//! What must not stand in a posting: conditions unrelated to the need, the place of registration, named
//! organisations, honours of a region as points (rulebook 2.4.2; 实施条例 art. 20). Words are only a sign:
//! what is found must be acknowledged with a reason, or taken out. Pure functions.

use crate::model::Content;
use crate::procedures::model::Finding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wubang_kernel::procedure::Criterion;

/// What kind of forbidden content a passage looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// 以注册地为条件。
    PlaceOfRegistration,
    /// 指名组织。
    NamedOrganisation,
    /// 与需求无关的条件。
    UnrelatedCondition,
    /// 以特定区域的荣誉、业绩为条件或加分。
    RegionalHonour,
}

impl Ground {
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Ground::PlaceOfRegistration => (
                "place_of_registration",
                "疑似以注册地为条件",
                "looks like the place of registration as a condition",
            ),
            Ground::NamedOrganisation => {
                ("named_organisation", "指名了组织", "names an organisation")
            }
            Ground::UnrelatedCondition => (
                "unrelated_condition",
                "疑似与需求无关的条件",
                "looks like a condition unrelated to the need",
            ),
            Ground::RegionalHonour => (
                "regional_honour",
                "疑似以特定区域的荣誉或业绩为条件",
                "looks like honours or contracts of one region as a condition",
            ),
        }
    }
}

/// A passage that must be acknowledged with a reason, or taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Passage {
    /// JSON 指针。
    pub pointer: String,
    /// 类别。
    pub ground: Ground,
    /// 原文片段。
    pub words: String,
}

impl From<&Passage> for Finding {
    fn from(passage: &Passage) -> Self {
        let (code, zh, en) = passage.ground.words();
        Finding {
            pointer: passage.pointer.clone(),
            code: code.to_owned(),
            zh: format!("{zh}:“{}”", passage.words),
            en: format!("{en}: “{}”", passage.words),
        }
    }
}

/// Signs of each ground: all words of one row within one clause.
const SIGNS: &[(Ground, &[&str])] = &[
    (Ground::PlaceOfRegistration, &["注册地"]),
    (Ground::PlaceOfRegistration, &["登记地"]),
    (Ground::PlaceOfRegistration, &["本区", "注册"]),
    (Ground::PlaceOfRegistration, &["本区", "登记"]),
    (Ground::PlaceOfRegistration, &["本市", "注册"]),
    (Ground::PlaceOfRegistration, &["本市", "登记"]),
    (Ground::PlaceOfRegistration, &["本街道", "注册"]),
    (Ground::PlaceOfRegistration, &["辖区内", "注册"]),
    (Ground::PlaceOfRegistration, &["辖区内", "登记"]),
    (Ground::PlaceOfRegistration, &["本地", "注册"]),
    (Ground::PlaceOfRegistration, &["本地", "登记"]),
    (Ground::UnrelatedCondition, &["注册资本"]),
    (Ground::UnrelatedCondition, &["注册资金"]),
    (Ground::UnrelatedCondition, &["开办资金"]),
    (Ground::UnrelatedCondition, &["营业额"]),
    (Ground::UnrelatedCondition, &["年收入", "不低于"]),
    (Ground::UnrelatedCondition, &["资产总额"]),
    (Ground::UnrelatedCondition, &["成立", "年以上"]),
    (Ground::UnrelatedCondition, &["成立", "年限"]),
    (Ground::UnrelatedCondition, &["从业人员", "不少于"]),
    (Ground::UnrelatedCondition, &["自有", "场地", "面积"]),
    (Ground::RegionalHonour, &["本区", "荣誉"]),
    (Ground::RegionalHonour, &["本市", "荣誉"]),
    (Ground::RegionalHonour, &["本区", "表彰"]),
    (Ground::RegionalHonour, &["本市", "表彰"]),
    (Ground::RegionalHonour, &["本区", "业绩"]),
    (Ground::RegionalHonour, &["本市", "业绩"]),
    (Ground::RegionalHonour, &["本地", "业绩"]),
    (Ground::NamedOrganisation, &["仅限", "承接", "中心"]),
    (Ground::NamedOrganisation, &["指定", "中心"]),
    (Ground::NamedOrganisation, &["指定", "公司"]),
    (Ground::NamedOrganisation, &["指定", "协会"]),
];

/// Shorter names (合唱队) are everyday words.
const NAME: usize = 6;

fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split(['。', ';', ';', '!', '!', '?', '?', '\n', ',', ','])
        .map(str::trim)
        .filter(|clause| !clause.is_empty())
}

fn scan(pointer: &str, text: &str, organisations: &[String], found: &mut Vec<Passage>) {
    for clause in clauses(text) {
        let signs = SIGNS
            .iter()
            .filter(|(_, words)| words.iter().all(|word| clause.contains(word)))
            .map(|(ground, _)| *ground);
        let named = organisations
            .iter()
            .filter(|name| name.chars().count() >= NAME)
            .filter(|name| clause.contains(name.as_str()))
            .map(|_| Ground::NamedOrganisation);
        for ground in signs.chain(named) {
            let passage = Passage {
                pointer: pointer.to_owned(),
                ground,
                words: clause.chars().take(80).collect(),
            };
            if !found.contains(&passage) {
                found.push(passage);
            }
        }
    }
}

/// Everything in the public text that looks forbidden. `organisations` are the names that could be named;
/// the buyer itself is not among what is looked through.
pub(crate) fn passages(
    title: &str,
    content: &Content,
    criteria: &[Criterion],
    organisations: &[String],
) -> Vec<Passage> {
    let mut found = Vec::new();
    let mut look = |pointer: &str, text: &str| scan(pointer, text, organisations, &mut found);
    look("/title", title);
    look("/content/service_content", &content.service_content);
    look("/content/eligibility", &content.eligibility);
    look("/content/agreement_terms", &content.agreement_terms);
    for (i, document) in content.required_documents.iter().enumerate() {
        look(&format!("/content/required_documents/{i}"), document);
    }
    for (i, milestone) in content.milestones.iter().enumerate() {
        look(
            &format!("/content/milestones/{i}/content"),
            &milestone.content,
        );
    }
    for (i, criterion) in criteria.iter().enumerate() {
        look(&format!("/overrides/criteria/{i}/zh"), &criterion.zh);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grounds(text: &str) -> Vec<Ground> {
        let mut found = Vec::new();
        scan(
            "/x",
            text,
            &["惠济区乐邻社会工作服务中心".to_owned()],
            &mut found,
        );
        found.into_iter().map(|passage| passage.ground).collect()
    }

    #[test]
    fn signs_are_found_clause_by_clause() {
        assert_eq!(
            grounds("须在本区民政部门注册,能服务本社区。"),
            [Ground::PlaceOfRegistration]
        );
        assert_eq!(
            grounds("成立满三年以上;开办资金不低于十万元"),
            [Ground::UnrelatedCondition, Ground::UnrelatedCondition]
        );
        assert_eq!(grounds("获得本市荣誉的加5分"), [Ground::RegionalHonour]);
        assert_eq!(
            grounds("由惠济区乐邻社会工作服务中心提供场地"),
            [Ground::NamedOrganisation]
        );
    }

    #[test]
    fn service_coverage_and_registration_as_such_are_allowed() {
        assert!(
            grounds("能够在本区开展服务。依法登记或备案的社会组织均可,在注册有效期内。").is_empty()
        );
        assert!(grounds("每周入户不少于两次,服务本辖区老人。").is_empty());
    }

    #[test]
    fn the_same_passage_is_named_once() {
        assert_eq!(grounds("注册地在本区注册").len(), 1);
    }
}
