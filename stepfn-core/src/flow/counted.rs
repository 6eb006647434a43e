//! Which numbers count which arrays, as it flows with the data.

use std::rc::Rc;

/// Numbers that count, while neither they nor what they count is written to.
pub(super) type Counts = Rc<Vec<Counted>>;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Counted {
    pub(super) number: Part,
    pub(super) array: Part,
}

/// A part of the data, or of a variable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Part {
    pub(super) variable: Option<String>,
    pub(super) keys: Vec<String>,
}
