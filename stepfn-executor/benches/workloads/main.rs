//! What an execution costs, beside the same work written by hand: an async function over `serde_json` values.
//!
//! ```text
//! cargo bench -p stepfn-executor
//! ```
//!
//! The last lines give the ratio for each workload, one execution after another and 64 at a time. Handlers do nothing but answer, so that
//! what is measured is the engine. `cargo bench -p stepfn-executor -- chain10` runs one workload.
#![allow(missing_docs, clippy::unwrap_used)]

mod by_hand;
mod in_jsonata;
mod machines;

use std::{
    collections::BTreeMap,
    hint::black_box,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use criterion::Criterion;
use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    json,
    value::Value,
};
use stepfn_executor::Executor;

use self::machines::Workload;

/// How long one execution took, by workload and by what was measured.
type Times = Arc<Mutex<BTreeMap<String, BTreeMap<&'static str, f64>>>>;

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(10)
        .configure_from_args();
    let times = Times::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    for workload in machines::all() {
        workload_times(&mut criterion, &runtime, &workload, &times);
    }
    criterion.final_summary();
    print_ratios(&times);
}

fn executor(workload: &Workload, workflow_type: WorkflowType) -> Executor {
    let (machine, diagnostics) = asl::read_str(&workload.definition).unwrap();
    assert_eq!(diagnostics, []);
    let mut builder = Executor::builder().virtual_time().allow_unbound();
    for (name, answer) in &workload.answers {
        let answer = ours(answer);
        builder = builder.function(*name, move |_: Value| std::future::ready(Ok(answer.clone())));
    }
    builder.build(&Definition::from_asl(workload.name, workflow_type, machine)).unwrap()
}

fn ours(value: &serde_json::Value) -> Value {
    json::parse_value(&value.to_string()).unwrap()
}

fn workload_times(
    criterion: &mut Criterion,
    runtime: &tokio::runtime::Runtime,
    workload: &Workload,
    times: &Times,
) {
    let express = executor(workload, WorkflowType::Express);
    let standard = executor(workload, WorkflowType::Standard);
    let input = ours(&workload.input);
    let work = by_hand::Work::new(workload);
    // Both do the same.
    let expected = runtime.block_on(work.run(workload.input.clone()));
    for executor in [&express, &standard] {
        let outcome = runtime.block_on(executor.run(input.clone())).unwrap();
        let output: serde_json::Value = serde_json::from_str(&outcome.output().unwrap().to_string()).unwrap();
        assert_eq!(output, expected, "{}", workload.name);
    }
    let mut measure = |what: &'static str, run: &mut dyn FnMut(u64)| {
        let times = Arc::clone(times);
        criterion.bench_function(&format!("{}/{what}", workload.name), |bencher| {
            bencher.iter_custom(|executions| {
                let start = Instant::now();
                run(executions);
                let took = start.elapsed();
                let each = took.as_secs_f64() / executions as f64;
                let mut times = times.lock().unwrap();
                let best = times.entry(workload.name.to_owned()).or_default().entry(what).or_insert(f64::MAX);
                *best = best.min(each);
                took
            });
        });
    };
    measure("by hand", &mut |n| {
        for _ in 0..n {
            black_box(runtime.block_on(work.run(workload.input.clone())));
        }
    });
    for (what, executor) in [("express", &express), ("standard", &standard)] {
        measure(what, &mut |n| {
            for _ in 0..n {
                black_box(runtime.block_on(executor.run(input.clone())).unwrap());
            }
        });
    }
    measure("by hand, 64 at a time", &mut |n| {
        let work = &work;
        spawn(runtime, n, |_| {
            let (work, input) = (work.clone(), workload.input.clone());
            async move {
                black_box(work.run(input).await);
            }
        });
    });
    for (what, executor) in [("express, 64 at a time", &express), ("standard, 64 at a time", &standard)] {
        measure(what, &mut |n| {
            spawn(runtime, n, |_| {
                let (executor, input) = (executor.clone(), input.clone());
                async move {
                    black_box(executor.run(input).await.unwrap());
                }
            });
        });
    }
}

/// Runs executions, 64 at a time.
fn spawn<F: Future<Output = ()> + Send + 'static>(
    runtime: &tokio::runtime::Runtime,
    executions: u64,
    mut run: impl FnMut(u64) -> F,
) {
    runtime.block_on(async {
        let mut left = executions;
        while left > 0 {
            let batch = left.min(64);
            left -= batch;
            for task in (0..batch).map(|index| tokio::spawn(run(index))).collect::<Vec<_>>() {
                task.await.unwrap();
            }
        }
    });
}

/// The share of the speed of the work by hand that is left.
fn print_ratios(times: &Times) {
    let times = times.lock().unwrap();
    println!(
        "\n{:20} {:>12} {:>10} {:>10} {:>14} {:>14}",
        "workload", "by hand", "Express", "Standard", "Express, 64", "Standard, 64"
    );
    for (workload, measured) in times.iter() {
        let time = |what: &str| measured.get(what).copied().unwrap_or(f64::NAN);
        let share = |hand: &str, what: &str| format!("1/{:.2}", time(what) / time(hand));
        println!(
            "{workload:20} {:>10.2}us {:>10} {:>10} {:>14} {:>14}",
            time("by hand") * 1e6,
            share("by hand", "express"),
            share("by hand", "standard"),
            share("by hand, 64 at a time", "express, 64 at a time"),
            share("by hand, 64 at a time", "standard, 64 at a time"),
        );
    }
}
