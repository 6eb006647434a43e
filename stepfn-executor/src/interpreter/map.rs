use std::sync::Arc;

use stepfn_core::value::{Array, Shared, Value};

use super::{Failure, Fiber, FiberId, Interpreter, Phase, Step, fiber::Item};
use crate::{
    executor::Inner as Executor,
    history::{EventKind, Iteration},
    program::{Dataset, Kind, Map},
    size::Extent,
};

/// The branches or iterations that a fiber waits for.
#[derive(Clone, Debug)]
pub(super) struct Children {
    results: Vec<Value>,
    extent: Extent,
    left: usize,
    /// The items of a Map, and how many of them were started.
    items: Shared<Array>,
    started: usize,
    /// The effective input of a Map: `$` of its `ItemSelector`.
    input: Value,
}

/// The input of a Map when it starts.
pub(super) struct MapInput {
    /// The effective input.
    pub(super) input: Value,
    /// The items, where no `ItemReader` reads them.
    pub(super) items: Dataset,
    /// `MaxConcurrency`; 0 where it sets no bound.
    pub(super) concurrency: u64,
}

/// An iteration whose input could not be made.
pub(super) struct Unstarted {
    pub(super) index: usize,
    /// The event of its start.
    pub(super) event: u32,
    pub(super) failure: Failure,
}

impl Children {
    pub(super) fn new(length: usize, items: Shared<Array>) -> Self {
        Self {
            results: vec![Value::Null; length],
            extent: Extent::BRACKETS,
            left: length,
            items,
            started: 0,
            input: Value::Null,
        }
    }

    pub(super) fn done(&mut self, place: usize, output: Value, extent: Extent) {
        self.extent.push(extent);
        if let Some(result) = self.results.get_mut(place) {
            *result = output;
        }
        self.left = self.left.saturating_sub(1);
    }

    pub(super) fn is_complete(&self) -> bool {
        self.left == 0
    }

    /// Returns the number of iterations that are done, and of all.
    pub(super) fn progress(&self) -> (usize, usize) {
        (self.results.len() - self.left, self.results.len())
    }

    pub(super) fn into_results(self) -> (Value, Extent) {
        (self.results.into(), self.extent)
    }
}

impl Interpreter {
    pub(super) fn start_map(&mut self, executor: &Executor, id: FiberId, map: &Map) -> Result<Step, Failure> {
        let at = self.state_of(id);
        let given = self.map_input(executor, id, map)?;
        let length = given.items.len();
        let started = self.record_for(id, || EventKind::ChildrenStarted { state: at, length });
        if let Some(distributed) = &map.distributed {
            return self.start_run(executor, id, (map, distributed), given, None);
        }
        let MapInput { input, items, concurrency } = given;
        let Dataset::Items(items) = items else { return Ok(Step::Block) };
        let mut children = Box::new(Children::new(length, items));
        children.input = input;
        if children.is_complete() {
            // Both ...Succeeded and ...Exited come from ...Started then.
            self.record(started, || EventKind::ChildrenSucceeded { state: at });
            self.fiber(id).phase = Phase::Resume(Ok(children.into_results()));
            return Ok(Step::Again);
        }
        let bound = usize::try_from(concurrency).unwrap_or(usize::MAX);
        let most = executor.env.limits.inline_concurrency.max(1);
        let bound = if bound == 0 { most } else { bound.min(most) };
        let mut failed = None;
        for _ in 0..bound.min(length) {
            if let Err(unstarted) = self.next_iteration(executor, id, &mut children, started) {
                failed = Some(unstarted);
                break;
            }
        }
        self.fiber(id).phase = Phase::Children(children);
        if let Some(Unstarted { index, event, failure }) = failed {
            self.child_failed(executor, id, (index, None), event, None, failure);
        }
        Ok(Step::Block)
    }

    pub(super) fn map_input(&self, executor: &Executor, id: FiberId, map: &Map) -> Result<MapInput, Failure> {
        let flow = &executor.program.state(self.state_of(id)).flow;
        self.frame(executor, id, None, |frame, fiber| {
            let input = flow.effective_input(frame, &fiber.input)?;
            let concurrency = map.max_concurrency.as_ref().map(|amount| amount.evaluate(frame, &input));
            let is_read = map.distributed.as_ref().is_some_and(|distributed| distributed.reader.is_some());
            let items = if is_read {
                Dataset::default()
            } else {
                map.items.evaluate(
                    frame,
                    &input,
                    map.distributed.is_some() && executor.settings.identity.maps_over_objects(),
                )?
            };
            Ok(MapInput { input, items, concurrency: concurrency.transpose()?.unwrap_or(0) })
        })
    }

    /// Starts the next iteration of a Map, if there is one. Does nothing for a Parallel.
    pub(super) fn next_iteration(
        &mut self,
        executor: &Executor,
        id: FiberId,
        children: &mut Children,
        previous: u32,
    ) -> Result<(), Unstarted> {
        let index = children.started;
        if index >= children.items.len() {
            return Ok(());
        }
        children.started += 1;
        self.start_iteration(executor, id, children, index, previous)
    }

    /// Starts one iteration of a Map.
    pub(super) fn start_iteration(
        &mut self,
        executor: &Executor,
        id: FiberId,
        children: &Children,
        index: usize,
        previous: u32,
    ) -> Result<(), Unstarted> {
        let at = self.state_of(id);
        let state = executor.program.state(at);
        let Kind::Map(map) = &state.kind else { return Ok(()) };
        let Some(value) = children.items.get(index).cloned() else { return Ok(()) };
        let event =
            self.record(previous, || EventKind::Iteration { state: at, index, what: Iteration::Started });
        let source = map.items.source().map(Arc::from);
        let item = Arc::new(Item { index, value, key: None, source });
        let input = match &map.item_selector {
            None => item.value.clone(),
            Some(selector) => {
                let outer = self.fiber(id).item.replace(Arc::clone(&item));
                let input = &children.input;
                let input = self.frame(executor, id, None, |frame, _| selector.render(frame, input));
                self.fiber(id).item = outer;
                input.map_err(|failure| {
                    let evaluated = failure.evaluated().map(|location| location.map(Box::from));
                    let event = match evaluated {
                        Some(location) => self.record(event, || EventKind::EvaluationFailed {
                            state: at,
                            error: failure.event(),
                            location,
                        }),
                        None => event,
                    };
                    Unstarted { index, event, failure }
                })?
            }
        };
        let mut fiber = Fiber::new(map.processor, input, event);
        fiber.variables = self.fibers.at(id).variables.inner();
        fiber.item = Some(item);
        fiber.parent = Some((id, index));
        let fiber = self.fibers.insert(fiber);
        self.ready.push_back(fiber);
        Ok(())
    }
}
