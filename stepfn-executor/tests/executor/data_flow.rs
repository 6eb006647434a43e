use stepfn_core::value::Value;
use stepfn_executor::{Mock, Status};

use crate::{json, output, pass, run, run_with, task};

#[test]
fn null_paths_give_empty_objects() {
    assert_eq!(output(&pass(r#""InputPath": null,"#), r#"{"a":1}"#), "{}");
    assert_eq!(output(&pass(r#""OutputPath": null,"#), r#"{"a":1}"#), "{}");
    assert_eq!(output(&pass(r#""Result": 1, "ResultPath": null,"#), r#"{"a":1}"#), r#"{"a":1}"#);
}

#[test]
fn every_field_is_applied_in_the_order_of_the_specification() {
    let asl = task(
        r#""InputPath": "$.order", "Parameters": {"id.$": "$.id", "fixed": true},
           "ResultSelector": {"picked.$": "$.answer"}, "ResultPath": "$.result", "OutputPath": "$.result","#,
    );
    let input = r#"{"order":{"id":7},"other":1}"#;
    let mock = Mock::respond_with(|call| {
        assert_eq!(call.input.to_string(), r#"{"fixed":true,"id":7}"#);
        Ok(json(r#"{"answer":42,"noise":0}"#))
    });
    let outcome = run_with(&asl, input, |builder| builder.mock("T", mock));
    assert_eq!(outcome.output(), Some(&json(r#"{"picked":42}"#)));
}

#[test]
fn the_result_goes_into_the_raw_input() {
    let asl = task(r#""InputPath": "$.order", "ResultPath": "$.result","#);
    let outcome = run_with(&asl, r#"{"order":{"id":7}}"#, |builder| builder.mock("T", Mock::succeed(1)));
    assert_eq!(outcome.output(), Some(&json(r#"{"order":{"id":7},"result":1}"#)));
}

#[test]
fn the_result_of_a_pass_is_literal_and_wins_over_parameters() {
    let asl = pass(r#""Parameters": {"no": 1}, "Result": {"x.$": "$.a", "y": "$$.State.Name"},"#);
    assert_eq!(output(&asl, r#"{"a":1}"#), r#"{"x.$":"$.a","y":"$$.State.Name"}"#);
}

#[test]
fn a_result_path_that_does_not_fit_fails_by_its_own_name_and_can_be_caught() {
    let asl = task(
        r#""ResultPath": "$.list[5].x", "Catch": [{"ErrorEquals": ["States.ResultPathMatchFailure"], "ResultPath": "$.e", "Next": "Caught"}],"#,
    );
    let outcome = run_with(&asl, r#"{"list":[]}"#, |builder| builder.mock("T", Mock::succeed(1)));
    let output = outcome.output().unwrap();
    assert_eq!(output["list"], json("[]"));
    assert_eq!(output["e"]["Error"], Value::from("States.ResultPathMatchFailure"));
}

#[test]
fn the_context_object_names_execution_machine_and_state() {
    let asl = pass(r#""Parameters": {"context.$": "$$"},"#);
    let outcome = run(&asl, r#"{"in":1}"#);
    let context = &outcome.output().unwrap()["context"];
    assert_eq!(context["Execution"]["Id"], Value::from(outcome.execution_arn().as_str()));
    assert_eq!(context["Execution"]["Input"], json(r#"{"in":1}"#));
    assert_eq!(context["Execution"]["StartTime"], Value::from("2024-01-01T00:00:00.000Z"));
    assert_eq!(
        context["StateMachine"],
        json(r#"{"Id":"arn:aws:states:us-east-1:123456789012:stateMachine:Machine","Name":"Machine"}"#)
    );
    assert_eq!(context["State"], json(r#"{"Name":"P","EnteredTime":"2024-01-01T00:00:00.000Z"}"#));
    assert_eq!(context.get("Task"), None);
}

#[test]
fn variables_are_set_when_the_state_ends_and_seen_by_the_next() {
    let asl = r#"{"StartAt": "One", "States": {
        "One": {"Type": "Pass", "Result": {"n": 1}, "Assign": {"n.$": "$.n", "fixed": [1]}, "Next": "Two"},
        "Two": {"Type": "Pass", "Parameters": {"old.$": "$n"}, "Assign": {"n": 2, "copy.$": "$n"}, "Next": "Three"},
        "Three": {"Type": "Pass", "Parameters": {"n.$": "$n", "copy.$": "$copy", "fixed.$": "$fixed"}, "End": true}
    }}"#;
    assert_eq!(output(asl, "{}"), r#"{"fixed":[1],"copy":1,"n":2}"#);
}

#[test]
fn a_catcher_assigns_from_the_error() {
    let asl = r#"{"StartAt": "T", "States": {
        "T": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true, "Assign": {"ok": true},
              "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": null, "Assign": {"e.$": "$.Error"}, "Next": "Show"}]},
        "Show": {"Type": "Pass", "Parameters": {"e.$": "$e", "in.$": "$"}, "End": true}
    }}"#;
    let outcome = run_with(asl, r#"{"a":1}"#, |builder| builder.mock("T", Mock::fail("Oops", "why")));
    assert_eq!(outcome.output(), Some(&json(r#"{"e":"Oops","in":{"a":1}}"#)));
}

#[test]
fn a_choice_takes_the_first_rule_that_holds_and_assigns_by_it() {
    let asl = r#"{"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Default": "Show", "Assign": {"by": "default"}, "Choices": [
            {"And": [{"Variable": "$.n", "NumericGreaterThan": 10}, {"Not": {"Variable": "$.n", "NumericGreaterThan": 20}}],
             "Assign": {"by": "first"}, "Next": "Show"},
            {"Variable": "$.n", "NumericGreaterThan": 5, "Assign": {"by": "second"}, "Next": "Show"}
        ]},
        "Show": {"Type": "Pass", "Parameters": {"by.$": "$by"}, "End": true}
    }}"#;
    assert_eq!(output(asl, r#"{"n":15}"#), r#"{"by":"first"}"#);
    assert_eq!(output(asl, r#"{"n":25}"#), r#"{"by":"second"}"#);
    assert_eq!(output(asl, r#"{"n":1}"#), r#"{"by":"default"}"#);
}

#[test]
fn a_choice_that_matches_nothing_fails() {
    let asl = r#"{"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "S"}]},
        "S": {"Type": "Succeed"}
    }}"#;
    let outcome = run(asl, r#"{"n":2}"#);
    assert_eq!(outcome.error(), Some("States.Runtime"));
    assert!(
        outcome
            .cause()
            .unwrap()
            .starts_with("An error occurred while executing the state 'C' (entered at the event id #2).")
    );
    assert_eq!(run(asl, r#"{"n":1}"#).output(), Some(&json(r#"{"n":1}"#)));
}

#[test]
fn a_fail_state_takes_its_texts_from_paths_and_functions() {
    let asl = r#"{"StartAt": "F", "States": {
        "F": {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('{} in {}', $.why, $$.State.Name)"}
    }}"#;
    let outcome = run(asl, r#"{"e":"Bad","why":"luck"}"#);
    let failed = Status::Failed { error: Some("Bad".to_owned()), cause: Some("luck in F".to_owned()) };
    assert_eq!(outcome.status, failed);
    let empty = run(r#"{"StartAt": "F", "States": {"F": {"Type": "Fail"}}}"#, "{}");
    assert_eq!(empty.status, Status::Failed { error: None, cause: None });
}

#[test]
fn lambda_invoke_hands_the_payload_over_and_wraps_the_answer() {
    let asl = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:double:$LATEST", "Payload.$": "$.n"},
        "End": true}}}"#;
    let outcome = run_with(asl, r#"{"n":21}"#, |builder| {
        builder.function("double", |n: Value| async move { Ok(Value::from(n.as_i64().unwrap_or(0) * 2)) })
    });
    let output = outcome.output().unwrap();
    assert_eq!(output["Payload"], Value::from(42));
    assert_eq!(output["StatusCode"], Value::from(200));
    assert_eq!(output["ExecutedVersion"], Value::from("$LATEST"));
    let request = &output["SdkResponseMetadata"]["RequestId"];
    assert_eq!(&output["SdkHttpMetadata"]["HttpHeaders"]["x-amzn-RequestId"], request);
    assert_eq!(request.as_str().unwrap().len(), 36);
}

#[test]
fn a_function_name_from_the_input_finds_its_function() {
    let asl = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName.$": "$.f"}, "OutputPath": "$.Payload", "End": true}}}"#;
    let outcome = run_with(asl, r#"{"f":"b"}"#, |builder| {
        builder.function("a", Mock::payload("from a")).function("b", Mock::payload("from b"))
    });
    assert_eq!(outcome.output(), Some(&Value::from("from b")));
}

#[test]
fn substitutions_reach_resources_and_parameters() {
    let asl = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Publish}",
        "Parameters": {"TopicArn": "${Topic}", "Other": "${Unknown}"}, "End": true}}}"#;
    let outcome = run_with(asl, "{}", |builder| {
        builder
            .substitute("Publish", "arn:aws:states:::sns:publish")
            .substitute("Topic", "arn:aws:sns:us-east-1:123456789012:done")
            .resource("arn:aws:states:::sns:publish", |message: Value| async move { Ok(message) })
    });
    let expected = r#"{"TopicArn":"arn:aws:sns:us-east-1:123456789012:done","Other":"${Unknown}"}"#;
    assert_eq!(outcome.output(), Some(&json(expected)));
}

#[test]
fn the_output_can_be_read_as_a_type() {
    let numbers: Vec<u8> = run(&pass(""), "[1,2]").into_output().unwrap();
    assert_eq!(numbers, [1, 2]);
    let error = run(&pass(""), "[1,-2]").into_output::<Vec<u8>>().unwrap_err();
    assert!(error.to_string().starts_with("the output does not fit: "), "{error}");
}

#[test]
fn variables_have_a_limit_and_a_catcher_sees_it() {
    // Each is within the limit, both together are not.
    let asl = |assign: &str| {
        format!(
            r#"{{"StartAt": "A", "States": {{
                "A": {{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "ResultPath": null, "Assign": {assign},
                    "Catch": [{{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "Caught"}}], "Next": "B"}},
                "B": {{"Type": "Pass", "Parameters": {{"fine": true}}, "End": true}},
                "Caught": {{"Type": "Pass", "OutputPath": "$.Error", "End": true}}}}}}"#
        )
    };
    let large = format!("\"{}\"", "x".repeat(200_000));
    let run = |assign: &str| {
        let outcome = run_with(&asl(assign), "{}", |builder| builder.mock("A", Mock::succeed(json(&large))));
        outcome.output().unwrap().to_string()
    };
    assert_eq!(run(r#"{"one.$": "$"}"#), r#"{"fine":true}"#);
    assert_eq!(run(r#"{"one.$": "$", "two.$": "$"}"#), r#""States.DataLimitExceeded""#);
}

#[test]
fn what_a_catcher_hands_on_has_the_limit_of_every_output() {
    let asl = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "B"}], "Next": "B"},
        "B": {"Type": "Pass", "End": true}}}"#;
    let run = |length: usize| {
        let input = format!("{{\"text\":\"{}\"}}", "x".repeat(240_000));
        let mock = Mock::fail("Large", "y".repeat(length));
        run_with(asl, &input, |builder| builder.mock("A", mock))
    };
    assert_eq!(run(10_000).error(), None);
    let outcome = run(30_000);
    assert_eq!(outcome.error(), Some("States.DataLimitExceeded"));
}

#[test]
fn all_variables_of_an_execution_have_a_limit_together() {
    // Each state sets one variable of 240,000 bytes, those of `names`. 10 MiB hold 43 of them.
    let run = |names: &[usize]| {
        let states: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(place, name)| {
                let next = if place + 1 == names.len() { "End".to_owned() } else { format!("S{}", place + 1) };
                format!(
                    r#""S{place}": {{"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
                        "Assign": {{"v{name}.$": "$.text"}}, "ResultPath": null, "Next": "{next}",
                        "Catch": [{{"ErrorEquals": ["States.DataLimitExceeded"], "Assign": {{"v0": 1}}, "Next": "Full"}}]}}"#
                )
            })
            .collect();
        let asl = format!(
            r#"{{"StartAt": "S0", "States": {{{}, "End": {{"Type": "Pass", "Result": "fine", "End": true}},
                "Full": {{"Type": "Pass", "Parameters": {{"error.$": "$.Error", "left.$": "$v0"}}, "End": true}}}}}}"#,
            states.join(",")
        );
        let result = json(&format!("{{\"text\":\"{}\"}}", "x".repeat(240_000)));
        let outcome = run_with(&asl, "{}", |mut builder| {
            for place in 0..names.len() {
                builder = builder.mock(format!("S{place}"), Mock::succeed(result.clone()));
            }
            builder
        });
        outcome.output().unwrap_or_else(|| panic!("{:?}", outcome.cause())).to_string()
    };
    let most: Vec<_> = (0..43).collect();
    assert_eq!(run(&most), r#""fine""#);
    let too_many: Vec<_> = (0..44).collect();
    assert_eq!(run(&too_many), r#"{"left":1,"error":"States.DataLimitExceeded"}"#);
    // What is replaced does not count.
    assert_eq!(run(&[most, vec![1; 20]].concat()), r#""fine""#);
}

/// Each recorded on AWS.
#[test]
fn what_step_functions_makes_of_parameters_before_it_calls() {
    let call = |resource: &str, parameters: &str| {
        let asl = format!(
            r#"{{"StartAt": "T", "States": {{"T": {{"Type": "Task", "Resource": "arn:aws:states:::{resource}",
                "Parameters": {parameters}, "End": true}}}}}}"#
        );
        let echo = Mock::respond_with(|call| Ok(Value::object([("got", call.input.clone())])));
        run_with(&asl, "{}", |builder| builder.mock("T", echo))
    };
    let got = |outcome: &stepfn_executor::Outcome| outcome.output().map(|output| output["got"].to_string());
    let started = call("ecs:runTask.sync", r#"{"Cluster": "c"}"#);
    assert_eq!(got(&started).as_deref(), Some(r#"{"Cluster":"c","StartedBy":"AWS Step Functions"}"#));
    assert_eq!(got(&call("ecs:runTask", r#"{"Cluster": "c"}"#)).as_deref(), Some(r#"{"Cluster":"c"}"#));

    let headers = r#"{"Headers": {"a": ["b"]}}"#;
    assert!(call("apigateway:invoke", headers).output().is_some());
    let outcome = call("apigateway:invoke", r#"{"Headers": {"a": "b"}}"#);
    assert_eq!(outcome.error(), Some("States.Runtime"));
    assert_eq!(
        outcome.cause(),
        Some(
            "An error occurred while executing the state 'T' (entered at the event id #2). The Parameters \
             '{\"Headers\":{\"a\":\"b\"}}' could not be used to start the Task: [The value of the field 'Headers' has an invalid \
             format]"
        )
    );

    let invoke = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "f", "Payload": null}, "End": true}}}"#;
    let echo = |input: Value| async move {
        Ok::<_, stepfn_core::task::TaskFailure>(Value::object([("got", input)]))
    };
    let outcome = run_with(invoke, "{}", |builder| builder.function("f", echo));
    assert_eq!(
        outcome.output().map(|output| output["Payload"].to_string()).as_deref(),
        Some(r#"{"got":{}}"#)
    );
}

/// Recorded on AWS: between quotes of one kind, the other kind keeps its backslash.
#[test]
fn a_name_in_a_path_keeps_the_backslash_before_the_other_quote() {
    let asl = pass(r#""Parameters": {"x.$": "$['a\\\"b']", "y.$": "$['c\\'d']"},"#);
    assert_eq!(output(&asl, r#"{"a\\\"b": 1, "c'd": 2}"#), r#"{"x":1,"y":2}"#);
}
