//! A store in memory, and the reference of what stores do: plain data, one lock, nothing clever.

// Each call takes its request as the other stores do, which keep what is in it.
#![allow(clippy::needless_pass_by_value)]

use std::{
    collections::{BTreeMap, BTreeSet},
    future::ready,
    sync::{Arc, Mutex, PoisonError, Weak},
};

// The list of calls names every type of the store.
use super::*;

mod machines;
mod reads;
mod turns;

/// A store in memory, for tests and for what may end with the process.
///
/// Clones are the same store.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    model: Arc<Mutex<Model>>,
    listeners: Listeners,
}

impl Memory {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T>(&self, call: impl FnOnce(&mut Model) -> T) -> T {
        let (answer, hints) = {
            let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = call(&mut model);
            (answer, std::mem::take(&mut model.hints))
        };
        self.listeners.tell(&hints);
        answer
    }
}

/// Everything that is kept.
#[derive(Debug, Default)]
struct Model {
    last_execution: i64,
    last_message: i64,
    last_task: i64,
    executions: BTreeMap<ExecutionId, Kept>,
    arns: BTreeMap<String, ExecutionId>,
    /// The times at which executions can be claimed: those without a lease by what they wait for, the others by their leases.
    ready: BTreeSet<(Millis, ExecutionId)>,
    /// Executions that got messages: those whose inboxes are empty by now are taken out when somebody looks.
    mail: BTreeSet<ExecutionId>,
    tokens: BTreeMap<String, KeptToken>,
    tasks: BTreeMap<String, BTreeMap<i64, (ExecutionId, ActivityTask)>>,
    /// The queue of a token's task.
    queued: BTreeMap<String, (String, i64)>,
    map_runs: BTreeMap<String, MapRun>,
    machines: BTreeMap<String, (Machine, i64)>,
    revisions: BTreeMap<String, Revision>,
    versions: BTreeMap<(String, i64), Version>,
    aliases: BTreeMap<String, Alias>,
    activities: BTreeMap<String, Activity>,
    tags: BTreeMap<String, BTreeMap<String, String>>,
    hints: Vec<Hint>,
}

/// An execution with what belongs to it.
#[derive(Debug)]
struct Kept {
    execution: Execution,
    ready: Option<Millis>,
    redrive_key: String,
    journal: Vec<Entry>,
    history: Vec<Event>,
    inbox: BTreeMap<MessageId, Message>,
    tokens: BTreeSet<String>,
}

#[derive(Debug)]
struct KeptToken {
    execution: ExecutionId,
    place: Vec<u8>,
    open: bool,
    answered_by: String,
}

macro_rules! memory_calls {
    ($($kind:ident $name:ident($request:ty) -> $answer:ty;)*) => {
        impl Store for Memory {
            $(fn $name(&self, request: $request) -> Answer<'_, $answer> {
                Box::pin(ready(self.with(|model| model.$name(request))))
            })*

            fn listen(&self, listener: Weak<Listener>) {
                self.listeners.add(listener);
            }
        }
    };
}
crate::every_call!(memory_calls);
