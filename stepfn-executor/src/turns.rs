//! Executions that move in turns, for a host that keeps them: whatever happens to the process, they go on.
//!
//! All that an execution does follows from how it began ([`Begin`]) and from what came in: in each turn the time, and the [`Input`]s in
//! their order. A host that keeps these gets the same execution again, event for event, with the same tokens and names, by going through the
//! same turns. So a host
//!
//! 1. keeps the `Begin`, and with each turn its time and inputs, and only then
//! 2. makes the calls that the turn asked for ([`Turn::calls`]), and shows the tokens that it handed out;
//! 3. gives what a call came to back as an input of a later turn.
//!
//! Time stops within a turn. Calls to handlers are not made by the execution but handed to the host; mocks, which always
//! answer alike, are not. The executions that one starts, and the Standard children of distributed Maps, are executions of their own: a
//! [`Request`] to the host, who begins them, stops them, and tells their ends. Express children are part of it. What readers read from
//! buckets is read again: if it is other data then, other events come of it, which a host finds by comparing them.
//!
//! ```
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
//! use stepfn_executor::{Executor, Timestamp, turns::{Answer, Begin, Input}};
//!
//! let (machine, _) = asl::read_str(r#"{"StartAt": "Work", "States": {
//!     "Work": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}}}"#)?;
//! let definition = Definition::from_asl("Working", WorkflowType::Standard, machine);
//! let executor = Executor::builder().real_time().task("Work", |input: Value| async move { Ok(input) }).build(&definition)?;
//! let begin = Begin { name: "first".to_owned(), input: Value::from(7), key: [1; 32], started: Timestamp::UNIX_EPOCH };
//!
//! let mut turns = executor.begin(&begin)?;
//! let turn = turns.turn(begin.started, Vec::new());
//! assert_eq!(turn.calls[0].state(), "Work");
//!
//! // The process ends here. Another one goes through the same turns, and then on.
//! let mut again = executor.begin(&begin)?;
//! assert_eq!(again.turn(begin.started, Vec::new()).events, turn.events);
//! let answer = Input::Answered { call: 1, answer: Answer::Done(Ok(Value::from("done"))) };
//! let end = again.turn(begin.started, vec![answer]).end.ok_or("it goes on")??;
//! assert_eq!(end.output(), Some(&Value::from("done")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod call;
mod clock;
mod map_run;
mod request;
mod wake;

use std::{
    fmt,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll, Waker},
    thread,
};

use jiff::Timestamp;
use stepfn_core::{shape, value::Value};

pub(crate) use self::{
    call::Deferred,
    request::{AskedFor, Ending},
};
pub use self::{
    call::{Answer, Call, CallFuture, OpenToken},
    map_run::{MapRunCounts, MapRunState, MapRunUpdate},
    request::{Asked, ChildEnd, MapChild, Reply, Request, Start},
};
use self::{
    clock::TurnClock,
    wake::{Flag, Unpark},
};
use crate::{
    eval::Random,
    executor::Executor,
    identity::is_name,
    interpreter::{Info, Interpreter},
    limits,
    link::{Command, Link},
    outcome::{Outcome, RunError},
    redrive::RedriveError,
    size::{self, Extent},
    time::Time,
    tokens::{self, PendingToken, Registry, TokenError},
    waiting::Waiting,
};

/// After how many polls in a turn its time moves on, so that what only a timeout ends does end.
const POLLS: u32 = 1024;

/// The start of an execution.
#[derive(Clone, PartialEq)]
pub struct Begin {
    /// The execution's name, by AWS's rules.
    pub name: String,
    /// Its input.
    pub input: Value,
    /// The source of all its random numbers: task tokens, UUIDs, `$random`. Nobody must be able to guess it.
    pub key: [u8; 32],
    /// The time of its start.
    pub started: Timestamp,
}

impl fmt::Debug for Begin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is a secret.
        let mut debug = f.debug_struct("Begin");
        debug.field("name", &self.name).field("input", &self.input).field("started", &self.started);
        debug.finish_non_exhaustive()
    }
}

/// An event from outside.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Input {
    /// A call came to something. Of one that the execution does not wait for any more nothing happens.
    Answered {
        /// The call's number.
        call: u64,
        /// The outcome of the call.
        answer: Answer,
    },
    /// `SendTaskSuccess`
    Success {
        /// The task token.
        token: String,
        /// The task's output.
        output: Value,
    },
    /// `SendTaskFailure`
    Failure {
        /// The task token.
        token: String,
        /// The error's name.
        error: Option<String>,
        /// Its cause.
        cause: Option<String>,
    },
    /// `SendTaskHeartbeat`
    Heartbeat {
        /// The task token.
        token: String,
    },
    /// `GetActivityTask` gave the task to a worker.
    Taken {
        /// The task token.
        token: String,
        /// The worker's name.
        worker: Option<String>,
    },
    /// A request came to a reply. Of one that the execution does not wait for any more nothing happens.
    Replied {
        /// The request's number.
        request: u64,
        /// The reply.
        reply: Reply,
    },
    /// An execution ended that a request started.
    Ended {
        /// The request's number.
        request: u64,
        /// The end.
        end: ChildEnd,
    },
    /// `UpdateMapRun`
    MapRun {
        /// The ARN of the Map Run.
        arn: String,
        /// The change.
        update: MapRunUpdate,
    },
    /// `StopExecution`
    Stop {
        /// The error's name.
        error: Option<String>,
        /// Its cause.
        cause: Option<String>,
    },
}

/// The result of a turn.
#[derive(Debug)]
#[non_exhaustive]
pub struct Turn {
    /// The calls that it asks for, in their order.
    pub calls: Vec<Call>,
    /// The requests to Step Functions, in their order.
    pub requests: Vec<Request>,
    /// The numbers of earlier calls and requests whose answers nobody waits for any more. An execution that one of them started, and
    /// that was waited for, is to be stopped.
    pub given_up: Vec<u64>,
    /// The Map Runs that began, changed or ended.
    pub map_runs: Vec<MapRunState>,
    /// The task tokens that it handed out, in their order. Those that the same turn took back are not among them.
    pub opened: Vec<OpenToken>,
    /// The task tokens that nobody waits for any more.
    pub closed: Vec<String>,
    /// The new events of its history, each in the JSON of `GetExecutionHistory`.
    pub events: Vec<String>,
    /// The time at which there is something to do next if nothing comes in.
    pub due: Option<Timestamp>,
    /// The end of the execution, or the error for which it cannot go on.
    pub end: Option<Result<Outcome, RunError>>,
}

/// An execution that moves in turns.
pub struct Turns {
    interpreter: Box<Interpreter>,
    link: Arc<Link>,
    clock: TurnClock,
    calls: Arc<Deferred>,
    flag: Arc<Flag>,
    /// The number of events of earlier turns.
    reported: usize,
    polls: u32,
}

impl Executor {
    /// Begins an execution that moves in turns. It counts for none of the executor's limits on open executions, and its name is free:
    /// who keeps executions knows which there are.
    ///
    /// # Errors
    /// When the name is none or the input is too large, too deep, or not what the machine takes.
    pub fn begin(&self, begin: &Begin) -> Result<Turns, RunError> {
        let size = self.inner.env.limits.payload();
        if !is_name(&begin.name, self.inner.env.limits.name_chars) {
            return Err(RunError::InvalidName { name: begin.name.clone() });
        }
        let extent = Extent::of(&begin.input, size);
        if !extent.fits(size) {
            return Err(RunError::InvalidInput { reason: size::fault(&begin.input, size) });
        }
        if let Some(mismatch) = self.inner.input.and_then(|shape| shape::mismatch(&begin.input, shape)) {
            let reason = format!("`{}` cannot read it: {mismatch}", self.inner.program.name);
            return Err(RunError::InvalidInput { reason });
        }
        let random = Random::with_key(begin.key);
        let info = Info {
            name: Some(begin.name.clone()),
            id: random.id(),
            input: begin.input.clone(),
            started: begin.started,
            redrives: 0,
            redriven: None,
            is_async: true,
        };
        let clock = TurnClock::starting_at(begin.started);
        let time: Arc<dyn Time> = Arc::new(clock.clone());
        let interpreter = Interpreter::new(self.shared().clone(), info, extent, time.into(), random);
        Ok(Turns::new(interpreter, clock, 0, Deferred::default()))
    }

    /// Returns whether an answer to a task token may be taken by an execution of this executor, whatever the token: by its limits.
    ///
    /// # Errors
    /// When the output is too large or too deep, or error or cause too long.
    pub fn check_answer(&self, input: &Input) -> Result<(), TokenError> {
        check(&self.inner.env.registry, input)
    }

    /// [`redrive`](Self::redrive) of an execution that moves in turns: it does so on, after those events that it had. The key is
    /// another one than that of its beginning, and the host keeps it too. Its calls have numbers that none had before.
    ///
    /// # Errors
    /// As of [`redrive`](Self::redrive).
    pub fn redrive_in_turns(
        &self,
        outcome: &Outcome,
        at: Timestamp,
        key: [u8; 32],
    ) -> Result<Turns, RedriveError> {
        let clock = TurnClock::starting_at(at);
        let time: Arc<dyn Time> = Arc::new(clock.clone());
        let (interpreter, reported) = self.redriven(outcome, time, Random::with_key(key))?;
        // No two calls of one execution have the same number, and so the same idempotency key: an answer that comes late is not taken
        // for that of another call.
        let calls = Deferred::after(u64::from(outcome.redrives + 1) << 32);
        Ok(Turns::new(interpreter, clock, reported, calls))
    }
}

fn check(registry: &Registry, input: &Input) -> Result<(), TokenError> {
    match input {
        Input::Success { output, .. } => registry.check_output(output),
        Input::Failure { error, cause, .. } => registry.check_texts(error.as_deref(), cause.as_deref()),
        _ => Ok(()),
    }
}

/// Returns the error of a token that nobody waits for: it never was one, or the task is over.
pub fn unknown_token(token: &str) -> TokenError {
    tokens::unknown(token)
}

impl Turns {
    fn new(mut interpreter: Box<Interpreter>, clock: TurnClock, reported: usize, calls: Deferred) -> Self {
        let calls = Arc::new(calls);
        interpreter.defer_calls(Arc::clone(&calls));
        let link = interpreter.link();
        Self { interpreter, link, clock, calls, flag: Arc::default(), reported, polls: 0 }
    }

    /// The execution's ARN.
    pub fn execution_arn(&self) -> String {
        self.interpreter.arn()
    }

    /// The time of its last turn.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The task tokens that are waited for, in the order in which they were handed out.
    pub fn pending_tokens(&self) -> Vec<PendingToken> {
        self.link.lock().tokens.to_vec()
    }

    /// Returns `true` if it waits for any task token.
    pub fn has_pending_tokens(&self) -> bool {
        self.link.lock().tokens.first().is_some()
    }

    /// The states that it is in, and what each waits for.
    pub fn waiting(&self) -> Vec<Waiting> {
        self.interpreter.waiting()
    }

    /// The numbers of the calls that it waits for.
    pub fn open_calls(&self) -> Vec<u64> {
        self.calls.open()
    }

    /// The numbers of the requests that it waits for.
    pub fn open_requests(&self) -> Vec<u64> {
        self.calls.open_requests()
    }

    /// Returns `true` if it waits for the answer to a call.
    pub fn waits_for_calls(&self) -> bool {
        self.calls.is_waiting()
    }

    /// Returns whether something may come in as it is.
    ///
    /// # Errors
    /// The answer of `SendTaskSuccess` and its like.
    pub fn check(&self, input: &Input) -> Result<(), TokenError> {
        check(&self.interpreter.executor().env.registry, input)?;
        match input {
            Input::Answered { .. }
            | Input::Replied { .. }
            | Input::Ended { .. }
            | Input::MapRun { .. }
            | Input::Stop { .. } => Ok(()),
            Input::Success { token, .. }
            | Input::Failure { token, .. }
            | Input::Heartbeat { token }
            | Input::Taken { token, .. } => self.interpreter.executor().env.registry.check_token(token),
        }
    }

    /// Runs a turn. Where a reader of a Map Run waits for its bucket, the thread waits too; use [`start_turn`](Self::start_turn)
    /// and [`poll_turn`](Self::poll_turn) where it must not.
    ///
    /// Time never goes back: an earlier one than that of the last turn counts as that.
    pub fn turn(&mut self, at: Timestamp, inputs: Vec<Input>) -> Turn {
        self.start_turn(at, inputs);
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut cx = Context::from_waker(&waker);
        loop {
            match self.poll_turn(&mut cx) {
                Poll::Ready(turn) => return turn,
                Poll::Pending => thread::park(),
            }
        }
    }

    /// Takes in what a turn begins with.
    pub fn start_turn(&mut self, at: Timestamp, inputs: Vec<Input>) {
        self.polls = 0;
        self.clock.set(at);
        inputs.into_iter().for_each(|input| self.take_in(input));
    }

    fn take_in(&self, input: Input) {
        let registry = &self.interpreter.executor().env.registry;
        // What comes for a token that is over changes nothing, now as in any repetition.
        let _ = match input {
            Input::Answered { call, answer } => {
                self.calls.answer(call, answer);
                Ok(())
            }
            Input::Replied { request, reply } => {
                self.calls.arrived(request, |known, _| *known = Some(reply));
                Ok(())
            }
            Input::Ended { request, end } => {
                self.calls.arrived(request, |_, known| *known = Some(end));
                Ok(())
            }
            Input::MapRun { arn, update } => {
                self.link.command(Command::MapRun { arn, update });
                Ok(())
            }
            Input::Success { token, output } => registry.success(&token, output),
            Input::Failure { token, error, cause } => registry.failure(&token, error, cause),
            Input::Heartbeat { token } => registry.heartbeat(&token),
            Input::Taken { token, worker } => registry.taken(&token, worker.as_deref()),
            Input::Stop { error, cause } => {
                let most = &self.interpreter.executor().env.limits;
                let cut =
                    |text: Option<String>, most| text.map(|text| limits::cut(text.into(), most).to_string());
                let (error, cause) = (cut(error, most.error_chars), cut(cause, most.cause_chars));
                self.link.command(Command::Stop { error, cause });
                Ok(())
            }
        };
    }

    /// Goes on until nothing can happen without time passing or something coming in. Pending while a bucket has not answered.
    pub fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        self.flag.outer(cx.waker());
        let waker = Waker::from(Arc::clone(&self.flag));
        let mut inner = Context::from_waker(&waker);
        loop {
            self.flag.raised.store(false, Ordering::Release);
            let end = match self.interpreter.poll(&mut inner, None) {
                Poll::Ready(end) => Some(end),
                Poll::Pending if self.flag.raised.load(Ordering::Acquire) => {
                    // How often a bucket wakes is not the same in a repetition.
                    self.polls += u32::from(!self.interpreter.waits_for_io());
                    if self.polls > 0 && self.polls.is_multiple_of(POLLS) {
                        self.clock.pass_a_second();
                    }
                    continue;
                }
                Poll::Pending if self.interpreter.waits_for_io() => return Poll::Pending,
                Poll::Pending => None,
            };
            return Poll::Ready(self.finish_turn(end));
        }
    }

    fn finish_turn(&mut self, end: Option<Result<Outcome, RunError>>) -> Turn {
        if let Some(Err(error)) = &end {
            // AWS has no word for it, and clients of its API wait for the end in the history.
            self.interpreter.refused(error);
        }
        let events = match &end {
            Some(Ok(outcome)) => outcome.history.json_from(self.reported),
            _ => self.interpreter.events_from(self.reported),
        };
        self.reported += events.len();
        let due = if end.is_some() { None } else { self.clock.next() };
        let (opened, closed) = self.calls.take_tokens();
        let map_runs = self.interpreter.changed_map_runs();
        Turn {
            calls: self.calls.take_new(),
            requests: self.calls.take_asked(),
            map_runs,
            given_up: self.calls.take_given_up(),
            opened,
            closed,
            events,
            due,
            end,
        }
    }
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns").field("arn", &self.execution_arn()).finish_non_exhaustive()
    }
}
