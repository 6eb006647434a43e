//! The promise, tested: what the checker accepts never fails with a path or type error, over random machines, shapes and inputs.
//!
//! `STEPFN_SOUNDNESS=1000000 cargo test --release --test soundness` tries as many machines.
#![allow(clippy::unwrap_used)]

use stepfn::{
    asl,
    draft::Draft,
    executor::{Executor, TaskCall},
    shape::{EnumShape, Field, Given, Made, ObjectShape, Shape},
    task::TaskFailure,
    value::{Map, Value},
};

/// A small generator of its own: the same machines on every run. It knows the input's shape, to hit it more often than not.
struct Random(u64, &'static Shape);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % bound
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

const KEYS: [&str; 5] = ["a", "b", "c", "d", "e"];

const STATUS: EnumShape = EnumShape { name: "Status", variants: &["NEW", "DONE"], also_given: &[] };

/// A random shape. Shapes are constants in real life, so these few are leaked.
fn shape(random: &mut Random, depth: usize) -> &'static Shape {
    let deep = if depth == 0 { 6 } else { 11 };
    match random.below(deep) {
        0 => &Shape::String,
        1 => &Shape::Integer { min: 0, max: u32::MAX as i128 },
        2 => &Shape::Boolean,
        3 => &Shape::Enum(&STATUS),
        4 => &Shape::Number,
        5 => Box::leak(Box::new(Shape::Nullable(&Shape::String))),
        6 | 7 => object(random, depth - 1),
        8 => Box::leak(Box::new(Shape::Nullable(object(random, depth - 1)))),
        9 => Box::leak(Box::new(Shape::Array(shape(random, depth - 1)))),
        _ => Box::leak(Box::new(Shape::Map(shape(random, depth - 1)))),
    }
}

fn object(random: &mut Random, depth: usize) -> &'static Shape {
    let fields: Vec<Field> = KEYS
        .iter()
        .filter_map(|key| {
            if random.one_in(3) {
                return None;
            }
            let optional = random.one_in(4);
            let given_as: &'static [&'static str] = Box::leak(Box::new([*key]));
            Some(Field {
                made_as: key,
                given_as,
                shape: shape(random, depth),
                made: if optional { Made::Maybe } else { Made::Always },
                given: if optional { Given::Optional } else { Given::Required },
            })
        })
        .collect();
    let object =
        ObjectShape { name: "Random", fields: fields.leak(), flattened: &[], deny_unknown_fields: false };
    Box::leak(Box::new(Shape::Object(Box::leak(Box::new(object)))))
}

/// A value that the shape's `Deserialize` would take.
fn value(random: &mut Random, shape: &Shape) -> Value {
    match shape {
        Shape::String => random.pick(&["", "x", "DONE", "7"]).into(),
        Shape::Integer { .. } => (random.below(4) as u32).into(),
        Shape::Number => [Value::from(1.5), Value::from(2), Value::from(-3)][random.below(3)].clone(),
        Shape::Boolean => random.one_in(2).into(),
        Shape::Enum(shape) => shape.variants[random.below(shape.variants.len())].into(),
        Shape::Nullable(_) if random.one_in(2) => Value::Null,
        Shape::Nullable(inner) => value(random, inner),
        Shape::Array(item) => (0..random.below(3)).map(|_| value(random, item)).collect::<Vec<_>>().into(),
        Shape::Map(item) => {
            (0..random.below(3)).map(|i| (KEYS[i].into(), value(random, item))).collect::<Map>().into()
        }
        Shape::Object(object) => {
            let mut map = Map::new();
            for field in object.fields {
                let may_be_missing =
                    field.given == Given::Optional || matches!(field.shape, Shape::Nullable(_));
                if !may_be_missing || random.one_in(2) {
                    map.insert(field.made_as.into(), value(random, field.shape));
                }
            }
            map.into()
        }
        _ => Value::Null,
    }
}

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
        match random.below(8) {
            0 => path.push_str("[0]"),
            1 => path.push_str("[*]"),
            2 => path.push_str(".r"),
            _ => {
                path.push('.');
                path.push_str(KEYS[random.below(KEYS.len())]);
            }
        }
    }
    path
}

fn expression(random: &mut Random) -> String {
    let (a, b) = (path(random), path(random));
    match random.below(14) {
        0 => format!("States.Format('{{}}-{{}}', {a}, {b})"),
        1 => format!("States.ArrayLength({a})"),
        2 => format!("States.MathAdd({a}, 1)"),
        3 => format!("States.Array({a}, {b}, 'x')"),
        4 => format!("States.StringSplit({a}, ',')"),
        5 => format!("States.JsonToString({a})"),
        6 => format!("States.ArrayContains({a}, {b})"),
        7 => format!("States.JsonMerge({a}, {b}, false)"),
        _ => a,
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

fn condition(random: &mut Random, depth: usize) -> String {
    let p = path(random);
    match random.below(if depth == 0 { 8 } else { 11 }) {
        0 | 1 => format!(r#""Variable": "{p}", "IsPresent": {}"#, random.one_in(2)),
        2 => format!(r#""Variable": "{p}", "IsNull": {}"#, random.one_in(2)),
        3 => format!(r#""Variable": "{p}", "StringEquals": "{}""#, random.pick(&["DONE", "NEW", "x"])),
        4 => format!(r#""Variable": "{p}", "NumericGreaterThan": 1"#),
        5 => format!(r#""Variable": "{p}", "BooleanEquals": true"#),
        6 => format!(r#""Variable": "{p}", "StringEqualsPath": "{}""#, path(random)),
        7 => format!(r#""Variable": "{p}", "IsString": true"#),
        8 => format!(r#""Not": {{ {} }}"#, condition(random, depth - 1)),
        9 => format!(
            // The usual guard, and something that needs it.
            r#""And": [{{ "Variable": "{p}", "IsPresent": true }}, {{ "Variable": "{p}", "IsNull": false }}, {{ {} }}]"#,
            condition(random, depth - 1)
        ),
        _ => format!(
            r#""Or": [{{ {} }}, {{ {} }}]"#,
            condition(random, depth - 1),
            condition(random, depth - 1)
        ),
    }
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
        fields.push_str(&format!(r#""Assign": {{ "v.$": "{}" }},"#, expression(random)));
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
fn machine(random: &mut Random) -> (String, Vec<String>) {
    let count = 1 + random.below(4);
    let mut states = Vec::new();
    let mut tasks = Vec::new();
    for index in 0..count {
        let last = index + 1 == count;
        let later = |random: &mut Random| format!("S{}", index + 1 + random.below(count - index - 1));
        let next = if last { r#""End": true"#.to_owned() } else { format!(r#""Next": "S{}""#, index + 1) };
        let state = match random.below(10) {
            0..=2 if !last => {
                let rules: Vec<String> = (0..1 + random.below(2))
                    .map(|_| format!(r#"{{ {}, "Next": "{}" }}"#, condition(random, 2), later(random)))
                    .collect();
                format!(r#""Type": "Choice", "Choices": [{}], "Default": "S{}""#, rules.join(", "), index + 1)
            }
            3 => format!(
                r#""Type": "Map", "ItemsPath": "{}", {} "ItemProcessor": {{ "StartAt": "I{index}", "States": {{ "I{index}": {{ "Type": "Pass", {} "End": true }} }} }}, {} {next}"#,
                path(random),
                if random.one_in(2) {
                    format!(r#""ItemSelector": {},"#, template(random).replace("$v", "$$.Map.Item.Value"))
                } else {
                    String::new()
                },
                flow_fields(random, true),
                flow_fields(random, false),
            ),
            4 => format!(
                r#""Type": "Parallel", "Branches": [{{ "StartAt": "L{index}", "States": {{ "L{index}": {{ "Type": "Pass", {} "End": true }} }} }}, {{ "StartAt": "R{index}", "States": {{ "R{index}": {{ "Type": "Pass", {} "End": true }} }} }}], {} {next}"#,
                flow_fields(random, true),
                flow_fields(random, true),
                flow_fields(random, true),
            ),
            5 | 6 => {
                tasks.push(format!("/States/S{index}"));
                let catch = if last {
                    String::new()
                } else {
                    let path = random.pick(&[r#""ResultPath": "$.r","#, r#""ResultPath": "$.a","#, ""]);
                    format!(
                        r#""Catch": [{{ "ErrorEquals": ["States.ALL"], {path} "Next": "{}" }}],"#,
                        later(random)
                    )
                };
                let selector = if random.one_in(4) {
                    format!(r#""ResultSelector": {},"#, template(random))
                } else {
                    String::new()
                };
                format!(
                    r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", {catch} {selector} {} {next}"#,
                    flow_fields(random, true)
                )
            }
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

#[test]
fn what_is_accepted_never_fails_on_a_path_or_a_type() {
    let tries: u64 =
        std::env::var("STEPFN_SOUNDNESS").ok().and_then(|tries| tries.parse().ok()).unwrap_or(4_000);
    let first: u64 =
        std::env::var("STEPFN_SOUNDNESS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let (mut accepted, mut runs) = (0, 0);
    for seed in first..first + tries {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), &Shape::Any);
        let input = object(&mut random, 2);
        random.1 = input;
        let (text, tasks) = machine(&mut random);
        let (machine, findings) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        if !findings.is_empty() {
            continue; // a key twice
        }
        let mut draft = Draft::new("Random", machine);
        draft.input = Some(input);
        draft.results = tasks.iter().map(|task| (task.clone(), shape(&mut random, 2))).collect();
        let results = draft.results.clone();
        let Ok(definition) = draft.build() else { continue };
        accepted += 1;
        for round in 0..4u64 {
            let mut builder = Executor::builder();
            for (state, shape) in &results {
                let name = state.trim_start_matches("/States/").to_owned();
                let shape: &'static Shape = shape;
                let answer = value(&mut random, shape);
                let fails = (round + seed) % 3 == 0;
                builder = builder.task(
                    name,
                    stepfn::executor::Mock::respond_with(move |_: &TaskCall<'_>| {
                        if fails {
                            Err(TaskFailure::with_cause("Boom", "it broke"))
                        } else {
                            Ok(answer.clone())
                        }
                    }),
                );
            }
            let input = value(&mut random, input);
            let outcome = builder.build(&definition).unwrap().run_blocking(input.clone()).unwrap();
            runs += 1;
            let innocent = matches!(outcome.error(), None | Some("Boom" | "States.NoChoiceMatched"));
            assert!(
                innocent,
                "seed {seed}: {}\ninput {input}\n{}\n{}",
                outcome.status,
                definition.machine.to_canonical_string(),
                outcome.history
            );
        }
    }
    println!("{accepted} of {tries} machines accepted, {runs} runs");
    assert!(accepted * 20 > tries, "hardly any machine is accepted: {accepted} of {tries}");
}
