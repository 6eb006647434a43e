//! Rules that can be switched off, one at a time, so that the soundness tests can show that each of them is needed. In a build
//! without the feature `rule-switches` nothing is switched and nothing is looked up.

/// Whether the rule of this name is switched off.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off(_rule: &str) -> bool {
    false
}

/// Whether the rule that reports at this place of the source is switched off.
#[cfg(not(feature = "rule-switches"))]
pub(super) const fn is_off_at(_at: &std::panic::Location<'_>) -> bool {
    false
}

#[cfg(feature = "rule-switches")]
pub(super) use switched::{is_off, is_off_at};

#[cfg(feature = "rule-switches")]
mod switched {
    use std::{
        collections::BTreeSet,
        panic::Location,
        sync::{Mutex, OnceLock},
    };

    static OFF: OnceLock<Option<String>> = OnceLock::new();
    static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

    pub(in super::super) fn is_off(rule: &str) -> bool {
        if let Some(path) = std::env::var_os("STEPFN_RULES") {
            let mut seen = SEEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if seen.insert(rule.to_owned()) {
                let all: Vec<&str> = seen.iter().map(String::as_str).collect();
                let _ = std::fs::write(path, all.join("\n"));
            }
        }
        OFF.get_or_init(|| std::env::var("STEPFN_OFF").ok()).as_deref() == Some(rule)
    }

    pub(in super::super) fn is_off_at(at: &Location<'_>) -> bool {
        let file = at.file().rsplit('/').next().unwrap_or_default();
        is_off(&format!("{file}:{}", at.line()))
    }
}
