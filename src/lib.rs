//! stepfn: AWS Step Functions workflows in typed Rust.

pub use stepfn_core::{
    asl, definition,
    definition::{Definition, Workflow, WorkflowType},
    diagnostic, intrinsic, json, path, shape,
    shape::StateData,
    task,
    task::{Task, TaskError},
    value,
};
pub use stepfn_macros::{StateData, TaskError, lambda, state_machine};

/// What the macros' expansions name. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use stepfn_core as core;
}
