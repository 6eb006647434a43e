//! Calls that parse, calls that do not, and their messages.

use super::{Arg, ArgKind, Call, FormatPart, Function, IntrinsicError, Kind, escape, format_parts};
use crate::path::Path;

#[track_caller]
fn parse(text: &str) -> Call {
    match Call::parse(text) {
        Ok(call) => call,
        Err(error) => panic!("{text}: {error:?}"),
    }
}

/// The call without the spans, which differ between two writings of the same call.
fn bare(mut call: Call) -> Call {
    call.span = 0..0;
    call.name_span = 0..0;
    for arg in &mut call.args {
        arg.span = 0..0;
        if let ArgKind::Call(nested) = &arg.kind {
            arg.kind = ArgKind::Call(bare(nested.clone()));
        }
    }
    call
}

#[test]
fn arguments() {
    let string = |text: &str| ArgKind::String(text.to_owned());
    let number = |text: &str| ArgKind::Number(text.to_owned());
    let path = |text: &str| ArgKind::Path(Path::parse(text).unwrap());
    for (text, kinds) in [
        ("", vec![]),
        (" ", vec![]),
        ("''", vec![string("")]),
        ("'a, (b)'", vec![string("a, (b)")]),
        (r"'it\'s \{\} \\'", vec![string(r"it's {} \")]),
        // Recorded on AWS: braces need no escape outside of `States.Format`.
        (r#"'{"a": "false"}'"#, vec![string(r#"{"a": "false"}"#)]),
        ("'Hello\nWorld', '\n'", vec![string("Hello\nWorld"), string("\n")]),
        ("'äöü🙂'", vec![string("äöü🙂")]),
        ("1, -1, 1.50, -0, 1e3, 2E-7", ["1", "-1", "1.50", "-0", "1e3", "2E-7"].map(number).to_vec()),
        ("true,false , null", vec![ArgKind::Boolean(true), ArgKind::Boolean(false), ArgKind::Null]),
        ("$", vec![path("$")]),
        ("$$.Execution.Id,$name", vec![path("$$.Execution.Id"), path("$name")]),
        ("$.a-b , $['c, d)'][0]", vec![path("$.a-b"), path("$['c, d)'][0]")]),
        ("$.l[?(@.a == 'x' && (@.b))].c", vec![path("$.l[?(@.a == 'x' && (@.b))].c")]),
        ("$.l.length(), 1", vec![path("$.l.length()"), number("1")]),
        ("$..a, $.*", vec![path("$..a"), path("$.*")]),
    ] {
        let text = format!("States.Array({text})");
        let call = parse(&text);
        let found: Vec<_> = call.args.iter().map(|arg| arg.kind.clone()).collect();
        assert_eq!(found, kinds, "{text}");
        for Arg { kind, span } in &call.args {
            let part = &text[span.clone()];
            match kind {
                ArgKind::String(_) => assert!(part.starts_with('\'') && part.ends_with('\''), "{part}"),
                kind => assert_eq!(part, kind.to_string()),
            }
        }
        assert_eq!(call.span, 0..text.len());
        assert_eq!(bare(parse(&call.to_string())), bare(call), "{text}");
    }
}

#[test]
fn nested_calls() {
    let text = "States.Format('{}', States.ArrayGetItem( States.StringSplit($.a, '/') ,$i), $$.b)  ";
    let call = parse(text);
    assert_eq!(call.span, 0..text.trim_end().len());
    let calls: Vec<_> = call.calls().map(|call| &text[call.name_span.clone()]).collect();
    assert_eq!(calls, ["States.Format", "States.ArrayGetItem", "States.StringSplit"]);
    let paths: Vec<_> = call.paths().map(|(path, span)| (path.as_str(), &text[span])).collect();
    assert_eq!(paths, [("$.a", "$.a"), ("$i", "$i"), ("$$.b", "$$.b")]);
    assert_eq!(
        call.to_string(),
        "States.Format('{}', States.ArrayGetItem(States.StringSplit($.a, '/'), $i), $$.b)"
    );
}

#[test]
fn depth_is_limited() {
    let nested = |n: usize| format!("{}{}", "States.Array(".repeat(n), ")".repeat(n));
    assert_eq!(parse(&nested(10)).calls().count(), 10);
    for n in [11, 100_000] {
        let error = Call::parse(&nested(n)).unwrap_err();
        assert_eq!(error.message, "functions nested more than 10 deep");
        assert_eq!(error.span, 130..142);
    }
}

#[test]
fn templates() {
    let text = |text: &str| FormatPart::Text(text.to_owned());
    let hole = || FormatPart::Placeholder;
    for (body, parts) in [
        ("", vec![]),
        ("{}", vec![hole()]),
        ("{}{}", vec![hole(), hole()]),
        ("a {} b", vec![text("a "), hole(), text(" b")]),
        (r"\{\}", vec![text("{}")]),
        (r"\{{}\}", vec![text("{"), hole(), text("}")]),
        (r"it\'s \\{}", vec![text(r"it's \"), hole()]),
        ("ä\n{}", vec![text("ä\n"), hole()]),
    ] {
        let source = format!("States.Format('{body}')");
        let call = parse(&source);
        assert_eq!(call.format_placeholders(), Some(parts.iter().filter(|part| **part == hole()).count()));
        assert_eq!(call.format_template(), Some(parts), "{body}");
        assert_eq!(call.template_error(), None);
        assert_eq!(call.to_string(), source);
        let written: String = call.format_template().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(written, body);
    }
    for body in ["{", "}", "{ }", "a {b}", r"\{}", r"{\}", "}{"] {
        let source = format!("States.Format('{body}')");
        let call = parse(&source);
        let error = call.template_error().unwrap();
        assert!(["{", "}"].contains(&&source[error.span.clone()]), "{body}: {error:?}");
        assert_eq!(call.format_template(), None);
        assert_eq!(call.format_placeholders(), None);
        assert_eq!(call.to_string(), source);
    }
    // Only a literal has a template, and only in `States.Format`.
    assert_eq!(parse("States.Format($.template, 1)").format_template(), None);
    assert_eq!(parse("States.Array('{}')").format_template(), None);
    // What a path gives is cut the same way.
    assert_eq!(format_parts("{} x").unwrap(), [hole(), text(" x")]);
    assert_eq!(format_parts(r"x\").unwrap(), [text(r"x\")]);
}

#[test]
fn a_changed_call_is_written_as_it_is() {
    let mut call = parse(r"States.Format('\{ {}', 1)");
    call.args[0].kind = ArgKind::String("it's {}".to_owned());
    assert_eq!(call.to_string(), r"States.Format('it\'s {}', 1)");
    assert_eq!(call.format_placeholders(), Some(1));
    call.function = Function::Array;
    assert_eq!(call.to_string(), r"States.Array('it\'s \{\}', 1)");
}

#[test]
fn escaped_texts_come_back() {
    for text in ["", "it's", "{}", r"\", "\n", "🙂 {a: 'b'} \\{", "''"] {
        let call = parse(&format!("States.StringToJson('{}')", escape(text)));
        assert_eq!(call.args[0].kind, ArgKind::String(text.to_owned()));
    }
}

#[test]
fn lenient_paths() {
    let text = "States.Array($.a[?(@.s==done)].b, States.Array($[?(@.x==y)]))";
    let (call, forgiven) = Call::parse_lenient(text).unwrap();
    assert_eq!(call.paths().count(), 2);
    let parts: Vec<_> = forgiven.iter().map(|error| &text[error.span.clone()]).collect();
    assert_eq!(parts, ["done", "y"]);
    assert_eq!(Call::parse(text).unwrap_err(), forgiven[0]);
}

#[test]
fn names() {
    for function in Function::ALL {
        assert_eq!(Function::from_name(function.name()), Some(*function));
        assert_eq!(Function::nearest(&function.name().to_uppercase()), Some(*function));
        let signature = function.signature();
        assert!(signature.required <= signature.params.len());
    }
    assert_eq!(Function::from_name("States.format"), None);
    assert_eq!(Function::nearest("States.ArrayLen"), None);
    assert_eq!(Function::nearest("States.ArrayLenght"), Some(Function::ArrayLength));
    assert_eq!(Function::nearest("States.Uuid"), Some(Function::Uuid));
    assert_eq!(Function::nearest("Foo"), None);
    assert_eq!(Function::MathRandom.signature().to_string(), "(start, end, [seed])");
    assert_eq!(Function::Array.signature().to_string(), "(...)");
    assert_eq!(Function::Uuid.signature().to_string(), "()");
    assert_eq!(Function::Format.signature().kind_of(5), Some(Kind::Any));
    assert_eq!(Function::MathAdd.signature().kind_of(2), None);
}

#[test]
fn calls_without_fault() {
    for text in [
        "States.UUID()",
        "States.Array()",
        "States.Array(1, 'a', null, States.UUID())",
        "States.MathRandom(1, 9)",
        "States.MathRandom(1, 9, $.seed)",
        "States.MathAdd(1.5, States.ArrayLength($.a))",
        "States.ArrayRange(1, 9, 2.5)",
        "States.ArrayPartition(States.Array(1, 2), 1)",
        "States.ArrayContains($.a, null)",
        "States.JsonMerge(States.StringToJson('{}'), $.b, false)",
        "States.Hash('a', 'SHA-256')",
        "States.Hash('a', $.algorithm)",
        "States.Format('no placeholder')",
        "States.Format($.template, 1, 2, 3)",
        r"States.Format('\{\} {}', 1)",
        "States.Base64Encode(States.ArrayGetItem($.a, 0))",
        "States.ArrayGetItem($.a, -0.9)",
        "States.ArrayRange(1, 1000, 1)",
        "States.ArrayRange(5, 1, 1)",
        "States.ArrayRange(1, 99999, -1)",
        "States.ArrayRange(1, $.last, 1)",
        "States.MathRandom(-5, 5)",
        "States.MathRandom(5, $.end)",
        "States.MathAdd(2147483647.4, -1)",
        "States.MathAdd(-2147483648, 2147483647)",
        "States.StringToJson('-0')",
        "States.StringToJson(' ')",
        r#"States.StringToJson('\{"a":1\}')"#,
    ] {
        let call = parse(text);
        assert_eq!(call.arity_error(), None, "{text}");
        assert_eq!(call.literal_kind_errors(), [], "{text}");
    }
}

#[test]
fn a_text_is_as_long_as_a_code_or_a_hash_takes() {
    for (function, more) in [("Base64Encode", ""), ("Base64Decode", ""), ("Hash", ", 'MD5'")] {
        let errors =
            |text: String| parse(&format!("States.{function}('{text}'{more})")).literal_kind_errors();
        assert_eq!(errors("é".repeat(10_000)), []);
        let found = errors("😀".repeat(5_001));
        assert_eq!(found.len(), 1, "{function}");
        assert_eq!(found[0].message, "the text has 10002 characters, and may have 10000");
    }
}

#[track_caller]
fn same(text: &str, error: &IntrinsicError, message: &str, part: &str, help: &str) {
    assert_eq!(error.message, message, "{text}");
    assert_eq!(&text[error.span.clone()], part, "{text}");
    // The list of all functions is long and the same everywhere.
    let found = error.help.as_deref().unwrap_or_default();
    let (found, list) = match found.find("the functions are ") {
        Some(0) => ("the functions are `States.Format`", found),
        Some(at) => (found[..at].trim_end_matches("; "), &found[at..]),
        None => (found, ""),
    };
    assert_eq!(found, help, "{text}");
    assert!(list.is_empty() || list.ends_with("`States.StringSplit`, `States.UUID`"), "{list}");
}

/// Each row: the text, the message, the offending part, the help (empty for none).
#[test]
fn errors() {
    for (text, message, part, help) in ERRORS {
        match Call::parse(text) {
            Ok(call) => panic!("{text}: {call:?}"),
            Err(error) => same(text, &error, message, part, help),
        }
    }
}

/// As above, for calls that parse; a call with two errors has two rows.
#[test]
fn faults() {
    let mut rows = FAULTS.iter();
    while let Some((text, ..)) = rows.as_slice().first() {
        let call = parse(text);
        let found: Vec<_> = call.arity_error().into_iter().chain(call.literal_kind_errors()).collect();
        assert!(!found.is_empty(), "{text}");
        for error in found {
            let (row, message, part, help) = rows.next().unwrap();
            assert_eq!(row, text);
            same(text, &error, message, part, help);
        }
    }
}

#[rustfmt::skip]
const ERRORS: &[(&str, &str, &str, &str)] = &[
    ("", "the function is empty", "", "write `States.Format('...', $.name)`"),
    (" States.UUID()", "blanks before the function", " ", "leave the blanks out"),
    ("States", "`States` is no intrinsic function", "States", "the names of intrinsic functions start with `States.`"),
    ("States.UUID", "expected `(` after `States.UUID`", "", "write `States.UUID()` with the arguments inside"),
    ("States.UUID(", "this `(` is never closed", "(", "write the missing `)`"),
    ("States.UUID() x", "text after the closing `)`", " x", "take it out; use `States.Format` to join texts"),
    ("States.StringToJson($.a).b", "text after the closing `)`", ".b", "the result of a function has no path: use `States.ArrayGetItem`, or a state more"),
    ("States.Foo()", "`States.Foo` is no intrinsic function", "States.Foo", "the functions are `States.Format`"),
    ("States.Frmat('x')", "`States.Frmat` is no intrinsic function", "States.Frmat", "write `States.Format`"),
    ("format('x')", "`format` is no intrinsic function", "format", "write `States.Format`"),
    ("States.arraylength($)", "`States.arraylength` is no intrinsic function", "States.arraylength", "write `States.ArrayLength`"),
    ("Math.add(1)", "`Math.add` is no intrinsic function", "Math.add", "write `States.MathAdd`"),
    ("States.Format", "expected `(` after `States.Format`", "", "write `States.Format()` with the arguments inside"),
    ("('x')", "an intrinsic function starts with `States.`", "('x')", ""),
    ("States.Array(,)", "an argument is missing", ",", "write `null`, or take the `,` out"),
    ("States.Array(1,)", "an argument is missing", ")", "write `null`, or take the `,` out"),
    ("States.Array(1", "this `(` is never closed", "(", "write the missing `)`"),
    ("States.Array(1 2)", "expected `,` or `)`, found `2`", "2", ""),
    ("States.Format('it's', 1)", "expected `,` or `)`, found `s`", "s", r"a `'` inside a text is written `\'`"),
    ("States.Format('a)", "this quote is never closed", "'", r"write the missing `'`; a `'` inside the text is `\'`"),
    (r"States.Format('a\", "this quote is never closed", "'", r"write the missing `'`; a `'` inside the text is `\'`"),
    (r"States.Format('a\n')", r"`\n` is no escape", r"\n", r"put the character itself into the text: `\n` in the JSON of the definition"),
    // Recorded on AWS: a definition with this is refused.
    (r#"States.Format('He said, \"Hello, {}!\"', 'Test')"#, r#"`\"` is no escape"#, r#"\""#, r#"a `"` needs no backslash in a text in single quotes"#),
    (r#"States.Format('a\"b')"#, r#"`\"` is no escape"#, r#"\""#, r#"a `"` needs no backslash in a text in single quotes"#),
    (r"States.Format('a\x')", r"`\x` is no escape", r"\x", r"write `\\` for a backslash; the escapes are `\'`, `\{`, `\}` and `\\`"),
    (r#"States.Array("a'b")"#, "a text in double quotes", r#""a'b""#, r"write `'a\'b'`"),
    (r#"States.Array("a"#, "a text in double quotes", r#""a"#, "use single quotes"),
    ("States.Array([1])", "arrays and objects are no arguments", "[", "use `States.Array(...)` or `States.StringToJson('...')`"),
    ("States.Array({})", "arrays and objects are no arguments", "{", "use `States.Array(...)` or `States.StringToJson('...')`"),
    ("States.Array(abc)", "the string `abc` needs quotes", "abc", "write `'abc'` for the string, `$.abc` for the member"),
    ("States.Array(True)", "`True` is not `true`", "True", "write `true`, or `'True'` for the string"),
    ("States.Array(NULL)", "`NULL` is not `null`", "NULL", "write `null`, or `'NULL'` for the string"),
    ("States.Array(01x)", "`01x` is no number", "01x", "write numbers as in JSON: `-1.5`"),
    ("States.Array(.5)", "`.5` is no number", ".5", "write numbers as in JSON: `-1.5`"),
    ("States.Array(@.a)", "a path starts with `$`", "@.a", "write `$.a`"),
    ("States.Array(States.Foo)", "`States.Foo` is no intrinsic function", "States.Foo", "the functions are `States.Format`"),
    ("States.Array(States.UUID)", "expected `(` after `States.UUID`", ")", "write `States.UUID()` with the arguments inside"),
    ("States.Array(foo(1))", "`foo` is no intrinsic function", "foo", "the names of intrinsic functions start with `States.`"),
    ("States.Array($.a b)", "expected `,` or `)`, found `b`", "b", "a name with a blank needs brackets: `['the name']`"),
    ("States.Array($.)", "the path ends with `.`", ".", "write a name after the dot, or take the dot out"),
    ("States.Array($.a., 1)", "the path ends with `.`", ".", "write a name after the dot, or take the dot out"),
    ("States.Array($[?(@.s==done)])", "the string `done` needs quotes", "done", "write `'done'`"),
    ("States.Array($.first name, 1)", "expected `,` or `)`, found `n`", "n", "a name with a blank needs brackets: `['the name']`"),
    ("States.Array($['a)", "this quote is never closed", "'", r"write the missing quote; a quote inside the text is `\'`"),
    ("States.Format('ä', $.a[)", "this `[` is never closed", "[", "write the missing `]`"),
    ("$.a", "an intrinsic function starts with `States.`", "$.a", ""),
];

#[rustfmt::skip]
const FAULTS: &[(&str, &str, &str, &str)] = &[
    ("States.UUID(1)", "`States.UUID` takes no arguments, found 1", "1", "write `States.UUID()`"),
    ("States.ArrayLength()", "`States.ArrayLength` takes 1 argument, found 0", "States.ArrayLength()", "write `States.ArrayLength(array)`"),
    ("States.MathRandom(1)", "`States.MathRandom` takes at least 2 arguments, found 1", "States.MathRandom(1)", "write `States.MathRandom(start, end, [seed])`"),
    ("States.MathRandom(1,2,3,4)", "`States.MathRandom` takes 2 to 3 arguments, found 4", "4", "write `States.MathRandom(start, end, [seed])`"),
    ("States.Format()", "`States.Format` takes at least 1 argument, found 0", "States.Format()", "write `States.Format(template, ...)`"),
    ("States.Format('{} {}', 1)", "the template has 2 placeholders, and 1 argument follows", "'{} {}'", r"write one argument for each `{}`; a `{}` to print is `\{\}`"),
    ("States.Format('x', 1)", "the template has 0 placeholders, and 1 argument follows", "'x'", r"write one argument for each `{}`; a `{}` to print is `\{\}`"),
    ("States.Array(States.Hash($.a))", "`States.Hash` takes 2 arguments, found 1", "States.Hash($.a)", "write `States.Hash(data, algorithm)`"),
    ("States.ArrayPartition('a', 'b')", "`States.ArrayPartition` takes an array as `array`, found a string", "'a'", "write a path to an array, or `States.Array(...)`"),
    ("States.ArrayPartition('a', 'b')", "`States.ArrayPartition` takes an integer as `size`, found a string", "'b'", "write a number without quotes, or a path to one"),
    ("States.ArrayPartition($.a, 0)", "chunks of the size `0`", "0", "write a size of 1 or more"),
    ("States.ArrayRange(1, 2, 0.4)", "a range with the step `0.4` has no end", "0.4", "write a step that is not 0; a fraction is cut off"),
    ("States.ArrayRange(1, 2, 0.9)", "a range with the step `0.9` has no end", "0.9", "write a step that is not 0; a fraction is cut off"),
    ("States.ArrayRange(1, 2, -0.9)", "a range with the step `-0.9` has no end", "-0.9", "write a step that is not 0; a fraction is cut off"),
    ("States.ArrayRange(1, 1001, 1)", "the range has 1001 items, and may have 1000", "1, 1001, 1", "write a larger step, or several ranges"),
    ("States.ArrayRange(9999999999, -9223372036854775808, -1)", "the range has 9223372046854775808 items, and may have 1000", "9999999999, -9223372036854775808, -1", "write a larger step, or several ranges"),
    ("States.ArrayPartition($.a, 0.9)", "chunks of the size `0.9`", "0.9", "write a size of 1 or more"),
    ("States.ArrayPartition($.a, -2)", "chunks of the size `-2`", "-2", "write a size of 1 or more"),
    ("States.ArrayGetItem($.a, -1)", "positions count from 0, so there is no item at `-1`", "-1", "count from the front; the last one a Task can find, or `$…[-1]` in JSONata"),
    ("States.MathRandom(5, 2)", "there is no number from 5 to before 2", "5, 2", "write an end that is larger than the start; it does not belong to what is drawn from"),
    ("States.MathRandom(1.4, 1.6, $.seed)", "there is no number from 1 to before 1", "1.4, 1.6", "write an end that is larger than the start; it does not belong to what is drawn from"),
    ("States.MathAdd(2147483647.5, $.a)", "`2147483647.5` does not have 32 bits", "2147483647.5", "`States.MathAdd` adds numbers from -2147483648 to 2147483647"),
    ("States.MathAdd($.a, -1e10)", "`-1e10` does not have 32 bits", "-1e10", "`States.MathAdd` adds numbers from -2147483648 to 2147483647"),
    ("States.MathAdd(2147483647, 0.5)", "the sum does not have 32 bits", "2147483647, 0.5", "what `States.MathAdd` gives is from -2147483648 to 2147483647"),
    ("States.StringToJson('oops')", "the text is no JSON: expected a JSON value, found `oops`", "'oops'", "write JSON in the quotes"),
    ("States.Hash('a', 'SHA1')", "`SHA1` is no hash algorithm", "'SHA1'", "the algorithms are `MD5`, `SHA-1`, `SHA-256`, `SHA-384`, `SHA-512`"),
    ("States.JsonMerge($.a, $.b, true)", "a deep merge is not supported by Step Functions", "true", "write `false`"),
    ("States.JsonMerge($.a, 'x', 'false')", "`States.JsonMerge` takes an object as `second`, found a string", "'x'", "write a path to an object, or `States.StringToJson('...')`"),
    ("States.JsonMerge($.a, 'x', 'false')", "`States.JsonMerge` takes a boolean as `deep`, found a string", "'false'", "write `true` or `false` without quotes, or a path to one"),
    ("States.Base64Encode(1)", "`States.Base64Encode` takes a string as `string`, found the number `1`", "1", "write a text in single quotes, or a path to one"),
    ("States.Base64Encode(null)", "`States.Base64Encode` takes a string as `string`, found `null`", "null", "write a text in single quotes, or a path to one"),
    ("States.ArrayLength(States.UUID())", "`States.ArrayLength` takes an array as `array`, found a string from `States.UUID`", "States.UUID()", "write a path to an array, or `States.Array(...)`"),
    ("States.Format('{', 1)", "a `{` that is no part of `{}`", "{", r"write `\{` for the character"),
    ("States.Format('a } b')", "a `}` that is no part of `{}`", "}", r"write `\}` for the character"),
    ("States.StringSplit($.a, 5)", "`States.StringSplit` takes a string as `delimiters`, found the number `5`", "5", "write a text in single quotes, or a path to one"),
];
