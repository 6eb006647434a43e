use std::time::Duration;

use stepfn_core::{task::TaskFailure, value::Value};
use stepfn_executor::{Executor, Mock};

use crate::{definition, json, output, predecessors, run, run_with, seconds, steps};

fn map(fields: &str, states: &str) -> String {
    format!(
        r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", {fields} "End": true,
            "ItemProcessor": {{"ProcessorConfig": {{"Mode": "INLINE"}}, "StartAt": "I", "States": {{{states}}}}}}},
            "Caught": {{"Type": "Pass", "End": true}}}}}}"#
    )
}

const ECHO: &str = r#""I": {"Type": "Pass", "End": true}"#;
const WORK: &str =
    r#""I": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "TimeoutSeconds": 99, "End": true}"#;

#[test]
fn a_map_runs_its_processor_on_each_item() {
    assert_eq!(output(&map("", ECHO), "[1,[2],null]"), "[1,[2],null]");
    assert_eq!(
        output(&map(r#""ItemsPath": "$.list", "ResultPath": "$.out","#, ECHO), r#"{"list":[1]}"#),
        r#"{"list":[1],"out":[1]}"#
    );
    assert_eq!(output(&map("", ECHO), "[]"), "[]");
}

#[test]
fn the_item_selector_sees_input_index_and_value() {
    let asl = map(
        r#""ItemsPath": "$.list", "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value.n", "all.$": "$.k"},"#,
        ECHO,
    );
    assert_eq!(
        output(&asl, r#"{"k":"x","list":[{"n":1},{"n":2}]}"#),
        r#"[{"all":"x","v":1,"i":0},{"all":"x","v":2,"i":1}]"#
    );
    let legacy = asl.replace("ItemSelector", "Parameters").replace("ItemProcessor", "Iterator");
    let legacy = legacy.replace(r#""ProcessorConfig": {"Mode": "INLINE"}, "#, "");
    assert_eq!(output(&legacy, r#"{"k":"x","list":[{"n":1}]}"#), r#"[{"all":"x","v":1,"i":0}]"#);
}

#[test]
fn the_item_is_in_the_context_of_all_states_inside() {
    let asl = map("", r#""I": {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index"}, "End": true}"#);
    assert_eq!(output(&asl, "[7,8]"), r#"[{"i":0},{"i":1}]"#);
}

#[test]
fn one_at_a_time_comes_one_after_the_other_in_the_history() {
    let outcome = run(&map(r#""MaxConcurrency": 1,"#, ECHO), "[1,2]");
    assert_eq!(
        steps(&outcome),
        [
            "ExecutionStarted",
            "MapStateEntered M",
            "MapStateStarted M",
            "MapIterationStarted M",
            "PassStateEntered I",
            "PassStateExited I",
            "MapIterationSucceeded M",
            "MapIterationStarted M",
            "PassStateEntered I",
            "PassStateExited I",
            "MapIterationSucceeded M",
            "MapStateSucceeded M",
            "MapStateExited M",
            "ExecutionSucceeded",
        ]
    );
    assert_eq!(predecessors(&outcome), [0, 0, 2, 3, 4, 5, 6, 6, 8, 9, 10, 11, 11, 13]);
}

#[test]
fn an_empty_map_goes_straight_through() {
    assert_eq!(predecessors(&run(&map("", ECHO), "[]")), [0, 0, 2, 3, 3, 5]);
}

#[test]
fn max_concurrency_bounds_how_many_run_at_once() {
    let takes = |fields: &str, items: usize| {
        let input = Value::array((0..items).map(Value::from)).to_string();
        let mock = Mock::succeed(1).take(Duration::from_secs(10));
        run_with(&map(fields, WORK), &input, |builder| builder.mock("I", mock)).duration().as_secs()
    };
    assert_eq!(takes(r#""MaxConcurrency": 2,"#, 5), 30);
    assert_eq!(takes("", 5), 10);
    assert_eq!(takes(r#""MaxConcurrency": 0,"#, 41), 20); // inline Maps run 40 at once at most
    let path = map(r#""ItemsPath": "$.l", "MaxConcurrencyPath": "$.n","#, ECHO);
    assert_eq!(output(&path, r#"{"n":"1","l":[1]}"#), "[1]");
    let outcome = run(&path, r#"{"n":"No","l":[1]}"#);
    assert!(
        outcome.cause().unwrap().ends_with(
            r#"The MaxConcurrencyPath field refers to value "No" which is not a valid integer: $.n"#
        )
    );
    assert_eq!(steps(&outcome), ["ExecutionStarted", "MapStateEntered M", "ExecutionFailed"]);
}

#[test]
fn an_iteration_that_fails_aborts_the_others() {
    let mock = Mock::respond_with(|call| match call.map_index {
        Some(1) => Err(TaskFailure::with_cause("Bad", "item 1")),
        _ => Ok(Value::Null),
    })
    .take(Duration::from_secs(1));
    let asl = map(r#""Catch": [{"ErrorEquals": ["Bad"], "Next": "Caught"}],"#, WORK);
    let outcome = run_with(&asl, "[0,1,2]", |builder| builder.mock("I", mock));
    assert_eq!(outcome.output(), Some(&json(r#"{"Error":"Bad","Cause":"item 1"}"#)));
    let steps = steps(&outcome);
    let failed = steps.iter().position(|step| step == "MapIterationFailed M").unwrap();
    assert_eq!(
        steps[failed..],
        [
            "MapIterationFailed M",
            "TaskStateAborted I",
            "MapIterationAborted M",
            "TaskStateAborted I",
            "MapStateFailed M",
            "MapStateExited M",
            "PassStateEntered Caught",
            "PassStateExited Caught",
            "ExecutionSucceeded",
        ]
    );
}

#[test]
fn a_map_is_retried_as_a_whole() {
    let asl = map(r#""Retry": [{"ErrorEquals": ["Bad"], "MaxAttempts": 2}],"#, WORK);
    let mock = Mock::fail("Bad", "").times(1).then(Mock::succeed(1));
    let outcome = run_with(&asl, "[0,1]", |builder| builder.mock("I", mock));
    assert_eq!(outcome.output(), Some(&json("[1,1]")));
    assert_eq!(seconds(&outcome, "MapStateStarted"), [0.0, 1.0]);
}

#[test]
fn a_map_needs_an_array() {
    let outcome = run(&map(r#""ItemsPath": "$.x","#, ECHO), r#"{"x":1}"#);
    assert!(outcome.cause().unwrap().ends_with(r#"Reference path "$.x" must point to array."#));
}

const BRANCHES: &str = r#"{"StartAt": "P", "States": {
    "P": {"Type": "Parallel", "Parameters": {"n.$": "$.n"}, "ResultSelector": {"first.$": "$[0]", "all.$": "$"},
          "ResultPath": "$.out", "End": true,
          "Retry": [{"ErrorEquals": ["Again"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
          "Branches": [
            {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true}}},
            {"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 5, "Next": "B2"}, "B2": {"Type": "Succeed"}}}
          ]},
    "Caught": {"Type": "Pass", "End": true}
}}"#;

#[test]
fn a_parallel_runs_its_branches_side_by_side() {
    let mock = Mock::succeed("a").take(Duration::from_secs(3));
    let outcome = run_with(BRANCHES, r#"{"n":1}"#, |builder| builder.mock("A", mock));
    assert_eq!(outcome.output(), Some(&json(r#"{"n":1,"out":{"first":"a","all":["a",{"n":1}]}}"#)));
    assert_eq!(outcome.duration().as_secs(), 5);
    let events: Vec<_> = outcome.history.events().collect();
    let at = |event_type: &str| events.iter().find(|event| event.event_type == event_type).unwrap();
    let last = at("SucceedStateExited").id;
    assert_eq!(at("ParallelStateSucceeded").previous_event_id, last);
    assert_eq!(at("ParallelStateExited").previous_event_id, last);
}

#[test]
fn a_branch_that_fails_aborts_the_others() {
    let outcome = run_with(BRANCHES, r#"{"n":1}"#, |builder| builder.mock("A", Mock::fail("Bad", "a")));
    assert_eq!(outcome.output(), Some(&json(r#"{"Error":"Bad","Cause":"a"}"#)));
    assert_eq!(outcome.duration().as_secs(), 0);
    let steps = steps(&outcome);
    let failed = steps.iter().position(|step| step == "TaskFailed A").unwrap();
    assert_eq!(
        steps[failed..failed + 5],
        [
            "TaskFailed A",
            "TaskStateAborted A",
            "WaitStateAborted B",
            "ParallelStateFailed P",
            "ParallelStateExited P"
        ]
    );
}

#[test]
fn a_parallel_is_retried_as_a_whole() {
    let mock = Mock::fail("Again", "").times(2).then(Mock::succeed(1));
    let outcome = run_with(BRANCHES, r#"{"n":1}"#, |builder| builder.mock("A", mock));
    assert_eq!(seconds(&outcome, "ParallelStateStarted"), [0.0, 1.0, 3.0]);
    assert_eq!(outcome.duration().as_secs(), 8);
}

#[test]
fn inner_scopes_read_outer_variables_and_keep_their_own() {
    let asl = r#"{"StartAt": "Set", "States": {
        "Set": {"Type": "Pass", "Assign": {"outer": 1}, "Next": "M"},
        "M": {"Type": "Map", "ItemsPath": "$.list", "Next": "Show", "ItemProcessor": {"StartAt": "I", "States": {
            "I": {"Type": "Pass", "Assign": {"inner.$": "States.MathAdd($outer, $)"}, "Next": "J"},
            "J": {"Type": "Pass", "Parameters": {"sum.$": "$inner"}, "End": true}}}},
        "Show": {"Type": "Pass", "Parameters": {"sums.$": "$", "outer.$": "$outer"}, "End": true}
    }}"#;
    assert_eq!(output(asl, r#"{"list":[1,2]}"#), r#"{"outer":1,"sums":[{"sum":2},{"sum":3}]}"#);
    let leaks = asl.replace(r#""outer.$": "$outer""#, r#""inner.$": "$inner""#);
    assert_eq!(run(&leaks, r#"{"list":[1]}"#).error(), Some("States.Runtime"));
}

#[test]
fn maps_and_parallels_nest() {
    let asl = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "P", "States": {
        "P": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "N", "States": {"N": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "I", "States": {
                "I": {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index", "v.$": "$"}, "End": true}}}}}},
            {"StartAt": "O", "States": {"O": {"Type": "Pass", "Parameters": {"outer.$": "$$.Map.Item.Index"}, "End": true}}}
        ]}}}}}}"#;
    assert_eq!(
        output(asl, "[[5],[6,7]]"),
        r#"[[[{"v":5,"i":0}],{"outer":0}],[[{"v":6,"i":0},{"v":7,"i":1}],{"outer":1}]]"#
    );
}

#[test]
fn a_failure_deep_inside_ends_everything_above() {
    let asl = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "P", "States": {
        "P": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": true}}},
            {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Deep", "Cause": "down"}}}
        ]}}}}}}"#;
    let outcome = run(asl, "[1,2]");
    assert_eq!((outcome.error(), outcome.cause()), (Some("Deep"), Some("down")));
    let steps = steps(&outcome);
    let failed = steps.iter().position(|step| step == "ParallelStateFailed P").unwrap();
    assert_eq!(
        steps[failed..],
        [
            "ParallelStateFailed P",
            "MapIterationFailed M",
            "MapIterationAborted M",
            "ParallelStateAborted P",
            "MapStateFailed M",
            "ExecutionFailed",
        ]
    );
}

#[test]
fn places_say_which_iteration_and_which_branch() {
    let asl = r#"{"StartAt": "Each", "States": {"Each": {"Type": "Map", "Next": "End", "ItemProcessor": {
        "StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}},
            {"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish",
                "Parameters": {"TopicArn": "t", "Message": "m"}, "End": true}}}]}}}},
        "End": {"Type": "Succeed"}}}"#;
    let outcome = run_with(asl, "[1, 2]", |builder| builder.mock("Work", Mock::succeed(1)));
    let places = outcome.history.places();
    assert_eq!(places.len(), outcome.history.len());
    let entered: Vec<String> = outcome
        .history
        .events()
        .zip(&places)
        .filter(|(event, _)| event.event_type.ends_with("StateEntered"))
        .map(|(event, place)| format!("{place}: {}", event.state.unwrap_or_default()))
        .collect();
    for expected in [
        ": Each",
        "Each[0]: Both",
        "Each[1]: Both",
        "Each[0] / Both[0]: A",
        "Each[1] / Both[1]: Work",
        ": End",
    ] {
        assert!(entered.iter().any(|entered| entered == expected), "{expected}: {entered:?}");
    }
    // A mock whose answers are used up reports the place.
    let once = Mock::succeed(1).times(1);
    let executor = Executor::builder().mock("Work", once).build(&definition(asl)).unwrap();
    let error = executor.run_blocking(json("[1, 2]")).unwrap_err();
    assert!(
        error.to_string().starts_with("state `Each[1] / Both[1] / Work`: no answer for call 2: "),
        "{error}"
    );
    // As does one that waits.
    let never = Executor::builder().mock("Work", Mock::never()).build(&definition(asl)).unwrap();
    let mut execution = never.start(json("[1]"));
    execution.run_until_idle();
    let waiting: Vec<String> = execution.waiting().into_iter().map(|waiting| waiting.place).collect();
    assert_eq!(waiting, ["", "Each[0]", "Each[0] / Both[1]"]);
}
