//! Writers on SQLite share commits and lose nothing.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::sync::Arc;
use wubang_kernel::Who;
use wubang_kernel::clock::SystemClock;
use wubang_store::open::Options;
use wubang_store::{Store, numbers};
use wubang_vault::{MasterKey, Vault};

async fn store(name: &str) -> (Store, std::path::PathBuf) {
    let file = std::env::temp_dir().join(format!("wubang-{name}-{}.db", std::process::id()));
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", file.display()));
    }
    (open(&file).await, file)
}

async fn open(file: &std::path::Path) -> Store {
    let store = Store::open(Options {
        url: format!("sqlite://{}", file.display()),
        connections: 4,
        clock: Arc::new(SystemClock),
        reactions: Vec::new(),
        vault: Vault::new(MasterKey::generate(), Vec::new()),
    })
    .await
    .unwrap();
    store.migrate().await.unwrap();
    store
}

/// The last number given out in a series, as a new writer sees it.
async fn last(store: &Store, series: &str) -> i64 {
    let tx = store.write(&Who::system("test")).await.unwrap();
    numbers::next(&tx, series).await.unwrap() - 1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_writers_at_once_all_get_through_and_a_rollback_leaves_nothing() {
    let (store, file) = store("turns").await;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..64 {
        let store = store.clone();
        tasks.spawn(async move {
            let tx = store.write(&Who::system("test")).await.unwrap();
            let number = numbers::next(&tx, "kept").await.unwrap();
            if writer % 5 == 0 {
                drop(tx);
                return None;
            }
            tx.commit().await.unwrap();
            Some(number)
        });
    }
    let given: Vec<i64> = tasks.join_all().await.into_iter().flatten().collect();
    let kept = i64::try_from(given.len()).unwrap();
    assert_eq!(kept, 51);
    let mut sorted = given.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=kept).collect::<Vec<_>>());
    store.close().await;
    assert_eq!(last(&open(&file).await, "kept").await, kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_writer_whose_caller_goes_away_blocks_nobody() {
    let (store, _) = store("gone").await;
    for _ in 0..20 {
        let going = store.clone();
        let mut task = tokio::task::JoinSet::new();
        task.spawn(async move {
            let tx = going.write(&Who::system("test")).await.unwrap();
            numbers::next(&tx, "gone").await.unwrap();
            tx.commit().await.unwrap();
        });
        tokio::task::yield_now().await;
        task.abort_all();
        let tx = store.write(&Who::system("test")).await.unwrap();
        numbers::next(&tx, "stays").await.unwrap();
        tx.commit().await.unwrap();
        // whether it was done or not, it has ended
        while task.join_next().await.is_some() {}
    }
    assert_eq!(last(&store, "stays").await, 20);
    assert!(last(&store, "gone").await <= 20);
}

#[tokio::test]
async fn an_idle_store_holds_no_lock_against_another_process() {
    let (store, file) = store("idle").await;
    drop(store.write(&Who::system("test")).await.unwrap());
    let other = open(&file).await;
    let tx = other.write(&Who::system("test")).await.unwrap();
    numbers::next(&tx, "other").await.unwrap();
    tx.commit().await.unwrap();
}
