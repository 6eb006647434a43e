//! Rules that the reference checks only after parsing.

use super::{
    ast::{Expression, ExpressionKind as Kind},
    error::JsonataError,
};

pub(super) fn verify(expression: &Expression) -> Result<(), JsonataError> {
    each(expression)
}

fn each(expression: &Expression) -> Result<(), JsonataError> {
    for part in expression.parts() {
        each(part)?;
    }
    let fault = |code, message: &str, range: &std::ops::Range<usize>| {
        Err(JsonataError::new(code, message, range.clone()))
    };
    let whole = &expression.range;
    match &expression.kind {
        Kind::Path(steps) => match steps.iter().find_map(literal_step) {
            Some(step) => fault("S0213", "a literal cannot be a step of a path", &step.range).map_err(
                |error: JsonataError| {
                    error.help("put a name that is no word in backticks, an index in brackets")
                },
            ),
            None => Ok(()),
        },
        Kind::Filter { of, .. } if last_is_grouped(of) => {
            fault("S0209", "a predicate cannot follow a grouping", whole)
                .map_err(|error: JsonataError| error.help("put the predicate first"))
        }
        Kind::Group { of, .. } if grouped(of) => fault("S0210", "there is more than one grouping", whole)
            .map_err(|error: JsonataError| error.help("put the first in parentheses")),
        Kind::Focus { of, .. } if last_is_filtered(of) => {
            fault("S0215", "a context variable cannot follow a predicate", whole)
                .map_err(|error: JsonataError| error.help("put the predicate after the `@$name`"))
        }
        Kind::Focus { of, .. } if last_is_ordered(of) => {
            fault("S0216", "a context variable cannot follow an order", whole)
                .map_err(|error: JsonataError| error.help("put the order after the `@$name`"))
        }
        _ => Ok(()),
    }
}

/// Returns the expression without its last qualifier, to see the step.
fn qualified(expression: &Expression) -> Option<&Expression> {
    match &expression.kind {
        Kind::Filter { of, .. }
        | Kind::KeepArray(of)
        | Kind::Group { of, .. }
        | Kind::Focus { of, .. }
        | Kind::Index { of, .. } => Some(of),
        _ => None,
    }
}

fn literal_step(step: &Expression) -> Option<&Expression> {
    match &step.kind {
        Kind::Number(_) | Kind::Boolean(_) | Kind::Null => Some(step),
        Kind::Negate(of) if is_number(of) => Some(step),
        Kind::OrderBy { of, .. } => literal_step(of),
        _ => qualified(step).and_then(literal_step),
    }
}

/// Returns `true` if the reference takes it for a number, whatever is asked of it.
fn is_number(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Number(_) => true,
        Kind::Negate(of) => is_number(of),
        _ => qualified(expression).is_some_and(is_number),
    }
}

/// Returns `true` if the reference makes a path of it.
fn is_path(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Name(_) | Kind::Path(_) | Kind::OrderBy { .. } | Kind::Index { .. } => true,
        _ => qualified(expression).is_some_and(is_path),
    }
}

/// A path keeps the grouping of the path that it goes on from.
fn grouped(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Group { .. } => true,
        Kind::Path(steps) => steps.first().is_some_and(|step| is_path(step) && grouped(step)),
        Kind::OrderBy { of, .. } | Kind::Index { of, .. } => is_path(of) && grouped(of),
        _ => qualified(expression).is_some_and(grouped),
    }
}

fn last_is_grouped(expression: &Expression) -> bool {
    match &expression.kind {
        // The grouping of a path is the path's, not its last step's.
        Kind::Group { of, .. } => !is_path(of) || last_is_grouped(of),
        Kind::Index { of, .. } if !is_path(of) => grouped(of),
        _ => qualified(expression).is_some_and(last_is_grouped),
    }
}

fn last_is_filtered(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Filter { .. } => true,
        Kind::Path(steps) => steps.last().is_some_and(last_is_filtered),
        _ => qualified(expression).is_some_and(last_is_filtered),
    }
}

fn last_is_ordered(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::OrderBy { .. } => true,
        _ => qualified(expression).is_some_and(last_is_ordered),
    }
}
