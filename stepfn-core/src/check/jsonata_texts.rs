//! The JSONata expressions of a state, read.

use super::walk::{Node, below};
pub(crate) use super::walk::{awaits_deployment, has_placeholder};
use crate::{
    asl::{Amount, Condition, QueryLanguage, State, StateKind},
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
    let plain = Place::default();
    let result = matches!(state.kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_));
    let after = Place { result, ..plain };
    match &state.kind {
        StateKind::Task(task) => {
            values("/Credentials", task.credentials.as_ref(), plain, &mut found);
            amount("/TimeoutSeconds", task.timeout_seconds.as_ref(), &mut found);
            amount("/HeartbeatSeconds", task.heartbeat_seconds.as_ref(), &mut found);
        }
        StateKind::Wait(wait) => {
            amount("/Seconds", wait.seconds.as_ref(), &mut found);
            text("/Timestamp", wait.timestamp.as_deref(), plain, &mut found);
        }
        StateKind::Fail(fail) => {
            text("/Error", fail.error.as_deref(), plain, &mut found);
            text("/Cause", fail.cause.as_deref(), plain, &mut found);
        }
        StateKind::Map(map) => {
            for (at, value) in [
                ("/Items", &map.items),
                ("/ItemReader", &map.item_reader),
                ("/ItemSelector", &map.item_selector),
                ("/ItemBatcher", &map.item_batcher),
                ("/ResultWriter", &map.result_writer),
            ] {
                values(at, value.as_ref(), plain, &mut found);
            }
            for (at, value) in [
                ("/MaxConcurrency", &map.max_concurrency),
                ("/ToleratedFailureCount", &map.tolerated_failure_count),
                ("/ToleratedFailurePercentage", &map.tolerated_failure_percentage),
            ] {
                amount(at, value.as_ref(), &mut found);
            }
        }
        StateKind::Choice(choice) => {
            for (index, rule) in choice.choices.iter().enumerate() {
                let at = format!("/Choices/{index}");
                if let Condition::Jsonata(condition) = &rule.condition {
                    values(&format!("{at}/Condition"), Some(condition), plain, &mut found);
                }
                values(&format!("{at}/Assign"), rule.assign.as_ref(), plain, &mut found);
                values(&format!("{at}/Output"), rule.output.as_ref(), plain, &mut found);
            }
        }
        StateKind::Pass(_) | StateKind::Succeed | StateKind::Parallel(_) => {}
    }
    values("/Arguments", state.arguments.as_ref(), plain, &mut found);
    values("/Output", state.output.as_ref(), after, &mut found);
    values("/Assign", state.assign.as_ref(), after, &mut found);
    let caught = Place { error_output: true, ..plain };
    for (index, catcher) in state.catch.iter().flatten().enumerate() {
        values(&format!("/Catch/{index}/Assign"), catcher.assign.as_ref(), caught, &mut found);
        values(&format!("/Catch/{index}/Output"), catcher.output.as_ref(), caught, &mut found);
    }
    found
}

fn amount<'m>(at: &str, amount: Option<&'m Amount>, found: &mut Vec<Written<'m>>) {
    if let Some(Amount::Text(amount)) = amount {
        text(at, Some(amount), Place::default(), found);
    }
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
        && !awaits_deployment(inside)
    {
        found.push(Written { below: at.to_owned(), text, offset, place, parsed: jsonata::parse(inside) });
    }
}

/// An expression of a state, and what is wrong with it.
pub(super) struct Judged<'m> {
    pub(super) written: Written<'m>,
    /// The analysis; none where the expression cannot be read.
    analysis: Option<Analysis>,
}

/// Returns all expressions of a state; none in JSONPath.
pub(super) fn judged<'m>(node: &Node<'m>) -> Vec<Judged<'m>> {
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
    pub(super) fn finding(
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
        node.finding(code, &self.below, message).range(range)
    }
}

/// The diagnostics of one kind.
pub(super) fn issues(
    node: &Node<'_>,
    expressions: &[Judged<'_>],
    kind: IssueKind,
    code: Code,
    findings: &mut Vec<Diagnostic>,
) {
    for expression in expressions {
        for issue in expression.analysis.iter().flat_map(|analysis| &analysis.issues) {
            if issue.kind == kind {
                let finding = expression.written.finding(node, code, &issue.range, &issue.message);
                findings.push(finding.maybe_help(issue.help.clone()));
            }
        }
    }
}
