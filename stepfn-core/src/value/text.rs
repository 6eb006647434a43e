use std::{
    borrow::{Borrow, Cow},
    fmt,
    ops::Deref,
    sync::Arc,
};

use ecow::EcoString;

/// A text: a string, or the key of an object.
///
/// A short one, of up to 15 bytes, is stored in place: to clone it touches no count that the cores of a machine would have to hand
/// to each other. A longer one is shared.
// Two words, without a value that it never has: so the kind of a [`Value`](super::Value) has a word of its own, and a value that was just
// made moves by words. With the kind in a byte beside the text's bytes, each such move waits for the stores before it.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(EcoString);

/// A key of an object.
pub type Key = Text;

impl Text {
    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
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
    &str => |text| EcoString::from(text),
    &&str => |text| EcoString::from(*text),
    &String => |text| EcoString::from(text),
    String => |text| EcoString::from(text),
    Box<str> => |text| EcoString::from(&*text),
    Arc<str> => |text| EcoString::from(&*text),
    &Arc<str> => |text| EcoString::from(&**text),
    Cow<'_, str> => |text| EcoString::from(text),
    char => |text| EcoString::from(text),
}

impl From<&Self> for Text {
    #[inline]
    fn from(text: &Self) -> Self {
        text.clone()
    }
}

impl From<Text> for Arc<str> {
    fn from(text: Text) -> Self {
        text.as_str().into()
    }
}

impl From<&Text> for Arc<str> {
    fn from(text: &Text) -> Self {
        text.as_str().into()
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
        let long = Text::from("a text that is too long to be kept in its place");
        assert_eq!(long.clone().as_ptr(), long.as_ptr());
        let short = Text::from("of 15 bytes: it");
        let other = short.clone();
        assert_ne!(other.as_ptr(), short.as_ptr());
        assert_eq!((other.as_str(), &*other.to_string()), ("of 15 bytes: it", "of 15 bytes: it"));
        assert_eq!(std::mem::size_of::<Text>(), 16);
    }
}
