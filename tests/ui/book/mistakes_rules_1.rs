use stepfn::{TaskError, lambda, state_machine};

#[derive(Debug, thiserror::Error, TaskError)]
enum ChargeError {
    #[error("refused")]
    CardRefused,
}

#[lambda]
async fn charge(total: u64) -> Result<u64, ChargeError> { if total > 9 { Err(ChargeError::CardRefused) } else { Ok(total) } }

state_machine! {
    Orders(u64) -> u64 {
        start_at: Charge,
        Charge: Task {
            resource: lambda(charge),
            retry: [{ error_equals: [States.ALL], max_attempts: 2, backoff_rate: 0.5 }],
            catch: [
                { error_equals: [States.ALL], next: Failed },
                { error_equals: [CardRefused], next: Failed },
            ],
            timeout_seconds: 10,
            heartbeat_seconds: 20,
            end: true,
        },
        Failed: Fail { error: "Failed" },
    }
}

fn main() {}
