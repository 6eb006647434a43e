use stepfn_core::value::Value;

use super::{Lcg, World, json};
use crate::eval::{Expression, Random};

/// Each row: the call, and what it gives for the input at the top.
#[track_caller]
fn table(input: &str, rows: &[(&str, &str)]) {
    let world = World::new(input);
    for (call, expected) in rows {
        assert_eq!(world.evaluate(call).map(|value| value.to_string()), Ok((*expected).to_owned()), "{call}");
    }
}

/// Each row: a call that fails, and how its cause ends.
#[track_caller]
fn refused(input: &str, rows: &[(&str, &str)]) {
    let world = World::new(input);
    for (call, detail) in rows {
        let error = world.evaluate(call).unwrap_err();
        assert_eq!(error.error, "States.Runtime", "{call}");
        assert_eq!(
            error.cause,
            format!("There was an error while evaluating the intrinsic function: {call}. {detail}")
        );
    }
}

#[test]
fn format() {
    table(
        r#"{"s":"x","n":1.50,"o":{"Arg1":1,"Arg2":[]},"l":["a",[null,true],{"k":"v"}],"t":"{}-{}","null":null}"#,
        &[
            ("States.Format('plain')", r#""plain""#),
            ("States.Format('{}{}', 1, 'a')", r#""1a""#),
            ("States.Format('{} {} {}', $.s, $.n, $.null)", r#""x 1.50 null""#),
            ("States.Format('{}', $.o)", r#""{Arg1=1, Arg2=[]}""#),
            ("States.Format('{}', $.l)", r#""[a, [null, true], {k=v}]""#),
            ("States.Format($.t, 1, 2)", r#""1-2""#),
            (r"States.Format('\{{}\} it\'s \\', 1)", r#""{1} it's \\""#),
            ("States.Format('{} {} {} {} {}', 1, 2, 3, 4, 5)", r#""1 2 3 4 5""#),
            ("States.Format('{}', States.Format('<{}>', true))", r#""<true>""#),
        ],
    );
    let count = "Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.";
    refused(
        r#"{"s":"x","open":"a {","close":"}"}"#,
        &[
            ("States.Format('{} {}', 1)", count),
            ("States.Format('{}', 1, 2)", count),
            ("States.Format($.s, 1)", count),
            ("States.Format(1)", "Invalid arguments in States.Format"),
            ("States.Format('a {', 1)", "Invalid template in States.Format: matching '}' not found for '{'."),
            ("States.Format($.open)", "Invalid template in States.Format: matching '}' not found for '{'."),
            ("States.Format($.close)", "Invalid template in States.Format: matching '{' not found for '}'."),
        ],
    );
}

#[test]
fn json_functions() {
    table(
        r#"{"o":{"a":1.0,"b":[null,"x"]},"p":{"b":2,"c":{"d":1}},"text":"{\"a\": [1, 2.0]}"}"#,
        &[
            ("States.StringToJson('')", "null"),
            ("States.StringToJson(' ')", "null"),
            ("States.StringToJson('-0')", "0"),
            ("States.StringToJson('1.50')", "1.50"),
            (r#"States.StringToJson('"a"')"#, r#""a""#),
            ("States.StringToJson($.text)", r#"{"a":[1,2.0]}"#),
            ("States.JsonToString($.o)", r#""{\"a\":1.0,\"b\":[null,\"x\"]}""#),
            ("States.JsonToString('a')", r#""\"a\"""#),
            ("States.JsonToString(null)", r#""null""#),
            ("States.JsonMerge($.o, $.p, false)", r#"{"a":1.0,"b":2,"c":{"d":1}}"#),
            ("States.JsonMerge($.p, $.o, false)", r#"{"b":[null,"x"],"c":{"d":1},"a":1.0}"#),
        ],
    );
    refused(
        r#"{"o":{},"bad":"{bad}"}"#,
        &[
            ("States.StringToJson(1)", "Invalid arguments in States.StringToJson"),
            ("States.JsonMerge($.o, 1, false)", "Invalid arguments in States.JsonMerge"),
            ("States.JsonMerge(null, $.o, false)", "Invalid arguments in States.JsonMerge"),
            ("States.JsonMerge($.o, $.o, true)", "Invalid arguments in States.JsonMerge"),
        ],
    );
    for (text, message) in [
        (
            "{bad}",
            "Unexpected character ('b' (code 98)): was expecting double-quote to start field name\n at [Source: REDACTED \
             (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]",
        ),
        (
            "[1,\n x]",
            "Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or \
             'false')\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 2, column: 3]",
        ),
        (
            "[1",
            "Unexpected end-of-input: expected close marker for Array (start marker at [Source: REDACTED \
             (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1])\n at [Source: REDACTED \
             (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 3]",
        ),
    ] {
        let world = World { input: Value::object([("bad", Value::from(text))]), ..World::new("0") };
        let error = world.evaluate("States.StringToJson($.bad)").unwrap_err();
        assert_eq!(error.error, "States.Runtime");
        assert_eq!(
            error.cause,
            format!(
                "There was an error while evaluating the intrinsic function: States.StringToJson($.bad). Cannot convert \
                 String to Json in States.StringToJson, caused by: {message}"
            )
        );
    }
}

#[test]
fn arrays() {
    table(
        r#"{"l":[1,2,3,4,5],"m":[1,"1",1.0,true,"true",null,{"a":1,"b":2},{"b":2,"a":1},[1],[1]],"e":[]}"#,
        &[
            ("States.Array()", "[]"),
            ("States.Array(1, 'a', null, $.e, true)", r#"[1,"a",null,[],true]"#),
            ("States.ArrayPartition($.l, 2)", "[[1,2],[3,4],[5]]"),
            ("States.ArrayPartition($.l, 2.9)", "[[1,2],[3,4],[5]]"),
            ("States.ArrayPartition($.l, 9)", "[[1,2,3,4,5]]"),
            ("States.ArrayPartition($.e, 9)", "[]"),
            ("States.ArrayContains($.l, 3)", "true"),
            ("States.ArrayContains($.l, 6)", "false"),
            ("States.ArrayContains($.m, $.e)", "false"),
            ("States.ArrayContains($.m, null)", "true"),
            ("States.ArrayContains(States.Array('true'), true)", "true"),
            ("States.ArrayContains(States.Array(0, 1), false)", "false"),
            ("States.ArrayContains($.m, $.m[7])", "true"),
            ("States.ArrayContains($.m[6:7], $.m[7])", "false"),
            ("States.ArrayContains($.m, $.m[9])", "true"),
            ("States.ArrayRange(1, 9, 2)", "[1,3,5,7,9]"),
            ("States.ArrayRange(0, 10, 3)", "[0,3,6,9]"),
            ("States.ArrayRange(1, 9, 9)", "[1]"),
            ("States.ArrayRange(5, 1, -2)", "[5,3,1]"),
            ("States.ArrayRange(5, 1, 1)", "[]"),
            ("States.ArrayRange(1.6, 1.4, 1)", "[1]"),
            ("States.ArrayRange(5.4, -0.6, -2.4)", "[5,3,1]"),
            ("States.ArrayLength(States.ArrayRange(1, 1000, 1))", "1000"),
            (
                "States.ArrayRange(9223372036854775806, 9223372036854775807, 1)",
                "[9223372036854775806,9223372036854775807]",
            ),
            ("States.ArrayGetItem($.l, 0)", "1"),
            ("States.ArrayGetItem($.l, 1.9)", "2"),
            ("States.ArrayGetItem(States.StringSplit('a,b', ','), 1)", r#""b""#),
            ("States.ArrayLength($.l)", "5"),
            ("States.ArrayLength($.l[*].none)", "0"),
            ("States.ArrayUnique($.m)", r#"[1.0,null,{"a":1,"b":2},[1],1,"1","true",true]"#),
            ("States.ArrayUnique($.e)", "[]"),
        ],
    );
    refused(
        r#"{"l":[1,2,3],"o":{}}"#,
        &[
            ("States.ArrayPartition($.o, 1)", "Invalid arguments in States.ArrayPartition"),
            ("States.ArrayPartition($.l, 0.6)", "Invalid arguments in States.ArrayPartition"),
            ("States.ArrayRange(1, 9, 0.9)", "Invalid arguments in States.ArrayRange"),
            ("States.ArrayRange(1, 1001, 1)", "Invalid arguments in States.ArrayRange"),
            (
                "States.ArrayRange(-9223372036854775808, 9223372036854775807, 1)",
                "Invalid arguments in States.ArrayRange",
            ),
            ("States.ArrayRange('1', 2, 1)", "Invalid arguments in States.ArrayRange"),
            ("States.ArrayGetItem($.l, 3)", "Invalid arguments in States.ArrayGetItem"),
            ("States.ArrayGetItem($.l, -1)", "Invalid arguments in States.ArrayGetItem"),
            ("States.ArrayGetItem($.l, '1')", "Invalid arguments in States.ArrayGetItem"),
            ("States.ArrayLength('abc')", "Invalid arguments in States.ArrayLength"),
            ("States.ArrayContains('abc', 'a')", "Invalid arguments in States.ArrayContains"),
            ("States.ArrayUnique($.o)", "Invalid arguments in States.ArrayUnique"),
        ],
    );
}

#[test]
fn encoding_and_hashes() {
    table(
        r#"{"o":{"a":1}}"#,
        &[
            ("States.Base64Encode('')", r#""""#),
            ("States.Base64Encode('Data to encode')", r#""RGF0YSB0byBlbmNvZGU=""#),
            ("States.Base64Encode('✓')", r#""4pyT""#),
            ("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", r#""Data to encode""#),
            ("States.Base64Decode('')", r#""""#),
            ("States.Base64Decode('4pyT')", r#""✓""#),
            // What is wrong with a text is passed over.
            ("States.Base64Decode(' YWJj ZA== ')", r#""abcd""#),
            ("States.Base64Decode('YWJjZA')", r#""abcd""#),
            ("States.Base64Decode('YWJjZAx!')", r#""abcd\f""#),
            ("States.Base64Decode('YQ==YQ')", r#""a""#),
            ("States.Base64Decode('Pz8_')", r#""???""#),
            ("States.Base64Decode('!')", r#""""#),
            ("States.Hash('hello', 'MD5')", r#""5d41402abc4b2a76b9719d911017c592""#),
            ("States.Hash('hello', 'SHA-1')", r#""aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d""#),
            (
                "States.Hash('hello', 'SHA-256')",
                r#""2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824""#,
            ),
            (
                "States.Hash('hello', 'SHA-384')",
                r#""59e1748777448c69de6b800d7a33bbfb9ff1b463e44354c3553bcdb9c666fa90125a3c79f90397bdf5f6a13de828684f""#,
            ),
            (
                "States.Hash('hello', 'SHA-512')",
                r#""9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043""#,
            ),
            ("States.Hash('', 'MD5')", r#""d41d8cd98f00b204e9800998ecf8427e""#),
        ],
    );
    refused(
        "{}",
        &[
            ("States.Base64Encode(1)", "Invalid arguments in States.Base64Encode"),
            ("States.Base64Decode(null)", "Invalid arguments in States.Base64Decode"),
            ("States.Hash('a', 1)", "Invalid arguments in States.Hash"),
            ("States.Hash('a', 'sha-256')", "Invalid arguments in States.Hash"),
        ],
    );
    for (length, fits) in [(10_000, true), (10_001, false)] {
        for call in ["States.Base64Encode($)", "States.Base64Decode($)", "States.Hash($, 'MD5')"] {
            for letter in ["a", "ü"] {
                let world = World { input: letter.repeat(length).into(), ..World::new("0") };
                assert_eq!(world.evaluate(call).is_ok(), fits, "{call} {length} {letter}");
            }
        }
    }
}

#[test]
fn math() {
    table(
        "{}",
        &[
            ("States.MathAdd(111, -1)", "110"),
            ("States.MathAdd(1.49, 1.5)", "3"),
            ("States.MathAdd(-1.5, 0)", "-1"),
            ("States.MathAdd(-0.5, 0.5)", "1"),
            ("States.MathAdd(-1.51, 0)", "-2"),
            ("States.MathAdd(2.5, 0)", "3"),
            ("States.MathAdd(2147483646, 1)", "2147483647"),
            ("States.MathAdd(-2147483647, -1)", "-2147483648"),
            ("States.MathAdd(1e2, 1)", "101"),
        ],
    );
    let range = "Invalid arguments in States.MathAdd";
    let bounds = "Invalid arguments in States.MathRandom";
    refused(
        "{}",
        &[
            ("States.MathAdd(2147483647, 1)", range),
            ("States.MathAdd(-2147483648, -1)", range),
            ("States.MathAdd(3000000000, -2000000000)", range),
            ("States.MathAdd(1e400, 1)", range),
            ("States.MathAdd('1', 1)", "Invalid arguments in States.MathAdd"),
            ("States.MathAdd(1, true)", "Invalid arguments in States.MathAdd"),
            ("States.MathRandom(1, 1)", bounds),
            ("States.MathRandom(5, 1, 3)", bounds),
            ("States.MathRandom(1.4, 1.6)", bounds),
            ("States.MathRandom('a', 1)", "Invalid arguments in States.MathRandom"),
            ("States.MathRandom(1, 9, null)", "Invalid arguments in States.MathRandom"),
        ],
    );
}

#[test]
fn random_numbers_come_from_the_scope_or_from_their_seed() {
    let draw = |call: &str, seed: i64| {
        let world = World { random: Random::new(seed), ..World::new("{}") };
        let numbers: Vec<i64> = (0..50).map(|_| world.evaluate(call).unwrap().as_i64().unwrap()).collect();
        numbers
    };
    let call = "States.MathRandom(12.5, 44.51)";
    assert_eq!(draw(call, 1), draw(call, 1));
    assert_ne!(draw(call, 1), draw(call, 2));
    assert!(draw(call, 1).iter().all(|number| (12..44).contains(number)));
    // The seed of the call is all that counts.
    let seeded = draw("States.MathRandom(0, 999, 3)", 1);
    assert_eq!(seeded, draw("States.MathRandom(0, 999, 3)", 2));
    assert!(seeded.iter().all(|number| *number == seeded[0]));
}

#[test]
fn uuids_are_of_version_4_and_repeatable() {
    let draw = |seed: i64| {
        let world = World { random: Random::new(seed), ..World::new("{}") };
        (0..20).map(|_| world.evaluate("States.UUID()").unwrap()).collect::<Vec<_>>()
    };
    let uuids = draw(1);
    assert_eq!(uuids, draw(1));
    assert_ne!(uuids, draw(2));
    for uuid in &uuids {
        let uuid: Vec<&str> = uuid.as_str().unwrap().split('-').collect();
        assert_eq!(uuid.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(uuid[2].starts_with('4') && uuid[3].starts_with(['8', '9', 'a', 'b']));
    }
    assert!(uuids.iter().enumerate().all(|(at, uuid)| !uuids[..at].contains(uuid)));
}

#[test]
fn string_split() {
    table(
        r#"{"s":"This.is+a,test=string","d":".+,="}"#,
        &[
            ("States.StringSplit('a,b', ',')", r#"["a","b"]"#),
            ("States.StringSplit($.s, $.d)", r#"["This","is","a","test","string"]"#),
            ("States.StringSplit(',,,,', ',')", "[]"),
            ("States.StringSplit(', , ,', ',')", r#"[" "," "]"#),
            ("States.StringSplit(' ', ',')", r#"[" "]"#),
            ("States.StringSplit('', ',')", "[]"),
            ("States.StringSplit('abc', '')", r#"["abc"]"#),
            ("States.StringSplit('Hello\nWorld', '\n')", r#"["Hello","World"]"#),
            ("States.StringSplit('aüb🙂c', '🙂ü')", r#"["a","b","c"]"#),
        ],
    );
    refused(
        "{}",
        &[
            ("States.StringSplit(1, ',')", "Invalid arguments in States.StringSplit"),
            ("States.StringSplit('a', 1)", "Invalid arguments in States.StringSplit"),
        ],
    );
}

#[test]
fn no_part_of_a_split_is_empty_and_none_is_lost() {
    let mut lcg = Lcg(11);
    for _ in 0..500 {
        let text: String =
            (0..lcg.below(12)).map(|_| ['a', 'b', ',', ' ', 'ü', '🙂'][lcg.below(6)]).collect();
        let delimiters: String = (0..lcg.below(3)).map(|_| [',', ' ', 'ü', '🙂'][lcg.below(4)]).collect();
        let world = World {
            input: Value::object([("s", Value::from(text.as_str())), ("d", delimiters.as_str().into())]),
            ..World::new("0")
        };
        let parts = world.evaluate("States.StringSplit($.s, $.d)").unwrap();
        let parts: Vec<&str> = parts.as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        assert!(parts.iter().all(|part| !part.is_empty() && !part.contains(|c| delimiters.contains(c))));
        assert_eq!(parts.concat(), text.replace(|c| delimiters.contains(c), ""));
    }
}

#[test]
fn json_text_and_base64_come_back() {
    let mut lcg = Lcg(5);
    for _ in 0..500 {
        let world = World { input: lcg.value(4), ..World::new("0") };
        assert_eq!(world.evaluate("States.StringToJson(States.JsonToString($))"), Ok(world.input.clone()));
        let text = world.evaluate("States.Base64Decode(States.Base64Encode(States.JsonToString($)))");
        assert_eq!(text, Ok(world.input.to_string().into()));
    }
}

/// The words of AWS, known from what its users report.
#[test]
fn a_path_without_value() {
    let world = World::new(r#"{"other":1,"items":[1,2],"null":null}"#);
    for (call, path) in [
        ("States.Format('{}', $.nope)", "$.nope"),
        ("States.Format('{}',$.nope)", "$.nope"),
        ("States.Format('{} {}', $.other, $.a.b)", "$.a.b"),
        ("States.Format($.nope, 1)", "$.nope"),
        ("States.Format('{}', States.Format('{}', $.nope))", "$.nope"),
        ("States.Array(1, 2, 3, $.nope)", "$.nope"),
        ("States.Format('{}', $.items[5])", "$.items[5]"),
        ("States.Format('{}', $.items[5].x)", "$.items[5].x"),
        ("States.Format('{}', $$.Nope.Deep)", "$.Nope.Deep"),
    ] {
        let error = world.evaluate(call).unwrap_err();
        assert_eq!(error.error, "States.Runtime");
        assert_eq!(
            error.cause,
            format!(
                "The function '{call}' had the following error: The JsonPath argument for the field '{path}' could not be \
                 found in the input '{{\"other\":1,\"items\":[1,2],\"null\":null}}'"
            ),
        );
    }
    assert_eq!(world.evaluate("States.Format('{}', $.null)"), Ok(json(r#""null""#)));
}

/// Recorded on AWS, which creates such machines.
#[test]
fn the_wrong_number_of_arguments_fails_when_the_call_is_made() {
    let input = r#"{"l":[1],"o":{"a":1}}"#;
    refused(
        input,
        &[
            ("States.ArrayLength()", "Invalid arguments in States.ArrayLength"),
            ("States.ArrayLength($.l, 1)", "Invalid arguments in States.ArrayLength"),
            ("States.Format()", "Invalid arguments in States.Format"),
            ("States.MathRandom(1, 2, 3, 4)", "Invalid arguments in States.MathRandom"),
            ("States.JsonMerge($.o, $.o)", "Invalid arguments in States.JsonMerge"),
            (
                "States.JsonToString()",
                "Invalid arguments in States.JsonToString: only a single argument is allowed.",
            ),
            (
                "States.JsonToString($.l, $.o)",
                "Invalid arguments in States.JsonToString: only a single argument is allowed.",
            ),
            ("States.Array(1, States.ArrayLength('x'))", "Invalid arguments in States.ArrayLength"),
        ],
    );
    let world = World::new(input);
    for call in ["States.UUID(1)", "States.UUID($.l, 'x')"] {
        assert_eq!(world.evaluate(call).unwrap().as_str().map(str::len), Some(36), "{call}");
    }
    // What has no items has none at any place.
    assert_eq!(world.evaluate("States.ArrayGetItem(States.Array(), 999)"), Ok(Value::Null));
}

#[test]
fn what_can_not_be_compiled() {
    for (call, message) in [
        ("States.Foo()", "`States.Foo` is no intrinsic function"),
        ("States.UUID(", "this `(` is never closed"),
    ] {
        assert_eq!(Expression::compile(call).unwrap_err().message, message, "{call}");
    }
}

/// The checks' warnings, and what they do not report, are no reason not to run the rest of the machine.
#[test]
fn what_aws_takes_is_compiled() {
    let world = World::new(r#"{"a":[1,2,3],"o":{"x":1,"y":2}}"#);
    for (call, expected) in [
        ("States.MathAdd(01, -007)", "-6"),
        ("States.Array($.a.length(), $.o.length(), $.a[?(@ > 1)].length())", "[3,2,2]"),
    ] {
        assert_eq!(world.evaluate(call).map(|value| value.to_string()), Ok(expected.to_owned()), "{call}");
    }
    let error = world.evaluate("States.Array($.a.sum())").unwrap_err();
    assert_eq!(error.error, "States.Runtime");
}
