//! Rules that can be switched off, one at a time, so that the soundness tests can show that each of them is needed. In a build
//! without the feature `rule-switches` nothing is switched and nothing is looked up.
//!
//! A rule is known by where it reports and what it says there; what differs from case to case (names, numbers) is left out.

/// Whether the rule of this name is switched off.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off(_rule: &str) -> bool {
    false
}

/// Whether the rule that makes obligations at this place of the source is switched off.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off_at(_at: &std::panic::Location<'_>) -> bool {
    false
}

/// Whether the rule that reports this at this place of the source is switched off.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off_wrong(_at: &std::panic::Location<'_>, _code: &str, _message: &str) -> bool {
    false
}

/// Whether the rule that finds this wrong with a claim is switched off.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off_claim(_kind: &str, _code: &str, _text: &str) -> bool {
    false
}

#[cfg(feature = "rule-switches")]
pub use switched::watch;
#[cfg(feature = "rule-switches")]
pub(super) use switched::{is_off, is_off_at, is_off_claim, is_off_wrong};

#[cfg(feature = "rule-switches")]
mod switched {
    use std::{cell::RefCell, collections::BTreeSet, mem, panic::Location};

    thread_local! {
        static OFF: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
        static ASKED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    }

    /// Does something with some rules switched off, and tells which rules had something to say.
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

    pub(in super::super) fn is_off_wrong(at: &Location<'_>, code: &str, message: &str) -> bool {
        is_off(&format!("{} {code}: {}", place(at), skeleton(message)))
    }

    pub(in super::super) fn is_off_claim(kind: &str, code: &str, text: &str) -> bool {
        is_off(&format!("claim {kind} {code}: {}", skeleton(text)))
    }

    /// A message without names, numbers, the way to the part that is meant, and what was found instead.
    fn skeleton(message: &str) -> String {
        let mut out = String::new();
        let mut quoted = false;
        for sign in message.chars() {
            match sign {
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
        // Of what comes in parentheses or behind a semicolon, and of the way to the part that is meant, nothing tells the rule.
        let mut rest = out.split([';', '(']).next().unwrap_or_default();
        if !rest.contains("cannot be told: ") {
            rest = rest.rsplit(": ").next().unwrap_or_default();
        }
        if let Some((_, tells)) = rest.strip_prefix("it is ").and_then(|rest| rest.split_once(", ")) {
            rest = tells;
        }
        let end = [", found ", " found ", " is none of ", " is unknown to ", " of the form "]
            .iter()
            .filter_map(|word| rest.find(word))
            .min()
            .unwrap_or(rest.len());
        rest[..end].chars().take(90).collect()
    }
}
