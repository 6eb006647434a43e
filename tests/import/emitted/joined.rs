use stepfn::state_machine;

state_machine! {
    pub Joined() {
        start_at: Tell,

        Tell: Task {
            resource: sns::publish,
            parameters: { "Message": "hello", "TopicArn": ref_("Topic") },
            end: true,
        },
    }
}
