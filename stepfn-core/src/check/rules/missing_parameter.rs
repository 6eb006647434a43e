//! `missing-parameter`

use super::{
    Code,
    page::Page,
    service_task::{Parameters, integration, parameters, parameters_field},
    walk::{Node, has_placeholder},
};
use crate::{
    asl::{StateKind, WorkflowType},
    diagnostic::{Diagnostic, Severity, Subject, list, nearest},
    value::Value,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Task leaves out a parameter that its service needs, or all of them: without `Parameters` or `Arguments` nothing is sent.",
    why: "AWS refuses it: \"The field 'QueueUrl' is required but was missing\", \"Parameters field is required for resource ARN\". The required parameters of an action are those of the table, which can be older than AWS: for `aws-sdk:` a parameter that is left out is a warning.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Parameters": { "MessageBody": { "order.$": "$.order" } },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Parameters": { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody": { "order.$": "$.order" } },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(named) = integration(node)
        && node.state.parameters.is_none()
        && node.state.arguments.is_none()
    {
        let field = parameters_field(node.language);
        // A slip of the field's name is a diagnostic of its own.
        if !node.state.unknown.keys().any(|key| nearest(key, [field]).is_some()) {
            let message = format!("`{named}` needs `{field}`");
            let help = format!(
                "the state's input is not sent; write `\"{field}\": {{}}` where the action needs none"
            );
            let diagnostic = node.diagnostic(Code::MissingParameter, "/Resource", message);
            diagnostics.push(diagnostic.subject(Subject::Field(field.to_owned())).help(help));
        }
    }
    if let StateKind::Map(map) = &node.state.kind
        && let Some(reader) = &map.item_reader
        && reader.get("Parameters").is_none()
        && reader.get("Arguments").is_none()
        && reader.get("Resource").and_then(Value::as_str).is_some_and(|resource| {
            resource.ends_with(":s3:getObject") || resource.ends_with(":s3:listObjectsV2")
        })
    {
        let field = parameters_field(node.language);
        let message = format!("an `ItemReader` needs `{field}`, which define what is read");
        let help = format!("write `\"{field}\": {{ \"Bucket\": … }}`");
        let diagnostic = node.diagnostic(Code::MissingParameter, "/ItemReader", message);
        diagnostics.push(diagnostic.subject(Subject::Field(field.to_owned())).help(help));
    }
    for parameters in parameters(node) {
        check_parameters(node, &parameters, diagnostics);
    }
}

fn check_parameters(node: &Node<'_>, parameters: &Parameters<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let title = &parameters.named;
    for given in &parameters.objects {
        // What a placeholder in a name becomes may be any of them.
        if given.map.keys().any(|key| has_placeholder(key)) {
            continue;
        }
        let keys = || given.map.keys().map(|key| parameters.bare(key));
        for member in given.members.iter().filter(|member| member.required) {
            // A slip of the name is a diagnostic of its own.
            if keys().any(|key| member.is_named(key) || nearest(key, [&*member.name]).is_some()) {
                continue;
            }
            let message = format!("`{title}` needs the parameter `{}{}`", given.path, member.name);
            let mut diagnostic = node
                .diagnostic(Code::MissingParameter, &given.at, message)
                .subject(Subject::Parameter(member.name.to_string()));
            if parameters.named.sdk {
                diagnostic.severity = Severity::Warning;
            }
            diagnostics.push(diagnostic);
        }
    }
    let one_of = &parameters.one_of;
    // The outermost object is the last: those in it are taken before it.
    if let Some(given) = parameters.objects.last()
        && !one_of.is_empty()
        && !given.map.keys().any(|key| has_placeholder(key) || one_of.contains(&parameters.bare(key)))
    {
        let message = format!("`{title}` needs one of the parameters {}", list(one_of));
        diagnostics.push(node.diagnostic(Code::MissingParameter, "/Resource", message));
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        check::testing::{diagnostics, lines},
        diagnostic::Severity,
    };

    #[test]
    fn what_is_certain_is_an_error() {
        for (resource, parameters, severity) in [
            ("arn:aws:states:::lambda:invoke", r#""Payload": 1"#, Some(Severity::Error)),
            ("arn:aws:states:::http:invoke", r#""ApiEndpoint": "a", "Method": "GET""#, Some(Severity::Error)),
            ("arn:aws:states:::sns:publish", r#""Message": "m", "TargetArn.$": "$.to""#, None),
            ("arn:aws:states:::sns:publish", r#""Message": "m", "Subject": "s""#, Some(Severity::Error)),
            ("arn:aws:states:::lambda:invoke", r#""FunctionName.$": "$.f""#, None),
            ("arn:aws:states:::lambda:invoke", r#""${Key}": "f""#, None),
            ("arn:aws:states:::aws-sdk:s3:getObject", r#""Bucket": "b""#, Some(Severity::Warning)),
            ("arn:aws:states:::aws-sdk:emrserverless:startApplication", r#""ApplicationId.$": "$.id""#, None),
            (
                "arn:aws:states:::aws-sdk:emrserverless:startJobRun",
                r#""ApplicationId": "a", "ExecutionRoleArn": "r""#,
                Some(Severity::Warning),
            ),
            (
                "arn:aws:states:::emr-serverless:startJobRun",
                r#""ApplicationId": "a", "ExecutionRoleArn": "r""#,
                None,
            ),
            ("arn:aws:states:::events:putEvents", r#""Entries": [{}]"#, None),
            (
                "arn:aws:states:::ecs:runTask",
                r#""TaskDefinition": "t", "Tags": [{}], "NetworkConfiguration": { "AwsvpcConfiguration": {} }"#,
                Some(Severity::Error),
            ),
        ] {
            let found = diagnostics(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "{resource}", "Parameters": {{ {parameters} }}, "End": true }} }} }}"#
            ));
            let own = found.iter().find(|found| found.code.name() == "missing-parameter");
            assert_eq!(own.map(|found| found.severity), severity, "{resource}: {found:?}");
        }
    }

    #[test]
    fn readers_and_writers_of_maps_need_theirs() {
        let found = lines(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Map", "End": true,
                "ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "JSON" },
                    "Parameters": { "Bucket": "b" } },
                "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS" },
                    "StartAt": "I", "States": { "I": { "Type": "Succeed" } } },
                "ResultWriter": { "Resource": "arn:aws:states:::s3:putObject", "Parameters": { "bucket": "b", "Prefix": "p" } } } } }"#,
        );
        assert_eq!(
            found,
            [
                "missing-parameter /States/A/ItemReader/Parameters: state `A`: `s3:getObject` needs the parameter `Key`",
                "unknown-parameter /States/A/ResultWriter/Parameters/bucket: state `A`: `s3:putObject` has no parameter `bucket` \
                 (did you mean `Bucket`?)",
            ]
        );
    }

    #[test]
    fn a_reader_needs_to_be_told_what_it_reads() {
        let found = lines(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Map", "End": true,
                "ItemReader": { "Resource": "arn:aws:states:::s3:listObjectsV2" },
                "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS" },
                    "StartAt": "I", "States": { "I": { "Type": "Succeed" } } } } } }"#,
        );
        let told = "missing-parameter /States/A/ItemReader: state `A`: an `ItemReader` needs `Parameters`, which define what is read \
             (write `\"Parameters\": { \"Bucket\": … }`)";
        assert_eq!(found, [told]);
    }

    #[test]
    fn without_parameters_nothing_is_sent() {
        for (fields, expected) in [
            (
                "",
                &[
                    "missing-parameter /States/A/Resource: state `A`: `aws-sdk:iam:listUsers` needs `Parameters` (the state's input is not sent; \
                   write `\"Parameters\": {}` where the action needs none)",
                ][..],
            ),
            (
                r#""QueryLanguage": "JSONata","#,
                &[
                    "missing-parameter /States/A/Resource: state `A`: `aws-sdk:iam:listUsers` needs `Arguments` \
                   (the state's input is not sent; write `\"Arguments\": {}` where the action needs none)",
                ],
            ),
            (r#""Parameters": {},"#, &[]),
            (r#""QueryLanguage": "JSONata", "Arguments": "{% $states.input %}","#, &[]),
        ] {
            let found = lines(&format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:iam:listUsers", {fields} "End": true }} }} }}"#
            ));
            assert_eq!(found, expected, "{fields}");
        }
    }
}
