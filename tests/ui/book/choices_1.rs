use serde::{Deserialize, Serialize};
use stepfn::{StateData, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order { status: Status }

#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "UPPERCASE")]
enum Status { New, Paid, Shipped }

state_machine! {
    Routing(Order) {
        start_at: Route,
        Route: Choice { choices: [ $.status == "NEW" => Pay, $.status == "PAID" => Ship ] },
        Pay: Succeed {},
        Ship: Succeed {},
    }
}

fn main() {}
