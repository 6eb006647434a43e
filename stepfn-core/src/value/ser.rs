use serde::ser::{self, Error as _, Impossible, Serialize};

use super::{Key, Map, Number, Value, map::Entry};

type Error = serde_json::Error;

/// Makes a JSON value of a Rust value, as `serde_json::to_value` does, but for objects that write a key twice.
///
/// # Errors
/// Serde's own: a map key that is not a string, or what the type's `Serialize` refuses. And a key that is written twice: of
/// a `#[serde(flatten)]` map that holds the name of a field beside it JSON could hold only one.
///
/// ```
/// let value = stepfn_core::value::to_value(&("a", 1))?;
/// assert_eq!(value.to_string(), r#"["a",1]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, serde_json::Error> {
    value.serialize(Serializer)
}

impl Serialize for Value {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items.iter()),
            Self::Object(map) => serializer.collect_map(map.iter().map(|(key, value)| (&**key, value))),
        }
    }
}

struct Serializer;

impl ser::Serializer for Serializer {
    type Ok = Value;
    type Error = Error;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Entries;

    fn serialize_bool(self, value: bool) -> Result<Value, Error> {
        Ok(Value::Bool(value))
    }
    fn serialize_i8(self, value: i8) -> Result<Value, Error> {
        self.serialize_i64(value.into())
    }
    fn serialize_i16(self, value: i16) -> Result<Value, Error> {
        self.serialize_i64(value.into())
    }
    fn serialize_i32(self, value: i32) -> Result<Value, Error> {
        self.serialize_i64(value.into())
    }
    fn serialize_i64(self, value: i64) -> Result<Value, Error> {
        Ok(value.into())
    }
    fn serialize_i128(self, value: i128) -> Result<Value, Error> {
        Ok(Value::Number(Number::from_text(&value.to_string())))
    }
    fn serialize_u8(self, value: u8) -> Result<Value, Error> {
        self.serialize_u64(value.into())
    }
    fn serialize_u16(self, value: u16) -> Result<Value, Error> {
        self.serialize_u64(value.into())
    }
    fn serialize_u32(self, value: u32) -> Result<Value, Error> {
        self.serialize_u64(value.into())
    }
    fn serialize_u64(self, value: u64) -> Result<Value, Error> {
        Ok(value.into())
    }
    fn serialize_u128(self, value: u128) -> Result<Value, Error> {
        Ok(Value::Number(Number::from_text(&value.to_string())))
    }
    fn serialize_f32(self, value: f32) -> Result<Value, Error> {
        // Through the shortest text of the f32, as serde_json does: 0.1f32 is 0.1, not 0.10000000149011612.
        Ok(if value.is_finite() {
            value.to_string().parse::<f64>().map_or(Value::Null, Value::from)
        } else {
            Value::Null
        })
    }
    fn serialize_f64(self, value: f64) -> Result<Value, Error> {
        Ok(value.into())
    }
    fn serialize_char(self, value: char) -> Result<Value, Error> {
        Ok(value.to_string().into())
    }
    fn serialize_str(self, value: &str) -> Result<Value, Error> {
        Ok(value.into())
    }
    fn serialize_bytes(self, value: &[u8]) -> Result<Value, Error> {
        Ok(Value::array(value.iter().map(|byte| u64::from(*byte).into())))
    }
    fn serialize_none(self) -> Result<Value, Error> {
        Ok(Value::Null)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Error> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Value, Error> {
        Ok(Value::Null)
    }
    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, Error> {
        Ok(Value::Null)
    }
    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, Error> {
        Ok(variant.into())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Value, Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Error> {
        Ok(Value::object([(variant, value.serialize(self)?)]))
    }
    fn serialize_seq(self, len: Option<usize>) -> Result<Items, Error> {
        Ok(Items { variant: None, items: Vec::with_capacity(len.unwrap_or_default().min(4096)) })
    }
    fn serialize_tuple(self, len: usize) -> Result<Items, Error> {
        self.serialize_seq(Some(len))
    }
    fn serialize_tuple_struct(self, _name: &'static str, len: usize) -> Result<Items, Error> {
        self.serialize_seq(Some(len))
    }
    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Items, Error> {
        Ok(Items { variant: Some(variant), items: Vec::with_capacity(len) })
    }
    fn serialize_map(self, _len: Option<usize>) -> Result<Entries, Error> {
        Ok(Entries { variant: None, key: None, map: Map::new() })
    }
    fn serialize_struct(self, _name: &'static str, len: usize) -> Result<Entries, Error> {
        Ok(Entries { variant: None, key: None, map: Map::with_capacity(len) })
    }
    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Entries, Error> {
        Ok(Entries { variant: Some(variant), key: None, map: Map::with_capacity(len) })
    }
    fn collect_str<T: std::fmt::Display + ?Sized>(self, value: &T) -> Result<Value, Error> {
        Ok(value.to_string().into())
    }
}

/// The value itself, or `{"Variant": value}`.
fn tagged(variant: Option<&'static str>, value: Value) -> Value {
    match variant {
        None => value,
        Some(variant) => Value::object([(variant, value)]),
    }
}

struct Items {
    variant: Option<&'static str>,
    items: Vec<Value>,
}

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.items.push(to_value(value)?);
        Ok(())
    }

    fn finish(self) -> Value {
        tagged(self.variant, self.items.into())
    }
}

macro_rules! items {
    ($($tr:ident :: $push:ident),*) => {
        $(impl ser::$tr for Items {
            type Ok = Value;
            type Error = Error;
            fn $push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.push(value)
            }
            fn end(self) -> Result<Value, Error> {
                Ok(self.finish())
            }
        })*
    };
}
items!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

struct Entries {
    variant: Option<&'static str>,
    key: Option<Key>,
    map: Map,
}

impl Entries {
    /// Refuses a key that is there already: what it held would be gone, and what reads the field expects that.
    fn put(&mut self, key: Key, value: Value) -> Result<(), Error> {
        match self.map.entry(key) {
            Entry::Vacant(place) => {
                place.insert(value);
                Ok(())
            }
            Entry::Occupied(place) => Err(Error::custom(format_args!(
                "the key `{}` is written twice, as by a flattened map that holds the name of a field",
                place.key()
            ))),
        }
    }
}

impl ser::SerializeMap for Entries {
    type Ok = Value;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = Some(key.serialize(KeySerializer)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key =
            self.key.take().ok_or_else(|| Error::custom("a map value was serialized before its key"))?;
        self.put(key, to_value(value)?)
    }

    fn end(self) -> Result<Value, Error> {
        Ok(tagged(self.variant, self.map.into()))
    }
}

macro_rules! entries {
    ($($tr:ident),*) => {
        $(impl ser::$tr for Entries {
            type Ok = Value;
            type Error = Error;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
                self.put(key.into(), to_value(value)?)
            }
            fn end(self) -> Result<Value, Error> {
                Ok(tagged(self.variant, self.map.into()))
            }
        })*
    };
}
entries!(SerializeStruct, SerializeStructVariant);

/// Keys as serde_json takes them: strings, and what reads as one (numbers, booleans, unit variants).
struct KeySerializer;

fn key_error() -> Error {
    Error::custom("key must be a string")
}

macro_rules! text_keys {
    ($($name:ident: $ty:ty),*) => {
        $(fn $name(self, value: $ty) -> Result<Key, Error> {
            Ok(value.to_string().into())
        })*
    };
}

impl ser::Serializer for KeySerializer {
    type Ok = Key;
    type Error = Error;
    type SerializeSeq = Impossible<Key, Error>;
    type SerializeTuple = Impossible<Key, Error>;
    type SerializeTupleStruct = Impossible<Key, Error>;
    type SerializeTupleVariant = Impossible<Key, Error>;
    type SerializeMap = Impossible<Key, Error>;
    type SerializeStruct = Impossible<Key, Error>;
    type SerializeStructVariant = Impossible<Key, Error>;

    text_keys! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_u128: u128, serialize_f32: f32, serialize_f64: f64, serialize_char: char, serialize_str: &str
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Key, Error> {
        Ok(variant.into())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Key, Error> {
        value.serialize(self)
    }
    fn serialize_bytes(self, _value: &[u8]) -> Result<Key, Error> {
        Err(key_error())
    }
    fn serialize_none(self) -> Result<Key, Error> {
        Err(key_error())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, _value: &T) -> Result<Key, Error> {
        Err(key_error())
    }
    fn serialize_unit(self) -> Result<Key, Error> {
        Err(key_error())
    }
    fn serialize_unit_struct(self, _name: &'static str) -> Result<Key, Error> {
        Err(key_error())
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<Key, Error> {
        Err(key_error())
    }
    fn serialize_seq(self, _len: Option<usize>) -> Result<Self::SerializeSeq, Error> {
        Err(key_error())
    }
    fn serialize_tuple(self, _len: usize) -> Result<Self::SerializeTuple, Error> {
        Err(key_error())
    }
    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleStruct, Error> {
        Err(key_error())
    }
    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(key_error())
    }
    fn serialize_map(self, _len: Option<usize>) -> Result<Self::SerializeMap, Error> {
        Err(key_error())
    }
    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Self::SerializeStruct, Error> {
        Err(key_error())
    }
    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(key_error())
    }
}
