//! The third story: two micro-wishes (微心愿) become an order — residents order, the community dispatches, an
//! organisation accepts, the project is closed (居民点单、社区派单、组织接单、项目结单).

use super::client::{instant, list, text};
use super::need_to_bids::put;
use super::play::{Ids, Play};
use chrono::Duration;
use serde_json::{Value, json};

const WISH: &str = include_str!("../../data/demo/wish.json");

/// The receipt of a resident: number and code.
type Receipt = (String, String);

impl Play {
    /// Two residents wish for the same thing; what they ordered is done and graded, and they say so. The ids
    /// of the play stay those of the first story.
    ///
    /// # Errors
    /// The first refusal or mismatch.
    pub async fn micro_wish(&mut self) -> Result<(), String> {
        let wish: Value = serde_json::from_str(WISH).map_err(|error| format!("wish: {error}"))?;
        let (ids, story) = (
            std::mem::take(&mut self.ids),
            self.story_with(
                &wish,
                &["milestones", "completion_report", "evaluation_draft"],
            ),
        );
        self.title("微心愿:居民点单、社区派单、组织接单、项目结单");
        let outcome = self.wished_and_done(&wish).await;
        self.ids = ids;
        self.story = story;
        outcome
    }

    /// Lets the wish take the place of some members of the story; gives back the story as it was.
    fn story_with(&mut self, wish: &Value, members: &[&str]) -> Value {
        let before = self.story.clone();
        for name in members {
            put(&mut self.story, name, wish[name].clone());
        }
        if let Some(parts) = wish["cast"].as_object() {
            for (part, account) in parts {
                put(&mut self.story["cast"], part, account.clone());
            }
        }
        before
    }

    async fn wished_and_done(&mut self, wish: &Value) -> Result<(), String> {
        let receipts = self.wishes_ordered(wish).await?;
        self.wish_reviewed(wish).await?;
        self.wish_dispatched(wish).await?;
        self.wish_accepted(wish).await?;
        self.award_noticed().await?;
        self.contract_signed().await?;
        self.work_done().await?;
        self.report_accepted().await?;
        self.wish_evaluated(wish).await?;
        self.wish_answered(wish, &receipts).await
    }

    /// 居民点单: each resident gets a receipt, and the secretary makes one need of both wishes.
    async fn wishes_ordered(&mut self, wish: &Value) -> Result<Vec<Receipt>, String> {
        let mut receipts = Vec::new();
        for request in list(wish, "/requests")? {
            let made = self
                .client
                .post_unsigned("/api/v1/public/requests", request)
                .await?;
            self.say("点单", "resident", "request.received", &made);
            receipts.push((text(&made, "/number")?, text(&made, "/code")?));
        }
        let secretary = self.cast("secretary")?;
        let mut ids = Vec::new();
        for (number, _) in &receipts {
            let at = format!("/api/v1/requests/{number}/acknowledge");
            let known = self
                .act(
                    "点单",
                    &secretary,
                    "request.acknowledged",
                    &at,
                    Self::nothing(),
                )
                .await?;
            ids.push(text(&known, "/id")?);
        }
        let (first, others) = ids.split_first().ok_or("nobody wished for anything")?;
        let mut body = wish["need"].clone();
        put(&mut body, "also", json!(others));
        let at = format!("/api/v1/requests/{first}/draft_need");
        let need = self
            .act("点单", &secretary, "need.drafted", &at, body)
            .await?;
        self.ids = Ids {
            need: text(&need, "/id")?,
            ..Ids::default()
        };
        Ok(receipts)
    }

    /// 评榜, with one opinion as for every micro-wish.
    async fn wish_reviewed(&mut self, wish: &Value) -> Result<(), String> {
        let (secretary, street, third) = (
            self.cast("secretary")?,
            self.cast("street_officer")?,
            self.cast("third_party")?,
        );
        let expert = self.cast("expert")?;
        let key = self.cast("third_party_organisation")?;
        let analyst = self.organisation(&key).await?;
        let accept = json!({ "analyst_organisation_id": analyst, "not_authority_duty": true, "duplicates_checked": true });
        let mut analysis = wish["analysis"].clone();
        put(&mut analysis, "no_conflict", json!(true));
        let opinion = json!({ "opinion": wish["opinion"]["opinion"], "parts": wish["opinion"]["parts"], "speciality": "A01", "no_conflict": true });
        let steps = [
            (&secretary, "need.submitted", "submit", Self::nothing()),
            (&street, "need.accepted", "accept", accept),
            (
                &street,
                "need.review_started",
                "start_review",
                Self::nothing(),
            ),
            (&third, "need.analysed", "analyses", analysis),
            (&expert, "need.opinion_given", "opinions", opinion),
            (&street, "need.approved", "approve", Self::nothing()),
        ];
        for (account, event, verb, body) in steps {
            let at = format!("/api/v1/needs/{}/{verb}", self.ids.need);
            self.act("评榜", account, event, &at, body).await?;
        }
        Ok(())
    }

    /// 社区派单: the secretary picks, another member of the committee endorses, the street confirms.
    async fn wish_dispatched(&mut self, wish: &Value) -> Result<(), String> {
        let (secretary, member, approver) = (
            self.cast("secretary")?,
            self.cast("member")?,
            self.cast("street_approver")?,
        );
        let body = self.order_body(wish).await?;
        let made = self
            .act(
                "派单",
                &secretary,
                "posting.drafted",
                "/api/v1/postings",
                body,
            )
            .await?;
        self.ids.posting = text(&made, "/id")?;
        self.ids.project = text(&made, "/project_id")?;
        let approval = json!({ "content_acknowledged": true });
        let steps = [
            (&secretary, "posting.submitted", "submit", Self::nothing()),
            (&member, "posting.endorsed", "endorse", Self::nothing()),
            (&approver, "posting.published", "approve", approval),
        ];
        for (account, event, verb, body) in steps {
            let at = format!("/api/v1/postings/{}/{verb}", self.ids.posting);
            self.act("派单", account, event, &at, body).await?;
        }
        Ok(())
    }

    /// The order, with the terms of the first story where it says nothing of its own.
    async fn order_body(&mut self, wish: &Value) -> Result<Value, String> {
        let order = &wish["posting"];
        let mut body = self.posting_body().await?;
        let organisation = self.organisation(&self.cast("winner")?).await?;
        for name in ["title", "budget_ceiling_fen"] {
            put(&mut body, name, order[name].clone());
        }
        put(&mut body, "type", json!("micro"));
        put(&mut body, "overrides", json!({}));
        put(
            &mut body,
            "order",
            json!({ "organisation_id": organisation, "offering": order["offering"], "reason": order["reason"] }),
        );
        let starts = self.today().await? + Duration::days(45);
        let milestones: Vec<Value> = list(wish, "/milestones")?
            .iter()
            .map(|one| {
                let days = one["due_offset_days"].as_i64().unwrap_or_default();
                let indicators: Vec<Value> = one["indicators"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|row| json!({ "name": row["name"], "unit": row["unit"], "target": row["target"] }))
                    .collect();
                json!({ "title": one["title"], "content": one["content"], "due_on": starts + Duration::days(days), "indicators": indicators })
            })
            .collect();
        let content = &mut body["content"];
        for name in ["service_content", "minimum_quantity"] {
            put(content, name, order[name].clone());
        }
        put(content, "starts_on", json!(starts));
        put(content, "ends_on", json!(starts + Duration::days(60)));
        put(content, "milestones", json!(milestones));
        Ok(body)
    }

    /// 组织接单: the organisation accepts, which closes the order; the street finds it eligible and proposes it.
    async fn wish_accepted(&mut self, wish: &Value) -> Result<(), String> {
        let (agent, head, street) = (
            self.cast("winner_agent")?,
            self.cast("winner_legal_rep")?,
            self.cast("street_officer")?,
        );
        let organisation = self.organisation(&self.cast("winner")?).await?;
        let mut letter = wish["letter"].clone();
        put(
            &mut letter,
            "commitments",
            json!({ "no_conflict": true, "truthful": true, "child_protection": true }),
        );
        let body = json!({ "posting_id": self.ids.posting, "organisation_id": organisation, "price_fen": wish["price_fen"], "letter": letter });
        let made = self
            .act("接单", &agent, "bid.drafted", "/api/v1/bids", body)
            .await?;
        let bid = text(&made, "/id")?;
        let submit = format!("/api/v1/bids/{bid}/submit");
        self.act("接单", &head, "bid.submitted", &submit, Self::nothing())
            .await?;
        let qualify = format!("/api/v1/bids/{bid}/qualify");
        self.act("承榜", &street, "bid.qualified", &qualify, Self::nothing())
            .await?;
        let path = format!("/api/v1/postings/{}/propose_award", self.ids.posting);
        let body = json!({ "bid_id": bid, "reason": "点选的组织已接单,资格审查合格。" });
        let award = self
            .act("承榜", &street, "award.proposed", &path, body)
            .await?;
        self.ids.award = text(&award, "/id")?;
        Ok(())
    }

    /// 考榜 in the simple scheme: the street organises, the secretary scores, residents are asked.
    async fn wish_evaluated(&mut self, wish: &Value) -> Result<(), String> {
        let (street, secretary) = (self.cast("street_officer")?, self.cast("secretary")?);
        let path = format!("/api/v1/contracts/{}/evaluation", self.ids.contract);
        let made = self
            .act("考榜", &street, "evaluation.opened", &path, Self::nothing())
            .await?;
        self.ids.evaluation = text(&made, "/id")?;
        let at = |verb: &str| format!("/api/v1/evaluations/{}/{verb}", self.ids.evaluation);
        let person = self.client.person(&secretary).await?;
        let (panel, start, sheets) = (at("panel"), at("start_scoring"), at("score_sheets"));
        let (draft, notify, whole) = (at("draft_result"), at("notify"), at(""));
        let body = json!({ "community_person_ids": [person] });
        let formed = self
            .act("考榜", &street, "panel.formed", &panel, body)
            .await?;
        let declare = format!("/api/v1/panels/{}/declare", text(&formed, "/panel/id")?);
        self.act(
            "考榜",
            &secretary,
            "panel.declared",
            &declare,
            json!({ "clear": true }),
        )
        .await?;
        self.surveyed(&street, &wish["survey"], 6).await?;
        let steps = [
            (
                &street,
                "evaluation.scoring_started",
                start,
                Self::nothing(),
            ),
            (&secretary, "score.submitted", sheets, wish["sheet"].clone()),
            (
                &street,
                "result.drafted",
                draft,
                wish["evaluation_draft"].clone(),
            ),
        ];
        for (account, event, path, body) in steps {
            self.act("考榜", account, event, &path, body).await?;
        }
        let shown = self
            .act("考榜", &street, "result.notified", &notify, Self::nothing())
            .await?;
        self.pass(instant(&shown, "/publicity_ends_at")?, "考榜结果公示期满")
            .await?;
        let confirmed = self
            .client
            .get(&street, whole.trim_end_matches('/'))
            .await?;
        self.say("考榜", "system", "evaluation.confirmed", &confirmed);
        self.pay_eligible().await
    }

    /// 项目结单: with their receipts the residents read the whole way, and answer.
    async fn wish_answered(&mut self, wish: &Value, receipts: &[Receipt]) -> Result<(), String> {
        for (number, code) in receipts {
            let path = format!("/api/v1/public/requests/{number}");
            let status = self
                .client
                .post_unsigned(&format!("{path}/status"), json!({ "code": code }))
                .await?;
            let fate = text(&status, "/fate")?;
            if fate != "scored" {
                return Err(format!("the wish {number} is {fate}, not scored"));
            }
            let answer = json!({ "code": code, "solved": true, "text": wish["feedback"] });
            let said = self
                .client
                .post_unsigned(&format!("{path}/feedback"), answer)
                .await?;
            self.say("结单", "resident", "request.feedback", &said);
        }
        Ok(())
    }
}
