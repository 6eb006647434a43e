use std::{borrow::Borrow, fmt, ops::Deref, sync::Arc};

use smol_str::SmolStr;

/// A key of an object.
///
/// A short one, of up to 23 bytes, is stored in place: to clone it touches no count that the cores of a machine would have to hand
/// to each other. A longer one is shared.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(SmolStr);

impl Key {
    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Deref for Key {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.0.as_str()
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        self
    }
}

impl AsRef<str> for Key {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

macro_rules! from {
    ($($ty:ty => |$text:ident| $make:expr),* $(,)?) => {
        $(impl From<$ty> for Key {
            #[inline]
            fn from($text: $ty) -> Self {
                Self($make)
            }
        })*
    };
}
from! {
    &str => |text| SmolStr::new(text),
    &&str => |text| SmolStr::new(*text),
    &String => |text| SmolStr::new(text),
    String => |text| SmolStr::from(text),
    Box<str> => |text| SmolStr::from(text),
    Arc<str> => |text| SmolStr::from(text),
    &Arc<str> => |text| if text.len() > 23 { SmolStr::from(Arc::clone(text)) } else { SmolStr::new(text) },
}

impl From<&Self> for Key {
    #[inline]
    fn from(key: &Self) -> Self {
        key.clone()
    }
}

impl From<Key> for Arc<str> {
    fn from(key: Key) -> Self {
        key.0.into()
    }
}

impl From<&Key> for Arc<str> {
    fn from(key: &Key) -> Self {
        key.0.clone().into()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0.into()
    }
}

impl From<Key> for super::Value {
    fn from(key: Key) -> Self {
        Self::String(key.into())
    }
}

impl From<&Key> for super::Value {
    fn from(key: &Key) -> Self {
        Self::String(key.into())
    }
}

macro_rules! equal {
    ($($other:ty),*) => {
        $(impl PartialEq<$other> for Key {
            fn eq(&self, other: &$other) -> bool {
                let other: &str = other.as_ref();
                self.as_str() == other
            }
        }
        impl PartialEq<Key> for $other {
            fn eq(&self, other: &Key) -> bool {
                other == self
            }
        })*
    };
}
equal!(str, &str, String);

impl serde::Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_key_is_shared_and_a_short_one_is_its_own() {
        let text: Arc<str> = "a key that is too long to be kept in its place".into();
        let key = Key::from(&text);
        assert!(Arc::ptr_eq(&text, &Arc::from(&key)));
        let text: Arc<str> = "short".into();
        let key = Key::from(&text);
        assert_eq!(Arc::strong_count(&text), 1);
        assert_eq!((key.as_str(), &*key.to_string()), ("short", "short"));
        assert_eq!(std::mem::size_of::<Key>(), 24);
    }
}
