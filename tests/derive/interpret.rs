//! What a shape means, written down a second time: for whole values, without thought of speed.

use serde_json::{Map, Value};
use stepfn::shape::{Field, Given, Made, ObjectShape, OneOfShape, Shape};

/// Whether a value can be given. Serde takes a little more than shapes say: arrays for structs, `{"Unit": null}` and the
/// index for unit variants, any tag where there is a variant for it (`other`). `lax` takes them too, wherever they may stand.
pub(crate) fn accepts(shape: &'static Shape, value: &Value, lax: bool) -> bool {
    Reader { lax }.fits(shape, shape, value)
}

struct Reader {
    lax: bool,
}

impl Reader {
    fn fits(&self, shape: &'static Shape, owner: &'static Shape, value: &Value) -> bool {
        match shape {
            Shape::Any | Shape::Mixed => true,
            Shape::Array(item) => {
                value.as_array().is_some_and(|items| items.iter().all(|value| self.fits(item, owner, value)))
            }
            Shape::Tuple(shapes) => value.as_array().is_some_and(|items| {
                items.len() == shapes.len()
                    && shapes.iter().zip(items).all(|(shape, value)| self.fits(shape, owner, value))
            }),
            Shape::Map(item) => {
                value.as_object().is_some_and(|map| map.values().all(|value| self.fits(item, owner, value)))
            }
            Shape::Object(_) if self.lax && value.is_array() => true,
            Shape::Object(object) => value
                .as_object()
                .is_some_and(|map| self.object(object, shape, map, object.deny_unknown_fields)),
            Shape::Nullable(inner) => value.is_null() || self.fits(inner, owner, value),
            Shape::OneOf(one_of) if self.lax && value.is_object() && has_other(one_of) => true,
            Shape::OneOf(one_of) => one_of.alternatives.iter().any(|inner| self.fits(inner, shape, value)),
            Shape::Split { given, .. } => self.fits(given, owner, value),
            Shape::Recursive => self.fits(owner, owner, value),
            Shape::Enum(shape) => match value {
                Value::String(text) => {
                    [shape.variants, shape.also_given].iter().any(|known| known.contains(&text.as_str()))
                        || shape.also_given.contains(&"*")
                }
                Value::Number(_) => self.lax,
                Value::Object(map) => self.lax && map.len() == 1 && map.values().all(Value::is_null),
                _ => false,
            },
            scalar => is_scalar(scalar, value),
        }
    }

    fn object(
        &self,
        object: &'static ObjectShape,
        owner: &'static Shape,
        map: &Map<String, Value>,
        deny: bool,
    ) -> bool {
        let fields = || object.fields.iter().filter(|field| field.given != Given::Never);
        for field in fields() {
            let values: Vec<_> = field.given_as.iter().filter_map(|key| map.get(*key)).collect();
            let fits = match values[..] {
                [] => field.given == Given::Optional || may_be_missing(field.shape),
                [value] => self.fits(field.shape, owner, value),
                _ => false,
            };
            if !fits {
                return false;
            }
        }
        let mut rest = map.clone();
        rest.retain(|key, _| !fields().any(|field| field.given_as.contains(&key.as_str())));
        for inner in object.flattened {
            if !self.flattened(inner, owner, &rest) {
                return false;
            }
            rest.retain(|key, _| !takes(inner, key));
        }
        !deny || rest.is_empty()
    }

    fn flattened(&self, shape: &'static Shape, owner: &'static Shape, rest: &Map<String, Value>) -> bool {
        match shape {
            Shape::Any | Shape::Nullable(_) => true,
            Shape::Map(value) => rest.values().all(|entry| self.fits(value, owner, entry)),
            Shape::Object(object) => self.object(object, shape, rest, false),
            Shape::OneOf(one_of) => {
                one_of.alternatives.iter().any(|inner| self.flattened(inner, shape, rest))
            }
            Shape::Split { given, .. } => self.flattened(given, owner, rest),
            Shape::Null => false,
            other => panic!("flattened {other:?}"),
        }
    }
}

fn has_other(one_of: &OneOfShape) -> bool {
    one_of
        .common
        .fields
        .iter()
        .any(|field| matches!(field.shape, Shape::Enum(tag) if tag.also_given.contains(&"*")))
}

fn may_be_missing(shape: &Shape) -> bool {
    match shape {
        Shape::Nullable(_) => true,
        Shape::Split { given, .. } => may_be_missing(given),
        _ => false,
    }
}

fn takes(shape: &Shape, key: &str) -> bool {
    match shape {
        Shape::Object(object) => {
            object.fields.iter().any(|field| field.given != Given::Never && field.given_as.contains(&key))
                || object.flattened.iter().any(|inner| takes(inner, key))
        }
        Shape::OneOf(one_of) => one_of.alternatives.iter().any(|inner| takes(inner, key)),
        Shape::Nullable(inner) => takes(inner, key),
        Shape::Split { given, .. } => takes(given, key),
        _ => true,
    }
}

/// Whether a value is of what is made, with no key that the shape does not know of.
pub(crate) fn describes(shape: &'static Shape, value: &Value) -> bool {
    made(shape, shape, value)
}

fn made(shape: &'static Shape, owner: &'static Shape, value: &Value) -> bool {
    match shape {
        Shape::Any | Shape::Mixed => true,
        Shape::Array(item) => {
            value.as_array().is_some_and(|items| items.iter().all(|value| made(item, owner, value)))
        }
        Shape::Tuple(shapes) => value.as_array().is_some_and(|items| {
            items.len() == shapes.len()
                && shapes.iter().zip(items).all(|(shape, value)| made(shape, owner, value))
        }),
        Shape::Map(item) => {
            value.as_object().is_some_and(|map| map.values().all(|value| made(item, owner, value)))
        }
        Shape::Object(object) => value.as_object().is_some_and(|map| {
            let mut rest = map.clone();
            made_object(object, shape, &mut rest) && rest.is_empty()
        }),
        Shape::Nullable(inner) => value.is_null() || made(inner, owner, value),
        Shape::OneOf(one_of) => {
            one_of.alternatives.iter().any(|inner| made(inner, shape, value))
                && value.as_object().is_none_or(|map| made_object(one_of.common, shape, &mut map.clone()))
        }
        Shape::Split { made: inner, .. } => made(inner, owner, value),
        Shape::Recursive => made(owner, owner, value),
        Shape::Enum(shape) => value.as_str().is_some_and(|text| shape.variants.contains(&text)),
        scalar => is_scalar(scalar, value),
    }
}

/// Takes the object's entries out of `rest`.
fn made_object(object: &'static ObjectShape, owner: &'static Shape, rest: &mut Map<String, Value>) -> bool {
    let fits =
        |field: &'static Field, rest: &mut Map<String, Value>| match (field.made, rest.remove(field.made_as))
        {
            (Made::Always, None) => false,
            (Made::Never, value) => value.is_none(),
            (_, value) => value.is_none_or(|value| made(field.shape, owner, &value)),
        };
    object.fields.iter().filter(|field| field.made != Made::Never).all(|field| fits(field, rest))
        && object.flattened.iter().all(|shape| made_flattened(shape, owner, rest))
}

fn made_flattened(shape: &'static Shape, owner: &'static Shape, rest: &mut Map<String, Value>) -> bool {
    match shape {
        Shape::Any => {
            rest.clear();
            true
        }
        Shape::Map(value) => {
            let fits = rest.values().all(|entry| made(value, owner, entry));
            rest.clear();
            fits
        }
        Shape::Object(object) => made_object(object, shape, rest),
        Shape::Nullable(inner) => {
            let mut with = rest.clone();
            if made_flattened(inner, owner, &mut with) {
                *rest = with;
            }
            true
        }
        Shape::OneOf(one_of) => one_of.alternatives.iter().any(|inner| {
            let mut with = rest.clone();
            let fits = made_flattened(inner, shape, &mut with);
            if fits {
                *rest = with;
            }
            fits
        }),
        Shape::Split { made, .. } => made_flattened(made, owner, rest),
        other => panic!("flattened {other:?}"),
    }
}

fn is_scalar(shape: &Shape, value: &Value) -> bool {
    match shape {
        Shape::Null => value.is_null(),
        Shape::Boolean => value.is_boolean(),
        Shape::Integer { min, max } => {
            let number = value.as_i64().map(i128::from).or(value.as_u64().map(i128::from));
            number.is_some_and(|number| (*min..=*max).contains(&number))
        }
        Shape::Number => value.is_number(),
        Shape::String => value.is_string(),
        Shape::Text("char") => value.as_str().is_some_and(|text| text.chars().count() == 1),
        Shape::Text("timestamp") => value.as_str().is_some_and(|text| text.contains('T')),
        other => panic!("no scalar: {other:?}"),
    }
}
