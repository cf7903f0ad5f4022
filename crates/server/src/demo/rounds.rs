//! The second story: nobody bids, the posting fails (流榜), is changed and posted again (重新发榜).

use super::client::{number, text};
use super::play::Play;
use serde_json::{Value, json};

/// A text in an answer is what it has to be.
pub(super) fn is(answer: &Value, pointer: &str, wanted: &str) -> Result<(), String> {
    let got = text(answer, pointer)?;
    if got == wanted {
        Ok(())
    } else {
        Err(format!("{pointer} is {got}, not {wanted}"))
    }
}

impl Play {
    /// A need is posted, nobody bids, and the second round goes out with a higher ceiling and a longer
    /// window. The ids of the play stay those of the first story.
    ///
    /// # Errors
    /// The first refusal or mismatch.
    pub async fn posted_again(&mut self) -> Result<(), String> {
        let kept = self.ids.clone();
        self.title("流榜、修改、重新发榜");
        self.need_approved().await?;
        self.posting_open().await?;
        let (street, secretary) = (self.cast("street_officer")?, self.cast("secretary")?);
        let first = format!("/api/v1/postings/{}", self.ids.posting);
        self.deadline_passed().await?;
        let failed = self.client.get(&street, &first).await?;
        is(&failed, "/state", "failed")?;
        is(&failed, "/reason_code", "no_bids")?;
        let again = self
            .act(
                "发榜",
                &secretary,
                "posting.reposted",
                &format!("{first}/repost"),
                Self::nothing(),
            )
            .await?;
        let second = format!("/api/v1/postings/{}", text(&again, "/id")?);
        let ceiling = number(&failed, "/budget_ceiling_fen")?.saturating_add(500_000);
        let mut overrides = again["overrides"].clone();
        super::need_to_bids::put(&mut overrides, "bid_window_days", json!(20));
        let change = json!({ "budget_ceiling_fen": ceiling, "overrides": overrides });
        let version = number(&again, "/version")?;
        let changed = self
            .client
            .patch(&secretary, &second, version, change)
            .await?;
        self.say("发榜", &secretary, "posting.draft_amended", &changed);
        self.act(
            "发榜",
            &secretary,
            "posting.submitted",
            &format!("{second}/submit"),
            Self::nothing(),
        )
        .await?;
        let approver = self.cast("street_approver")?;
        let approval = json!({ "content_acknowledged": true });
        let open = self
            .act(
                "发榜",
                &approver,
                "posting.published",
                &format!("{second}/approve"),
                approval,
            )
            .await?;
        is(&open, "/state", "open")?;
        is(
            &open,
            "/number",
            &format!("{}-R2", text(&failed, "/number")?),
        )?;
        is(&open, "/project_id", &text(&failed, "/project_id")?)?;
        self.ids = kept;
        Ok(())
    }
}
