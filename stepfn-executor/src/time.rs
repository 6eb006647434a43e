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

mod alarm;

use std::{
    fmt,
    panic::catch_unwind,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tokio::runtime::Handle;

/// A future that ends when a point in time is reached.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A clock.
pub trait Time: fmt::Debug + Send + Sync + 'static {
    /// Returns the present time.
    fn now(&self) -> Timestamp;

    /// Waits for a point in time, or makes it that time: `None` means that it is reached.
    ///
    /// An execution asks when nothing else of it can run.
    fn reach(&self, at: Timestamp) -> Option<Sleep>;

    /// Returns `true` if [`reach`](Self::reach) makes it that time. Such a clock stops while a task's work is pending.
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
    /// The default start of virtual time: 2024-01-01T00:00:00Z.
    pub const START: Timestamp = Timestamp::constant(1_704_067_200, 0);

    /// A clock that starts at a point in time.
    pub fn starting_at(start: Timestamp) -> Self {
        Self { now: AtomicI64::new(start.as_microsecond()) }
    }

    /// Moves the clock on; it never goes back.
    /// Whether it is this time.
    #[inline]
    fn is(&self, now: Timestamp) -> bool {
        self.now.load(Ordering::Acquire) == now.as_microsecond() && now.subsec_nanosecond() % 1000 == 0
    }

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

/// Real time, by the system's clock and tokio's timer. Outside of a tokio runtime with time enabled, one thread
/// sleeps for all.
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

/// The clock of one execution: virtual time of its own until somebody else goes by it too.
#[derive(Debug)]
pub(crate) enum Watch {
    Own(VirtualTime),
    Real,
    Shared(Arc<dyn Time>),
}

impl Watch {
    fn time(&self) -> &dyn Time {
        match self {
            Self::Own(time) => time,
            Self::Real => &RealTime,
            Self::Shared(time) => &**time,
        }
    }

    /// The same clock for an execution inside of this one.
    pub(crate) fn share(&mut self) -> Self {
        if let Self::Own(time) = self {
            *self = Self::Shared(Arc::new(std::mem::take(time)));
        }
        match self {
            Self::Shared(time) => Self::Shared(Arc::clone(time)),
            _ => Self::Real,
        }
    }

    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Own(time) => time.now(),
            other => other.time().now(),
        }
    }

    /// Brings a time up to date. Virtual time mostly does not move.
    #[inline]
    pub(crate) fn tick(&self, now: &mut Timestamp) {
        if !matches!(self, Self::Own(time) if time.is(*now)) {
            *now = self.now();
        }
    }

    pub(crate) fn reach(&self, at: Timestamp) -> Option<Sleep> {
        self.time().reach(at)
    }

    #[inline]
    pub(crate) fn is_virtual(&self) -> bool {
        match self {
            Self::Own(_) => true,
            other => other.time().is_virtual(),
        }
    }
}

impl From<Arc<dyn Time>> for Watch {
    fn from(time: Arc<dyn Time>) -> Self {
        Self::Shared(time)
    }
}

/// A point in time by the clock on the wall, for what happens outside of an execution's own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WallClock(Option<Instant>);

impl WallClock {
    /// Returns the instant that is so far in the future. One that is too far away never comes.
    pub(crate) fn in_future(span: Duration) -> Self {
        Self(Instant::now().checked_add(span))
    }

    /// Returns the duration until then.
    pub(crate) fn left(self) -> Duration {
        self.0.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()))
    }
}

/// Waits by the real clock, whatever tokio's clock shows: its tests may have it paused.
pub(crate) fn sleep_outside(span: Duration) -> Sleep {
    alarm::sleep(span)
}

/// Waits by tokio's timer, or outside of a runtime that has one by a thread that all share.
fn sleep(span: Duration) -> Sleep {
    if Handle::try_current().is_ok() {
        // It panics in a runtime without timer, which cannot be asked for.
        if let Ok(sleep) = catch_unwind(|| Box::pin(tokio::time::sleep(span))) {
            return sleep;
        }
    }
    alarm::sleep(span)
}

/// A timestamp on the clocks of executions, which end before the year 10,000 does: the last there is where it is later than that.
pub(crate) fn of(timestamp: &stepfn_core::check::Timestamp) -> Timestamp {
    let nanoseconds = i32::try_from(timestamp.nanoseconds()).unwrap_or(0);
    let end = if timestamp.seconds() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    Timestamp::new(timestamp.seconds(), nanoseconds).unwrap_or(end)
}

/// Returns the duration from one point in time to another; zero when that is past.
pub fn until(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or(Duration::ZERO)
}

/// A point in time so many seconds after another, the last there is where it would be later than that.
pub(crate) fn seconds_after(from: Timestamp, seconds: u64) -> Timestamp {
    let second = i64::try_from(seconds).ok().and_then(|seconds| from.as_second().checked_add(seconds));
    second.and_then(|second| Timestamp::new(second, from.subsec_nanosecond()).ok()).unwrap_or(Timestamp::MAX)
}

/// A point in time after another, the last there is where it would be later than that.
pub fn after(from: Timestamp, span: Duration) -> Timestamp {
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
        for start in ["1969-12-31T23:59:59.25Z", "2024-01-01T00:00:00.75Z", "9999-12-30T22:00:00Z"] {
            let start: Timestamp = start.parse().unwrap();
            for seconds in [0, 1, 300, 31_536_000, u64::MAX] {
                let expected = after(start, Duration::from_secs(seconds));
                assert_eq!(seconds_after(start, seconds), expected, "{seconds} s after {start}");
            }
        }
        assert_eq!(until(Timestamp::MAX, VirtualTime::START), Duration::ZERO);
    }
}
