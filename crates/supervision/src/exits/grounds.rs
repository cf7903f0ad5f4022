//! Whether what a ground of exit says is so, where other objects tell it (rulebook 2.8.10). Breaches, false material,
//! collusion and violations of privacy are what the evidence of the notice is for.

use super::entity::exit;
use crate::guidance::entity::guidance;
use crate::rectification::entity::rectification;
use crate::watched;
use crate::words::ExitGround;
use chrono::{DateTime, Duration, Utc};
use wubang_contracts::{Contract, supervising};
use wubang_registry::CreditStatus;
use wubang_registry::organisations;
use wubang_store::{Error, Read};

/// Days without work after a guidance order was opened that count as abandonment.
const ABANDONED_DAYS: i64 = 60;
/// Rounds of rectification or evaluation after which nothing is left to try.
const LAST_ROUND: i32 = 2;

/// Whether the fact of a ground holds now.
pub(crate) async fn holds(
    read: &impl Read,
    row: &exit::Model,
    contract: &Contract,
    ground: ExitGround,
) -> Result<bool, Error> {
    Ok(match ground {
        ExitGround::RectificationFailedTwice => {
            let orders = watched::all_of::<rectification::Entity>(read, row.contract_id).await?;
            let twice = |order: &rectification::Model| {
                let failed = matches!(order.state.as_str(), "failed" | "closed_to_exit");
                failed && order.round >= LAST_ROUND
            };
            orders.iter().any(twice)
        }
        ExitGround::Abandonment => abandoned(read, contract).await?,
        ExitGround::StatusLost => {
            let one = organisations::load(read, contract.organisation_id).await?;
            one.status.is_final()
        }
        ExitGround::SeriousDishonestListed => {
            let one = organisations::load(read, contract.organisation_id).await?;
            one.credit == CreditStatus::SeriousDishonesty
        }
        ExitGround::EvaluationFailedTwice => {
            let found = wubang_evaluations::service::final_of(read, contract.id).await?;
            let failed = |one: &wubang_evaluations::Evaluation| {
                one.state == "confirmed" && one.grade.as_deref() == Some("fail")
            };
            found
                .iter()
                .any(|one| one.round >= LAST_ROUND && failed(one))
        }
        ExitGround::SeriousBreach
        | ExitGround::FalseMaterial
        | ExitGround::Collusion
        | ExitGround::PrivacyViolation => true,
    })
}

/// Guidance was opened sixty days ago, and nothing was handed in since.
async fn abandoned(read: &impl Read, contract: &Contract) -> Result<bool, Error> {
    let orders = watched::all_of::<guidance::Entity>(read, contract.id).await?;
    let Some(opened) = orders.iter().filter_map(|order| order.opened_at).min() else {
        return Ok(false);
    };
    if read.now() - opened < Duration::days(ABANDONED_DAYS) {
        return Ok(false);
    }
    let last: Option<DateTime<Utc>> = supervising::last_work(read, contract.id).await?;
    Ok(last.is_none_or(|at| read.now() - at >= Duration::days(ABANDONED_DAYS)))
}
