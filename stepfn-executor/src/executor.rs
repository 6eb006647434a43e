mod tokens;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use stepfn_core::{
    definition::{Definition, WorkflowType},
    json,
    shape::{self, Shape},
    value::Value,
};

use crate::{
    builder::{BuildError, ExecutorBuilder},
    eval::Random,
    execution::Execution,
    handler::TaskHandler,
    identity::{Identity, is_name},
    interpreter::{Info, Interpreter},
    limits::Limits,
    map_run::Buckets,
    outcome::{Outcome, RunError},
    program::{self, Family, Program, StateId, Task, function_name},
    shared::{Numbers, OpenCounts, Shared, Stripes},
    size::{self, Extent, Size},
    time::{Time, VirtualTime, Watch},
    tokens::Registry,
};

/// Runs a state machine in this process. Cheap to clone; all clones run the same machine with the same handlers.
#[derive(Clone)]
pub struct Executor {
    pub(crate) inner: Arc<Inner>,
    stripes: Stripes,
    program: Program,
}

/// A machine that runs: its program, its settings, and its environment.
pub(crate) struct Inner {
    pub(crate) program: Arc<program::Inner>,
    pub(crate) keeps_history: bool,
    /// The shape that inputs must have; `None` if any will do.
    pub(crate) input: Option<&'static Shape>,
    /// The machines that Tasks may start, by their names.
    pub(crate) machines: Arc<HashMap<String, Arc<Self>>>,
    /// The number of executions around this one.
    pub(crate) depth: u32,
    pub(crate) settings: Arc<Settings>,
    pub(crate) env: Arc<Environment>,
    /// The names that were given to executions.
    names: Mutex<Names>,
    started: Numbers,
}

/// The settings that the builder was given for a machine: the children of its Maps follow them too.
pub(crate) struct Settings {
    pub(crate) identity: Identity,
    /// Whether executions are started by `StartExecution`, Express ones too.
    pub(crate) is_async: bool,
    /// Whether Express executions keep a history.
    pub(crate) logs: bool,
    pub(crate) max_transitions: Option<u64>,
    pub(crate) buckets: Buckets,
    /// The number of children of each Map Run that are kept.
    pub(crate) keep_children: usize,
    pub(crate) sites: Vec<Option<Bound>>,
    pub(crate) functions: HashMap<String, Bound>,
    pub(crate) functions_by: Option<FunctionsBy>,
    pub(crate) seed: i64,
    /// The number of open executions.
    pub(crate) open: OpenCounts,
}

/// The environment that all executions within one share: clock, tokens, limits.
pub(crate) struct Environment {
    pub(crate) clock: Clock,
    pub(crate) registry: Registry,
    pub(crate) limits: Arc<Limits>,
    /// Whether virtual time stops for callbacks.
    pub(crate) hold_for_callbacks: bool,
    /// Whether a blocked thread waits for callbacks from others.
    pub(crate) waits_for_callbacks: bool,
}

impl Environment {
    pub(crate) fn new(clock: Clock, limits: Limits) -> Self {
        let limits = Arc::new(limits);
        let registry = Registry::new(Arc::clone(&limits));
        Self { clock, registry, limits, hold_for_callbacks: false, waits_for_callbacks: false }
    }
}

/// The names that Standard executions were given. AWS keeps them for 90 days, and this the last of them.
#[derive(Default)]
struct Names {
    known: HashSet<Arc<str>>,
    order: VecDeque<Arc<str>>,
}

impl Names {
    /// Returns `true` if a name was not taken before; now it is, and so many of the last ones are known.
    fn take(&mut self, name: &str, most: usize) -> bool {
        let name: Arc<str> = name.into();
        if !self.known.insert(Arc::clone(&name)) {
            return false;
        }
        self.order.push_back(name);
        if self.order.len() > most
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

/// The handler bound to a Task.
#[derive(Clone)]
pub(crate) struct Bound {
    pub(crate) handler: Arc<dyn TaskHandler>,
}

/// The handlers of the Lambda functions that nothing else is bound to, by their names.
pub(crate) type FunctionsBy = Arc<dyn Fn(&str) -> Option<Bound> + Send + Sync>;

#[derive(Clone, Debug)]
pub(crate) enum Clock {
    /// A virtual clock for each execution.
    Virtual(Timestamp),
    Real,
    /// One clock for all.
    Given(Arc<dyn Time>),
}

/// The parts of an executor.
pub(crate) struct Parts {
    pub(crate) program: Program,
    pub(crate) input: Option<&'static Shape>,
    pub(crate) machines: HashMap<String, Arc<Inner>>,
    pub(crate) settings: Settings,
    pub(crate) env: Environment,
}

impl Executor {
    /// Starts the description of an executor.
    pub fn builder() -> ExecutorBuilder {
        ExecutorBuilder::new()
    }

    /// An executor of a definition whose tasks all have handlers, on virtual time.
    ///
    /// # Errors
    /// As [`ExecutorBuilder::build`].
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// let executor = stepfn_executor::Executor::new(&definition)?;
    /// assert_eq!(executor.state_machine_arn(), "arn:aws:states:us-east-1:123456789012:stateMachine:Greeting");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(definition: &Definition) -> Result<Self, BuildError> {
        Self::builder().build(definition)
    }

    pub(crate) fn from_parts(parts: Parts) -> Self {
        let Parts { program, input, machines, settings, env } = parts;
        let inner = Inner {
            input,
            machines: Arc::new(machines),
            ..Inner::new(Arc::clone(&program.inner), Arc::new(settings), Arc::new(env))
        };
        Self::of(inner, program)
    }

    fn of(inner: Inner, program: Program) -> Self {
        let inner = Arc::new(inner);
        Self { stripes: Stripes::of(&inner), inner, program }
    }

    /// The executor, as an execution holds it that starts on this thread.
    pub(crate) fn shared(&self) -> &Shared {
        self.stripes.here()
    }

    /// The ARN of the machine, with the executor's account and region.
    pub fn state_machine_arn(&self) -> String {
        self.inner.settings.identity.state_machine_arn(&self.inner.program.name)
    }

    /// The executor of the Standard children that a distributed Map of this machine starts, for hosts of executions in
    /// [turns](crate::turns): `processor` and `label` are those of [`MapChild`](crate::turns::MapChild). None where the machine has no
    /// such state.
    pub fn of_map_children(&self, processor: usize, label: &str) -> Option<Self> {
        let program = &self.inner.program;
        let start = u32::try_from(processor).ok().filter(|_| processor < program.states.len())?;
        let program = program.of_children(StateId(start), WorkflowType::Standard, label);
        let inner = self.inner.of_children(program);
        let program = Program { inner: Arc::clone(&inner.program) };
        Some(Self::of(inner, program))
    }

    /// The compiled machine.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Starts an execution. Nothing happens before the [`Execution`] is awaited or driven.
    pub fn start(&self, input: Value) -> Execution {
        self.start_named(None, input)
    }

    /// Starts an execution with a name of your own.
    ///
    /// As on AWS a name has 1 to 80 characters, none of them blanks, control characters or `<>{}[]?*"#%\\^|~`$&,;:/`, and of a Standard
    /// machine no two executions may have the same one: the [`Execution`] comes to [`RunError::InvalidName`] or
    /// [`RunError::ExecutionAlreadyExists`] then.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// let executor = stepfn_executor::Executor::new(&definition)?;
    /// let execution = executor.start_with_name("monday", Value::Null);
    /// assert!(execution.execution_arn().ends_with(":execution:Greeting:monday"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start_with_name(&self, name: impl Into<String>, input: Value) -> Execution {
        self.start_named(Some(name.into()), input)
    }

    /// Starts an execution with an input in JSON text.
    ///
    /// # Errors
    /// [`RunError::InvalidInput`] when the text is not JSON.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// let executor = stepfn_executor::Executor::new(&definition)?;
    /// let outcome = executor.start_json(r#"{ "name": "you" }"#)?.run_blocking()?;
    /// assert_eq!(outcome.output(), Some(&Value::from("hello")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start_json(&self, input: &str) -> Result<Execution, RunError> {
        let input =
            json::parse_value(input).map_err(|error| RunError::InvalidInput { reason: error.to_string() })?;
        Ok(self.start(input))
    }

    fn start_named(&self, name: Option<String>, input: Value) -> Execution {
        let inner = &self.inner;
        let (time, random) = inner.next_start(None);
        let id = random.id();
        let size = inner.env.limits.payload();
        let extent = Extent::of(&input, size);
        let is_sound = name.is_none() && extent.fits(size) && inner.input.is_none();
        let executor = self.shared();
        let (mut input, mut admitted) = (input, Ok(()));
        if !is_sound {
            (input, admitted) = inner.judged(name.as_deref(), input, extent, size);
        }
        let admitted = admitted.and_then(|()| executor.open());
        let is_async = executor.settings.is_async;
        let info = Info { name, id, input, started: time.now(), redrives: 0, redriven: None, is_async };
        Execution::new(Interpreter::new(executor.clone(), info, extent, time, random), admitted)
    }

    /// Runs an execution to its end.
    ///
    /// # Errors
    /// An error that AWS does not have: [`RunError`]. An execution that fails is an [`Outcome`].
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let outcome = stepfn_executor::Executor::new(&definition)?.run(Value::Null).await?;
    /// assert_eq!(outcome.output(), Some(&Value::from("hello")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn run(&self, input: Value) -> Result<Outcome, RunError> {
        self.start(input).await
    }

    /// Runs an execution to its end on this thread, without an async runtime around.
    ///
    /// # Errors
    /// As [`run`](Self::run), and as [`Execution::run_blocking`].
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "Result": "hello", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
    /// let outcome = stepfn_executor::Executor::new(&definition)?.run_blocking(Value::Null)?;
    /// assert_eq!(outcome.output(), Some(&Value::from("hello")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run_blocking(&self, input: Value) -> Result<Outcome, RunError> {
        self.start(input).run_blocking()
    }
}

impl Inner {
    /// Returns the input of an execution that is to be held, and whether it may start with its name and input.
    fn judged(
        &self,
        name: Option<&str>,
        input: Value,
        extent: Extent,
        size: Size,
    ) -> (Value, Result<(), RunError>) {
        let misnamed = name.and_then(|name| self.misnamed(name));
        let (input, reason) = if extent.fits(size) {
            let mismatch = self.input.and_then(|shape| shape::mismatch(&input, shape));
            let reason = mismatch.map(|reason| format!("`{}` cannot read it: {reason}", self.program.name));
            (input, reason)
        } else {
            // What is too deep must not be held by anything that walks it.
            let reason = size::fault(&input, size);
            size::dismantle(input);
            (Value::Null, Some(reason))
        };
        let refused = misnamed.or_else(|| reason.map(|reason| RunError::InvalidInput { reason }));
        (input, refused.map_or(Ok(()), Err))
    }

    /// Takes a name for an execution, or returns the error if it cannot have it.
    fn misnamed(&self, name: &str) -> Option<RunError> {
        if !is_name(name, self.env.limits.name_chars) {
            return Some(RunError::InvalidName { name: name.to_owned() });
        }
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = self.program.workflow_type == WorkflowType::Express
            || names.take(name, self.env.limits.known_names);
        (!is_free).then(|| RunError::ExecutionAlreadyExists {
            arn: self.settings.identity.execution_arn(WorkflowType::Standard, &self.program.name, name, ""),
        })
    }

    /// The clock and the random numbers of an execution. A virtual clock of its own starts at `at`, if that is given.
    pub(crate) fn next_start(&self, at: Option<Timestamp>) -> (Watch, Random) {
        let number = self.started.next();
        // Each execution has its own numbers, the same whatever the others draw.
        let seed = self.settings.seed.wrapping_add(number.cast_signed().wrapping_mul(0x9E37_79B9));
        let time = match &self.env.clock {
            Clock::Virtual(start) => Watch::Own(VirtualTime::starting_at(at.unwrap_or(*start))),
            Clock::Real => Watch::Real,
            Clock::Given(time) => Watch::Shared(Arc::clone(time)),
        };
        // What others could make use of if they guessed it is not computed from a seed where time is real.
        let random = if time.is_virtual() { Random::new(seed) } else { Random::with_secrets(seed) };
        (time, random)
    }

    /// The executor of a machine that nobody has started anything of.
    fn new(program: Arc<program::Inner>, settings: Arc<Settings>, env: Arc<Environment>) -> Self {
        Self {
            keeps_history: settings.logs || program.workflow_type == WorkflowType::Standard,
            program,
            input: None,
            machines: Arc::default(),
            depth: 0,
            settings,
            env,
            names: Mutex::default(),
            started: Numbers::default(),
        }
    }

    /// The executor of the children of a distributed Map, which run another part of the machine.
    pub(crate) fn of_children(&self, program: program::Inner) -> Self {
        Self {
            machines: Arc::clone(&self.machines),
            depth: self.depth,
            ..Self::new(Arc::new(program), Arc::clone(&self.settings), Arc::clone(&self.env))
        }
    }

    /// The name of the machine, where another one started it.
    pub(crate) fn started_machine(&self) -> Option<String> {
        // What tells such a one from others is behind its name.
        let name = self.program.name.split('/').next().unwrap_or_default();
        (self.depth > 0).then(|| name.to_owned())
    }

    /// The executor of executions that one of `outer` starts: tokens are known to both, and the machines registered there are known
    /// here, after its own.
    pub(crate) fn nested_in(&self, outer: &Self) -> Self {
        let machines = if self.machines.is_empty() {
            Arc::clone(&outer.machines)
        } else {
            let mut machines = (*outer.machines).clone();
            machines.extend(self.machines.iter().map(|(name, machine)| (name.clone(), Arc::clone(machine))));
            Arc::new(machines)
        };
        Self {
            input: self.input,
            machines,
            depth: outer.depth + 1,
            ..Self::new(Arc::clone(&self.program), Arc::clone(&self.settings), Arc::clone(&outer.env))
        }
    }

    /// Returns the handler of a task with these parameters.
    pub(crate) fn bound(&self, task: &Task, parameters: &Value) -> Option<Cow<'_, Bound>> {
        if let Some(bound) = self.settings.sites.get(task.site)?.as_ref() {
            return Some(Cow::Borrowed(bound));
        }
        if task.resource.family == Family::Activity || !task.resource.is_lambda_invoke() {
            return None;
        }
        let name = function_name(parameters.get("FunctionName")?.as_str()?);
        let bound = self.settings.functions.get(name).map(Cow::Borrowed);
        bound.or_else(|| self.settings.functions_by.as_ref()?(name).map(Cow::Owned))
    }
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor").field("machine", &self.program.name()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("machine", &self.program.name).finish_non_exhaustive()
    }
}
