//! Numbers that a function never takes.

use super::super::{Analyser, site::Reading, value::Sym};
use crate::diagnostic::Code;

/// A function of JSONata, the place of an argument, and the least and the largest whole number that it takes there.
const RANGES: [(&str, usize, i128, i128); 5] = [
    ("split", 2, 0, i128::MAX),
    ("match", 2, 0, i128::MAX),
    ("replace", 3, 0, i128::MAX),
    ("sqrt", 0, 0, i128::MAX),
    ("formatBase", 1, 2, 36),
];

impl Analyser<'_> {
    /// Reports an argument all of whose values are beyond what the function takes: the call fails whenever it is reached.
    pub(super) fn is_taken(&mut self, reading: &Reading<'_>, name: &str, place: usize, value: &Sym) {
        let range = RANGES.iter().find(|(function, at, ..)| (*function, *at) == (name, place));
        let (Some((.., least, most)), Some(bounds)) = (range, value.bounds()) else { return };
        if bounds.max >= *least && bounds.min <= *most {
            return;
        }
        let takes = match *most {
            i128::MAX => format!("{least} or more"),
            most => format!("{least} to {most}"),
        };
        let message = format!("`${name}` takes {takes} here, found {}", value.words());
        self.wrong(reading, Code::WrongType, message, None);
    }
}
