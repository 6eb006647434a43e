//! What tests of stores, and of hosts over them, need.

mod crashing;
mod suite;

pub use crashing::{Crashing, Failure};
pub use suite::{Difference, Steps, compare};
