use std::collections::BTreeSet;

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    service::{self, Resource as Named},
};

use super::*;
use crate::iam::{self, Policy, apis};

/// Names in the SDK that have the words of a key, a place or a role in them, and are none.
const OTHERS: &str = include_str!("others.txt");

fn policy(service: &str, operation: &str, arguments: &Value) -> Policy {
    let text = format!(
        r#"{{"StartAt": "T", "States": {{"T": {{"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:{service}:{operation}", "Parameters": {arguments}, "End": true}}}}}}"#
    );
    let (machine, _) = asl::read_str(&text).unwrap();
    iam::policy(&Definition::from_asl("M", WorkflowType::Standard, machine))
}

fn shape_of(service: &str, operation: &str) -> Option<Shape> {
    let resource = format!("arn:aws:states:::aws-sdk:{service}:{operation}");
    match service::lookup(&resource) {
        Named::Integration(integration) => integration.known()?.parameters,
        _ => None,
    }
}

/// Every text in a structure: its path of names, with `[]` behind a list's and `{}` behind a map's.
fn leaves(shape: Shape, at: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    if at.len() > 7 {
        return;
    }
    match shape.kind() {
        Kind::String | Kind::Anything => found.push(at.clone()),
        Kind::List(item) => {
            at.push("[]".to_owned());
            leaves(item, at, found);
            at.pop();
        }
        Kind::Map(value) => {
            at.push("{}".to_owned());
            leaves(value, at, found);
            at.pop();
        }
        Kind::Structure(members) => {
            for member in members {
                // A structure that holds itself has nothing new in it.
                if !at.contains(&member.name.to_string()) {
                    at.push(member.name.to_string());
                    leaves(member.shape, at, found);
                    at.pop();
                }
            }
        }
        _ => {}
    }
}

fn arguments(path: &[String], text: &str) -> Value {
    path.iter().rev().fold(Value::from(text), |value, step| match step.as_str() {
        "[]" => Value::array([value]),
        "{}" => Value::object([("k", value)]),
        name => Value::object([(name, value)]),
    })
}

/// Returns whether a name may be one of a key, a place in S3, or a role.
fn word(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let has = |word: &str| lower.contains(word);
    if has("role") || has("instanceprofile") {
        Some("role")
    } else if has("kms") || has("encryption") && has("key") {
        Some("key")
    } else {
        (has("s3") || has("bucket")).then_some("s3")
    }
}

#[test]
fn every_key_place_and_role_of_every_action_gets_rights_or_a_placeholder() {
    let others: BTreeSet<&str> = OTHERS.lines().filter(|line| !line.starts_with('#')).collect();
    let (mut missing, mut unused, mut judged) = (BTreeSet::new(), others.clone(), 0);
    for service in service::services(true) {
        for operation in service::actions(true, service) {
            let Some(shape) = shape_of(service, operation) else { continue };
            let mut found = Vec::new();
            leaves(shape, &mut Vec::new(), &mut found);
            let mut seen = BTreeSet::new();
            for path in found {
                let Some(name) = path.iter().rfind(|step| !step.starts_with(['[', '{'])) else {
                    continue;
                };
                // One of a name for each action: the others are the same.
                if !seen.insert(name.clone()) {
                    continue;
                }
                if let Some(word) = word(name) {
                    let own = format!("{service}:{name}");
                    let all = format!("{service}:*");
                    if others.contains(name.as_str())
                        || others.contains(own.as_str())
                        || others.contains(all.as_str())
                    {
                        unused.remove(name.as_str());
                        unused.remove(own.as_str());
                        unused.remove(all.as_str());
                        continue;
                    }
                    judged += 1;
                    let (text, action) = match word {
                        "key" => ("arn:aws:kms:eu-west-1:123456789012:key/k", "kms:"),
                        "s3" => ("s3://bucket/key", "s3:"),
                        _ => ("arn:aws:iam::123456789012:role/r", "iam:PassRole"),
                    };
                    let policy = policy(service, operation, &arguments(&path, text));
                    let given = policy.statements.iter().flat_map(|statement| &statement.action);
                    let has_right = given.into_iter().any(|given| given.starts_with(action));
                    let is_told = ["read", "write", "key"].iter().any(|kind| {
                        row(service, operation, kind)
                            .is_some_and(|(actions, why)| actions.is_empty() && !why.is_empty())
                    });
                    if !(has_right || word != "role" && is_told) {
                        missing.insert(format!("{word} {service}:{operation} {}", path.join(".")));
                    }
                }
            }
        }
    }
    assert!(missing.is_empty(), "{} of {judged}:\n{}", missing.len(), Vec::from_iter(missing).join("\n"));
    assert!(unused.is_empty(), "not in `sdk.txt` any more: {unused:?}");
    assert!(judged > 3_000, "{judged}");
}

#[test]
fn every_row_is_of_an_action_that_there_is_and_has_its_source() {
    let mut source = "";
    for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
        if let Some(of) = line.strip_prefix("= ") {
            source = of;
            continue;
        }
        assert!(!source.is_empty(), "{line}");
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        let [service, operation, kind, actions] = words[..] else { panic!("{line}") };
        assert!(["read", "write", "key", "topic"].contains(&kind), "{line}");
        let all = service::actions(true, service);
        let fits = |name: &&str| match operation.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => **name == *operation,
        };
        assert!(all.iter().any(fits), "no such action: {line}");
        if let Some(why) = actions.strip_prefix('-') {
            assert!(why.len() > 10, "{line}");
            continue;
        }
        for action in actions.split(',') {
            let (prefix, name) = action.split_once(':').unwrap();
            // The two halves of an operation, which the reference does not have.
            let is_half = ["kms:ReEncryptFrom", "kms:ReEncryptTo"].contains(&action);
            assert!(is_half || crate::iam::reference::action(prefix, name).is_some(), "{line}: {action}");
        }
    }
    assert!(apis::is_role("polly", "RoleArn"));
}

/// What the Service Authorization Reference lists as "Dependent actions" is granted on what a request names, or a row says why not.
#[test]
fn what_the_reference_says_that_an_operation_depends_on_is_granted() {
    let (mut missing, mut judged) = (Vec::new(), 0);
    for service in service::services(true) {
        for operation in service::actions(true, service) {
            let Some(shape) = shape_of(service, operation) else { continue };
            let places = within(shape, "", &Given::Open("$".to_owned()));
            let has = |is: fn(What) -> bool| places.iter().any(|place| is(place.what));
            let is_told = |kind| row(service, operation, kind).is_some_and(|(_, why)| !why.is_empty());
            let mut needed: BTreeSet<&str> = BTreeSet::new();
            if has(|what| what == What::Key) && !is_told("key") {
                needed.extend(depended_on(service, operation, Some(shape), "key"));
            }
            if has(|what| matches!(what, What::Bucket | What::Uri)) && !is_told("read") && !is_told("write") {
                needed.extend(depended_on(service, operation, None, "read"));
            }
            if needed.is_empty() {
                continue;
            }
            let all = format!(
                r#"{{"StartAt": "T", "States": {{"T": {{"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:{service}:{operation}", "QueryLanguage": "JSONata", "Arguments": "{{% $ %}}", "End": true}}}}}}"#
            );
            let (machine, _) = asl::read_str(&all).unwrap();
            let policy = iam::policy(&Definition::from_asl("M", WorkflowType::Standard, machine));
            let given: BTreeSet<&str> = policy
                .statements
                .iter()
                .flat_map(|statement| &statement.action)
                .map(|action| &**action)
                .collect();
            judged += needed.len();
            needed.retain(|action| !given.contains(action));
            if !needed.is_empty() {
                missing.push(format!("{service}:{operation} {}", Vec::from_iter(needed).join(",")));
            }
        }
    }
    assert!(missing.is_empty(), "{} of {judged}:\n{}", missing.len(), missing.join("\n"));
    assert!(judged > 150, "{judged}");
}

/// A row that says that a service works by a role is of operations that are given one.
#[test]
fn where_a_role_is_said_to_be_passed_the_request_has_one() {
    let mut without = BTreeSet::new();
    for service in service::services(true) {
        for operation in service::actions(true, service) {
            let Some(shape) = shape_of(service, operation) else { continue };
            for kind in ["read", "write", "key"] {
                let of_kind = |place: &Place| match (kind, place.what) {
                    ("key", what) => what == What::Key,
                    (_, What::Bucket | What::Uri) => writes(&place.path, operation) == (kind == "write"),
                    _ => false,
                };
                let is_by_role = row(service, operation, kind)
                    .is_some_and(|(actions, why)| actions.is_empty() && why.contains(" works by its "));
                if !is_by_role || !within(shape, "", &Given::Absent).iter().any(of_kind) {
                    continue;
                }
                let mut found = Vec::new();
                leaves(shape, &mut Vec::new(), &mut found);
                let is_role = |path: &Vec<String>| {
                    path.iter().any(|name| {
                        name.to_ascii_lowercase().contains("role") || name.contains("InstanceProfile")
                    })
                };
                if !found.iter().any(is_role) {
                    without.insert(format!("{service} {operation} {kind}"));
                }
            }
        }
    }
    assert!(without.is_empty(), "{}:\n{}", without.len(), Vec::from_iter(without).join("\n"));
}

fn lines(service: &str, operation: &str, arguments: &str) -> Vec<String> {
    let policy = policy(service, operation, &arguments.parse().unwrap());
    let mut lines = Vec::new();
    for statement in &policy.statements {
        for action in &statement.action {
            let on: Vec<&str> = statement.resource.iter().map(|resource| resource.arn.as_str()).collect();
            lines.push(format!("{action} on {}", on.join(", ")).replace("arn:${AWS::Partition}:", "arn:"));
        }
    }
    lines
}

#[test]
fn what_is_documented_is_allowed_on_what_is_named() {
    let polly = r#"{"OutputFormat": "mp3", "OutputS3BucketName": "spoken", "OutputS3KeyPrefix": "a/", "Text.$": "$.text", "VoiceId": "Amy", "SnsTopicArn": "arn:aws:sns:eu-west-1:123456789012:said"}"#;
    let grants = lines("polly", "startSpeechSynthesisTask", polly);
    assert!(grants.contains(&"s3:PutObject on arn:s3:::spoken/a/*".to_owned()), "{grants:?}");
    assert!(
        grants.contains(&"sns:Publish on arn:aws:sns:eu-west-1:123456789012:said".to_owned()),
        "{grants:?}"
    );
    let labels = r#"{"Image": {"S3Object": {"Bucket": "photos", "Name": "cat.jpg"}}}"#;
    let grants = lines("rekognition", "detectLabels", labels);
    assert!(grants.contains(&"s3:GetObject on arn:s3:::photos/cat.jpg".to_owned()), "{grants:?}");
    let open = r#"{"Image": {"S3Object": {"Bucket": "photos", "Name.$": "$.key"}}}"#;
    let grants = lines("rekognition", "detectLabels", open);
    assert!(grants.contains(&"s3:GetObject on arn:s3:::photos/${TName}".to_owned()), "{grants:?}");
    let text = r#"{"DocumentLocation": {"S3Object": {"Bucket": "scans", "Name": "a.pdf"}}, "OutputConfig": {"S3Bucket": "texts", "S3Prefix": "out"}}"#;
    let grants = lines("textract", "startDocumentTextDetection", text);
    assert!(grants.contains(&"s3:GetObject on arn:s3:::scans/a.pdf".to_owned()), "{grants:?}");
    assert!(grants.contains(&"s3:PutObject on arn:s3:::texts/out*".to_owned()), "{grants:?}");
    let media = r#"{"Media": {"MediaFileUri": "s3://calls/1.wav"}, "OutputBucketName": "texts", "TranscriptionJobName": "j"}"#;
    let grants = lines("transcribe", "startTranscriptionJob", media);
    assert!(grants.contains(&"s3:GetObject on arn:s3:::calls/1.wav*".to_owned()), "{grants:?}");
    assert!(grants.contains(&"s3:PutObject on arn:s3:::texts/*".to_owned()), "{grants:?}");
}

#[test]
fn where_a_role_is_passed_the_service_works_by_that() {
    let job = r#"{"InputDataConfig": {"S3Uri": "s3://in/a"}, "OutputDataConfig": {"S3Uri": "s3://out/"}, "DataAccessRoleArn": "arn:aws:iam::123456789012:role/r", "LanguageCode": "en"}"#;
    let grants = lines("comprehend", "startEntitiesDetectionJob", job);
    assert!(grants.iter().all(|line| !line.starts_with("s3:")), "{grants:?}");
    assert!(grants.iter().any(|line| line.starts_with("iam:PassRole on")), "{grants:?}");
    // A role of a conversation is none of IAM's.
    let talk = r#"{"ModelId": "m", "Messages": [{"Role": "user", "Content": [{"Text": "hi"}]}]}"#;
    let grants = lines("bedrockruntime", "converse", talk);
    assert!(grants.iter().all(|line| !line.starts_with("iam:PassRole")), "{grants:?}");
}

#[test]
fn what_nobody_has_written_down_is_a_placeholder_with_its_reason() {
    let arguments = r#"{"DisplayName": "d", "EncryptionConfiguration": {"KmsKeyId": "k"}}"#;
    let policy = policy("qbusiness", "createApplication", &arguments.parse().unwrap());
    let [unknown] = policy.unknown() else { panic!("{:?}", policy.unknown()) };
    assert_eq!(unknown.field, "EncryptionConfiguration.KmsKeyId");
    assert!(unknown.why.contains("not written down"), "{}", unknown.why);
    let of_key: Vec<_> =
        policy.statements.iter().filter(|statement| statement.action[0].starts_with("kms:")).collect();
    assert_eq!(of_key[0].resource[0].arn, format!("${{{}}}", unknown.name));
}

#[test]
fn a_key_is_used_from_and_to() {
    let grants = lines("kms", "reEncrypt", r#"{"CiphertextBlob.$": "$.b", "DestinationKeyId": "k2"}"#);
    assert!(
        grants.contains(&"kms:ReEncryptTo on arn:kms:${AWS::Region}:${AWS::AccountId}:key/k2".to_owned()),
        "{grants:?}"
    );
    assert!(grants.contains(&"kms:ReEncryptFrom on ${TSourceKeyId}".to_owned()), "{grants:?}");
}

#[test]
fn what_comes_out_of_the_data_is_a_placeholder() {
    let grants = lines("rekognition", "detectLabels", r#"{"Image.$": "$.image"}"#);
    assert!(grants.iter().any(|line| line.starts_with("s3:GetObject on ${T")), "{grants:?}");
}
