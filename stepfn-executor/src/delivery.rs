//! The events that CloudWatch Logs and EventBridge get of executions whose events are kept, as JSON, somewhere else.

pub use crate::history::{StatusChange, log_event};
