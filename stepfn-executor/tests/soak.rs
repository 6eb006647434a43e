//! The cost of a long life for a process. Each takes a minute and a machine of its own, so none runs with the other tests:
//! `cargo test --release -p stepfn-executor --test soak -- --ignored --nocapture --test-threads 1`.
//!
//! `counted_work.rs` has a smaller one of each, counted in allocations.

#![allow(clippy::unwrap_used)]

mod churn;

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::Thread,
    time::{Duration, Instant},
};

use futures_util::{Stream, stream::FuturesUnordered};
use stepfn_core::value::Value;
use stepfn_executor::Executor;

use churn::{Churn, definition};

/// A line of `/proc/self/status`, where there is one.
fn status(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
}

/// Resident memory, in KiB.
fn memory() -> Option<u64> {
    status("VmRSS")
}

#[test]
#[ignore = "takes a minute"]
fn a_million_executions_with_random_cancels_give_their_memory_back() {
    let executors = churn::executors();
    let mut churn = Churn::new(&executors, 1);
    churn.run(50_000);
    let before = memory();
    let started = Instant::now();
    churn.run(950_000);
    let ended = churn.finish();
    let after = memory();
    println!("1,000,000 executions in {:?}: {ended:?}", started.elapsed());
    println!("resident: {before:?} KiB after 50,000 executions, {after:?} KiB after 1,000,000");
    if let (Some(before), Some(after)) = (before, after) {
        assert!(after <= before + 16 * 1024, "{before} KiB became {after} KiB");
    }
}

/// Wakes the thread that drives all.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[test]
#[ignore = "takes a minute"]
fn a_hundred_thousand_executions_wait_on_real_time_outside_of_tokio() {
    const NUMBER: u32 = 100_000;
    let asl = r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 30, "End": true}}}"#;
    let executor = Executor::builder().real_time().build(&definition(asl)).unwrap();
    let (before, threads) = (memory(), status("Threads"));
    let started = Instant::now();
    let mut waiting: FuturesUnordered<_> =
        (0..NUMBER).map(|order| executor.start(Value::from(order))).collect();
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut cx = Context::from_waker(&waker);
    let (mut ended, mut shown) = (0, false);
    while ended < NUMBER {
        match Pin::new(&mut waiting).poll_next(&mut cx) {
            Poll::Ready(Some(outcome)) => {
                assert!(outcome.unwrap().output().is_some());
                ended += 1;
            }
            Poll::Ready(None) => break,
            Poll::Pending => {
                if !std::mem::replace(&mut shown, true) {
                    println!("{NUMBER} wait after {:?}", started.elapsed());
                    println!("resident: {before:?} KiB before, {:?} KiB while they wait", memory());
                    println!("threads: {threads:?} before, {:?} while they wait", status("Threads"));
                    if let (Some(before), Some(now)) = (threads, status("Threads")) {
                        assert!(now <= before + 1, "{before} threads became {now}");
                    }
                    if let (Some(before), Some(now)) = (before, memory()) {
                        assert!(now - before < 400 * 1024, "{} KiB", now - before);
                    }
                }
                std::thread::park_timeout(Duration::from_secs(60));
            }
        }
    }
    assert_eq!(ended, NUMBER);
    println!("all ended after {:?}", started.elapsed());
}

#[test]
#[ignore = "takes a minute"]
fn giving_back_ten_times_the_tokens_takes_ten_times_as_long() {
    for number in [2_000, 20_000] {
        let executor = churn::asking(number);
        let mut execution = executor.start(Value::Null);
        execution.run_until_idle();
        let tokens = execution.pending_tokens();
        assert_eq!(tokens.len(), number);
        let started = Instant::now();
        for pending in tokens {
            executor.send_task_success(&pending.token, Value::Null).unwrap();
        }
        assert!(execution.run_blocking().unwrap().output().is_some());
        println!("{number} tokens: {:?}", started.elapsed());
    }
}
