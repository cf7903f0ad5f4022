//! Posting types as data (发榜程序): what is in force where, what a district sets otherwise, and the whole
//! calendar of a draft before it is published (rulebook 2.3, 2.7).

mod course;
pub(crate) mod http;
pub mod model;
mod simulate;

pub(crate) use course::{Opening, closing_at, opening};
use model::{OverridesIn, ProcedureList, ProcedureOut, ProcedureVersion, ProcedureVersions};
use serde_json::{Value, json};
pub use simulate::simulate;
use wubang_kernel::actor::Reach;
use wubang_kernel::division::{DivisionCode, Level};
use wubang_kernel::procedure::{PostingType, Procedure, schema};
use wubang_kernel::{Code, Faults, Refusal, Role};
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tx, View, rules};
use wubang_web::{Instant, ListQuery};

/// The type that a path names.
fn code_of(key: &Key) -> Result<PostingType, Refusal> {
    match key {
        Key::Number(code) => PostingType::from_wire(code).ok_or(Code::NotFound.into()),
        Key::Id(_) => Err(Code::NotFound.into()),
    }
}

fn division_asked(query: &ListQuery) -> Result<Option<DivisionCode>, Refusal> {
    let mut faults = Faults::new();
    let division = query
        .one("division")
        .and_then(|code| faults.division("?division", code));
    faults.finish()?;
    Ok(division)
}

async fn out(
    read: &impl Read,
    code: PostingType,
    division: Option<&DivisionCode>,
) -> Result<ProcedureOut, Error> {
    let (settings, overrides) = match division {
        Some(division) => {
            let own = rules::versions(read, code, Some(division)).await?;
            let overrides = own.into_iter().next().map(|row| row.overrides);
            (rules::of(read, code, division).await?, overrides)
        }
        None => (Procedure::of(code), None),
    };
    Ok(ProcedureOut {
        code,
        zh: code.zh(),
        en: code.en(),
        division: division.map(|code| code.as_str().to_owned()),
        schema: schema(&settings),
        settings,
        overrides: overrides.unwrap_or_else(|| json!({})),
    })
}

/// All posting types as in force in a division; without one, the rulebook's defaults.
///
/// # Errors
/// `invalid` for a division that is no code.
pub async fn list(view: &View, query: &ListQuery) -> Result<ProcedureList, Error> {
    let division = division_asked(query)?;
    let mut items = Vec::new();
    for code in PostingType::ALL {
        items.push(out(view, *code, division.as_ref()).await?);
    }
    Ok(ProcedureList { items })
}

/// One posting type as in force in a division.
///
/// # Errors
/// `not_found` for an unknown type.
pub async fn get(view: &View, key: &Key, query: &ListQuery) -> Result<ProcedureOut, Error> {
    let division = division_asked(query)?;
    out(view, code_of(key)?, division.as_ref()).await
}

/// What districts have set, version by version; with a division, that one's.
///
/// # Errors
/// `not_found` for an unknown type; `invalid` for a division that is no code.
pub async fn versions(
    view: &View,
    key: &Key,
    query: &ListQuery,
) -> Result<ProcedureVersions, Error> {
    let code = code_of(key)?;
    let division = division_asked(query)?;
    let rows = rules::versions(view, code, division.as_ref()).await?;
    let items = rows.into_iter().map(|row| ProcedureVersion {
        division: row.division,
        version: row.version,
        overrides: row.overrides,
        reason: row.reason,
        created_at: Instant(row.created_at),
    });
    Ok(ProcedureVersions {
        code,
        items: items.collect(),
    })
}

/// A district sets a type's rules otherwise, for whatever is handed in for approval from now on. Published
/// postings and those already handed in keep theirs.
///
/// # Errors
/// `forbidden` outside one's district; `invalid` with every setting outside its range.
pub async fn set(tx: &Tx, key: &Key, input: OverridesIn) -> Result<ProcedureOut, Error> {
    let code = code_of(key)?;
    let mut faults = Faults::new();
    let division = district(&input.division, &mut faults);
    let reason = faults.reason(&input.reason);
    wubang_kernel::procedure::lay(
        Procedure::of(code),
        &input.overrides,
        "/overrides",
        &mut faults,
    );
    let role = division
        .map(|division| tx.actor().roles(&Reach::at(division)))
        .and_then(|roles| roles.first_of(&[Role::DistrictAdmin]));
    faults.finish()?;
    let (Some(division), Some(role)) = (division, role) else {
        return Err(Code::Forbidden.into());
    };
    // versions have no state; the caller may still say which one he has seen
    let seen = rules::of(tx, code, &division).await?.version;
    tx.expect_version(i32::try_from(seen).unwrap_or(i32::MAX))?;
    put(tx, code, &division, role, input.overrides, reason).await?;
    out(tx, code, Some(&division)).await
}

fn district(code: &str, faults: &mut Faults) -> Option<DivisionCode> {
    let division = faults.division("/division", code)?;
    if division.level() == Level::District {
        return Some(division);
    }
    faults.add(
        "/division",
        "malformed",
        "须为区级代码",
        "must be the code of a district",
    );
    None
}

async fn put(
    tx: &Tx,
    code: PostingType,
    division: &DivisionCode,
    role: Role,
    overrides: Value,
    reason: String,
) -> Result<(), Error> {
    let row = rules::put(tx, code, division, overrides, reason, "/overrides").await?;
    let about = About {
        object: "procedure",
        id: row.id,
        project_id: None,
        division: &row.division,
        version: row.version,
    };
    let entry = Entry {
        event: "procedure.set",
        from: None,
        to: "in_force",
        role,
        reason: Some(row.reason.clone()),
        data: Some(json!({ "code": code, "overrides": row.overrides })),
    };
    trace::record(tx, &about, entry).await
}

/// Settings of a district bundle: `{ "division": …, "code": "open", "overrides": { … } }`. What is in force
/// already makes no new version.
///
/// # Errors
/// `invalid` with a pointer to what is wrong.
pub async fn import(tx: &Tx, row: &Value, at: &str) -> Result<(), Error> {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut faults = Faults::new();
    let division = district(text("division"), &mut faults);
    let Some(code) = PostingType::from_wire(text("code")) else {
        faults.add(
            format!("{at}/code"),
            "unknown_value",
            "没有这个类型",
            "there is no such type",
        );
        return Ok(faults.finish()?);
    };
    faults.finish()?;
    let division = division.ok_or(Code::Internal)?;
    let overrides = row.get("overrides").cloned().unwrap_or_default();
    let mut faults = Faults::new();
    wubang_kernel::procedure::lay(
        Procedure::of(code),
        &overrides,
        &format!("{at}/overrides"),
        &mut faults,
    );
    faults.finish()?;
    let own = rules::versions(tx, code, Some(&division)).await?;
    if own.first().is_some_and(|row| row.overrides == overrides) {
        return Ok(());
    }
    put(
        tx,
        code,
        &division,
        Role::System,
        overrides,
        "import".to_owned(),
    )
    .await
}
