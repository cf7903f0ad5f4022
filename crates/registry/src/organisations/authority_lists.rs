//! What authorities publish about organisations, taken in from a file (rulebook 3.6, 3.12): 活动异常名录, 严重违法失信名单,
//! 评估等级. A file is checked whole: one wrong row, and nothing of it is written.

use super::service::{note, write};
use super::{EvaluationGrade, Organisation, finders};
use crate::entity::organisations;
use crate::rights;
use crate::words::{AuthorityList, CreditStatus, GradeLevel};
use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::uscc::Uscc;
use wubang_kernel::{Code, Faults, Role};
use wubang_store::{Error, Read, Tx, scope};

/// Most rows of one file.
const MAX_ROWS: usize = 5000;
/// Codes per statement, far below what a statement may bind.
const BATCH: usize = 500;

/// A file of an authority.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "division": "410108000000", "list": "abnormal_activity", "source": "郑州市民政局 2026 年第 3 号公告", "complete": false, "dry_run": true,
    "csv": "统一社会信用代码,组织名称\n52410108MJF9183522,郑州市惠济区银杏树为老服务中心\n" }))]
pub struct AuthorityListIn {
    /// 区县;只处理登记在该区县的组织。
    pub division: String,
    /// 名单种类。
    pub list: AuthorityList,
    /// 发布机关和文号,2–100 字,作为依据留痕。
    pub source: String,
    /// UTF-8 的 CSV,首行为表头,至多 5000 行。必有 `统一社会信用代码`、`组织名称`;评估等级另有 `评估等级`(1A–5A)、`授予日期`、`有效期至`(年-月-日)。其他列忽略。
    pub csv: String,
    /// 是否为完整名单:是则不在其中的组织移出该名单;评估等级不得为完整名单。
    #[serde(default)]
    pub complete: bool,
    /// 只核对,不写入。
    #[serde(default)]
    pub dry_run: bool,
}

/// What changes for one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuthorityChange {
    /// 组织。
    pub organisation_id: Uuid,
    /// 名称。
    pub name: String,
    /// 原来的信用状态或等级。
    pub from: Option<String>,
    /// 新的信用状态或等级。
    pub to: String,
}

/// A row about an organisation that is not registered here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnmatchedRow {
    /// 第几行数据,从 1 起。
    pub row: usize,
    /// 统一社会信用代码。
    pub uscc: String,
    /// 名称。
    pub name: String,
}

/// What came of a file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuthorityListOut {
    /// 名单种类。
    pub list: AuthorityList,
    /// 是否只核对。
    pub dry_run: bool,
    /// 数据行数。
    pub rows: usize,
    /// 变动的组织,按名称排列。
    pub changed: Vec<AuthorityChange>,
    /// 已与名单一致的组织数。
    pub unchanged: usize,
    /// 未登记在本区县、没有处理的行。
    pub unmatched: Vec<UnmatchedRow>,
}

/// A row that could be read.
#[derive(Debug, Clone)]
struct Row {
    row: usize,
    uscc: String,
    name: String,
    grade: Option<EvaluationGrade>,
}

/// Takes in a file of an authority, whole or not at all.
///
/// # Errors
/// `forbidden` for others than the district's administrators; `invalid` with every wrong row.
pub(crate) async fn take_in(tx: &Tx, input: AuthorityListIn) -> Result<AuthorityListOut, Error> {
    let mut faults = Faults::new();
    let division = faults.division("/division", &input.division);
    let source = faults.line("/source", &input.source, 2..=100);
    if input.complete && input.list == AuthorityList::Grades {
        let (zh, en) = (
            "评估等级到期自行失效,不按完整名单移出",
            "grades end by themselves, nobody is taken off",
        );
        faults.add("/complete", "not_allowed", zh, en);
    }
    let rows = read(&input, &source, &mut faults);
    let Some(division) = division else {
        return Err(faults.finish().err().unwrap_or(Code::Invalid.into()).into());
    };
    let right = "organisations.set_credit_status";
    let role = rights::require(tx.actor(), &Reach::at(division), right)?;
    let known = known(tx, &division, &rows).await?;
    check_names(&rows, &known, &mut faults);
    faults.finish()?;
    let on_file: HashSet<&str> = rows.iter().map(|row| row.uscc.as_str()).collect();
    let mut wanted: BTreeMap<String, (Organisation, Change)> = BTreeMap::new();
    for row in &rows {
        if let Some(organisation) = known.get(&row.uscc) {
            let change = change(input.list, organisation, row);
            wanted.insert(row.uscc.clone(), (organisation.clone(), change));
        }
    }
    for organisation in leaving(tx, &division, input.list, input.complete).await? {
        let uscc = organisation.uscc.clone().unwrap_or_default();
        if !on_file.contains(uscc.as_str()) {
            wanted.insert(uscc, (organisation, Change::Credit(CreditStatus::Normal)));
        }
    }
    let total = wanted.len();
    let mut changed = Vec::new();
    for (organisation, change) in wanted.into_values() {
        let Some(shown) = change.shown(&organisation) else {
            continue;
        };
        if !input.dry_run {
            change.apply(tx, &organisation, role, &source).await?;
        }
        changed.push(shown);
    }
    changed.sort_by(|one, other| one.name.cmp(&other.name));
    let unmatched = rows.iter().filter(|row| !known.contains_key(&row.uscc));
    Ok(AuthorityListOut {
        list: input.list,
        dry_run: input.dry_run,
        rows: rows.len(),
        unchanged: total.saturating_sub(changed.len()),
        changed,
        unmatched: unmatched
            .map(|row| UnmatchedRow {
                row: row.row,
                uscc: row.uscc.clone(),
                name: row.name.clone(),
            })
            .collect(),
    })
}

/// Where the columns stand.
struct Columns {
    uscc: usize,
    name: usize,
    grade: Option<[usize; 3]>,
}

/// The columns that a list must have, by their Chinese headers.
fn columns(
    list: AuthorityList,
    header: &csv::StringRecord,
    faults: &mut Faults,
) -> Option<Columns> {
    let mut find = |wanted: &str| {
        let at = header.iter().position(|name| name.trim() == wanted);
        if at.is_none() {
            let (zh, en) = (
                format!("表头缺少“{wanted}”"),
                format!("the header lacks {wanted}"),
            );
            faults.add("/csv/header", "required", zh, en);
        }
        at
    };
    let (uscc, name) = (find("统一社会信用代码"), find("组织名称"));
    let grade = match list {
        AuthorityList::Grades => {
            let all = [find("评估等级"), find("授予日期"), find("有效期至")];
            let [level, from, until] = all;
            Some([level?, from?, until?])
        }
        _ => None,
    };
    Some(Columns {
        uscc: uscc?,
        name: name?,
        grade,
    })
}

/// Reads every row, noting each that is wrong.
fn read(input: &AuthorityListIn, source: &str, faults: &mut Faults) -> Vec<Row> {
    // spreadsheets write a mark at the beginning of the file
    let text = input.csv.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            faults.add("/csv", "malformed", format!("{error}"), error.to_string());
            return Vec::new();
        }
    };
    let Some(columns) = columns(input.list, &header, faults) else {
        return Vec::new();
    };
    let (mut rows, mut seen) = (Vec::new(), HashSet::new());
    for (row, record) in (1..).zip(reader.records()) {
        let at = format!("/csv/{row}");
        if row > MAX_ROWS {
            let (zh, en) = (
                format!("至多 {MAX_ROWS} 行"),
                format!("at most {MAX_ROWS} rows"),
            );
            faults.add("/csv", "out_of_range", zh, en);
            break;
        }
        match record {
            Ok(record) => {
                let uscc = code(&record, columns.uscc, &at, &mut seen, faults);
                let name = record.get(columns.name).unwrap_or_default();
                let name = faults.line(&format!("{at}/name"), name, 2..=100);
                let grade = columns
                    .grade
                    .map(|places| grade(&record, places, source, &at, faults));
                if let (Some(uscc), None | Some(Some(_))) = (uscc, &grade) {
                    rows.push(Row {
                        row,
                        uscc,
                        name,
                        grade: grade.flatten(),
                    });
                }
            }
            Err(error) => faults.add(at, "malformed", format!("{error}"), error.to_string()),
        }
    }
    rows
}

fn code(
    record: &csv::StringRecord,
    place: usize,
    at: &str,
    seen: &mut HashSet<String>,
    faults: &mut Faults,
) -> Option<String> {
    let at = format!("{at}/uscc");
    let text = record.get(place).unwrap_or_default();
    match Uscc::parse(text) {
        Ok(code) if !seen.insert(code.as_str().to_owned()) => {
            faults.add(at, "duplicate", "同一代码出现两次", "is there twice");
            None
        }
        Ok(code) => Some(code.as_str().to_owned()),
        Err(error) => {
            faults.add(at, "malformed", error.zh(), error.en());
            None
        }
    }
}

fn grade(
    record: &csv::StringRecord,
    [level, from, until]: [usize; 3],
    source: &str,
    at: &str,
    faults: &mut Faults,
) -> Option<EvaluationGrade> {
    let level = GradeLevel::from_wire(record.get(level).unwrap_or_default());
    if level.is_none() {
        let at = format!("{at}/level");
        faults.add(at, "unknown_value", "须为 1A–5A", "must be 1A to 5A");
    }
    let mut day = |place: usize, name: &str| {
        let day: Option<NaiveDate> = record.get(place).and_then(|text| text.parse().ok());
        if day.is_none() {
            let at = format!("{at}/{name}");
            faults.add(at, "malformed", "须为 年-月-日", "must be year-month-day");
        }
        day
    };
    let (granted_on, valid_until) = (day(from, "granted_on"), day(until, "valid_until"));
    if granted_on
        .zip(valid_until)
        .is_some_and(|(from, until)| until < from)
    {
        let at = format!("{at}/valid_until");
        faults.add(
            at,
            "out_of_range",
            "不能早于授予日期",
            "cannot be before the day it was granted",
        );
        return None;
    }
    Some(EvaluationGrade {
        level: level?,
        granted_on: granted_on?,
        valid_until: valid_until?,
        authority: source.to_owned(),
    })
}

/// The organisations of the district that the rows name, by code.
async fn known(
    tx: &Tx,
    division: &DivisionCode,
    rows: &[Row],
) -> Result<HashMap<String, Organisation>, Error> {
    let mut known = HashMap::new();
    for some in rows.chunks(BATCH) {
        let codes = some.iter().map(|row| row.uscc.as_str());
        let found = organisations::Entity::find()
            .filter(organisations::Column::Uscc.is_in(codes))
            .filter(scope::within(
                organisations::Column::Division,
                std::iter::once(division),
            ))
            .all(&tx.db())
            .await?;
        for row in found {
            let organisation = finders::of_row(row)?;
            known.insert(organisation.uscc.clone().unwrap_or_default(), organisation);
        }
    }
    Ok(known)
}

/// A code under another name is a slip of one of the two, and nobody is listed by a slip.
fn check_names(rows: &[Row], known: &HashMap<String, Organisation>, faults: &mut Faults) {
    for row in rows {
        let registered = known.get(&row.uscc).map(|one| one.name.as_str());
        if let Some(registered) = registered.filter(|name| *name != row.name) {
            faults.add(
                format!("/csv/{}/name", row.row),
                "mismatch",
                format!("该代码登记的名称是“{registered}”"),
                format!("this code is registered for {registered}"),
            );
        }
    }
}

/// Those that stand on a list now, where the file is the whole of it.
async fn leaving(
    tx: &Tx,
    division: &DivisionCode,
    list: AuthorityList,
    complete: bool,
) -> Result<Vec<Organisation>, Error> {
    let Some(status) = list.status().filter(|_| complete) else {
        return Ok(Vec::new());
    };
    let rows = organisations::Entity::find()
        .filter(organisations::Column::CreditStatus.eq(status.as_str()))
        .filter(organisations::Column::Uscc.is_not_null())
        .filter(scope::within(
            organisations::Column::Division,
            std::iter::once(division),
        ))
        .all(&tx.db())
        .await?;
    rows.into_iter().map(finders::of_row).collect()
}

/// What a row wants of an organisation.
enum Change {
    Credit(CreditStatus),
    Grade(EvaluationGrade),
}

fn change(list: AuthorityList, organisation: &Organisation, row: &Row) -> Change {
    match (&row.grade, list.status()) {
        (Some(grade), _) => Change::Grade(grade.clone()),
        // the graver list holds: leaving it is said by its own file
        (None, Some(CreditStatus::AbnormalActivity))
            if organisation.credit == CreditStatus::SeriousDishonesty =>
        {
            Change::Credit(organisation.credit)
        }
        (None, status) => Change::Credit(status.unwrap_or(organisation.credit)),
    }
}

impl Change {
    /// What is told of it; nothing where it is so already.
    fn shown(&self, of: &Organisation) -> Option<AuthorityChange> {
        let (from, to) = match self {
            Change::Credit(status) if *status == of.credit => return None,
            Change::Credit(status) => (Some(of.credit.as_str()), status.as_str()),
            Change::Grade(grade) if of.profile.evaluation_grade.as_ref() == Some(grade) => {
                return None;
            }
            Change::Grade(grade) => (
                of.profile
                    .evaluation_grade
                    .as_ref()
                    .map(|one| one.level.as_str()),
                grade.level.as_str(),
            ),
        };
        Some(AuthorityChange {
            organisation_id: of.id,
            name: of.name.clone(),
            from: from.map(str::to_owned),
            to: to.to_owned(),
        })
    }

    async fn apply(
        self,
        tx: &Tx,
        before: &Organisation,
        role: Role,
        source: &str,
    ) -> Result<(), Error> {
        use organisations::Column;
        let (event, data, column, value) = match self {
            Change::Credit(status) => (
                "organisation.credit_changed",
                json!({ "from": before.credit.as_str(), "to": status.as_str() }),
                Column::CreditStatus,
                Expr::value(status.as_str()),
            ),
            Change::Grade(grade) => {
                let data = json!({ "from": before.profile.evaluation_grade, "to": grade });
                let mut profile = before.profile.clone();
                profile.evaluation_grade = Some(grade);
                let profile = serde_json::to_value(&profile)?;
                let event = "organisation.grade_changed";
                (event, data, Column::Profile, Expr::value(profile))
            }
        };
        let after = write(tx, before, |update| update.col_expr(column, value)).await?;
        let reason = Some(source.to_owned());
        note(tx, Some(before), &after, event, role, reason, Some(data)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "52410108MJF9183522";

    fn of(list: AuthorityList, csv: &str) -> (usize, Vec<String>) {
        let input = AuthorityListIn {
            division: "410108000000".to_owned(),
            list,
            source: "民政局".to_owned(),
            csv: csv.to_owned(),
            complete: false,
            dry_run: true,
        };
        let mut faults = Faults::new();
        let rows = read(&input, "民政局", &mut faults);
        let pointers = faults.into_fields().into_iter().map(|one| one.pointer);
        (rows.len(), pointers.collect())
    }

    #[test]
    fn columns_stand_where_they_stand_and_others_are_ignored() {
        let csv = format!("\u{feff}序号, 组织名称 ,统一社会信用代码\n1, 某中心 ,{GOOD}\n");
        assert_eq!(of(AuthorityList::AbnormalActivity, &csv), (1, Vec::new()));
    }

    #[test]
    fn every_missing_column_is_named() {
        let (rows, pointers) = of(AuthorityList::Grades, "代码,组织名称\n");
        assert_eq!((rows, pointers.len()), (0, 4));
        assert!(pointers.iter().all(|one| one == "/csv/header"));
    }

    #[test]
    fn every_wrong_row_is_named() {
        let csv = format!(
            "统一社会信用代码,组织名称,评估等级,授予日期,有效期至\n{GOOD},某中心,3A,2024-01-01,2029-01-01\n{GOOD},某中心,3A,2024-01-01,2029-01-01\n1,,6A,昨天,\n52410108MJF9183522,某中心,4A,2024-01-01,2023-01-01\n"
        );
        let (rows, pointers) = of(AuthorityList::Grades, &csv);
        assert_eq!(rows, 1);
        assert_eq!(
            pointers,
            [
                "/csv/2/uscc",
                "/csv/3/uscc",
                "/csv/3/name",
                "/csv/3/level",
                "/csv/3/granted_on",
                "/csv/3/valid_until",
                "/csv/4/uscc",
                "/csv/4/valid_until"
            ]
        );
    }

    #[test]
    fn more_rows_than_allowed_are_refused() {
        let mut csv = "统一社会信用代码,组织名称\n".to_owned();
        for _ in 0..=MAX_ROWS {
            csv.push_str("x,某中心\n");
        }
        let (_, pointers) = of(AuthorityList::SeriousDishonesty, &csv);
        assert_eq!(pointers.last().map(String::as_str), Some("/csv"));
    }
}
