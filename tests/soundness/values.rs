//! Random values of a shape, at its corners more often than not: empty, null, missing, negative, 2^53, what is no ASCII.

use std::cell::Cell;

use stepfn::{
    shape::{Field, Given, Made, ObjectShape, Shape, Side, TIMESTAMP, example},
    value::{Map, Value},
};

use crate::{random::Random, shapes::KEYS};

thread_local! {
    static STRANGERS: Cell<bool> = const { Cell::new(true) };
}

/// Says whether what comes in may have a key that its type does not know of. What `..` and `**` find of those is nobody's promise.
pub(crate) fn with_strangers(are: bool) {
    STRANGERS.set(are);
}

/// A value that `Serialize` would make (a function's answer), or that `Deserialize` would take (a machine's input).
pub(crate) fn value(random: &mut Random, shape: &'static Shape, side: Side) -> Value {
    Maker { random, side }.make(shape, shape, 4)
}

/// Whatever JSON there is.
pub(crate) fn anything(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 7 } else { 11 }) {
        0 => Value::Null,
        1 => number("1"),
        2 => text(random),
        3 => random.one_in(2).into(),
        4 => number("-2.5"),
        5 => "".into(),
        6 => Value::Object(Map::new().into()),
        7 => vec![anything(random, depth - 1), anything(random, depth - 1)].into(),
        8 => Value::array([]),
        _ => (0..1 + random.below(2))
            .map(|_| (random.pick(&KEYS), anything(random, depth - 1)))
            .collect::<Map>()
            .into(),
    }
}

fn number(text: &str) -> Value {
    text.parse().unwrap()
}

fn text(random: &mut Random) -> Value {
    random.pick(&["", "x", "DONE", "7", "é😀", "a,b", "2024-05-06T07:08:09Z", "NEW", " ", "[1]"]).into()
}

struct Maker<'r> {
    random: &'r mut Random,
    side: Side,
}

impl Maker<'_> {
    fn make(&mut self, shape: &'static Shape, owner: &'static Shape, depth: usize) -> Value {
        match shape {
            Shape::Any | Shape::Mixed => anything(self.random, 2),
            Shape::Null | Shape::Never => Value::Null,
            Shape::Boolean => self.random.one_in(2).into(),
            Shape::Integer { min, max } => self.integer(*min, *max),
            Shape::Number => {
                number(self.random.pick(&["1.5", "2", "-3", "0", "0.1", "-1e-7", "1e21", "9007199254740993"]))
            }
            Shape::String => text(self.random),
            Shape::Text("char") => self.random.pick(&["c", "é", "😀"]).into(),
            Shape::Text(TIMESTAMP) => {
                self.random.pick(&["2024-05-06T07:08:09Z", "1999-12-31T23:59:59.5+01:00"]).into()
            }
            Shape::Text(form) => example(form).into(),
            Shape::Token(_) => "token".into(),
            Shape::Enum(shape) => {
                let given = if self.side == Side::Given { shape.also_given } else { &[] };
                let all: Vec<&str> = shape.variants.iter().chain(given).copied().collect();
                match self.random.pick(&all) {
                    "*" => "other".into(),
                    text => text.into(),
                }
            }
            Shape::Array(item) => {
                let len = if depth == 0 { 0 } else { self.random.pick(&[0, 0, 1, 1, 2, 3]) };
                (0..len).map(|_| self.make(item, owner, depth - 1)).collect::<Vec<_>>().into()
            }
            Shape::Tuple(items) => {
                let items = items.iter().map(|item| self.make(item, owner, depth.saturating_sub(1)));
                items.collect::<Vec<_>>().into()
            }
            Shape::Map(item) => self.entries(item, owner, depth, &KEYS).into(),
            // Of numbers of one byte: see `shapes`.
            Shape::Keyed { value, .. } => {
                let made = self.entries(value, owner, depth, &["0", "7", "255"]);
                made.iter()
                    .filter(|(key, _)| key.parse::<u8>().is_ok())
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect::<Map>()
                    .into()
            }
            Shape::Object(object) => {
                let mut map = Map::new();
                self.fields(object, shape, depth, &mut map);
                map.into()
            }
            Shape::Nullable(inner) => {
                if depth == 0 || self.random.one_in(2) {
                    Value::Null
                } else {
                    self.make(inner, owner, depth)
                }
            }
            Shape::OneOf(one_of) => {
                let alternative = self.random.pick(one_of.alternatives);
                self.make(alternative, shape, depth)
            }
            Shape::Split { made, given } => {
                self.make(if self.side == Side::Made { made } else { given }, owner, depth)
            }
            Shape::Recursive(_) => self.make(owner, owner, depth.saturating_sub(1)),
        }
    }

    fn integer(&mut self, min: i128, max: i128) -> Value {
        if self.random.percent(60) {
            let small = self.random.below(5) as i128;
            if (min..=max).contains(&small) {
                return number(&small.to_string());
            }
        }
        let corners = [min, max, 0, -1, 255, 256, (1 << 53) - 1, 1 << 53, (1 << 53) + 1];
        let corners: Vec<i128> = corners.into_iter().filter(|corner| (min..=max).contains(corner)).collect();
        number(&self.random.pick(&corners).to_string())
    }

    fn entries(&mut self, item: &'static Shape, owner: &'static Shape, depth: usize, keys: &[&str]) -> Map {
        let mut map = Map::new();
        if depth > 0 {
            for _ in 0..self.random.pick(&[0, 1, 1, 2, 3]) {
                let key = if self.random.one_in(8) { "é.x" } else { self.random.pick(keys) };
                map.insert(key.into(), self.make(item, owner, depth - 1));
            }
        }
        map
    }

    fn fields(&mut self, object: &'static ObjectShape, owner: &'static Shape, depth: usize, map: &mut Map) {
        for field in object.fields {
            if let Some(key) = self.key(field, depth) {
                map.insert(key.into(), self.make(field.shape, owner, depth.saturating_sub(1)));
            }
        }
        for inner in object.flattened {
            self.flatten(inner, owner, depth, map);
        }
        let strangers =
            self.side == Side::Given && object.flattened.is_empty() && !object.deny_unknown_fields;
        if strangers && self.random.one_in(16) && STRANGERS.get() {
            map.insert("zz".into(), anything(self.random, 1));
        }
    }

    fn flatten(&mut self, shape: &'static Shape, owner: &'static Shape, depth: usize, map: &mut Map) {
        match shape {
            // Keys that no field of the struct has.
            Shape::Map(item) => {
                for (key, value) in self.entries(item, owner, depth, &["m", "n"]).iter() {
                    map.insert(key.clone(), value.clone());
                }
            }
            Shape::Nullable(_) if self.random.one_in(2) => {}
            Shape::Nullable(inner) => self.flatten(inner, owner, depth, map),
            Shape::OneOf(one_of) => {
                let alternative = self.random.pick(one_of.alternatives);
                self.flatten(alternative, shape, depth, map);
            }
            Shape::Object(object) => {
                for field in object.fields {
                    if let Some(key) = self.key(field, depth) {
                        map.insert(key.into(), self.make(field.shape, shape, depth.saturating_sub(1)));
                    }
                }
            }
            _ => {}
        }
    }

    /// The key that a field has this time, if it is there.
    fn key(&mut self, field: &Field, depth: usize) -> Option<&'static str> {
        match self.side {
            Side::Made => match field.made {
                Made::Never => None,
                Made::Maybe if depth == 0 || self.random.one_in(2) => None,
                _ => Some(field.made_as),
            },
            Side::Given => {
                let optional = field.given == Given::Optional || may_be_missing(field.shape);
                match field.given {
                    Given::Never => None,
                    _ if optional && (depth == 0 || self.random.one_in(2)) => None,
                    _ => Some(self.random.pick(field.given_as)),
                }
            }
        }
    }
}

fn may_be_missing(shape: &Shape) -> bool {
    match shape {
        Shape::Nullable(_) => true,
        Shape::Split { given, .. } => may_be_missing(given),
        _ => false,
    }
}
