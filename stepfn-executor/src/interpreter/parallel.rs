//! Branches and iterations: what Parallel and Map have in common.

use std::sync::Arc;

use stepfn_core::value::{Shared, Value};

use super::{
    Checkpoint, Failure, Fiber, FiberId, Interpreter, Phase, Step,
    map::Children,
    redrive::{Inside, Remaining},
};
use crate::{
    executor::Inner as Executor,
    history::{EventKind, Iteration},
    program::{Kind, StateId},
    size::Extent,
};

impl Interpreter {
    pub(super) fn start_branches(
        &mut self,
        executor: &Executor,
        id: FiberId,
        branches: &[StateId],
    ) -> Result<Step, Failure> {
        let at = self.state_of(id);
        let state = executor.program.state(at);
        let flow = &state.flow;
        let input = self.frame(executor, id, None, |frame, fiber| flow.input(frame, &fiber.input))?;
        let length = branches.len();
        let started = self.record_for(id, || EventKind::ChildrenStarted { state: at, length });
        if branches.is_empty() {
            self.record(started, || EventKind::ChildrenSucceeded { state: at });
            self.fiber(id).phase = Phase::Resume(Ok((Value::array([]), Extent::BRACKETS)));
            return Ok(Step::Again);
        }
        let parent = self.fibers.at(id);
        let known = parent.extent.filter(|_| flow.passes_input());
        let extent = known.unwrap_or_else(|| Extent::of(&input, executor.env.limits.payload()));
        let (variables, item) = (parent.variables.inner(), parent.item.clone());
        for (place, branch) in branches.iter().enumerate() {
            let mut fiber = Fiber::new(*branch, input.clone(), started);
            fiber.variables = variables.clone();
            fiber.item.clone_from(&item);
            fiber.extent = Some(extent);
            fiber.parent = Some((id, place));
            let fiber = self.fibers.insert(fiber);
            self.ready.push_back(fiber);
        }
        self.fiber(id).phase = Phase::Children(Box::new(Children::branches(length)));
        Ok(Step::Block)
    }

    /// A branch or iteration ended well; `previous` is its last event.
    pub(super) fn child_done(
        &mut self,
        executor: &Executor,
        parent: FiberId,
        place: usize,
        (output, extent): (Value, Extent),
        previous: u32,
    ) {
        let fiber = self.fibers.at_mut(parent);
        let at = fiber.at;
        let Phase::Children(mut children) = std::mem::replace(&mut fiber.phase, Phase::Blocked) else {
            return;
        };
        let mut last = previous;
        if let Kind::Map(_) = executor.program.state(at).kind {
            last = self.record(previous, || EventKind::Iteration {
                state: at,
                index: place,
                what: Iteration::Succeeded,
            });
        }
        children.done(place, output, extent);
        if !children.is_complete() {
            let next = self.next_iteration(executor, parent, &mut children, previous);
            self.fiber(parent).phase = Phase::Children(children);
            if let Err(unstarted) = next {
                self.child_failed(
                    executor,
                    parent,
                    (unstarted.index, None),
                    unstarted.event,
                    None,
                    unstarted.failure,
                );
            }
            return;
        }
        // ...Succeeded and ...Exited have the same predecessor: recorded on AWS.
        self.record(last, || EventKind::ChildrenSucceeded { state: at });
        let fiber = self.fiber(parent);
        fiber.previous = last;
        fiber.phase = Phase::Resume(Ok(children.into_results()));
        self.ready.push_back(parent);
    }

    /// A branch or iteration failed: the others are aborted, and so the state fails.
    ///
    /// `stopped` is where it did, `previous` its last event, `aborted` the Task it failed in.
    pub(super) fn child_failed(
        &mut self,
        executor: &Executor,
        parent: FiberId,
        (place, stopped): (usize, Option<Checkpoint>),
        previous: u32,
        aborted: Option<StateId>,
        failure: Failure,
    ) {
        let at = self.state_of(parent);
        let is_map = matches!(executor.program.state(at).kind, Kind::Map(_));
        if is_map {
            self.record(previous, || EventKind::Iteration {
                state: at,
                index: place,
                what: Iteration::Failed,
            });
        }
        if let Some(state) = aborted {
            self.record(previous, || EventKind::StateAborted { state });
        }
        let mut left = Remaining::default();
        left.stopped_at(place, stopped);
        for child in self.fibers.children(parent) {
            let index = self.fibers.at(child).parent.map_or(0, |(_, place)| place);
            if is_map {
                let what = Iteration::Aborted;
                self.record(previous, || EventKind::Iteration { state: at, index, what });
            }
            let stopped = self.abort(executor, child, previous);
            left.stopped_at(index, stopped);
        }
        let keeps = self.keeps_checkpoints();
        let fiber = self.fiber(parent);
        fiber.previous = previous;
        let branches = match std::mem::replace(&mut fiber.phase, Phase::Blocked) {
            Phase::Children(children) if keeps => Some(Arc::new(Inside::Children(*children, left))),
            _ => None,
        };
        fiber.phase = Phase::Resume(Err(failure.of_child(branches)));
        self.ready.push_back(parent);
    }

    /// Ends a fiber, and all that it waits for, because a sibling failed.
    fn abort(&mut self, executor: &Executor, id: FiberId, previous: u32) -> Option<Checkpoint> {
        let mut stopped = self.checkpoint_of_running(id);
        let mut left = Remaining::default();
        let state = self.state_of(id);
        let is_map = matches!(executor.program.state(state).kind, Kind::Map(_));
        for child in self.fibers.children(id) {
            let index = self.fibers.at(child).parent.map_or(0, |(_, place)| place);
            if is_map {
                let what = Iteration::Aborted;
                self.record(previous, || EventKind::Iteration { state, index, what });
            }
            let stopped = self.abort(executor, child, previous);
            left.stopped_at(index, stopped);
        }
        let Some(fiber) = self.fibers.get_mut(id) else { return stopped };
        fiber.span.aborted();
        let phase = std::mem::replace(&mut fiber.phase, Phase::Blocked);
        if let Phase::Working(job) | Phase::Start(job) = &phase {
            self.drop_job(id, job);
        }
        self.fibers.remove(id);
        self.ready.remove(id);
        if let Phase::MapRun(_) = &phase {
            self.record(previous, || EventKind::MapRunAborted { state });
        }
        // A state that was not entered yet leaves nothing to abort.
        if !matches!(phase, Phase::Enter) {
            self.record(previous, || EventKind::StateAborted { state });
        }
        if let Some(stopped) = &mut stopped {
            stopped.inside = match phase {
                Phase::Children(children) => Some(Arc::new(Inside::Children(*children, left))),
                phase => Inside::of(phase),
            };
        }
        stopped
    }
}

impl Children {
    fn branches(length: usize) -> Self {
        Self::new(length, Shared::default())
    }
}
