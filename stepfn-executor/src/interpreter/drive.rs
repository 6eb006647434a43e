//! The loop: fibers run until nothing can, then time passes, or the execution waits.

use std::task::{Context, Poll};

use jiff::Timestamp;

use super::{
    FiberId, Interpreter, Step,
    fiber::{Fiber, Phase},
    timers::{Timer, TimerKind},
};
use crate::{
    executor::Inner as Executor,
    history::{EventError, EventKind},
    link::Command,
    outcome::{Outcome, RunError, Status},
};

/// After how many steps an execution lets others run.
const STEPS_PER_TURN: u32 = 4096;

impl Interpreter {
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
    #[inline]
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        horizon: Option<Timestamp>,
    ) -> Poll<Result<Outcome, RunError>> {
        if self.is_over() {
            return self.outlive(cx, horizon);
        }
        // It runs by a count of its own, which the outcome takes over.
        let executor = self.executor.clone();
        match self.settle(&executor, cx, horizon) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => {
                self.front.over = true;
                self.shut();
                Poll::Ready(Err(error))
            }
            Poll::Ready(Ok(status)) if self.has_nested() => {
                let outcome = self.outcome(executor, status);
                self.nested.get_or_insert_default().over = Some(outcome);
                self.outlive(cx, horizon)
            }
            Poll::Ready(Ok(status)) => {
                self.front.over = true;
                self.shut();
                Poll::Ready(Ok(self.outcome(executor, status)))
            }
        }
    }

    /// Waits for the executions that were started in this one, which has ended.
    fn outlive(
        &mut self,
        cx: &mut Context<'_>,
        horizon: Option<Timestamp>,
    ) -> Poll<Result<Outcome, RunError>> {
        let poll = self.outlast(cx, horizon);
        if poll.is_ready() {
            self.front.over = true;
            self.shut();
        }
        poll
    }

    /// The same without those that were started: who polls it takes them over.
    pub(super) fn poll_alone(
        &mut self,
        cx: &mut Context<'_>,
        horizon: Option<Timestamp>,
    ) -> Poll<Result<Outcome, RunError>> {
        let executor = self.executor.clone();
        match self.settle(&executor, cx, horizon) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(status)) => Poll::Ready(Ok(self.outcome(executor, status))),
        }
    }

    /// Runs as far as it goes, and tells those outside of it.
    #[inline]
    fn settle(
        &mut self,
        executor: &Executor,
        cx: &mut Context<'_>,
        horizon: Option<Timestamp>,
    ) -> Poll<Result<Status, RunError>> {
        let poll = self.drive(executor, cx, horizon);
        if let Some(link) = &self.link {
            link.publish(&self.events[self.published..]);
            self.published = self.events.len();
        }
        if let Poll::Ready(end) = &poll {
            self.close(end);
        }
        poll
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
    pub(super) fn receive(&mut self, cx: &Context<'_>) {
        let Some(link) = &self.link else { return };
        for command in link.receive(cx.waker(), self.work.woken()) {
            match command {
                Command::End { token, result } => self.callback(&token, result),
                Command::Heartbeat { token } => self.heartbeat(&token),
                Command::Started { token, worker } => self.taken(&token, worker),
                Command::MapRun { arn, update } => self.update_map_run(&arn, &update),
                Command::Stop { error, cause } => {
                    let event = EventError {
                        error: error.as_deref().map(Into::into),
                        cause: cause.as_deref().map(Into::into),
                    };
                    self.record_last(0, || EventKind::ExecutionAborted(event));
                    self.end = Some(Ok(Status::Aborted { error, cause }));
                }
            }
        }
    }

    /// Goes to the next timer, or waits for it. False when there is nothing to do but wait.
    pub(super) fn pass_time(&mut self, cx: &mut Context<'_>, horizon: Option<Timestamp>) -> bool {
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
        let mut last = Step::Again;
        loop {
            *steps += 1;
            let step = if last == Step::Enter { self.enter(executor, id) } else { self.step(executor, id) };
            match step {
                Step::Block => return self.check_rest(id),
                // A fiber that is cut short goes on in the next turn.
                _ if self.end.is_some() || self.overflow || *steps >= STEPS_PER_TURN => {
                    self.lay_down(id, step);
                    return self.ready.push_front(id);
                }
                step => last = step,
            }
        }
    }

    /// Does what the phase of a fiber tells.
    fn step(&mut self, executor: &Executor, id: FiberId) -> Step {
        let Some(fiber) = self.fibers.get_mut(id) else { return Step::Block };
        match std::mem::replace(&mut fiber.phase, Phase::Blocked) {
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
            Phase::Start(mut job) => self.start_work(executor, id, &mut job),
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
        }
    }

    /// Notes in the phase of a fiber how it goes on.
    fn lay_down(&mut self, id: FiberId, step: Step) {
        if step == Step::Enter {
            self.fiber(id).phase = Phase::Enter;
        }
    }

    /// Lets a fiber go on in its turn that something was done for outside of it.
    pub(super) fn follow(&mut self, id: FiberId, step: Step) {
        match step {
            Step::Block => self.check_rest(id),
            Step::Enter | Step::Again => {
                self.lay_down(id, step);
                self.ready.push_back(id);
            }
        }
    }

    /// Ends the run where a fiber neither goes on nor waits for anything: it must not hang in silence.
    fn check_rest(&mut self, id: FiberId) {
        let is_lost = |fiber: &&Fiber| matches!(fiber.phase, Phase::Blocked);
        let Some(fiber) = self.fibers.get(id).filter(is_lost) else { return };
        if self.end.is_none() && !self.overflow {
            let state = self.executor.program.state(fiber.at).name.to_string();
            let reason =
                "it neither goes on nor waits for anything, which is a fault of the executor".to_owned();
            self.end = Some(Err(RunError::Unsupported { state, reason }));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use stepfn_core::{
        asl,
        definition::{Definition, WorkflowType},
        value::Value,
    };

    use super::*;
    use crate::{executor, interpreter::Info, size::Extent};

    #[test]
    fn a_fiber_that_neither_goes_on_nor_waits_ends_the_run() {
        let (machine, _) =
            asl::read_str(r#"{ "StartAt": "Lost", "States": { "Lost": { "Type": "Succeed" } } }"#).unwrap();
        let definition = Definition::from_asl("M", WorkflowType::Express, machine);
        let executor = executor::Executor::new(&definition).unwrap();
        let (time, random) = executor.inner.next_start(None);
        let info = Info {
            name: None,
            id: random.id(),
            input: Value::Null,
            started: time.now(),
            redrives: 0,
            redriven: None,
            is_async: false,
        };
        let mut interpreter =
            Interpreter::new(executor.shared().clone(), info, Extent::BRACKETS, time, random);
        interpreter.fiber(super::super::Fibers::ROOT).phase = Phase::Blocked;
        let poll = interpreter.poll(&mut Context::from_waker(Waker::noop()), None);
        let Poll::Ready(Err(RunError::Unsupported { state, .. })) = poll else { panic!("{poll:?}") };
        assert_eq!(state, "Lost");
    }
}
