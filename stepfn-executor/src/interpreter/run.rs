//! A Map Run: the children of a distributed Map, and what came of them.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Wake, Waker},
};

use jiff::Timestamp;
use stepfn_core::value::Value;

use super::{
    Failure, Interpreter,
    counted::Counted,
    redrive::{Inside, StoppedRun},
};
use crate::{
    map_run::{Batches, Ended, Export, Items, MapRun as Summary, entries},
    outcome::{Outcome, Status},
    program::Transformation,
    shared::Shared,
    size::Extent,
    sorted::Sorted,
    turns::Ending,
};

/// The number of unsuccessful children for which it is kept where they stopped; others start anew in a redrive.
const KEPT: usize = 10_000;

/// The children of a Map, and what goes in and out of them.
pub(super) struct MapRun {
    pub(super) summary: Summary,
    /// The executor of the children.
    pub(super) executor: Shared,
    pub(super) machine: String,
    pub(super) label: String,
    pub(super) redrives: u32,
    /// Whether the execution outside may be redriven.
    pub(super) keeps_checkpoints: bool,
    /// The children that did not succeed, by their places, for a redrive.
    pub(super) unsuccessful: Sorted<usize, Option<Unsuccessful>>,
    /// The progress with which a redriven run continues.
    pub(super) again: Option<Arc<Inside>>,
    /// The effective input of the Map: `$` of its `ItemSelector`.
    pub(super) input: Value,
    pub(super) source: Items,
    pub(super) is_read: bool,
    pub(super) batches: Option<Batches>,
    pub(super) transformation: Transformation,
    pub(super) is_lines: bool,
    pub(super) export: Option<Export>,
    pub(super) tolerated: (Option<u64>, Option<f64>),
    pub(super) failed_items: u64,
    pub(super) counted: Counted,
    /// The concurrency that was asked for; 0: as much as may be.
    pub(super) asked_concurrency: usize,
    pub(super) max_concurrency: usize,
    pub(super) children: Vec<Option<Child>>,
    pub(super) free: Vec<usize>,
    pub(super) running: usize,
    /// The number of children that wait for work, and of those that wait for a callback.
    pub(super) working: usize,
    pub(super) awaiting: usize,
    pub(super) queue: Arc<Queue>,
    /// The results by the places of their children, as long as they fit into an output.
    pub(super) results: Vec<Vec<Value>>,
    pub(super) extent: Extent,
    /// The result to end with when everything is written.
    pub(super) end: Option<Result<Value, Failure>>,
    pub(super) waits_for_io: bool,
}

pub(super) struct Child {
    pub(super) body: Body,
    pub(super) place: usize,
    pub(super) items: u64,
    /// None where it is too large.
    pub(super) input: Option<Value>,
    pub(super) waker: Waker,
    pub(super) timer: Option<Timestamp>,
    pub(super) is_working: bool,
    pub(super) awaits_callback: bool,
}

/// The place where a child runs.
pub(super) enum Body {
    /// In here.
    Inside(Box<Interpreter>),
    /// As an execution of its own.
    Outside(OutsideChild, Ending),
}

/// A child that is an execution of its own.
#[derive(Clone, Debug)]
pub(super) struct OutsideChild {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) started: Timestamp,
}

/// A child that did not succeed, as a redrive finds it.
#[derive(Clone, Debug)]
pub(super) enum Unsuccessful {
    /// With the place where it stopped.
    Inside(Box<Outcome>),
    Outside(OutsideChild),
}

/// The end of a child.
pub(super) struct End {
    pub(super) status: Status,
    pub(super) started: Timestamp,
    pub(super) stopped: Timestamp,
    /// The children with which a redrive goes on.
    pub(super) left: Option<Unsuccessful>,
}

impl Child {
    pub(super) fn interpreter(&self) -> Option<&Interpreter> {
        match &self.body {
            Body::Inside(interpreter) => Some(interpreter),
            Body::Outside(..) => None,
        }
    }
}

/// The children that have something to do.
#[derive(Default)]
pub(super) struct Queue(Mutex<Woken>);

#[derive(Default)]
struct Woken {
    slots: Vec<usize>,
    outer: Option<Waker>,
}

pub(super) struct ChildWaker {
    pub(super) queue: Arc<Queue>,
    pub(super) slot: usize,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Woken> {
        // Every change leaves the list whole, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, slot: usize) {
        let mut woken = self.lock();
        woken.slots.push(slot);
        let outer = woken.outer.take();
        drop(woken);
        if let Some(outer) = outer {
            outer.wake();
        }
    }

    pub(super) fn take(&self, waker: &Waker) -> Vec<usize> {
        let mut woken = self.lock();
        if !woken.outer.as_ref().is_some_and(|known| known.will_wake(waker)) {
            woken.outer = Some(waker.clone());
        }
        let mut slots = std::mem::take(&mut woken.slots);
        drop(woken);
        // Once is enough for whoever was woken twice. Together they go in the order of their slots.
        slots.sort_unstable();
        slots.dedup();
        slots
    }
}

impl Wake for ChildWaker {
    fn wake(self: Arc<Self>) {
        self.queue.push(self.slot);
    }
}

impl MapRun {
    pub(super) fn set_concurrency(&mut self, asked: usize, most: usize) {
        self.asked_concurrency = asked;
        self.max_concurrency = if asked == 0 { most } else { asked.min(most) };
    }

    /// Notes that the timer of a child went off.
    pub(super) fn wake(&self, slot: usize) {
        self.queue.push(slot);
    }

    pub(super) fn is_working(&self) -> bool {
        self.waits_for_io || self.working > 0
    }

    pub(super) fn awaits_callback(&self) -> bool {
        self.awaiting > 0
    }

    /// Counts a child that ended, and takes its result. True when too many failed.
    pub(super) fn ended(&mut self, child: &Child, end: End) -> bool {
        self.put(child, &end.status, end.started, end.stopped);
        self.counted.ended(&end.status, child.items);
        if let Status::Succeeded { .. } = end.status {
            self.summary.succeeded += 1;
        } else {
            self.summary.failed += 1;
            self.failed_items += child.items;
            self.stopped_at(child.place, end.left);
        }
        self.fails_too_often()
    }

    /// Keeps the outcome of a child to be looked at.
    pub(super) fn show(&mut self, outcome: &Outcome) {
        if self.summary.children.len() < self.executor.settings.keep_children {
            self.summary.children.push(outcome.clone());
        }
    }

    /// While the number of items is not known yet, the share of failed ones cannot be judged.
    pub(super) fn fails_too_often(&self) -> bool {
        let failed = self.failed_items;
        let (count, percentage) = self.tolerated;
        let too_many = count.is_some_and(|count| failed > count);
        let share = failed as f64 * 100.0;
        let too_much = percentage
            .is_some_and(|percentage| self.is_read && share > percentage * self.summary.items as f64);
        let none_allowed = count.is_none() && percentage.is_none() && failed > 0;
        too_many || too_much || none_allowed
    }

    fn put(&mut self, child: &Child, status: &Status, started: Timestamp, stopped: Timestamp) {
        let (arn, name) = match &child.body {
            Body::Inside(inside) => (inside.info.arn(&self.executor), inside.info.name()),
            Body::Outside(outside, _) => (outside.arn.clone(), outside.name.clone()),
        };
        let ended = Ended {
            arn: &arn,
            name: &name,
            machine: &self.machine,
            input: child.input.as_ref(),
            started,
            stopped,
            status,
        };
        let entries = entries(&ended, self.transformation);
        match &mut self.export {
            Some(export) => {
                self.summary.results_written += entries.len() as u64;
                export.push(status, &entries);
            }
            None => self.keep(child.place, entries),
        }
    }

    /// Takes the results of a child.
    pub(super) fn keep(&mut self, place: usize, entries: Vec<Value>) {
        let size = self.executor.env.limits.payload();
        for entry in &entries {
            self.extent.push(Extent::of(entry, size));
        }
        if !self.extent.fits(size) {
            // The Map fails for it in the end, so nothing more is held.
            self.results = Vec::new();
            return;
        }
        if self.results.len() <= place {
            self.results.resize(place + 1, Vec::new());
        }
        self.results[place] = entries;
    }

    /// Returns `true` if a redrive can go on with the run. Results that were written into a bucket are not known any more.
    fn can_be_redriven(&self) -> bool {
        self.keeps_checkpoints && self.export.is_none()
    }

    /// Notes a child that did not succeed.
    fn stopped_at(&mut self, place: usize, left: Option<Unsuccessful>) {
        if self.can_be_redriven() {
            let left = left.filter(|_| self.unsuccessful.len() < KEPT);
            self.unsuccessful.insert(place, left);
        }
    }

    /// Returns the progress from which a redrive continues; `None` where it starts a new run.
    pub(super) fn into_stopped(mut self: Box<Self>) -> Option<Arc<Inside>> {
        self.abort();
        // Results that are too large are made anew, all of them: the guide.
        if !self.can_be_redriven() || !self.extent.fits(self.executor.env.limits.payload()) {
            return None;
        }
        let Self { summary, label, redrives, mut unsuccessful, mut results, again, counted, .. } = *self;
        let mut total = usize::try_from(summary.total).unwrap_or(usize::MAX);
        // A redrive that stopped early has not come to all that was known before.
        if let Some(before) = again.as_deref().and_then(Inside::run).filter(|before| before.total > total) {
            results.resize(before.total, Vec::new());
            for (place, entries) in results.iter_mut().enumerate().skip(total) {
                match before.unsuccessful.get(&place) {
                    Some(outcome) => drop(unsuccessful.insert(place, outcome.clone())),
                    None => *entries = before.results.get(place).cloned().unwrap_or_default(),
                }
            }
            total = before.total;
        }
        Some(Arc::new(Inside::Run(StoppedRun {
            arn: summary.arn,
            label,
            redrives,
            total,
            unsuccessful,
            results,
            started: counted.started,
        })))
    }

    /// Stops what still runs.
    fn abort(&mut self) {
        for mut child in std::mem::take(&mut self.children).into_iter().flatten() {
            self.summary.aborted += 1;
            let status = Status::Aborted { error: None, cause: None };
            self.counted.ended(&status, child.items);
            let (left, started, now) = match &mut child.body {
                Body::Inside(inside) => {
                    let (started, now) = (inside.info.started, inside.now());
                    let outcome = self.can_be_redriven().then(|| inside.stop());
                    let outcome = outcome.filter(|outcome| outcome.checkpoint.is_some());
                    (outcome.map(|outcome| Unsuccessful::Inside(Box::new(outcome))), started, now)
                }
                // It is given up with its `Ending`, and so stopped.
                Body::Outside(outside, _) => {
                    (Some(Unsuccessful::Outside(outside.clone())), outside.started, self.counted.now)
                }
            };
            self.stopped_at(child.place, left);
            if self.export.is_some() {
                self.put(&child, &status, started, now);
            }
        }
        self.free.clear();
        (self.running, self.working, self.awaiting) = (0, 0, 0);
    }

    /// Ends the run: nothing runs any more, and only writing is left.
    pub(super) fn close(&mut self, failure: Option<Failure>) {
        self.abort();
        let exported = self.export.as_mut().map(|export| export.finish(&self.summary.arn));
        self.end = Some(match (failure, exported) {
            (Some(failure), _) => Err(failure),
            (None, Some(details)) => Ok(details),
            (None, None) => {
                let results = std::mem::take(&mut self.results).into_iter().flatten();
                Ok(if self.is_lines {
                    results.map(|result| format!("{result}\n")).collect::<String>().into()
                } else {
                    Value::array(results)
                })
            }
        });
    }
}

impl std::fmt::Debug for MapRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MapRun").field("summary", &self.summary).finish_non_exhaustive()
    }
}
