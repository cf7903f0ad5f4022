//! Mail: one trait, SMTP for production, a memory for tests and the sandbox.
//!
//! Nothing here decides whether a mail is due: a mail is an outbox row of the transaction
//! that made it necessary, and the worker hands it to a [`Mailer`] afterwards. An answer
//! therefore never waits for SMTP, and a rolled back step never sends.

mod memory;
mod smtp;

use async_trait::async_trait;
use lettre::Address;

pub use memory::MemoryMailer;
pub use smtp::SmtpMailer;

/// One mail to one receiver, in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Stable name of this mail, the same on every attempt. It becomes the local part of the
    /// `Message-ID`, so that a receiver who got an attempt twice shows it once. ASCII letters,
    /// digits, `-`, `_` and single inner dots; at most 64 of them.
    pub id: String,
    /// Display name of the receiver; may be empty.
    pub to_name: String,
    /// Address of the receiver, `local@domain`, without a display name.
    pub to: String,
    /// Subject, one line.
    pub subject: String,
    /// Text, lines ended by `\n` or `\r\n`.
    pub body: String,
}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Trying again cannot help: the mail itself is wrong, or the server said no for good
    /// (a `5xx` answer about this mail).
    #[error("the mail cannot be delivered: {0}")]
    Permanent(String),
    /// Try again later: no connection, a time-out, a `4xx` answer, or a server that does not
    /// accept our credentials (the operator's fault, not the mail's).
    #[error("the mail could not be delivered now: {0}")]
    Transient(String),
}

/// Whoever can deliver a [`Mail`].
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Delivers one mail, or at least hands it to a server that takes responsibility for it.
    ///
    /// # Errors
    /// [`MailError::Permanent`] when a further attempt is pointless, [`MailError::Transient`]
    /// when the caller should try again later with the same [`Mail::id`].
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

impl Mail {
    /// Refuses what would break out of its header line, or would never be deliverable, and
    /// gives the parsed address. Both mailers ask it, so the sandbox refuses what production
    /// would.
    fn checked(&self) -> Result<Address, MailError> {
        for (field, value) in [
            ("to_name", &self.to_name),
            ("to", &self.to),
            ("subject", &self.subject),
        ] {
            if value.chars().any(char::is_control) {
                return Err(MailError::Permanent(format!(
                    "`{field}` contains a line break or another control character"
                )));
            }
        }
        if !is_dot_atom(&self.id) {
            return Err(MailError::Permanent(
                "`id` is not usable in a Message-ID".to_owned(),
            ));
        }
        self.to
            .parse()
            .map_err(|error| MailError::Permanent(format!("`to` is not a mail address: {error}")))
    }
}

/// RFC 5322 3.2.3 `dot-atom-text`, cut down to the characters that no mail program rewrites.
fn is_dot_atom(text: &str) -> bool {
    text.len() <= 64
        && text.split('.').all(|atom| {
            !atom.is_empty()
                && atom
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            id: "0198-a.1".to_owned(),
            to_name: "张三".to_owned(),
            to: "zhang@example.cn".to_owned(),
            subject: "揭榜结果".to_owned(),
            body: "您好\n".to_owned(),
        }
    }

    fn is_refused(mail: &Mail) -> bool {
        matches!(mail.checked(), Err(MailError::Permanent(_)))
    }

    #[test]
    fn a_plain_mail_passes() {
        assert_eq!(mail().checked().unwrap().to_string(), "zhang@example.cn");
    }

    #[test]
    fn an_empty_name_passes() {
        let mail = Mail {
            to_name: String::new(),
            ..mail()
        };
        assert!(!is_refused(&mail));
    }

    #[test]
    fn a_line_break_in_a_header_is_refused() {
        for attack in [
            "a\r\nBcc: x@example.cn",
            "a\nBcc: x@example.cn",
            "a\rb",
            "a\0b",
            "a\u{85}b",
        ] {
            let name = Mail {
                to_name: attack.to_owned(),
                ..mail()
            };
            let subject = Mail {
                subject: attack.to_owned(),
                ..mail()
            };
            let to = Mail {
                to: format!("{attack}@example.cn"),
                ..mail()
            };
            for mail in [name, subject, to] {
                assert!(is_refused(&mail), "{mail:?}");
            }
        }
    }

    #[test]
    fn an_address_is_one_bare_address() {
        for to in [
            "",
            "zhang",
            "zhang@",
            "张三 <zhang@example.cn>",
            "a@example.cn, b@example.cn",
            "a@example.cn b",
        ] {
            let mail = Mail {
                to: to.to_owned(),
                ..mail()
            };
            assert!(is_refused(&mail), "{to}");
        }
    }

    #[test]
    fn an_id_must_fit_a_message_id() {
        let long = "a".repeat(65);
        for id in [
            "", "a b", "a@b", "a>b", ".a", "a.", "a..b", "a\r\nb", "榜", &long,
        ] {
            let mail = Mail {
                id: id.to_owned(),
                ..mail()
            };
            assert!(is_refused(&mail), "{id:?}");
        }
    }
}
