//! Two retriers with backoffs of their own, three catchers in order.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, Workflow, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Call {
    number: u32,
}

#[derive(Debug, thiserror::Error, TaskError)]
enum CallError {
    #[error("busy")]
    Busy,
    #[error("no line")]
    NoLine,
    #[error("wrong number")]
    WrongNumber,
}

#[lambda]
fn dial(call: Call) -> Result<Call, CallError>;

state_machine! {
    /// Calls until somebody answers.
    Dialer(Call) -> serde_json::Value {
        start_at: Dial,
        Dial: Task {
            resource: lambda(dial),
            retry: [
                { error_equals: [Busy], interval_seconds: 1, max_attempts: 3, backoff_rate: 2.0 },
                {
                    error_equals: [NoLine, States.Timeout],
                    interval_seconds: 10,
                    max_attempts: 2,
                    backoff_rate: 3.0,
                    max_delay_seconds: 20,
                },
            ],
            catch: [
                { error_equals: [WrongNumber], result_path: $.error, next: AskAgain },
                { error_equals: [Busy], next: CallLater },
                { error_equals: [States.ALL], result_path: null, next: GiveUp },
            ],
            timeout_seconds: 60,
            end: true,
        },
        AskAgain: Pass { input_path: $.error.Error, end: true },
        CallLater: Pass { input_path: $.Error, end: true },
        GiveUp: Pass { input_path: $.number, end: true },
    }
}

#[test]
fn asl() {
    insta::assert_snapshot!(Dialer::definition().machine.to_canonical_string());
}
