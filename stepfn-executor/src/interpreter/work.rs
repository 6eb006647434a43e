//! The pending work of an execution's Tasks.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::AtomicBool, atomic::Ordering},
    task::{Context, Poll, Waker},
};

use stepfn_core::{
    task::{HandlerFuture, TaskFailure},
    value::Value,
};

use super::fiber::FiberId;
use crate::link::{Link, SlotWaker};

/// The outcome of a handler: a result, or a panic with its message.
pub(super) type Answer = Result<Result<Value, TaskFailure>, String>;

/// None is made before some work is pending: in most executions handlers answer at once.
#[derive(Default)]
pub(super) struct Work(Option<Box<Pool>>);

#[derive(Default)]
struct Pool {
    slots: Vec<Option<Slot>>,
    free: Vec<usize>,
    woken: Vec<usize>,
    finished: Vec<(FiberId, Answer)>,
    pending: usize,
}

struct Slot {
    fiber: FiberId,
    future: Option<HandlerFuture>,
    waker: Arc<SlotWaker>,
}

impl Slot {
    /// Returns `true` if anybody can still wake the work: it is about to be polled, or somebody else holds its waker.
    fn is_alive(&self) -> bool {
        self.waker.queued.load(Ordering::Acquire) || Arc::strong_count(&self.waker) > 1
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.future.take().into_iter().for_each(drop_quietly);
    }
}

/// Drops what is somebody else's, whose panics must not reach the execution.
pub(super) fn drop_quietly<T>(what: T) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(what))) {
        // Its own end may panic again.
        std::mem::forget(panic);
    }
}

/// Polls work for the first time. Most handlers of tests and benchmarks are done then, so it needs no waker yet: who is
/// not will be polled again with one.
pub(super) fn try_now(future: &mut HandlerFuture) -> Option<Answer> {
    poll(future, Waker::noop())
}

fn poll(future: &mut HandlerFuture, waker: &Waker) -> Option<Answer> {
    let mut cx = Context::from_waker(waker);
    match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut cx))) {
        Ok(Poll::Pending) => None,
        Ok(Poll::Ready(result)) => Some(Ok(result)),
        Err(panic) => Some(Err(message(panic))),
    }
}

/// The message of a panic.
pub(crate) fn message(panic: Box<dyn std::any::Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    drop_quietly(panic);
    text.unwrap_or_else(|| "no message".to_owned())
}

impl Work {
    /// Takes work on. It is polled at the next [`poll_woken`](Self::poll_woken).
    pub(super) fn add(&mut self, link: Arc<Link>, fiber: FiberId, future: HandlerFuture) -> usize {
        self.0.get_or_insert_default().add(link, fiber, future)
    }

    /// Drops work that nobody waits for any more.
    pub(super) fn cancel(&mut self, slot: usize) {
        if let Some(pool) = &mut self.0 {
            pool.cancel(slot);
        }
    }

    /// Returns `true` if pending work may come to something. Work whose waker nobody holds never does.
    pub(super) fn is_pending(&self) -> bool {
        self.0.as_ref().is_some_and(|pool| pool.is_pending())
    }

    /// Returns the slots that wakers have left.
    pub(super) fn woken(&mut self) -> &mut Vec<usize> {
        &mut self.0.get_or_insert_default().woken
    }

    /// Polls all that was woken. True when something is finished.
    pub(super) fn poll_woken(&mut self) -> bool {
        self.0.as_mut().is_some_and(|pool| pool.poll_woken())
    }

    pub(super) fn take_finished(&mut self) -> Vec<(FiberId, Answer)> {
        self.0.as_mut().map(|pool| std::mem::take(&mut pool.finished)).unwrap_or_default()
    }
}

impl Pool {
    fn add(&mut self, link: Arc<Link>, fiber: FiberId, future: HandlerFuture) -> usize {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        let waker = Arc::new(SlotWaker { link, slot, queued: AtomicBool::new(true) });
        self.slots[slot] = Some(Slot { fiber, future: Some(future), waker });
        self.woken.push(slot);
        self.pending += 1;
        slot
    }

    fn cancel(&mut self, slot: usize) {
        if self.slots.get_mut(slot).is_some_and(|slot| slot.take().is_some()) {
            self.free.push(slot);
            self.pending -= 1;
        }
    }

    fn is_pending(&self) -> bool {
        self.pending > 0 && self.slots.iter().flatten().any(Slot::is_alive)
    }

    fn poll_woken(&mut self) -> bool {
        for index in std::mem::take(&mut self.woken) {
            let Some(slot) = self.slots.get_mut(index).and_then(Option::as_mut) else { continue };
            slot.waker.queued.store(false, Ordering::Release);
            let waker = Waker::from(Arc::clone(&slot.waker));
            let Some(future) = &mut slot.future else { continue };
            if let Some(answer) = poll(future, &waker) {
                let fiber = slot.fiber;
                self.cancel(index);
                self.finished.push((fiber, answer));
            }
        }
        !self.finished.is_empty()
    }
}
