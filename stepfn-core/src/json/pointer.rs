//! JSON pointers (RFC 6901).

use std::{borrow::Borrow, borrow::Cow, convert::Infallible, fmt, ops::Deref, str::FromStr};

use super::{last, push_token, tokens};

/// A JSON pointer (RFC 6901): the place of a value in a document.
///
/// It reads as the string that it is written as; a key is escaped when it is added.
///
/// ```
/// use stepfn_core::json::Pointer;
///
/// let state = Pointer::root().key("States").key("a/b");
/// assert_eq!(state, "/States/a~1b");
/// assert_eq!(state.last(), "a/b");
/// assert_eq!(state.parent(), Some(Pointer::from("/States")));
/// assert_eq!(state.join("/Choices").index(0).to_string(), "/States/a~1b/Choices/0");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to the whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// The pointer to a member of the object that this one points at.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut below = self.clone();
        push_token(&mut below.0, key);
        below
    }

    /// The pointer to a state of the machine that this one points at.
    #[must_use]
    pub fn state(&self, name: &str) -> Self {
        self.key("States").key(name)
    }

    /// The pointer to an item of the array that this one points at.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The place that another pointer names below this one.
    #[must_use]
    pub fn join(&self, below: impl Into<Self>) -> Self {
        Self(format!("{}{}", self.0, below.into().0))
    }

    /// Returns the innermost state that this leads to, or into: the pointer to its machine, and its name.
    ///
    /// A state or a key of its data may be called `States`, too: the field of this name is at known places.
    ///
    /// ```
    /// use stepfn_core::json::Pointer;
    ///
    /// let at = Pointer::from("/States/States/Branches/0/States/Load/Parameters/States");
    /// assert_eq!(at.innermost_state(), Some(("/States/States/Branches/0".into(), "Load".to_owned())));
    /// assert_eq!(Pointer::from("/States").innermost_state(), None);
    /// ```
    pub fn innermost_state(&self) -> Option<(Self, String)> {
        let tokens: Vec<_> = self.tokens().collect();
        let (mut found, mut machine, mut rest) = (None, Self::root(), &tokens[..]);
        while let [field, below @ ..] = rest {
            rest = match (&**field, below) {
                ("States", [name, below @ ..]) => {
                    found = Some((machine.clone(), name.to_string()));
                    machine = machine.state(name);
                    below
                }
                ("ItemProcessor" | "Iterator", below) => {
                    machine = machine.key(field);
                    below
                }
                ("Branches", [index, below @ ..]) => {
                    machine = machine.key("Branches").key(index);
                    below
                }
                _ => break,
            };
        }
        found
    }

    /// The pointer to the object or array around it; none for the document.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// The last key or index, unescaped; empty for the document.
    pub fn last(&self) -> Cow<'_, str> {
        last(&self.0)
    }

    /// The keys and indices, unescaped.
    pub fn tokens(&self) -> impl Iterator<Item = Cow<'_, str>> {
        tokens(&self.0).into_iter().flatten()
    }

    /// The pointer as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The pointer as it is written, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Takes a pointer as it is written; what does not begin with `/` is one key.
impl From<String> for Pointer {
    fn from(text: String) -> Self {
        if text.is_empty() || text.starts_with('/') { Self(text) } else { Self::root().key(&text) }
    }
}

/// Takes a pointer as it is written; what does not begin with `/` is one key.
impl From<&str> for Pointer {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for Pointer {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<&Self> for Pointer {
    fn from(pointer: &Self) -> Self {
        pointer.clone()
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> Self {
        pointer.0
    }
}

impl FromStr for Pointer {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Deref for Pointer {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Pointer {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Pointer {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Pointer {
    fn eq(&self, text: &str) -> bool {
        self.0 == text
    }
}

impl PartialEq<&str> for Pointer {
    fn eq(&self, text: &&str) -> bool {
        self.0 == *text
    }
}

impl PartialEq<String> for Pointer {
    fn eq(&self, text: &String) -> bool {
        self.0 == *text
    }
}

impl PartialEq<Pointer> for String {
    fn eq(&self, pointer: &Pointer) -> bool {
        *self == pointer.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_escaped_once_and_come_back() {
        for key in ["a", "", "a/b", "~", "~1", "a~0/~", "0"] {
            let pointer = Pointer::root().key("States").key(key);
            assert_eq!(pointer.last(), key);
            assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["States", key]);
            assert_eq!(pointer.parent(), Some("/States".into()));
            assert_eq!(Pointer::from(pointer.as_str()), pointer);
        }
    }

    #[test]
    fn what_is_no_pointer_is_a_key() {
        assert_eq!(Pointer::from("a"), "/a");
        assert_eq!(Pointer::from(""), Pointer::root());
        assert_eq!(Pointer::root().parent(), None);
        assert_eq!(Pointer::root().last(), "");
    }
}
