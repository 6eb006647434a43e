//! Observers of a host's work.

use std::time::Duration;

use crate::store::{End, Event};

/// An observer of commits.
pub(crate) type Observer = Box<dyn Fn(&Commit<'_>) + Send + Sync>;

/// Turns of executions that were kept together.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Commit<'a> {
    /// The turns.
    pub turns: Vec<Committed<'a>>,
    /// The time that the store took.
    pub took: Duration,
    /// The number of executions that this host has loaded.
    pub loaded: usize,
    /// The number of those that have something to do and wait for their turn.
    pub ready: usize,
    /// The number of calls to functions that are under way.
    pub calls: usize,
}

/// A turn that was kept.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Committed<'a> {
    /// The execution.
    pub execution_arn: &'a str,
    /// The new events of its history.
    pub events: &'a [Event],
    /// The end of the execution, if it ended.
    pub end: Option<&'a End>,
}
