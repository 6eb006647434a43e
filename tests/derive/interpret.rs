//! The meaning of a shape, written down a second time: for whole values, without thought of speed.

use serde_json::{Map, Value};
use stepfn::shape::{Field, Given, Made, ObjectShape, OneOfShape, Shape};

/// Whether a value can be given. Serde takes a little more than shapes say: arrays for structs, `{"Unit": null}` and the
/// index for unit variants, any tag where there is a variant for it (`other`). `lax` takes them too, wherever they may be.
pub(crate) fn accepts(shape: &'static Shape, value: &Value, lax: bool) -> bool {
    Reader { lax }.fits(shape, &Owners { shape, around: None }, value)
}

/// The enclosing objects and enums, the nearest first.
struct Owners<'o> {
    shape: &'static Shape,
    around: Option<&'o Self>,
}

impl<'o> Owners<'o> {
    fn inside(&'o self, shape: &'static Shape) -> Self {
        Self { shape, around: Some(self) }
    }

    fn up(&'o self, between: usize) -> &'o Self {
        // Where recursion led out of the shape the outermost would be used, and serde would disagree.
        (0..between).fold(self, |owner, _| owner.around.unwrap_or(owner))
    }
}

struct Reader {
    lax: bool,
}

impl Reader {
    fn fits(&self, shape: &'static Shape, owner: &Owners<'_>, value: &Value) -> bool {
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
            Shape::Keyed { key, value: item } => value.as_object().is_some_and(|map| {
                map.iter().all(|(name, value)| is_key(key, name) && self.fits(item, owner, value))
            }),
            Shape::Object(_) if self.lax && value.is_array() => true,
            Shape::Object(object) => value.as_object().is_some_and(|map| {
                self.object(object, &owner.inside(shape), map, object.deny_unknown_fields)
            }),
            Shape::Nullable(inner) => value.is_null() || self.fits(inner, owner, value),
            Shape::OneOf(one_of) if self.lax && value.is_object() && has_other(one_of) => true,
            Shape::OneOf(one_of) => {
                one_of.alternatives.iter().any(|inner| self.fits(inner, &owner.inside(shape), value))
            }
            Shape::Split { given, .. } => self.fits(given, owner, value),
            Shape::Recursive(between) => {
                let owner = owner.up(*between);
                // It encloses itself once more, where it is no more than that.
                self.fits(owner.shape, owner.around.unwrap_or(owner), value)
            }
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
        owner: &Owners<'_>,
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

    fn flattened(&self, shape: &'static Shape, owner: &Owners<'_>, rest: &Map<String, Value>) -> bool {
        match shape {
            Shape::Any | Shape::Nullable(_) => true,
            Shape::Map(value) => rest.values().all(|entry| self.fits(value, owner, entry)),
            // Serde hands on the keys as strings.
            Shape::Keyed { key: Shape::Boolean | Shape::Integer { .. }, .. } => rest.is_empty(),
            Shape::Keyed { key, value } => {
                rest.iter().all(|(name, entry)| is_key(key, name) && self.fits(value, owner, entry))
            }
            Shape::Object(object) => self.object(object, &owner.inside(shape), rest, false),
            Shape::OneOf(one_of) => {
                one_of.alternatives.iter().any(|inner| self.flattened(inner, &owner.inside(shape), rest))
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
    made(shape, &Owners { shape, around: None }, value)
}

/// Whether a text is such a key.
fn is_key(key: &'static Shape, name: &str) -> bool {
    let parsed = serde_json::from_str(name).unwrap_or(Value::Null);
    match key {
        Shape::Boolean => parsed.is_boolean(),
        Shape::Integer { .. } | Shape::Number => {
            is_scalar(key, &parsed) && name == name.trim() && !name.is_empty()
        }
        Shape::OneOf(one_of) => one_of.alternatives.iter().any(|inner| is_key(inner, name)),
        Shape::Split { given, .. } => is_key(given, name),
        key => accepts(key, &name.into(), false),
    }
}

fn made(shape: &'static Shape, owner: &Owners<'_>, value: &Value) -> bool {
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
        Shape::Keyed { key, value: item } => value
            .as_object()
            .is_some_and(|map| map.iter().all(|(name, value)| is_key(key, name) && made(item, owner, value))),
        Shape::Object(object) => value.as_object().is_some_and(|map| {
            let mut rest = map.clone();
            made_object(object, &owner.inside(shape), &mut rest) && rest.is_empty()
        }),
        Shape::Nullable(inner) => value.is_null() || made(inner, owner, value),
        Shape::OneOf(one_of) => {
            let owner = owner.inside(shape);
            one_of.alternatives.iter().any(|inner| made(inner, &owner, value))
                && value.as_object().is_none_or(|map| made_object(one_of.common, &owner, &mut map.clone()))
        }
        Shape::Split { made: inner, .. } => made(inner, owner, value),
        Shape::Recursive(between) => {
            let owner = owner.up(*between);
            made(owner.shape, owner.around.unwrap_or(owner), value)
        }
        Shape::Enum(shape) => value.as_str().is_some_and(|text| shape.variants.contains(&text)),
        scalar => is_scalar(scalar, value),
    }
}

/// Takes the object's entries out of `rest`.
fn made_object(object: &'static ObjectShape, owner: &Owners<'_>, rest: &mut Map<String, Value>) -> bool {
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

fn made_flattened(shape: &'static Shape, owner: &Owners<'_>, rest: &mut Map<String, Value>) -> bool {
    match shape {
        Shape::Any => {
            rest.clear();
            true
        }
        Shape::Map(value) | Shape::Keyed { value, .. } => {
            let fits = rest.values().all(|entry| made(value, owner, entry));
            rest.clear();
            fits
        }
        Shape::Object(object) => made_object(object, &owner.inside(shape), rest),
        Shape::Nullable(inner) => {
            let mut with = rest.clone();
            if made_flattened(inner, owner, &mut with) {
                *rest = with;
            }
            true
        }
        Shape::OneOf(one_of) => one_of.alternatives.iter().any(|inner| {
            let mut with = rest.clone();
            let fits = made_flattened(inner, &owner.inside(shape), &mut with);
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
        Shape::String | Shape::Token(_) => value.is_string(),
        Shape::Text("char") => value.as_str().is_some_and(|text| text.chars().count() == 1),
        Shape::Text("timestamp") => value.as_str().is_some_and(|text| text.contains('T')),
        Shape::Text(form) => value.as_str().is_some_and(|text| is_of_form(form, text)),
        other => panic!("no scalar: {other:?}"),
    }
}

/// Returns `true` if the parser of a form accepts a string.
fn is_of_form(form: &str, text: &str) -> bool {
    match form {
        "text without NUL" => !text.contains('\0'),
        "IPv4 address" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "IPv6 address" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "IPv4 socket address" => text.parse::<std::net::SocketAddrV4>().is_ok(),
        "IPv6 socket address" => text.parse::<std::net::SocketAddrV6>().is_ok(),
        "date" => text.parse::<chrono::NaiveDate>().is_ok(),
        "time" => text.parse::<chrono::NaiveTime>().is_ok(),
        "date and time" => text.parse::<chrono::NaiveDateTime>().is_ok(),
        "zoned timestamp" => text.parse::<jiff::Zoned>().is_ok(),
        "ISO 8601 duration" => text.parse::<jiff::Span>().is_ok(),
        "ISO 8601 duration of hours and less" => text.parse::<jiff::SignedDuration>().is_ok(),
        "decimal" => text.parse::<rust_decimal::Decimal>().is_ok(),
        "URL" => text.parse::<url::Url>().is_ok(),
        "UUID" => text.parse::<uuid::Uuid>().is_ok(),
        form => panic!("no parser for {form}"),
    }
}
