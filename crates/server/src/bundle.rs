//! Loading a district: what `wubang import` does with a bundle file, and the demo with its own.

use serde_json::Value;
use std::sync::Arc;
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::{Actor, Grant, Role, Scope, Who};
use wubang_registry::import::{Bundle, Report};
use wubang_store::{Error, Store, Tx};

/// The demo district: 郑州市惠济区.
pub const DEMO_DISTRICT: &str = include_str!("../data/demo/district.json");

/// Imports a district bundle: divisions, departments, organisations and people in one transaction, then
/// each community's needs as drafts of its secretary. Importing twice changes nothing.
///
/// # Errors
/// `invalid` with a pointer to every wrong element; nothing of it is kept.
pub async fn import(store: &Store, text: &str) -> Result<Report, Error> {
    let bundle: Bundle = serde_json::from_str(text)?;
    let needs: Vec<Value> = bundle.needs.as_array().cloned().unwrap_or_default();
    let secretaries = secretaries(&serde_json::from_str(text)?);
    let tx = store.write(&Who::system("import")).await?;
    let report = wubang_registry::import::import_district(&tx, bundle).await?;
    import_procedures(&tx, &serde_json::from_str(text)?).await?;
    tx.commit().await?;
    for (index, need) in needs.iter().enumerate() {
        let community = need
            .get("community")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let secretary = secretaries
            .iter()
            .find(|(at, _)| at == community)
            .and_then(|(_, account)| report.people.get(account));
        if let Some(person) = secretary {
            draft_need(store, *person, community, index, need).await?;
        }
    }
    Ok(report)
}

/// District settings of the bundle: `"procedures": [{ "division": …, "code": "open", "overrides": { … } }]`.
/// What is in force already makes no new version.
async fn import_procedures(tx: &Tx, bundle: &Value) -> Result<(), Error> {
    let rows = bundle.get("procedures").and_then(Value::as_array);
    for (index, row) in rows.into_iter().flatten().enumerate() {
        let at = format!("/procedures/{index}");
        wubang_postings::procedures::import(tx, row, &at).await?;
    }
    Ok(())
}

/// Community → account of its secretary.
fn secretaries(bundle: &Value) -> Vec<(String, String)> {
    let people = bundle
        .get("people")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let grant = |person: &Value| {
        let grants = person.get("grants")?.as_array()?.clone();
        let grant = grants.into_iter().find(|grant| {
            grant.get("role").and_then(Value::as_str) == Some("community_secretary")
        })?;
        Some((
            grant.pointer("/scope/division")?.as_str()?.to_owned(),
            person.get("account")?.as_str()?.to_owned(),
        ))
    };
    people.iter().filter_map(grant).collect()
}

async fn draft_need(
    store: &Store,
    person: Uuid,
    community: &str,
    index: usize,
    need: &Value,
) -> Result<(), Error> {
    let division =
        DivisionCode::parse(community).map_err(|_| Error::internal("need with a bad community"))?;
    let actor = Actor::person(
        person,
        "import",
        vec![Grant {
            role: Role::CommunitySecretary,
            scope: Scope::Division(division),
        }],
    );
    let who = Who {
        actor: Arc::new(actor),
        request_id: "import".to_owned(),
        if_match: None,
        at: None,
    };
    let tx = store.write(&who).await?;
    if wubang_needs::import::import(&tx, index, need).await? {
        tx.commit().await?;
    }
    Ok(())
}
