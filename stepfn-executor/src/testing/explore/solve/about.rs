//! What tests read, and the values that they are about.

use stepfn_core::{
    asl::{Comparison, OperandKind, Operator},
    jsonata::{Expression, ExpressionKind as Kind},
    path::{Path, Root, SegmentKind},
    value::{Number, Value},
};

use super::Step;

/// The subject of a test.
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

/// The paths that a test reads, and its subject.
#[derive(Default)]
pub(super) struct Read {
    pub(super) paths: Vec<Vec<Step>>,
    /// In order, each once.
    pub(super) variables: Vec<String>,
    pub(super) candidates: Vec<Candidate>,
}

impl Read {
    fn variable(&mut self, name: &str) {
        if let Err(place) = self.variables.binary_search_by(|known| known.as_str().cmp(name)) {
            self.variables.insert(place, name.to_owned());
        }
    }

    pub(super) fn path(&mut self, text: &str) {
        let Ok(path) = Path::parse(text) else { return };
        let mut steps = Vec::new();
        match &path.root {
            Root::Variable(name) => {
                self.variable(name);
                steps.push(Step::Name(name.clone()));
            }
            Root::Input => {}
            _ => return,
        }
        for segment in &path.segments {
            match &segment.kind {
                SegmentKind::Name(name) => steps.push(Step::Name(name.clone())),
                SegmentKind::Index(index) => match usize::try_from(*index) {
                    Ok(index) if index < 16 => steps.push(Step::Index(index)),
                    _ => return,
                },
                _ => return,
            }
        }
        self.add(steps);
    }

    pub(super) fn add(&mut self, path: Vec<Step>) {
        if !path.is_empty() && !self.paths.contains(&path) {
            self.paths.push(path);
        }
    }
}

pub(super) fn of_number(number: f64) -> Option<Value> {
    #[allow(clippy::cast_possible_truncation, reason = "whole and far from the end of the type")]
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return Some(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number)
}

/// The subject of a comparison.
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
        Operator::StringMatches => {
            found.push(Candidate::Pattern(operand.as_str().unwrap_or_default().to_owned()));
        }
        _ => found.push(Candidate::Value(operand.clone())),
    }
}

/// The paths that an expression reads, and its subject.
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
    read.variable(variable);
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
