//! What can go wrong around a host: each has a typed error or goes by, and nothing is lost.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    json,
    value::Value,
};
use stepfn_durable::{
    Host, HostBuilder, HostError, OnInterrupted, RecoverError,
    store::{
        testing::{Crashing, Failure},
        *,
    },
};
use stepfn_executor::{Attempt, TaskCall, TaskHandler, Time, Timestamp, VirtualTime};

const WORK: &str = r#"{"StartAt": "A", "States": {
    "A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "Next": "B"},
    "B": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "Next": "C"},
    "C": {"Type": "Wait", "Seconds": 60, "Next": "D"},
    "D": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}}}"#;

fn definition(text: &str) -> Definition {
    let (machine, diagnostics) = asl::read_str(text).unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    Definition::from_asl("M", WorkflowType::Standard, machine)
}

fn input() -> Value {
    json::parse_value(r#"{"order": 7}"#).unwrap()
}

/// A host whose function notes its calls.
fn host(store: Arc<dyn Store>, calls: &Arc<Mutex<Vec<String>>>) -> HostBuilder {
    let calls = Arc::clone(calls);
    Host::builder()
        .shared_store(store)
        .machine_with(definition(WORK), move |builder| builder.function("work", Work(Arc::clone(&calls))))
}

struct Work(Arc<Mutex<Vec<String>>>);

impl TaskHandler for Work {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        self.0.lock().unwrap().push(call.idempotency_key.unwrap().to_owned());
        Attempt::Done(Ok(call.input.clone()))
    }
}

fn calls() -> Arc<Mutex<Vec<String>>> {
    Arc::default()
}

/// Each call once, and as many as there have to be.
#[track_caller]
fn assert_called_once(calls: &Mutex<Vec<String>>, expected: usize) {
    let calls = calls.lock().unwrap();
    let different: BTreeSet<&String> = calls.iter().collect();
    assert_eq!((calls.len(), different.len()), (expected, expected), "{calls:?}");
}

/// Real time for a host, by the clock that tokio pauses.
fn paused() -> impl Fn() -> Timestamp + Send + Sync {
    let since = tokio::time::Instant::now();
    move || {
        let millis = 1_700_000_000_000 + i64::try_from(since.elapsed().as_millis()).unwrap();
        Timestamp::from_millisecond(millis).unwrap()
    }
}

/// A store whose answers a test decides upon.
struct Decided<F> {
    store: Arc<dyn Store>,
    commit: F,
    hears: bool,
}

impl<F> std::fmt::Debug for Decided<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decided")
    }
}

macro_rules! decided {
    ($($kind:ident $name:ident($request:ty) -> $answer:ty;)*) => {
        impl<F: Fn(&[Turn]) -> Option<StoreError> + Send + Sync + 'static> Store for Decided<F> {
            $(decided!(@ $name($request) -> $answer);)*

            fn listen(&self, listener: Weak<Listener>) {
                if self.hears {
                    self.store.listen(listener);
                }
            }
        }
    };
    (@ commit($request:ty) -> $answer:ty) => {
        fn commit(&self, turns: $request) -> Answer<'_, $answer> {
            match (self.commit)(&turns) {
                Some(error) => Box::pin(std::future::ready(Err(error))),
                None => self.store.commit(turns),
            }
        }
    };
    (@ $name:ident($request:ty) -> $answer:ty) => {
        fn $name(&self, request: $request) -> Answer<'_, $answer> {
            self.store.$name(request)
        }
    };
}
stepfn_durable::every_call!(decided);

/// Lets a store fail once or twice at each of its writes, with the write done or not: the host asks again, and nothing else happens.
#[tokio::test(start_paused = true)]
async fn a_store_that_fails_in_the_middle_is_asked_again() {
    let mut failed = 0;
    for at in 1..24 {
        for happened in [false, true] {
            let memory: Arc<dyn Store> = Arc::new(Memory::new());
            let failures =
                [(at, Failure::Unknown { happened }), (at + 1, Failure::Unknown { happened: !happened })];
            let crashing = Arc::new(Crashing::new(Arc::clone(&memory), failures));
            let calls = calls();
            let shared: Arc<dyn Store> = Arc::<Crashing>::clone(&crashing);
            let time = Arc::new(VirtualTime::default());
            let host = loop {
                match host(shared.clone(), &calls).shared_time(Arc::clone(&time)).start().await {
                    Ok(host) => break host,
                    // It could not register its machines, and says so; a later one can.
                    Err(HostError::Store(StoreError::Unknown(_))) => {}
                    Err(error) => panic!("{error}"),
                }
            };
            let mut started = host.start_execution("M", Some("one"), input()).await;
            while matches!(started, Err(HostError::Store(StoreError::Unknown(_)))) {
                started = host.start_execution("M", Some("one"), input()).await;
            }
            let arn = started.unwrap().execution_arn;
            while !host.describe(&arn).await.unwrap().summary.status.is_closed() {
                // A start that nobody heard of has a lease that has to end.
                host.pass_time().await.unwrap();
                drop(time.reach(time.now() + Duration::from_secs(31)));
                host.idle().await.unwrap();
            }
            assert_eq!(host.describe(&arn).await.unwrap().summary.status, Status::Succeeded, "{at}");
            assert_called_once(&calls, 3);
            assert_eq!(host.trouble(), None, "{at}: it is over");
            failed += 1;
            host.shut_down().await;
        }
    }
    println!("{failed} runs with errors in the middle; lost: 0, run twice: 0");
}

/// A store that refuses the turns of one execution for good stops that one alone.
#[tokio::test(start_paused = true)]
async fn an_execution_that_the_store_refuses_harms_no_other() {
    let memory: Arc<dyn Store> = Arc::new(Memory::new());
    let refused = Arc::new(AtomicI64::new(0));
    let of = Arc::clone(&refused);
    let commit = move |turns: &[Turn]| {
        let bad = of.load(Ordering::Relaxed);
        turns
            .iter()
            .any(|turn| turn.execution.0 == bad && turn.seq > 1)
            .then(|| StoreError::Corrupt("a page is gone".to_owned()))
    };
    let store: Arc<dyn Store> = Arc::new(Decided { store: memory, commit, hears: true });
    let calls = calls();
    let host = host(store, &calls).virtual_time().start().await.unwrap();
    let mut arns = Vec::new();
    for number in 0..8 {
        let started = host.start_execution("M", Some(&format!("n{number}")), input()).await.unwrap();
        if number == 3 {
            let id = host.describe(&started.execution_arn).await.unwrap().summary.id;
            refused.store(id.0, Ordering::Relaxed);
        }
        arns.push(started.execution_arn);
    }
    while host.pass_time().await.unwrap().is_some() {}
    for (number, arn) in arns.iter().enumerate() {
        let ended = host.wait(arn).await;
        if number == 3 {
            let Err(HostError::Recover(RecoverError::Unreadable { reason })) = &ended else {
                panic!("{ended:?}")
            };
            assert!(reason.contains("a page is gone"), "{reason}");
        } else {
            assert_eq!(ended.unwrap().summary.status, Status::Succeeded, "{number}");
        }
    }
    assert_eq!(host.refused().keys().collect::<Vec<_>>(), [&arns[3]]);
    host.shut_down().await;
}

/// A clock that is set back an hour: leases, waits and claims go on, and no event is before the one before it.
#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_stops_nothing() {
    let memory: Arc<dyn Store> = Arc::new(Memory::new());
    // No hints: what there is has to be looked for.
    let deaf: Arc<dyn Store> =
        Arc::new(Decided { store: Arc::clone(&memory), commit: |_: &[Turn]| None, hears: false });
    let skew = Arc::new(AtomicI64::new(0));
    let (of, right) = (Arc::clone(&skew), paused());
    let clock = move || {
        let millis = right().as_millisecond() + of.load(Ordering::Relaxed);
        Timestamp::from_millisecond(millis).unwrap()
    };
    let calls = calls();
    let host = host(deaf, &calls).clock(clock).start().await.unwrap();
    let first = host.start_execution("M", Some("first"), input()).await.unwrap().execution_arn;
    host.idle().await.unwrap();
    skew.store(-3_600_000, Ordering::Relaxed);
    // One that another process started, and left to whoever finds it.
    let second = host.start_execution("M", Some("second"), input()).await.unwrap().execution_arn;
    let row = host.describe(&second).await.unwrap();
    let new = NewExecution {
        arn: format!("{}-found", row.summary.arn),
        name: "second-found".to_owned(),
        machine: row.summary.machine.clone(),
        revision: row.revision.clone(),
        input: row.input.clone(),
        head: row.head.clone(),
        started: host.now().as_millisecond(),
        ..NewExecution::default()
    };
    let found = new.arn.clone();
    memory.start(new).await.unwrap();
    let before = tokio::time::Instant::now();
    for arn in [&second, &found, &first] {
        let ended = host.wait(arn).await.unwrap();
        assert_eq!(ended.summary.status, Status::Succeeded);
        let history = host.history(arn).await.unwrap();
        let times: Vec<f64> = history
            .iter()
            .map(|event| {
                let event = json::parse_value(str::from_utf8(&event.data).unwrap()).unwrap();
                event["timestamp"].as_f64().unwrap()
            })
            .collect();
        assert!(times.is_sorted(), "{times:?}");
        if arn != &first {
            // Its minute is a minute by the clock that it began with.
            assert!(before.elapsed() < Duration::from_secs(100), "{:?}", before.elapsed());
        }
    }
    assert_called_once(&calls, 9);
    host.shut_down().await;
}

/// Who does not come back: work that waits for ever.
struct Never;

impl TaskHandler for Never {
    fn call(&self, _: &TaskCall<'_>) -> Attempt {
        Attempt::Work(Box::pin(std::future::pending()))
    }
}

#[tokio::test]
async fn a_function_that_never_comes_back_does_not_hold_up_the_end() {
    for is_virtual in [false, true] {
        let memory: Arc<dyn Store> = Arc::new(Memory::new());
        let builder = || {
            let builder =
                Host::builder().shared_store(Arc::clone(&memory)).on_interrupted(OnInterrupted::Rerun);
            if is_virtual { builder.virtual_time() } else { builder }
        };
        let first = builder().machine_with(definition(WORK), |builder| builder.function("work", Never));
        let first = first.start().await.unwrap();
        let arn = first.start_execution("M", None, input()).await.unwrap().execution_arn;
        while first.history(&arn).await.unwrap().len() < 3 {
            tokio::task::yield_now().await;
        }
        // Others are served meanwhile.
        let other = first.start_execution("M", None, input()).await.unwrap().execution_arn;
        first.stop(&other, None, None).await.unwrap();
        assert_eq!(first.wait(&other).await.unwrap().summary.status, Status::Aborted);
        first.shut_down().await;
        let calls = calls();
        let second = host(Arc::clone(&memory), &calls).on_interrupted(OnInterrupted::Rerun);
        let second = second.virtual_time_from(first.now());
        let second = second.start().await.unwrap();
        while second.pass_time().await.unwrap().is_some() {}
        assert_eq!(second.wait(&arn).await.unwrap().summary.status, Status::Succeeded);
        assert_called_once(&calls, 3);
        second.shut_down().await;
    }
}

/// On virtual time a slow function holds up neither the host nor other executions, and the clock does not move.
#[tokio::test]
async fn a_slow_function_on_virtual_time_holds_up_nobody() {
    let memory: Arc<dyn Store> = Arc::new(Memory::new());
    let (open, opens) = tokio::sync::watch::channel(false);
    let slow = definition(
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "TimeoutSeconds": 5, "End": true,
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:slow"}}}"#,
    );
    let quick = Definition { name: "Quick".into(), ..definition(WORK) };
    let calls = calls();
    let work = Work(Arc::clone(&calls));
    let host = Host::builder()
        .shared_store(memory)
        .virtual_time()
        .machine_with(slow, move |builder| {
            let opens = opens.clone();
            builder.function("slow", move |input: Value| {
                let mut opens = opens.clone();
                async move {
                    let _ = opens.wait_for(|open| *open).await;
                    Ok(input)
                }
            })
        })
        .machine_with(quick, move |builder| builder.function("work", Work(Arc::clone(&work.0))))
        .start()
        .await
        .unwrap();
    let slow = host.start_execution("M", None, input()).await.unwrap().execution_arn;
    let quick = host.start_execution("Quick", None, input()).await.unwrap().execution_arn;
    while calls.lock().unwrap().len() < 2 {
        tokio::task::yield_now().await;
    }
    let before = host.now();
    let passing = tokio::spawn({
        let host = host.clone();
        async move { while host.pass_time().await.unwrap().is_some() {} }
    });
    host.stop("arn:aws:states:us-east-1:123456789012:execution:M:none", None, None).await.unwrap_err();
    assert_eq!(host.now(), before, "no time passes while it works");
    open.send(true).unwrap();
    passing.await.unwrap();
    assert_eq!(host.wait(&slow).await.unwrap().summary.status, Status::Succeeded);
    assert_eq!(host.wait(&quick).await.unwrap().summary.status, Status::Succeeded);
    assert_called_once(&calls, 3);
    host.shut_down().await;
}

#[cfg(feature = "sqlite")]
mod file {
    use std::{env, fs, io::Write, path::Path, process::Command};

    use super::*;

    fn folder() -> tempfile::TempDir {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
    }

    /// Some executions that wait, in a file that is closed again.
    async fn waiting(path: &Path, count: usize, calls: &Arc<Mutex<Vec<String>>>) -> Vec<String> {
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(path).unwrap());
        let host = host(store, calls).virtual_time().start().await.unwrap();
        let mut arns = Vec::new();
        for number in 0..count {
            let started = host.start_execution("M", Some(&format!("n{number}")), input()).await.unwrap();
            arns.push(started.execution_arn);
        }
        host.idle().await.unwrap();
        host.shut_down().await;
        arns
    }

    #[tokio::test]
    async fn rows_that_are_damaged_stop_their_executions_alone() {
        for damage in [
            "update journal set data = x'00' where execution = 2",
            "delete from journal where execution = 2 and seq = 2",
            "update executions set head = x'ff' where id = 2",
            "update executions set input = '{' where id = 2",
            "update executions set revision = 'none' where id = 2",
        ] {
            let folder = folder();
            let path = folder.path().join("m.db");
            let calls = calls();
            let arns = waiting(&path, 3, &calls).await;
            rusqlite::Connection::open(&path).unwrap().execute_batch(damage).unwrap();
            let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path).unwrap());
            let host = host(store, &calls).virtual_time().start().await.unwrap();
            while host.pass_time().await.unwrap().is_some() {}
            let refused = host.refused();
            assert_eq!(refused.keys().collect::<Vec<_>>(), [&arns[1]], "{damage}");
            for arn in [&arns[0], &arns[2]] {
                assert_eq!(host.wait(arn).await.unwrap().summary.status, Status::Succeeded, "{damage}");
            }
            assert!(matches!(host.wait(&arns[1]).await, Err(HostError::Recover(_))), "{damage}");
            // It is kept as it is, for whoever can repair it.
            assert_eq!(host.describe(&arns[1]).await.unwrap().summary.status, Status::Running, "{damage}");
            host.shut_down().await;
        }
    }

    #[tokio::test]
    async fn a_damaged_file_is_an_error_in_words() {
        let (mut refused, mut stopped, mut unhurt) = (0, 0, 0);
        for seed in 0..24u64 {
            let folder = folder();
            let path = folder.path().join("m.db");
            let calls = calls();
            let arns = waiting(&path, 20, &calls).await;
            // All of it into the one file, whenever the store's own connection ends.
            rusqlite::Connection::open(&path)
                .unwrap()
                .query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
                .unwrap();
            let mut bytes = fs::read(&path).unwrap();
            let length = bytes.len();
            match seed % 4 {
                0 => bytes.truncate(length / 2),
                1 => bytes[..100].fill(7),
                _ => {
                    let page = 1 + usize::try_from(seed).unwrap() * 37 % (length / 4096 - 1);
                    bytes[page * 4096..(page + 1) * 4096].fill(0xA5);
                }
            }
            fs::write(&path, &bytes).unwrap();
            let store = match Sqlite::open(&path) {
                Ok(store) => store,
                Err(error) => {
                    assert!(error.is_lasting(), "{error}");
                    refused += 1;
                    continue;
                }
            };
            let started = host(Arc::new(store), &calls).virtual_time().stop_at_store_errors().start().await;
            let host = match started {
                Ok(host) => host,
                Err(HostError::Store(error)) => {
                    assert!(error.is_lasting(), "{error}");
                    refused += 1;
                    continue;
                }
                Err(error) => panic!("{error}"),
            };
            let mut passed = host.pass_time().await;
            while matches!(passed, Ok(Some(_))) {
                passed = host.pass_time().await;
            }
            match passed {
                Err(HostError::Stopped { reason }) => {
                    let reason = reason.unwrap();
                    assert!(reason.contains("damaged") || reason.contains("store"), "{reason}");
                    assert_eq!(host.stopped().await.as_deref(), Some(reason.as_str()));
                    stopped += 1;
                }
                Ok(_) => {
                    // What is not hurt has ended as it should; of the others it is known why not.
                    for arn in &arns {
                        match host.wait(arn).await {
                            Ok(ended) => assert_eq!(ended.summary.status, Status::Succeeded),
                            Err(
                                HostError::Recover(_) | HostError::Store(_) | HostError::NoExecution { .. },
                            ) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                    unhurt += 1;
                }
                Err(error) => panic!("{error}"),
            }
            host.shut_down().await;
        }
        println!("damaged files: {refused} refused, {stopped} hosts stopped, {unhurt} went on");
        assert!(refused > 0 && refused + stopped + unhurt == 24);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_on_a_full_disk_goes_on_when_there_is_room() {
        let folder = folder();
        let path = folder.path().join("m.db");
        let calls = calls();
        let store = Arc::new(Sqlite::open_with(&path, &["max_page_count = 90"]).unwrap());
        let shared: Arc<dyn Store> = Arc::<Sqlite>::clone(&store);
        let host = host(shared, &calls).clock(paused()).start().await.unwrap();
        let large = Value::from("x".repeat(40_000));
        let mut arns = Vec::new();
        let full = loop {
            match host.start_execution("M", None, large.clone()).await {
                Ok(started) => arns.push(started.execution_arn),
                Err(error) => break error,
            }
        };
        assert!(matches!(full, HostError::Store(StoreError::Full(_))), "{full}");
        assert!(!arns.is_empty());
        // Its own turns find no room either, and it says so, until there is some.
        while host.trouble().is_none() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert!(host.trouble().unwrap().contains("no space left"), "{:?}", host.trouble());
        store.set("max_page_count = 100000").await.unwrap();
        for arn in &arns {
            assert_eq!(host.wait(arn).await.unwrap().summary.status, Status::Succeeded);
        }
        assert_eq!(host.trouble(), None);
        assert_called_once(&calls, 3 * arns.len());
        let counts = host.store().counts(ExecutionsOf::All).await.unwrap();
        assert_eq!(counts.of(Status::Succeeded), arns.len() as u64, "none that was refused is there");
        host.shut_down().await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_that_somebody_locks_is_waited_for() {
        let folder = folder();
        let path = folder.path().join("m.db");
        let calls = calls();
        let store: Arc<dyn Store> = Arc::new(Sqlite::open_with(&path, &["busy_timeout = 0"]).unwrap());
        let host = host(store, &calls).clock(paused()).start().await.unwrap();
        let arn = host.start_execution("M", Some("before"), input()).await.unwrap().execution_arn;
        let other = rusqlite::Connection::open(&path).unwrap();
        while other.execute_batch("begin immediate").is_err() {}
        let error = host.start_execution("M", Some("during"), input()).await.unwrap_err();
        assert!(matches!(error, HostError::Store(StoreError::Locked(_))), "{error}");
        while host.trouble().is_none() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert!(host.trouble().unwrap().contains("in use"), "{:?}", host.trouble());
        other.execute_batch("rollback").unwrap();
        assert_eq!(host.wait(&arn).await.unwrap().summary.status, Status::Succeeded);
        assert_called_once(&calls, 3);
        host.shut_down().await;
    }

    const LOCKED: &str = "STEPFN_LOCKED_FILE";

    /// The other process. As a test of its own it does nothing.
    #[test]
    fn second_process() {
        let Some(path) = env::var_os(LOCKED) else { return };
        let error = Sqlite::open(path).unwrap_err();
        std::io::stdout().write_all(format!("TOLD {error}\n").as_bytes()).unwrap();
    }

    #[test]
    fn a_second_process_is_told_that_the_file_is_in_use() {
        let folder = folder();
        let path = folder.path().join("m.db");
        let store = Sqlite::open(&path).unwrap();
        let told = || {
            let output = Command::new(env::current_exe().unwrap())
                .args(["--exact", "file::second_process", "--nocapture"])
                .env(LOCKED, &path)
                .output()
                .unwrap();
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        assert!(told().contains("TOLD the store is in use by another process"), "{}", told());
        drop(store);
        assert!(!told().contains("TOLD"));
    }

    #[tokio::test]
    async fn files_of_earlier_versions_are_brought_up_to_date() {
        for change in [
            "alter table runs drop column not_redrivable; update stepfn_store set version = 1",
            "update stepfn_store set version = 1",
        ] {
            let folder = folder();
            let path = folder.path().join("m.db");
            let calls = calls();
            let arns = waiting(&path, 3, &calls).await;
            let other = rusqlite::Connection::open(&path).unwrap();
            other.execute_batch(change).unwrap();
            drop(other);
            let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path).unwrap());
            let host = host(store, &calls).virtual_time().start().await.unwrap();
            while host.pass_time().await.unwrap().is_some() {}
            for arn in &arns {
                assert_eq!(host.wait(arn).await.unwrap().summary.status, Status::Succeeded, "{change}");
            }
            assert_called_once(&calls, 9);
            host.shut_down().await;
            let other = rusqlite::Connection::open(&path).unwrap();
            let version: i64 =
                other.query_row("select version from stepfn_store", [], |row| row.get(0)).unwrap();
            assert_eq!(version, 2);
        }
    }

    #[test]
    fn tables_that_lack_something_are_told_by_name() {
        for (change, expected) in [
            ("alter table runs drop column redrive_key", "the table runs of"),
            ("drop table inbox", "has no table inbox"),
            ("delete from stepfn_store", "does not say which version"),
            ("update stepfn_store set version = -1", "no way between them"),
            ("update stepfn_store set version = 3", "written by a newer stepfn-durable"),
        ] {
            let folder = folder();
            let path = folder.path().join("m.db");
            drop(Sqlite::open(&path).unwrap());
            rusqlite::Connection::open(&path).unwrap().execute_batch(change).unwrap();
            let error = Sqlite::open(&path).unwrap_err();
            assert!(error.is_lasting() && error.to_string().contains(expected), "{change}: {error}");
        }
    }
}
