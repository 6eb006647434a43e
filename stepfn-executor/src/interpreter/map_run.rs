//! The distributed mode of a Map: its children are executions of their own, driven by the one they belong to.
//!
//! A child has its own interpreter, with its own history, variables and context object. On virtual time it never moves the
//! clock: it runs up to now, and its next timer is one of the execution outside.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
};

use stepfn_core::{definition::WorkflowType, value::Value};

use super::{
    Failure, FiberId, Info, Interpreter, Phase, Step,
    counted::Counted,
    execution_name,
    fiber::Item,
    map::MapInput,
    redrive::{Before, Inside},
    run::{Body, Child, ChildWaker, End, MapRun, OutsideChild, Unsuccessful},
    timers::TimerKind,
};
use crate::{
    executor::Inner as Executor,
    history::EventKind,
    map_run::{
        self, Batches, Buckets, Export, Held, IoError, Items, MapRun as Summary, Read, Request, stream,
    },
    outcome::{RunError, Status},
    program::{Distributed, Format, Kind, Map, Payload, Reader, Transformation, Writer},
    size::Extent,
    sorted::Sorted,
    turns::{Asked, MapChild},
};

/// The reason why a run cannot go on.
enum Halt {
    Failure(Failure),
    Io(IoError),
}

fn reader_failed(cause: String) -> Failure {
    Failure::new(Some("States.ItemReaderFailed".into()), Some(cause.into())).of_child(None)
}

fn writer_failed(cause: String) -> Failure {
    Failure::new(Some("States.ResultWriterFailed".into()), Some(cause.into())).of_child(None)
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
        MapInput { input, items, concurrency }: MapInput,
        again: Option<Arc<Inside>>,
    ) -> Result<Step, Failure> {
        let before = again.as_deref().and_then(Inside::run);
        let at = self.state_of(id);
        let Distributed { reader, batcher, writer, .. } = distributed;
        let evaluated = self.frame(executor, id, None, |frame, _| {
            let amount = |amount: &Option<crate::program::Amount>| {
                amount.as_ref().map(|amount| amount.evaluate(frame, &input)).transpose()
            };
            let render = |payload: &Option<Payload>| {
                payload.as_ref().map(|payload| payload.render(frame, &input)).transpose()
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
        let run = self.random.uuid();
        let (label, arn) = match before {
            Some(before) => (before.label.clone(), before.arn.clone()),
            None => {
                let label = distributed.label.clone();
                let label = label.unwrap_or_else(|| self.random.uuid());
                let arn = executor.settings.identity.map_run_arn(&executor.program.name, &label, &run);
                (label, arn)
            }
        };
        let shown: Arc<str> = arn.as_str().into();
        let redrives = before.map_or(0, |before| before.redrives + 1);
        self.record_for(id, || match redrives {
            0 => EventKind::MapRunStarted { state: at, arn: shown },
            count => EventKind::MapRunRedriven { state: at, arn: shown, count },
        });

        let state = executor.program.state(at).name.to_string();
        let unbound = |bucket| RunError::UnboundBucket { state: state.clone(), bucket };
        let known = if reader.is_some() { 0 } else { items.len() };
        let source = match (reader, read) {
            (Some(reader), Some((parameters, most))) => open(executor, reader, parameters, most),
            _ => {
                let source = map.items.source().map(Arc::from);
                let items = (0..items.len()).map_while(move |index| {
                    let (key, value) = items.get(index)?;
                    Some(Ok(Read { value, key, source: source.clone() }))
                });
                Ok(stream::iter(items))
            }
        };
        let source = match source {
            Ok(source) => source,
            Err(IoError::Unbound(bucket)) => return Ok(self.refuse(unbound(bucket))),
            Err(error) => stream::failed(error),
        };
        let is_lines = writer.as_ref().is_some_and(|writer| writer.is_lines);
        let mut end = None;
        let export = match written {
            None => None,
            Some(parameters) => match export(&executor.settings.buckets, &parameters, &run, is_lines) {
                Ok(export) => Some(export),
                Err(IoError::Unbound(bucket)) => return Ok(self.refuse(unbound(bucket))),
                Err(error) => {
                    end = Some(Err(writer_failed(error.cause())));
                    None
                }
            },
        };
        let program = executor.program.of_children(map.processor, distributed.workflow_type, &label);
        let machine = executor.settings.identity.state_machine_arn(&program.name);
        let bound = usize::try_from(concurrency).unwrap_or(usize::MAX);
        let most = executor.env.limits.distributed_concurrency.max(1);
        let counted = Counted::new(
            before.map_or(self.now(), |before| before.started),
            before.map(|_| self.now()),
            self.now(),
            known,
        );
        let mut run = MapRun {
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
            executor: Arc::new(executor.of_children(program)).into(),
            label,
            redrives,
            keeps_checkpoints: self.keeps_checkpoints(),
            unsuccessful: Sorted::default(),
            again,
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
            asked_concurrency: 0,
            max_concurrency: 0,
            counted,
            children: Vec::new(),
            free: Vec::new(),
            running: 0,
            working: 0,
            awaiting: 0,
            queue: Arc::default(),
            results: Vec::new(),
            extent: Extent::BRACKETS,
            end,
            waits_for_io: false,
        };
        run.set_concurrency(bound, most);
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
            let span = self.fibers.at(id).span.clone();
            match span.in_scope(|| self.advance_run(executor, id, &mut run, cx)) {
                Some(end) => self.end_run(id, run, end),
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

    /// Goes on with the children of a Map Run that did not succeed.
    pub(super) fn redrive_map(&mut self, executor: &Executor, id: FiberId, inside: Arc<Inside>) -> Step {
        let Kind::Map(map) = &executor.program.state(self.state_of(id)).kind else { return Step::Block };
        let Some(distributed) = &map.distributed else { return Step::Block };
        let given = self.map_input(executor, id, map);
        let started =
            given.and_then(|given| self.start_run(executor, id, (map, distributed), given, Some(inside)));
        started.unwrap_or_else(|failure| self.failed(executor, id, failure))
    }

    fn end_run(&mut self, id: FiberId, run: Box<MapRun>, end: Result<Value, Failure>) {
        let state = self.state_of(id);
        let previous = self.fibers.at(id).previous;
        if self.deferred.is_some() {
            let status = if end.is_ok() { "SUCCEEDED" } else { "FAILED" };
            let ended = run.state(status, Some(self.now));
            self.reported_runs.get_or_insert_default().ended.push(ended);
        }
        let summary = run.summary.clone();
        let limits = Arc::clone(&self.executor.env.limits);
        let phase = match end.map_err(|failure| failure.cut(&limits)) {
            Ok(output) => {
                // MapStateExited comes from MapRunStarted: recorded on AWS from November 2024 on.
                let succeeded = self.record(previous, || EventKind::MapRunSucceeded { state });
                if !self.executor.settings.identity.exits_from_start() {
                    self.fiber(id).previous = succeeded;
                }
                self.record(succeeded, || EventKind::ChildrenSucceeded { state });
                if run.extent.fits(limits.payload()) {
                    let extent = Extent::of(&output, limits.payload());
                    Phase::Resume(Ok((output, extent)))
                } else {
                    Phase::Resume(Err(Failure::data_limit(&run.summary.state)))
                }
            }
            Err(mut failure) => {
                self.record_for(id, || EventKind::MapRunFailed { state, error: failure.event() });
                let run = run.into_stopped();
                failure.stopped = run;
                Phase::Resume(Err(failure))
            }
        };
        self.fiber(id).phase = phase;
        // A redrive goes on with the run.
        self.map_runs.retain(|known| known.arn != summary.arn);
        self.map_runs.push(summary);
        self.ready.push_back(id);
    }

    /// Advances one run, until it waits or is over.
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
                Some(Poll::Ready(Err(error))) => return Some(Err(writer_failed(error.cause()))),
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
                Poll::Ready(Err(Halt::Failure(failure))) => run.close(Some(failure.of_child(None))),
                Poll::Ready(Err(Halt::Io(IoError::Failed(cause)))) => run.close(Some(reader_failed(cause))),
                Poll::Ready(Err(Halt::Io(IoError::Unsupported(reason)))) => {
                    let state = run.summary.state.clone();
                    self.refuse(RunError::Unsupported { state, reason });
                }
                Poll::Ready(Err(Halt::Io(IoError::Unbound(bucket)))) => {
                    let state = run.summary.state.clone();
                    self.refuse(RunError::UnboundBucket { state, bucket });
                }
                Poll::Ready(Err(Halt::Io(IoError::TooLarge(held)))) => {
                    let state = run.summary.state.clone();
                    let limits = &executor.env.limits;
                    let (setting, limit) = match held {
                        Held::Item => ("item_bytes", limits.item_bytes),
                        Held::File => ("file_bytes", limits.file_bytes),
                    };
                    self.refuse(RunError::ItemsTooLarge { state, limit, setting });
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
            let Read { value, key, source } = match run.source.as_mut().poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => {
                    run.is_read = true;
                    continue;
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(Halt::Io(error))),
                Poll::Ready(Some(Ok(read))) => read,
            };
            let index = usize::try_from(run.summary.items).unwrap_or(usize::MAX);
            run.summary.items += 1;
            let input = self.select_item(executor, id, &run.input, Item { index, value, key, source });
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
        let Some(selector) = &map.item_selector else { return Ok(item.value) };
        let outer = self.fiber(id).item.replace(Arc::new(item));
        let selected = self.frame(executor, id, None, |frame, _| selector.render(frame, input));
        self.fiber(id).item = outer;
        selected
    }

    fn start_child(&mut self, id: FiberId, run: &mut MapRun, input: Value, items: u64) {
        let place = usize::try_from(run.summary.total).unwrap_or(usize::MAX);
        let again = run.again.clone();
        let before = again.as_deref().and_then(Inside::run).map_or(Before::None, |run| run.child(place));
        if let Before::Succeeded(entries) = before {
            run.summary.total += 1;
            run.summary.succeeded += 1;
            run.counted.ended(&Status::Succeeded { output: Value::Null }, items);
            run.keep(place, entries.to_vec());
            return;
        }
        let size = self.executor.env.limits.payload();
        let extent = Extent::of(&input, size);
        // Parts of it may be shared, so that its text would be much larger than it is.
        let input = extent.fits(size).then_some(input);
        let body = match self.outside(run, input.as_ref(), before) {
            Ok(outside) => outside,
            Err(before) => {
                let mut child = self.child(run, input.as_ref(), extent, before);
                child.item = u32::try_from(place).ok();
                Body::Inside(child)
            }
        };
        let slot = run.free.pop().unwrap_or_else(|| {
            run.children.push(None);
            run.children.len() - 1
        });
        let waker = Waker::from(Arc::new(ChildWaker { queue: Arc::clone(&run.queue), slot }));
        run.children[slot] = Some(Child {
            body,
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

    /// Begins a Standard child as an execution of its own, or lets it go on, where a host keeps executions. Such that cannot begin end
    /// in here.
    fn outside<'a>(
        &self,
        run: &MapRun,
        input: Option<&Value>,
        before: Before<'a>,
    ) -> Result<Body, Before<'a>> {
        let requests = match &self.deferred {
            Some(requests) if run.executor.program.workflow_type == WorkflowType::Standard => requests,
            _ => return Err(before),
        };
        if let Before::Outside(child) = before {
            let ending = requests.begin_child(Asked::Redrive(child.arn.clone()));
            return Ok(Body::Outside(child.clone(), ending));
        }
        let Some(input) = input else { return Err(before) };
        let id = self.random.inner().id();
        let child = OutsideChild {
            arn: run.executor.execution_arn(None, id),
            name: execution_name(id),
            started: self.now(),
        };
        let asked = MapChild {
            map_run: run.summary.arn.clone(),
            label: run.label.clone(),
            processor: run.executor.program.start.0 as usize,
            name: child.name.clone(),
            execution_arn: child.arn.clone(),
            input: input.clone(),
        };
        let ending = requests.begin_child(Asked::Child(asked));
        Ok(Body::Outside(child, ending))
    }

    /// A child that runs in here. One without an input, which is too large, fails at once.
    fn child(
        &mut self,
        run: &MapRun,
        input: Option<&Value>,
        extent: Extent,
        before: Before<'_>,
    ) -> Box<Self> {
        let random = self.random.inner();
        let info = Info {
            name: None,
            id: random.id(),
            input: input.cloned().unwrap_or_default(),
            started: self.now(),
            redrives: 0,
            redriven: None,
            // Those of Express, too, are started by `StartExecution` (developer guide, "Redriving Map Runs").
            is_async: true,
        };
        let time = self.time.share();
        let mut interpreter = match before {
            Before::Stopped(outcome, stopped) => {
                let info = Info {
                    name: outcome.name.clone(),
                    id: outcome.id,
                    started: outcome.started,
                    redrives: outcome.redrives + 1,
                    redriven: Some(self.now()),
                    ..info
                };
                Self::redriven(&run.executor, info, (outcome, stopped), time, random)
            }
            _ => Self::new(run.executor.clone(), info, extent, time, random),
        };
        interpreter.calls = self.calls.share();
        interpreter.starts = Some(self.starts());
        interpreter.deferred.clone_from(&self.deferred);
        if input.is_none() {
            let state = &run.summary.state;
            let cause = format!(
                "The input of a child execution of '{state}' is larger than the maximum number of bytes service limit."
            );
            let failure = Failure::new(Some("States.DataLimitExceeded".into()), Some(cause.into()));
            interpreter.execution_failed(0, &failure);
            interpreter.ready.clear();
        }
        interpreter
    }

    /// A child that is an execution of its own may have ended.
    fn poll_outside(&mut self, run: &mut MapRun, slot: usize) {
        let Some(Child { body: Body::Outside(_, ending), waker, .. }) =
            run.children.get(slot).and_then(Option::as_ref)
        else {
            return;
        };
        let Poll::Ready(end) = ending.poll(&mut Context::from_waker(waker)) else { return };
        let Some(child) = run.children[slot].take() else { return };
        run.free.push(slot);
        run.running -= 1;
        let left = match &child.body {
            Body::Outside(outside, _) if end.not_redrivable.is_none() => {
                Some(Unsuccessful::Outside(outside.clone()))
            }
            _ => None,
        };
        let end = End { status: end.status, started: end.started, stopped: end.stopped, left };
        if run.ended(&child, end) && run.end.is_none() {
            run.close(Some(exceeded()));
        }
    }

    fn poll_child(&mut self, id: FiberId, run: &mut MapRun, slot: usize) {
        run.counted.now = self.now;
        let Some(child) = run.children.get_mut(slot).and_then(Option::as_mut) else { return };
        let Body::Inside(interpreter) = &mut child.body else { return self.poll_outside(run, slot) };
        let horizon = self.time.is_virtual().then(|| self.time.now());
        let mut cx = Context::from_waker(&child.waker);
        let poll = interpreter.poll_alone(&mut cx, horizon);
        match poll {
            Poll::Pending => {
                let over = interpreter.patience_over();
                let waits = (interpreter.is_working(), interpreter.awaits_callback());
                let next = horizon.and_then(|_| interpreter.next_instant());
                run.working = run.working + usize::from(waits.0) - usize::from(child.is_working);
                run.awaiting = run.awaiting + usize::from(waits.1) - usize::from(child.awaits_callback);
                (child.is_working, child.awaits_callback) = waits;
                self.share_patience(over);
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
                let Some(mut child) = run.children[slot].take() else { return };
                if let Body::Inside(interpreter) = &mut child.body {
                    self.adopt(interpreter);
                }
                run.free.push(slot);
                run.running -= 1;
                run.working -= usize::from(child.is_working);
                run.awaiting -= usize::from(child.awaits_callback);
                // Those inside are among the runs of the whole execution.
                self.map_runs.append(&mut outcome.map_runs);
                self.transitions += outcome.transitions;
                let stopped =
                    outcome.checkpoint.is_some() && !matches!(outcome.status, Status::Succeeded { .. });
                let end = End {
                    status: outcome.status.clone(),
                    started: outcome.started,
                    stopped: outcome.stopped,
                    left: stopped.then(|| Unsuccessful::Inside(Box::new(outcome.clone()))),
                };
                run.show(&outcome);
                if run.ended(&child, end) && run.end.is_none() {
                    run.close(Some(exceeded()));
                }
            }
        }
    }
}

fn exceeded() -> Failure {
    let cause = "The specified tolerated failure threshold was exceeded";
    Failure::new(Some("States.ExceedToleratedFailureThreshold".into()), Some(cause.into())).of_child(None)
}

/// Opens the reader of a Map. A negative `MaxItems` is its mistake, and not the Map's: recorded on AWS.
fn open(executor: &Executor, reader: &Reader, parameters: Value, most: i64) -> Result<Items, IoError> {
    let max_items =
        u64::try_from(most).map_err(|_| IoError::Failed("field MaxItems must be positive".into()))?;
    map_run::open(
        Arc::clone(&executor.settings.buckets),
        Request {
            lists_objects: reader.lists_objects,
            flattens: reader.flattens,
            is_athena: reader.is_athena,
            parameters,
            format: match reader.format.clone() {
                Format::Json { pointer, .. } => {
                    Format::Json { pointer, takes_objects: executor.settings.identity.maps_over_objects() }
                }
                format => format,
            },
            max_items,
            bounds: (&*executor.env.limits).into(),
        },
    )
}
