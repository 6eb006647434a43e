//! The cases: all values at all places that read one.

use serde_json::{Value as Json, json};
use stepfn_core::{
    asl::{OperandKind, Operator},
    intrinsic::{Function, Kind},
    jsonata,
};

use super::Case;

/// One value of each kind, and those at the corners of each.
pub(crate) fn values() -> Vec<(&'static str, Json)> {
    vec![
        ("str", json!("text")),
        ("num", json!(5)),
        ("numstr", json!("5")),
        ("float", json!(1.5)),
        ("negative", json!(-3)),
        ("zero", json!(0)),
        ("bool", json!(true)),
        ("false", json!(false)),
        ("null", json!(null)),
        ("blank", json!("")),
        ("obj", json!({ "k": 1 })),
        ("arr", json!([1, 2])),
        ("one", json!([7])),
        ("strs", json!(["b", "a"])),
        ("mixed", json!([1, "a", null])),
        ("nested", json!([[1], [2]])),
        ("empty", json!([])),
        ("eobj", json!({})),
        ("ts", json!("2024-01-01T00:00:00Z")),
        ("objs", json!([{ "a": 1 }, { "b": 2 }])),
    ]
}

pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for (value, data) in values() {
        let mut add = |what: String, jsonata: bool, state: Json| {
            // What is not read of the value is the same for all of them.
            if what.contains("nope") && !["str", "obj"].contains(&value)
                || what.contains(".k")
                    && !["str", "null", "obj", "eobj", "arr", "empty", "objs"].contains(&value)
            {
                return;
            }
            let input = json!({ "v": data, "l": [1], "s": "text", "o": { "k": 1 } });
            cases.push(Case { what, value, input, state, jsonata });
        };
        paths(&mut add);
        intrinsics(&mut add);
        choices(&mut add);
        fields(&mut add);
        expressions(&mut add);
        functions(&mut add);
        jsonata_fields(&mut add);
    }
    cases
}

type Add<'a> = &'a mut dyn FnMut(String, bool, Json);

const PATHS: &[&str] = &[
    "$.v",
    "$.v.k",
    "$.v.k.z",
    "$.v[0]",
    "$.v[1]",
    "$.v[5]",
    "$.v[-1]",
    "$.v[*]",
    "$.v[*].a",
    "$.v[*].a.b",
    "$.v[*][0]",
    "$.v[0:1]",
    "$.v[1:]",
    "$.v[5:]",
    "$.v[0:1].a",
    "$.v..a",
    "$..nope",
    "$.v.*",
    "$.v.*.a",
    "$.*",
    "$.v[?(@.a==1)]",
    "$.v[?(@.a==1)].a",
    "$.v[?(@.a)]",
    "$.v[?(@.a==1)][0]",
    "$.nope",
    "$.nope.x",
    "$.nope[0]",
    "$.nope[*]",
    "$.nope[*].a",
    "$.nope[0:1]",
    "$.nope[?(@.a)]",
    "$.nope.x[*]",
    "$.v.length()",
    "$.v['k']",
    "$['v','nope']",
    "$['v','s']",
    "$.v['k','z']",
    "$.v[0,1]",
    "$.v[0].a",
    "$.v[0][0]",
];

fn paths(add: Add<'_>) {
    for path in PATHS {
        add(
            format!("Parameters {path}"),
            false,
            json!({ "Type": "Pass", "Parameters": { "x.$": path }, "End": true }),
        );
        add(format!("InputPath {path}"), false, json!({ "Type": "Pass", "InputPath": path, "End": true }));
        add(format!("OutputPath {path}"), false, json!({ "Type": "Pass", "OutputPath": path, "End": true }));
        add(
            format!("ItemsPath {path}"),
            false,
            json!({ "Type": "Map", "ItemsPath": path, "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Pass", "End": true } } }, "End": true }),
        );
    }
    for path in [
        "$",
        "$.x",
        "$.v",
        "$.v.x",
        "$.v.x.y",
        "$.v.k",
        "$.v.k.y",
        "$.v[0]",
        "$.l.x",
        "$.o.k.x",
        "$['a b'].c",
    ] {
        add(
            format!("ResultPath {path}"),
            false,
            json!({ "Type": "Pass", "Result": 1, "ResultPath": path, "End": true }),
        );
        add(
            format!("ResultPath {path} then read"),
            false,
            json!({ "Type": "Pass", "Result": { "q": 1 }, "ResultPath": path, "OutputPath": "$.v", "End": true }),
        );
    }
}

/// A call of an intrinsic function in which one argument is the value, and the others are right.
fn intrinsics(add: Add<'_>) {
    let right = |function: Function, index: usize| match (function, index) {
        (Function::Format, 0) => "'{}'",
        (Function::Hash, 1) => "'MD5'",
        (Function::JsonMerge, 2) => "false",
        (Function::ArrayRange, 2) => "1",
        (Function::ArrayRange | Function::MathRandom, 1) => "9",
        (Function::ArrayPartition | Function::ArrayContains, 1) => "1",
        (Function::ArrayGetItem, 1) => "0",
        (Function::StringToJson, 0) => "'[1]'",
        (Function::Base64Decode, 0) => "'YQ=='",
        _ => match function.signature().kind_of(index) {
            Some(Kind::String) => "'text'",
            Some(Kind::Number | Kind::Integer) => "2",
            Some(Kind::Array) => "$.l",
            Some(Kind::Object) => "$.o",
            Some(Kind::Boolean) => "true",
            _ => "1",
        },
    };
    for &function in Function::ALL {
        let count = match function {
            Function::Uuid => 0,
            Function::Format | Function::Array => 2,
            Function::ArrayRange | Function::JsonMerge | Function::MathRandom => 3,
            Function::StringToJson
            | Function::JsonToString
            | Function::ArrayLength
            | Function::ArrayUnique
            | Function::Base64Encode
            | Function::Base64Decode => 1,
            _ => 2,
        };
        for place in 0..count {
            for of in ["$.v", "$.v[0]", "$.nope", "$.v[*]"] {
                let arguments: Vec<&str> = (0..count)
                    .map(|index| if index == place { of } else { right(function, index) })
                    .collect();
                let call = format!("States.{}({})", function.name(), arguments.join(","));
                let state = json!({ "Type": "Pass", "Parameters": { "x.$": call }, "End": true });
                add(call, false, state);
            }
        }
    }
    for call in [
        "States.ArrayGetItem($.v,9)",
        "States.ArrayGetItem(States.Array($.v),1)",
        "States.ArrayGetItem(States.ArrayRange(1,3,1),9)",
        "States.ArrayPartition($.v,0)",
        "States.ArrayRange(1,$.v,0)",
        "States.Hash($.v,'nope')",
        "States.JsonMerge($.v,$.v,true)",
        "States.MathRandom($.v,1)",
        "States.StringSplit($.v,$.v)",
        "States.Format('{}-{}',$.v)",
        "States.Format($.v,1)",
        "States.Format($.v)",
        "States.ArrayLength(States.StringSplit($.v,'x'))",
        "States.StringToJson(States.JsonToString($.v))",
        "States.Base64Decode(States.Base64Encode($.v))",
        "States.MathAdd(States.ArrayLength($.v),1)",
    ] {
        add(call.to_owned(), false, json!({ "Type": "Pass", "Parameters": { "x.$": call }, "End": true }));
    }
}

fn choices(add: Add<'_>) {
    for operator in Operator::ALL {
        let operands = match operator.operand() {
            OperandKind::String => vec![json!("text")],
            OperandKind::Number => vec![json!(5)],
            OperandKind::Boolean => vec![json!(true), json!(false)],
            OperandKind::Timestamp => vec![json!("2024-01-01T00:00:00Z")],
            OperandKind::Path => vec![json!("$.v"), json!("$.nope"), json!("$.s")],
        };
        for operand in operands {
            for path in [
                "$.v",
                "$.v.k",
                "$.v[0]",
                "$.v[5]",
                "$.v[*]",
                "$.v.k.z",
                "$.nope",
                "$.nope.x",
                "$.s",
                "$$.Execution.Nope",
            ] {
                let rule = json!({ "Variable": path, operator.name(): operand, "Next": "E" });
                add(
                    format!("{} {operand} of {path}", operator.name()),
                    false,
                    json!({ "Type": "Choice", "Choices": [rule], "Default": "E" }),
                );
            }
        }
    }
    for (what, rule) in [
        ("Not IsPresent $.v.k", json!({ "Not": { "Variable": "$.v.k", "IsPresent": true } })),
        (
            "IsPresent $.v.k And StringEquals",
            json!({ "And": [{ "Variable": "$.v.k", "IsPresent": true }, { "Variable": "$.v.k", "StringEquals": "a" }] }),
        ),
        (
            "absent $.v.k Or NumericEquals",
            json!({ "Or": [{ "Variable": "$.v.k", "IsPresent": false }, { "Variable": "$.v.k", "NumericEquals": 1 }] }),
        ),
    ] {
        let mut rule = rule;
        rule["Next"] = "E".into();
        add(what.to_owned(), false, json!({ "Type": "Choice", "Choices": [rule], "Default": "E" }));
    }
}

fn map(fields: &Json, processor: &str) -> Json {
    let mut state = json!({ "Type": "Map", "ItemsPath": "$.l", "End": true,
        "ItemProcessor": { "ProcessorConfig": { "Mode": processor, "ExecutionType": "STANDARD" }, "StartAt": "I", "States": { "I": { "Type": "Pass", "End": true } } } });
    if processor == "INLINE" {
        state["ItemProcessor"]["ProcessorConfig"] = json!({ "Mode": "INLINE" });
    }
    for (key, value) in fields.as_object().unwrap() {
        state[key] = value.clone();
    }
    state
}

fn fields(add: Add<'_>) {
    for path in ["$.v", "$.v[0]", "$.nope"] {
        for field in ["SecondsPath", "TimestampPath"] {
            add(format!("Wait {field} {path}"), false, json!({ "Type": "Wait", field: path, "End": true }));
        }
        for field in ["TimeoutSecondsPath", "HeartbeatSecondsPath"] {
            let mut state = json!({ "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true });
            if field == "HeartbeatSecondsPath" {
                state["TimeoutSeconds"] = 99.into();
            }
            state[field] = path.into();
            add(format!("Task {field} {path}"), false, state);
        }
        for field in ["ErrorPath", "CausePath"] {
            let state = json!({ "Type": "Parallel", "Branches": [{ "StartAt": "F", "States": { "F": { "Type": "Fail", field: path } } }],
                "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "E" }], "Next": "E" });
            let mut state = state;
            if field == "CausePath" {
                state["Branches"][0]["States"]["F"]["Error"] = "Own".into();
                state["Catch"][0]["ErrorEquals"] = json!(["Own"]);
            }
            add(format!("Fail {field} {path}"), false, state);
        }
        add(
            format!("Map MaxConcurrencyPath {path}"),
            false,
            map(&json!({ "MaxConcurrencyPath": path }), "INLINE"),
        );
        for field in ["MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath"] {
            add(format!("distributed {field} {path}"), false, map(&json!({ field: path }), "DISTRIBUTED"));
        }
        for field in ["MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"] {
            add(
                format!("ItemBatcher {field} {path}"),
                false,
                map(&json!({ "ItemBatcher": { field: path } }), "DISTRIBUTED"),
            );
        }
        add(
            format!("ItemBatcher BatchInput {path}"),
            false,
            map(
                &json!({ "ItemBatcher": { "MaxItemsPerBatch": 1, "BatchInput": { "x.$": path } } }),
                "DISTRIBUTED",
            ),
        );
        add(
            format!("ItemSelector {path}"),
            false,
            map(&json!({ "ItemSelector": { "x.$": path } }), "INLINE"),
        );
        add(
            format!("Assign {path}"),
            false,
            json!({ "Type": "Pass", "Assign": { "w.$": path }, "End": true }),
        );
        add(
            format!("ResultSelector {path}"),
            false,
            json!({ "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "ResultSelector": { "x.$": "$" }, "Parameters": { "a.$": path }, "End": true }),
        );
    }
}

const EXPRESSIONS: &[&str] = &[
    "V",
    "V.k",
    "V.k.z",
    "V[0]",
    "V[5]",
    "V[-1]",
    "V[0].a",
    "V.a",
    "V.*",
    "V.**",
    "V[a=1]",
    "V[$ > 0]",
    "V{'k': 1}",
    "V^(a)",
    "V^($)",
    "V.nope",
    "$states.input.nope",
    "$states.nope",
    "$states.input.nope.x",
    "V + 1",
    "1 + V",
    "V - V",
    "V * 2",
    "V / 2",
    "V / 0",
    "V % 2",
    "-V",
    "V & 'x'",
    "V > 1",
    "V > 'a'",
    "V >= V",
    "V < V",
    "V = 5",
    "V != V",
    "V and true",
    "V or false",
    "V in [1]",
    "1 in V",
    "V ? 1 : 2",
    "V.k ? 1 : 2",
    "[V..3]",
    "[1..V]",
    "[V]",
    "[V, V]",
    "{'a': V}",
    "{'a': V.k}",
    "{V: 1}",
    "V[]",
    "V.k[]",
    "(V)",
    "($x := V; $x)",
    "($x := V; $x.k)",
    "V ~> $string()",
    "V ~> $count",
    "$map(V, function($x) { $x })",
    "$map(V, function($x) { $x + 1 })",
    "$map(V, $string)",
    "$map(V, $uppercase)",
    "$filter(V, function($x) { true })",
    "$filter(V, function($x) { $x > 1 })",
    "$reduce(V, function($a, $b) { $a + $b })",
    "$reduce(V, function($a, $b) { $a }, 0)",
    "$each(V, function($x) { $x })",
    "$sift(V, function($x) { true })",
    "$single(V, function($x) { true })",
    "$sort(V, function($a, $b) { $a > $b })",
    "$exists(V.k)",
    "$exists(V)",
    "$append(V.k, 1)",
    "$count(V.k)",
    "$sum(V.a)",
    "$max(V.a)",
    "$merge([V, {'z': 1}])",
    "$merge(V)",
    "$string(V.k)",
    "$lookup(V, 'k')",
    "$lookup(V, 'nope')",
    "$not(V.nope)",
    "$boolean(V.nope)",
    "$keys(V)",
    "$spread(V)",
    "$zip(V, V)",
    "$type(V.nope)",
    "$split(V, 'x')[0]",
    "$split(V, 'x')[1]",
    "$substring(V, 1)",
    "$substringBefore(V, 'e')",
    "$number(V) + 1",
    "$sum(V) > 1",
    "$join(V, ',')",
    "$join(V, V)",
    "$replace(V, /t/, 'x')",
    "$match(V, /t/)",
    "$match(V, /zz/)",
    "$contains(V, /t/)",
    "$toMillis(V)",
    "$fromMillis(V)",
    "$formatNumber(V, '0')",
    "$range(1, 3, V)",
    "$partition(V, 1)",
    "$partition([1, 2], V)",
    "$random(V)",
    "$hash(V)",
    "$parse(V)",
    "$error(V)",
    "$assert(V, 'x')",
    "$states.context.Execution.Id",
    "$states.context.nope",
    "$states.context.messages",
    "$exists($states.context.nope)",
    "$exists($states.result)",
    "$states.input",
    "V.k + 1",
    "V[0] + 1",
    "V.a + 1",
    "V[0] & V[1]",
    "V.k & 'x'",
    "$uppercase(V.k)",
    "$uppercase(V[0])",
    "V[0] > V[1]",
    "$sum(V) + $count(V)",
];

fn expressions(add: Add<'_>) {
    for expression in EXPRESSIONS {
        let expression = expression.replace('V', "$states.input.v");
        whole_and_part(add, &expression);
    }
}

fn whole_and_part(add: Add<'_>, expression: &str) {
    let text = format!("{{% {expression} %}}");
    add(
        format!("{expression} as a field"),
        true,
        json!({ "Type": "Pass", "Output": { "x": text }, "End": true }),
    );
    add(format!("{expression} whole"), true, json!({ "Type": "Pass", "Output": text, "End": true }));
}

/// A call of each function of JSONata's table in which one argument is the value, and the others are right.
fn functions(add: Add<'_>) {
    for function in jsonata::functions() {
        let kinds = kinds(function.signature);
        let (least, _) = function.arity();
        let given = kinds.len().max(least);
        for place in 0..given {
            for of in ["$states.input.v", "$states.input.v.k"] {
                let arguments: Vec<String> = (0..given.max(1))
                    .map(
                        |index| {
                            if index == place { of.to_owned() } else { right(function.name, index, &kinds) }
                        },
                    )
                    .collect();
                for count in least.max(place + 1)..=given {
                    let call = format!("${}({})", function.name, arguments[..count].join(", "));
                    add(
                        format!("{call} as a field"),
                        true,
                        json!({ "Type": "Pass", "Output": { "x": format!("{{% {call} %}}") }, "End": true }),
                    );
                }
            }
        }
    }
}

fn right(function: &str, index: usize, kinds: &[String]) -> String {
    match (function, index) {
        ("formatInteger" | "parseInteger", 1) => "'0'".into(),
        ("formatNumber", 1) => "'0.0'".into(),
        ("formatNumber", 2) => "{}".into(),
        ("formatBase", 1) => "16".into(),
        ("parseInteger", 0) => "'12'".into(),
        ("fromMillis" | "toMillis" | "now", 1) | ("now", 0) => "'[Y]-[M]-[D]'".into(),
        ("fromMillis", 2) | ("now", 2) => "'+0100'".into(),
        ("toMillis", 0) => "'2024-1-1'".into(),
        ("hash", 1) => "'SHA-256'".into(),
        ("base64decode", 0) => "'YQ=='".into(),
        ("parse", 0) => "'[1]'".into(),
        ("pad", 1) => "8".into(),
        ("match", 1) => "/t/".into(),
        ("sort", 1) => "function($a, $b) { $a > $b }".into(),
        ("reduce", 1) => "function($a, $b) { $a }".into(),
        ("assert", 0) => "true".into(),
        ("join", 0) => "['a', 'b']".into(),
        ("merge", 0) => "[{'a': 1}]".into(),
        _ => match kinds.get(index).map(String::as_str).unwrap_or("x") {
            "s" | "(sf)" => "'text'".into(),
            "n" | "(nsb)" => "2".into(),
            "b" => "true".into(),
            "a" => "[1, 2]".into(),
            "o" => "{'a': 1}".into(),
            "f" => "function($x) { true }".into(),
            _ => "1".into(),
        },
    }
}

/// The kinds of a signature's parameters.
fn kinds(signature: &str) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    let (mut depth, mut choice) = (0_usize, None::<String>);
    for sign in signature.chars().skip(1) {
        match sign {
            ':' if depth == 0 && choice.is_none() => break,
            '<' => depth += 1,
            '>' if depth == 0 => break,
            '>' => depth -= 1,
            _ if depth > 0 => {}
            '(' => choice = Some("(".into()),
            ')' => kinds.extend(choice.take().map(|choice| choice + ")")),
            '-' | '?' | '+' => {}
            kind => match &mut choice {
                Some(choice) => choice.push(kind),
                None => kinds.push(kind.into()),
            },
        }
    }
    kinds
}

fn jsonata_fields(add: Add<'_>) {
    for expression in ["$states.input.v", "$states.input.v[0]", "$states.input.v.k", "$states.input.nope"] {
        let text = format!("{{% {expression} %}}");
        let lambda = "arn:aws:lambda:us-east-1:123456789012:function:f";
        for field in ["Seconds", "Timestamp"] {
            add(
                format!("JSONata Wait {field} {expression}"),
                true,
                json!({ "Type": "Wait", field: text, "End": true }),
            );
        }
        add(
            format!("JSONata Condition {expression}"),
            true,
            json!({ "Type": "Choice", "Choices": [{ "Condition": text, "Next": "E" }], "Default": "E" }),
        );
        add(
            format!("JSONata Output of a rule, guarded, {expression}"),
            true,
            json!({ "Type": "Choice", "Choices": [{ "Condition": format!("{{% $exists({expression}) %}}"), "Output": { "x": text }, "Next": "E" }], "Default": "E" }),
        );
        add(
            format!("JSONata Output of a rule that never holds, {expression}"),
            true,
            json!({ "Type": "Choice", "Choices": [{ "Condition": "{% $count($states.input.nope) > 0 %}", "Output": { "x": text }, "Next": "E" }], "Default": "E" }),
        );
        add(
            format!("JSONata Items {expression}"),
            true,
            json!({ "Type": "Map", "Items": text, "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Pass", "End": true } } }, "End": true }),
        );
        for field in ["TimeoutSeconds", "HeartbeatSeconds"] {
            let mut state = json!({ "Type": "Task", "Resource": lambda, "End": true });
            if field == "HeartbeatSeconds" {
                state["TimeoutSeconds"] = 99.into();
            }
            state[field] = text.clone().into();
            add(format!("JSONata Task {field} {expression}"), true, state);
        }
        for field in ["MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage"] {
            let mode = if field == "MaxConcurrency" { "INLINE" } else { "DISTRIBUTED" };
            let mut state = map(&json!({ field: text }), mode);
            if let Some(state) = state.as_object_mut() {
                state.remove("ItemsPath");
                state.insert("Items".into(), "{% $states.input.l %}".into());
            }
            add(format!("JSONata Map {field} {expression}"), true, state);
        }
        for field in ["Error", "Cause"] {
            let mut state = json!({ "Type": "Parallel", "Branches": [{ "StartAt": "F", "States": { "F": { "Type": "Fail", "Error": "Own" } } }],
                "Catch": [{ "ErrorEquals": ["States.QueryEvaluationError"], "Next": "Broken" }, { "ErrorEquals": ["States.ALL"], "Next": "E" }], "Next": "E" });
            state["Branches"][0]["States"]["F"][field] = text.clone().into();
            if field == "Cause" {
                state["Catch"] = json!([{ "ErrorEquals": ["Own"], "Next": "E" }]);
            }
            add(format!("JSONata Fail {field} {expression}"), true, state);
        }
        add(
            format!("JSONata Assign {expression}"),
            true,
            json!({ "Type": "Pass", "Assign": { "w": text }, "End": true }),
        );
        add(
            format!("JSONata Arguments {expression}"),
            true,
            json!({ "Type": "Task", "Resource": lambda, "Arguments": { "a": text }, "End": true }),
        );
    }
}
