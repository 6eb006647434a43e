//! States in JSONata.

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    value::Value,
};
use stepfn_executor::{Executor, Outcome};

fn run(states: &str, input: &str) -> Outcome {
    let text = format!(r#"{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{{states}}}}}"#);
    let (machine, _) = asl::read_str(&text).unwrap();
    let definition = Definition::from_asl("jsonata", WorkflowType::Standard, machine);
    let executor = Executor::builder().allow_unbound().build(&definition).unwrap();
    executor.run_blocking(input.parse::<Value>().unwrap()).unwrap()
}

fn output(expression: &str, input: &str) -> String {
    let state = format!(r#""A": {{"Type": "Pass", "Output": {{"v": "{{% {expression} %}}"}}, "End": true}}"#);
    let outcome = run(&state, input);
    match outcome.output() {
        Some(output) => output["v"].to_string(),
        None => {
            let cause = outcome.cause().unwrap_or_default();
            cause.split_once("'Output/v' ").map_or(cause, |(_, what)| what).to_owned()
        }
    }
}

#[test]
fn values_of_expressions() {
    let input = r#"{"a": [1, 2, 3], "one": [7], "none": [], "id": 12345678901234567, "o": {"b": 1, "a": 2}}"#;
    for (expression, value) in [
        ("$sum($states.input.a)", "6"),
        ("$states.input.a[0] / 2", "0.5"),
        ("$states.input.a[$ > 2]", "3"),
        ("$states.input.one", "[7]"),
        ("$states.input.none", "[]"),
        ("$states.input.id", "12345678901234567"),
        ("$states.input.o", r#"{"b":1,"a":2}"#),
        ("$partition($states.input.a, 2)", "[[1,2],[3]]"),
        ("$range(1, 9, 9)", "1"),
        ("$range(0, 10, 3)", "[0,3,6,9]"),
        ("$range(-1.7, 2, 1)", "[-1,0,1,2]"),
        ("$hash('Hello', 'MD5')", r#""8b1a9953c4611296a827abf8c47804d7""#),
        ("$parse('{\\\"x\\\": [1.0]}').x", "[1]"),
        ("$random(42)", "0.7275636800328681"),
        ("$now() = $now()", "true"),
        ("$type($millis())", r#""number""#),
        ("$length($uuid())", "36"),
        ("1/0", r#""Infinity""#),
    ] {
        assert_eq!(output(expression, input), value, "{expression}");
    }
}

#[test]
fn what_fails_is_said_as_aws_says_it() {
    for (expression, what) in [
        ("$states.input.missing", "returned nothing (undefined)."),
        ("$eval('1')", "threw an error during evaluation. T1006: Attempted to invoke a non-function"),
        (
            "$number('abc')",
            "threw an error during evaluation. D3030: Unable to cast value to a number: \"abc\"",
        ),
        ("function($x){$x}", "returned an unsupported result type."),
        ("$base64decode('!!!')", "threw an internal error during evaluation."),
        ("$contains('abab', /^(ab)\\\\1$/) & $reduce([], function($a, $b) { 1 })", r#""true""#),
        (
            "$hash('x', 'sha')",
            "threw an error during evaluation. D3137: Hash algorithm 'sha' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5",
        ),
        (
            "$partition('x', 2)",
            "threw an error during evaluation. T0412: Argument 1 of function \"partition\" must be an array of undefined",
        ),
        (
            "$pad('x', 1e8)",
            "threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage",
        ),
        (
            "($f := function($x){ $x <= 0 ? 0 : 1 + $f($x-1) }; $f(1000000))",
            "threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive",
        ),
    ] {
        assert_eq!(output(expression, "{}"), what, "{expression}");
    }
}

#[test]
fn the_same_run_draws_the_same_numbers() {
    let draw = || output("[$random(), $uuid(), $shuffle([1..9])]", "{}");
    assert_eq!(draw(), draw());
}

#[test]
fn assign_and_output_see_the_old_variables() {
    let outcome = run(
        r#""A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"},
           "B": {"Type": "Pass", "Assign": {"x": "{% $x + 1 %}", "y": "{% $x %}"}, "Output": "{% $x %}", "Next": "C"},
           "C": {"Type": "Pass", "Output": "{% [$states.input, $x, $y] %}", "End": true}"#,
        "{}",
    );
    assert_eq!(outcome.output().unwrap().to_string(), "[1,2,1]");
}

#[test]
fn a_failed_evaluation_can_be_caught() {
    let outcome = run(
        r#""A": {"Type": "Map", "Items": "{% $states.input.n %}", "ItemProcessor": {"StartAt": "P", "States":
             {"P": {"Type": "Pass", "End": true}}}, "Catch": [{"ErrorEquals": ["States.QueryEvaluationError"],
             "Output": {"why": "{% $states.errorOutput.Error %}", "n": "{% $states.input.n %}"}, "Next": "B"}], "End": true},
           "B": {"Type": "Succeed"}"#,
        r#"{"n": 5}"#,
    );
    assert_eq!(outcome.output().unwrap().to_string(), r#"{"why":"States.QueryEvaluationError","n":5}"#);
}

#[test]
fn choices_waits_maps_and_failures() {
    let outcome = run(
        r#""A": {"Type": "Choice", "Choices": [
             {"Condition": "{% $states.input.n > 9 %}", "Next": "F"},
             {"Condition": "{% $states.input.n > 1 %}", "Assign": {"k": 10}, "Output": "{% [1..$states.input.n] %}", "Next": "W"}],
             "Default": "F"},
           "W": {"Type": "Wait", "Seconds": "{% $k %}", "Next": "M"},
           "M": {"Type": "Map", "MaxConcurrency": "{% 1 %}", "ItemSelector": {"at": "{% $states.context.Map.Item.Index %}",
             "of": "{% $count($states.input) %}"}, "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass",
             "Output": "{% $states.input.at * $k + $states.input.of %}", "End": true}}}, "Output": "{% $sum($states.result) %}", "End": true},
           "F": {"Type": "Fail", "Error": "{% 'Too' & 'Big' %}", "Cause": "plain"}"#,
        r#"{"n": 3}"#,
    );
    assert_eq!(outcome.output().unwrap().to_string(), "39");
    assert_eq!((outcome.stopped - outcome.started).get_seconds(), 10);
}
