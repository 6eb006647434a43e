use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    control::Control,
    history::History,
    interpreter::Interpreter,
    outcome::{Outcome, RunError},
    time,
    tokens::PendingToken,
    waiting::Waiting,
};

/// A running execution: a future of its [`Outcome`].
///
/// It moves while it is awaited, or driven by hand on virtual time:
///
/// ```
/// use std::time::Duration;
/// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
/// use stepfn_executor::{Executor, Mock};
///
/// let (machine, _) = asl::read_str(r#"{
///     "StartAt": "Approve",
///     "States": {
///         "Approve": {
///             "Type": "Task",
///             "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
///             "Parameters": { "TaskToken.$": "$$.Task.Token" },
///             "TimeoutSeconds": 60,
///             "End": true
///         }
///     }
/// }"#)?;
/// let definition = Definition::from_asl("Approval", WorkflowType::Standard, machine);
/// let executor = Executor::builder().mock("Approve", Mock::succeed(Value::empty_object())).build(&definition)?;
///
/// let mut execution = executor.start(Value::empty_object());
/// execution.advance(Duration::from_secs(59));
/// let token = &execution.pending_tokens()[0].token;
/// executor.send_task_success(token, "approved")?;
/// let outcome = execution.run_blocking()?;
/// assert_eq!(outcome.output(), Some(&Value::from("approved")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "an execution does nothing unless it is awaited or driven"]
pub struct Execution {
    /// All of it, so that it is moved by a pointer.
    interpreter: Box<Interpreter>,
}

impl Execution {
    /// An execution, or one that cannot even start.
    #[inline]
    pub(crate) fn new(mut interpreter: Box<Interpreter>, admitted: Result<(), RunError>) -> Self {
        match admitted {
            Ok(()) => interpreter.front.is_open = true,
            Err(error) => interpreter.front.end = Some(Box::new(Err(error))),
        }
        Self { interpreter }
    }

    /// The execution's ARN.
    pub fn execution_arn(&self) -> String {
        self.interpreter.arn()
    }

    /// A handle to look at the execution and to steer it while something else awaits it.
    pub fn control(&mut self) -> Control {
        self.interpreter.control()
    }

    /// The task tokens that are waited for, in the order in which they were handed out.
    pub fn pending_tokens(&mut self) -> Vec<PendingToken> {
        self.control().pending_tokens()
    }

    /// The states that it is in and what each waits for, Maps and Parallels before what is inside of them. The children of distributed
    /// Maps are counted, not listed.
    ///
    /// ```
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// use stepfn_executor::{Executor, WaitingOn};
    ///
    /// let (machine, _) = asl::read_str(
    ///     r#"{ "StartAt": "Rest", "States": { "Rest": { "Type": "Wait", "Seconds": 60, "End": true } } }"#,
    /// )?;
    /// let definition = Definition::from_asl("Resting", WorkflowType::Standard, machine);
    /// let mut execution = Executor::builder().virtual_time().build(&definition)?.start(Value::empty_object());
    /// execution.run_until_idle();
    /// let waiting = execution.waiting();
    /// assert_eq!(waiting[0].state, "Rest");
    /// assert!(matches!(waiting[0].on, WaitingOn::Time { .. }));
    /// assert_eq!(waiting[0].left(execution.now()).map(|left| left.as_secs()), Some(60));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn waiting(&self) -> Vec<Waiting> {
        self.interpreter.waiting()
    }

    /// The events so far.
    pub fn history(&self) -> History {
        match self.interpreter.front.end.as_deref() {
            Some(Ok(outcome)) => outcome.history.clone(),
            _ => self.interpreter.history(),
        }
    }

    /// Returns the time on the execution's clock.
    pub fn now(&self) -> Timestamp {
        self.interpreter.now()
    }

    /// Runs until nothing can happen without time passing, a callback, or pending work. The result, if that is the end.
    pub fn run_until_idle(&mut self) -> Option<&Result<Outcome, RunError>> {
        self.advance(Duration::ZERO)
    }

    /// Lets a span of virtual time pass, with all that happens in it. The result, if the execution ends in it.
    ///
    /// On real time this runs what can run at once, and does not wait.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Rest", "States": { "Rest": { "Type": "Wait", "Seconds": 60, "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Resting", WorkflowType::Standard, machine);
    /// # use std::time::Duration;
    /// let mut execution = stepfn_executor::Executor::builder().virtual_time().build(&definition)?.start(Value::Null);
    /// assert!(execution.advance(Duration::from_secs(59)).is_none());
    /// assert!(execution.advance(Duration::from_secs(1)).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn advance(&mut self, span: Duration) -> Option<&Result<Outcome, RunError>> {
        let horizon = time::after(self.now(), span);
        if self.interpreter.front.end.is_none() && !self.interpreter.front.over {
            let mut cx = Context::from_waker(Waker::noop());
            match self.interpreter.poll_within(&mut cx, horizon) {
                Poll::Ready(end) => self.interpreter.front.end = Some(Box::new(end)),
                Poll::Pending => {}
            }
        }
        self.interpreter.front.end.as_deref()
    }

    /// Lets virtual time pass until something happens by itself: a wait is over, a retry is due, a timeout. The result, if that
    /// is the end; nothing happens where only a callback can go on.
    pub fn advance_to_next_event(&mut self) -> Option<&Result<Outcome, RunError>> {
        if self.run_until_idle().is_some() {
            return self.interpreter.front.end.as_deref();
        }
        match self.interpreter.next_instant() {
            Some(next) => self.advance(time::until(self.now(), next)),
            None => None,
        }
    }

    /// Runs to the end on this thread.
    ///
    /// # Errors
    /// As for awaiting it. [`RunError::Stuck`] when it waits for a callback, unless the executor
    /// [waits for callbacks](crate::ExecutorBuilder::wait_for_callbacks) or somebody holds a [`Control`]; and
    /// [`RunError::NoRuntime`] on real time inside an async runtime: await it there.
    pub fn run_blocking(mut self) -> Result<Outcome, RunError> {
        self.drive()
    }

    /// [`run_blocking`](Self::run_blocking) without giving the execution away: its [`history`](Self::history) shows how far it came,
    /// if it stopped with an error, too.
    pub fn run_to_end(&mut self) -> &Result<Outcome, RunError> {
        let end = self.drive();
        self.interpreter.front.end.insert(Box::new(end))
    }

    fn drive(&mut self) -> Result<Outcome, RunError> {
        if !self.interpreter.is_virtual() {
            return self.run_on_runtime();
        }
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut cx = Context::from_waker(&waker);
        loop {
            match Pin::new(&mut *self).poll(&mut cx) {
                Poll::Ready(end) => return end,
                Poll::Pending if self.interpreter.is_stuck() => {
                    if let Some(outcome) = self.interpreter.leave() {
                        return Ok(outcome);
                    }
                    return Err(RunError::Stuck { states: self.interpreter.waiting_states() });
                }
                Poll::Pending => thread::park(),
            }
        }
    }

    fn run_on_runtime(&mut self) -> Result<Outcome, RunError> {
        if tokio::runtime::Handle::try_current().is_ok() {
            return Err(RunError::NoRuntime {
                reason: "a thread of an async runtime must not be blocked".to_owned(),
            });
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        runtime.map_err(|error| RunError::NoRuntime { reason: error.to_string() })?.block_on(self)
    }
}

impl Future for Execution {
    type Output = Result<Outcome, RunError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let front = &mut self.interpreter.front;
        if let Some(end) = front.end.take() {
            front.over = true;
            return Poll::Ready(*end);
        }
        if front.over {
            return Poll::Pending;
        }
        self.interpreter.poll(cx, None)
    }
}

impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution").field("arn", &self.execution_arn()).finish_non_exhaustive()
    }
}

/// Wakes a thread that blocks on an execution.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
