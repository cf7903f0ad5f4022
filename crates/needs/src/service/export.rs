//! 需求清单 and 需求台账 as tables for spreadsheets.

use crate::entity::need;
use crate::flow::{Need, NeedEvent};
use crate::model::{Source, Urgency, wire};
use crate::store::{self, NeedFilter, export, voices};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use uuid::Uuid;
use wubang_kernel::deadline::local_date;
use wubang_kernel::machine::Name;
use wubang_kernel::score::Exact;
use wubang_kernel::{Code, Faults};
use wubang_registry::taxonomy::{self, Taxonomy};
use wubang_store::{Error, Read, View, state_of};
use wubang_web::ListQuery;
use wubang_web::sheet::Sheet;

/// Rows of the largest export.
const MOST: u64 = 10_000;

/// Columns of both tables.
const COLUMNS: &[&str] = &[
    "编号",
    "社区代码",
    "标题",
    "领域",
    "服务对象",
    "来源渠道",
    "紧急程度",
    "受益人数",
    "附议人数",
    "评榜得分",
    "优先级",
    "状态",
];

/// Steps whose last date the ledger tells.
const STEPS: &[(&str, NeedEvent)] = &[
    ("提交日期", NeedEvent::Submit),
    ("受理日期", NeedEvent::Accept),
    ("开始评审日期", NeedEvent::StartReview),
    ("立项日期", NeedEvent::Approve),
    ("发榜日期", NeedEvent::Post),
    ("承榜落实日期", NeedEvent::Fulfil),
    ("办结日期", NeedEvent::Close),
    ("转入储备日期", NeedEvent::Backlog),
    ("退回日期", NeedEvent::Return),
    ("不予立项日期", NeedEvent::Reject),
    ("合并日期", NeedEvent::Merge),
    ("撤回日期", NeedEvent::Withdraw),
];

/// Which table: the list of what was approved, or everything with its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Ledger,
}

impl Kind {
    fn states(self) -> Option<&'static [&'static str]> {
        match self {
            Kind::List => Some(&["approved", "posted", "fulfilled", "closed"]),
            Kind::Ledger => None,
        }
    }

    fn zh(self) -> &'static str {
        match self {
            Kind::List => "需求清单",
            Kind::Ledger => "需求台账",
        }
    }
}

fn kind(query: &ListQuery) -> Result<Kind, Error> {
    let mut faults = Faults::new();
    let kind = match query.one("kind") {
        None | Some("list") => Kind::List,
        Some("ledger") => Kind::Ledger,
        Some(_) => {
            unknown(&mut faults, "?kind", "list、ledger", "list or ledger");
            Kind::List
        }
    };
    if !matches!(query.one("format"), None | Some("csv")) {
        unknown(&mut faults, "?format", "csv", "csv");
    }
    faults.finish()?;
    Ok(kind)
}

fn unknown(faults: &mut Faults, pointer: &str, zh: &str, en: &str) {
    faults.add(
        pointer,
        "unknown_value",
        format!("须为 {zh}"),
        format!("must be {en}"),
    );
}

/// The needs that the viewer may see as a table: name of the file, and its text.
///
/// # Errors
/// `invalid` with every wrong parameter; `too_many_rows` above ten thousand.
pub async fn export(view: &View, query: &ListQuery) -> Result<(String, String), Error> {
    let kind = kind(query)?;
    let filter = NeedFilter::of(query)?;
    if store::export::count(view, &filter, kind.states()).await? > MOST {
        return Err(Code::TooManyRows.into());
    }
    let taxonomy = taxonomy::current(view).await?;
    let steps: &[(&str, NeedEvent)] = match kind {
        Kind::List => &[("立项日期", NeedEvent::Approve)],
        Kind::Ledger => STEPS,
    };
    let header: Vec<&str> = COLUMNS
        .iter()
        .copied()
        .chain(steps.iter().map(|(name, _)| *name))
        .collect();
    let mut sheet = Sheet::new(&header)?;
    let events: Vec<&str> = steps.iter().map(|(_, event)| event.wire()).collect();
    let mut after = None;
    loop {
        let rows = export::portion(view, &filter, kind.states(), after).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let supporters = voices::supporters(view, &ids).await?;
        let dates = export::dates(view, &ids, &events).await?;
        for need in &rows {
            let mut cells = cells(need, &taxonomy, supporters.get(&need.id).copied())?;
            cells.extend(events.iter().map(|event| day(&dates, need.id, event)));
            sheet.row(cells.iter().map(String::as_str))?;
        }
    }
    let today = local_date(view.now()).format("%Y%m%d");
    Ok((format!("{}_{today}", kind.zh()), sheet.finish()?))
}

fn day(dates: &HashMap<(Uuid, String), DateTime<Utc>>, need: Uuid, event: &str) -> String {
    dates
        .get(&(need, event.to_owned()))
        .map(|at| local_date(*at).to_string())
        .unwrap_or_default()
}

fn cells(
    need: &need::Model,
    taxonomy: &Taxonomy,
    supporters: Option<i64>,
) -> Result<Vec<String>, Error> {
    let field = taxonomy.field(&need.field).map_or_else(
        || need.field.clone(),
        |field| format!("{} {}", field.code, field.name_zh),
    );
    let group = |code: &String| {
        let known = taxonomy.target_groups.iter().find(|one| one.code == *code);
        known.map_or_else(|| code.clone(), |one| one.name_zh.clone())
    };
    let groups: Vec<String> = need.detail.target_groups.iter().map(group).collect();
    let score: Option<Exact> = need
        .review_score
        .as_deref()
        .and_then(|text| text.parse().ok());
    Ok(vec![
        need.number.clone(),
        need.division.clone(),
        need.title.clone(),
        field,
        groups.join("、"),
        source(&need.source).to_owned(),
        urgency(&need.urgency).to_owned(),
        need.affected_count.to_string(),
        supporters.unwrap_or(0).to_string(),
        score.map_or_else(String::new, |score| score.rounded().to_string()),
        match need.priority.as_deref() {
            Some("high") => "高".to_owned(),
            Some(_) => "普通".to_owned(),
            None => String::new(),
        },
        state_of::<Need>(&need.state)?.zh().to_owned(),
    ])
}

/// The Chinese word of a stored source, empty where none is stored.
fn source(stored: &str) -> &'static str {
    const WORDS: &[(Source, &str)] = &[
        (Source::OpinionSurvey, "民意大摸排"),
        (Source::PublicCall, "民生实事征集"),
        (Source::Grid, "网格上报"),
        (Source::Deliberation, "议事协商"),
        (Source::OrderingMeeting, "点单会"),
        (Source::ResidentSurvey, "居民调查"),
        (Source::Hotline, "热线"),
        (Source::MicroWish, "微心愿"),
        (Source::ContactHousehold, "党员联系户"),
        (Source::OpenCall, "公益创投"),
    ];
    word(WORDS, stored)
}

/// The Chinese word of a stored urgency.
fn urgency(stored: &str) -> &'static str {
    const WORDS: &[(Urgency, &str)] = &[
        (Urgency::Normal, "一般"),
        (Urgency::High, "较急"),
        (Urgency::Emergency, "应急"),
    ];
    word(WORDS, stored)
}

fn word<T: Copy + serde::Serialize>(
    words: &'static [(T, &'static str)],
    stored: &str,
) -> &'static str {
    words
        .iter()
        .find(|(value, _)| wire(*value) == stored)
        .map_or("", |(_, word)| *word)
}
