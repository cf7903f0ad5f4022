//! Writing an agreement out of what was posted and what was bid, or decided elsewhere: pure functions
//! (rulebook 2.3.2, 2.4.4, 2.4.5).

use crate::model::{
    AgreedCustodian, AgreedLine, AgreedPartner, AgreedWeight, Clause, ContractContent, Contractor,
    Tranche, TrancheCondition,
};
use uuid::Uuid;
use wubang_bids::model::{Activity, BudgetLine, ServicePlan, Share};
use wubang_kernel::money::Fen;
use wubang_postings::Posting;
use wubang_registry::organisations::Organisation;
use wubang_store::Error;

/// Clauses that the law asks of every agreement, whatever its posting says.
const CLAUSES: [(&str, &str); 3] = [
    (
        "data_protection",
        "乙方仅为履行本协议收集和使用服务对象的个人信息,遵循最小必要原则,涉及敏感个人信息的须取得单独同意;不得向第三人提供或公开,服务结束后按甲方要求移交或删除。",
    ),
    (
        "volunteer_insurance",
        "乙方组织志愿者提供服务,应当在服务前为全部志愿者办理与服务风险相适应的人身意外伤害保险,并如实记录志愿服务时长。",
    ),
    (
        "child_protection",
        "服务涉及未成年人的,乙方不得使用有侵害未成年人违法犯罪记录的人员,上岗前须查询;活动须有两名以上成年工作人员在场,发现侵害情形立即报告。",
    ),
];

/// What the contractor owes, and for how much.
pub(crate) struct Offer {
    pub price_fen: i64,
    pub service_plan: ServicePlan,
    pub budget: Vec<BudgetLine>,
    /// How the members of a joint bid share the work; empty for one that bids alone.
    pub shares: Vec<Share>,
}

/// The organisations on the contractor's side.
pub(crate) struct Sides {
    pub contractor: Organisation,
    pub partners: Vec<Organisation>,
    pub custodian: Option<Organisation>,
}

/// The whole of a price, in ten-thousandths.
const WHOLE_BP: u32 = 10_000;

impl Offer {
    /// Share and work of one organisation.
    fn share_of(&self, id: Uuid) -> Option<(u32, String)> {
        let share = self.shares.iter().find(|one| one.organisation_id == id)?;
        Some((share.share_bp, share.work.clone()))
    }

    fn contractor(&self, of: &Organisation) -> Contractor {
        Contractor {
            organisation_id: of.id,
            name: of.name.clone(),
            uscc: of.uscc.clone(),
            legal_representative: of.legal_representative.clone(),
            custodian_id: of.custodian_id,
            share_bp: self.share_of(of.id).map_or(WHOLE_BP, |(share, _)| share),
        }
    }

    /// The partners in the order in which the bid names them, whatever order the database reads them in.
    fn partners(&self, rows: &[Organisation]) -> Vec<AgreedPartner> {
        let named = self.shares.iter().map(|share| share.organisation_id);
        named
            .filter_map(|id| rows.iter().find(|one| one.id == id))
            .map(|one| self.partner(one))
            .collect()
    }

    fn partner(&self, of: &Organisation) -> AgreedPartner {
        let (share_bp, work) = self.share_of(of.id).unwrap_or_default();
        AgreedPartner {
            organisation_id: of.id,
            name: of.name.clone(),
            uscc: of.uscc.clone(),
            legal_representative: of.legal_representative.clone(),
            share_bp,
            work,
        }
    }
}

fn custodian(of: &Organisation) -> AgreedCustodian {
    AgreedCustodian {
        organisation_id: of.id,
        name: of.name.clone(),
        uscc: of.uscc.clone(),
        legal_representative: of.legal_representative.clone(),
    }
}

/// The service plan of a statutory procedure: its documents are kept there; here stands the least that was
/// asked for.
pub(crate) fn procured_plan(posting: &Posting) -> ServicePlan {
    let activities = posting.content.minimum_quantity.iter();
    let activities = activities.map(|row| Activity {
        name: row.item.clone(),
        frequency: "按采购文件".to_owned(),
        quantity: format!("{}{}", row.quantity, row.unit),
    });
    ServicePlan {
        activities: activities.collect(),
        schedule: "以采购文件及中标(成交)文件为准。".to_owned(),
    }
}

/// The content of an agreement from posting and offer.
///
/// # Errors
/// Internal: a frozen procedure whose tranches cannot be cut out of the price.
pub(crate) fn content(
    posting: &Posting,
    offer: Offer,
    sides: &Sides,
) -> Result<ContractContent, Error> {
    let (posted, procedure) = (&posting.content, &posting.procedure.0);
    let price = Fen::new(offer.price_fen).map_err(|_| Error::internal("offer with a bad price"))?;
    Ok(ContractContent {
        buyer: posted.buyer.clone(),
        contractor: offer.contractor(&sides.contractor),
        partners: offer.partners(&sides.partners),
        custodian: sides.custodian.as_ref().map(custodian),
        service_content: posted.service_content.clone(),
        minimum_quantity: posted.minimum_quantity.clone(),
        target_groups: posted.target_groups.clone(),
        communities: posted.communities.clone(),
        starts_on: posted.starts_on,
        ends_on: posted.ends_on,
        price_fen: price,
        service_plan: offer.service_plan,
        milestones: posted.milestones.clone(),
        tranches: tranches(price, &procedure.tranches, posted.milestones.len())
            .ok_or_else(|| Error::internal("tranches that do not fit the price"))?,
        budget: offer
            .budget
            .iter()
            .map(|line| AgreedLine {
                item: line.item,
                amount_fen: line.amount_fen,
            })
            .collect(),
        key_persons: Vec::new(),
        subcontracts: Vec::new(),
        waived: Vec::new(),
        evaluation_scheme: procedure.evaluation.scheme.clone(),
        evaluation_weights: procedure
            .evaluation
            .parties
            .iter()
            .map(|rule| AgreedWeight {
                party: rule.party.clone(),
                weight: rule.weight,
            })
            .collect(),
        agreement_terms: posted.agreement_terms.clone(),
        clauses: CLAUSES
            .iter()
            .map(|(key, text)| Clause {
                key: (*key).to_owned(),
                text: (*text).to_owned(),
            })
            .collect(),
    })
}

/// Cuts the price: the first tranche is due at signing, the last when the evaluation is passed, and
/// the i-th between them with the i-th milestone (50 / 30 / 20: the second waits for the second).
pub(crate) fn tranches(price: Fen, shares: &[u32], milestones: usize) -> Option<Vec<Tranche>> {
    // a free service (认领) has nothing to pay
    if price == Fen::ZERO {
        return Some(Vec::new());
    }
    let amounts = price.split(shares)?;
    let last = i32::try_from(shares.len()).ok()?;
    let most = i32::try_from(milestones).ok()?;
    let one = |(seq, (share, amount)): (i32, (&u32, Fen))| {
        let (condition, milestone_seq) = match seq {
            1 => (TrancheCondition::AgreementSigned, None),
            seq if seq == last => (TrancheCondition::EvaluationPassed, None),
            seq => (TrancheCondition::Milestone, Some(seq.min(most))),
        };
        Tranche {
            seq,
            share_percent: *share,
            amount_fen: amount,
            condition,
            milestone_seq,
        }
    };
    Some((1..).zip(shares.iter().zip(amounts)).map(one).collect())
}

/// The price in parts of these percentages; none where they do not sum to 100.
pub(crate) fn amounts(price: Fen, shares: &[u32]) -> Option<Vec<Fen>> {
    let sum = shares.iter().copied().fold(0, u32::saturating_add);
    if sum == 100 {
        price.split(shares)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_usual_three_tranches_wait_for_signing_midterm_and_evaluation() {
        let cut = tranches(Fen::new(4_680_000).unwrap(), &[50, 30, 20], 3).unwrap();
        let amounts: Vec<i64> = cut.iter().map(|one| one.amount_fen.get()).collect();
        assert_eq!(amounts, [2_340_000, 1_404_000, 936_000]);
        assert_eq!(
            cut.iter().map(|one| one.milestone_seq).collect::<Vec<_>>(),
            [None, Some(2), None]
        );
        assert_eq!(
            cut.last().unwrap().condition,
            TrancheCondition::EvaluationPassed
        );
    }

    #[test]
    fn a_free_service_has_no_tranches() {
        assert_eq!(tranches(Fen::ZERO, &[50, 50], 1), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn tranches_always_sum_to_the_price(price in 1_i64..=1_000_000_000, first in 1_u32..=98, milestones in 1_usize..6) {
            let shares = [first, 99 - first, 1];
            let cut = tranches(Fen::new(price).unwrap(), &shares, milestones).unwrap();
            prop_assert_eq!(cut.iter().map(|one| one.amount_fen.get()).sum::<i64>(), price);
            prop_assert!(cut.iter().filter_map(|one| one.milestone_seq).all(|seq| seq >= 1 && usize::try_from(seq).unwrap() <= milestones));
        }
    }
}
