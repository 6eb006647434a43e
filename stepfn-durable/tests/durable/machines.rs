//! Machines with everything that can be interrupted.

pub const ACTIVITY: &str = "arn:aws:states:us-east-1:123456789012:activity:pack";

pub struct Machine {
    pub name: &'static str,
    pub input: &'static str,
    pub text: String,
    /// Whether it fails until somebody repairs it and redrives it.
    pub is_redriven: bool,
    /// Whether it has thousands of events.
    pub is_long: bool,
}

const WORK: &str = r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work""#;
const ASK: &str = r#""Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {"t.$": "$$.Task.Token"}"#;
const START: &str = r#""Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2""#;

/// The machine that others start.
pub fn inner() -> String {
    expand(
        r#"{"StartAt": "I", "States": {"I": {WORK, "Next": "IW"}, "IW": {"Type": "Wait", "Seconds": 1, "Next": "IJ"}, "IJ": {WORK, "End": true}}}"#,
    )
}

fn expand(text: &str) -> String {
    text.replace("WORK", WORK).replace("ASK", ASK).replace("START", START).replace("ACTIVITY", ACTIVITY)
}

/// Name, input, definition.
const ALL: &[(&str, &str, &str)] = &[
    ("one task", r#"{"a": 1}"#, r#"{"StartAt": "A", "States": {"A": {WORK, "End": true}}}"#),
    (
        "tasks in a row",
        r#"{"a": 1}"#,
        r#"{"StartAt": "A", "States": {"A": {WORK, "Next": "P"}, "P": {"Type": "Pass", "Next": "Bb"},
            "Bb": {WORK, "ResultPath": "$.b", "Next": "C"}, "C": {WORK, "End": true}}}"#,
    ),
    (
        "no task",
        "[1]",
        r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "S"}, "S": {"Type": "Succeed"}}}"#,
    ),
    (
        "retries with jitter",
        "{}",
        r#"{"StartAt": "Flaky", "States": {"Flaky": {WORK, "Next": "B",
            "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 3, "MaxAttempts": 3, "JitterStrategy": "FULL"}]},
            "B": {WORK, "End": true}}}"#,
    ),
    (
        "retried, then caught",
        r#"{"a": 1}"#,
        r#"{"StartAt": "Boom", "States": {"Boom": {WORK, "End": true,
            "Retry": [{"ErrorEquals": ["Boom"], "IntervalSeconds": 1, "MaxAttempts": 1}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "B"}]}, "B": {WORK, "End": true}}}"#,
    ),
    (
        "fails",
        "{}",
        r#"{"StartAt": "A", "States": {"A": {WORK, "Next": "Boom"}, "Boom": {WORK, "End": true}}}"#,
    ),
    (
        "panics, and is caught",
        "{}",
        r#"{"StartAt": "Panic", "States": {"Panic": {WORK, "End": true, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]},
            "B": {WORK, "End": true}}}"#,
    ),
    (
        "waits",
        r#"{"until": "2030-01-01T00:00:10Z"}"#,
        r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 86400, "Next": "A"},
            "A": {WORK, "Next": "V"}, "V": {"Type": "Wait", "Seconds": 1, "Next": "U"}, "U": {"Type": "Wait", "Seconds": 0, "End": true}}}"#,
    ),
    (
        "a loop",
        "0",
        r#"{"StartAt": "Count", "States": {"Count": {WORK, "Next": "C"}, "C": {"Type": "Choice",
            "Choices": [{"Variable": "$", "NumericLessThan": 4, "Next": "Count"}], "Default": "D"}, "D": {"Type": "Succeed"}}}"#,
    ),
    (
        "a long way between two tasks",
        r#"{"n": 0}"#,
        r#"{"StartAt": "Inc", "States": {"Inc": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "C"},
            "C": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericLessThan": 2100, "Next": "Inc"}], "Default": "A"},
            "A": {WORK, "End": true}}}"#,
    ),
    (
        "branches",
        r#"{"a": 1}"#,
        r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "Next": "Z", "Branches": [
            {"StartAt": "A1", "States": {"A1": {WORK, "Next": "A2"}, "A2": {WORK, "End": true}}},
            {"StartAt": "B", "States": {"B": {WORK, "Next": "B22"}, "B22": {WORK, "End": true}}},
            {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "Next": "X"}, "X": {WORK, "End": true}}}]},
            "Z": {WORK, "End": true}}}"#,
    ),
    (
        "a branch that fails, tried again, then caught",
        r#"{"a": 1}"#,
        r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "Next": "Z", "Branches": [
            {"StartAt": "A1", "States": {"A1": {WORK, "Next": "A2"}, "A2": {"Type": "Wait", "Seconds": 60, "End": true}}},
            {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "Next": "Boom"}, "Boom": {WORK, "End": true}}},
            {"StartAt": "Ask", "States": {"Ask": {ASK, "Next": "Late"}, "Late": {ASK, "End": true}}}],
            "Retry": [{"ErrorEquals": ["Boom"], "MaxAttempts": 1}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Z"}]},
            "Z": {WORK, "End": true}}}"#,
    ),
    (
        "a map, two at a time",
        "[1, 2, 3, 4, 5]",
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "MaxConcurrency": 2, "Next": "Z", "ItemProcessor": {"StartAt": "A",
            "States": {"A": {WORK, "Next": "W"}, "W": {"Type": "Wait", "Seconds": 1, "Next": "Bb"}, "Bb": {WORK, "End": true}}}},
            "Z": {WORK, "End": true}}}"#,
    ),
    (
        "timers of one instant",
        "[1, 2, 3]",
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "W",
            "States": {"W": {"Type": "Wait", "Seconds": 1, "Next": "B"}, "B": {WORK, "End": true}}}}}}"#,
    ),
    (
        "a callback",
        r#"{"a": 1}"#,
        r#"{"StartAt": "Ask", "States": {"Ask": {ASK, "HeartbeatSeconds": 600, "ResultPath": "$.x", "Next": "Z"}, "Z": {WORK, "End": true}}}"#,
    ),
    (
        "a callback that fails",
        "{}",
        r#"{"StartAt": "Refuse", "States": {"Refuse": {ASK, "Next": "Z", "Catch": [{"ErrorEquals": ["Refused"], "Next": "B"}]},
            "Z": {WORK, "End": true}, "B": {WORK, "End": true}}}"#,
    ),
    (
        "a callback that nobody answers",
        "{}",
        r#"{"StartAt": "Late", "States": {"Late": {ASK, "TimeoutSeconds": 3600, "Next": "Z",
            "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Ask"}]}, "Ask": {ASK, "Next": "Z"}, "Z": {WORK, "End": true}}}"#,
    ),
    (
        "callbacks beside each other",
        "[1, 2, 3]",
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "Ask",
            "States": {"Ask": {ASK, "Next": "Z"}, "Z": {WORK, "End": true}}}}}}"#,
    ),
    (
        "an activity",
        r#"{"a": 1}"#,
        r#"{"StartAt": "Act", "States": {"Act": {"Type": "Task", "Resource": "ACTIVITY", "HeartbeatSeconds": 600, "Next": "Z"}, "Z": {WORK, "End": true}}}"#,
    ),
    (
        "activities beside a wait",
        "[1, 2, 3]",
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "W", "States": {
            "W": {"Type": "Wait", "Seconds": 1, "Next": "Act"},
            "Act": {"Type": "Task", "Resource": "ACTIVITY", "TimeoutSeconds": 600, "End": true}}}}}}"#,
    ),
    (
        "stopped while it waits",
        "{}",
        r#"{"StartAt": "A", "States": {"A": {WORK, "Next": "Halt"}, "Halt": {ASK, "End": true}}}"#,
    ),
    (
        "its own time is over",
        "{}",
        r#"{"StartAt": "A", "TimeoutSeconds": 20, "States": {"A": {WORK, "Next": "W"}, "W": {"Type": "Wait", "Seconds": 90, "End": true}}}"#,
    ),
    (
        "starts another and waits for it",
        r#"{"a": 1}"#,
        r#"{"StartAt": "S", "States": {"S": {START, "Parameters": {"StateMachineArn": "Inner", "Input": {"in.$": "$.a"}}, "Next": "Z"},
            "Z": {WORK, "End": true}}}"#,
    ),
    (
        "starts several by names",
        "[7, 7, 8]",
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "Next": "Z", "ItemProcessor": {"StartAt": "S", "States": {"S": {START,
            "Parameters": {"StateMachineArn": "Inner", "Name.$": "States.Format('n{}', $)", "Input": {"in.$": "$"}}, "End": true}}}},
            "Z": {WORK, "End": true}}}"#,
    ),
    (
        "a distributed map",
        "[1, 2, 3, 4, 5]",
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "MaxConcurrency": 2, "Next": "Z", "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "A", "States": {
            "A": {WORK, "Next": "W"}, "W": {"Type": "Wait", "Seconds": 1, "Next": "Ask"}, "Ask": {ASK, "End": true}}}}, "Z": {WORK, "End": true}}}"#,
    ),
    (
        "a distributed map that tolerates one failure",
        r#"[{"x": 1}, {"boom": 1}, {"x": 2}]"#,
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "ToleratedFailureCount": 1, "Next": "Z", "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "Picky", "States": {
            "Picky": {WORK, "End": true}}}}, "Z": {WORK, "End": true}}}"#,
    ),
    (
        "a distributed map that fails",
        r#"[{"x": 1}, {"boom": 1}, {"x": 2}]"#,
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "MaxConcurrency": 2, "Next": "Z",
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Z"}], "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Picky", "States": {
            "Picky": {WORK, "Next": "W"}, "W": {"Type": "Wait", "Seconds": 5, "End": true}}}}, "Z": {WORK, "End": true}}}"#,
    ),
    (
        "starts another, and does not wait",
        "{}",
        r#"{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "Next": "Z",
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Inner", "Input": {"x": 1}}},
            "Z": {WORK, "End": true}}}"#,
    ),
    (
        "two that wait for the same one",
        "{}",
        r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "S1", "States": {"S1": {START, "End": true, "Parameters": {"Name": "same",
                "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Inner", "Input": {"x": 1}}}}},
            {"StartAt": "S2", "States": {"S2": {START, "End": true, "Parameters": {"Name": "same",
                "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Inner", "Input": {"x": 1}}}}}]}}}"#,
    ),
    (
        "starts nothing that there is",
        "{}",
        r#"{"StartAt": "S", "States": {"S": {START, "End": true,
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Nobody", "Input": {}},
            "Catch": [{"ErrorEquals": ["StepFunctions.StateMachineDoesNotExistException"], "Next": "Z"}]}, "Z": {WORK, "End": true}}}"#,
    ),
    (
        "gives up the one that it waits for",
        "{}",
        r#"{"StartAt": "S", "States": {"S": {START, "End": true, "TimeoutSeconds": 1,
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Inner", "Input": {}},
            "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Z"}]}, "Z": {WORK, "End": true}}}"#,
    ),
    (
        "a distributed map that is redriven",
        r#"[{"x": 1}, {"x": 2}, {"x": 3}]"#,
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "MaxConcurrency": 2, "Next": "Z", "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "A", "States": {
            "A": {WORK, "Next": "W"}, "W": {"Type": "Wait", "Seconds": 1, "Next": "Broken"}, "Broken": {WORK, "End": true}}}},
            "Z": {WORK, "End": true}}}"#,
    ),
    (
        "random numbers and times",
        "{}",
        r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "A", "Parameters": {"u.$": "States.UUID()",
            "r.$": "States.MathRandom(1, 100000)", "t.$": "$$.State.EnteredTime", "id.$": "$$.Execution.Id"}},
            "A": {WORK, "Parameters": {"u.$": "States.UUID()", "in.$": "$"}, "Next": "B"},
            "B": {WORK, "Parameters": {"u.$": "States.UUID()", "in.$": "$.by"}, "End": true}}}"#,
    ),
    (
        "JSONata",
        r#"{"a": 1}"#,
        r#"{"QueryLanguage": "JSONata", "StartAt": "P", "States": {
            "P": {"Type": "Pass", "Output": {"r": "{% $random() %}", "n": "{% $now() %}", "m": "{% $millis() %}", "u": "{% $uuid() %}",
                "s": "{% $shuffle([1, 2, 3, 4]) %}"}, "Next": "A"},
            "A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work",
                "Arguments": {"in": "{% $states.input %}", "u": "{% $uuid() %}"}, "Assign": {"v": "{% $random() %}"}, "Next": "W"},
            "W": {"Type": "Wait", "Seconds": "{% 1 %}", "Next": "Bb"},
            "Bb": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work",
                "Arguments": {"v": "{% $v %}", "r": "{% $random() %}", "n": "{% $now() %}"},
                "Output": "{% [$states.result, $uuid(), $now()] %}", "End": true}}}"#,
    ),
    (
        "failed, repaired, redriven",
        r#"{"a": 1}"#,
        r#"{"StartAt": "A", "States": {"A": {WORK, "Next": "P"}, "P": {"Type": "Parallel", "Next": "Z", "Branches": [
            {"StartAt": "Bb", "States": {"Bb": {WORK, "End": true}}},
            {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 5, "Next": "Broken"}, "Broken": {WORK, "End": true}}}]},
            "Z": {WORK, "End": true}}}"#,
    ),
];

pub fn all() -> Vec<Machine> {
    let machine = |(name, input, text): &(&'static str, &'static str, &str)| Machine {
        name,
        input,
        text: expand(text),
        is_redriven: text.contains("Broken"),
        is_long: text.contains("NumericLessThan\": 2100"),
    };
    ALL.iter().map(machine).collect()
}
