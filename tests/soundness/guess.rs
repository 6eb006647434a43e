//! The generator's guess of a value. It may be wrong: then the machine is refused, and nothing is lost but time.

use std::rc::Rc;

use stepfn::shape::{Given, Made, ObjectShape, Shape, Side, TIMESTAMP};
use stepfn_core::service;

use crate::{random::Random, shapes::KEYS};

#[derive(Clone, Debug)]
pub(crate) enum Guess {
    Any,
    Null,
    Boolean,
    Whole,
    Number,
    Text,
    Time,
    /// A value of a type, and what `Recursive` in it leads back to.
    Of(&'static Shape, &'static Shape, Side),
    Object(Rc<Vec<(String, Self)>>),
    Array(Rc<Self>),
    Tuple(Rc<Vec<Self>>),
    Service(service::Shape),
}

/// The kind of value that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Any,
    Null,
    Boolean,
    Whole,
    Number,
    Text,
    Time,
    Array,
    Object,
}

/// A step from a value to a part of it.
pub(crate) enum Step {
    Key(String),
    Index(usize),
    Each,
}

impl Guess {
    pub(crate) fn of(shape: &'static Shape, side: Side) -> Self {
        Self::Of(shape, shape, side)
    }

    pub(crate) fn object(fields: impl IntoIterator<Item = (String, Self)>) -> Self {
        Self::Object(Rc::new(fields.into_iter().collect()))
    }

    pub(crate) fn array(item: Self) -> Self {
        Self::Array(Rc::new(item))
    }

    /// Returns the guess without null, and whether it may be null.
    pub(crate) fn settle(&self) -> (Self, bool) {
        let Self::Of(shape, owner, side) = self else { return (self.clone(), false) };
        match shape {
            Shape::Nullable(inner) => (Self::Of(inner, owner, *side).settle().0, true),
            Shape::Split { made, given } => {
                Self::Of(if *side == Side::Made { made } else { given }, owner, *side).settle()
            }
            Shape::Recursive(_) if matches!(owner, Shape::Object(_) | Shape::OneOf(_)) => {
                Self::Of(owner, owner, *side).settle()
            }
            Shape::Recursive(_) => (Self::Any, true),
            Shape::Object(_) | Shape::OneOf(_) => (Self::Of(shape, shape, *side), false),
            _ => (self.clone(), false),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.settle().0 {
            Self::Any => Kind::Any,
            Self::Null => Kind::Null,
            Self::Boolean => Kind::Boolean,
            Self::Whole => Kind::Whole,
            Self::Number => Kind::Number,
            Self::Text => Kind::Text,
            Self::Time => Kind::Time,
            Self::Object(_) => Kind::Object,
            Self::Array(_) | Self::Tuple(_) => Kind::Array,
            Self::Service(shape) => match shape.kind() {
                service::Kind::String => Kind::Text,
                service::Kind::Integer => Kind::Whole,
                service::Kind::Number => Kind::Number,
                service::Kind::Boolean => Kind::Boolean,
                service::Kind::List(_) => Kind::Array,
                service::Kind::Map(_) | service::Kind::Structure(_) => Kind::Object,
                _ => Kind::Any,
            },
            Self::Of(shape, ..) => match shape {
                Shape::Null => Kind::Null,
                Shape::Boolean => Kind::Boolean,
                Shape::Integer { .. } => Kind::Whole,
                Shape::Number => Kind::Number,
                Shape::Text(TIMESTAMP) => Kind::Time,
                Shape::String | Shape::Text(_) | Shape::Enum(_) | Shape::Token(_) => Kind::Text,
                Shape::Array(_) | Shape::Tuple(_) => Kind::Array,
                Shape::Map(_) | Shape::Keyed { .. } | Shape::Object(_) => Kind::Object,
                Shape::OneOf(one_of) if !one_of.common.fields.is_empty() => Kind::Object,
                _ => Kind::Any,
            },
        }
    }

    pub(crate) fn is(&self, wanted: Kind) -> bool {
        let kind = self.kind();
        match wanted {
            Kind::Any => true,
            Kind::Number => matches!(kind, Kind::Number | Kind::Whole),
            Kind::Text => matches!(kind, Kind::Text | Kind::Time),
            wanted => kind == wanted,
        }
    }

    /// A random step into it: what is there then, and whether it may be missing.
    pub(crate) fn step(&self, random: &mut Random) -> Option<(Step, Self, bool)> {
        match self.settle().0 {
            Self::Object(fields) if !fields.is_empty() => {
                let (key, value) = random.pick(&fields);
                Some((Step::Key(key), value, false))
            }
            Self::Array(item) => Some(into_items(random, (*item).clone(), true)),
            Self::Tuple(items) if !items.is_empty() => {
                let at = random.below(items.len());
                Some((Step::Index(at), items[at].clone(), false))
            }
            Self::Service(shape) => match shape.kind() {
                service::Kind::Structure(members) if !members.is_empty() => {
                    let member = random.pick(&members);
                    Some((Step::Key(member.name.into_owned()), Self::Service(member.shape), false))
                }
                service::Kind::List(item) => Some(into_items(random, Self::Service(item), false)),
                service::Kind::Map(item) => {
                    Some((Step::Key(random.pick(&KEYS).to_owned()), Self::Service(item), false))
                }
                _ => None,
            },
            Self::Of(shape, owner, side) => match shape {
                Shape::Array(item) => Some(into_items(random, Self::Of(item, owner, side), true)),
                Shape::Tuple(items) if !items.is_empty() => {
                    let at = random.below(items.len());
                    Some((Step::Index(at), Self::Of(items[at], owner, side), false))
                }
                Shape::Keyed { value, .. } => {
                    Some((Step::Key("7".to_owned()), Self::Of(value, owner, side), true))
                }
                Shape::Map(item) => {
                    Some((Step::Key(random.pick(&KEYS).to_owned()), Self::Of(item, owner, side), true))
                }
                Shape::Object(object) => field(random, object, shape, side),
                Shape::OneOf(one_of) if random.one_in(2) => field(random, one_of.common, shape, side),
                Shape::OneOf(one_of) => match random.pick(one_of.alternatives) {
                    Shape::Object(object) => {
                        field(random, object, shape, side).map(|(step, value, _)| (step, value, true))
                    }
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns the guess at a key, where it is known.
    pub(crate) fn at(&self, key: &str) -> Self {
        match self.settle().0 {
            Self::Object(fields) => fields
                .iter()
                .rev()
                .find(|(name, _)| name == key)
                .map_or(Self::Any, |(_, value)| value.clone()),
            Self::Service(shape) => shape.member(key).map_or(Self::Any, |member| Self::Service(member.shape)),
            Self::Of(Shape::Object(object), owner, side) => object
                .fields
                .iter()
                .find(|field| field.made_as == key || field.given_as.contains(&key))
                .map_or(Self::Any, |field| Self::Of(field.shape, owner, side)),
            Self::Of(Shape::Map(item) | Shape::Keyed { value: item, .. }, owner, side) => {
                Self::Of(item, owner, side)
            }
            _ => Self::Any,
        }
    }

    pub(crate) fn item(&self) -> Self {
        match self.settle().0 {
            Self::Array(item) => (*item).clone(),
            Self::Tuple(items) => items.first().cloned().unwrap_or(Self::Any),
            Self::Service(shape) => match shape.kind() {
                service::Kind::List(item) => Self::Service(item),
                _ => Self::Any,
            },
            Self::Of(Shape::Array(item) | Shape::Map(item), owner, side) => Self::Of(item, owner, side),
            Self::Of(Shape::Tuple(items), owner, side) => {
                items.first().map_or(Self::Any, |item| Self::Of(item, owner, side))
            }
            _ => Self::Any,
        }
    }

    /// The same with something put at a key.
    pub(crate) fn with(&self, keys: &[&str], value: Self) -> Self {
        let Some((key, rest)) = keys.split_first() else { return value };
        let inner = self.at(key).with(rest, value);
        let mut fields: Vec<(String, Self)> = match self.settle().0 {
            Self::Object(fields) => fields.to_vec(),
            Self::Of(Shape::Object(object), owner, side) => object
                .fields
                .iter()
                .map(|field| (key_of(field, side).to_owned(), Self::Of(field.shape, owner, side)))
                .collect(),
            _ => Vec::new(),
        };
        fields.retain(|(name, _)| name != key);
        fields.push(((*key).to_owned(), inner));
        Self::object(fields)
    }
}

fn into_items(random: &mut Random, item: Guess, shaky: bool) -> (Step, Guess, bool) {
    if random.one_in(2) { (Step::Each, item, false) } else { (Step::Index(random.below(2)), item, shaky) }
}

fn key_of(field: &stepfn::shape::Field, side: Side) -> &'static str {
    if side == Side::Made { field.made_as } else { field.given_as[0] }
}

fn field(
    random: &mut Random,
    object: &'static ObjectShape,
    owner: &'static Shape,
    side: Side,
) -> Option<(Step, Guess, bool)> {
    let inner = object.flattened.iter().filter_map(|inner| match inner {
        Shape::Object(object) => Some(*object),
        Shape::Nullable(Shape::Object(object)) => Some(*object),
        Shape::OneOf(one_of) => Some(one_of.common),
        _ => None,
    });
    let fields: Vec<_> = object.fields.iter().chain(inner.flat_map(|inner| inner.fields)).collect();
    if fields.is_empty() {
        return None;
    }
    let field = random.pick(&fields);
    let shaky = match side {
        Side::Made => field.made != Made::Always,
        Side::Given => {
            field.given != Given::Required
                || field.given_as.len() > 1
                || matches!(field.shape, Shape::Nullable(_))
        }
    };
    let value = Guess::Of(field.shape, owner, side);
    Some((Step::Key(key_of(field, side).to_owned()), value, shaky))
}
