//! The patterns of `StringMatches`.

/// A pattern: `*` matches any characters, or none; `\*` a star, `\\` a backslash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The literal parts between the stars: one more than there are stars.
    parts: Vec<Box<str>>,
}

impl Pattern {
    /// A backslash before any other character is itself: the specification leaves that open.
    pub(super) fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut part = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '*' => parts.push(std::mem::take(&mut part).into()),
                '\\' => part.push(chars.next_if(|next| matches!(next, '*' | '\\')).unwrap_or('\\')),
                c => part.push(c),
            }
        }
        parts.push(part.into());
        Self { parts }
    }

    /// Returns `true` if the pattern matches the whole text.
    ///
    /// Each part is matched at its first occurrence, which is never wrong: a later one leaves less for the rest. So nothing is tried twice.
    pub(super) fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.parts.as_slice() else {
            return self.parts.first().is_some_and(|only| **only == *text);
        };
        let Some(mut rest) = text.strip_prefix(&**first) else { return false };
        for part in middle {
            match rest.find(&**part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(&**last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("*", "anything", true),
            ("**", "x", true),
            ("log-*", "log-2024", true),
            ("log-*", "log-", true),
            ("log-*", "blog-1", false),
            ("*.log", "a.log", true),
            ("*.log", "a.log.gz", false),
            ("foo*.log", "foo23.log", true),
            ("foo*.log", "foo.log", true),
            ("foo*.log", "foo.lo", false),
            ("*foo*", "a foo b", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "acb", false),
            (r"zebra\*", "zebra*", true),
            (r"zebra\*", "zebras", false),
            (r"a\\*", r"a\b", true),
            (r"a\\", r"a\", true),
            (r"a\b", r"a\b", true),
            (r"a\", r"a\", true),
            ("Ä*ß", "Ä🙂ß", true),
            ("[a-c].?", "[a-c].?", true),
            ("[a-c].?", "b.x", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_cost_nothing() {
        let pattern = Pattern::new(&format!("{}b", "a*".repeat(1000)));
        assert!(!pattern.matches(&"a".repeat(20_000)));
        assert!(pattern.matches(&format!("{}b", "a".repeat(20_000))));
    }
}
