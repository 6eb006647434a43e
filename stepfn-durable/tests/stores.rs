//! The stores against the one in memory, and what a store in a file does when it is opened again.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

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
    assert!(counts.iter().all(|count| *count > 5), "{steps:?}");
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
    assert_eq!(store.commit([turn.clone()].into()).await.unwrap(), [Committed::Done(Effects::default())]);
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
    assert_eq!(
        store.commit([late].into()).await.unwrap(),
        [Committed::Lost],
        "the process before has no say"
    );
}

#[test]
fn a_file_in_use_or_of_others_is_refused_with_words() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let store = Sqlite::open(&path).unwrap();
    let error = Sqlite::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Locked(_)), "{error}");
    assert!(error.to_string().contains("in use by another process"), "{error}");
    #[cfg(unix)]
    for name in ["link.db", "link of a link.db"] {
        let link = folder.path().join(name);
        std::os::unix::fs::symlink(if name == "link.db" { &path } else { Path::new("link.db") }, &link)
            .unwrap();
        let error = Sqlite::open(&link).unwrap_err();
        assert!(matches!(error, StoreError::Locked(_)), "{name}: {error}");
    }
    drop(store);

    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute("update stepfn_store set version = 99", []).unwrap();
    let error = Sqlite::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Version { found: 99, known: 2, .. }), "{error}");
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
    let store = Sqlite::open_with(&path, &["max_page_count = 64"]).unwrap();
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

/// A schema of its own in the Postgres of `STEPFN_POSTGRES_URL`, where there is one.
#[cfg(feature = "postgres")]
async fn postgres(schema: &str) -> Option<Postgres> {
    let url = std::env::var("STEPFN_POSTGRES_URL").ok()?;
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("drop schema if exists {schema} cascade")).await.unwrap();
    Some(Postgres::connect_to_schema(&url, schema).await.unwrap())
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn postgres_answers_as_memory_does() {
    let mut all = Steps::default();
    for seed in 0..12 {
        let Some(store) = postgres("answers").await else { return };
        match compare(&store, seed, 500).await {
            Ok(steps) => add(&mut all, steps),
            Err(difference) => panic!("seed {seed}: {difference}"),
        }
    }
    println!("{all:?}");
    assert_busy(&all);
}

/// Many who claim at once get each execution once; whoever lost it cannot write.
#[cfg(feature = "postgres")]
#[tokio::test]
async fn hosts_over_one_postgres_keep_out_of_each_others_way() {
    let Some(store) = postgres("hosts").await else { return };
    let url = std::env::var("STEPFN_POSTGRES_URL").unwrap();
    let other = Postgres::connect_to_schema(&url, "hosts").await.unwrap();
    let (heard, hears) = std::sync::mpsc::channel();
    let listener: std::sync::Arc<Listener> =
        std::sync::Arc::new(move |hint: &Hint| drop(heard.send(hint.clone())));
    other.listen(std::sync::Arc::downgrade(&listener));
    for number in 0..40 {
        store.start(new_execution(&format!("e{number}"), None)).await.unwrap();
    }
    let mut hosts = Vec::new();
    for owner in 0..8 {
        let store = if owner % 2 == 0 { store.clone() } else { other.clone() };
        hosts.push(tokio::spawn(async move {
            let mut claims = Vec::new();
            for _ in 0..4 {
                let claiming = Claiming { owner: format!("host {owner}"), now: 10, until: 20, limit: 3 };
                claims.extend(store.claim(claiming).await.unwrap());
            }
            claims
        }));
    }
    let mut claimed = Vec::new();
    for host in hosts {
        claimed.extend(host.await.unwrap().into_iter().map(|claim| claim.execution.summary.id));
    }
    let count = claimed.len();
    claimed.sort_unstable();
    claimed.dedup();
    assert_eq!((claimed.len(), count), (40, 40), "each once");

    // A lease is over, and another host has the execution.
    let later = Claiming { owner: "late".to_owned(), now: 30, until: 40, limit: 1 };
    let claim = other.claim(later).await.unwrap().remove(0);
    let id = claim.execution.summary.id;
    let turn = |fence| Turn { keep: Some(50), ..Turn::new(id, fence, 1) };
    assert_eq!(store.commit([turn(1)].into()).await.unwrap(), [Committed::Lost]);
    assert_eq!(other.commit([turn(2)].into()).await.unwrap(), [Committed::Done(Effects::default())]);
    let told = tokio::task::spawn_blocking(move || hears.recv_timeout(std::time::Duration::from_secs(20)));
    assert!(matches!(told.await.unwrap(), Ok(Hint::Execution(_))), "the other host is told of what is new");
    drop(listener);
}

/// Answers to one token from many at once: one is taken. Sends between executions in both directions end all the same.
#[cfg(feature = "postgres")]
#[tokio::test]
async fn writes_that_cross_each_other_in_postgres_all_end() {
    let Some(store) = postgres("crossing").await else { return };
    let mut held = Vec::new();
    for name in ["a", "b"] {
        let lease = Lease { owner: name.to_owned(), until: 1_000 };
        let Started::New { id, fence } = store.start(new_execution(name, Some(lease))).await.unwrap() else {
            panic!()
        };
        held.push((id, fence));
    }
    let open = OpenedToken { token: "t".to_owned(), place: Vec::new() };
    let turn = Turn { opened: vec![open], keep: Some(1_000), ..Turn::new(held[0].0, held[0].1, 1) };
    store.commit([turn].into()).await.unwrap();
    store.commit([Turn { keep: Some(1_000), ..Turn::new(held[1].0, held[1].1, 1) }].into()).await.unwrap();
    let mut writers = Vec::new();
    for number in 0..8 {
        let store = store.clone();
        let to = Address::Token { token: "t".to_owned(), closes: true };
        let delivery = Delivery { to, data: vec![number], key: format!("k{number}"), at: 5 };
        writers.push(tokio::spawn(async move { store.deliver(delivery).await.unwrap() }));
    }
    let mut crossing = Vec::new();
    for (at, other) in [(0, "b"), (1, "a")] {
        let (store, (id, fence)) = (store.clone(), held[at]);
        let to = Address::Execution(other.to_owned());
        let send = Delivery { to, data: vec![9], key: String::new(), at: 5 };
        crossing.push(tokio::spawn(async move {
            for seq in 2..30 {
                let turn = Turn { sends: vec![send.clone()], keep: Some(1_000), ..Turn::new(id, fence, seq) };
                let committed = store.commit([turn].into()).await.unwrap();
                assert!(matches!(&committed[..], [Committed::Done(_)]), "{committed:?}");
            }
        }));
    }
    let mut taken = 0;
    for writer in writers {
        taken += usize::from(matches!(writer.await.unwrap(), Delivered::To(_)));
    }
    for writer in crossing {
        writer.await.unwrap();
    }
    assert_eq!(taken, 1);
    let inbox = store.inbox(Inbox::Of(vec![held[0].0, held[1].0])).await.unwrap();
    assert_eq!(inbox.len(), 1 + 2 * 28);
}
