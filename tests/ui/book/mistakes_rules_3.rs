use stepfn::{lambda, state_machine};

#[lambda]
async fn ask(_question: serde_json::Value) {}

state_machine! {
    Approve(serde_json::Value) {
        start_at: Ask,
        Ask: Task {
            resource: lambda::invoke(ask).wait_for_task_token,
            payload: { "order": $ },
            timeout_seconds: 3600,
            end: true,
        },
    }
}

fn main() {}
