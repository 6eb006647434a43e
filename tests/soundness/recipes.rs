//! Machines by recipe: each has one mistake that a rule is there for, and is random in the rest. See `recipes.txt`.

use serde_json::{Map, Value as Json, json};
use stepfn::{
    definition::Call,
    shape::{EnumShape, Field, Given, Made, ObjectShape, OneOfShape, Shape, TIMESTAMP},
};
use stepfn_core::service;

use crate::{
    random::Random,
    shapes::{self, KEYS, leak},
    task::LAMBDA,
    trial::{Format, Trial, Work, WorkKind},
};

/// A line of `recipes.txt`.
struct Recipe {
    strict: bool,
    /// `P`, `Q` or `J`
    kind: char,
    text: &'static str,
    /// The output that is required.
    out: Option<char>,
    /// The input of a function.
    takes: Option<char>,
}

fn all() -> Vec<Recipe> {
    let lines = include_str!("recipes.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (strict, line) = line.strip_prefix("! ").map_or((false, line), |rest| (true, rest));
            let (kind, text) = line.split_at(2);
            let of = |text: &str| text.trim().chars().next();
            let (text, takes) =
                text.rsplit_once(" <= ").map_or((text, None), |(text, of_it)| (text, of(of_it)));
            let (text, out) =
                text.rsplit_once(" => ").map_or((text, None), |(text, of_it)| (text, of(of_it)));
            Recipe { strict, kind: kind.chars().next().unwrap(), text: text.trim(), out, takes }
        })
        .collect()
}

/// Returns the number of recipes.
pub(crate) fn count() -> usize {
    thread_local! {
        static COUNT: usize = all().len();
    }
    COUNT.with(|count| *count)
}

/// A machine by a recipe, given by its number.
pub(crate) fn trial(random: &mut Random, number: usize) -> Trial {
    let all = all();
    let recipe = &all[number % all.len()];
    let jsonata = recipe.kind == 'Q' || recipe.text.contains("{%") || recipe.text.contains("\"JSONata\"");
    let mut cook = Cook { random, jsonata, fields: Vec::new(), ways: Vec::new(), served: false };
    let text = cook.fill(recipe.text);
    let mut state: Json = match recipe.kind {
        'P' => json!({ "Type": "Pass", "Parameters": { "x.$": text } }),
        'Q' => json!({ "Type": "Pass", "Output": format!("{{% {text} %}}") }),
        _ => serde_json::from_str(&text).unwrap_or_else(|error| panic!("recipes.txt: {error}: {text}")),
    };
    let mut work = Vec::new();
    let machine = if recipe.kind == 'M' {
        cook.several(state, &mut work)
    } else {
        cook.function(&mut state, recipe.takes, &mut work);
        cook.machine(state, &mut work)
    };
    // Of a callback it is the answer.
    let answer = work.iter().find_map(|work| match &work.kind {
        WorkKind::Function { result, .. } => *result,
        _ => None,
    });
    let output = answer.or_else(|| {
        let letter = recipe.out?;
        let shape = cook.shape(letter);
        Some(if recipe.kind == 'P' { structure(vec![field("x", shape)]) } else { shape })
    });
    let input = cook.input();
    Trial {
        machine,
        express: false,
        strict: recipe.strict,
        input,
        output,
        work,
        texts: Vec::new(),
        constants: Vec::new(),
        children: Vec::new(),
    }
}

struct Cook<'r> {
    random: &'r mut Random,
    jsonata: bool,
    /// Of the input.
    fields: Vec<Field>,
    /// Which key a letter leads to.
    ways: Vec<(char, String)>,
    /// Whether it is about what a service answers.
    served: bool,
}

impl Cook<'_> {
    /// The text with ways in the place of letters.
    fn fill(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('@') {
            out.push_str(before);
            let letter = after.chars().next().unwrap_or(' ');
            // Of JSONPath's filters and JSONata's `@$x`.
            let is_way = letter.is_ascii_alphabetic()
                && !["function", "token", "inner"].iter().any(|word| after.starts_with(word));
            if !is_way {
                out.push('@');
                rest = after;
                continue;
            }
            out.push_str(&self.way(letter));
            rest = &after[1..];
        }
        out.push_str(rest);
        out
    }

    fn way(&mut self, letter: char) -> String {
        let root = if self.jsonata { "$states.input" } else { "$" };
        if let Some(member) = served(letter) {
            self.served = true;
            return format!("{root}.{member}");
        }
        let known = self.ways.iter().find(|(known, _)| *known == letter).map(|(_, key)| key.clone());
        let key = match known {
            Some(key) if self.random.one_in(2) => key,
            _ => {
                let key = format!("{}{}", self.random.pick(&KEYS), self.fields.len());
                let shape = self.shape(letter);
                let leaked: &'static str = Box::leak(key.clone().into_boxed_str());
                let absent = matches!(letter, 'm' | 'y');
                self.fields.push(Field {
                    made: if absent { Made::Maybe } else { Made::Always },
                    given: if absent { Given::Optional } else { Given::Required },
                    ..field(leaked, shape)
                });
                self.ways.push((letter, key.clone()));
                key
            }
        };
        format!("{root}.{key}")
    }

    /// A type of a kind.
    fn shape(&mut self, letter: char) -> &'static Shape {
        let whole = |min: i128, max: i128| leak(Shape::Integer { min, max });
        match letter {
            'n' | 'y' => &Shape::Number,
            'w' => whole(0, self.random.pick(&[255, 65535, u32::MAX.into()])),
            'i' => whole(i64::MIN.into(), i64::MAX.into()),
            's' | 'm' => self.random.pick(&[&Shape::String, &Shape::String, &Shape::Text("char")]),
            'e' => {
                leak(Shape::Enum(&EnumShape { name: "Status", variants: &["NEW", "DONE"], also_given: &[] }))
            }
            'b' => &Shape::Boolean,
            't' => &Shape::Text(TIMESTAMP),
            'a' | 'A' => leak(Shape::Array(whole(0, 255))),
            'd' => leak(Shape::Array(leak(Shape::Array(whole(0, 255))))),
            'l' => {
                let item = structure(vec![field("k", &Shape::String), field("v", whole(0, 255))]);
                leak(Shape::Array(item))
            }
            'o' => structure(vec![field("p", &Shape::Number), field("q", &Shape::String)]),
            'O' => structure(
                ["p", "q"]
                    .map(|key| Field {
                        made: Made::Maybe,
                        given: Given::Optional,
                        ..field(key, &Shape::Number)
                    })
                    .into(),
            ),
            'r' => structure(vec![field("r", &Shape::Boolean), field("p", &Shape::String)]),
            'z' => leak(Shape::Nullable(&Shape::String)),
            'Z' => leak(Shape::Nullable(self.shape('o'))),
            'T' => leak(Shape::Tuple(vec![&Shape::String, whole(0, 255)].leak())),
            'M' => leak(Shape::Map(&Shape::String)),
            'N' => leak(Shape::Map(&Shape::Number)),
            'G' => leak(Shape::Keyed { key: whole(0, 255), value: &Shape::Any }),
            'u' | 'U' => self.choice(letter == 'U'),
            'h' => structure(vec![field("x", &Shape::Number)]),
            'H' => structure(vec![field("x", &Shape::String)]),
            'D' => self.denying(),
            'F' => {
                let inner = structure(vec![field("p", &Shape::String)]);
                let object = ObjectShape {
                    name: "Sink",
                    fields: vec![field("x", &Shape::Number)].leak(),
                    flattened: vec![inner].leak(),
                    deny_unknown_fields: false,
                };
                leak(Shape::Object(Box::leak(Box::new(object))))
            }
            other => panic!("recipes.txt: `{other}` stands for nothing"),
        }
    }

    fn denying(&mut self) -> &'static Shape {
        let object = ObjectShape {
            name: "Sink",
            fields: vec![field("x", &Shape::Number)].leak(),
            flattened: &[],
            deny_unknown_fields: true,
        };
        leak(Shape::Object(Box::leak(Box::new(object))))
    }

    /// An enum without tags, or with tags beside what differs.
    fn choice(&mut self, tagged: bool) -> &'static Shape {
        let (one, other) = (&Shape::String, &Shape::Number);
        let maybe = |field: Field| Field { made: Made::Maybe, given: Given::Optional, ..field };
        let tag = |variants: &'static [&'static str]| {
            leak(Shape::Enum(Box::leak(Box::new(EnumShape { name: "Tag", variants, also_given: &[] }))))
        };
        let (alternatives, common) = if tagged {
            let of = |name: &'static [&'static str], shape| {
                structure(vec![field("kind", tag(name)), field("c", shape)])
            };
            (
                vec![of(&["A"], one), of(&["B"], other)],
                vec![field("kind", tag(&["A", "B"])), field("c", &Shape::Mixed)],
            )
        } else {
            (
                vec![structure(vec![field("a", one)]), structure(vec![field("b", other)])],
                vec![maybe(field("a", one)), maybe(field("b", other))],
            )
        };
        let common =
            ObjectShape { name: "Either", fields: common.leak(), flattened: &[], deny_unknown_fields: false };
        leak(Shape::OneOf(Box::leak(Box::new(OneOfShape {
            name: "Either",
            alternatives: alternatives.leak(),
            common: Box::leak(Box::new(common)),
            buffered: !tagged,
        }))))
    }

    /// The function that a state calls.
    fn function(&mut self, state: &mut Json, takes: Option<char>, work: &mut Vec<Work>) {
        let Some(takes) = takes else { return };
        let mut input = self.shape(takes);
        let kind = if state["Resource"] == "@token" {
            state["Resource"] = "arn:aws:states:::lambda:invoke.waitForTaskToken".into();
            let (answer, result) = (shapes::shape(self.random, 1), shapes::shape(self.random, 1));
            input = shapes::with_token(input, answer);
            WorkKind::Function {
                call: Call::WaitForTaskToken,
                input,
                output: &Shape::Null,
                result: Some(result),
            }
        } else {
            state["Resource"] = format!("{LAMBDA}Place").into();
            WorkKind::Function { call: Call::Direct, input, output: &Shape::Null, result: None }
        };
        work.push(Work { state: "Place".to_owned(), kind });
    }

    /// Several states as they are written.
    fn several(&mut self, mut states: Json, work: &mut Vec<Work>) -> Json {
        if states["Place"]["Resource"] == "@function" {
            states["Place"]["Resource"] = format!("{LAMBDA}Place").into();
            let output = shapes::shape(self.random, 1);
            let kind = WorkKind::Function { call: Call::Direct, input: &Shape::Any, output, result: None };
            work.push(Work { state: "Place".to_owned(), kind });
        }
        json!({ "StartAt": "Place", "States": states })
    }

    /// The states: what brings the values there, and the one with the mistake.
    fn machine(&mut self, mut state: Json, work: &mut Vec<Work>) -> Json {
        let mut states = Map::new();
        let next = if state["Type"] == "Choice" { None } else { Some(()) };
        if next.is_some() && state["Type"] != "Fail" {
            state["End"] = true.into();
        } else if next.is_none() {
            states.insert("E".into(), json!({ "Type": "Succeed" }));
        }
        if state["Type"] == "Task" && work.is_empty() {
            work.push(Work { state: "Place".to_owned(), kind: WorkKind::Declared(Some(&Shape::Null)) });
        }
        if state["ItemReader"].is_object() {
            self.items(&mut state, work);
        }
        let text = state.to_string();
        states.insert("Place".into(), state);
        let start;
        if self.served {
            start = "Serve";
            let resource = "arn:aws:states:::aws-sdk:dynamodb:query";
            let service::Resource::Integration(named) = service::lookup(resource) else {
                panic!("{resource}")
            };
            let answer = named.known().and_then(|action| action.answer(named.pattern));
            work.push(Work { state: "Serve".to_owned(), kind: WorkKind::Service(answer) });
            let given = if self.jsonata { "Arguments" } else { "Parameters" };
            states.insert(
                "Serve".into(),
                json!({ "Type": "Task", "Resource": resource, given: { "TableName": "x" }, "Next": "Place" }),
            );
        } else if text.contains(".undeclared") {
            start = "Undeclared";
            work.push(Work { state: start.to_owned(), kind: WorkKind::Declared(None) });
            let output =
                if self.jsonata { json!({ "undeclared": "{% $states.result %}" }) } else { Json::Null };
            let mut task = json!({ "Type": "Task", "Resource": format!("{LAMBDA}{start}"), "Next": "Place" });
            if self.jsonata {
                task["Output"] = output;
            } else {
                task["ResultPath"] = "$.undeclared".into();
            }
            states.insert(start.into(), task);
        } else {
            start = self.arrival(&mut states, work);
        }
        let language = if self.jsonata { "JSONata" } else { "JSONPath" };
        let machine = json!({ "QueryLanguage": language, "StartAt": start, "States": states });
        if !self.served && self.random.one_in(6) { self.inside(machine) } else { machine }
    }

    /// Makes the arrival of the values: as the input, made anew, or as an answer.
    fn arrival(&mut self, states: &mut Map<String, Json>, work: &mut Vec<Work>) -> &'static str {
        if self.fields.is_empty() {
            return "Place";
        }
        match self.random.below(4) {
            0 => {
                let jsonata = self.jsonata;
                let name = if jsonata { "Output" } else { "Parameters" };
                let of = |key: &str| -> (String, Json) {
                    if jsonata {
                        (key.to_owned(), format!("{{% $states.input.{key} %}}").into())
                    } else {
                        (format!("{key}.$"), format!("$.{key}").into())
                    }
                };
                // What may be missing could not be copied.
                let sure = self.fields.iter().filter(|field| field.made == Made::Always);
                let made: Map<String, Json> = sure.map(|field| of(field.made_as)).collect();
                if made.len() < self.fields.len() {
                    return "Place";
                }
                states.insert("Make".into(), json!({ "Type": "Pass", name: made, "Next": "Place" }));
                "Make"
            }
            1 => {
                let output = structure(self.fields.clone());
                let kind =
                    WorkKind::Function { call: Call::Direct, input: &Shape::Any, output, result: None };
                work.push(Work { state: "Answer".to_owned(), kind });
                let task = json!({ "Type": "Task", "Resource": format!("{LAMBDA}Answer"), "Next": "Place" });
                states.insert("Answer".into(), task);
                "Answer"
            }
            _ => "Place",
        }
    }

    /// Makes a reader's items, and their consumer.
    fn items(&mut self, state: &mut Json, work: &mut Vec<Work>) {
        let csv = state["ItemReader"]["ReaderConfig"]["InputType"] == "CSV";
        let item: &'static Shape = match self.random.below(if csv { 5 } else { 1 }) {
            1 => structure(vec![field("a", &Shape::Number)]),
            2 => leak(Shape::Map(&Shape::Number)),
            3 => leak(Shape::Array(&Shape::String)),
            4 => structure(vec![field("a", &Shape::Boolean), field("c", &Shape::String)]),
            _ => &Shape::String,
        };
        let format = if csv { Format::Csv } else { Format::Json };
        let kind = WorkKind::Reader { format, item: Some(item), declared: true };
        work.push(Work { state: "Place".to_owned(), kind });
        let inner = &mut state["ItemProcessor"]["States"]["I"];
        if inner["Resource"] == "@inner" {
            inner["Resource"] = format!("{LAMBDA}I").into();
            let kind =
                WorkKind::Function { call: Call::Direct, input: item, output: &Shape::Null, result: None };
            work.push(Work { state: "I".to_owned(), kind });
        }
    }

    /// All of it in the branch of a Parallel.
    fn inside(&mut self, mut machine: Json) -> Json {
        let language = machine["QueryLanguage"].take();
        if let Some(fields) = machine.as_object_mut() {
            fields.remove("QueryLanguage");
        }
        // What comes out of the machine then is a list.
        let mut outer = json!({ "Type": "Parallel", "Branches": [machine], "End": true });
        if self.jsonata {
            outer["Output"] = "{% $states.result[0] %}".into();
        } else {
            outer["OutputPath"] = "$[0]".into();
        }
        json!({ "QueryLanguage": language, "StartAt": "Outer", "States": { "Outer": outer } })
    }

    fn input(&mut self) -> &'static Shape {
        structure(self.fields.clone())
    }
}

/// Returns the member of the answer of `dynamodb:query` for a letter.
fn served(letter: char) -> Option<&'static str> {
    Some(match letter {
        'S' => "ConsumedCapacity.TableName",
        'I' => "Count",
        'A' => "Items",
        'J' => "ConsumedCapacity",
        'K' => "LastEvaluatedKey",
        _ => return None,
    })
}

fn field(key: &'static str, shape: &'static Shape) -> Field {
    Field { made_as: key, given_as: vec![key].leak(), shape, made: Made::Always, given: Given::Required }
}

fn structure(fields: Vec<Field>) -> &'static Shape {
    let object =
        ObjectShape { name: "Recipe", fields: fields.leak(), flattened: &[], deny_unknown_fields: false };
    leak(Shape::Object(Box::leak(Box::new(object))))
}

#[test]
fn each_recipe_makes_a_machine() {
    for number in 0..count() {
        for seed in 0..2 {
            let trial = trial(&mut Random::new(seed), number);
            let found = crate::trial::pointers(&trial.machine);
            assert!(found.contains_key("Place"), "{}", trial.machine);
            assert!(trial.work.iter().all(|work| found.contains_key(&work.state)), "{}", trial.machine);
            if let Err(findings) = trial.draft() {
                panic!("{}: {findings:#?}", trial.machine);
            }
        }
    }
}
