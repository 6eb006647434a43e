//! Error names in `Retry` and `Catch` that the service behind a Task does not have.

use super::{Analyser, read::Site};
use crate::{
    asl::{State, Task},
    diagnostic::{Code, Diagnostic, Severity},
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
        let retry =
            state.retry.iter().flatten().enumerate().map(|(i, entry)| ("Retry", i, &entry.error_equals));
        let catch =
            state.catch.iter().flatten().enumerate().map(|(i, entry)| ("Catch", i, &entry.error_equals));
        for (field, index, names) in retry.chain(catch) {
            for (position, name) in names.iter().enumerate() {
                let Some((prefix, error)) = name.split_once('.') else { continue };
                let known = FAMILIES.iter().any(|(_, optimised, sdk)| prefix == *optimised || prefix == *sdk);
                if !known || prefix == own {
                    continue;
                }
                let message =
                    format!("{}the errors of this resource begin with `{own}.`, not `{prefix}.`", site.place);
                let same = prefix.eq_ignore_ascii_case(own);
                let help = same.then(|| format!("write `{own}.{error}`"));
                let at = format!("{}/{field}/{index}/ErrorEquals/{position}", site.at);
                let finding = Diagnostic::new(Code::UnraisedError, at, message).maybe_help(help);
                report.findings.push(Diagnostic { severity: Severity::Warning, ..finding });
            }
        }
    }
}

/// How the errors of a resource begin, where that is known.
fn family(arn: &str) -> Option<&'static str> {
    let mut parts = arn.strip_prefix("arn:")?.split(':').skip(1);
    let service = parts.next()?;
    if service == "lambda" {
        return Some("Lambda");
    }
    let mut parts = parts.skip_while(|part| part.is_empty());
    let (sdk, service) = match (service, parts.next()?) {
        ("states", "aws-sdk") => (true, parts.next()?),
        ("states", service) => (false, service),
        _ => return None,
    };
    let (_, optimised, by_sdk) = FAMILIES
        .iter()
        .find(|(name, ..)| *name == service || sdk && *name == "states" && service == "sfn")?;
    Some(if sdk { by_sdk } else { optimised })
}
