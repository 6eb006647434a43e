use stepfn_core::value::{Shared, Value};

use super::{Lcg, World, json};
use crate::eval::{CompiledPath, ResultPath};

#[track_caller]
fn write(target: &str, path: &str) -> Result<Value, crate::eval::EvalError> {
    ResultPath::compile(path).unwrap().write(json(target), json(r#""new""#))
}

#[test]
fn writes() {
    for (target, path, expected) in [
        ("1", "$", r#""new""#),
        ("{}", "$.a", r#"{"a":"new"}"#),
        (r#"{"a":1,"b":2}"#, "$.a", r#"{"a":"new","b":2}"#),
        (r#"{"b":2}"#, "$.a.b.c", r#"{"b":2,"a":{"b":{"c":"new"}}}"#),
        (r#"{"a":{"x":1}}"#, "$.a.b", r#"{"a":{"x":1,"b":"new"}}"#),
        (r#"{"a":[1,2]}"#, "$.a[1]", r#"{"a":[1,"new"]}"#),
        (r#"{"a":[1,2]}"#, "$.a[-1]", r#"{"a":[1,"new"]}"#),
        (r#"[{"a":1}]"#, "$[0].b", r#"[{"a":1,"b":"new"}]"#),
        (r#"{"a":null}"#, "$['a']", r#"{"a":"new"}"#),
    ] {
        assert_eq!(write(target, path), Ok(json(expected)), "{target} {path}");
    }
}

#[test]
fn what_can_not_be_written_fails_and_changes_nothing() {
    for (target, path) in [
        (r#""input1""#, "$.someTaskResult"),
        ("null", "$.a"),
        ("[1]", "$.a"),
        ("{}", "$[0]"),
        (r#"{"a":1}"#, "$.a.b"),
        (r#"{"a":null}"#, "$.a.b"),
        ("[1]", "$[1]"),
        ("[1]", "$[-2]"),
        ("[]", "$[9223372036854775807]"),
        ("[]", "$[-9223372036854775808]"),
        // No array is made, and no object for one.
        (r#"{"b":1}"#, "$.a[0]"),
        (r#"{"b":1}"#, "$.x.a[0].c"),
    ] {
        let error = write(target, path).unwrap_err();
        assert_eq!(error.error, "States.ResultPathMatchFailure");
        assert_eq!(error.cause, format!("Unable to apply ReferencePath {path} to input {target}"));
    }
}

#[test]
fn only_reference_paths_can_be_written_to() {
    for (path, message) in [
        ("$$.a", "`$$.a` is not in the input"),
        ("$a", "`$a` is not in the input"),
        ("$.a[*]", "`$.a[*]` may select several values"),
        ("$..a", "`$..a` may select several values"),
        ("a", "a path starts with `$`"),
    ] {
        assert_eq!(ResultPath::compile(path).unwrap_err().message, message);
    }
}

#[test]
fn a_write_copies_nothing_that_it_alone_holds() {
    let target = json(r#"{"a":{"b":1},"c":[1]}"#);
    let shared = target.clone();
    let written = ResultPath::compile("$.a.b").unwrap().write(target, Value::Null).unwrap();
    assert_eq!(shared, json(r#"{"a":{"b":1},"c":[1]}"#));
    let (Value::Array(old), Value::Array(new)) = (&shared["c"], &written["c"]) else { panic!("arrays") };
    assert!(Shared::ptr_eq(old, new));
}

#[test]
fn what_is_written_is_read_again() {
    let mut lcg = Lcg(3);
    let (mut written, mut refused) = (0, 0);
    for _ in 0..2_000 {
        let target = lcg.value(4);
        let mut path = String::from("$");
        for _ in 0..lcg.below(4) {
            match lcg.below(3) {
                0 => path.push_str(&format!("[{}]", lcg.below(3))),
                _ => path.push_str(&format!(".{}", ["a", "b", "c"][lcg.below(3)])),
            }
        }
        let value = lcg.value(2);
        match ResultPath::compile(&path).unwrap().write(target.clone(), value.clone()) {
            Ok(result) => {
                written += 1;
                let world = World { input: result.clone(), ..World::new("0") };
                assert_eq!(
                    CompiledPath::compile(&path).unwrap().get(&world.scope()).unwrap(),
                    value,
                    "{path}"
                );
                // And the rest is as it was.
                if let (Value::Object(before), Value::Object(after)) = (&target, &result) {
                    let first = path.trim_start_matches("$.").split(['.', '[']).next().unwrap_or_default();
                    for (key, value) in before.iter().filter(|(key, _)| path != "$" && ***key != *first) {
                        assert_eq!(after.get(key), Some(value), "{path} {key}");
                    }
                }
            }
            Err(error) => {
                refused += 1;
                assert!(error.cause.ends_with(&target.to_string()), "{path}: {error}");
            }
        }
    }
    assert!(written > 500 && refused > 500, "{written} {refused}");
}
