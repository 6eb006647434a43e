//! Choices that compare what cannot be, or may not match.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Passed,
    Failed,
}

#[derive(Serialize, Deserialize, StateData)]
struct Job {
    status: Status,
    progress: u8,
    name: String,
    started: String,
}

#[lambda]
fn unused(job: Job) -> Job;

#[derive(Debug, thiserror::Error, TaskError)]
#[error("unused")]
struct Unused;

state_machine! {
    pub Literal(Job) -> serde_json::Value {
        start_at: Check,
        Check: Choice {
            choices: [
                $.status == "PASED" => Done,
                $.progress == "100" => Done,
                $.name > 7 => Done,
                string($.progress) == $.name => Done,
            ],
            default: Done,
        },
        Done: Succeed {},
    }
}

state_machine! {
    pub Untold(Job) -> serde_json::Value {
        start_at: Check,
        Check: Choice { choices: [ $.progress == $.name => Done ], default: Done },
        Done: Succeed {},
    }
}

state_machine! {
    pub Uncovered(Job) -> serde_json::Value {
        start_at: Check,
        Check: Choice { choices: [ $.status == "PASSED" => Done ] },
        Done: Succeed {},
    }
}

state_machine! {
    pub Open(Job) -> serde_json::Value {
        start_at: Check,
        Check: Choice { choices: [ $.progress > 50 => Done, $.progress < 50 => Done ] },
        Done: Succeed {},
    }
}

state_machine! {
    pub Covered(Job) -> serde_json::Value {
        start_at: Check,
        Check: Choice { choices: [ $.status == "PASSED" => Number, $.status == "FAILED" => Declared ] },
        Number: Choice { choices: [ $.progress > 50 => Done, $.progress <= 50 => Done ] },
        Declared: Choice { choices: [ $.name == "x" => Done ], default: States.NoChoiceMatched },
        Done: Succeed {},
    }
}

fn main() {}
