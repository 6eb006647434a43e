//! What ten times as much costs a host over SQLite: counted, and about ten times as much.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
#![cfg(feature = "sqlite")]

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    json,
    value::Value,
};
use stepfn_durable::{
    Host,
    store::{ExecutionsOf, Sqlite, Status, Store, testing::Work},
};

/// What is counted: nothing of it depends on the machine or on its load.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost {
    work: Work,
    /// The bytes that were written to SQLite's log.
    written: u64,
    /// The turns of executions.
    turns: u64,
}

impl Cost {
    /// Each part, and how many times as much ten times as much may take. What is written is whole pages: a small index has what a commit
    /// changes of it on few of them, until each entry of a large one (the tokens, which are random) has a page of its own.
    fn parts(self) -> [(&'static str, u64, f64); 5] {
        let Work { statements, steps, bytes, .. } = self.work;
        [
            ("statements", statements, 11.0),
            ("steps", steps, 11.0),
            ("bytes", bytes, 11.0),
            ("turns", self.turns, 11.0),
            // A few pages are written when a file is opened, now or a little later.
            ("written", self.written.max(64 << 10), 16.0),
        ]
    }
}

/// Compares the cost of something with that of ten times as much.
#[track_caller]
fn assert_linear(what: &str, one: Cost, ten: Cost) {
    for ((part, one, most), (_, ten, _)) in one.parts().into_iter().zip(ten.parts()) {
        let ratio = ten as f64 / one.max(1) as f64;
        println!("{what}: {part} {one} -> {ten}: {ratio:.2} times");
        assert!(ratio <= most, "ten times as much takes {ratio:.2} times the {part}: {one} -> {ten}");
    }
}

/// A host over a file, and what it cost so far.
struct Measured {
    host: Host,
    store: Arc<Sqlite>,
    log: std::path::PathBuf,
    turns: Arc<AtomicU64>,
    tokens: Arc<Mutex<Vec<String>>>,
}

impl Measured {
    async fn open(path: &Path, machine: &str, most_loaded: usize) -> Self {
        // All that is written stays in the log, which is as long as there was something to write.
        let store = Arc::new(Sqlite::open_with(path, &["wal_autocheckpoint = 0"]).unwrap());
        let (turns, tokens) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (counted, asked) = (Arc::clone(&turns), Arc::clone(&tokens));
        let (machine, diagnostics) = asl::read_str(machine).unwrap();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let definition = Definition::from_asl("M", WorkflowType::Standard, machine);
        let shared: Arc<dyn Store> = Arc::<Sqlite>::clone(&store);
        let host = Host::builder()
            .shared_store(shared)
            .virtual_time()
            .most_loaded(most_loaded)
            .observer(move |commit| {
                counted.fetch_add(commit.turns.len() as u64, Ordering::Relaxed);
            })
            .machine_with(definition, move |builder| {
                let asked = Arc::clone(&asked);
                builder.function("work", |input: Value| async move { Ok(input) }).function(
                    "ask",
                    move |input: Value| {
                        asked.lock().unwrap().push(input["token"].as_str().unwrap().to_owned());
                        async { Ok(Value::Null) }
                    },
                )
            })
            .start()
            .await
            .unwrap();
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Self { host, store, log: log.into(), turns, tokens }
    }

    fn cost(&self) -> Cost {
        Cost {
            work: self.store.work(),
            written: std::fs::metadata(&self.log).map_or(0, |log| log.len()),
            turns: self.turns.load(Ordering::Relaxed),
        }
    }

    fn since(&self, before: Cost) -> Cost {
        let now = self.cost();
        Cost {
            work: now.work - before.work,
            written: now.written - before.written,
            turns: now.turns - before.turns,
        }
    }

    /// Starts executions, so many at a time, as clients do who wait for each answer.
    async fn start(&self, count: usize) {
        for batch in 0..count.div_ceil(50) {
            let mut starts = Vec::new();
            for number in 0..50.min(count - batch * 50) {
                let host = self.host.clone();
                let input =
                    json::parse_value(&format!(r#"{{"number": {number}, "left": {count}}}"#)).unwrap();
                starts
                    .push(tokio::spawn(async move { host.start_execution("M", None, input).await.unwrap() }));
            }
            for start in starts {
                start.await.unwrap();
            }
        }
        self.host.idle().await.unwrap();
    }

    async fn assert_ended(&self, count: u64) {
        let counts = self.store.counts(ExecutionsOf::All).await.unwrap();
        assert_eq!(counts.of(Status::Succeeded), count);
    }

    async fn close(self) {
        self.host.shut_down().await;
        let log = self.log.clone();
        drop(self);
        // What is left in the log is no work of the next one, whenever this connection ends.
        let path = log.to_str().unwrap().trim_end_matches("-wal");
        rusqlite::Connection::open(path)
            .unwrap()
            .query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
            .unwrap();
    }
}

const CHAIN: &str = r#"{"StartAt": "A", "States": {
    "A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "Next": "B"},
    "B": {"Type": "Wait", "Seconds": 5, "Next": "C"},
    "C": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}}}"#;

#[tokio::test]
async fn ten_times_as_many_executions() {
    let run = async |count: usize| {
        let folder = folder();
        let measured = Measured::open(&folder.path().join("m.db"), CHAIN, 10_000).await;
        let before = measured.cost();
        measured.start(count).await;
        while measured.host.pass_time().await.unwrap().is_some() {}
        measured.assert_ended(count as u64).await;
        let cost = measured.since(before);
        measured.close().await;
        cost
    };
    assert_linear("executions", run(200).await, run(2_000).await);
}

const LOOP: &str = r#"{"StartAt": "Work", "States": {
    "Work": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "Next": "Less"},
    "Less": {"Type": "Pass", "Parameters": {"left.$": "States.MathAdd($.left, -1)"}, "Next": "More"},
    "More": {"Type": "Choice", "Choices": [{"Variable": "$.left", "NumericGreaterThan": 0, "Next": "Work"}], "Default": "End"},
    "End": {"Type": "Succeed"}}}"#;

#[tokio::test]
async fn a_history_that_is_ten_times_as_long() {
    let run = async |rounds: usize| {
        let folder = folder();
        let path = folder.path().join("m.db");
        let measured = Measured::open(&path, LOOP, 10_000).await;
        let before = measured.cost();
        let input = json::parse_value(&format!(r#"{{"left": {rounds}}}"#)).unwrap();
        let started = measured.host.start_execution("M", None, input).await.unwrap();
        measured.host.idle().await.unwrap();
        measured.assert_ended(1).await;
        let ran = measured.since(before);
        let before = measured.cost();
        let history = measured.host.history(&started.execution_arn).await.unwrap();
        assert!(history.len() > rounds * 8, "{}", history.len());
        let read = measured.since(before);
        measured.close().await;
        (ran, read)
    };
    let (one, ten) = (run(250).await, run(2_500).await);
    assert_linear("a long history", one.0, ten.0);
    assert_linear("reading it", one.1, ten.1);
}

const LONG_WAIT: &str = r#"{"StartAt": "Many", "States": {
    "Many": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 10, "ResultPath": null, "Next": "Ask", "ItemProcessor": {
        "StartAt": "Work", "States": {"Work": {"Type": "Task", "End": true,
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work"}}}},
    "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": true,
        "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}}}}}"#;

/// What it costs to go on with an execution after a restart: its turns are read and gone through once.
#[tokio::test]
async fn a_restart_of_an_execution_that_is_ten_times_as_long() {
    let run = async |items: usize| {
        let folder = folder();
        let path = folder.path().join("m.db");
        let measured = Measured::open(&path, LONG_WAIT, 10_000).await;
        let items: Vec<String> = (0..items).map(|item| item.to_string()).collect();
        let input = json::parse_value(&format!(r#"{{"items": [{}]}}"#, items.join(","))).unwrap();
        let started = measured.host.start_execution("M", None, input).await.unwrap();
        measured.host.idle().await.unwrap();
        let token = measured.tokens.lock().unwrap()[0].clone();
        measured.close().await;
        let measured = Measured::open(&path, LONG_WAIT, 10_000).await;
        measured.host.idle().await.unwrap();
        measured.host.send_task_success(&token, Value::Null).await.unwrap();
        measured.host.wait(&started.execution_arn).await.unwrap();
        measured.assert_ended(1).await;
        let cost = measured.cost();
        measured.close().await;
        cost
    };
    assert_linear("a restart", run(200).await, run(2_000).await);
}

const WAITING: &str = r#"{"StartAt": "Ask", "States": {
    "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": true,
        "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}}}}}"#;

#[tokio::test]
async fn ten_times_as_many_that_wait() {
    let run = async |count: usize| {
        let folder = folder();
        let path = folder.path().join("m.db");
        // More than are kept in memory.
        let measured = Measured::open(&path, WAITING, 20).await;
        let before = measured.cost();
        measured.start(count).await;
        let started = measured.since(before);
        let mut tokens = measured.tokens.lock().unwrap().clone();
        assert_eq!(tokens.len(), count);
        // In another order than they were made in.
        tokens.sort_unstable();
        measured.close().await;
        let measured = Measured::open(&path, WAITING, 20).await;
        measured.host.idle().await.unwrap();
        let opened = measured.cost();
        for some in tokens.chunks(50) {
            for token in some {
                measured.host.send_task_success(token, Value::Null).await.unwrap();
            }
            measured.host.idle().await.unwrap();
        }
        measured.assert_ended(count as u64).await;
        let answered = measured.since(opened);
        measured.close().await;
        (started, opened, answered)
    };
    let (one, ten) = (run(200).await, run(2_000).await);
    assert_linear("starting those that wait", one.0, ten.0);
    assert_linear("a restart", one.1, ten.1);
    assert_linear("answering them all", one.2, ten.2);
}

/// A folder whose disk is memory, where there is one: nothing here is about what a disk does.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}
