use stepfn::state_machine;

state_machine! {
    #[name = "${self:service}-nightly"]
    pub Nightly() {
        start_at: Sweep,

        Sweep: Task { resource: "${self:custom.sweep}", end: true },
    }
}
