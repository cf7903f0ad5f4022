//! The sandbox's test clock: moving it runs everything that falls due on the way. These endpoints do
//! not exist outside the sandbox.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use wubang_kernel::clock::TestClock;
use wubang_kernel::{Code, Refusal, Who};
use wubang_store::worker::Worker;
use wubang_store::{Error, Store, timers};
use wubang_web::{Answer, Body, Ctx, Instant};

/// What the sandbox needs to move time.
pub struct Sandbox {
    /// The clock.
    pub clock: TestClock,
    /// The worker that does what falls due.
    pub worker: std::sync::Arc<Worker>,
}

impl Sandbox {
    /// Moves the clock to `to`, stopping at every due timer on the way and doing what is due then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advance(&self, store: &Store, to: DateTime<Utc>) -> Result<usize, Error> {
        let mut done = self.worker.run_due().await?;
        loop {
            let next = timers::next_due(&store.read(&Who::system("sandbox")))
                .await?
                .map(|due| due + TimeDelta::seconds(1));
            match next {
                Some(at) if at <= to && at > store.now() => {
                    self.clock.set(at);
                    done += self.worker.run_due().await?;
                }
                // a held timer stays due; nothing more happens before `to`
                _ => break,
            }
        }
        self.clock.set(to);
        Ok(done + self.worker.run_due().await?)
    }
}

/// Where to move the clock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdvanceIn {
    /// 目标时刻,不早于现在。
    to: DateTime<Utc>,
}

/// The clock.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClockOut {
    /// 现在。
    now: Instant,
    /// 途中办理的事项数。
    done: usize,
    /// 下一个期限。
    next_due: Option<Instant>,
}

async fn out(ctx: &Ctx, done: usize) -> Answer {
    let next = timers::next_due(&ctx.read())
        .await
        .map_err(|error| ctx.problem(error))?;
    Ok(HttpResponse::Ok().json(ClockOut {
        now: Instant(ctx.store.now()),
        done,
        next_due: next.map(Instant),
    }))
}

/// 沙箱时钟。The sandbox's clock.
#[utoipa::path(tag = "沙箱 sandbox", responses((status = 200, description = "时钟 · clock", body = ClockOut)), security(()))]
#[get("/sandbox/clock")]
pub(crate) async fn get_clock(ctx: Ctx) -> Answer {
    out(&ctx, 0).await
}

/// 推进沙箱时钟并办理途中到期的一切。Moves the clock and does everything that falls due on the way.
#[utoipa::path(tag = "沙箱 sandbox", request_body = AdvanceIn, responses((status = 200, description = "时钟 · clock", body = ClockOut)), security(()))]
#[post("/sandbox/clock/advance")]
pub(crate) async fn advance_clock(
    ctx: Ctx,
    sandbox: web::Data<Sandbox>,
    body: Body<AdvanceIn>,
) -> Answer {
    if body.0.to < ctx.store.now() {
        let refusal = Refusal::new(Code::Invalid).field(
            "/to",
            "out_of_range",
            "不能早于现在",
            "must not lie in the past",
        );
        return Err(ctx.problem(refusal));
    }
    let done = sandbox
        .advance(&ctx.store, body.0.to)
        .await
        .map_err(|error| ctx.problem(error))?;
    out(&ctx, done).await
}

/// Serves these.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(get_clock).service(advance_clock);
}
