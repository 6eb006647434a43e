//! Rules that can be switched off, one at a time, so that the soundness tests can show that each of them is needed. In a build
//! without the feature `rule-switches` nothing is switched and nothing is looked up.
//!
//! A rule is identified by where it reports and by its message; the parts that differ from case to case (names, numbers) are left out.

/// Returns `true` if the rule of this name is switched off.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off(_rule: &str) -> bool {
    false
}

/// Returns `true` if the rule that makes obligations at this place of the source is switched off.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off_at(_at: &std::panic::Location<'_>) -> bool {
    false
}

/// Returns `true` if all that is asked of a value at this place of the source is switched off.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off_asking(_at: &std::panic::Location<'_>) -> bool {
    false
}

/// Returns `true` if unknown values of this reason are not reported, wherever they are.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off_because(_reason: &str) -> bool {
    false
}

/// Returns `true` if the rule that reports this at this place of the source is switched off.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off_wrong(_at: &std::panic::Location<'_>, _code: &str, _message: &str) -> bool {
    false
}

/// Returns `true` if the rule that finds this wrong with a claim is switched off.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off_claim(_kind: &str, _code: &str, _text: &str) -> bool {
    false
}

#[cfg(feature = "rule-switches")]
pub use switched::watch;
#[cfg(feature = "rule-switches")]
pub(super) use switched::{is_off, is_off_asking, is_off_at, is_off_because, is_off_claim, is_off_wrong};

#[cfg(feature = "rule-switches")]
mod switched {
    use std::{cell::RefCell, collections::BTreeSet, mem, panic::Location};

    thread_local! {
        static OFF: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
        static ASKED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    }

    /// Does something with some rules switched off, and returns the rules that would have reported.
    pub fn watch<T>(off: &[&str], work: impl FnOnce() -> T) -> (T, BTreeSet<String>) {
        OFF.replace(off.iter().map(|rule| (*rule).to_owned()).collect());
        ASKED.take();
        let done = work();
        OFF.take();
        (done, ASKED.with_borrow_mut(mem::take))
    }

    pub(in super::super) fn is_off(rule: &str) -> bool {
        ASKED.with_borrow_mut(|asked| {
            if !asked.contains(rule) {
                asked.insert(rule.to_owned());
            }
        });
        OFF.with_borrow(|off| off.iter().any(|off| off == rule))
    }

    fn place(at: &Location<'_>) -> String {
        let file = at.file().rsplit_once("/flow/").map_or(at.file(), |(_, file)| file);
        format!("{file}:{}", at.line())
    }

    pub(in super::super) fn is_off_at(at: &Location<'_>) -> bool {
        is_off(&format!("{} obliges", place(at)))
    }

    pub(in super::super) fn is_off_asking(at: &Location<'_>) -> bool {
        is_off(&format!("{} asks", place(at)))
    }

    pub(in super::super) fn is_off_because(reason: &str) -> bool {
        is_off(&format!("cannot-tell because {reason}"))
    }

    pub(in super::super) fn is_off_wrong(at: &Location<'_>, code: &str, message: &str) -> bool {
        is_off(&format!("{} {code}: {}", place(at), skeleton(message)))
    }

    /// Either the kind of claim, or its message. An error on the way to a value has nothing to do with what is needed there, as
    /// long as something is.
    pub(in super::super) fn is_off_claim(kind: &str, code: &str, text: &str) -> bool {
        // The reason is a rule of its own.
        let untold = kind.split_once(" to ").is_none() && text.contains("cannot be determined");
        let said = if untold { "it cannot be determined".to_owned() } else { skeleton(text) };
        let way = WAYS.iter().find(|(words, _)| said.contains(words)).map(|(_, way)| *way);
        match (kind.split_once(" to "), way) {
            (Some((_, need)), Some(way)) if need != "Nothing" => is_off(&format!("claim of a way: {way}")),
            (Some((_, need)), _) => is_off(&format!("claim to {need} {code}")),
            (None, _) if code == "does-not-fit" => {
                let of_kind = is_off(&format!("claim {kind}"));
                is_off(&format!("fits: {}", of_types(&said))) || of_kind
            }
            (None, _) => is_off(&format!("claim {kind}")),
        }
    }

    /// The errors on the way to a value, by the words of their messages.
    const WAYS: [(&str, &str); 10] = [
        ("may be missing", "it may be missing"),
        ("not every way", "it may be missing"),
        ("may be null", "it may be null"),
        ("has no JSON field", "no such field"),
        ("which has no fields", "it has no fields"),
        ("not an array", "it is no array"),
        ("nothing, one value, or an array", "it is as many values as there are items"),
        ("so there is none at", "no such item"),
        ("differs from variant to variant", "it differs from variant to variant"),
        ("its items are of different types", "its items are of different types"),
    ];

    /// Returns the reason why a value does not fit a type, without the names of the types.
    fn of_types(said: &str) -> &str {
        const WHY: [(&str, &str); 13] = [
            ("cannot be determined", "it cannot be determined"),
            ("none of the variants", "none of the variants"),
            ("it may be null", "it may be null"),
            ("rows hold texts alone", "the rows hold texts alone"),
            ("expected an integer", "expected an integer"),
            ("expected an unsigned integer", "expected an integer"),
            ("expected an array of fixed", "expected an array of fixed length"),
            ("expected an array of  ", "expected an array of fixed length"),
            ("expected …", "expected a type of a name"),
            ("may be missing", "a field may be missing"),
            ("is missing", "a field is missing"),
            ("denies unknown fields", "it denies unknown fields"),
            ("is not ", "its key is none"),
        ];
        WHY.iter().find(|(words, _)| said.contains(words)).map_or_else(
            || said.rsplit_once("expected ").map_or(said, |(before, _)| &said[before.len()..]),
            |(_, why)| why,
        )
    }

    /// A message without names and numbers.
    fn skeleton(message: &str) -> String {
        let mut out = String::new();
        let (mut quoted, mut text, mut aside) = (false, false, 0_usize);
        for sign in message.chars() {
            match sign {
                '"' if !quoted => text = !text,
                _ if text => {}
                '(' if !quoted => aside += 1,
                ')' if !quoted => aside = aside.saturating_sub(1),
                _ if aside > 0 => {}
                '`' => {
                    quoted = !quoted;
                    if quoted {
                        out.push('…');
                    }
                }
                _ if quoted || sign.is_ascii_digit() => {}
                _ => out.push(sign),
            }
        }
        // An unknown value has its reason as a rule of its own.
        if out.starts_with("its type cannot be determined") {
            return "its type cannot be determined".to_owned();
        }
        // The text behind a semicolon, and the way to the part that is meant, do not identify the rule.
        let mut rest = out.split(';').next().unwrap_or_default();
        rest = rest.rsplit(": ").next().unwrap_or_default();
        if let Some((_, tells)) = rest.strip_prefix("it is ").and_then(|rest| rest.split_once(", ")) {
            rest = tells;
        }
        let end = [", found ", " found ", " of the form "]
            .iter()
            .filter_map(|word| rest.find(word))
            .min()
            .unwrap_or(rest.len());
        rest[..end].to_owned()
    }
}
