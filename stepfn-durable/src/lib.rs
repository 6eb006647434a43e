//! Executions that outlive the process.
//!
//! A [`Host`] runs the executions of state machines and keeps them in a [`Store`](store::Store): how each began, what came in, its
//! history. Whatever happens to the process, they go on when a host is started over the same store, from where they were, without
//! doing again what was done.
//!
//! ```
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
//! use stepfn_durable::{Host, store::Memory};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let (machine, _) = asl::read_str(r#"{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}"#)?;
//! let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
//!
//! let host = Host::builder().store(Memory::new()).machine(definition).start().await?;
//! let started = host.start_execution("Greeting", Some("first"), Value::from("hello")).await?;
//! let ended = host.wait(&started.execution_arn).await?;
//! assert_eq!(ended.end.and_then(|end| end.output).as_deref(), Some("\"hello\""));
//! # host.shut_down().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The promises: the result of a call that the host answered is kept; a function is called again only if its call was not answered and
//! [`OnInterrupted::Rerun`] asks for it; events of histories never change. Express workflows are not kept: an
//! [`Executor`](stepfn_executor::Executor) runs them.

mod builder;
mod clock;
mod driver;
mod error;
mod host;
mod inner;
mod journal;
mod machine;
mod observer;
mod recover;
mod running;
pub mod store;

pub use self::{
    builder::HostBuilder,
    error::HostError,
    host::{Host, StartOf, StartedExecution, WorkerTask},
    machine::MachineError,
    observer::{Commit, Committed},
    running::{OnInterrupted, RecoverError},
};
