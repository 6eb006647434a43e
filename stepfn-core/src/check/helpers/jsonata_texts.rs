//! The JSONata expressions of a state, read.

use super::walk::{Node, below};
use crate::{
    asl::{
        QueryLanguage, State, StateKind,
        schema::{Given, Kind, Part},
    },
    check::Code,
    diagnostic::Diagnostic,
    jsonata::{self, Analysis, Expression, IssueKind, JsonataError, Place},
    value::Value,
};

/// A string in `{% %}` with its place.
pub(crate) struct Written<'m> {
    /// JSON pointer below the state.
    pub(crate) below: String,
    /// The whole string.
    pub(crate) text: &'m str,
    /// The number of bytes of the string before the expression.
    pub(crate) offset: usize,
    /// The members of `$states` there.
    pub(crate) place: Place,
    pub(crate) parsed: Result<Expression, JsonataError>,
}

/// Returns all expressions of a JSONata state, in canonical order, those with placeholders left out.
pub(crate) fn expressions(state: &State) -> Vec<Written<'_>> {
    let mut found = Vec::new();
    let has_result = matches!(state.kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_));
    for part in state.parts().into_iter().filter(|part| part.field.is_in(QueryLanguage::Jsonata)) {
        let place = match part.at.as_str() {
            "/Output" | "/Assign" => Place { result: has_result, ..Place::default() },
            at if at.starts_with("/Catch/") => Place { error_output: true, ..Place::default() },
            _ => Place::default(),
        };
        match part.field.kind {
            Kind::Text | Kind::Amount(_) | Kind::Template | Kind::Condition => match part.given {
                // What is inside of an object of the language is looked at with it.
                Given::Value(_) if is_inside(&part) => {}
                Given::Value(value) => values(&part.at, Some(value), place, &mut found),
                given => text(&part.at, given.as_str(), place, &mut found),
            },
            Kind::Object(_) if !is_inside(&part) => {
                if let Given::Value(value) = part.given {
                    values(&part.at, Some(value), place, &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

/// Returns `true` for a field of an object that the model holds as JSON.
fn is_inside(part: &Part<'_>) -> bool {
    part.at.matches('/').count() > 1 && !part.at.starts_with("/Choices/") && !part.at.starts_with("/Catch/")
}

fn values<'m>(at: &str, value: Option<&'m Value>, place: Place, found: &mut Vec<Written<'m>>) {
    match value {
        Some(Value::String(value)) => text(at, Some(value), place, found),
        Some(Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                values(&format!("{at}/{index}"), Some(item), place, found);
            }
        }
        Some(Value::Object(map)) => {
            for (key, value) in map.iter() {
                values(&below(at, key), Some(value), place, found);
            }
        }
        _ => {}
    }
}

fn text<'m>(at: &str, text: Option<&'m str>, place: Place, found: &mut Vec<Written<'m>>) {
    if let Some(text) = text
        && let Some((inside, offset)) = jsonata::expression_in(text)
        && !jsonata::awaits_deployment(inside)
    {
        found.push(Written { below: at.to_owned(), text, offset, place, parsed: jsonata::parse(inside) });
    }
}

/// An expression of a state, and what is wrong with it.
pub(in crate::check) struct Judged<'m> {
    pub(in crate::check) written: Written<'m>,
    /// The analysis; none where the expression cannot be read.
    analysis: Option<Analysis>,
}

/// Returns all expressions of a state; none in JSONPath.
pub(in crate::check) fn judged<'m>(node: &Node<'m>) -> Vec<Judged<'m>> {
    if node.language != QueryLanguage::Jsonata {
        return Vec::new();
    }
    let judge = |written: Written<'m>| {
        let analysis =
            written.parsed.as_ref().ok().map(|expression| jsonata::analyse(expression, written.place));
        Judged { written, analysis }
    };
    expressions(node.state).into_iter().map(judge).collect()
}

impl Written<'_> {
    /// The name of the field, as messages say it: `Output/total`.
    pub(crate) fn field(&self) -> &str {
        self.below.trim_start_matches('/')
    }

    /// Returns a diagnostic at a part of the expression. Not every renderer can point into a string, so the message has the position.
    pub(in crate::check) fn diagnostic(
        &self,
        node: &Node<'_>,
        code: Code,
        range: &std::ops::Range<usize>,
        message: &str,
    ) -> Diagnostic {
        let range = range.start + self.offset..range.end + self.offset;
        let before = self.text.get(..range.start).unwrap_or_default();
        let position = before.chars().count() + 1;
        let message = format!("`{}`: {message} (character {position} of the string)", self.field());
        node.diagnostic(code, &self.below, message).range(range)
    }
}

/// The diagnostics of one kind.
pub(in crate::check) fn issues(
    node: &Node<'_>,
    expressions: &[Judged<'_>],
    kind: IssueKind,
    code: Code,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for expression in expressions {
        for issue in expression.analysis.iter().flat_map(|analysis| &analysis.issues) {
            if issue.kind == kind {
                let diagnostic = expression.written.diagnostic(node, code, &issue.range, &issue.message);
                diagnostics.push(diagnostic.maybe_help(issue.help.clone()));
            }
        }
    }
}
