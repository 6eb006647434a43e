//! A crash at every write.

use std::sync::{Arc, atomic::Ordering};

use stepfn_durable::{OnInterrupted, store::Memory};

use crate::{
    crashing::{Crash, Disk},
    machines::{self, Machine},
    world::{Call, Told, World, answered, process},
};

#[derive(Debug, Default)]
struct Counts {
    machines: usize,
    writes: usize,
    crashes: usize,
    histories_equal: usize,
    calls: usize,
    called_again: usize,
}

/// The run that nobody disturbs.
async fn whole(machine: &Machine, on_interrupted: OnInterrupted) -> (Told, Vec<Call>, usize) {
    let (disk, world) = (Disk::new(Memory::new()), Arc::new(World::default()));
    let told = process(&disk, machine, &world, on_interrupted, None).await.expect("no crash");
    let calls = world.calls.lock().unwrap().clone();
    (told, calls, disk.writes.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_crash_at_any_write_changes_nothing_where_calls_are_made_again() {
    let mut counts = Counts::default();
    for machine in machines::all() {
        let (wanted, calls, writes) = whole(&machine, OnInterrupted::Rerun).await;
        counts.machines += 1;
        counts.writes += writes;
        counts.calls += calls.len();
        for at in 1..=writes {
            for before in [true, false] {
                let label =
                    format!("{}: {} write {at}", machine.name, if before { "before" } else { "after" });
                let (disk, world) = (Disk::new(Memory::new()), Arc::new(World::default()));
                let crash = Some(Crash { at, before });
                let crashed = process(&disk, &machine, &world, OnInterrupted::Rerun, crash).await;
                assert_eq!(crashed, None, "{label}: no crash");
                let known = answered(&disk).await;
                let made = world.calls.lock().unwrap().len();
                let told = process(&disk, &machine, &world, OnInterrupted::Rerun, None).await;
                let told = told.expect("no crash");
                assert_eq!(told, wanted, "{label}");
                let all = world.calls.lock().unwrap().clone();
                let (first, second) = all.split_at(made);
                for call in second {
                    assert!(!known.contains(&call.key), "{label}: {call:?} was answered");
                    let is_again = first.iter().any(|one| one.key == call.key);
                    // Committed and not made yet, or made: nobody knows.
                    assert!(!is_again || call.interrupted, "{label}: {call:?} is not said to be made again");
                    counts.called_again += usize::from(is_again);
                }
                let mut keys: Vec<_> = all.iter().map(|call| (&call.key, &call.state, &call.input)).collect();
                keys.sort();
                keys.dedup();
                let mut wanted: Vec<_> =
                    calls.iter().map(|call| (&call.key, &call.state, &call.input)).collect();
                wanted.sort();
                assert_eq!(keys, wanted, "{label}: other calls");
                counts.crashes += 1;
                counts.histories_equal += 1;
            }
        }
    }
    println!("{counts:?}");
    assert_eq!(counts.crashes, counts.writes * 2);
    assert!(counts.machines >= 30 && counts.called_again > 0);
}

#[tokio::test]
async fn by_default_no_call_is_made_twice_and_the_attempt_fails() {
    let (mut crashes, mut interrupted) = (0, 0);
    for machine in machines::all() {
        let (_, _, writes) = whole(&machine, OnInterrupted::Fail).await;
        for at in 1..=writes {
            for before in [true, false] {
                let label =
                    format!("{}: {} write {at}", machine.name, if before { "before" } else { "after" });
                let (disk, world) = (Disk::new(Memory::new()), Arc::new(World::default()));
                let crash = Some(Crash { at, before });
                assert_eq!(
                    process(&disk, &machine, &world, OnInterrupted::Fail, crash).await,
                    None,
                    "{label}"
                );
                let told =
                    process(&disk, &machine, &world, OnInterrupted::Fail, None).await.expect("no crash");
                let calls = world.calls.lock().unwrap().clone();
                let mut keys: Vec<_> = calls.iter().map(|call| call.key.clone()).collect();
                keys.sort();
                let count = keys.len();
                keys.dedup();
                assert_eq!(keys.len(), count, "{label}: {calls:#?}");
                assert!(calls.iter().all(|call| !call.interrupted), "{label}");
                crashes += 1;
                interrupted +=
                    usize::from(told.history.iter().any(|event| event.contains("Lambda.SdkClientException")));
            }
        }
    }
    println!("{crashes} crashes, {interrupted} with a call that was interrupted, none made twice");
    assert!(interrupted > crashes / 20);
}
