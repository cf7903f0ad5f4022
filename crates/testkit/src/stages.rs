//! Stages of the story that tests begin at: each is played once for a build and a kind of database, and copied for
//! every test. Most tests are about the end of a project, and playing its beginning anew for each was most of the
//! suite's time.

use crate::bench::Bench;
use crate::database::{self, Database, beginning};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use wubang_kernel::Who;
use wubang_server::demo::play::{Memory, Play};
use wubang_store::Read as _;
use wubang_store::entity::trace;

/// How far the story has been played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the scene of the same name")]
pub enum Stage {
    NeedApproved,
    PostingOpen,
    BidsSubmitted,
    DeadlinePassed,
    BidsQualified,
    PanelFormed,
    BidsScored,
    AwardProposed,
    AwardNoticed,
    ContractSigned,
    WorkStarted,
    WorkDone,
    ReportAccepted,
    EvaluationScored,
    EvaluationConfirmed,
}

impl Stage {
    /// The stage from which one scene leads to this one; `None` for the first.
    fn before(self) -> Option<Stage> {
        Some(match self {
            Stage::NeedApproved => return None,
            Stage::PostingOpen => Stage::NeedApproved,
            Stage::BidsSubmitted => Stage::PostingOpen,
            Stage::DeadlinePassed | Stage::BidsQualified => Stage::BidsSubmitted,
            Stage::PanelFormed | Stage::AwardProposed => Stage::BidsQualified,
            Stage::BidsScored => Stage::PanelFormed,
            Stage::AwardNoticed => Stage::AwardProposed,
            Stage::ContractSigned => Stage::AwardNoticed,
            Stage::WorkStarted | Stage::WorkDone => Stage::ContractSigned,
            Stage::ReportAccepted => Stage::WorkDone,
            Stage::EvaluationScored => Stage::ReportAccepted,
            Stage::EvaluationConfirmed => Stage::EvaluationScored,
        })
    }

    /// Every scene from the start of the story to this stage.
    fn path(self) -> Vec<Stage> {
        let mut path: Vec<Stage> =
            std::iter::successors(Some(self), |stage| stage.before()).collect();
        path.reverse();
        path
    }

    /// Plays the last scene before this stage.
    async fn play(self, play: &mut Play) {
        let played = match self {
            Stage::NeedApproved => play.need_approved().await,
            Stage::PostingOpen => play.posting_open().await,
            Stage::BidsSubmitted => play.bids_submitted().await,
            Stage::DeadlinePassed => play.deadline_passed().await,
            Stage::BidsQualified => play.bids_qualified().await,
            Stage::PanelFormed => play.panel_formed().await,
            Stage::BidsScored => play.bids_scored().await,
            Stage::AwardProposed => play.award_proposed().await,
            Stage::AwardNoticed => play.award_noticed().await,
            Stage::ContractSigned => play.contract_signed().await,
            Stage::WorkStarted => play.work_started().await,
            Stage::WorkDone => play.work_done().await,
            Stage::ReportAccepted => play.report_accepted().await,
            Stage::EvaluationScored => play.evaluation_scored().await,
            Stage::EvaluationConfirmed => play.evaluation_confirmed().await,
        };
        played.unwrap_or_else(|refusal| panic!("{self:?}: {refusal}"));
    }
}

/// What is kept of a stage beside its database.
#[derive(Serialize, Deserialize)]
struct Kept {
    now: DateTime<Utc>,
    memory: Memory,
    database: String,
    files: PathBuf,
}

impl Kept {
    fn read(place: &Path) -> Kept {
        let text = std::fs::read_to_string(place).expect("what is kept of a stage");
        serde_json::from_str(&text).expect("as it was written")
    }
}

impl Bench {
    /// A bench that begins at a stage; `None`, loudly, where this machine has no such database.
    pub(crate) async fn from_stage(
        database: Database,
        stage: Stage,
        unique: &str,
    ) -> Option<Bench> {
        database::is_there(database).then_some(())?;
        let mut bench = Bench::of(&kept(database, stage).await, unique).await;
        bench.begun_at = Some(stage);
        Some(bench)
    }

    /// A bench on a copy of what is kept.
    async fn of(kept: &Kept, unique: &str) -> Bench {
        let (copy, folder) = (
            database::copy(&kept.database, unique).await,
            database::folder().join(unique),
        );
        copy_files(&kept.files, &folder.join("files"));
        let mut bench = Bench::start_in(&copy, &folder, None, kept.now).await;
        bench.play.remember(kept.memory.clone());
        bench
    }

    /// Takes the story to a stage. Where nothing has happened yet, a copy of the stage takes the place of this
    /// bench's database: its mails are not in memory then, and nobody is signed in. Otherwise every scene is played.
    ///
    /// # Panics
    /// When a scene is refused, and when the test said that it begins at another stage.
    // boxed: the scenes would otherwise be part of every test's own future
    pub fn reach(&mut self, stage: Stage) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async move {
            // who begins at a stage is there already, until somebody has done something
            if let Some(begun) = self.begun_at.take().filter(|_| self.is_usual()) {
                assert_eq!(begun, stage, "the test begins at another stage");
                return;
            }
            if self.is_untouched().await {
                let kept = kept(self.database(), stage).await;
                self.begin_anew(&kept).await;
            } else {
                for scene in stage.path() {
                    scene.play(&mut self.play).await;
                }
            }
        })
    }

    /// Whether this is still the world in which each test begins.
    async fn is_untouched(&self) -> bool {
        if !self.is_usual() || !self.play.is_as_written() {
            return false;
        }
        let now = self.running.store.now();
        if now - beginning() > TimeDelta::seconds(1) {
            return false;
        }
        let view = self.running.store.read(&Who::system("tests"));
        let since = trace::Entity::find().filter(trace::Column::At.gte(beginning()));
        // what a service does by itself when it starts is part of that world
        let since = since.filter(trace::Column::RequestId.ne("upkeep"));
        since.count(&view.db()).await.expect("a count") == 0
    }

    /// Exchanges the world for a copy of what is kept.
    async fn begin_anew(&mut self, kept: &Kept) {
        let mut next = Bench::of(kept, &crate::bench::unique("s")).await;
        next.place = std::sync::Arc::clone(&self.place);
        let before = std::mem::replace(self, next);
        let (database, url) = (before.database(), before.url);
        before.running.stop().await;
        database::remove(database, &url).await;
        let _ = std::fs::remove_dir_all(&before.config.data_dir);
        self.settle();
    }
}

/// A stage of this build, made by whoever needs it first.
async fn kept(database: Database, stage: Stage) -> Kept {
    let place = database::place_of(database, &format!("{stage:?}.json"));
    let made = database::once(&place, async |making| {
        let unique = crate::bench::unique("k");
        let folder = place.with_extension("data");
        // left over from a run that was stopped in the middle
        let _ = std::fs::remove_dir_all(&folder);
        let url = match stage.before() {
            None => database::fresh(database, &unique)
                .await
                .expect("a database, as the test has one"),
            Some(before) => {
                let before = Box::pin(self::kept(database, before)).await;
                copy_files(&before.files, &folder.join("files"));
                database::copy(&before.database, &unique).await
            }
        };
        let from = stage
            .before()
            .map(|before| Kept::read(&database::place_of(database, &format!("{before:?}.json"))));
        let begins = from.as_ref().map_or(beginning(), |kept| kept.now);
        let mut bench = Bench::start_in(&url, &folder, None, begins).await;
        if let Some(from) = from {
            bench.play.remember(from.memory);
        }
        stage.play(&mut bench.play).await;
        let kept = Kept {
            // ids of the next process sort after those of this one
            now: bench.running.store.now() + TimeDelta::milliseconds(2),
            memory: bench.play.memory(),
            database: url,
            files: folder.join("files"),
        };
        bench.running.stop().await;
        let text = serde_json::to_string(&kept).expect("JSON");
        std::fs::write(making, text).expect("what is kept of a stage");
    });
    made.await;
    Kept::read(&place)
}

/// Copies the attachments of a stage, which lie in two levels of folders; a stage may have none.
fn copy_files(from: &Path, to: &Path) {
    let Ok(entries) = std::fs::read_dir(from) else {
        return;
    };
    std::fs::create_dir_all(to).expect("a folder");
    for entry in entries {
        let path = entry.expect("an entry").path();
        let own = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_files(&path, &own);
        } else {
            std::fs::copy(&path, &own).expect("a copy");
        }
    }
}
