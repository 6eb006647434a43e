//! Executions that are interrupted anywhere go on as if nothing had happened.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

mod crash;
mod crashing;
mod machines;
mod storm;
mod world;
