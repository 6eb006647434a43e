//! How fast executions start over a store in a file, and what many that wait cost.
//!
//! `cargo run --release -p stepfn-durable --example load -- FOLDER [WAITING]`, with a folder on the disk that is meant. With the feature `postgres` and
//! `STEPFN_POSTGRES_URL`: over that, by one host and by two.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{
    fs::File,
    io::{Seek, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    json,
};
use stepfn_durable::{
    Host,
    store::{ExecutionsOf, Sqlite, Status},
};
use stepfn_executor::Timestamp;

const WAITS: &str =
    r#"{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 86400, "End": true}}}"#;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".to_owned());
    let waiting = arguments.next().map_or(100_000, |count| count.parse().unwrap());
    let folder = tempfile::tempdir_in(folder).unwrap();
    let syncs = syncs_each_second(folder.path());
    println!("the disk: {syncs:.0} waits for it (fdatasync of 4 KiB) each second");
    for in_flight in [1, 16, 64, 256] {
        let path = folder.path().join(format!("{in_flight}.db"));
        let host = open(&path).await;
        let rate = start_many(&host, (200 * in_flight).min(20_000), in_flight).await;
        println!("{in_flight} in flight: {rate:.0} starts each second, {:.1} for each wait", rate / syncs);
        host.shut_down().await;
    }
    #[cfg(feature = "postgres")]
    over_postgres().await;
    for count in [waiting / 10, waiting] {
        let path = folder.path().join(format!("waiting-{count}.db"));
        let before = memory();
        let host = open(&path).await;
        let start = Instant::now();
        start_many(&host, count, 256).await;
        println!(
            "{count} started in {:.1} s, {} MiB more memory",
            start.elapsed().as_secs_f64(),
            memory().saturating_sub(before)
        );
        let start = Instant::now();
        host.idle().await.unwrap();
        println!(
            "  all wait {:.1} s later, {} MiB more",
            start.elapsed().as_secs_f64(),
            memory().saturating_sub(before)
        );
        host.shut_down().await;
        drop(host);
        closed(&path).await;
        let before = memory();
        let start = Instant::now();
        let host = open(&path).await;
        println!("  opened again in {:.3} s", start.elapsed().as_secs_f64());
        host.idle().await.unwrap();
        let after = start.elapsed().as_secs_f64();
        println!("  nothing left to do after {after:.3} s, {} MiB more", memory().saturating_sub(before));
        let counts = host.store().counts(ExecutionsOf::All).await.unwrap();
        assert_eq!(counts.of(Status::Running), u64::try_from(count).unwrap());
        host.shut_down().await;
        drop(host);
        closed(&path).await;
        resume(&path, count).await;
    }
}

/// Opens the file two days later: all that wait are due at once.
async fn resume(path: &Path, count: usize) {
    let later = Timestamp::now() + Duration::from_secs(2 * 86_400);
    let start = Instant::now();
    let before = memory();
    let builder = Host::builder().store(Sqlite::open(path).unwrap()).virtual_time_from(later);
    let host = builder.machine(definition()).start().await.unwrap();
    host.idle().await.unwrap();
    let took = start.elapsed().as_secs_f64();
    let counts = host.store().counts(ExecutionsOf::All).await.unwrap();
    assert_eq!(counts.of(Status::Succeeded), u64::try_from(count).unwrap());
    println!(
        "  opened two days later: all resumed and ended in {took:.1} s, {:.0} each second, {} MiB more",
        count as f64 / took,
        memory().saturating_sub(before)
    );
    host.shut_down().await;
}

/// Starts by one host and by two, each with connections of its own.
#[cfg(feature = "postgres")]
async fn over_postgres() {
    use stepfn_durable::store::Postgres;
    let Ok(url) = std::env::var("STEPFN_POSTGRES_URL") else { return };
    for hosts in [1, 2] {
        for in_flight in [1, 16, 64, 256] {
            let schema = format!("load_{hosts}_{in_flight}_{}", std::process::id());
            let mut all = Vec::new();
            for _ in 0..hosts {
                let store = Postgres::connect_to_schema(&url, &schema).await.unwrap();
                all.push(Host::builder().store(store).machine(definition()).start().await.unwrap());
            }
            let start = Instant::now();
            let count = (100 * in_flight).min(10_000) / hosts;
            let each = all.iter().map(|host| {
                let host = host.clone();
                tokio::spawn(async move { start_many(&host, count, (in_flight / hosts).max(1)).await })
            });
            for one in each.collect::<Vec<_>>() {
                one.await.unwrap();
            }
            let rate = (count * hosts) as f64 / start.elapsed().as_secs_f64();
            println!("Postgres, {hosts} hosts, {in_flight} in flight: {rate:.0} starts each second");
            for host in all {
                host.shut_down().await;
            }
        }
    }
}

/// Waits until the host before has let go of its file: its driver may be at its last turn.
async fn closed(path: &Path) {
    while Sqlite::open(path).is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let bytes = std::fs::metadata(path).unwrap().len();
    println!("  {} KiB in the file", bytes / 1024);
}

fn definition() -> Definition {
    let (machine, diagnostics) = asl::read_str(WAITS).unwrap();
    assert!(diagnostics.is_empty());
    Definition::from_asl("Waiting", WorkflowType::Standard, machine)
}

async fn open(path: &Path) -> Host {
    Host::builder().store(Sqlite::open(path).unwrap()).machine(definition()).start().await.unwrap()
}

/// Starts executions, so many at a time; how many each second.
async fn start_many(host: &Host, count: usize, in_flight: usize) -> f64 {
    let next = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let mut starters = Vec::new();
    for _ in 0..in_flight {
        let (host, next) = (host.clone(), Arc::clone(&next));
        starters.push(tokio::spawn(async move {
            while next.fetch_add(1, Ordering::Relaxed) < count {
                let input = json::parse_value(r#"{"order": "O-1", "amount": 100}"#).unwrap();
                host.start_execution("Waiting", None, input).await.unwrap();
            }
        }));
    }
    for starter in starters {
        starter.await.unwrap();
    }
    f64::from(u32::try_from(count).unwrap()) / start.elapsed().as_secs_f64()
}

fn syncs_each_second(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("syncs")).unwrap();
    let start = Instant::now();
    let mut count = 0u32;
    while start.elapsed() < Duration::from_secs(2) {
        file.rewind().unwrap();
        file.write_all(&[1; 4096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

/// The resident memory of this process, in MiB, where Linux reports it.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}
