//! Deployments and calls against Step Functions in memory, through the SDK and its wire format.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "tests")]
#![allow(unreachable_pub, reason = "modules of a test")]

mod aliases;
mod calls;
mod fake;
mod log_groups;
mod plans;
