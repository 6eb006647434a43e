//! Values of a shape, and values that are like others but for one thing.

use stepfn_core::{
    service::{Kind, Shape as ServiceShape},
    shape::{Field, Given, Made, Shape, Side, example},
    value::{Map, Number, Value},
};

/// Deeper than this a recursive type is cut off where it can be.
const MOST_DEPTH: usize = 6;

/// A plain value of a shape.
pub(super) fn sample(shape: &'static Shape, side: Side) -> Value {
    of(shape, &Owners { shape, around: None }, side, 0)
}

/// The enclosing objects and enums, the nearest first: what recursion leads back to.
struct Owners<'o> {
    shape: &'static Shape,
    around: Option<&'o Self>,
}

fn of(shape: &'static Shape, owner: &Owners<'_>, side: Side, depth: usize) -> Value {
    match shape {
        Shape::Boolean => true.into(),
        Shape::Integer { min, max } => {
            let plain = 1.clamp(*min, *max);
            i64::try_from(plain).map_or_else(|_| Value::from(0), Value::from)
        }
        Shape::Number => Number::from_f64(1.5).map_or_else(|| 1.into(), Value::Number),
        Shape::String | Shape::Token(_) => "text".into(),
        Shape::Text(form) => example(form).into(),
        Shape::Enum(shape) => shape.variants.first().copied().unwrap_or_default().into(),
        Shape::Array(_) if depth > MOST_DEPTH => Value::array([]),
        Shape::Array(item) => Value::array([of(item, owner, side, depth + 1)]),
        Shape::Tuple(items) => Value::array(items.iter().map(|item| of(item, owner, side, depth + 1))),
        Shape::Map(_) | Shape::Keyed { .. } if depth > MOST_DEPTH => Value::empty_object(),
        Shape::Map(value) => Value::object([("key", of(value, owner, side, depth + 1))]),
        Shape::Keyed { key, value } => {
            let key = match of(key, owner, side, depth + 1) {
                Value::String(text) => text,
                other => other.to_string().into(),
            };
            Value::object([(key, of(value, owner, side, depth + 1))])
        }
        Shape::Nullable(_) if depth > MOST_DEPTH => Value::Null,
        Shape::Nullable(inner) => of(inner, owner, side, depth + 1),
        Shape::Split { made, given } => {
            of(if side == Side::Made { made } else { given }, owner, side, depth + 1)
        }
        Shape::OneOf(one_of) => {
            let owner = Owners { shape, around: Some(owner) };
            let first = one_of.alternatives.first();
            first.map_or(Value::Null, |alternative| of(alternative, &owner, side, depth + 1))
        }
        Shape::Object(object) => {
            let owner = &Owners { shape, around: Some(owner) };
            let mut fields = Map::new();
            for field in object.fields {
                if let Some(key) = key(field, side) {
                    fields.insert(key.into(), of(field.shape, owner, side, depth + 1));
                }
            }
            for flattened in object.flattened {
                if let Value::Object(more) = of(flattened, owner, side, depth + 1) {
                    fields.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
                }
            }
            fields.into()
        }
        Shape::Recursive(between) if depth <= MOST_DEPTH => {
            let mut of_whom = owner;
            for _ in 0..*between {
                of_whom = of_whom.around.unwrap_or(of_whom);
            }
            // The enclosing shape again, within what encloses it.
            of(of_whom.shape, of_whom.around.unwrap_or(of_whom), side, depth + 1)
        }
        Shape::Recursive(_) | Shape::Any | Shape::Null | Shape::Mixed | Shape::Never => {
            if matches!(shape, Shape::Any) { Value::empty_object() } else { Value::Null }
        }
    }
}

fn key(field: &Field, side: Side) -> Option<&'static str> {
    match side {
        Side::Made => (!matches!(field.made, Made::Never)).then_some(field.made_as),
        Side::Given => match field.given {
            Given::Never => None,
            _ => field.given_as.first().copied(),
        },
    }
}

/// A plain answer of a service: all that it may have, but what nests without end.
pub(super) fn answer(shape: &ServiceShape, depth: usize) -> Value {
    match shape.kind() {
        Kind::Anything => Value::empty_object(),
        Kind::String | Kind::Bytes => "text".into(),
        Kind::Integer | Kind::Number => 1.into(),
        Kind::Boolean => true.into(),
        Kind::Timestamp => "2030-01-01T00:00:00Z".into(),
        Kind::List(_) if depth > MOST_DEPTH => Value::array([]),
        Kind::List(item) => Value::array([answer(&item, depth + 1)]),
        Kind::Map(_) if depth > MOST_DEPTH => Value::empty_object(),
        Kind::Map(value) => Value::object([("key", answer(&value, depth + 1))]),
        Kind::Structure(members) => Value::object(
            members
                .iter()
                .filter(|member| member.required || depth <= 2)
                .map(|member| (member.name.to_string(), answer(&member.shape, depth + 1))),
        ),
    }
}

/// Values like a sample of a shape, but for one part each: another variant, the other boolean, null or nothing where that may be, an
/// empty array.
pub(super) fn variations(shape: &'static Shape, side: Side) -> Vec<Value> {
    let plain = sample(shape, side);
    let mut found = Vec::new();
    vary(shape, side, 0, &mut |path, value| {
        let mut varied = plain.clone();
        if put(&mut varied, path, value) {
            found.push(varied);
        }
    });
    found
}

type Found<'f> = &'f mut dyn FnMut(&[String], Option<Value>);

fn vary(shape: &'static Shape, side: Side, depth: usize, found: Found<'_>) {
    if depth > 4 {
        return;
    }
    match shape {
        Shape::Boolean => found(&[], Some(false.into())),
        Shape::Enum(shape) => {
            for variant in shape.variants.iter().skip(1) {
                found(&[], Some((*variant).into()));
            }
        }
        Shape::Nullable(inner) => {
            found(&[], Some(Value::Null));
            vary(inner, side, depth + 1, found);
        }
        Shape::Array(_) => found(&[], Some(Value::array([]))),
        Shape::Split { made, given } => {
            vary(if side == Side::Made { made } else { given }, side, depth, found);
        }
        Shape::OneOf(one_of) => {
            for alternative in one_of.alternatives.iter().skip(1) {
                found(&[], Some(sample(alternative, side)));
            }
        }
        Shape::Object(object) => {
            for field in object.fields {
                let Some(key) = key(field, side) else { continue };
                let mut below = |path: &[String], value: Option<Value>| {
                    let path: Vec<String> =
                        std::iter::once(key.to_owned()).chain(path.iter().cloned()).collect();
                    found(&path, value);
                };
                vary(field.shape, side, depth + 1, &mut below);
                let optional = match side {
                    Side::Made => field.made == Made::Maybe,
                    Side::Given => {
                        field.given == Given::Optional || matches!(field.shape, Shape::Nullable(_))
                    }
                };
                if optional {
                    found(&[key.to_owned()], None);
                }
            }
        }
        _ => {}
    }
}

/// Puts a value at a path of keys, or takes away what is there. Objects on the way are made where there is nothing.
pub(super) fn put(value: &mut Value, path: &[String], new: Option<Value>) -> bool {
    let Some((key, rest)) = path.split_first() else {
        match new {
            Some(new) => *value = new,
            None => return false,
        }
        return true;
    };
    // A path's keys say nothing of items: the first stands for all.
    if let Value::Array(items) = value {
        let mut changed: Vec<Value> = items.iter().cloned().collect();
        let done = changed.first_mut().is_some_and(|first| put(first, path, new));
        *value = Value::array(changed);
        return done;
    }
    let Value::Object(fields) = value else { return false };
    let fields = stepfn_core::value::Shared::make_mut(fields);
    if rest.is_empty() && new.is_none() {
        let kept = fields.iter().filter(|(name, _)| &***name != key.as_str());
        let kept: Map = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
        let changed = kept.len() < fields.len();
        *fields = kept;
        return changed;
    }
    if fields.get(key.as_str()).is_none() {
        fields.insert(key.as_str().into(), Value::empty_object());
    }
    fields.get_mut(key.as_str()).is_some_and(|below| put(below, rest, new))
}
