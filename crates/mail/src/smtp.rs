//! Mail over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::response::Code;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::{Mail, MailError, Mailer};

/// Longest wait for one answer of the server.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Hands mails to an SMTP server; connections are pooled and reused.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// A mailer for the server at `url`, sending as `from`.
    ///
    /// `url` is `smtps://user:password@host` (TLS from the first byte, port 465),
    /// `smtp://user:password@host:587?tls=required` (STARTTLS or nothing), or
    /// `smtp://host:25` for a relay in the same trusted network: without `tls` **nothing is
    /// encrypted**, the password included. Name and password are percent-encoded. `from` is
    /// `address` or `name <address>`. Nothing is sent or connected to here.
    ///
    /// # Errors
    /// [`MailError::Permanent`] when `url` or `from` cannot be read; the text never repeats
    /// `url`, which may hold a password.
    pub fn from_url(url: &str, from: &str) -> Result<Self, MailError> {
        let from: Mailbox = from.parse().map_err(|error| {
            MailError::Permanent(format!("the sender is not a mail address: {error}"))
        })?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| MailError::Permanent(format!("the SMTP URL is wrong: {error}")))?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Self { transport, from })
    }

    /// The mail as it goes over the wire.
    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let to = mail.checked()?;
        let to_name = (!mail.to_name.is_empty()).then(|| mail.to_name.clone());
        let message_id = format!("<{}@{}>", mail.id, self.from.email.domain());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(to_name, to))
            .message_id(Some(message_id))
            .subject(mail.subject.as_str())
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())
            .map_err(|error| MailError::Permanent(error.to_string()))
    }
}

/// Without the transport: its address may hold a password.
impl std::fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpMailer")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.message(mail)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.status().is_some_and(is_final) => {
                Err(MailError::Permanent(error.to_string()))
            }
            Err(error) => Err(MailError::Transient(error.to_string())),
        }
    }
}

/// Whether an answer refuses this mail for good. The `5xx` codes of RFC 4954 speak of our
/// credentials: they are mended by the operator, and the mails must still be there then.
fn is_final(code: Code) -> bool {
    let code = u16::from(code);
    (500..600).contains(&code) && !matches!(code, 530 | 534 | 535 | 538)
}

/// RFC 3834 5: keeps holiday notices and ticket systems from answering us.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lettre::transport::smtp::response::{Category, Detail, Severity};

    fn mailer() -> SmtpMailer {
        SmtpMailer::from_url("smtp://127.0.0.1:1", "五榜 <no-reply@example.cn>").unwrap()
    }

    fn mail() -> Mail {
        Mail {
            id: "0198".to_owned(),
            to_name: "王五".to_owned(),
            to: "wang@example.cn".to_owned(),
            subject: "承榜".to_owned(),
            body: "第一行\n第二行".to_owned(),
        }
    }

    #[tokio::test]
    async fn the_message_id_is_stable_and_ours() {
        let wire = mailer().message(&mail()).unwrap().formatted();
        let wire = String::from_utf8(wire).unwrap();
        assert!(wire.contains("Message-ID: <0198@example.cn>\r\n"), "{wire}");
        assert!(
            wire.contains("Auto-Submitted: auto-generated\r\n"),
            "{wire}"
        );
        assert!(
            wire.contains("Content-Type: text/plain; charset=utf-8\r\n"),
            "{wire}"
        );
        assert!(wire.is_ascii(), "{wire}");
    }

    #[tokio::test]
    async fn a_line_break_never_reaches_the_wire() {
        let attack = Mail {
            to_name: "王五\r\nBcc: x@example.cn".to_owned(),
            ..mail()
        };
        let answer = mailer().send(&attack).await;
        assert!(matches!(answer, Err(MailError::Permanent(_))), "{answer:?}");
    }

    #[tokio::test]
    async fn no_server_is_transient() {
        let answer = mailer().send(&mail()).await;
        assert!(matches!(answer, Err(MailError::Transient(_))), "{answer:?}");
    }

    #[tokio::test]
    async fn a_wrong_setting_is_refused_without_telling_the_password() {
        for (url, from) in [
            ("smtp://user:secret@", "no-reply@example.cn"),
            ("ftp://user:secret@host", "no-reply@example.cn"),
            ("user:secret@host", "no-reply@example.cn"),
            ("smtp://user:secret@host", "nobody"),
            (
                "smtp://user:secret@host",
                "a@example.cn\r\nBcc: b@example.cn",
            ),
        ] {
            let text = match SmtpMailer::from_url(url, from) {
                Err(MailError::Permanent(text)) => text,
                other => panic!("{url} {from}: {other:?}"),
            };
            assert!(!text.contains("secret"), "{text}");
        }
    }

    #[tokio::test]
    async fn the_debug_form_keeps_the_password() {
        let mailer = SmtpMailer::from_url("smtps://user:secret@host", "a@example.cn").unwrap();
        assert!(!format!("{mailer:?}").contains("secret"));
    }

    #[test]
    fn only_an_answer_about_the_mail_is_final() {
        use Severity::{PermanentNegativeCompletion as No, TransientNegativeCompletion as Later};
        let code = |severity, category, detail| Code {
            severity,
            category,
            detail,
        };
        assert!(is_final(code(No, Category::MailSystem, Detail::Zero)));
        assert!(is_final(code(No, Category::MailSystem, Detail::Four)));
        assert!(!is_final(code(No, Category::Unspecified3, Detail::Five)));
        assert!(!is_final(code(Later, Category::MailSystem, Detail::Zero)));
    }
}
