//! Regular expressions of ECMAScript, over UTF-16 and without the flag `u`, as JavaScript runs those of JSONata.
//!
//! There are crates that have these semantics (`regress`, with which the tests compare this one), but none that bounds what a
//! match may take: `/(a+)+$/` over forty letters would run for days. Here each instruction is counted.

mod class;
mod compile;
mod exec;
mod parse;

use std::ops::Range;

use self::{class::Class, compile::Inst};

/// A compiled regular expression.
#[derive(Debug)]
pub(crate) struct Regex {
    program: Vec<Inst>,
    classes: Vec<Class>,
    /// The number of groups that capture.
    groups: usize,
    /// The number of loops that count.
    loops: usize,
    ignore_case: bool,
    multiline: bool,
    range: Range<usize>,
}

/// The place of a match, in units.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The range of each group.
    pub(crate) groups: Vec<Option<(usize, usize)>>,
}

impl Regex {
    /// Compiles a pattern with the flags `i` and `m`; the range is its place in the expression.
    pub(crate) fn new(pattern: &str, flags: &str, range: &Range<usize>) -> Result<Self, String> {
        let parsed = parse::parse(pattern)?;
        let mut regex = Self {
            program: Vec::new(),
            classes: Vec::new(),
            groups: parsed.groups,
            loops: 0,
            ignore_case: flags.contains('i'),
            multiline: flags.contains('m'),
            range: range.clone(),
        };
        regex.compile(&parsed)?;
        Ok(regex)
    }

    pub(crate) fn range(&self) -> &Range<usize> {
        &self.range
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::{
        Limit, Limits,
        limits::Meter,
        text::{of_units, units},
    };

    const PATTERNS: &[&str] = &[
        "a*",
        "a+?b",
        "(a|ab)(c|bcd)(d*)",
        "(z)((a+)?(b+)?(c))*",
        "(?=(a+))a*b\\1",
        "(.*?)a(?!(a+)b\\2c)\\2(.*)",
        "[^\\d\\s]+",
        "\\bfoo\\b",
        "\\Boo",
        "^a.c$",
        "(?<=\\$)\\d+(\\.\\d*)?",
        "(?<!\\$)\\b\\d+",
        "x{2,3}y",
        "x{2,}?",
        "(?:ab){1,2}c",
        "[a-c-e]+",
        "\\u0041\\x42",
        "(?<year>\\d{4})-(?<month>\\d\\d)",
        "\\k<a>(?<a>x)",
        "(a*)*",
        "(a*)+b",
        "(?:a?)*?b",
        "(\\2a)(\\1b)",
        "\\cJ",
        "[\\b]",
        "]",
        "a{",
        "a{1",
        "{",
        "\\0",
        "[^]",
        "[]",
        "(?<=([ab]+)([bc]+))$",
        "(?<=(\\d+)(\\d+))$",
        "(?<=\\1(a))b",
        "\\w+@\\w+\\.com",
        "(?:)",
        "a||b",
        "()|",
        "(?=a)*b",
        "\\s+$",
        "[\\w-.]+",
        "(a)|(b)",
        "((a)|b)*",
        "\\8",
        "\\_",
        "[\\-x]",
        "\\/",
        "\u{e9}+",
        "^\\s*$",
        "(\\w+) (\\w+)",
        "^(?:(\\d+)x)?(.*)$",
        "a(?=b)(?=bc)",
        "(?!)",
        "(?:(a)|b)+",
        "[a-z]{3}(?!d)",
        "b$",
        "^b",
    ];

    const TEXTS: &[&str] = &[
        "",
        "a",
        "aab",
        "abcd",
        "zaacbbbcac",
        "baaabac",
        "foo barfoo foo",
        "abc",
        "cost $12.50 or 13",
        "xxxxy",
        "ababc",
        "a-c",
        "AB",
        "2024-05",
        "xx",
        "aaaa",
        "b",
        "\n",
        "\u{8}",
        "]",
        "a{",
        "a{1",
        "{",
        "\0",
        "abbcc",
        "1053",
        "aab aab",
        "me@example.com",
        "  \t ",
        "\u{e9}\u{e9}",
        "John Smith",
        "8",
        "_",
        "-x",
        "/",
        "a\nb\nc",
        "12xrest",
        "nothing",
        "abd",
        "a\u{2028}b",
        "Stra\u{df}e",
    ];

    fn found(pattern: &str, flags: &str, text: &str) -> Option<Vec<Option<String>>> {
        let regex = Regex::new(pattern, flags, &(0..0)).unwrap();
        let meter = Rc::new(Meter::new(Limits::default()));
        let units = units(text);
        let found = regex.search(&units, 0, &meter).unwrap()?;
        let part = |(start, end): (usize, usize)| of_units(&units[start..end]);
        let whole = Some(part((found.start, found.end)));
        Some(std::iter::once(whole).chain(found.groups.into_iter().map(|group| group.map(part))).collect())
    }

    /// Returns the match of `regress`: another engine with the same semantics.
    fn expected(pattern: &str, flags: &str, text: &str) -> Option<Vec<Option<String>>> {
        let regex = regress::Regex::with_flags(pattern, flags).unwrap();
        let found = regex.find(text)?;
        Some(found.groups().map(|group| group.map(|range| text[range].to_owned())).collect())
    }

    #[test]
    fn matches_are_those_of_another_engine() {
        for pattern in PATTERNS {
            for flags in ["", "i", "m", "im"] {
                for text in TEXTS {
                    assert_eq!(
                        found(pattern, flags, text),
                        expected(pattern, flags, text),
                        "/{pattern}/{flags} over {text:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn case_is_ignored_as_in_ecmascript() {
        assert!(found("stra\u{df}e", "i", "STRASSE").is_none());
        assert!(found("[\u{e0}-\u{e5}]", "i", "\u{c4}").is_some());
        // The Kelvin sign is no k without the flag `u`, and the long s no s.
        assert!(found("k", "i", "\u{212a}").is_none() && found("s", "i", "\u{17f}").is_none());
        assert!(found("[^x]", "i", "X").is_none());
    }

    #[test]
    fn a_pair_is_two_units() {
        assert_eq!(found("^.$", "", "\u{1f600}"), None);
        assert!(found("^..$", "", "\u{1f600}").is_some());
    }

    #[test]
    fn what_is_no_pattern() {
        for pattern in [
            "(",
            ")",
            "*",
            "a**",
            "[b-a]",
            "a{2,1}",
            "\\",
            "[a",
            "(?<a",
            "(?x)",
            "(?<a>x)(?<a>y)",
            "{1}",
            "+",
        ] {
            assert!(Regex::new(pattern, "", &(0..0)).is_err(), "{pattern}");
        }
        assert!(Regex::new(&"(".repeat(10_000), "", &(0..0)).is_err());
        assert!(Regex::new("(?:(?:(?:a{1000}){1000}){1000}){1000}", "", &(0..0)).is_ok());
    }

    #[test]
    fn what_does_not_end_is_ended() {
        let text = units(&"a".repeat(40));
        for pattern in
            ["(a+)+$b", "(a|a)*b", "(a*)*b", "(?:a?){40}a{40}b", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^a]"]
        {
            let regex = Regex::new(pattern, "", &(0..0)).unwrap();
            let meter = Rc::new(Meter::new(Limits { steps: 100_000, ..Limits::default() }));
            let fault = regex.search(&text, 0, &meter).unwrap_err();
            assert_eq!(fault.limit, Some(Limit::Steps), "{pattern}");
        }
    }
}
