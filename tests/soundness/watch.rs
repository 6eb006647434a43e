//! A watcher over the seeds that run: who takes long, or much memory, is named while it still does.

use std::{
    sync::{
        Mutex,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use crate::machine::Mode;

/// The time after which a seed is named.
const LONG: Duration = Duration::from_secs(20);

/// The growth of the process, in KiB, after which the seeds that run are named.
const MUCH: u64 = 512 << 10;

/// The seeds that run.
#[derive(Default)]
pub(crate) struct Watch(Mutex<Vec<Running>>);

struct Running {
    mode: Mode,
    seed: u64,
    began: Instant,
    named: bool,
}

impl Watch {
    pub(crate) fn begin(&self, mode: Mode, seed: u64) {
        let mut all = self.0.lock().unwrap();
        all.retain(|running| running.mode != mode);
        all.push(Running { mode, seed, began: Instant::now(), named: false });
    }

    /// Notes that a seed has ended; returns how long it took.
    pub(crate) fn end(&self, mode: Mode) -> Duration {
        let mut all = self.0.lock().unwrap();
        let taken = all.iter().position(|running| running.mode == mode).map(|at| all.swap_remove(at));
        taken.map_or(Duration::ZERO, |running| running.began.elapsed())
    }

    /// Looks each second until the other side hangs up.
    pub(crate) fn look(&self, ended: &Receiver<()>) {
        let mut known = resident();
        while ended.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
            self.name_long();
            let now = resident();
            if now > known + MUCH {
                println!("{} MiB are in use, {}", now >> 10, self.shown());
                known = now;
            }
        }
    }

    fn name_long(&self) {
        for running in self.0.lock().unwrap().iter_mut() {
            if !running.named && running.began.elapsed() > LONG {
                running.named = true;
                println!("{:?}, seed {}: still running after {LONG:?}", running.mode, running.seed);
            }
        }
    }

    fn shown(&self) -> String {
        let all = self.0.lock().unwrap();
        let shown = all.iter().map(|Running { mode, seed, began, .. }| {
            format!("{mode:?} runs seed {seed} for {:.1} s", began.elapsed().as_secs_f64())
        });
        shown.collect::<Vec<_>>().join(", ")
    }
}

/// Returns the memory of this process in KiB, where the system tells it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
