//! The executions that an execution starts (developer guide, "Start a new state machine from a running execution"): interpreters
//! inside of the interpreter, on its clock.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use jiff::Timestamp;
use stepfn_core::{definition::WorkflowType, shape, value::Value};

use super::{
    FiberId, Info, Interpreter, Phase, Step,
    run::{ChildWaker, Queue},
    task::{Job, NotYet},
    timers::TimerKind,
};
use crate::{
    executor::Inner as Executor,
    history::EventKind,
    link::Link,
    nested::{self, Start, Started},
    outcome::{Outcome, RunError, Status},
    program::{Action, Kind, Pattern, Waits},
    size::Extent,
    tokens::CallbackResult,
    turns::{self, AskedFor, Deferred},
};

/// The state that an execution has only if it started others, or was started by one.
#[derive(Default)]
pub(super) struct Nested {
    /// The executions that run still.
    children: Vec<Option<Child>>,
    free: Vec<usize>,
    queue: Arc<Queue>,
    /// The executions that are over.
    pub(super) ended: Vec<Outcome>,
    /// The link of the execution that started this one, which shows pending tokens too.
    shown: Option<Weak<Link>>,
    /// The Standard executions that were given a name, in the whole tree: no other may have it.
    named: Named,
    /// The outcome of the execution, while those that it started go on.
    pub(super) over: Option<Outcome>,
}

impl Nested {
    fn add(
        &mut self,
        interpreter: Box<Interpreter>,
        executor: Arc<Executor>,
        awaited_by: Vec<(FiberId, Action)>,
    ) -> usize {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.children.push(None);
            self.children.len() - 1
        });
        let waker = Waker::from(Arc::new(ChildWaker { queue: Arc::clone(&self.queue), slot }));
        self.children[slot] = Some(Child { interpreter, executor, awaited_by, waker, timer: None });
        self.queue.push(slot);
        slot
    }
}

/// The ARNs of executions, and the inputs that they were started with.
type Named = Arc<Mutex<HashMap<String, Value>>>;

struct Child {
    interpreter: Box<Interpreter>,
    executor: Arc<Executor>,
    /// The Tasks that wait for its end.
    awaited_by: Vec<(FiberId, Action)>,
    waker: Waker,
    timer: Option<Timestamp>,
}

impl Interpreter {
    /// Does what Step Functions itself does for a Task; returns `None` where nothing is registered that it could start.
    pub(super) fn act(&mut self, executor: &Executor, id: FiberId, job: Job, action: Action) -> Option<Step> {
        let starts = action.starts() && self.deferred.is_none();
        let target = if starts { nested::target(&self.executor, &job.parameters) } else { None };
        if starts && target.is_none() && executor.machines.is_empty() {
            return None;
        }
        let at = self.state_of(id);
        let Kind::Task(task) = &executor.program.state(at).kind else { return None };
        self.record_for(id, || EventKind::TaskStarted { state: at, worker: None });
        self.hand_out_token(executor, id, &job, task.resource.pattern == Pattern::WaitForTaskToken);
        if let Some(requests) = self.deferred.clone() {
            return Some(self.ask(executor, id, job, action, &requests));
        }
        let request = self.random.uuid();
        let parameters = &job.parameters;
        let answer = match target {
            _ if !action.starts() => nested::send(&executor.env.registry, parameters, action, &request),
            None => Err(nested::does_not_exist(parameters, action, &request)),
            Some(target)
                if action == Action::SdkStartSync
                    && target.program.workflow_type == WorkflowType::Standard =>
            {
                Err(nested::not_supported(action, &request))
            }
            Some(target) => match nested::start(parameters, action, &request, &executor.env.limits) {
                Ok(start) => return Some(self.start_nested(executor, id, job, action, &target, start)),
                Err(failure) => Err(failure),
            },
        };
        Some(self.answered(executor, id, job, Ok(answer)))
    }

    /// Has the host do it, in an execution that runs in turns.
    fn ask(
        &mut self,
        executor: &Executor,
        id: FiberId,
        mut job: Job,
        action: Action,
        requests: &Arc<Deferred>,
    ) -> Step {
        let request = self.random.uuid();
        let parameters = &job.parameters;
        let asked = if action.starts() {
            nested::start(parameters, action, &request, &executor.env.limits).map(|start| {
                let start = turns::Start {
                    machine: nested::text(parameters, "StateMachineArn").unwrap_or_default().to_owned(),
                    name: start.name.unwrap_or_else(|| self.random.uuid()),
                    input: start.input,
                    waits: !matches!(action, Action::Start(Waits::Reply) | Action::SdkStart),
                    is_sync: action == Action::SdkStartSync,
                };
                let AskedFor { reply, end } = requests.start(start, action, request);
                job.end = end.map(NotYet);
                reply
            })
        } else {
            nested::sent(parameters, action, &request).map(|sent| requests.send(sent, action, request))
        };
        match asked {
            Err(failure) => self.answered(executor, id, job, Ok(Err(failure))),
            Ok(reply) => {
                let link = self.link();
                job.slot = Some(self.work.add(link, id, reply));
                self.wait_for_job(id, job, None)
            }
        }
    }

    fn start_nested(
        &mut self,
        executor: &Executor,
        id: FiberId,
        job: Job,
        action: Action,
        target: &Arc<Executor>,
        start: Start,
    ) -> Step {
        let at = self.state_of(id);
        let state = executor.program.state(at).name.to_string();
        let (depth, number) = (executor.env.limits.started_depth, executor.env.limits.started_executions);
        if executor.depth >= depth {
            return self.refuse(RunError::NestedTooDeep { limit: depth, state });
        }
        if self.starts().fetch_add(1, Ordering::Relaxed) >= number {
            return self.refuse(RunError::TooManyStarted { limit: number, state });
        }
        let extent = Extent::of(&start.input, executor.env.limits.payload());
        if let Some(reason) = target.input.and_then(|shape| shape::mismatch(&start.input, shape)) {
            let machine = &target.program.name;
            let reason = format!("state `{state}` starts `{machine}`, which cannot read it: {reason}");
            return self.refuse(RunError::InvalidInput { reason });
        }
        let child = Arc::new(target.nested_in(executor));
        let random = self.random.inner();
        let info = Info {
            name: start.name,
            id: random.id(),
            input: start.input,
            started: self.now(),
            redrives: 0,
            redriven: None,
            is_async: action != Action::SdkStartSync,
        };
        let started = Started { arn: info.arn(&child), at: info.started };
        if info.name.is_some()
            && child.program.workflow_type == WorkflowType::Standard
            && let Some(known) = self.take_name(&started.arn, &info.input)
        {
            return match known {
                Some(slot) => self.join_nested(executor, id, job, action, slot),
                None => {
                    let request = self.random.uuid();
                    let failure = nested::already_exists(&started.arn, action, &request);
                    self.answered(executor, id, job, Ok(Err(failure)))
                }
            };
        }
        let time = self.time.share();
        let mut interpreter = Self::new(Arc::clone(&child).into(), info, extent, time, random);
        interpreter.starts = Some(self.starts());
        interpreter.deferred.clone_from(&self.deferred);
        let shown = self.nested.as_ref().and_then(|nested| nested.shown.clone());
        let shown = shown.unwrap_or_else(|| Arc::downgrade(&self.link()));
        let nested = self.nested.get_or_insert_default();
        let inside = interpreter.nested.get_or_insert_default();
        inside.shown = Some(shown);
        inside.named = Arc::clone(&nested.named);
        let slot = nested.add(interpreter, child, Vec::new());
        self.join_nested(executor, id, job, action, slot)
    }

    /// The counter of executions that were started, in the whole tree.
    pub(super) fn starts(&mut self) -> Arc<AtomicU64> {
        Arc::clone(self.starts.get_or_insert_default())
    }

    /// Takes a name for a new execution. Gives where the execution runs that has it, if it was started with the same input.
    fn take_name(&mut self, arn: &str, input: &Value) -> Option<Option<usize>> {
        let nested = self.nested.get_or_insert_default();
        let mut named = nested.named.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = named.get(arn) else {
            named.insert(arn.to_owned(), input.clone());
            return None;
        };
        let is_same = known == input;
        let runs = nested.children.iter().position(|child| {
            child.as_ref().is_some_and(|child| child.interpreter.info.arn(&child.executor) == arn)
        });
        Some(runs.filter(|_| is_same))
    }

    /// Answers a Task that started an execution, or lets it wait for that.
    fn join_nested(
        &mut self,
        executor: &Executor,
        id: FiberId,
        mut job: Job,
        action: Action,
        slot: usize,
    ) -> Step {
        let at = self.state_of(id);
        let waits = !matches!(action, Action::Start(Waits::Reply) | Action::SdkStart);
        let Some(child) = self.nested_child(slot) else { return Step::Block };
        let started =
            Started { arn: child.interpreter.info.arn(&child.executor), at: child.interpreter.info.started };
        if waits {
            child.awaited_by.push((id, action));
        }
        let reply = match action {
            Action::Start(_) => nested::reply(&started, &self.random.uuid()),
            _ => nested::sdk_reply(&started),
        };
        if !waits {
            return self.answered(executor, id, job, Ok(Ok(reply)));
        }
        job.child = Some(slot);
        if action != Action::SdkStartSync {
            self.record_for(id, || EventKind::TaskSubmitted { state: at, output: reply });
            job.submitted = true;
        }
        self.wait_for_job(id, job, None)
    }

    /// Lets the started executions go on. True when something came of it.
    pub(super) fn poll_nested(&mut self, executor: &Executor, cx: &Context<'_>) -> bool {
        let Some(nested) = &self.nested else { return false };
        let woken = nested.queue.take(cx.waker());
        for slot in &woken {
            self.poll_nested_child(executor, *slot);
            if self.end.is_some() {
                break;
            }
        }
        !woken.is_empty()
    }

    fn poll_nested_child(&mut self, executor: &Executor, slot: usize) {
        let horizon = self.time.is_virtual().then(|| self.time.now());
        let Some(nested) = &mut self.nested else { return };
        let Some(child) = nested.children.get_mut(slot).and_then(Option::as_mut) else { return };
        match child.interpreter.poll_alone(&mut Context::from_waker(&child.waker), horizon) {
            Poll::Pending => {
                let over = child.interpreter.patience_over();
                let next = horizon.and_then(|_| child.interpreter.next_instant());
                if next != child.timer {
                    child.timer = next;
                    if let Some(next) = next {
                        self.timers.set(next, super::Fibers::ROOT, 0, TimerKind::Nested(slot));
                    }
                }
                self.share_patience(over);
            }
            Poll::Ready(Err(error)) => {
                self.refuse(error);
            }
            Poll::Ready(Ok(outcome)) => self.nested_ended(executor, slot, outcome),
        }
    }

    fn nested_ended(&mut self, executor: &Executor, slot: usize, outcome: Outcome) {
        let Some(nested) = &mut self.nested else { return };
        let Some(mut child) = nested.children.get_mut(slot).and_then(Option::take) else { return };
        nested.free.push(slot);
        self.adopt(&mut child.interpreter);
        for (id, action) in std::mem::take(&mut child.awaited_by) {
            let result = nested::result(&child.executor, &outcome, action);
            self.nested_result(executor, id, slot, result);
        }
        self.keep_nested(outcome);
    }

    /// Ends the Task that waited for an execution.
    fn nested_result(&mut self, executor: &Executor, id: FiberId, slot: usize, result: CallbackResult) {
        let Some(fiber) = self.fibers.get_mut(id) else { return };
        match std::mem::replace(&mut fiber.phase, Phase::Blocked) {
            Phase::Working(mut job) if job.child == Some(slot) => {
                job.child = None;
                let step = self.finish(executor, id, &job, result);
                self.follow(id, step);
            }
            other => fiber.phase = other,
        }
    }

    /// The Task that waited for an execution was ended by its token: nobody waits any more.
    pub(super) fn detach_nested(&mut self, id: FiberId, slot: usize) {
        if let Some(child) = self.nested_child(slot) {
            child.awaited_by.retain(|(waiting, _)| *waiting != id);
        }
    }

    /// A Task that waited for an execution is given up: what no other Task waits for is stopped.
    pub(super) fn give_up_nested(&mut self, id: FiberId, slot: usize) {
        self.detach_nested(id, slot);
        if self.nested_child(slot).is_some_and(|child| child.awaited_by.is_empty()) {
            self.stop_nested(slot);
        }
    }

    /// `StopExecution`, as Step Functions calls it for a `.sync` Task that is given up.
    fn stop_nested(&mut self, slot: usize) {
        let Some(nested) = &mut self.nested else { return };
        let Some(mut child) = nested.children.get_mut(slot).and_then(Option::take) else { return };
        nested.free.push(slot);
        let outcome = child.interpreter.stop();
        self.adopt(&mut child.interpreter);
        self.keep_nested(outcome);
    }

    /// Stops all executions that a Task waits for.
    pub(super) fn stop_awaited(&mut self) {
        let Some(nested) = &self.nested else { return };
        let awaited = nested.children.iter().enumerate();
        let awaited =
            awaited.filter(|(_, child)| child.as_ref().is_some_and(|child| !child.awaited_by.is_empty()));
        let slots: Vec<_> = awaited.map(|(slot, _)| slot).collect();
        for slot in slots {
            self.stop_nested(slot);
        }
    }

    /// The link of the execution that started this one, and of the one that started that.
    pub(super) fn shown(&self) -> Option<Arc<Link>> {
        self.nested.as_ref()?.shown.as_ref()?.upgrade()
    }

    /// Returns `true` if the execution has ended, and only others go on that it started.
    pub(super) fn is_over(&self) -> bool {
        self.nested.as_ref().is_some_and(|nested| nested.over.is_some())
    }

    /// Returns `true` if executions run that this one has started.
    pub(super) fn has_nested(&self) -> bool {
        self.running_nested().next().is_some()
    }

    /// Wakes the started executions, so that their timers are set anew.
    pub(super) fn wake_nested(&mut self) {
        let Some(nested) = &mut self.nested else { return };
        for (slot, child) in nested.children.iter_mut().enumerate() {
            if let Some(child) = child {
                child.timer = None;
                nested.queue.push(slot);
            }
        }
    }

    /// The timer of a started execution went off.
    pub(super) fn wake_nested_child(&self, slot: usize) {
        if let Some(nested) = &self.nested {
            nested.queue.push(slot);
        }
    }

    /// The interpreters of the started executions.
    pub(super) fn running_nested(&self) -> impl Iterator<Item = &Self> {
        let children = self.nested.iter().flat_map(|nested| nested.children.iter().flatten());
        children.map(|child| &*child.interpreter)
    }

    /// Returns the time at which the timer of a started execution goes off.
    pub(super) fn nested_timer(&self, slot: usize) -> Option<Timestamp> {
        self.nested.as_ref()?.children.get(slot)?.as_ref()?.timer
    }

    fn nested_child(&mut self, slot: usize) -> Option<&mut Child> {
        self.nested.as_mut()?.children.get_mut(slot)?.as_mut()
    }

    /// Takes over the executions that one has started that is over.
    pub(super) fn adopt(&mut self, from: &mut Self) {
        let Some(orphans) = from.nested.take() else { return };
        for orphan in orphans.children.into_iter().flatten() {
            self.nested.get_or_insert_default().add(orphan.interpreter, orphan.executor, Vec::new());
        }
    }

    /// The started executions that are over.
    pub(super) fn take_ended(&mut self) -> Vec<Outcome> {
        self.nested.as_mut().map(|nested| std::mem::take(&mut nested.ended)).unwrap_or_default()
    }

    fn keep_nested(&mut self, outcome: Outcome) {
        let most = self.executor.settings.keep_children;
        if let Some(nested) = self.nested.as_mut().filter(|nested| nested.ended.len() < most) {
            nested.ended.push(outcome);
        }
    }

    /// Ends the execution from outside.
    pub(super) fn stop(&mut self) -> Outcome {
        self.tick();
        self.record_last(0, || EventKind::ExecutionAborted(crate::history::EventError::default()));
        let end = Ok(Status::Aborted { error: None, cause: None });
        self.close(&end);
        self.outcome(self.executor.clone(), Status::Aborted { error: None, cause: None })
    }
}
