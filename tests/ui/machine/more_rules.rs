//! More rules of the language, one machine each.
use stepfn::state_machine;

state_machine! {
    DuplicateStateName(serde_json::Value) -> serde_json::Value {
        start_at: Both,
        Both: Parallel { branches: [ { start_at: Work, Work: Pass { end: true } } ], next: Work },
        Work: Succeed {},
    }
}

state_machine! {
    EmptyList(serde_json::Value) -> serde_json::Value {
        start_at: Decide,
        Decide: Choice { choices: [], default: Done },
        Done: Succeed {},
    }
}

state_machine! {
    OverLimit(serde_json::Value) -> serde_json::Value {
        start_at: "This name of a state is longer than AWS takes, which is at most eighty characters all in all",
        "This name of a state is longer than AWS takes, which is at most eighty characters all in all": Succeed {},
    }
}

state_machine! {
    VariableName(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Pass { assign: { "no name": 1 }, end: true },
    }
}

state_machine! {
    ChoiceOperand(serde_json::Value) -> serde_json::Value {
        start_at: Decide,
        Decide: Choice { choices: [ $.at < timestamp("tomorrow") => Done ], default: Done },
        Done: Succeed {},
    }
}

state_machine! {
    RetryValues(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Task {
            resource: "arn:aws:states:::sns:publish",
            parameters: { "TopicArn": "arn:aws:sns:us-east-1:123456789012:Orders", "Message": "done" },
            retry: [ { error_equals: [States.ALL], interval_seconds: 0, backoff_rate: 0.5, jitter_strategy: SOME } ],
            end: true,
        },
    }
}

state_machine! {
    TimeoutValues(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Task {
            resource: "arn:aws:states:::sns:publish",
            parameters: { "TopicArn": "arn:aws:sns:us-east-1:123456789012:Orders", "Message": "done" },
            timeout_seconds: 10,
            heartbeat_seconds: 10,
            end: true,
        },
    }
}

state_machine! {
    WaitFields(serde_json::Value) -> serde_json::Value {
        start_at: Rest,
        Rest: Wait { seconds: 1, seconds_path: $.s, next: Empty },
        Empty: Wait { end: true },
    }
}

state_machine! {
    FailFields(serde_json::Value) -> serde_json::Value {
        start_at: Stop,
        Stop: Fail { cause: "a", cause_path: $.b },
    }
}

state_machine! {
    MapFields(serde_json::Value) -> serde_json::Value {
        start_at: Each,
        Each: Map {
            max_concurrency: 2,
            max_concurrency_path: $.n,
            item_processor: { start_at: Work, Work: Succeed {} },
            end: true,
        },
    }
}

state_machine! {
    MapLabel(serde_json::Value) -> serde_json::Value {
        start_at: Each,
        Each: Map {
            label: "a label",
            item_processor: {
                processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                start_at: Work,
                Work: Succeed {},
            },
            end: true,
        },
    }
}

state_machine! {
    InvalidJsonata(serde_json::Value) -> serde_json::Value {
        start_at: Decide,
        query_language: JSONata,
        Decide: Choice { choices: [ "{% $states.input.x" => Done ], default: Done },
        Done: Succeed {},
    }
}

state_machine! {
    InvalidResource(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Task { resource: "lambda", end: true },
    }
}

state_machine! {
    ErrorNames(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Task {
            resource: "arn:aws:states:::sns:publish",
            parameters: { "TopicArn": "arn:aws:sns:us-east-1:123456789012:Orders", "Message": "done" },
            retry: [ { error_equals: [States.Timeot] }, { error_equals: [States.Runtime] } ],
            catch: [
                { error_equals: [SNS.NotFoundException], next: Done },
                { error_equals: [SNS.NotFoundException], next: Done },
            ],
            next: Done,
        },
        Done: Succeed {},
    }
}

state_machine! {
    DeadChoiceRule(serde_json::Value) -> serde_json::Value {
        start_at: Decide,
        Decide: Choice { choices: [ $.x == 1 => Done, $.x == 1 => Done ], default: Done },
        Done: Succeed {},
    }
}

state_machine! {
    Version(serde_json::Value) -> serde_json::Value {
        start_at: Done,
        version: "2.0",
        Done: Succeed { comment: "an expression as a text" },
    }
}

state_machine! {
    ExpressionAsText(serde_json::Value) -> serde_json::Value {
        start_at: Done,
        Done: Pass { parameters: { "x": "States.UUID()", "y": "{% $states.input %}" }, end: true },
    }
}

state_machine! {
    CallbackWithoutTimeout(serde_json::Value) -> serde_json::Value {
        start_at: Ask,
        Ask: Task {
            resource: sqs::send_message.wait_for_task_token,
            parameters: { "QueueUrl": "https://example.com/queue", "MessageBody": $$.Task.Token },
            end: true,
        },
    }
}

state_machine! {
    Allowed(serde_json::Value) -> serde_json::Value {
        start_at: Ask,
        #[allow(stepfn::callback_without_timeout)]
        Ask: Task {
            resource: sqs::send_message.wait_for_task_token,
            parameters: { "QueueUrl": "https://example.com/queue", "MessageBody": $$.Task.Token },
            end: true,
        },
    }
}

fn main() {}
