use super::*;
use crate::{
    asl,
    draft::Draft,
    shape::{EnumShape, Field, Given, Made, ObjectShape, Shape, StateData},
};

const fn field(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Always, given: Given::Required }
}

const ITEM: Shape = Shape::Object(&ObjectShape {
    name: "Item",
    fields: &[field("sku", &["sku"], <String>::SHAPE), field("count", &["count"], <u32>::SHAPE)],
    flattened: &[],
    deny_unknown_fields: false,
});

const ORDER: Shape = Shape::Object(&ObjectShape {
    name: "Order",
    fields: &[
        field("id", &["id"], <String>::SHAPE),
        field("total", &["total"], <u32>::SHAPE),
        field("items", &["items"], &Shape::Array(&ITEM)),
        field("note", &["note"], <Option<String>>::SHAPE),
        field(
            "status",
            &["status"],
            &Shape::Enum(&EnumShape { name: "Status", variants: &["NEW", "PAID"], also_given: &[] }),
        ),
    ],
    flattened: &[],
    deny_unknown_fields: false,
});

/// Returns the diagnostics of states that get an `Order`, one line each: `code at: message`.
fn messages(states: &str) -> Vec<String> {
    let text = format!(r#"{{ "StartAt": "A", "States": {{ {states} }} }}"#);
    let (machine, _) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut draft = Draft::new("Test", machine);
    draft.input = Some(&ORDER);
    let typing = Typing { input: Some(TypeRef(0)), proven: true, ..Typing::default() };
    let known = Known { types: vec![&ORDER], tasks: Vec::new() };
    let analysis = analyse(&draft.machine, &typing);
    let mut diagnostics = analysis.diagnostics;
    diagnostics.extend(analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known)));
    diagnostics
        .iter()
        // The sizes of numbers have tests of their own.
        .filter(|diagnostic| diagnostic.code != crate::diagnostic::Code::NumberOutOfRange)
        .map(|diagnostic| format!("{} {}: {}", diagnostic.code.name(), diagnostic.at, diagnostic.message))
        .collect()
}

#[track_caller]
fn check(states: &str, expected: &[&str]) {
    let messages = messages(states);
    let fits = messages.len() == expected.len()
        && messages.iter().zip(expected).all(|(messages, expected)| messages.contains(expected));
    assert!(fits, "expected {expected:#?}\nsaid {messages:#?}");
}

#[test]
fn every_field_is_applied_in_the_order_of_asl() {
    check(
        r#""A": { "Type": "Pass", "InputPath": "$.items", "Parameters": { "all.$": "$", "first.$": "$[*].sku" },
                  "ResultPath": "$.made", "OutputPath": "$.made", "Next": "B" },
           "B": { "Type": "Pass", "InputPath": "$.first", "Next": "C" },
           "C": { "Type": "Pass", "InputPath": "$.sku", "End": true }"#,
        &["wrong-type /States/C/InputPath: state `C`: `$.sku`: it is an array, which has no fields"],
    );
    check(
        r#""A": { "Type": "Pass", "Result": { "x": 1 }, "ResultPath": "$.extra", "Next": "B" },
           "B": { "Type": "Pass", "Parameters": { "x.$": "$.extra.x", "id.$": "$.id", "y.$": "$.extra.y" }, "End": true }"#,
        &[
            "no-such-field /States/B/Parameters/y.$: state `B`: `$.extra.y`: there is no field `y` here; it has `x`",
        ],
    );
    check(
        r#""A": { "Type": "Pass", "InputPath": null, "Next": "B" }, "B": { "Type": "Pass", "InputPath": "$.id", "End": true }"#,
        &[
            "no-such-field /States/B/InputPath: state `B`: `$.id`: there is no field `id` here; the object here has no fields",
        ],
    );
    check(
        r#""A": { "Type": "Pass", "Result": 1, "ResultPath": null, "Next": "B" }, "B": { "Type": "Pass", "InputPath": "$.id", "End": true }"#,
        &[],
    );
}

#[test]
fn result_path_writes_below_objects_only() {
    check(
        r#""A": { "Type": "Pass", "Result": 1, "ResultPath": "$.new.deep", "Next": "B" },
           "B": { "Type": "Pass", "Result": 1, "ResultPath": "$.id.deep", "End": true }"#,
        &["wrong-type /States/B/ResultPath: state `B`: `$.id`: expected an object, found a string"],
    );
}

#[test]
fn joins_know_what_each_edge_brings() {
    let diamond = |left: &str, right: &str, join: &str| {
        format!(
            r#""A": {{ "Type": "Choice", "Choices": [{{ "Variable": "$.total", "NumericGreaterThan": 1, "Next": "L" }}], "Default": "R" }},
               "L": {{ "Type": "Pass", {left}, "Next": "J" }}, "R": {{ "Type": "Pass", {right}, "Next": "J" }},
               "J": {{ "Type": "Pass", {join}, "End": true }}"#
        )
    };
    let put = |value: &str| format!(r#""Result": {value}, "ResultPath": "$.x""#);
    let read = |path: &str| format!(r#""InputPath": "{path}""#);
    check(&diamond(&put("{\"y\":1}"), &put("{\"y\":\"s\"}"), &read("$.x.y")), &[]);
    check(
        &diamond(&put("{\"y\":1}"), r#""Comment": "nothing""#, &read("$.x.y")),
        &[
            "maybe-missing /States/J/InputPath: state `J`: `$.x.y`: it may be missing before `y` is read (the machine's input): not every way here puts it there; put it there on every way",
        ],
    );
    check(
        &diamond(&put("{\"y\":1}"), &put("{}"), &read("$.x.y")),
        &["maybe-missing /States/J/InputPath: state `J`: `$.x.y`: `y` may be missing"],
    );
    check(
        &diamond(&put("1"), r#""Result": { "other": true }"#, &read("$.id")),
        &["no-such-field /States/J/InputPath: state `J`: `$.id`: there is no field `id` here"],
    );
}

#[test]
fn loops_come_to_an_end() {
    check(
        r#""A": { "Type": "Pass", "Parameters": { "before.$": "$" }, "Next": "B" },
           "B": { "Type": "Choice", "Choices": [{ "Variable": "$$.Execution.RedriveCount", "NumericEquals": 1, "Next": "C" }], "Default": "A" },
           "C": { "Type": "Succeed" }"#,
        &[],
    );
    check(
        r#""A": { "Type": "Pass", "Result": { "n": 0 }, "ResultPath": "$.loop", "Next": "B" },
           "B": { "Type": "Pass", "Parameters": { "n.$": "States.MathAdd($.loop.n, 1)" }, "ResultPath": "$.loop", "Next": "C" },
           "C": { "Type": "Choice", "Choices": [{ "Variable": "$.loop.n", "NumericLessThan": 9, "Next": "B" }], "Default": "D" },
           "D": { "Type": "Pass", "Parameters": { "n.$": "$.loop.n", "id.$": "$.id", "m.$": "$.loop.m" }, "End": true }"#,
        &[
            "no-such-field /States/D/Parameters/m.$: state `D`: `$.loop.m`: there is no field `m` here; it has `n`",
        ],
    );
}

#[test]
fn choices_narrow_what_flows_on() {
    check(
        r#""A": { "Type": "Choice", "Choices": [
                { "And": [{ "Variable": "$.note", "IsPresent": true }, { "Variable": "$.note", "IsNull": false }], "Next": "B" },
                { "Variable": "$.note", "IsString": true, "Next": "B" } ], "Default": "C" },
           "B": { "Type": "Pass", "Parameters": { "n.$": "States.StringSplit($.note, ',')" }, "End": true },
           "C": { "Type": "Succeed" }"#,
        // The second rule asks of a note that may be missing.
        &["maybe-missing /States/A/Choices/1/Variable: state `A`: `$.note`: it may be missing"],
    );
    check(
        r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.status", "StringEquals": "NEW", "Next": "B" },
                                                { "Variable": "$.status", "StringEquals": "PIAD", "Next": "B" }], "Default": "B" },
           "B": { "Type": "Succeed" }"#,
        &[
            "unknown-literal /States/A/Choices/1/Variable: state `A`: `$.status`: it is never \"PIAD\"; did you mean \"PAID\"?",
        ],
    );
    check(
        r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.status", "StringEquals": "NEW", "Next": "B" },
                                                { "Variable": "$.status", "StringEquals": "PAID", "Next": "B" }] },
           "B": { "Type": "Succeed" }"#,
        &[],
    );
    check(
        r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.status", "StringEquals": "NEW", "Next": "B" }] },
           "B": { "Type": "Succeed" }"#,
        &["choice-may-not-match /States/A/Choices: state `A`: no rule matches where `$.status` is \"PAID\""],
    );
    check(
        r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.total", "NumericLessThan": 5, "Next": "B" },
                                                { "Variable": "$.total", "NumericGreaterThanEquals": 5, "Next": "B" }] },
           "B": { "Type": "Succeed" }"#,
        &[],
    );
}

#[test]
fn a_rule_that_nothing_can_take_is_not_followed() {
    check(
        r#""A": { "Type": "Pass", "Result": { "kind": "gift" }, "Next": "B" },
           "B": { "Type": "Choice", "Choices": [{ "Variable": "$.card", "IsPresent": true, "Next": "C" }], "Default": "D" },
           "C": { "Type": "Pass", "InputPath": "$.card.text", "End": true },
           "D": { "Type": "Succeed" }"#,
        &[
            "no-such-field /States/B/Choices/0/Variable: state `B`: `$.card`: there is no field `card` here; it has `kind`",
        ],
    );
}

#[test]
fn catch_edges_carry_the_error_over_the_raw_input() {
    let task = r#""A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "InputPath": "$.items",
        "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "B" }], "End": true }"#;
    check(
        &format!(
            r#"{task}, "B": {{ "Type": "Pass", "Parameters": {{ "e.$": "$.error.Cause", "id.$": "$.id", "x.$": "$.error.Reason" }}, "End": true }}"#
        ),
        &[
            "no-such-field /States/B/Parameters/x.$: state `B`: `$.error.Reason`: there is no field `Reason` here; it has `Cause`, `Error`",
        ],
    );
}

#[test]
fn maps_iterate_and_parallels_make_tuples() {
    check(
        r#""A": { "Type": "Map", "ItemsPath": "$.items", "ItemSelector": { "sku.$": "$$.Map.Item.Value.sku", "order.$": "$.id", "bad.$": "$$.Map.Item.Value.prize" },
             "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Pass", "Parameters": { "s.$": "$.sku", "t.$": "$.total" }, "End": true } } },
             "ResultPath": "$.shipped", "Next": "B" },
           "B": { "Type": "Pass", "Parameters": { "all.$": "$.shipped[*].s", "none.$": "$.shipped.s" }, "End": true }"#,
        &[
            "no-such-field /States/A/ItemProcessor/States/I/Parameters/t.$: state `I`: `$.total`: there is no field `total` here",
            "wrong-type /States/B/Parameters/none.$: state `B`: `$.shipped.s`: it is an array, which has no fields",
            "no-such-field /States/A/ItemSelector/bad.$: state `A`: `$$.Map.Item.Value.prize`: `Item` has no JSON field `prize`",
        ],
    );
    check(
        r#""A": { "Type": "Map", "ItemsPath": "$.id", "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Succeed" } } }, "End": true }"#,
        &["wrong-type /States/A/ItemsPath: state `A`: `$.id`: expected an array, found a string"],
    );
    check(
        r#""A": { "Type": "Parallel", "Branches": [
               { "StartAt": "L", "States": { "L": { "Type": "Pass", "Result": { "x": 1 }, "End": true } } },
               { "StartAt": "R", "States": { "R": { "Type": "Pass", "End": true } } } ], "Next": "B" },
           "B": { "Type": "Pass", "Parameters": { "x.$": "$[0].x", "id.$": "$[1].id", "no.$": "$[2].x", "wrong.$": "$.x" }, "End": true }"#,
        &[
            "no-such-field /States/B/Parameters/no.$: state `B`: `$[2].x`: the array has 2 items",
            "wrong-type /States/B/Parameters/wrong.$: state `B`: `$.x`: it is an array, which has no fields",
        ],
    );
}

#[test]
fn functions_have_types() {
    check(
        r#""A": { "Type": "Pass", "Parameters": {
            "a.$": "States.ArrayLength($.id)", "b.$": "States.MathAdd($.id, 1)", "c.$": "States.StringSplit($.note, ',')",
            "d.$": "States.ArrayGetItem(States.Array($.id, 1), 2)", "e.$": "States.Format('{}', $.itms)",
            "f.$": "States.ArrayLength(States.StringSplit($.id, ','))", "g.$": "States.MathAdd(States.Hash($.id, 'MD5'), 1)" }, "End": true }"#,
        &[
            "no-such-field /States/A/Parameters/d.$: state `A`: `States.ArrayGetItem(States.Array($.id, 1), 2)`: the array has 2 items",
            "wrong-type /States/A/Parameters/g.$: state `A`: `States.Hash($.id, 'MD5')`: expected a number, found a string",
            "wrong-type /States/A/Parameters/a.$: state `A`: `$.id`: expected an array, found a string",
            "wrong-type /States/A/Parameters/b.$: state `A`: `$.id`: expected a number, found a string",
            "maybe-missing /States/A/Parameters/c.$: state `A`: `$.note`: it may be missing",
            "no-such-field /States/A/Parameters/e.$: state `A`: `$.itms`: `Order` has no JSON field `itms`; did you mean `items`?",
        ],
    );
}

#[test]
fn variables_are_known_once_they_are_assigned() {
    // In `Assign` the result is `$`, a Pass state's `Result` too.
    check(
        r#""A": { "Type": "Pass", "Result": { "x": 1 }, "ResultPath": "$.made", "Assign": { "x.$": "$.x", "id.$": "$.id" }, "End": true }"#,
        &["no-such-field /States/A/Assign/id.$: state `A`: `$.id`: there is no field `id` here; it has `x`"],
    );
    check(
        r#""A": { "Type": "Pass", "Assign": { "order.$": "$.id" }, "Next": "B" },
           "B": { "Type": "Pass", "Parameters": { "o.$": "$order", "x.$": "$ordr" }, "End": true }"#,
        &[
            "unassigned-variable /States/B/Parameters/x.$: state `B`: `$ordr`: no variable `$ordr` is assigned here",
        ],
    );
    check(
        r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.total", "NumericEquals": 1, "Assign": { "v": 1 }, "Next": "B" }], "Default": "B" },
           "B": { "Type": "Pass", "Parameters": { "v.$": "$v" }, "End": true }"#,
        &[
            "unassigned-variable /States/B/Parameters/v.$: state `B`: `$v`: the variable `$v` is not assigned on every way here",
        ],
    );
    check(
        r#""A": { "Type": "Parallel", "Branches": [{ "StartAt": "I", "States": { "I": { "Type": "Pass", "Assign": { "inner": 1 }, "End": true } } }], "Next": "B" },
           "B": { "Type": "Pass", "Parameters": { "v.$": "$inner" }, "End": true }"#,
        &["unassigned-variable /States/B/Parameters/v.$: state `B`: `$inner`: no variable"],
    );
}

#[test]
fn the_children_of_a_distributed_map_are_executions_of_their_own() {
    let map = |fields: &str, inner: &str| {
        format!(
            r#""A": {{ "Type": "Pass", "Assign": {{ "run": 1 }}, "Next": "B" }},
               "B": {{ "Type": "Map", {fields} "Next": "C", "ItemProcessor": {{
                   "ProcessorConfig": {{ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }},
                   "StartAt": "I", "States": {{ "I": {{ "Type": "Pass", {inner} "End": true }} }} }} }},
               "C": {{ "Type": "Pass", "End": true }}"#
        )
    };
    let items = r#""ItemsPath": "$.items","#;
    check(
        &map(items, r#""Parameters": { "run.$": "$run" },"#),
        &[
            "unassigned-variable /States/B/ItemProcessor/States/I/Parameters/run.$: state `I`: `$run`: no variable",
        ],
    );
    // Their input is the item.
    check(&map(items, r#""Parameters": { "sku.$": "$$.Execution.Input.sku" },"#), &[]);
    check(
        &map(items, r#""Parameters": { "id.$": "$$.Execution.Input.id" },"#),
        &["no-such-field /States/B/ItemProcessor/States/I/Parameters/id.$"],
    );
    let exported = r#""ItemsPath": "$.items", "ResultWriter": { "Resource": "arn:aws:states:::s3:putObject", "Parameters": { "Bucket": "b" } }, "OutputPath":"#;
    check(&map(&format!(r#"{exported} "$.ResultWriterDetails.Key","#), ""), &[]);
    check(&map(&format!(r#"{exported} "$.Details","#), ""), &["no-such-field /States/B/OutputPath"]);
    // What is only formatted stays in the state's output.
    let shown = r#""ItemsPath": "$.items", "ResultWriter": { "WriterConfig": { "Transformation": "FLATTEN" } }, "OutputPath": "$[*]","#;
    check(&map(shown, ""), &[]);
}

#[test]
fn errors_of_other_services_are_no_errors_of_this_one() {
    let task = |resource: &str, error: &str| {
        format!(
            r#""A": {{ "Type": "Task", "Resource": "{resource}", "Retry": [{{ "ErrorEquals": ["{error}"] }}], "End": true }}"#
        )
    };
    let at =
        "unraised-error /States/A/Retry/0/ErrorEquals/0: state `A`: the errors of this resource begin with";
    let invoke = "arn:aws:states:::lambda:invoke";
    check(
        &task(invoke, "DynamoDB.ProvisionedThroughputExceededException"),
        &[&format!("{at} `Lambda.`, not `DynamoDB.`")],
    );
    check(
        &task("arn:aws:states:::aws-sdk:dynamodb:getItem", "DynamoDB.X"),
        &[&format!("{at} `DynamoDb.`, not `DynamoDB.`")],
    );
    check(
        &task("arn:aws:states:::states:startExecution.sync:2", "Sfn.X"),
        &[&format!("{at} `StepFunctions.`")],
    );
    check(&task("arn:aws:states:::aws-sdk:sfn:startExecution", "Sfn.X"), &[]);
    check(&task(invoke, "Lambda.ServiceException"), &[]);
    // What a function raises has whatever name it likes.
    check(&task(invoke, "com.example.OrderError"), &[]);
    check(&task("arn:aws:states:::glue:startJobRun.sync", "DynamoDB.X"), &[]);
}

#[test]
fn waits_take_whole_seconds_and_timestamps() {
    check(
        r#""A": { "Type": "Wait", "TimestampPath": "$$.Execution.StartTime", "Next": "B" },
           "B": { "Type": "Wait", "SecondsPath": "$.total", "Next": "C" },
           "C": { "Type": "Wait", "SecondsPath": "$.id", "Next": "D" },
           "D": { "Type": "Wait", "TimestampPath": "$.id", "End": true }"#,
        &[
            "wrong-type /States/C/SecondsPath: state `C`: `$.id`: expected an integer, found a string",
            "wrong-type /States/D/TimestampPath: state `D`: `$.id`: expected a timestamp, found a string (the machine's input); where a field always holds one, write `#[state_data(timestamp)]` on it",
        ],
    );
}

#[test]
fn the_context_object_depends_on_the_place() {
    check(
        r#""A": { "Type": "Pass", "Parameters": { "i.$": "$$.Execution.Input.id", "t.$": "$$.Task.Token", "m.$": "$$.Map.Item.Index", "x.$": "$$.Execution.Inptu" }, "Next": "B" },
           "B": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": { "MessageBody.$": "$$.Task.Token" }, "End": true }"#,
        &[
            "token-out-of-place /States/A/Parameters/t.$: state `A`: `$$.Task.Token`: `$$.Task` exists only in",
            "token-out-of-place /States/A/Parameters/m.$: state `A`: `$$.Map.Item.Index`: `$$.Map` exists only in",
            "no-such-field /States/A/Parameters/x.$: state `A`: `$$.Execution.Inptu`: there is no field `Inptu` here",
        ],
    );
}

#[test]
fn a_thousand_states_are_analysed_once_each() {
    let mut states = String::new();
    for index in 0..1000 {
        let name = if index == 0 { "A".to_owned() } else { format!("S{index}") };
        states.push_str(&format!(
            r#""{name}": {{ "Type": "Pass", "Parameters": {{ "id.$": "$.id" }}, "ResultPath": "$.k{}", "Next": "S{}" }},"#,
            index % 10,
            index + 1
        ));
    }
    states.push_str(r#""S1000": { "Type": "Pass", "InputPath": "$.k3.no", "End": true }"#);
    check(&states, &["no-such-field /States/S1000/InputPath"]);
}

#[test]
fn a_typed_value_does_not_flow_into_a_parameter_of_another_kind() {
    let stop = |value: &str| {
        format!(
            r#""A": {{ "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:ec2:stopInstances", "Parameters": {{ "InstanceIds.$": "{value}" }}, "End": true }}"#
        )
    };
    check(&stop("$.id"), &["wrong-type /States/A/Parameters/InstanceIds.$: state `A`: `$.id`"]);
    check(&stop("$.items"), &[]);
    check(&stop("$.items[*].sku"), &[]);
    check(&stop("States.Array($.id)"), &[]);
    check(
        &stop("States.Format('{}', $.id)"),
        &["wrong-parameter /States/A/Parameters/InstanceIds.$: state `A`: "],
    );
}
