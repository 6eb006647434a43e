//! The type that a machine's input may have: the one that is known, as far as the checks accept it.

use stepfn_core::{
    asl,
    check::{self, Code, Options},
    definition::WorkflowType,
    diagnostic::{Diagnostic, Severity},
    flow::{self, Known, OwnedClaim, TypeRef, Typing},
    shape::Shape,
};

use super::types::Type;
use crate::Imported;

/// The number of times that a machine is checked to find a type: beyond that, the types inside stay open.
const MOST_CHECKS: usize = 200;

/// The diagnostics with which the macro would refuse a machine with a type of input.
pub(super) struct Findings {
    /// The diagnostics that a state can allow by name.
    pub(super) allowable: Vec<Diagnostic>,
    /// Claims about types: rustc refuses these.
    pub(super) claims: Vec<Diagnostic>,
}

pub(super) fn findings(imported: &Imported, input: &'static Shape) -> Findings {
    // As the macro: what the reader finds wrong counts, too.
    let (machine, read) = asl::read(&imported.machine.to_json());
    let machine = &machine;
    let mut allowable = check::check_read(machine, read, &Options { workflow_type: imported.workflow_type });
    let typing = Typing {
        input: Some(TypeRef(0)),
        output: Some(TypeRef(1)),
        proven: true,
        express: imported.workflow_type == WorkflowType::Express,
        ..Typing::default()
    };
    let known = Known { types: vec![input, &Shape::Any], tasks: Vec::new() };
    let analysis = flow::analyse(machine, &typing);
    allowable.extend(analysis.findings);
    let mut claims = Vec::new();
    for obligation in &analysis.obligations {
        let Some(finding) = obligation.judge(&known) else { continue };
        match obligation.claim {
            OwnedClaim::Covers { .. } | OwnedClaim::Raises { .. } => allowable.push(finding),
            _ => claims.push(finding),
        }
    }
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    allowable.retain(is_error);
    claims.retain(is_error);
    Findings { allowable, claims }
}

/// The part of a type that a machine compiles with, and finds nothing new in.
pub(super) fn fitting(imported: &Imported, wanted: &Type) -> Type {
    let known: Vec<(String, Code)> = findings(imported, &Shape::Any)
        .allowable
        .into_iter()
        .map(|finding| (finding.at, finding.code))
        .collect();
    let mut checks = 0;
    let mut fits = |ty: &Type| {
        checks += 1;
        if checks > MOST_CHECKS {
            return false;
        }
        let found = findings(imported, ty.shape());
        found.claims.is_empty()
            && found.allowable.into_iter().all(|finding| known.contains(&(finding.at, finding.code)))
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
