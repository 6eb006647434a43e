//! Values for paths: those that tests are about, and their neighbours.

use std::collections::BTreeMap;

use stepfn_core::{
    asl::{Comparison, OperandKind, Operator},
    jsonata::{Expression, ExpressionKind as Kind},
    value::{Number, Value},
};

use super::{
    Step,
    atoms::{Atom, Read, is_pattern},
};

/// Values that one path is given.
const MOST_VALUES: usize = 60;
/// Longer texts and lists are not made.
const MOST_LENGTH: i64 = 1_000;

/// What a test is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Candidate {
    /// A value that it is compared with.
    Value(Value),
    /// A text with stars.
    Pattern(String),
    /// So many characters.
    TextOf(i64),
    /// So many items.
    ItemsOf(i64),
    /// The number that a text holds.
    NumberIn(Number),
    /// Values of the kind that both sides of a comparison may have.
    Kind(OperandKind),
}

/// The values of all paths.
pub(super) struct Pools(BTreeMap<Vec<Step>, Vec<Option<Value>>>);

impl Pools {
    pub(super) fn of(atoms: &[Atom]) -> Self {
        // What is compared with each other shares what both are compared with.
        let mut about: BTreeMap<&Vec<Step>, Vec<&Candidate>> = BTreeMap::new();
        for _ in 0..2 {
            for atom in atoms {
                let mut all: Vec<&Candidate> = atom.candidates.iter().collect();
                all.extend(atom.paths.iter().filter_map(|path| about.get(path)).flatten());
                for path in &atom.paths {
                    let known = about.entry(path).or_default();
                    for candidate in &all {
                        if !known.contains(candidate) {
                            known.push(candidate);
                        }
                    }
                }
            }
        }
        let paths: Vec<&Vec<Step>> = about.keys().copied().collect();
        let values = about.iter().map(|(path, candidates)| {
            let mut values = values(candidates);
            // Another path leads into it.
            if paths.iter().any(|other| other.len() > path.len() && other.starts_with(path)) {
                values.insert(0, Some(Value::empty_object()));
            }
            values.dedup();
            values.truncate(MOST_VALUES);
            ((*path).clone(), values)
        });
        Self(values.collect())
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
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    let mut all: Vec<f64> = numbers.iter().flat_map(|number| [*number, number + 1.0, number - 1.0]).collect();
    let between = numbers.windows(2).map(|pair| f64::midpoint(pair[0], pair[1]));
    // A whole number first: most types have no others.
    all.extend(between.clone().map(f64::floor));
    all.extend(between);
    all
}

fn of_number(number: f64) -> Option<Value> {
    #[allow(clippy::cast_possible_truncation, reason = "whole and far from the end of the type")]
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return Some(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number)
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

/// What a comparison is about.
pub(super) fn of_comparison(comparison: &Comparison, found: &mut Vec<Candidate>) {
    let operand = &comparison.operand;
    match comparison.operator {
        Operator::IsPresent | Operator::IsNull | Operator::IsBoolean => {}
        operator if operator.is_test() => {
            found.extend(
                [OperandKind::Number, OperandKind::String, OperandKind::Timestamp].map(Candidate::Kind),
            );
        }
        operator if operator.operand() == OperandKind::Path => {
            let kind = operator.compares();
            found.push(Candidate::Kind(kind));
            if kind == OperandKind::Timestamp {
                found.push(Candidate::Value("2030-01-01T00:00:00Z".into()));
            }
        }
        operator if is_pattern(operator) => {
            found.push(Candidate::Pattern(operand.as_str().unwrap_or_default().to_owned()));
        }
        _ => found.push(Candidate::Value(operand.clone())),
    }
}

/// What an expression reads and is about.
pub(super) fn of_expression(expression: &Expression, read: &mut Read) {
    match &expression.kind {
        Kind::String(text) => read.candidates.push(Candidate::Value(text.as_str().into())),
        Kind::Boolean(value) => read.candidates.push(Candidate::Value((*value).into())),
        Kind::Number(number) => {
            if let Some(number) = Number::from_f64(*number) {
                for length in [number.as_f64().floor(), number.as_f64().ceil()] {
                    #[allow(clippy::cast_possible_truncation, reason = "a longer one is not made")]
                    let length = length as i64;
                    let around = [length, length.saturating_add(1), length.saturating_sub(1)];
                    read.lengths(&around);
                }
                read.candidates.push(Candidate::NumberIn(number.clone()));
                read.candidates
                    .push(Candidate::Value(of_number(number.as_f64()).unwrap_or(Value::Number(number))));
            }
        }
        Kind::Regex { pattern, .. } => {
            // A pattern without signs matches itself.
            let plain: String = pattern.chars().filter(|c| !"^$\\".contains(*c)).collect();
            read.candidates.push(Candidate::Value(plain.into()));
        }
        Kind::Path(_) | Kind::Variable(_) | Kind::Filter { .. } | Kind::KeepArray(_) => {
            if let Some(path) = path_of(expression, read) {
                read.add(path);
                return;
            }
            expression.parts().into_iter().for_each(|part| of_expression(part, read));
        }
        Kind::Binary { operator, left, right } => {
            if *operator == stepfn_core::jsonata::Operator::In {
                // `x in list`: a list that has it.
                let mut inner = Read::default();
                of_expression(left, &mut inner);
                let items = inner.candidates.iter().filter_map(|candidate| match candidate {
                    Candidate::Value(value) => Some(Candidate::Value(Value::array([value.clone()]))),
                    _ => None,
                });
                read.candidates.extend(items);
            }
            [left, right].into_iter().for_each(|part| of_expression(part, read));
        }
        Kind::Lambda { .. } => {}
        Kind::Call { arguments, .. } => arguments.iter().for_each(|argument| of_expression(argument, read)),
        _ => expression.parts().into_iter().for_each(|part| of_expression(part, read)),
    }
}

impl Read {
    fn lengths(&mut self, lengths: &[i64]) {
        for length in lengths {
            self.candidates.extend([Candidate::TextOf(*length), Candidate::ItemsOf(*length)]);
        }
    }
}

/// The steps of `$states.input.a[0].b` and `$variable.a`.
fn path_of(expression: &Expression, read: &mut Read) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    flatten(expression, &mut steps)?;
    let (first, rest) = steps.split_first()?;
    let Step::Name(first) = first else { return None };
    let variable = first.strip_prefix('$')?;
    if variable == "states" {
        let (Step::Name(root), rest) = rest.split_first()? else { return None };
        return (root == "input").then(|| rest.to_vec());
    }
    if variable.is_empty() || variable == "$" || stepfn_core::jsonata::function(variable).is_some() {
        return None;
    }
    read.variables.insert(variable.to_owned());
    Some(std::iter::once(Step::Name(variable.to_owned())).chain(rest.iter().cloned()).collect())
}

fn flatten(expression: &Expression, steps: &mut Vec<Step>) -> Option<()> {
    match &expression.kind {
        Kind::Path(parts) => parts.iter().try_for_each(|part| flatten(part, steps)),
        Kind::Name(name) | Kind::String(name) => {
            steps.push(Step::Name(name.clone()));
            Some(())
        }
        Kind::Variable(name) => {
            steps.push(Step::Name(format!("${name}")));
            Some(())
        }
        Kind::KeepArray(of) => flatten(of, steps),
        Kind::Filter { of, predicate } => {
            flatten(of, steps)?;
            let Kind::Number(index) = predicate.kind else { return None };
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a small whole number"
            )]
            let index = (index.fract() == 0.0 && (0.0..16.0).contains(&index)).then_some(index as usize)?;
            steps.push(Step::Index(index));
            Some(())
        }
        _ => None,
    }
}
