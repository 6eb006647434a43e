use serde::de::{
    DeserializeOwned, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
    value::{MapDeserializer, SeqDeserializer},
};

use super::{Map, Number, Shared, Value};

type Error = serde_json::Error;

/// Reads a Rust value out of a JSON value, as `serde_json::from_value` does.
///
/// # Errors
/// Serde's own, when the value does not fit the type, with the path to where it does not.
///
/// ```
/// use stepfn_core::value::{Value, from_value};
///
/// let pair: (String, u8) = from_value(&Value::array([Value::from("a"), Value::from(1)]))?;
/// assert_eq!(pair, ("a".to_owned(), 1));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, serde_json::Error> {
    // Keeping track of the path costs, so a value that fits is read without.
    T::deserialize(value).or_else(|error| match serde_path_to_error::deserialize(value) {
        Err(at) if at.path().iter().next().is_some() => {
            Err(Error::custom(format_args!("`{}`: {}", at.path(), at.inner())))
        }
        again => again.map_err(|_| error),
    })
}

impl Value {
    fn unexpected(&self) -> Unexpected<'_> {
        match self {
            Self::Null => Unexpected::Unit,
            Self::Bool(value) => Unexpected::Bool(*value),
            Self::Number(number) => match number.as_i64() {
                Some(value) if number.is_integer() => Unexpected::Signed(value),
                _ => Unexpected::Float(number.as_f64()),
            },
            Self::String(text) => Unexpected::Str(text),
            Self::Array(_) => Unexpected::Seq,
            Self::Object(_) => Unexpected::Map,
        }
    }
}

impl Value {
    /// A whole number of more bits than a number of Rust's is held in.
    fn as_whole<T: std::str::FromStr>(&self) -> Option<T> {
        match self {
            Self::Number(number) if number.is_integer() => number.to_string().parse().ok(),
            _ => None,
        }
    }
}

/// A map's key, which reads as a number or a boolean where the key's type is one: as serde_json reads keys.
struct Key<'de>(&'de str);

impl<'de> IntoDeserializer<'de, Error> for Key<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! number_keys {
    ($($name:ident),*) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            // Space around a number is no part of it.
            let plain = self.0.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                && self.0.ends_with(|c: char| c.is_ascii_digit());
            if !plain {
                return Err(Error::invalid_value(Unexpected::Str(self.0), &"a number as a key"));
            }
            let mut number = serde_json::Deserializer::from_str(self.0);
            let value = number.$name(visitor)?;
            number.end()?;
            Ok(value)
        })*
    };
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Error;

    number_keys! {
        deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64, deserialize_i128, deserialize_u8,
        deserialize_u16, deserialize_u32, deserialize_u64, deserialize_u128, deserialize_f32, deserialize_f64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            other => Err(Error::invalid_type(Unexpected::Str(other), &visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(self.0))
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> Deserializer<'de> for &'de Value {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => {
                if number.is_integer() {
                    if let Some(value) = number.as_u64() {
                        return visitor.visit_u64(value);
                    }
                    if let Some(value) = number.as_i64() {
                        return visitor.visit_i64(value);
                    }
                }
                visitor.visit_f64(number.as_f64())
            }
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => {
                let mut access = SeqDeserializer::new(items.iter());
                let value = visitor.visit_seq(&mut access)?;
                access.end()?;
                Ok(value)
            }
            Value::Object(map) => {
                let mut access = MapDeserializer::new(map.iter().map(|(key, value)| (Key(key), value)));
                let value = visitor.visit_map(&mut access)?;
                access.end()?;
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Value::String(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Value::Object(map) => match map.first() {
                Some((variant, value)) if map.len() == 1 => visitor.visit_enum(Variant { variant, value }),
                _ => Err(Error::invalid_value(Unexpected::Map, &"map with a single key")),
            },
            _ => Err(Error::invalid_type(self.unexpected(), &"string or map")),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.as_whole() {
            Some(value) => visitor.visit_i128(value),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.as_whole() {
            Some(value) => visitor.visit_u128(value),
            None => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for &'de Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// An externally tagged enum: `{"Variant": content}`.
struct Variant<'de> {
    variant: &'de str,
    value: &'de Value,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = Content<'de>;

    fn variant_seed<V: serde::de::DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self::Variant), Error> {
        let variant = seed.deserialize(IntoDeserializer::<Error>::into_deserializer(self.variant))?;
        Ok((variant, Content(self.value)))
    }
}

struct Content<'de>(&'de Value);

impl<'de> VariantAccess<'de> for Content<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        serde::Deserialize::deserialize(self.0)
    }

    fn newtype_variant_seed<T: serde::de::DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(_) => self.0.deserialize_any(visitor),
            other => Err(Error::invalid_type(other.unexpected(), &"tuple variant")),
        }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(_) => self.0.deserialize_any(visitor),
            other => Err(Error::invalid_type(other.unexpected(), &"struct variant")),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, value)) = access.next_entry::<String, Value>()? {
            map.insert(key.into(), value);
        }
        Ok(Value::Object(Shared::new(map)))
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::value::to_value;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Event {
        Plain,
        One(i32),
        Two(i32, String),
        Named { a: Option<bool>, b: f64 },
    }

    #[test]
    fn every_form_of_enum_goes_both_ways_as_in_serde_json() {
        for event in [
            Event::Plain,
            Event::One(-3),
            Event::Two(1, "x".into()),
            Event::Named { a: None, b: 1.5 },
            Event::Named { a: Some(true), b: 2.0 },
        ] {
            let value = to_value(&event).unwrap();
            assert_eq!(value, Value::from(serde_json::to_value(&event).unwrap()));
            assert_eq!(from_value::<Event>(&value).unwrap(), event);
        }
    }

    #[test]
    fn keys_read_as_serde_json_reads_them() {
        use std::collections::BTreeMap;

        fn agree<K: serde::de::DeserializeOwned + Ord + std::fmt::Debug>(keys: &[&str]) {
            for key in keys {
                let value = Value::object([(*key, Value::Null)]);
                let ours = from_value::<BTreeMap<K, ()>>(&value).map_err(|_| ());
                let theirs = serde_json::from_value::<BTreeMap<K, ()>>(serde_json::json!({ *key: null }));
                assert_eq!(ours, theirs.map_err(|_| ()), "{key:?} as {}", std::any::type_name::<K>());
            }
        }

        #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        enum Name {
            A,
        }

        let keys = [
            "0", "-1", "01", "+1", " 1", "1 ", "1.0", "1e3", "255", "256", "true", "false", "A", "a", "", "x",
        ];
        agree::<u8>(&keys);
        agree::<i64>(&keys);
        agree::<u128>(&keys);
        agree::<bool>(&keys);
        agree::<char>(&keys);
        agree::<Option<u8>>(&keys);
        agree::<Name>(&keys);
        agree::<String>(&keys);
    }

    #[test]
    fn numbers_of_128_bits_go_both_ways() {
        for number in [u128::MAX, 0, u64::MAX.into()] {
            assert_eq!(from_value::<u128>(&to_value(&number).unwrap()).unwrap(), number);
        }
        assert_eq!(from_value::<i128>(&to_value(&i128::MIN).unwrap()).unwrap(), i128::MIN);
        assert!(from_value::<i128>(&to_value(&u128::MAX).unwrap()).is_err());
        assert!(from_value::<u128>(&(-1i64).into()).is_err());
    }

    #[test]
    fn a_mismatch_says_what_was_found() {
        let value: Value = r#"{"Named": {"b": "x"}}"#.parse().unwrap();
        let error = from_value::<Event>(&value).unwrap_err().to_string();
        assert!(error.starts_with("`Named.b`: ") && error.contains("string \"x\""), "{error}");
        assert!(from_value::<Event>(&Value::Null).is_err());
        assert!(
            from_value::<Event>(&"Plan".into()).unwrap_err().to_string().contains("unknown variant `Plan`")
        );
    }
}
