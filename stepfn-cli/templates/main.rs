use stepfn::{Workflow, executor::Executor, value::to_value};

use {{crate}}::{Order, OrderApproval, Receipt};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let executor = Executor::new(&OrderApproval::definition())?;
    let order = Order { order_id: "A-1".into(), total_amount: 5_000 };
    let receipt: Receipt = executor.run_blocking(to_value(&order)?)?.into_output()?;
    println!("charged {}", receipt.charged);
    Ok(())
}
