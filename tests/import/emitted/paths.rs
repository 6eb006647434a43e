use stepfn::state_machine;

state_machine! {
    /// Everything that JSONPath has.
    ///
    /// In two paragraphs.
    #[name = "paths"]
    pub Paths() {
        version: "1.0",
        query_language: JSONPath,
        timeout_seconds: 86_400,
        start_at: Make,

        /// Taken literally
        Make: Pass {
            result: {
                "a.$": "$.no.path",
                "list": [1, -2.5, null, true, { "deep": "$.x" }],
                "text": r#"it's "so"
and \ so"#,
            },
            result_path: $.made,
            next: Shape,
        },

        #[allow(stepfn::expression_as_text)]
        Shape: Pass {
            comment: "",
            query_language: JSONPath,
            input_path: $.made,
            parameters: {
                "a": $.list[0],
                "b": States.Format(r"{} of \{\} it's {}", $.text, States.UUID()),
                "tight": asl("States.Array($.text,1)"),
                "c": $$.Execution.Id,
                "some": asl("$.list[?(@.deep == 'x')]"),
                "path": "$.not.followed",
                "v": $$.Execution.Input.v,
                "seconds": 3,
                "until": "2030-01-01T00:00:00Z",
                "none": null,
                "empty": {},
                "nothing": [],
                "more": { "nested": $..deep },
                "w": $$.Execution.Input["w x"],
                "odd key": $$.Execution.Input["odd key"].x,
                "list": $.list,
            },
            output_path: $,
            assign: { "last": $.a, "fixed": 1 },
            next: Pick,
        },

        Pick: Choice {
            input_path: $,
            choices: [
                $.v == "a" => Each,
                $.v == string($.w) => Each,
                $.v < "a" => Each,
                $.v < string($.w) => Each,
                $.v > "a" => Each,
                $.v > string($.w) => Each,
                $.v <= "a" => Each,
                $.v <= string($.w) => Each,
                $.v >= "a" => Each,
                $.v >= string($.w) => Each,
                $.v == 10_000 => Each,
                $.v == number($.w) => Each,
                $.v < 10_000 => Each,
                $.v < number($.w) => Each,
                $.v > 10_000 => Each,
                $.v > number($.w) => Each,
                $.v <= 10_000 => Each,
                $.v <= number($.w) => Each,
                $.v >= 10_000 => Each,
                $.v >= number($.w) => Each,
                $.v == timestamp("2030-01-01T00:00:00Z") => Each,
                $.v == timestamp($.w) => Each,
                $.v < timestamp("2030-01-01T00:00:00Z") => Each,
                $.v < timestamp($.w) => Each,
                $.v > timestamp("2030-01-01T00:00:00Z") => Each,
                $.v > timestamp($.w) => Each,
                $.v <= timestamp("2030-01-01T00:00:00Z") => Each,
                $.v <= timestamp($.w) => Each,
                $.v >= timestamp("2030-01-01T00:00:00Z") => Each,
                $.v >= timestamp($.w) => Each,
                $.v matches r"log-*.\\*" => Each,
                $.v == false => Each,
                $.v == boolean($.w) => Each,
                is_present($.v) => Each,
                is_null($.v) == false => Each,
                is_string($.v) => Each,
                is_numeric($.v) => Each,
                is_boolean($.v) => Each,
                is_timestamp($.v) => Each,
                $.v != "b" => Each,
                !($.v < 1.5) => Each,
                !!is_present($.v) => Each,
                /// Joined.
                is_present(asl("$['v']"))
                    && ($.v == -1 || is_null($.v) == false && $.w == r#"x "quoted""#) => Each,
                (is_null($.v) == false && is_null($.w) == false) && is_string($.v) => Each,
                or(is_present($.v)) => "Wait a bit" {
                    comment: " not trimmed ",
                    assign: { "taken": "or" },
                },
                !(is_null($.v) || is_null($.w)) => "match",
                and(
                    #[doc = "why"] is_present($.v),
                    #[doc = "in a list"] (is_numeric($.v) || !(#[doc = "not this"] $.w == "c"))
                ) => Each,
            ],
            output_path: $,
            assign: { "taken": "none" },
            default: Each,
        },

        "Wait a bit": Wait { seconds: 1, next: "match" },

        "match": Wait { seconds_path: $.seconds, next: Until },

        Until: Wait { timestamp: "2030-01-01T00:00:00Z", next: UntilPath },

        UntilPath: Wait { timestamp_path: $.until, assign: { "waited": true }, next: Each },

        Each: Map {
            items_path: $.list,
            item_selector: { "item": $$.Map.Item.Value },
            max_concurrency_path: $.seconds,
            item_processor: {
                comment: "one item",
                processor_config: { mode: INLINE },
                start_at: One,
                One: Pass { end: true },
            },
            result_selector: { "all": $ },
            result_path: null,
            next: Older,
        },

        Older: Map {
            items_path: $.list,
            max_concurrency: 4,
            parameters: { "item": $$.Map.Item.Value },
            iterator: {
                start_at: OneOfThem,

                /// well
                OneOfThem: Succeed { input_path: $, output_path: $ },
            },
            result_path: $.older,
            next: Rows,
        },

        Rows: Map {
            item_reader: {
                resource: s3::get_object,
                reader_config: {
                    input_type: CSV,
                    csv_header_location: GIVEN,
                    csv_headers: ["id", "total"],
                    csv_delimiter: SEMICOLON,
                    max_items_path: $.seconds,
                },
                parameters: { "Bucket": "${Bucket}", "Key": $.until },
            },
            item_selector: { "id": $$.Map.Item.Value.id },
            item_batcher: {
                batch_input: { "run": $.until },
                max_items_per_batch: 100,
                max_input_bytes_per_batch: 65_536,
            },
            max_concurrency: 1000,
            tolerated_failure_count: 10,
            tolerated_failure_percentage: 2.5,
            label: "rows",
            item_processor: {
                processor_config: { mode: DISTRIBUTED, execution_type: EXPRESS },
                start_at: Batch,
                Batch: Pass { end: true },
            },
            result_writer: {
                resource: s3::put_object,
                writer_config: { transformation: COMPACT, output_type: JSONL },
                parameters: { "Bucket": "results", "Prefix": "a" },
            },
            result_path: $.rows,
            next: Objects,
        },

        Objects: Map {
            item_reader: {
                resource: s3::list_objects_v2,
                reader_config: { transformation: NONE, max_items: 50 },
                parameters: { "Bucket": "orders", "Prefix": $.until },
            },
            item_batcher: {
                max_items_per_batch_path: $.seconds,
                max_input_bytes_per_batch_path: $.seconds,
            },
            tolerated_failure_count_path: $.seconds,
            tolerated_failure_percentage_path: $.seconds,
            item_processor: {
                processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                start_at: Object,
                Object: Pass { end: true },
            },
            result_path: null,
            next: Parts,
        },

        Parts: Map {
            item_reader: {
                resource: s3::get_object,
                reader_config: { input_type: MANIFEST, manifest_type: ATHENA_DATA },
                parameters: { "Bucket": "orders", "Key": "manifest.csv" },
            },
            item_processor: {
                processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                start_at: Part,
                Part: Pass { end: true },
            },
            result_path: null,
            next: Items,
        },

        Ask: Task {
            resource: sqs::send_message.wait_for_task_token,
            credentials: { role_arn: $.until },
            parameters: {
                "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
                "MessageBody": { "token": $$.Task.Token },
            },
            timeout_seconds_path: $.seconds,
            heartbeat_seconds_path: $.seconds,
            result_path: $.asked,
            next: Call,
        },

        Call: Task {
            input_path: $,
            resource: "arn:aws:lambda:eu-west-1:123456789012:function:price",
            credentials: { role_arn: "arn:aws:iam::123456789012:role/pricing" },
            parameters: { "a": $.a },
            timeout_seconds: 60,
            heartbeat_seconds: 20,
            result_selector: { "price": $.price },
            result_path: $.priced,
            output_path: $,
            assign: { "price": $.price },
            retry: [
                {
                    comment: "slow to start",
                    error_equals: [Lambda.ServiceException, "odd-name"],
                    interval_seconds: 2,
                    max_attempts: 4,
                    backoff_rate: 1.5,
                    max_delay_seconds: 30,
                    jitter_strategy: FULL,
                },
                { error_equals: [States.ALL] },
            ],
            catch: [{
                comment: "whatever is left",
                error_equals: [States.ALL],
                result_path: $.error,
                assign: { "failed": $.Error },
                next: Both,
            }],
            next: Both,
        },

        /// in their own way
        Both: Parallel {
            input_path: $,
            parameters: { "until": $.until },
            branches: [
                { start_at: Named, Named: Fail { error: "Named", cause: "as it is written" } },
                {
                    comment: "told",
                    start_at: Told,
                    Told: Fail {
                        error_path: $.until,
                        cause_path: States.Format("{} left", $.until),
                    },
                },
                {
                    start_at: Get,

                    Get: Task {
                        resource: aws_sdk::dynamodb::get_item,
                        parameters: { "TableName": "orders", "Key": { "id": { "S": "1" } } },
                        end: true,
                    },
                },
                {
                    start_at: Run,

                    Run: Task {
                        resource: states::start_execution.sync_2,
                        parameters: {
                            "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:other",
                            "Input": $,
                        },
                        end: true,
                    },
                },
            ],
            result_selector: { "all": $ },
            result_path: $.both,
            output_path: $.both,
            retry: [{ error_equals: [States.TaskFailed] }],
            catch: [{ error_equals: [States.ALL], next: Done }],
            next: Done,
        },

        Items: Map {
            item_reader: {
                resource: s3::get_object,
                reader_config: { input_type: JSON, items_pointer: "/data/items" },
                parameters: { "Bucket": "orders", "Key": "parts.json" },
            },
            item_processor: {
                processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                start_at: Item,
                Item: Pass { end: true },
            },
            result_path: null,
            next: Ask,
        },

        Done: Succeed {},
    }
}
