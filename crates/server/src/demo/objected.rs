//! The fourth story: the first in rank loses its award to an objection that is upheld (异议成立), a joint bid (联合揭榜)
//! follows, and an objection to that is dismissed (异议不成立).

use super::client::{number, text};
use super::need_to_bids::put;
use super::play::{Play, agent_of};
use super::rounds::is;
use chrono::Duration;
use serde_json::{Value, json};

/// Who bids alone and comes first, who leads the joint bid, and its partner.
const ALONE: &str = "lelin";
const LEAD: &str = "yinxing";
const PARTNER: &str = "xinhuo";

/// What becomes of an objection, and what it says.
struct Case<'a> {
    /// Who objects, and who holds the award.
    by: &'a str,
    against: &'a str,
    facts: &'a str,
    /// The effect demanded, and the demand in words.
    demand: (&'a str, &'a str),
    answer: &'a str,
    outcome: &'a str,
    effect: Value,
    reason: &'a str,
}

impl Play {
    /// A need is posted, one organisation bids alone and two together; two objections decide who gets the award. The
    /// ids of the play stay those of the first story.
    ///
    /// # Errors
    /// The first refusal or mismatch.
    pub async fn objected(&mut self) -> Result<(), String> {
        let kept = self.ids.clone();
        self.title("联合揭榜、异议成立递补、异议不成立");
        self.ids.bids.clear();
        self.need_approved().await?;
        self.posting_open().await?;
        self.bid_submitted(ALONE, &self.bid_of(ALONE)?).await?;
        self.joint_bid().await?;
        self.bids_qualified().await?;
        self.award_proposed().await?;
        self.objection(Case {
            by: LEAD,
            against: ALONE,
            facts: "拟承榜组织的项目主管自本月起不再受聘于该组织,意向书所列团队与事实不符。",
            demand: ("next_in_rank", "请求撤销拟承榜,由排名第二的意向书递补"),
            answer: "该主管确已离职,我们没有及时说明。",
            outcome: "upheld",
            effect: json!("next_in_rank"),
            reason: "经核对劳动合同与社保记录,意向书所列主管已离职,团队不再具备,予以支持。",
        })
        .await?;
        self.next_in_rank().await?;
        self.objection(Case {
            by: ALONE,
            against: LEAD,
            facts: "公示的总分与各评分项平均分之和不一致,汇总有误。",
            demand: ("reevaluate", "请求重新计算总分并重新确定排序"),
            answer: "我们对分数没有补充说明。",
            outcome: "dismissed",
            effect: Value::Null,
            reason: "经复核全部评分表,总分为各成员总分的平均数,汇总无误,不予支持。",
        })
        .await?;
        self.award_noticed().await?;
        let path = format!("/api/v1/bids/{}", self.ids.bids[LEAD]);
        let bid = self
            .client
            .get(&agent_of(PARTNER, "org_agent")?, &path)
            .await?;
        is(&bid, "/state", "awarded")?;
        is(&bid, "/mode", "joint")?;
        self.ids = kept;
        Ok(())
    }

    /// The lead drafts, its partner joins and confirms what it has read, and both hand in together.
    async fn joint_bid(&mut self) -> Result<(), String> {
        let id = self.bid_drafted(LEAD, &self.bid_of(LEAD)?).await?;
        let (lead, head) = (
            agent_of(LEAD, "org_agent")?,
            agent_of(LEAD, "org_legal_rep")?,
        );
        let (agent, partner) = (
            agent_of(PARTNER, "org_agent")?,
            agent_of(PARTNER, "org_legal_rep")?,
        );
        let own = self.organisation(LEAD).await?;
        let other = self.organisation(PARTNER).await?;
        let path = format!("/api/v1/bids/{id}");
        let draft = self.client.get(&lead, &path).await?;
        let mut letter = draft["letter"].clone();
        let shares = json!([
            { "organisation_id": own, "share_bp": 7000, "work": "总体实施、骨干培训与质量监测" },
            { "organisation_id": other, "share_bp": 3000, "work": "志愿者招募与结对陪伴" },
        ]);
        put(
            &mut letter,
            "consortium",
            json!({ "shares": shares, "joint_liability": true }),
        );
        let change = json!({ "mode": "joint", "letter": letter });
        self.client
            .patch(&lead, &path, number(&draft, "/version")?, change)
            .await?;
        let invite = json!({ "organisation_id": other, "role": "partner" });
        self.act(
            "揭榜",
            &lead,
            "bid.member_invited",
            &format!("{path}/invite_member"),
            invite,
        )
        .await?;
        let accept = json!({ "organisation_id": other });
        let joined = self
            .act(
                "揭榜",
                &agent,
                "bid.member_joined",
                &format!("{path}/accept_invitation"),
                accept,
            )
            .await?;
        let confirm = json!({ "organisation_id": other, "content_hash": joined["content_hash"] });
        self.act(
            "揭榜",
            &partner,
            "bid.member_confirmed",
            &format!("{path}/confirm"),
            confirm,
        )
        .await?;
        self.act(
            "揭榜",
            &head,
            "bid.submitted",
            &format!("{path}/submit"),
            Self::nothing(),
        )
        .await?;
        Ok(())
    }

    /// Somebody objects to the award, the awardee is heard, the street's officer for objections decides.
    async fn objection(&mut self, case: Case<'_>) -> Result<(), String> {
        let officer = self.cast("street_objection_officer")?;
        let (objector, awardee) = (
            agent_of(case.by, "org_agent")?,
            agent_of(case.against, "org_agent")?,
        );
        let award = format!("/api/v1/awards/{}", self.ids.award);
        let form = json!({
            "target": "award", "target_id": self.ids.award, "organisation_id": self.organisation(case.by).await?,
            "grounds": [{ "code": "facts", "facts": case.facts }],
            "demand": { "effect": case.demand.0, "text": case.demand.1 },
        });
        let made = self
            .act(
                "异议",
                &objector,
                "objection.submitted",
                "/api/v1/objections",
                form,
            )
            .await?;
        let at = |verb: &str| {
            format!(
                "/api/v1/objections/{}/{verb}",
                made["id"].as_str().unwrap_or_default()
            )
        };
        self.act(
            "异议",
            &officer,
            "objection.accepted",
            &at("accept"),
            Self::nothing(),
        )
        .await?;
        let suspended = self.client.get(&officer, &award).await?;
        is(&suspended, "/state", "suspended")?;
        self.say("承榜", "system", "award.suspended", &suspended);
        let question = json!({ "question": "请就异议所述事实作出说明" });
        self.act(
            "异议",
            &officer,
            "objection.hearing_opened",
            &at("hearing"),
            question,
        )
        .await?;
        let heard = self.today().await? + Duration::days(1);
        self.morning(heard, "被异议方陈述").await?;
        let words = json!({ "text": case.answer });
        self.act("异议", &awardee, "objection.answered", &at("answer"), words)
            .await?;
        let decision =
            json!({ "outcome": case.outcome, "effect": case.effect, "reason": case.reason });
        let done = self
            .act(
                "异议",
                &officer,
                "objection.decided",
                &at("decide"),
                decision,
            )
            .await?;
        is(&done, "/state", case.outcome)?;
        let after = self.client.get(&officer, &award).await?;
        let (state, event) = match case.outcome {
            "upheld" => ("revoked", "award.revoked"),
            _ => ("in_publicity", "award.resumed"),
        };
        is(&after, "/state", state)?;
        self.say("承榜", "system", event, &after);
        Ok(())
    }

    /// The street proposes the joint bid, which is next.
    async fn next_in_rank(&mut self) -> Result<(), String> {
        let street = self.cast("street_officer")?;
        let body =
            json!({ "bid_id": self.ids.bids[LEAD], "reason": "异议成立,按照评审排名由候补递补" });
        let path = format!("/api/v1/postings/{}/propose_award", self.ids.posting);
        let next = self
            .act("承榜", &street, "award.proposed", &path, body)
            .await?;
        is(&next, "/state", "in_publicity")?;
        self.ids.award = text(&next, "/id")?;
        Ok(())
    }
}
