//! The first published mistake: the answer of `lambda:invoke` is under `Payload`.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
struct Upload {
    file_id: String,
}

#[derive(Serialize, Deserialize, StateData)]
struct Validation {
    status: String,
}

#[derive(Debug, thiserror::Error, TaskError)]
enum ValidatorError {
    #[error("unreadable")]
    Unreadable,
}

#[lambda]
fn validator(upload: Upload) -> Result<Validation, ValidatorError>;

state_machine! {
    pub CsvProcessing(Upload) -> serde_json::Value {
        start_at: ValidateCSV,
        ValidateCSV: Task {
            resource: lambda::invoke(validator),
            payload: $,
            result_path: $.validationResult,
            next: CheckValidation,
        },
        CheckValidation: Choice {
            choices: [ $.validationResult.status == "PASSED" => Passed ],
            default: Failed,
        },
        Passed: Succeed {},
        Failed: Fail { error: "ValidationFailed" },
    }
}

fn main() {}
