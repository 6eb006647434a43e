//! A deployed workflow, called with the types of its declaration.

use std::{fmt, marker::PhantomData};

use aws_sdk_sfn::{Client, types::SyncExecutionStatus};
use serde::{Serialize, de::DeserializeOwned};
use stepfn_core::{definition::Workflow, value};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::{
    deployed,
    error::Error,
    execution::{Execution, ExecutionError, Failure, Status},
    loopback::WithoutHostPrefix,
};

/// `client` and `client_at` on every machine that `state_machine!` declares.
pub trait WorkflowClient: Workflow + Sized {
    /// The state machine with the workflow's name, in the client's account and region. Its ARN is looked up with the first call and kept.
    ///
    /// An execution started by the name alone runs the newest revision; [`client_at`](Self::client_at) takes the ARN of an alias or version.
    fn client(sfn: &Client) -> Machine<Self> {
        Machine { sfn: sfn.clone(), arn: OnceCell::new(), workflow: PhantomData }
    }

    /// The state machine, the version or the alias with this ARN.
    fn client_at(sfn: &Client, arn: impl Into<String>) -> Machine<Self> {
        Machine { sfn: sfn.clone(), arn: OnceCell::new_with(Some(arn.into())), workflow: PhantomData }
    }
}

impl<W: Workflow> WorkflowClient for W {}

/// A deployed workflow. Made by [`WorkflowClient::client`].
pub struct Machine<W> {
    sfn: Client,
    arn: OnceCell<String>,
    workflow: PhantomData<fn() -> W>,
}

impl<W> Clone for Machine<W> {
    fn clone(&self) -> Self {
        Self { sfn: self.sfn.clone(), arn: self.arn.clone(), workflow: PhantomData }
    }
}

impl<W: Workflow> fmt::Debug for Machine<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("name", &W::NAME)
            .field("arn", &self.arn.get())
            .finish_non_exhaustive()
    }
}

impl<W: Workflow> Machine<W> {
    /// The ARN that executions are started with.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where no state machine has the workflow's name, and what `ListStateMachines` fails with.
    pub async fn arn(&self) -> Result<&str, Error> {
        let find = || async {
            let found = deployed::find(&self.sfn, W::NAME).await?;
            found.ok_or_else(|| Error::NotFound { machine: W::NAME.to_owned() })
        };
        self.arn.get_or_try_init(find).await.map(String::as_str)
    }

    /// Starts an execution (`StartExecution`) with a random UUID as its name, as AWS would give it. As the name is known before, an execution of
    /// a Standard workflow starts once where the SDK has to ask twice.
    ///
    /// # Errors
    ///
    /// As [`arn`](Self::arn); [`Error::Json`] where serde cannot write the input; what AWS refuses with.
    pub async fn start(&self, input: &W::Input) -> Result<Execution<W>, Error>
    where
        W::Input: Serialize,
    {
        self.start_named(&Uuid::new_v4().to_string(), input).await
    }

    /// Starts an execution with a name, which a Standard workflow has once in 90 days: while it runs, the same name with the same input answers with
    /// that execution. AWS refuses it with another input, and once it has ended, with `ExecutionAlreadyExists`.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_named(&self, name: &str, input: &W::Input) -> Result<Execution<W>, Error>
    where
        W::Input: Serialize,
    {
        let input = text(input)?;
        let call = self.sfn.start_execution().state_machine_arn(self.arn().await?).input(input);
        let answer = call.name(name).send().await;
        let answer = answer.map_err(|error| Error::of_call("StartExecution", &error))?;
        Ok(Execution::new(&self.sfn, answer.execution_arn))
    }

    /// Runs an execution of an Express workflow and waits for its output (`StartSyncExecution`).
    ///
    /// # Errors
    ///
    /// [`ExecutionError::Failed`] and [`ExecutionError::TimedOut`] as the execution ended, [`ExecutionError::Output`] where its output is not of the workflow's type,
    /// [`ExecutionError::Call`] where it did not start, as it does not for a Standard workflow (`StateMachineTypeNotSupported`).
    pub async fn start_sync(&self, input: &W::Input) -> Result<W::Output, ExecutionError>
    where
        W::Input: Serialize,
        W::Output: DeserializeOwned,
    {
        let input = text(input)?;
        let call = self.sfn.start_sync_execution().state_machine_arn(self.arn().await?).input(input);
        let answer = call.customize().interceptor(WithoutHostPrefix).send().await;
        let answer = answer.map_err(|error| Error::of_call("StartSyncExecution", &error))?;
        let failure = || Failure {
            execution_arn: answer.execution_arn.clone(),
            error: answer.error.clone(),
            cause: answer.cause.clone(),
        };
        match &answer.status {
            SyncExecutionStatus::Succeeded => {
                Status::<W::Output>::output(&answer.execution_arn, answer.output.as_deref())
            }
            SyncExecutionStatus::TimedOut => Err(ExecutionError::TimedOut(failure())),
            _ => Err(ExecutionError::Failed(failure())),
        }
    }

    /// The execution with this ARN, which was started elsewhere or before.
    pub fn execution(&self, arn: impl Into<String>) -> Execution<W> {
        Execution::new(&self.sfn, arn.into())
    }
}

fn text<T: Serialize>(input: &T) -> Result<String, Error> {
    match value::to_value(input) {
        Ok(value) => Ok(value.to_string()),
        Err(error) => Err(Error::Json { of: "execution's input", error }),
    }
}
