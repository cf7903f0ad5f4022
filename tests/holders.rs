//! Bids that the bidder seals himself, and that two of three holders open together (`sealed_by_panel`).

use crate::needs::instant;
use crate::peeking::{holds, stored};
use crate::scenes::{list, number, person, recorded, text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sea_orm::{ConnectionTrait, Database as Connect, DbBackend, Statement};
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use uuid::Uuid;
use wubang_kernel::Who;
use wubang_kernel::digest::content_hash;
use wubang_server::demo::play::agent_of;
use wubang_store::Read as _;
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};
use wubang_vault::{SealingKey, open, seal};

/// An approver of the street, an officer of a department, the supervisor.
const HOLDERS: [&str; 3] = ["cao.junjie", "luo.jianguo", "he.zhengqing"];

/// Each holder registers a public key; his secret stays with him.
pub async fn registered(bench: &mut Bench) -> Vec<SealingKey> {
    let mut keys = Vec::new();
    for account in HOLDERS {
        let key = SealingKey::generate();
        let body = json!({ "recipient": key.recipient });
        let holder = bench.user(account).await;
        holder.post("/api/v1/age_recipients", body).await.ok();
        keys.push(key);
    }
    keys
}

async fn ids_of(bench: &mut Bench, accounts: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for account in accounts {
        ids.push(person(bench, account).await);
    }
    ids
}

/// The posting of the story, to be opened by these holders.
async fn body(bench: &mut Bench, holders: &[&str]) -> Value {
    let mut body = bench.play.posting_body().await.unwrap();
    body["sealing"] =
        json!({ "level": "sealed_by_panel", "holders": ids_of(bench, holders).await });
    body
}

/// A published posting that the three holders open; answers their keys.
pub async fn published(bench: &mut Bench) -> Vec<SealingKey> {
    bench.reach(Stage::NeedApproved).await;
    bench.forget();
    let keys = registered(bench).await;
    let body = body(bench, &HOLDERS).await;
    let made =
        crate::scenes::made_public(bench, body, json!({ "content_acknowledged": true })).await;
    bench.play.ids.posting = text(&made, "/id");
    bench.play.ids.project = text(&made, "/project_id");
    keys
}

fn at(bench: &Bench, rest: &str) -> String {
    format!("/api/v1/postings/{}/{rest}", bench.play.ids.posting)
}

/// For whom an envelope of the posting is sealed.
pub async fn recipient(bench: &mut Bench) -> String {
    let path = at(bench, "box");
    let bidder = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
    text(&bidder.get(&path).await.ok(), "/recipient")
}

/// What an organisation of the story would bid, as its front-end puts it together.
pub async fn contents(bench: &mut Bench, key: &str) -> Value {
    let bid = bench.play.bid_of(key).unwrap();
    let mut letter = bid.clone();
    for name in ["organisation", "mode", "price_fen"] {
        letter.as_object_mut().unwrap().remove(name);
    }
    letter["commitments"] =
        json!({ "no_conflict": true, "truthful": true, "child_protection": true });
    json!({ "posting_id": bench.play.ids.posting, "organisation_id": bench.organisation(key).await,
        "price_fen": bid["price_fen"], "letter": letter, "salt": "5f".repeat(32) })
}

fn envelope(contents: &Value, recipients: &[&str]) -> Value {
    let sealed = seal(&contents.to_string(), recipients).unwrap();
    json!({ "envelope": STANDARD.encode(sealed), "content_hash": content_hash(contents) })
}

async fn draft(bench: &mut Bench, key: &str, rest: Value) -> Reply {
    let mut body = json!({ "posting_id": bench.play.ids.posting, "organisation_id": bench.organisation(key).await });
    for (name, value) in rest.as_object().unwrap() {
        body[name] = value.clone();
    }
    let agent = bench.user(&agent_of(key, "org_agent").unwrap()).await;
    agent.post("/api/v1/bids", body).await
}

/// An organisation hands its envelope in; answers what it sees of its bid.
pub async fn handed_in(bench: &mut Bench, key: &str, envelope: Value) -> Value {
    let made = draft(bench, key, json!({ "envelope": envelope }))
        .await
        .ok();
    let path = format!("/api/v1/bids/{}", text(&made, "/id"));
    bench
        .play
        .ids
        .bids
        .insert(key.to_owned(), text(&made, "/id"));
    let head = bench.user(&agent_of(key, "org_legal_rep").unwrap()).await;
    head.post(&format!("{path}/sign"), json!({})).await.ok();
    let agent = bench.user(&agent_of(key, "org_agent").unwrap()).await;
    agent.post(&format!("{path}/submit"), json!({})).await.ok()
}

/// Two bids as they should be; answers what was sealed.
async fn two_bids(bench: &mut Bench) -> Vec<(&'static str, Value, Value)> {
    let recipient = recipient(bench).await;
    let mut all = Vec::new();
    for key in ["lelin", "yinxing"] {
        let contents = contents(bench, key).await;
        let bid = handed_in(bench, key, envelope(&contents, &[&recipient])).await;
        all.push((key, contents, bid));
    }
    all
}

async fn closed(bench: &mut Bench) {
    bench.play.deadline_passed().await.unwrap();
    bench.forget();
    bench.work().await;
}

/// The share of a holder, decrypted on his own machine.
pub async fn share(bench: &mut Bench, holder: usize, keys: &[SealingKey]) -> String {
    let path = at(bench, "opening/share");
    let shown = bench.user(HOLDERS[holder]).await.get(&path).await.ok();
    assert_eq!(text(&shown, "/recipient"), keys[holder].recipient);
    let sealed = STANDARD.decode(text(&shown, "/share")).unwrap();
    let share = open(&keys[holder].secret, &sealed).unwrap();
    String::from_utf8(share.trim_ascii().to_vec()).unwrap()
}

async fn give(bench: &mut Bench, holder: usize, share: &str) -> Reply {
    let path = at(bench, "opening/shares");
    let caller = bench.user(HOLDERS[holder]).await;
    caller.post(&path, json!({ "share": share })).await
}

pub async fn opened_by(bench: &mut Bench, holders: [usize; 2], keys: &[SealingKey]) -> Value {
    let mut last = Value::Null;
    for holder in holders {
        let share = share(bench, holder, keys).await;
        last = give(bench, holder, &share).await.ok();
    }
    last
}

/// The pointers of an answer that refuses wrong fields.
fn wrong(reply: Reply) -> Vec<String> {
    let pointers = reply.pointers();
    let _ = reply.refused(422, "invalid");
    pointers
}

async fn bid(bench: &mut Bench, key: &str) -> Value {
    let path = format!("/api/v1/bids/{}", bench.play.ids.bids[key]);
    bench.cast("street_officer").await.get(&path).await.ok()
}

fn check(bid: &Value, rule: &str) -> Value {
    let all = list(bid, "/eligibility");
    let found = all.into_iter().find(|one| one["rule"] == rule);
    found.map_or(Value::Null, |one| one["passed"].clone())
}

/// A phrase of each bid's letter.
fn phrases(all: &[(&str, Value, Value)]) -> Vec<String> {
    let phrase = |contents: &Value| {
        text(contents, "/letter/risk_plan")
            .chars()
            .take(12)
            .collect()
    };
    all.iter()
        .map(|(_, contents, _)| phrase(contents))
        .collect()
}

async fn column<T: sea_orm::TryGetable>(bench: &Bench, sql: &str) -> Vec<(Uuid, T)> {
    let kind = if bench.url.starts_with("sqlite") {
        DbBackend::Sqlite
    } else {
        DbBackend::Postgres
    };
    let conn = Connect::connect(&bench.url).await.expect("the database");
    let rows = conn
        .query_all_raw(Statement::from_string(kind, sql))
        .await
        .unwrap();
    conn.close().await.unwrap();
    let of = |row: &sea_orm::QueryResult| {
        (
            row.try_get("", "id").unwrap(),
            row.try_get("", "value").unwrap(),
        )
    };
    rows.iter().map(of).collect()
}

/// The envelope that the example for front-ends makes, with its salt; nothing where its packages are not installed.
fn sealed_by_the_example(recipient: &str, contents: &Value) -> Option<Value> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("age");
    if !folder.join("node_modules/age-encryption").exists() {
        assert!(
            crate::mail::variable("CI").is_none(),
            "CI must test the example: run `npm ci` in tests/age"
        );
        eprintln!(
            "!!! SKIPPED: `npm ci` was not run in tests/age (cargo xtask test does): nothing was sealed there !!!"
        );
        return None;
    }
    let mut node = Command::new("node")
        .arg(folder.join("bid.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node");
    let asked = json!({ "recipient": recipient, "contents": contents });
    std::io::Write::write_all(
        &mut node.stdin.take().unwrap(),
        asked.to_string().as_bytes(),
    )
    .unwrap();
    let said = node.wait_with_output().unwrap();
    assert!(said.status.success());
    Some(serde_json::from_slice(&said.stdout).unwrap())
}

on_both! {
    async fn what_a_front_end_seals_with_age_encryption_is_opened_by_two_holders(bench: Bench from NeedApproved) {
        let keys = published(&mut bench).await;
        let recipient = recipient(&mut bench).await;
        let mut contents = contents(&mut bench, "lelin").await;
        contents.as_object_mut().unwrap().remove("salt");
        let Some(sealed) = sealed_by_the_example(&recipient, &contents) else { return };
        contents["salt"] = sealed["salt"].clone();
        assert_eq!(sealed["envelope"]["content_hash"], json!(content_hash(&contents)), "both hash alike");
        handed_in(&mut bench, "lelin", sealed["envelope"].clone()).await;
        closed(&mut bench).await;
        opened_by(&mut bench, [0, 1], &keys).await;
        let seen = bid(&mut bench, "lelin").await;
        assert_eq!((&seen["price_fen"], check(&seen, "envelope_intact")), (&contents["price_fen"], json!(true)));
        assert_eq!(seen["letter"]["understanding"], contents["letter"]["understanding"]);
    }

    async fn two_of_three_holders_open_the_box_together_and_stand_in_the_record(bench: Bench from NeedApproved) {
        let keys = published(&mut bench).await;
        let all = two_bids(&mut bench).await;
        closed(&mut bench).await;
        let record = at(&bench, "opening");
        let street = bench.cast("street_officer").await;
        street.get(&record).await.refused(404, "not_found");
        let path = format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"]);
        street.get(&path).await.refused(404, "not_found");
        let told: Vec<String> = bench.mails.sent().into_iter().filter(|mail| mail.subject.contains("持钥人") || mail.body.contains("密钥份额")).map(|mail| mail.to).collect();
        assert_eq!(told.len(), 3, "each holder is told: {told:?}");
        // one share is kept and opens nothing
        let first = share(&mut bench, 2, &keys).await;
        let waits = give(&mut bench, 2, &first).await.ok();
        assert_eq!((&waits["waiting"], &waits["given"], &waits["needed"]), (&json!(true), &json!(1), &json!(2)));
        give(&mut bench, 2, &first).await.refused(409, "duplicate");
        bench.cast("street_officer").await.get(&path).await.refused(404, "not_found");
        let second = share(&mut bench, 0, &keys).await;
        let done = give(&mut bench, 0, &second).await.ok();
        assert_eq!((&done["waiting"], &done["given"]), (&json!(false), &json!(2)));
        let opening = bench.cast("street_officer").await.get(&record).await.ok();
        assert_eq!(content_hash(&opening["record"]), text(&opening, "/record_hash"));
        assert_eq!(opening["record"]["opened_by"], json!("holders"));
        let named: Vec<Value> = list(&opening, "/record/holders").iter().map(|one| one["person_id"].clone()).collect();
        let mut ids = ids_of(&mut bench, &[HOLDERS[2], HOLDERS[0]]).await;
        assert_eq!(named, ids.drain(..).map(Value::from).collect::<Vec<_>>());
        for (key, contents, receipt) in &all {
            let seen = bid(&mut bench, key).await;
            assert_eq!((&seen["state"], &seen["price_fen"]), (&json!("opened"), &contents["price_fen"]), "{key}");
            assert_eq!(seen["letter"]["risk_plan"], contents["letter"]["risk_plan"]);
            assert_eq!((check(&seen, "envelope_intact"), check(&seen, "letter_admissible")), (json!(true), json!(true)));
            let entry = list(&opening, "/record/bids").into_iter().find(|one| one["bid_id"] == seen["id"]).unwrap();
            assert_eq!(entry["content_hash"], receipt["receipt"]["content_hash"]);
            assert_eq!(entry["content_hash"], json!(content_hash(contents)), "what the bidder computed himself");
            assert_eq!(receipt["receipt"]["salt"], json!(null), "the salt is his own");
        }
        // the shares are gone, the third holder is not needed any more
        let late = at(&bench, "opening/share");
        bench.user(HOLDERS[1]).await.get(&late).await.refused(409, "invalid_transition");
        let all = stored(&bench.url).await;
        assert!(!holds(&all, &first) && !holds(&all, &second));
        assert_eq!(recorded(&bench, "opening.share_given", None).await, 2);
        let street = bench.cast("street_officer").await;
        street.post(&format!("{path}/qualify"), json!({})).await.ok();
    }

    async fn any_two_shares_open_and_one_lost_key_does_no_harm(bench: Bench from NeedApproved) {
        let keys = published(&mut bench).await;
        two_bids(&mut bench).await;
        closed(&mut bench).await;
        opened_by(&mut bench, [1, 2], &keys).await;
        assert_eq!(bid(&mut bench, "lelin").await["state"], json!("opened"));
    }

    async fn two_holders_at_the_same_moment_open_once(bench: Bench from NeedApproved) {
        let keys = published(&mut bench).await;
        two_bids(&mut bench).await;
        closed(&mut bench).await;
        let (one, other) = (share(&mut bench, 0, &keys).await, share(&mut bench, 2, &keys).await);
        let path = at(&bench, "opening/shares");
        let (first, second) = (bench.user(HOLDERS[0]).await, bench.user(HOLDERS[2]).await);
        let (a, b) = tokio::join!(
            first.post(&path, json!({ "share": one })),
            second.post(&path, json!({ "share": other }))
        );
        let mut waiting = [a.ok()["waiting"].clone(), b.ok()["waiting"].clone()];
        waiting.sort_by_key(|one| one.as_bool());
        assert_eq!(waiting, [json!(false), json!(true)], "the later one opens");
        let street = bench.cast("street_officer").await;
        let record = street.get(&at(&bench, "opening")).await.ok();
        assert_eq!(list(&record, "/record/bids").len(), 2);
        assert_eq!(recorded(&bench, "opening.recorded", None).await, 1);
    }

    async fn who_does_not_hold_sees_no_difference_between_a_full_and_an_empty_box(bench: Bench from NeedApproved) {
        let _ = published(&mut bench).await;
        let paths = ["", "/box", "/opening", "/opening/share", "/actions"].map(|rest| format!("/api/v1/postings/{}{rest}", bench.play.ids.posting));
        let mut worlds: Vec<Vec<String>> = Vec::new();
        for full in [false, true] {
            if full {
                two_bids(&mut bench).await;
            }
            let mut seen = Vec::new();
            for account in ["zhao.lei", "wang.min", "cao.junjie", "luo.jianguo", "he.zhengqing", "wei.guohua", "yu.ruotong"] {
                let caller = bench.user(account).await;
                for path in &paths {
                    let reply = caller.get(path).await;
                    let body = if reply.status >= 400 { reply.code().unwrap_or_default() } else { reply.text };
                    seen.push(format!("{account} {path} {} {:?} {body}", reply.status, reply.headers.get("etag")));
                }
            }
            worlds.push(seen);
        }
        assert_eq!(worlds[0], worlds[1]);
    }

    async fn the_master_keys_of_the_server_open_nothing(bench: Bench from NeedApproved) {
        let keys = published(&mut bench).await;
        let all = two_bids(&mut bench).await;
        closed(&mut bench).await;
        let first = share(&mut bench, 1, &keys).await;
        give(&mut bench, 1, &first).await.ok();
        let dump = stored(&bench.url).await;
        for phrase in phrases(&all) {
            assert!(!holds(&dump, &phrase), "the database holds {phrase}");
        }
        // every key that the server can unlock, on every envelope that it holds
        let view = bench.running.store.read(&Who::system("tests"));
        let mut secrets: Vec<String> = Vec::new();
        for (id, locked) in column::<String>(&bench, "SELECT id, locked_key AS value FROM bids").await {
            let secret = view.vault().unlock(&format!("bid {id}"), &locked).unwrap();
            secrets.push(String::from_utf8(secret.to_vec()).unwrap());
        }
        let boxes = column::<Option<String>>(&bench, "SELECT posting_id AS id, locked_key AS value FROM bid_boxes").await;
        assert!(boxes.iter().all(|(_, key)| key.is_none()), "the box has no key here");
        let mut envelopes = column::<Vec<u8>>(&bench, "SELECT id, sealed AS value FROM bids").await;
        envelopes.extend(column::<Vec<u8>>(&bench, "SELECT bid_id AS id, sealed AS value FROM bid_versions").await);
        envelopes.extend(column::<Vec<u8>>(&bench, "SELECT id, sealed_share AS value FROM bid_box_holders").await);
        assert_eq!((secrets.len(), envelopes.len()), (2, 7));
        for (_, sealed) in &envelopes {
            assert!(secrets.iter().all(|secret| open(secret, sealed).is_err()));
        }
        // and the one share that it keeps for the moment is not enough
        let recipient = recipient(&mut bench).await;
        assert!(wubang_vault::combine(&recipient, &[&first]).is_err());
    }

    async fn a_share_comes_from_its_holder_after_the_closing_and_is_the_right_one(bench: Bench from NeedApproved) {
        let keys = published(&mut bench).await;
        two_bids(&mut bench).await;
        let path = at(&bench, "opening/share");
        for moment in ["2026-03-03T09:00:00+08:00", "2026-03-17T23:59:59+08:00"] {
            bench.advance(instant(moment)).await;
            bench.user(HOLDERS[0]).await.get(&path).await.refused(409, "box_sealed");
            give(&mut bench, 0, "share1.x.y.z").await.refused(409, "box_sealed");
        }
        assert_eq!(recorded(&bench, "opening.share_refused", None).await, 0);
        closed(&mut bench).await;
        for stranger in ["wang.min", "zhao.lei", "wei.guohua", "lu.xiaoyang"] {
            let caller = bench.user(stranger).await;
            caller.get(&path).await.refused(404, "not_found");
            caller.post(&at(&bench, "opening/shares"), json!({ "share": "share1.x.y.z" })).await.refused(404, "not_found");
        }
        // a typing error, and the share of somebody else
        let (mine, other) = (share(&mut bench, 0, &keys).await, share(&mut bench, 1, &keys).await);
        for wrong in [&format!("{mine}x"), &other, "nonsense"] {
            give(&mut bench, 0, wrong).await.refused(422, "share_wrong");
        }
        assert_eq!(recorded(&bench, "opening.share_refused", None).await, 3, "each is recorded");
        let state = bench.user(HOLDERS[0]).await.get(&at(&bench, "box")).await.ok();
        assert_eq!(state["given"], json!(0), "and nothing was kept");
        let trail = bench.cast("street_officer").await.get(&format!("/api/v1/projects/{}/trace?limit=100", bench.play.ids.project)).await.ok();
        assert!(!trail.to_string().contains("share1."));
        opened_by(&mut bench, [0, 1], &keys).await;
    }

    async fn what_breaks_the_rules_is_found_at_the_opening_and_holds_up_nobody(bench: Bench from NeedApproved) {
        let keys = published(&mut bench).await;
        let recipient = recipient(&mut bench).await;
        // above the ceiling and without a plan for risks
        let mut over = contents(&mut bench, "lelin").await;
        (over["price_fen"], over["letter"]["risk_plan"]) = (json!(99_999_999_999_i64), json!(""));
        handed_in(&mut bench, "lelin", envelope(&over, &[&recipient])).await;
        // a character that no database takes
        let mut other = contents(&mut bench, "yinxing").await;
        other["letter"]["risk_plan"] = json!("\u{0}");
        handed_in(&mut bench, "yinxing", envelope(&other, &[&recipient])).await;
        // sealed for a key that is not that of the box
        let nobody = SealingKey::generate();
        let lost = contents(&mut bench, "xinhuo").await;
        handed_in(&mut bench, "xinhuo", envelope(&lost, &[&nobody.recipient])).await;
        closed(&mut bench).await;
        opened_by(&mut bench, [0, 2], &keys).await;
        let seen = bid(&mut bench, "lelin").await;
        assert_eq!((check(&seen, "envelope_intact"), check(&seen, "letter_admissible")), (json!(true), json!(false)));
        let said = list(&seen, "/eligibility").into_iter().find(|one| one["rule"] == "letter_admissible").unwrap();
        for place in ["/price_fen", "/letter/risk_plan", "/letter/budget"] {
            assert!(text(&said, "/zh").contains(place), "{said}");
        }
        for key in ["yinxing", "xinhuo"] {
            let seen = bid(&mut bench, key).await;
            assert_eq!((&seen["state"], check(&seen, "envelope_intact")), (&json!("opened"), json!(false)), "{key}");
            assert_eq!((&seen["price_fen"], &seen["letter"]["understanding"]), (&json!(0), &json!("")));
        }
        let street = bench.cast("street_officer").await;
        for id in bench.play.ids.bids.values() {
            street.post(&format!("/api/v1/bids/{id}/qualify"), json!({})).await.refused(422, "checks_failed");
        }
    }

    async fn nothing_comes_in_clear_and_each_wrong_envelope_is_refused(bench: Bench from NeedApproved) {
        published(&mut bench).await;
        let recipient = recipient(&mut bench).await;
        let clear = contents(&mut bench, "lelin").await;
        let refused = wrong(draft(&mut bench, "lelin", json!({ "price_fen": clear["price_fen"], "letter": clear["letter"], "mode": "joint" })).await);
        assert_eq!(refused, ["/price_fen", "/letter", "/mode"]);
        for (sent, pointers) in [
            (json!({ "envelope": "!", "content_hash": "x" }), vec!["/envelope/content_hash", "/envelope/envelope"]),
            (json!({ "envelope": STANDARD.encode("{}"), "content_hash": "0".repeat(64) }), vec!["/envelope/envelope"]),
        ] {
            let refused = wrong(draft(&mut bench, "lelin", json!({ "envelope": sent })).await);
            assert_eq!(refused, pointers);
        }
        // a draft without its envelope says what it misses, and is not handed in
        let made = draft(&mut bench, "lelin", json!({})).await.ok();
        let missing: Vec<Value> = list(&made, "/missing").iter().map(|one| one["pointer"].clone()).collect();
        assert_eq!(missing, ["/envelope"]);
        let path = format!("/api/v1/bids/{}", text(&made, "/id"));
        let head = bench.user(&agent_of("lelin", "org_legal_rep").unwrap()).await;
        head.post(&format!("{path}/sign"), json!({})).await.refused(422, "incomplete");
        head.post(&format!("{path}/submit"), json!({})).await.refused(422, "incomplete");
        // neither attachments nor partners
        let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
        crate::attachments::add(&agent, &text(&made, "/id"), "name=a.txt", "附件").await.refused(409, "sealed_by_bidder");
        let partner = bench.organisation("yinxing").await;
        agent.post(&format!("{path}/invite_member"), json!({ "organisation_id": partner, "role": "partner" })).await.refused(409, "sealed_by_bidder");
        // an envelope for himself as well, exchanged, handed in and revised: he alone gets it back
        let own = SealingKey::generate();
        let first = envelope(&clear, &[&recipient, &own.recipient]);
        let version = number(&agent.get(&path).await.ok(), "/version");
        let kept = agent.patch(&path, version, json!({ "envelope": first })).await.ok();
        assert_eq!(kept["content_hash"], first["content_hash"]);
        let back = open(&own.secret, &STANDARD.decode(text(&kept, "/envelope")).unwrap()).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&back).unwrap(), clear);
        head.post(&format!("{path}/submit"), json!({})).await.ok();
        let mut changed = clear.clone();
        changed["price_fen"] = json!(1);
        let second = envelope(&changed, &[&recipient]);
        let revised = head.post(&format!("{path}/revise"), json!({ "envelope": second })).await.ok();
        assert_eq!((&revised["receipt"]["content_hash"], &revised["receipt"]["revision"]), (&second["content_hash"], &json!(2)));
        head.post(&format!("{path}/revise"), json!({ "price_fen": 1 })).await.refused(422, "invalid");
    }

    async fn elsewhere_the_platform_seals(bench: Bench from PostingOpen) {
        bench.forget();
        let shown = bench.user(&agent_of("lelin", "org_agent").unwrap()).await.get(&at(&bench, "box")).await.ok();
        assert_eq!((&shown["level"], &shown["recipient"]), (&json!("standard"), &json!(null)));
        let clear = contents(&mut bench, "lelin").await;
        let own = SealingKey::generate();
        let refused = wrong(draft(&mut bench, "lelin", json!({ "envelope": envelope(&clear, &[&own.recipient]) })).await);
        assert_eq!(refused, ["/envelope"]);
        bench.user("he.zhengqing").await.get(&at(&bench, "opening/share")).await.refused(404, "not_found");
        bench.cast("street_officer").await.post(&at(&bench, "fail_unopened"), json!({ "reason": "没有持钥人的榜单" })).await.refused(409, "invalid_transition");
    }

    async fn holders_are_three_persons_in_office_with_keys_and_one_of_the_street(bench: Bench from NeedApproved) {
        bench.forget();
        let key = SealingKey::generate();
        let holder = bench.user("he.zhengqing").await;
        let faults = wrong(holder.post("/api/v1/age_recipients", json!({ "recipient": key.secret.as_str() })).await);
        assert_eq!(faults, ["/recipient"]);
        let street = bench.cast("secretary").await;
        for (holders, pointers) in [
            (vec!["cao.junjie"], vec!["/sealing/holders", "/sealing/holders/0"]),
            (HOLDERS.to_vec(), vec!["/sealing/holders/0", "/sealing/holders/1", "/sealing/holders/2"]),
            (vec!["he.zhengqing", "he.zhengqing", "yu.ruotong"], vec!["/sealing/holders/0", "/sealing/holders/1", "/sealing/holders/2"]),
        ] {
            let body = body(&mut bench, &holders).await;
            let refused = wrong(street.post("/api/v1/postings", body).await);
            assert_eq!(refused, pointers);
        }
        registered(&mut bench).await;
        let key = SealingKey::generate();
        for account in ["wang.min", "he.zhengqing"] {
            // the second one is another of his own, the first stays on record
            let reply = bench.user(account).await.post("/api/v1/age_recipients", json!({ "recipient": key.recipient })).await;
            if account == "wang.min" { reply.ok(); } else { reply.refused(409, "duplicate"); }
        }
        let renewed = json!({ "recipient": SealingKey::generate().recipient });
        bench.user("he.zhengqing").await.post("/api/v1/age_recipients", renewed.clone()).await.ok();
        let known = list(&bench.user("he.zhengqing").await.get("/api/v1/age_recipients").await.ok(), "/items");
        assert_eq!((known.len(), &known[0]["recipient"], known[1]["replaced_at"].is_null()), (2, &renewed["recipient"], false));
        let body_of = body(&mut bench, &["cao.junjie", "wang.min", "he.zhengqing"]).await;
        let refused = wrong(street.post("/api/v1/postings", body_of).await);
        assert_eq!(refused, ["/sealing/holders"]);
        let mut named = bench.play.posting_body().await.unwrap();
        named["sealing"] = json!({ "level": "standard", "holders": ids_of(&mut bench, &HOLDERS).await });
        let refused = wrong(street.post("/api/v1/postings", named).await);
        assert_eq!(refused, ["/sealing/holders"]);
    }

    async fn who_holds_is_for_officials_and_the_level_is_frozen_with_the_publication(bench: Bench from NeedApproved) {
        let _ = published(&mut bench).await;
        let path = format!("/api/v1/postings/{}", bench.play.ids.posting);
        let street = bench.cast("street_officer").await.get(&path).await.ok();
        assert_eq!(list(&street, "/sealing/holders").len(), 3);
        let bidder = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
        for seen in [bidder.get(&path).await.ok(), bench.nobody().get(&format!("/api/v1/public/postings/{}", bench.play.ids.posting)).await.ok()] {
            assert_eq!(seen["sealing"], json!({ "level": "sealed_by_panel", "holders": [] }));
        }
        let shown = bidder.get(&at(&bench, "box")).await.ok();
        assert_eq!((&shown["waiting"], &shown["given"]), (&json!(null), &json!(null)));
        let change = json!({ "sealing": { "level": "standard" } });
        bench.cast("secretary").await.patch(&path, number(&street, "/version"), change.clone()).await.refused(409, "invalid_transition");
        let refused = bench.cast("street_officer").await.post(&format!("{path}/amend_published"), json!({ "changes": change, "reason": "改为平台加密开启" })).await;
        assert!(refused.status >= 400, "{}", refused.text);
    }

    async fn when_two_keys_are_lost_the_street_lets_the_round_fail_and_nobody_reads_a_bid(bench: Bench from NeedApproved) {
        let keys = published(&mut bench).await;
        let all = two_bids(&mut bench).await;
        let lost = json!({ "reason": "两名持钥人的私钥遗失,无法开启投递箱" });
        bench.cast("street_officer").await.post(&at(&bench, "fail_unopened"), lost.clone()).await.refused(409, "box_sealed");
        closed(&mut bench).await;
        let first = share(&mut bench, 0, &keys).await;
        give(&mut bench, 0, &first).await.ok();
        let street = bench.cast("street_officer").await;
        street.post(&at(&bench, "fail_too_few"), json!({ "reason": "有效揭榜数不足三家" })).await.refused(422, "incomplete");
        bench.user("zhao.lei").await.post(&at(&bench, "fail_unopened"), lost.clone()).await.refused(403, "forbidden");
        let short = wrong(street.post(&at(&bench, "fail_unopened"), json!({ "reason": "丢" })).await);
        assert_eq!(short, ["/reason"]);
        street.post(&at(&bench, "fail_unopened"), lost).await.ok();
        let posting = street.get(&format!("/api/v1/postings/{}", bench.play.ids.posting)).await.ok();
        assert_eq!((&posting["state"], &posting["reason_code"]), (&json!("failed"), &json!("not_opened")));
        let late = at(&bench, "opening/share");
        bench.user(HOLDERS[1]).await.get(&late).await.refused(409, "invalid_transition");
        street.get(&at(&bench, "opening")).await.refused(404, "not_found");
        let dump = stored(&bench.url).await;
        assert!(phrases(&all).iter().all(|phrase| !holds(&dump, phrase)));
        let path = format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"]);
        let agent: Caller = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
        assert_eq!(agent.get(&path).await.ok()["state"], json!("withdrawn"));
        street.get(&path).await.refused(404, "not_found");
    }

    async fn a_suspended_posting_waits_and_a_cancelled_one_is_never_opened(bench: Bench from NeedApproved) {
        let keys = published(&mut bench).await;
        two_bids(&mut bench).await;
        closed(&mut bench).await;
        let mine = share(&mut bench, 0, &keys).await;
        let street = bench.cast("street_officer").await;
        street.post(&at(&bench, "suspend"), json!({ "ground": "force_majeure", "reason": "汛期应急响应,暂停办理" })).await.ok();
        give(&mut bench, 0, &mine).await.refused(409, "posting_suspended");
        street.post(&at(&bench, "resume"), json!({ "reason": "应急响应解除,恢复办理" })).await.ok();
        give(&mut bench, 0, &mine).await.ok();
        street.post(&at(&bench, "cancel"), json!({ "ground": "funding_cancelled", "reason": "专项资金被上级收回" })).await.ok();
        bench.user(HOLDERS[1]).await.get(&at(&bench, "opening/share")).await.refused(409, "invalid_transition");
        street.get(&at(&bench, "opening")).await.refused(404, "not_found");
    }

    async fn an_empty_box_needs_no_holder(bench: Bench from NeedApproved) {
        let _ = published(&mut bench).await;
        closed(&mut bench).await;
        let street = bench.cast("street_officer").await;
        let posting = street.get(&format!("/api/v1/postings/{}", bench.play.ids.posting)).await.ok();
        assert_eq!((&posting["state"], &posting["reason_code"]), (&json!("failed"), &json!("no_bids")));
        let record = street.get(&at(&bench, "opening")).await.ok();
        assert_eq!((&record["record"]["handed_in"], &record["record"]["opened_by"]), (&json!(0), &json!("system")));
    }
}
