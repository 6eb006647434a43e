use stepfn_core::{
    asl::{Comparison, Condition, OperandKind, Operator},
    value::Value,
};

use super::{World, json};
use crate::eval::{EvalError, Test};

/// A rule as ASL writes it, without its `Next`.
#[track_caller]
fn condition(rule: &Value) -> Condition {
    let all = |rules: &Value| rules.as_array().unwrap().iter().map(condition).collect();
    let rule = rule.as_object().unwrap();
    match rule.first().unwrap() {
        (key, rules) if **key == *"And" => Condition::And(all(rules)),
        (key, rules) if **key == *"Or" => Condition::Or(all(rules)),
        (key, rule) if **key == *"Not" => Condition::Not(Box::new(condition(rule))),
        (key, value) if **key == *"Condition" => Condition::Jsonata(value.clone()),
        (_, variable) => {
            let (operator, operand) = rule.get_index(1).unwrap();
            comparison(variable.as_str().unwrap(), operator.parse().unwrap(), operand.clone())
        }
    }
}

fn comparison(variable: &str, operator: Operator, operand: Value) -> Condition {
    Condition::Compare(Comparison {
        variable: variable.to_owned(),
        operator,
        operand,
        comment: None,
        unknown: Default::default(),
    })
}

#[track_caller]
fn holds(world: &World, rule: &str) -> Result<bool, EvalError> {
    Test::compile(&condition(&json(rule))).unwrap().holds(&world.scope())
}

/// A value of each kind that a comparison may meet; the last three are texts.
const KINDS: [&str; 9] =
    ["null", "true", "3", "{}", "[]", "[1]", r#""text""#, r#""3""#, r#""2016-12-05T21:29:29Z""#];

/// Small, middle and large of each kind that is compared.
fn samples(kind: OperandKind) -> [&'static str; 3] {
    match kind {
        OperandKind::String => [r#""a""#, r#""b""#, r#""ba""#],
        OperandKind::Number => ["-1.5", "0", "1e2"],
        OperandKind::Timestamp => {
            [r#""2016-12-05T21:29:29Z""#, r#""2016-12-05T23:29:29.5+01:00""#, r#""2017-01-01T00:00:00Z""#]
        }
        _ => ["false", "true", "true"],
    }
}

fn compares(operator: Operator) -> bool {
    !operator.is_test() && operator != Operator::StringMatches
}

#[test]
fn every_comparison_orders_its_kind() {
    let mut seen = 0;
    for operator in Operator::ALL.iter().copied().filter(|operator| compares(*operator)) {
        let samples = samples(operator.compares());
        let name = operator.name().trim_end_matches("Path");
        for (left_at, left) in samples.iter().enumerate() {
            for (right_at, right) in samples.iter().enumerate() {
                // Of booleans there are two only.
                let order = if left == right { std::cmp::Ordering::Equal } else { left_at.cmp(&right_at) };
                let expected = match name {
                    _ if name.ends_with("LessThanEquals") => order.is_le(),
                    _ if name.ends_with("GreaterThanEquals") => order.is_ge(),
                    _ if name.ends_with("LessThan") => order.is_lt(),
                    _ if name.ends_with("GreaterThan") => order.is_gt(),
                    _ => order.is_eq(),
                };
                let world = World::new(&format!(r#"{{"left":{left},"right":{right}}}"#));
                let by_path = operator.operand() == OperandKind::Path;
                let operand = if by_path { "$.right".into() } else { json(right) };
                let test = Test::compile(&comparison("$.left", operator, operand)).unwrap();
                assert_eq!(test.holds(&world.scope()), Ok(expected), "{left} {} {right}", operator.name());
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 32 * 9);
}

#[test]
fn another_type_is_never_an_error_and_never_equal() {
    for operator in Operator::ALL.iter().copied().filter(|operator| compares(*operator)) {
        let kind = operator.compares();
        for left in KINDS {
            let fits = match kind {
                OperandKind::String => left.starts_with('"'),
                OperandKind::Number => left == "3",
                OperandKind::Boolean => left == "true",
                OperandKind::Timestamp => left.contains("21:29"),
                OperandKind::Path => panic!("compares no paths"),
            };
            if fits {
                continue;
            }
            let right = samples(kind)[1];
            let world = World::new(&format!(r#"{{"left":{left},"right":{right}}}"#));
            let paths = operator.operand() == OperandKind::Path;
            for (left_path, right_path) in [("$.left", "$.right"), ("$.right", "$.left")] {
                // What a path on the right of a number leads to is a number to AWS, whatever it is.
                if paths && kind == OperandKind::Number && right_path == "$.left" {
                    continue;
                }
                // A constant of the wrong type is on the right only.
                let operand = if paths { right_path.into() } else { world.input[&right_path[2..]].clone() };
                let test = Test::compile(&comparison(left_path, operator, operand)).unwrap();
                assert_eq!(test.holds(&world.scope()), Ok(false), "{left} {}", operator.name());
            }
        }
    }
}

/// `JsonNode.asDouble`, as noted from AWS: only for what a path on the right leads to.
#[test]
fn what_is_no_number_on_the_right_is_compared_as_jackson_reads_it() {
    for (left, operator, right, holds) in [
        ("8", Operator::NumericGreaterThanEqualsPath, "false", true),
        ("7", Operator::NumericGreaterThanPath, "[6]", true),
        ("7", Operator::NumericLessThanPath, "true", false),
        ("8", Operator::NumericLessThanEqualsPath, r#"{"value":8}"#, false),
        ("7", Operator::NumericEqualsPath, r#"{"value":7}"#, false),
        ("7", Operator::NumericEqualsPath, r#""7""#, true),
        ("0", Operator::NumericEqualsPath, "null", true),
        ("null", Operator::NumericGreaterThanPath, "8", false),
        (r#""7""#, Operator::NumericLessThanPath, "8", false),
    ] {
        let world = World::new(&format!(r#"{{"left":{left},"right":{right}}}"#));
        let test = Test::compile(&comparison("$.left", operator, "$.right".into())).unwrap();
        assert_eq!(test.holds(&world.scope()), Ok(holds), "{left} {} {right}", operator.name());
    }
}

#[test]
fn the_tests_of_what_is_there() {
    for (operator, yes) in [
        (Operator::IsNull, &["null"][..]),
        (Operator::IsBoolean, &["true"]),
        (Operator::IsNumeric, &["3"]),
        (Operator::IsString, &[r#""text""#, r#""3""#, r#""2016-12-05T21:29:29Z""#]),
        (Operator::IsTimestamp, &[r#""2016-12-05T21:29:29Z""#]),
        (Operator::IsPresent, &KINDS),
    ] {
        for value in KINDS {
            let world = World::new(&format!(r#"{{"value":{value}}}"#));
            for wanted in [true, false] {
                let test = Test::compile(&comparison("$.value", operator, wanted.into())).unwrap();
                let expected = yes.contains(&value) == wanted;
                assert_eq!(test.holds(&world.scope()), Ok(expected), "{} {value} {wanted}", operator.name());
            }
        }
    }
}

#[test]
fn a_path_to_nothing_is_an_error_unless_presence_is_asked() {
    let world = World::new(r#"{"a":1,"list":[1]}"#);
    for path in ["$.no", "$.a.no", "$.list[1]", "$$.No", "$unknown", "$order.no"] {
        for wanted in [true, false] {
            let test = Test::compile(&comparison(path, Operator::IsPresent, wanted.into())).unwrap();
            assert_eq!(test.holds(&world.scope()), Ok(!wanted), "{path}");
        }
        let message =
            format!("Invalid path '{path}': The choice state's condition path references an invalid value.");
        let expected = Err(EvalError::runtime(message));
        for operator in Operator::ALL.iter().copied().filter(|operator| *operator != Operator::IsPresent) {
            let operand = match operator.operand() {
                OperandKind::Boolean => true.into(),
                OperandKind::Number => 1.into(),
                OperandKind::Path => "$.a".into(),
                OperandKind::String | OperandKind::Timestamp => "2016-12-05T21:29:29Z".into(),
            };
            let test = Test::compile(&comparison(path, operator, operand)).unwrap();
            assert_eq!(test.holds(&world.scope()), expected, "{}", operator.name());
            if operator.operand() == OperandKind::Path {
                let test = Test::compile(&comparison("$.a", operator, path.into())).unwrap();
                assert_eq!(test.holds(&world.scope()), expected, "{}", operator.name());
            }
        }
    }
}

#[test]
fn single_comparisons() {
    let world = World::new(
        r#"{"one":1.0,"big":9007199254740993,"text":"log-1.txt","blank":" ","astral":"🙂","private":"\uE000","star":"a*b"}"#,
    );
    for (rule, expected) in [
        (r#"{"Variable":"$.one","NumericEquals":1}"#, true),
        (r#"{"Variable":"$.big","NumericEquals":9007199254740992}"#, false),
        (r#"{"Variable":"$.big","NumericGreaterThan":9007199254740992.0}"#, true),
        (r#"{"Variable":"$.blank","StringEquals":"  "}"#, false),
        (r#"{"Variable":"$.text","StringMatches":"log-*.txt"}"#, true),
        (r#"{"Variable":"$.text","StringMatches":"log"}"#, false),
        (r#"{"Variable":"$.star","StringMatches":"a\\*b"}"#, true),
        (r#"{"Variable":"$.text","StringMatches":"log\\*"}"#, false),
        (r#"{"Variable":"$.one","StringMatches":"*"}"#, false),
        // By UTF-16 code units a surrogate comes before U+E000, by code points after it.
        (r#"{"Variable":"$.astral","StringLessThanPath":"$.private"}"#, true),
        (r#"{"Variable":"$.private","StringGreaterThan":"🙂"}"#, true),
        (r#"{"Variable":"$.private","StringLessThan":"\uFFFD"}"#, true),
        (r#"{"Variable":"$count","NumericEquals":3}"#, true),
        (r#"{"Variable":"$order.id","StringEquals":"o-1"}"#, true),
        (r#"{"Variable":"$$.State.Name","StringEquals":"Here"}"#, true),
        (r#"{"Variable":"$.text","TimestampEquals":"yesterday"}"#, false),
    ] {
        assert_eq!(holds(&world, rule), Ok(expected), "{rule}");
    }
}

#[test]
fn and_or_not() {
    let world = World::new(r#"{"t":true}"#);
    let yes = r#"{"Variable":"$.t","BooleanEquals":true}"#;
    let no = r#"{"Variable":"$.t","BooleanEquals":false}"#;
    let error = r#"{"Variable":"$.no","BooleanEquals":true}"#;
    for (rule, expected) in [
        (format!(r#"{{"And":[{yes},{yes}]}}"#), Some(true)),
        (format!(r#"{{"And":[{yes},{no}]}}"#), Some(false)),
        (format!(r#"{{"Or":[{no},{no}]}}"#), Some(false)),
        (format!(r#"{{"Or":[{no},{yes}]}}"#), Some(true)),
        (format!(r#"{{"Not":{no}}}"#), Some(true)),
        (format!(r#"{{"Not":{{"And":[{yes},{{"Or":[{no},{yes}]}}]}}}}"#), Some(false)),
        // What need not be looked at is not.
        (format!(r#"{{"And":[{no},{error}]}}"#), Some(false)),
        (format!(r#"{{"Or":[{yes},{error}]}}"#), Some(true)),
        (format!(r#"{{"And":[{yes},{error}]}}"#), None),
        (format!(r#"{{"Or":[{no},{error}]}}"#), None),
        (format!(r#"{{"Not":{error}}}"#), None),
    ] {
        assert_eq!(holds(&world, &rule).ok(), expected, "{rule}");
    }
}

#[test]
fn what_can_not_be_compiled_says_where() {
    for (rule, at, message) in [
        (r#"{"Variable":"x","IsNull":true}"#, "/Variable", "a path starts with `$`"),
        (r#"{"Variable":"$.x","IsNull":"true"}"#, "/IsNull", "expected `true` or `false`, found \"true\""),
        (r#"{"Variable":"$.x","IsPresent":1}"#, "/IsPresent", "expected `true` or `false`, found 1"),
        (r#"{"Variable":"$.x","StringMatches":1}"#, "/StringMatches", "expected a string, found 1"),
        (r#"{"Variable":"$.x","StringEqualsPath":1}"#, "/StringEqualsPath", "expected a path, found 1"),
        (r#"{"Variable":"$.x","StringEqualsPath":"y"}"#, "/StringEqualsPath", "a path starts with `$`"),
        (
            r#"{"And":[{"Variable":"$","IsNull":true},{"Not":{"Variable":"x","IsNull":true}}]}"#,
            "/And/1/Not/Variable",
            "a path starts with `$`",
        ),
        (r#"{"Condition":"{% true %}"}"#, "", "JSONata conditions can not be run yet"),
    ] {
        let error = Test::compile(&condition(&json(rule))).unwrap_err();
        assert_eq!((error.at.as_str(), error.message.as_str()), (at, message), "{rule}");
    }
}
