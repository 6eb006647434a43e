//! Runs a workload and prints what it took, to be compared with other engines:
//!
//! ```text
//! cargo run --release -p stepfn-executor --example bench_adapter -- WORKLOAD_DIR EXECUTIONS CONCURRENCY [express|standard] [fresh] [history] [threads=N]
//! ```
//!
//! With `fresh` each execution and each answer has data of its own, as what is read from a socket has; else all share the same. With `history`
//! each execution's history becomes JSON text.
//!
//! A workload is a directory with `definition.json`, `input.json`, `expected.json` (the output of a run), `mocks.json` (what each function
//! answers, by its name) and `meta.json` (`transitions` of a run; `fail_first` and `error`: how often the function fails before).
#![allow(clippy::unwrap_used)]

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    json,
    value::Value,
};
use stepfn_executor::{Executor, Mock};

/// How many executions a worker takes at a time.
const CHUNK: u64 = 16;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, executions, concurrency, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: bench_adapter WORKLOAD_DIR EXECUTIONS CONCURRENCY [express|standard]");
        std::process::exit(2);
    };
    let executions: u64 = executions.parse().unwrap();
    let concurrency: u64 = concurrency.parse::<u64>().unwrap().max(1);
    let is = |word: &str| rest.iter().any(|option| option == word);
    let workflow_type = if is("express") { WorkflowType::Express } else { WorkflowType::Standard };
    let (is_fresh, has_history) = (is("fresh"), is("history"));
    let threads = rest.iter().find_map(|option| option.strip_prefix("threads=")?.parse().ok());
    let workload = Workload::read(Path::new(directory), workflow_type, is_fresh);
    let started = Instant::now();
    let done = Arc::new(AtomicU64::new(0));
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = threads {
        runtime.worker_threads(threads);
    }
    let runtime = runtime.build().unwrap();
    runtime.block_on(async {
        let workers = (0..concurrency).map(|_| {
            let (executor, input, done) = (workload.executor.clone(), workload.input.clone(), done.clone());
            tokio::spawn(async move {
                loop {
                    // Some at a time, so that the count is not what is measured.
                    let from = done.fetch_add(CHUNK, Ordering::Relaxed);
                    for _ in from..executions.min(from + CHUNK) {
                        let input = if is_fresh { fresh(&input) } else { input.clone() };
                        let outcome = executor.run(input).await.unwrap();
                        if has_history {
                            std::hint::black_box(outcome.history.to_json_string());
                        }
                    }
                    if from >= executions {
                        return;
                    }
                }
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
    });
    println!(
        r#"{{"executions":{executions},"seconds":{:.6},"transitions":{},"maxrss_kb":{}}}"#,
        started.elapsed().as_secs_f64(),
        workload.transitions * executions,
        max_rss_kb()
    );
}

struct Workload {
    executor: Executor,
    input: Value,
    transitions: u64,
}

impl Workload {
    fn read(directory: &Path, workflow_type: WorkflowType, is_fresh: bool) -> Self {
        let read = |name: &str| {
            let text = std::fs::read_to_string(directory.join(name))
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            json::parse_value(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        let (machine, _) = asl::read(&read("definition.json"));
        let definition = Definition::from_asl("Workload", workflow_type, machine);
        let meta = read("meta.json");
        let mut builder = Executor::builder().virtual_time().allow_unbound();
        for (name, answer) in read("mocks.json").as_object().into_iter().flatten() {
            let answer = answer.clone();
            builder = match whole(&meta["fail_first"]) {
                None => builder.function(&**name, move |_: Value| {
                    std::future::ready(Ok(if is_fresh { fresh(&answer) } else { answer.clone() }))
                }),
                Some(times) => {
                    let error = meta["error"].as_str().unwrap_or("Error");
                    let mock = Mock::fail(error, "")
                        .times(usize::try_from(times).unwrap())
                        .then(Mock::payload(answer));
                    builder.function(&**name, mock)
                }
            };
        }
        let executor = builder.build(&definition).unwrap_or_else(|error| panic!("{error}"));
        let input = read("input.json");
        let outcome = executor.run_blocking(input.clone()).unwrap();
        let expected = read("expected.json");
        assert_eq!(outcome.output(), Some(&expected), "the workload's output is another than expected");
        Self { executor, input, transitions: whole(&meta["transitions"]).unwrap_or(0) }
    }
}

/// A copy that shares nothing.
fn fresh(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(&**text),
        Value::Array(items) => Value::array(items.iter().map(fresh)),
        Value::Object(members) => Value::object(members.iter().map(|(key, value)| (key, fresh(value)))),
        scalar => scalar.clone(),
    }
}

fn whole(value: &Value) -> Option<u64> {
    value.to_string().parse().ok()
}

/// The most memory that the process has held, where the system reports it.
fn max_rss_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
