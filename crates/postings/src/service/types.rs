//! What a posting type asks beyond what every posting must obey (rulebook 2.3).

use super::checking::{Checked, Draft};
use crate::invitation;
use crate::rules::{self, Orders};
use crate::store::{self, Like};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;
use wubang_kernel::deadline::{at_hour, local_date};
use wubang_kernel::division::DivisionCode;
use wubang_kernel::procedure::{PostingType, Procedure, Way};
use wubang_kernel::refusal::Bilingual;
use wubang_kernel::{Code, Faults};
use wubang_needs::Need;
use wubang_registry::OrgForm;
use wubang_registry::organisations::caps::{self, Asked, Place};
use wubang_registry::organisations::eligibility::{Ask, Check, Order, eligibility};
use wubang_store::{Error, Key, Read};

/// Forms that a posting admits: enterprises only where it says so (rulebook 1.5 T-10), which none does yet.
pub const FORMS: &[OrgForm] = &[
    OrgForm::SocialGroup,
    OrgForm::SocialServiceInstitution,
    OrgForm::Foundation,
    OrgForm::FiledCommunityOrg,
];

/// Where a draft names the organisation that it picks.
const PICKED: &str = "/order/organisation_id";

/// Where and by which rules.
pub(crate) struct At<'a> {
    pub procedure: &'a Procedure,
    pub division: &'a DivisionCode,
}

fn add(faults: &mut Faults, pointer: impl Into<String>, code: Code) {
    faults.add(pointer, code.as_str(), code.zh(), code.en());
}

/// Notes everything that the type asks and the draft does not give.
///
/// # Errors
/// When the database fails.
pub(crate) async fn check(
    read: &impl Read,
    draft: &Draft,
    needs: &[Need],
    own: Option<Uuid>,
    at: At<'_>,
    faults: &mut Faults,
) -> Result<(), Error> {
    if draft.kind == PostingType::Invited {
        let pool = invitation::pool(read, at.division, &draft.field).await?;
        if pool.len() < at.procedure.invitations {
            add(faults, "/type", Code::TooFewMatches);
        }
    }
    match draft.kind.way() {
        Way::Order => check_order(read, draft, needs, own, &at, faults).await,
        Way::Call => {
            check_call(draft, faults);
            Ok(())
        }
        Way::Panel | Way::Elsewhere => Ok(()),
    }
}

async fn check_order(
    read: &impl Read,
    draft: &Draft,
    needs: &[Need],
    own: Option<Uuid>,
    at: &At<'_>,
    faults: &mut Faults,
) -> Result<(), Error> {
    let of = |wanted: &Need| draft.need_ids.iter().position(|id| *id == wanted.id);
    for (i, need) in needs.iter().filter_map(|need| of(need).map(|i| (i, need))) {
        let pointer = format!("/need_ids/{i}");
        if draft.kind == PostingType::Emergency && !need.emergency {
            add(faults, &pointer, Code::NotEmergency);
        }
        // what residents order themselves: a micro-wish, or a mark at an ordering meeting
        let wished = matches!(need.source.as_str(), "micro_wish" | "ordering_meeting");
        if draft.kind == PostingType::Micro && !wished {
            let (zh, en) = (
                "微服务单只回应微心愿或点单会的需求",
                "a micro order answers a micro-wish or an ordering meeting",
            );
            faults.add(&pointer, "wrong_source", zh, en);
        }
    }
    if draft.kind.picked_by_community() {
        if draft.budget_ceiling_fen > at.procedure.orders.max_amount_fen.get() {
            add(faults, "/budget_ceiling_fen", Code::OrderLimit);
        }
        quiet(read, draft, own, at, faults).await?;
    }
    match &draft.particulars.order {
        Some(order) => eligible(read, draft, order.organisation_id, faults).await,
        None => Ok(()),
    }
}

/// Notes needs of which there was another posting lately: an order does not go round a competition.
async fn quiet(
    read: &impl Read,
    draft: &Draft,
    own: Option<Uuid>,
    at: &At<'_>,
    faults: &mut Faults,
) -> Result<(), Error> {
    let since = read.now() - TimeDelta::days(i64::from(at.procedure.orders.quiet_days));
    let project = match own {
        Some(id) => Some(store::find(read, &Key::Id(id)).await?.project_id),
        None => None,
    };
    let lately = store::posted_since(read, &draft.need_ids, since, project).await?;
    for (i, id) in draft.need_ids.iter().enumerate() {
        if lately.contains(id) {
            add(faults, format!("/need_ids/{i}"), Code::PostedRecently);
        }
    }
    Ok(())
}

/// Caps that stand against a draft until somebody gives a public reason (rulebook 2.14): those that the picked
/// organisation has reached; and for a posting by invitation that one of those who match held the last agreements
/// of this community and field, so that it must be open to all.
///
/// # Errors
/// When the database fails.
pub(crate) async fn caps_reached(
    read: &impl Read,
    draft: &Draft,
    checked: &Checked,
) -> Result<Vec<Check>, Error> {
    let ids = match (&draft.particulars.order, draft.kind) {
        _ if draft.caps_waived => Vec::new(),
        (Some(order), _) => vec![order.organisation_id],
        (None, PostingType::Invited) => {
            invitation::pool(read, &checked.division, &draft.field).await?
        }
        _ => Vec::new(),
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rule = &checked.procedure.caps;
    let closed = !draft.kind.open_to_all();
    let communities = checked.content.communities.as_slice();
    let place = Place {
        division: &checked.division,
        closed_to_others: closed.then_some((communities, draft.field.as_str())),
    };
    let carried = caps::of(read, &ids, place, rule).await?;
    let asked = Asked {
        rule,
        today: local_date(read.now()),
        part_fen: 0,
        price_fen: 0,
        open_bids: None,
    };
    let picked = draft.particulars.order.is_some();
    let mut reached: Vec<Check> = Vec::new();
    for organisation in wubang_registry::organisations::load_many(read, &ids).await? {
        let checks = carried.checks(&organisation, &asked);
        let counts = |check: &Check| picked || check.rule == "consecutive_contracts";
        reached.extend(checks.into_iter().filter(|one| !one.passed && counts(one)));
    }
    // which of the matching ones it is changes nothing
    reached.truncate(caps::CAPS.len());
    Ok(reached)
}

/// Notes every rule of eligibility that the picked organisation does not meet.
async fn eligible(
    read: &impl Read,
    draft: &Draft,
    organisation: Uuid,
    faults: &mut Faults,
) -> Result<(), Error> {
    let pointer = PICKED;
    let Ok(organisation) = wubang_registry::organisations::load(read, organisation).await else {
        faults.add(
            pointer,
            "unknown_value",
            "没有这个组织",
            "there is no such organisation",
        );
        return Ok(());
    };
    let mut noted = Vec::new();
    for community in &draft.content.communities {
        let Ok(community) = DivisionCode::parse(community) else {
            continue;
        };
        let ask = Ask {
            community: &community,
            accepts_filed: draft.content.accepts_filed_organisations,
            forms_allowed: FORMS,
            order: Order {
                micro: draft.kind == PostingType::Micro,
                joint: false,
            },
            now: read.now(),
        };
        for check in eligibility(&organisation, &ask) {
            if !check.passed && !noted.contains(&check.rule) {
                noted.push(check.rule);
                faults.add(pointer, Code::NotEligible.as_str(), check.zh, check.en);
            }
        }
    }
    Ok(())
}

/// A single project may not cost more than all of them together.
fn check_call(draft: &Draft, faults: &mut Faults) {
    let each = draft
        .particulars
        .call
        .as_ref()
        .map(|call| call.ceiling_each_fen);
    if each.is_some_and(|each| each > draft.budget_ceiling_fen) {
        faults.add(
            "/call/ceiling_each_fen",
            "out_of_range",
            "单个项目最高资助额不得超过总额",
            "must not exceed the ceiling of the whole call",
        );
    }
}

/// The first instant of the budget year (1 January, +08:00).
fn year_of(now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let first = NaiveDate::from_ymd_opt(local_date(now).year(), 1, 1)?;
    at_hour(first, 0, 0)
}

/// The orders of the year that an order adds to; `None` for other types. `own` is the order itself, once it
/// is stored.
///
/// # Errors
/// When the database fails.
pub(crate) async fn orders_of_the_year(
    read: &impl Read,
    checked: &Checked,
    field: &str,
    own: Option<Uuid>,
) -> Result<Option<Orders>, Error> {
    if !checked.procedure.code.picked_by_community() {
        return Ok(None);
    }
    let since = year_of(read.now()).ok_or_else(|| Error::internal("a year without beginning"))?;
    let like = Like {
        division: checked.division.as_str(),
        field,
        funding: &rules::funding(&checked.content),
        but: own,
    };
    Ok(Some(Orders {
        so_far_fen: store::ordered_since(read, like, since).await?,
        own_fen: checked.ceiling.get(),
        most_fen: checked.procedure.yearly_orders(),
    }))
}

/// Notes that an order would exceed the sum of the year: it takes a public reason.
///
/// # Errors
/// When the database fails.
pub(crate) async fn check_split(
    read: &impl Read,
    checked: &Checked,
    field: &str,
    own: Option<Uuid>,
    faults: &mut Faults,
) -> Result<(), Error> {
    let orders = orders_of_the_year(read, checked, field, own).await?;
    if let Some(Err(refusal)) = orders.map(Orders::check) {
        let text = refusal
            .detail
            .unwrap_or_else(|| Bilingual::new(refusal.code.zh(), refusal.code.en()));
        faults.add("/split_reason", refusal.code.as_str(), text.zh, text.en);
    }
    Ok(())
}
