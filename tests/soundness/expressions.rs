//! Expressions for another evaluator of JSONata to judge: `tests/interop/jsonata.mjs` reads them.

use std::io::Write as _;

use serde_json::{Value as Json, json};
use stepfn::shape::Side;

use crate::{guess::Guess, guess::Kind, number, query, random::Random, scope::Scope, shapes, values};

/// The functions that JSONata does not have, or that give something else each time.
const OTHERS: [&str; 9] =
    ["$partition", "$range", "$hash", "$parse", "$uuid", "$random", "$shuffle", "$now", "$millis"];

/// Expressions as machines have them, over inputs of random types, in an expression that binds `$states` and a variable out of the
/// data. Only the reference has these as plain data.
fn case(random: &mut Random) -> Option<Json> {
    let input = shapes::object(random, 3);
    let mut scope = Scope::new(Guess::of(input, Side::Given));
    let result = shapes::shape(random, 2);
    scope.result = Some(Guess::of(result, Side::Given));
    scope.error = random.one_in(4);
    let variable = shapes::shape(random, 2);
    scope.assign("v1", Guess::of(variable, Side::Given));
    let depth = random.pick(&[1, 2, 2, 3, 3, 4]);
    let (text, _) = query::expression(random, &scope, Kind::Any, depth);
    if OTHERS.iter().any(|name| text.contains(name)) {
        return None;
    }
    let value = |random: &mut Random, shape| -> Json {
        values::value(random, shape, Side::Given).to_string().parse().unwrap()
    };
    let input = value(random, input);
    let data = json!({
        "states": {
            "input": input,
            "result": value(random, result),
            "errorOutput": {"Error": "Broken", "Cause": "no"},
            "context": {
                "Execution": {
                    "Id": "arn:aws:states:us-east-1:123456789012:execution:M:e", "Input": input, "Name": "e",
                    "RoleArn": "arn:aws:iam::123456789012:role/r", "StartTime": "2024-05-06T07:08:09.123Z", "RedriveCount": 0,
                },
                "State": {"Name": "S1", "EnteredTime": "2024-05-06T07:08:09.456Z", "RetryCount": 0},
                "StateMachine": {"Id": "arn:aws:states:us-east-1:123456789012:stateMachine:M", "Name": "M"},
            },
        },
        "v1": value(random, variable),
    });
    Some(json!({"expr": format!("($states := states; $v1 := v1; (0).({text}))"), "data": data}))
}

/// Writes so many expressions, a line each, into a file.
#[test]
fn expressions_can_be_judged_elsewhere() {
    let count = number("STEPFN_EXPRESSIONS", 200);
    let mut random = Random::new(number("STEPFN_SOUNDNESS_SEED", 1));
    let mut file =
        std::env::var_os("STEPFN_EXPRESSIONS_FILE").map(|path| std::fs::File::create(path).unwrap());
    let (mut made, mut unreadable) = (0, 0);
    while made < count {
        let Some(case) = case(&mut random) else { continue };
        // A machine with such an expression is refused: it would tell nothing.
        if stepfn_core::jsonata::parse(case["expr"].as_str().unwrap()).is_err() {
            unreadable += 1;
            continue;
        }
        made += 1;
        if let Some(file) = &mut file {
            writeln!(file, "{case}").unwrap();
        }
    }
    assert!(unreadable * 20 <= made, "{unreadable} of {made} are no JSONata");
}
