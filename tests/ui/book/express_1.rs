use stepfn::state_machine;

state_machine! {
    #[express]
    Quick(serde_json::Value) {
        start_at: Run,
        Run: Task {
            resource: ecs::run_task.sync,
            parameters: { "TaskDefinition": "job", "Cluster": "jobs" },
            end: true,
        },
    }
}

fn main() {}
