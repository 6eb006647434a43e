//! A host: runs executions and keeps them in a store.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use stepfn_core::{
    definition::{Definition, Workflow, WorkflowType},
    value::{self, Value},
};
use stepfn_executor::{
    Executor, ExecutorBuilder, RunError, Timestamp, TokenError,
    turns::{Begin, Input},
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    clock::{Clock, millis},
    driver::{Driver, Event, timestamp},
    error::HostError,
    journal::{self, Message},
    machine::{self, Configure, Machine, Registered},
    running::{OnInterrupted, RecoverError, Running},
    store::{
        Address, Created, Delivered, Delivery, Event as HistoryEvent, Execution, Hint, HistoryOf, Lease,
        Listener, MachineKind, NewExecution, NewMachine, PageAt, Published, Redrive, Redriven, Revision,
        Started, Status, Store, StoreError, TakeTask, Update,
    },
};

/// How long a name stays taken after its execution ended.
const NAME: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How long after its end an execution can be redriven.
const REDRIVE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// How many events are read at once.
const PAGE: usize = 1000;

/// What a host is made of.
#[must_use = "a builder does nothing until `start`"]
pub struct HostBuilder {
    store: Option<Arc<dyn Store>>,
    machines: Vec<Registered>,
    common: Vec<Configure>,
    clock: Clock,
    on_interrupted: OnInterrupted,
    lease: Duration,
    poll: Duration,
    most_loaded: usize,
    retention: Duration,
    stops_at_errors: bool,
}

/// Runs executions that outlive the process: all that happens to them is kept in a [`Store`] before it has any effect.
///
/// Cheap to clone; all clones are one host. It runs on the tokio runtime that it was started on.
#[derive(Clone)]
pub struct Host {
    inner: Arc<Inner>,
    /// For as long as it is there, the store's hints come in.
    _listener: Arc<Listener>,
}

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Clock,
    pub(crate) events: mpsc::UnboundedSender<Event>,
    /// The name that leases have.
    pub(crate) owner: String,
    pub(crate) on_interrupted: OnInterrupted,
    pub(crate) lease: Duration,
    pub(crate) poll: Duration,
    pub(crate) most_loaded: usize,
    pub(crate) retention: Duration,
    pub(crate) stops_at_errors: bool,
    common: Vec<Configure>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What new executions run, by name.
    current: BTreeMap<String, Machine>,
    /// By their revisions, those of executions that began earlier too.
    revisions: HashMap<String, Machine>,
    /// Who waits for the end of an execution.
    ends: HashMap<String, Vec<oneshot::Sender<()>>>,
    /// Who waits for the tasks of an activity.
    workers: HashMap<String, Vec<oneshot::Sender<()>>>,
    refused: BTreeMap<String, RecoverError>,
    failure: Option<String>,
    closed: bool,
}

/// An execution that was started.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StartedExecution {
    /// Its ARN.
    pub execution_arn: String,
    /// When it was started.
    pub started: Timestamp,
    /// Whether this start made it; else it ran already, with the same name and input.
    pub is_new: bool,
}

/// What an execution starts with.
#[derive(Clone, Debug, Default)]
pub struct StartOf<'a> {
    /// Its name; one that nobody has where there is none.
    pub name: Option<&'a str>,
    /// Its input.
    pub input: Value,
    /// The ARN of the version that it is started by.
    pub version: Option<String>,
    /// The ARN of the alias that it is started by.
    pub alias: Option<String>,
    /// What is to be kept with it beside.
    pub details: String,
}

/// A task for a worker of an activity.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WorkerTask {
    /// The token to end the task by.
    pub token: String,
    /// What there is to work on.
    pub input: String,
}

impl HostBuilder {
    /// Where executions are kept.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Where executions are kept, shared with others.
    pub fn shared_store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// A state machine whose executions it runs, with the functions that it was declared with.
    pub fn machine(self, definition: Definition) -> Self {
        self.machine_with(definition, |builder| builder)
    }

    /// The same, with more set on its executor: other handlers, buckets, limits.
    pub fn machine_with(
        mut self,
        definition: Definition,
        configure: impl Fn(ExecutorBuilder) -> ExecutorBuilder + Send + Sync + 'static,
    ) -> Self {
        let configure: Configure = Arc::new(move |_, builder| configure(builder));
        self.machines.push(Registered { definition, configure: vec![configure] });
        self
    }

    /// What is set on the executors of all machines: account, region, functions, limits. It must be the same whenever a host is
    /// started over the same store. Their clock is the host's, whatever is set here.
    pub fn executors(
        mut self,
        configure: impl Fn(ExecutorBuilder) -> ExecutorBuilder + Send + Sync + 'static,
    ) -> Self {
        self.common.push(Arc::new(move |_, builder| configure(builder)));
        self
    }

    /// The same, by what each machine is.
    pub fn executors_by(
        mut self,
        configure: impl Fn(&Definition, ExecutorBuilder) -> ExecutorBuilder + Send + Sync + 'static,
    ) -> Self {
        self.common.push(Arc::new(configure));
        self
    }

    /// What becomes of calls that were under way when a process ended. By default the attempt fails, and the machine's own `Retry`
    /// decides.
    pub fn on_interrupted(mut self, on_interrupted: OnInterrupted) -> Self {
        self.on_interrupted = on_interrupted;
        self
    }

    /// For how long the host has executions to itself without saying so again: 30 seconds by default. When a host dies, another one
    /// over the same store goes on with its executions after that time.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// How often the host looks for executions that nobody runs: every second by default.
    pub fn poll(mut self, poll: Duration) -> Self {
        self.poll = poll;
        self
    }

    /// How many executions stay loaded that wait for something: 10,000 by default. Others are loaded again when there is something to
    /// do for them.
    pub fn most_loaded(mut self, most: usize) -> Self {
        self.most_loaded = most;
        self
    }

    /// For how long executions are kept after their end: 90 days by default, as on AWS.
    pub fn retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
        self
    }

    /// A clock that stands still until [`Host::pass_time`] moves it: for tests. Calls to functions are made one by one, so that the
    /// same always happens.
    pub fn virtual_time(mut self) -> Self {
        self.clock = Clock::virtual_time();
        self
    }

    /// The same, from a time on.
    pub fn virtual_time_from(mut self, start: Timestamp) -> Self {
        self.clock = Clock::virtual_time();
        self.clock.set(start);
        self
    }

    /// Ends the host when its store fails, in place of asking the store again: for tests of crashes.
    pub fn stop_at_store_errors(mut self) -> Self {
        self.stops_at_errors = true;
        self
    }

    /// Registers the machines in the store, and goes on with the executions that are there.
    ///
    /// # Errors
    /// When there is no store, a machine cannot be run, or the store fails.
    pub async fn start(self) -> Result<Host, HostError> {
        let store = self.store.ok_or(HostError::NoStore)?;
        let machines = machine::build(self.machines, &self.common)?;
        let (events, receiver) = mpsc::unbounded_channel();
        let owner = uuid::Uuid::from_bytes(random()?).to_string();
        let inner = Arc::new(Inner {
            store,
            clock: self.clock,
            events,
            owner,
            on_interrupted: self.on_interrupted,
            lease: self.lease,
            poll: self.poll,
            most_loaded: self.most_loaded,
            retention: self.retention,
            stops_at_errors: self.stops_at_errors,
            common: self.common,
            state: Mutex::default(),
        });
        for machine in machines {
            inner.register(machine).await?;
        }
        let listener = listener(&inner);
        inner.store.listen(Arc::downgrade(&listener));
        tokio::spawn(Driver::new(Arc::clone(&inner), receiver).run());
        Ok(Host { inner, _listener: listener })
    }
}

impl fmt::Debug for HostBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostBuilder")
            .field("store", &self.store)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

fn listener(inner: &Arc<Inner>) -> Arc<Listener> {
    let weak: Weak<Inner> = Arc::downgrade(inner);
    Arc::new(move |hint: &Hint| {
        let Some(inner) = weak.upgrade() else { return };
        match hint {
            Hint::Execution(id) => drop(inner.events.send(Event::Look(*id))),
            Hint::Activity(arn) => {
                for worker in inner.lock().workers.remove(arn).into_iter().flatten() {
                    let _ = worker.send(());
                }
            }
        }
    })
}

impl Host {
    /// A host that is to be put together.
    pub fn builder() -> HostBuilder {
        HostBuilder {
            store: None,
            machines: Vec::new(),
            common: Vec::new(),
            clock: Clock::Real,
            on_interrupted: OnInterrupted::default(),
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            most_loaded: 10_000,
            retention: NAME,
            stops_at_errors: false,
        }
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    /// What time it is for the host.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Adds a machine, or gives the one of its name another definition: what runs goes on with the one that it has. Gives the
    /// revision.
    ///
    /// # Errors
    /// When it cannot be run, or the store fails.
    pub async fn add(&self, definition: Definition) -> Result<String, HostError> {
        let one = Registered { definition, configure: Vec::new() };
        let machine = {
            let state = self.inner.lock();
            machine::build_one(&one, &self.inner.common, state.current.values())?
        };
        let revision = machine.revision.clone();
        self.inner.register(machine).await?;
        Ok(revision)
    }

    /// Starts an execution of a workflow. It is kept when this returns.
    ///
    /// # Errors
    /// When the workflow is not registered or its input is too large, or the store fails.
    pub async fn start<W>(&self, input: &W::Input) -> Result<StartedExecution, HostError>
    where
        W: Workflow,
        W::Input: Serialize,
    {
        self.start_as::<W>(None, input).await
    }

    /// The same with a name: starting it again with the same input, while it runs, gives the same execution.
    ///
    /// # Errors
    /// As [`start`](Self::start), and when another execution has the name.
    pub async fn start_named<W>(&self, name: &str, input: &W::Input) -> Result<StartedExecution, HostError>
    where
        W: Workflow,
        W::Input: Serialize,
    {
        self.start_as::<W>(Some(name), input).await
    }

    async fn start_as<W>(&self, name: Option<&str>, input: &W::Input) -> Result<StartedExecution, HostError>
    where
        W: Workflow,
        W::Input: Serialize,
    {
        let input = value::to_value(input)
            .map_err(|error| HostError::Run(RunError::InvalidInput { reason: error.to_string() }))?;
        self.start_execution(W::NAME, name, input).await
    }

    /// `StartExecution`: starts an execution of the machine of a name.
    ///
    /// # Errors
    /// As [`start_named`](Self::start_named).
    pub async fn start_execution(
        &self,
        machine: &str,
        name: Option<&str>,
        input: Value,
    ) -> Result<StartedExecution, HostError> {
        let known = self.inner.lock().current.get(machine).cloned();
        let known = known.ok_or_else(|| HostError::NoMachine { machine: machine.to_owned() })?;
        self.start_on(known, StartOf { name, input, ..StartOf::default() }).await
    }

    /// `StartExecution` of a revision of a machine that the store has.
    ///
    /// # Errors
    /// As [`start_named`](Self::start_named), and when the store has no such revision or it cannot be run.
    pub async fn start_revision(
        &self,
        machine_arn: &str,
        revision: &str,
        start: StartOf<'_>,
    ) -> Result<StartedExecution, HostError> {
        let machine = self.inner.machine_of(revision, machine_arn).await?;
        let machine = machine.ok_or_else(|| HostError::NoMachine { machine: machine_arn.to_owned() })?;
        self.start_on(machine, start).await
    }

    /// The executor of a revision of a machine that the store has: what runs the executions of Express workflows, which are not kept.
    ///
    /// # Errors
    /// When the store has no such revision or it cannot be run, or the store fails.
    pub async fn executor(&self, machine_arn: &str, revision: &str) -> Result<Executor, HostError> {
        let machine = self.inner.machine_of(revision, machine_arn).await?;
        let machine = machine.ok_or_else(|| HostError::NoMachine { machine: machine_arn.to_owned() })?;
        Ok(machine.executor)
    }

    async fn start_on(&self, machine: Machine, start: StartOf<'_>) -> Result<StartedExecution, HostError> {
        let inner = &self.inner;
        let StartOf { name, input, version, alias, details } = start;
        if machine.workflow_type == WorkflowType::Express {
            return Err(HostError::Express { machine: machine.name });
        }
        let name = match name {
            Some(name) => name.to_owned(),
            None => uuid::Uuid::from_bytes(random()?).to_string(),
        };
        let started = timestamp(millis(inner.clock.now()));
        let key = inner.key(&[&machine.arn, &name])?;
        let begin = Begin { name, input, key, started };
        let running = Box::new(Running::begin(&machine.executor, &begin).map_err(HostError::Run)?);
        let arn = running.turns().execution_arn();
        let new = NewExecution {
            arn: arn.clone(),
            name: begin.name.clone(),
            machine: machine.arn.clone(),
            revision: machine.revision.clone(),
            version,
            alias,
            details,
            input: begin.input.to_string(),
            head: journal::head(&key),
            started: millis(started),
            lease: Some(Lease { owner: inner.owner.clone(), until: inner.until() }),
            free_before: millis(started).saturating_sub(span(inner.retention)),
            ..NewExecution::default()
        };
        match inner.store.start(new).await? {
            Started::New { id, fence } => {
                inner.send(Event::Begun { id, fence, arn: arn.clone(), running })?;
                Ok(StartedExecution { execution_arn: arn, started, is_new: true })
            }
            Started::Same(known) => Ok(StartedExecution {
                execution_arn: arn,
                started: timestamp(known.summary.started),
                is_new: false,
            }),
            Started::NameTaken(_) => Err(HostError::Run(RunError::ExecutionAlreadyExists { arn })),
        }
    }

    /// What is kept of an execution.
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
            let (sender, receiver) = oneshot::channel();
            {
                let mut state = self.inner.lock();
                if state.closed {
                    return Err(self.inner.over(&state));
                }
                state.ends.entry(execution_arn.to_owned()).or_default().push(sender);
            }
            let known = self.describe(execution_arn).await?;
            if known.summary.status.is_closed() {
                return Ok(known);
            }
            if let Some(error) = self.inner.lock().refused.get(execution_arn) {
                return Err(HostError::Recover(error.clone()));
            }
            // It may end on another host, of which nobody tells.
            let _ = tokio::time::timeout(self.inner.poll, receiver).await;
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
        stepfn_executor::turns::check(&input).map_err(HostError::Token)?;
        let to = Address::Token { token: token.to_owned(), closes };
        match self.deliver(to, Message::Input(input)).await? {
            Delivered::To(_) => Ok(()),
            Delivered::Missing => Err(HostError::Token(stepfn_executor::turns::unknown_token(token))),
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
            let (sender, receiver) = oneshot::channel();
            self.inner.lock().workers.entry(activity_arn.to_owned()).or_default().push(sender);
            if let Some(task) = self.get_activity_task(activity_arn, worker_name).await? {
                return Ok(Some(task));
            }
            let left = end.saturating_duration_since(tokio::time::Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            let _ = tokio::time::timeout(left.min(self.inner.poll), receiver).await;
        }
    }

    /// `RedriveExecution`: lets an execution that failed, timed out or was stopped go on from where it stopped, within 14 days. Gives
    /// since when.
    ///
    /// # Errors
    /// When it runs, succeeded, ended too long ago, or there is none of this ARN.
    pub async fn redrive(&self, execution_arn: &str) -> Result<Timestamp, HostError> {
        let known = self.describe(execution_arn).await?;
        let now = self.inner.clock.now();
        let not = |reason: &'static str| {
            HostError::Redrive(stepfn_executor::RedriveError::NotRedrivable { reason })
        };
        if known.end.as_ref().is_some_and(|end| millis(now) - end.at > span(REDRIVE)) {
            return Err(not("Execution redrivable period exceeded"));
        }
        let key = self.inner.key(&[execution_arn, &known.summary.redrives.to_string()])?;
        let redrive = Redrive {
            execution: execution_arn.to_owned(),
            data: Message::Redrive(key).write(),
            key: String::new(),
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
        self.idle().await?;
        let (sender, receiver) = oneshot::channel();
        self.inner.send(Event::Pass(sender))?;
        let now = receiver.await.map_err(|_| self.inner.over(&self.inner.lock()))?;
        self.idle().await?;
        Ok(now)
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

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change leaves the state whole, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, event: Event) -> Result<(), HostError> {
        self.events.send(event).map_err(|_| self.over(&self.lock()))
    }

    fn over(&self, state: &State) -> HostError {
        HostError::Stopped { reason: state.failure.clone() }
    }

    /// A key that nobody guesses. On virtual time the same has the same in each run.
    fn key(&self, of: &[&str]) -> Result<[u8; 32], HostError> {
        let mut key = [0; 32];
        if self.clock.is_virtual() {
            return Ok(of
                .iter()
                .fold(Sha256::new(), |digest, part| digest.chain_update(part))
                .finalize()
                .into());
        }
        getrandom::fill(&mut key).map_err(|error| HostError::Random { reason: error.to_string() })?;
        Ok(key)
    }

    fn until(&self) -> i64 {
        millis(self.clock.now()).saturating_add(span(self.lease))
    }

    /// Makes a machine known to the store and to those who start executions.
    async fn register(&self, machine: Machine) -> Result<(), HostError> {
        let kind = match machine.workflow_type {
            WorkflowType::Standard => MachineKind::Standard,
            WorkflowType::Express => MachineKind::Express,
        };
        let revision = Revision {
            id: machine.revision.clone(),
            machine: machine.arn.clone(),
            definition: machine.text.clone(),
            details: "{}".to_owned(),
            created: millis(self.clock.now()),
        };
        let new = NewMachine {
            arn: machine.arn.clone(),
            name: machine.name.clone(),
            kind,
            revision: revision.clone(),
            tags: Vec::new(),
            publish: None,
        };
        if let Created::Exists(known) = self.store.create_machine(new).await?
            && known.revision != revision.id
        {
            match self.store.update_machine(Update { revision, publish: None }).await? {
                Published::Done(_) => {}
                other => {
                    return Err(HostError::Register { machine: machine.name, reason: format!("{other:?}") });
                }
            }
        }
        let mut state = self.lock();
        state.revisions.insert(machine.revision.clone(), machine.clone());
        state.current.insert(machine.name.clone(), machine);
        Ok(())
    }

    /// The machine of a revision; one that is not registered is made of what the store has of it.
    pub(crate) async fn machine_of(&self, revision: &str, arn: &str) -> Result<Option<Machine>, StoreError> {
        if let Some(known) = self.lock().revisions.get(revision) {
            return Ok(Some(known.clone()));
        }
        let Some(kept) = self.store.revision(revision.to_owned()).await? else { return Ok(None) };
        let name = arn.rsplit(':').next().unwrap_or(arn);
        let kind = match self.store.machine(arn.to_owned()).await?.map(|machine| machine.kind) {
            Some(MachineKind::Express) => WorkflowType::Express,
            Some(MachineKind::Standard) | None => WorkflowType::Standard,
        };
        let Some(mut registered) = machine::restored(name, kind, &kept.definition) else {
            return Ok(None);
        };
        let mut state = self.lock();
        // The functions are those of today's definition, where it has the same tasks.
        registered.configure.push(match state.current.get(name) {
            Some(current) => current.functions(),
            // A Task that nothing is bound to fails when it is reached.
            None => Arc::new(|_, builder| builder.allow_unbound()),
        });
        let built = machine::build_one(&registered, &self.common, state.current.values());
        let Ok(machine) = built else { return Ok(None) };
        let machine = Machine { revision: revision.to_owned(), ..machine };
        state.revisions.insert(revision.to_owned(), machine.clone());
        Ok(Some(machine))
    }

    /// Notes that the store failed.
    pub(crate) fn failed(&self, what: &str, error: &StoreError) {
        self.lock().failure = Some(format!("cannot {what}: {error}"));
    }

    /// Notes that an execution cannot go on.
    pub(crate) fn refuse(&self, arn: String, error: RecoverError) {
        let mut state = self.lock();
        state.ends.remove(&arn);
        state.refused.insert(arn, error);
    }

    /// Tells who waits for the end of an execution.
    pub(crate) fn ended(&self, arn: &str) {
        for waiting in self.lock().ends.remove(arn).into_iter().flatten() {
            let _ = waiting.send(());
        }
    }

    /// Notes that the loop has ended.
    pub(crate) fn closed(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.ends.clear();
        state.workers.clear();
    }
}

fn span(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

fn random() -> Result<[u8; 16], HostError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| HostError::Random { reason: error.to_string() })?;
    Ok(bytes)
}
