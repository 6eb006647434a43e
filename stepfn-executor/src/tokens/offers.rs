//! Tasks of activities that no worker has taken yet, and the workers that wait for one.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    task::Waker,
};

use stepfn_core::value::Value;

/// The number of offers from which those that are over are cleared away.
pub(super) const MANY: usize = 32;

/// The place of a worker among those that wait: who came first has the least.
pub(super) type Ticket = u64;

#[derive(Debug, Default)]
pub(super) struct Offers {
    /// The tasks, by the activity's ARN.
    tasks: HashMap<String, VecDeque<(Arc<str>, Value)>>,
    /// The number of offered tasks.
    all: usize,
    /// The number of tokens that were given back since offers were last cleared away.
    over: usize,
    /// The workers that wait and were not called, by the activity's ARN. A task calls one of them: if all were called, most in vain,
    /// as many tasks as workers would cost the square.
    waiting: HashMap<String, BTreeMap<Ticket, Waker>>,
    next: Ticket,
}

impl Offers {
    /// Returns the number of offered tasks, including those that are over and not cleared away yet.
    pub(super) fn len(&self) -> usize {
        self.all
    }

    /// Notes that a token was given back; whether it is time to clear away.
    pub(super) fn one_is_over(&mut self) -> bool {
        self.over += 1;
        self.all > 0 && self.over >= self.all.div_ceil(2).max(MANY)
    }

    /// Clears away the tasks whose tokens do not wait.
    pub(super) fn retain(&mut self, waits: impl Fn(&str) -> bool) {
        self.over = 0;
        for queue in self.tasks.values_mut() {
            queue.retain(|(token, _)| waits(token));
            queue.shrink_to_fit();
        }
        self.tasks.retain(|_, queue| !queue.is_empty());
        self.all = self.tasks.values().map(VecDeque::len).sum();
    }

    /// Adds a task; which worker is to be called for it.
    pub(super) fn push(&mut self, activity: &str, token: Arc<str>, input: Value) -> Option<Waker> {
        self.tasks.entry(activity.to_owned()).or_default().push_back((token, input));
        self.all += 1;
        self.call(activity)
    }

    /// The oldest task.
    pub(super) fn pop(&mut self, activity: &str) -> Option<(Arc<str>, Value)> {
        let task = self.tasks.get_mut(activity)?.pop_front()?;
        self.all = self.all.saturating_sub(1);
        Some(task)
    }

    /// Has a worker wait, at the place that it had. One that was called and came in vain keeps it, too.
    pub(super) fn wait(&mut self, activity: &str, ticket: Option<Ticket>, waker: &Waker) -> Ticket {
        let ticket = ticket.unwrap_or_else(|| {
            self.next += 1;
            self.next
        });
        if !self.waiting.contains_key(activity) {
            self.waiting.insert(activity.to_owned(), BTreeMap::new());
        }
        if let Some(workers) = self.waiting.get_mut(activity) {
            workers
                .entry(ticket)
                .and_modify(|known| known.clone_from(waker))
                .or_insert_with(|| waker.clone());
        }
        ticket
    }

    /// Has a worker wait no more. If it was called and a task is there, another is to be called.
    pub(super) fn leave(&mut self, activity: &str, ticket: Ticket) -> Option<Waker> {
        let was_called = match self.waiting.get_mut(activity) {
            Some(workers) => workers.remove(&ticket).is_none(),
            None => true,
        };
        self.tidy(activity);
        let is_offered = self.tasks.get(activity).is_some_and(|queue| !queue.is_empty());
        if was_called && is_offered { self.call(activity) } else { None }
    }

    fn call(&mut self, activity: &str) -> Option<Waker> {
        let (_, waker) = self.waiting.get_mut(activity)?.pop_first()?;
        self.tidy(activity);
        Some(waker)
    }

    fn tidy(&mut self, activity: &str) {
        if self.waiting.get(activity).is_some_and(BTreeMap::is_empty) {
            self.waiting.remove(activity);
        }
    }

    /// Returns `true` if nobody waits.
    #[cfg(test)]
    pub(super) fn is_quiet(&self) -> bool {
        self.waiting.is_empty()
    }
}
