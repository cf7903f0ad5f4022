//! Mail from end to end: outbox, worker, SMTP and a real server that keeps what it is given.

use crate::scenes::text;
use chrono::Duration;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use uuid::Uuid;
use wubang_kernel::Who;
use wubang_mail::SmtpMailer;
use wubang_store::Read as _;
use wubang_store::entity::outbox;
use wubang_testkit::{Bench, Stage, on_both};

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by variables where their tools are"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A mail server that lives as long as this.
struct Sink {
    process: Child,
    folder: PathBuf,
    port: u16,
}

impl Drop for Sink {
    fn drop(&mut self) {
        // it may have ended already
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Sink {
    /// Starts one; `None`, loudly, where this machine has no Python with aiosmtpd.
    fn start(bench: &Bench) -> Option<Self> {
        let Some(python) = variable("WUBANG_TEST_PYTHON") else {
            assert!(
                variable("CI").is_none(),
                "CI must test mail: set WUBANG_TEST_PYTHON"
            );
            eprintln!(
                "!!! SKIPPED: WUBANG_TEST_PYTHON is not set (cargo xtask test sets it): no mail was sent !!!"
            );
            return None;
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/support/smtp_sink.py");
        let folder = std::env::temp_dir()
            .join("wubang-tests")
            .join(format!("mail-{}", bench.running.store.new_id()));
        let mut process = Command::new(python)
            .arg(script)
            .arg(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("its output");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("its first line");
        let port = line
            .trim()
            .strip_prefix("ready ")
            .and_then(|port| port.parse().ok())
            .expect("its port");
        Some(Sink {
            process,
            folder,
            port,
        })
    }

    /// Everything it was given, in order of arrival.
    fn mails(&self) -> Vec<Value> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(&self.folder)
            .expect("its folder")
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|name| name == "json"))
            .collect();
        files.sort();
        files
            .iter()
            .map(|path| {
                serde_json::from_str(&std::fs::read_to_string(path).expect("a mail"))
                    .expect("a decoded mail")
            })
            .collect()
    }
}

/// The same service again, with mail over SMTP.
async fn with_smtp(bench: &Bench, port: u16) -> Bench {
    let mailer = SmtpMailer::from_url(
        &format!("smtp://127.0.0.1:{port}"),
        "五榜 <wubang@huiji.example>",
    )
    .expect("a mailer");
    let unique = format!("smtp-{}", bench.running.store.new_id());
    let mut again = Bench::start(&bench.url, &unique, Some(Arc::new(mailer))).await;
    again.play.ids = bench.play.ids.clone();
    again
}

fn to(mail: &Value) -> String {
    text(mail, "/rcpt_tos/0")
}

/// Puts one mail into the outbox.
async fn push(bench: &Bench, to: &str) -> Uuid {
    let tx = bench
        .running
        .store
        .write(&Who::system("tests"))
        .await
        .unwrap();
    let payload = json!({ "to_name": "张三", "to": to, "subject": "【五榜】试投:到期提醒", "body": "第一行\n第二行" });
    let id = wubang_store::outbox::push(
        &tx,
        wubang_store::outbox::MAIL,
        "timer.overdue",
        "need",
        Uuid::nil(),
        payload,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn row(bench: &Bench, id: Uuid) -> outbox::Model {
    let view = bench.running.store.read(&Who::system("tests"));
    outbox::Entity::find_by_id(id)
        .one(&view.db())
        .await
        .unwrap()
        .unwrap()
}

on_both! {
    async fn posting_receipt_and_notice_reach_those_they_are_for(bench: Bench) {
        let Some(sink) = Sink::start(&bench) else { return };
        let mut service = with_smtp(&bench, sink.port).await;
        service.play.need_approved().await.unwrap();
        service.play.posting_open().await.unwrap();
        service.play.bids_submitted().await.unwrap();
        service.work().await;
        let mails = sink.mails();
        let published: Vec<&Value> = mails.iter().filter(|mail| text(mail, "/text").contains("新的榜单已发布")).collect();
        let told: Vec<String> = published.iter().map(|mail| to(mail)).collect();
        // an organisation of the field that covers the community hears of it, one of another field does not
        assert!(told.iter().any(|to| to == "ning.jiayi@lelin.example"), "{told:?}");
        assert!(told.iter().all(|to| !to.ends_with("@lvye.example")), "{told:?}");
        for mail in &published {
            assert!(text(mail, "/subject").starts_with("【五榜】") && text(mail, "/subject").contains("乐邻老伙伴"), "{mail}");
        }
        let receipts: Vec<&Value> = mails.iter().filter(|mail| text(mail, "/text").contains("已收到贵组织的揭榜意向书")).collect();
        for (organisation, domain) in [("乐邻社会工作服务中心", "@lelin.example"), ("银杏树", "@yinxing.example"), ("薪火", "@xinhuo.example")] {
            let own: Vec<&&Value> = receipts.iter().filter(|mail| text(mail, "/subject").contains(organisation)).collect();
            assert!(!own.is_empty(), "no receipt for {organisation}");
            assert!(own.iter().all(|mail| to(mail).ends_with(domain)), "{own:?}");
            assert!(own.iter().all(|mail| text(mail, "/text").contains("SHA-256")), "{own:?}");
        }
        assert_eq!(receipts.iter().filter(|mail| !["@lelin.example", "@yinxing.example", "@xinhuo.example"].iter().any(|domain| to(mail).ends_with(domain))).count(), 0);
        no_content_of_bids(&mails);
        service.play.bids_qualified().await.unwrap();
        service.play.award_proposed().await.unwrap();
        service.play.award_noticed().await.unwrap();
        service.work().await;
        let mails = sink.mails();
        let notices: Vec<&Value> = mails.iter().filter(|mail| text(mail, "/text").contains("已被确定为承榜组织")).collect();
        let told: Vec<String> = notices.iter().map(|mail| to(mail)).collect();
        assert!(told.iter().any(|to| to == "he.yajing@lelin.example"), "{told:?}");
        assert!(told.iter().all(|to| !to.ends_with("@yinxing.example") && !to.ends_with("@xinhuo.example")), "{told:?}");
        no_content_of_bids(&mails);
        let mut ids: Vec<String> = mails.iter().map(|mail| text(mail, "/message_id")).collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "a mail went out twice");
        service.running.stop().await;
    }

    async fn a_mail_waits_for_a_server_that_is_down(bench: Bench) {
        let Some(sink) = Sink::start(&bench) else { return };
        // a port where nobody listens
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut down = with_smtp(&bench, closed).await;
        let id = push(&bench, "han.wenjing@huiji.example").await;
        let later = bench.running.store.now() + Duration::seconds(1);
        down.set_clock(later);
        down.work().await;
        let waiting = row(&bench, id).await;
        assert_eq!((waiting.state.as_str(), waiting.attempts), ("waiting", 1));
        assert!(waiting.last_error.is_some() && waiting.next_at > down.running.store.now());
        // not before its time
        down.work().await;
        assert_eq!(row(&bench, id).await.attempts, 1);
        let mut up = with_smtp(&bench, sink.port).await;
        up.set_clock(waiting.next_at + Duration::seconds(1));
        up.work().await;
        let done = row(&bench, id).await;
        assert_eq!((done.state.as_str(), done.attempts, done.last_error), ("done", 2, None));
        let mails = sink.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!((text(&mails[0], "/subject"), to(&mails[0])), ("【五榜】试投:到期提醒".to_owned(), "han.wenjing@huiji.example".to_owned()));
        assert_eq!(text(&mails[0], "/text").replace("\r\n", "\n").trim_end(), "第一行\n第二行");
        assert!(text(&mails[0], "/message_id").contains(&id.to_string()));
        down.running.stop().await;
        up.running.stop().await;
    }

    async fn a_refusal_for_good_fails_and_one_for_now_waits(bench: Bench) {
        let Some(sink) = Sink::start(&bench) else { return };
        let mut service = with_smtp(&bench, sink.port).await;
        let (gone, busy) = (push(&bench, "gone@huiji.example").await, push(&bench, "busy@huiji.example").await);
        service.set_clock(bench.running.store.now() + Duration::seconds(1));
        service.work().await;
        let failed = row(&bench, gone).await;
        assert_eq!((failed.state.as_str(), failed.attempts), ("failed", 1));
        assert!(failed.last_error.is_some_and(|why| why.contains("550") || why.contains("5.1.1")));
        assert_eq!(row(&bench, busy).await.state, "waiting");
        assert_eq!(sink.mails().len(), 0);
        service.running.stop().await;
    }

    async fn a_notice_that_is_expanded_twice_makes_no_second_mail(bench: Bench) {
        let Some(sink) = Sink::start(&bench) else { return };
        let mut service = with_smtp(&bench, sink.port).await;
        service.play.need_approved().await.unwrap();
        service.work().await;
        let first = sink.mails().len();
        assert!(first > 0);
        // as after a worker that died between expanding a notice and saying so
        let conn = sea_orm::Database::connect(&bench.url).await.unwrap();
        conn.execute_unprepared("UPDATE outbox SET done_at = NULL, state = 'waiting' WHERE topic = 'notice'").await.unwrap();
        let view = bench.running.store.read(&Who::system("tests"));
        let again = outbox::Entity::find().filter(outbox::Column::State.eq("waiting")).all(&view.db()).await.unwrap();
        assert!(!again.is_empty());
        let latest = again.iter().map(|row| row.next_at).max().unwrap();
        service.set_clock(latest + Duration::seconds(1));
        service.work().await;
        assert_eq!(sink.mails().len(), first);
        service.running.stop().await;
    }

    async fn an_answer_does_not_wait_for_mail(bench: Bench) {
        // the mailer is never asked before the worker works
        bench.reach(Stage::NeedApproved).await;
        assert_eq!(bench.mails.sent().len(), 0);
        bench.work().await;
        assert!(!bench.mails.sent().is_empty());
    }
}

/// No price and no sentence of a bid is in any mail.
fn no_content_of_bids(mails: &[Value]) {
    let story = crate::scenes::story();
    for bid in story["bids"].as_array().unwrap() {
        let price = bid["price_fen"].as_i64().unwrap();
        let mut secrets = vec![price.to_string(), (price / 100).to_string()];
        for member in ["understanding", "risk_plan", "capability_statement"] {
            if let Some(words) = bid[member].as_str() {
                secrets.push(words.chars().take(12).collect());
            }
        }
        assert!(secrets.len() >= 4, "{bid}");
        for mail in mails {
            let whole = format!("{} {}", text(mail, "/subject"), text(mail, "/text"));
            for secret in &secrets {
                assert!(!whole.contains(secret.as_str()), "{secret} is in {mail}");
            }
        }
    }
}
