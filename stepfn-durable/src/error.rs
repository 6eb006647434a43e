use std::fmt;

use stepfn_executor::{RedriveError, RunError, TokenError};

use crate::{
    machine::MachineError,
    running::RecoverError,
    store::{Status, StoreError},
};

/// The error of a host.
#[derive(Debug)]
#[non_exhaustive]
pub enum HostError {
    /// The builder was given no store.
    NoStore,
    /// A machine cannot be run.
    Machine(MachineError),
    /// A machine cannot be registered in the store.
    Register {
        /// Its name.
        machine: String,
        /// The reason.
        reason: String,
    },
    /// No machine of this name is registered.
    NoMachine {
        /// The name.
        machine: String,
    },
    /// Executions of Express workflows are not kept.
    Express {
        /// The machine's name.
        machine: String,
    },
    /// The execution cannot start: its name, its input, or another one that has its name.
    Run(RunError),
    /// There is no execution of this ARN.
    NoExecution {
        /// The ARN.
        arn: String,
    },
    /// There is no Map Run of this ARN.
    NoMapRun {
        /// The ARN.
        arn: String,
    },
    /// The Map Run has ended, and cannot be changed.
    MapRunOver {
        /// The ARN.
        arn: String,
    },
    /// The execution cannot go on.
    Recover(RecoverError),
    /// The execution ended without an output.
    Ended {
        /// The status with which it ended.
        status: Status,
        /// Its error's name.
        error: Option<String>,
        /// The error's cause.
        cause: Option<String>,
    },
    /// The output is not what the workflow promises.
    Output {
        /// The reason.
        reason: String,
    },
    /// The task token is not taken.
    Token(TokenError),
    /// The execution cannot be redriven.
    Redrive(RedriveError),
    /// The store failed.
    Store(StoreError),
    /// The operating system has no random numbers to give.
    Random {
        /// The reason.
        reason: String,
    },
    /// The host has stopped.
    Stopped {
        /// The last error, if there was one.
        reason: Option<String>,
    },
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoStore => f.write_str(
                "the host has no store\nhelp: give it one, as in `.store(Sqlite::open(\"stepfn.db\")?)`",
            ),
            Self::Machine(error) => error.fmt(f),
            Self::Register { machine, reason } => {
                write!(f, "the state machine `{machine}` cannot be registered: {reason}")
            }
            Self::NoMachine { machine } => write!(
                f,
                "no state machine `{machine}` is registered\nhelp: give it to the host's builder: `.machine(…::definition())`"
            ),
            Self::Express { machine } => write!(
                f,
                "`{machine}` is an Express workflow, and executions of these are not kept\nhelp: run it with an `Executor`, or make it a Standard one"
            ),
            Self::Run(error) => error.fmt(f),
            Self::NoExecution { arn } => write!(f, "there is no execution `{arn}`"),
            Self::NoMapRun { arn } => write!(f, "there is no Map Run `{arn}`"),
            Self::MapRunOver { arn } => write!(f, "the Map Run `{arn}` has ended, and cannot be changed"),
            Self::Recover(error) => error.fmt(f),
            Self::Ended { status, error, cause } => {
                f.write_str(status.name())?;
                if let Some(error) = error {
                    write!(f, " {error}")?;
                }
                if let Some(cause) = cause {
                    write!(f, ": {cause}")?;
                }
                Ok(())
            }
            Self::Output { reason } => write!(f, "the output is not what the workflow promises: {reason}"),
            Self::Token(error) => error.fmt(f),
            Self::Redrive(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Random { reason } => write!(f, "the operating system gives no random numbers: {reason}"),
            Self::Stopped { reason: None } => f.write_str("the host has stopped"),
            Self::Stopped { reason: Some(reason) } => write!(f, "the host has stopped: {reason}"),
        }
    }
}

impl std::error::Error for HostError {}

impl From<StoreError> for HostError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<MachineError> for HostError {
    fn from(error: MachineError) -> Self {
        Self::Machine(error)
    }
}
