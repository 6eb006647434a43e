//! Random machines in JSONPath.

use crate::random::{KEYS, Random};
use stepfn::{
    asl::{OperandKind, Operator},
    shape::Shape,
};

fn path(random: &mut Random) -> String {
    if random.one_in(8) {
        return random
            .pick(&["$$.Execution.Id", "$$.State.Name", "$$.Execution.Input.a", "$v", "$v.a"])
            .to_owned();
    }
    let mut path = "$".to_owned();
    if !random.one_in(3) {
        let mut shape = random.1;
        for _ in 0..random.below(4) {
            match shape {
                Shape::Object(object) if !object.fields.is_empty() => {
                    let field = &object.fields[random.below(object.fields.len())];
                    path.push('.');
                    path.push_str(field.made_as);
                    shape = field.shape;
                }
                Shape::Nullable(inner) => shape = inner,
                Shape::Array(item) => {
                    path.push_str("[*]");
                    shape = item;
                }
                _ => break,
            }
        }
        return path;
    }
    for _ in 0..random.below(3) {
        match random.below(14) {
            0 => path.push_str("[0]"),
            1 => path.push_str("[*]"),
            2 => path.push_str(".r"),
            3 => path.push_str("[-1]"),
            4 => path.push_str("[0:1]"),
            5 => path.push_str("[0,1]"),
            6 => path.push_str("..a"),
            7 => path.push_str("[?(@.a == 1)]"),
            8 => path.push_str("[?(@.b)]"),
            9 => path.push_str(".*"),
            _ => {
                path.push('.');
                path.push_str(KEYS[random.below(KEYS.len())]);
            }
        }
    }
    path
}

fn expression(random: &mut Random) -> String {
    let mut argument = || if random.one_in(8) { expression(random) } else { path(random) };
    let (a, b) = (argument(), argument());
    match random.below(32) {
        0 => format!("States.Format('{{}}-{{}}', {a}, {b})"),
        1 => format!("States.ArrayLength({a})"),
        2 => format!("States.MathAdd({a}, 1)"),
        3 => format!("States.Array({a}, {b}, 'x')"),
        4 => format!("States.StringSplit({a}, ',')"),
        5 => format!("States.JsonToString({a})"),
        6 => format!("States.ArrayContains({a}, {b})"),
        7 => format!("States.JsonMerge({a}, {b}, false)"),
        8 => format!("States.ArrayPartition({a}, 2)"),
        9 => format!("States.ArrayRange(1, {a}, 1)"),
        10 => format!("States.ArrayGetItem({a}, 0)"),
        11 => format!("States.ArrayUnique({a})"),
        12 => format!("States.Base64Encode({a})"),
        13 => format!("States.Hash({a}, 'MD5')"),
        14 => "States.UUID()".to_owned(),
        15 => format!("States.Base64Decode(States.Base64Encode({a}))"),
        16 => format!("States.MathRandom({a}, 9)"),
        // Only a path stands on its own.
        _ => path(random),
    }
}

fn template(random: &mut Random) -> String {
    let entries: Vec<String> = (0..1 + random.below(3))
        .map(|index| {
            let key = KEYS[(index + random.below(2)) % KEYS.len()];
            match random.below(5) {
                0 => format!(r#""{key}{index}": "literal""#),
                1 => format!(r#""{key}": {{ "a.$": "{}" }}"#, expression(random)),
                _ => format!(r#""{key}{}.$": "{}""#, if index == 0 { "" } else { "2" }, expression(random)),
            }
        })
        .collect();
    format!("{{ {} }}", entries.join(", "))
}

/// Any of the operators.
fn comparison(random: &mut Random) -> String {
    let operator = Operator::ALL[random.below(Operator::ALL.len())];
    let operand = match operator.operand() {
        OperandKind::String => format!("{:?}", random.pick(&["DONE", "NEW", "x", "*"])),
        OperandKind::Number => random.pick(&["1", "-2.5"]).to_owned(),
        OperandKind::Boolean => random.one_in(2).to_string(),
        OperandKind::Timestamp => r#""2024-05-06T07:08:09Z""#.to_owned(),
        OperandKind::Path => format!("{:?}", path(random)),
    };
    format!(r#""Variable": "{}", "{}": {operand}"#, path(random), operator.name())
}

fn condition(random: &mut Random, depth: usize) -> String {
    match random.below(if depth == 0 { 6 } else { 9 }) {
        0 | 1 => format!(r#""Variable": "{}", "IsPresent": {}"#, path(random), random.one_in(2)),
        2..=5 => comparison(random),
        6 => format!(r#""Not": {{ {} }}"#, condition(random, depth - 1)),
        7 => {
            // The usual guard, and something that needs it.
            let p = path(random);
            format!(
                r#""And": [{{ "Variable": "{p}", "IsPresent": true }}, {{ "Variable": "{p}", "IsNull": false }}, {{ {} }}]"#,
                condition(random, depth - 1)
            )
        }
        _ => format!(
            r#""Or": [{{ {} }}, {{ {} }}]"#,
            condition(random, depth - 1),
            condition(random, depth - 1)
        ),
    }
}

fn assign(random: &mut Random) -> String {
    format!(r#""Assign": {{ "v.$": "{}" }},"#, expression(random))
}

/// What a failure leads to; the last state has nowhere to go.
fn failures(random: &mut Random, later: Option<String>) -> String {
    let mut fields = String::new();
    if random.one_in(4) {
        fields.push_str(r#""Retry": [{ "ErrorEquals": ["Boom"], "IntervalSeconds": 1, "MaxAttempts": 1 }],"#);
    }
    if let Some(later) = later {
        let path = random.pick(&[r#""ResultPath": "$.r","#, r#""ResultPath": "$.a","#, ""]);
        let assign = match random.below(4) {
            0 => r#""Assign": { "v.$": "$.Cause" },"#.to_owned(),
            1 => assign(random),
            _ => String::new(),
        };
        let errors = random.pick(&["States.ALL", "Boom"]);
        fields.push_str(&format!(
            r#""Catch": [{{ "ErrorEquals": ["{errors}"], {path} {assign} "Next": "{later}" }}],"#
        ));
    }
    fields
}

fn flow_fields(random: &mut Random, work: bool) -> String {
    let mut fields = String::new();
    if random.one_in(4) {
        fields.push_str(&format!(r#""InputPath": "{}","#, path(random)));
    }
    if random.one_in(6) {
        fields.push_str(&format!(r#""OutputPath": "{}","#, path(random)));
    }
    if random.one_in(5) {
        fields.push_str(&assign(random));
    }
    if work {
        if random.one_in(2) {
            fields.push_str(&format!(r#""Parameters": {},"#, template(random)));
        }
        if random.one_in(2) {
            fields.push_str(&format!(
                r#""ResultPath": {},"#,
                random.pick(&[r#""$""#, r#""$.r""#, r#""$.a""#, r#""$.a.b""#, r#""$.r.x.y""#, "null"])
            ));
        }
    }
    fields
}

/// A random machine of a few states, and the pointers of its Tasks.
pub(crate) fn machine(random: &mut Random) -> (String, Vec<String>) {
    let count = 1 + random.below(4);
    let mut states = Vec::new();
    let mut tasks = Vec::new();
    for index in 0..count {
        let last = index + 1 == count;
        let later = |random: &mut Random| format!("S{}", index + 1 + random.below(count - index - 1));
        let next = if last { r#""End": true"#.to_owned() } else { format!(r#""Next": "S{}""#, index + 1) };
        let handler = (!last).then(|| later(random));
        let seldom = handler.clone().filter(|_| random.one_in(3));
        let state = match random.below(13) {
            0..=2 if !last => {
                let rules: Vec<String> = (0..1 + random.below(2))
                    .map(|_| {
                        let assign = if random.one_in(6) { assign(random) } else { String::new() };
                        format!(r#"{{ {}, {assign} "Next": "{}" }}"#, condition(random, 2), later(random))
                    })
                    .collect();
                format!(r#""Type": "Choice", "Choices": [{}], "Default": "S{}""#, rules.join(", "), index + 1)
            }
            3 => format!(
                r#""Type": "Map", "ItemsPath": "{}", {} {} "ItemProcessor": {{ "StartAt": "I{index}", "States": {{ "I{index}": {{ "Type": "Pass", {} "End": true }} }} }}, {} {} {next}"#,
                path(random),
                if random.one_in(2) {
                    format!(r#""ItemSelector": {},"#, template(random).replace("$v", "$$.Map.Item.Value"))
                } else {
                    String::new()
                },
                if random.one_in(6) {
                    format!(r#""MaxConcurrencyPath": "{}","#, path(random))
                } else {
                    String::new()
                },
                flow_fields(random, true),
                failures(random, seldom),
                flow_fields(random, false),
            ),
            4 => format!(
                r#""Type": "Parallel", "Branches": [{{ "StartAt": "L{index}", "States": {{ "L{index}": {{ "Type": "Pass", {} "End": true }} }} }}, {{ "StartAt": "R{index}", "States": {{ "R{index}": {{ "Type": "Pass", {} "End": true }} }} }}], {} {} {next}"#,
                flow_fields(random, true),
                flow_fields(random, true),
                failures(random, seldom),
                flow_fields(random, true),
            ),
            5 | 6 => {
                tasks.push(format!("/States/S{index}"));
                let selector = if random.one_in(4) {
                    format!(r#""ResultSelector": {},"#, template(random))
                } else {
                    String::new()
                };
                let timeout = if random.one_in(6) {
                    format!(r#""TimeoutSecondsPath": "{}","#, path(random))
                } else {
                    String::new()
                };
                format!(
                    r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", {} {selector} {timeout} {} {next}"#,
                    failures(random, handler),
                    flow_fields(random, true)
                )
            }
            7 => {
                let until = match random.below(3) {
                    0 => r#""Seconds": 1"#.to_owned(),
                    1 => format!(r#""SecondsPath": "{}""#, path(random)),
                    _ => format!(r#""TimestampPath": "{}""#, path(random)),
                };
                format!(r#""Type": "Wait", {until}, {} {next}"#, flow_fields(random, false))
            }
            8 if last && random.one_in(2) => {
                format!(
                    r#""Type": "Succeed", "InputPath": "{}", "OutputPath": "{}""#,
                    path(random),
                    path(random)
                )
            }
            8 if last => format!(
                r#""Type": "Fail", "ErrorPath": "States.Format('Boom {{}}', {})", "CausePath": "{}""#,
                path(random),
                expression(random)
            ),
            _ => {
                let result = if random.one_in(3) {
                    format!(
                        r#""Result": {},"#,
                        random.pick(&[r#"{ "a": 1, "b": { "c": "x" } }"#, "[1, 2]", "\"text\"", "null"])
                    )
                } else {
                    String::new()
                };
                format!(r#""Type": "Pass", {result} {} {next}"#, flow_fields(random, true))
            }
        };
        states.push(format!(r#""S{index}": {{ {state} }}"#));
    }
    (format!(r#"{{ "StartAt": "S0", "States": {{ {} }} }}"#, states.join(",\n")), tasks)
}
