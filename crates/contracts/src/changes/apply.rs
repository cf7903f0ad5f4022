//! What an agreement says after a change: pure functions.

use super::model::{Change, IndicatorTarget, QuantityTarget};
use crate::model::{
    AgreedKeyPerson, AgreedLine, AgreedSubcontract, ContractContent, MilestoneDateIn,
};
use chrono::NaiveDate;
use uuid::Uuid;
use wubang_bids::model::{BudgetItem, Share};
use wubang_kernel::Faults;
use wubang_kernel::money::Fen;

/// The whole of a price, in ten-thousandths.
const WHOLE_BP: u32 = 10_000;

/// What is known of the work besides the agreement.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    pub today: NaiveDate,
    /// Milestones (from 1) whose time has not come and that nobody has handed in.
    pub open: Vec<i32>,
    /// Milestones for which a payment still waits.
    pub awaited: Vec<i32>,
}

/// The content after a change. Notes what cannot be changed so; what is noted is left as it was.
pub(crate) fn apply(
    before: &ContractContent,
    change: &Change,
    work: &Work,
    faults: &mut Faults,
) -> ContractContent {
    let mut content = before.clone();
    match change {
        Change::TimeExtension {
            ends_on,
            milestones,
        } => extend(&mut content, *ends_on, milestones, work, faults),
        Change::ContentShift {
            quantities,
            indicators,
            waived,
        } => {
            shift_quantities(&mut content, quantities, faults);
            shift_indicators(&mut content, indicators, work, faults);
            waive(&mut content, waived, work, faults);
        }
        Change::BudgetShift {
            from,
            to,
            amount_fen,
        } => shift_budget(&mut content, *from, *to, *amount_fen, faults),
        Change::AmountUp { price_fen, item } => raise(&mut content, *price_fen, *item, faults),
        Change::KeyPerson {
            position,
            leaves,
            enters,
            qualification,
        } => {
            let position = faults.line("/change/position", position, 2..=40);
            faults.line("/change/leaves", leaves, 2..=40);
            let row = AgreedKeyPerson {
                name: faults.line("/change/enters", enters, 2..=40),
                qualification: faults.prose("/change/qualification", qualification, 2..=1000),
                position,
            };
            content
                .key_persons
                .retain(|one| one.position != row.position);
            content.key_persons.push(row);
        }
        Change::PartnerLeaves {
            organisation_id,
            shares,
        } => leave(&mut content, *organisation_id, shares, faults),
        Change::Subcontract {
            activity,
            contractor,
            amount_fen,
        } => subcontract(&mut content, activity, contractor, *amount_fen, faults),
        // refused before anything is written: see `service::checked`
        Change::ContractorChange { .. } => {}
    }
    content
}

fn unknown(faults: &mut Faults, at: String, zh: &str, en: &str) {
    faults.add(at, "unknown_value", zh, en);
}

fn place(seq: i32) -> Option<usize> {
    usize::try_from(seq).ok()?.checked_sub(1)
}

fn extend(
    content: &mut ContractContent,
    ends_on: NaiveDate,
    milestones: &[MilestoneDateIn],
    work: &Work,
    faults: &mut Faults,
) {
    if ends_on <= content.ends_on {
        let (zh, en) = (
            "须晚于现在的结束日期",
            "must be after the present end of the agreement",
        );
        faults.add("/change/ends_on", "out_of_range", zh, en);
    } else {
        content.ends_on = ends_on;
    }
    for (i, one) in milestones.iter().enumerate() {
        let at = format!("/change/milestones/{i}");
        let open = work.open.contains(&one.seq);
        let row = place(one.seq).and_then(|at| content.milestones.get_mut(at));
        match row.filter(|_| open) {
            None => unknown(
                faults,
                format!("{at}/seq"),
                "没有这个里程碑,或已到期、已提交",
                "there is no such milestone that is still open",
            ),
            // nothing is approved after the fact
            Some(_) if one.due_on <= work.today || one.due_on > ends_on => {
                let (zh, en) = (
                    "须在今天之后、新的结束日期之前",
                    "must lie after today and within the new period",
                );
                faults.add(format!("{at}/due_on"), "out_of_range", zh, en);
            }
            Some(row) => row.due_on = one.due_on,
        }
    }
}

fn shift_quantities(content: &mut ContractContent, given: &[QuantityTarget], faults: &mut Faults) {
    for (i, one) in given.iter().enumerate() {
        let at = format!("/change/quantities/{i}");
        faults.number(&format!("{at}/quantity"), one.quantity, 1..=1_000_000_000);
        let row = content
            .minimum_quantity
            .iter_mut()
            .find(|row| row.item == one.item);
        match row {
            Some(row) => row.quantity = one.quantity,
            None => unknown(
                faults,
                format!("{at}/item"),
                "协议没有这项服务量",
                "the agreement has no such quantity",
            ),
        }
    }
}

fn shift_indicators(
    content: &mut ContractContent,
    given: &[IndicatorTarget],
    work: &Work,
    faults: &mut Faults,
) {
    for (i, one) in given.iter().enumerate() {
        let at = format!("/change/indicators/{i}");
        faults.number(&format!("{at}/target"), one.target, 0..=1_000_000_000);
        let open = work.open.contains(&one.milestone_seq);
        let row = place(one.milestone_seq).and_then(|at| content.milestones.get_mut(at));
        let row = row.filter(|_| open).and_then(|row| {
            row.indicators
                .iter_mut()
                .find(|known| known.name == one.name)
        });
        match row {
            Some(row) => row.target = one.target,
            None => unknown(
                faults,
                at,
                "没有这个指标,或其里程碑已到期、已提交",
                "there is no such indicator of a milestone that is still open",
            ),
        }
    }
}

fn waive(content: &mut ContractContent, given: &[i32], work: &Work, faults: &mut Faults) {
    for (i, seq) in given.iter().enumerate() {
        let at = format!("/change/waived/{i}");
        if !work.open.contains(seq) {
            unknown(
                faults,
                at,
                "没有这个里程碑,或已到期、已提交",
                "there is no such milestone that is still open",
            );
        } else if work.awaited.contains(seq) {
            let (zh, en) = (
                "尚有拨付以该里程碑为条件,不得取消",
                "a payment waits for this milestone",
            );
            faults.add(at, "not_allowed", zh, en);
        } else {
            content.waived.push(*seq);
        }
    }
}

fn shift_budget(
    content: &mut ContractContent,
    from: BudgetItem,
    to: BudgetItem,
    amount_fen: i64,
    faults: &mut Faults,
) {
    let has = super::rules::line(content, from);
    if has == 0 {
        unknown(
            faults,
            "/change/from".to_owned(),
            "协议预算没有这个科目",
            "the budget has no such line",
        );
        return;
    }
    faults.number("/change/amount_fen", amount_fen, 1..=has);
    if from == to {
        let (zh, en) = (
            "调减与调增的科目相同",
            "must differ from the line it comes from",
        );
        faults.add("/change/to", "not_allowed", zh, en);
    }
    if !(1..=has).contains(&amount_fen) || from == to {
        return;
    }
    take(content, from, amount_fen);
    put(content, to, amount_fen);
}

/// Takes an amount out of the lines of an item, the first ones first.
fn take(content: &mut ContractContent, item: BudgetItem, mut amount_fen: i64) {
    for row in content.budget.iter_mut().filter(|row| row.item == item) {
        let part = amount_fen.min(row.amount_fen.get());
        if let Ok(left) = Fen::new(row.amount_fen.get() - part) {
            row.amount_fen = left;
            amount_fen -= part;
        }
    }
}

/// Adds an amount to the line of an item, or makes one.
fn put(content: &mut ContractContent, item: BudgetItem, amount_fen: i64) {
    let known = content.budget.iter_mut().find(|row| row.item == item);
    let was = known.as_ref().map_or(0, |row| row.amount_fen.get());
    let Ok(sum) = Fen::new(was.saturating_add(amount_fen)) else {
        return;
    };
    match known {
        Some(row) => row.amount_fen = sum,
        None => content.budget.push(AgreedLine {
            item,
            amount_fen: sum,
        }),
    }
}

/// The price rises; what is added is due with the last tranche.
fn raise(content: &mut ContractContent, price_fen: i64, item: BudgetItem, faults: &mut Faults) {
    let was = content.price_fen.get();
    let price = faults.fen("/change/price_fen", price_fen);
    if price_fen <= was {
        let (zh, en) = ("须高于现在的价款", "must be above the present price");
        faults.add("/change/price_fen", "out_of_range", zh, en);
        return;
    }
    let more = price_fen - was;
    let last = content.tranches.last_mut();
    let raised = last
        .as_ref()
        .map(|one| Fen::new(one.amount_fen.get().saturating_add(more)));
    if let (Some(last), Some(Ok(raised))) = (last, raised) {
        last.amount_fen = raised;
    }
    content.price_fen = price;
    put(content, item, more);
}

fn leave(content: &mut ContractContent, leaver: Uuid, shares: &[Share], faults: &mut Faults) {
    if !content
        .partners
        .iter()
        .any(|one| one.organisation_id == leaver)
    {
        unknown(
            faults,
            "/change/organisation_id".to_owned(),
            "不是本协议的联合方;牵头方不得退出",
            "is no partner of this agreement; the lead may not leave",
        );
        return;
    }
    content.partners.retain(|one| one.organisation_id != leaver);
    let mut expected: Vec<Uuid> = vec![content.contractor.organisation_id];
    expected.extend(content.partners.iter().map(|one| one.organisation_id));
    let sum = shares
        .iter()
        .map(|one| one.share_bp)
        .fold(0, u32::saturating_add);
    if sum != WHOLE_BP {
        let zh = format!("份额合计须为 10000,实为 {sum}");
        let en = format!("shares must sum to 10000, got {sum}");
        faults.add("/change/shares", "sum_mismatch", zh, en);
    }
    for (i, one) in shares.iter().enumerate() {
        let at = format!("/change/shares/{i}");
        faults.number(&format!("{at}/share_bp"), one.share_bp, 1..=WHOLE_BP);
        faults.prose(&format!("{at}/work"), &one.work, 5..=2000);
        let before = expected.len();
        expected.retain(|id| *id != one.organisation_id);
        if expected.len() == before {
            unknown(
                faults,
                format!("{at}/organisation_id"),
                "不是其余成员,或重复",
                "is none of the others, or is there twice",
            );
        }
    }
    if !expected.is_empty() {
        faults.missing("/change/shares");
    }
    let share_of = |id: Uuid| shares.iter().find(|one| one.organisation_id == id);
    if let Some(own) = share_of(content.contractor.organisation_id) {
        content.contractor.share_bp = own.share_bp;
    }
    for partner in &mut content.partners {
        if let Some(own) = share_of(partner.organisation_id) {
            partner.share_bp = own.share_bp;
            partner.work.clone_from(&own.work);
        }
    }
}

fn subcontract(
    content: &mut ContractContent,
    activity: &str,
    contractor: &str,
    amount_fen: i64,
    faults: &mut Faults,
) {
    let named = content
        .service_plan
        .activities
        .iter()
        .any(|one| one.name == activity);
    if !named {
        unknown(
            faults,
            "/change/activity".to_owned(),
            "揭榜意向书未列这项活动",
            "the bid names no such activity",
        );
    }
    let organisation = faults.line("/change/contractor", contractor, 2..=100);
    faults.number("/change/amount_fen", amount_fen, 1..=Fen::MAX.get());
    if let Ok(amount_fen) = Fen::new(amount_fen) {
        content.subcontracts.push(AgreedSubcontract {
            activity: activity.to_owned(),
            organisation,
            amount_fen,
        });
    }
}
