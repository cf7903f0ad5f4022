//! One account per role of the demo district, with a password made anew at each start.

use rand::distr::{Alphanumeric, SampleString};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use uuid::Uuid;
use wubang_kernel::Who;
use wubang_store::Store;

/// The demo accounts and their password.
pub struct Accounts {
    /// The password that all of them share until the next start.
    pub password: String,
    /// Role → an account that holds it.
    pub by_role: BTreeMap<String, String>,
}

/// Account → first role, of the demo district.
fn roles(bundle: &Value) -> Vec<(String, String)> {
    let people = bundle
        .get("people")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let row = |person: &Value| {
        Some((
            person.get("account")?.as_str()?.to_owned(),
            person.pointer("/grants/0/role")?.as_str()?.to_owned(),
        ))
    };
    people.iter().filter_map(row).collect()
}

/// Gives every demo account the same new password.
///
/// # Errors
/// A sentence for the operator.
pub async fn prepare(store: &Store) -> Result<Accounts, String> {
    let bundle: Value =
        serde_json::from_str(crate::bundle::DEMO_DISTRICT).map_err(|error| error.to_string())?;
    let report = crate::bundle::import(store, crate::bundle::DEMO_DISTRICT)
        .await
        .map_err(|error| error.to_string())?;
    let password = Alphanumeric.sample_string(&mut rand::rng(), 20);
    let hash = wubang_registry::passwords::hash(password.clone())
        .await
        .map_err(|error| error.to_string())?;
    let persons: Vec<Uuid> = report.people.values().copied().collect();
    let tx = store
        .write(&Who::system("sandbox"))
        .await
        .map_err(|error| error.to_string())?;
    wubang_registry::people::set_password_hash(&tx, &persons, &hash)
        .await
        .map_err(|error| error.to_string())?;
    tx.commit().await.map_err(|error| error.to_string())?;
    let mut by_role = BTreeMap::new();
    for (account, role) in roles(&bundle) {
        by_role.entry(role).or_insert(account);
    }
    Ok(Accounts { password, by_role })
}

/// Prints where to look and how to sign in.
///
/// # Errors
/// When the standard output cannot be written.
pub fn print(address: &SocketAddr, accounts: &Accounts) -> Result<(), String> {
    let mut text = format!(
        "docs      http://{address}/docs/\n\
         sign in   POST http://{address}/api/v1/sessions  {{\"account\": …, \"password\": \"{}\"}}\n",
        accounts.password
    );
    for (role, account) in &accounts.by_role {
        text.push_str(&format!("          {role:<20} {account}\n"));
    }
    crate::commands::print(&text)
}
