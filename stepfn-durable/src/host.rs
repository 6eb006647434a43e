//! A host: runs executions and keeps them in a store.

mod start;

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use serde::de::DeserializeOwned;
use stepfn_core::{
    definition::{Definition, Workflow},
    value::Value,
};
use stepfn_executor::{
    Timestamp, TokenError,
    turns::{Input, MapRunUpdate},
};
use tokio::sync::oneshot;

use crate::{
    builder::HostBuilder,
    clock::{millis, span, timestamp},
    driver::Event,
    error::HostError,
    inner::{Alive, Inner},
    journal::{self, Message},
    machine::{self, Registered},
    running::RecoverError,
    store::{
        Address, Delivered, Delivery, Event as HistoryEvent, Execution, HistoryOf, PageAt, Redrive, Redriven,
        Status, Store, TakeTask,
    },
};

/// The time after its end in which an execution can be redriven.
const REDRIVE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// The number of events that are read at once.
const PAGE: usize = 1000;

/// Runs executions that outlive the process: all that happens to them is kept in a [`Store`] before it has any effect.
///
/// Cheap to clone; all clones are one host. It runs on the tokio runtime that it was started on, until [`shut_down`](Self::shut_down) or until
/// the last clone is dropped.
#[derive(Clone)]
pub struct Host {
    inner: Arc<Inner>,
    _alive: Arc<Alive>,
}

/// An execution that was started.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StartedExecution {
    /// Its ARN.
    pub execution_arn: String,
    /// The time of its start.
    pub started: Timestamp,
    /// Whether this start made it; else it ran already, with the same name and input.
    pub is_new: bool,
}

/// The parameters of an execution's start.
#[derive(Clone, Debug, Default)]
pub struct StartOf<'a> {
    /// Its name; one that nobody has where there is none.
    pub name: Option<&'a str>,
    /// Its input.
    pub input: Value,
    /// Its input as it was given, where it is described so: its JSON text where there is none.
    pub text: Option<String>,
    /// The ARN of the version that it is started by.
    pub version: Option<String>,
    /// The ARN of the alias that it is started by.
    pub alias: Option<String>,
    /// The details to keep with it.
    pub details: String,
}

/// A task for a worker of an activity.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WorkerTask {
    /// The token to end the task by.
    pub token: String,
    /// The input of the task.
    pub input: String,
}

impl Host {
    pub(crate) fn new(inner: Arc<Inner>, alive: Arc<Alive>) -> Self {
        Self { inner, _alive: alive }
    }

    /// A host that is to be put together.
    pub fn builder() -> HostBuilder {
        HostBuilder::new()
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    /// Returns the time of the host.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Adds a machine, or gives the one of its name another definition: what runs goes on with the one that it has. Gives the
    /// revision.
    ///
    /// # Errors
    /// When it cannot be run, or the store fails.
    pub async fn add(&self, definition: Definition) -> Result<String, HostError> {
        let one = Registered { definition, configure: Vec::new(), details: None };
        let machine = {
            let state = self.inner.lock();
            machine::build_one(&one, &self.inner.common, state.current.values())?
        };
        let revision = machine.revision.clone();
        self.inner.register(machine).await?;
        Ok(revision)
    }

    /// Returns the description of an execution.
    ///
    /// # Errors
    /// When there is none of this ARN, or the store fails.
    pub async fn describe(&self, execution_arn: &str) -> Result<Execution, HostError> {
        let known = self.inner.store.execution(execution_arn.to_owned()).await?;
        known.ok_or_else(|| HostError::NoExecution { arn: execution_arn.to_owned() })
    }

    /// Waits until an execution has ended.
    ///
    /// # Errors
    /// As [`describe`](Self::describe), when it cannot go on ([`RecoverError`]), and when the host stops.
    pub async fn wait(&self, execution_arn: &str) -> Result<Execution, HostError> {
        loop {
            let ends = self.inner.end_of(execution_arn);
            {
                let state = self.inner.lock();
                if state.closed {
                    return Err(self.inner.over(&state));
                }
            }
            let known = self.describe(execution_arn).await?;
            if known.summary.status.is_closed() {
                return Ok(known);
            }
            if let Some(error) = self.inner.lock().refused.get(execution_arn) {
                return Err(HostError::Recover(error.clone()));
            }
            // It may end on another host, which does not notify this one.
            let _ = tokio::time::timeout(self.inner.poll, ends).await;
        }
    }

    /// Waits until an execution of a workflow has ended, and gives its output.
    ///
    /// # Errors
    /// As [`wait`](Self::wait), when it did not succeed, and when the output is not what the workflow promises.
    pub async fn output<W>(&self, execution_arn: &str) -> Result<W::Output, HostError>
    where
        W: Workflow,
        W::Output: DeserializeOwned,
    {
        let execution = self.wait(execution_arn).await?;
        let status = execution.summary.status;
        let (output, error, cause) =
            execution.end.map_or((None, None, None), |end| (end.output, end.error, end.cause));
        let Some(output) = output else {
            return Err(HostError::Ended { status, error, cause });
        };
        serde_json::from_str(&output).map_err(|error| HostError::Output { reason: error.to_string() })
    }

    /// The whole history of an execution: its events, each in the JSON of `GetExecutionHistory`.
    ///
    /// # Errors
    /// As [`describe`](Self::describe).
    pub async fn history(&self, execution_arn: &str) -> Result<Vec<HistoryEvent>, HostError> {
        let id = self.describe(execution_arn).await?.summary.id;
        let mut events = Vec::new();
        let mut page = PageAt::first(PAGE);
        loop {
            let got = self.inner.store.history(HistoryOf { id, reverse: false, page }).await?;
            events.extend(got.items);
            let Some(next) = got.next else { return Ok(events) };
            page = PageAt { after: Some(next), limit: PAGE };
        }
    }

    /// `SendTaskSuccess`. The answer is kept when this returns.
    ///
    /// # Errors
    /// When no task waits for the token any more or ever did, and when the output is too large.
    pub async fn send_task_success(&self, token: &str, output: Value) -> Result<(), HostError> {
        let input = Input::Success { token: token.to_owned(), output };
        self.send_to_token(token, input, true).await
    }

    /// `SendTaskFailure`. The answer is kept when this returns.
    ///
    /// # Errors
    /// When no task waits for the token any more or ever did, and when error or cause are too long.
    pub async fn send_task_failure(
        &self,
        token: &str,
        error: Option<String>,
        cause: Option<String>,
    ) -> Result<(), HostError> {
        let input = Input::Failure { token: token.to_owned(), error, cause };
        self.send_to_token(token, input, true).await
    }

    /// `SendTaskHeartbeat`.
    ///
    /// # Errors
    /// When no task waits for the token any more or ever did.
    pub async fn send_task_heartbeat(&self, token: &str) -> Result<(), HostError> {
        self.send_to_token(token, Input::Heartbeat { token: token.to_owned() }, false).await
    }

    async fn send_to_token(&self, token: &str, input: Input, closes: bool) -> Result<(), HostError> {
        let unknown = || HostError::Token(stepfn_executor::turns::unknown_token(token));
        let known = self.inner.store.token(token.to_owned()).await?.ok_or_else(unknown)?;
        // What its execution would not take is not delivered: the token would be used up.
        if let Some(execution) = self.inner.store.execution_of(known.execution).await? {
            let machine = self.inner.machine_of(&execution.revision, &execution.summary.machine).await?;
            if let Some(machine) = machine {
                machine.executor.check_answer(&input).map_err(HostError::Token)?;
            }
        }
        let to = Address::Token { token: token.to_owned(), closes };
        match self.deliver(to, Message::Input(input)).await? {
            Delivered::To(_) => Ok(()),
            Delivered::Missing => Err(unknown()),
            Delivered::Closed => Err(HostError::Token(TokenError::TaskTimedOut)),
        }
    }

    async fn deliver(&self, to: Address, message: Message) -> Result<Delivered, HostError> {
        let at = millis(self.inner.clock.now());
        let delivery = Delivery { to, data: message.write(), key: String::new(), at };
        let delivered = self.inner.store.deliver(delivery).await?;
        if let Delivered::To(id) = delivered {
            self.inner.send(Event::Look(id))?;
        }
        Ok(delivered)
    }

    /// `StopExecution`: the execution ends as `ABORTED`. Nothing happens when it is over.
    ///
    /// # Errors
    /// When there is none of this ARN, or the store fails.
    pub async fn stop(
        &self,
        execution_arn: &str,
        error: Option<String>,
        cause: Option<String>,
    ) -> Result<(), HostError> {
        let to = Address::Execution(execution_arn.to_owned());
        match self.deliver(to, Message::Input(Input::Stop { error, cause })).await? {
            Delivered::To(_) | Delivered::Closed => Ok(()),
            Delivered::Missing => Err(HostError::NoExecution { arn: execution_arn.to_owned() }),
        }
    }

    /// `UpdateMapRun`: changes how a Map Run goes on that runs.
    ///
    /// # Errors
    /// When there is none of this ARN, or it has ended.
    pub async fn update_map_run(&self, map_run_arn: &str, update: MapRunUpdate) -> Result<(), HostError> {
        let none = || HostError::NoMapRun { arn: map_run_arn.to_owned() };
        let known = self.inner.store.map_run(map_run_arn.to_owned()).await?.ok_or_else(none)?;
        let over = || HostError::MapRunOver { arn: map_run_arn.to_owned() };
        if known.status.is_closed() {
            return Err(over());
        }
        let input = Input::MapRun { arn: map_run_arn.to_owned(), update };
        match self.deliver(Address::Execution(known.execution), Message::Input(input)).await? {
            Delivered::To(_) => Ok(()),
            Delivered::Missing | Delivered::Closed => Err(over()),
        }
    }

    /// `GetActivityTask`: takes the oldest task that waits for a worker of an activity, if there is one now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn get_activity_task(
        &self,
        activity_arn: &str,
        worker_name: Option<&str>,
    ) -> Result<Option<WorkerTask>, HostError> {
        let taken =
            Message::Input(Input::Taken { token: String::new(), worker: worker_name.map(str::to_owned) });
        let at = millis(self.inner.clock.now());
        let take = TakeTask { activity: activity_arn.to_owned(), data: taken.write(), at };
        let Some(taken) = self.inner.store.take_task(take).await? else { return Ok(None) };
        self.inner.send(Event::Look(taken.execution))?;
        Ok(Some(WorkerTask { token: taken.task.token, input: taken.task.input }))
    }

    /// The same, and waits for a task up to a time: 60 seconds on AWS.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next_activity_task(
        &self,
        activity_arn: &str,
        worker_name: Option<&str>,
        at_most: Duration,
    ) -> Result<Option<WorkerTask>, HostError> {
        let end = tokio::time::Instant::now() + at_most;
        loop {
            let offered = self.inner.task_of(activity_arn);
            if let Some(task) = self.get_activity_task(activity_arn, worker_name).await? {
                return Ok(Some(task));
            }
            let left = end.saturating_duration_since(tokio::time::Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            let _ = tokio::time::timeout(left.min(self.inner.poll), offered).await;
        }
    }

    /// `RedriveExecution`: lets an execution that failed, timed out or was stopped go on from where it stopped, within 14 days. Gives
    /// since when.
    ///
    /// # Errors
    /// When it runs, succeeded, ended too long ago, or there is none of this ARN.
    pub async fn redrive(&self, execution_arn: &str) -> Result<Timestamp, HostError> {
        self.redrive_once(execution_arn, "").await
    }

    /// The same with a client token: asked for again with the same one, it answers as the first time. An empty one is none.
    ///
    /// # Errors
    /// As [`redrive`](Self::redrive).
    pub async fn redrive_once(
        &self,
        execution_arn: &str,
        client_token: &str,
    ) -> Result<Timestamp, HostError> {
        let known = self.describe(execution_arn).await?;
        let now = self.inner.clock.now();
        let not = |reason: &'static str| {
            HostError::Redrive(stepfn_executor::RedriveError::NotRedrivable { reason })
        };
        if known.summary.map_run.is_some() {
            return Err(not("Execution is a child of a Map Run and is redriven with it"));
        }
        if known.end.as_ref().is_some_and(|end| end.not_redrivable.is_some()) {
            return Err(not("Execution cannot go on: see its redriveStatusReason"));
        }
        if known.end.as_ref().is_some_and(|end| millis(now) - end.at > span(REDRIVE)) {
            return Err(not("Execution redrivable period exceeded"));
        }
        let key = self.inner.key(&[execution_arn, &known.summary.redrives.to_string()])?;
        let redrive = Redrive {
            execution: execution_arn.to_owned(),
            data: Message::Redrive(journal::Redriven { key, request: None }).write(),
            key: client_token.to_owned(),
            pending: false,
            at: millis(now),
        };
        match self.inner.store.redrive(redrive).await? {
            Redriven::Since(at) => {
                self.inner.send(Event::Look(known.summary.id))?;
                Ok(timestamp(at))
            }
            Redriven::NotFailed(Status::Succeeded) => {
                Err(not("Execution is SUCCEEDED and cannot be redriven"))
            }
            Redriven::NotFailed(_) => Err(not("Execution is RUNNING and cannot be redriven")),
            Redriven::Missing => Err(HostError::NoExecution { arn: execution_arn.to_owned() }),
        }
    }

    /// The executions that cannot go on, by their ARNs, with why. They are kept as they are; others are not touched by it.
    pub fn refused(&self) -> BTreeMap<String, RecoverError> {
        self.inner.lock().refused.clone()
    }

    /// Waits until nothing is left to be done now.
    ///
    /// # Errors
    /// When the host has stopped.
    pub async fn idle(&self) -> Result<(), HostError> {
        let (sender, receiver) = oneshot::channel();
        self.inner.send(Event::Idle(sender))?;
        receiver.await.map_err(|_| self.inner.over(&self.inner.lock()))
    }

    /// Moves virtual time to the next thing that is due, and waits until all is done that happens then. Gives what time it is, if
    /// there was any.
    ///
    /// # Errors
    /// When the host has stopped.
    pub async fn pass_time(&self) -> Result<Option<Timestamp>, HostError> {
        self.pass(false).await
    }

    /// The same, but time stops while any task waits for a token: for a callback, or for the worker of an activity.
    ///
    /// # Errors
    /// When the host has stopped.
    pub async fn pass_time_without_tokens(&self) -> Result<Option<Timestamp>, HostError> {
        self.pass(true).await
    }

    async fn pass(&self, holds: bool) -> Result<Option<Timestamp>, HostError> {
        self.idle().await?;
        let (reply, receiver) = oneshot::channel();
        self.inner.send(Event::Pass { reply, holds })?;
        let now = receiver.await.map_err(|_| self.inner.over(&self.inner.lock()))?;
        self.idle().await?;
        Ok(now)
    }

    /// Returns the last error of the store, while the host asks it again and again: nothing goes on meanwhile.
    pub fn trouble(&self) -> Option<String> {
        self.inner.lock().failure.clone()
    }

    /// Waits until the host has stopped; gives the reason where it stopped by itself.
    pub async fn stopped(&self) -> Option<String> {
        // A stop wakes all who wait for executions, and no execution has this name.
        let over = self.inner.end_of("");
        let is_over = self.inner.lock().closed;
        if !is_over {
            let _ = over.await;
        }
        self.trouble()
    }

    /// Stops the host: its executions stay as they are, and go on when a host is started over the same store.
    pub async fn shut_down(&self) {
        let (sender, receiver) = oneshot::channel();
        if self.inner.send(Event::Stop(sender)).is_ok() {
            let _ = receiver.await;
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("store", &self.inner.store).finish_non_exhaustive()
    }
}
