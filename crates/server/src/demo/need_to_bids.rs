//! Scenes of 评榜, 发榜 and 揭榜.

use super::client::{list, text};
use super::play::{Play, agent_of};
use chrono::Duration;
use serde_json::{Value, json};

impl Play {
    /// 评榜: from the secretary's draft to the street's approval.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn need_approved(&mut self) -> Result<(), String> {
        let (secretary, street, third) = (
            self.cast("secretary")?,
            self.cast("street_officer")?,
            self.cast("third_party")?,
        );
        let need = self.need_of_the_story()?;
        let made = self
            .act("评榜", &secretary, "need.drafted", "/api/v1/needs", need)
            .await?;
        let id = text(&made, "/id")?;
        self.ids.need = id.clone();
        let at = |verb: &str| format!("/api/v1/needs/{id}/{verb}");
        self.act(
            "评榜",
            &secretary,
            "need.submitted",
            &at("submit"),
            Self::nothing(),
        )
        .await?;
        let key = text(&self.story, "/cast/third_party_organisation")?;
        let analyst = self.organisation(&key).await?;
        self.act(
            "评榜",
            &street,
            "need.accepted",
            &at("accept"),
            json!({ "analyst_organisation_id": analyst, "not_authority_duty": true, "duplicates_checked": true }),
        )
        .await?;
        self.act(
            "评榜",
            &street,
            "need.review_started",
            &at("start_review"),
            Self::nothing(),
        )
        .await?;
        let mut analysis = self.tale("/analysis")?;
        put(&mut analysis, "no_conflict", json!(true));
        self.act("评榜", &third, "need.analysed", &at("analyses"), analysis)
            .await?;
        let opinions = list(&self.story, "/opinions")?;
        for (opinion, speciality) in opinions.iter().zip(self.specialities(&opinions)?) {
            let body = json!({ "opinion": opinion["opinion"], "parts": opinion["parts"], "speciality": speciality, "no_conflict": true });
            self.act(
                "评榜",
                &text(opinion, "/account")?,
                "need.opinion_given",
                &at("opinions"),
                body,
            )
            .await?;
        }
        self.act(
            "评榜",
            &street,
            "need.approved",
            &at("approve"),
            Self::nothing(),
        )
        .await?;
        Ok(())
    }

    /// The need of the story, as its community's secretary writes it.
    fn need_of_the_story(&self) -> Result<Value, String> {
        let district: Value = serde_json::from_str(crate::bundle::DEMO_DISTRICT)
            .map_err(|error| error.to_string())?;
        let (community, title) = (
            text(&self.story, "/need/community")?,
            text(&self.story, "/need/title")?,
        );
        let needs = list(&district, "/needs")?;
        let found = needs
            .into_iter()
            .find(|need| need["community"] == json!(community) && need["title"] == json!(title));
        found.ok_or_else(|| "the district has no need of the story".to_owned())
    }

    /// One speciality for each opinion, all different.
    fn specialities(&self, opinions: &[Value]) -> Result<Vec<String>, String> {
        let district: Value = serde_json::from_str(crate::bundle::DEMO_DISTRICT)
            .map_err(|error| error.to_string())?;
        let people = list(&district, "/people")?;
        let mut taken: Vec<String> = Vec::new();
        for opinion in opinions {
            let person = people
                .iter()
                .find(|person| person["account"] == opinion["account"])
                .ok_or("an opinion of nobody")?;
            let own = list(person, "/expert/specialities")?;
            let free = own
                .iter()
                .filter_map(Value::as_str)
                .find(|code| !taken.iter().any(|known| known == code));
            taken.push(
                free.ok_or("the experts share their specialities")?
                    .to_owned(),
            );
        }
        Ok(taken)
    }

    /// 发榜: drafted by the secretary, approved by a second person, open.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn posting_open(&mut self) -> Result<(), String> {
        let (secretary, approver) = (self.cast("secretary")?, self.cast("street_approver")?);
        let body = self.posting_body().await?;
        let made = self
            .act(
                "发榜",
                &secretary,
                "posting.drafted",
                "/api/v1/postings",
                body,
            )
            .await?;
        self.ids.posting = text(&made, "/id")?;
        self.ids.project = text(&made, "/project_id")?;
        let at = |verb: &str| format!("/api/v1/postings/{}/{verb}", self.ids.posting);
        let (submit, approve) = (at("submit"), at("approve"));
        self.act(
            "发榜",
            &secretary,
            "posting.submitted",
            &submit,
            Self::nothing(),
        )
        .await?;
        self.act(
            "发榜",
            &approver,
            "posting.published",
            &approve,
            json!({ "content_acknowledged": true }),
        )
        .await?;
        Ok(())
    }

    /// The posting of the story with its day offsets turned into dates.
    ///
    /// # Errors
    /// When the story lacks a member.
    pub async fn posting_body(&mut self) -> Result<Value, String> {
        let tale = self.tale("/posting")?;
        let today = self.today().await?;
        let days = |pointer: &str| {
            tale.pointer(pointer)
                .and_then(Value::as_i64)
                .ok_or_else(|| format!("the story has no {pointer}"))
        };
        let starts = today + Duration::days(days("/period/start_offset_days")?);
        let ends = today + Duration::days(days("/period/end_offset_days")?);
        let milestones = list(&tale, "/milestones")?.into_iter().map(|milestone| {
            let offset = milestone["due_offset_days"].as_i64().unwrap_or_default();
            json!({ "title": milestone["title"], "content": milestone["content"], "due_on": starts + Duration::days(offset), "indicators": milestone["indicators"] })
        });
        let milestones: Vec<Value> = milestones.collect();
        Ok(json!({
            "need_ids": [self.ids.need], "title": tale["title"], "field": tale["field"], "budget_ceiling_fen": tale["budget_ceiling_fen"],
            "content": {
                "service_content": tale["service_content"], "minimum_quantity": tale["minimum_quantity"], "target_groups": tale["target_groups"],
                "communities": tale["communities"], "starts_on": starts, "ends_on": ends, "funding_source": tale["funding_source"],
                "buyer": { "kind": "street_office", "name": "惠济区迎宾路街道办事处", "contact": "0371-55508020" },
                "accepts_joint_bids": tale["accepts_joint_bids"], "accepts_filed_organisations": tale["accepts_filed_organisations"],
                "eligibility": tale["eligibility"], "required_documents": tale["required_documents"], "agreement_terms": tale["agreement_terms"],
                "milestones": milestones, "objection_contact": tale["objection_contact"], "personal_data_notice": tale["personal_data_notice"],
            },
            "overrides": { "evaluation_weights": tale["evaluation_weights"] },
        }))
    }

    /// 揭榜: three organisations draft, their legal representatives sign, their agents hand in.
    ///
    /// # Errors
    /// The first refusal, or a bid that somebody else can see.
    pub async fn bids_submitted(&mut self) -> Result<(), String> {
        for bid in list(&self.story, "/bids")? {
            let key = text(&bid, "/organisation")?;
            self.bid_submitted(&key, &bid).await?;
        }
        let street = self.cast("street_officer")?;
        let seen = self
            .client
            .get(
                &street,
                &format!("/api/v1/bids?posting={}", self.ids.posting),
            )
            .await?;
        if !list(&seen, "/items")?.is_empty() {
            return Err("the street sees bids before the deadline".to_owned());
        }
        Ok(())
    }

    /// One organisation's bid, from draft to receipt.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn bid_submitted(&mut self, key: &str, bid: &Value) -> Result<Value, String> {
        let id = self.bid_drafted(key, bid).await?;
        let (agent, head) = (agent_of(key, "org_agent")?, agent_of(key, "org_legal_rep")?);
        self.act(
            "揭榜",
            &head,
            "bid.signed",
            &format!("/api/v1/bids/{id}/sign"),
            Self::nothing(),
        )
        .await?;
        self.act(
            "揭榜",
            &agent,
            "bid.submitted",
            &format!("/api/v1/bids/{id}/submit"),
            Self::nothing(),
        )
        .await
    }

    /// One organisation's draft; answers its id.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn bid_drafted(&mut self, key: &str, bid: &Value) -> Result<String, String> {
        let organisation = self.organisation(key).await?;
        let mut letter = bid.clone();
        if let Some(members) = letter.as_object_mut() {
            for name in ["organisation", "mode", "price_fen"] {
                members.remove(name);
            }
        }
        put(
            &mut letter,
            "commitments",
            json!({ "no_conflict": true, "truthful": true, "child_protection": true }),
        );
        let body = json!({ "posting_id": self.ids.posting, "organisation_id": organisation, "price_fen": bid["price_fen"], "letter": letter });
        let made = self
            .act(
                "揭榜",
                &agent_of(key, "org_agent")?,
                "bid.drafted",
                "/api/v1/bids",
                body,
            )
            .await?;
        let id = text(&made, "/id")?;
        self.ids.bids.insert(key.to_owned(), id.clone());
        Ok(id)
    }

    /// A bid of the story.
    ///
    /// # Errors
    /// When the story has no bid of the organisation.
    pub fn bid_of(&self, key: &str) -> Result<Value, String> {
        list(&self.story, "/bids")?
            .into_iter()
            .find(|bid| bid["organisation"] == json!(key))
            .ok_or_else(|| format!("the story has no bid of {key}"))
    }

    /// The deadline passes, the box is opened, the street finds all bids eligible.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn bids_qualified(&mut self) -> Result<(), String> {
        let street = self.cast("street_officer")?;
        self.deadline_passed().await?;
        for id in self.ids.bids.clone().into_values() {
            self.act(
                "承榜",
                &street,
                "bid.qualified",
                &format!("/api/v1/bids/{id}/qualify"),
                Self::nothing(),
            )
            .await?;
        }
        Ok(())
    }

    /// The clock moves past the bid deadline.
    ///
    /// # Errors
    /// The first refusal, or a posting that is not closed.
    pub async fn deadline_passed(&mut self) -> Result<(), String> {
        let street = self.cast("street_officer")?;
        let path = format!("/api/v1/postings/{}", self.ids.posting);
        let posting = self.client.get(&street, &path).await?;
        self.pass(
            super::client::instant(&posting, "/bid_deadline")?,
            "揭榜截止",
        )
        .await?;
        let posting = self.client.get(&street, &path).await?;
        self.say("揭榜", "system", "posting.closed", &posting);
        Ok(())
    }
}

/// Sets a member of an object.
pub(super) fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
