use std::{collections::HashMap, fmt, sync::Arc};

use jiff::Timestamp;
#[cfg(feature = "object-store")]
use object_store::{ObjectStore, local::LocalFileSystem};
use stepfn_core::{definition::Definition, diagnostic::nearest, task::Handler};

#[cfg(feature = "object-store")]
use crate::map_run::Folder;
use crate::{
    declared::Held,
    eval::system_bytes,
    executor::{Bound, Clock, Environment, Executor, FunctionsBy, Inner, Parts, Settings},
    handler::{Attempt, TaskCall, TaskHandler},
    identity::Identity,
    limits::Limits,
    map_run::Bucket,
    mock::Mock,
    mock_file::MockCase,
    outcome::Unbound,
    program::{self, CompileError, Family, Program, State, Task, function_name, machine_name},
    shared::OpenCounts,
    time::{Time, VirtualTime},
};

/// The transitions that an execution on virtual time may make: an endless loop without a Wait never lets time pass.
const VIRTUAL_TRANSITIONS: u64 = 1_000_000;

/// Describes an [`Executor`].
///
/// A task's work is looked up by its state first, then by its Lambda function, by its resource, and last in the
/// definition, whose handlers are those that the workflow was declared with.
#[derive(Default)]
pub struct ExecutorBuilder {
    pub(crate) clock: Option<Clock>,
    pub(crate) seed: Option<i64>,
    pub(crate) identity: Identity,
    pub(crate) states: HashMap<String, Bound>,
    pub(crate) resources: HashMap<String, Bound>,
    pub(crate) functions: HashMap<String, Bound>,
    pub(crate) functions_by: Option<FunctionsBy>,
    pub(crate) substitutions: Vec<(String, String)>,
    pub(crate) hold_for_callbacks: bool,
    pub(crate) waits_for_callbacks: bool,
    pub(crate) allow_unbound: bool,
    pub(crate) any_input: bool,
    pub(crate) limits: Limits,
    pub(crate) max_transitions: Option<u64>,
    pub(crate) buckets: HashMap<String, Arc<dyn Bucket>>,
    #[cfg(feature = "object-store")]
    pub(crate) folders: Vec<(String, std::path::PathBuf)>,
    pub(crate) machines: HashMap<String, Arc<Inner>>,
    pub(crate) keep_children: usize,
    pub(crate) keep_history: bool,
    pub(crate) is_async: bool,
}

impl ExecutorBuilder {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Runs on virtual time, which starts at [`VirtualTime::START`] for each execution. The default.
    #[must_use]
    pub fn virtual_time(self) -> Self {
        self.virtual_time_from(VirtualTime::START)
    }

    /// Runs on virtual time with a start of your own.
    #[must_use]
    pub fn virtual_time_from(mut self, start: Timestamp) -> Self {
        self.clock = Some(Clock::Virtual(start));
        self
    }

    /// Runs on real time, inside a tokio runtime with its timer enabled.
    #[must_use]
    pub fn real_time(mut self) -> Self {
        self.clock = Some(Clock::Real);
        self
    }

    /// Runs all executions on a clock of your own.
    #[must_use]
    pub fn time(mut self, time: impl Time) -> Self {
        self.clock = Some(Clock::Given(Arc::new(time)));
        self
    }

    /// Sets the seed of jitter, `States.MathRandom` and `$random`, and on virtual time of `States.UUID`, `$uuid`, execution names and
    /// task tokens as well. Without it virtual time draws from 0, and real time from chance.
    ///
    /// On real time UUIDs, names and tokens come from the operating system's randomness: whoever knows one cannot compute another.
    #[must_use]
    pub fn seed(mut self, seed: i64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Binds the work of a Task state, by its name or, where several machines inside have that name, by its JSON pointer
    /// (`/States/Each/ItemProcessor/States/Load`).
    #[must_use]
    pub fn task(mut self, state: impl Into<String>, handler: impl TaskHandler) -> Self {
        self.states.insert(state.into(), bound(handler));
        self
    }

    /// Mocks a Task state, by its name or JSON pointer.
    #[must_use]
    pub fn mock(self, state: impl Into<String>, mock: Mock) -> Self {
        self.task(state, mock)
    }

    /// Mocks the Task states of a test case, as defined in its [mock file](crate::mock_file).
    #[must_use]
    pub fn mocks(mut self, case: &MockCase) -> Self {
        for (state, response) in case.handlers() {
            self.states.insert(state.to_owned(), bound(response));
        }
        self
    }

    /// Binds the work of all states with this `Resource`.
    #[must_use]
    pub fn resource(mut self, arn: impl Into<String>, handler: impl TaskHandler) -> Self {
        self.resources.insert(arn.into(), bound(handler));
        self
    }

    /// Binds the functions that another definition was declared with, each by its name.
    #[must_use]
    pub fn functions_of(mut self, definition: &Definition) -> Self {
        for task in definition.functions() {
            if let Some(handler) = task.handler {
                self = self.function(task.name, Declared(handler));
            }
        }
        self
    }

    /// Binds the Lambda functions that nothing else is bound to, each by its bare name: to a client of a service that has functions,
    /// for one. Where there is no handler for a name, nothing is bound to it.
    #[must_use]
    pub fn functions_by<H: TaskHandler>(
        mut self,
        by: impl Fn(&str) -> Option<H> + Send + Sync + 'static,
    ) -> Self {
        self.functions_by = Some(Arc::new(move |name| by(name).map(bound)));
        self
    }

    /// Binds a Lambda function, by its name or ARN: it is called by the states that have its ARN as `Resource`, and by
    /// `lambda:invoke` with it as `FunctionName`.
    #[must_use]
    pub fn function(mut self, name: impl AsRef<str>, handler: impl TaskHandler) -> Self {
        self.functions.insert(function_name(name.as_ref()).to_owned(), bound(handler));
        self
    }

    /// Registers a state machine that others may start, in the place of the one of this name where the workflow itself declares which it
    /// starts (`states::start_execution(Pay)`): those need no registration.
    ///
    /// It is known by its name, its ARN, or the `${Name}` that a definition has in place of it.
    ///
    /// A Task of `states:startExecution`, with `.sync`, `.sync:2` or `.waitForTaskToken` or without, starts it, and so do
    /// `aws-sdk:sfn:startExecution` and `aws-sdk:sfn:startSyncExecution`, unless a handler or mock is bound to the Task. A machine
    /// knows itself, and the machines registered where it is registered. The execution runs on the clock of the one that started
    /// it, and within its future: that is done when all executions are that were started in it, `.sync` or not, or wait for callbacks
    /// on virtual time that nobody holds. Among them a `Name` is
    /// there for one Standard execution only; the children of distributed Maps count for themselves. Task tokens are known to all;
    /// `aws-sdk:sfn:sendTaskSuccess`, `sendTaskFailure` and `sendTaskHeartbeat` need nothing bound to them.
    ///
    /// ```
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// use stepfn_executor::Executor;
    ///
    /// let definition = |name: &str, text: &str| {
    ///     asl::read_str(text).map(|(machine, _)| Definition::from_asl(name, WorkflowType::Standard, machine))
    /// };
    /// let pay = definition("Pay", r#"{"StartAt": "Paid", "States": {
    ///     "Paid": { "Type": "Pass", "Parameters": { "paid.$": "$.price" }, "End": true }
    /// }}"#)?;
    /// let order = definition("Order", r#"{"StartAt": "Pay", "States": {
    ///     "Pay": {
    ///         "Type": "Task",
    ///         "Resource": "arn:aws:states:::states:startExecution.sync:2",
    ///         "Parameters": {
    ///             "StateMachineArn": "${Pay}",
    ///             "Input": { "price.$": "$.price", "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id" }
    ///         },
    ///         "OutputPath": "$.Output",
    ///         "End": true
    ///     }
    /// }}"#)?;
    /// let executor = Executor::builder().state_machine("Pay", &Executor::new(&pay)?).build(&order)?;
    /// let outcome = executor.run_blocking(Value::object([("price", Value::from(9))]))?;
    /// assert_eq!(outcome.output().map(Value::to_string).as_deref(), Some(r#"{"paid":9}"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn state_machine(mut self, name: impl AsRef<str>, executor: &Executor) -> Self {
        self.machines.insert(machine_name(name.as_ref()).to_owned(), Arc::clone(&executor.inner));
        self
    }

    /// Sets the replacement of `${name}` in the definition's strings, such as the ARN of a topic. Placeholders without a replacement stay as
    /// they are.
    #[must_use]
    pub fn substitute(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.substitutions.push((name.into(), text.into()));
        self
    }

    /// Sets the region in generated ARNs and in the history; `us-east-1` by default.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.identity.region = region.into();
        self
    }

    /// Sets the account in generated ARNs; `123456789012` by default.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.identity.account = account.into();
        self
    }

    /// Sets the role of the state machine: `$$.Execution.RoleArn`.
    #[must_use]
    pub fn role_arn(mut self, arn: impl Into<String>) -> Self {
        self.identity.role_arn = Some(arn.into());
        self
    }

    /// Runs as AWS ran at that time, where it is known to have changed since: before November 2023 the context object had no
    /// `RedriveCount`, before November 2024 the `MapStateExited` of a distributed Map came from `MapRunSucceeded`. The newest AWS
    /// by default. The executions' own clock is independent of it.
    #[must_use]
    pub fn as_of(mut self, time: Timestamp) -> Self {
        self.identity.as_of = Some(time);
        self
    }

    /// Stops virtual time while a task token is pending, for callbacks that come from other threads or tasks.
    /// Otherwise time goes on to the task's `TimeoutSeconds` as soon as nothing else can run.
    #[must_use]
    pub fn hold_time_for_callbacks(mut self) -> Self {
        self.hold_for_callbacks = true;
        self
    }

    /// Has [`run_blocking`](crate::Execution::run_blocking) wait for callbacks that come from other threads by the executor:
    /// [`send_task_success`](Executor::send_task_success), workers of activities. Otherwise an execution that waits for nothing but a
    /// callback comes to [`RunError::Stuck`](crate::RunError::Stuck), unless somebody holds a [`Control`](crate::Control) of it.
    ///
    /// ```
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// use stepfn_executor::Executor;
    ///
    /// let pack = "arn:aws:states:us-east-1:123456789012:activity:pack";
    /// let (machine, _) = asl::read_str(&format!(
    ///     r#"{{ "StartAt": "Pack", "States": {{ "Pack": {{ "Type": "Task", "Resource": "{pack}", "End": true }} }} }}"#,
    /// ))?;
    /// let definition = Definition::from_asl("Packing", WorkflowType::Standard, machine);
    /// let executor = Executor::builder().wait_for_callbacks().build(&definition)?;
    /// let (worker, runtime) = (executor.clone(), tokio::runtime::Builder::new_current_thread().build()?);
    /// let packing = std::thread::spawn(move || {
    ///     let task = runtime.block_on(worker.next_activity_task(pack, None));
    ///     worker.send_task_success(&task.token, "packed")
    /// });
    /// assert_eq!(executor.run_blocking(Value::Null)?.output(), Some(&Value::from("packed")));
    /// packing.join().expect("the worker ends")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn wait_for_callbacks(mut self) -> Self {
        self.waits_for_callbacks = true;
        self
    }

    /// Builds although some Tasks have nothing bound to them. An execution that reaches one stops with
    /// [`RunError::Unbound`](crate::RunError::Unbound).
    #[must_use]
    pub fn allow_unbound(mut self) -> Self {
        self.allow_unbound = true;
        self
    }

    /// Takes any input, as AWS does, and not only what the machine was declared to take: a document that does not fit fails where
    /// it is read first.
    #[must_use]
    pub fn any_input(mut self) -> Self {
        self.any_input = true;
        self
    }

    /// Sets the number of transitions that an execution may make. The default is a million on virtual time, as an endless loop would never
    /// end there, and no limit on real time.
    #[must_use]
    pub fn max_transitions(mut self, limit: u64) -> Self {
        self.max_transitions = Some(limit);
        self
    }

    /// Sets the bounds of the executor, which are AWS's quotas by default. Executions that others start have the bounds of
    /// those.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Binds a bucket that distributed Maps read from and write to.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use object_store::{ObjectStoreExt, memory::InMemory};
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// use stepfn_executor::Executor;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let store = Arc::new(InMemory::new());
    /// store.put(&"films.csv".into(), "title,year\nAlien,1979\n".into()).await?;
    /// let (machine, _) = asl::read_str(r#"{
    ///     "StartAt": "Films",
    ///     "States": {
    ///         "Films": {
    ///             "Type": "Map",
    ///             "ItemReader": {
    ///                 "Resource": "arn:aws:states:::s3:getObject",
    ///                 "ReaderConfig": { "InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW" },
    ///                 "Parameters": { "Bucket": "films", "Key": "films.csv" }
    ///             },
    ///             "ItemProcessor": {
    ///                 "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
    ///                 "StartAt": "Film",
    ///                 "States": { "Film": { "Type": "Pass", "End": true } }
    ///             },
    ///             "End": true
    ///         }
    ///     }
    /// }"#)?;
    /// let definition = Definition::from_asl("Films", WorkflowType::Standard, machine);
    /// let outcome =
    ///     Executor::builder().bucket("films", store).build(&definition)?.run(Value::empty_object()).await?;
    /// assert_eq!(outcome.output().map(Value::to_string).as_deref(), Some(r#"[{"title":"Alien","year":"1979"}]"#));
    /// assert_eq!(outcome.map_runs[0].succeeded, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Needs the feature `object-store`.
    #[cfg(feature = "object-store")]
    #[must_use]
    pub fn bucket(mut self, name: impl Into<String>, store: Arc<dyn ObjectStore>) -> Self {
        self.buckets.insert(name.into(), Arc::new(store));
        self
    }

    /// Binds a bucket to a folder of this machine, whose files are its objects. The folder must be there when the executor is
    /// built. Symbolic links in it are neither read nor written through. Needs the feature `object-store`.
    #[cfg(feature = "object-store")]
    #[must_use]
    pub fn bucket_dir(mut self, name: impl Into<String>, folder: impl Into<std::path::PathBuf>) -> Self {
        self.folders.push((name.into(), folder.into()));
        self
    }

    /// Says which feature is missing.
    #[cfg(not(feature = "object-store"))]
    #[doc(hidden)]
    #[must_use]
    pub fn bucket_dir<B: crate::missing::NeedsObjectStore>(
        self,
        _name: B,
        _folder: impl Into<std::path::PathBuf>,
    ) -> Self {
        self
    }

    /// Keeps the outcomes of that many children of each Map Run, with their histories, and of that many executions that were started:
    /// [`MapRun::children`](crate::MapRun::children), [`Outcome::started_executions`](crate::Outcome::started_executions). None by default.
    #[must_use]
    pub fn keep_children(mut self, most: usize) -> Self {
        self.keep_children = most;
        self
    }

    /// Keeps the histories of Express executions too, for [`Outcome::log_events`](crate::Outcome::log_events). AWS knows them by
    /// their logs alone; Standard executions keep theirs anyway.
    #[must_use]
    pub fn keep_history(mut self) -> Self {
        self.keep_history = true;
        self
    }

    /// Starts Express executions as `StartExecution` starts them, which answers at once, and not as `StartSyncExecution`: the context
    /// object has `RedriveCount` then, as recorded on AWS. Those that others start, and the children of distributed Maps, are what their
    /// states make them.
    #[must_use]
    pub fn asynchronous(mut self) -> Self {
        self.is_async = true;
        self
    }

    /// Compiles the definition and binds its tasks.
    ///
    /// # Errors
    /// When the definition cannot be run, a bound state does not exist, or a task has nothing bound to it.
    pub fn build(self, definition: &Definition) -> Result<Executor, BuildError> {
        self.with_children(definition)?.build_alone(definition)
    }

    /// [`build`](Self::build), with the machines registered already that the definition starts.
    pub(crate) fn build_alone(self, definition: &Definition) -> Result<Executor, BuildError> {
        let substitutions = self.substitutions_of(definition);
        let program = Program::compile_with(definition, &substitutions).map_err(BuildError::Definition)?;
        self.check_states(&program.inner)?;
        let mut sites = Vec::with_capacity(program.inner.sites);
        sites.resize(program.inner.sites, None);
        let mut unbound = Vec::new();
        for (state, task) in program.inner.tasks() {
            let bound = self.find(state, task).or_else(|| {
                let handler = definition.handler(&state.pointer)?;
                Some(bound(Declared(handler)))
            });
            let bound = bound.or_else(|| self.functions_by.as_ref()?(function_of(task)?));
            let has_functions = !self.functions.is_empty() || self.functions_by.is_some();
            let dynamic = task.resource.is_lambda_invoke() && task.function.is_none() && has_functions;
            // Workers may take what activities have to do.
            let polled = task.resource.family == Family::Activity;
            let started = definition.children.iter().any(|child| child.state == state.pointer);
            if bound.is_none() && !dynamic && !polled && !started && !self.acts(task, definition) {
                unbound.push(Unbound {
                    state: state.name.to_string(),
                    pointer: state.pointer.clone(),
                    resource: task.resource.arn.clone(),
                });
            }
            sites[task.site] = bound.map(|bound| held(bound, task));
        }
        if !unbound.is_empty() && !self.allow_unbound {
            return Err(BuildError::Unbound(unbound));
        }
        let buckets = self.buckets;
        #[cfg(feature = "object-store")]
        let buckets = with_folders(buckets, self.folders)?;
        let clock = self.clock.unwrap_or(Clock::Virtual(VirtualTime::START));
        let is_virtual = match &clock {
            Clock::Virtual(_) => true,
            Clock::Real => false,
            Clock::Given(time) => time.is_virtual(),
        };
        let chance = || i64::from_be_bytes(system_bytes()[0]);
        Ok(Executor::from_parts(Parts {
            program,
            input: (!self.any_input).then_some(definition.input),
            machines: self.machines,
            settings: Settings {
                identity: self.identity,
                is_async: self.is_async,
                logs: self.keep_history,
                max_transitions: self.max_transitions.or(is_virtual.then_some(VIRTUAL_TRANSITIONS)),
                buckets: Arc::new(buckets),
                keep_children: self.keep_children,
                sites,
                functions: self.functions,
                functions_by: self.functions_by,
                seed: self.seed.unwrap_or_else(|| if is_virtual { 0 } else { chance() }),
                open: OpenCounts::default(),
            },
            env: Environment {
                hold_for_callbacks: self.hold_for_callbacks,
                waits_for_callbacks: self.waits_for_callbacks,
                ..Environment::new(clock, self.limits)
            },
        }))
    }

    /// Returns `true` if the executor does by itself what Step Functions does for the Task.
    fn acts(&self, task: &Task, definition: &Definition) -> bool {
        match &task.action {
            None => false,
            Some((action, _)) if !action.starts() => true,
            Some((_, Some(name))) => self.machines.contains_key(name) || *name == definition.name,
            Some((_, None)) => !self.machines.is_empty(),
        }
    }

    fn find(&self, state: &State, task: &Task) -> Option<Bound> {
        let by_state = self.states.get(&state.pointer).or_else(|| self.states.get(&*state.name));
        by_state
            .or_else(|| self.functions.get(function_of(task)?))
            .or_else(|| self.resources.get(&task.resource.arn))
            .cloned()
    }

    fn check_states(&self, program: &program::Inner) -> Result<(), BuildError> {
        let names = || program.tasks().map(|(state, _)| &*state.name);
        let known =
            |name: &str| program.tasks().any(|(state, _)| &*state.name == name || state.pointer == name);
        // In the order of the alphabet: the same mistake gives the same message.
        match self.states.keys().filter(|name| !known(name)).min() {
            None => Ok(()),
            Some(state) => Err(BuildError::UnknownState {
                state: state.clone(),
                near: nearest(state, names()).map(str::to_owned),
            }),
        }
    }
}

/// The bare name of the Lambda function that a Task calls, where it is known.
fn function_of(task: &Task) -> Option<&str> {
    match task.resource.family {
        Family::Lambda => Some(function_name(&task.resource.arn)),
        _ => task.function.as_deref(),
    }
}

fn bound(handler: impl TaskHandler) -> Bound {
    Bound { handler: Arc::new(handler) }
}

/// A mock is held to what the state was declared to bring.
fn held(bound: Bound, task: &Task) -> Bound {
    if !bound.handler.is_mock() {
        return bound;
    }
    Bound {
        handler: Arc::new(Held {
            mock: bound.handler,
            declared: task.declared,
            pattern: task.resource.pattern,
        }),
    }
}

/// A handler that the workflow was declared with.
struct Declared(Handler);

impl TaskHandler for Declared {
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        Attempt::Work((self.0)(call.input.clone()))
    }
}

impl fmt::Debug for ExecutorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecutorBuilder").finish_non_exhaustive()
    }
}

/// The buckets, and those that are folders.
#[cfg(feature = "object-store")]
fn with_folders(
    mut buckets: HashMap<String, Arc<dyn Bucket>>,
    folders: Vec<(String, std::path::PathBuf)>,
) -> Result<HashMap<String, Arc<dyn Bucket>>, BuildError> {
    for (bucket, folder) in folders {
        let store: Arc<dyn ObjectStore> = match LocalFileSystem::new_with_prefix(&folder) {
            Ok(store) => Arc::new(store),
            Err(error) => return Err(BuildError::Folder { bucket, reason: error.to_string() }),
        };
        buckets.insert(bucket, Arc::new(Folder { store, root: folder }));
    }
    Ok(buckets)
}

/// The error of building an executor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// The definition cannot be run.
    Definition(CompileError),
    /// Tasks have neither handler nor mock.
    Unbound(Vec<Unbound>),
    /// A handler or mock is bound to a Task state that does not exist.
    UnknownState {
        /// The name or JSON pointer.
        state: String,
        /// A name that is near.
        near: Option<String>,
    },
    /// A machine that the definition starts has no executor.
    Child {
        /// Its name.
        machine: String,
        /// Why not.
        error: Box<Self>,
    },
    /// The folder of a bucket cannot be used.
    Folder {
        /// The bucket's name.
        bucket: String,
        /// The reason.
        reason: String,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Definition(error) => error.fmt(f),
            Self::Unbound(unbound) => {
                for (index, unbound) in unbound.iter().enumerate() {
                    if index > 0 {
                        f.write_str("\n")?;
                    }
                    unbound.fmt(f)?;
                }
                Ok(())
            }
            Self::Child { machine, error } => write!(f, "`{machine}`, which is started: {error}"),
            Self::Folder { bucket, reason } => {
                write!(f, "the folder of the bucket `{bucket}` cannot be used: {reason}")
            }
            Self::UnknownState { state, near } => {
                write!(f, "a handler is bound to `{state}`, but there is no Task state of that name")?;
                match near {
                    Some(near) => write!(f, "\nhelp: did you mean `{near}`?"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for BuildError {}
