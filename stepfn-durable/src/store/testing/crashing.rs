//! A store that fails at chosen writes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use crate::store::*;

/// The way in which a write fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The process dies before the write takes effect: it, and all calls after it, fail.
    Before,
    /// The process dies after the write took effect: nobody hears of it, and all calls after it fail.
    After,
    /// The connection breaks: the write is answered by [`StoreError::Unknown`], and what comes after it works.
    Unknown {
        /// Whether the write took effect.
        happened: bool,
    },
}

/// A store that fails at chosen writes, counted from 1.
///
/// The writes that it passes on go to a store that lives on, as a disk does: a new host opens that one.
#[derive(Debug)]
pub struct Crashing {
    store: Arc<dyn Store>,
    plan: Mutex<Plan>,
}

#[derive(Debug)]
struct Plan {
    failures: BTreeMap<u64, Failure>,
    writes: u64,
    dead: bool,
}

impl Crashing {
    /// Creates a store that fails at these writes.
    pub fn new(store: Arc<dyn Store>, failures: impl IntoIterator<Item = (u64, Failure)>) -> Self {
        let failures = failures.into_iter().collect();
        Self { store, plan: Mutex::new(Plan { failures, writes: 0, dead: false }) }
    }

    /// The number of writes so far.
    pub fn writes(&self) -> u64 {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).writes
    }

    /// Returns `true` if the process that has it counts as dead.
    pub fn is_dead(&self) -> bool {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).dead
    }

    fn write<'a, T: Send + 'a>(&'a self, call: impl FnOnce(&'a dyn Store) -> Answer<'a, T>) -> Answer<'a, T> {
        let failure = {
            let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
            if plan.dead {
                return Box::pin(std::future::ready(Err(StoreError::Closed)));
            }
            plan.writes += 1;
            let number = plan.writes;
            let failure = plan.failures.remove(&number);
            plan.dead = matches!(failure, Some(Failure::Before | Failure::After));
            failure
        };
        // The call is made before anything is waited for, as the store's own would be.
        let call = match failure {
            None => return call(&*self.store),
            Some(Failure::Before | Failure::Unknown { happened: false }) => None,
            Some(Failure::After | Failure::Unknown { happened: true }) => Some(call(&*self.store)),
        };
        Box::pin(async move {
            if let Some(call) = call {
                call.await?;
            }
            Err(match failure {
                Some(Failure::Unknown { .. }) => StoreError::Unknown("the connection broke".to_owned()),
                _ => StoreError::Closed,
            })
        })
    }

    fn read<'a, T: Send + 'a>(&'a self, call: impl FnOnce(&'a dyn Store) -> Answer<'a, T>) -> Answer<'a, T> {
        if self.is_dead() {
            Box::pin(std::future::ready(Err(StoreError::Closed)))
        } else {
            call(&*self.store)
        }
    }
}

macro_rules! crashing_calls {
    ($($kind:ident $name:ident($request:ty) -> $answer:ty;)*) => {
        impl Store for Crashing {
            $(fn $name(&self, request: $request) -> Answer<'_, $answer> {
                self.$kind(|store| store.$name(request))
            })*

            fn listen(&self, listener: Weak<Listener>) {
                self.store.listen(listener);
            }
        }
    };
}
crate::every_call!(crashing_calls);
