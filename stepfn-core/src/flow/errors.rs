//! Errors: names that the service behind a Task does not have, and what a catcher gets.

use super::{Analyser, StateTyping, site::Site, value::Sym};
use crate::{
    asl::{Catcher, State, StateKind, Task},
    diagnostic::{Code, Diagnostic, Severity},
    json::Pointer,
    placeholder::has_placeholder,
    service::{Integration, Resource, lookup},
    task::Call,
};

/// The beginnings of a service's errors: through its optimised integration, and through the AWS SDK one. Only those that AWS is known to
/// write; a Lambda function may raise any other name.
const FAMILIES: [(&str, &str, &str); 8] = [
    ("lambda", "Lambda", "Lambda"),
    ("dynamodb", "DynamoDB", "DynamoDb"),
    ("sqs", "SQS", "Sqs"),
    ("sns", "SNS", "Sns"),
    ("events", "EventBridge", "EventBridge"),
    ("states", "StepFunctions", "Sfn"),
    ("s3", "S3", "S3"),
    ("secretsmanager", "SecretsManager", "SecretsManager"),
];

impl Analyser<'_> {
    /// Warns of names that are errors of another service, or of this one through the other kind of integration.
    pub(super) fn foreign_errors(&mut self, site: &Site, state: &State, task: &Task) {
        let Some(own) = task.resource.as_str().and_then(family) else { return };
        let Some(report) = &mut self.report else { return };
        for (at, name) in error_names(state) {
            let Some((prefix, error)) = name.split_once('.') else { continue };
            let known = FAMILIES.iter().any(|(_, optimised, sdk)| prefix == *optimised || prefix == *sdk);
            if !known || prefix == own {
                continue;
            }
            let message =
                format!("{}the errors of this resource begin with `{own}.`, not `{prefix}.`", site.place);
            let same = prefix.eq_ignore_ascii_case(own);
            let help = same.then(|| format!("write `{own}.{error}`"));
            let at = format!("{}{at}", site.at);
            let diagnostic = Diagnostic::new(Code::UnraisedError, at, message).maybe_help(help);
            report.diagnostics.push(Diagnostic { severity: Severity::Warning, ..diagnostic });
        }
    }
}

/// The parts of an error that may be missing.
#[derive(Clone, Copy, Default)]
struct Silent {
    error: bool,
    cause: bool,
}

impl Analyser<'_> {
    /// Returns the data of a catcher: `Error` and `Cause`, each a string, or null where the failure gave none.
    pub(super) fn caught(&self, at: &Pointer, state: &State, catcher: &Catcher) -> Sym {
        let silent = self.silent(at, state, &catcher.error_equals);
        let text = |may_be_null| if may_be_null { Sym::String.join(&Sym::Null) } else { Sym::String };
        // Who has no name is caught by none.
        let named = !catcher.error_equals.iter().any(|name| takes_any(name));
        Sym::object([("Error", text(silent.error && !named)), ("Cause", text(silent.cause))])
    }

    /// Returns the parts that may be missing of the errors of some names with which a state can fail, itself or inside.
    fn silent(&self, at: &Pointer, state: &State, names: &[String]) -> Silent {
        match &state.kind {
            // A callback may fail without saying why.
            StateKind::Task(task) => {
                let callback = match self.typing.states.get(at.as_str()) {
                    Some(StateTyping::Task { call, .. }) => *call == Call::WaitForTaskToken,
                    _ => task.resource.as_str().is_none_or(|arn| {
                        // A placeholder may become anything.
                        arn.ends_with(".waitForTaskToken") || arn.contains(":activity:") || arn.contains("${")
                    }),
                };
                Silent { error: callback, cause: callback }
            }
            StateKind::Fail(fail) => {
                let is_caught = fail.error.as_ref().is_none_or(|error| {
                    let is_known = !error.starts_with("{%") && !has_placeholder(error);
                    !is_known || names.iter().any(|name| takes_any(name) || name == error)
                });
                Silent {
                    error: is_caught && fail.error.is_none() && fail.error_path.is_none(),
                    cause: is_caught && fail.cause.is_none() && fail.cause_path.is_none(),
                }
            }
            // The children are executions: that too many of them failed is an error of its own.
            StateKind::Map(map) if map.is_distributed() => Silent::default(),
            _ => {
                let mut all = Silent::default();
                for (child_at, machine) in state.children() {
                    for (name, inner) in &machine.states {
                        let inner = self.silent(&at.join(&child_at).state(name), inner, names);
                        all.error |= inner.error;
                        all.cause |= inner.cause;
                    }
                }
                all
            }
        }
    }
}

/// Returns `true` if a name in `ErrorEquals` matches errors of other names.
fn takes_any(name: &str) -> bool {
    matches!(name, "States.ALL" | "States.TaskFailed") || has_placeholder(name)
}

/// The names in `Retry` and `Catch`, each with its JSON pointer below the state.
pub(super) fn error_names(state: &State) -> impl Iterator<Item = (Pointer, &String)> {
    let retry = state.retry.iter().flatten().map(|retrier| &retrier.error_equals).enumerate();
    let catch = state.catch.iter().flatten().map(|catcher| &catcher.error_equals).enumerate();
    let lists = retry.map(|list| ("Retry", list)).chain(catch.map(|list| ("Catch", list)));
    lists.flat_map(|(field, (index, names))| {
        let at = move |position| Pointer::root().key(field).index(index).key("ErrorEquals").index(position);
        names.iter().enumerate().map(move |(position, name)| (at(position), name))
    })
}

/// Returns the beginning of a resource's errors, where it is known.
fn family(resource: &str) -> Option<&'static str> {
    let (sdk, service) = match lookup(resource) {
        Resource::Function => (false, "lambda"),
        Resource::Integration(Integration { sdk: true, service: "sfn", .. }) => (true, "states"),
        Resource::Integration(named) => (named.sdk, named.service),
        _ => return None,
    };
    let (_, optimised, by_sdk) = FAMILIES.iter().find(|(name, ..)| *name == service)?;
    Some(if sdk { by_sdk } else { optimised })
}
