//! Typed sinks: types of functions' inputs and machines' outputs, which mostly are like what flows into them.

use stepfn::shape::{Field, Given, Made, ObjectShape, Shape, TIMESTAMP};

use crate::{
    guess::{Guess, Kind},
    random::Random,
    shapes::{self, leak},
};

pub(crate) fn sink(random: &mut Random, guess: &Guess, depth: usize) -> &'static Shape {
    if random.one_in(12) {
        return shapes::shape(random, 1);
    }
    let plain = like(random, guess, depth);
    if random.one_in(8) { leak(Shape::Nullable(plain)) } else { plain }
}

fn like(random: &mut Random, guess: &Guess, depth: usize) -> &'static Shape {
    if let Guess::Of(shape, owner, _) = guess
        && !random.one_in(5)
    {
        // What differs from variant to variant is no type.
        return match shape {
            Shape::Mixed => &Shape::Any,
            shape if has_recursion(shape) => owner,
            shape => shape,
        };
    }
    let (guess, null) = guess.settle();
    let shape = match &guess {
        Guess::Object(fields) if depth > 0 => {
            let fields: Vec<Field> = fields
                .iter()
                .filter_map(|(key, value)| {
                    if random.one_in(5) {
                        return None;
                    }
                    let shape = sink(random, value, depth - 1);
                    let key: &'static str = Box::leak(key.clone().into_boxed_str());
                    let given = if random.one_in(8) { Given::Optional } else { Given::Required };
                    Some(Field { made_as: key, given_as: vec![key].leak(), shape, made: Made::Always, given })
                })
                .collect();
            let object = ObjectShape {
                name: "Sink",
                fields: fields.leak(),
                flattened: &[],
                deny_unknown_fields: random.one_in(10),
            };
            leak(Shape::Object(Box::leak(Box::new(object))))
        }
        Guess::Tuple(items) if depth > 0 && random.one_in(2) => {
            let items: Vec<_> = items.iter().map(|item| sink(random, item, depth - 1)).collect();
            leak(Shape::Tuple(items.leak()))
        }
        guess => match guess.kind() {
            Kind::Null => &Shape::Null,
            Kind::Boolean => &Shape::Boolean,
            Kind::Whole => whole(random),
            Kind::Number => {
                if random.one_in(5) {
                    whole(random)
                } else {
                    &Shape::Number
                }
            }
            Kind::Text => &Shape::String,
            Kind::Time if random.one_in(2) => &Shape::Text(TIMESTAMP),
            Kind::Time => &Shape::String,
            Kind::Array => {
                let item = guess.item();
                leak(Shape::Array(if depth == 0 { &Shape::Any } else { sink(random, &item, depth - 1) }))
            }
            Kind::Object => match random.below(3) {
                0 => leak(Shape::Map(shapes::shape(random, 0))),
                1 => leak(Shape::Map(&Shape::Any)),
                _ => shapes::object(random, 0),
            },
            Kind::Any => {
                if random.one_in(2) {
                    &Shape::Any
                } else {
                    shapes::shape(random, 1)
                }
            }
        },
    };
    if null && random.one_in(2) { leak(Shape::Nullable(shape)) } else { shape }
}

fn has_recursion(shape: &Shape) -> bool {
    match shape {
        Shape::Recursive(_) => true,
        Shape::Nullable(inner)
        | Shape::Array(inner)
        | Shape::Map(inner)
        | Shape::Keyed { value: inner, .. } => has_recursion(inner),
        Shape::Tuple(items) => items.iter().any(|item| has_recursion(item)),
        _ => false,
    }
}

fn whole(random: &mut Random) -> &'static Shape {
    let (min, max): (i128, i128) = random.pick(&[
        (0, u32::MAX.into()),
        (i64::MIN.into(), i64::MAX.into()),
        (0, u64::MAX.into()),
        (i32::MIN.into(), i32::MAX.into()),
        (0, u8::MAX.into()),
    ]);
    leak(Shape::Integer { min, max })
}
