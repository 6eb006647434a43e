use super::{FiberId, Interpreter, Phase, Step, fiber::Sleeping, timers::TimerKind};
use crate::{executor::Inner as Executor, program, time};

impl Interpreter {
    pub(super) fn wait(&mut self, executor: &Executor, id: FiberId, wait: &program::Wait) -> Step {
        let state = executor.program.state(self.state_of(id));
        let now = self.now();
        let span =
            self.frame(executor, id, None, |frame, fiber| state.flow.span(wait, now, frame, &fiber.input));
        match span {
            Ok(span) if span.is_zero() => self.waited(executor, id),
            Ok(span) => {
                let wait = self.fibers.new_wait(id);
                self.timers.set(time::after(now, span), id, wait, TimerKind::Wake);
                self.fiber(id).phase = Phase::Sleeping(Sleeping::Wait);
                Step::Block
            }
            Err(failure) => self.failed(executor, id, failure),
        }
    }

    pub(super) fn waited(&mut self, executor: &Executor, id: FiberId) -> Step {
        self.leave_unchanged(executor, id)
    }
}
