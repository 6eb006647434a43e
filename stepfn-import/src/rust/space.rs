//! The blanks between tokens.

use super::lex::{Kind, Token};

/// The construct that the tokens are part of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Within {
    /// The rules of a Choice, where `<` compares.
    pub(super) rule: bool,
    /// The brackets of a path: a slice, a filter.
    pub(super) index: bool,
}

/// Words of their own, behind which no call opens.
const KEYWORDS: [&str; 5] = ["as", "dyn", "for", "in", "matches"];

/// The gap before `next`. Where no rule knows the two, it stays as it was.
pub(super) fn gap(previous: Option<&Token<'_>>, next: &Token<'_>, within: Within) -> bool {
    let Some(previous) = previous else { return false };
    let kept = next.is_apart;
    let wanted = wanted(previous, next, within).unwrap_or(kept);
    // Two operators that were apart might be another one together.
    if previous.kind == Kind::Punct && next.kind == Kind::Punct && kept && !wanted {
        return !matches!(
            (previous.text, next.text),
            ("$", "$" | "." | "..")
                | ("!", "$" | "!")
                | ("." | "..", "*")
                | (">", ">" | ",")
                | (_, "," | ";")
        );
    }
    wanted
}

fn wanted(previous: &Token<'_>, next: &Token<'_>, within: Within) -> Option<bool> {
    use Kind::{Close, Comment, Doc, Number, Open, Punct, Text, Word};
    let (before, after) = (previous.text, next.text);
    let is_term = |kind| matches!(kind, Word | Number | Text);
    match (previous.kind, next.kind) {
        (Comment | Doc, _) | (_, Comment | Doc) => return Some(true),
        (_, Punct) if matches!(after, "," | ";") => return Some(false),
        (Punct, _) if matches!(before, "," | ";") => return Some(true),
        // `1 . 5` is not `1.5`.
        (Number, Punct) | (Punct, Number) if before == "." || after == "." => return None,
        _ => {}
    }
    for (operator, is_first) in [(before, true), (after, false)] {
        if (if is_first { previous } else { next }).kind != Punct {
            continue;
        }
        match operator {
            "->" | "=>" | "==" | "!=" | "<=" | ">=" | "=" => return Some(true),
            "&&" | "||" if within.rule => return Some(true),
            "<" | ">" if within.rule => return Some(true),
            ":" if within.index => return None,
            ":" => return Some(is_first),
            _ => {}
        }
    }
    if previous.kind == Punct {
        match before {
            "." | ".." | "::" | "!" | "#" => return Some(false),
            "<" if !within.index => return Some(false),
            "$" if matches!(after, "." | ".." | "$" | "[") => return Some(false),
            _ => {}
        }
    }
    // Arithmetic. A `*` behind a dot is a path's, and `-` may be a sign.
    let is_operator = |text| matches!(text, "+" | "*" | "/" | "%");
    if !within.index {
        if next.kind == Punct && is_operator(after) && (is_term(previous.kind) || previous.kind == Close) {
            return Some(true);
        }
        if previous.kind == Punct && is_operator(before) && (is_term(next.kind) || after == "(") {
            return Some(true);
        }
    }
    match (next.kind, after) {
        (Punct, ".") => Some(false),
        (Punct, ".." | "::") if previous.kind == Word || previous.kind == Close || before == "$" => {
            Some(false)
        }
        (Punct, "<" | ">") if !within.index => Some(false),
        (Punct, "$") if is_term(previous.kind) => Some(true),
        (Open, "(") if previous.kind == Word => Some(KEYWORDS.contains(&before)),
        (Open, "[") if is_term(previous.kind) || previous.kind == Close => Some(false),
        (Open, "{") => Some(true),
        _ if is_term(next.kind) && (is_term(previous.kind) || previous.kind == Close) => Some(true),
        _ => None,
    }
}
