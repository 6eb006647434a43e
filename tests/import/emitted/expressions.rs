use stepfn::state_machine;

state_machine! {
    #[name = "expressions"]
    pub Expressions() {
        query_language: JSONata,
        start_at: Price,

        Price: Task {
            resource: lambda::invoke,
            credentials: { role_arn: "{% $states.input.role %}" },
            arguments: {
                "FunctionName": "price",
                "Payload": { "order": "{% $states.input.order %}" },
            },
            timeout_seconds: "{% $states.input.timeout %}",
            heartbeat_seconds: "{% $states.input.heartbeat %}",
            assign: { "price": "{% $states.result.Payload.price %}" },
            output: r#"{% (
  $price := $states.result.Payload;
  { "price": $price }
) %}"#,
            retry: [{ error_equals: [States.ALL], max_attempts: 1 }],
            catch: [{
                error_equals: [States.ALL],
                assign: { "failed": true },
                output: { "error": "{% $states.errorOutput.Error %}" },
                next: Pick,
            }],
            next: Pick,
        },

        // FIXME: state `Pick`: `$states.input.price`: `price` may be missing: not every way here puts it there
        #[allow(stepfn::maybe_missing)]
        Pick: Choice {
            choices: [
                "{% $states.input.price > 100 %}" => Wait {
                    assign: { "taken": 1 },
                    output: { "large": "{% $states.input.price %}" },
                },
                /// always
                true => Each,
            ],
            output: "{% $states.input %}",
            default: Wait,
        },

        Wait: Wait { seconds: "{% 1 + 1 %}", output: {}, next: Until },

        Until: Wait { timestamp: "{% $now() %}", assign: { "n": "{% 1 %}" }, next: Each },

        Each: Map {
            items: "{% [1, 2] %}",
            item_selector: { "item": "{% $states.context.Map.Item.Value %}" },
            item_batcher: { max_items_per_batch: "{% 5 %}" },
            max_concurrency: "{% 2 %}",
            tolerated_failure_count: "{% 1 %}",
            tolerated_failure_percentage: "{% 5 %}",
            item_processor: {
                processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                start_at: One,

                One: Pass { query_language: JSONata, output: "{% $states.input %}", end: true },
            },
            next: Both,
        },

        Both: Parallel {
            arguments: { "list": "{% $states.input %}" },
            branches: [
                { start_at: Good, Good: Succeed { output: "{% 1 %}" } },
                { start_at: Bad, Bad: Fail { error: "{% 'Bad' %}", cause: "{% 'worse' %}" } },
            ],
            output: "{% $states.result %}",
            end: true,
        },
    }
}
