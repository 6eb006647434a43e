//! What others are told of a host's work.

use std::time::Duration;

use crate::store::{End, Event};

/// Who is told of commits.
pub(crate) type Observer = Box<dyn Fn(&Commit<'_>) + Send + Sync>;

/// Turns of executions that were kept together.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Commit<'a> {
    /// The turns.
    pub turns: Vec<Committed<'a>>,
    /// How long the store took.
    pub took: Duration,
    /// How many executions this host has loaded.
    pub loaded: usize,
    /// How many of them have something to do and wait for their turn.
    pub ready: usize,
    /// How many calls to functions are under way.
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
    /// How it ended, if it did.
    pub end: Option<&'a End>,
}
