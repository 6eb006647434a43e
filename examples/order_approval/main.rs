//! A person in the loop: an order over 1,000,000 waits until a manager follows one of two links.
//!
//! ```sh
//! cargo run --example order_approval
//! ```

// The workflow's items are public for its readers; here they are a module of a program.
#![allow(unreachable_pub)]

mod workflow;

use std::error::Error;

use stepfn::{Workflow, executor::Executor, value::to_value};
use workflow::{Approval, Order, OrderApproval};

fn main() -> Result<(), Box<dyn Error>> {
    let executor = Executor::new(&OrderApproval::definition())?;

    println!("a small order goes straight on");
    let small = Order { order_id: "A-1".into(), total_amount: 5_000 };
    println!("  {}\n", executor.run_blocking(to_value(&small)?)?.status);

    println!("a large one waits; the manager approves");
    let large = Order { order_id: "A-2".into(), total_amount: 2_500_000 };
    let mut execution = executor.start(to_value(&large)?);
    execution.run_until_idle();
    for pending in execution.pending_tokens() {
        let approval = Approval { approved_by: "김 부장".into() };
        executor.send_task_success(&pending.token, to_value(&approval)?)?;
    }
    println!("  {}\n", execution.run_blocking()?.status);

    println!("another one; the manager rejects");
    let mut execution = executor.start(to_value(&Order { order_id: "A-3".into(), ..large.clone() })?);
    execution.run_until_idle();
    for pending in execution.pending_tokens() {
        executor.send_task_failure(&pending.token, "Rejected".to_owned(), "예산 초과".to_owned())?;
    }
    println!("  {}\n", execution.run_blocking()?.status);

    println!("a last one; nobody answers for a day, which takes no time here");
    let outcome = executor.run_blocking(to_value(&Order { order_id: "A-4".into(), ..large })?)?;
    println!("  {} after {} hours", outcome.status, outcome.duration().as_secs() / 3600);
    Ok(())
}
