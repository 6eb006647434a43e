//! Callbacks: the tokens that Tasks hand out, workers of activities, and what comes back.

use std::{sync::Arc, time::Duration};

use super::{FiberId, Interpreter, Phase, Step, holders::Holder, task::Job, timers::TimerKind};
use crate::{
    executor::Inner as Executor,
    history::EventKind,
    outcome::RunError,
    program::{Family, Kind, Pattern},
    time,
    tokens::{CallbackResult, PendingToken},
    turns::OpenToken,
};

impl Interpreter {
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
        executor.env.registry.add(Arc::clone(token), &link);
    }

    /// Lets an attempt at an activity wait for a worker.
    pub(super) fn offer(&mut self, executor: &Executor, id: FiberId, job: Job, activity: &str) -> Step {
        self.hand_out_token(executor, id, &job, true);
        // A host gives the tasks of executions in turns to workers itself.
        let token = job.token.as_ref().filter(|_| self.deferred.is_none());
        let offered = token.map_or(Ok(()), |token| {
            executor.env.registry.offer(activity, Arc::clone(token), job.parameters.clone())
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
                } else {
                    let step = self.finish(&executor, id, &job, result);
                    self.follow(id, step);
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
}
