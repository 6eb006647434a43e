//! AWS Step Functions workflows in typed Rust.
//!
//! Declare a workflow once; rustc refuses dangling transitions and JSONPaths that do not fit the data; `cargo xtask generate`
//! writes Amazon States Language and Serverless Framework YAML; the native executor runs the same definition in-process.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use stepfn::{StateData, Workflow, lambda, state_machine};
//!
//! #[derive(Serialize, Deserialize, StateData)]
//! struct Order { total: u64 }
//!
//! #[lambda]
//! async fn ship(order: Order) -> Order { order }
//!
//! state_machine! {
//!     /// Ships what costs something.
//!     Orders(Order) -> Order {
//!         start_at: Check,
//!         Check: Choice { choices: [ $.total > 0 => Ship ], default: Refuse },
//!         Ship: Task { resource: lambda(ship), end: true },
//!         Refuse: Fail { error: "NothingToShip" },
//!     }
//! }
//!
//! # #[cfg(feature = "executor")]
//! # fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let executor = stepfn::executor::Executor::new(&Orders::definition())?;
//! let outcome = executor.run_blocking(r#"{ "total": 7 }"#.parse()?)?;
//! assert_eq!(outcome.output().map(ToString::to_string).as_deref(), Some(r#"{"total":7}"#));
//! # Ok(())
//! # }
//! # fn main() { #[cfg(feature = "executor")] run().unwrap(); }
//! ```
//!
//! A path that does not fit stops the compiler:
//!
//! ```compile_fail
//! # use serde::{Deserialize, Serialize};
//! # use stepfn::{StateData, state_machine};
//! # #[derive(Serialize, Deserialize, StateData)]
//! # struct Order { total: u64 }
//! state_machine! {
//!     Orders(Order) -> Order {
//!         start_at: Check,
//!         Check: Choice { choices: [ $.totl > 0 => Ship ], default: Ship }, // `Order` has no JSON field `totl`
//!         Ship: Succeed {},
//!     }
//! }
//! ```
//!
//! The book goes from the first workflow to deployment: `docs/book` in the repository.
//!
//! # Features
//!
//! - `executor` (default): the module `executor`, which runs workflows. Leave it out in a Lambda binary, which only needs its functions.
//! - `object-store`: buckets for the readers and writers of distributed Maps, in memory, as folders, or by whatever the crate
//!   `object_store` knows; `s3` for S3 itself.
//! - `tracing`: spans of executions and states, with retries, catches and timeouts as events, for the crate `tracing`.
//! - `lambda`: the module `lambda`, whose `run::<validator>()` serves a function in AWS Lambda.
//! - `deploy`: the module `deploy`, which deploys state machines to AWS and calls them there, over `aws-sdk-sfn`.
//! - `durable`: the module `durable`, whose `Host` runs executions that outlive the process.
//! - `graph` (default): each machine's picture in its documentation. Leave it out where a few seconds of a clean build count. The crate
//!   `stepfn-graph` draws SVG for a program.
//! - `bytes`, `chrono`, `indexmap`, `jiff`, `rust_decimal`, `smol_str`, `time`, `url`, `uuid`: [`StateData`] for the types of the
//!   crate of that name, as its own serde feature writes them: declare another form (`serde-float`, `serde-human-readable`) on the
//!   field, `#[state_data(as = "f64")]`.
//! - `codegen`: the module `codegen`, for a program that writes files itself. An xtask depends on `stepfn-xtask` instead.

#[cfg(feature = "codegen")]
pub use stepfn_codegen as codegen;
pub use stepfn_core::{
    definition::{Definition, Workflow, WorkflowType},
    shape::StateData,
    task::{Task, TaskError},
    token::TaskToken,
};
// For the tests of this workspace, and for nobody else: how the macros and the builder judge types may change in any release.
#[doc(hidden)]
pub use stepfn_core::{draft, flow, intrinsic, shape};
#[cfg(feature = "deploy")]
pub use stepfn_deploy as deploy;
#[cfg(feature = "durable")]
pub use stepfn_durable as durable;
#[cfg(feature = "executor")]
pub use stepfn_executor::testing;
#[cfg(feature = "lambda")]
pub use stepfn_lambda as lambda;
/// The JSON form of a type, for the checks of paths.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use stepfn::StateData;
///
/// #[derive(Serialize, Deserialize, StateData)]
/// #[serde(rename_all = "camelCase")]
/// struct Order { total_amount: u64 }
///
/// assert_eq!(stepfn::path!(Order, $.totalAmount), "$.totalAmount");
/// ```
pub use stepfn_macros::StateData;
/// The errors of a function, by the names that `Retry` and `Catch` match.
///
/// ```
/// use stepfn::TaskError as _;
///
/// #[derive(Debug, stepfn::TaskError)]
/// enum LoadError { Missing, #[task_error(name = "Load.Busy")] Busy }
/// # impl std::fmt::Display for LoadError { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("load") } }
/// # impl std::error::Error for LoadError {}
///
/// assert_eq!(LoadError::NAMES, ["Missing", "Load.Busy"]);
/// ```
pub use stepfn_macros::TaskError;
/// States that many machines share.
///
/// ```
/// use stepfn::{Workflow, fragment, state_machine};
///
/// fragment! { Goodbye { Leave: Pass { result: "goodbye", next: Done }, Done: Succeed {} } }
///
/// state_machine! { Visit() { start_at: Leave, ..Goodbye } }
///
/// assert_eq!(Visit::definition().machine.states.len(), 2);
/// ```
pub use stepfn_macros::fragment;
/// A function as a task of workflows.
///
/// ```
/// use stepfn::{Task, lambda};
///
/// #[lambda(name = "twice")]
/// async fn double(number: u32) -> u32 { number * 2 }
///
/// assert_eq!(<double as Task>::NAME, "twice");
/// ```
pub use stepfn_macros::lambda;
/// A path, checked against a type.
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// #[derive(Serialize, Deserialize, stepfn::StateData)]
/// struct Order { items: Vec<String> }
///
/// assert_eq!(stepfn::path!(Order, $.items[0]), "$.items[0]");
/// ```
pub use stepfn_macros::path;
/// A state machine, checked while rustc compiles it.
///
/// ```
/// use stepfn::{Workflow, state_machine};
///
/// state_machine! {
///     /// Says hello.
///     Hello() {
///         start_at: Greet,
///         Greet: Pass { result: "hello", end: true },
///     }
/// }
///
/// assert_eq!(Hello::definition().machine.comment.as_deref(), Some("Says hello."));
/// ```
pub use stepfn_macros::state_machine;

/// The model of the Amazon States Language, read from JSON and written as JSON.
pub mod asl {
    pub use stepfn_core::asl::{
        Amount, Catcher, Choice, ChoiceRule, Comparison, Condition, Fail, Map, OperandKind, Operator,
        Parallel, Pass, PathField, QueryLanguage, Resource, Retrier, State, StateKind, StateMachine, TYPES,
        Task, Unknown, Wait, read, read_document, read_str,
    };
}

/// The builder: workflows that a program makes, judged by the same rules as those of `state_machine!`.
pub mod builder {
    pub use stepfn_core::builder::{
        Catcher, Choice, ChoiceRule, Expr, Fail, ItemBatcher, ItemReader, Machine, Map, Operand, Ordered,
        Parallel, Pass, ResultWriter, Retrier, Rule, Scope, StateDef, StateRef, Succeed, Task, Wait, array,
        boolean_at, call, condition, format, get_att, jsonata, number_at, object, path, ref_, string_at,
        timestamp, timestamp_at,
    };
}

/// The checks of definitions, whoever wrote them.
pub mod check {
    pub use stepfn_core::check::{
        Checked, Fixed, Located, Options, Page, check, check_read, check_text, fix_text,
    };
}

/// A checked workflow and what belongs to it.
pub mod definition {
    pub use stepfn_core::definition::{
        Call, Definition, LogLevel, LoggingConfiguration, Reference, Source, TaskBinding, Workflow,
        WorkflowType,
    };
}

/// A machine as it is deployed: for generated files, and for the module `deploy`.
pub mod deployment {
    pub use stepfn_core::deployment::{
        Alarm, Alias, Authorization, Cycle, Deployment, DeploymentProblem, Encryption, EventRule,
        ExecutionStatus, Http, Identifier, InvalidDeployment, InvalidStep, LogGroup, Method, Metric,
        Notification, Payload, RetryPolicy, Routing, Schedule, ScheduleMethod, Step, Target,
        TreatMissingData, Trigger, Version, in_order,
    };
}

/// The diagnostics of the checks.
pub mod diagnostic {
    pub use stepfn_core::diagnostic::{Code, Diagnostic, Diagnostics, Edit, Fix, Label, Severity, Subject};
}

/// The native executor: runs workflows in this process as AWS runs them.
///
/// ```
/// use stepfn::{Workflow, executor::{Executor, Mock}, state_machine};
///
/// state_machine! {
///     Greeting() {
///         start_at: Greet,
///         Greet: Task { resource: "arn:aws:lambda:us-east-1:123456789012:function:greet", end: true },
///     }
/// }
///
/// let executor = Executor::builder().virtual_time().mock("Greet", Mock::succeed("hello")).build(&Greeting::definition())?;
/// let outcome = executor.run_blocking("{}".parse()?)?;
/// assert_eq!(outcome.output().and_then(|output| output.as_str()), Some("hello"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// | to | there is |
/// | --- | --- |
/// | answer task tokens, stop an execution, look at it while it runs | [`Executor::send_task_success`](executor::Executor::send_task_success), [`Control`](executor::Control) |
/// | do the work of activities | [`Executor::work`](executor::Executor::work), [`Executor::get_activity_task`](executor::Executor::get_activity_task) |
/// | let state machines start each other | [`ExecutorBuilder::state_machine`](executor::ExecutorBuilder::state_machine) |
/// | let distributed Maps read and write buckets | `ExecutorBuilder::bucket`, with the feature `object-store` |
/// | set the bounds, which are AWS's quotas | [`Limits`](executor::Limits) |
/// | see what an execution waits for | [`Execution::waiting`](executor::Execution::waiting) |
/// | go on with an execution that failed | [`Executor::redrive`](executor::Executor::redrive) |
/// | test a workflow in a few lines | [`testing`] |
/// | test one state on its own | [`executor::test_state`] |
/// | read the mock files of Step Functions Local | [`executor::mock_file`] |
#[cfg(feature = "executor")]
pub mod executor {
    #[cfg(feature = "object-store")]
    pub use stepfn_executor::object_store;
    pub use stepfn_executor::{
        ActivityTask, Attempt, BuildError, CompileError, Control, Execution, Executor, ExecutorBuilder,
        ExpressionError, Fault, FaultKind, History, HistoryEvent, Limits, MapRun, Mock, Objects, Outcome,
        OutputError, PendingToken, Program, RealTime, RedriveError, Route, RouteStep, RunError, Sleep,
        Status, TaskCall, TaskHandler, Time, Timestamp, TokenError, Unbound, VirtualTime, Waiting, WaitingOn,
        delivery, is_name, mock_file, test_state, turns,
    };
}

/// JSON text with the places of its values.
pub mod json {
    pub use stepfn_core::json::{
        Cursor, Document, JsonError, Pointer, Span, parse, parse_value, to_pretty_string, to_string,
    };
}

/// Functions behind JSON, as tasks are.
pub mod task {
    pub use stepfn_core::task::{Handler, HandlerFuture, Task, TaskError, TaskFailure, TaskInfo};
}

/// A definition as `ValidateStateMachineDefinition` judges it, in AWS's words.
pub mod validate {
    pub use stepfn_core::validate::{Issue, Validation, validate};
}

/// JSON values.
pub mod value {
    pub use stepfn_core::value::{Array, Key, Map, Number, Shared, Size, Text, Value, from_value, to_value};
}

/// The syntax of the Amazon States Language in the macro: a reference.
///
/// ```
/// use stepfn::{Workflow, state_machine};
///
/// state_machine! {
///     Hello() {
///         start_at: Greet,
///         Greet: Pass { parameters: { "text": States.Format("hello {}", $$.Execution.Name) }, end: true },
///     }
/// }
///
/// let asl = Hello::definition().machine.to_json();
/// assert_eq!(asl["States"]["Greet"]["Parameters"]["text.$"].as_str(), Some("States.Format('hello {}', $$.Execution.Name)"));
/// ```
#[doc = include_str!("../docs/language.md")]
pub mod language {}

#[cfg(feature = "executor")]
#[doc = include_str!("../docs/book/testing.md")]
pub mod testing_guide {}

/// The items that the macros' expansions name. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use stepfn_core::{
        definition::{
            Call, Definition, FragmentConstant, FragmentNumber, FragmentType, LogLevel, LoggingConfiguration,
            Reference, Source, Workflow, WorkflowInfo, WorkflowType,
        },
        draft::{Draft, expect_express},
        editor,
        number::{
            constant, expect_amount, expect_less, expect_number, expect_own_error, expect_timestamp, number,
        },
        same,
        shape::{
            EnumShape, Field, Given, Made, ObjectShape, OneOfShape, Shape, StateData, TIMESTAMP, shape_of,
        },
        task::{
            ErrorText, Handler, HandlerFuture, Task, TaskError, TaskFailure, TaskInfo, read_input,
            write_output,
        },
        value::{Value, from_value, to_value},
    };
    #[cfg(feature = "graph")]
    pub use stepfn_macros::svg;
    pub use stepfn_macros::{editor_data, editor_machine, fragment, state_machine};

    /// What claims are written with: short names, for rustc reads hundreds of them.
    pub mod claims {
        pub use stepfn_core::shape::{
            Arithmetic, Bounds, Claim, Fact, Holds, Judged, Kind, Need, Node, Property,
            Side::{Given, Made},
            Step::*,
            expect, expect_unless, holds, leads, verdict,
        };
    }
}

#[cfg(all(doctest, feature = "executor"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// The chapters of the book, whose code is tested.
#[cfg(all(doctest, feature = "executor"))]
mod book {
    #[doc = include_str!("../docs/book/introduction.md")]
    struct Introduction;
    #[doc = include_str!("../docs/book/first-workflow.md")]
    struct FirstWorkflow;
    #[doc = include_str!("../docs/book/data-flow.md")]
    struct DataFlow;
    #[doc = include_str!("../docs/book/choices.md")]
    struct Choices;
    #[doc = include_str!("../docs/book/errors.md")]
    struct Errors;
    #[doc = include_str!("../docs/book/parallel-and-map.md")]
    struct ParallelAndMap;
    #[doc = include_str!("../docs/book/distributed-map.md")]
    struct DistributedMap;
    #[doc = include_str!("../docs/book/callbacks.md")]
    struct Callbacks;
    #[doc = include_str!("../docs/book/jsonata.md")]
    struct Jsonata;
    #[doc = include_str!("../docs/book/services.md")]
    struct Services;
    #[doc = include_str!("../docs/book/nested.md")]
    struct Nested;
    #[doc = include_str!("../docs/book/sharing.md")]
    struct Sharing;
    #[doc = include_str!("../docs/book/express.md")]
    struct Express;
    #[doc = include_str!("../docs/book/builder.md")]
    struct Builder;
    #[doc = include_str!("../docs/book/exploration.md")]
    struct Exploration;
    #[doc = include_str!("../docs/book/deployment.md")]
    struct Deployment;
    #[doc = include_str!("../docs/book/import.md")]
    struct Import;
    #[doc = include_str!("../docs/book/command-line.md")]
    struct CommandLine;
    #[doc = include_str!("../docs/book/running.md")]
    struct Running;
    #[doc = include_str!("../docs/book/serving.md")]
    struct Serving;
    #[doc = include_str!("../docs/book/mistakes.md")]
    struct Mistakes;
    #[doc = include_str!("../docs/book/mistakes-rules.md")]
    struct MistakesRules;
    #[doc = include_str!("../docs/book/promises.md")]
    struct Promises;
    #[doc = include_str!("../docs/book/beside.md")]
    struct Beside;
    #[doc = include_str!("../docs/book/reference.md")]
    struct Reference;
}
