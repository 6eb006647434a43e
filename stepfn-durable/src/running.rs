//! An execution that is loaded: it goes through its turns again, and then on.

use std::{collections::BTreeMap, fmt, sync::Arc};

use stepfn_core::task::TaskFailure;
use stepfn_executor::{
    Executor, Outcome, RunError, Timestamp,
    turns::{Answer, Begin, Call, Input, OpenToken, Turn, Turns},
};

use crate::journal::{Digests, Entry};

/// The treatment of a call to a function that was made, and not answered when the process ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnInterrupted {
    /// The attempt fails with `Lambda.SdkClientException`, so that the machine's own `Retry` decides: each attempt is made at most
    /// once, as Standard workflows promise.
    #[default]
    Fail,
    /// The call is made again, with the same [`idempotency_key`](stepfn_executor::TaskCall::idempotency_key) and with
    /// [`interrupted`](stepfn_executor::TaskCall::interrupted) set.
    Rerun,
}

/// The error of an attempt that was interrupted.
const INTERRUPTED: &str = "Lambda.SdkClientException";

/// The reason why an execution cannot go on from the stored data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecoverError {
    /// Going through the turns that are kept gives other events: the definition or the engine is another one, or what readers read.
    Diverged {
        /// The id of the first event that is another one.
        event: u64,
        /// The present value; none where there is none.
        found: Option<String>,
    },
    /// The stored data cannot be read.
    Unreadable {
        /// The reason.
        reason: String,
    },
    /// No machine of the execution's name is registered, or not of its definition.
    NoMachine {
        /// The machine's name.
        machine: String,
    },
    /// The execution cannot begin with what is kept as its input.
    Refused {
        /// The reason.
        reason: String,
    },
}

impl fmt::Display for RecoverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Diverged { event, found } => {
                write!(f, "the execution went another way than before: event {event} is ")?;
                match found {
                    Some(found) => write!(f, "now {found}")?,
                    None => f.write_str("not there any more")?,
                }
                f.write_str(
                    "\nhelp: run it with the definition and the version of stepfn that it was started with; what its readers read must be as it was",
                )
            }
            Self::Unreadable { reason } => {
                write!(f, "what is kept of the execution cannot be read: {reason}")
            }
            Self::NoMachine { machine } => write!(
                f,
                "no state machine `{machine}` is registered with the definition of the execution\nhelp: register it before the host starts"
            ),
            Self::Refused { reason } => write!(f, "the execution cannot begin again: {reason}"),
        }
    }
}

impl std::error::Error for RecoverError {}

impl From<RunError> for RecoverError {
    fn from(error: RunError) -> Self {
        Self::Refused { reason: error.to_string() }
    }
}

/// A loaded execution.
pub(crate) struct Running {
    turns: Turns,
    executor: Executor,
    /// The number of its events.
    events: u64,
    due: Option<Timestamp>,
    /// Its outcome.
    end: Option<Arc<Outcome>>,
    /// The key of a redrive that the next turn is the first of.
    redriven: Option<[u8; 32]>,
}

/// The effects of a turn: to keep, and to do when it is kept.
pub(crate) struct Step {
    pub(crate) entry: Entry,
    /// The id of the first of the events.
    pub(crate) first: u64,
    pub(crate) events: Vec<String>,
    pub(crate) calls: Vec<Call>,
    /// Earlier calls that nobody waits for any more.
    pub(crate) given_up: Vec<u64>,
    pub(crate) opened: Vec<OpenToken>,
    pub(crate) closed: Vec<String>,
    pub(crate) end: Option<Result<Arc<Outcome>, RunError>>,
}

impl Running {
    pub(crate) fn begin(executor: &Executor, begin: &Begin) -> Result<Self, RunError> {
        let turns = executor.begin(begin)?;
        Ok(Self { turns, executor: executor.clone(), events: 0, due: None, end: None, redriven: None })
    }

    /// Repeats the turns that are kept. Returns the calls that were made and have no answer.
    pub(crate) fn recover(
        executor: &Executor,
        begin: &Begin,
        entries: impl IntoIterator<Item = Entry>,
    ) -> Result<(Self, Vec<Call>), RecoverError> {
        let mut running = Self::begin(executor, begin)?;
        let mut calls = BTreeMap::new();
        for entry in entries {
            if let Some(key) = entry.redriven {
                calls.clear();
                running.redrive(entry.at, key).map_err(|reason| RecoverError::Refused { reason })?;
            }
            let first = running.events + 1;
            let step = running.turn(entry.at, entry.inputs);
            if let Some(place) = entry.events.differs(&step.entry.events) {
                let event = first + place as u64;
                return Err(RecoverError::Diverged { event, found: step.events.get(place).cloned() });
            }
            calls.extend(step.calls.into_iter().map(|call| (call.number(), call)));
            if let Some(Err(error)) = step.end {
                return Err(error.into());
            }
        }
        let open = running.turns.open_calls();
        let calls = open.iter().filter_map(|number| calls.remove(number)).collect();
        Ok((running, calls))
    }

    /// Goes on after its end.
    pub(crate) fn redrive(&mut self, at: Timestamp, key: [u8; 32]) -> Result<(), String> {
        let Some(outcome) = &self.end else { return Err("the execution has not ended".to_owned()) };
        // A clock that was set back does not let it go on before it ended.
        let at = at.max(self.turns.now());
        self.turns = self.executor.redrive_in_turns(outcome, at, key).map_err(|error| error.to_string())?;
        self.end = None;
        self.redriven = Some(key);
        Ok(())
    }

    /// Runs one turn. Its result must be kept before any of its effects is done.
    pub(crate) fn turn(&mut self, at: Timestamp, inputs: Vec<Input>) -> Step {
        // A redrive is at the time when it was asked for, and its events are.
        let at = if self.redriven.is_some() { self.turns.now() } else { at.max(self.turns.now()) };
        let kept = inputs.clone();
        let Turn { calls, given_up, opened, closed, events, due, end, .. } = self.turns.turn(at, inputs);
        let first = self.events + 1;
        self.events += events.len() as u64;
        self.due = due;
        let end = end.map(|end| end.map(Arc::new));
        if let Some(Ok(outcome)) = &end {
            self.end = Some(Arc::clone(outcome));
        }
        let redriven = self.redriven.take();
        let entry = Entry { at, redriven, inputs: kept, events: Digests::of(&events, &calls) };
        Step { entry, first, events, calls, given_up, opened, closed, end }
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.due
    }
}

/// The answer to a call that was interrupted.
pub(crate) fn interrupted(call: &Call) -> Input {
    let cause = format!(
        "The process ended while `{}` was called for the state `{}`; whether the call took effect is not known.",
        call.resource(),
        call.state()
    );
    let failure = TaskFailure::with_cause(INTERRUPTED, cause);
    Input::Answered { call: call.number(), answer: Answer::Done(Err(failure)) }
}
