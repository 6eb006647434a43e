//! Tasks: scheduling, calling the handler, callbacks, time limits.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use stepfn_core::{
    task::{HandlerFuture, TaskFailure},
    value::Value,
};

use super::{Failure, FiberId, Interpreter, Phase, Step, holders::Holder, timers::TimerKind, work};
use crate::{
    declared,
    eval::error_name,
    executor::{Bound, Inner as Executor},
    handler::{Attempt, TaskCall},
    history::{EventKind, Scheduled},
    mock,
    outcome::{RunError, Unbound},
    program::{Family, JsonataKind, Kind, Pattern, Task, jsonata_number},
    size::{self, Extent},
    time,
    tokens::{self, CallbackResult, PendingToken},
    turns::OpenToken,
};

/// One attempt at the work of a Task.
#[derive(Debug)]
pub(super) struct Job {
    token: Option<Arc<str>>,
    pub(super) parameters: Value,
    scheduled: Timestamp,
    timeout: Option<u64>,
    heartbeat: Option<u64>,
    /// Whether the timers of its limits are set.
    timed: bool,
    /// The number of heartbeats so far.
    pub(super) beat: u32,
    /// The work that is pending.
    pub(super) slot: Option<usize>,
    /// A mock's answer that is on its way.
    answer: Option<CallbackResult>,
    /// Whether the service has replied, and only the callback is missing.
    pub(super) submitted: bool,
    /// The execution that it started and waits for.
    pub(super) child: Option<usize>,
    /// The end of an execution that the host starts, which the Task waits for as soon as there is a reply.
    pub(super) end: Option<NotYet>,
    /// Whether it waits for that.
    awaits_end: bool,
    /// A callback that came before the reply.
    early: Option<CallbackResult>,
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
        let (parameters, timeout, heartbeat, credentials) =
            self.frame(executor, id, token.as_deref(), |frame, fiber| {
                if let Some(jsonata) = &state.jsonata
                    && let JsonataKind::Task { timeout, heartbeat, credentials } = &jsonata.kind
                {
                    let scope = frame.jsonata(&fiber.input);
                    let seconds = |template: &Option<_>, field| {
                        template.as_ref().map(|template| jsonata_number(template, field, &scope)).transpose()
                    };
                    let timeout = seconds(timeout, "TimeoutSeconds")?;
                    let heartbeat = seconds(heartbeat, "HeartbeatSeconds")?;
                    let credentials =
                        credentials.as_ref().map(|template| template.render(&scope)).transpose()?;
                    return Ok((jsonata.arguments(frame, &fiber.input)?, timeout, heartbeat, credentials));
                }
                let effective = state.data.effective_input(frame, &fiber.input)?;
                let amount = |amount: &Option<crate::program::Amount>| {
                    amount.as_ref().map(|amount| amount.evaluate(frame, &effective)).transpose()
                };
                let (timeout, heartbeat) = (amount(&task.timeout)?, amount(&task.heartbeat)?);
                let credentials = match &task.credentials {
                    Some(template) => Some(template.render(&frame.scope(&effective))?),
                    None => None,
                };
                Ok((state.data.parameters(frame, effective)?, timeout, heartbeat, credentials))
            })?;
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
        let job = Job {
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
        Ok(self.start_work(executor, id, job))
    }

    pub(super) fn start_work(&mut self, executor: &Executor, id: FiberId, mut job: Job) -> Step {
        let at = self.state_of(id);
        let state = executor.program.state(at);
        let Kind::Task(task) = &state.kind else { return Step::Block };
        let Some(bound) = executor.bound(task, &job.parameters) else {
            if task.resource.family == Family::Activity {
                return self.offer(executor, id, job, &task.resource.arn);
            }
            if let Some((action, _)) = task.action
                && let span = self.fibers.at(id).span.clone()
                && let Some(step) = span.in_scope(|| self.act(executor, id, job, action))
            {
                return step;
            }
            return self.refuse(RunError::Unbound(Unbound {
                state: state.name.to_string(),
                pointer: state.pointer.clone(),
                resource: task.resource.arn.clone(),
            }));
        };
        self.record_for(id, || EventKind::TaskStarted { state: at, worker: None });
        self.hand_out_token(executor, id, &job, task.resource.pattern == Pattern::WaitForTaskToken);
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
                map_index: fiber.item.as_ref().map(|item| item.index),
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
                        return self.wait_for_job(id, job, None);
                    }
                }
            }
            Ok(Attempt::After(takes, result)) => {
                job.answer = Some(tokens::callback(result));
                return self.wait_for_job(id, job, Some(takes));
            }
            Ok(Attempt::Never) => return self.wait_for_job(id, job, None),
            Ok(Attempt::TimedOut) => {
                let at_once = job.timeout.is_none() && job.heartbeat.is_none();
                self.wait_for_job(id, job, None);
                if at_once {
                    self.attempt_timed_out(id, false);
                }
                return Step::Block;
            }
            Ok(Attempt::Submitted { reply, takes, result }) => {
                if task.resource.pattern == Pattern::RequestResponse {
                    return self.finish(executor, id, &job, tokens::callback(result));
                }
                self.record_for(id, || EventKind::TaskSubmitted { state: at, output: reply });
                job.submitted = true;
                job.answer = Some(tokens::callback(result));
                return self.wait_for_job(id, job, Some(takes));
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
        self.answered(executor, id, job, answer)
    }

    /// Makes the token of an attempt usable. `awaited` means that nothing but the token ends the attempt.
    pub(super) fn hand_out_token(&mut self, executor: &Executor, id: FiberId, job: &Job, awaited: bool) {
        let Some(token) = &job.token else { return };
        if let Some(deferred) = &self.deferred {
            let state = executor.program.state(self.state_of(id));
            let activity = match &state.kind {
                Kind::Task(task) if task.resource.family == Family::Activity => Some(&*task.resource.arn),
                _ => None,
            };
            deferred.open_token(OpenToken {
                token: token.to_string(),
                state: state.name.to_string(),
                activity: activity.map(str::to_owned),
                parameters: job.parameters.clone(),
                awaited,
            });
        }
        self.tokens.insert(Arc::clone(token), Holder { fiber: id, awaited });
        let link = self.link();
        if awaited {
            let pending = PendingToken {
                token: token.to_string(),
                state: executor.program.state(self.state_of(id)).name.to_string(),
                parameters: job.parameters.clone(),
                answer: executor.program.answer(self.state_of(id)),
            };
            if let Some(shown) = self.shown() {
                shown.add_token(pending.clone());
            }
            link.add_token(pending);
        }
        executor.registry.add(Arc::clone(token), &link);
    }

    /// Lets an attempt at an activity wait for a worker.
    fn offer(&mut self, executor: &Executor, id: FiberId, job: Job, activity: &str) -> Step {
        self.hand_out_token(executor, id, &job, true);
        // A host gives the tasks of executions in turns to workers itself.
        let token = job.token.as_ref().filter(|_| self.deferred.is_none());
        let offered = token.map_or(Ok(()), |token| {
            executor.registry.offer(activity, Arc::clone(token), job.parameters.clone())
        });
        if let Err(limit) = offered {
            let state = executor.program.state(self.state_of(id)).name.to_string();
            return self.refuse(RunError::TooManyActivityTasks { limit, state });
        }
        // Heartbeats are due only from a worker, so there is no limit on them before.
        let heartbeat = job.heartbeat;
        let mut job = Job { heartbeat: None, ..job };
        self.set_timers(id, &job, None);
        job.timed = true;
        job.heartbeat = heartbeat;
        self.fiber(id).phase = Phase::Working(Box::new(job));
        Step::Block
    }

    /// An activity worker has taken the task.
    pub(super) fn taken(&mut self, token: &str, worker: Option<Arc<str>>) {
        let Some(id) = self.tokens.get(token).map(|holder| holder.fiber) else { return };
        let state = self.state_of(id);
        self.record_for(id, || EventKind::TaskStarted { state, worker });
        self.heartbeat(token);
    }

    /// Sets the timers of an attempt: when its answer comes, and those of `TimeoutSeconds` and `HeartbeatSeconds`.
    fn set_timers(&mut self, id: FiberId, job: &Job, answer: Option<Duration>) {
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
            match std::mem::replace(&mut fiber.phase, Phase::Blocked) {
                Phase::Working(mut job) => {
                    job.slot = None;
                    if self.answered(executor, id, *job, answer) == Step::Again {
                        self.ready.push_back(id);
                    }
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
        let result = match answer {
            Ok(Ok(result))
                if !Extent::of(&result, executor.limits.payload()).fits(executor.limits.payload()) =>
            {
                let failure = too_large(task);
                size::dismantle(result);
                return self.finish(executor, id, &job, Err((text(failure.error), text(failure.cause))));
            }
            Ok(Ok(result)) => result,
            Ok(Err(failure)) => return self.finish(executor, id, &job, tokens::callback(Err(failure))),
            Err(panic) => {
                return self.finish(executor, id, &job, tokens::callback(Err(crashed(task, &panic))));
            }
        };
        let result = if raw || !task.resource.is_lambda_invoke() {
            result
        } else {
            mock::envelope(result, &self.random.uuid())
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
        let size = executor.limits.payload();
        let measured = result.map(|output| {
            let extent = Extent::of(&output, size);
            (output, extent)
        });
        let failure = match measured {
            Ok((output, extent)) if !extent.fits(size) => {
                size::dismantle(output);
                too_large(task)
            }
            Ok((output, extent)) => {
                self.record_for(id, || EventKind::TaskSucceeded { state: at, output: output.clone() });
                self.fiber(id).phase = Phase::Resume(Ok((output, extent)));
                return Step::Again;
            }
            Err((error, cause)) => Failure::new(error.map(Arc::from), cause.map(Arc::from)),
        };
        let failure = failure.cut(&executor.limits);
        self.record_for(id, || EventKind::TaskFailed { state: at, error: failure.event() });
        self.fiber(id).phase = Phase::Resume(Err(failure));
        Step::Again
    }

    /// Gives up what an attempt holds: its timers, its token, its pending work.
    fn release(&mut self, id: FiberId, job: &Job) {
        self.fibers.new_wait(id);
        if let Some(slot) = job.slot {
            self.work.cancel(slot);
        }
        if let Some(token) = &job.token {
            self.tokens.remove(token);
            self.executor.registry.remove(token);
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
        match std::mem::replace(&mut fiber.phase, Phase::Blocked) {
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
        match std::mem::replace(&mut fiber.phase, Phase::Blocked) {
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
                if step == Step::Again {
                    self.ready.push_back(id);
                }
            }
            other => fiber.phase = other,
        }
    }

    /// `SendTaskSuccess` or `SendTaskFailure`
    pub(super) fn callback(&mut self, token: &str, result: CallbackResult) {
        let Some(id) = self.tokens.get(token).map(|holder| holder.fiber) else { return };
        let executor = Arc::clone(&self.executor);
        let Some(fiber) = self.fibers.get_mut(id) else { return };
        let at = fiber.at;
        match std::mem::replace(&mut fiber.phase, Phase::Blocked) {
            Phase::Working(mut job) => {
                // A callback that overtakes the reply to the request waits for it.
                let replies = matches!(&executor.program.state(at).kind, Kind::Task(task)
                    if task.resource.pattern == Pattern::WaitForTaskToken);
                let waits = job.slot.is_some() || job.answer.is_some();
                if replies && waits && !job.submitted {
                    job.early = Some(result);
                    self.fiber(id).phase = Phase::Working(job);
                } else if self.finish(&executor, id, &job, result) == Step::Again {
                    self.ready.push_back(id);
                }
            }
            other => fiber.phase = other,
        }
    }

    /// `SendTaskHeartbeat`
    pub(super) fn heartbeat(&mut self, token: &str) {
        let now = self.now();
        let Some(id) = self.tokens.get(token).map(|holder| holder.fiber) else { return };
        let Some(fiber) = self.fibers.get_mut(id) else { return };
        let wait = fiber.wait;
        if let Phase::Working(job) = &mut fiber.phase
            && let Some(seconds) = job.heartbeat
        {
            job.beat += 1;
            let (beat, is_pending) = (job.beat, job.slot.is_some());
            let span = Duration::from_secs(seconds);
            let at = time::after(now, span);
            self.timers.set(at, id, wait, TimerKind::Heartbeat(beat));
            if is_pending && self.is_virtual() {
                self.patience.limit(at, span, id, wait);
            }
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
