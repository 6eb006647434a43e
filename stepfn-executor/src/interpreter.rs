//! The interpreter loop of one execution.
//!
//! Branches and Map iterations are fibers in a slab, not tasks of a runtime: those that can go on are in a queue, timers
//! in a heap, and pending work is polled by the execution itself. So everything happens in one order, the same in
//! every run on virtual time.

mod calls;
mod context;
mod counted;
mod end;
mod failure;
mod fiber;
mod holders;
mod idle;
mod jsonata;
mod map;
mod map_run;
mod nested;
mod parallel;
mod patience;
mod ready;
mod redrive;
mod retry_catch;
mod run;
mod state;
mod task;
mod timers;
mod trace;
mod wait;
mod work;

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicU64},
    task::{Context, Poll},
};

use jiff::Timestamp;
use stepfn_core::definition::WorkflowType;

pub(crate) use self::redrive::Stopped;
use self::{
    calls::Calls,
    context::ContextView,
    fiber::{Fiber, FiberId, Fibers, Phase},
    holders::Holders,
    nested::Nested,
    patience::Patience,
    ready::Ready,
    redrive::Checkpoint,
    timers::{Timer, TimerKind, Timers},
    trace::ExecutionSpan,
    work::Work,
};
pub(crate) use self::{
    context::{Info, execution_name, map_item, uuid},
    failure::Failure,
    work::message as panic_message,
};
use crate::{
    control::{Control, Facts},
    eval::Random,
    executor::Inner as Executor,
    history::{self, Event, EventError, EventKind, History},
    link::{Command, Link},
    map_run::MapRun,
    outcome::{ExpressionError, Outcome, RunError, Status},
    program::{Frame, StateId},
    shared::Shared,
    size::Extent,
    time::{self, Sleep, Watch},
    turns::{Deferred, MapRunState},
};

/// After how many steps an execution lets others run.
const STEPS_PER_TURN: u32 = 4096;

pub(crate) struct Interpreter {
    executor: Shared,
    pub(crate) info: Info,
    span: ExecutionSpan,
    time: Watch,
    now: Timestamp,
    random: Random,
    fibers: Fibers,
    ready: Ready,
    timers: Timers,
    work: Work,
    /// The tokens that are pending, and who waits for them.
    tokens: Holders,
    link: Option<Arc<Link>>,
    events: Vec<Event>,
    /// The number of events that are published to the link.
    published: usize,
    event_count: u32,
    overflow: bool,
    /// The fibers of Map Runs, and what these wait for.
    runs: Vec<FiberId>,
    runs_working: bool,
    runs_await: bool,
    /// The Map Runs that are over.
    map_runs: Vec<MapRun>,
    /// In turns: the Map Runs that ended since the last one, and the others as they were reported then.
    ended_runs: Vec<MapRunState>,
    told_runs: BTreeMap<String, MapRunState>,
    nested: Option<Box<Nested>>,
    /// The number of executions that were started, in the whole tree.
    starts: Option<Arc<AtomicU64>>,
    /// The calls that are made outside, in an execution that runs in turns.
    deferred: Option<Arc<Deferred>>,
    /// The number of calls of each Task state, in the children of distributed Maps too.
    calls: Calls,
    transitions: u64,
    /// A bound on the bytes of all variables.
    stored: usize,
    /// The place where the execution stopped, once it failed.
    stopped: Option<Box<Checkpoint>>,
    deadline: Timestamp,
    sleep: Option<(Timestamp, Sleep)>,
    /// Whether it stopped to let others run, and not for want of something to do.
    yielded: bool,
    patience: Patience,
    end: Option<Result<Status, RunError>>,
    /// The place in the expression that failed it.
    expression_error: Option<Arc<ExpressionError>>,
}

/// The progress of a fiber: it goes on, or waits for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Again,
    Block,
}

impl Interpreter {
    pub(crate) fn new(
        executor: impl Into<Shared>,
        info: Info,
        extent: Extent,
        time: impl Into<Watch>,
        random: Random,
    ) -> Box<Self> {
        let now = info.started;
        let mut interpreter = Self::at_rest(executor.into(), info, now, time, random);
        let input = interpreter.info.input.clone();
        interpreter.record(0, || EventKind::ExecutionStarted { input: input.clone() });
        // The first state has no predecessor, not even ExecutionStarted: recorded on AWS.
        let mut root = Fiber::new(interpreter.executor.program.start, input, 0);
        root.extent = Some(extent);
        let root = interpreter.fibers.insert(root);
        interpreter.ready.push_back(root);
        interpreter
    }

    /// An execution without fibers, whose time to end runs from now.
    #[inline]
    fn at_rest(
        executor: Shared,
        info: Info,
        now: Timestamp,
        time: impl Into<Watch>,
        random: Random,
    ) -> Box<Self> {
        let most = match executor.program.workflow_type {
            WorkflowType::Standard => executor.limits.standard_seconds,
            WorkflowType::Express => executor.limits.express_seconds,
        };
        let seconds = executor.program.timeout_seconds.map_or(most, |seconds| seconds.min(most));
        let timeout = std::time::Duration::from_secs(seconds);
        Box::new(Self {
            now,
            deadline: time::after(now, timeout),
            span: ExecutionSpan::open(&executor, &info),
            info,
            time: time.into(),
            random,
            fibers: Fibers::default(),
            ready: Ready::default(),
            timers: Timers::default(),
            work: Work::default(),
            tokens: Holders::default(),
            link: None,
            events: Vec::new(),
            published: 0,
            event_count: 0,
            overflow: false,
            calls: Calls::default(),
            runs: Vec::new(),
            runs_working: false,
            runs_await: false,
            map_runs: Vec::new(),
            ended_runs: Vec::new(),
            told_runs: BTreeMap::new(),
            nested: None,
            starts: None,
            deferred: None,
            transitions: 0,
            stored: 0,
            stopped: None,
            sleep: None,
            yielded: false,
            patience: Patience::default(),
            end: None,
            expression_error: None,
            executor,
        })
    }

    /// The link to the outside, made when it is first needed.
    pub(crate) fn link(&mut self) -> Arc<Link> {
        Arc::clone(self.link.get_or_insert_default())
    }

    pub(crate) fn executor(&self) -> &Executor {
        &self.executor
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Looks at the clock. Events without a pause in between happen at one time.
    fn tick(&mut self) {
        self.time.tick(&mut self.now);
    }

    pub(crate) fn is_virtual(&self) -> bool {
        self.time.is_virtual()
    }

    pub(crate) fn arn(&self) -> String {
        self.info.arn(&self.executor)
    }

    pub(crate) fn control(&mut self) -> Control {
        Control {
            link: self.link(),
            executor: self.executor.clone(),
            facts: Arc::new(Facts {
                arn: self.arn(),
                name: self.info.name(),
                input: self.info.input.clone(),
                started: self.info.started,
                redrives: self.info.redrives,
                redriven: self.info.redriven,
            }),
        }
    }

    /// Runs all that happens until then, and makes it then, on virtual time.
    pub(crate) fn poll_within(
        &mut self,
        cx: &mut Context<'_>,
        horizon: Timestamp,
    ) -> Poll<Result<Outcome, RunError>> {
        loop {
            let poll = self.poll(cx, Some(horizon));
            // A long run without pause gives way now and then.
            if poll.is_pending() && self.yielded {
                continue;
            }
            if poll.is_pending() && self.is_virtual() && !self.is_working() {
                let _ = self.time.reach(horizon);
                self.tick();
            }
            return poll;
        }
    }

    /// Runs as far as it goes. On virtual time not beyond the horizon, where there is one. It is done when the executions are too that
    /// were started in it.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        horizon: Option<Timestamp>,
    ) -> Poll<Result<Outcome, RunError>> {
        let executor = self.executor.clone();
        self.poll_by(&executor, cx, horizon)
    }

    /// [`poll`](Self::poll) for whoever holds the executor too.
    #[inline]
    pub(crate) fn poll_by(
        &mut self,
        executor: &Executor,
        cx: &mut Context<'_>,
        horizon: Option<Timestamp>,
    ) -> Poll<Result<Outcome, RunError>> {
        if self.is_over() {
            return self.outlast(cx, horizon);
        }
        let poll = self.poll_alone(executor, cx, horizon);
        if poll.is_ready() && self.has_nested() {
            let Poll::Ready(Ok(outcome)) = poll else { return poll };
            self.nested.get_or_insert_default().over = Some(outcome);
            return self.outlast(cx, horizon);
        }
        poll
    }

    /// The same without those that were started: who polls it takes them over.
    #[inline]
    fn poll_alone(
        &mut self,
        executor: &Executor,
        cx: &mut Context<'_>,
        horizon: Option<Timestamp>,
    ) -> Poll<Result<Outcome, RunError>> {
        let poll = self.drive(executor, cx, horizon);
        if let Some(link) = &self.link {
            link.publish(&self.events[self.published..]);
            self.published = self.events.len();
        }
        match poll {
            Poll::Pending => Poll::Pending,
            Poll::Ready(end) => {
                self.close(&end);
                Poll::Ready(end.map(|status| self.outcome(status)))
            }
        }
    }

    fn drive(
        &mut self,
        executor: &Executor,
        cx: &mut Context<'_>,
        horizon: Option<Timestamp>,
    ) -> Poll<Result<Status, RunError>> {
        let mut steps = 0;
        self.yielded = false;
        self.tick();
        loop {
            while let Some(id) = self.ready.pop_front() {
                self.run_fiber(executor, id, &mut steps);
                if self.overflow && self.end.is_none() {
                    self.overflowed();
                }
                if let Some(end) = self.end.take() {
                    return Poll::Ready(end);
                }
                if steps >= STEPS_PER_TURN {
                    self.tick();
                    if self.now() >= self.deadline {
                        return Poll::Ready(Ok(self.timed_out()));
                    }
                    self.yielded = true;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
            self.receive(cx);
            if let Some(end) = self.end.take() {
                return Poll::Ready(end);
            }
            if self.work.poll_woken() {
                self.tick();
                self.take_finished(executor);
            }
            self.poll_runs(executor, cx);
            let moved = self.poll_nested(executor, cx);
            if let Some(end) = self.end.take() {
                return Poll::Ready(end);
            }
            // On real time others have a turn in between.
            if !self.ready.is_empty() || moved && self.is_virtual() {
                continue;
            }
            if !self.pass_time(cx, horizon) {
                return Poll::Pending;
            }
            if self.end.is_none() && self.now() >= self.deadline {
                return Poll::Ready(Ok(self.timed_out()));
            }
        }
    }

    /// Takes in what came from outside.
    fn receive(&mut self, cx: &Context<'_>) {
        let Some(link) = &self.link else { return };
        for command in link.receive(cx.waker(), self.work.woken()) {
            match command {
                Command::End { token, result } => self.callback(&token, result),
                Command::Heartbeat { token } => self.heartbeat(&token),
                Command::Started { token, worker } => self.taken(&token, worker),
                Command::MapRun { arn, update } => self.update_map_run(&arn, &update),
                Command::Stop { error, cause } => {
                    let event = EventError {
                        error: error.as_deref().map(Arc::from),
                        cause: cause.as_deref().map(Arc::from),
                    };
                    self.record_last(0, || EventKind::ExecutionAborted(event));
                    self.end = Some(Ok(Status::Aborted { error, cause }));
                }
            }
        }
    }

    /// Goes to the next timer, or waits for it. False when there is nothing to do but wait.
    fn pass_time(&mut self, cx: &mut Context<'_>, horizon: Option<Timestamp>) -> bool {
        self.clear_timers();
        let next = self.timers.next().map_or(self.deadline, |timer| timer.min(self.deadline));
        if !self.time.is_virtual() {
            // Driven by hand, real time is not waited for.
            if horizon.is_some() && self.now < next {
                return false;
            }
        } else {
            let stands_still = match horizon {
                // Who moves time by hand means it.
                Some(horizon) => next > horizon,
                None => self.holds_for_callback(),
            };
            let may_pass = horizon.is_none() && self.patience.is_over(next);
            if self.now < next && (stands_still || !may_pass && self.is_working()) {
                self.lose_patience(cx);
                return horizon.is_none() && !stands_still && self.patience.is_over(next);
            }
        }
        if self.sleep.as_ref().is_none_or(|(at, _)| *at != next) {
            self.sleep = self.time.reach(next).map(|sleep| (next, sleep));
        }
        if let Some((_, sleep)) = &mut self.sleep
            && sleep.as_mut().poll(cx).is_pending()
        {
            return false;
        }
        self.sleep = None;
        self.tick();
        self.fire(next);
        true
    }

    /// Clears away the timers that nobody waits for: time must not stop at one, nor may they pile up.
    fn clear_timers(&mut self) {
        let mut timers = std::mem::take(&mut self.timers);
        while timers.first().is_some_and(|timer| !self.is_awaited(timer)) {
            timers.drop_first();
        }
        if timers.is_crowded() {
            timers.retain(|timer| self.is_awaited(timer));
        }
        self.timers = timers;
    }

    /// Returns `true` if somebody still waits for a timer.
    fn is_awaited(&self, timer: &Timer) -> bool {
        if let TimerKind::Nested(slot) = timer.kind {
            return self.nested_timer(slot) == Some(timer.at);
        }
        let Some(fiber) = self.fibers.get(timer.fiber).filter(|fiber| fiber.wait == timer.wait) else {
            return false;
        };
        match (&fiber.phase, timer.kind) {
            (Phase::Working(job), TimerKind::Heartbeat(beat)) => job.beat == beat,
            (Phase::MapRun(run), TimerKind::Child(slot)) => {
                run.children.get(slot).and_then(Option::as_ref).and_then(|child| child.timer)
                    == Some(timer.at)
            }
            _ => true,
        }
    }

    /// Lets all timers of an instant go off before anything else happens.
    fn fire(&mut self, at: Timestamp) {
        while let Some(timer) = self.timers.pop_until(at) {
            if let TimerKind::Nested(slot) = timer.kind {
                self.wake_nested_child(slot);
                continue;
            }
            let Some(fiber) = self.fibers.get_mut(timer.fiber).filter(|fiber| fiber.wait == timer.wait)
            else {
                continue;
            };
            match timer.kind {
                TimerKind::Wake => {
                    fiber.phase = fiber.phase.woken();
                    self.ready.push_back(timer.fiber);
                }
                TimerKind::Timeout => self.attempt_timed_out(timer.fiber, false),
                TimerKind::Heartbeat(beat) => {
                    if matches!(&fiber.phase, Phase::Working(job) if job.beat == beat) {
                        self.attempt_timed_out(timer.fiber, true);
                    }
                }
                TimerKind::Child(slot) => {
                    if let Phase::MapRun(run) = &fiber.phase {
                        run.wake(slot);
                    }
                }
                TimerKind::Nested(_) => {}
                TimerKind::Answer => self.answer_arrived(timer.fiber),
            }
        }
    }

    /// Runs a fiber until it waits or ends.
    fn run_fiber(&mut self, executor: &Executor, id: FiberId, steps: &mut u32) {
        loop {
            *steps += 1;
            let Some(fiber) = self.fibers.get_mut(id) else { return };
            let step = match std::mem::replace(&mut fiber.phase, Phase::Blocked) {
                Phase::Enter => self.enter(executor, id),
                Phase::Rerun => {
                    self.open_span(executor, id);
                    self.run_state(executor, id)
                }
                Phase::Redrive(inside) => {
                    self.open_span(executor, id);
                    self.redrive_map(executor, id, inside)
                }
                Phase::Attempt => self.attempt(executor, id),
                Phase::Start(job) => self.start_work(executor, id, *job),
                Phase::Waited => self.waited(executor, id),
                Phase::Resume(Ok((result, extent))) => self.complete(executor, id, result, Some(extent)),
                Phase::Resume(Err(failure)) => self.failed(executor, id, failure),
                other @ (Phase::Blocked
                | Phase::Sleeping(_)
                | Phase::Working(_)
                | Phase::Children(_)
                | Phase::MapRun(_)) => {
                    fiber.phase = other;
                    Step::Block
                }
            };
            if step == Step::Block || self.end.is_some() || self.overflow || *steps >= STEPS_PER_TURN {
                // A fiber that is cut short goes on in the next turn.
                if step == Step::Again {
                    self.ready.push_front(id);
                }
                return;
            }
        }
    }

    /// Evaluates something in the place of a fiber.
    #[inline]
    fn frame<R>(
        &self,
        executor: &Executor,
        id: FiberId,
        token: Option<&str>,
        evaluate: impl FnOnce(&Frame<'_>, &Fiber) -> Result<R, crate::eval::EvalError>,
    ) -> Result<R, Failure> {
        let fiber = self.fibers.at(id);
        let context = ContextView::new(executor, &self.info, fiber, token);
        let frame = Frame {
            context: &context,
            variables: &fiber.variables,
            random: &self.random,
            now: self.now,
            limits: &executor.limits,
        };
        evaluate(&frame, fiber).map_err(|error| {
            Failure::evaluation(&executor.program.state(fiber.at).name, fiber.entered, &error)
        })
    }

    fn fiber(&mut self, id: FiberId) -> &mut Fiber {
        self.fibers.at_mut(id)
    }

    /// Notes an event and gives its id.
    #[inline]
    fn record(&mut self, previous: u32, kind: impl FnOnce() -> EventKind) -> u32 {
        if self.executor.keeps_history {
            if self.event_count + 1 >= self.executor.limits.history_events
                && self.executor.program.workflow_type == WorkflowType::Standard
            {
                // Only the end of the execution fits in.
                self.overflow = true;
                return self.event_count;
            }
            self.events.push(Event { previous, at: self.now, kind: kind() });
        }
        self.event_count += 1;
        self.event_count
    }

    /// Notes the event that ends the execution.
    fn record_last(&mut self, previous: u32, kind: impl FnOnce() -> EventKind) {
        if self.executor.keeps_history {
            self.events.push(Event { previous, at: self.now, kind: kind() });
        }
        self.event_count += 1;
    }

    /// Notes an event of a fiber, which becomes the predecessor of its next one.
    #[inline]
    fn record_for(&mut self, id: FiberId, kind: impl FnOnce() -> EventKind) -> u32 {
        let previous = self.fibers.at(id).previous;
        let event = self.record(previous, kind);
        self.fiber(id).previous = event;
        event
    }

    /// Has the calls of the execution, and of those inside of it, made by somebody else.
    pub(crate) fn defer_calls(&mut self, deferred: Arc<Deferred>) {
        self.deferred = Some(deferred);
    }

    /// The events from one on, as JSON texts.
    pub(crate) fn events_from(&self, first: usize) -> Vec<String> {
        history::json_lines(&self.executor, &self.events, first)
    }

    /// The events so far.
    pub(crate) fn history(&self) -> History {
        History::new(self.executor.clone(), self.events.clone())
    }

    fn state_of(&self, id: FiberId) -> StateId {
        self.fibers.at(id).at
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        for token in self.tokens.take_all() {
            self.executor.registry.remove(&token);
        }
    }
}
