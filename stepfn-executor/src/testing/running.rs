use std::{fmt, time::Duration};

use jiff::Timestamp;
use serde::Serialize;
use stepfn_core::value::Value;

use super::{Run, differs::shown, fail, json, or_fail};
use crate::{Execution, Executor, History, PendingToken};

/// An execution that the test drives by hand: see [`Test::start`](super::Test::start).
///
/// ```
/// use std::{fmt, time::Duration};
/// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
/// use stepfn_executor::{Mock, testing::Test};
///
/// let (machine, _) = asl::read_str(r#"{ "StartAt": "Approve", "States": { "Approve": {
///     "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
///     "Parameters": { "QueueUrl": "q", "MessageBody": { "token.$": "$$.Task.Token" } },
///     "TimeoutSeconds": 60, "End": true } } }"#)?;
/// let definition = Definition::from_asl("Approval", WorkflowType::Standard, machine);
/// let test = || Test::of(&definition).mock("Approve", Mock::succeed(Value::empty_object()));
///
/// let mut run = test().start_value(Value::empty_object());
/// run.advance(Duration::from_secs(59));
/// run.succeed("Approve", &"yes");
/// run.finish().assert_output("yes");
///
/// let mut run = test().start_value(Value::empty_object());
/// run.advance_to_next_event();
/// run.finish().assert_failed("States.Timeout").assert_took(Duration::from_secs(60));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "an execution does nothing unless it is driven"]
pub struct Running<W = ()> {
    name: String,
    executor: Executor,
    execution: Execution,
    workflow: std::marker::PhantomData<fn() -> W>,
}

impl<W> Running<W> {
    pub(super) fn new(name: String, executor: Executor, input: Value) -> Self {
        let execution = executor.start(input);
        Self { name, executor, execution, workflow: std::marker::PhantomData }
    }

    /// Lets a span of virtual time pass, with all that happens in it.
    pub fn advance(&mut self, span: Duration) {
        self.execution.advance(span);
    }

    /// Lets virtual time pass until something happens by itself: a wait is over, a retry is due, a timeout.
    pub fn advance_to_next_event(&mut self) {
        self.execution.advance_to_next_event();
    }

    /// Returns the time on the execution's clock.
    pub fn now(&self) -> Timestamp {
        self.execution.now()
    }

    /// The events so far.
    pub fn history(&self) -> History {
        self.execution.history()
    }

    /// The task tokens that are waited for, in the order in which they were handed out.
    pub fn pending_tokens(&mut self) -> Vec<PendingToken> {
        self.execution.run_until_idle();
        self.execution.pending_tokens()
    }

    /// Answers the callback that a state waits for (`SendTaskSuccess`).
    ///
    /// # Panics
    /// When the state waits for none, and when the output is not of the type that the callback was declared to bring:
    /// [`succeed_unchecked`](Self::succeed_unchecked) sends any.
    #[track_caller]
    pub fn succeed(&mut self, state: &str, output: &(impl Serialize + ?Sized)) {
        let pending = self.pending(state);
        let output = json(&output);
        if let Some(mismatch) = pending.mismatch(&output) {
            fail(&format!(
                "the callback of `{state}` was declared to bring something else: {mismatch}\n  it was to be answered with {}\nhelp: where it shall be wrong, use `.succeed_unchecked(…)`",
                shown(&output)
            ));
        }
        self.answer(&pending.token, output);
    }

    /// Answers the callback that a state waits for with any output, as AWS would take it.
    ///
    /// # Panics
    /// When the state waits for none.
    #[track_caller]
    pub fn succeed_unchecked(&mut self, state: &str, output: &(impl Serialize + ?Sized)) {
        let pending = self.pending(state);
        self.answer(&pending.token, json(&output));
    }

    #[track_caller]
    fn answer(&mut self, token: &str, output: Value) {
        or_fail(self.executor.send_task_success(token, output), "the token was refused");
        self.execution.run_until_idle();
    }

    /// Fails the callback that a state waits for (`SendTaskFailure`).
    ///
    /// # Panics
    /// When the state waits for none.
    #[track_caller]
    pub fn fail(&mut self, state: &str, error: &str, cause: &str) {
        let token = self.token(state);
        let sent = self.executor.send_task_failure(&token, error.to_owned(), cause.to_owned());
        or_fail(sent, "the token was refused");
        self.execution.run_until_idle();
    }

    /// Reports that the work of a state goes on (`SendTaskHeartbeat`).
    ///
    /// # Panics
    /// When the state waits for none.
    #[track_caller]
    pub fn heartbeat(&mut self, state: &str) {
        let token = self.token(state);
        or_fail(self.executor.send_task_heartbeat(&token), "the token was refused");
    }

    /// Runs to the end.
    ///
    /// # Panics
    /// When the execution stops with what AWS has no word for: a task without an answer, a callback that nobody sends.
    #[track_caller]
    pub fn finish(mut self) -> Run<W> {
        let end = self.execution.run_to_end().clone();
        match end {
            Ok(outcome) => Run::new(self.name, outcome),
            Err(error) => fail(&format!(
                "the run of `{}` stopped: {error}\n\n{}",
                self.name,
                super::picture::of_history(&self.execution.history())
            )),
        }
    }

    #[track_caller]
    fn token(&mut self, state: &str) -> String {
        self.pending(state).token
    }

    #[track_caller]
    fn pending(&mut self, state: &str) -> PendingToken {
        let pending = self.pending_tokens();
        match pending.iter().find(|pending| pending.state == state) {
            Some(found) => found.clone(),
            None => {
                let waiting: Vec<&str> = pending.iter().map(|pending| &*pending.state).collect();
                let waiting = match waiting.as_slice() {
                    [] => "no state does".to_owned(),
                    names => format!("`{}` does", names.join("`, `")),
                };
                fail(&format!("`{state}` waits for no callback now; {waiting}"))
            }
        }
    }
}

impl<W> fmt::Debug for Running<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("name", &self.name).field("now", &self.now()).finish_non_exhaustive()
    }
}
