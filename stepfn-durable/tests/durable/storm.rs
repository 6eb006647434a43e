//! Crashes again and again, also while an execution is recovered.

use std::sync::{Arc, atomic::Ordering};

use stepfn_durable::{OnInterrupted, store::Memory};

use crate::{
    crashing::{Crash, Disk},
    machines,
    world::{World, process},
};

/// Numbers that look random, the same for each seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[tokio::test]
async fn one_crash_after_the_other_changes_nothing() {
    let (mut crashes, mut runs) = (0, 0);
    for (number, machine) in machines::all().into_iter().filter(|machine| !machine.is_long).enumerate() {
        let (disk, world) = (Disk::new(Memory::new()), Arc::new(World::default()));
        let wanted = process(&disk, &machine, &world, OnInterrupted::Rerun, None).await.expect("no crash");
        for seed in 0..12 {
            let mut numbers = Numbers(seed * 1000 + number as u64);
            let (disk, world) = (Disk::new(Memory::new()), Arc::new(World::default()));
            let mut left = 200;
            let told = loop {
                left -= 1;
                // A process registers its machines with two writes; those that end before get nowhere.
                let crash = (left > 0)
                    .then(|| Crash { at: 1 + numbers.below(6) as usize, before: numbers.below(2) == 0 });
                match process(&disk, &machine, &world, OnInterrupted::Rerun, crash).await {
                    Some(told) => break told,
                    None => crashes += 1,
                }
            };
            assert_eq!(told, wanted, "{}, seed {seed}", machine.name);
            assert!(disk.writes.load(Ordering::SeqCst) > 0);
            runs += 1;
        }
    }
    println!("{runs} runs, {crashes} crashes, every history as without");
    assert!(crashes > runs * 3);
}
