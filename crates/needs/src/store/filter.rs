//! What a list of needs is narrowed by: one reading of the query for lists, public list and export.

use crate::entity::need;
use sea_orm::{ColumnTrait, QueryFilter, Select};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Faults, Refusal};
use wubang_store::search::{self, Question};
use wubang_store::{Error, Read, Tx, scope};
use wubang_web::ListQuery;

/// Name of needs in the full-text index.
const INDEX: &str = "need";

/// Filters with one column of equal text each.
const COLUMNS: &[(&str, need::Column)] = &[
    ("state", need::Column::State),
    ("field", need::Column::Field),
    ("priority", need::Column::Priority),
    ("source", need::Column::Source),
    ("urgency", need::Column::Urgency),
];

/// A checked filter.
#[derive(Debug, Clone, Default)]
pub(crate) struct NeedFilter {
    equal: Vec<(need::Column, Vec<String>)>,
    division: Option<DivisionCode>,
    target_groups: Vec<String>,
    question: Option<Question>,
    affected_min: Option<i64>,
    affected_max: Option<i64>,
}

impl NeedFilter {
    /// Reads the filters of a query.
    ///
    /// # Errors
    /// `invalid` with every wrong parameter.
    pub(crate) fn of(query: &ListQuery) -> Result<Self, Refusal> {
        let mut faults = Faults::new();
        let question = query.one("q").map(|q| Question::read(q, &mut faults));
        let filter = NeedFilter {
            equal: COLUMNS
                .iter()
                .map(|(name, column)| (*column, query.all(name).to_vec()))
                .filter(|(_, values)| !values.is_empty())
                .collect(),
            division: query
                .one("division")
                .and_then(|code| faults.division("?division", code)),
            target_groups: query.all("target_group").to_vec(),
            question,
            affected_min: count(query, "affected_count_min", &mut faults),
            affected_max: count(query, "affected_count_max", &mut faults),
        };
        faults.finish()?;
        Ok(filter)
    }

    /// Adds the filters to a query.
    pub(crate) fn narrow(
        &self,
        read: &impl Read,
        mut select: Select<need::Entity>,
    ) -> Select<need::Entity> {
        for (column, values) in &self.equal {
            select = select.filter(column.is_in(values.iter().cloned()));
        }
        if let Some(division) = &self.division {
            select = select.filter(scope::within(
                need::Column::Division,
                std::iter::once(division),
            ));
        }
        if !self.target_groups.is_empty() {
            let any = self
                .target_groups
                .iter()
                .fold(sea_orm::Condition::any(), |any, group| {
                    any.add(scope::holds(
                        need::Column::TargetGroups,
                        &format!(" {group} "),
                    ))
                });
            select = select.filter(any);
        }
        if let Some(question) = &self.question {
            select = select.filter(question.matching(read, need::Column::Id, INDEX));
        }
        if let Some(min) = self.affected_min {
            select = select.filter(need::Column::AffectedCount.gte(min));
        }
        if let Some(max) = self.affected_max {
            select = select.filter(need::Column::AffectedCount.lte(max));
        }
        select
    }
}

fn count(query: &ListQuery, name: &str, faults: &mut Faults) -> Option<i64> {
    let pointer = format!("?{name}");
    match query.one(name)?.parse() {
        Ok(number) => Some(faults.number(&pointer, number, 0..=10_000_000)),
        Err(_) => {
            faults.add(pointer, "malformed", "须为整数", "must be a whole number");
            None
        }
    }
}

/// The target groups between blanks, so that each can be asked for.
pub(crate) fn spaced(groups: &[String]) -> String {
    groups
        .iter()
        .fold(" ".to_owned(), |text, group| text + group + " ")
}

/// Keeps what a need can be found by.
pub(crate) async fn index(tx: &Tx, need: &need::Model) -> Result<(), Error> {
    let texts = [need.number.as_str(), &need.title, &need.detail.description];
    search::index(tx, INDEX, need.id, &texts).await
}
