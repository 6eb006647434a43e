use serde_json::Value;
use stepfn::{lambda, state_machine};

/// The function `charge`.
#[lambda]
pub fn charge(input: Value) -> Value;

state_machine! {
    /// Charges and tells.
    #[name = "order-flow"]
    #[express]
    #[tracing]
    #[logging(
        level = ERROR,
        include_execution_data = true,
        destination = get_att("FlowLogs", "Arn")
    )]
    #[substitutions(TopicTopicName = get_att("Topic", "TopicName"))]
    pub OrderFlow() {
        start_at: Charge,

        Charge: Task { resource: lambda(charge), timeout_seconds: 30, next: Tell },

        Tell: Task {
            resource: sns::publish,
            parameters: {
                "TopicArn": ref_("Topic"),
                "Message": $.receipt,
                "Subject": "${TopicTopicName} in ${AWS::Region}",
            },
            retry: [{ error_equals: [States.TaskFailed], max_attempts: 2 }],
            next: Save,
        },

        // FIXME: state `Save`: `$.id`: there is no field `id` here; the service answers `MessageId`, `SdkHttpMetadata`, `SdkResponseMetadata`, `SequenceNumber`
        #[allow(stepfn::no_such_field)]
        Save: Task {
            resource: dynamodb::put_item,
            parameters: {
                "TableName": { "Fn::ImportValue": "orders-table" },
                "Item": { "id": { "S": $.id } },
            },
            retry: [{ error_equals: [States.TaskFailed], max_attempts: 2 }],
            end: true,
        },
    }
}
