//! Two retriers with backoffs of their own, three catchers in order.

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{
    StateData, TaskError, Workflow,
    executor::{Mock, Outcome},
    lambda, state_machine,
};

#[derive(Serialize, Deserialize, StateData)]
struct Call {
    number: u32,
}

// The function is somewhere else: here only its errors' names matter.
#[allow(dead_code)]
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

fn dialer(mock: Mock) -> Outcome {
    crate::run(&Dialer::definition(), json!({ "number": 112 }), |builder| builder.mock("Dial", mock))
}

#[test]
fn each_retrier_has_its_own_backoff_and_count() {
    let answer = crate::value(json!({ "number": 112 }));
    let mock =
        Mock::fail("Busy", "").times(2).then(Mock::fail("NoLine", "").times(2)).then(Mock::succeed(answer));
    let outcome = dialer(mock);
    crate::succeeded(&outcome, &["Dial"], json!({ "number": 112 }));
    // 1 s and 2 s for the busy line; 10 s and then not 30 s but the longest delay, 20 s, for the dead one.
    assert_eq!(outcome.duration().as_secs(), 1 + 2 + 10 + 20);
}

#[test]
fn the_first_catcher_that_fits_takes_the_error() {
    crate::succeeded(&dialer(Mock::fail("WrongNumber", "who?")), &["Dial", "AskAgain"], json!("WrongNumber"));
    let outcome = dialer(Mock::fail("Busy", ""));
    crate::succeeded(&outcome, &["Dial", "CallLater"], json!("Busy"));
    assert_eq!(outcome.duration().as_secs(), 1 + 2 + 4);
    crate::succeeded(&dialer(Mock::fail("NoLine", "")), &["Dial", "GiveUp"], json!(112));
}

#[test]
fn a_call_that_takes_too_long_is_timed_out_and_tried_again() {
    let outcome = dialer(Mock::never());
    crate::succeeded(&outcome, &["Dial", "GiveUp"], json!(112));
    assert_eq!(outcome.duration().as_secs(), 60 + 10 + 60 + 20 + 60);
    let timeouts =
        outcome.history.events().filter(|event| event.event_type == "LambdaFunctionTimedOut").count();
    assert_eq!(timeouts, 3);
}
