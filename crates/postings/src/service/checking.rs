//! Everything that publication asks of a draft, in one place: drafting, handing in, approval and simulation
//! see the same faults, all at once (rulebook 2.4.2, 2.5, 2.14, 3.1).

use crate::entity::posting;
use crate::flow::Posting;
use crate::forbidden::{self, Passage};
use crate::model::{Content, Overrides, PostingIn};
use crate::particulars::{self, Particulars};
use crate::race_rules;
use crate::rules::{self, Caps};
use crate::service::holders;
use crate::service::types::{self, At};
use crate::store;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::machine::{self, Birth};
use wubang_kernel::money::Fen;
use wubang_kernel::procedure::{PostingType, Procedure, Way};
use wubang_kernel::{Code, Faults, Refusal};
use wubang_store::{Error, Read};

/// A draft, new or stored.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub kind: PostingType,
    pub need_ids: Vec<Uuid>,
    pub title: String,
    pub field: String,
    pub budget_ceiling_fen: i64,
    pub content: Content,
    pub overrides: Overrides,
    pub particulars: Particulars,
    pub publish_at: Option<DateTime<Utc>>,
    /// The rules, once they no longer follow the district's settings.
    pub frozen: Option<Procedure>,
    /// Whether the street has waived the caps of bidders.
    pub caps_waived: bool,
}

impl From<PostingIn> for Draft {
    fn from(input: PostingIn) -> Self {
        Draft {
            kind: input.kind,
            need_ids: input.need_ids,
            title: input.title,
            field: input.field,
            budget_ceiling_fen: input.budget_ceiling_fen,
            content: input.content,
            overrides: input.overrides,
            particulars: Particulars {
                order: input.order,
                external: input.external_procedure_ref,
                call: input.call,
                sealing: input.sealing,
                ..Particulars::default()
            },
            publish_at: input.publish_at,
            frozen: None,
            caps_waived: false,
        }
    }
}

impl Draft {
    /// The draft that is stored.
    pub(crate) fn stored(posting: &posting::Model, need_ids: &[Uuid]) -> Result<Self, Error> {
        Ok(Draft {
            kind: kind_of(&posting.kind)?,
            need_ids: need_ids.to_vec(),
            title: posting.title.clone(),
            field: posting.field.clone(),
            budget_ceiling_fen: posting.budget_ceiling_fen,
            content: posting.content.clone(),
            overrides: posting.overrides.clone(),
            particulars: posting.particulars.clone(),
            publish_at: posting.publish_at,
            frozen: None,
            caps_waived: posting.bidder_cap_reason.is_some(),
        })
    }
}

/// The type that a row holds.
pub(crate) fn kind_of(stored: &str) -> Result<PostingType, Error> {
    PostingType::from_wire(stored)
        .ok_or_else(|| Error::internal(format!("posting of unknown type {stored}")))
}

/// A draft whose parts were parsed; whether it may be used is said by the faults beside it.
pub(crate) struct Checked {
    pub title: String,
    pub ceiling: Fen,
    pub content: Content,
    pub particulars: Particulars,
    pub procedure: Procedure,
    pub division: DivisionCode,
    pub findings: Vec<Passage>,
    /// The right to make a posting here.
    pub made: Birth<Posting>,
}

/// Notes everything that would keep the draft from being published; `own` is the posting that holds the
/// needs already. Caps are asked apart, because they are a matter of the moment.
///
/// # Errors
/// `forbidden` outside one's territory; `invalid` for unknown needs, without which nothing can be said.
pub(crate) async fn check(
    read: &impl Read,
    draft: &Draft,
    own: Option<Uuid>,
    faults: &mut Faults,
) -> Result<Checked, Error> {
    let (needs, division) = match draft.kind.way() {
        Way::Call => (Vec::new(), called(draft)?),
        Way::Panel | Way::Order | Way::Elsewhere => {
            let needs = needs_of(read, &draft.need_ids).await?;
            let division = common_division(&needs)?;
            (needs, division)
        }
    };
    let made = machine::create::<Posting>(read.actor().roles(&Reach::at(division)))?;
    faults_of_field(read, draft, faults).await?;
    if draft.publish_at.is_some_and(|at| at < read.now()) {
        faults.add("/publish_at", "out_of_range", "已经过去", "is past");
    }
    let procedure = match &draft.frozen {
        Some(frozen) => frozen.clone(),
        None => {
            let base = wubang_store::rules::of(read, draft.kind, &division).await?;
            rules::apply(base, draft.overrides.clone(), faults)
        }
    };
    check_needs(read, draft, &needs, own, faults).await?;
    let particulars = draft.particulars.checked(draft.kind, faults);
    let at = At {
        procedure: &procedure,
        division: &division,
    };
    types::check(read, draft, &needs, own, at, faults).await?;
    holders::check(read, draft, &division, faults).await?;
    let said = Said {
        title: draft.title.clone(),
        budget_ceiling_fen: draft.budget_ceiling_fen,
        content: draft.content.clone(),
    };
    let Notice {
        title,
        ceiling,
        content,
        findings,
    } = check_notice(read, said, &procedure, &division, faults).await?;
    Ok(Checked {
        title,
        ceiling,
        content,
        particulars,
        procedure,
        division,
        findings,
        made,
    })
}

async fn faults_of_field(
    read: &impl Read,
    draft: &Draft,
    faults: &mut Faults,
) -> Result<(), Error> {
    wubang_registry::taxonomy::current(read)
        .await?
        .check_field("/field", &draft.field, faults);
    Ok(())
}

/// What a notice says, before it is checked.
pub(crate) struct Said {
    pub title: String,
    pub budget_ceiling_fen: i64,
    pub content: Content,
}

/// What a notice says, checked.
pub(crate) struct Notice {
    pub title: String,
    pub ceiling: Fen,
    pub content: Content,
    pub findings: Vec<Passage>,
}

/// Notes everything wrong with what a notice says, new or amended.
///
/// # Errors
/// When the database fails.
pub(crate) async fn check_notice(
    read: &impl Read,
    said: Said,
    procedure: &Procedure,
    division: &DivisionCode,
    faults: &mut Faults,
) -> Result<Notice, Error> {
    let title = faults.line("/title", &said.title, 5..=100);
    let ceiling = faults.fen("/budget_ceiling_fen", said.budget_ceiling_fen);
    let taxonomy = wubang_registry::taxonomy::current(read).await?;
    for (i, group) in said.content.target_groups.iter().enumerate() {
        taxonomy.check_target_group(&format!("/content/target_groups/{i}"), group, faults);
    }
    let content = crate::content_rules::check_content(said.content, local_date(read.now()), faults);
    race_rules::check_race(&content, procedure, faults);
    rules::check_limit(ceiling, &content, procedure, faults);
    rules::check_tranches(&content, procedure, faults);
    let names = wubang_registry::organisations::names_within(read, division).await?;
    let findings = forbidden::passages(&title, &content, &procedure.criteria, &names);
    Ok(Notice {
        title,
        ceiling,
        content,
        findings,
    })
}

/// The division that a call for projects reaches over; nothing else can be said without it.
fn called(draft: &Draft) -> Result<DivisionCode, Error> {
    let mut faults = Faults::new();
    if !draft.need_ids.is_empty() {
        faults.add(
            "/need_ids",
            "not_allowed",
            "公益创投不针对单个需求,须留空",
            "a call for projects covers no need",
        );
    }
    let division = particulars::reach(draft.particulars.call.as_ref(), &mut faults);
    faults.finish()?;
    Ok(division.ok_or(Code::Internal)?)
}

async fn needs_of(read: &impl Read, ids: &[Uuid]) -> Result<Vec<wubang_needs::Need>, Error> {
    let mut faults = Faults::new();
    faults.count("/need_ids", ids.len(), 1..=20);
    let needs = wubang_needs::service::load_many(read, ids).await?;
    for (i, id) in ids.iter().enumerate() {
        if !needs.iter().any(|need| need.id == *id) {
            faults.add(
                format!("/need_ids/{i}"),
                "unknown_value",
                "没有这个需求",
                "there is no such need",
            );
        }
        if ids.iter().take(i).any(|other| other == id) {
            faults.add(
                format!("/need_ids/{i}"),
                "duplicate",
                "需求重复",
                "is there twice",
            );
        }
    }
    faults.finish()?;
    Ok(needs)
}

/// The division of a posting over several needs: their community, or the street they share.
fn common_division(needs: &[wubang_needs::Need]) -> Result<DivisionCode, Error> {
    let mut codes = needs.iter().map(wubang_needs::service::division_of);
    let mut common = codes.next().ok_or(Code::NeedsNotApproved)??;
    for code in codes {
        let code = code?;
        while !common.contains(&code) {
            common = common.parent().ok_or(Code::NeedsNotApproved)?;
        }
    }
    Ok(common)
}

async fn check_needs(
    read: &impl Read,
    draft: &Draft,
    needs: &[wubang_needs::Need],
    own: Option<Uuid>,
    faults: &mut Faults,
) -> Result<(), Error> {
    let taken = store::needs_taken(read, &draft.need_ids, own).await?;
    for (i, id) in draft.need_ids.iter().enumerate() {
        let pointer = format!("/need_ids/{i}");
        let need = needs.iter().find(|need| need.id == *id);
        if taken.contains(id) {
            let code = Code::NeedTaken;
            faults.add(pointer, code.as_str(), code.zh(), code.en());
        } else if need.is_some_and(|need| need.state != "approved") {
            let code = Code::NeedsNotApproved;
            faults.add(pointer, code.as_str(), code.zh(), code.en());
        }
    }
    Ok(())
}

/// Notes a cap that is reached (rulebook 2.14).
pub(crate) async fn check_caps(
    read: &impl Read,
    draft: &Draft,
    checked: &Checked,
    faults: &mut Faults,
) -> Result<(), Error> {
    let caps = caps(read, draft, checked).await?;
    if let Err(refusal) = caps.check() {
        let text = refusal.detail.unwrap_or_else(|| {
            wubang_kernel::refusal::Bilingual::new(refusal.code.zh(), refusal.code.en())
        });
        faults.add("/cap_reason", Code::CapReached.as_str(), text.zh, text.en);
    }
    Ok(())
}

/// Open postings of a community and its street against their caps, with the caps of who is picked or drawn.
pub(crate) async fn caps(
    read: &impl Read,
    draft: &Draft,
    checked: &Checked,
) -> Result<Caps, Error> {
    let division = &checked.division;
    let street = division.parent().unwrap_or(*division);
    let rule = &checked.procedure.caps;
    Ok(Caps {
        community: store::count_open(read, division).await?,
        community_cap: rule.postings_community,
        street: store::count_open(read, &street).await?,
        street_cap: rule.postings_street,
        reached: types::caps_reached(read, draft, checked).await?,
    })
}

/// Refuses with all faults at once: under its own code when there is only one kind of rule broken, as
/// `invalid` otherwise.
///
/// # Errors
/// When there is a fault.
pub(crate) fn finish(faults: Faults) -> Result<(), Refusal> {
    let fields = faults.into_fields();
    let Some(first) = fields.first() else {
        return Ok(());
    };
    let own = [
        Code::NeedTaken,
        Code::NeedsNotApproved,
        Code::ProcurementLimit,
        Code::TooFewMatches,
        Code::OrderLimit,
        Code::PostedRecently,
        Code::NotEmergency,
        Code::NotEligible,
        Code::Incomplete,
    ];
    let code = own
        .into_iter()
        .find(|code| code.as_str() == first.code)
        .filter(|code| fields.iter().all(|field| field.code == code.as_str()))
        .unwrap_or(Code::Invalid);
    Err(Refusal {
        fields,
        ..Refusal::new(code)
    })
}
