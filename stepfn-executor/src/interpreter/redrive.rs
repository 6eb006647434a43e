//! Redrive: the place where an execution stopped, and how it goes on from there (developer guide, "Restarting state machine executions with
//! redrive").

use std::sync::Arc;

use jiff::Timestamp;
use stepfn_core::{definition::WorkflowType, value::Value};

use super::{
    Failure, Fiber, FiberId, Fibers, Info, Interpreter, Phase,
    fiber::{Item, Variables},
    map::Children,
    run::{OutsideChild, Unsuccessful},
};
use crate::{
    eval::Random,
    executor::Inner as Executor,
    history::EventKind,
    outcome::{Outcome, Status},
    program::{Kind, StateId},
    shared::Shared,
    size::Extent,
    sorted::Sorted,
    time::Watch,
};

/// The facts that a redrive of an execution needs beyond its history.
#[derive(Debug)]
pub(crate) struct Stopped {
    root: Checkpoint,
    /// The number of calls of each Task state.
    calls: Vec<usize>,
    stored: usize,
}

/// The place where a fiber stopped. The input of a state that was entered is in the history.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint {
    at: StateId,
    previous: u32,
    arrived: u32,
    entered: u32,
    entered_at: Timestamp,
    /// The input of a state that was not entered yet.
    input: Option<Value>,
    variables: Variables,
    item: Option<Arc<Item>>,
    /// The progress inside of the state.
    pub(super) inside: Option<Arc<Inside>>,
}

/// The progress inside of a state that stopped.
#[derive(Debug)]
pub(super) enum Inside {
    /// Branches or iterations: the results of those that succeeded with what is needed to start others, and those that are left.
    Children(Children, Remaining),
    /// The children of a distributed Map.
    Run(StoppedRun),
    /// The work is done, and only the state was not left yet.
    Done(Value, Extent),
}

impl Inside {
    /// Returns the progress of a fiber that is given up, its branches or iterations apart.
    pub(super) fn of(phase: Phase) -> Option<Arc<Self>> {
        match phase {
            Phase::MapRun(run) => run.into_stopped(),
            Phase::Redrive(inside) => Some(inside),
            Phase::Resume(Err(failure)) => failure.stopped,
            Phase::Resume(Ok((result, extent))) => Some(Arc::new(Self::Done(result, extent))),
            _ => None,
        }
    }

    pub(super) fn run(&self) -> Option<&StoppedRun> {
        match self {
            Self::Run(run) => Some(run),
            Self::Children(..) | Self::Done(..) => None,
        }
    }
}

/// The children of a Map Run that stopped.
#[derive(Debug)]
pub(super) struct StoppedRun {
    pub(super) arn: String,
    pub(super) label: String,
    /// The number of redrives.
    pub(super) redrives: u32,
    /// The number of children.
    pub(super) total: usize,
    /// Those that did not succeed, by their places; Standard ones with where they stopped.
    pub(super) unsuccessful: Sorted<usize, Option<Unsuccessful>>,
    /// When it began.
    pub(super) started: Timestamp,
    /// The results by the places of the children.
    pub(super) results: Vec<Vec<Value>>,
}

/// A child of a Map Run that is redriven.
#[derive(Clone, Copy)]
pub(super) enum Before<'a> {
    Succeeded(&'a [Value]),
    /// It goes on from where it stopped.
    Stopped(&'a Outcome, &'a Arc<Stopped>),
    /// It is an execution of its own that goes on.
    Outside(&'a OutsideChild),
    /// It starts, or starts anew.
    None,
}

impl StoppedRun {
    pub(super) fn child(&self, place: usize) -> Before<'_> {
        if place >= self.total {
            return Before::None;
        }
        match self.unsuccessful.get(&place) {
            None => Before::Succeeded(self.results.get(place).map_or(&[], Vec::as_slice)),
            Some(Some(Unsuccessful::Inside(outcome))) => match &outcome.checkpoint {
                Some(stopped) => Before::Stopped(outcome, stopped),
                None => Before::None,
            },
            Some(Some(Unsuccessful::Outside(child))) => Before::Outside(child),
            Some(None) => Before::None,
        }
    }
}

/// The branches or iterations that did not succeed, by their places.
#[derive(Debug, Default)]
pub(super) struct Remaining {
    stopped: Vec<(usize, Checkpoint)>,
    /// The children that have no fiber yet, as their inputs could not be made.
    unstarted: Vec<usize>,
}

impl Remaining {
    pub(super) fn stopped_at(&mut self, place: usize, checkpoint: Option<Checkpoint>) {
        match checkpoint {
            Some(checkpoint) => self.stopped.push((place, checkpoint)),
            None => self.unstarted.push(place),
        }
    }
}

impl Interpreter {
    /// Returns `true` if the execution may be redriven.
    pub(super) fn keeps_checkpoints(&self) -> bool {
        self.executor.program.workflow_type == WorkflowType::Standard
    }

    /// Returns the checkpoint of a fiber.
    pub(super) fn checkpoint_of_running(&self, id: FiberId) -> Option<Checkpoint> {
        if !self.keeps_checkpoints() {
            return None;
        }
        let fiber = self.fibers.get(id)?;
        let is_entered = !matches!(fiber.phase, Phase::Enter);
        Some(Checkpoint {
            at: fiber.at,
            previous: fiber.previous,
            arrived: fiber.arrived,
            entered: fiber.entered,
            entered_at: fiber.entered_at,
            input: (!is_entered).then(|| fiber.input.clone()),
            variables: fiber.variables.clone(),
            item: fiber.item.clone(),
            inside: None,
        })
    }

    /// Returns the checkpoint of a fiber whose state failed.
    pub(super) fn checkpoint_of_failed(&self, id: FiberId, failure: &Failure) -> Option<Checkpoint> {
        let mut checkpoint = self.checkpoint_of_running(id)?;
        checkpoint.inside.clone_from(&failure.stopped);
        Some(checkpoint)
    }

    /// Returns the checkpoint of a fiber and of those that it waits for, as the execution ends around them.
    fn checkpoint_of_tree(&mut self, id: FiberId) -> Option<Checkpoint> {
        let mut checkpoint = self.checkpoint_of_running(id)?;
        let children = match std::mem::replace(&mut self.fiber(id).phase, Phase::Blocked) {
            Phase::Children(children) => *children,
            phase => {
                checkpoint.inside = Inside::of(phase);
                return Some(checkpoint);
            }
        };
        let mut left = Remaining::default();
        for child in self.fibers.children(id) {
            let place = self.fibers.at(child).parent.map_or(0, |(_, place)| place);
            let stopped = self.checkpoint_of_tree(child);
            left.stopped_at(place, stopped);
        }
        checkpoint.inside = Some(Arc::new(Inside::Children(children, left)));
        Some(checkpoint)
    }

    /// Returns the checkpoint of an execution that ends with this status.
    pub(super) fn checkpoint(&mut self, status: &Status) -> Option<Stopped> {
        if !self.keeps_checkpoints() || matches!(status, Status::Succeeded { .. }) {
            return None;
        }
        let known = self.stopped.take().map(|stopped| *stopped);
        let root = known.or_else(|| self.checkpoint_of_tree(Fibers::ROOT))?;
        let calls = self.calls.counts();
        Some(Stopped { root, calls, stored: self.stored })
    }

    /// An execution that goes on from where it stopped.
    pub(crate) fn redriven(
        executor: &Shared,
        info: Info,
        (outcome, stopped): (&Outcome, &Stopped),
        time: Watch,
        random: Random,
    ) -> Box<Self> {
        let (now, count) = (time.now(), info.redrives);
        let mut interpreter = Self::at_rest(executor.clone(), info, now, time, random, Fibers::default());
        interpreter.events = outcome.history.as_slice().to_vec();
        interpreter.event_count = u32::try_from(interpreter.events.len()).unwrap_or(u32::MAX);
        // A redrive is a transition of its own.
        interpreter.transitions = outcome.transitions + 1;
        interpreter.map_runs.clone_from(&outcome.map_runs);
        interpreter.calls = stopped.calls.clone().into();
        interpreter.stored = stopped.stored;
        let last = interpreter.event_count;
        let event = interpreter.record(last, || EventKind::ExecutionRedriven { count });
        interpreter.resume(executor, &stopped.root, None, event);
        interpreter
    }

    /// Lets a fiber go on, after the event of the redrive.
    fn resume(
        &mut self,
        executor: &Executor,
        checkpoint: &Checkpoint,
        parent: Option<(FiberId, usize)>,
        event: u32,
    ) {
        let entered = checkpoint.entered.checked_sub(1).and_then(|at| self.events.get(at as usize));
        let of_history = entered.and_then(|event| match &event.kind {
            EventKind::StateEntered { input, .. } => Some(input.clone()),
            _ => None,
        });
        let is_entered = checkpoint.input.is_none();
        let input = checkpoint.input.clone().or(of_history).unwrap_or_default();
        let mut fiber = Fiber::new(checkpoint.at, input, event);
        fiber.arrived = checkpoint.arrived;
        fiber.entered = checkpoint.entered;
        fiber.entered_at = checkpoint.entered_at;
        fiber.variables = checkpoint.variables.clone();
        fiber.item.clone_from(&checkpoint.item);
        fiber.parent = parent;
        fiber.phase = match &executor.program.state(checkpoint.at).kind {
            _ if !is_entered => Phase::Enter,
            // The guide: a Fail state is entered again.
            Kind::Fail { .. } => Phase::Enter,
            Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_) => Phase::Attempt,
            Kind::Pass { .. } | Kind::Choice { .. } | Kind::Wait(_) | Kind::Succeed => Phase::Rerun,
        };
        if !is_entered {
            fiber.previous = checkpoint.previous;
        }
        match &checkpoint.inside {
            None => {}
            Some(inside) => match &**inside {
                Inside::Children(children, _) => fiber.phase = Phase::Children(Box::new(children.clone())),
                Inside::Run(_) => fiber.phase = Phase::Redrive(Arc::clone(inside)),
                Inside::Done(result, extent) => fiber.phase = Phase::Resume(Ok((result.clone(), *extent))),
            },
        }
        let id = self.fibers.insert(fiber);
        let Some(Inside::Children(children, left)) = checkpoint.inside.as_deref() else {
            self.ready.push_back(id);
            return;
        };
        for (place, checkpoint) in &left.stopped {
            self.resume(executor, checkpoint, Some((id, *place)), event);
        }
        for index in &left.unstarted {
            if let Err(unstarted) = self.start_iteration(executor, id, children, *index, event) {
                let place = (unstarted.index, None);
                self.child_failed(executor, id, place, unstarted.event, None, unstarted.failure);
                return;
            }
        }
    }
}
