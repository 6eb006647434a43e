//! Several hosts over one store: in memory, and in the Postgres of `STEPFN_POSTGRES_URL` where there is one.
//!
//! Leases are on a virtual clock that the hosts share, so that nobody waits for them.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    json,
    task::TaskFailure,
    value::Value,
};
use stepfn_durable::{
    Host, OnInterrupted,
    store::{Entry, ExecutionsOf, Load, Memory, Status, Store},
};
use stepfn_executor::{Attempt, TaskCall, TaskHandler, Time, VirtualTime};
use tokio::{
    runtime::{Builder, Runtime},
    sync::watch,
};

const ROW: &str = r#"{"StartAt": "First", "States": {
    "First": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "Next": "Rest"},
    "Rest": {"Type": "Wait", "Seconds": 3600, "Next": "Ask"},
    "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token", "name.$": "$$.Execution.Name"}},
        "Next": "Last"},
    "Last": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}}}"#;

fn definition() -> Definition {
    let (machine, diagnostics) = asl::read_str(ROW).unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    Definition::from_asl("Row", WorkflowType::Standard, machine)
}

/// What all functions of all hosts were called for.
#[derive(Default)]
struct Board {
    /// The host, the key and whether the call is one that was interrupted.
    calls: Vec<(&'static str, String, bool)>,
    tokens: BTreeMap<String, String>,
}

/// Where executions are, opened anew for each host.
type Open = Arc<dyn Fn(&Runtime) -> Arc<dyn Store>>;

struct World {
    open: Open,
    time: Arc<VirtualTime>,
    board: Arc<Mutex<Board>>,
}

/// The functions of one host. Those that have to wait do so until the gate is open, which may be never.
struct Work {
    host: &'static str,
    board: Arc<Mutex<Board>>,
    gate: watch::Receiver<bool>,
}

impl TaskHandler for Work {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        let key = call.idempotency_key.unwrap().to_owned();
        self.board.lock().unwrap().calls.push((self.host, key, call.interrupted));
        let mut gate = self.gate.clone();
        let answer = Value::from(self.host);
        Attempt::Work(Box::pin(async move {
            // The host that opens it may be dead.
            if gate.wait_for(|open| *open).await.is_err() {
                std::future::pending::<()>().await;
            }
            Ok::<_, TaskFailure>(answer)
        }))
    }
}

/// A host with a runtime of its own, which dies with it.
struct Machine {
    host: Host,
    gate: watch::Sender<bool>,
    runtime: Runtime,
    store: Arc<dyn Store>,
}

impl World {
    fn over(open: Open) -> Self {
        Self { open, time: Arc::new(VirtualTime::default()), board: Arc::default() }
    }

    fn host(&self, name: &'static str, open: bool) -> Machine {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let store = (self.open)(&runtime);
        let (gate, opens) = watch::channel(open);
        let board = Arc::clone(&self.board);
        let work = move |builder: stepfn_executor::ExecutorBuilder| {
            let asked = Arc::clone(&board);
            let work = Work { host: name, board: Arc::clone(&board), gate: opens.clone() };
            builder.function("work", work).function("ask", move |input: Value| {
                let (token, of) = (input["token"].as_str().unwrap(), input["name"].as_str().unwrap());
                asked.lock().unwrap().tokens.insert(of.to_owned(), token.to_owned());
                async { Ok::<_, TaskFailure>(Value::Null) }
            })
        };
        let builder = Host::builder()
            .shared_store(Arc::clone(&store))
            .shared_time(Arc::clone(&self.time))
            .on_interrupted(OnInterrupted::Rerun)
            .executors(work)
            .machine(definition());
        let host = runtime.block_on(builder.start()).unwrap();
        Machine { host, gate, runtime, store }
    }

    /// Moves the clock of all hosts.
    fn pass(&self, seconds: u64) {
        let at = self.time.now() + Duration::from_secs(seconds);
        drop(self.time.reach(at));
    }
}

impl Machine {
    fn start(&self, name: &str) -> String {
        let started = self.host.start_execution("Row", Some(name), json::parse_value("{}").unwrap());
        self.runtime.block_on(started).unwrap().execution_arn
    }

    fn idle(&self) {
        self.runtime.block_on(self.host.idle()).unwrap();
    }

    /// Lets the loop of the host go round, though its functions may not be done.
    fn look(&self, arn: &str) {
        // Whatever it waits for, it answers this in a round of its own.
        self.runtime.block_on(self.host.send_task_heartbeat("none")).unwrap_err();
        let _ = self.runtime.block_on(self.host.describe(arn)).unwrap();
    }

    fn kill(self) {
        // A process that dies says nothing: a host that is dropped would give its leases back.
        std::mem::forget(self.host);
        self.runtime.shutdown_background();
    }

    fn journal(&self, arn: &str) -> Vec<Entry> {
        self.runtime.block_on(async {
            let id = self.host.describe(arn).await.unwrap().summary.id;
            self.store.load(Load { id, after: 0, limit: 1000 }).await.unwrap()
        })
    }
}

fn in_memory() -> Open {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    Arc::new(move |_| Arc::clone(&store))
}

#[cfg(feature = "postgres")]
fn in_postgres(schema: &'static str) -> Option<Open> {
    use stepfn_durable::store::Postgres;
    let url = std::env::var("STEPFN_POSTGRES_URL").ok()?;
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(&format!("drop schema if exists {schema} cascade")).await.unwrap();
    });
    Some(Arc::new(move |runtime| {
        Arc::new(runtime.block_on(Postgres::connect_to_schema(&url, schema)).unwrap())
    }))
}

#[cfg(not(feature = "postgres"))]
fn in_postgres(_: &'static str) -> Option<Open> {
    None
}

fn stores(schema: &'static str) -> impl Iterator<Item = (&'static str, Open)> {
    let postgres = in_postgres(schema).map(|open| ("Postgres", open));
    [("memory", in_memory())].into_iter().chain(postgres)
}

#[test]
fn hosts_share_the_work_and_one_takes_over_from_another_that_died() {
    for (place, open) in stores("shared_work") {
        let world = World::over(open);
        let one = world.host("one", true);
        let other = world.host("other", true);
        let mut arns = Vec::new();
        for number in 0..40 {
            let host = if number % 2 == 0 { &one } else { &other };
            arns.push(host.start(&format!("number-{number}")));
        }
        one.idle();
        other.idle();
        // From now on the functions of one do not come back: it dies with calls under way.
        one.gate.send(false).unwrap();
        for number in 40..50 {
            arns.push(one.start(&format!("number-{number}")));
        }
        while world.board.lock().unwrap().calls.len() < 50 {
            std::thread::yield_now();
        }
        one.kill();
        // Its lease is not over yet.
        world.pass(25);
        other.idle();
        assert_eq!(world.board.lock().unwrap().calls.len(), 50, "{place}: nobody has them yet");
        world.pass(6);
        other.idle();
        let taken_over = world.board.lock().unwrap().calls.iter().filter(|(.., again)| *again).count();
        assert_eq!(taken_over, 10, "{place}: the calls that were under way are made again");
        // Who waits goes on there, too: an hour later all ask for a token.
        world.pass(3600);
        other.idle();
        let third = world.host("third", true);
        let tokens = world.board.lock().unwrap().tokens.clone();
        assert_eq!(tokens.len(), 50, "{place}");
        for (number, token) in tokens.values().enumerate() {
            // Answered at any host, whoever has the execution.
            let host = if number % 2 == 0 { &third } else { &other };
            host.runtime.block_on(host.host.send_task_success(token, Value::from(number as f64))).unwrap();
        }
        // The hints of another process may be lost, so hosts look now and then.
        world.pass(2);
        other.idle();
        for arn in &arns {
            let ended = third.runtime.block_on(third.host.wait(arn)).unwrap();
            assert_eq!(ended.summary.status, Status::Succeeded, "{place}: {arn}");
            let history = third.runtime.block_on(third.host.history(arn)).unwrap();
            assert!((1..).zip(&history).all(|(id, event)| event.id == id), "{place}: {arn}");
        }
        let counts = third.runtime.block_on(third.store.counts(ExecutionsOf::All)).unwrap();
        let lost = arns.len() as u64 - counts.of(Status::Succeeded);
        let board = world.board.lock().unwrap();
        let answered: BTreeSet<&String> = board.calls.iter().map(|(_, key, _)| key).collect();
        // Each call has a key of its own; one that was made twice was under way when its host died.
        let twice = board.calls.iter().filter(|(.., again)| !*again).count() - answered.len();
        let hosts: BTreeSet<&str> = board.calls.iter().map(|(host, ..)| *host).collect();
        println!(
            "{place}: {} executions at {hosts:?}, {} calls, {taken_over} of them taken over; lost: {lost}, run twice: {twice}",
            arns.len(),
            board.calls.len(),
        );
        assert_eq!((lost, twice, answered.len()), (0, 0, 100), "{place}");
        assert!(hosts.contains("one") && hosts.contains("other"), "{place}: {hosts:?}");
    }
}

#[test]
fn a_host_that_was_fenced_out_writes_nothing() {
    for (place, open) in stores("fenced_out") {
        let world = World::over(open);
        // Its function hangs, and with it, for longer than its lease, the host says nothing.
        let slow = world.host("slow", false);
        let arn = slow.start("number-0");
        while world.board.lock().unwrap().calls.is_empty() {
            std::thread::yield_now();
        }
        world.pass(31);
        let other = world.host("other", true);
        other.idle();
        world.pass(3600);
        other.idle();
        let token = world.board.lock().unwrap().tokens.values().next().unwrap().clone();
        let before = (other.journal(&arn), other.runtime.block_on(other.host.history(&arn)).unwrap());
        assert_eq!(before.0.len() as i64, other.runtime.block_on(other.host.describe(&arn)).unwrap().seq);
        // Now its function comes back, and it would write what it knows.
        slow.gate.send(true).unwrap();
        slow.idle();
        slow.look(&arn);
        let after = (other.journal(&arn), other.runtime.block_on(other.host.history(&arn)).unwrap());
        assert_eq!(before, after, "{place}");
        slow.runtime.block_on(slow.host.send_task_success(&token, Value::Null)).unwrap();
        world.pass(2);
        other.idle();
        let ended = other.runtime.block_on(other.host.wait(&arn)).unwrap();
        let output = ended.end.unwrap().output;
        assert_eq!(output.as_deref(), Some("\"other\""), "{place}: the one that has it goes on with it");
        let calls = world.board.lock().unwrap().calls.clone();
        let by: Vec<(&str, bool)> = calls.iter().map(|(host, _, again)| (*host, *again)).collect();
        assert_eq!(by, [("slow", false), ("other", true), ("other", false)], "{place}");
    }
}

#[test]
fn what_one_host_registers_another_runs() {
    for (place, open) in stores("registered") {
        let world = World::over(open);
        let one = world.host("one", true);
        let other = world.host("other", true);
        let (machine, _) = asl::read_str(
            r#"{"StartAt": "Only", "States": {"Only": {"Type": "Task",
                "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}}}"#,
        )
        .unwrap();
        let newer = Definition::from_asl("Row", WorkflowType::Standard, machine);
        let revision = one.runtime.block_on(one.host.add(newer)).unwrap();
        let arn = "arn:aws:states:us-east-1:123456789012:stateMachine:Row";
        let known = other.runtime.block_on(other.store.machine(arn.to_owned())).unwrap().unwrap();
        assert_eq!(known.revision, revision, "{place}");
        let start = stepfn_durable::StartOf { name: Some("newer"), ..Default::default() };
        let started = other.runtime.block_on(other.host.start_revision(arn, &revision, start)).unwrap();
        let ended = one.runtime.block_on(one.host.wait(&started.execution_arn)).unwrap();
        assert_eq!(ended.end.unwrap().output.as_deref(), Some("\"other\""), "{place}");
        // The same start at both is one execution.
        let again = stepfn_durable::StartOf { name: Some("both"), ..Default::default() };
        let old = one.start("old");
        let first = other.runtime.block_on(other.host.start_revision(arn, &revision, again.clone())).unwrap();
        let second = one.runtime.block_on(one.host.start_revision(arn, &revision, again));
        match second {
            Ok(second) => assert_eq!(second.execution_arn, first.execution_arn, "{place}"),
            // It has ended by now.
            Err(error) => assert!(error.to_string().contains("both"), "{place}: {error}"),
        }
        // What ran before goes on with its own revision.
        one.idle();
        let events = one.runtime.block_on(one.host.history(&old)).unwrap();
        let newest = String::from_utf8(events.last().unwrap().data.clone()).unwrap();
        assert!(newest.contains("TaskSucceeded") || newest.contains("Succeeded"), "{place}: {newest}");
    }
}
