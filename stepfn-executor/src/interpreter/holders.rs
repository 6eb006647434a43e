//! The tokens that are pending, and who waits for them.

use std::{collections::HashMap, sync::Arc};

use super::fiber::FiberId;

/// The attempt that waits for a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) fiber: FiberId,
    /// Whether nothing else ends the attempt: not so for `.sync`, where a job does.
    pub(super) awaited: bool,
}

#[derive(Debug, Default)]
pub(super) struct Holders {
    /// Most executions have none: a box of its own, so that they do not move an empty map.
    #[expect(
        clippy::box_collection,
        reason = "an interpreter is moved, and an empty map is six times as long as no box"
    )]
    tokens: Option<Box<HashMap<Arc<str>, Holder>>>,
    /// The number of awaited tokens: it is asked at each rest, and there may be thousands of tokens.
    awaited: usize,
}

impl Holders {
    pub(super) fn insert(&mut self, token: Arc<str>, holder: Holder) {
        self.remove(&token);
        self.awaited += usize::from(holder.awaited);
        self.tokens.get_or_insert_default().insert(token, holder);
    }

    pub(super) fn remove(&mut self, token: &str) {
        if let Some(holder) = self.tokens.as_mut().and_then(|tokens| tokens.remove(token)) {
            self.awaited -= usize::from(holder.awaited);
        }
    }

    pub(super) fn get(&self, token: &str) -> Option<Holder> {
        self.tokens.as_ref()?.get(token).copied()
    }

    pub(super) fn any_awaited(&self) -> bool {
        self.awaited > 0
    }

    /// Gives up all of them, where there are any.
    #[inline]
    pub(super) fn take_all(&mut self) -> Option<impl Iterator<Item = Arc<str>> + use<>> {
        self.awaited = 0;
        self.tokens.take().map(|tokens| tokens.into_keys())
    }
}
