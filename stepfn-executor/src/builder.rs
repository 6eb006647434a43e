mod build;
mod error;

use std::{collections::HashMap, fmt, sync::Arc};

use jiff::Timestamp;
#[cfg(feature = "object-store")]
use object_store::ObjectStore;
use stepfn_core::definition::Definition;

use self::build::Declared;
pub use self::error::BuildError;
use crate::{
    executor::{Bound, Clock, Executor, FunctionsBy, Inner},
    handler::TaskHandler,
    identity::Identity,
    limits::Limits,
    map_run::{Bucket, Objects},
    mock::Mock,
    mock_file::MockCase,
    program::{function_name, machine_name},
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
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Rest", "States": { "Rest": { "Type": "Wait", "Seconds": 3600, "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Resting", WorkflowType::Standard, machine);
    /// let executor = stepfn_executor::Executor::builder().virtual_time().build(&definition)?;
    /// let outcome = executor.run_blocking(Value::Null)?; // at once
    /// assert_eq!(outcome.duration().as_secs(), 3600);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
    ///     "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// let executor = stepfn_executor::Executor::builder()
    ///     .task("Load", |_: Value| async { Ok(Value::from("loaded")) })
    ///     .build(&definition)?;
    /// assert_eq!(executor.run_blocking(Value::Null)?.output(), Some(&Value::from("loaded")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn task(mut self, state: impl Into<String>, handler: impl TaskHandler) -> Self {
        self.states.insert(state.into(), bound(handler));
        self
    }

    /// Mocks a Task state, by its name or JSON pointer.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
    ///     "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// let executor = stepfn_executor::Executor::builder()
    ///     .mock("Load", stepfn_executor::Mock::fail("Busy", "come back later"))
    ///     .build(&definition)?;
    /// assert_eq!(executor.run_blocking(Value::Null)?.error(), Some("Busy"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Tell", "States": { "Tell": {
    ///     "Type": "Task", "Resource": "arn:aws:states:::sns:publish",
    ///     "Parameters": { "TopicArn": "arn:aws:sns:eu-west-1:123456789012:t", "Message.$": "$" }, "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Telling", WorkflowType::Standard, machine);
    /// let executor = stepfn_executor::Executor::builder()
    ///     .resource("arn:aws:states:::sns:publish", |message: Value| async move { Ok(message["Message"].clone()) })
    ///     .build(&definition)?;
    /// assert_eq!(executor.run_blocking(Value::from("hello"))?.output(), Some(&Value::from("hello")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
    ///     "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// let executor = stepfn_executor::Executor::builder()
    ///     .function("load", |order: Value| async move { Ok(order["id"].clone()) })
    ///     .build(&definition)?;
    /// let outcome = executor.run_blocking(Value::object([("id", Value::from(7))]))?;
    /// assert_eq!(outcome.output(), Some(&Value::from(7)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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

    /// Binds a bucket to objects in memory, for tests: what a distributed Map writes there can be read of them afterwards.
    ///
    /// ```
    /// use stepfn_executor::{Executor, Objects};
    ///
    /// let films = Objects::new().with("films.csv", "title,year\nAlien,1979\n");
    /// let builder = Executor::builder().objects("films", &films);
    /// # let _ = builder;
    /// ```
    #[must_use]
    pub fn objects(mut self, bucket: impl Into<String>, objects: &Objects) -> Self {
        self.buckets.insert(bucket.into(), Arc::new(objects.clone()));
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
}

impl fmt::Debug for ExecutorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecutorBuilder").finish_non_exhaustive()
    }
}

fn bound(handler: impl TaskHandler) -> Bound {
    Bound { handler: Arc::new(handler) }
}
