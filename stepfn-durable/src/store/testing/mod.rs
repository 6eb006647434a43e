//! Tools for tests of stores, and of hosts over them.

mod crashing;
mod suite;
#[cfg(feature = "sqlite")]
mod work;

pub use crashing::{Crashing, Failure};
pub use suite::{Difference, Steps, compare};
#[cfg(feature = "sqlite")]
pub(in crate::store) use work::Counters;
#[cfg(feature = "sqlite")]
pub use work::Work;
