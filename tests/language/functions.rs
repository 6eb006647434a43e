//! The intrinsic functions, and the context object.

use stepfn::{
    Definition,
    builder::{Machine, Map, Pass, Scope, Task, call, object, path},
    state_machine,
    value::Value,
};

pub(crate) mod intrinsics {
    use super::*;

    state_machine! {
        /// All intrinsic functions.
        pub(crate) Intrinsics(Value) -> Value {
            start_at: Call,
            Call: Pass {
                parameters: {
                    "array": States.Array(1, "two", $.three, null),
                    "partition": States.ArrayPartition($.list, 2),
                    "contains": States.ArrayContains($.list, 3),
                    "range": States.ArrayRange(1, 9, 2),
                    "get": States.ArrayGetItem($.list, 0),
                    "length": States.ArrayLength($.list),
                    "unique": States.ArrayUnique($.list),
                    "encode": States.Base64Encode("it's {plain}"),
                    "decode": States.Base64Decode($.encoded),
                    "hash": States.Hash($.three, "SHA-256"),
                    "merge": States.JsonMerge($.left, $.right, false),
                    "parse": States.StringToJson($.text),
                    "text": States.JsonToString($.left),
                    "random": States.MathRandom(1, 100),
                    "sum": States.MathAdd($.number, -1),
                    "split": States.StringSplit($.three, ","),
                    "uuid": States.UUID(),
                    "format": States.Format("{} of {}", $.number, States.ArrayLength($.list)),
                },
                end: true,
            },
        }
    }

    pub(crate) fn built() -> Definition {
        let mut m =
            Machine::new("Intrinsics").comment("All intrinsic functions.").input::<Value>().output::<Value>();
        let state = m.state("Call");
        let list = || path("$.list");
        let null = || Value::Null.into();
        m.define(
            state,
            Pass::new()
                .parameters([
                    ("array", call("States.Array", [1.into(), "two".into(), path("$.three"), null()])),
                    ("partition", call("States.ArrayPartition", [list(), 2.into()])),
                    ("contains", call("States.ArrayContains", [list(), 3.into()])),
                    ("range", call("States.ArrayRange", [1.into(), 9.into(), 2.into()])),
                    ("get", call("States.ArrayGetItem", [list(), 0.into()])),
                    ("length", call("States.ArrayLength", [list()])),
                    ("unique", call("States.ArrayUnique", [list()])),
                    ("encode", call("States.Base64Encode", ["it's {plain}".into()])),
                    ("decode", call("States.Base64Decode", [path("$.encoded")])),
                    ("hash", call("States.Hash", [path("$.three"), "SHA-256".into()])),
                    ("merge", call("States.JsonMerge", [path("$.left"), path("$.right"), false.into()])),
                    ("parse", call("States.StringToJson", [path("$.text")])),
                    ("text", call("States.JsonToString", [path("$.left")])),
                    ("random", call("States.MathRandom", [1.into(), 100.into()])),
                    ("sum", call("States.MathAdd", [path("$.number"), (-1).into()])),
                    ("split", call("States.StringSplit", [path("$.three"), ",".into()])),
                    ("uuid", call("States.UUID", [])),
                    (
                        "format",
                        call(
                            "States.Format",
                            ["{} of {}".into(), path("$.number"), call("States.ArrayLength", [list()])],
                        ),
                    ),
                ])
                .end(),
        );
        super::super::definition(m)
    }
}

pub(crate) mod context {
    use super::*;

    state_machine! {
        /// Every field of the context object, where it exists.
        pub(crate) Context(Value) -> Value {
            start_at: Ask,
            Ask: Task {
                resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                timeout_seconds: 60,
                parameters: {
                    "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
                    "MessageBody": {
                        "execution": $$.Execution.Id,
                        "input": $$.Execution.Input,
                        "name": $$.Execution.Name,
                        "role": $$.Execution.RoleArn,
                        "started": $$.Execution.StartTime,
                        "redrives": $$.Execution.RedriveCount,
                        "entered": $$.State.EnteredTime,
                        "state": $$.State.Name,
                        "retries": $$.State.RetryCount,
                        "machine": $$.StateMachine.Id,
                        "machineName": $$.StateMachine.Name,
                        "token": $$.Task.Token,
                    },
                },
                result_path: null,
                next: Each,
            },
            Each: Map {
                items_path: $.items,
                item_selector: { "index": $$.Map.Item.Index, "value": $$.Map.Item.Value },
                item_processor: { start_at: One, One: Pass { end: true } },
                end: true,
            },
        }
    }

    pub(crate) fn built() -> Definition {
        let mut m = Machine::new("Context")
            .comment("Every field of the context object, where it exists.")
            .input::<Value>()
            .output::<Value>();
        let [ask, each] = ["Ask", "Each"].map(|name| m.state(name));
        let message = object([
            ("execution", path("$$.Execution.Id")),
            ("input", path("$$.Execution.Input")),
            ("name", path("$$.Execution.Name")),
            ("role", path("$$.Execution.RoleArn")),
            ("started", path("$$.Execution.StartTime")),
            ("redrives", path("$$.Execution.RedriveCount")),
            ("entered", path("$$.State.EnteredTime")),
            ("state", path("$$.State.Name")),
            ("retries", path("$$.State.RetryCount")),
            ("machine", path("$$.StateMachine.Id")),
            ("machineName", path("$$.StateMachine.Name")),
            ("token", path("$$.Task.Token")),
        ]);
        m.define(
            ask,
            Task::resource("arn:aws:states:::sqs:sendMessage.waitForTaskToken")
                .timeout_seconds(60)
                .parameters([
                    ("QueueUrl", "https://sqs.eu-west-1.amazonaws.com/123456789012/orders".into()),
                    ("MessageBody", message),
                ])
                .result_path(None)
                .next(each),
        );
        let mut scope = Scope::new();
        let one = scope.state("One");
        scope.define(one, Pass::new().end());
        m.define(
            each,
            Map::new(scope)
                .items_path("$.items")
                .item_selector([("index", path("$$.Map.Item.Index")), ("value", path("$$.Map.Item.Value"))])
                .end(),
        );
        super::super::definition(m)
    }
}
