//! Random shapes, of every kind that `StateData` derives. Shapes are constants in real life, so these are leaked: few, out of a pool.

use std::{cell::RefCell, collections::HashMap};

use stepfn::shape::{EnumShape, Field, Given, Made, ObjectShape, OneOfShape, Shape, TIMESTAMP};

use crate::random::Random;

pub(crate) const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "kind"];

/// The number of shapes of each size.
const POOL: usize = 4096;

pub(crate) fn leak(shape: Shape) -> &'static Shape {
    Box::leak(Box::new(shape))
}

/// A random shape, nested so deep.
pub(crate) fn shape(random: &mut Random, depth: usize) -> &'static Shape {
    pooled(random.below(POOL), depth, |random| fresh(random, depth))
}

/// A random struct.
pub(crate) fn object(random: &mut Random, depth: usize) -> &'static Shape {
    pooled(POOL + random.below(POOL), depth, |random| structure(random, depth))
}

fn pooled(number: usize, depth: usize, make: impl Fn(&mut Random) -> &'static Shape) -> &'static Shape {
    thread_local! {
        static MADE: RefCell<HashMap<(usize, usize), &'static Shape>> = RefCell::default();
    }
    if let Some(made) = MADE.with_borrow(|made| made.get(&(number, depth)).copied()) {
        return made;
    }
    let shape = make(&mut Random::new((number * 8 + depth) as u64));
    MADE.with_borrow_mut(|made| made.insert((number, depth), shape));
    shape
}

/// The forms of texts that the checker knows.
pub(crate) const FORMS: [&str; 16] = [
    "char",
    "text without NUL",
    "IPv4 address",
    "IPv6 address",
    "IPv4 socket address",
    "IPv6 socket address",
    TIMESTAMP,
    "date",
    "time",
    "date and time",
    "UUID",
    "decimal",
    "URL",
    "ISO 8601 duration",
    "ISO 8601 duration of hours and less",
    "zoned timestamp",
];

const STATUS: EnumShape = EnumShape { name: "Status", variants: &["NEW", "DONE"], also_given: &[] };
const OPEN: EnumShape = EnumShape { name: "Open", variants: &["NEW", "DONE"], also_given: &["*"] };
const ALIASED: EnumShape = EnumShape { name: "Aliased", variants: &["NEW", "DONE"], also_given: &["new"] };

fn integer<T: Into<i128>>(min: T, max: T) -> &'static Shape {
    leak(Shape::Integer { min: min.into(), max: max.into() })
}

pub(crate) fn scalar(random: &mut Random) -> &'static Shape {
    match random.below(17) {
        0..=2 => &Shape::String,
        3 => integer(0, u32::MAX),
        4 => integer(i64::MIN, i64::MAX),
        5 => integer(u64::MIN, u64::MAX),
        6 => integer(u8::MIN, u8::MAX),
        7 => integer(i32::MIN, i32::MAX),
        8 => integer(u16::MIN, u16::MAX),
        9 => &Shape::Boolean,
        10 => leak(Shape::Enum(&STATUS)),
        11 => leak(Shape::Enum(random.pick(&[&OPEN, &ALIASED]))),
        12 | 13 => &Shape::Number,
        14 => &Shape::Text(TIMESTAMP),
        15 if random.one_in(2) => leak(Shape::Text(random.pick(&FORMS))),
        15 => &Shape::Text("char"),
        _ => &Shape::Null,
    }
}

fn fresh(random: &mut Random, depth: usize) -> &'static Shape {
    if depth == 0 {
        return if random.one_in(6) { leak(Shape::Nullable(scalar(random))) } else { scalar(random) };
    }
    match random.below(26) {
        0..=7 => fresh(random, 0),
        8..=11 => structure(random, depth - 1),
        12 => leak(Shape::Nullable(structure(random, depth - 1))),
        13..=16 => leak(Shape::Array(fresh(random, depth - 1))),
        17 | 18 => {
            let items: Vec<_> = (0..1 + random.below(3)).map(|_| fresh(random, depth - 1)).collect();
            leak(Shape::Tuple(items.leak()))
        }
        19 => leak(Shape::Map(fresh(random, depth - 1))),
        20 => leak(Shape::Keyed { key: integer(0, 255), value: fresh(random, depth - 1) }),
        21 => &Shape::Any,
        22 | 23 => one_of(random, depth - 1),
        24 => leak(Shape::Split { made: fresh(random, depth - 1), given: fresh(random, depth - 1) }),
        _ => recursive(random),
    }
}

fn field(random: &mut Random, key: &'static str, shape: &'static Shape) -> Field {
    let mut given_as = vec![key];
    if random.one_in(14) {
        given_as.push(Box::leak(format!("{key}_old").into_boxed_str()));
    }
    let renamed = random.one_in(24);
    Field {
        made_as: if renamed { Box::leak(format!("{key}_out").into_boxed_str()) } else { key },
        given_as: given_as.leak(),
        shape,
        made: match random.below(12) {
            0 | 1 => Made::Maybe,
            2 if random.one_in(3) => Made::Never,
            _ => Made::Always,
        },
        given: match random.below(12) {
            0 | 1 => Given::Optional,
            2 if random.one_in(3) => Given::Never,
            _ => Given::Required,
        },
    }
}

fn fields(random: &mut Random, depth: usize) -> &'static [Field] {
    let fields: Vec<Field> = KEYS[..5]
        .iter()
        .filter_map(|key| {
            if random.one_in(3) {
                return None;
            }
            let shape = fresh(random, depth);
            Some(field(random, key, shape))
        })
        .collect();
    fields.leak()
}

/// Keys of a flattened part: none that is beside it.
fn inner(random: &mut Random) -> &'static ObjectShape {
    let shape = fresh(random, 0);
    let fields: Vec<Field> = ["p", "q"].map(|key| field(random, key, shape)).into();
    leak_object("Inner", fields.leak(), &[], false)
}

fn leak_object(
    name: &'static str,
    fields: &'static [Field],
    flattened: &'static [&'static Shape],
    deny_unknown_fields: bool,
) -> &'static ObjectShape {
    Box::leak(Box::new(ObjectShape { name, fields, flattened, deny_unknown_fields }))
}

fn structure(random: &mut Random, depth: usize) -> &'static Shape {
    let fields = fields(random, depth);
    let flattened: &'static [&'static Shape] = match random.below(16) {
        0 => vec![leak(Shape::Object(inner(random)))].leak(),
        1 => vec![leak(Shape::Map(fresh(random, 0)))].leak(),
        2 => vec![leak(Shape::Nullable(leak(Shape::Object(inner(random)))))].leak(),
        3 => vec![internally_tagged("kind2")].leak(),
        _ => &[],
    };
    let deny = flattened.is_empty() && random.one_in(12);
    leak(Shape::Object(leak_object("Random", fields, flattened, deny)))
}

/// The type with a typed token in it, where it is a struct.
pub(crate) fn with_token(shape: &'static Shape, answer: &'static Shape) -> &'static Shape {
    let Shape::Object(object) = shape else { return shape };
    // Of what is anything everything may be asked.
    let answer = if crate::anything::is_any(answer) { &Shape::String } else { answer };
    let mut fields = object.fields.to_vec();
    fields.retain(|field| !field.given_as.contains(&"token"));
    fields.push(always("token", leak(Shape::Token(answer))));
    let object = ObjectShape { fields: fields.leak(), ..**object };
    leak(Shape::Object(Box::leak(Box::new(object))))
}

fn always(key: &'static str, shape: &'static Shape) -> Field {
    Field { made_as: key, given_as: vec![key].leak(), shape, made: Made::Always, given: Given::Required }
}

fn tag(variants: &'static [&'static str]) -> &'static Shape {
    leak(Shape::Enum(Box::leak(Box::new(EnumShape { name: "Tag", variants, also_given: &[] }))))
}

fn external(key: &'static str, content: &'static Shape) -> &'static Shape {
    leak(Shape::Object(leak_object("Variant", vec![always(key, content)].leak(), &[], true)))
}

fn strict(shape: &'static Shape) -> &'static Shape {
    if let Shape::Nullable(inner) = shape { inner } else { shape }
}

/// A variant's shape: fields that are always there.
fn variant(fields: Vec<Field>) -> &'static Shape {
    leak(Shape::Object(leak_object("Variant", fields.leak(), &[], false)))
}

/// The fields that can be read without knowing the variant, as the derive writes them.
fn sometimes(mut field: Field) -> Field {
    field.made = Made::Maybe;
    field.given = Given::Optional;
    field
}

/// `buffered`: serde reads what is tagged inside, or not at all, through a buffer.
fn choice(alternatives: Vec<&'static Shape>, common: Vec<Field>, buffered: bool) -> &'static Shape {
    leak(Shape::OneOf(Box::leak(Box::new(OneOfShape {
        name: "Either",
        alternatives: alternatives.leak(),
        common: leak_object("Either", common.leak(), &[], false),
        buffered,
    }))))
}

fn internally_tagged(key: &'static str) -> &'static Shape {
    choice(
        vec![
            variant(vec![always(key, tag(&["A"])), always("x", &Shape::String)]),
            variant(vec![always(key, tag(&["B"])), always("y", integer(0, u32::MAX))]),
        ],
        vec![
            always(key, tag(&["A", "B"])),
            sometimes(always("x", &Shape::String)),
            sometimes(always("y", integer(0, u32::MAX))),
        ],
        true,
    )
}

/// An enum with data, in one of serde's four forms.
fn one_of(random: &mut Random, depth: usize) -> &'static Shape {
    // serde does not read keys that are numbers out of a buffer: the derive refuses such a type.
    let x = fresh(random, depth);
    let x = if has_keyed(x) { scalar(random) } else { x };
    let y = fresh(random, 0);
    match random.below(4) {
        // Externally tagged.
        0 => choice(
            // An enum is an object of one key; serde does not let the content be missing, which a `Nullable` would.
            vec![external("New", strict(x)), external("Old", strict(y)), tag(&["Unit"])],
            Vec::new(),
            false,
        ),
        1 => internally_tagged("kind"),
        // Adjacently tagged; what the content is differs.
        2 => choice(
            vec![
                variant(vec![always("kind", tag(&["A"])), always("c", x)]),
                variant(vec![always("kind", tag(&["B"])), always("c", y)]),
            ],
            vec![always("kind", tag(&["A", "B"])), always("c", &Shape::Mixed)],
            false,
        ),
        // Untagged.
        _ => choice(
            vec![variant(vec![always("a", x)]), variant(vec![always("b", y)])],
            vec![sometimes(always("a", x)), sometimes(always("b", y))],
            true,
        ),
    }
}

fn has_keyed(shape: &Shape) -> bool {
    let in_object = |object: &ObjectShape| {
        object.fields.iter().any(|field| has_keyed(field.shape))
            || object.flattened.iter().any(|inner| has_keyed(inner))
    };
    match shape {
        Shape::Keyed { .. } => true,
        Shape::Array(inner) | Shape::Map(inner) | Shape::Nullable(inner) => has_keyed(inner),
        Shape::Tuple(items) => items.iter().any(|item| has_keyed(item)),
        Shape::Object(object) => in_object(object),
        Shape::OneOf(one_of) => one_of.alternatives.iter().any(|inner| has_keyed(inner)),
        Shape::Split { made, given } => has_keyed(made) || has_keyed(given),
        _ => false,
    }
}

/// A tree, or a list.
fn recursive(random: &mut Random) -> &'static Shape {
    let again = if random.one_in(2) {
        leak(Shape::Array(&Shape::Recursive(0)))
    } else {
        leak(Shape::Nullable(&Shape::Recursive(0)))
    };
    let fields = vec![always("a", scalar(random)), field(random, "b", again)];
    leak(Shape::Object(leak_object("Tree", fields.leak(), &[], false)))
}
