//! A mailer that delivers into a list.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{Mail, MailError, Mailer};

/// Keeps what it is given: for tests, and for a sandbox that must never write to real people.
///
/// A sandbox runs for months, so only the newest [`MemoryMailer::CAPACITY`] mails are kept.
#[derive(Debug, Default)]
pub struct MemoryMailer {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    sent: VecDeque<Mail>,
    failures: VecDeque<MailError>,
}

impl MemoryMailer {
    /// Number of mails kept; an older one makes room for a newer.
    pub const CAPACITY: usize = 10_000;

    /// A mailer that has sent nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was sent, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        self.lock().sent.iter().cloned().collect()
    }

    /// Makes the next attempt that is not yet spoken for fail with `error`; called twice, the
    /// next two attempts fail, in this order. For tests of retry and giving up.
    pub fn fail_next(&self, error: MailError) {
        self.lock().failures.push_back(error);
    }

    /// A panic elsewhere cannot leave these lists half changed, so a poisoned lock is usable.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Mailer for MemoryMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        mail.checked()?;
        let mut inner = self.lock();
        if let Some(error) = inner.failures.pop_front() {
            return Err(error);
        }
        if inner.sent.len() == Self::CAPACITY {
            inner.sent.pop_front();
        }
        inner.sent.push_back(mail.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(id: &str) -> Mail {
        Mail {
            id: id.to_owned(),
            to_name: "李四".to_owned(),
            to: "li@example.cn".to_owned(),
            subject: "发榜通知".to_owned(),
            body: "正文".to_owned(),
        }
    }

    #[tokio::test]
    async fn keeps_what_was_sent_in_order() {
        let mailer = MemoryMailer::new();
        mailer.send(&mail("1")).await.unwrap();
        mailer.send(&mail("2")).await.unwrap();
        assert_eq!(mailer.sent(), [mail("1"), mail("2")]);
    }

    #[tokio::test]
    async fn a_planned_failure_is_used_once_and_records_nothing() {
        let mailer = MemoryMailer::new();
        let busy = MailError::Transient("busy".to_owned());
        mailer.fail_next(busy.clone());
        assert_eq!(mailer.send(&mail("1")).await, Err(busy));
        assert_eq!(mailer.sent(), []);
        mailer.send(&mail("1")).await.unwrap();
        assert_eq!(mailer.sent(), [mail("1")]);
    }

    #[tokio::test]
    async fn refuses_what_smtp_would_refuse() {
        let mailer = MemoryMailer::new();
        let attack = Mail {
            subject: "a\r\nBcc: x@example.cn".to_owned(),
            ..mail("1")
        };
        let answer = mailer.send(&attack).await;
        assert!(matches!(answer, Err(MailError::Permanent(_))), "{answer:?}");
        assert_eq!(mailer.sent(), []);
    }

    #[tokio::test]
    async fn forgets_the_oldest_beyond_its_capacity() {
        let mailer = MemoryMailer::new();
        for number in 0..=MemoryMailer::CAPACITY {
            mailer.send(&mail(&number.to_string())).await.unwrap();
        }
        let sent = mailer.sent();
        assert_eq!(sent.len(), MemoryMailer::CAPACITY);
        assert_eq!(sent.first().unwrap().id, "1");
    }
}
