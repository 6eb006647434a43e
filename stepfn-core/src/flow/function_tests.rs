//! JSONata's functions, lambdas and paths between types: what fails or does not fit is refused, what is right is not. Each line was
//! answered by jsonata 2.0.6 over inputs at the corners of its types.

use super::*;
use crate::{
    asl,
    shape::{EnumShape, Field, Given, Made, ObjectShape, Shape, StateData},
    value::Value,
};

const fn field(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Always, given: Given::Required }
}

const fn optional(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Maybe, given: Given::Optional }
}

macro_rules! object {
    ($name:literal [$($field:expr),* $(,)?]) => {
        Shape::Object(&ObjectShape { name: $name, fields: &[$($field),*], flattened: &[], deny_unknown_fields: false })
    };
}

const ITEM: Shape = object!("Item" [
    field("id", &["id"], <String>::SHAPE),
    field("n", &["n"], <u32>::SHAPE),
    field("note", &["note"], <Option<String>>::SHAPE),
    field("tags", &["tags"], <Vec<String>>::SHAPE),
]);
const OBJ: Shape = object!("Obj" [field("a", &["a"], <u32>::SHAPE), field("b", &["b"], <String>::SHAPE)]);
const STATUS: Shape = Shape::Enum(&EnumShape { name: "Status", variants: &["NEW", "DONE"], also_given: &[] });
const ITEMS: Shape = Shape::Array(&ITEM);
const ITEM_MAP: Shape = Shape::Map(&ITEM);
const NUMBER_MAP: Shape = Shape::Map(<u32>::SHAPE);
const TEXT_MAP: Shape = Shape::Map(<String>::SHAPE);
const IN: Shape = object!("In" [
    field("s", &["s"], <String>::SHAPE),
    field("n", &["n"], <u32>::SHAPE),
    field("f", &["f"], <f64>::SHAPE),
    field("b", &["b"], <bool>::SHAPE),
    field("neg", &["neg"], <i64>::SHAPE),
    field("status", &["status"], &STATUS),
    field("obj", &["obj"], &OBJ),
    field("opt", &["opt"], <Option<String>>::SHAPE),
    field("items", &["items"], &ITEMS),
    field("strs", &["strs"], <Vec<String>>::SHAPE),
    field("nums", &["nums"], <Vec<u32>>::SHAPE),
    field("nest", &["nest"], <Vec<Vec<u32>>>::SHAPE),
    field("map", &["map"], &NUMBER_MAP),
    field("mapi", &["mapi"], &ITEM_MAP),
    optional("skip", &["skip"], <u32>::SHAPE),
]);

/// The type of this name as what an expression flows into.
fn sink(name: &str) -> &'static Shape {
    match name {
        "any" => &Shape::Any,
        "u32" => <u32>::SHAPE,
        "i64" => <i64>::SHAPE,
        "f64" => <f64>::SHAPE,
        "text" => <String>::SHAPE,
        "[u32]" => <Vec<u32>>::SHAPE,
        "[text]" => <Vec<String>>::SHAPE,
        "[[u32]]" => <Vec<Vec<u32>>>::SHAPE,
        "{u32}" => &NUMBER_MAP,
        "{text}" => &TEXT_MAP,
        "{Item}" => &ITEM_MAP,
        "[Item]" => &ITEMS,
        "Obj" => &OBJ,
        other => panic!("no type {other}"),
    }
}

/// The errors of an expression, in which `@` is the input, as all of the output that becomes a type.
fn errors(target: &str, expression: &str) -> Vec<String> {
    let expression = expression.replace('@', "$states.input.");
    let output = Value::from(format!("{{% {expression} %}}"));
    let text = format!(
        r#"{{ "StartAt": "A", "QueryLanguage": "JSONata", "States": {{
            "A": {{ "Type": "Pass", "Output": {output}, "End": true }} }} }}"#
    );
    let (machine, read) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(read.is_empty(), "{read:?}");
    let typing =
        Typing { input: Some(TypeRef(0)), output: Some(TypeRef(1)), proven: true, ..Typing::default() };
    let known = Known { types: vec![&IN, sink(target)], tasks: Vec::new() };
    let analysis = analyse(&machine, &typing);
    let judged = analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known));
    let diagnostics = analysis.diagnostics.iter().cloned().chain(judged);
    diagnostics.map(|found| format!("{}: {}", found.code.name(), found.message)).collect()
}

#[track_caller]
fn right(cases: &[(&str, &str)]) {
    for (target, expression) in cases {
        assert_eq!(errors(target, expression), [""; 0], "{expression} as {target}");
    }
}

#[track_caller]
fn wrong(cases: &[(&str, &str, &str)]) {
    for (target, expression, message) in cases {
        let found = errors(target, expression);
        assert!(found.iter().any(|found| found.contains(message)), "{expression} as {target}: {found:#?}");
    }
}

#[test]
fn functions_are_followed_where_they_are_called() {
    right(&[
        ("u32", "($twice := function($x) { $x * 2 }; $twice(4))"),
        ("text", "($f := function($x) { $x & 'a' }; $f(@n))"),
        ("f64", "($fact := function($n) { $n <= 1 ? 1 : $n * $fact($n - 1) }; $fact(5))"),
        ("text", "($r := function($n) { $n <= 0 ? '' : 'x' & $r($n - 1) }; $r(3))"),
        (
            "any",
            "($even := function($n) { $n = 0 ? true : $odd($n - 1) }; \
             $odd := function($n) { $n = 0 ? false : $even($n - 1) }; $even(4))",
        ),
        ("u32", "($f := function($x, $y) { $x + $y }; $g := $f(?, 2); $g(3))"),
        ("text", "($f := $uppercase ~> $trim; $f(@s))"),
        ("text", "($f := @b ? $uppercase : $lowercase; $f(@s))"),
        ("u32", "(function($x) { $x.a })(@obj)"),
        ("u32", "($of := function($f, $g) { function($x) { $g($f($x)) } }; $of($uppercase, $length)(@s))"),
        ("u32", "($a := 1; $f := function() { $a + $b }; $b := 2; $f())"),
        ("any", "($f := function($x)<n:n> { $x }; $f(@n))"),
        ("text", "$hash(@s, 'SHA-256') & $hash(@s, @status = 'NEW' ? 'MD5' : 'SHA-1')"),
        ("[text]", "[$map(@nums, $string)]"),
        ("u32", "@s ~> $uppercase ~> $length"),
    ]);
    wrong(&[
        ("u32", "($f := function($x) { $x & 'a' }; $f(@n))", "expected an integer from 0 to 4294967295"),
        ("u32", "($r := function($n) { $n <= 0 ? '' : 'x' & $r($n - 1) }; $r(3))", "expected an integer"),
        ("any", "($f := $uppercase ~> $trim; $f(@n))", "expected a string, found an integer"),
        ("any", "($f := @b ? $uppercase : $floor; $f(@s))", "expected a number, found a string"),
        ("any", "(function($x) { $x.nope })(@obj)", "`Obj` has no JSON field `nope`"),
        ("any", "($f := function($x)<n:n> { $x }; $f(@s))", "expected a number, found a string"),
        ("any", "($f := function() { $b }; ($b := 2; $f()))", "no variable `$b` is assigned here"),
        ("any", "$hash(@s, 'SHA1')", "`SHA1` is no hash algorithm"),
        ("any", "@s(1)", "expected a function"),
        ("any", "$parse(@s)(1)", "expected a function"),
        ("any", "$parse(@s).a(1)", "expected a function"),
        ("any", "[$map(@nums, $parse(@s))]", "expected a function"),
        ("any", "$uppercase", "it is a function, which is no JSON value"),
        ("any", "function($x) { $x }", "it is a function, which is no JSON value"),
        ("any", "{ 'f': $uppercase }", "it is a function, which is no JSON value"),
        ("any", "[$uppercase]", "it is a function, which is no JSON value"),
        ("any", "[$map(@nums, 1)]", "expected a function, found the number 1"),
        ("any", "[$map(@nums, $length)]", "expected a string, found an integer"),
    ]);
}

#[test]
fn functions_that_call_others_take_values_positions_and_the_whole() {
    right(&[
        ("[u32]", "[$map(@items, function($i) { $i.n })]"),
        ("[u32]", "[$map(@nums, function($v, $i, $a) { $count($a) })]"),
        ("[u32]", "[$map(@nums, function($v, $i, $a) { $a[$i] })]"),
        ("[Item]", "[$filter(@items, function($i) { $i.n > 1 })]"),
        ("f64", "$reduce(@nums, function($a, $b) { $a + $b }, 0)"),
        ("f64", "$reduce(@items, function($a, $b) { $a + $b.n }, 0)"),
        ("text", "$reduce(@strs, function($a, $b) { $a & $b }, '')"),
        ("[u32]", "$reduce(@nums, function($a, $b) { $append($a, $b) }, [])"),
        ("{u32}", "$reduce(@items, function($a, $b) { $merge([$a, { $b.id: $b.n }]) }, {})"),
        ("[Item]", "$sort(@items, function($l, $r) { $l.n > $r.n })"),
        ("[text]", "[$each(@map, function($v, $k) { $k & $v })]"),
        ("[u32]", "[$each(@mapi, function($v) { $v.n })]"),
        ("text", "$replace(@s, /a/, function($m) { $m.match & 'x' })"),
        ("[u32]", "[$match(@s, /a/).index]"),
    ]);
    wrong(&[
        ("[text]", "[$map(@items, function($i) { $i.n })]", "expected a string, found an integer"),
        ("[[u32]]", "[$map(@items, function($i) { [$i.n] })]", "expected an array"),
        ("any", "$map(@items, function($i) { $i.n })", "as many values as there are items"),
        ("any", "$single(@items, function($i) { $i.n = 1 })", "unless exactly one item matches"),
        ("any", "$reduce(@nums, function($a, $b) { $a + $b })", "it may be missing"),
        ("f64", "$reduce(@items, function($a, $b) { $a + $b.n })", "expected a number, found `Item`"),
        ("any", "$reduce(@nums, function($a) { $a }, 0)", "two parameters"),
        ("any", "$sort(@items, function($l, $r) { $l.typo > $r.n })", "no JSON field `typo`"),
        ("[u32]", "[$each(@map, function($v, $k) { $k })]", "expected an integer"),
        ("any", "[$each(@mapi, function($v) { $v.nn })]", "no JSON field `nn`"),
        ("any", "$sift(@map, function($v) { $v > 1 })", "it may come to nothing"),
        ("any", "$replace(@s, /a/, function($m) { $m.index })", "expected a string, found an integer"),
    ]);
}

#[test]
fn arguments_are_checked_where_an_optional_one_is_left_out() {
    for call in [
        "$split(@n, ',')",
        "$substring(@n, 1)",
        "$pad(@n, 5)",
        "$replace(@n, 'a', 'b')",
        "$toMillis(@n)",
        "$match(@n, /a/)",
        "$contains(@n, 'x')",
        "$substringBefore(@n, '-')",
        "$hash(@n, 'MD5')",
        "$split(@s, @n)",
        "$pad(@s, 3, @n)",
        "$join(@nums, ',')",
    ] {
        wrong(&[("any", call, "expected a string, found an integer")]);
    }
    for call in [
        "$round(@s)",
        "$formatNumber(@s, '0')",
        "$fromMillis(@s, '[Y]')",
        "$formatInteger(@s, 'w')",
        "$power(@s, 2)",
        "$range(@s, 3, 1)",
        "$substring(@s, @s)",
        "$sum(@strs)",
    ] {
        wrong(&[("any", call, "expected a number, found a string")]);
    }
    wrong(&[
        ("any", "$number(@obj)", "expected a string, a number or a boolean, found `Obj`"),
        ("any", "$number(@items)", "expected a string, a number or a boolean, found an array"),
        ("any", "$clone(@s)", "expected an array or an object, found a string"),
        ("any", "$merge(@strs)", "expected an object, found a string"),
        ("any", "$merge([@obj, @n])", "expected an object, found an integer"),
        ("any", "$match(@s, 'a')", "expected a function, found the string"),
        // These fail where they are given nothing, even as a part.
        ("any", "{ 'x': $contains(@s, @opt) }", "it may be missing"),
        ("any", "{ 'x': $power(@n, @skip) }", "it may be missing"),
        ("any", "@n / 0", "nothing can be divided by zero"),
        ("any", "$not(@opt)", "it may be missing"),
    ]);
    right(&[
        ("text", "$substring(@s, 1)"),
        ("text", "$pad(@s, 5)"),
        ("[text]", "$split(@s, ',')"),
        ("f64", "$number(@s)"),
        ("f64", "$number(@b)"),
        ("any", "{ 'x': @skip + 1, 'y': $sum(@items.n) }"),
    ]);
}

#[test]
fn arrays_of_functions_are_what_they_hold() {
    right(&[
        ("u32", "$max($append(@nums, 0))"),
        ("u32", "$max($append([0], @nums))"),
        ("u32", "$min([@n, 10])"),
        ("u32", "$max($reverse([1, 2]))"),
        ("[u32]", "$append(@nums, @n)"),
        ("[u32]", "$append([], @skip)"),
        ("[u32]", "$reverse(@nums)"),
        ("[u32]", "$distinct(@nums)"),
        ("[text]", "$distinct([@items.id])"),
        ("[[u32]]", "$zip(@nums, @nums)"),
        ("[[u32]]", "$partition([1, 2, 3], 2)"),
        ("[u32]", "[$range(1, 9, 2)]"),
        ("[text]", "[$keys(@map)]"),
        ("[text]", "$keys({ 'a': 1, 'b': 2 })"),
        ("[u32]", "[@map.*]"),
        ("[u32]", "[@mapi.*.n]"),
        ("u32", "[1..3][0]"),
    ]);
    wrong(&[
        ("[text]", "$append(@nums, @n)", "expected a string"),
        ("any", "$append(@skip, @skip)", "which is no array for certain"),
        ("[text]", "$reverse(@nums)", "expected a string"),
        ("any", "$partition(@nums, 2)", "it may come to nothing"),
        ("[u32]", "$range(1, 9, 9)", "as many values as there are items"),
        ("any", "$range(1, 5)", "it comes to nothing"),
        ("[u32]", "$zip(@nums, @strs)", "expected an integer"),
        ("[text]", "$keys({ 'a': 1 })", "expected an array, found the string"),
        ("any", "$keys({})", "it comes to nothing"),
        ("[text]", "[@map.*]", "expected a string"),
        ("any", "[@mapi.*.nope]", "no JSON field `nope`"),
        ("any", "@map.*", "as many values as there are items"),
        ("any", "@s.**", "as many values as there are items"),
        ("any", "()", "it comes to nothing"),
        ("[u32]", "[@nest[$count($) > 1]]", "found different from variant to variant"),
        ("any", "$max([@nums])", "it may be missing"),
    ]);
}

#[test]
fn objects_of_functions_are_what_they_hold() {
    right(&[
        ("Obj", "$merge([@obj, { 'a': 1 }])"),
        ("Obj", "$merge([{ 'a': 1 }, { 'b': 's' }])"),
        ("Obj", "$merge([{ 'a': 1, 'c': 1 }, @obj])"),
        ("any", "$merge([{ 'a': 1, 'c': 1 }, @obj]).c + 1"),
        ("{u32}", "$merge([@map, { 'x': 1 }])"),
        ("{u32}", "$merge([@items.{ id: n }])"),
        ("{u32}", "$merge([$map(@items, function($i) { { $i.id: $i.n } })])"),
        ("{u32}", "@items{ id: $sum(n) }"),
        ("{u32}", "{ @s: @n, 'x': 2 }"),
        ("Obj", "@obj.{ 'a': a, 'b': b }"),
        ("f64", "(@b ? { 'a': 1 } : { 'a': 2 }).(a + 1)"),
    ]);
    wrong(&[
        ("Obj", "$merge([@obj, { 'a': 's' }])", "found the string \"s\""),
        ("Obj", "$merge([@obj, @map])", "in its field `b`: expected a string, found an integer"),
        ("any", "$merge([{ 'a': 1, 'c': 1 }, @obj]).d", "no JSON field `d`"),
        ("{text}", "$merge([@map, { 'x': 's' }])", "expected a string, found an integer"),
        ("{u32}", "@items{ id: n }", "expected an integer"),
        ("{Item}", "@items{ id: $ }", "expected `Item`, found an array"),
        ("Obj", "@items{ id: n }", "expected an integer"),
        ("any", "@items{ n: id }", "expected a string, found an integer"),
        ("Obj", "{ @s: @n }", "may be missing"),
        ("any", "{ @s: @n }.x", "`x` may be missing"),
        ("{u32}", "{ @s: @n, 'x': 'y' }", "found the string \"y\""),
        ("any", "$lookup(@map, @s)", "it may come to nothing"),
        ("any", "(@b ? { 'a': 1 } : { 'b': 's' }).(a + 1)", "it may come to nothing"),
    ]);
}

#[test]
fn numbers_keep_their_signs() {
    right(&[
        ("i64", "$count(@items) - 1"),
        ("i64", "-@n"),
        ("u32", "@n % 2"),
        ("u32", "$floor(@n / 2)"),
        ("u32", "$ceil(@n / 10)"),
        ("u32", "$sum(@nums)"),
        ("u32", "$power(2, 3)"),
        ("u32", "$power(2, @n % 10)"),
        ("i64", "$abs(@neg)"),
        ("u32", "10 / 2"),
    ]);
    wrong(&[
        ("u32", "$count(@items) - 1", "found an integer from -1"),
        ("u32", "-@n", "to 0"),
        ("u32", "$round(@f)", "found an integer from -"),
        ("u32", "@neg % 2", "found an integer"),
        ("u32", "@n / 2", "found a number"),
        ("u32", "$power(2, @neg)", "found a number"),
        ("u32", "$sum(@items.n) - 1", "found an integer from -"),
    ]);
}

#[test]
fn a_machines_variable_hides_the_function_of_its_name() {
    let text = r#"{ "StartAt": "A", "QueryLanguage": "JSONata", "States": {
        "A": { "Type": "Pass", "Assign": { "count": 0 }, "Next": "B" },
        "B": { "Type": "Pass", "Output": "{% $count([1]) %}", "End": true } } }"#;
    let (machine, _) = asl::read_str(text).unwrap();
    let analysis = analyse(&machine, &Typing { proven: true, ..Typing::default() });
    let messages: Vec<&str> =
        analysis.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(
        messages,
        ["state `B`: `$count`: the machine's variable `$count` hides the function of this name"]
    );
}

#[test]
fn an_expression_that_multiplies_as_it_is_followed_comes_to_an_end() {
    let mut expression = "$f0 := function($x) { $x }; ".to_owned();
    for level in 1..40 {
        let below = level - 1;
        expression.push_str(&format!("$f{level} := function($x) {{ $f{below}($x) + $f{below}($x) }}; "));
    }
    errors("any", &format!("({expression} $f39(1))"));
    errors("any", "($f := function($x) { $f([$x, $x]) + $f({ 'a': $x }) }; $f(1))");
}

#[test]
fn a_choices_own_output_is_that_of_rules_without_one() {
    let text = r#"{ "StartAt": "A", "QueryLanguage": "JSONata", "States": {
        "A": { "Type": "Choice", "Choices": [{ "Condition": "{% $states.input.b %}", "Next": "B" }], "Default": "B",
            "Output": { "d": 1 } },
        "B": { "Type": "Pass", "Output": "{% $states.input.s %}", "End": true } } }"#;
    let (machine, _) = asl::read_str(text).unwrap();
    let typing = Typing { input: Some(TypeRef(0)), proven: true, ..Typing::default() };
    let messages: Vec<String> =
        analyse(&machine, &typing).diagnostics.into_iter().map(|found| found.message).collect();
    assert_eq!(messages, ["state `B`: `$states.input.s`: there is no field `s` here; it has `d`"]);
}

#[test]
fn a_function_that_calls_itself_on_every_way_is_refused() {
    const ENDLESS: &str = "calls itself whatever it is given";
    wrong(&[
        ("any", "($f := function($p) { $f($p) }; $f(1))", ENDLESS),
        ("any", "($f := function($p) { $f($states) }; $f(@n))", ENDLESS),
        ("any", "($f := function($p) { @b ? $f($p) : $f(1) }; $f(1))", ENDLESS),
        ("any", "($f := function($p) { $g($p) }; $g := function($p) { $f($p) }; $f(1))", ENDLESS),
    ]);
    right(&[
        ("any", "($f := function($p) { $p > 0 ? $f($p - 1) : $error('low') }; $f(4))"),
        ("any", "($f := function($p) { $p > 0 ? $f($p - 1) }; [$f(4)])"),
        ("u32", "($f := function($p) { $p > 0 ? $f($p - 1) : 0 }; $f(4))"),
    ]);
}
