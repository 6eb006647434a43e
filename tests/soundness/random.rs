//! Random shapes, and values of them.

use stepfn::{
    shape::{EnumShape, Field, Given, Made, ObjectShape, Shape, TIMESTAMP},
    value::{Map, Value},
};

/// A small generator of its own: the same machines on every run. It knows the input's shape, to hit it more often than not.
pub(crate) struct Random(pub(crate) u64, pub(crate) &'static Shape);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % bound
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

pub(crate) const KEYS: [&str; 5] = ["a", "b", "c", "d", "e"];

const STATUS: EnumShape = EnumShape { name: "Status", variants: &["NEW", "DONE"], also_given: &[] };

/// A random shape. Shapes are constants in real life, so these few are leaked.
pub(crate) fn shape(random: &mut Random, depth: usize) -> &'static Shape {
    let deep = if depth == 0 { 7 } else { 12 };
    match random.below(deep) {
        0 => &Shape::String,
        1 => &Shape::Integer { min: 0, max: u32::MAX as i128 },
        2 => &Shape::Boolean,
        3 => &Shape::Enum(&STATUS),
        4 => &Shape::Number,
        5 => Box::leak(Box::new(Shape::Nullable(&Shape::String))),
        6 => &Shape::Text(TIMESTAMP),
        7 | 8 => object(random, depth - 1),
        9 => Box::leak(Box::new(Shape::Nullable(object(random, depth - 1)))),
        10 => Box::leak(Box::new(Shape::Array(shape(random, depth - 1)))),
        _ => Box::leak(Box::new(Shape::Map(shape(random, depth - 1)))),
    }
}

pub(crate) fn object(random: &mut Random, depth: usize) -> &'static Shape {
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
pub(crate) fn value(random: &mut Random, shape: &Shape) -> Value {
    match shape {
        Shape::String => random.pick(&["", "x", "DONE", "7"]).into(),
        Shape::Text(_) => random.pick(&["2024-05-06T07:08:09Z", "1999-12-31T23:59:59.5+01:00"]).into(),
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
