//! The table at the end, and the check that the service's figures are those recomputed from the story.

use super::client::{list, number, text};
use super::play::Play;
use serde_json::{Value, json};
use wubang_kernel::score::Exact;

/// What the story's own sheets add up to, computed here by hand and not by the service.
pub struct Expected {
    /// Organisation key and total with two decimals, best first.
    pub totals: Vec<(String, String)>,
    /// Evaluation total with two decimals.
    pub evaluation: String,
}

fn sum(points: &Value) -> i64 {
    points
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, value)| value.as_i64())
        .sum()
}

fn mean(values: &[i64]) -> Option<Exact> {
    Exact::mean(
        &values
            .iter()
            .map(|value| Exact::from_int(*value))
            .collect::<Vec<_>>(),
    )
}

impl Play {
    /// Recomputes the story's totals from its raw sheets.
    ///
    /// # Errors
    /// When the story lacks a member.
    pub fn expected(&self) -> Result<Expected, String> {
        let seats = list(&self.story, "/score_sheets")?;
        let mut totals = Vec::new();
        for bid in list(&self.story, "/bids")? {
            let own = seats
                .iter()
                .flat_map(|seat| list(seat, "/sheets").unwrap_or_default())
                .filter(|sheet| sheet["organisation"] == bid["organisation"]);
            let points: Vec<i64> = own.map(|sheet| sum(&sheet["points"])).collect();
            totals.push((
                text(&bid, "/organisation")?,
                mean(&points).ok_or("no sheets")?,
            ));
        }
        totals.sort_by_key(|(_, total)| std::cmp::Reverse(*total));
        Ok(Expected {
            totals: totals
                .into_iter()
                .map(|(key, total)| (key, total.rounded().to_string()))
                .collect(),
            evaluation: self.expected_evaluation()?.rounded().to_string(),
        })
    }

    fn expected_evaluation(&self) -> Result<Exact, String> {
        let party = |name: &str| -> Result<Exact, String> {
            let points: Vec<i64> = list(&self.story, &format!("/evaluation_sheets/{name}"))?
                .iter()
                .map(|sheet| sum(&sheet["points"]))
                .collect();
            mean(&points).ok_or_else(|| format!("no sheets of {name}"))
        };
        let steps = [
            ("very_dissatisfied", 0),
            ("dissatisfied", 25),
            ("neutral", 50),
            ("satisfied", 75),
            ("very_satisfied", 100),
        ];
        let answers = steps.iter().map(|(step, worth)| {
            number(&self.story, &format!("/survey/{step}")).map(|count| (count, count * worth))
        });
        let answers = answers.collect::<Result<Vec<_>, _>>()?;
        let (count, worth) = answers
            .into_iter()
            .fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
        let satisfaction = Exact::new(i128::from(worth), i128::from(count)).ok_or("no answers")?;
        let residents = Exact::mean(&[party("residents")?, satisfaction]).ok_or("no mean")?;
        let rows = [
            (party("community_party_org")?, 30),
            (residents, 30),
            (party("departments")?, 20),
            (party("experts")?, 20),
        ];
        Exact::weighted(&rows).ok_or_else(|| "overflow".to_owned())
    }

    /// Prints bids with totals and ranks, the award, milestones, payments, party scores, total and grade,
    /// and compares them with what the story adds up to.
    ///
    /// # Errors
    /// The first figure that differs.
    pub async fn table(&mut self) -> Result<(), String> {
        let expected = self.expected()?;
        let street = self.cast("street_officer")?;
        println!("\n揭榜组织                                    报价(元)       总分    名次  状态");
        for (place, (key, total)) in expected.totals.iter().enumerate() {
            let id = self.ids.bids.get(key).cloned().unwrap_or_default();
            let bid = self
                .client
                .get(&street, &format!("/api/v1/bids/{id}"))
                .await?;
            println!(
                "{:<36} {:>10} {:>10} {:>5}   {}",
                text(&bid, "/organisation_name")?,
                yuan(number(&bid, "/price_fen")?),
                text(&bid, "/total")?,
                number(&bid, "/rank")?,
                text(&bid, "/state")?
            );
            same("total", &text(&bid, "/total")?, total)?;
            same(
                "rank",
                &number(&bid, "/rank")?.to_string(),
                &(place + 1).to_string(),
            )?;
        }
        let contract = self.contract().await?;
        println!(
            "\n承榜  {} {} {} 元",
            text(&contract, "/number")?,
            text(&contract, "/organisation_name")?,
            yuan(number(&contract, "/price_fen")?)
        );
        for milestone in list(&contract, "/milestones")? {
            println!(
                "里程碑 {} {:<24} {} {}%",
                number(&milestone, "/seq")?,
                text(&milestone, "/title")?,
                text(&milestone, "/state")?,
                number(&milestone, "/ratio_percent")?
            );
        }
        let mut paid = 0;
        for payment in list(&contract, "/payments")? {
            println!(
                "拨付   {} {:>3}% {:>12} 元  {}",
                number(&payment, "/seq")?,
                number(&payment, "/share_percent")?,
                yuan(number(&payment, "/amount_fen")?),
                text(&payment, "/state")?
            );
            same("payment", &text(&payment, "/state")?, "paid")?;
            paid += number(&payment, "/amount_fen")?;
        }
        same(
            "sum of payments",
            &paid.to_string(),
            &number(&contract, "/price_fen")?.to_string(),
        )?;
        let evaluation = self
            .client
            .get(
                &street,
                &format!("/api/v1/evaluations/{}", self.ids.evaluation),
            )
            .await?;
        println!();
        for party in list(&evaluation, "/party_scores")? {
            println!(
                "考榜   {:<22} {:>3}% {:>8}",
                text(&party, "/party")?,
                number(&party, "/weight")?,
                text(&party, "/score")?
            );
        }
        println!(
            "总分   {}   等级 {}",
            text(&evaluation, "/total")?,
            text(&evaluation, "/grade")?
        );
        same(
            "evaluation total",
            &text(&evaluation, "/total")?,
            &expected.evaluation,
        )?;
        let project = self
            .client
            .get(&street, &format!("/api/v1/projects/{}", self.ids.project))
            .await?;
        println!(
            "项目   {} {} {}\n",
            text(&project, "/number")?,
            text(&project, "/stage")?,
            project.get("outcome").unwrap_or(&json!(null))
        );
        Ok(())
    }
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn same(what: &str, got: &str, wanted: &str) -> Result<(), String> {
    if got == wanted {
        Ok(())
    } else {
        Err(format!(
            "{what}: the service says {got}, the story adds up to {wanted}"
        ))
    }
}
