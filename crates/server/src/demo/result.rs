//! Scenes of 承榜 and 考榜: panels, sheets, publicities.

use super::client::{instant, list, text};
use super::play::{Play, residents_of};
use serde_json::{Value, json};

impl Play {
    /// 承榜: the panel is drawn, declares, scores and signs; the street proposes the first in rank.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn award_proposed(&mut self) -> Result<(), String> {
        self.panel_formed().await?;
        self.bids_scored().await?;
        let (street, winner) = (self.cast("street_officer")?, self.cast("winner")?);
        let body = json!({ "bid_id": self.ids.bids.get(&winner), "reason": self.tale("/award/decision_reason")? });
        let path = format!("/api/v1/postings/{}/propose_award", self.ids.posting);
        let award = self
            .act("承榜", &street, "award.proposed", &path, body)
            .await?;
        self.ids.award = text(&award, "/id")?;
        Ok(())
    }

    /// Seats of the award panel: (account, place in the story's sheets).
    async fn seats(&mut self) -> Result<Vec<(String, usize)>, String> {
        self.learn_experts().await?;
        let street = self.cast("street_officer")?;
        let panel = self
            .client
            .get(
                &street,
                &format!("/api/v1/postings/{}/panel", self.ids.posting),
            )
            .await?;
        let sheets = list(&self.story, "/score_sheets")?;
        let mut drawn = 0;
        let mut seats = Vec::new();
        for member in list(&panel, "/members")?
            .iter()
            .filter(|member| member["active"] == json!(true))
        {
            let person = text(member, "/person_id")?;
            match self.experts.get(&person) {
                Some(account) => {
                    seats.push((account.clone(), drawn));
                    drawn += 1;
                }
                None => {
                    for (place, sheet) in sheets
                        .iter()
                        .enumerate()
                        .filter(|(_, sheet)| !sheet["account"].is_null())
                    {
                        let account = text(sheet, "/account")?;
                        if self.client.person(&account).await? == person {
                            seats.push((account, place));
                        }
                    }
                }
            }
        }
        Ok(seats)
    }

    /// The panel is formed and every member declares.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn panel_formed(&mut self) -> Result<(), String> {
        let street = self.cast("street_officer")?;
        let community = self.client.person(&self.cast("street_approver")?).await?;
        let department = self
            .client
            .person(&self.cast("department_officer")?)
            .await?;
        let body =
            json!({ "community_person_ids": [community], "department_person_ids": [department] });
        let panel = self
            .act(
                "承榜",
                &street,
                "panel.formed",
                &format!("/api/v1/postings/{}/panel", self.ids.posting),
                body,
            )
            .await?;
        let declare = format!("/api/v1/panels/{}/declare", text(&panel, "/id")?);
        for (account, _) in self.seats().await? {
            self.act(
                "承榜",
                &account,
                "panel.declared",
                &declare,
                json!({ "clear": true }),
            )
            .await?;
        }
        Ok(())
    }

    /// The evaluation starts, every seat scores every bid, all sign the report.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn bids_scored(&mut self) -> Result<(), String> {
        self.scoring_started().await?;
        self.report_signed().await
    }

    /// The evaluation starts.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn scoring_started(&mut self) -> Result<(), String> {
        let street = self.cast("street_officer")?;
        let start = format!("/api/v1/postings/{}/start_evaluation", self.ids.posting);
        self.act(
            "承榜",
            &street,
            "posting.evaluation_started",
            &start,
            Self::nothing(),
        )
        .await?;
        Ok(())
    }

    /// Every seat scores every bid, all sign the report.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn report_signed(&mut self) -> Result<(), String> {
        let at = |verb: &str| format!("/api/v1/postings/{}/{verb}", self.ids.posting);
        let (score, sign) = (at("score_sheets"), at("sign_report"));
        let seats = self.seats().await?;
        for (account, place) in &seats {
            for sheet in list(&self.story, &format!("/score_sheets/{place}/sheets"))? {
                let bid = self.ids.bids.get(&text(&sheet, "/organisation")?).cloned();
                let Some(bid) = bid else { continue };
                let body = json!({ "bid_id": bid, "points": sheet["points"], "reasons": sheet["reasons"], "comment": sheet["comment"] });
                self.act("承榜", account, "score.submitted", &score, body)
                    .await?;
            }
        }
        for (account, _) in &seats {
            self.act("承榜", account, "report.signed", &sign, Self::nothing())
                .await?;
        }
        Ok(())
    }

    /// The publicity passes without objection; the notice goes out.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn award_noticed(&mut self) -> Result<(), String> {
        let street = self.cast("street_officer")?;
        let path = format!("/api/v1/awards/{}", self.ids.award);
        let award = self.client.get(&street, &path).await?;
        self.pass(instant(&award, "/publicity_ends_at")?, "承榜公示期满")
            .await?;
        let award = self.client.get(&street, &path).await?;
        self.say("承榜", "system", "award.confirmed", &award);
        self.act(
            "承榜",
            &street,
            "award.notice_issued",
            &format!("{path}/issue_notice"),
            Self::nothing(),
        )
        .await?;
        Ok(())
    }

    /// 考榜: evaluation opened, panel, survey, sealed sheets, exact total.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn evaluation_scored(&mut self) -> Result<(), String> {
        self.evaluation_opened().await?;
        self.evaluation_carried_out().await
    }

    /// The street entrusts the third party.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn evaluation_opened(&mut self) -> Result<(), String> {
        let street = self.cast("street_officer")?;
        let key = text(&self.story, "/cast/third_party_organisation")?;
        let body = json!({ "third_party_organisation_id": self.organisation(&key).await? });
        let made = self
            .act(
                "考榜",
                &street,
                "evaluation.opened",
                &format!("/api/v1/contracts/{}/evaluation", self.ids.contract),
                body,
            )
            .await?;
        self.ids.evaluation = text(&made, "/id")?;
        Ok(())
    }

    /// Panel, survey and every sheet.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn evaluation_carried_out(&mut self) -> Result<(), String> {
        let third = self.cast("third_party")?;
        let at = |verb: &str| format!("/api/v1/evaluations/{}/{verb}", self.ids.evaluation);
        let (panel, start, sheets) = (at("panel"), at("start_scoring"), at("score_sheets"));
        let body = json!({ "experts": list(&self.story, "/evaluation_sheets/experts")?.len(),
            "community_person_ids": self.persons("community_party_org").await?,
            "residents": list(&self.story, "/evaluation_sheets/residents")?.len(),
            "department_person_ids": self.persons("departments").await? });
        let formed = self
            .act("考榜", &third, "panel.formed", &panel, body)
            .await?;
        let assessors = self.assessors(&formed).await?;
        let declare = format!("/api/v1/panels/{}/declare", text(&formed, "/panel/id")?);
        for (account, _) in &assessors {
            self.act(
                "考榜",
                account,
                "panel.declared",
                &declare,
                json!({ "clear": true }),
            )
            .await?;
        }
        let counts = self.tale("/survey")?;
        self.surveyed(&third, &counts, 6).await?;
        self.act(
            "考榜",
            &third,
            "evaluation.scoring_started",
            &start,
            Self::nothing(),
        )
        .await?;
        for (account, sheet) in &assessors {
            let body = json!({ "points": sheet["points"], "comment": sheet["comment"] });
            self.act("考榜", account, "score.submitted", &sheets, body)
                .await?;
        }
        Ok(())
    }

    /// Persons of a party that the story names.
    async fn persons(&mut self, party: &str) -> Result<Vec<String>, String> {
        let mut persons = Vec::new();
        for sheet in list(&self.story, &format!("/evaluation_sheets/{party}"))? {
            let account = match text(&sheet, "/account") {
                Ok(account) => account,
                Err(_) => self.cast("department_officer")?,
            };
            persons.push(self.client.person(&account).await?);
        }
        Ok(persons)
    }

    /// Accounts of an evaluation's members, each with its sheet of the story.
    async fn assessors(&mut self, evaluation: &Value) -> Result<Vec<(String, Value)>, String> {
        self.learn_experts().await?;
        let mut experts = list(&self.story, "/evaluation_sheets/experts")?.into_iter();
        // whom the lot has chosen takes the next of the story's sheets
        let mut residents = list(&self.story, "/evaluation_sheets/residents")?.into_iter();
        let mut drawn = std::collections::HashMap::new();
        let served = list(&self.contract().await?, "/content/communities")?;
        for account in residents_of(&served)? {
            drawn.insert(self.client.person(&account).await?, account);
        }
        let mut assessors = Vec::new();
        for member in list(evaluation, "/panel/members")?
            .iter()
            .filter(|member| member["active"] == json!(true))
        {
            let (person, party) = (text(member, "/person_id")?, text(member, "/party")?);
            if let Some(account) = self.experts.get(&person) {
                assessors.push((
                    account.clone(),
                    experts.next().ok_or("more experts than sheets")?,
                ));
                continue;
            }
            if party == "residents" {
                let account = drawn.get(&person).ok_or("a resident nobody knows")?;
                let sheet = residents.next().ok_or("more residents than sheets")?;
                assessors.push((account.clone(), sheet));
                continue;
            }
            for sheet in list(&self.story, &format!("/evaluation_sheets/{party}"))? {
                let account =
                    text(&sheet, "/account").or_else(|_| self.cast("department_officer"))?;
                if self.client.person(&account).await? == person {
                    assessors.push((account, sheet));
                }
            }
        }
        Ok(assessors)
    }

    /// The result is drafted, notified, shown and confirmed; the last tranche is paid.
    ///
    /// # Errors
    /// The first refusal, or a project that is not closed.
    pub async fn evaluation_confirmed(&mut self) -> Result<(), String> {
        let (street, third) = (self.cast("street_officer")?, self.cast("third_party")?);
        let path = format!("/api/v1/evaluations/{}", self.ids.evaluation);
        let draft = self.tale("/evaluation_draft")?;
        self.act(
            "考榜",
            &third,
            "result.drafted",
            &format!("{path}/draft_result"),
            draft,
        )
        .await?;
        let shown = self
            .act(
                "考榜",
                &street,
                "result.notified",
                &format!("{path}/notify"),
                Self::nothing(),
            )
            .await?;
        self.pass(instant(&shown, "/publicity_ends_at")?, "考榜结果公示期满")
            .await?;
        let confirmed = self.client.get(&street, &path).await?;
        self.say("考榜", "system", "evaluation.confirmed", &confirmed);
        self.pay_eligible().await?;
        let project = self
            .client
            .get(&street, &format!("/api/v1/projects/{}", self.ids.project))
            .await?;
        if project["stage"] != json!("closed") {
            return Err(format!("the project is not closed: {project}"));
        }
        Ok(())
    }
}
