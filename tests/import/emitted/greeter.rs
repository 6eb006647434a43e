use stepfn::state_machine;

state_machine! {
    #[name = "greeter"]
    #[express]
    #[tracing]
    #[logging(level = ALL, destination = get_att("Logs", "Arn"))]
    pub Greeter() {
        start_at: Greet,

        Greet: Task { resource: get_att("Greet", "Arn"), end: true },
    }
}
