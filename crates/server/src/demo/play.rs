//! The play: each scene takes the project one stage further and leaves its ids behind. The end-to-end
//! tests use the same scenes to get where they want to be.

use super::client::{Client, list, text};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wubang_kernel::deadline::{LOCAL, local_date};

const STORY: &str = include_str!("../../data/demo/story.json");

/// What the scenes have made so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ids {
    /// The need.
    pub need: String,
    /// The posting.
    pub posting: String,
    /// The project.
    pub project: String,
    /// Organisation key → bid.
    pub bids: BTreeMap<String, String>,
    /// The award.
    pub award: String,
    /// The contract.
    pub contract: String,
    /// The evaluation.
    pub evaluation: String,
}

/// What a play needs to go on elsewhere with what it has made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Memory {
    ids: Ids,
    experts: BTreeMap<String, String>,
    organisations: BTreeMap<String, String>,
}

/// The play.
pub struct Play {
    /// The client all actors share.
    pub client: Client,
    /// The ids made so far.
    pub ids: Ids,
    pub(super) story: Value,
    pub(super) aloud: bool,
    /// Person id → account of the experts.
    pub(super) experts: BTreeMap<String, String>,
    /// Organisation key → id.
    pub(super) organisations: BTreeMap<String, String>,
}

impl Play {
    /// A play with the demo story; `aloud` prints a line per step.
    ///
    /// # Errors
    /// When the story cannot be read.
    pub fn new(client: Client, aloud: bool) -> Result<Self, String> {
        let story = serde_json::from_str(STORY).map_err(|error| format!("story: {error}"))?;
        Ok(Play {
            client,
            ids: Ids::default(),
            story,
            aloud,
            experts: BTreeMap::new(),
            organisations: BTreeMap::new(),
        })
    }

    /// What it has made and learnt so far.
    #[must_use]
    pub fn memory(&self) -> Memory {
        Memory {
            ids: self.ids.clone(),
            experts: self.experts.clone(),
            organisations: self.organisations.clone(),
        }
    }

    /// Goes on with what another play has made.
    pub fn remember(&mut self, memory: Memory) {
        self.ids = memory.ids;
        self.experts = memory.experts;
        self.organisations = memory.organisations;
    }

    /// Whether the story is told as it is written.
    #[must_use]
    pub fn is_as_written(&self) -> bool {
        serde_json::from_str::<Value>(STORY).is_ok_and(|story| story == self.story)
    }

    /// Tells one place of the story otherwise.
    ///
    /// # Errors
    /// When the story has no such place.
    pub fn retell(&mut self, pointer: &str, value: Value) -> Result<(), String> {
        let place = self.story.pointer_mut(pointer);
        *place.ok_or_else(|| format!("the story has no {pointer}"))? = value;
        Ok(())
    }

    /// A member of the story.
    pub(super) fn tale(&self, pointer: &str) -> Result<Value, String> {
        self.story
            .pointer(pointer)
            .cloned()
            .ok_or_else(|| format!("the story has no {pointer}"))
    }

    /// An account of the cast.
    ///
    /// # Errors
    /// When the story knows no such part.
    pub fn cast(&self, part: &str) -> Result<String, String> {
        text(&self.story, &format!("/cast/{part}"))
    }

    /// Another organisation takes the part of the winner: where several are awarded, each in its turn.
    ///
    /// # Errors
    /// When the demo has no such organisation.
    pub fn recast_winner(&mut self, organisation: &str) -> Result<(), String> {
        let cast = [
            ("winner", organisation.to_owned()),
            ("winner_legal_rep", agent_of(organisation, "org_legal_rep")?),
            ("winner_agent", agent_of(organisation, "org_agent")?),
        ];
        let parts = self.story.pointer_mut("/cast");
        let parts = parts.and_then(Value::as_object_mut).ok_or("no cast")?;
        for (part, account) in cast {
            parts.insert(part.to_owned(), Value::String(account));
        }
        Ok(())
    }

    /// Prints one step: stage, actor, event, new state, deadline started.
    pub(super) fn say(&self, stage: &str, actor: &str, event: &str, answer: &Value) {
        if !self.aloud {
            return;
        }
        let state = answer.get("state").and_then(Value::as_str).unwrap_or("—");
        let deadline = list(answer, "/deadlines")
            .unwrap_or_default()
            .last()
            .map(deadline)
            .unwrap_or_default();
        println!("{stage:<6} {actor:<16} {event:<32} → {state:<20} {deadline}");
    }

    /// Prints the title of a story.
    pub(super) fn title(&self, words: &str) {
        if self.aloud {
            println!("\n── {words} ──");
        }
    }

    /// One action of one actor, said aloud.
    ///
    /// # Errors
    /// The refusal.
    pub async fn act(
        &mut self,
        stage: &str,
        account: &str,
        event: &str,
        path: &str,
        body: Value,
    ) -> Result<Value, String> {
        let answer = self.client.post(account, path, body).await?;
        self.say(stage, account, event, &answer);
        Ok(answer)
    }

    /// Moves the clock to one second after an instant.
    ///
    /// # Errors
    /// The refusal.
    pub async fn pass(&mut self, at: DateTime<Utc>, what: &str) -> Result<(), String> {
        if self.aloud {
            println!(
                "  ⏱    {} {what}",
                at.with_timezone(&LOCAL).format("%Y-%m-%d %H:%M")
            );
        }
        self.client.advance(at + Duration::seconds(1)).await
    }

    /// The civil date of today.
    pub(super) async fn today(&self) -> Result<NaiveDate, String> {
        Ok(local_date(self.client.now().await?))
    }

    /// Moves the clock to the morning of a day, if it is before.
    pub(super) async fn morning(&mut self, day: NaiveDate, what: &str) -> Result<(), String> {
        let at = wubang_kernel::deadline::at_hour(day, 9, 0).ok_or("no such morning")?;
        if at > self.client.now().await? {
            self.pass(at, what).await
        } else {
            Ok(())
        }
    }

    /// The organisation of its key, found as its agent.
    pub(super) async fn organisation(&mut self, key: &str) -> Result<String, String> {
        if let Some(id) = self.organisations.get(key) {
            return Ok(id.clone());
        }
        let account = agent_of(key, "org_agent").or_else(|_| agent_of(key, "third_party"))?;
        let me = self.client.get(&account, "/api/v1/me").await?;
        let id = text(&me, "/grants/0/scope/organisation")?;
        self.organisations.insert(key.to_owned(), id.clone());
        Ok(id)
    }

    /// The accounts of the experts, by person.
    pub(super) async fn learn_experts(&mut self) -> Result<(), String> {
        if self.experts.is_empty() {
            for account in accounts_with("expert", None)? {
                let person = self.client.person(&account).await?;
                self.experts.insert(person, account);
            }
        }
        Ok(())
    }

    /// Everything, from the need to the table.
    ///
    /// # Errors
    /// The first refusal or mismatch.
    pub async fn whole(&mut self) -> Result<(), String> {
        self.need_approved().await?;
        self.posting_open().await?;
        self.bids_submitted().await?;
        self.bids_qualified().await?;
        self.award_proposed().await?;
        self.award_noticed().await?;
        self.contract_signed().await?;
        self.work_done().await?;
        self.report_accepted().await?;
        self.evaluation_scored().await?;
        self.evaluation_confirmed().await?;
        self.table().await
    }

    /// `{}`.
    pub(super) fn nothing() -> Value {
        json!({})
    }
}

fn deadline(deadline: &Value) -> String {
    let at = deadline
        .get("at")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let timer = deadline
        .get("timer")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let provisional = if deadline.get("provisional") == Some(&Value::Bool(true)) {
        " (暂定)"
    } else {
        ""
    };
    format!("{timer} ≤ {}{provisional}", at.get(..16).unwrap_or(at))
}

fn district() -> Result<Value, String> {
    serde_json::from_str(crate::bundle::DEMO_DISTRICT).map_err(|error| format!("district: {error}"))
}

/// Accounts of the demo district that hold a role, within an organisation where one is named.
///
/// # Errors
/// When the data cannot be read.
pub fn accounts_with(role: &str, organisation: Option<&str>) -> Result<Vec<String>, String> {
    let holds = |person: &Value| {
        let grants = list(person, "/grants").unwrap_or_default();
        grants.iter().any(|grant| {
            grant.get("role").and_then(Value::as_str) == Some(role)
                && organisation.is_none_or(|key| {
                    grant.pointer("/scope/organisation").and_then(Value::as_str) == Some(key)
                })
        })
    };
    list(&district()?, "/people")?
        .iter()
        .filter(|person| holds(person))
        .map(|person| text(person, "/account"))
        .collect()
}

/// Accounts of the residents' representatives of some communities.
///
/// # Errors
/// When the data cannot be read.
pub fn residents_of(communities: &[Value]) -> Result<Vec<String>, String> {
    let lives = |person: &&Value| {
        let grants = list(person, "/grants").unwrap_or_default();
        grants.iter().any(|grant| {
            grant.get("role").and_then(Value::as_str) == Some("resident_rep")
                && grant
                    .pointer("/scope/division")
                    .is_some_and(|code| communities.contains(code))
        })
    };
    list(&district()?, "/people")?
        .iter()
        .filter(lives)
        .map(|person| text(person, "/account"))
        .collect()
}

/// The account of one role of an organisation.
///
/// # Errors
/// When the organisation has nobody in the role.
pub fn agent_of(organisation: &str, role: &str) -> Result<String, String> {
    accounts_with(role, Some(organisation))?
        .into_iter()
        .next()
        .ok_or_else(|| format!("{organisation} has no {role}"))
}
