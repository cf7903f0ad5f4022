//! What a district may set otherwise, as data: key, range, Chinese label. The JSON Schema, the check and
//! the application of an override are read from this one table (rulebook 2.7 rule 8, 2.10, 2.11, 2.14).

use super::{Criterion, Procedure};
use crate::deadline::{Term, Unit};
use crate::faults::Faults;
use crate::money::Fen;
use crate::timer::Timer;
use serde_json::{Map, Value, json};

/// A whole number of any width, as it stands in a procedure.
trait Whole {
    fn out(&self) -> i64;
    fn put(&mut self, value: i64);
}

macro_rules! whole {
    ($($type:ty),+) => { $(impl Whole for $type {
        fn out(&self) -> i64 { i64::try_from(*self).unwrap_or(i64::MAX) }
        fn put(&mut self, value: i64) { if let Ok(value) = <$type>::try_from(value) { *self = value; } }
    })+ };
}
whole!(u32, u64, usize, i32);

impl Whole for i64 {
    fn out(&self) -> i64 {
        *self
    }
    fn put(&mut self, value: i64) {
        *self = value;
    }
}

impl Whole for bool {
    fn out(&self) -> i64 {
        i64::from(*self)
    }
    fn put(&mut self, value: i64) {
        *self = value != 0;
    }
}

impl Whole for Fen {
    fn out(&self) -> i64 {
        self.get()
    }
    fn put(&mut self, value: i64) {
        if let Ok(value) = Fen::new(value) {
            *self = value;
        }
    }
}

/// One number that a district may set otherwise, within its range.
#[derive(Debug)]
pub struct Setting {
    /// Where it stands in the document of overrides, as `caps/postings_street`.
    pub key: &'static str,
    /// Least and greatest value.
    pub range: (i64, i64),
    /// Unit (`fen`, `%`, `wd`, `cd`, empty for a count).
    pub unit: &'static str,
    /// Chinese label.
    pub zh: &'static str,
    /// English label.
    pub en: &'static str,
    read: fn(&Procedure) -> i64,
    write: fn(&mut Procedure, i64),
}

macro_rules! settings {
    ($($key:literal $($field:ident).+, $min:literal..=$max:literal $unit:literal, $zh:literal, $en:literal;)+) => {
        /// Every number that a district may set otherwise. Timers, criteria, tranches and weights
        /// come beside them: their ranges stand with themselves.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            key: $key, range: ($min, $max), unit: $unit, zh: $zh, en: $en,
            read: |procedure| procedure.$($field).+.out(),
            write: |procedure, value| procedure.$($field).+.put(value),
        },)+];
    };
}

settings! {
    "threshold" threshold, 50..=80 "分", "承榜合格线", "Least total to be awarded";
    "bonus/grade_3a" bonus.grade_3a, 0..=5 "分", "3A 及以上等级加分", "Bonus for a valid grade of 3A or more";
    "bonus/party_organisation" bonus.party_organisation, 0..=5 "分", "党组织健全、管理规范加分", "Bonus for an established, well-managed party organisation";
    "bonus/red_list" bonus.red_list, 0..=5 "分", "红榜有效期内加分", "Bonus for an entry of the red list in force";
    "trim_from" trim_from, 5..=15 "", "去掉最高分和最低分的评审组人数", "Panel size from which the highest and the lowest total are dropped";
    "min_valid_bids" min_valid_bids, 1..=5 "", "有效揭榜最低数", "Least number of valid bids";
    "invitations" invitations, 3..=10 "", "邀请组织数", "Organisations drawn for a posting by invitation";
    "panel/experts" panel.experts, 3..=9 "", "评审组专家数", "Experts on the panel";
    "panel/experts_large" panel.experts_large, 5..=15 "", "大额项目评审组专家数", "Experts on the large panel";
    "panel/community" panel.community, 1..=3 "", "评审组街道社区席位", "Seats of street or community";
    "panel/departments" panel.departments, 1..=3 "", "评审组职能部门席位", "Seats of departments";
    "panel/large_from_fen" panel.large_from_fen, 1_000_000..=100_000_000 "fen", "大额评审组起点金额", "Ceiling from which the large panel sits";
    "panel/expert_awards" panel.expert_awards, 1..=20 "", "专家十二个月内同一社区评审次数上限", "Panels of one community that an expert may sit on within twelve months";
    "panel/late_recusal_quorum" panel.late_recusal_quorum, 3..=15 "", "应回避未回避的评分作废后,可重新汇总的最少成员数", "Members who must remain after a late recusal for the totals to be made anew";
    "evaluation/survey_minimum" evaluation.survey_minimum, 5..=1000 "", "满意度调查最低有效份数", "Valid survey answers wanted";
    "evaluation/survey_percent" evaluation.survey_percent, 5..=50 "%", "满意度调查有效份数占服务对象的比例", "Share of those served whose answers are enough";
    "evaluation/basic_pass" evaluation.basic_pass, 0..=1 "", "是否设基本合格等级(60–69 分,须整改)", "Whether totals from 60 to 69 are basic_pass, to be rectified: 0 no, 1 yes";
    "evaluation/follow_up" evaluation.follow_up, 0..=1 "", "是否跟踪回访", "Whether residents are asked again about the lasting effect: 0 no, 1 yes";
    "procurement_limit_fen" procurement_limit_fen, 1_000_000..=1_000_000_000 "fen", "政府采购限额标准", "Ceiling from which the law on procurement rules";
    "max_partners" max_partners, 1..=5 "", "联合方数量上限(不含牵头方)", "Most partners of a joint bid beside the lead";
    "management_percent" management_percent, 0..=15 "%", "管理费上限", "Most that management may cost";
    "publish_cutoff_hour" publish_cutoff_hour, 12..=24 "", "当日公示截止时点", "Hour from which a publication counts as the next working day";
    "caps/contracts_ungraded" caps.contracts_ungraded, 1..=10 "", "未评级组织在办协议上限", "Active contracts of an organisation without grade";
    "caps/contracts_filed" caps.contracts_filed, 1..=5 "", "备案组织在办协议上限", "Active contracts of a filed organisation";
    "caps/contracts_band_d" caps.contracts_band_d, 0..=2 "", "信用 D 档组织在办协议上限", "Active contracts of an organisation of credit band D";
    "caps/contracts_1a_2a" caps.contracts_1a_2a, 1..=20 "", "1A、2A 组织在办协议上限", "Active contracts of an organisation graded 1A or 2A";
    "caps/contracts_3a" caps.contracts_3a, 1..=30 "", "3A 组织在办协议上限", "Active contracts of an organisation graded 3A";
    "caps/contracts_4a" caps.contracts_4a, 1..=40 "", "4A 组织在办协议上限", "Active contracts of an organisation graded 4A";
    "caps/contracts_5a" caps.contracts_5a, 1..=50 "", "5A 组织在办协议上限", "Active contracts of an organisation graded 5A";
    "caps/open_bids_factor" caps.open_bids_factor, 1..=10 "", "待决揭榜上限(空余承接数的倍数)", "Open bids, in times of the free capacity";
    "caps/budget_share_percent" caps.budget_share_percent, 10..=100 "%", "单一组织占全区在办金额上限", "Most of the district's active budget that one organisation may hold";
    "caps/budget_share_from" caps.budget_share_from, 5..=1000 "", "全区在办协议达到多少份起核算占比", "Active contracts of the district from which that share counts";
    "caps/consecutive_contracts" caps.consecutive_contracts, 1..=10 "", "同社区同领域连续承接几份后须公开发榜", "Contracts in a row in one community and field, after which the next is open to all";
    "caps/postings_community" caps.postings_community, 1..=50 "", "社区在榜数上限", "Open postings of one community";
    "caps/postings_street" caps.postings_street, 5..=300 "", "街道在榜数上限", "Open postings of one street";
    "orders/max_amount_fen" orders.max_amount_fen, 0..=5_000_000 "fen", "点单直选最高金额", "Most that a directed or micro order may cost";
    "orders/yearly_factor" orders.yearly_factor, 1..=10 "", "同社区同领域同资金来源年度点单总额倍数", "Orders within a year, in times of the most of one";
    "orders/quiet_days" orders.quiet_days, 30..=180 "cd", "同一需求另行发榜后不得点单的天数", "Days after another posting of the need in which it may not be ordered";
    "orders/acceptance_days" orders.acceptance_days, 1..=10 "wd", "接单期限", "Working days to accept an order";
    "changes/amendment_days" changes.amendment_days, 5..=10 "wd", "变更后至少剩余", "Working days that must remain after an amendment that can affect bids";
    "changes/extensions" changes.extensions, 0..=3 "", "延期次数上限", "Extensions of one round";
    "changes/extension_days" changes.extension_days, 5..=60 "cd", "延期累计上限", "Calendar days of all extensions of one round";
    "changes/too_few_days" changes.too_few_days, 3..=10 "wd", "揭榜不足时延期", "Extension for too few bids";
    "roadshow/required" roadshow.required, 0..=1 "", "是否路演(0 否,1 是)", "Whether bidders present to the panel before it scores: 0 no, 1 yes";
    "roadshow/presentation_minutes" roadshow.presentation_minutes, 3..=30 "min", "路演陈述时间", "Minutes to present";
    "roadshow/question_minutes" roadshow.question_minutes, 0..=30 "min", "路演提问时间", "Minutes for the panel's questions";
    "changes/rounds" changes.rounds, 1..=3 "", "发榜轮次上限", "Rounds of one project";
    "credit/excellent" credit.excellent, 0..=10 "分", "考榜优秀加信用分", "Credit for an excellent result";
    "credit/good" credit.good, 0..=10 "分", "考榜良好加信用分", "Credit for a good result";
    "credit/fail" credit.fail, 0..=50 "分", "考榜最终不合格扣信用分", "Credit taken for a final fail";
    "credit/rectification" credit.rectification, 0..=20 "分", "整改扣信用分", "Credit taken for a rectification order";
    "credit/exit" credit.exit, 0..=60 "分", "淘汰退出扣信用分", "Credit taken for an exit";
    "credit/late_report" credit.late_report, 0..=5 "分", "结项报告每逾期五个工作日扣信用分", "Credit taken for each five working days that the completion report is late";
    "credit/late_report_most" credit.late_report_most, 0..=20 "分", "结项报告逾期扣信用分上限", "Most credit taken for a late completion report";
    "credit/withdrawn_late" credit.withdrawn_late, 0..=10 "分", "截止后撤回扣信用分", "Credit taken for a withdrawal after the deadline";
    "credit/declined" credit.declined, 0..=20 "分", "无正当理由放弃承榜扣信用分", "Credit taken for declining an award without excuse";
    "credit/upheld_feedback" credit.upheld_feedback, 0..=10 "分", "群众意见查实扣信用分", "Credit taken for feedback that was found true";
    "credit/false_objection" credit.false_objection, 0..=20 "分", "捏造事实提出异议扣信用分", "Credit taken for an objection with invented facts";
    "changes/time_percent" changes.time_percent, 0..=50 "%", "协议累计延期上限(占原期限)", "Extensions of an agreement together, of its days";
    "changes/time_months" changes.time_months, 0..=6 "mo", "协议累计延期上限(月)", "Extensions of an agreement together, in months";
    "changes/content_percent" changes.content_percent, 0..=10 "%", "协议核心指标减少上限", "Most that a core indicator of an agreement may fall";
    "changes/budget_percent" changes.budget_percent, 0..=20 "%", "预算科目备注调剂上限", "Shift of a budget line that the contractor only notes";
    "changes/amount_percent" changes.amount_percent, 0..=10 "%", "协议累计增加金额上限", "Most that the price of an agreement may rise";
    "changes/subcontract_percent" changes.subcontract_percent, 0..=30 "%", "分包合计上限", "Most that may be subcontracted";
    "spot_checks/percent" spot_checks.percent, 30..=100 "%", "长期协议年度抽查比例", "Least share of the long agreements that is checked within a year";
    "spot_checks/longer_than_months" spot_checks.longer_than_months, 3..=12 "mo", "抽查对象的最短期限(月)", "Months that an agreement must run longer than to be counted for spot checks";
    "race/contractors" race.contractors, 1..=3 "", "赛马承榜组织数上限(1 为不开展赛马)", "Most contractors of one race; 1 means no races";
}

/// Timers whose length is not fixed by the rulebook.
fn adjustable() -> impl Iterator<Item = Timer> {
    Timer::ALL
        .iter()
        .copied()
        .filter(|timer| timer.range().0 < timer.range().1)
}

/// Lays a document of overrides over a procedure. Everything unknown, outside its range or against the
/// rules across settings is noted; what was refused stays as it was.
pub fn lay(
    mut procedure: Procedure,
    overrides: &Value,
    at: &str,
    faults: &mut Faults,
) -> Procedure {
    let Some(members) = overrides.as_object() else {
        faults.add(at, "malformed", "须为对象", "must be an object");
        return procedure;
    };
    for (name, value) in members {
        member(&mut procedure, name, value, at, faults);
    }
    procedure.check(at, faults);
    procedure
}

fn member(procedure: &mut Procedure, name: &str, value: &Value, at: &str, faults: &mut Faults) {
    let here = format!("{at}/{name}");
    match (name, value.as_object()) {
        ("timers", Some(rows)) => each(rows, &here, faults, |key, value, at, faults| {
            timer(procedure, key, value, at, faults)
        }),
        ("evaluation", Some(rows)) => {
            // the scheme first: weights are those of its parties
            if let Some(value) = rows.get("scheme") {
                scheme(procedure, value, &format!("{here}/scheme"), faults);
            }
            each(rows, &here, faults, |key, value, at, faults| {
                match (key, value.as_object()) {
                    ("scheme", _) => {}
                    ("weights", Some(rows)) => {
                        each(rows, at, faults, |party, value, at, faults| {
                            weight(procedure, party, value, at, faults)
                        })
                    }
                    _ => number(procedure, &format!("evaluation/{key}"), value, at, faults),
                }
            });
        }
        (_, Some(rows)) => each(rows, &here, faults, |key, value, at, faults| {
            number(procedure, &format!("{name}/{key}"), value, at, faults);
        }),
        ("criteria", None) => parsed(value, &here, faults, &mut procedure.criteria),
        ("tranches", None) => parsed(value, &here, faults, &mut procedure.tranches),
        (_, None) => number(procedure, name, value, &here, faults),
    }
}

fn each(
    rows: &Map<String, Value>,
    at: &str,
    faults: &mut Faults,
    mut one: impl FnMut(&str, &Value, &str, &mut Faults),
) {
    for (key, value) in rows {
        one(key, value, &format!("{at}/{key}"), faults);
    }
}

fn unknown(at: &str, faults: &mut Faults) {
    faults.add(
        at,
        "unknown_field",
        "没有这项设置",
        "there is no such setting",
    );
}

fn whole_number(value: &Value, at: &str, faults: &mut Faults) -> Option<i64> {
    let number = value.as_i64();
    if number.is_none() {
        faults.add(at, "malformed", "须为整数", "must be a whole number");
    }
    number
}

fn number(procedure: &mut Procedure, key: &str, value: &Value, at: &str, faults: &mut Faults) {
    let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
        return unknown(at, faults);
    };
    if let Some(number) = whole_number(value, at, faults) {
        let (min, max) = setting.range;
        faults.number(at, number, min..=max);
        if (min..=max).contains(&number) {
            (setting.write)(procedure, number);
        }
    }
}

/// A timer's length, in its own unit.
fn timer(procedure: &mut Procedure, key: &str, value: &Value, at: &str, faults: &mut Faults) {
    let Some(timer) = adjustable().find(|timer| timer.key() == key) else {
        return unknown(at, faults);
    };
    if let Some(number) = whole_number(value, at, faults) {
        let (min, max) = timer.range();
        faults.number(at, number, i64::from(min)..=i64::from(max));
        if let Ok(n) = u32::try_from(number)
            && (min..=max).contains(&n)
        {
            let unit = timer.default_term().unit;
            procedure.timers.set(timer, Term { n, unit });
        }
    }
}

/// Another evaluation scheme of the same kind.
fn scheme(procedure: &mut Procedure, value: &Value, at: &str, faults: &mut Faults) {
    let wanted = value.as_str();
    match wanted.and_then(|name| procedure.evaluation.with_scheme(name)) {
        Some(rule) => procedure.evaluation = rule,
        None => {
            let all = procedure.evaluation.schemes().join(", ");
            faults.add(
                at,
                "unknown_value",
                format!("可选:{all}"),
                format!("one of: {all}"),
            );
        }
    }
}

/// A party's weight; its range and the sum are checked with the whole procedure.
fn weight(procedure: &mut Procedure, party: &str, value: &Value, at: &str, faults: &mut Faults) {
    let rule = procedure
        .evaluation
        .parties
        .iter_mut()
        .find(|rule| rule.party == party);
    match (rule, whole_number(value, at, faults)) {
        (None, _) => unknown(at, faults),
        (Some(rule), Some(number)) => rule.weight = u32::try_from(number).unwrap_or(u32::MAX),
        (Some(_), None) => {}
    }
}

fn parsed<T: serde::de::DeserializeOwned>(
    value: &Value,
    at: &str,
    faults: &mut Faults,
    into: &mut T,
) {
    match serde_json::from_value(value.clone()) {
        Ok(value) => *into = value,
        Err(error) => faults.add(
            at,
            "malformed",
            format!("格式不对:{error}"),
            error.to_string(),
        ),
    }
}

/// The JSON Schema (draft 2020-12) of the overrides of a procedure, with its present values as defaults.
#[must_use]
pub fn schema(procedure: &Procedure) -> Value {
    let mut root = Map::new();
    for setting in SETTINGS {
        let (min, max) = setting.range;
        let one = json!({ "type": "integer", "minimum": min, "maximum": max, "default": (setting.read)(procedure),
            "title": setting.zh, "description": setting.en, "x-unit": setting.unit });
        place(&mut root, setting.key, one);
    }
    for timer in adjustable() {
        let (min, max) = timer.range();
        let term = procedure.timers.of(timer);
        let one = json!({ "type": "integer", "minimum": min, "maximum": max, "default": term.n,
            "title": timer.zh(), "description": format!("{} {}", timer.number(), timer.key()), "x-unit": unit(term.unit) });
        place(&mut root, &format!("timers/{}", timer.key()), one);
    }
    place(
        &mut root,
        "evaluation/scheme",
        json!({ "type": "string", "enum": procedure.evaluation.schemes(), "default": procedure.evaluation.scheme,
            "title": "考榜方案", "description": "Evaluation scheme; weights are those of its parties" }),
    );
    for rule in &procedure.evaluation.parties {
        let one = json!({ "type": "integer", "minimum": rule.weight_min, "maximum": rule.weight_max, "default": rule.weight,
            "title": format!("{}权重", rule.zh), "description": format!("Weight of {}", rule.party), "x-unit": "%", "x-lead": rule.lead });
        place(
            &mut root,
            &format!("evaluation/weights/{}", rule.party),
            one,
        );
    }
    place(&mut root, "criteria", criteria_schema(&procedure.criteria));
    place(
        &mut root,
        "tranches",
        json!({ "type": "array", "minItems": 2, "items": { "type": "integer", "minimum": 1, "maximum": 99 },
        "default": procedure.tranches, "title": "拨付比例", "description": "Payment shares in percent; they sum to 100", "x-sum": 100 }),
    );
    json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
        "title": procedure.code.zh(), "description": procedure.code.en(), "properties": root })
}

fn criteria_schema(criteria: &[Criterion]) -> Value {
    json!({ "type": "array", "minItems": 1, "title": "承榜评分项", "description": "Award criteria; their maxima sum to 100",
        "default": criteria, "x-sum": 100,
        "items": { "type": "object", "additionalProperties": false, "required": ["key", "zh", "max"], "properties": {
            "key": { "type": "string", "title": "标识" }, "zh": { "type": "string", "title": "名称" },
            "max": { "type": "integer", "minimum": 1, "maximum": 100, "title": "满分", "x-unit": "分" } } } })
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Wd => "wd",
        Unit::Cd => "cd",
        Unit::Mo => "mo",
    }
}

/// Puts one schema at its key, with the objects above it.
fn place(members: &mut Map<String, Value>, key: &str, one: Value) {
    match key.split_once('/') {
        None => {
            members.insert(key.to_owned(), one);
        }
        Some((first, rest)) => {
            let group = members.entry(first).or_insert_with(
                || json!({ "type": "object", "additionalProperties": false, "properties": {} }),
            );
            if let Some(inner) = group.get_mut("properties").and_then(Value::as_object_mut) {
                place(inner, rest, one);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procedure::PostingType;
    use proptest::prelude::*;

    fn pointers(overrides: &Value) -> Vec<String> {
        let mut faults = Faults::new();
        lay(Procedure::of(PostingType::Open), overrides, "", &mut faults);
        faults
            .into_fields()
            .into_iter()
            .map(|fault| fault.pointer)
            .collect()
    }

    #[test]
    fn every_default_lies_within_its_own_range() {
        for code in PostingType::ALL {
            let procedure = Procedure::of(*code);
            for setting in SETTINGS {
                let value = (setting.read)(&procedure);
                assert!(
                    (setting.range.0..=setting.range.1).contains(&value),
                    "{} {value}",
                    setting.key
                );
            }
        }
    }

    #[test]
    fn a_setting_is_taken_over_and_nothing_else_moves() {
        let mut faults = Faults::new();
        let overrides = json!({ "threshold": 70, "timers": { "bid_window": 20 }, "caps": { "postings_street": 40 },
            "evaluation": { "weights": { "residents": 35, "experts": 15 } } });
        let laid = lay(
            Procedure::of(PostingType::Open),
            &overrides,
            "",
            &mut faults,
        );
        assert!(faults.is_empty(), "{faults:?}");
        let mut wanted = Procedure::of(PostingType::Open);
        wanted.threshold = 70;
        wanted.caps.postings_street = 40;
        wanted.timers.set(Timer::T09, Term::cd(20));
        wanted.evaluation.parties[1].weight = 35;
        wanted.evaluation.parties[3].weight = 15;
        assert_eq!(laid, wanted);
    }

    #[test]
    fn a_scheme_is_chosen_with_the_weights_of_its_parties() {
        let mut faults = Faults::new();
        let overrides = json!({ "evaluation": { "weights": { "commissioner": 30, "third_party": 35 }, "scheme": "three_party" } });
        let open = Procedure::of(PostingType::Open);
        let laid = lay(open, &overrides, "", &mut faults);
        assert!(faults.is_empty(), "{faults:?}");
        let weights: Vec<u32> = laid
            .evaluation
            .parties
            .iter()
            .map(|one| one.weight)
            .collect();
        assert_eq!(weights, [30, 35, 35]);
        let wrong =
            json!({ "evaluation": { "scheme": "simple", "weights": { "commissioner": 30 } } });
        assert_eq!(
            pointers(&wrong),
            ["/evaluation/scheme", "/evaluation/weights/commissioner"]
        );
    }

    #[test]
    fn every_wrong_setting_is_named_at_once() {
        let overrides = json!({ "threshold": 49, "colour": 1, "timers": { "bid_window": 9, "credit_entry": 6, "nothing": 1 },
            "caps": { "postings_street": "many" }, "panel": 3, "tranches": [50, 49],
            "evaluation": { "weights": { "residents": 51, "nobody": 1 } }, "criteria": [{ "key": "a", "zh": "甲", "max": 99 }] });
        let mut found = pointers(&overrides);
        found.sort();
        found.dedup();
        for wanted in [
            "/threshold",
            "/colour",
            "/timers/bid_window",
            "/timers/credit_entry",
            "/timers/nothing",
            "/caps/postings_street",
            "/panel",
            "/tranches",
            "/evaluation/weights",
            "/evaluation/weights/residents",
            "/evaluation/weights/nobody",
            "/criteria",
        ] {
            assert!(
                found.iter().any(|one| one == wanted),
                "{wanted} in {found:?}"
            );
        }
        assert_eq!(found.len(), 12, "{found:?}");
    }

    /// Walks a schema and gives a document that sets everything to its default.
    fn defaults(schema: &Value) -> Value {
        match schema.get("default") {
            Some(value) => value.clone(),
            None => schema["properties"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(key, inner)| (key.clone(), defaults(inner)))
                .collect(),
        }
    }

    #[test]
    fn the_defaults_of_the_schema_change_nothing() {
        let open = Procedure::of(PostingType::Open);
        let mut faults = Faults::new();
        let laid = lay(open.clone(), &defaults(&schema(&open)), "", &mut faults);
        assert!(faults.is_empty(), "{faults:?}");
        for timer in Timer::ALL {
            assert_eq!(laid.timers.of(*timer), open.timers.of(*timer));
        }
        assert_eq!(
            Procedure {
                timers: open.timers.clone(),
                ..laid
            },
            open
        );
    }

    proptest! {
        #[test]
        fn a_number_is_taken_exactly_within_its_range(index in 0..SETTINGS.len(), value in -10_i64..2_000_000_000) {
            let setting = &SETTINGS[index];
            let mut faults = Faults::new();
            let mut overrides = json!(value);
            for part in setting.key.rsplit('/') {
                overrides = json!({ part: overrides });
            }
            let laid = lay(Procedure::of(PostingType::Open), &overrides, "", &mut faults);
            let within = (setting.range.0..=setting.range.1).contains(&value);
            prop_assert_eq!(faults.is_empty(), within);
            prop_assert_eq!((setting.read)(&laid) == value, within || (setting.read)(&Procedure::of(PostingType::Open)) == value);
        }
    }
}
