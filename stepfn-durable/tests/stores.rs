//! The stores against the one in memory, and what a store in a file does when it is opened again.
#![allow(clippy::unwrap_used)]

use std::{path::PathBuf, sync::Arc};

use stepfn_durable::store::{
    testing::{Steps, compare},
    *,
};

fn add(all: &mut Steps, steps: Steps) {
    all.calls += steps.calls;
    all.started += steps.started;
    all.claimed += steps.claimed;
    all.turns += steps.turns;
    all.lost += steps.lost;
    all.delivered += steps.delivered;
    all.ended += steps.ended;
    all.redriven += steps.redriven;
    all.forgotten += steps.forgotten;
}

/// A sequence that does nothing proves nothing.
fn assert_busy(steps: &Steps) {
    let counts = [
        steps.started,
        steps.claimed,
        steps.turns,
        steps.lost,
        steps.delivered,
        steps.ended,
        steps.redriven,
        steps.forgotten,
    ];
    assert!(counts.iter().all(|count| *count > 20), "{steps:?}");
}

#[tokio::test]
async fn sqlite_answers_as_memory_does() {
    let mut all = Steps::default();
    for seed in 0..24 {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path().join("store.db")).unwrap();
        match compare(&store, seed, 500).await {
            Ok(steps) => add(&mut all, steps),
            Err(difference) => panic!("seed {seed}: {difference}"),
        }
    }
    println!("{all:?}");
    assert_busy(&all);
}
