//! Submits a job and looks at it every few seconds, on virtual time: the waits take none.
//!
//! ```sh
//! cargo run --example job_poller
//! ```

// The workflow's items are public for its readers; here they are a module of a program.
#![allow(unreachable_pub)]

mod workflow;

use std::error::Error;

use stepfn::{Workflow, executor::Executor, value::to_value};
use workflow::{JobPoller, Request};

fn main() -> Result<(), Box<dyn Error>> {
    let executor = Executor::new(&JobPoller::definition())?;
    for command in ["resize", "crash"] {
        let request = Request { command: command.into(), wait_time: 30 };
        let outcome = executor.run_blocking(to_value(&request)?)?;
        println!("{command}: {} after {} s of virtual time", outcome.status, outcome.duration().as_secs());
        println!("  {}", outcome.history.path().join(" → "));
    }
    Ok(())
}
