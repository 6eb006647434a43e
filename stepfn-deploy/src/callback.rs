//! Answers to tasks that wait for a callback.

use aws_sdk_sfn::Client;
use serde::Serialize;
use stepfn_core::{task::TaskError, token::TaskToken, value};

use crate::error::Error;

/// The answers that a [`TaskToken`] takes.
///
/// All fail with [`Error::Refused`] and the code `TaskTimedOut` where the task does not wait any more, `TaskDoesNotExist` where its execution has ended, and
/// `InvalidToken` where the text is no token.
#[expect(
    async_fn_in_trait,
    reason = "implemented for tokens alone, whose futures are `Send` where the answer is `Sync`"
)]
pub trait Callback {
    /// The type of the task's answer.
    type Answer;

    /// Ends the task with its result (`SendTaskSuccess`).
    ///
    /// # Errors
    ///
    /// [`Error::Json`] where serde cannot write the answer; what AWS refuses with.
    async fn succeed(&self, sfn: &Client, answer: &Self::Answer) -> Result<(), Error>
    where
        Self::Answer: Serialize;

    /// Ends the task with an error, by the name that `Retry` and `Catch` match (`SendTaskFailure`).
    ///
    /// # Errors
    ///
    /// An error of AWS.
    async fn fail(&self, sfn: &Client, error: &impl TaskError) -> Result<(), Error>;

    /// Reports that the work goes on, so that the task's `HeartbeatSeconds` start anew (`SendTaskHeartbeat`).
    ///
    /// # Errors
    ///
    /// An error of AWS.
    async fn heartbeat(&self, sfn: &Client) -> Result<(), Error>;
}

impl<T> Callback for TaskToken<T> {
    type Answer = T;

    async fn succeed(&self, sfn: &Client, answer: &T) -> Result<(), Error>
    where
        T: Serialize,
    {
        let answer = value::to_value(answer).map_err(|error| Error::Json { of: "task's answer", error })?;
        let call = sfn.send_task_success().task_token(self.as_str()).output(answer.to_string());
        call.send().await.map_err(|error| Error::of_call("SendTaskSuccess", &error))?;
        Ok(())
    }

    async fn fail(&self, sfn: &Client, error: &impl TaskError) -> Result<(), Error> {
        let failure = error.failure();
        let call =
            sfn.send_task_failure().task_token(self.as_str()).error(failure.error).cause(failure.cause);
        call.send().await.map_err(|error| Error::of_call("SendTaskFailure", &error))?;
        Ok(())
    }

    async fn heartbeat(&self, sfn: &Client) -> Result<(), Error> {
        let call = sfn.send_task_heartbeat().task_token(self.as_str());
        call.send().await.map_err(|error| Error::of_call("SendTaskHeartbeat", &error))?;
        Ok(())
    }
}
