//! Working off the outbox: a notice becomes one mail row per person, a mail row becomes a mail.

use crate::audience;
use crate::text::{Words, compose};
use std::sync::Arc;
use uuid::Uuid;
use wubang_kernel::Who;
use wubang_kernel::digest::sha256_hex;
use wubang_mail::{Mail, MailError, Mailer};
use wubang_store::entity::outbox;
use wubang_store::outbox::{MAIL, NOTICE, Notice, push_once};
use wubang_store::worker::{Deliver, Delivery};
use wubang_store::{BoxFuture, Error, Store};

/// The deliveries of the worker.
#[must_use]
pub fn deliveries(
    mailer: Arc<dyn Mailer>,
    words: Words,
    public_url: String,
) -> Vec<(&'static str, Box<dyn Deliver>)> {
    vec![
        (NOTICE, Box::new(Expand { words, public_url })),
        (MAIL, Box::new(Send { mailer })),
    ]
}

struct Expand {
    words: Words,
    public_url: String,
}

/// What is stored of a mail until it is sent.
#[derive(serde::Serialize, serde::Deserialize)]
struct MailRow {
    to_name: String,
    to: String,
    subject: String,
    body: String,
}

/// One id per notice and person, so that expanding twice makes the same rows.
fn mail_id(notice: Uuid, person: Uuid) -> Uuid {
    let hex = sha256_hex(format!("{notice} {person}").as_bytes());
    Uuid::try_parse(hex.get(..32).unwrap_or_default()).unwrap_or(notice)
}

impl Deliver for Expand {
    fn deliver<'a>(
        &'a self,
        store: &'a Store,
        row: &'a outbox::Model,
    ) -> BoxFuture<'a, Result<Delivery, Error>> {
        Box::pin(async move {
            let notice: Notice = serde_json::from_value(row.payload.clone())?;
            let tx = store.write(&Who::system("notices")).await?;
            let (subject, body) = compose(
                &self.words,
                &row.event,
                &row.object,
                &notice,
                &self.public_url,
            );
            for person in audience::of(&tx, &notice).await? {
                let Some(to) = person.email else { continue };
                let mail = MailRow {
                    to_name: person.name,
                    to,
                    subject: subject.clone(),
                    body: body.clone(),
                };
                push_once(
                    &tx,
                    mail_id(row.id, person.person_id),
                    MAIL,
                    &row.event,
                    &row.object,
                    row.object_id,
                    serde_json::to_value(mail)?,
                )
                .await?;
            }
            tx.commit().await?;
            Ok(Delivery::Done)
        })
    }
}

struct Send {
    mailer: Arc<dyn Mailer>,
}

impl Deliver for Send {
    fn deliver<'a>(
        &'a self,
        _: &'a Store,
        row: &'a outbox::Model,
    ) -> BoxFuture<'a, Result<Delivery, Error>> {
        Box::pin(async move {
            let mail: MailRow = serde_json::from_value(row.payload.clone())?;
            let mail = Mail {
                id: row.id.to_string(),
                to_name: mail.to_name,
                to: mail.to,
                subject: mail.subject,
                body: mail.body,
            };
            Ok(match self.mailer.send(&mail).await {
                Ok(()) => Delivery::Done,
                Err(MailError::Transient(why)) => Delivery::Later(why),
                Err(MailError::Permanent(why)) => Delivery::Never(why),
            })
        })
    }
}
