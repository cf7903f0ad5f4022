//! Who has the database, a dump of it or the log, and not the master keys, reads nothing of a bid before its
//! deadline; and who changes an envelope is found at the opening.

use crate::scenes::text;
use crate::sealing::canaries;
use sea_orm::{ConnectionTrait, Database as Connect, DbBackend, Statement};
use serde_json::{Value, json};
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use wubang_kernel::clock::SystemClock;
use wubang_kernel::digest::hex;
use wubang_server::app;
use wubang_server::config::Config;
use wubang_server::demo::client::Client;
use wubang_server::demo::play::{Play, agent_of};
use wubang_testkit::{Bench, Caller, Stage, on_both};

/// Everything that the database has stored: the files of SQLite byte by byte, every row of PostgreSQL.
pub async fn stored(url: &str) -> Vec<u8> {
    if let Some(path) = url.strip_prefix("sqlite://") {
        let path = path.split('?').next().unwrap();
        let mut all = Vec::new();
        for end in ["", "-wal"] {
            let mut file = std::fs::File::open(format!("{path}{end}")).expect("a file of SQLite");
            file.read_to_end(&mut all).unwrap();
        }
        return all;
    }
    let mut all = String::new();
    for table in rows(
        url,
        "SELECT tablename::text AS row FROM pg_tables WHERE schemaname = 'public'",
    )
    .await
    {
        for row in rows(
            url,
            &format!("SELECT row_to_json(t)::text AS row FROM \"{table}\" t"),
        )
        .await
        {
            all.push_str(&row);
            all.push('\n');
        }
    }
    all.into_bytes()
}

async fn rows(url: &str, sql: &str) -> Vec<String> {
    let conn = Connect::connect(url).await.expect("the database");
    let found = conn
        .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    conn.close().await.unwrap();
    found
        .iter()
        .map(|row| row.try_get("", "row").unwrap())
        .collect()
}

/// Whether the words stand there, plainly or as the hexadecimal text of PostgreSQL's bytes.
pub fn holds(all: &[u8], word: &str) -> bool {
    let within = |word: &[u8]| all.windows(word.len()).any(|part| part == word);
    within(word.as_bytes()) || within(hex(word.as_bytes()).as_bytes())
}

/// Words of the bids themselves; their ids stand in the database, of course.
fn secrets(bench: &Bench) -> Vec<String> {
    let ids: Vec<&String> = bench.play.ids.bids.values().collect();
    canaries(bench)
        .into_iter()
        .filter(|word| !ids.contains(&word) && word.chars().count() > 6)
        .collect()
}

async fn with_bids(bench: &mut Bench) {
    bench.reach(Stage::BidsSubmitted).await;
    // whoever sends a command again gets the stored answer, which is as secret as the bid
    let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
    let path = format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"]);
    let bid = agent.get(&path).await.ok();
    let mut letter = bid["letter"].clone();
    letter["risk_plan"] = json!("如遇暴雨改期,备用场地在二楼活动室,已与物业说定。");
    let head = bench
        .user(&agent_of("lelin", "org_legal_rep").unwrap())
        .await;
    head.post(&format!("{path}/revise"), json!({ "letter": letter }))
        .await
        .ok();
    bench.work().await;
}

async fn sql(bench: &Bench, statement: &str) {
    let conn = Connect::connect(&bench.url).await.expect("the database");
    conn.execute_unprepared(statement)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
    conn.close().await.unwrap();
}

async fn opened(bench: &mut Bench, key: &str) -> Value {
    let path = format!("/api/v1/bids/{}", bench.play.ids.bids[key]);
    bench.cast("street_officer").await.get(&path).await.ok()
}

on_both! {
    async fn a_copy_of_the_database_holds_no_word_of_a_bid_before_the_deadline(bench: Bench from BidsSubmitted) {
        with_bids(&mut bench).await;
        let words: Vec<String> = secrets(&bench).into_iter().chain(["备用场地在二楼活动室".to_owned()]).collect();
        assert!(words.len() > 15, "{words:?}");
        let before = stored(&bench.url).await;
        for word in &words {
            assert!(!holds(&before, word), "the database holds {word}");
        }
        // the search is no blind one: what is not secret is found, and so are the words once the box is open
        assert!(holds(&before, "bid.submitted"));
        bench.play.deadline_passed().await.unwrap();
        let after = stored(&bench.url).await;
        assert!(holds(&after, "备用场地在二楼活动室"), "the panel reads the letter");
    }

    async fn a_bid_that_was_withdrawn_or_whose_posting_is_cancelled_stays_closed(bench: Bench from BidsSubmitted) {
        with_bids(&mut bench).await;
        let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
        let path = format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"]);
        agent.post(&format!("{path}/withdraw"), json!({ "reason": "团队安排有变,不再揭榜" })).await.ok();
        bench.advance(crate::needs::instant("2026-03-18T00:00:00+08:00")).await;
        assert!(!holds(&stored(&bench.url).await, "备用场地在二楼活动室"), "the opening opened what was withdrawn");
        // its bidder has it still
        let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
        assert!(text(&agent.get(&path).await.ok(), "/letter/risk_plan").contains("备用场地在二楼活动室"));
        bench.cast("street_officer").await.get(&path).await.refused(404, "not_found");
    }

    async fn who_changes_or_swaps_envelopes_is_found_at_the_opening_and_holds_up_nobody(bench: Bench from BidsSubmitted) {
        with_bids(&mut bench).await;
        let ids = bench.play.ids.bids.clone();
        let of = |key: &str| {
            let id = &ids[key];
            if bench.url.starts_with("sqlite") { format!("x'{}'", id.replace('-', "")) } else { format!("'{id}'") }
        };
        let (one, two) = (of("lelin"), of("yinxing"));
        let envelope = format!("(SELECT sealed FROM bid_versions WHERE bid_id = {two} ORDER BY revision DESC LIMIT 1)");
        sql(&bench, &format!("UPDATE bid_versions SET sealed = {envelope} WHERE bid_id = {one}")).await;
        bench.advance(crate::needs::instant("2026-03-18T00:00:00+08:00")).await;
        let swapped = opened(&mut bench, "lelin").await;
        let check = |bid: &Value| {
            let all = bid["eligibility"].as_array().unwrap().clone();
            all.into_iter().find(|check| check["rule"] == "envelope_intact").unwrap()["passed"].clone()
        };
        assert_eq!((&swapped["state"], check(&swapped)), (&json!("opened"), json!(false)));
        assert_eq!((&swapped["price_fen"], &swapped["letter"]["understanding"]), (&json!(0), &json!("")), "nobody else's words");
        let record = bench.cast("street_officer").await.get(&format!("/api/v1/postings/{}/opening", bench.play.ids.posting)).await.ok();
        let entry = record["record"]["bids"].as_array().unwrap().iter().find(|bid| bid["bid_id"] == json!(ids["lelin"])).unwrap().clone();
        assert_eq!((&entry["envelope_intact"], &entry["price_fen"], &entry["unmet"]), (&json!(false), &json!(null), &json!(["envelope_intact"])));
        let intact = opened(&mut bench, "yinxing").await;
        assert_eq!((&intact["state"], check(&intact)), (&json!("opened"), json!(true)));
        let street = bench.cast("street_officer").await;
        street.post(&format!("/api/v1/bids/{}/qualify", ids["lelin"]), json!({})).await.refused(422, "checks_failed");
        street.post(&format!("/api/v1/bids/{}/qualify", ids["yinxing"]), json!({})).await.ok();
    }

    async fn without_its_master_keys_a_server_does_not_start(bench: Bench from BidsSubmitted) {
        with_bids(&mut bench).await;
        let elsewhere = std::env::temp_dir().join("wubang-tests").join(format!("lost-{}", bench.running.address.port()));
        let config = Config { database_url: bench.url.clone(), master_keys: elsewhere, ..Config::default() };
        let error = app::open_store(&config, Arc::new(SystemClock)).await.unwrap_err();
        assert!(error.contains("master key"), "{error}");
    }

    async fn a_receipt_is_recomputed_with_tools_that_are_not_ours(bench: Bench from BidsSubmitted) {
        with_bids(&mut bench).await;
        let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
        let bid = agent.get(&format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"])).await.ok();
        let script = "import sys, json, hashlib\nbid = json.load(sys.stdin)\nheld = {name: bid[name] for name in ('letter', 'organisation_id', 'posting_id', 'price_fen')}\nheld['salt'] = bid['receipt']['salt']\ntext = json.dumps(held, sort_keys=True, separators=(',', ':'), ensure_ascii=False)\nprint(hashlib.sha256(text.encode()).hexdigest())\n";
        let mut python = Command::new("python3").args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3");
        std::io::Write::write_all(&mut python.stdin.take().unwrap(), bid.to_string().as_bytes()).unwrap();
        let printed = String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap();
        assert_eq!(printed.trim(), text(&bid, "/receipt/content_hash"));
        // others who read the bid after the opening cannot prove it without its bidder
        bench.play.deadline_passed().await.unwrap();
        assert_eq!(opened(&mut bench, "lelin").await["receipt"]["salt"], json!(null));
    }
}

/// Kills the process with this.
struct Process(std::process::Child);

impl Drop for Process {
    fn drop(&mut self) {
        // it may have ended already
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A service of its own that writes its log into a file, at the most talkative level.
pub struct Logging {
    process: Process,
    data: std::path::PathBuf,
    /// Where it listens.
    pub base: String,
    /// Everybody's password.
    pub password: String,
}

impl Logging {
    /// Starts it on a database of its own.
    pub async fn start(name: &str) -> Self {
        let unique = format!("{name}-{}", std::process::id());
        let url = wubang_testkit::database::fresh(wubang_testkit::Database::Sqlite, &unique)
            .await
            .unwrap();
        let data = crate::demo::folder(&unique);
        std::fs::create_dir_all(&data).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let log = data.join("log");
        let mut command = crate::demo::wubang(&url, &data, &["serve", "--sandbox"]);
        command
            .env("WUBANG_LISTEN", &address)
            .env("WUBANG_LOG_LEVEL", "trace")
            .stdout(std::fs::File::create(&log).unwrap())
            .stderr(std::fs::File::create(data.join("errors")).unwrap());
        let process = Process(command.spawn().expect("the service starts"));
        // it prints its accounts once it serves
        let password = loop {
            let said = std::fs::read_to_string(&log).unwrap();
            let found = said.split("\"password\": \"").nth(1);
            match found.and_then(|rest| rest.split_once('"')) {
                Some((password, _)) => break password.to_owned(),
                None => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        };
        Logging {
            process,
            data,
            base: format!("http://{address}"),
            password,
        }
    }

    /// Stops it; answers everything that it has said.
    pub fn stop(self) -> Vec<u8> {
        drop(self.process);
        let mut all = std::fs::read(self.data.join("log")).unwrap();
        all.extend(std::fs::read(self.data.join("errors")).unwrap());
        all
    }
}

#[test]
fn no_line_of_the_log_tells_of_a_bid() {
    crate::demo::block_on(async {
        let service = Logging::start("log").await;
        let (base, password) = (service.base.clone(), service.password.clone());
        let mut play = Play::new(Client::new(base.clone(), password.clone()), false).unwrap();
        play.need_approved().await.unwrap();
        play.posting_open().await.unwrap();
        play.bids_submitted().await.unwrap();
        let account = agent_of("lelin", "org_agent").unwrap();
        let credentials = json!({ "account": account, "password": password });
        let nobody = Caller::nobody(base);
        let session = nobody.post("/api/v1/sessions", credentials).await.ok();
        let agent = nobody.with(text(&session, "/access_token"));
        let query = "name=%E5%BA%95%E4%BB%B7%E6%98%8E%E7%BB%86.txt";
        let file =
            crate::attachments::add(&agent, &play.ids.bids["lelin"], query, "附件所写").await;
        let hash = text(&file.ok(), "/sha256");
        let bids: Vec<Value> = ["lelin", "yinxing", "xinhuo"]
            .into_iter()
            .map(|key| play.bid_of(key).unwrap())
            .collect();
        let all = service.stop();
        assert!(holds(&all, "/api/v1/postings"), "the log was written");
        let attached = ["底价明细", "%E5%BA%95%E4%BB%B7", "附件所写", hash.as_str()];
        for word in attached {
            assert!(!holds(&all, word), "the log holds {word}");
        }
        for bid in &bids {
            let price = bid["price_fen"].to_string();
            for word in ["/understanding", "/risk_plan", "/service_plan/schedule"]
                .map(|pointer| text(bid, pointer).chars().take(10).collect::<String>())
                .into_iter()
                .chain([price])
            {
                assert!(!holds(&all, &word), "the log holds {word}");
            }
        }
    });
}
