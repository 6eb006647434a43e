//! Tools for tests of stores, and of hosts over them.

mod crashing;
mod suite;

pub use crashing::{Crashing, Failure};
pub use suite::{Difference, Steps, compare};
