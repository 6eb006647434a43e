//! The fix of a diagnostic, as edits of the text.

use std::ops::Range;

use crate::{
    json::{Document, Pointer, to_string},
    value::Value,
};

/// The edits that put a diagnostic right.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fix {
    /// The edits; none without the others.
    pub edits: Vec<Edit>,
    /// Whether no other fix is possible, so that a tool may apply it without asking.
    pub certain: bool,
}

/// One edit of a definition's text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Edit {
    /// Gives the member at a JSON pointer another key.
    Key {
        /// The place of the member.
        at: Pointer,
        /// The new key.
        to: String,
    },
    /// Puts another value at a JSON pointer.
    Value {
        /// The place of the value.
        at: Pointer,
        /// The new value, in JSON.
        to: String,
    },
    /// Replaces a part of the string at a JSON pointer.
    Part {
        /// The place of the string.
        at: Pointer,
        /// Byte range in the string.
        range: Range<usize>,
        /// The replacement.
        to: String,
    },
    /// Replaces a part of the text itself: of what is no JSON there are no pointers.
    Text {
        /// Byte range in the text.
        range: Range<usize>,
        /// The replacement.
        to: String,
    },
}

impl Edit {
    /// The bytes of the text that the edit replaces, and what comes there; none where the text has no such place.
    ///
    /// ```
    /// use stepfn_core::{diagnostic::Edit, json};
    ///
    /// let text = r#"{ "Nxt": "End" }"#;
    /// let edit = Edit::Key { at: "/Nxt".into(), to: "Next".to_owned() };
    /// assert_eq!(edit.in_text(Some(&json::parse(text)?)), Some((2..7, r#""Next""#.to_owned())));
    /// # Ok::<(), json::JsonError>(())
    /// ```
    pub fn in_text(&self, document: Option<&Document>) -> Option<(Range<usize>, String)> {
        let quoted = |text: &str| to_string(&Value::from(text));
        Some(match self {
            Self::Key { at, to } => (document?.key_span(at)?.range, quoted(to)),
            Self::Value { at, to } => (document?.span(at)?.range, to.clone()),
            Self::Part { at, range, to } => {
                let quoted = quoted(to);
                let bare = quoted.get(1..quoted.len() - 1)?;
                (document?.part_span(at, range.clone())?.range, bare.to_owned())
            }
            Self::Text { range, to } => (range.clone(), to.clone()),
        })
    }
}
