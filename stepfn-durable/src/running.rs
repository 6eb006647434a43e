//! An execution that is loaded: it goes through its turns again, and then on.

use std::{collections::BTreeMap, fmt, sync::Arc};

use stepfn_core::task::TaskFailure;
use stepfn_executor::{
    Executor, Outcome, RunError, Timestamp,
    turns::{Answer, Asked, Begin, Call, Input, MapRunState, OpenToken, Reply, Request, Turn, Turns},
};

use crate::journal::{Digests, Entry, Head, Redriven, Watcher};

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
                    "\nhelp: run it with the definition, the account and region, and the version of stepfn that it was started with; what its readers read must be as it was",
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
    pub(crate) origin: Origin,
    /// The number of its events.
    events: u64,
    due: Option<Timestamp>,
    /// The outcome.
    end: Option<Arc<Outcome>>,
    /// The redrive that the next turn is the first of.
    redriven: Option<Redriven>,
    /// Those who wait for its end.
    watchers: Vec<Watcher>,
    /// Those that came since the last turn.
    new_watchers: Vec<Watcher>,
    /// The executions whose ends it waits for, by the numbers of its requests.
    pub(crate) children: BTreeMap<u64, Child>,
}

/// The beginning of an execution, as others go on from it.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) head: Head,
    /// The revision of its machine, and the ARN of that.
    pub(crate) revision: String,
    pub(crate) machine: String,
}

/// An execution that another one waits for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Child {
    /// Its ARN, as soon as it is known.
    pub(crate) arn: Option<String>,
}

/// A turn's outcome: to be kept first, and done when it is kept.
pub(crate) struct Step {
    pub(crate) entry: Entry,
    /// The id of the first of the events.
    pub(crate) first: u64,
    pub(crate) events: Vec<String>,
    pub(crate) calls: Vec<Call>,
    pub(crate) requests: Vec<Request>,
    /// Earlier calls that nobody waits for any more.
    pub(crate) given_up: Vec<u64>,
    /// The ARNs of executions that nobody waits for any more.
    pub(crate) stops: Vec<String>,
    pub(crate) map_runs: Vec<MapRunState>,
    pub(crate) opened: Vec<OpenToken>,
    pub(crate) closed: Vec<String>,
    pub(crate) end: Option<Result<Arc<Outcome>, RunError>>,
    /// Those who wait for the end that this is.
    pub(crate) watchers: Vec<Watcher>,
}

/// The calls and requests that an execution still waits for after it was gone through again.
pub(crate) struct Open {
    pub(crate) calls: Vec<Call>,
    pub(crate) requests: Vec<Request>,
}

impl Running {
    /// `parent` is the execution that waits for the end of this one.
    pub(crate) fn begin(
        executor: &Executor,
        begin: &Begin,
        origin: Origin,
        parent: Option<&str>,
    ) -> Result<Self, RunError> {
        let turns = executor.begin(begin)?;
        let watcher = parent
            .zip(origin.head.request)
            .map(|(parent, request)| Watcher { execution: parent.to_owned(), request });
        Ok(Self {
            turns,
            executor: executor.clone(),
            origin,
            events: 0,
            due: None,
            end: None,
            redriven: None,
            watchers: watcher.into_iter().collect(),
            new_watchers: Vec::new(),
            children: BTreeMap::new(),
        })
    }

    /// Goes through the turns that are kept.
    pub(crate) fn recover(
        &mut self,
        parent: Option<&str>,
        entries: impl IntoIterator<Item = Entry>,
    ) -> Result<Open, RecoverError> {
        let (mut calls, mut requests) = (BTreeMap::new(), BTreeMap::new());
        for entry in entries {
            if let Some(redriven) = entry.redriven {
                calls.clear();
                requests.clear();
                self.redrive(entry.at, redriven, parent)
                    .map_err(|reason| RecoverError::Refused { reason })?;
            }
            self.new_watchers = entry.watchers;
            let first = self.events + 1;
            let step = self.turn(entry.at, entry.inputs);
            if let Some(place) = entry.events.differs(&step.entry.events) {
                let event = first + place as u64;
                return Err(RecoverError::Diverged { event, found: step.events.get(place).cloned() });
            }
            calls.extend(step.calls.into_iter().map(|call| (call.number(), call)));
            requests.extend(step.requests.into_iter().map(|request| (request.number, request)));
            if let Some(Err(error)) = step.end {
                return Err(error.into());
            }
        }
        let calls = self.turns.open_calls().iter().filter_map(|number| calls.remove(number)).collect();
        let requests =
            self.turns.open_requests().iter().filter_map(|number| requests.remove(number)).collect();
        Ok(Open { calls, requests })
    }

    /// Goes on after its end. `parent` is the execution that redrove it, if one did.
    pub(crate) fn redrive(
        &mut self,
        at: Timestamp,
        redriven: Redriven,
        parent: Option<&str>,
    ) -> Result<(), String> {
        let Some(outcome) = &self.end else { return Err("the execution has not ended".to_owned()) };
        // A clock that was set back does not let it go on before it ended.
        let at = at.max(self.turns.now());
        self.turns =
            self.executor.redrive_in_turns(outcome, at, redriven.key).map_err(|error| error.to_string())?;
        self.end = None;
        self.children.clear();
        self.watchers = parent
            .zip(redriven.request)
            .map(|(parent, request)| Watcher { execution: parent.to_owned(), request })
            .into_iter()
            .collect();
        self.redriven = Some(redriven);
        Ok(())
    }

    /// Notes another execution that waits for the end of this one.
    pub(crate) fn watch(&mut self, watcher: Watcher) {
        self.new_watchers.push(watcher);
    }

    /// Goes through one turn. What it gives must be kept before anything of it is done.
    pub(crate) fn turn(&mut self, at: Timestamp, inputs: Vec<Input>) -> Step {
        // A redrive is at the time when it was asked for, and its events are.
        let at = if self.redriven.is_some() { self.turns.now() } else { at.max(self.turns.now()) };
        self.note_children(&inputs);
        let kept = inputs.clone();
        let turn = self.turns.turn(at, inputs);
        let Turn { calls, requests, given_up, map_runs, opened, closed, events, due, end, .. } = turn;
        let first = self.events + 1;
        self.events += events.len() as u64;
        self.due = due;
        let end = end.map(|end| end.map(Arc::new));
        if let Some(Ok(outcome)) = &end {
            self.end = Some(Arc::clone(outcome));
        }
        let stops =
            given_up.iter().filter_map(|number| self.children.remove(number)?.arn).collect::<Vec<_>>();
        for request in &requests {
            let arn = match &request.asked {
                Asked::Child(child) => Some(child.execution_arn.clone()),
                Asked::Redrive(arn) => Some(arn.clone()),
                Asked::Start(start) if start.waits => None,
                _ => continue,
            };
            self.children.insert(request.number, Child { arn });
        }
        let redriven = self.redriven.take();
        let new_watchers = std::mem::take(&mut self.new_watchers);
        self.watchers.extend(new_watchers.iter().cloned());
        let watchers = if end.is_some() { std::mem::take(&mut self.watchers) } else { Vec::new() };
        let digests = Digests::of(&events, &calls, &requests);
        let entry = Entry { at, redriven, watchers: new_watchers, inputs: kept, events: digests };
        Step {
            entry,
            first,
            events,
            calls,
            requests,
            given_up,
            stops,
            map_runs,
            opened,
            closed,
            end,
            watchers,
        }
    }

    /// Notes the ends of executions that it waits for.
    fn note_children(&mut self, inputs: &[Input]) {
        for input in inputs {
            match input {
                Input::Replied { request, reply: Reply::Started { execution_arn, .. } } => {
                    if let Some(child) = self.children.get_mut(request) {
                        child.arn = Some(execution_arn.clone());
                    }
                }
                Input::Replied { request, .. } | Input::Ended { request, .. } => {
                    self.children.remove(request);
                }
                _ => {}
            }
        }
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    pub(crate) fn executor(&self) -> &Executor {
        &self.executor
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
