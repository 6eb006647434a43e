//! What a service is asked for, and what is read of its answer.
use stepfn::state_machine;

state_machine! {
    UnknownService(serde_json::Value) -> serde_json::Value {
        start_at: Send,
        Send: Task { resource: "arn:aws:states:::sqss:sendMessage", parameters: {}, end: true },
    }
}

state_machine! {
    UnknownAction(serde_json::Value) -> serde_json::Value {
        start_at: Send,
        Send: Task { resource: sqs::send_mesage, parameters: {}, end: true },
    }
}

state_machine! {
    UnsupportedPattern(serde_json::Value) -> serde_json::Value {
        start_at: Send,
        Send: Task {
            resource: "arn:aws:states:::sqs:sendMessage.sync",
            parameters: { "QueueUrl": "https://example.com/queue", "MessageBody": $.order },
            end: true,
        },
    }
}

state_machine! {
    MissingParameter(serde_json::Value) -> serde_json::Value {
        start_at: Send,
        Send: Task { resource: sqs::send_message, parameters: { "MessageBody": $.order }, end: true },
    }
}

state_machine! {
    NoParameters(serde_json::Value) -> serde_json::Value {
        start_at: Send,
        Send: Task { resource: sqs::send_message, end: true },
    }
}

state_machine! {
    UnknownParameter(serde_json::Value) -> serde_json::Value {
        start_at: Get,
        Get: Task {
            resource: aws_sdk::s3::get_object,
            parameters: { "bucket": "orders", "Key": $.key },
            end: true,
        },
    }
}

state_machine! {
    NestedParameter(serde_json::Value) -> serde_json::Value {
        start_at: Put,
        Put: Task {
            resource: events::put_events,
            query_language: JSONata,
            arguments: { "Entries": [{ "Sorce": "orders", "DetailType": "order", "Detail": "{}" }] },
            end: true,
        },
    }
}

state_machine! {
    WrongParameter(serde_json::Value) -> serde_json::Value {
        start_at: Stop,
        Stop: Task {
            resource: aws_sdk::ec2::stop_instances,
            parameters: { "InstanceIds": "i-0123456789abcdef0" },
            end: true,
        },
    }
}

state_machine! {
    AnswerWithoutField(serde_json::Value) -> serde_json::Value {
        start_at: Get,
        Get: Task {
            resource: dynamodb::get_item,
            parameters: { "TableName": "orders", "Key": { "id": { "S": $.id } } },
            output_path: $.Itme,
            end: true,
        },
    }
}

state_machine! {
    AnswerOfAnotherKind(serde_json::Value) -> serde_json::Value {
        start_at: Find,
        Find: Task {
            resource: aws_sdk::dynamodb::query,
            parameters: { "TableName": "orders" },
            next: Each,
        },
        Each: Map {
            items_path: $,
            item_processor: { start_at: One, One: Pass { end: true } },
            end: true,
        },
    }
}

fn main() {}
