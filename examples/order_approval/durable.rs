//! The order approval in a store: kill it while it waits, start it again, approve.
//!
//! ```sh
//! cargo run --example durable_approval --features durable            # waits for a manager; end it with Ctrl+C
//! cargo run --example durable_approval --features durable -- TOKEN   # the same execution goes on
//! ```

// The workflow's items are public for its readers; here they are a module of a program.
#![allow(unreachable_pub)]

mod workflow;

use std::error::Error;

use stepfn::{
    Workflow,
    durable::{Host, store::Sqlite},
    value::to_value,
};
use workflow::{Approval, Order, OrderApproval};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = Sqlite::open(std::env::temp_dir().join("stepfn-orders.db"))?;
    let host = Host::builder().store(store).machine(OrderApproval::definition()).start().await?;

    let order = Order { order_id: "A-2".into(), total_amount: 2_500_000 };
    let started = host.start_named::<OrderApproval>("A-2", &order).await?;
    println!("{} {}", if started.is_new { "started" } else { "goes on:" }, started.execution_arn);
    if let Some(token) = std::env::args().nth(1) {
        let approval = Approval { approved_by: "김 부장".into() };
        host.send_task_success(&token, to_value(&approval)?).await?;
    }
    let receipt = host.output::<OrderApproval>(&started.execution_arn).await?;
    println!("charged {} for {}", receipt.charged, receipt.order_id);
    host.shut_down().await;
    Ok(())
}
