use super::*;
use crate::{
    asl,
    shape::{EnumShape, Field, Given, Made, ObjectShape, Shape, StateData},
};

const fn field(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Always, given: Given::Required }
}

const LINE: Shape = Shape::Object(&ObjectShape {
    name: "Line",
    fields: &[field("sku", &["sku"], <String>::SHAPE), field("price", &["price"], <f64>::SHAPE)],
    flattened: &[],
    deny_unknown_fields: false,
});

const BUYER: Shape = Shape::Object(&ObjectShape {
    name: "Buyer",
    fields: &[field("name", &["name"], <String>::SHAPE)],
    flattened: &[],
    deny_unknown_fields: false,
});

const STATUS: EnumShape = EnumShape { name: "Status", variants: &["NEW", "DONE"], also_given: &[] };

const ORDER: Shape = Shape::Object(&ObjectShape {
    name: "Order",
    fields: &[
        field("id", &["id"], <String>::SHAPE),
        field("lines", &["lines"], &Shape::Array(&LINE)),
        field("buyer", &["buyer"], &Shape::Nullable(&BUYER)),
        field("seller", &["seller"], &BUYER),
        field("count", &["count"], <u32>::SHAPE),
        field("price", &["price"], <f64>::SHAPE),
        field("open", &["open"], <bool>::SHAPE),
        field("note", &["note"], <Option<String>>::SHAPE),
        field("tags", &["tags"], &Shape::Array(<String>::SHAPE)),
        field("status", &["status"], &Shape::Enum(&STATUS)),
    ],
    flattened: &[],
    deny_unknown_fields: false,
});

/// Returns the diagnostics of JSONata states that get an `Order`, one line each: `code at: message`.
fn said(states: &str) -> Vec<String> {
    let text = format!(r#"{{ "StartAt": "A", "QueryLanguage": "JSONata", "States": {{ {states} }} }}"#);
    let (machine, read) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(read.is_empty(), "{read:?}");
    let typing = Typing { input: Some(TypeRef(0)), proven: true, ..Typing::default() };
    let known = Known { types: vec![&ORDER], tasks: Vec::new() };
    let analysis = analyse(&machine, &typing);
    let mut diagnostics = analysis.diagnostics;
    diagnostics.extend(analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known)));
    diagnostics
        .iter()
        .map(|diagnostic| format!("{} {}: {}", diagnostic.code.name(), diagnostic.at, diagnostic.message))
        .collect()
}

/// Returns the diagnostics of an expression that is all of an `Output`.
fn output(expression: &str) -> Vec<String> {
    said(&format!(r#""A": {{ "Type": "Pass", "Output": "{{% {expression} %}}", "End": true }}"#))
}

#[test]
fn a_field_that_no_type_has_is_refused() {
    assert_eq!(
        output("$states.input.lins"),
        [
            "no-such-field /States/A/Output: state `A`: `$states.input.lins`: `Order` has no JSON field `lins`; did you mean \
          `lines`? it has `id`, `lines`, `buyer`, `seller`, `count`, `price`, `open`, `note`, `tags`, `status` (the machine's input)"
        ]
    );
    assert_eq!(
        output("$states.input.seller.nam"),
        [
            "no-such-field /States/A/Output: state `A`: `$states.input.seller.nam`: `Buyer` has no JSON field `nam`; did you mean \
          `name`? it has `name` (the machine's input)"
        ]
    );
    assert!(output("$states.input.id.x")[0].contains("it is a string, which has no fields"));
}

#[test]
fn what_always_comes_to_something_is_not_refused() {
    for expression in [
        "$states.input",
        "$states.input.id",
        "$states.input.note ? $states.input.note : 'none'",
        "$exists($states.input.buyer.name) ? $states.input.buyer.name : 'nobody'",
        "$states.input.buyer != null and $states.input.buyer.name = 'x'",
        "[$states.input.lines.sku]",
        "[$states.input.lines[price > 5].sku]",
        "$states.input.lines",
        "$count($states.input.lines.sku)",
        "$count($states.input.note) > 0 ? $states.input.note : 'x'",
        "1 <= $count($states.input.note) ? $states.input.note : 'x'",
        "$count($states.input.note) = 1 ? $states.input.note : 'x'",
        "[1..$states.input.count]",
        "$contains($states.input.id, /a+/i)",
        "$replace($states.input.id, /a/, function($m) { 'b' })",
        "[$map($states.input.tags, $uppercase)]",
        "($f := function($x) { $x }; [$map($states.input.tags, $f)])",
        "$sort($states.input.tags)",
        "$sort($states.input.lines, function($a, $b) { $a.price > $b.price })",
        "[$states.input.lines^(>price, sku).sku]",
        "$states.input.lines{sku: price}",
        "$exists($states.input.lines.sku) ? [$map($states.input.lines, function($l) { $l.price * 2 })] : []",
        "$exists($states.input.lines.sku) ? [$states.input.lines[price > 5].price] : []",
        "$sum([$states.input.lines.price])",
        "$states.input.status = '${Wanted}'",
        "{ '${Key}': 1 }",
        "${Expression}",
        "[$states.input.lines@$l.{ 'price': $l.price }]",
        "$parse($states.input.id).all@$x.($x.name)",
        "[$states.input.lines#$i.{ 'place': $i, 'sku': sku }]",
        "[$states.input.lines@$l#$i[$i < 2].($l.price)]",
        "[$states.input.lines.{ 'sku': sku, 'all': $sum([$states.input.lines.price]) }]",
        "($twice := function($x) { $x * 2 }; $twice(4))",
        "$states.input ~> |lines|{ 'sku': 'x' }|",
        "($f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) }; $f(3))",
        "$states.input.lines ~> $map(function($l) { $l.sku }) ~> $count()",
        "[$states.input.lines.%.id]",
        "$reduce($states.input.tags, function($all, $one) { $all & $one }, '')",
        "($a := 1; $b := ($a := 2; $a + 1); $a + $b)",
        "$states.input.count + 1",
        "-$states.input.price",
        "'order ' & $states.input.id & $states.input.note & $states.input.count",
        "$states.input.price < 5 or $states.input.id > 'a'",
        "$states.input.status = 'NEW'",
        "$states.input.status in ['NEW', 'OLD']",
        "$exists($states.input.lins) ? 1 : 2",
        "$exists($states.input.lines[0].sku) ? $states.input.lines[0].sku : ''",
        "$states.context.Execution.Input.id",
        "{ 'note': $states.input.note, 'skus': [$states.input.lines.sku] }",
        "($x := $states.input.count; $x * 2)",
        "$uppercase($states.input.id)",
        "$states.input.id ~> $uppercase()",
        "[$map($states.input.lines, function($line) { $line.price * 2 })]",
        "[$filter($states.input.lines, function($line) { $line.price > 2 })]",
        "$append($states.input.tags, 'x')",
        "$merge([$states.input, { 'more': 1 }])",
        "$lookup($states.input, 'id')",
        "$now()",
        "$string($states.input.lines)",
        "$reduce($states.input.tags, function($a, $b) { $a & $b }, '')",
        "$states.input.lines^(price)[0].sku ? 1 : 2",
        "$join([$states.input.lines.sku], ', ')",
        "$not($states.input.open)",
        "$type($states.input.note) = 'string'",
        "$round($states.input.price, 2)",
        "$states.input.lines.{ 'a': sku } ? 1 : 2",
    ] {
        if std::env::var_os("STEPFN_LAB").is_some() && !output(expression).is_empty() {
            println!("PRICE {expression} {:?}", output(expression));
            continue;
        }
        assert_eq!(output(expression), [""; 0], "{expression}");
    }
}

#[test]
fn what_may_come_to_nothing_is_refused_where_it_is_a_whole_value() {
    for (expression, said) in [
        ("$states.input.note", "maybe-missing"),
        ("$states.input.buyer.name", "maybe-missing"),
        ("$states.input.lines.sku", "maybe-missing"),
        ("$states.input.lines[0]", "maybe-missing"),
        ("$states.input.lines[price > 5]", "maybe-missing"),
        ("$uppercase($states.input.note)", "maybe-missing"),
        ("$sum($states.input.lines.price)", "maybe-missing"),
        ("$max($states.input.lines.price)", "maybe-missing"),
        ("$map($states.input.lines, function($line) { $line.price })", "maybe-missing"),
        ("$map($states.input.lines, function($line) {{ 'price': $line.price }})", "maybe-missing"),
        ("$states.input.note & ${self: 'x'}.self ? $states.input.note : $states.input.note", "maybe-missing"),
        ("$filter($states.input.tags, function($tag) { $tag = 'x' })", "maybe-missing"),
        ("$states.input.open ? 1", "maybe-missing"),
        ("$count($states.input.note) < 1 ? $states.input.note : 'x'", "maybe-missing"),
        ("$count($states.input.note) >= 0 ? $states.input.note : 'x'", "maybe-missing"),
        ("5 > $count($states.input.note) ? $states.input.note : 'x'", "maybe-missing"),
        ("($x := $states.input.note[]; $x)", "maybe-missing"),
        ("($x := $states.input.note[]; $states.input.open ? 1 : ($x))", "maybe-missing"),
        ("($x := $uppercase($states.input.note); $x)", "maybe-missing"),
        ("$states.input.id.($states.input.note)", "maybe-missing"),
        ("$states.input.seller.(-$states.input.note[0])", "maybe-missing"),
        ("$states.input.buyer.name[]", "maybe-missing"),
        ("$exists($states.input.buyer) ? $states.input.note : 1", "maybe-missing"),
        ("$states.input.lines.anything.below", "no-such-field"),
        ("$states.input.lines[sku = 'a'].count", "no-such-field"),
        ("{ 'a': $states.input.lins }", "no-such-field"),
        ("'x' & $states.input.lins", "no-such-field"),
        ("($x := $states.input; $x.lins)", "no-such-field"),
        ("$map($states.input.lines, function($line) { $line.skuu })[]", "no-such-field"),
        ("$lookup($states.input, 'lins')", "no-such-field"),
    ] {
        let found = output(expression);
        assert!(found.iter().any(|found| found.starts_with(said)), "{expression}: {found:?}");
    }
}

#[test]
fn an_operand_or_argument_of_a_wrong_type_is_refused() {
    for (expression, said) in [
        ("$states.input.id + 1", "`$states.input.id`: expected a number, found a string"),
        ("1 + 'a'", "`'a'`: expected a number, found the string"),
        ("-$states.input.open", "expected a number, found a boolean"),
        ("$states.input.open < 5", "expected a number, found a boolean"),
        ("$states.input.id > 5", "expected a number, found a string"),
        ("$states.input.lines > 'a'", "expected a string, found an array"),
        ("$uppercase($states.input.count)", "expected a string, found an integer"),
        ("$floor($states.input.id)", "expected a number, found a string"),
        ("$keys($states.input.id ~> $floor())", "expected a number, found a string"),
        ("$sum($states.input.tags)", "expected a number, found a string"),
        ("$states.input.note + 1", "it may be missing"),
        ("$contains($states.input.id, 5)", "expected a string, found the number 5"),
        ("[$map($states.input.tags, 'x')]", "expected a function, found the string"),
        ("[1..$states.input.id]", "expected an integer, found a string"),
        ("[1..$states.input.price]", "expected an integer, found a number"),
        ("$sort(['a', 1])", "a number and a string cannot be put in order"),
        ("[$states.input.lines^(price > 1 ? price : sku)]", "a number and a string cannot be put in order"),
        ("$sort($states.input.lines)", "expected a number or a string, found `Line`"),
        ("[$states.input.lines^(gift)]", "`Line` has no JSON field `gift`"),
        ("[$states.input.lines^($exists(sku))]", "expected a number or a string, found a boolean"),
        ("$each($states.input.id, $string)", "expected an object, found a string"),
        ("$sift($states.input.tags, function($v) { true })", "expected an object, found an array"),
        ("$states.input.lines{price: sku}", "expected a string, found a number"),
        ("$states.input.buyer in [null] ? $states.input.buyer.name : 'x'", "it is null, which has no fields"),
        ("{ 'a': $states.input.note + 1 }", "expected a number, found a string or null"),
        ("$states.input.status = 'OLD'", "it is never \"OLD\""),
        ("$states.input.count < $states.input.id", "a number and a string cannot be put in order"),
        ("$states.input.count = 'OLD'", "expected a string, found an integer"),
    ] {
        let found = output(expression);
        assert!(found.iter().any(|found| found.contains(said)), "{expression}: {found:?}");
    }
}

#[test]
fn what_a_field_takes_is_asked_of_its_expression() {
    let wait = |field: &str| said(&format!(r#""A": {{ "Type": "Wait", {field}, "End": true }}"#));
    let far = wait(r#""Seconds": "{% $states.input.count * 2 %}""#);
    assert!(
        far[0].starts_with(
            "number-out-of-range /States/A/Seconds: state `A`: `$states.input.count * 2`: by what"
        ),
        "{far:?}"
    );
    assert_eq!(wait(r#""Seconds": "{% $min([$states.input.count, 60]) %}""#), [""; 0]);
    assert!(
        wait(r#""Seconds": "{% $states.input.price * 2 %}""#)[0]
            .contains("expected an integer, found a number")
    );
    assert!(
        wait(r#""Seconds": "{% $states.input.id %}""#)[0].contains("expected an integer, found a string")
    );
    assert!(
        wait(r#""Timestamp": "{% $states.input.id %}""#)[0].contains("expected a timestamp, found a string")
    );
    assert_eq!(wait(r#""Timestamp": "{% $now() %}""#), [""; 0]);
    let choice = |condition: &str| {
        said(&format!(
            r#""A": {{ "Type": "Choice", "Choices": [{{ "Condition": "{{% {condition} %}}", "Next": "B" }}], "Default": "B" }},
            "B": {{ "Type": "Succeed" }}"#
        ))
    };
    assert_eq!(choice("$states.input.open"), [""; 0]);
    assert!(choice("$states.input.count")[0].contains("expected a boolean, found an integer"));
    assert!(choice("$states.input.note")[0].contains("it may be missing"));
    let map = |items: &str| {
        said(&format!(
            r#""A": {{ "Type": "Map", "Items": "{{% {items} %}}", "ItemProcessor": {{ "StartAt": "I", "States": {{
                "I": {{ "Type": "Pass", "Output": "{{% $states.input.sku %}}", "End": true }} }} }}, "End": true }}"#
        ))
    };
    assert_eq!(map("$states.input.lines"), [""; 0]);
    assert!(map("$states.input.id")[0].contains("expected an array, found a string"));
    assert!(map("$filter($states.input.lines, function($l) { $l.price > 1 })")[0].contains("as many values"));
    assert_eq!(map("[$filter($states.input.lines, function($l) { $l.price > 1 })]"), [""; 0]);
    assert!(map("$states.input.tags")[0].contains("it is a string, which has no fields"));
    let without = said(
        r#""A": { "Type": "Map", "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Pass", "End": true } } }, "End": true }"#,
    );
    assert!(without[0].contains("`$states.input`: expected an array, found `Order`"), "{without:?}");
    let fail = said(
        r#""A": { "Type": "Fail", "Error": "{% $states.input.count %}", "Cause": "{% $states.input.id %}" }"#,
    );
    assert_eq!(fail.len(), 1);
    assert!(fail[0].contains("expected a string, found an integer"));
}

#[test]
fn the_ways_out_of_a_choice_know_its_conditions() {
    let choice = |condition: &str, yes: &str, no: &str| {
        said(&format!(
            r#""A": {{ "Type": "Choice", "Choices": [{{ "Condition": "{{% {condition} %}}", "Next": "B" }}], "Default": "C" }},
            "B": {{ "Type": "Pass", "Output": "{{% {yes} %}}", "End": true }},
            "C": {{ "Type": "Pass", "Output": "{{% {no} %}}", "End": true }}"#
        ))
    };
    assert_eq!(choice("$exists($states.input.note)", "$states.input.note", "1"), [""; 0]);
    assert_eq!(choice("$not($exists($states.input.note))", "1", "$states.input.note"), [""; 0]);
    assert!(choice("$exists($states.input.note)", "1", "$states.input.note")[0].contains("may be missing"));
    assert_eq!(
        choice("$exists($states.input.buyer.name) and $states.input.open", "$states.input.buyer.name", "1"),
        [""; 0]
    );
    assert_eq!(choice("$count($states.input.lines) > 0", "$states.input.lines", "1"), [""; 0]);
}

#[test]
fn a_choice_without_default_must_take_everything() {
    let choice = |first: &str, second: &str| {
        said(&format!(
            r#""A": {{ "Type": "Choice", "Choices": [{{ "Condition": "{{% {first} %}}", "Next": "B" }},
                {{ "Condition": "{{% {second} %}}", "Next": "B" }}] }},
            "B": {{ "Type": "Succeed" }}"#
        ))
    };
    assert!(
        choice("$states.input.count > 5", "$states.input.count < 5")[0].starts_with("choice-may-not-match")
    );
    for (first, second) in [
        ("$states.input.count > 5", "$states.input.count <= 5"),
        ("$states.input.id = 'a'", "$states.input.id != 'a'"),
        ("$exists($states.input.note)", "$not($exists($states.input.note))"),
        ("$states.input.open", "true"),
    ] {
        assert_eq!(choice(first, second), [""; 0], "{first}, {second}");
    }
}

#[test]
fn a_counter_in_a_loop_is_a_number_on_every_round() {
    let found = said(
        r#""A": { "Type": "Pass", "Assign": { "n": 0, "seen": [] }, "Next": "B" },
        "B": { "Type": "Pass", "Assign": { "n": "{% $n + 1 %}", "seen": "{% $append($seen, $n) %}" }, "Next": "C" },
        "C": { "Type": "Choice", "Choices": [{ "Condition": "{% $n < $states.context.Execution.RedriveCount + 3 %}", "Next": "B" }],
            "Default": "D" },
        "D": { "Type": "Wait", "Seconds": "{% $n %}", "Next": "E" },
        "E": { "Type": "Succeed", "Output": "{% $seen %}" }"#,
    );
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_an_output_makes_is_known_in_the_next_state() {
    let made = |path: &str| {
        said(&format!(
            r#""A": {{ "Type": "Pass", "Output": {{ "id": "{{% $states.input.id %}}", "of": "{{% {{ 'x': 1, 'y': [1, 'a'] }} %}}" }},
                "Next": "B" }},
            "B": {{ "Type": "Pass", "Output": "{{% {path} %}}", "End": true }}"#
        ))
    };
    assert_eq!(made("$states.input.of.x"), [""; 0]);
    assert!(
        made("$states.input.of.y.z")[0].contains("has no fields, so there is no `z`"),
        "none of the items has it"
    );
    assert!(made("$states.input.oft")[0].contains("there is no field `oft` here; it has `id`, `of`"));
    assert!(made("$states.input.of.z")[0].contains("there is no field `z` here; it has `x`, `y`"));
    assert!(made("$states.input.of.x.z")[0].starts_with("wrong-type /States/B/Output"));
    assert!(made("$states.input.id.z")[0].contains("it is a string"));
}

#[test]
fn variables_are_known_across_the_query_languages() {
    let states = |read: &str| {
        said(&format!(
            r#""A": {{ "Type": "Pass", "Assign": {{ "order": "{{% $states.input %}}", "n": 1 }}, "Next": "B" }},
            "B": {{ "Type": "Pass", "QueryLanguage": "JSONPath", {read}, "End": true }}"#
        ))
    };
    assert_eq!(states(r#""Parameters": { "a.$": "$order.id", "b.$": "$n" }"#), [""; 0]);
    assert!(states(r#""Parameters": { "a.$": "$order.idd" }"#)[0].starts_with("no-such-field"));
    assert!(states(r#""Parameters": { "a.$": "$ordr.id" }"#)[0].starts_with("unassigned-variable"));
    let back = said(
        r#""A": { "Type": "Pass", "QueryLanguage": "JSONPath", "Assign": { "order.$": "$" }, "Next": "B" },
        "B": { "Type": "Pass", "Output": "{% $order.idd %}", "End": true }"#,
    );
    assert!(back[0].contains("`$order.idd`: `Order` has no JSON field `idd`"), "{back:?}");
}

#[test]
fn a_variable_that_nothing_assigns_is_refused() {
    assert_eq!(
        output("$uppercase($nam)"),
        ["unassigned-variable /States/A/Output: state `A`: `$nam`: no variable `$nam` is assigned here"]
    );
    assert_eq!(output("$exists($nam) ? $nam : 'none'"), [""; 0], "the expression asks itself");
    // The branches assign beside each other, and the Map's children see what is around them.
    let scoped = said(
        r#""A": { "Type": "Pass", "Assign": { "seen": 1 }, "Next": "M" },
        "M": { "Type": "Map", "Items": [1, 2], "ItemProcessor": { "StartAt": "X", "States": {
            "X": { "Type": "Pass", "Assign": { "inner": "{% $seen %}" }, "Next": "Y" },
            "Y": { "Type": "Succeed", "Output": "{% $inner + $seen %}" } } }, "Next": "Z" },
        "Z": { "Type": "Succeed", "Output": "{% $inner %}" }"#,
    );
    assert_eq!(
        scoped,
        ["unassigned-variable /States/Z/Output: state `Z`: `$inner`: no variable `$inner` is assigned here"]
    );
}

#[test]
fn a_catcher_knows_its_error_and_a_choice_what_it_hands_on() {
    let found = said(
        r#""A": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "B", "Catch": [
            { "ErrorEquals": ["States.ALL"], "Output": { "why": "{% $states.errorOutput.Cause %}" }, "Next": "C" } ] },
        "B": { "Type": "Pass", "Output": "{% $states.input.MessageId %}", "End": true },
        "C": { "Type": "Choice", "Choices": [
            { "Condition": "{% $states.input.why = 'x' %}", "Output": { "a": 1 }, "Assign": { "v": 1 }, "Next": "D" } ],
            "Default": "E" },
        "D": { "Type": "Pass", "Output": "{% $states.input.b %}", "Next": "F" },
        "E": { "Type": "Pass", "Output": "{% $states.input.because %}", "Next": "F" },
        "F": { "Type": "Pass", "Output": "{% $v %}", "End": true }"#,
    );
    assert_eq!(
        found,
        [
            "no-such-field /States/D/Output: state `D`: `$states.input.b`: there is no field `b` here; it has `a`",
            "no-such-field /States/E/Output: state `E`: `$states.input.because`: there is no field `because` here; it has \
             `why`",
            "unassigned-variable /States/F/Output: state `F`: `$v`: the variable `$v` is not assigned on every way here",
        ]
    );
}

#[test]
fn the_objects_of_a_distributed_map_are_asked_for_what_they_take() {
    let map = |fields: &str| {
        said(&format!(
            r#""A": {{ "Type": "Map", "Items": [1], {fields}, "ItemProcessor": {{ "ProcessorConfig": {{ "Mode": "DISTRIBUTED" }},
                "StartAt": "I", "States": {{ "I": {{ "Type": "Succeed" }} }} }}, "End": true }}"#
        ))
    };
    let batches = |most: &str| map(&format!(r#""ItemBatcher": {{ "MaxItemsPerBatch": "{{% {most} %}}" }}"#));
    assert_eq!(batches("$states.input.count"), [""; 0]);
    assert!(batches("$states")[0].contains("expected an integer"));
    assert!(batches("$states.input.price")[0].contains("expected an integer"));
    let reader = |arguments: &str, most: &str| {
        map(&format!(
            r#""ItemReader": {{ "Resource": "arn:aws:states:::s3:getObject", "Arguments": {arguments},
                "ReaderConfig": {{ "MaxItems": {most} }} }}"#
        ))
    };
    let id = r#"{ "Bucket": "b", "Key": "{% $states.input.id %}" }"#;
    assert_eq!(reader(id, "1"), [""; 0]);
    assert!(reader(id, r#""{% $states.input.id %}""#)[0].contains("expected an integer"));
    assert!(reader(r#"{ "Bucket": "b" }"#, "1")[0].contains("it needs `Key` in its `Arguments`"));
    assert!(reader(r#"{ "Bucket": 7, "Key": "k" }"#, "1")[0].contains("`Bucket` must be a string"));
    assert!(
        reader(r#"{ "Bucket": "b", "Key": "{% $states.input.count %}" }"#, "1")[0]
            .contains("expected a string")
    );
    assert_eq!(reader(r#""{% { 'Bucket': 'b', 'Key': $states.input.id } %}""#, "1"), [""; 0]);
    assert_ne!(reader(r#""{% { 'Bucket': 'b' } %}""#, "1"), [""; 0]);
    let writer = |fields: &str| map(&format!(r#""ResultWriter": {{ {fields} }}"#));
    assert_eq!(writer(r#""WriterConfig": { "Transformation": "COMPACT" }"#), [""; 0]);
    let resource = r#""Resource": "arn:aws:states:::s3:putObject""#;
    assert!(writer(resource)[0].contains("it needs `Bucket` in its `Arguments`"));
    assert_eq!(writer(&format!(r#"{resource}, "Arguments": {{ "Bucket": "b" }}"#)), [""; 0]);
}

#[test]
fn a_rule_without_output_has_that_of_its_choice() {
    let next = |read: &str| {
        said(&format!(
            r#""A": {{ "Type": "Choice", "Choices": [{{ "Condition": "{{% $states.input.open %}}", "Next": "B" }}],
                "Default": "C", "Output": {{ "made": 1 }} }},
            "B": {{ "Type": "Pass", "Output": "{{% $states.input.{read} %}}", "End": true }}, "C": {{ "Type": "Succeed" }}"#
        ))
    };
    assert_eq!(next("made"), [""; 0]);
    assert_ne!(next("id"), [""; 0]);
}

#[test]
fn what_fails_on_the_way_is_refused_where_only_presence_is_asked() {
    for right in ["$exists($states.input.note)", "$exists($lookup($states.input, 'id'))", "$exists($count)"] {
        assert_eq!(output(right), [""; 0], "{right}");
    }
    for wrong in ["$exists($single($states.input.lines))", "$exists($uppercase($states.input.count))"] {
        assert_ne!(output(wrong), [""; 0], "{wrong}");
    }
}

#[test]
fn a_function_among_data_is_refused() {
    for wrong in [
        "[$count.$]",
        "$map([1, 2], function($v) { $count })",
        "$append($count, 1)",
        "$reverse($count)",
        "$states.input.count ~> |$|{}|",
        "$contains($states.input.id, function($v) { 2 })",
        "$match($states.input.id, $uppercase)",
        "$replace($states.input.id, $uppercase, 'a')",
        "$replace($states.input.id, 'a', function($m) { 'b' })",
        "$join($sum([$states.input.id[1]]))",
        "$$()",
        "$states ~> $nothing",
    ] {
        assert_ne!(output(wrong), [""; 0], "{wrong}");
    }
    for right in [
        "$contains($states.input.id, /a/)",
        "$replace($states.input.id, /a/, function($m) { 'b' })",
        "$states.input.id ~> $uppercase",
        "($f := $uppercase; $states.input.id ~> $f)",
        "($p := /a/; $split($states.input.id, $p))",
    ] {
        assert_eq!(output(right), [""; 0], "{right}");
    }
}
