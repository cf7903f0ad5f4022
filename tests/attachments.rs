//! 附件 over HTTP: in and out by stream, what is taken and what is not, who reads, what is left behind.

use crate::needs::instant;
use crate::peeking::{holds, stored};
use crate::scenes::{eight, list, recorded, text};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wubang_files::upkeep::{Collected, collect, sweep};
use wubang_kernel::digest::{content_hash, sha256_hex};
use wubang_mail::MemoryMailer;
use wubang_server::app::{self, Parts, Running};
use wubang_server::config::{Config, FilesConfig};
use wubang_server::demo::play::agent_of;
use wubang_server::wiring;
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

const DEADLINE: &str = "2026-03-17T23:59:59+08:00";
const PLAN: &str = "附件正文:每周一上门,台账见附表。\n";

async fn open(bench: &mut Bench) {
    bench.reach(Stage::PostingOpen).await;
}

/// The draft of an organisation, with the words of the story's first bid.
pub async fn drafted(bench: &mut Bench, key: &str) -> String {
    let words = bench
        .play
        .bid_of(key)
        .or_else(|_| bench.play.bid_of("lelin"));
    bench.play.bid_drafted(key, &words.unwrap()).await.unwrap()
}

async fn agent(bench: &mut Bench) -> Caller {
    bench.user(&agent_of("lelin", "org_agent").unwrap()).await
}

async fn head(bench: &mut Bench) -> Caller {
    bench
        .user(&agent_of("lelin", "org_legal_rep").unwrap())
        .await
}

fn shelf(bid: &str) -> String {
    format!("/api/v1/bids/{bid}/attachments")
}

/// A file goes up; `query` is written as it goes out.
pub async fn add(caller: &Caller, bid: &str, query: &str, content: impl Into<Vec<u8>>) -> Reply {
    let path = format!("{}?{query}", shelf(bid));
    // what it says it is does not matter
    let headers = [("content-type", "application/x-anything")];
    caller
        .call("POST", &path, &headers, Some(content.into()))
        .await
}

async fn listed(caller: &Caller, bid: &str) -> Vec<Value> {
    list(&caller.get(&shelf(bid)).await.ok(), "/items")
}

/// A PDF, as far as its first bytes say, of so many bytes.
fn pdf(size: usize) -> Vec<u8> {
    let mut content = b"%PDF-1.7\n".to_vec();
    let noise = (0..size.saturating_sub(content.len())).map(|n| (n * 31 % 251).to_le_bytes()[0]);
    content.extend(noise);
    content
}

fn folder(bench: &Bench) -> PathBuf {
    bench.config.files_folder()
}

/// Every file in a folder and below it.
fn envelopes(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(envelopes(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// A second service beside the bench's, with other rules for attachments.
async fn beside(bench: &Bench, files: FilesConfig) -> Running {
    let files = FilesConfig {
        folder: folder(bench),
        ..files
    };
    let parts = Parts {
        config: Config {
            files,
            ..bench.config.clone()
        },
        test_clock: Some(bench.clock.clone()),
        mailer: Arc::new(MemoryMailer::new()),
    };
    app::start(parts).await.unwrap()
}

/// The same caller at another service.
fn at(running: &Running, caller: &Caller) -> Caller {
    Caller::nobody(format!("http://{}", running.address)).with(caller.token().unwrap().to_owned())
}

async fn tidy(bench: &Bench) -> Collected {
    let (store, files) = (&bench.running.store, &bench.running.files);
    collect(store, files, &wiring::over()).await.unwrap()
}

/// Begins an upload by hand and sends half of it; the connection stays open.
async fn half(bench: &Bench, caller: &Caller, bid: &str, content: &[u8]) -> TcpStream {
    let begun = recorded(bench, "file.begun", None).await;
    let mut wire = TcpStream::connect(bench.running.address).await.unwrap();
    let head = format!(
        "POST {}?name=plan.pdf HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        shelf(bid),
        caller.token().unwrap(),
        content.len()
    );
    wire.write_all(head.as_bytes()).await.unwrap();
    wire.write_all(&content[..content.len() / 2]).await.unwrap();
    while recorded(bench, "file.begun", None).await == begun {
        tokio::task::yield_now().await;
    }
    wire
}

on_both! {
    async fn a_file_comes_out_as_it_went_in(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let agent = agent(&mut bench).await;
        let content = pdf(300_000);
        let name = "服务方案 (终稿).pdf";
        let reply = add(&agent, &bid, "name=%E6%9C%8D%E5%8A%A1%E6%96%B9%E6%A1%88%20(%E7%BB%88%E7%A8%BF).pdf&confidentiality=owner", content.clone()).await;
        let location = reply.headers["location"].clone();
        let made = reply.ok();
        let hash = sha256_hex(&content);
        let fields = ["name", "size", "sha256", "media_type", "confidentiality", "revision", "state", "handed_in"].map(|field| made[field].clone());
        assert_eq!(fields, [json!(name), json!(300_000), json!(hash), json!("application/pdf"), json!("owner"), json!(1), json!("clean"), json!(false)]);
        assert_eq!(location, format!("{}/{}", shelf(&bid), text(&made, "/id")));
        assert_eq!(listed(&agent, &bid).await, std::slice::from_ref(&made));
        let given = agent.get(&location).await;
        assert_eq!((given.status, given.bytes == content), (200, true));
        for (header, value) in [
            ("content-type", "application/pdf"), ("content-length", "300000"), ("x-content-type-options", "nosniff"), ("cache-control", "no-store"), ("etag", &format!("\"{hash}\"")),
            ("content-disposition", "attachment; filename=\"____ ____.pdf\"; filename*=UTF-8''%E6%9C%8D%E5%8A%A1%E6%96%B9%E6%A1%88%20%28%E7%BB%88%E7%A8%BF%29.pdf"),
        ] {
            assert_eq!(given.headers.get(header).map(String::as_str), Some(value), "{header}");
        }
        let known = agent.call("GET", &location, &[("if-none-match", &format!("\"{hash}\""))], None).await;
        assert_eq!((known.status, known.bytes.len()), (304, 0));
        agent.get(&format!("{}/nonsense", shelf(&bid))).await.refused(404, "not_found");
        // the trail knows the file by its id alone
        assert_eq!((recorded(&bench, "file.begun", Some(&text(&made, "/id"))).await, recorded(&bench, "file.kept", None).await), (1, 1));
        assert!(!holds(&stored(&bench.url).await, "终稿"));
    }

    async fn what_is_wrong_with_an_upload_is_told_and_nothing_is_kept(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let agent = agent(&mut bench).await;
        let reply = add(&agent, &bid, "confidentiality=secret&replaces=first", PLAN).await;
        assert_eq!(reply.pointers(), ["?name", "?confidentiality", "?replaces"]);
        reply.refused(422, "invalid");
        for name in ["a%2Fb.pdf", "plan.exe", "plan", "%00.pdf", ""] {
            let reply = add(&agent, &bid, &format!("name={name}"), PLAN).await;
            assert_eq!(reply.pointers(), ["?name"], "{name}");
            reply.refused(422, "invalid");
        }
        let reply = add(&agent, &bid, "name=a.txt&replaces=01968ca0-0000-7000-8000-000000000001", PLAN).await;
        assert_eq!(reply.pointers(), ["?replaces"]);
        reply.refused(422, "invalid");
        add(&agent, &bid, "name=a.txt&owner=me", PLAN).await.refused(400, "unknown_parameter");
        // content decides, whatever the name says
        for wrong in [&b"MZ\x90\0\x03"[..], b"<html><script>alert(1)</script>", b"PK\x03\x04\x14\0\0\0", b"text with a \0 in it", b"\x7fELF\x02\x01\x01\0"] {
            add(&agent, &bid, "name=plan.txt", wrong).await.refused(415, "file_type_not_allowed");
        }
        let reply = add(&agent, &bid, "name=plan.docx", pdf(5000)).await;
        assert_eq!(reply.pointers(), ["?name"], "a PDF is no DOCX");
        reply.refused(422, "invalid");
        let reply = add(&agent, &bid, "name=plan.txt", "").await;
        assert_eq!(reply.pointers(), [""]);
        reply.refused(422, "invalid");
        // beyond the limit of all files by its length, beyond that of its kind by what arrives
        let small = beside(&bench, FilesConfig { max_bytes: 20_000, ..FilesConfig::default() }).await;
        add(&at(&small, &agent), &bid, "name=plan.pdf", pdf(20_001)).await.refused(413, "too_large");
        add(&at(&small, &agent), &bid, "name=plan.pdf", pdf(20_000)).await.ok();
        add(&agent, &bid, "name=plan.txt", "长".repeat(2 * 1024 * 1024)).await.refused(413, "too_large");
        small.stop().await;
        assert_eq!((listed(&agent, &bid).await.len(), envelopes(&folder(&bench)).len()), (1, 1));
        // nobody holds a place in the count
        let (begun, ended) = (recorded(&bench, "file.begun", None).await, recorded(&bench, "file.given_up", None).await);
        assert_eq!(begun, ended + 1);
    }

    async fn before_the_opening_nobody_but_the_bidder_knows_of_attachments(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let file = text(&add(&agent(&mut bench).await, &bid, "name=a.txt", PLAN).await.ok(), "/id");
        head(&mut bench).await.post(&format!("/api/v1/bids/{bid}/submit"), json!({})).await.ok();
        let path = format!("{}/{file}", shelf(&bid));
        for account in ["wang.min", "cao.junjie", "wei.guohua", "he.zhengqing", "qin.shuyao", "yu.ruotong", "xue.chunmei"] {
            let caller = bench.user(account).await;
            for reply in [
                caller.get(&shelf(&bid)).await,
                caller.get(&path).await,
                caller.post(&format!("{path}/remove"), json!({})).await,
                // not even what is wrong with the query
                add(&caller, &bid, "nonsense=1", PLAN).await,
            ] {
                reply.refused(404, "not_found");
            }
        }
        let nobody = bench.nobody();
        for reply in [nobody.get(&shelf(&bid)).await, nobody.get(&path).await, add(&nobody, &bid, "name=a.txt", PLAN).await] {
            reply.refused(401, "unauthenticated");
        }
        // a file of another bid is none of this one
        let other = drafted(&mut bench, "yinxing").await;
        let rival = bench.user(&agent_of("yinxing", "org_agent").unwrap()).await;
        rival.get(&format!("{}/{file}", shelf(&other))).await.refused(404, "not_found");
        rival.post(&format!("{}/{file}/remove", shelf(&other)), json!({})).await.refused(404, "not_found");
    }

    async fn after_the_opening_each_reads_what_is_for_him(bench: Bench from BidsSubmitted) {
        let bid = bench.play.ids.bids["lelin"].clone();
        let caller = agent(&mut bench).await;
        let mut files = Vec::new();
        for scope in ["public", "panel", "owner"] {
            files.push(text(&add(&caller, &bid, &format!("name={scope}.txt&confidentiality={scope}"), format!("{PLAN}{scope}")).await.ok(), "/id"));
        }
        head(&mut bench).await.post(&format!("/api/v1/bids/{bid}/revise"), json!({})).await.ok();
        // belongs to a revision that never comes
        let loose = text(&add(&caller, &bid, "name=loose.txt", PLAN).await.ok(), "/id");
        bench.play.bids_qualified().await.unwrap();
        bench.forget();
        let judges = ["wang.min", "cao.junjie"];
        for (account, wanted) in [("wang.min", &files[..2]), ("cao.junjie", &files[..2]), ("he.zhengqing", &files[..])] {
            let caller = bench.user(account).await;
            let ids: Vec<String> = listed(&caller, &bid).await.iter().map(|one| text(one, "/id")).collect();
            assert_eq!(ids, wanted, "{account}");
            let shown: Vec<String> = list(&caller.get(&format!("/api/v1/bids/{bid}")).await.ok(), "/attachments").iter().map(|one| text(one, "/id")).collect();
            assert_eq!(shown, wanted, "{account}");
            for file in wanted {
                assert!(caller.get(&format!("{}/{file}", shelf(&bid))).await.text.starts_with(PLAN));
            }
            caller.get(&format!("{}/{loose}", shelf(&bid))).await.refused(404, "not_found");
            add(&caller, &bid, "name=a.txt", PLAN).await.refused(403, "forbidden");
            caller.post(&format!("{}/{}/remove", shelf(&bid), files[0]), json!({})).await.refused(403, "forbidden");
        }
        for account in judges {
            bench.user(account).await.get(&format!("{}/{}", shelf(&bid), files[2])).await.refused(404, "not_found");
        }
        // the bidder has all of his own, and changes nothing any more
        let caller = agent(&mut bench).await;
        assert_eq!(listed(&caller, &bid).await.len(), 4);
        add(&caller, &bid, "name=a.txt", PLAN).await.refused(409, "invalid_transition");
        caller.post(&format!("{}/{}/remove", shelf(&bid), files[0]), json!({})).await.refused(409, "invalid_transition");
        // a member of the panel reads once he has declared
        let street = bench.cast("street_officer").await;
        let body = json!({ "community_person_ids": [bench.person("cao.junjie").await], "department_person_ids": [bench.person("luo.jianguo").await] });
        let panel = street.post(&format!("/api/v1/postings/{}/panel", bench.play.ids.posting), body).await.ok();
        let member = bench.user("luo.jianguo").await;
        member.get(&shelf(&bid)).await.refused(404, "not_found");
        member.post(&format!("/api/v1/panels/{}/declare", text(&panel, "/id")), json!({ "clear": true })).await.ok();
        assert_eq!(listed(&member, &bid).await.len(), 2);
        member.get(&format!("{}/{}", shelf(&bid), files[2])).await.refused(404, "not_found");
        bench.user("shang.wenqing").await.get(&shelf(&bid)).await.refused(404, "not_found");
    }

    async fn attachments_are_changed_until_the_deadline_and_not_after(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let caller = agent(&mut bench).await;
        let file = text(&add(&caller, &bid, "name=a.txt", PLAN).await.ok(), "/id");
        let street = bench.cast("street_officer").await;
        let posting = format!("/api/v1/postings/{}", bench.play.ids.posting);
        street.post(&format!("{posting}/suspend"), json!({ "ground": "safety", "reason": "强降雨应急响应期间暂停办理" })).await.ok();
        add(&caller, &bid, "name=b.txt", PLAN).await.refused(409, "posting_suspended");
        caller.post(&format!("{}/{file}/remove", shelf(&bid)), json!({})).await.refused(409, "posting_suspended");
        street.post(&format!("{posting}/resume"), json!({ "reason": "应急响应已经解除" })).await.ok();
        let deadline = instant(DEADLINE);
        bench.stand_at(deadline);
        let caller = agent(&mut bench).await;
        add(&caller, &bid, "name=last.txt", PLAN).await.ok();
        // begun in time, at its end too late
        let content = pdf(100_000);
        let mut wire = half(&bench, &caller, &bid, &content).await;
        bench.clock.set(deadline + TimeDelta::seconds(1));
        wire.write_all(&content[50_000..]).await.unwrap();
        let mut answer = vec![0; 4096];
        let read = wire.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 409") && answer.contains("deadline_passed"), "{answer}");
        bench.stand_at(deadline + TimeDelta::seconds(1));
        let caller = agent(&mut bench).await;
        add(&caller, &bid, "name=late.txt", PLAN).await.refused(409, "deadline_passed");
        caller.post(&format!("{}/{file}/remove", shelf(&bid)), json!({})).await.refused(409, "deadline_passed");
        assert_eq!((listed(&caller, &bid).await.len(), envelopes(&folder(&bench)).len()), (2, 2));
    }

    async fn the_receipt_covers_the_attachments(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let path = format!("/api/v1/bids/{bid}");
        let (agent, head) = (agent(&mut bench).await, head(&mut bench).await);
        let hash = |bid: &Value| {
            let mut held = json!({ "posting_id": bid["posting_id"], "organisation_id": bid["organisation_id"], "price_fen": bid["price_fen"], "letter": bid["letter"], "salt": bid["receipt"]["salt"] });
            if bid["attachments"] != json!([]) {
                held["attachments"] = bid["attachments"].clone();
            }
            content_hash(&held)
        };
        // a file that comes after the signature makes it void, and so does one that goes
        head.post(&format!("{path}/sign"), json!({})).await.ok();
        let first = text(&add(&agent, &bid, "name=a.csv", "项目,金额\n").await.ok(), "/id");
        agent.post(&format!("{path}/submit"), json!({})).await.refused(422, "not_signed");
        head.post(&format!("{path}/sign"), json!({})).await.ok();
        let done = agent.post(&format!("{path}/submit"), json!({})).await.ok();
        let file = json!({ "id": first, "name": "a.csv", "sha256": sha256_hex("项目,金额\n".as_bytes()), "size": 14, "media_type": "text/csv", "confidentiality": "panel" });
        assert_eq!((&done["attachments"], &done["receipt"]["content_hash"]), (&json!([file]), &json!(hash(&done))));
        // replacing it is the next version; what was handed in stays as it was until that is handed in
        let second = add(&agent, &bid, &format!("name=b.txt&replaces={first}"), PLAN).await.ok();
        assert_eq!((&second["revision"], &second["replaces"]), (&json!(2), &json!(first)));
        assert_eq!(agent.get(&path).await.ok()["attachments"], json!([file]));
        let of = |all: &[Value]| all.iter().map(|one| (text(one, "/id"), one["state"] == json!("clean"), one["handed_in"] == json!(true))).collect::<Vec<_>>();
        let second = text(&second, "/id");
        assert_eq!(of(&listed(&agent, &bid).await), [(first.clone(), false, true), (second.clone(), true, false)]);
        let revised = head.post(&format!("{path}/revise"), json!({})).await.ok();
        assert_eq!((text(&revised, "/attachments/0/id"), &revised["receipt"]["content_hash"]), (second.clone(), &json!(hash(&revised))));
        assert_ne!(revised["receipt"]["content_hash"], done["receipt"]["content_hash"]);
        // what is off is off, and is still his who handed it in
        agent.post(&format!("{}/{first}/remove", shelf(&bid)), json!({})).await.refused(409, "invalid_transition");
        assert_eq!(agent.get(&format!("{}/{first}", shelf(&bid))).await.text, "项目,金额\n");
        let left = agent.post(&format!("{}/{second}/remove", shelf(&bid)), json!({})).await.ok();
        assert_eq!(of(&list(&left, "/items")), [(second.clone(), false, true)]);
        agent.call("POST", &format!("{}/{second}/remove", shelf(&bid)), &[("if-match", "\"v1\"")], Some(b"{}".to_vec())).await.refused(412, "stale_version");
        // the panel reads what was handed in, not what became of the draft
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let street = bench.cast("street_officer").await;
        assert_eq!(of(&listed(&street, &bid).await), [(second.clone(), false, true)]);
        assert_eq!(street.get(&format!("{}/{second}", shelf(&bid))).await.text, PLAN);
        street.get(&format!("{}/{first}", shelf(&bid))).await.refused(404, "not_found");
    }

    async fn a_withdrawn_bid_and_one_of_a_cancelled_posting_keep_their_attachments_to_themselves(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let caller = agent(&mut bench).await;
        let file = text(&add(&caller, &bid, "name=a.txt&confidentiality=public", PLAN).await.ok(), "/id");
        head(&mut bench).await.post(&format!("/api/v1/bids/{bid}/submit"), json!({})).await.ok();
        caller.post(&format!("/api/v1/bids/{bid}/withdraw"), json!({ "reason": "团队安排有变,不再揭榜" })).await.ok();
        add(&caller, &bid, "name=b.txt", PLAN).await.ok();
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let path = format!("{}/{file}", shelf(&bid));
        for account in ["wang.min", "he.zhengqing"] {
            let caller = bench.user(account).await;
            caller.get(&shelf(&bid)).await.refused(404, "not_found");
            caller.get(&path).await.refused(404, "not_found");
        }
        let caller = agent(&mut bench).await;
        assert_eq!((listed(&caller, &bid).await.len(), caller.get(&path).await.text), (2, PLAN.to_owned()));
    }

    async fn of_several_uploads_at_the_limit_one_passes(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let agent = agent(&mut bench).await;
        let one = beside(&bench, FilesConfig { max_count: 3, max_per_bid_bytes: 50_000, ..FilesConfig::default() }).await;
        let caller = at(&one, &agent);
        // each fits alone; two of them are too large together
        let replies = eight(async || add(&caller, &bid, "name=a.pdf", pdf(30_000)).await).await;
        let passed = replies.iter().filter(|reply| reply.status == 201).count();
        assert_eq!(passed, 1, "{:?}", replies.iter().map(|reply| &reply.text).collect::<Vec<_>>());
        for reply in replies.into_iter().filter(|reply| reply.status != 201) {
            reply.refused(409, "file_quota");
        }
        assert_eq!(envelopes(&folder(&bench)).len(), 1);
        let first = text(&listed(&agent, &bid).await[0], "/id");
        add(&caller, &bid, "name=b.txt", PLAN).await.ok();
        add(&caller, &bid, "name=c.txt", PLAN).await.ok();
        add(&caller, &bid, "name=d.txt", PLAN).await.refused(409, "file_quota");
        // one that replaces another takes its place
        add(&caller, &bid, &format!("name=d.txt&replaces={first}"), PLAN).await.ok();
        one.stop().await;
    }

    async fn the_same_command_twice_makes_one_attachment(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let agent = agent(&mut bench).await;
        let path = format!("{}?name=a.txt", shelf(&bid));
        let key = [("idempotency-key", "first"), ("content-type", "text/plain")];
        let send = async |content: &str| agent.call("POST", &path, &key, Some(content.as_bytes().to_vec())).await;
        let made = send(PLAN).await.ok();
        let again = send(PLAN).await;
        assert_eq!(again.headers.get("idempotent-replayed").map(String::as_str), Some("true"));
        assert_eq!(again.ok(), made);
        send("别的内容\n").await.refused(422, "idempotency_key_reused");
        assert_eq!((listed(&agent, &bid).await.len(), envelopes(&folder(&bench)).len()), (1, 1));
    }

    async fn nothing_of_an_attachment_stands_readable_before_the_deadline(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let caller = agent(&mut bench).await;
        let query = "name=%E7%A7%98%E5%AF%86%E6%8A%A5%E4%BB%B7%E8%A1%A8.txt";
        let words = ["秘密报价表", "底价四万六千八百元整", "5b6d0e3c"];
        let content = format!("{}\n{}\n{}", words[1], words[2], "行\n".repeat(2000));
        let key = [("idempotency-key", "secret"), ("content-type", "text/plain")];
        let made = caller.call("POST", &format!("{}?{query}", shelf(&bid)), &key, Some(content.clone().into_bytes())).await.ok();
        let hash = sha256_hex(content.as_bytes());
        assert_eq!(text(&made, "/sha256"), hash);
        head(&mut bench).await.post(&format!("/api/v1/bids/{bid}/submit"), json!({})).await.ok();
        bench.work().await;
        let mut all = stored(&bench.url).await;
        assert!(holds(&all, "file.handed_in"), "the search is no blind one");
        let sizes: Vec<usize> = envelopes(&folder(&bench)).iter().map(|path| {
            let bytes = std::fs::read(path).unwrap();
            all.extend(path.to_string_lossy().bytes());
            all.extend(&bytes);
            bytes.len()
        }).collect();
        for word in words.iter().copied().chain([hash.as_str()]) {
            assert!(!holds(&all, word), "{word}");
        }
        // its size tells its bucket, and its row tells not even that
        assert!(matches!(sizes.as_slice(), [size] if (16_384..16_384 + 4096).contains(size)), "{sizes:?}");
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        assert!(holds(&stored(&bench.url).await, words[0]), "after the opening the list is as readable as the letter");
        for path in envelopes(&folder(&bench)) {
            assert!(!holds(&std::fs::read(path).unwrap(), words[1]), "the content stays sealed at rest");
        }
    }

    async fn an_envelope_that_was_changed_is_never_given_whole(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let agent = agent(&mut bench).await;
        let content = pdf(200_000);
        let file = text(&add(&agent, &bid, "name=a.pdf", content.clone()).await.ok(), "/id");
        let path = format!("{}/{file}", shelf(&bid));
        let envelope = envelopes(&folder(&bench)).remove(0);
        let sealed = std::fs::read(&envelope).unwrap();
        let mut changed = sealed.clone();
        changed[150_000] ^= 1;
        std::fs::write(&envelope, &changed).unwrap();
        let reply = agent.get(&path).await;
        assert!(reply.bytes.len() < 150_000 && content.starts_with(&reply.bytes), "{}", reply.bytes.len());
        std::fs::write(&envelope, b"age-encryption.org/v1\nnonsense").unwrap();
        agent.get(&path).await.refused(500, "internal");
        std::fs::remove_file(&envelope).unwrap();
        agent.get(&path).await.refused(500, "internal");
        let view = bench.running.store.read(&wubang_kernel::Who::system("tests"));
        let broken = wubang_files::upkeep::without_envelope(&view, &bench.running.files).await.unwrap();
        assert_eq!(broken, [file.parse::<uuid::Uuid>().unwrap()]);
        std::fs::write(&envelope, &sealed).unwrap();
        assert!(agent.get(&path).await.bytes == content);
    }

    async fn what_is_left_of_uploads_and_drafts_is_collected_and_what_was_handed_in_never(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let agent = agent(&mut bench).await;
        let handed_in = text(&add(&agent, &bid, "name=handed-in.txt", PLAN).await.ok(), "/id");
        head(&mut bench).await.post(&format!("/api/v1/bids/{bid}/submit"), json!({})).await.ok();
        let removed = text(&add(&agent, &bid, "name=removed.txt", PLAN).await.ok(), "/id");
        for file in [&handed_in, &removed] {
            agent.post(&format!("{}/{file}/remove", shelf(&bid)), json!({})).await.ok();
        }
        let draft = drafted(&mut bench, "yinxing").await;
        let rival = bench.user(&agent_of("yinxing", "org_agent").unwrap()).await;
        add(&rival, &draft, "name=left.txt", PLAN).await.ok();
        // envelopes that belong to nothing, whole and half written, and what is none of ours
        let name = bench.running.store.new_id().simple().to_string();
        let shelf_of = folder(&bench).join(&name[30..]);
        std::fs::create_dir_all(&shelf_of).unwrap();
        let orphan = shelf_of.join(&name);
        let unfinished = shelf_of.join(format!("{}#1", bench.running.store.new_id().simple()));
        let foreign = shelf_of.join("README");
        for path in [&orphan, &unfinished, &foreign] {
            std::fs::write(path, "left over").unwrap();
        }
        let nothing = Collected::default();
        let whole = async |bench: &Bench| sweep(&bench.running.store, &bench.running.files).await.unwrap();
        assert_eq!((tidy(&bench).await, whole(&bench).await), (nothing, nothing), "it is too early for all of them");
        // after a day what never came to its end
        let start = bench.running.store.now();
        let wire = half(&bench, &agent, &bid, &pdf(500_000)).await;
        bench.stand_at(start + TimeDelta::hours(24) + TimeDelta::seconds(1));
        assert_eq!(tidy(&bench).await, Collected { uploads: 1, ..nothing });
        assert_eq!(whole(&bench).await, Collected { orphans: 2, ..nothing });
        assert!(!orphan.exists() && !unfinished.exists() && foreign.exists());
        drop(wire);
        // after thirty days what was removed and never handed in; the posting is over for less than that
        bench.advance(start + TimeDelta::days(30) + TimeDelta::seconds(1)).await;
        assert_eq!(tidy(&bench).await, Collected { files: 1, ..nothing });
        let caller = self::agent(&mut bench).await;
        caller.get(&format!("{}/{removed}", shelf(&bid))).await.refused(404, "not_found");
        // thirty days after the deadline what a draft has left, and thirty days later its envelope
        bench.stand_at(instant(DEADLINE) + TimeDelta::days(30) + TimeDelta::seconds(1));
        assert_eq!(tidy(&bench).await, Collected { over: 1, ..nothing });
        bench.stand_at(instant(DEADLINE) + TimeDelta::days(61));
        assert_eq!((tidy(&bench).await, tidy(&bench).await), (Collected { files: 1, ..nothing }, nothing));
        assert_eq!(whole(&bench).await, nothing);
        let caller = self::agent(&mut bench).await;
        assert_eq!(caller.get(&format!("{}/{handed_in}", shelf(&bid))).await.text, PLAN);
        std::fs::remove_file(foreign).unwrap();
        assert_eq!(envelopes(&folder(&bench)).len(), 1, "that of the file that was handed in");
    }

    async fn an_infected_file_is_refused_and_without_the_scanner_nothing_is_taken(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let bid = drafted(&mut bench, "lelin").await;
        let agent = agent(&mut bench).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let clamd = format!("tcp://{}", listener.local_addr().unwrap());
        let scanned = beside(&bench, FilesConfig { clamd: clamd.clone(), ..FilesConfig::default() }).await;
        let caller = at(&scanned, &agent);
        let eicar = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
        let content = pdf(700_000);
        let calls = async {
            add(&caller, &bid, "name=bad.txt", eicar.clone()).await.refused(422, "file_infected");
            assert!(envelopes(&folder(&bench)).is_empty());
            add(&caller, &bid, "name=good.pdf", content.clone()).await.ok();
            add(&caller, &bid, "name=odd.txt", "odd").await.refused(503, "scanner_unavailable");
        };
        let ((), streams) = tokio::join!(calls, clamd_for(listener, 3));
        assert!(streams[1] == content, "the scanner has seen every byte");
        assert_eq!((listed(&agent, &bid).await.len(), envelopes(&folder(&bench)).len()), (1, 1));
        assert_eq!((recorded(&bench, "file.infected", None).await, recorded(&bench, "file.given_up", None).await), (1, 1));
        // nobody listens there any more
        add(&caller, &bid, "name=later.txt", PLAN).await.refused(503, "scanner_unavailable");
        assert_eq!(listed(&agent, &bid).await.len(), 1);
        scanned.stop().await;
    }
}

/// Speaks the protocol of `clamd` with so many callers, one after the other; answers what they sent.
async fn clamd_for(listener: TcpListener, callers: usize) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for _ in 0..callers {
        let (mut wire, _) = listener.accept().await.unwrap();
        let mut command = [0; 10];
        wire.read_exact(&mut command).await.unwrap();
        assert_eq!(&command, b"zINSTREAM\0");
        let mut content = Vec::new();
        loop {
            let size = wire.read_u32().await.unwrap();
            if size == 0 {
                break;
            }
            let mut piece = vec![0; usize::try_from(size).unwrap()];
            wire.read_exact(&mut piece).await.unwrap();
            content.extend(piece);
        }
        let words = String::from_utf8_lossy(&content);
        let answer: &[u8] = if words.contains("EICAR-STANDARD-ANTIVIRUS-TEST-FILE") {
            b"stream: Eicar-Test-Signature FOUND\0"
        } else if words == "odd" {
            b"INSTREAM size limit exceeded. ERROR\0"
        } else {
            b"stream: OK\0"
        };
        wire.write_all(answer).await.unwrap();
        all.push(content);
    }
    all
}
