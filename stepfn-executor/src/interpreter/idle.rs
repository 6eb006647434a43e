//! The waits of an execution that has nothing to do.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use stepfn_core::sort;

use super::{
    FiberId, Interpreter, Phase,
    fiber::{Fiber, Sleeping},
    run::{Child, MapRun},
};
use crate::{
    history::inside,
    waiting::{Waiting, WaitingOn},
};

impl Interpreter {
    /// Returns `true` if pending work may come to something without time passing.
    pub(super) fn is_working(&self) -> bool {
        self.work.is_pending() || self.runs_working || self.running_nested().any(Self::is_working)
    }

    /// Returns `true` if a reader or a writer of a Map Run has not answered yet.
    pub(crate) fn waits_for_io(&self) -> bool {
        let runs = self.fibers.iter().filter_map(|fiber| match &fiber.phase {
            Phase::MapRun(run) => Some(run),
            _ => None,
        });
        let children = |run: &MapRun| {
            run.children.iter().flatten().filter_map(Child::interpreter).any(Self::waits_for_io)
        };
        !self.runs.is_empty() && runs.into_iter().any(|run| run.waits_for_io || children(run))
            || self.running_nested().any(Self::waits_for_io)
    }

    pub(super) fn awaits_callback(&self) -> bool {
        self.runs_await || self.running_nested().any(Self::awaits_callback) || self.tokens.any_awaited()
    }

    /// Returns `true` if time stops for a callback: where nothing but the end of the execution's own time is left, one may
    /// still come.
    pub(super) fn holds_for_callback(&self) -> bool {
        self.awaits_callback() && (self.executor.env.hold_for_callbacks || self.timers.next().is_none())
    }

    /// Returns the time at which something happens by itself, if nothing comes from outside.
    pub(crate) fn next_instant(&self) -> Option<Timestamp> {
        if self.holds_for_callback() {
            return None;
        }
        Some(self.timers.next().map_or(self.deadline, |timer| timer.min(self.deadline)))
    }

    /// Returns `true` if nothing can come from anywhere any more: callbacks from outside are not declared, and nobody holds a handle to this
    /// execution.
    pub(crate) fn is_stuck(&self) -> bool {
        let is_steered = self.link.as_ref().is_some_and(|link| Arc::strong_count(link) > 1);
        !is_steered
            && !self.executor.env.waits_for_callbacks
            && !self.yielded
            && self.ready.is_empty()
            && !self.is_working()
    }

    /// Returns the wait of each fiber; one that waits for others comes before them.
    pub(crate) fn waiting(&self) -> Vec<Waiting> {
        if self.is_over() {
            return self.running_nested().flat_map(Self::waiting).collect();
        }
        let wakes: HashMap<FiberId, (u64, Timestamp)> =
            self.timers.wakes().map(|(fiber, wait, at)| (fiber, (wait, at))).collect();
        let mut waiting: Vec<(Vec<usize>, Waiting)> = Vec::new();
        for (id, fiber) in self.fibers.entries() {
            let until = || wakes.get(&id).filter(|(wait, _)| *wait == fiber.wait).map(|(_, at)| *at);
            let Some(on) = self.waits_on(fiber, until) else { continue };
            let places = self.places(fiber);
            let state = self.executor.program.state(fiber.at).name.to_string();
            let item = fiber.item.as_ref().map(|item| item.index);
            let depth = places.len();
            let place = self.place_of(fiber);
            waiting.push((places, Waiting { state, place, item, depth, since: fiber.entered_at, on }));
        }
        sort::sort_by(&mut waiting, |(one, _), (other, _)| one.cmp(other));
        let nested = self.running_nested().flat_map(Self::waiting);
        waiting.into_iter().map(|(_, waiting)| waiting).chain(nested).collect()
    }

    fn waits_on(&self, fiber: &Fiber, until: impl Fn() -> Option<Timestamp>) -> Option<WaitingOn> {
        Some(match &fiber.phase {
            Phase::Sleeping(Sleeping::Wait) => WaitingOn::Time { until: until()? },
            Phase::Sleeping(Sleeping::Backoff) => {
                WaitingOn::Retry { retry: fiber.retry_count, until: until()? }
            }
            Phase::Working(job) => match job.awaited_token() {
                Some(token) if self.tokens.get(token).is_some_and(|holder| holder.awaited) => {
                    WaitingOn::Callback { token: token.to_owned() }
                }
                _ => WaitingOn::Work { attempt: fiber.retry_count + 1 },
            },
            Phase::Children(children) => {
                let (done, of) = children.progress();
                WaitingOn::Children { done, of: Some(of) }
            }
            Phase::MapRun(run) => {
                let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
                let done = run.summary.succeeded + run.summary.failed + run.summary.aborted;
                let of = run.is_read.then_some(count(run.summary.total));
                WaitingOn::Children { done: count(done), of }
            }
            _ => return None,
        })
    }

    /// Returns the fiber's position among those that each of its parents waits for, from the outermost in.
    fn places(&self, fiber: &Fiber) -> Vec<usize> {
        let mut places = Vec::new();
        let mut parent = fiber.parent;
        while let Some((of, place)) = parent {
            places.push(place);
            parent = self.fibers.get(of).and_then(|fiber| fiber.parent);
        }
        places.reverse();
        places
    }

    /// The same as it is shown, `Each[1] / Both[0]`; nothing in the machine itself.
    pub(super) fn place_of(&self, fiber: &Fiber) -> String {
        let mut around = Vec::new();
        let mut parent = fiber.parent;
        while let Some((of, number)) = parent {
            let Some(outer) = self.fibers.get(of) else { break };
            around.push((&*self.executor.program.state(outer.at).name, number));
            parent = outer.parent;
        }
        around.into_iter().rev().fold(String::new(), |place, (state, number)| inside(&place, state, number))
    }

    /// The states in which fibers wait.
    pub(crate) fn waiting_states(&self) -> Vec<String> {
        let states = self.fibers.iter().map(|fiber| &*self.executor.program.state(fiber.at).name);
        let own = states.filter(|_| !self.is_over()).map(str::to_owned);
        own.chain(self.running_nested().flat_map(Self::waiting_states)).collect()
    }
}
