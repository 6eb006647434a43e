//! The link of an execution to the outside: to the holders of its [`Control`](crate::Control) and of its
//! tokens, and to the wakers of its pending work. An execution that has none of these has no link.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Wake, Waker},
};

use jiff::Timestamp;

use crate::{
    history::Event,
    outcome::Status,
    tokens::{CallbackResult, PendingToken},
    turns::MapRunUpdate,
};

#[derive(Debug, Default)]
pub(crate) struct Link {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    /// Pending work that can go on, by its slot.
    woken: Vec<usize>,
    commands: Vec<Command>,
    waker: Option<Waker>,
    pub(crate) tokens: Tokens,
    pub(crate) events: Arc<Vec<Event>>,
    pub(crate) end: Option<(Status, Timestamp)>,
    /// The wakers of those who wait for a token to appear.
    waiting: Vec<Waker>,
}

/// The tokens that are waited for, in the order in which they were handed out. Each is found and removed at once, however many there are.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    handed_out: u64,
    pending: BTreeMap<u64, PendingToken>,
    places: HashMap<Arc<str>, u64>,
}

impl Tokens {
    fn add(&mut self, token: PendingToken) {
        self.handed_out += 1;
        self.places.insert(token.token.as_str().into(), self.handed_out);
        self.pending.insert(self.handed_out, token);
    }

    pub(crate) fn remove(&mut self, token: &str) {
        if let Some(place) = self.places.remove(token) {
            self.pending.remove(&place);
        }
    }

    pub(crate) fn first(&self) -> Option<&PendingToken> {
        self.pending.values().next()
    }

    pub(crate) fn to_vec(&self) -> Vec<PendingToken> {
        self.pending.values().cloned().collect()
    }
}

/// A request to an execution from outside.
#[derive(Debug)]
pub(crate) enum Command {
    End {
        token: Arc<str>,
        result: CallbackResult,
    },
    Heartbeat {
        token: Arc<str>,
    },
    /// An activity worker has taken the task.
    Started {
        token: Arc<str>,
        worker: Option<Arc<str>>,
    },
    /// `UpdateMapRun`
    MapRun {
        arn: String,
        update: MapRunUpdate,
    },
    Stop {
        error: Option<String>,
        cause: Option<String>,
    },
}

impl Link {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // Every change leaves the state whole, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn command(&self, command: Command) {
        let mut state = self.lock();
        if let Command::End { token, .. } = &command {
            state.tokens.remove(token);
        }
        state.commands.push(command);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Takes what has come in; later comings wake the waker.
    pub(crate) fn receive(&self, waker: &Waker, woken: &mut Vec<usize>) -> Vec<Command> {
        let mut state = self.lock();
        woken.append(&mut state.woken);
        if !state.waker.as_ref().is_some_and(|known| known.will_wake(waker)) {
            state.waker = Some(waker.clone());
        }
        std::mem::take(&mut state.commands)
    }

    pub(crate) fn add_token(&self, token: PendingToken) {
        let mut state = self.lock();
        state.tokens.add(token);
        Self::tell(state);
    }

    /// Publishes what happened since the last time.
    pub(crate) fn publish(&self, new: &[Event]) {
        if !new.is_empty() {
            Arc::make_mut(&mut self.lock().events).extend_from_slice(new);
        }
    }

    pub(crate) fn close(&self, status: Status, at: Timestamp) {
        let mut state = self.lock();
        state.tokens = Tokens::default();
        state.end = Some((status, at));
        Self::tell(state);
    }

    /// Registers to be woken when a token appears or the execution ends.
    pub(crate) fn wait(state: &mut State, waker: &Waker) {
        if !state.waiting.iter().any(|known| known.will_wake(waker)) {
            state.waiting.push(waker.clone());
        }
    }

    fn tell(mut state: MutexGuard<'_, State>) {
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for waker in waiting {
            waker.wake();
        }
    }
}

/// The waker of one piece of pending work.
pub(crate) struct SlotWaker {
    pub(crate) link: Arc<Link>,
    pub(crate) slot: usize,
    /// Whether the slot is among the woken ones already.
    pub(crate) queued: AtomicBool,
}

impl Wake for SlotWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.queued.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut state = self.link.lock();
        state.woken.push(self.slot);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stay_in_the_order_in_which_they_were_handed_out() {
        let token = |name: &str| PendingToken {
            token: name.to_owned(),
            state: "S".to_owned(),
            parameters: stepfn_core::value::Value::Null,
            answer: None,
        };
        let mut tokens = Tokens::default();
        ["c", "a", "d", "b"].iter().for_each(|name| tokens.add(token(name)));
        let names =
            |tokens: &Tokens| tokens.to_vec().into_iter().map(|token| token.token).collect::<Vec<_>>();
        tokens.remove("a");
        tokens.remove("none");
        assert_eq!(names(&tokens), ["c", "d", "b"]);
        tokens.remove("c");
        assert_eq!(tokens.first().map(|token| &*token.token), Some("d"));
        assert_eq!(tokens.places.len(), tokens.pending.len());
    }
}
