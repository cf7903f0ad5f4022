//! What a contractor can learn from the sheets (rulebook 2.4.5): means by criterion and comments, never who wrote what.

use crate::entity::evaluation;
use crate::model::{CriterionMeanOut, SheetCommentOut};
use crate::out::{counted_rule, counted_sheets};
use wubang_kernel::personal;
use wubang_kernel::procedure::{Criterion, PartyRule};
use wubang_kernel::score::Exact;
use wubang_panels::Loaded;
use wubang_panels::model::Sheet;

/// Sheets of a party from which its means and comments are shown: one alone would be its scorer's own.
const FEWEST: usize = 2;

/// Means and comments, in the order of the scheme.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    pub means: Vec<CriterionMeanOut>,
    pub comments: Vec<SheetCommentOut>,
}

/// What the sheets that count tell. Comments stand in the order of the commitments of their sheets, which tells nobody
/// who handed in when, and names and numbers in them are masked.
pub(crate) fn from(row: &evaluation::Model, panel: &Loaded) -> Learned {
    let mut sheets = counted_sheets(row, panel);
    sheets.sort_by(|(_, one), (_, other)| one.commitment.cmp(&other.commitment));
    let mut learned = Learned::default();
    for party in &counted_rule(row).parties {
        let own = sheets.iter().filter(|(of, _)| *of == party.party);
        let own: Vec<&Sheet> = own.map(|(_, sheet)| sheet).collect();
        if own.len() < FEWEST {
            continue;
        }
        let means = party.criteria.iter();
        learned
            .means
            .extend(means.filter_map(|one| mean(party, one, &own)));
        let comments = own.iter().filter_map(|sheet| sheet.comment.as_deref());
        learned
            .comments
            .extend(comments.map(|text| SheetCommentOut {
                party: party.party.clone(),
                comment: personal::mask(text),
            }));
    }
    learned
}

/// The plain mean of one criterion: where the highest and lowest totals are dropped for the score, they are not here.
fn mean(party: &PartyRule, criterion: &Criterion, sheets: &[&Sheet]) -> Option<CriterionMeanOut> {
    let points = sheets
        .iter()
        .filter_map(|sheet| sheet.points.get(&criterion.key));
    let points: Vec<Exact> = points.map(|one| Exact::from_int(*one)).collect();
    let exact = Exact::mean(&points)?;
    Some(CriterionMeanOut {
        party: party.party.clone(),
        criterion: criterion.key.clone(),
        zh: criterion.zh.clone(),
        max: criterion.max,
        mean: exact.rounded(),
        exact,
        sheets: points.len(),
    })
}
