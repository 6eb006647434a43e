//! The interpreter of one execution.
//!
//! Branches and Map iterations are fibers in a slab, not tasks of a runtime: those that can go on are in a queue, timers
//! in a heap, and pending work is polled by the execution itself. So everything happens in one order, the same in
//! every run on virtual time.

mod callback;
mod calls;
mod context;
mod counted;
mod drive;
mod end;
mod failure;
mod fiber;
mod holders;
mod idle;
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

use std::sync::{Arc, atomic::AtomicU64};

use jiff::Timestamp;
use stepfn_core::definition::WorkflowType;

pub(crate) use self::redrive::Stopped;
use self::{
    calls::Calls,
    context::ContextView,
    counted::ReportedRuns,
    fiber::{Fiber, FiberId, Fibers, Phase},
    holders::Holders,
    nested::Nested,
    patience::Patience,
    ready::Ready,
    redrive::Checkpoint,
    timers::Timers,
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
    history::{self, Event, EventKind, History},
    link::Link,
    map_run::MapRun,
    outcome::{ExpressionError, Outcome, RunError, Status},
    program::{Frame, StateId},
    shared::Shared,
    size::{Extent, Weight},
    time::{self, Sleep, Watch},
    turns::Deferred,
};

/// The part of an execution that is seen by whoever waits for it.
#[derive(Default)]
pub(crate) struct Front {
    /// Whether it counts as one that runs.
    pub(crate) is_open: bool,
    /// The outcome, if the execution was driven to its end by hand, or could not start.
    pub(crate) end: Option<Box<Result<Outcome, RunError>>>,
    /// Whether there is no more to wait for.
    pub(crate) over: bool,
}

pub(crate) struct Interpreter {
    pub(crate) front: Front,
    /// Whether events are kept.
    keeps_history: bool,
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
    /// The number of the item, or of the batch, that a child of a distributed Map is for.
    item: Option<u32>,
    /// About the memory that the events' data take.
    held: Weight,
    overflow: bool,
    /// The fibers of Map Runs, and what these wait for.
    runs: Vec<FiberId>,
    runs_working: bool,
    runs_await: bool,
    /// The Map Runs that are over.
    map_runs: Vec<MapRun>,
    /// In turns: the Map Runs as they were last reported. A box of its own, as an interpreter has to fit into what is allocated at once.
    reported_runs: Option<Box<ReportedRuns>>,
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
    /// An error is in a box of its own, as an interpreter has to fit into what is allocated at once.
    end: Option<Result<Status, Box<RunError>>>,
    /// The place in the expression that failed it.
    expression_error: Option<Arc<ExpressionError>>,
}

/// The progress of a fiber: it goes on, or waits for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// It enters the state that it is at now. Its phase does not tell of it, so that what runs on is not put down and picked up.
    Enter,
    /// It goes on as its phase tells.
    Again,
    /// It waits, or has ended.
    Block,
}

impl Interpreter {
    pub(crate) fn new(
        executor: Shared,
        info: Info,
        extent: Extent,
        time: Watch,
        random: Random,
    ) -> Box<Self> {
        let now = info.started;
        let kept = executor.keeps_history.then(|| info.input.clone());
        // The first state has no predecessor, not even ExecutionStarted: recorded on AWS.
        let root =
            Fiber { extent: Some(extent), ..Fiber::new(executor.program.start, info.input.clone(), 0) };
        let mut interpreter = Self::at_rest(executor, info, now, time, random, Fibers::of(root));
        interpreter.record(0, || EventKind::ExecutionStarted { input: kept.unwrap_or_default() });
        interpreter.ready.push_back(Fibers::ROOT);
        interpreter
    }

    /// An execution with these fibers, whose time to end runs from now.
    #[inline(always)]
    fn at_rest(
        executor: Shared,
        info: Info,
        now: Timestamp,
        time: Watch,
        random: Random,
        fibers: Fibers,
    ) -> Box<Self> {
        let most = match executor.program.workflow_type {
            WorkflowType::Standard => executor.env.limits.standard_seconds,
            WorkflowType::Express => executor.env.limits.express_seconds,
        };
        let seconds = executor.program.timeout_seconds.map_or(most, |seconds| seconds.min(most));
        // The place first: so it is written where it stays, and not moved there.
        let place = Box::new_uninit();
        let interpreter = Self {
            front: Front::default(),
            keeps_history: executor.keeps_history,
            now,
            deadline: time::seconds_after(now, seconds),
            span: ExecutionSpan::open(&executor, &info),
            info,
            time,
            random,
            fibers,
            ready: Ready::default(),
            timers: Timers::default(),
            work: Work::default(),
            tokens: Holders::default(),
            link: None,
            events: Vec::new(),
            published: 0,
            event_count: 0,
            item: None,
            held: Weight::default(),
            overflow: false,
            calls: Calls::default(),
            runs: Vec::new(),
            runs_working: false,
            runs_await: false,
            map_runs: Vec::new(),
            reported_runs: None,
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
        };
        Box::write(place, interpreter)
    }

    /// The link to the outside, made when it is first needed.
    pub(crate) fn link(&mut self) -> Arc<Link> {
        Arc::clone(self.link.get_or_insert_default())
    }

    pub(crate) fn executor(&self) -> &Shared {
        &self.executor
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Counts as one that runs no longer.
    fn shut(&mut self) {
        if std::mem::take(&mut self.front.is_open) {
            self.executor.close();
        }
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
            limits: &executor.env.limits,
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
        if self.keeps_history {
            if self.is_full() {
                self.overflow = true;
                return self.event_count;
            }
            self.keep(previous, kind());
        }
        self.event_count += 1;
        self.event_count
    }

    /// Returns whether only the end of the execution still fits into its history.
    #[inline]
    fn is_full(&self) -> bool {
        self.event_count + 1 >= self.executor.env.limits.history_events
            && self.executor.program.workflow_type == WorkflowType::Standard
    }

    #[inline]
    fn keep(&mut self, previous: u32, kind: EventKind) {
        kind.weigh(&mut self.held);
        self.events.push(Event { previous, at: self.now, kind });
    }

    /// Notes the event that ends the execution.
    fn record_last(&mut self, previous: u32, kind: impl FnOnce() -> EventKind) {
        if self.keeps_history {
            self.events.push(Event { previous, at: self.now, kind: kind() });
        }
        self.event_count += 1;
    }

    /// Notes an event of a fiber, which becomes the predecessor of its next one.
    #[inline]
    fn record_for(&mut self, id: FiberId, kind: impl FnOnce() -> EventKind) -> u32 {
        if !self.keeps_history {
            self.event_count += 1;
            return self.event_count;
        }
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
        self.shut();
        for token in self.tokens.take_all().into_iter().flatten() {
            self.executor.env.registry.remove(&token);
        }
    }
}
