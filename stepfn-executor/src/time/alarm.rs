//! Waiting outside of a tokio runtime: one thread sleeps for whoever waits, however many they are.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use super::Sleep;

/// The time that the thread stays when nobody waits.
const LINGER: Duration = Duration::from_secs(10);

/// The number of alarms that may be given up before they are cleared away.
const STALE: usize = 64;

/// Waits so long. A time that is too long to count never ends.
pub(super) fn sleep(span: Duration) -> Sleep {
    Box::pin(Alarm { at: Instant::now().checked_add(span), bell: None })
}

/// A future that ends at a point in time.
struct Alarm {
    /// The time; none is never.
    at: Option<Instant>,
    /// The bell that the thread rings, once it knows of the alarm.
    bell: Option<Arc<Bell>>,
}

/// The waker of an alarm.
#[derive(Default)]
struct Bell(Mutex<Option<Waker>>);

impl Bell {
    fn lock(&self) -> MutexGuard<'_, Option<Waker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Future for Alarm {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(at) = self.at else { return Poll::Pending };
        if at <= Instant::now() {
            return Poll::Ready(());
        }
        match &self.bell {
            Some(bell) => *bell.lock() = Some(cx.waker().clone()),
            None => {
                let bell = Arc::new(Bell(Mutex::new(Some(cx.waker().clone()))));
                self.bell = Some(Arc::clone(&bell));
                CLOCK.set(at, bell);
            }
        }
        // It may have rung in between, when nobody was there to be woken.
        if at <= Instant::now() { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some(bell) = self.bell.take() {
            *bell.lock() = None;
            drop(bell);
            CLOCK.give_up();
        }
    }
}

static CLOCK: Clock = Clock { alarms: Mutex::new(Alarms::NONE), changed: Condvar::new() };

/// The alarms of all threads.
struct Clock {
    alarms: Mutex<Alarms>,
    changed: Condvar,
}

struct Alarms {
    heap: BinaryHeap<Reverse<Entry>>,
    set: u64,
    stale: usize,
    has_thread: bool,
}

struct Entry {
    at: Instant,
    order: u64,
    bell: Arc<Bell>,
}

impl Alarms {
    const NONE: Self = Self { heap: BinaryHeap::new(), set: 0, stale: 0, has_thread: false };
}

impl Clock {
    fn lock(&self) -> MutexGuard<'_, Alarms> {
        // The alarms are whole between any two calls, so a panic elsewhere does not spoil them.
        self.alarms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&'static self, at: Instant, bell: Arc<Bell>) {
        let mut alarms = self.lock();
        alarms.set += 1;
        let order = alarms.set;
        let is_first = alarms.heap.peek().is_none_or(|Reverse(first)| at < first.at);
        alarms.heap.push(Reverse(Entry { at, order, bell }));
        let needs_thread = !std::mem::replace(&mut alarms.has_thread, true);
        drop(alarms);
        if needs_thread {
            let thread = thread::Builder::new().name("stepfn-timer".to_owned()).spawn(|| self.run());
            if thread.is_err() {
                // Without a thread the alarm is for the next one to find.
                self.lock().has_thread = false;
            }
        } else if is_first {
            self.changed.notify_one();
        }
    }

    /// An alarm is not waited for any more.
    fn give_up(&self) {
        let mut alarms = self.lock();
        alarms.stale += 1;
        if alarms.stale > STALE && alarms.stale * 2 > alarms.heap.len() {
            alarms.stale = 0;
            // Who still waits holds the bell as well.
            alarms.heap.retain(|Reverse(entry)| Arc::strong_count(&entry.bell) > 1);
            alarms.heap.shrink_to_fit();
        }
    }

    fn run(&self) {
        let mut alarms = self.lock();
        loop {
            let now = Instant::now();
            let mut due = Vec::new();
            while alarms.heap.peek().is_some_and(|Reverse(first)| first.at <= now) {
                due.extend(alarms.heap.pop().map(|Reverse(entry)| entry.bell));
            }
            if !due.is_empty() {
                drop(alarms);
                for bell in due {
                    let waker = bell.lock().take();
                    if let Some(waker) = waker {
                        // What a waker of somebody else's does must not stop the clock.
                        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| waker.wake()));
                    }
                }
                alarms = self.lock();
                continue;
            }
            let (span, is_idle) = match alarms.heap.peek() {
                Some(Reverse(first)) => (first.at.saturating_duration_since(now), false),
                None => (LINGER, true),
            };
            let (kept, waited) =
                self.changed.wait_timeout(alarms, span).unwrap_or_else(PoisonError::into_inner);
            alarms = kept;
            if is_idle && waited.timed_out() && alarms.heap.is_empty() {
                alarms.has_thread = false;
                return;
            }
        }
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    struct Count(AtomicUsize, thread::Thread);

    impl std::task::Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
            self.1.unpark();
        }
    }

    #[test]
    fn one_thread_wakes_all_who_wait_and_forgets_those_who_do_not() {
        let count = Arc::new(Count(AtomicUsize::new(0), thread::current()));
        let waker = Waker::from(Arc::clone(&count));
        let mut cx = Context::from_waker(&waker);
        let mut soon: Vec<_> = (0..500).map(|at| sleep(Duration::from_millis(1 + at % 7))).collect();
        let mut later: Vec<_> = (0..10_000).map(|_| sleep(Duration::from_secs(3600))).collect();
        let mut never = sleep(Duration::MAX);
        assert!(never.as_mut().poll(&mut cx).is_pending());
        for alarm in later.iter_mut().chain(&mut soon) {
            let _ = alarm.as_mut().poll(&mut cx);
        }
        soon.retain_mut(|alarm| alarm.as_mut().poll(&mut cx).is_pending());
        while !soon.is_empty() {
            thread::park_timeout(Duration::from_secs(5));
            soon.retain_mut(|alarm| alarm.as_mut().poll(&mut cx).is_pending());
        }
        assert!(later.iter_mut().all(|alarm| alarm.as_mut().poll(&mut cx).is_pending()));
        assert!(CLOCK.lock().heap.len() >= 10_000);
        drop(later);
        assert!(CLOCK.lock().heap.len() < 1_000);
    }
}
