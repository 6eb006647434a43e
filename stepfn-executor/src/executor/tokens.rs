//! The actions with which others end tasks: by a token, or as workers of activities.

use std::convert::Infallible;

use stepfn_core::{task::TaskFailure, value::Value};

use super::Executor;
#[cfg(doc)]
use crate::ExecutorBuilder;
use crate::{
    limits,
    tokens::{ActivityTask, TokenError},
};

impl Executor {
    /// `SendTaskSuccess`: ends the task that waits for the token.
    ///
    /// # Errors
    /// When no task waits for it any more or ever did, and when the output is too large.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Ask", "States": { "Ask": {
    ///     "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    ///     "Parameters": { "QueueUrl": "https://queue", "MessageBody": { "token.$": "$$.Task.Token" } }, "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Asking", WorkflowType::Standard, machine);
    /// let executor = stepfn_executor::Executor::builder()
    ///     .virtual_time()
    ///     .resource("arn:aws:states:::sqs:sendMessage", |_: Value| async { Ok(Value::empty_object()) })
    ///     .build(&definition)?;
    /// let mut execution = executor.start(Value::Null);
    /// execution.run_until_idle();
    /// let token = execution.pending_tokens()[0].token.clone();
    /// executor.send_task_success(&token, "approved")?;
    /// assert_eq!(execution.run_blocking()?.output(), Some(&Value::from("approved")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn send_task_success(&self, token: &str, output: impl Into<Value>) -> Result<(), TokenError> {
        self.inner.env.registry.success(token, output.into())
    }

    /// `SendTaskFailure`: fails the task that waits for the token.
    ///
    /// # Errors
    /// When no task waits for it any more or ever did.
    pub fn send_task_failure(
        &self,
        token: &str,
        error: impl Into<Option<String>>,
        cause: impl Into<Option<String>>,
    ) -> Result<(), TokenError> {
        self.inner.env.registry.failure(token, error.into(), cause.into())
    }

    /// `SendTaskHeartbeat`: the task gets another `HeartbeatSeconds`.
    ///
    /// # Errors
    /// When no task waits for the token any more or ever did.
    pub fn send_task_heartbeat(&self, token: &str) -> Result<(), TokenError> {
        self.inner.env.registry.heartbeat(token)
    }

    /// `GetActivityTask`: takes the oldest task that waits for a worker of an activity, if there is one.
    ///
    /// A Task with an activity's ARN that has neither handler nor mock waits for this. It ends by
    /// [`send_task_success`](Self::send_task_success) or [`send_task_failure`](Self::send_task_failure).
    pub fn get_activity_task(&self, activity_arn: &str, worker_name: Option<&str>) -> Option<ActivityTask> {
        self.inner.env.registry.take(activity_arn, worker_name)
    }

    /// `GetActivityTask`, which waits for a task: as long as it takes, and not for a minute as on AWS.
    pub async fn next_activity_task(&self, activity_arn: &str, worker_name: Option<&str>) -> ActivityTask {
        self.inner.env.registry.next(activity_arn, worker_name).await
    }

    /// A worker of an activity: takes task after task, each when the one before is done, and sends what `work` makes of it as success
    /// or failure. It never ends, so that it is to be dropped when it is needed no more.
    ///
    /// `work` gets the token too, for [`send_task_heartbeat`](Self::send_task_heartbeat). An answer that comes too late, as the task has
    /// timed out meanwhile, is lost, as on AWS. On virtual time a Task with `TimeoutSeconds` times out at once, unless the executor
    /// [holds time](ExecutorBuilder::hold_time_for_callbacks).
    ///
    /// ```
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}, task::TaskFailure, value::Value};
    /// use stepfn_executor::{ActivityTask, Executor};
    ///
    /// let (machine, _) = asl::read_str(r#"{
    ///     "StartAt": "Pack",
    ///     "States": {
    ///         "Pack": { "Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:pack", "End": true }
    ///     }
    /// }"#)?;
    /// let definition = Definition::from_asl("Packing", WorkflowType::Standard, machine);
    /// let executor = Executor::new(&definition)?;
    /// let pack = |task: ActivityTask| async move { Ok::<_, TaskFailure>(Value::array([task.input])) };
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = tokio::select! {
    ///     outcome = executor.run(Value::from("cup")) => outcome?,
    ///     never = executor.work("arn:aws:states:us-east-1:123456789012:activity:pack", "packer", pack) => match never {},
    /// };
    /// assert_eq!(outcome.output().map(Value::to_string).as_deref(), Some(r#"["cup"]"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn work<Work, Done>(&self, activity_arn: &str, worker_name: &str, work: Work) -> Infallible
    where
        Work: Fn(ActivityTask) -> Done,
        Done: Future<Output = Result<Value, TaskFailure>>,
    {
        loop {
            let task = self.next_activity_task(activity_arn, Some(worker_name)).await;
            let token = task.token.clone();
            // Nobody waits for a task that is over.
            let _ = match work(task).await {
                Ok(output) => match self.send_task_success(&token, output) {
                    // AWS refuses it as well, and a worker that does nothing more leaves the task to its timeout.
                    Err(error @ TokenError::InvalidOutput { .. }) => {
                        self.send_task_failure(&token, error.name().to_owned(), error.to_string())
                    }
                    sent => sent,
                },
                Err(failure) => {
                    // AWS takes no longer ones.
                    let most = &self.inner.env.limits;
                    let cut = |text: String, most| limits::cut(text.into(), most).to_string();
                    let (error, cause) =
                        (cut(failure.error, most.error_chars), cut(failure.cause, most.cause_chars));
                    self.send_task_failure(&token, error, cause)
                }
            };
        }
    }
}
