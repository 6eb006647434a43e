//! Types of data: what samples are, and what the parts of a definition say.

use indexmap::IndexMap;
use stepfn_core::{
    shape::{Field as ShapeField, Given, Made, ObjectShape, Shape},
    value::Value,
};

/// The type of a value, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Type {
    /// `serde_json::Value`
    Any,
    /// `bool`
    Boolean,
    /// `i64`
    Integer,
    /// `f64`
    Number,
    /// `String`
    String,
    /// `Vec<T>`
    List(Box<Self>),
    /// `Option<T>`
    Nullable(Box<Self>),
    /// A struct.
    Object(Vec<Field>),
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Field {
    /// Its key in JSON.
    pub(super) key: String,
    pub(super) ty: Type,
    /// Whether some objects lack it.
    pub(super) is_optional: bool,
}

impl Type {
    /// The narrowest type that takes all of some values. They are JSON, so they are not too deep to recurse into.
    pub(super) fn of(values: &[&Value]) -> Self {
        let present: Vec<&Value> =
            values.iter().copied().filter(|value| !matches!(value, Value::Null)).collect();
        let ty = match present.first() {
            None => return Self::Any,
            Some(Value::Bool(_)) if all(&present, |value| matches!(value, Value::Bool(_))) => Self::Boolean,
            Some(Value::String(_)) if all(&present, |value| matches!(value, Value::String(_))) => {
                Self::String
            }
            Some(Value::Number(_)) if all(&present, is_whole) => Self::Integer,
            Some(Value::Number(_)) if all(&present, is_number) => Self::Number,
            Some(Value::Array(_)) if all(&present, |value| matches!(value, Value::Array(_))) => {
                let items: Vec<&Value> =
                    present.iter().filter_map(|value| value.as_array()).flatten().collect();
                Self::List(Box::new(Self::of(&items)))
            }
            Some(Value::Object(_)) if all(&present, |value| matches!(value, Value::Object(_))) => {
                Self::of_objects(&present)
            }
            Some(_) => Self::Any,
        };
        match ty {
            Self::Any => Self::Any,
            ty if present.len() < values.len() => Self::Nullable(Box::new(ty)),
            ty => ty,
        }
    }

    fn of_objects(objects: &[&Value]) -> Self {
        let mut by_key: IndexMap<&str, Vec<&Value>> = IndexMap::new();
        for (key, value) in objects.iter().filter_map(|object| object.as_object()).flatten() {
            by_key.entry(key).or_default().push(value);
        }
        if by_key.is_empty() {
            return Self::Any;
        }
        let fields = by_key.into_iter().map(|(key, values)| Field {
            key: key.to_owned(),
            ty: Self::of(&values),
            is_optional: values.len() < objects.len(),
        });
        Self::Object(fields.collect())
    }

    /// The type without what is inside of it.
    pub(super) fn outline(&self) -> Self {
        match self {
            Self::List(_) => Self::List(Box::new(Self::Any)),
            Self::Nullable(inner) => Self::Nullable(Box::new(inner.outline())),
            Self::Object(fields) => {
                Self::Object(fields.iter().map(|field| Field { ty: Self::Any, ..field.clone() }).collect())
            }
            scalar => scalar.clone(),
        }
    }

    /// The types inside.
    pub(super) fn children(&self) -> Vec<&Self> {
        match self {
            Self::List(item) => vec![item],
            Self::Nullable(inner) => inner.children(),
            Self::Object(fields) => fields.iter().map(|field| &field.ty).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn child_mut(&mut self, index: usize) -> Option<&mut Self> {
        match self {
            Self::List(item) if index == 0 => Some(item),
            Self::Nullable(inner) => inner.child_mut(index),
            Self::Object(fields) => fields.get_mut(index).map(|field| &mut field.ty),
            _ => None,
        }
    }

    /// The shape that the derive would make of it. Shapes live as long as the program, as those of Rust's own types do: an import makes a few.
    pub(super) fn shape(&self) -> &'static Shape {
        Box::leak(Box::new(match self {
            Self::Any => return &Shape::Any,
            Self::Boolean => return &Shape::Boolean,
            Self::Integer => Shape::Integer { min: i64::MIN.into(), max: i64::MAX.into() },
            Self::Number => return &Shape::Number,
            Self::String => return &Shape::String,
            Self::List(item) => Shape::Array(item.shape()),
            Self::Nullable(inner) => Shape::Nullable(inner.shape()),
            Self::Object(fields) => {
                let fields: Vec<ShapeField> = fields
                    .iter()
                    .map(|field| {
                        let key: &'static str = Box::leak(field.key.clone().into_boxed_str());
                        let is_nullable = matches!(field.ty, Self::Nullable(_));
                        let inner = field.ty.shape();
                        ShapeField {
                            made_as: key,
                            given_as: Box::leak(Box::new([key])),
                            shape: if field.is_optional && !is_nullable {
                                Box::leak(Box::new(Shape::Nullable(inner)))
                            } else {
                                inner
                            },
                            made: if field.is_optional { Made::Maybe } else { Made::Always },
                            given: if field.is_optional || is_nullable {
                                Given::Optional
                            } else {
                                Given::Required
                            },
                        }
                    })
                    .collect();
                Shape::Object(Box::leak(Box::new(ObjectShape {
                    name: "Input",
                    fields: Box::leak(fields.into_boxed_slice()),
                    flattened: &[],
                    deny_unknown_fields: false,
                })))
            }
        }))
    }
}

fn all(values: &[&Value], is: impl Fn(&Value) -> bool) -> bool {
    values.iter().all(|value| is(value))
}

fn is_whole(value: &Value) -> bool {
    value.as_number().is_some_and(|number| number.is_integer() && number.as_i64().is_some())
}

fn is_number(value: &Value) -> bool {
    value.as_number().is_some_and(|number| number.as_f64().is_finite())
}

#[cfg(test)]
mod tests {
    use stepfn_core::json::parse_value;

    use super::*;

    fn of(samples: &[&str]) -> String {
        let values: Vec<Value> = samples.iter().map(|text| parse_value(text).unwrap()).collect();
        show(&Type::of(&values.iter().collect::<Vec<_>>()))
    }

    fn show(ty: &Type) -> String {
        match ty {
            Type::Any => "any".to_owned(),
            Type::Boolean => "bool".to_owned(),
            Type::Integer => "i64".to_owned(),
            Type::Number => "f64".to_owned(),
            Type::String => "str".to_owned(),
            Type::List(item) => format!("[{}]", show(item)),
            Type::Nullable(inner) => format!("{}|null", show(inner)),
            Type::Object(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|field| {
                        format!(
                            "{}{}: {}",
                            field.key,
                            if field.is_optional { "?" } else { "" },
                            show(&field.ty)
                        )
                    })
                    .collect();
                format!("{{{}}}", fields.join(", "))
            }
        }
    }

    #[test]
    fn samples_are_unified() {
        for (samples, ty) in [
            (&["1", "2"][..], "i64"),
            (&["1", "2.5"], "f64"),
            (&["1.0"], "f64"),
            (&["18446744073709551615"], "f64"),
            (&["1", "\"a\""], "any"),
            (&["null", "\"a\""], "str|null"),
            (&["null"], "any"),
            (&["[]"], "[any]"),
            (&["[1, null]", "[]"], "[i64|null]"),
            (&["[1, \"a\"]"], "[any]"),
            (&["{}"], "any"),
            (&[r#"{"a": 1, "b": {"c": true}}"#, r#"{"a": 2}"#], "{a: i64, b?: {c: bool}}"),
            (&[r#"[{"a": 1}, {"b": null}]"#], "[{a?: i64, b?: any}]"),
        ] {
            assert_eq!(of(samples), ty, "{samples:?}");
        }
    }
}
