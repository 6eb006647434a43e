//! stepfn: AWS Step Functions workflows in typed Rust.
//!
//! Declare a workflow once; rustc refuses dangling transitions and JSONPaths that do not fit the data; `cargo xtask generate`
//! writes Amazon States Language and Serverless Framework YAML; the native executor runs the same definition in-process.

#[cfg(feature = "codegen")]
pub use stepfn_codegen as codegen;
pub use stepfn_core::{
    asl, builder, check, definition,
    definition::{Definition, Workflow, WorkflowType},
    diagnostic, draft, flow, intrinsic, json, path, shape,
    shape::StateData,
    task,
    task::{Task, TaskError},
    value,
};
#[cfg(feature = "executor")]
pub use stepfn_executor as executor;
pub use stepfn_macros::{StateData, TaskError, lambda, state_machine};

/// What the macros' expansions name. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use stepfn_core as core;
}
