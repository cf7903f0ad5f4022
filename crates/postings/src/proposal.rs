//! A project that an organisation proposes to a call (公益创投申报, rulebook 2.3.3): the need it answers and what
//! a posting would say of it. Picked, it becomes both.

use crate::entity::posting;
use crate::model::{Content, MilestonePlan, Quantity};
use crate::rules;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wubang_kernel::Faults;
use wubang_kernel::division::{DivisionCode, Level};
use wubang_registry::taxonomy::Taxonomy;

/// A proposed project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// 项目名称,5–60 字。
    pub title: String,
    /// 服务社区(12 位代码),在征集范围内。
    pub community: String,
    /// 领域代码。
    pub field: String,
    /// 服务对象。
    pub target_groups: Vec<String>,
    /// 回应的需求及问题根源,20–5000 字。
    pub need: String,
    /// 预计受益人数,1 以上。
    pub affected_count: i64,
    /// 服务内容,20–5000 字。
    pub service_content: String,
    /// 服务数量。
    pub minimum_quantity: Vec<Quantity>,
    /// 服务开始日。
    pub starts_on: NaiveDate,
    /// 服务结束日。
    pub ends_on: NaiveDate,
    /// 里程碑。
    pub milestones: Vec<MilestonePlan>,
}

impl Proposal {
    /// What a posting of this project says: the project's own, and the terms of the call.
    #[must_use]
    pub fn content(&self, call: &posting::Model) -> Content {
        Content {
            service_content: self.service_content.clone(),
            minimum_quantity: self.minimum_quantity.clone(),
            target_groups: self.target_groups.clone(),
            communities: vec![self.community.clone()],
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            milestones: self.milestones.clone(),
            ..call.content.clone()
        }
    }

    /// Notes codes that nobody knows and places that the call does not reach.
    pub fn check_codes(&self, call: &posting::Model, taxonomy: &Taxonomy, faults: &mut Faults) {
        let at = |name: &str| format!("/letter/proposal/{name}");
        taxonomy.check_field(&at("field"), &self.field, faults);
        for (i, group) in self.target_groups.iter().enumerate() {
            taxonomy.check_target_group(&format!("{}/{i}", at("target_groups")), group, faults);
        }
        let community = faults.division(&at("community"), &self.community);
        let reach = DivisionCode::parse(&call.division).ok();
        let within = |code: &DivisionCode| {
            code.level() == Level::Community && reach.is_none_or(|reach| reach.contains(code))
        };
        if community.as_ref().is_some_and(|code| !within(code)) {
            faults.add(
                at("community"),
                "out_of_range",
                "须为征集范围内的 12 位社区代码",
                "must be the 12-digit code of a community that the call reaches",
            );
        }
    }

    /// Notes what is still missing or wrong, so that the project could be posted as it stands.
    pub fn check(&self, call: &posting::Model, today: NaiveDate, faults: &mut Faults) {
        let at = |name: &str| format!("/letter/proposal/{name}");
        faults.line(&at("title"), &self.title, 5..=60);
        faults.prose(&at("need"), &self.need, 20..=5000);
        faults.number(&at("affected_count"), self.affected_count, 1..=10_000_000);
        let mut found = Faults::new();
        let content = crate::content_rules::check_content(self.content(call), today, &mut found);
        rules::check_tranches(&content, &call.procedure.0, &mut found);
        for field in found.into_fields() {
            let pointer = match field.pointer.strip_prefix("/content/communities") {
                Some(_) => at("community"),
                None => field.pointer.replacen("/content", "/letter/proposal", 1),
            };
            faults.add(pointer, field.code, field.text.zh, field.text.en);
        }
    }
}
