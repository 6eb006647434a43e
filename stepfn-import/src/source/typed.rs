//! The type that a machine's input may have: the one that is known, as far as the checks accept it.

use stepfn_core::{
    asl,
    check::{self, Code, Options},
    definition::WorkflowType,
    diagnostic::{Diagnostic, Severity},
    flow::{self, Known, OwnedClaim, StateTyping, TypeRef, Typing},
    shape::Shape,
};

use super::{results::Answer, types::Type};
use crate::Imported;

/// The number of times that a machine is checked to find a type: beyond that, the types inside stay open.
const MOST_CHECKS: usize = 200;

/// The bytes that are checked in all: a large machine is checked less often.
const MOST_CHECKED: usize = 2_000_000;

/// The diagnostics with which the macro would refuse a machine with a type of input.
pub(super) struct Refusal {
    /// The diagnostics that a state can allow by name.
    pub(super) allowable: Vec<Diagnostic>,
    /// Claims about types: rustc refuses these.
    pub(super) claims: Vec<Diagnostic>,
}

pub(super) fn diagnostics(imported: &Imported, input: &'static Shape, results: &[Answer]) -> Refusal {
    // As the macro: what the reader finds wrong counts, too.
    let (machine, read) = asl::read(&imported.machine.to_json());
    let machine = &machine;
    let mut allowable = check::check_read(machine, read, &Options { workflow_type: imported.workflow_type });
    let typing = Typing {
        input: Some(TypeRef(0)),
        output: Some(TypeRef(1)),
        proven: true,
        express: imported.workflow_type == WorkflowType::Express,
        states: results
            .iter()
            .enumerate()
            .flat_map(|(index, answer)| {
                let result = move |state: &String| (state.into(), StateTyping::Result(TypeRef(index + 2)));
                answer.states.iter().map(result)
            })
            .collect(),
        ..Typing::default()
    };
    let mut types = vec![input, &Shape::Any];
    types.extend(results.iter().map(|answer| answer.ty.shape()));
    let known = Known { types, tasks: Vec::new() };
    let analysis = flow::analyse(machine, &typing);
    allowable.extend(analysis.diagnostics);
    let mut claims = Vec::new();
    for obligation in &analysis.obligations {
        let Some(diagnostic) = obligation.judge(&known) else { continue };
        match obligation.claim {
            OwnedClaim::Covers { .. } | OwnedClaim::Raises { .. } => allowable.push(diagnostic),
            _ => claims.push(diagnostic),
        }
    }
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    allowable.retain(is_error);
    claims.retain(is_error);
    Refusal { allowable, claims }
}

/// The part of a type that a machine compiles with, and finds nothing new in.
pub(super) fn fitting(imported: &Imported, wanted: &Type) -> Type {
    let known = places(diagnostics(imported, &Shape::Any, &[]).allowable);
    fitting_part(wanted, most_checks(imported), |ty| {
        nothing_new(&diagnostics(imported, ty.shape(), &[]), &known)
    })
}

/// Cuts the types of results down to what the machine compiles with, one after the other.
pub(super) fn fit_results(imported: &Imported, input: &Type, results: &mut Vec<Answer>) {
    let known = places(diagnostics(imported, input.shape(), &[]).allowable);
    let mut fit: Vec<Answer> = Vec::new();
    let most = most_checks(imported);
    for answer in results.drain(..) {
        let ty = fitting_part(&answer.ty, most, |ty| {
            let mut with = fit.clone();
            with.push(Answer { ty: ty.clone(), ..answer.clone() });
            nothing_new(&diagnostics(imported, input.shape(), &with), &known)
        });
        if ty != Type::Any {
            fit.push(Answer { ty, ..answer });
        }
    }
    *results = fit;
}

/// Returns how often a machine may be checked to find one type.
fn most_checks(imported: &Imported) -> usize {
    let bytes = imported.machine.to_json().to_string().len();
    (MOST_CHECKED / bytes.max(1)).clamp(4, MOST_CHECKS)
}

fn places(diagnostics: Vec<Diagnostic>) -> Vec<(String, Code)> {
    diagnostics.into_iter().map(|diagnostic| (diagnostic.at.into_string(), diagnostic.code)).collect()
}

fn nothing_new(found: &Refusal, known: &[(String, Code)]) -> bool {
    let is_known = |diagnostic: &Diagnostic| {
        known.iter().any(|(at, code)| *at == diagnostic.at && *code == diagnostic.code)
    };
    found.claims.is_empty() && found.allowable.iter().all(is_known)
}

fn fitting_part(wanted: &Type, most: usize, mut is_fit: impl FnMut(&Type) -> bool) -> Type {
    let mut checks = 0;
    let mut fits = |ty: &Type| {
        checks += 1;
        checks <= most && is_fit(ty)
    };
    if fits(wanted) {
        return wanted.clone();
    }
    // From outside in, each part on its own: what is refused stays untyped.
    let mut found = Type::Any;
    let mut open = vec![(Vec::new(), wanted)];
    while let Some((path, part)) = open.pop() {
        if *part == Type::Any {
            continue;
        }
        let mut candidate = found.clone();
        let Some(place) = at(&mut candidate, &path) else { continue };
        *place = part.outline();
        if !fits(&candidate) {
            continue;
        }
        found = candidate;
        for (index, child) in part.children().into_iter().enumerate().rev() {
            let mut path = path.clone();
            path.push(index);
            open.push((path, child));
        }
    }
    found
}

fn at<'t>(ty: &'t mut Type, path: &[usize]) -> Option<&'t mut Type> {
    path.iter().try_fold(ty, |ty, index| ty.child_mut(*index))
}
