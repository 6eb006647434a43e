//! Executions that outlive the process.

pub mod store;
