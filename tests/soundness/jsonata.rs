//! Random machines in JSONata.

use crate::random::{KEYS, Random};
use stepfn::shape::Shape;

/// A path into the input that its shape has, more often than not.
fn path(random: &mut Random, locals: &[&str]) -> String {
    if !locals.is_empty() && random.one_in(3) {
        let local = random.pick(locals).to_owned();
        return if random.one_in(2) { local } else { format!("{local}.{}", KEYS[random.below(KEYS.len())]) };
    }
    let mut path = if random.one_in(9) { "$v" } else { "$states.input" }.to_owned();
    let mut shape = random.1;
    for _ in 0..random.below(4) {
        while let Shape::Nullable(inner) | Shape::Array(inner) = shape {
            shape = inner;
        }
        let key = match shape {
            Shape::Object(object) if !object.fields.is_empty() && !random.one_in(12) => {
                let field = &object.fields[random.below(object.fields.len())];
                shape = field.shape;
                field.made_as
            }
            Shape::Map(inner) => {
                shape = inner;
                KEYS[random.below(KEYS.len())]
            }
            _ if random.one_in(8) => KEYS[random.below(KEYS.len())],
            _ => break,
        };
        path.push('.');
        path.push_str(key);
        match random.below(14) {
            0 => path.push_str("[0]"),
            1 => path.push_str("[a = 1]"),
            2 => path.push_str("[]"),
            _ => {}
        }
    }
    path
}

fn expression(random: &mut Random, depth: usize, locals: &[&str]) -> String {
    if depth == 0 || random.one_in(3) {
        return match random.below(9) {
            0 => "1".into(),
            1 => "'x'".into(),
            2 => random.pick(&["true", "null", "2.5", "'DONE'", "[]", "{}"]).to_owned(),
            _ => path(random, locals),
        };
    }
    let sub = |random: &mut Random| expression(random, depth - 1, locals);
    match random.below(50) {
        40 => {
            let counted = path(random, locals);
            let sign = random.pick(&["<", "<=", ">", ">=", "="]);
            let least = random.below(3);
            match random.below(2) {
                0 => format!("$count({counted}) {sign} {least} ? ({counted}) : ({})", sub(random)),
                _ => format!("{least} {sign} $count({counted}) ? ({counted}) : ({})", sub(random)),
            }
        }
        41 => {
            let asked = path(random, locals);
            format!("({asked}) in [null, 'x', 1] ? ({asked}) : ({})", sub(random))
        }
        42 => format!("[1..({})]", sub(random)),
        43 => format!("$sort({})", path(random, locals)),
        44 => format!("[{}^(a)]", path(random, locals)),
        45 => format!("{}{{a: b}}", path(random, locals)),
        46 => format!("$each({}, $string)", path(random, locals)),
        47 => format!("$sift({}, function($v) {{ true }}) ? 1 : 2", path(random, locals)),
        48 => format!("$contains({}, {})", path(random, locals), sub(random)),
        0 | 1 => format!("{} + {}", sub(random), sub(random)),
        2 => format!("{} * {}", sub(random), sub(random)),
        3 => format!("-{}", path(random, locals)),
        4 | 5 => format!("{} & {}", sub(random), sub(random)),
        6 => format!("({}) = ({})", sub(random), sub(random)),
        7 => format!("({}) < ({})", sub(random), sub(random)),
        8 => format!("({}) and ({})", sub(random), sub(random)),
        9 => format!("({}) or ({})", sub(random), sub(random)),
        10 => format!("({}) in [{}, {}]", sub(random), sub(random), sub(random)),
        11 | 12 => format!("[{}]", sub(random)),
        13 => format!("[{}, {}]", sub(random), sub(random)),
        14 => format!("{{ 'a': {}, 'b': {} }}", sub(random), sub(random)),
        15 | 16 => {
            let guarded = path(random, locals);
            let asked = match random.below(4) {
                0 => guarded.clone(),
                1 => format!("$exists({guarded}) and {}", sub(random)),
                _ => format!("$exists({guarded})"),
            };
            format!("({asked}) ? ({guarded}) : ({})", sub(random))
        }
        17 => format!("({}) ? ({}) : ({})", sub(random), sub(random), sub(random)),
        18 => format!("$not($exists({0})) ? 0 : {0}", path(random, locals)),
        19 => format!("$count({})", sub(random)),
        20 => format!("$sum([{}])", path(random, locals)),
        21 => format!("$uppercase({})", sub(random)),
        22 => format!("$string({})", sub(random)),
        23 => format!("$append({}, {})", sub(random), sub(random)),
        24 => format!("$merge([$states.input, {{ 'c': {} }}])", sub(random)),
        25 => format!(
            "[$map({}, function($i) {{ {} }})]",
            path(random, locals),
            expression(random, depth - 1, &["$i"])
        ),
        26 => format!(
            "[$filter({}, function($i) {{ {} }})]",
            path(random, locals),
            expression(random, depth - 1, &["$i"])
        ),
        27 => format!("$boolean({})", sub(random)),
        28 => format!("[$keys({})]", sub(random)),
        29 => format!("$lookup({}, 'a')", sub(random)),
        30 => format!("$join([{}], '-')", path(random, locals)),
        31 => format!("$length({})", sub(random)),
        32 => format!("$floor({})", sub(random)),
        33 => format!("$reverse({})", sub(random)),
        34 => format!("$max([1, {}])", sub(random)),
        35 => format!("$type({})", sub(random)),
        36 => format!("($x := {}; {})", sub(random), expression(random, depth - 1, &["$x"])),
        37 => format!("{} ~> $string()", path(random, locals)),
        38 => format!("{}.({})", path(random, locals), expression(random, depth - 1, &["$"])),
        _ => format!("[{}.{{ 'a': a }}]", path(random, locals)),
    }
}

fn template(random: &mut Random) -> String {
    match random.below(3) {
        0 => format!(r#""{{% {} %}}""#, expression(random, 3, &[])),
        1 => format!(
            r#"{{ "a": "{{% {} %}}", "b": {{ "c": "{{% {} %}}" }} }}"#,
            expression(random, 2, &[]),
            expression(random, 2, &[])
        ),
        _ => format!(r#"["{{% {} %}}", 1]"#, expression(random, 2, &[])),
    }
}

pub(crate) fn machine(random: &mut Random) -> String {
    let count = 1 + random.below(3);
    let states: Vec<String> = (0..count)
        .map(|index| {
            let last = index + 1 == count;
            let next = if last { r#""End": true"#.to_owned() } else { format!(r#""Next": "S{}""#, index + 1) };
            let state = match random.below(8) {
                0 | 1 if !last => format!(
                    r#""Type": "Choice", "Choices": [{{ "Condition": "{{% {} %}}", "Next": "S{}" }}], "Default": "S{}""#,
                    expression(random, 3, &[]),
                    count - 1,
                    index + 1
                ),
                2 => format!(
                    r#""Type": "Map", "Items": "{{% {} %}}", "ItemProcessor": {{ "StartAt": "I{index}", "States": {{
                        "I{index}": {{ "Type": "Pass", "Output": {}, "End": true }} }} }}, {next}"#,
                    expression(random, 2, &[]),
                    template(random),
                ),
                3 => format!(r#""Type": "Wait", "Seconds": "{{% {} %}}", {next}"#, expression(random, 2, &[])),
                4 => format!(r#""Type": "Pass", "Assign": {{ "v": {} }}, {next}"#, template(random)),
                _ => format!(r#""Type": "Pass", "Output": {}, {next}"#, template(random)),
            };
            format!(r#""S{index}": {{ {state} }}"#)
        })
        .collect();
    format!(r#"{{ "QueryLanguage": "JSONata", "StartAt": "S0", "States": {{ {} }} }}"#, states.join(",\n"))
}
