//! Error names in `Retry` and `Catch` that the service behind a Task does not have.

use super::{Analyser, read::Site};
use crate::{
    asl::{State, Task},
    diagnostic::{Code, Diagnostic, Severity},
    service::{Integration, Resource, lookup},
};

/// How the errors of a service begin: through its optimised integration, and through the AWS SDK one. Only what AWS is known to
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
            let finding = Diagnostic::new(Code::UnraisedError, at, message).maybe_help(help);
            report.findings.push(Diagnostic { severity: Severity::Warning, ..finding });
        }
    }
}

/// The names in `Retry` and `Catch`, each with its JSON pointer below the state.
pub(super) fn error_names(state: &State) -> impl Iterator<Item = (String, &String)> {
    let retry = state.retry.iter().flatten().map(|retrier| &retrier.error_equals).enumerate();
    let catch = state.catch.iter().flatten().map(|catcher| &catcher.error_equals).enumerate();
    let lists = retry.map(|list| ("Retry", list)).chain(catch.map(|list| ("Catch", list)));
    lists.flat_map(|(field, (index, names))| {
        let at = move |position| format!("/{field}/{index}/ErrorEquals/{position}");
        names.iter().enumerate().map(move |(position, name)| (at(position), name))
    })
}

/// How the errors of a resource begin, where that is known.
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
