//! JSON values as Step Functions carries them: ordered objects, shared sub-trees, numbers that keep their text.
//!
//! A clone of a [`Value`] is cheap: arrays, objects and long strings are reference counted, short strings are stored in place, and a
//! change copies only the containers on the way to it.
//!
//! ```
//! use stepfn_core::value::Value;
//!
//! let order: Value = r#"{"id": 7, "rate": 1.0}"#.parse()?;
//! assert_eq!(order["id"].as_i64(), Some(7));
//! assert_eq!(order.to_string(), r#"{"id":7,"rate":1.0}"#); // 1.0 stays 1.0
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```

mod array;
mod de;
pub mod map;
mod number;
mod ser;
mod shared;
mod size;
mod text;

use std::{fmt, ops::Index, str::FromStr, sync::Arc};

pub use self::{
    array::Array,
    de::from_value,
    map::Map,
    number::Number,
    ser::to_value,
    shared::{Part, Shared},
    size::Size,
    text::{Key, Text},
};
use crate::json::{self, JsonError, unescaped};

/// A JSON value. See the [module](self) for what it costs.
#[derive(Clone, Default, PartialEq)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Text),
    /// An array.
    Array(Shared<Array>),
    /// An object.
    Object(Shared<Map>),
}

static NULL: Value = Value::Null;

impl Value {
    /// An empty object, what `InputPath: null` yields.
    pub fn empty_object() -> Self {
        Self::Object(Shared::default())
    }

    /// A string value.
    pub fn string(text: impl Into<Text>) -> Self {
        Self::String(text.into())
    }

    /// An object value out of its entries; a later entry of the same key wins.
    ///
    /// ```
    /// use stepfn_core::value::Value;
    ///
    /// let order = Value::object([("id", Value::from(7)), ("paid", Value::from(false))]);
    /// assert_eq!(order.to_string(), r#"{"id":7,"paid":false}"#);
    /// ```
    pub fn object<K: Into<Key>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(Shared::new(entries.into_iter().collect()))
    }

    /// An array value.
    ///
    /// ```
    /// use stepfn_core::value::Value;
    ///
    /// assert_eq!(Value::array([Value::from(1), Value::Null]).to_string(), "[1,null]");
    /// ```
    pub fn array(items: impl IntoIterator<Item = Self>) -> Self {
        Self::Array(Shared::new(items.into_iter().collect()))
    }

    /// The text, if this is a string.
    ///
    /// ```
    /// use stepfn_core::value::Value;
    ///
    /// assert_eq!(Value::from("a").as_str(), Some("a"));
    /// assert_eq!(Value::from(1).as_str(), None);
    /// ```
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if this is a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The number as an integer, if this is a whole number that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::as_i64)
    }

    /// The number as a float, if this is a number.
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number().map(Number::as_f64)
    }

    /// The items, if this is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if this is an object.
    pub fn as_object(&self) -> Option<&Map> {
        match self {
            Self::Object(map) => Some(map),
            _ => None,
        }
    }

    /// The value of a key, if this is an object that has it.
    ///
    /// ```
    /// use stepfn_core::value::Value;
    ///
    /// let order = Value::object([("id", Value::from(7))]);
    /// assert_eq!(order.get("id"), Some(&Value::from(7)));
    /// assert_eq!(order.get("name"), None);
    /// ```
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.get(key)
    }

    /// The value at an RFC 6901 JSON pointer (`""` is the value itself).
    ///
    /// ```
    /// use stepfn_core::value::Value;
    ///
    /// let order: Value = r#"{ "items": [{ "sku": "a" }] }"#.parse()?;
    /// assert_eq!(order.pointer("/items/0/sku"), Some(&Value::from("a")));
    /// # Ok::<(), stepfn_core::json::JsonError>(())
    /// ```
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |value, token| {
            let token = unescaped(token);
            match value {
                Self::Object(map) => map.get(&token),
                Self::Array(items) => items.get(token.parse::<usize>().ok()?),
                _ => None,
            }
        })
    }

    /// The entries for a change; anything but an object becomes an empty object first.
    pub fn make_object(&mut self) -> &mut Map {
        if !matches!(self, Self::Object(_)) {
            *self = Self::empty_object();
        }
        match self {
            Self::Object(map) => Shared::make_mut(map),
            _ => unreachable!("made an object above"),
        }
    }

    /// The JSON name of the value's type: `null`, `boolean`, `number`, `string`, `array` or `object`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// Indented JSON text (two spaces), without a final newline.
    pub fn to_pretty_string(&self) -> String {
        json::to_pretty_string(self)
    }
}

impl fmt::Display for Value {
    /// Compact JSON text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&json::to_string(self))
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Value {
    type Err = JsonError;

    fn from_str(text: &str) -> Result<Self, JsonError> {
        json::parse_value(text)
    }
}

impl Index<&str> for Value {
    type Output = Self;

    /// The value of a key, `null` where there is none.
    fn index(&self, key: &str) -> &Self {
        self.get(key).unwrap_or(&NULL)
    }
}

impl Index<usize> for Value {
    type Output = Self;

    /// The item at a position, `null` where there is none.
    fn index(&self, index: usize) -> &Self {
        self.as_array().and_then(|items| items.get(index)).unwrap_or(&NULL)
    }
}

macro_rules! from {
    ($($ty:ty => |$name:ident| $make:expr),* $(,)?) => {
        $(impl From<$ty> for Value {
            fn from($name: $ty) -> Self {
                $make
            }
        })*
    };
}
from! {
    bool => |value| Self::Bool(value),
    i32 => |value| Self::Number(i64::from(value).into()),
    i64 => |value| Self::Number(value.into()),
    u32 => |value| Self::Number(u64::from(value).into()),
    u64 => |value| Self::Number(value.into()),
    usize => |value| Self::Number((value as u64).into()),
    f64 => |value| Number::from_f64(value).map_or(Self::Null, Self::Number),
    &str => |value| Self::String(value.into()),
    String => |value| Self::String(value.into()),
    Arc<str> => |value| Self::String(value.into()),
    Text => |value| Self::String(value),
    &Text => |value| Self::String(value.clone()),
    Vec<Self> => |value| Self::Array(Shared::new(value.into())),
    Map => |value| Self::Object(Shared::new(value)),
}

impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => Self::Number(Number::from_text(&number.to_string())),
            serde_json::Value::String(text) => Self::String(text.as_str().into()),
            serde_json::Value::Array(items) => Self::array(items.iter().map(Self::from)),
            serde_json::Value::Object(map) => {
                Self::object(map.iter().map(|(key, value)| (key.as_str(), Self::from(value))))
            }
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        Self::from(&value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_copies_only_the_containers_on_the_way() {
        let before: Value = r#"{"a":{"b":1},"c":[1,2]}"#.parse().unwrap();
        let mut after = before.clone();
        after.make_object().insert("d".into(), Value::Null);
        assert_eq!(before.to_string(), r#"{"a":{"b":1},"c":[1,2]}"#);
        let (Value::Array(old), Value::Array(new)) = (&before["c"], &after["c"]) else { panic!("arrays") };
        assert!(Shared::ptr_eq(old, new));
    }

    #[test]
    fn a_value_is_a_text_and_the_word_of_its_kind() {
        assert_eq!((size_of::<Value>(), size_of::<Option<Value>>(), size_of::<Text>()), (24, 24, 16));
    }

    #[test]
    fn pointer_unescapes_tokens() {
        let value: Value = r#"{"a/b":{"~":[10,20]}}"#.parse().unwrap();
        assert_eq!(value.pointer("/a~1b/~0/1"), Some(&Value::from(20)));
        assert_eq!(value.pointer("/nothing"), None);
        assert_eq!(value.pointer("no-slash"), None);
    }
}
