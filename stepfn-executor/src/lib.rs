//! A native executor for AWS Step Functions definitions.
//!
//! A [`Definition`](stepfn_core::definition::Definition) is compiled once, and run in this process as AWS runs it: with
//! the same data flow, errors, retries and event history. Time is virtual or real; handlers are Rust functions, those the
//! workflow was declared with, or others, or mocks.
//!
//! ```
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
//! use stepfn_executor::{Executor, Mock, Status};
//!
//! let (machine, _) = asl::read_str(r#"{
//!     "StartAt": "Load",
//!     "States": {
//!         "Load": {
//!             "Type": "Task",
//!             "Resource": "arn:aws:lambda:us-east-1:123456789012:function:load",
//!             "Retry": [{ "ErrorEquals": ["Lambda.ServiceException"], "IntervalSeconds": 2 }],
//!             "Next": "Notify"
//!         },
//!         "Notify": {
//!             "Type": "Task",
//!             "Resource": "arn:aws:states:::sns:publish",
//!             "Parameters": { "TopicArn": "${Topic}", "Message.$": "$.rows" },
//!             "End": true
//!         }
//!     }
//! }"#)?;
//! let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
//!
//! let executor = Executor::builder()
//!     .virtual_time()
//!     .mock("Load", Mock::fail("Lambda.ServiceException", "busy").times(1)
//!         .then(Mock::succeed(Value::object([("rows", Value::from(3))]))))
//!     .resource("arn:aws:states:::sns:publish", |message: Value| async move { Ok(message["Message"].clone()) })
//!     .build(&definition)?;
//!
//! let outcome = executor.run_blocking(Value::empty_object())?;
//! assert_eq!(outcome.status, Status::Succeeded { output: Value::from(3) });
//! assert_eq!(outcome.duration().as_secs(), 2); // of virtual time
//! assert_eq!(outcome.history.path(), ["Load", "Notify"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | there is |
//! | --- | --- |
//! | answer task tokens, stop an execution, look at it while it runs | [`Executor::send_task_success`], [`Control`] |
//! | do the work of activities | [`Executor::work`], [`Executor::get_activity_task`] |
//! | let state machines start each other | [`ExecutorBuilder::state_machine`] |
//! | let distributed Maps read and write buckets | [`ExecutorBuilder::objects`] in memory; `ExecutorBuilder::bucket`, with the feature `object-store` |
//! | set the bounds, which are AWS's quotas | [`Limits`], [`ExecutorBuilder::limits`] |
//! | see what an execution waits for | [`Execution::waiting`] |
//! | go on with an execution that failed | [`Executor::redrive`] |
//! | test a workflow in a few lines | [`testing`] |
//! | follow runs with the crate `tracing` | the feature `tracing`: spans `execution` (`name`, `arn`, `status`, `error`, `transitions`) and, inside, `state` (`name`, `type`, `item`, `attempt`, `status`, `error`), around the handlers' own; events `retry`, `catch`, `timeout`; all with the target `stepfn` |
//! | see what CloudWatch Logs and EventBridge would get | [`Outcome::log_events`], [`Outcome::status_change_events`] |
//! | test one state on its own | [`test_state`] |
//! | read the mock files of Step Functions Local | [`mock_file`] |

mod builder;
mod children;
mod control;
mod declared;
pub mod delivery;
mod eval;
mod execution;
mod executor;
mod handler;
mod history;
mod identity;
mod interpreter;
mod limits;
mod link;
mod map_run;
#[cfg(not(feature = "object-store"))]
#[doc(hidden)]
pub mod missing;
mod mock;
pub mod mock_file;
mod nested;
mod outcome;
mod program;
mod redrive;
mod shared;
mod size;
mod sorted;
pub mod test_state;
pub mod testing;
pub mod time;
mod tokens;
pub mod turns;
mod waiting;

pub use self::{
    builder::{BuildError, ExecutorBuilder},
    control::Control,
    execution::Execution,
    executor::Executor,
    handler::{Attempt, TaskCall, TaskHandler},
    history::{History, HistoryEvent, Route, RouteStep},
    identity::is_name,
    limits::Limits,
    map_run::{MapRun, Objects},
    mock::Mock,
    outcome::{ExpressionError, Outcome, OutputError, RunError, Status, Unbound},
    program::{CompileError, Fault, FaultKind, Program},
    redrive::RedriveError,
    time::{RealTime, Sleep, Time, VirtualTime},
    tokens::{ActivityTask, PendingToken, TokenError},
    waiting::{Waiting, WaitingOn},
};
pub use jiff::Timestamp;
#[cfg(feature = "object-store")]
pub use object_store;
