//! The clock of a host.

use std::{sync::Arc, time::Duration};

use stepfn_executor::{Time, Timestamp, VirtualTime};

/// A host's clock, in whole microseconds.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    Real,
    /// It moves when it is set.
    Virtual(Arc<VirtualTime>),
    /// Real time by a clock of a test's own, which may go wrong.
    #[cfg(feature = "testing")]
    Given(Given),
}

/// The clock of a test.
#[cfg(feature = "testing")]
#[derive(Clone)]
pub(crate) struct Given(pub(crate) Arc<dyn Fn() -> Timestamp + Send + Sync>);

#[cfg(feature = "testing")]
impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Given")
    }
}

impl Clock {
    pub(crate) fn starting_at(start: Timestamp) -> Self {
        Self::Virtual(Arc::new(VirtualTime::starting_at(start)))
    }

    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Real => {
                Timestamp::from_microsecond(Timestamp::now().as_microsecond()).unwrap_or(Timestamp::MAX)
            }
            Self::Virtual(time) => time.now(),
            #[cfg(feature = "testing")]
            Self::Given(Given(now)) => now(),
        }
    }

    pub(crate) fn is_virtual(&self) -> bool {
        matches!(self, Self::Virtual(_))
    }

    /// Moves a virtual clock on.
    pub(crate) fn advance_to(&self, at: Timestamp) {
        if let Self::Virtual(time) = self {
            // A virtual clock is there at once.
            drop(time.reach(at));
        }
    }
}

/// Milliseconds since 1970, rounded up, as stores keep times that are waited for.
pub(crate) fn millis_up(at: Timestamp) -> i64 {
    millis(at) + i64::from(at.as_microsecond().rem_euclid(1000) > 0)
}

/// Milliseconds since 1970.
pub(crate) fn millis(at: Timestamp) -> i64 {
    at.as_microsecond().div_euclid(1000)
}

/// A span in milliseconds.
pub(crate) fn span(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// The time that a store keeps.
pub(crate) fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}
