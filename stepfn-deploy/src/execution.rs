//! An execution of a deployed workflow.

use std::{fmt, marker::PhantomData, time::Duration};

use aws_sdk_sfn::{
    Client, operation::describe_execution::DescribeExecutionOutput, primitives::DateTime,
    types::ExecutionStatus,
};
use serde::de::DeserializeOwned;
use stepfn_core::{
    definition::Workflow,
    value::{self, Value},
};

use crate::error::Error;

/// The time that [`Execution::wait`] waits between two looks at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(16);

/// An execution of a workflow in AWS.
pub struct Execution<W> {
    sfn: Client,
    arn: String,
    workflow: PhantomData<fn() -> W>,
}

impl<W> Clone for Execution<W> {
    fn clone(&self) -> Self {
        Self::new(&self.sfn, self.arn.clone())
    }
}

impl<W> fmt::Debug for Execution<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution").field("arn", &self.arn).finish_non_exhaustive()
    }
}

/// The description of an execution: `DescribeExecution`, with the workflow's output.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Description<T> {
    /// `name`
    pub name: Option<String>,
    /// `startDate`
    pub start_date: DateTime,
    /// `stopDate`, where it ended.
    pub stop_date: Option<DateTime>,
    /// `input`; none where AWS does not give it out.
    pub input: Option<Value>,
    /// `stateMachineVersionArn`: the version that it was started with.
    pub version_arn: Option<String>,
    /// The status, with the output or the failure.
    pub status: Status<T>,
}

/// The status of an execution, with its output or failure.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Status<T> {
    /// `RUNNING`
    Running,
    /// `PENDING_REDRIVE`: the child of a Map Run, which is about to run again.
    PendingRedrive,
    /// `SUCCEEDED`, with the output.
    Succeeded(T),
    /// `FAILED`
    Failed(Failure),
    /// `TIMED_OUT`
    TimedOut(Failure),
    /// `ABORTED`
    Aborted(Failure),
}

/// The failure of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The execution.
    pub execution_arn: String,
    /// `error`: its name.
    pub error: Option<String>,
    /// `cause`
    pub cause: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.error, &self.cause) {
            (Some(error), Some(cause)) => write!(f, ": `{error}`: {cause}"),
            (Some(text), None) => write!(f, ": `{text}`"),
            (None, Some(text)) => write!(f, ": {text}"),
            (None, None) => Ok(()),
        }?;
        write!(f, " ({})", self.execution_arn)
    }
}

/// The reason why an execution has no output.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExecutionError {
    /// The execution has not ended: of [`Execution::output`] alone.
    Running {
        /// The execution.
        execution_arn: String,
    },
    /// The execution failed.
    Failed(Failure),
    /// The execution took longer than the machine's `TimeoutSeconds`, or than an Express workflow may.
    TimedOut(Failure),
    /// The execution was stopped.
    Aborted(Failure),
    /// Its output is not of the workflow's type: another revision than the one in this program is deployed.
    Output {
        /// The execution.
        execution_arn: String,
        /// The error of serde, with the path to the place where the output does not fit.
        error: String,
    },
    /// AWS could not be asked.
    Call(Error),
}

impl From<Error> for ExecutionError {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl fmt::Display for ExecutionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running { execution_arn } => {
                write!(
                    f,
                    "the execution is still running ({execution_arn})\n  help: `wait` waits for its end"
                )
            }
            Self::Failed(failure) => write!(f, "the execution failed{failure}"),
            Self::TimedOut(failure) => write!(f, "the execution timed out{failure}"),
            Self::Aborted(failure) => write!(f, "the execution was stopped{failure}"),
            Self::Output { execution_arn, error } => {
                write!(f, "the output is not of the workflow's type: {error} ({execution_arn})")
            }
            Self::Call(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ExecutionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Call(error) => error.source(),
            _ => None,
        }
    }
}

impl<W> Execution<W> {
    pub(crate) fn new(sfn: &Client, arn: String) -> Self {
        Self { sfn: sfn.clone(), arn, workflow: PhantomData }
    }

    /// Its ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Stops it (`StopExecution`); an execution that has ended stays as it is. Express workflows cannot be stopped.
    ///
    /// # Errors
    ///
    /// An error of AWS.
    pub async fn stop(&self, error: &str, cause: &str) -> Result<(), Error> {
        let call = self.sfn.stop_execution().execution_arn(&self.arn).error(error).cause(cause);
        call.send().await.map_err(|error| Error::of_call("StopExecution", &error))?;
        Ok(())
    }
}

impl<W: Workflow> Execution<W>
where
    W::Output: DeserializeOwned,
{
    /// Returns its description (`DescribeExecution`). AWS keeps nothing of the executions of Express workflows.
    ///
    /// # Errors
    ///
    /// [`ExecutionError::Output`] where it succeeded with an output that is not of the workflow's type, [`ExecutionError::Call`].
    pub async fn describe(&self) -> Result<Description<W::Output>, ExecutionError> {
        let answer = self.sfn.describe_execution().execution_arn(&self.arn).send().await;
        let answer = answer.map_err(|error| Error::of_call("DescribeExecution", &error))?;
        let status = Status::of(&answer)?;
        Ok(Description {
            name: answer.name,
            start_date: answer.start_date,
            stop_date: answer.stop_date,
            input: answer.input.and_then(|input| input.parse().ok()),
            version_arn: answer.state_machine_version_arn,
            status,
        })
    }

    /// Its output, where it has ended.
    ///
    /// # Errors
    ///
    /// [`ExecutionError::Running`] where it has not, and how it ended where that is no success.
    pub async fn output(&self) -> Result<W::Output, ExecutionError> {
        match self.describe().await?.status {
            Status::Succeeded(output) => Ok(output),
            Status::Failed(failure) => Err(ExecutionError::Failed(failure)),
            Status::TimedOut(failure) => Err(ExecutionError::TimedOut(failure)),
            Status::Aborted(failure) => Err(ExecutionError::Aborted(failure)),
            Status::Running | Status::PendingRedrive => {
                Err(ExecutionError::Running { execution_arn: self.arn.clone() })
            }
        }
    }

    /// Its output, as soon as it has ended: looks after one second, and then at intervals that grow to 16.
    ///
    /// It waits as long as the execution runs, by tokio's clock.
    ///
    /// # Errors
    ///
    /// The errors of [`output`](Self::output), but never that it is still running.
    pub async fn wait(&self) -> Result<W::Output, ExecutionError> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.output().await {
                Err(ExecutionError::Running { .. }) => {}
                ended => return ended,
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

impl<T: DeserializeOwned> Status<T> {
    fn of(answer: &DescribeExecutionOutput) -> Result<Self, ExecutionError> {
        let failure = || Failure {
            execution_arn: answer.execution_arn.clone(),
            error: answer.error.clone(),
            cause: answer.cause.clone(),
        };
        Ok(match &answer.status {
            ExecutionStatus::Succeeded => {
                Self::Succeeded(Self::output(&answer.execution_arn, answer.output.as_deref())?)
            }
            ExecutionStatus::Failed => Self::Failed(failure()),
            ExecutionStatus::TimedOut => Self::TimedOut(failure()),
            ExecutionStatus::Aborted => Self::Aborted(failure()),
            ExecutionStatus::PendingRedrive => Self::PendingRedrive,
            _ => Self::Running,
        })
    }

    pub(crate) fn output(execution_arn: &str, text: Option<&str>) -> Result<T, ExecutionError> {
        let wrong = |error: String| ExecutionError::Output { execution_arn: execution_arn.to_owned(), error };
        let text = text.ok_or_else(|| wrong("AWS does not give it out".to_owned()))?;
        let output: Value = text.parse().map_err(|error| wrong(format!("{error}")))?;
        value::from_value(&output).map_err(|error| wrong(error.to_string()))
    }
}
