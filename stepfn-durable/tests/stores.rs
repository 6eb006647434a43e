//! The stores against the one in memory, and what a store in a file does when it is opened again.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

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

/// A folder whose disk is memory, where there is one: nothing here is about what a disk does.
fn folder() -> tempfile::TempDir {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
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
        let folder = folder();
        let store = Sqlite::open(folder.path().join("store.db")).unwrap();
        match compare(&store, seed, 500).await {
            Ok(steps) => add(&mut all, steps),
            Err(difference) => panic!("seed {seed}: {difference}"),
        }
    }
    println!("{all:?}");
    assert_busy(&all);
}

fn new_execution(name: &str, lease: Option<Lease>) -> NewExecution {
    NewExecution {
        arn: name.to_owned(),
        name: name.to_owned(),
        machine: "m".to_owned(),
        lease,
        ..NewExecution::default()
    }
}

#[tokio::test]
async fn a_file_keeps_what_was_answered_and_frees_what_its_process_had() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let lease = Lease { owner: "a".to_owned(), until: 1_000_000 };
    let store = Sqlite::open(&path).unwrap();
    let Started::New { id, fence } = store.start(new_execution("e", Some(lease))).await.unwrap() else {
        panic!()
    };
    let turn = Turn {
        entry: vec![7],
        events: vec![Event { id: 1, data: vec![8] }],
        keep: Some(1_000_000),
        ..Turn::new(id, fence, 1)
    };
    assert_eq!(store.commit(vec![turn.clone()]).await.unwrap(), [Committed::Done(Effects::default())]);
    let claiming = Claiming { owner: "b".to_owned(), now: 10, until: 20, limit: 9 };
    assert_eq!(store.claim(claiming.clone()).await.unwrap(), [], "it is leased");
    drop(store);

    let store = Sqlite::open(&path).unwrap();
    let claims = store.claim(claiming).await.unwrap();
    assert_eq!(claims.len(), 1);
    assert_eq!((claims[0].execution.fence, claims[0].execution.seq), (fence + 1, 1));
    let journal = store.load(Load { id, after: 0, limit: 9 }).await.unwrap();
    assert_eq!(journal, [Entry { seq: 1, data: vec![7] }]);
    let late = Turn { seq: 2, ..turn };
    assert_eq!(store.commit(vec![late]).await.unwrap(), [Committed::Lost], "the process before has no say");
}

#[test]
fn a_file_in_use_or_of_others_is_refused_with_words() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let store = Sqlite::open(&path).unwrap();
    let error = Sqlite::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Locked(_)), "{error}");
    assert!(error.to_string().contains("in use by another process"), "{error}");
    drop(store);

    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute("update stepfn_store set version = 99", []).unwrap();
    let error = Sqlite::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Version { found: 99, known: 1, .. }), "{error}");
    assert!(error.to_string().contains("newer stepfn-durable"), "{error}");
    other.execute("drop table stepfn_store", []).unwrap();
    let error = Sqlite::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Foreign(_)), "{error}");

    let text = folder.path().join("notes.txt");
    std::fs::write(
        &text,
        "Not a database, but long enough to have a header of SQLite's hundred bytes. ".repeat(9),
    )
    .unwrap();
    let error = Sqlite::open(&text).unwrap_err();
    assert!(matches!(error, StoreError::Foreign(_)), "{error}");
    let error = Sqlite::open(folder.path().join("no/such/folder.db")).unwrap_err();
    assert!(matches!(error, StoreError::Io(_)), "{error}");
}

#[tokio::test]
async fn a_full_disk_is_told_and_changes_nothing() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let store = Sqlite::open_with_limit(&path, 64).unwrap();
    let input = "x".repeat(100_000);
    let mut error = None;
    let mut kept = 0;
    for number in 0..9 {
        let new = NewExecution { input: input.clone(), ..new_execution(&format!("e{number}"), None) };
        match store.start(new).await {
            Ok(_) => kept += 1,
            Err(full) => error = Some(full),
        }
    }
    assert!(matches!(error, Some(StoreError::Full(_))), "{error:?}");
    let counts = store.counts(ExecutionsOf::All).await.unwrap();
    assert_eq!(counts.of(Status::Running), kept);
    drop(store);
    let store = Sqlite::open(&path).unwrap();
    store.start(new_execution("later", None)).await.unwrap();
}
