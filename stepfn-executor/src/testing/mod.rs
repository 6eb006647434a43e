//! Tests of a workflow in a few lines: typed input, the real functions or mocks, virtual time, and failures that show what happened.
//!
//! ```
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
//! use stepfn_executor::{Mock, testing::Test};
//!
//! let (machine, _) = asl::read_str(r#"{
//!     "StartAt": "Load",
//!     "States": {
//!         "Load": {
//!             "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:load",
//!             "Retry": [{ "ErrorEquals": ["Lambda.ServiceException"], "IntervalSeconds": 2 }],
//!             "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Report" }],
//!             "Next": "Done"
//!         },
//!         "Report": { "Type": "Pass", "Result": "reported", "End": true },
//!         "Done": { "Type": "Succeed" }
//!     }
//! }"#)?;
//! let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
//!
//! let run = Test::of(&definition)
//!     .mock("Load", Mock::fail("Lambda.ServiceException", "busy").times(1).then(Mock::succeed(3)))
//!     .run_value(Value::empty_object());
//! run.assert_path(["Load", "Done"]).assert_output(3).assert_took(std::time::Duration::from_secs(2));
//! assert_eq!(run.calls("Load").len(), 2);
//!
//! let run = Test::of(&definition).mock("Load", Mock::fail("Boom", "")).run_value(Value::empty_object());
//! run.assert_output("reported");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A workflow that was declared in Rust is tested by its type: see [`WorkflowTest`].

mod coverage;
mod differs;
mod expected;
mod explore;
mod parity;
mod picture;
mod run;
mod running;

use std::{
    fmt::{self, Display},
    marker::PhantomData,
};

use serde::Serialize;
use stepfn_core::{
    definition::{Definition, Workflow},
    value::{Value, to_value},
};

pub use self::{
    coverage::{Coverage, Way},
    expected::ExpectedPath,
    explore::{Exploration, ExploredRun, answer_of, explore},
    parity::TestStateRequest,
    run::Run,
    running::Running,
};
use crate::{Executor, ExecutorBuilder, Mock, Objects, mock_file::MockCase};

/// Starts a test of a declared workflow: `CsvProcessing::test()`.
///
/// ```
/// use stepfn_core::{asl, definition::{Definition, Workflow, WorkflowType}};
/// use stepfn_executor::{Mock, testing::WorkflowTest};
///
/// // `state_machine!` writes this.
/// struct Double;
/// # impl Double { #[allow(non_upper_case_globals)] const Ask: &'static str = "Ask"; }
/// impl Workflow for Double {
///     type Input = u32;
///     type Output = u32;
///     const NAME: &'static str = "Double";
///     fn definition() -> Definition {
///         # let (machine, _) = asl::read_str(r#"{ "StartAt": "Ask", "States": {
///         #     "Ask": { "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true } } }"#).unwrap();
///         # let definition =
///         Definition::from_asl("Double", WorkflowType::Standard, machine)
///         # ; definition
///     }
/// }
///
/// let run = Double::test().mock(Double::Ask, Mock::succeed(42)).run(&21);
/// assert_eq!(run.output(), 42);
/// ```
pub trait WorkflowTest: Workflow + Sized {
    /// A test: the workflow's own functions do the work, all else is to be mocked.
    fn test() -> Test<Self> {
        Test::of(&Self::definition()).typed()
    }

    /// Looks for a run through every way of the workflow: see [`explore`](fn@explore).
    fn explore() -> Exploration {
        explore(&Self::definition())
    }
}

impl<W: Workflow> WorkflowTest for W {}

/// A workflow under test, with what answers in place of its tasks.
///
/// Errors of the test itself panic, with a message of what to do.
#[must_use = "a test does nothing unless it is run"]
pub struct Test<W = ()> {
    definition: Definition,
    builder: ExecutorBuilder,
    workflow: PhantomData<fn() -> W>,
}

impl Test {
    /// A test of any definition.
    pub fn of(definition: &Definition) -> Self {
        Self {
            definition: definition.clone(),
            builder: Executor::builder().keep_history().keep_children(usize::MAX).allow_unbound(),
            workflow: PhantomData,
        }
    }

    fn typed<W>(self) -> Test<W> {
        Test { definition: self.definition, builder: self.builder, workflow: PhantomData }
    }
}

impl<W> Test<W> {
    /// Answers for a state, by the constant that the macro makes for it: `CsvProcessing::LoadData`. An answer that is not what the
    /// state was declared to bring ends the test, with the field that does not fit.
    ///
    /// ```
    /// # use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
    ///     "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true,
    ///     "Retry": [{ "ErrorEquals": ["Busy"], "MaxAttempts": 1 }]
    /// } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// # use stepfn_executor::{Mock, testing::Test};
    /// // The first call fails, the second one is answered.
    /// let load = Mock::fail("Busy", "later").then(Mock::succeed(1));
    /// let run = Test::of(&definition).mock("Load", load).run_value(Value::Null);
    /// assert_eq!(run.calls("Load").len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mock(mut self, state: impl Into<String>, mock: Mock) -> Self {
        self.builder = self.builder.mock(state, mock);
        self
    }

    /// Answers for a state inside of a Map: `respond` gets the item's index and the task's input.
    pub fn mock_items(
        self,
        state: impl Into<String>,
        respond: impl Fn(usize, &Value) -> Result<Value, stepfn_core::task::TaskFailure> + Send + Sync + 'static,
    ) -> Self {
        let mock = Mock::respond_with(move |call| respond(call.map_index.unwrap_or(0), call.input));
        self.mock(state, mock)
    }

    /// Answers for a resource, by its ARN: `arn:aws:states:::sns:publish`.
    pub fn resource(mut self, arn: impl Into<String>, mock: Mock) -> Self {
        self.builder = self.builder.resource(arn, mock);
        self
    }

    /// Tests the machine that a state starts with mocks of its own: `Orders::test().child(Fulfilment::test().mock(Fulfilment::Tell, …))`.
    /// Without this it runs with its own functions, and with what is bound here to resources.
    ///
    /// # Panics
    /// Where it cannot be built.
    #[track_caller]
    pub fn child<C>(mut self, child: Test<C>) -> Self {
        let name = child.definition.name.clone();
        let executor = or_fail(child.builder.build(&child.definition), &format!("`{name}` cannot be run"));
        self.builder = self.builder.state_machine(name, &executor);
        self
    }

    /// The answers of a test case of a mock file of Step Functions Local.
    pub fn mocks(mut self, case: &MockCase) -> Self {
        self.builder = self.builder.mocks(case);
        self
    }

    /// Gives a bucket that a distributed Map reads or writes: `.objects("books", &Objects::new().with("monday.csv", "id\n1\n"))`.
    pub fn objects(mut self, bucket: impl Into<String>, objects: &Objects) -> Self {
        self.builder = self.builder.objects(bucket, objects);
        self
    }

    /// Configures the executor further: placeholders, folders in place of buckets, the account, the first instant.
    pub fn configure(mut self, configure: impl FnOnce(ExecutorBuilder) -> ExecutorBuilder) -> Self {
        self.builder = configure(self.builder);
        self
    }

    /// The seed of jitter, `States.UUID`, `States.MathRandom` and `$random`: the same seed, the same run.
    pub fn seed(mut self, seed: i64) -> Self {
        self.builder = self.builder.seed(seed);
        self
    }

    /// Runs with an input of the workflow's type, to the end.
    ///
    /// # Panics
    /// Where the execution cannot be built or started, or stops with what AWS has no word for: a task without an answer.
    #[track_caller]
    pub fn run(self, input: &W::Input) -> Run<W>
    where
        W: Workflow,
        W::Input: Serialize,
    {
        let input = json(input);
        self.run_value(input)
    }

    /// Runs with an input in JSON, to the end.
    ///
    /// # Panics
    /// As [`run`](Self::run) does.
    #[track_caller]
    pub fn run_value(self, input: Value) -> Run<W> {
        self.start_value(input).finish()
    }

    /// Starts an execution to be driven by hand: the test lets time pass and answers callbacks.
    ///
    /// # Panics
    /// Where the execution cannot be built.
    #[track_caller]
    pub fn start(self, input: &W::Input) -> Running<W>
    where
        W: Workflow,
        W::Input: Serialize,
    {
        let input = json(input);
        self.start_value(input)
    }

    /// [`start`](Self::start) with an input in JSON.
    ///
    /// # Panics
    /// Where the execution cannot be built.
    #[track_caller]
    pub fn start_value(self, input: Value) -> Running<W> {
        let name = self.definition.name.clone();
        let executor = or_fail(self.builder.build(&self.definition), &format!("`{name}` cannot be run"));
        Running::new(name, executor, input)
    }
}

impl<W> fmt::Debug for Test<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Test").field("name", &self.definition.name).finish_non_exhaustive()
    }
}

#[track_caller]
fn json(value: &impl Serialize) -> Value {
    or_fail(to_value(value), "the value is no JSON")
}

#[track_caller]
fn or_fail<T, E: Display>(result: Result<T, E>, what: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => fail(&format!("{what}: {error}")),
    }
}

/// Ends the test.
#[track_caller]
#[allow(clippy::panic)] // this is how a test fails
fn fail(message: &str) -> ! {
    panic!("{message}")
}
