//! `Task`: every field, in both query languages.

use stepfn::{
    Definition,
    asl::QueryLanguage,
    builder::{Catcher, Machine, Pass, Retrier, Task, jsonata, path},
    lambda, state_machine,
    value::Value,
};

#[lambda]
async fn price(order: Value) -> Value {
    order
}

pub(crate) mod paths {
    use super::*;

    state_machine! {
        /// Every field of a Task in JSONPath.
        pub(crate) Paths(Value) -> Value {
            start_at: Price,
            version: "1.0",
            timeout_seconds: 3600,
            /// A function behind its envelope.
            Price: Task {
                query_language: JSONPath,
                input_path: $.order,
                resource: lambda::invoke(price),
                payload: { "order": $, "run": $$.Execution.Name },
                credentials: { role_arn: "arn:aws:iam::123456789012:role/pricing" },
                timeout_seconds: 60,
                heartbeat_seconds: 20,
                result_selector: { "price": $.Payload, "role": $.Payload.role, "limits": $.Payload.limits },
                result_path: $.priced,
                output_path: $,
                assign: { "price": $.Payload, "rounded": States.MathAdd(1, 2) },
                retry: [{
                    comment: "the function is slow to start",
                    error_equals: [Lambda.ServiceException, States.Timeout],
                    interval_seconds: 2,
                    max_attempts: 4,
                    backoff_rate: 1.5,
                    max_delay_seconds: 30,
                    jitter_strategy: FULL,
                }],
                catch: [{
                    comment: "whatever is left",
                    error_equals: [States.ALL],
                    result_path: $.error,
                    assign: { "failed": $.Error },
                    next: Failed,
                }],
                next: Queue,
            },
            #[allow(stepfn::maybe_missing)]
            Queue: Task {
                resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                parameters: {
                    "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
                    "MessageBody": { "token": $$.Task.Token, "price": $price },
                },
                credentials: { role_arn: $.priced.role },
                timeout_seconds_path: $.priced.limits.timeout,
                heartbeat_seconds_path: $.priced.limits.heartbeat,
                end: true,
            },
            Failed: Pass { end: true },
        }
    }

    pub(crate) fn built() -> Definition {
        let mut m = Machine::new("Paths")
            .comment("Every field of a Task in JSONPath.")
            .input::<Value>()
            .output::<Value>()
            .version("1.0")
            .timeout_seconds(3600);
        let [price_state, queue, failed] = ["Price", "Queue", "Failed"].map(|name| m.state(name));
        m.define(
            price_state,
            Task::invoke::<price>()
                .comment("A function behind its envelope.")
                .query_language(QueryLanguage::JsonPath)
                .input_path("$.order")
                .payload(stepfn::builder::object([("order", path("$")), ("run", path("$$.Execution.Name"))]))
                .credentials("arn:aws:iam::123456789012:role/pricing".into())
                .timeout_seconds(60)
                .heartbeat_seconds(20)
                .result_selector([
                    ("price", path("$.Payload")),
                    ("role", path("$.Payload.role")),
                    ("limits", path("$.Payload.limits")),
                ])
                .result_path("$.priced")
                .output_path("$")
                .assign([
                    ("price", path("$.Payload")),
                    ("rounded", stepfn::builder::call("States.MathAdd", [1.into(), 2.into()])),
                ])
                .retry(
                    Retrier::on(["Lambda.ServiceException", "States.Timeout"])
                        .comment("the function is slow to start")
                        .interval_seconds(2)
                        .max_attempts(4)
                        .backoff_rate(1.5)
                        .max_delay_seconds(30)
                        .jitter_strategy("FULL"),
                )
                .catch(
                    Catcher::on(["States.ALL"], failed)
                        .comment("whatever is left")
                        .result_path("$.error")
                        .assign([("failed", path("$.Error"))]),
                )
                .next(queue),
        );
        let message = stepfn::builder::object([("token", path("$$.Task.Token")), ("price", path("$price"))]);
        m.define(
            queue,
            Task::resource("arn:aws:states:::sqs:sendMessage.waitForTaskToken")
                .parameters([
                    ("QueueUrl", "https://sqs.eu-west-1.amazonaws.com/123456789012/orders".into()),
                    ("MessageBody", message),
                ])
                .credentials(path("$.priced.role"))
                .timeout_seconds_path("$.priced.limits.timeout")
                .heartbeat_seconds_path("$.priced.limits.heartbeat")
                .end(),
        );
        m.define(failed, Pass::new().end());
        super::super::definition(m)
    }
}

pub(crate) mod expressions {
    use super::*;

    state_machine! {
        /// Every field of a Task in JSONata.
        #[name = "Expressions"]
        pub(crate) Expressions(Value) -> Value {
            query_language: JSONata,
            start_at: Price,
            Price: Task {
                resource: lambda::invoke(price),
                payload: { "order": "{% $states.input.order %}" },
                credentials: { role_arn: "{% $states.input.role %}" },
                timeout_seconds: "{% $states.input.timeout %}",
                heartbeat_seconds: "{% $states.input.heartbeat %}",
                output: "{% $states.result.Payload %}",
                assign: { "price": "{% $states.result.Payload.price %}" },
                retry: [{ error_equals: [States.ALL], max_attempts: 1 }],
                catch: [{
                    error_equals: [States.ALL],
                    output: { "id": "{% $states.input.id %}", "error": "{% $states.errorOutput.Error %}" },
                    assign: { "failed": true },
                    next: Save,
                }],
                next: Save,
            },
            Save: Task {
                resource: aws_sdk::dynamodb::get_item,
                arguments: { "TableName": "orders", "Key": { "id": { "S": "{% $states.input.id %}" } } },
                end: true,
            },
        }
    }

    pub(crate) fn built() -> Definition {
        let mut m = Machine::new("Expressions")
            .comment("Every field of a Task in JSONata.")
            .input::<Value>()
            .output::<Value>()
            .query_language(QueryLanguage::Jsonata);
        let [price_state, save] = ["Price", "Save"].map(|name| m.state(name));
        let object = |key: &str, value| stepfn::builder::object([(key.to_owned(), value)]);
        let caught = stepfn::builder::object([
            ("id", jsonata("$states.input.id")),
            ("error", jsonata("$states.errorOutput.Error")),
        ]);
        m.define(
            price_state,
            Task::invoke::<price>()
                .payload(object("order", jsonata("$states.input.order")))
                .credentials(jsonata("$states.input.role"))
                .timeout_seconds("{% $states.input.timeout %}")
                .heartbeat_seconds("{% $states.input.heartbeat %}")
                .output(jsonata("$states.result.Payload"))
                .assign([("price", jsonata("$states.result.Payload.price"))])
                .retry(Retrier::on(["States.ALL"]).max_attempts(1))
                .catch(Catcher::on(["States.ALL"], save).output(caught).assign([("failed", true.into())]))
                .next(save),
        );
        let key = object("id", object("S", jsonata("$states.input.id")));
        let get = stepfn::builder::object([("TableName", "orders".into()), ("Key", key)]);
        m.define(save, Task::resource("arn:aws:states:::aws-sdk:dynamodb:getItem").arguments(get).end());
        super::super::definition(m)
    }
}

pub(crate) mod failures {
    use super::*;
    use stepfn::builder::{Fail, Succeed, Wait};

    state_machine! {
        /// What waits, passes and ends, in JSONPath.
        pub(crate) Failures(Value) -> Value {
            start_at: Fixed,
            #[allow(stepfn::expression_as_text)]
            Fixed: Pass {
                comment: "taken literally",
                result: { "until": "2030-01-01T00:00:00Z", "seconds": 3, "x.$": "$.no.path" },
                result_path: $.fixed,
                next: Shape,
            },
            Shape: Pass {
                input_path: $.fixed,
                parameters: { "until": $.until, "seconds": $.seconds },
                result_path: $,
                output_path: $,
                assign: { "last": $.seconds },
                next: ForSeconds,
            },
            ForSeconds: Wait { comment: "a second", seconds: 1, next: ForPath },
            ForPath: Wait { seconds_path: $.seconds, assign: { "waited": true }, next: Until },
            Until: Wait { input_path: $, timestamp: "2030-01-01T00:00:00Z", output_path: $, next: UntilPath },
            UntilPath: Wait { timestamp_path: $.until, next: Both },
            Both: Parallel {
                comment: "each in its own way",
                input_path: $,
                parameters: { "until": $.until, "seconds": 1 },
                branches: [
                    { start_at: Named, Named: Fail { query_language: JSONPath, comment: "badly", error: "Named", cause: "as it is written" } },
                    {
                        start_at: Told,
                        Told: Fail { error_path: $.until, cause_path: States.Format("{} left", $.seconds) },
                    },
                    { start_at: Ok, Ok: Succeed { comment: "well", input_path: $.until, output_path: $ } },
                    { start_at: Rest, Rest: Wait { seconds: 1, end: true } },
                ],
                result_selector: { "all": $ },
                result_path: $.both,
                output_path: $.both,
                end: true,
            },
        }
    }

    pub(crate) fn built() -> Definition {
        let mut m = Machine::new("Failures")
            .comment("What waits, passes and ends, in JSONPath.")
            .input::<Value>()
            .output::<Value>();
        let [fixed, shape, for_seconds, for_path, until, until_path, both] =
            ["Fixed", "Shape", "ForSeconds", "ForPath", "Until", "UntilPath", "Both"]
                .map(|name| m.state(name));
        let result = r#"{ "until": "2030-01-01T00:00:00Z", "seconds": 3, "x.$": "$.no.path" }"#;
        let result: Value = result.parse().unwrap();
        m.define(
            fixed,
            Pass::new().comment("taken literally").result(result).result_path("$.fixed").next(shape),
        );
        m.define(
            shape,
            Pass::new()
                .input_path("$.fixed")
                .parameters([("until", path("$.until")), ("seconds", path("$.seconds"))])
                .result_path("$")
                .output_path("$")
                .assign([("last", path("$.seconds"))])
                .next(for_seconds),
        );
        m.define(for_seconds, Wait::seconds(1).comment("a second").next(for_path));
        m.define(for_path, Wait::seconds_path("$.seconds").assign([("waited", true.into())]).next(until));
        m.define(
            until,
            Wait::timestamp("2030-01-01T00:00:00Z").input_path("$").output_path("$").next(until_path),
        );
        m.define(until_path, Wait::timestamp_path("$.until").next(both));
        let mut branches = [(); 4].map(|()| stepfn::builder::Scope::new());
        let [named, told, ok, rest] = &mut branches;
        let state = named.state("Named");
        let language = QueryLanguage::JsonPath;
        let fail =
            Fail::new().query_language(language).comment("badly").error("Named").cause("as it is written");
        named.define(state, fail);
        let state = told.state("Told");
        // A path is its own text.
        let cause = "States.Format('{} left', $.seconds)";
        told.define(state, Fail::new().error_path("$.until").cause_path(cause));
        let state = ok.state("Ok");
        ok.define(state, Succeed::new().comment("well").input_path("$.until").output_path("$"));
        let state = rest.state("Rest");
        rest.define(state, Wait::seconds(1).end());
        let parallel =
            branches.into_iter().fold(stepfn::builder::Parallel::new(), |all, one| all.branch(one));
        m.define(
            both,
            parallel
                .comment("each in its own way")
                .input_path("$")
                .parameters([("until", path("$.until")), ("seconds", 1.into())])
                .result_selector([("all", path("$"))])
                .result_path("$.both")
                .output_path("$.both")
                .end(),
        );
        super::super::definition(m)
    }
}

pub(crate) mod endings {
    use super::*;
    use stepfn::builder::{Fail, Parallel, Scope, Succeed, Wait};

    state_machine! {
        /// What waits, passes and ends, in JSONata.
        pub(crate) Endings(Value) -> Value {
            start_at: Make,
            Make: Pass {
                query_language: JSONata,
                output: { "seconds": "{% $states.input.n * 2 %}", "until": "{% $now() %}" },
                assign: { "n": "{% $states.input.n %}" },
                next: ForSeconds,
            },
            ForSeconds: Wait {
                query_language: JSONata,
                seconds: "{% $states.input.seconds %}",
                assign: { "waited": "{% $n %}" },
                next: Until,
            },
            Until: Wait {
                query_language: JSONata,
                timestamp: "{% $states.input.until %}",
                output: "{% $states.input %}",
                next: Both,
            },
            Both: Parallel {
                query_language: JSONata,
                arguments: "{% $states.input.seconds %}",
                branches: [
                    {
                        comment: "this one ends well",
                        start_at: Ok,
                        Ok: Succeed { query_language: JSONata, output: "{% $states.input + 1 %}" },
                    },
                    {
                        query_language: JSONata,
                        start_at: Bad,
                        Bad: Fail { error: "{% 'Bad' & $n %}", cause: "{% $string($states.input) %}" },
                    },
                ],
                output: "{% $states.result[0] %}",
                assign: { "both": "{% $states.result %}" },
                retry: [{ error_equals: [States.TaskFailed] }],
                catch: [{ error_equals: [States.ALL], output: "{% $states.errorOutput %}", next: Done }],
                next: Done,
            },
            Done: Succeed { query_language: JSONata },
        }
    }

    pub(crate) fn built() -> Definition {
        let mut m = Machine::new("Endings")
            .comment("What waits, passes and ends, in JSONata.")
            .input::<Value>()
            .output::<Value>();
        let [make, for_seconds, until, both, done] =
            ["Make", "ForSeconds", "Until", "Both", "Done"].map(|name| m.state(name));
        let language = QueryLanguage::Jsonata;
        m.define(
            make,
            Pass::new()
                .query_language(language)
                .output(stepfn::builder::object([
                    ("seconds", jsonata("$states.input.n * 2")),
                    ("until", jsonata("$now()")),
                ]))
                .assign([("n", jsonata("$states.input.n"))])
                .next(for_seconds),
        );
        m.define(
            for_seconds,
            Wait::seconds("{% $states.input.seconds %}")
                .query_language(language)
                .assign([("waited", jsonata("$n"))])
                .next(until),
        );
        m.define(
            until,
            Wait::timestamp("{% $states.input.until %}")
                .query_language(language)
                .output(jsonata("$states.input"))
                .next(both),
        );
        let mut well = Scope::new().comment("this one ends well");
        let ok = well.state("Ok");
        well.define(ok, Succeed::new().query_language(language).output(jsonata("$states.input + 1")));
        let mut badly = Scope::new().query_language(language);
        let bad = badly.state("Bad");
        badly.define(bad, Fail::new().error("{% 'Bad' & $n %}").cause("{% $string($states.input) %}"));
        m.define(
            both,
            Parallel::new()
                .query_language(language)
                .arguments(jsonata("$states.input.seconds"))
                .branch(well)
                .branch(badly)
                .output(jsonata("$states.result[0]"))
                .assign([("both", jsonata("$states.result"))])
                .retry(Retrier::on(["States.TaskFailed"]))
                .catch(Catcher::on(["States.ALL"], done).output(jsonata("$states.errorOutput")))
                .next(done),
        );
        m.define(done, Succeed::new().query_language(language));
        super::super::definition(m)
    }
}
