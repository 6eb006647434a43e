//! What time it is for a host.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use stepfn_executor::{Timestamp, VirtualTime};

/// A host's clock, in microseconds since 1970.
#[derive(Clone)]
pub(crate) enum Clock {
    Real,
    /// It moves to the next thing to do as soon as nothing else is left to be done.
    Virtual(Arc<AtomicI64>),
}

impl Clock {
    pub(crate) fn virtual_time() -> Self {
        Self::Virtual(Arc::new(AtomicI64::new(VirtualTime::START.as_microsecond())))
    }

    pub(crate) fn now(&self) -> Timestamp {
        let micros = match self {
            Self::Real => Timestamp::now().as_microsecond(),
            Self::Virtual(now) => now.load(Ordering::Acquire),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn is_virtual(&self) -> bool {
        matches!(self, Self::Virtual(_))
    }

    /// Sets a virtual clock.
    pub(crate) fn set(&self, at: Timestamp) {
        if let Self::Virtual(now) = self {
            now.store(at.as_microsecond(), Ordering::Release);
        }
    }

    /// Moves a virtual clock on. Rounded up, so that whoever waits for `at` finds it reached.
    pub(crate) fn advance_to(&self, at: Timestamp) {
        if let Self::Virtual(now) = self {
            let micros = at.as_microsecond() + i64::from(at.subsec_nanosecond() % 1000 > 0);
            now.fetch_max(micros, Ordering::AcqRel);
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_virtual() { "Virtual" } else { "Real" })
    }
}

/// Milliseconds since 1970, rounded up, as stores keep times that are waited for.
pub(crate) fn millis_up(at: Timestamp) -> i64 {
    at.as_microsecond().div_euclid(1000) + i64::from(at.as_microsecond().rem_euclid(1000) > 0)
}

pub(crate) fn millis(at: Timestamp) -> i64 {
    at.as_microsecond().div_euclid(1000)
}
