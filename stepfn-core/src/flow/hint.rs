//! What to write instead of what is wrong with a path.

use crate::diagnostic::{Comparisons, Diagnostic, Edit, nearest, only_near};

/// The suggestion of a diagnostic.
pub(super) enum Hint {
    /// Words, where there are any.
    Words(Option<String>),
    /// The name that is meant.
    Name {
        /// `$` of variables.
        sign: &'static str,
        written: String,
        meant: String,
        /// Whether no other one is near.
        certain: bool,
    },
}

impl From<Option<String>> for Hint {
    fn from(words: Option<String>) -> Self {
        Self::Words(words)
    }
}

impl Hint {
    /// The nearest of the names that there are, or no hint; none either where too many were compared.
    pub(super) fn near<'n>(
        comparisons: &Comparisons,
        sign: &'static str,
        written: &str,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let Some(names) = comparisons.of(names) else { return Self::Words(None) };
        match nearest(written, names.iter().copied()) {
            Some(meant) => Self::Name {
                sign,
                written: written.to_owned(),
                meant: meant.to_owned(),
                certain: only_near(written, names) == Some(meant),
            },
            None => Self::Words(None),
        }
    }

    /// The same, or words where no name is near.
    pub(super) fn or(self, words: impl FnOnce() -> String) -> Self {
        match self {
            Self::Words(None) => Self::Words(Some(words())),
            hint => hint,
        }
    }

    /// Adds it to a diagnostic about a part of the string at its place, as that is `shown`.
    pub(super) fn add_to(self, mut diagnostic: Diagnostic, shown: &str) -> Diagnostic {
        match self {
            Self::Words(words) => diagnostic.maybe_help(words),
            Self::Name { sign, written, meant, certain } => {
                diagnostic = diagnostic.help(format!("did you mean `{sign}{meant}`?"));
                let Some(found) = only_place(shown, &written) else { return diagnostic };
                let start = diagnostic.range.as_ref().map_or(0, |range| range.start) + found;
                let at = diagnostic.at.clone();
                let end = start + written.len();
                diagnostic.fix(Edit::Part { at, range: start..end, to: meant }, certain)
            }
        }
    }
}

/// The only place of a name in a text; none where it is there more than once, for either may be meant.
fn only_place(text: &str, name: &str) -> Option<usize> {
    let belongs = |c: char| c == '_' || c == '-' || c.is_alphanumeric();
    let mut found = text.match_indices(name).map(|(start, _)| start).filter(|start| {
        let is_part = text.get(..*start).unwrap_or_default().ends_with(belongs)
            || text.get(start + name.len()..).unwrap_or_default().starts_with(belongs);
        !is_part
    });
    found.next().filter(|_| found.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_replaced_where_it_is_the_only_one() {
        assert_eq!(only_place("$.order.totl", "totl"), Some(8));
        assert_eq!(only_place("$.totl[0].total", "totl"), Some(2));
        assert_eq!(only_place("$['totl']", "totl"), Some(3));
        assert_eq!(only_place("$.a.a", "a"), None);
        assert_eq!(only_place("$.total", "tot"), None);
        assert_eq!(only_place("", ""), Some(0));
        assert_eq!(only_place("$.é.é1", "é"), Some(2));
    }
}
