//! Handing in a request: by anybody, with or without a name (rulebook 2.4.1, 3.8).

use super::model::{PersonalDataNotice, ReceiptOut, RequestDetail, RequestIn};
use super::rules;
use super::store;
use crate::address::{self, Budget, Sender};
use crate::entity::request;
use crate::fates::{self, Fate};
use crate::flow::ResidentRequest;
use crate::secret;
use chrono::TimeDelta;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::deadline::local_date;
use wubang_kernel::division::{DivisionCode, Level};
use wubang_kernel::machine::{self, Audience};
use wubang_kernel::{Code, Faults, Refusal, Role, Timer, personal};
use wubang_registry::taxonomy;
use wubang_store::outbox::{self, Notice};
use wubang_store::trace::About;
use wubang_store::{Error, Read, Tracked, Tx, birth, numbers, timers};
use wubang_web::{Instant, warnings};

/// The notice in force, with its version.
const NOTICE: &str = include_str!("../../data/personal_data_notice.json");
/// Who may hand in through the channels of those who take reports for the community.
const STAFF: &[Role] = &[
    Role::ResidentRep,
    Role::CommunitySecretary,
    Role::StreetOfficer,
];

/// The notice on personal data that a request must name.
///
/// # Errors
/// Internal: the file of the notice cannot be read.
pub fn notice() -> Result<PersonalDataNotice, Error> {
    Ok(serde_json::from_str(NOTICE)?)
}

/// What was read of a request.
struct Checked {
    community: DivisionCode,
    title: String,
    detail: RequestDetail,
}

/// A community that the registry knows, or a fault.
pub(crate) async fn known_community(
    read: &impl Read,
    pointer: &str,
    code: &str,
    faults: &mut Faults,
) -> Result<Option<DivisionCode>, Error> {
    let Some(code) = faults.division(pointer, code) else {
        return Ok(None);
    };
    let known = wubang_registry::divisions::find(read, &code).await?;
    if code.level() == Level::Community && known.is_some() {
        return Ok(Some(code));
    }
    faults.add(
        pointer,
        "unknown_value",
        "没有这个社区",
        "there is no such community",
    );
    Ok(None)
}

async fn check(tx: &Tx, input: &RequestIn) -> Result<Checked, Error> {
    let mut faults = Faults::new();
    let community = known_community(tx, "/community", &input.community, &mut faults).await?;
    if let Some(community) = community.filter(|_| !input.channel.is_public())
        && !tx.actor().roles(&Reach::at(community)).any(STAFF)
    {
        faults.add(
            "/channel",
            "not_allowed",
            "该渠道须由本社区工作人员登录后填报",
            "this channel is for people of the community who are signed in",
        );
    }
    let title = faults.line("/title", &input.title, 5..=60);
    let description = faults.prose("/description", &input.description, 10..=2000);
    personal::refuse_identity_numbers("/title", &title, &mut faults);
    personal::refuse_identity_numbers("/description", &description, &mut faults);
    if let Some(count) = input.affected_count {
        faults.number("/affected_count", count, 1..=10_000_000);
    }
    let taxonomy = taxonomy::current(tx).await?;
    if let Some(field) = &input.field {
        taxonomy.check_field("/field", field, &mut faults);
    }
    faults.count("/target_groups", input.target_groups.len(), 0..=10);
    for (i, group) in input.target_groups.iter().take(10).enumerate() {
        taxonomy.check_target_group(&format!("/target_groups/{i}"), group, &mut faults);
    }
    let version = notice()?.version;
    if input.personal_data_notice != version {
        faults.add(
            "/personal_data_notice",
            "unknown_value",
            format!("现行告知版本为 {version},请阅读后填写"),
            format!("the notice in force is {version}: read it and name it"),
        );
    }
    faults.finish()?;
    Ok(Checked {
        community: community.ok_or(Code::Internal)?,
        title,
        detail: RequestDetail {
            description,
            target_groups: input.target_groups.clone(),
        },
    })
}

/// Takes a request. `address` is where it comes from, `reporter` who sends it where that is known; the
/// trace and the row name a resident nowhere.
///
/// # Errors
/// `invalid` with every wrong field; `too_many_requests` beyond the budget of the day.
pub async fn hand_in(
    tx: &Tx,
    address: &str,
    reporter: Option<Uuid>,
    budget: Budget,
    input: RequestIn,
) -> Result<ReceiptOut, Error> {
    let checked = check(tx, &input).await?;
    let known_as = reporter.map_or_else(|| address.to_owned(), |person| person.to_string());
    let sender = address::sender(tx, &known_as).await?;
    let (title, description) = (
        personal::mask(&checked.title),
        personal::mask(&checked.detail.description),
    );
    let masked = warnings::of(&[
        ("/title", &checked.title),
        ("/description", &checked.detail.description),
    ]);
    let day_ago = tx.now() - TimeDelta::hours(24);
    let earlier = store::from_sender(tx, &sender.known, &checked.community, day_ago).await?;
    let same = earlier.into_iter().find(|row| {
        let theirs = format!("{}{}", row.title, row.detail.description);
        rules::near_identical(&theirs, &format!("{title}{description}"))
    });
    if let Some(same) = same {
        return Ok(ReceiptOut {
            number: same.number,
            code: None,
            repeated: true,
            masked,
            acknowledge_by: None,
        });
    }
    if input.channel.is_public() {
        within_budget(tx, &sender, &checked.community, budget).await?;
    }
    let code = secret::code();
    let detail = RequestDetail {
        description,
        ..checked.detail
    };
    let row = new_row(tx, &input, &checked.community, title, detail).await?;
    let row = request::ActiveModel {
        code_hash: Set(secret::code_hash(row.number.as_ref(), &code)),
        address_hash: Set(sender.today),
        reporter_id: Set(reporter),
        ..row
    };
    let made = machine::create::<ResidentRequest>(tx.actor().roles(&Reach::at(checked.community)))?;
    let row = birth::<request::Entity, _>(tx, made, row, None).await?;
    let acknowledge_by = start(tx, &row).await?;
    Ok(ReceiptOut {
        number: row.number,
        code: Some(code),
        repeated: false,
        masked,
        acknowledge_by: Some(acknowledge_by),
    })
}

async fn within_budget(
    tx: &Tx,
    sender: &Sender,
    community: &DivisionCode,
    budget: Budget,
) -> Result<(), Error> {
    let (own, all) = store::used(tx, &sender.known, community, sender.midnight).await?;
    if own >= u64::from(budget.per_address) {
        return Err(Refusal::new(Code::TooManyRequests)
            .because("今日提交次数已用完,请明日再来", "no more today from here")
            .into());
    }
    if all >= u64::from(budget.per_community) {
        return Err(Refusal::new(Code::TooManyRequests)
            .because(
                "该社区今日收到的诉求已达上限,请明日再来或致电社区",
                "this community takes no more today",
            )
            .into());
    }
    Ok(())
}

async fn new_row(
    tx: &Tx,
    input: &RequestIn,
    community: &DivisionCode,
    title: String,
    detail: RequestDetail,
) -> Result<request::ActiveModel, Error> {
    let year = local_date(tx.now()).format("%Y");
    let series = format!("SQ-{}-{year}", community.district6());
    let number = format!("{series}-{:04}", numbers::next(tx, &series).await?);
    Ok(request::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(number),
        division: Set(community.as_str().to_owned()),
        channel: Set(input.channel.wire().to_owned()),
        public: Set(input.channel.is_public()),
        title: Set(title),
        detail: Set(detail),
        field: Set(input.field.clone()),
        affected_count: Set(input.affected_count),
        notice_version: Set(input.personal_data_notice.clone()),
        code_hash: Set(String::new()),
        address_hash: Set(String::new()),
        reporter_id: Set(None),
        need_id: Set(None),
        reason_code: Set(None),
        reason: Set(None),
        feedback: Set(None),
        feedback_text: Set(None),
        feedback_at: Set(None),
        state: Set("received".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    })
}

/// T49 runs from the receipt; the secretary is told; the fate begins.
async fn start(tx: &Tx, row: &request::Model) -> Result<Instant, Error> {
    let rules = wubang_store::rules::at(tx, &row.division).await?;
    let deadline = timers::deadline(
        tx.calendar(),
        Timer::T49,
        tx.now(),
        &rules.timers,
        rules.publish_cutoff_hour,
    );
    let about = About {
        object: "resident_request",
        id: row.id,
        project_id: None,
        division: &row.division,
        version: row.version,
    };
    timers::start(tx, &about, &row.label(), Timer::T49, &deadline).await?;
    fates::record(tx, row.id, Fate::Received, None).await?;
    let notice = Notice {
        tell: vec![Audience::Secretary],
        division: row.division.clone(),
        field: None,
        label: row.label(),
        organisations: Vec::new(),
        persons: Vec::new(),
        state: row.state.clone(),
        facts: serde_json::json!({ "due_at": Instant(deadline.at) }),
    };
    outbox::tell(
        tx,
        "resident_request.received",
        "resident_request",
        row.id,
        notice,
    )
    .await?;
    Ok(Instant(deadline.at))
}
