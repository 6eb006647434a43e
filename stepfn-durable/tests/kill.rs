//! Processes that are killed for real (`SIGKILL`), over a file, and two at once over the Postgres of `STEPFN_POSTGRES_URL` where there is one: what
//! was kept goes on, and no call that was answered is made again.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
#![cfg(feature = "sqlite")]

use std::{
    collections::HashSet,
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    value::Value,
};
use stepfn_durable::{
    Host, OnInterrupted,
    store::{Sqlite, Status},
};
use stepfn_executor::{Attempt, TaskCall, TaskHandler};

const FOLDER: &str = "STEPFN_KILLED_IN";
/// The schema of those that share a database.
const SCHEMA: &str = "STEPFN_KILLED_SCHEMA";
const EXECUTIONS: usize = 4;
const STATES: usize = 6;

fn definition() -> Definition {
    let states: Vec<String> = (0..STATES)
        .map(|number| {
            let next = if number + 1 == STATES { r#""End": true"#.to_owned() } else { format!(r#""Next": "S{}""#, number + 1) };
            format!(r#""S{number}": {{"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", {next}}}"#)
        })
        .collect();
    let text = format!(r#"{{"StartAt": "S0", "States": {{{}}}}}"#, states.join(", "));
    let (machine, diagnostics) = asl::read_str(&text).unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    Definition::from_asl("Row", WorkflowType::Standard, machine)
}

/// Leaves a line for each call in a file, and says so.
struct Work(PathBuf);

impl TaskHandler for Work {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        let line = format!("{} {}\n", call.idempotency_key.unwrap(), call.interrupted);
        let mut file = fs::OpenOptions::new().create(true).append(true).open(&self.0).unwrap();
        file.write_all(line.as_bytes()).unwrap();
        println!("KILL call");
        Attempt::Done(Ok(Value::from(call.input.as_i64().unwrap_or(0) + 1)))
    }
}

/// The process that is killed. As a test of its own it does nothing.
#[tokio::test]
async fn worker() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let calls = folder.join("calls");
    let host = match env::var(SCHEMA) {
        Err(_) => Host::builder().store(Sqlite::open(folder.join("stepfn.db")).unwrap()),
        Ok(schema) => over_postgres(&schema).await,
    };
    let host = host
        .on_interrupted(OnInterrupted::Rerun)
        .machine_with(definition(), move |builder| builder.function("work", Work(calls.clone())))
        .observer(|_| println!("KILL commit"))
        .start()
        .await
        .unwrap();
    let mut arns = Vec::new();
    for number in 0..EXECUTIONS {
        let name = format!("number-{number}");
        match host.start_execution("Row", Some(&name), Value::from(0)).await {
            Ok(started) => arns.push(started.execution_arn),
            Err(stepfn_durable::HostError::Run(stepfn_executor::RunError::ExecutionAlreadyExists {
                arn,
            })) => arns.push(arn),
            Err(error) => panic!("{error}"),
        }
    }
    for arn in arns {
        let ended = host.wait(&arn).await.unwrap();
        let output = ended.end.and_then(|end| end.output);
        assert_eq!((ended.summary.status, output), (Status::Succeeded, Some(STATES.to_string())));
        let history = host.history(&arn).await.unwrap();
        assert!((1..).zip(&history).all(|(id, event)| event.id == id), "{history:?}");
    }
    println!("KILL done");
    host.shut_down().await;
}

/// A host that is missed soon when it dies.
#[cfg(feature = "postgres")]
async fn over_postgres(schema: &str) -> stepfn_durable::HostBuilder {
    use std::time::Duration;
    let url = env::var("STEPFN_POSTGRES_URL").unwrap();
    let store = stepfn_durable::store::Postgres::connect_to_schema(&url, schema).await.unwrap();
    Host::builder().store(store).lease(Duration::from_millis(400)).poll(Duration::from_millis(40))
}

#[cfg(not(feature = "postgres"))]
async fn over_postgres(_: &str) -> stepfn_durable::HostBuilder {
    Host::builder()
}

/// Two processes over one database, each killed now and then while the other goes on.
#[cfg(feature = "postgres")]
#[test]
fn of_two_processes_over_one_postgres_each_is_killed_and_nothing_is_lost() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let Ok(url) = env::var("STEPFN_POSTGRES_URL") else { return };
    let kills = AtomicUsize::new(0);
    let (mut calls, mut again) = (0, 0);
    for round in 0..4u64 {
        let schema = format!("killed_{round}");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute(&format!("drop schema if exists {schema} cascade")).await.unwrap();
        });
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for process in 0..2u64 {
                let (kills, schema, folder) = (&kills, &schema, folder.path());
                scope.spawn(move || {
                    for turn in 0..4u64 {
                        let lines =
                            if turn == 3 { u64::MAX } else { 1 + (round * 7 + process * 3 + turn * 5) % 11 };
                        let mut child = Command::new(env::current_exe().unwrap())
                            .args(["--exact", "worker", "--nocapture"])
                            .env(FOLDER, folder)
                            .env(SCHEMA, schema)
                            .stdout(Stdio::piped())
                            .spawn()
                            .unwrap();
                        let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
                        let mut said = said
                            .filter(|line| line.contains("KILL "))
                            .take(usize::try_from(lines).unwrap_or(usize::MAX));
                        if said.any(|line| line.ends_with("done")) {
                            assert!(child.wait().unwrap().success());
                            break;
                        }
                        child.kill().unwrap();
                        assert_ne!(child.wait().unwrap().code(), Some(101), "the process panicked");
                        assert_ne!(turn, 3, "the last is not killed");
                        kills.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        let made = fs::read_to_string(folder.path().join("calls")).unwrap();
        let mut seen = HashSet::new();
        for line in made.lines() {
            let (key, interrupted) = line.split_once(' ').unwrap();
            calls += 1;
            if !seen.insert(key.to_owned()) {
                assert_eq!(interrupted, "true", "{key} was answered, and called again");
                again += 1;
            }
        }
        assert_eq!(seen.len(), EXECUTIONS * STATES, "calls that were lost");
    }
    let kills = kills.into_inner();
    println!(
        "two processes over Postgres: {kills} kills, {calls} calls, {again} of them made again as nobody knew their answer; lost: 0, run twice: 0"
    );
    assert!(kills >= 4, "{kills}");
}

#[test]
fn whatever_is_killed_nothing_is_lost_and_nothing_that_was_answered_is_done_again() {
    let (mut kills, mut calls, mut again) = (0, 0, 0);
    let mut random: u64 = 7;
    for _ in 0..12 {
        let folder = tempfile::tempdir().unwrap();
        loop {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let lines = 1 + (random >> 33) % 14;
            let mut child = Command::new(env::current_exe().unwrap())
                .args(["--exact", "worker", "--nocapture"])
                .env(FOLDER, folder.path())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
            let mut said = said.filter(|line| line.contains("KILL ")).take(usize::try_from(lines).unwrap());
            if said.any(|line| line.ends_with("done")) {
                assert!(child.wait().unwrap().success());
                break;
            }
            child.kill().unwrap();
            let status = child.wait().unwrap();
            assert_ne!(status.code(), Some(101), "the process panicked");
            kills += 1;
        }
        let made = fs::read_to_string(folder.path().join("calls")).unwrap();
        let mut seen = HashSet::new();
        for line in made.lines() {
            let (key, interrupted) = line.split_once(' ').unwrap();
            calls += 1;
            if !seen.insert(key.to_owned()) {
                assert_eq!(interrupted, "true", "{key} was answered, and called again");
                again += 1;
            }
        }
        assert_eq!(seen.len(), EXECUTIONS * STATES, "calls that were lost");
    }
    println!(
        "{kills} kills, {calls} calls, {again} of them made again as nobody knew their answer; lost: 0, run twice: 0"
    );
    assert!(kills >= 12, "{kills}");
}
