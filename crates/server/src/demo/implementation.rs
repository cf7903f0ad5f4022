//! Scenes of 实施: agreement, milestones, payments, completion report.

use super::client::{list, number, text};
use super::play::{Play, agent_of};
use chrono::NaiveDate;
use serde_json::{Value, json};

impl Play {
    fn contract_path(&self, verb: &str) -> String {
        format!("/api/v1/contracts/{}/{verb}", self.ids.contract)
    }

    /// The contract as the street sees it.
    ///
    /// # Errors
    /// The refusal.
    pub async fn contract(&mut self) -> Result<Value, String> {
        let street = self.cast("street_officer")?;
        self.client
            .get(&street, &format!("/api/v1/contracts/{}", self.ids.contract))
            .await
    }

    /// The agreement is generated, sent and signed by both sides.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn contract_signed(&mut self) -> Result<(), String> {
        let (street, head) = (self.cast("street_officer")?, self.cast("winner_legal_rep")?);
        let hash = self.contract_sent().await?;
        let sign = self.contract_path("sign");
        self.act(
            "承榜",
            &head,
            "contract.party_signed",
            &sign,
            json!({ "content_hash": hash }),
        )
        .await?;
        self.act(
            "承榜",
            &street,
            "contract.signed",
            &sign,
            json!({ "content_hash": hash }),
        )
        .await?;
        Ok(())
    }

    /// The agreement is generated and sent; answers the hash to sign.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn contract_sent(&mut self) -> Result<String, String> {
        let street = self.cast("street_officer")?;
        // without an award the result of a statutory procedure was taken in
        let basis = if self.ids.award.is_empty() {
            format!("/api/v1/postings/{}/contract", self.ids.posting)
        } else {
            format!("/api/v1/awards/{}/contract", self.ids.award)
        };
        let made = self
            .act("承榜", &street, "contract.drafted", &basis, Self::nothing())
            .await?;
        self.ids.contract = text(&made, "/id")?;
        let send = self.contract_path("send");
        let sent = self
            .act("承榜", &street, "contract.sent", &send, Self::nothing())
            .await?;
        text(&sent, "/content_hash")
    }

    /// The work begins on its day.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn work_started(&mut self) -> Result<(), String> {
        let agent = self.cast("winner_agent")?;
        let contract = self.contract().await?;
        let starts: NaiveDate = text(&contract, "/content/starts_on")?
            .parse()
            .map_err(|_| "starts_on is no date")?;
        self.morning(starts, "服务开始").await?;
        let activate = self.contract_path("activate");
        self.act(
            "实施",
            &agent,
            "contract.activated",
            &activate,
            Self::nothing(),
        )
        .await?;
        self.pay_eligible().await
    }

    /// Every milestone is handed in and verified on its day, and what becomes due is paid.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn work_done(&mut self) -> Result<(), String> {
        self.work_started().await?;
        for (milestone, tale) in list(&self.contract().await?, "/milestones")?
            .iter()
            .zip(list(&self.story, "/milestones")?)
        {
            let due: NaiveDate = text(milestone, "/due_on")?
                .parse()
                .map_err(|_| "due_on is no date")?;
            self.morning(due, "里程碑到期日").await?;
            self.milestone_verified(&text(milestone, "/id")?, &tale)
                .await?;
            self.pay_eligible().await?;
        }
        Ok(())
    }

    async fn milestone_verified(&mut self, id: &str, tale: &Value) -> Result<(), String> {
        let (agent, secretary, resident) = (
            self.cast("winner_agent")?,
            self.cast("secretary")?,
            self.cast("resident_rep_acceptance")?,
        );
        let evidence = list(tale, "/indicators")?.into_iter().map(|row| json!({ "name": row["name"], "actual": row["actual"], "evidence": "见随附汇总表与现场记录。" }));
        let body = json!({ "summary": tale["evidence"], "indicators": evidence.collect::<Vec<_>>(), "volunteer_hours": tale["volunteer_hours"] });
        self.act(
            "实施",
            &agent,
            "milestone.submitted",
            &format!("/api/v1/milestones/{id}/submit"),
            body,
        )
        .await?;
        let verdict = json!({ "ratio_percent": 100, "comment": tale["acceptance_note"] });
        self.act(
            "实施",
            &secretary,
            "milestone.verified 1/2",
            &format!("/api/v1/milestones/{id}/verify"),
            verdict.clone(),
        )
        .await?;
        self.act(
            "实施",
            &resident,
            "milestone.verified 2/2",
            &format!("/api/v1/milestones/{id}/verify"),
            verdict,
        )
        .await?;
        Ok(())
    }

    /// Every eligible payment is requested, approved and recorded as paid.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn pay_eligible(&mut self) -> Result<(), String> {
        let (agent, street) = (self.cast("winner_agent")?, self.cast("street_officer")?);
        for payment in list(&self.contract().await?, "/payments")? {
            if payment["state"] != json!("eligible") {
                continue;
            }
            let (id, seq) = (text(&payment, "/id")?, number(&payment, "/seq")?);
            let at = |verb: &str| format!("/api/v1/payments/{id}/{verb}");
            self.act(
                "实施",
                &agent,
                "payment.requested",
                &at("request"),
                json!({ "invoice": format!("发票 0410{seq:04}") }),
            )
            .await?;
            self.act(
                "实施",
                &street,
                "payment.approved",
                &at("approve"),
                Self::nothing(),
            )
            .await?;
            self.act(
                "实施",
                &street,
                "payment.paid",
                &at("record_payment"),
                json!({ "payment_reference": format!("国库支付 2026-{seq:04}") }),
            )
            .await?;
        }
        Ok(())
    }

    /// The completion report is handed in and accepted.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn report_accepted(&mut self) -> Result<(), String> {
        self.report_submitted().await?;
        self.report_checked().await
    }

    /// The contractor hands in the completion report.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn report_submitted(&mut self) -> Result<(), String> {
        let agent = agent_of(&self.cast("winner")?, "org_agent")?;
        let report = self.tale("/completion_report")?;
        let submit = self.contract_path("submit_completion_report");
        self.act(
            "实施",
            &agent,
            "completion_report.submitted",
            &submit,
            report,
        )
        .await?;
        Ok(())
    }

    /// The street accepts it.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn report_checked(&mut self) -> Result<(), String> {
        let street = self.cast("street_officer")?;
        let accept = self.contract_path("accept_report");
        let note = self.tale("/report_check/note")?;
        self.act(
            "实施",
            &street,
            "report.accepted",
            &accept,
            json!({ "note": note }),
        )
        .await?;
        Ok(())
    }
}
