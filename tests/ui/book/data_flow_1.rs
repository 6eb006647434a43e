use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order { id: String, lines: Vec<u32> }
#[derive(Serialize, Deserialize, StateData)]
struct Price { net: u64, tax: u64 }
#[derive(Serialize, Deserialize, StateData)]
struct Invoice { order: String, net: u64 }

#[lambda]
async fn price(lines: Vec<u32>) -> Price { Price { net: lines.len() as u64 * 100, tax: 19 } }
#[lambda]
async fn invoice(invoice: Invoice) -> String { format!("{}: {}", invoice.order, invoice.net) }

state_machine! {
    Invoicing(Order) -> String {
        start_at: Price,
        Price: Task {
            resource: lambda(price),
            input_path: $.lines,
            result_selector: { "net": $.net },
            result_path: $.price,
            next: Invoice,
        },
        Invoice: Task {
            resource: lambda(invoice),
            parameters: { "order": $.id, "net": $.price.tax },
            end: true,
        },
    }
}

fn main() {}
