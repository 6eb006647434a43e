//! Constants of the program in the place of what is written out: as `state_machine!` takes them, by a placeholder whose value rustc knows.

use serde_json::{Map, Value as Json};
use stepfn::{
    asl::{OperandKind, Operator},
    shape::{EnumShape, Shape, Side},
};
use stepfn_core::value::Value;

use crate::{
    anything::is_any,
    guess::Guess,
    random::Random,
    shapes::{self, leak},
    sink::sink,
    values::value,
};

/// A constant: what stands in its place in a machine, its type, and its value.
#[derive(Clone, Debug)]
pub(crate) struct Constant {
    pub(crate) text: String,
    pub(crate) shape: &'static Shape,
    pub(crate) value: Value,
}

/// The fields that hold constants, among data or alone; `operand` is that of a comparison.
pub(crate) const FIELDS: [&str; 13] = [
    "Parameters",
    "ResultSelector",
    "ItemSelector",
    "BatchInput",
    "Arguments",
    "Output",
    "Assign",
    "Result",
    "Error",
    "Cause",
    "ErrorEquals",
    "Timestamp",
    "operand",
];

/// Names that are no data: who is called, and where.
const NAMED: [&str; 6] = ["StateMachineArn", "FunctionName", "Bucket", "Key", "Prefix", "QueueUrl"];

/// Puts constants into the place of some of what is written out in a machine.
pub(crate) fn put(random: &mut Random, machine: &mut Json) -> Vec<Constant> {
    let mut writer = Writer { random, made: Vec::new() };
    writer.machine(machine);
    writer.made
}

/// Calls `see` with each field that holds a constant.
pub(crate) fn each_field(value: &Json, field: &str, see: &mut impl FnMut(&str)) {
    match value {
        Json::Object(fields) => fields.iter().for_each(|(key, value)| {
            let is_field = FIELDS.contains(&key.as_str());
            let is_operand = key.parse::<Operator>().is_ok();
            each_field(
                value,
                if is_field {
                    key
                } else if is_operand {
                    "operand"
                } else {
                    field
                },
                see,
            );
        }),
        Json::Array(items) => items.iter().for_each(|item| each_field(item, field, see)),
        Json::String(text) if text.starts_with("${StepfnConstant") => see(field),
        _ => {}
    }
}

struct Writer<'r> {
    random: &'r mut Random,
    made: Vec<Constant>,
}

impl Writer<'_> {
    fn machine(&mut self, machine: &mut Json) {
        for state in machine["States"].as_object_mut().into_iter().flat_map(Map::values_mut) {
            self.fields(state);
            for part in ["ItemProcessor", "Iterator"] {
                if state.get(part).is_some() {
                    self.machine(&mut state[part]);
                }
            }
            for branch in items(state, "Branches") {
                self.machine(branch);
            }
            for rules in ["Choices", "Catch", "Retry"] {
                for rule in items(state, rules) {
                    self.rule(rule);
                }
            }
            if let Some(input) =
                state.get_mut("ItemBatcher").and_then(|batcher| batcher.get_mut("BatchInput"))
            {
                self.data(input);
            }
        }
    }

    fn fields(&mut self, holder: &mut Json) {
        let Some(fields) = holder.as_object_mut() else { return };
        for (name, value) in fields {
            match name.as_str() {
                "Parameters" | "ResultSelector" | "ItemSelector" | "Arguments" | "Output" | "Assign" => {
                    // What is no object there has a form of its own.
                    let inside = value.as_object_mut().into_iter().flatten();
                    inside.for_each(|(key, value)| self.entry(key, value));
                }
                "Result" => self.data(value),
                "Error" | "Cause" | "Timestamp" => self.text(value),
                "ErrorEquals" => {
                    let names = value.as_array_mut().into_iter().flatten();
                    names.filter(|name| name.as_str() == Some("Boom")).for_each(|name| self.text(name));
                }
                _ => {}
            }
        }
    }

    /// A rule of a Choice, a retrier, a catcher.
    fn rule(&mut self, rule: &mut Json) {
        self.fields(rule);
        for name in ["And", "Or"] {
            items(rule, name).for_each(|rule| self.rule(rule));
        }
        if rule.get("Not").is_some() {
            self.rule(&mut rule["Not"]);
        }
        for (name, operand) in rule.as_object_mut().into_iter().flatten() {
            let Ok(operator) = name.parse::<Operator>() else { continue };
            if operator.is_test() || operator == Operator::StringMatches || !self.random.one_in(4) {
                continue;
            }
            let shape = match operator.operand() {
                OperandKind::String if self.random.one_in(3) => STATUS,
                OperandKind::String | OperandKind::Timestamp => &Shape::String,
                OperandKind::Number if self.random.one_in(2) => u8_or_more(self.random),
                OperandKind::Number => &Shape::Number,
                OperandKind::Boolean => &Shape::Boolean,
                OperandKind::Path => continue,
            };
            // A timestamp is what it says.
            let value = match operator.operand() {
                OperandKind::Timestamp => of_json(operand),
                _ => value(self.random, shape, Side::Made),
            };
            self.replace(operand, shape, value);
        }
    }

    fn entry(&mut self, key: &str, value: &mut Json) {
        if !key.ends_with(".$") && !NAMED.contains(&key) {
            self.data(value);
        }
    }

    /// Data, or a part of it.
    fn data(&mut self, value: &mut Json) {
        if is_computed(value) {
            return;
        }
        let is_whole = !value.is_object() && !value.is_array() || !has_computed(value);
        if is_whole && self.random.one_in(5) {
            return self.constant(value);
        }
        match value {
            Json::Object(fields) => fields.iter_mut().for_each(|(key, value)| self.entry(key, value)),
            Json::Array(items) => items.iter_mut().for_each(|item| self.data(item)),
            _ => {}
        }
    }

    fn constant(&mut self, place: &mut Json) {
        if place.is_string() && self.random.one_in(2) {
            let value = of_json(place);
            return self.replace(place, &Shape::String, value);
        }
        let shape = if self.random.one_in(4) {
            shapes::shape(self.random, 1)
        } else {
            sink(self.random, &guess(place), 2)
        };
        if !is_any(shape) {
            let value = value(self.random, shape, Side::Made);
            self.replace(place, shape, value);
        }
    }

    fn text(&mut self, place: &mut Json) {
        if !is_computed(place) && self.random.one_in(4) {
            let value = of_json(place);
            self.replace(place, &Shape::String, value);
        }
    }

    fn replace(&mut self, place: &mut Json, shape: &'static Shape, value: Value) {
        let text = format!("${{StepfnConstant{}}}", self.made.len());
        *place = text.as_str().into();
        self.made.push(Constant { text, shape, value });
    }
}

const STATUS: &Shape =
    &Shape::Enum(&EnumShape { name: "Status", variants: &["NEW", "DONE"], also_given: &[] });

fn u8_or_more(random: &mut Random) -> &'static Shape {
    let (min, max) = random.pick(&[(0, 255), (i128::from(i64::MIN), i128::from(i64::MAX))]);
    leak(Shape::Integer { min, max })
}

fn items<'j>(holder: &'j mut Json, name: &str) -> impl Iterator<Item = &'j mut Json> {
    holder.get_mut(name).and_then(Json::as_array_mut).into_iter().flatten()
}

/// Whether it is an expression, or a placeholder already.
fn is_computed(value: &Json) -> bool {
    value.as_str().is_some_and(|text| text.contains("{%") || text.contains("${"))
}

fn has_computed(value: &Json) -> bool {
    match value {
        Json::Object(fields) => fields.iter().any(|(key, value)| key.ends_with(".$") || has_computed(value)),
        Json::Array(items) => items.iter().any(has_computed),
        value => is_computed(value),
    }
}

fn of_json(value: &Json) -> Value {
    value.to_string().parse().unwrap_or(Value::Null)
}

fn guess(value: &Json) -> Guess {
    match value {
        Json::Null => Guess::Null,
        Json::Bool(_) => Guess::Boolean,
        Json::Number(number) if number.is_f64() => Guess::Number,
        Json::Number(_) => Guess::Whole,
        Json::String(_) => Guess::Text,
        Json::Array(items) => Guess::Tuple(items.iter().map(guess).collect::<Vec<_>>().into()),
        Json::Object(fields) => Guess::object(fields.iter().map(|(key, value)| (key.clone(), guess(value)))),
    }
}
