//! Parts of an expression that are known to come to something, as they are written. The same text elsewhere is the same value only where
//! `$` and its variables are the same, and where it gives the same whenever it is evaluated.

use super::queried::Text;
use crate::jsonata::{Expression, ExpressionKind as Kind};

/// A part of an expression that comes to something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Present {
    written: String,
    /// Whether it is of `$`, or of names alone.
    of_context: bool,
    variables: Vec<String>,
}

impl Present {
    /// Returns the part, where that it comes to something once says that it does again.
    pub(super) fn of(text: &Text<'_>, part: &Expression) -> Option<Self> {
        let mut variables = Vec::new();
        is_lasting(part).then(|| {
            named(part, &mut variables);
            let written = text.part(&part.range).to_owned();
            Self { written, of_context: is_of_context(part), variables }
        })
    }

    pub(super) fn is_written(&self, text: &str) -> bool {
        self.written == text
    }

    /// Returns `true` if it is another value behind a step, where `$` is another one.
    pub(super) fn is_of_context(&self) -> bool {
        self.of_context
    }

    /// Returns `true` if it is another value where a variable of this name is bound.
    pub(super) fn names(&self, variable: &str) -> bool {
        self.variables.iter().any(|name| name == variable)
    }
}

/// The functions that need not give the same when they are called again.
const CHANGES: [&str; 5] = ["random", "now", "millis", "uuid", "shuffle"];

/// Returns `true` if an expression comes to the same whenever it is evaluated.
pub(super) fn is_lasting(expression: &Expression) -> bool {
    !matches!(&expression.kind, Kind::Variable(name) if CHANGES.contains(&name.as_str()))
        && expression.parts().into_iter().all(is_lasting)
}

fn named(expression: &Expression, found: &mut Vec<String>) {
    if let Kind::Variable(name) = &expression.kind {
        found.push(name.clone());
    }
    expression.parts().into_iter().for_each(|part| named(part, found));
}

/// Returns `true` if an expression is of the `$` around it.
fn is_of_context(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Name(_) | Kind::Wildcard | Kind::Descendant | Kind::Parent => true,
        Kind::Variable(name) => name.is_empty(),
        // What follows has a `$` of its own.
        Kind::Path(steps) => steps.first().is_some_and(is_of_context),
        Kind::Filter { of, .. } | Kind::OrderBy { of, .. } | Kind::Group { of, .. } => is_of_context(of),
        _ => expression.parts().into_iter().any(is_of_context),
    }
}
