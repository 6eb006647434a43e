//! Tasks: scheduling, calling the handler, time limits.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use stepfn_core::{
    task::{HandlerFuture, TaskFailure},
    value::Value,
};

use super::{Failure, FiberId, Interpreter, Phase, Step, timers::TimerKind, work};
use crate::{
    declared,
    eval::error_name,
    executor::{Bound, Inner as Executor},
    handler::{Attempt, TaskCall},
    history::{EventKind, Scheduled},
    mock,
    outcome::{RunError, Unbound},
    program::{Family, Kind, Pattern, Task, Terms},
    size::{self, Extent},
    time,
    tokens::{self, CallbackResult},
};

/// One attempt at the work of a Task.
#[derive(Debug, Default)]
pub(super) struct Job {
    pub(super) token: Option<Arc<str>>,
    pub(super) parameters: Value,
    pub(super) scheduled: Timestamp,
    pub(super) timeout: Option<u64>,
    pub(super) heartbeat: Option<u64>,
    /// Whether the timers of its limits are set.
    pub(super) timed: bool,
    /// The number of heartbeats so far.
    pub(super) beat: u32,
    /// The work that is pending.
    pub(super) slot: Option<usize>,
    /// A mock's answer that is on its way.
    pub(super) answer: Option<CallbackResult>,
    /// Whether the service has replied, and only the callback is missing.
    pub(super) submitted: bool,
    /// The execution that it started and waits for.
    pub(super) child: Option<usize>,
    /// The end of an execution that the host starts, which the Task waits for as soon as there is a reply.
    pub(super) end: Option<NotYet>,
    /// Whether it waits for that.
    pub(super) awaits_end: bool,
    /// A callback that came before the reply.
    pub(super) early: Option<CallbackResult>,
}

/// Work that is not polled yet.
pub(super) struct NotYet(pub(super) HandlerFuture);

impl std::fmt::Debug for NotYet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NotYet")
    }
}

impl Job {
    /// The token of the callback that is all that is missing.
    pub(super) fn awaited_token(&self) -> Option<&str> {
        self.token.as_deref().filter(|_| self.submitted && self.child.is_none() && !self.awaits_end)
    }
}

impl Interpreter {
    pub(super) fn schedule(
        &mut self,
        executor: &Executor,
        id: FiberId,
        task: &Task,
    ) -> Result<Step, Failure> {
        let at = self.state_of(id);
        let state = executor.program.state(at);
        let token = task.resource.has_token().then(|| tokens::new_token(&self.random));
        let mut terms = Terms::default();
        let parameters = if state.hands_input_over() {
            // Nobody else needs it again, and what nobody else holds the handler may change in place.
            mem::take(&mut self.fiber(id).input)
        } else {
            self.frame(executor, id, token.as_deref(), |frame, fiber| {
                let effective = state.flow.effective_input(frame, &fiber.input)?;
                if state.flow.has_terms(task) {
                    terms = state.flow.terms(task, frame, &effective)?;
                }
                state.flow.parameters(frame, effective)
            })?
        };
        let Terms { timeout, heartbeat, credentials } = terms;
        let parameters = task.resource.completed(parameters);
        if let Some(reason) = task.resource.refused(&parameters) {
            let detail =
                format!("The Parameters '{parameters}' could not be used to start the Task: [{reason}]");
            let entered = self.fibers.at(id).entered;
            return Err(Failure::interpreter(error_name::RUNTIME, &state.name, entered, &detail));
        }
        self.record_for(id, || {
            EventKind::TaskScheduled(Box::new(Scheduled {
                state: at,
                parameters: parameters.clone(),
                timeout,
                heartbeat,
                credentials,
            }))
        });
        let mut job = Job {
            token,
            parameters,
            scheduled: self.now(),
            timeout,
            heartbeat,
            timed: false,
            beat: 0,
            slot: None,
            answer: None,
            submitted: false,
            child: None,
            end: None,
            awaits_end: false,
            early: None,
        };
        // Beside others a task is scheduled first and started in the next round, as AWS does it; the history shows it.
        if executor.keeps_history && self.fibers.at(id).parent.is_some() {
            self.fiber(id).phase = Phase::Start(Box::new(job));
            self.ready.push_back(id);
            return Ok(Step::Block);
        }
        Ok(self.start_work(executor, id, &mut job))
    }

    pub(super) fn start_work(&mut self, executor: &Executor, id: FiberId, job: &mut Job) -> Step {
        let at = self.state_of(id);
        let state = executor.program.state(at);
        let Kind::Task(task) = &state.kind else { return Step::Block };
        let Some(bound) = executor.bound(task, &job.parameters) else {
            if task.resource.family == Family::Activity {
                return self.offer(executor, id, mem::take(job), &task.resource.arn);
            }
            if let Some((action, _)) = task.action
                && let span = self.fibers.at(id).span.clone()
                && let Some(step) = span.in_scope(|| self.act(executor, id, mem::take(job), action))
            {
                return step;
            }
            return self.refuse(RunError::Unbound(Unbound {
                machine: executor.started_machine(),
                state: state.name.to_string(),
                pointer: state.pointer.clone(),
                resource: task.resource.arn.clone(),
            }));
        };
        self.record_for(id, || EventKind::TaskStarted { state: at, worker: None });
        self.hand_out_token(executor, id, job, task.resource.pattern == Pattern::WaitForTaskToken);
        let calls_before = self.calls.count(task.site);
        let attempt = {
            let fiber = self.fibers.at(id);
            let payload = payload(task, &bound, &job.parameters);
            let call = TaskCall {
                input: payload.as_ref().unwrap_or(&job.parameters),
                state: &state.name,
                resource: &task.resource.arn,
                token: job.token.as_deref(),
                calls_before,
                retry_count: fiber.retry_count,
                map_index: fiber.item.as_ref().map(|item| item.index).or(self.item.map(|item| item as usize)),
                idempotency_key: None,
                interrupted: false,
            };
            match &self.deferred {
                Some(deferred) if !bound.handler.is_scripted() => {
                    Ok(Attempt::Work(deferred.defer(&bound.handler, &call, &self.arn())))
                }
                _ => fiber.span.in_scope(|| catch_unwind(AssertUnwindSafe(|| bound.handler.call(&call)))),
            }
        };
        self.tick();
        let answer = match attempt {
            Err(panic) => Err(work::message(panic)),
            Ok(Attempt::Done(result)) => Ok(result),
            Ok(Attempt::Work(future)) => {
                let mut future = self.fibers.at(id).span.around(future);
                match work::try_now(&mut future) {
                    Some(answer) => {
                        work::drop_quietly(future);
                        self.tick();
                        answer
                    }
                    None => {
                        let link = self.link();
                        job.slot = Some(self.work.add(link, id, future));
                        return self.wait_for_job(id, mem::take(job), None);
                    }
                }
            }
            Ok(Attempt::After(takes, result)) => {
                job.answer = Some(tokens::callback(result));
                return self.wait_for_job(id, mem::take(job), Some(takes));
            }
            Ok(Attempt::Never) => return self.wait_for_job(id, mem::take(job), None),
            Ok(Attempt::TimedOut) => {
                let at_once = job.timeout.is_none() && job.heartbeat.is_none();
                self.wait_for_job(id, mem::take(job), None);
                if at_once {
                    self.attempt_timed_out(id, false);
                }
                return Step::Block;
            }
            Ok(Attempt::Submitted { reply, takes, result }) => {
                if task.resource.pattern == Pattern::RequestResponse {
                    return self.finish(executor, id, job, tokens::callback(result));
                }
                self.record_for(id, || EventKind::TaskSubmitted { state: at, output: reply });
                job.submitted = true;
                job.answer = Some(tokens::callback(result));
                return self.wait_for_job(id, mem::take(job), Some(takes));
            }
            Ok(Attempt::Real) => {
                let reason = declared::ONLY_MOCKS.to_owned();
                let place = self.place_of(self.fibers.at(id));
                let state = state.name.to_string();
                return self.refuse(RunError::NoAnswer { state, place, call: calls_before + 1, reason });
            }
            Ok(Attempt::Refused(reason)) => {
                let state = state.name.to_string();
                let place = self.place_of(self.fibers.at(id));
                return self.refuse(RunError::NoAnswer { state, place, call: calls_before + 1, reason });
            }
        };
        if task.resource.pattern != Pattern::RequestResponse {
            return self.answered(executor, id, mem::take(job), answer);
        }
        self.release(id, job);
        let result = self.result(task, bound.handler.is_raw(), answer);
        self.go_on(executor, id, task, result)
    }

    /// Goes on at once with what the work came to: nothing need be kept of the attempt.
    #[inline]
    fn go_on(&mut self, executor: &Executor, id: FiberId, task: &Task, result: CallbackResult) -> Step {
        match self.settled(executor, id, task, result) {
            settled if self.overflow => {
                self.fiber(id).phase = Phase::Resume(settled);
                Step::Again
            }
            Ok((output, extent)) => self.complete(executor, id, output, Some(extent)),
            Err(failure) => self.failed(executor, id, failure),
        }
    }

    /// What a handler's answer is to the Task: the result as its integration has it, or the error.
    fn result(&self, task: &Task, is_raw: bool, answer: work::Answer) -> CallbackResult {
        match answer {
            Ok(Ok(result)) if is_raw || !task.resource.is_lambda_invoke() => Ok(result),
            Ok(Ok(result)) => Ok(mock::envelope(result, &self.random.uuid())),
            Ok(Err(failure)) => tokens::callback(Err(failure)),
            Err(panic) => tokens::callback(Err(crashed(task, &panic))),
        }
    }

    /// Sets the timers of an attempt: when its answer comes, and those of `TimeoutSeconds` and `HeartbeatSeconds`.
    pub(super) fn set_timers(&mut self, id: FiberId, job: &Job, answer: Option<Duration>) {
        let wait = self.fibers.new_wait(id);
        let now = self.now();
        // The answer first: at the very second of the timeout it is in time.
        if let Some(takes) = answer {
            self.timers.set(time::after(now, takes), id, wait, TimerKind::Answer);
        }
        let is_pending = job.slot.is_some() && self.is_virtual();
        if let Some(seconds) = job.timeout {
            let span = Duration::from_secs(seconds);
            let at = time::after(job.scheduled, span);
            self.timers.set(at, id, wait, TimerKind::Timeout);
            if is_pending {
                self.patience.limit(at, span, id, wait);
            }
        }
        if let Some(seconds) = job.heartbeat {
            let span = Duration::from_secs(seconds);
            let at = time::after(now, span);
            self.timers.set(at, id, wait, TimerKind::Heartbeat(job.beat));
            if is_pending {
                self.patience.limit(at, span, id, wait);
            }
        }
    }

    /// Lets an attempt wait for what ends it.
    pub(super) fn wait_for_job(&mut self, id: FiberId, mut job: Job, answer: Option<Duration>) -> Step {
        self.set_timers(id, &job, answer);
        job.timed = true;
        self.fiber(id).phase = Phase::Working(Box::new(job));
        Step::Block
    }

    /// Takes in what pending work came to.
    pub(super) fn take_finished(&mut self, executor: &Executor) {
        for (id, answer) in self.work.take_finished() {
            let Some(fiber) = self.fibers.get_mut(id) else { continue };
            match mem::replace(&mut fiber.phase, Phase::Blocked) {
                Phase::Working(mut job) => {
                    job.slot = None;
                    let step = self.answered(executor, id, *job, answer);
                    self.follow(id, step);
                }
                other => fiber.phase = other,
            }
        }
    }

    /// The handler answered: that is the result, or the reply to the request.
    pub(super) fn answered(
        &mut self,
        executor: &Executor,
        id: FiberId,
        mut job: Job,
        answer: work::Answer,
    ) -> Step {
        let at = self.state_of(id);
        let state = executor.program.state(at);
        let Kind::Task(task) = &state.kind else { return Step::Block };
        if job.awaits_end {
            return self.finish(
                executor,
                id,
                &job,
                answer.map_or_else(|_| Ok(Value::Null), tokens::callback),
            );
        }
        if let (Ok(Ok(reply)), Some(NotYet(end))) = (&answer, job.end.take()) {
            let output = reply.clone();
            self.record_for(id, || EventKind::TaskSubmitted { state: at, output });
            (job.submitted, job.awaits_end) = (true, true);
            let link = self.link();
            job.slot = Some(self.work.add(link, id, end));
            self.fiber(id).phase = Phase::Working(Box::new(job));
            return Step::Block;
        }
        let raw = executor.bound(task, &job.parameters).is_some_and(|bound| bound.handler.is_raw());
        let size = executor.env.limits.payload();
        let result = match self.result(task, raw, answer) {
            Ok(result) if !Extent::of(&result, size).fits(size) => {
                let failure = too_large(task);
                size::dismantle(result);
                return self.finish(executor, id, &job, Err((text(failure.error), text(failure.cause))));
            }
            Ok(result) => result,
            Err(error) => return self.finish(executor, id, &job, Err(error)),
        };
        match task.resource.pattern {
            Pattern::RequestResponse => self.finish(executor, id, &job, Ok(result)),
            Pattern::Sync => {
                let output = result.clone();
                self.record_for(id, || EventKind::TaskSubmitted { state: at, output });
                self.finish(executor, id, &job, Ok(result))
            }
            Pattern::WaitForTaskToken => {
                self.record_for(id, || EventKind::TaskSubmitted { state: at, output: result });
                job.submitted = true;
                match job.early.take() {
                    Some(early) => self.finish(executor, id, &job, early),
                    // A handler that was done at once has no timers yet.
                    None if !job.timed => self.wait_for_job(id, job, None),
                    None => {
                        self.fiber(id).phase = Phase::Working(Box::new(job));
                        Step::Block
                    }
                }
            }
        }
    }

    /// The attempt is over.
    pub(super) fn finish(
        &mut self,
        executor: &Executor,
        id: FiberId,
        job: &Job,
        result: CallbackResult,
    ) -> Step {
        self.release(id, job);
        if let Some(slot) = job.child {
            self.detach_nested(id, slot);
        }
        let at = self.state_of(id);
        let Kind::Task(task) = &executor.program.state(at).kind else { return Step::Block };
        let settled = self.settled(executor, id, task, result);
        self.fiber(id).phase = Phase::Resume(settled);
        Step::Again
    }

    /// Notes how the work ended.
    #[inline]
    fn settled(
        &mut self,
        executor: &Executor,
        id: FiberId,
        task: &Task,
        result: CallbackResult,
    ) -> Result<(Value, Extent), Failure> {
        let at = self.state_of(id);
        let size = executor.env.limits.payload();
        let failure = match result {
            Ok(output) => {
                let extent = Extent::of(&output, size);
                if extent.fits(size) {
                    self.record_for(id, || EventKind::TaskSucceeded { state: at, output: output.clone() });
                    return Ok((output, extent));
                }
                size::dismantle(output);
                too_large(task)
            }
            Err((error, cause)) => Failure::new(error.map(Arc::from), cause.map(Arc::from)),
        };
        let failure = failure.cut(&executor.env.limits);
        self.record_for(id, || EventKind::TaskFailed { state: at, error: failure.event() });
        Err(failure)
    }

    /// Gives up what an attempt holds: its timers, its token, its pending work.
    fn release(&mut self, id: FiberId, job: &Job) {
        self.fibers.new_wait(id);
        if let Some(slot) = job.slot {
            self.work.cancel(slot);
        }
        if let Some(token) = &job.token {
            self.tokens.remove(token);
            self.executor.env.registry.remove(token);
            if let Some(deferred) = &self.deferred {
                deferred.close_token(token);
            }
            let shown = self.shown();
            for link in self.link.iter().chain(&shown) {
                link.lock().tokens.remove(token);
            }
        }
    }

    /// `TimeoutSeconds` or `HeartbeatSeconds` ran out.
    pub(super) fn attempt_timed_out(&mut self, id: FiberId, heartbeat: bool) {
        let fiber = self.fiber(id);
        let at = fiber.at;
        match mem::replace(&mut fiber.phase, Phase::Blocked) {
            Phase::Working(job) => {
                self.drop_job(id, &job);
                let failure = Failure::timeout(heartbeat);
                self.fibers.at(id).span.timed_out(heartbeat, self.now());
                self.record_for(id, || EventKind::TaskTimedOut { state: at, error: failure.event() });
                self.fiber(id).phase = Phase::Resume(Err(failure));
                self.ready.push_back(id);
            }
            other => fiber.phase = other,
        }
    }

    /// The time that a mock takes is over.
    pub(super) fn answer_arrived(&mut self, id: FiberId) {
        let executor = Arc::clone(&self.executor);
        let fiber = self.fiber(id);
        match mem::replace(&mut fiber.phase, Phase::Blocked) {
            Phase::Working(mut job) => {
                let step = match (job.submitted, job.answer.take()) {
                    (true, Some(result)) => self.finish(&executor, id, &job, result),
                    (false, Some(Ok(result))) => self.answered(&executor, id, *job, Ok(Ok(result))),
                    (false, Some(Err(failure))) => self.finish(&executor, id, &job, Err(failure)),
                    (_, None) => {
                        self.fiber(id).phase = Phase::Working(job);
                        Step::Block
                    }
                };
                self.follow(id, step);
            }
            other => fiber.phase = other,
        }
    }

    /// Drops the attempt of a fiber that is aborted or whose time ran out.
    pub(super) fn drop_job(&mut self, id: FiberId, job: &Job) {
        self.release(id, job);
        if let Some(slot) = job.child {
            self.give_up_nested(id, slot);
        }
    }
}

/// The failure of a Task whose result is too large.
fn too_large(task: &Task) -> Failure {
    Failure::data_limit(match &task.resource.family {
        Family::Service { resource_type, .. } => resource_type,
        _ => &task.resource.arn,
    })
}

fn text(text: Option<Arc<str>>) -> Option<String> {
    text.map(|text| text.to_string())
}

/// Returns the payload of a Lambda function, where that is not all of the parameters.
fn payload(task: &Task, bound: &Bound, parameters: &Value) -> Option<Value> {
    if bound.handler.is_raw() || !task.resource.is_lambda_invoke() {
        return None;
    }
    Some(mock::sent(parameters))
}

/// A handler that panicked. For a Lambda function as `stepfn::lambda::run` reports it.
fn crashed(task: &Task, message: &str) -> TaskFailure {
    if task.resource.family != Family::Lambda && !task.resource.is_lambda_invoke() {
        return TaskFailure::with_cause("States.TaskFailed", format!("the handler panicked: {message}"));
    }
    TaskFailure::panicked(message)
}
