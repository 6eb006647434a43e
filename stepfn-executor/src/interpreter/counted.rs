//! The counts of a Map Run, for `DescribeMapRun`.

use jiff::Timestamp;

use super::{Interpreter, Phase, run::MapRun};
use crate::{
    outcome::Status,
    sorted::Sorted,
    turns::{MapRunCounts, MapRunState, MapRunUpdate},
};

/// The counts of a Map Run, and its times.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) started: Timestamp,
    pub(super) redriven: Option<Timestamp>,
    /// The time at which it was looked at last.
    pub(super) now: Timestamp,
    /// The number of items, where it is known before they are read.
    pub(super) known: u64,
    /// The items and the children that ended.
    items: MapRunCounts,
    executions: MapRunCounts,
}

impl Counted {
    pub(super) fn new(started: Timestamp, redriven: Option<Timestamp>, now: Timestamp, known: usize) -> Self {
        let known = u64::try_from(known).unwrap_or(u64::MAX);
        let (items, executions) = Default::default();
        Self { started, redriven, now, known, items, executions }
    }

    /// Counts a child that ended, with its items.
    pub(super) fn ended(&mut self, status: &Status, items: u64) {
        self.items.ended(status, items);
        self.executions.ended(status, 1);
    }
}

impl MapRun {
    pub(super) fn state(&self, status: &'static str, stopped: Option<Timestamp>) -> MapRunState {
        let running = self.children.iter().flatten();
        let (mut items, mut executions) = (self.counted.items, self.counted.executions);
        items.running = running.clone().map(|child| child.items).sum();
        executions.running = u64::try_from(running.count()).unwrap_or(u64::MAX);
        items.total = self.summary.items.max(self.counted.known);
        executions.total = self.summary.total;
        let begun = |of: &MapRunCounts| of.running + of.succeeded + of.failed + of.timed_out + of.aborted;
        items.pending = items.total.saturating_sub(begun(&items));
        executions.pending = executions.total.saturating_sub(begun(&executions));
        executions.results_written = self.summary.results_written;
        items.results_written = self.summary.results_written;
        MapRunState {
            arn: self.summary.arn.clone(),
            status,
            started: self.counted.started,
            stopped,
            redrives: self.redrives,
            redriven: self.counted.redriven,
            max_concurrency: u64::try_from(self.asked_concurrency).unwrap_or(u64::MAX),
            tolerated_failure_count: self.tolerated.0.unwrap_or(0),
            tolerated_failure_percentage: self.tolerated.1.unwrap_or(0.0),
            items,
            executions,
        }
    }
}

/// The Map Runs of an execution in turns, as they were last reported.
#[derive(Default)]
pub(super) struct ReportedRuns {
    /// Those that ended since the last turn.
    pub(super) ended: Vec<MapRunState>,
    /// The others as they were reported then, by their ARNs.
    running: Sorted<String, MapRunState>,
}

impl Interpreter {
    /// The Map Runs that began, changed or ended since the last time. What is not there any more was given up.
    pub(crate) fn changed_map_runs(&mut self) -> Vec<MapRunState> {
        if self.runs.is_empty() && self.reported_runs.is_none() {
            return Vec::new();
        }
        let ReportedRuns { ended: mut changed, running: mut before } =
            *self.reported_runs.take().unwrap_or_default();
        for ended in &changed {
            before.remove(&ended.arn);
        }
        let mut running = Sorted::default();
        for id in &self.runs {
            if let Some(Phase::MapRun(run)) = self.fibers.get(*id).map(|fiber| &fiber.phase) {
                let state = run.state("RUNNING", None);
                running.insert(state.arn.clone(), state);
            }
        }
        for (arn, run) in &running {
            if before.get(arn) != Some(run) {
                changed.push(run.clone());
            }
        }
        let gone = before.into_iter().filter(|(arn, _)| running.get(arn).is_none());
        changed.extend(gone.map(|(_, mut run)| {
            (run.status, run.stopped) = ("ABORTED", Some(self.now));
            for counts in [&mut run.items, &mut run.executions] {
                counts.aborted += std::mem::take(&mut counts.running);
            }
            run
        }));
        if running.len() > 0 {
            self.reported_runs = Some(Box::new(ReportedRuns { ended: Vec::new(), running }));
        }
        changed
    }

    /// `UpdateMapRun`: what is given holds from now on.
    pub(super) fn update_map_run(&mut self, arn: &str, update: &MapRunUpdate) {
        let most = self.executor.env.limits.distributed_concurrency.max(1);
        for id in self.runs.clone() {
            let Some(fiber) = self.fibers.get_mut(id) else { continue };
            let Phase::MapRun(run) = &mut fiber.phase else { continue };
            if run.summary.arn != arn {
                continue;
            }
            if let Some(concurrency) = update.max_concurrency {
                run.set_concurrency(usize::try_from(concurrency).unwrap_or(usize::MAX), most);
            }
            run.tolerated.0 = update.tolerated_failure_count.or(run.tolerated.0);
            run.tolerated.1 = update.tolerated_failure_percentage.or(run.tolerated.1);
        }
    }
}
