//! The satisfaction survey of a 考榜: some answer with codes, the others on paper.

use super::client::{list, number, text};
use super::play::Play;
use serde_json::{Value, json};

impl Play {
    /// Who organises opens the survey, residents answer, who organises counts the paper and closes. Of those who are
    /// very satisfied so many answer with codes.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn surveyed(
        &mut self,
        organiser: &str,
        counts: &Value,
        by_code: i64,
    ) -> Result<(), String> {
        let at = |verb: &str| format!("/api/v1/evaluations/{}/{verb}", self.ids.evaluation);
        let (open, issue, paper, close) = (
            at("open_survey"),
            at("issue_codes"),
            at("paper_counts"),
            at("close_survey"),
        );
        let today = self.today().await?;
        let plan = json!({ "registered_beneficiaries": 186, "ends_on": today });
        let opened = self
            .act("考榜", organiser, "survey.opened", &open, plan)
            .await?;
        let mut sheets = counts.clone();
        if by_code > 0 {
            let community = text(&opened, "/survey_progress/communities/0")?;
            let wanted = json!({ "community": community, "count": by_code });
            // the codes themselves are told to nobody but those who get them on paper
            let issued = self.client.post(organiser, &issue, wanted).await?;
            let public = format!(
                "/api/v1/public/evaluations/{}/survey_answers",
                self.ids.evaluation
            );
            for code in list(&issued, "/codes")? {
                let answer = json!({ "code": code, "answer": "very_satisfied" });
                self.client.post_unsigned(&public, answer).await?;
            }
            sheets["very_satisfied"] = json!(number(counts, "/very_satisfied")? - by_code);
        }
        sheets["kept_at"] = json!("街道档案室 2026 年考榜第 3 盒");
        self.act("考榜", organiser, "survey.paper_counted", &paper, sheets)
            .await?;
        let reasons = json!({ "early_reason": "问卷已经全部收回,提前结束调查。", "shortfall_reason": "部分服务对象住院,无法完成问卷。" });
        self.act("考榜", organiser, "survey.closed", &close, reasons)
            .await?;
        Ok(())
    }
}
