use stepfn_core::value::{Shared, Value};

use super::{World, json};
use crate::eval::{CompiledPath, EvalError, Expression, Template};

#[track_caller]
fn render(world: &World, template: &str) -> Result<Value, EvalError> {
    Template::compile(&json(template)).unwrap().render(&world.scope())
}

#[test]
fn only_keys_with_the_suffix_are_dynamic() {
    let world = World::new(r#"{"a":1,"b":{"c":[2,3]}}"#);
    for (template, expected) in [
        ("{}", "{}"),
        (r#""$.a""#, r#""$.a""#),
        (r#"["$.a"]"#, r#"["$.a"]"#),
        (r#"{"x":"$.a"}"#, r#"{"x":"$.a"}"#),
        (r#"{"x.$":"$.a"}"#, r#"{"x":1}"#),
        (r#"{".$":"$.a"}"#, r#"{"":1}"#),
        (r#"{"x.$":"$"}"#, r#"{"x":{"a":1,"b":{"c":[2,3]}}}"#),
        (r#"{"x.$":"$$.State.Name","y.$":"$count"}"#, r#"{"x":"Here","y":3}"#),
        (r#"{"x.$":"States.MathAdd($.a, 1)"}"#, r#"{"x":2}"#),
        (r#"{"x.$":"$.b.c[5]"}"#, r#"{"x":null}"#),
        (
            r#"{"x":{"y":[{"z.$":"$.b.c[1]"},"$.a",[{"w.$":"$.a"}]]}}"#,
            r#"{"x":{"y":[{"z":3},"$.a",[{"w":1}]]}}"#,
        ),
        (r#"{"Comment":"data","x.y.$":"$.a"}"#, r#"{"Comment":"data","x.y":1}"#),
        (r#"{"x.$":"$.b.c[*]"}"#, r#"{"x":[2,3]}"#),
        (r#"{"x":1,"x.$":"$.b"}"#, r#"{"x":{"c":[2,3]}}"#),
        (r#"{"x.$":"$.b","x":1}"#, r#"{"x":1}"#),
    ] {
        assert_eq!(render(&world, template), Ok(json(expected)), "{template}");
    }
}

#[test]
fn what_is_fixed_comes_first_and_the_rest_in_the_order_of_a_java_map() {
    let world = World::new(r#"{"a":1}"#);
    for (template, order) in [
        (
            r#"{"z":0,"y.$":"$.a","x":{"w":1,"v.$":"$.a","u":2},"t":3}"#,
            r#"{"z":0,"x":{"w":1,"u":2,"v":1},"t":3,"y":1}"#,
        ),
        // Recorded on AWS.
        (
            r#"{"message.$":"$.a","roleCount.$":"$.a","originalUser.$":"$.a"}"#,
            r#"{"roleCount":1,"originalUser":1,"message":1}"#,
        ),
        (
            r#"{"payload.$":"$.a","requestId.$":"$.a","original.$":"$.a","metadata":{}}"#,
            r#"{"metadata":{},"original":1,"payload":1,"requestId":1}"#,
        ),
        (r#"[{"sku.$":"$.a","quantity.$":"$.a"}]"#, r#"[{"quantity":1,"sku":1}]"#),
    ] {
        assert_eq!(render(&world, template).unwrap().to_string(), order);
    }
}

#[test]
fn constant_parts_and_values_are_shared() {
    let template = json(r#"{"fixed":{"deep":[1,2,{"a":"b"}]},"x.$":"$.list"}"#);
    let compiled = Template::compile(&template).unwrap();
    assert_eq!(compiled.constant(), None);
    let world = World::new(r#"{"list":[1,2,3]}"#);
    let rendered = compiled.render(&world.scope()).unwrap();
    let (Value::Object(made), Value::Object(source)) = (&rendered["fixed"], &template["fixed"]) else {
        panic!("objects")
    };
    assert!(Shared::ptr_eq(made, source));
    let (Value::Array(made), Value::Array(source)) = (&rendered["x"], &world.input["list"]) else {
        panic!("arrays")
    };
    assert!(Shared::ptr_eq(made, source));

    let constant = json(r#"{"a":[{"b":"$.c"}]}"#);
    let compiled = Template::compile(&constant).unwrap();
    assert_eq!(compiled.constant(), Some(&constant));
}

#[test]
fn a_path_without_value_fails_in_the_words_of_aws() {
    let world = World::new(r#"{"int-literal":0}"#);
    let input = r#"{"int-literal":0}"#;
    for (template, path, field, searched) in [
        (r#"{"value.$":"$.no_such_jsonpath"}"#, "$.no_such_jsonpath", "value.$", input),
        (r#"{"value.$":"$.no.such"}"#, "$.no.such", "value.$", input),
        (r#"{"Item":{"id.$":"$.id"}}"#, "$.id", "Item.id.$", input),
        (r#"{"list":[1,{"id.$":"$.id"}]}"#, "$.id", "list[1].id.$", input),
        (r#"{"value.$":"$order.no"}"#, "$order.no", "value.$", r#"{"id":"o-1","tags":["a","b"]}"#),
        (r#"{"value.$":"$$.Execution.No"}"#, "$$.Execution.No", "value.$", &world.context.to_string()),
    ] {
        let error = render(&world, template).unwrap_err();
        assert_eq!(error.error, "States.Runtime");
        assert_eq!(
            error.cause,
            format!(
                "The JSONPath '{path}' specified for the field '{field}' could not be found in the input '{searched}'"
            ),
        );
    }
    let error = Expression::compile("$.ErrorX").unwrap().evaluate(&world.scope(), "ErrorPath").unwrap_err();
    assert_eq!(
        error.cause,
        r#"The JSONPath '$.ErrorX' specified for the field 'ErrorPath' could not be found in the input '{"int-literal":0}'"#
    );
}

/// Reported by users of AWS: a null input has no `$` to read.
#[test]
fn a_null_input_can_not_be_read() {
    let world = World::new("null");
    let expected = EvalError::runtime("Unable to apply Path transformation to null or empty input.");
    assert_eq!(render(&world, r#"{"Input.$":"$"}"#), Err(expected.clone()));
    assert_eq!(render(&world, r#"{"Input.$":"$.a"}"#), Err(expected.clone()));
    assert_eq!(
        CompiledPath::compile("$.a").unwrap().get(&world.scope()).unwrap_err().invalid_path(),
        expected
    );
    assert_eq!(CompiledPath::compile("$").unwrap().get(&world.scope()).ok(), Some(Value::Null));
    assert_eq!(render(&world, r#"{"fixed":1,"x.$":"$$.State.Name"}"#), Ok(json(r#"{"fixed":1,"x":"Here"}"#)));
}

#[test]
fn what_can_not_be_compiled_says_where() {
    for (template, at, message) in [
        (r#"{"x.$":1}"#, "/x.$", "`x.$` takes a path or an intrinsic function, found 1"),
        (r#"{"x.$":{"y":1}}"#, "/x.$", r#"`x.$` takes a path or an intrinsic function, found {"y":1}"#),
        (r#"{"a":[0,{"x.$":"abc"}]}"#, "/a/1/x.$", "a path starts with `$`"),
        (r#"{"x/y.$":"States.Foo()"}"#, "/x~1y.$", "`States.Foo` is no intrinsic function"),
        (r#"{"x.$":"{% $a %}"}"#, "/x.$", "a path starts with `$`"),
    ] {
        let error = Template::compile(&json(template)).unwrap_err();
        assert_eq!((error.at.as_str(), error.message.as_str()), (at, message), "{template}");
    }
    let deep = (0..129).fold(json("1"), |value, _| Value::array([value]));
    let error = Template::compile(&deep).unwrap_err();
    assert_eq!(error.message, "a template nested more than 128 deep");
}
