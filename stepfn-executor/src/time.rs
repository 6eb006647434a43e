//! Clocks that executions run on.
//!
//! Virtual time goes to the next timer as soon as nothing else can run, so that a year's Wait costs nothing and always
//! gives the same timestamps:
//!
//! ```
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
//! use stepfn_executor::Executor;
//!
//! let (machine, _) = asl::read_str(
//!     r#"{"StartAt": "Year", "States": {"Year": {"Type": "Wait", "Seconds": 31000000, "End": true}}}"#,
//! )?;
//! let definition = Definition::from_asl("Patience", WorkflowType::Standard, machine);
//! let outcome = Executor::builder().virtual_time().build(&definition)?.run_blocking(Value::empty_object())?;
//! assert_eq!(outcome.duration().as_secs(), 31_000_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::{
    fmt,
    future::poll_fn,
    panic::catch_unwind,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    task::{Poll, Waker},
    thread,
    time::Duration,
};

use jiff::Timestamp;
use tokio::runtime::Handle;

/// What ends when a point in time is reached.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A clock.
pub trait Time: fmt::Debug + Send + Sync + 'static {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// Waits for a point in time, or makes it that time: `None` says that it is reached.
    ///
    /// An execution asks when nothing else of it can run.
    fn reach(&self, at: Timestamp) -> Option<Sleep>;

    /// Whether [`reach`](Self::reach) makes it that time. Such a clock stands still while a task's work is pending.
    fn is_virtual(&self) -> bool {
        false
    }
}

/// Virtual time: it moves on when nothing else can run.
#[derive(Debug)]
pub struct VirtualTime {
    /// Microseconds since 1970.
    now: AtomicI64,
}

impl VirtualTime {
    /// When virtual time starts where nothing else is said: 2024-01-01T00:00:00Z.
    pub const START: Timestamp = Timestamp::constant(1_704_067_200, 0);

    /// A clock that starts at a point in time.
    pub fn starting_at(start: Timestamp) -> Self {
        Self { now: AtomicI64::new(start.as_microsecond()) }
    }

    /// Moves the clock on; it never goes back.
    pub(crate) fn advance_to(&self, at: Timestamp) {
        // Rounded up, so that whoever waits for `at` finds it reached.
        let micros = at.as_microsecond() + i64::from(at.subsec_nanosecond() % 1000 > 0);
        self.now.fetch_max(micros, Ordering::AcqRel);
    }
}

impl Default for VirtualTime {
    fn default() -> Self {
        Self::starting_at(Self::START)
    }
}

impl Time for VirtualTime {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.now.load(Ordering::Acquire)).unwrap_or(Timestamp::MAX)
    }

    fn reach(&self, at: Timestamp) -> Option<Sleep> {
        self.advance_to(at);
        None
    }

    fn is_virtual(&self) -> bool {
        true
    }
}

/// Real time, by the system's clock and tokio's timer. Outside of a tokio runtime with time enabled, a thread sleeps in
/// its place.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealTime;

impl Time for RealTime {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn reach(&self, at: Timestamp) -> Option<Sleep> {
        let left = until(self.now(), at);
        (!left.is_zero()).then(|| sleep(left))
    }
}

fn sleep(span: Duration) -> Sleep {
    if Handle::try_current().is_ok() {
        // It panics in a runtime without timer, which cannot be asked for.
        if let Ok(sleep) = catch_unwind(|| Box::pin(tokio::time::sleep(span))) {
            return sleep;
        }
    }
    let over = Arc::new(Alarm::default());
    let alarm = Arc::clone(&over);
    thread::spawn(move || {
        thread::sleep(span);
        let waker = std::mem::replace(&mut *alarm.lock(), Ringing::Over);
        if let Ringing::Later(Some(waker)) = waker {
            waker.wake();
        }
    });
    Box::pin(poll_fn(move |cx| match &mut *over.lock() {
        Ringing::Over => Poll::Ready(()),
        Ringing::Later(waker) => {
            *waker = Some(cx.waker().clone());
            Poll::Pending
        }
    }))
}

/// What a sleeping thread and the future of its end share.
#[derive(Default)]
struct Alarm(Mutex<Ringing>);

enum Ringing {
    Later(Option<Waker>),
    Over,
}

impl Default for Ringing {
    fn default() -> Self {
        Self::Later(None)
    }
}

impl Alarm {
    fn lock(&self) -> MutexGuard<'_, Ringing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A timestamp on the clocks of executions, which end before the year 10,000 does: the last there is where it is later than that.
pub(crate) fn of(timestamp: &stepfn_core::check::Timestamp) -> Timestamp {
    let nanoseconds = i32::try_from(timestamp.nanoseconds()).unwrap_or(0);
    let end = if timestamp.seconds() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    Timestamp::new(timestamp.seconds(), nanoseconds).unwrap_or(end)
}

/// How long it is from one point in time to another; zero when that is past.
pub(crate) fn until(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or(Duration::ZERO)
}

/// A point in time after another, the last there is where it would be later than that.
pub(crate) fn after(from: Timestamp, span: Duration) -> Timestamp {
    jiff::SignedDuration::try_from(span)
        .ok()
        .and_then(|span| from.checked_add(span).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn virtual_time_reaches_what_it_is_asked_for_and_never_goes_back() {
        let time = VirtualTime::default();
        let at: Timestamp = "2024-01-01T00:00:00.123456789Z".parse().unwrap();
        assert!(time.reach(at).is_none());
        assert!(time.now() >= at);
        let reached = time.now();
        assert!(time.reach(VirtualTime::START).is_none());
        assert_eq!(time.now(), reached);
    }

    #[test]
    fn real_time_needs_no_runtime() {
        let span = Duration::from_nanos(1);
        let timerless = tokio::runtime::Builder::new_current_thread().build().unwrap();
        timerless.block_on(sleep(span));
        let thread = std::thread::spawn(move || {
            let outside = sleep(span);
            timerless.block_on(outside);
        });
        thread.join().unwrap();
    }

    #[test]
    fn sums_stop_at_the_end_of_time() {
        assert_eq!(after(VirtualTime::START, Duration::MAX), Timestamp::MAX);
        assert_eq!(until(Timestamp::MAX, VirtualTime::START), Duration::ZERO);
    }
}
