//! What editors see of machines and types: the code that rust-analyzer alone expands, compiled here by rustc, so that each path of these machines
//! leads to a field of the type that flows in there.

#![allow(dead_code, missing_docs, missing_debug_implementations)]

use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda};

/// The code for editors of a type that is declared beside it.
macro_rules! data {
    ($($item:item)+) => {
        $($item const _: () = { stepfn::__private::editor_data! { $item } };)+
    };
}

data! {
    #[derive(Serialize, Deserialize, StateData)]
    #[serde(rename_all = "camelCase")]
    pub struct Order {
        /// Its number.
        pub order_id: String,
        pub total_amount: u64,
        pub items: Vec<Item>,
        pub customer: Option<Box<Customer>>,
        pub payment: Payment,
        #[serde(flatten)]
        pub source: Source,
    }

    #[derive(Serialize, Deserialize, StateData)]
    pub struct Item { pub sku: String, pub count: u32, #[serde(rename = "type")] pub kind: Kind }

    #[derive(Serialize, Deserialize, StateData)]
    pub enum Kind { Book, Toy }

    #[derive(Serialize, Deserialize, StateData)]
    #[serde(rename_all = "camelCase")]
    pub struct Customer { pub first_name: String }

    #[derive(Serialize, Deserialize, StateData)]
    #[serde(tag = "method", rename_all_fields = "camelCase")]
    pub enum Payment { Card { last_digits: String }, Invoice { due_days: u32 } }

    #[derive(Serialize, Deserialize, StateData)]
    pub struct Source { pub channel: String }

    #[derive(Serialize, Deserialize, StateData)]
    pub struct Page<T> { pub content: Vec<T>, pub next: Option<String> }

    #[derive(Serialize, Deserialize, StateData)]
    #[serde(rename_all = "camelCase")]
    pub struct Receipt { pub receipt_id: String, pub pages: Page<Item> }
}

#[lambda]
fn charge(order: Order) -> Receipt {
    Receipt { receipt_id: order.order_id, pages: Page { content: order.items, next: None } }
}

/// A machine, and its code for editors in a module of its own, where it is another machine.
macro_rules! machine {
    ($($tokens:tt)+) => {
        stepfn::state_machine! { $($tokens)+ }

        mod seen {
            use super::*;

            struct Orders;

            #[allow(non_upper_case_globals)]
            impl Orders {
                const Check: &str = "";
                const Charge: &str = "";
                const Each: &str = "";
                const Ship: &str = "";
                const Big: &str = "";
            }

            stepfn::__private::editor_machine! { $($tokens)+ }
        }
    };
}

machine! {
    pub Orders(Order) {
        start_at: Check,
        /// Whether it is worth a look.
        Check: Choice {
            choices: [
                $.totalAmount > 1_000 && is_present($.items[0]) && $.items[0].sku == "a" => Big,
                is_present($.customer) && !is_null($.customer) && $.customer.firstName == "Ada" => Big,
                $.payment.method == "Card" && $.channel == "web" => Charge,
            ],
            default: Charge,
        },
        Big: Pass { parameters: { "note": $.orderId, "all": $.items[*].type }, result_path: $.big, next: Charge },
        Charge: Task {
            resource: lambda(charge),
            result_selector: { "id": $.receiptId, "skus": $.pages.content[*].sku },
            result_path: $.receipt,
            catch: [{ error_equals: [States.ALL], result_path: $.error, next: Each }],
            next: Each,
        },
        Each: Map {
            items_path: $.items,
            item_selector: { "item": $$.Map.Item.Value, "order": $.orderId },
            item_processor: {
                start_at: Ship,
                Ship: Pass { parameters: { "text": States.Format("{} {}", $.item.sku, $.order) }, end: true },
            },
            end: true,
        },
    }
}

#[test]
fn what_is_for_editors_changes_nothing_of_the_machine() {
    use stepfn::Workflow;

    assert_eq!(Orders::Check, "Check");
    assert_eq!(Orders::definition().machine.states.len(), 4);
}
