//! `SmtpMailer` against a real SMTP server (aiosmtpd): what a receiver gets, and how a
//! server's refusals are read.
#![expect(
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise, its helpers included"
)]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use wubang_mail::{Mail, MailError, Mailer, SmtpMailer};

/// A running server; ends with the test.
struct Sink {
    server: Child,
    port: u16,
    folder: PathBuf,
}

impl Sink {
    /// Starts a server, or says loudly that there is none to start; under CI that is a failure.
    fn start() -> Option<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let Some(python) = std::env::var_os("WUBANG_TEST_PYTHON") else {
            assert!(
                std::env::var_os("CI").is_none(),
                "WUBANG_TEST_PYTHON is not set: run the suite with `cargo xtask test`"
            );
            eprintln!("SKIPPED, NOTHING WAS TESTED: WUBANG_TEST_PYTHON is not set");
            return None;
        };
        let folder = std::env::temp_dir().join(format!(
            "wubang-mail-{}-{}",
            std::process::id(),
            STARTED.fetch_add(1, Ordering::Relaxed)
        ));
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/support/smtp_sink.py"
        );
        let mut server = Command::new(python)
            .arg(script)
            .arg(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().strip_prefix("ready ").unwrap().parse().unwrap();
        Some(Self {
            server,
            port,
            folder,
        })
    }

    fn mailer(&self) -> SmtpMailer {
        let url = format!("smtp://127.0.0.1:{}", self.port);
        SmtpMailer::from_url(&url, "五榜通知 <no-reply@wubang.example>").unwrap()
    }

    /// The decoded messages, in order of arrival.
    fn received(&self) -> Vec<Value> {
        (1..)
            .map(|number| self.folder.join(format!("{number:04}.json")))
            .map_while(|path| std::fs::read(path).ok())
            .map(|bytes| serde_json::from_slice(&bytes).unwrap())
            .collect()
    }

    /// The bytes of message `number`, counted from 1.
    fn raw(&self, number: usize) -> String {
        std::fs::read_to_string(self.folder.join(format!("{number:04}.eml"))).unwrap()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn mail(id: &str, to: &str) -> Mail {
    Mail {
        id: id.to_owned(),
        to_name: "青山社区居委会".to_owned(),
        to: to.to_owned(),
        subject: "【五榜】您的揭榜申请已进入承榜环节,请于五个工作日内确认实施方案与预算明细"
            .to_owned(),
        body: "尊敬的申请人:\n\n项目“楼道微更新”已开榜。\n.\n单独一个点的行不能截断正文。\n"
            .to_owned(),
    }
}

#[tokio::test]
async fn a_chinese_mail_arrives_as_written() {
    let Some(sink) = Sink::start() else { return };
    let mail = mail("0198c1d2-7e11", "office@qingshan.example");
    sink.mailer().send(&mail).await.unwrap();

    let received = sink.received();
    assert_eq!(received.len(), 1);
    let message = &received[0];
    assert_eq!(message["mail_from"], "no-reply@wubang.example");
    assert_eq!(
        message["rcpt_tos"],
        serde_json::json!(["office@qingshan.example"])
    );
    assert_eq!(message["message_id"], "<0198c1d2-7e11@wubang.example>");
    assert_eq!(message["from"], "五榜通知 <no-reply@wubang.example>");
    assert_eq!(message["to"], "青山社区居委会 <office@qingshan.example>");
    assert_eq!(message["subject"], mail.subject);
    assert_eq!(
        message["text"].as_str().unwrap().replace("\r\n", "\n"),
        mail.body
    );
    assert!(
        sink.raw(1).is_ascii(),
        "a relay without 8BITMIME must pass it on"
    );
}

#[tokio::test]
async fn a_second_attempt_has_the_same_message_id() {
    let Some(sink) = Sink::start() else { return };
    let (mailer, mail) = (sink.mailer(), mail("retry-1", "a@example.cn"));
    mailer.send(&mail).await.unwrap();
    mailer.send(&mail).await.unwrap();

    let received = sink.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0]["message_id"], received[1]["message_id"]);
}

#[tokio::test]
async fn a_refused_receiver_is_permanent_and_a_busy_one_transient() {
    let Some(sink) = Sink::start() else { return };
    let mailer = sink.mailer();
    let gone = mailer.send(&mail("1", "gone@example.cn")).await;
    assert!(matches!(gone, Err(MailError::Permanent(_))), "{gone:?}");
    let busy = mailer.send(&mail("2", "busy@example.cn")).await;
    assert!(matches!(busy, Err(MailError::Transient(_))), "{busy:?}");
    assert_eq!(sink.received(), Vec::<Value>::new());

    // The connection of a refusal is still good for the next mail.
    mailer.send(&mail("3", "a@example.cn")).await.unwrap();
    assert_eq!(sink.received().len(), 1);
}

#[tokio::test]
async fn an_injected_header_reaches_no_server() {
    let Some(sink) = Sink::start() else { return };
    let attack = Mail {
        subject: "a\r\nBcc: victim@example.cn".to_owned(),
        ..mail("1", "a@example.cn")
    };
    let answer = sink.mailer().send(&attack).await;
    assert!(matches!(answer, Err(MailError::Permanent(_))), "{answer:?}");
    assert_eq!(sink.received(), Vec::<Value>::new());
}
