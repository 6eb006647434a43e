//! One definition as Standard and as Express; logging and tracing.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, Workflow, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Ping {
    text: String,
}

#[lambda]
async fn echo(ping: Ping) -> Ping {
    ping
}

state_machine! {
    /// Says what it hears.
    #[logging(level = ALL, include_execution_data = true, destination = get_att("EchoLogGroup", "Arn"))]
    #[tracing]
    EchoStandard(Ping) -> Ping {
        start_at: Echo,
        Echo: Task { resource: lambda(echo), end: true },
    }
}

state_machine! {
    /// Says what it hears.
    #[express]
    #[logging(level = ERROR, destination = "arn:aws:logs:ap-northeast-2:123456789012:log-group:echo:*")]
    EchoExpress(Ping) -> Ping {
        start_at: Echo,
        Echo: Task { resource: lambda(echo), end: true },
    }
}
