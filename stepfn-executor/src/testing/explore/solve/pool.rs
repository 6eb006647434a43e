//! Values for paths: those that tests are about, and their neighbours.

use stepfn_core::{asl::OperandKind, sort, value::Value};

use super::{
    Step,
    about::{Candidate, of_number},
    atoms::Atom,
};
use crate::sorted::Sorted;

/// Values that one path is given.
const MOST_VALUES: usize = 60;
/// Longer texts and lists are not made.
const MOST_LENGTH: i64 = 1_000;

/// The values of all paths.
pub(super) struct Pools(Sorted<Vec<Step>, Vec<Option<Value>>>);

impl Pools {
    pub(super) fn of(atoms: &[Atom]) -> Self {
        // What is compared with each other shares what both are compared with.
        let mut about: Sorted<&Vec<Step>, Vec<&Candidate>> = Sorted::default();
        for _ in 0..2 {
            for atom in atoms {
                let mut all: Vec<&Candidate> = atom.candidates.iter().collect();
                all.extend(atom.paths.iter().filter_map(|path| about.get(&path)).flatten());
                for path in &atom.paths {
                    let mut known = about.remove(&path).unwrap_or_default();
                    for candidate in &all {
                        if !known.contains(candidate) {
                            known.push(candidate);
                        }
                    }
                    about.insert(path, known);
                }
            }
        }
        let paths: Vec<&Vec<Step>> = about.iter().map(|(path, _)| *path).collect();
        let mut pools = Sorted::default();
        for (path, candidates) in &about {
            let mut values = values(candidates);
            // Another path leads into it.
            if paths.iter().any(|other| other.len() > path.len() && other.starts_with(path)) {
                values.insert(0, Some(Value::empty_object()));
            }
            values.dedup();
            values.truncate(MOST_VALUES);
            pools.insert((*path).clone(), values);
        }
        Self(pools)
    }

    pub(super) fn of_path(&self, path: &[Step]) -> Vec<Option<Value>> {
        self.0.get(path).cloned().unwrap_or_default()
    }
}

/// The values, those that a type most likely has first.
fn values(candidates: &[&Candidate]) -> Vec<Option<Value>> {
    let (mut numbers, mut texts, mut patterns, mut others) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for candidate in candidates {
        match candidate {
            Candidate::Value(Value::Number(number)) => numbers.push(number.as_f64()),
            Candidate::Value(Value::String(text)) => texts.push(text.to_string()),
            Candidate::Value(value) => others.push(value.clone()),
            Candidate::Pattern(pattern) => patterns.push(pattern.as_str()),
            Candidate::TextOf(length) => texts.extend(length_of(*length).map(|length| "x".repeat(length))),
            Candidate::ItemsOf(length) => others.extend(
                length_of(*length)
                    .map(|length| Value::array(std::iter::repeat_n(Value::from("text"), length))),
            ),
            Candidate::NumberIn(number) => {
                let around = [number.as_f64(), number.as_f64() + 1.0, number.as_f64() - 1.0];
                texts.extend(around.into_iter().filter_map(|number| Some(of_number(number)?.to_string())));
            }
            Candidate::Kind(OperandKind::Number) => numbers.push(1.0),
            Candidate::Kind(OperandKind::String) => texts.push("text".to_owned()),
            Candidate::Kind(OperandKind::Timestamp) => texts.push("2030-01-01T00:00:00Z".to_owned()),
            Candidate::Kind(_) => {}
        }
    }
    let mut found: Vec<Option<Value>> = Vec::new();
    let mut add = |value: Option<Value>| {
        if !found.contains(&value) {
            found.push(value);
        }
    };
    around_numbers(&mut numbers).into_iter().filter_map(of_number).for_each(|value| add(Some(value)));
    matching(&patterns).into_iter().for_each(|text| add(Some(text.into())));
    for text in &texts {
        around_text(text).into_iter().for_each(|text| add(Some(text.into())));
    }
    others.into_iter().for_each(|value| add(Some(value)));
    for value in [true.into(), false.into(), "text".into(), 1.into(), Value::Null] {
        add(Some(value));
    }
    add(None);
    for list in [Value::array([]), Value::array([Value::from(1)])] {
        add(Some(list));
    }
    found
}

/// The numbers, what lies beside them, and what lies between two of them.
fn around_numbers(numbers: &mut Vec<f64>) -> Vec<f64> {
    sort::sort_by(numbers, f64::total_cmp);
    numbers.dedup();
    let mut all: Vec<f64> = numbers.iter().flat_map(|number| [*number, number + 1.0, number - 1.0]).collect();
    let between = numbers.windows(2).map(|pair| f64::midpoint(pair[0], pair[1]));
    // A whole number first: most types have no others.
    all.extend(between.clone().map(f64::floor));
    all.extend(between);
    all
}

/// A text, and texts before and behind it; of a timestamp, times.
fn around_text(text: &str) -> Vec<String> {
    let is_time = text.len() > 18 && text.contains('T') && text.starts_with(|c: char| c.is_ascii_digit());
    if is_time {
        return [text, "1999-01-01T00:00:00Z", "2999-01-01T00:00:00Z"].map(str::to_owned).into();
    }
    let mut all = vec![text.to_owned(), format!("{text}~"), format!("~{text}"), String::new()];
    if let Some((end, _)) = text.char_indices().next_back() {
        all.push(text.get(..end).unwrap_or_default().to_owned());
    }
    all
}

/// Texts that match patterns: each alone, two at once, and none.
fn matching(patterns: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for pattern in patterns {
        for filler in ["x", "", "xyz"] {
            all.push(filled(pattern, filler));
        }
    }
    // What fits a star may be what another pattern wants.
    for pattern in patterns {
        for other in patterns.iter().filter(|other| *other != pattern) {
            for filler in ["", "x"] {
                all.push(filled(pattern, &filled(other, filler)));
            }
        }
    }
    if !patterns.is_empty() {
        all.push("~".to_owned());
    }
    all
}

/// A pattern with something in the place of its stars.
fn filled(pattern: &str, filler: &str) -> String {
    let mut text = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.extend(chars.next()),
            '*' => text.push_str(filler),
            c => text.push(c),
        }
    }
    text
}

fn length_of(length: i64) -> Option<usize> {
    usize::try_from(length).ok().filter(|_| length <= MOST_LENGTH)
}
