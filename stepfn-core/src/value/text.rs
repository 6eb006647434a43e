use std::{
    borrow::{Borrow, Cow},
    fmt,
    ops::Deref,
    sync::Arc,
};

use smol_str::SmolStr;

/// A text: a string, or the key of an object.
///
/// A short one, of up to 23 bytes, is stored in place: to clone it touches no count that the cores of a machine would have to hand
/// to each other. A longer one is shared.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(SmolStr);

/// A key of an object.
pub type Key = Text;

impl Text {
    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The number of those that hold the text: one where it is stored in place.
    pub fn holders(this: &Self) -> usize {
        if this.0.is_heap_allocated() { Arc::strong_count(&Arc::<str>::from(this.0.clone())) - 1 } else { 1 }
    }
}

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.0.as_str()
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

macro_rules! from {
    ($($ty:ty => |$text:ident| $make:expr),* $(,)?) => {
        $(impl From<$ty> for Text {
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
    Cow<'_, str> => |text| SmolStr::from(text),
    char => |text| SmolStr::new(text.encode_utf8(&mut [0; 4])),
    &Arc<str> => |text| if text.len() > 23 { SmolStr::from(Arc::clone(text)) } else { SmolStr::new(text) },
}

impl From<&Self> for Text {
    #[inline]
    fn from(text: &Self) -> Self {
        text.clone()
    }
}

impl From<Text> for Arc<str> {
    fn from(text: Text) -> Self {
        text.0.into()
    }
}

impl From<&Text> for Arc<str> {
    fn from(text: &Text) -> Self {
        text.0.clone().into()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0.into()
    }
}

macro_rules! equal {
    ($($other:ty),*) => {
        $(impl PartialEq<$other> for Text {
            fn eq(&self, other: &$other) -> bool {
                let other: &str = other.as_ref();
                self.as_str() == other
            }
        }
        impl PartialEq<Text> for $other {
            fn eq(&self, other: &Text) -> bool {
                other == self
            }
        })*
    };
}
equal!(str, &str, String);

impl FromIterator<char> for Text {
    fn from_iter<I: IntoIterator<Item = char>>(text: I) -> Self {
        Self(text.into_iter().collect())
    }
}

impl serde::Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_shared_and_a_short_one_is_its_own() {
        let text: Arc<str> = "a text that is too long to be kept in its place".into();
        let made = Text::from(&text);
        assert!(Arc::ptr_eq(&text, &Arc::from(&made)));
        let text: Arc<str> = "short".into();
        let made = Text::from(&text);
        assert_eq!(Arc::strong_count(&text), 1);
        assert_eq!((made.as_str(), &*made.to_string()), ("short", "short"));
        assert_eq!(std::mem::size_of::<Text>(), 24);
    }
}
