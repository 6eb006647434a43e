//! The numbers of fields, judged by the ranges of the schema.

use super::{super::Code, walk::Node};
use crate::{
    asl::{
        Amount,
        schema::{Given, Kind, Range, field},
    },
    diagnostic::Diagnostic,
};

/// Returns the error of an amount; a string has none, as its number is not known yet.
pub(in crate::check) fn breach(field: &str, range: Range, amount: &Amount) -> Option<String> {
    let Amount::Number(number) = amount else { return None };
    let value = number.as_f64();
    let fits = value >= range.least && value <= range.most && !(range.whole && value.fract() != 0.0);
    (!fits).then(|| format!("`{field}` must be {}, found `{number}`", range.words()))
}

/// Reports the numbers of a state, or of one of the objects in it, that are out of their ranges.
pub(in crate::check) fn check(node: &Node<'_>, owner: &str, code: Code, diagnostics: &mut Vec<Diagnostic>) {
    for part in node.state.parts() {
        if let (Kind::Amount(range), Given::Amount(amount)) = (part.field.kind, part.given)
            && part.field.owners.contains(&owner)
        {
            let breach = breach(part.field.name, range, amount);
            diagnostics.extend(breach.map(|message| node.diagnostic(code, &part.at, message)));
        }
    }
}

/// The range of an object's field.
pub(in crate::check) fn range(owner: &str, name: &str) -> Option<Range> {
    match field(owner, name)?.kind {
        Kind::Amount(range) => Some(range),
        _ => None,
    }
}

/// The number, where it is known.
pub(in crate::check) fn known(amount: Option<&Amount>) -> Option<f64> {
    match amount {
        Some(Amount::Number(number)) => Some(number.as_f64()),
        _ => None,
    }
}
