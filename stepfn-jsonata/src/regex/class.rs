//! Sets of units, and when two are the same but for their case.

use std::{collections::HashMap, sync::LazyLock};

use super::parse::Atom;

/// A class: `[a-z]`, `\d`.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    ranges: Vec<(u16, u16)>,
    negated: bool,
}

const DIGITS: &[(u16, u16)] = &[(0x30, 0x39)];
const WORDS: &[(u16, u16)] = &[(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
const SPACES: &[(u16, u16)] = &[
    (0x09, 0x0d),
    (0x20, 0x20),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
    (0xfeff, 0xfeff),
];

impl Class {
    /// `\d`, `\W` …
    pub(super) fn of_escape(letter: u8) -> Option<Self> {
        let ranges = match letter.to_ascii_lowercase() {
            b'd' => DIGITS,
            b'w' => WORDS,
            b's' => SPACES,
            _ => return None,
        };
        let mut class = Self { ranges: ranges.to_vec(), negated: false };
        if letter.is_ascii_uppercase() {
            class.ranges = class.complement();
        }
        Some(class)
    }

    fn complement(&self) -> Vec<(u16, u16)> {
        let mut rest = Vec::new();
        let mut next = 0_u32;
        for (first, last) in &self.ranges {
            if u32::from(*first) > next {
                rest.push((next as u16, first - 1));
            }
            next = u32::from(*last) + 1;
        }
        if next <= 0xffff {
            rest.push((next as u16, 0xffff));
        }
        rest
    }

    pub(super) fn negate(&mut self) {
        self.negated = true;
    }

    pub(super) fn add(&mut self, atom: &Atom) {
        match atom {
            Atom::Unit(unit) => self.ranges.push((*unit, *unit)),
            Atom::Class(class) => self.ranges.extend(&class.ranges),
        }
    }

    pub(super) fn add_range(&mut self, first: u16, last: u16) {
        self.ranges.push((first, last));
    }

    fn has(&self, unit: u16) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&unit))
    }

    pub(super) fn matches(&self, unit: u16, ignore_case: bool) -> bool {
        let has = self.has(unit)
            || ignore_case && variants(canonical(unit)).iter().any(|variant| self.has(*variant));
        has != self.negated
    }
}

/// Returns the representative of all units that differ in case alone: ECMAScript's `Canonicalize` without the flag `u`.
pub(super) fn canonical(unit: u16) -> u16 {
    if unit < 0x80 {
        return if (0x61..=0x7a).contains(&unit) { unit - 0x20 } else { unit };
    }
    let Some(c) = char::from_u32(u32::from(unit)) else { return unit };
    let mut upper = c.to_uppercase();
    match (upper.next().map(u32::from), upper.next()) {
        (Some(upper), None) if upper >= 0x80 => u16::try_from(upper).unwrap_or(unit),
        _ => unit,
    }
}

/// Returns all units that have this representative.
fn variants(canonical_unit: u16) -> &'static [u16] {
    static VARIANTS: LazyLock<HashMap<u16, Vec<u16>>> = LazyLock::new(|| {
        let mut variants: HashMap<u16, Vec<u16>> = HashMap::new();
        for unit in 0..=u16::MAX {
            let upper = canonical(unit);
            if upper != unit {
                variants.entry(upper).or_insert_with(|| vec![upper]).push(unit);
            }
        }
        variants
    });
    VARIANTS.get(&canonical_unit).map_or(&[], |units| units)
}

pub(super) fn is_word(unit: u16) -> bool {
    WORDS.iter().any(|(first, last)| (*first..=*last).contains(&unit))
}

pub(super) fn ends_line(unit: u16) -> bool {
    matches!(unit, 0x0a | 0x0d | 0x2028 | 0x2029)
}
