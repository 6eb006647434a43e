//! Executions in stores.

use std::fmt;

/// A point in time: milliseconds since 1970, UTC.
pub type Millis = i64;

/// The number of an execution in its store. A name that is used again has another number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExecutionId(pub i64);

impl fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The status of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The execution runs, or waits to.
    Running,
    /// The execution ended with an output.
    Succeeded,
    /// The execution ended with an error.
    Failed,
    /// The execution ran longer than its machine allows.
    TimedOut,
    /// The execution was stopped.
    Aborted,
    /// A child of a Map Run that is going to be redriven.
    PendingRedrive,
}

impl Status {
    /// All statuses, in the order of their numbers.
    pub const ALL: [Self; 6] =
        [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted, Self::PendingRedrive];

    /// The name that the API of Step Functions has for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
            Self::PendingRedrive => "PENDING_REDRIVE",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Returns `true` if it is neither running nor going to.
    #[must_use]
    pub fn is_closed(self) -> bool {
        !matches!(self, Self::Running | Self::PendingRedrive)
    }
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
impl Status {
    pub(crate) fn number(self) -> i64 {
        self as i64
    }

    pub(crate) fn of_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|number| Self::ALL.get(number)).copied()
    }
}

/// The right of one host to run an execution for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The host, by a name that no other host and no later process has.
    pub owner: String,
    /// The time at which it ends unless it is renewed.
    pub until: Millis,
}

/// The place in an execution that started another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The ARN of the execution that started it.
    pub execution: String,
    /// The place in that execution, in words that no other start of it has.
    pub place: String,
}

/// An execution that is about to start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewExecution {
    /// Its ARN: what it is found by.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The ARN of its machine, without version and alias.
    pub machine: String,
    /// The ARN of the version that it was started with.
    pub version: Option<String>,
    /// The ARN of the alias that it was started with.
    pub alias: Option<String>,
    /// The Map Run that it is a child of.
    pub map_run: Option<String>,
    /// The execution that started it, if one did.
    pub parent: Option<Parent>,
    /// The revision of the machine, by its id, that it runs for as long as it lives.
    pub revision: String,
    /// Its input, as JSON.
    pub input: String,
    /// Further data of the API: trace header and the like, as JSON. The store does not look into it.
    pub details: String,
    /// The data that its host needs to run it again from the start. The store does not look into it.
    pub head: Vec<u8>,
    /// The time of its start, at which it is due for its first turn.
    pub started: Millis,
    /// The lease of the host that runs it; `None`: whoever claims it.
    pub lease: Option<Lease>,
    /// An execution of the same name that ended before this is forgotten, and its name free.
    pub free_before: Millis,
}

/// The result of a start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// The execution is new.
    New {
        /// Its number.
        id: ExecutionId,
        /// The fence of its lease.
        fence: i64,
    },
    /// The same start was made before: it runs with the same machine and input, or the same place of the same parent started it.
    Same(Box<Execution>),
    /// Another execution has the name.
    NameTaken(Box<Execution>),
}

/// An execution as its store has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// The summary that lists show.
    pub summary: Summary,
    /// The execution that started it, if one did.
    pub parent: Option<Parent>,
    /// The revision of the machine that it runs.
    pub revision: String,
    /// Its input, as JSON.
    pub input: String,
    /// The `details` of its start.
    pub details: String,
    /// The `head` of its start.
    pub head: Vec<u8>,
    /// The end, if it ended.
    pub end: Option<End>,
    /// The number of its last turn; 0 before the first.
    pub seq: i64,
    /// The time at which it is due for a turn, unless something comes first.
    pub due: Option<Millis>,
    /// The lease of the host that runs it.
    pub lease: Option<Lease>,
    /// The number of times that it was claimed.
    pub fence: i64,
}

/// The summary of an execution that lists show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its number.
    pub id: ExecutionId,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The ARN of its machine.
    pub machine: String,
    /// The ARN of the version that it was started with.
    pub version: Option<String>,
    /// The ARN of the alias that it was started with.
    pub alias: Option<String>,
    /// The Map Run that it is a child of.
    pub map_run: Option<String>,
    /// Its status.
    pub status: Status,
    /// The time of its start.
    pub started: Millis,
    /// The time of its end.
    pub stopped: Option<Millis>,
    /// The number of redrives.
    pub redrives: i64,
    /// The time of its last redrive.
    pub redriven: Option<Millis>,
}

/// The end of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The status.
    pub status: Status,
    /// The time.
    pub at: Millis,
    /// Its output, as JSON.
    pub output: Option<String>,
    /// Its error's name.
    pub error: Option<String>,
    /// Its error's cause.
    pub cause: Option<String>,
    /// Why it cannot go on, where it cannot.
    pub not_redrivable: Option<String>,
}
