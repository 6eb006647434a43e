//! The distributed mode of a Map: its children are executions of their own, driven by the one they belong to.
//!
//! A child has its own interpreter, with its own history, variables and context object. On virtual time it never moves the
//! clock: it runs up to now, and its next timer is one of the execution outside.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use stepfn_core::value::Value;

use super::{
    Failure, FiberId, Info, Interpreter, Phase, Step, context::uuid, fiber::Item, timers::TimerKind,
};
use crate::{
    eval::Random,
    executor::Inner as Executor,
    history::EventKind,
    map_run::{self, Batches, Buckets, Ended, Export, IoError, Items, MapRun as Summary, Request, entries},
    outcome::{Outcome, RunError, Status},
    program::{Distributed, Kind, Map, Reader, Transformation, Writer},
    size::Extent,
};

/// How many children run at once where `MaxConcurrency` sets no bound (AWS, "Quotas").
const MAX_CONCURRENCY: usize = 10_000;

/// The children of a Map, and what goes in and out of them.
pub(super) struct MapRun {
    summary: Summary,
    /// The executor of the children.
    executor: Arc<Executor>,
    machine: String,
    /// The effective input of the Map: `$` of its `ItemSelector`.
    input: Value,
    source: Items,
    is_read: bool,
    batches: Option<Batches>,
    transformation: Transformation,
    is_lines: bool,
    export: Option<Export>,
    tolerated: (Option<u64>, Option<f64>),
    failed_items: u64,
    max_concurrency: usize,
    children: Vec<Option<Child>>,
    free: Vec<usize>,
    running: usize,
    queue: Arc<Queue>,
    /// The results by the places of their children, as long as they fit into an output.
    results: Vec<Vec<Value>>,
    extent: Extent,
    /// What is left when all is written.
    end: Option<Result<Value, Failure>>,
    waits_for_io: bool,
}

struct Child {
    interpreter: Box<Interpreter>,
    place: usize,
    items: u64,
    input: Value,
    waker: Waker,
    timer: Option<Timestamp>,
    is_working: bool,
    awaits_callback: bool,
}

/// The children that have something to do.
#[derive(Default)]
struct Queue(Mutex<Woken>);

#[derive(Default)]
struct Woken {
    slots: Vec<usize>,
    outer: Option<Waker>,
}

struct ChildWaker {
    queue: Arc<Queue>,
    slot: usize,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Woken> {
        // Every change leaves the list whole, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, slot: usize) {
        let mut woken = self.lock();
        if !woken.slots.contains(&slot) {
            woken.slots.push(slot);
        }
        let outer = woken.outer.take();
        drop(woken);
        if let Some(outer) = outer {
            outer.wake();
        }
    }

    fn take(&self, waker: &Waker) -> Vec<usize> {
        let mut woken = self.lock();
        if !woken.outer.as_ref().is_some_and(|known| known.will_wake(waker)) {
            woken.outer = Some(waker.clone());
        }
        std::mem::take(&mut woken.slots)
    }
}

impl Wake for ChildWaker {
    fn wake(self: Arc<Self>) {
        self.queue.push(self.slot);
    }
}

impl MapRun {
    /// Notes that the timer of a child went off.
    pub(super) fn wake(&self, slot: usize) {
        self.queue.push(slot);
    }

    fn is_working(&self) -> bool {
        self.waits_for_io || self.children.iter().flatten().any(|child| child.is_working)
    }

    fn awaits_callback(&self) -> bool {
        self.children.iter().flatten().any(|child| child.awaits_callback)
    }

    /// Counts a child that ended, and takes its result. True when too many failed.
    fn ended(&mut self, child: &Child, outcome: &Outcome) -> bool {
        self.put(child, &outcome.status, outcome.started, outcome.stopped);
        if let Status::Succeeded { .. } = outcome.status {
            self.summary.succeeded += 1;
        } else {
            self.summary.failed += 1;
            self.failed_items += child.items;
        }
        if self.summary.children.len() < self.executor.keep_children {
            self.summary.children.push(outcome.clone());
        }
        self.fails_too_often()
    }

    /// Of items whose number is not known yet, a share of those that failed says nothing.
    fn fails_too_often(&self) -> bool {
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
        let info = &child.interpreter.info;
        let ended = Ended {
            arn: &info.arn(&self.executor),
            name: &info.name(),
            machine: &self.machine,
            input: &child.input,
            started,
            stopped,
            status,
        };
        let entries = entries(&ended, self.transformation);
        if let Some(export) = &mut self.export {
            self.summary.results_written += entries.len() as u64;
            export.push(status, &entries);
            return;
        }
        for entry in &entries {
            self.extent.push(Extent::of(entry));
        }
        if !self.extent.fits() {
            // The Map fails for it in the end, so nothing more is held.
            self.results = Vec::new();
            return;
        }
        if self.results.len() <= child.place {
            self.results.resize(child.place + 1, Vec::new());
        }
        self.results[child.place] = entries;
    }

    /// Stops what still runs.
    fn abort(&mut self) {
        for child in std::mem::take(&mut self.children).into_iter().flatten() {
            self.summary.aborted += 1;
            if self.export.is_some() {
                let (started, now) = (child.interpreter.info.started, child.interpreter.now());
                let status = Status::Aborted { error: None, cause: None };
                self.put(&child, &status, started, now);
            }
        }
        self.free.clear();
        self.running = 0;
    }

    /// Nothing runs any more: what is left is to write.
    fn close(&mut self, failure: Option<Failure>) {
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

/// Why a run cannot go on.
enum Halt {
    Failure(Failure),
    Io(IoError),
}

fn reader_failed(cause: String) -> Failure {
    Failure::new(Some("States.ItemReaderFailed".into()), Some(cause.into())).of_child()
}

fn writer_failed(cause: String) -> Failure {
    Failure::new(Some("States.ResultWriterFailed".into()), Some(cause.into())).of_child()
}

fn export(buckets: &Buckets, parameters: &Value, run: &str, is_lines: bool) -> Result<Export, IoError> {
    let bucket = map_run::text(parameters, "Bucket")?;
    let store = map_run::bucket(buckets, &bucket)?;
    let prefix = parameters.get("Prefix").and_then(Value::as_str).unwrap_or_default();
    Ok(Export::new(store, bucket, prefix, run, is_lines))
}

impl Interpreter {
    /// Starts a Map Run: `MapStateStarted` is recorded already.
    pub(super) fn start_run(
        &mut self,
        executor: &Executor,
        id: FiberId,
        (map, distributed): (&Map, &Distributed),
        (input, items): (Value, Arc<Vec<Value>>),
        concurrency: u64,
    ) -> Result<Step, Failure> {
        let at = self.state_of(id);
        let Distributed { reader, batcher, writer, .. } = distributed;
        let evaluated = self.frame(executor, id, None, |frame, _| {
            let amount = |amount: &Option<crate::program::Amount>| {
                amount.as_ref().map(|amount| amount.evaluate(frame, &input)).transpose()
            };
            let render = |template: &Option<crate::eval::Template>| {
                template.as_ref().map(|template| template.render(&frame.scope(&input))).transpose()
            };
            let count = amount(&distributed.tolerated_count)?;
            let percentage = &distributed.tolerated_percentage;
            let percentage =
                percentage.as_ref().map(|percentage| percentage.evaluate(frame, &input)).transpose()?;
            let batches = match batcher {
                Some(batcher) => Some(Batches::new(
                    amount(&batcher.max_items)?.unwrap_or(0),
                    amount(&batcher.max_bytes)?.unwrap_or(0),
                    render(&batcher.input)?,
                )),
                None => None,
            };
            let read = match reader {
                Some(reader) => {
                    let most =
                        reader.max_items.as_ref().map(|most| most.integer(frame, &input)).transpose()?;
                    Some((render(&reader.parameters)?.unwrap_or_default(), most.unwrap_or(0)))
                }
                None => None,
            };
            let written = match writer {
                Some(writer) => render(&writer.parameters)?,
                None => None,
            };
            Ok(((count, percentage), batches, read, written))
        })?;
        let (tolerated, batches, read, written) = evaluated;
        let run = uuid(self.random.next_u64(), self.random.next_u64());
        let label = distributed.label.clone();
        let label = label.unwrap_or_else(|| uuid(self.random.next_u64(), self.random.next_u64()));
        let arn = executor.identity.map_run_arn(&executor.program.name, &label, &run);
        let shown: Arc<str> = arn.as_str().into();
        self.record_for(id, || EventKind::MapRunStarted { state: at, arn: shown });

        let state = executor.program.state(at).name.to_string();
        let unbound = |bucket| RunError::UnboundBucket { state: state.clone(), bucket };
        let source = match (reader, read) {
            (Some(reader), Some((parameters, most))) => open(&executor.buckets, reader, parameters, most),
            _ => {
                let length = items.len();
                let items = (0..length).map(move |index| Ok(items[index].clone()));
                Ok(Box::pin(stream::iter(items)) as Items)
            }
        };
        let source = match source {
            Ok(source) => source,
            Err(IoError::Unbound(bucket)) => return Ok(self.refuse(unbound(bucket))),
            Err(error @ IoError::Failed(_)) => Box::pin(stream::once(std::future::ready(Err(error)))),
        };
        let is_lines = writer.as_ref().is_some_and(|writer| writer.is_lines);
        let mut end = None;
        let export = match written {
            None => None,
            Some(parameters) => match export(&executor.buckets, &parameters, &run, is_lines) {
                Ok(export) => Some(export),
                Err(IoError::Unbound(bucket)) => return Ok(self.refuse(unbound(bucket))),
                Err(IoError::Failed(cause)) => {
                    end = Some(Err(writer_failed(cause)));
                    None
                }
            },
        };
        let program = executor.program.of_children(map.processor, distributed.workflow_type, &label);
        let machine = executor.identity.state_machine_arn(&program.name);
        let bound = usize::try_from(concurrency).unwrap_or(usize::MAX);
        let run = MapRun {
            summary: Summary {
                arn,
                state,
                items: 0,
                total: 0,
                succeeded: 0,
                failed: 0,
                aborted: 0,
                results_written: 0,
                most_at_once: 0,
                children: Vec::new(),
            },
            executor: Arc::new(executor.of_children(program)),
            machine,
            input,
            source,
            is_read: false,
            batches,
            transformation: writer
                .as_ref()
                .map_or(Transformation::Compact, |Writer { transformation, .. }| *transformation),
            is_lines,
            export,
            tolerated,
            failed_items: 0,
            max_concurrency: if bound == 0 { MAX_CONCURRENCY } else { bound.min(MAX_CONCURRENCY) },
            children: Vec::new(),
            free: Vec::new(),
            running: 0,
            queue: Arc::default(),
            results: Vec::new(),
            extent: Extent::BRACKETS,
            end,
            waits_for_io: false,
        };
        self.fibers.new_wait(id);
        self.fiber(id).phase = Phase::MapRun(Box::new(run));
        self.runs.push(id);
        Ok(Step::Block)
    }

    /// Lets the Map Runs go on as far as they can.
    pub(super) fn poll_runs(&mut self, executor: &Executor, cx: &mut Context<'_>) {
        if self.runs.is_empty() {
            return;
        }
        (self.runs_working, self.runs_await) = (false, false);
        for id in std::mem::take(&mut self.runs) {
            let Some(fiber) = self.fibers.get_mut(id) else { continue };
            let mut run = match std::mem::replace(&mut fiber.phase, Phase::Blocked) {
                Phase::MapRun(run) => run,
                // The fiber was given up, and its place went to another.
                other => {
                    fiber.phase = other;
                    continue;
                }
            };
            match self.advance_run(executor, id, &mut run, cx) {
                Some(end) => self.end_run(id, *run, end),
                None => {
                    self.runs_working |= run.is_working();
                    self.runs_await |= run.awaits_callback();
                    self.fiber(id).phase = Phase::MapRun(run);
                    self.runs.push(id);
                }
            }
            if self.end.is_some() {
                return;
            }
        }
    }

    fn end_run(&mut self, id: FiberId, run: MapRun, end: Result<Value, Failure>) {
        let state = self.state_of(id);
        let previous = self.fibers.at(id).previous;
        let phase = match end {
            Ok(output) => {
                // MapStateExited comes from MapRunStarted: recorded on AWS from November 2024 on.
                let succeeded = self.record(previous, || EventKind::MapRunSucceeded { state });
                self.record(succeeded, || EventKind::ChildrenSucceeded { state });
                if run.extent.fits() {
                    let extent = Extent::of(&output);
                    Phase::Resume(Ok((output, extent)))
                } else {
                    Phase::Resume(Err(Failure::data_limit(&run.summary.state)))
                }
            }
            Err(failure) => {
                self.record_for(id, || EventKind::MapRunFailed { state, error: failure.event() });
                Phase::Resume(Err(failure))
            }
        };
        self.fiber(id).phase = phase;
        self.map_runs.push(run.summary);
        self.ready.push_back(id);
    }

    /// One run, until it waits or is over.
    fn advance_run(
        &mut self,
        executor: &Executor,
        id: FiberId,
        run: &mut MapRun,
        cx: &mut Context<'_>,
    ) -> Option<Result<Value, Failure>> {
        loop {
            run.waits_for_io = false;
            match run.export.as_mut().map(|export| export.poll(cx)) {
                Some(Poll::Pending) => run.waits_for_io = true,
                Some(Poll::Ready(Err(IoError::Failed(cause)))) => return Some(Err(writer_failed(cause))),
                _ => {}
            }
            if !run.waits_for_io
                && let Some(end) = run.end.take()
            {
                return Some(end);
            }
            let woken = run.queue.take(cx.waker());
            let any = !woken.is_empty();
            for slot in woken {
                self.poll_child(id, run, slot);
            }
            self.start_children(executor, id, run, cx);
            if self.end.is_some() {
                return None;
            }
            if run.end.is_none() && run.is_read && run.running == 0 {
                // The share of failures is known only now.
                let failure = run.fails_too_often().then(exceeded);
                run.close(failure);
                continue;
            }
            // On real time others have a turn in between.
            if run.end.is_some() && !run.waits_for_io || any && self.is_virtual() {
                continue;
            }
            return None;
        }
    }

    fn start_children(&mut self, executor: &Executor, id: FiberId, run: &mut MapRun, cx: &mut Context<'_>) {
        while run.end.is_none()
            && !run.waits_for_io
            && run.running < run.max_concurrency
            && self.end.is_none()
        {
            match self.next_input(executor, id, run, cx) {
                Poll::Pending => run.waits_for_io = true,
                Poll::Ready(Ok(None)) => return,
                Poll::Ready(Ok(Some((input, items)))) => self.start_child(id, run, input, items),
                Poll::Ready(Err(Halt::Failure(failure))) => run.close(Some(failure.of_child())),
                Poll::Ready(Err(Halt::Io(IoError::Failed(cause)))) => run.close(Some(reader_failed(cause))),
                Poll::Ready(Err(Halt::Io(IoError::Unbound(bucket)))) => {
                    let state = run.summary.state.clone();
                    self.refuse(RunError::UnboundBucket { state, bucket });
                }
            }
            // What was pushed may fill a file.
            if let Some(export) = &mut run.export
                && run.end.is_none()
            {
                match export.poll(cx) {
                    Poll::Pending => run.waits_for_io = true,
                    Poll::Ready(Err(IoError::Failed(cause))) => run.close(Some(writer_failed(cause))),
                    Poll::Ready(_) => {}
                }
            }
        }
    }

    /// The input of the next child, and how many items are in it.
    fn next_input(
        &mut self,
        executor: &Executor,
        id: FiberId,
        run: &mut MapRun,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<(Value, u64)>, Halt>> {
        loop {
            if run.is_read {
                return Poll::Ready(Ok(run.batches.as_mut().and_then(Batches::take)));
            }
            let value = match run.source.poll_next_unpin(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => {
                    run.is_read = true;
                    continue;
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(Halt::Io(error))),
                Poll::Ready(Some(Ok(value))) => value,
            };
            let index = usize::try_from(run.summary.items).unwrap_or(usize::MAX);
            run.summary.items += 1;
            let input = self.select_item(executor, id, &run.input, Item { index, value });
            let input = match input {
                Ok(input) => input,
                Err(failure) => return Poll::Ready(Err(Halt::Failure(failure))),
            };
            let full = match &mut run.batches {
                None => Some((input, 1)),
                Some(batches) => batches.push(input),
            };
            if full.is_some() {
                return Poll::Ready(Ok(full));
            }
        }
    }

    fn select_item(
        &mut self,
        executor: &Executor,
        id: FiberId,
        input: &Value,
        item: Item,
    ) -> Result<Value, Failure> {
        let state = executor.program.state(self.state_of(id));
        let Kind::Map(map) = &state.kind else { return Ok(item.value) };
        let Some(selector) = map.item_selector.as_ref().or(state.data.parameters.as_ref()) else {
            return Ok(item.value);
        };
        let outer = self.fiber(id).item.replace(Arc::new(item));
        let selected = self.frame(executor, id, None, |frame, _| selector.render(&frame.scope(input)));
        self.fiber(id).item = outer;
        selected
    }

    fn start_child(&mut self, id: FiberId, run: &mut MapRun, input: Value, items: u64) {
        let random = Random::new(self.random.next_u64().cast_signed());
        let place = usize::try_from(run.summary.total).unwrap_or(usize::MAX);
        let info = Info {
            name: None,
            id: [random.next_u64(), random.next_u64()],
            input: input.clone(),
            started: self.now(),
        };
        let extent = Extent::of(&input);
        let time = Arc::clone(&self.time);
        let mut interpreter = Box::new(Self::new(Arc::clone(&run.executor), info, extent, time, random));
        interpreter.calls = Arc::clone(&self.calls);
        if !extent.fits() {
            let state = &run.summary.state;
            let cause = format!(
                "The input of a child execution of '{state}' is larger than the maximum number of bytes service limit."
            );
            let failure = Failure::new(Some("States.DataLimitExceeded".into()), Some(cause.into()));
            interpreter.execution_failed(0, &failure);
            interpreter.ready.clear();
        }
        let slot = run.free.pop().unwrap_or_else(|| {
            run.children.push(None);
            run.children.len() - 1
        });
        let waker = Waker::from(Arc::new(ChildWaker { queue: Arc::clone(&run.queue), slot }));
        run.children[slot] = Some(Child {
            interpreter,
            place,
            items,
            input,
            waker,
            timer: None,
            is_working: false,
            awaits_callback: false,
        });
        run.running += 1;
        run.summary.total += 1;
        run.summary.most_at_once = run.summary.most_at_once.max(run.running);
        self.poll_child(id, run, slot);
    }

    fn poll_child(&mut self, id: FiberId, run: &mut MapRun, slot: usize) {
        let Some(child) = run.children.get_mut(slot).and_then(Option::as_mut) else { return };
        let horizon = self.time.is_virtual().then(|| self.time.now());
        let poll = child.interpreter.poll(&mut Context::from_waker(&child.waker), horizon);
        match poll {
            Poll::Pending => {
                child.is_working = child.interpreter.is_working();
                child.awaits_callback = child.interpreter.awaits_callback();
                let next = horizon.and_then(|_| child.interpreter.next_instant());
                if next != child.timer {
                    child.timer = next;
                    let wait = self.fibers.at(id).wait;
                    if let Some(next) = next {
                        self.timers.set(next, id, wait, TimerKind::Child(slot));
                    }
                }
            }
            Poll::Ready(Err(error)) => {
                self.refuse(error);
            }
            Poll::Ready(Ok(mut outcome)) => {
                let Some(child) = run.children[slot].take() else { return };
                run.free.push(slot);
                run.running -= 1;
                // Those inside are among the runs of the whole execution.
                self.map_runs.append(&mut outcome.map_runs);
                self.transitions += outcome.transitions;
                if run.ended(&child, &outcome) && run.end.is_none() {
                    run.close(Some(exceeded()));
                }
            }
        }
    }

    /// Counts a call of a Task state, and gives how many there were before.
    pub(super) fn count_call(&self, executor: &Executor, site: usize) -> usize {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.resize(executor.program.sites, 0);
        let before = calls[site];
        calls[site] += 1;
        before
    }

    /// Whether pending work may come to something without time passing.
    pub(super) fn is_working(&self) -> bool {
        self.work.is_pending() || self.runs_working
    }

    fn awaits_callback(&self) -> bool {
        self.runs_await || self.tokens.values().any(|holder| holder.awaited)
    }

    /// Whether time stands still for a callback: where nothing but the end of the execution's own time is left, one may
    /// still come.
    pub(super) fn holds_for_callback(&self) -> bool {
        self.awaits_callback() && (self.executor.hold_for_callbacks || self.timers.next().is_none())
    }

    /// When something happens by itself, if nothing comes from outside.
    fn next_instant(&self) -> Option<Timestamp> {
        if self.holds_for_callback() {
            return None;
        }
        Some(self.timers.next().map_or(self.deadline, |timer| timer.min(self.deadline)))
    }
}

fn exceeded() -> Failure {
    let cause = "The specified tolerated failure threshold was exceeded";
    Failure::new(Some("States.ExceedToleratedFailureThreshold".into()), Some(cause.into())).of_child()
}

/// Opens the reader of a Map. A negative `MaxItems` is its mistake, and not the Map's: recorded on AWS.
fn open(buckets: &Buckets, reader: &Reader, parameters: Value, most: i64) -> Result<Items, IoError> {
    let max_items =
        u64::try_from(most).map_err(|_| IoError::Failed("field MaxItems must be positive".into()))?;
    map_run::open(
        Arc::clone(buckets),
        Request {
            lists_objects: reader.lists_objects,
            flattens: reader.flattens,
            parameters,
            format: reader.format.clone(),
            max_items,
        },
    )
}
