use std::{fmt, future::poll_fn, sync::Arc, task::Poll};

use jiff::Timestamp;
use stepfn_core::{
    definition::WorkflowType,
    value::{Map, Value},
};

use crate::{
    history::History,
    identity::iso,
    limits,
    link::{Command, Link},
    outcome::Status,
    redrive,
    shared::Shared,
    tokens::{PendingToken, TokenError},
};

/// A handle to a running execution, for whoever does not await it: look at it, answer its task tokens, stop it.
///
/// Cheap to clone, and usable from any thread.
#[derive(Clone)]
pub struct Control {
    pub(crate) executor: Shared,
    pub(crate) link: Arc<Link>,
    pub(crate) facts: Arc<Facts>,
}

/// The facts about an execution that do not change.
pub(crate) struct Facts {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) input: Value,
    pub(crate) started: Timestamp,
    pub(crate) redrives: u32,
    pub(crate) redriven: Option<Timestamp>,
}

impl Control {
    /// The execution's ARN.
    pub fn execution_arn(&self) -> &str {
        &self.facts.arn
    }

    /// Returns the status of the execution.
    pub fn status(&self) -> Status {
        self.link.lock().end.as_ref().map_or(Status::Running, |(status, _)| status.clone())
    }

    /// The events so far.
    pub fn history(&self) -> History {
        let events = Arc::clone(&self.link.lock().events);
        History::shared(self.executor.clone(), events)
    }

    /// The task tokens that are waited for, in the order in which they were handed out.
    pub fn pending_tokens(&self) -> Vec<PendingToken> {
        self.link.lock().tokens.to_vec()
    }

    /// Waits until a task token is pending, and gives the oldest; `None` when the execution ends first.
    pub async fn next_token(&self) -> Option<PendingToken> {
        poll_fn(|cx| {
            let mut state = self.link.lock();
            if let Some(token) = state.tokens.first() {
                return Poll::Ready(Some(token.clone()));
            }
            if state.end.is_some() {
                return Poll::Ready(None);
            }
            Link::wait(&mut state, cx.waker());
            Poll::Pending
        })
        .await
    }

    /// `SendTaskSuccess`: ends the task that waits for the token.
    ///
    /// # Errors
    /// When no task waits for it any more or ever did, and when the output is too large.
    pub fn send_task_success(&self, token: &str, output: impl Into<Value>) -> Result<(), TokenError> {
        self.executor.env.registry.success(token, output.into())
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
        self.executor.env.registry.failure(token, error.into(), cause.into())
    }

    /// `SendTaskHeartbeat`: the task gets another `HeartbeatSeconds`.
    ///
    /// # Errors
    /// When no task waits for the token any more or ever did.
    pub fn send_task_heartbeat(&self, token: &str) -> Result<(), TokenError> {
        self.executor.env.registry.heartbeat(token)
    }

    /// `StopExecution`: the execution ends as [`Status::Aborted`]. Nothing happens when it is over. Of an error the first 256
    /// characters count, of a cause the first 32,768.
    pub fn stop(&self, error: impl Into<Option<String>>, cause: impl Into<Option<String>>) {
        let most = &self.executor.env.limits;
        let cut = |text: Option<String>, most| text.map(|text| limits::cut(text.into(), most).to_string());
        let (error, cause) = (cut(error.into(), most.error_chars), cut(cause.into(), most.cause_chars));
        self.link.command(Command::Stop { error, cause });
    }

    /// The reply of `DescribeExecution`.
    pub fn describe(&self) -> Value {
        let (end, events) = {
            let link = self.link.lock();
            (link.end.clone(), link.events.len())
        };
        let (status, stopped) = end.map_or((Status::Running, None), |(status, at)| (status, Some(at)));
        let program = &self.executor.program;
        let included = || Value::object([("included", Value::from(true))]);
        let mut reply = Map::new();
        let mut put = |key: &str, value: Value| {
            reply.insert(key.into(), value);
        };
        put("executionArn", self.facts.arn.as_str().into());
        put("stateMachineArn", self.executor.settings.identity.state_machine_arn(&program.name).into());
        put("name", self.facts.name.as_str().into());
        put("status", status.name().into());
        put("startDate", iso(self.facts.started).into());
        if let Some(stopped) = stopped {
            put("stopDate", iso(stopped).into());
        }
        put("input", self.facts.input.to_string().into());
        put("inputDetails", included());
        if program.workflow_type == WorkflowType::Standard {
            let reason = redrive::refusal(status.name(), events, &self.executor.env.limits);
            put("redriveCount", self.facts.redrives.into());
            if let Some(redriven) = self.facts.redriven {
                put("redriveDate", iso(redriven).into());
            }
            put("redriveStatus", if reason.is_none() { "REDRIVABLE" } else { "NOT_REDRIVABLE" }.into());
            if let Some(reason) = reason {
                put("redriveStatusReason", reason.into());
            }
        }
        match status {
            Status::Succeeded { output } => {
                put("output", output.to_string().into());
                put("outputDetails", included());
            }
            Status::Failed { error, cause } | Status::Aborted { error, cause } => {
                for (key, text) in [("error", error), ("cause", cause)] {
                    if let Some(text) = text {
                        put(key, text.into());
                    }
                }
            }
            Status::Running | Status::TimedOut => {}
        }
        reply.into()
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("arn", &self.facts.arn).finish_non_exhaustive()
    }
}
