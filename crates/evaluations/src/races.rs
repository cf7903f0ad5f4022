//! What came of a race (赛马, rulebook 3.11): its lanes side by side, once every one of them has its result.

use crate::entity::evaluation;
use crate::model::{RaceResultOut, RaceResultsOut};
use crate::out::{grade, total};
use crate::store;
use uuid::Uuid;
use wubang_kernel::score::Exact;
use wubang_postings::Posting;
use wubang_postings::flow as postings;
use wubang_store::{Error, Key, View, state_of};

/// The lanes of a race side by side, for everybody: nothing while one of them runs, because who came first is not known
/// before.
///
/// # Errors
/// `not_found` for a posting that is not public.
pub async fn get_race_results(view: &View, key: &Key) -> Result<RaceResultsOut, Error> {
    let posting = wubang_postings::service::load(view, key).await?.posting;
    let race = wubang_postings::service::race_of(view, posting).await?;
    let lanes = wubang_postings::service::lanes_of(view, &[race.id]).await?;
    let over = |lane: &Posting| matches!(lane.state.as_str(), "completed" | "failed" | "cancelled");
    let complete = !lanes.is_empty() && lanes.iter().all(over);
    let items = match complete {
        true => compared(view, lanes).await?,
        false => Vec::new(),
    };
    Ok(RaceResultsOut {
        race_id: race.id,
        race_number: race.number,
        complete,
        items,
    })
}

async fn compared(view: &View, lanes: Vec<Posting>) -> Result<Vec<RaceResultOut>, Error> {
    let ids: Vec<Uuid> = lanes.iter().map(|lane| lane.id).collect();
    let results = store::confirmed_of(view, &ids).await?;
    let awards = wubang_awards::service::of_postings(view, &ids).await?;
    let mut items = Vec::new();
    for lane in lanes {
        let award = awards.iter().rfind(|award| award.posting_id == lane.id);
        let award = award.ok_or_else(|| Error::internal("a lane without award"))?;
        let result = results.iter().rfind(|row| row.posting_id == lane.id);
        let item = RaceResultOut {
            place: None,
            lane: lane.particulars.lane.map_or(0, |lane| lane.lane),
            organisation_name: award.organisation_name.clone(),
            price_fen: award.price_fen,
            total: result.and_then(total),
            grade: result.and_then(grade),
            posting_id: lane.id,
            posting_state: state_of::<postings::Posting>(&lane.state)?,
            evaluation_id: result.map(|row| row.id),
        };
        items.push((result.and_then(exact), item));
    }
    Ok(placed(items))
}

fn exact(row: &evaluation::Model) -> Option<Exact> {
    row.total.as_deref().and_then(|text| text.parse().ok())
}

/// The higher total comes first, of equal ones the lower price, and of equal prices both; lanes without a result have no
/// place and come last.
fn placed(mut items: Vec<(Option<Exact>, RaceResultOut)>) -> Vec<RaceResultOut> {
    items.sort_by(|(a, one), (b, other)| {
        b.cmp(a)
            .then(one.price_fen.cmp(&other.price_fen))
            .then(one.lane.cmp(&other.lane))
    });
    let mut before: Option<(Option<Exact>, i64, Option<i32>)> = None;
    let mut out = Vec::new();
    for (place, (total, mut item)) in (1_i32..).zip(items) {
        let key = (total, item.price_fen);
        let same = before.filter(|(total, price, _)| (*total, *price) == key);
        item.place = match same {
            Some((_, _, shared)) => shared,
            None => total.map(|_| place),
        };
        before = Some((key.0, key.1, item.place));
        out.push(item);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(lane: u32, price_fen: i64) -> RaceResultOut {
        RaceResultOut {
            place: None,
            lane,
            organisation_name: String::new(),
            price_fen,
            total: None,
            grade: None,
            posting_id: Uuid::nil(),
            posting_state: wubang_postings::flow::PostingState::Completed,
            evaluation_id: None,
        }
    }

    #[test]
    fn the_total_decides_then_the_price_and_who_has_no_result_has_no_place() {
        let score = |points| Some(Exact::from_int(points));
        let shown = |items: Vec<(Option<Exact>, RaceResultOut)>| {
            let out = placed(items).into_iter();
            out.map(|one| (one.lane, one.place)).collect::<Vec<_>>()
        };
        assert_eq!(
            shown(vec![
                (score(80), lane(1, 5)),
                (None, lane(2, 1)),
                (score(90), lane(3, 9))
            ]),
            [(3, Some(1)), (1, Some(2)), (2, None)]
        );
        assert_eq!(
            shown(vec![(score(80), lane(1, 5)), (score(80), lane(2, 4))]),
            [(2, Some(1)), (1, Some(2))]
        );
        assert_eq!(
            shown(vec![
                (score(80), lane(1, 5)),
                (score(80), lane(2, 5)),
                (score(70), lane(3, 5))
            ]),
            [(1, Some(1)), (2, Some(1)), (3, Some(3))]
        );
    }
}
