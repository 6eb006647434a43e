//! `aws-sdk:`: an operation of an API, and the action that it asks for.

use stepfn_core::{arn::is_arn, case::ascii_pascal, service::Shape};

use super::{
    Condition, Resource, athena, callers, integrations,
    parameters::Given,
    reference,
    scope::{NO_RESOURCES, Scope},
    services::{self, here},
};

/// Operations whose actions have other names, by service, with what they ask for: an action in the place of the operation's own.
const RENAMED: [(&str, &str, &[&str]); 19] = [
    ("s3", "completeMultipartUpload", &["PutObject"]),
    ("s3", "createMultipartUpload", &["PutObject"]),
    ("s3", "getBucketEncryption", &["GetEncryptionConfiguration"]),
    ("s3", "getBucketLifecycleConfiguration", &["GetLifecycleConfiguration"]),
    ("s3", "headBucket", &["ListBucket"]),
    ("s3", "headObject", &["GetObject"]),
    ("s3", "listBuckets", &["ListAllMyBuckets"]),
    ("s3", "listMultipartUploads", &["ListBucketMultipartUploads"]),
    ("s3", "listObjectVersions", &["ListBucketVersions"]),
    ("s3", "listObjects", &["ListBucket"]),
    ("s3", "listObjectsV2", &["ListBucket"]),
    ("s3", "listParts", &["ListMultipartUploadParts"]),
    ("s3", "putBucketEncryption", &["PutEncryptionConfiguration"]),
    ("s3", "putBucketLifecycleConfiguration", &["PutLifecycleConfiguration"]),
    ("s3", "selectObjectContent", &["GetObject"]),
    ("s3", "uploadPart", &["PutObject"]),
    ("sqs", "changeMessageVisibilityBatch", &["ChangeMessageVisibility"]),
    ("sqs", "deleteMessageBatch", &["DeleteMessage"]),
    ("timestreamquery", "query", &["Select"]),
];

/// The principals that roles are passed to, by prefix.
const PRINCIPALS: [(&str, &str); 26] = [
    ("batch", "batch.amazonaws.com"),
    ("bedrock", "bedrock.amazonaws.com"),
    ("cloudformation", "cloudformation.amazonaws.com"),
    ("codebuild", "codebuild.amazonaws.com"),
    ("comprehend", "comprehend.amazonaws.com"),
    ("config", "config.amazonaws.com"),
    ("dlm", "dlm.amazonaws.com"),
    ("ecs", "ecs-tasks.amazonaws.com"),
    ("eks", "eks.amazonaws.com"),
    ("emr-serverless", "emr-serverless.amazonaws.com"),
    ("events", "events.amazonaws.com"),
    ("firehose", "firehose.amazonaws.com"),
    ("fis", "fis.amazonaws.com"),
    ("forecast", "forecast.amazonaws.com"),
    ("glue", "glue.amazonaws.com"),
    ("lambda", "lambda.amazonaws.com"),
    ("mediaconvert", "mediaconvert.amazonaws.com"),
    ("personalize", "personalize.amazonaws.com"),
    ("pipes", "pipes.amazonaws.com"),
    ("rekognition", "rekognition.amazonaws.com"),
    ("sagemaker", "sagemaker.amazonaws.com"),
    ("scheduler", "scheduler.amazonaws.com"),
    ("states", "states.amazonaws.com"),
    ("textract", "textract.amazonaws.com"),
    ("transcribe", "transcribe.amazonaws.com"),
    ("translate", "translate.amazonaws.com"),
];

/// An operation of `aws-sdk:`.
pub(super) fn call(scope: &mut Scope<'_, '_>, service: &str, operation: &str, shape: Option<Shape>) {
    match (service, operation) {
        ("athena", "startQueryExecution") => athena::start(scope, false),
        ("athena", "getQueryResults") => {
            operation_of(scope, service, operation);
            athena::query_results(scope);
        }
        ("batch", "submitJob") => integrations::submit_job(scope, false),
        ("ecs", "runTask") => integrations::run_task(scope, false),
        ("bedrock", "createProvisionedModelThroughput") => {
            services::model(scope, "bedrock:CreateProvisionedModelThroughput");
        }
        ("bedrockruntime", "invokeModel") => services::model(scope, "bedrock:InvokeModel"),
        ("bedrockruntime", "converse" | "startAsyncInvoke") => services::model(scope, "bedrock:InvokeModel"),
        ("bedrockruntime", "converseStream" | "invokeModelWithResponseStream") => {
            services::model(scope, "bedrock:InvokeModelWithResponseStream");
        }
        ("dynamodb", "transactWriteItems" | "transactGetItems") => transact(scope),
        ("dynamodb", "batchWriteItem") => batch(scope, "dynamodb:BatchWriteItem"),
        ("dynamodb", "batchGetItem") => batch(scope, "dynamodb:BatchGetItem"),
        ("eventbridge", "putEvents") => services::put_events(scope),
        // Two actions that no operation is called like, each for a key of its own.
        ("kms", "reEncrypt") => {
            callers::key_of(scope, "SourceKeyId", "kms:ReEncryptFrom");
            callers::key_of(scope, "DestinationKeyId", "kms:ReEncryptTo");
        }
        ("lambda", "invoke" | "invokeWithResponseStream") => services::invoke(scope, "lambda:InvokeFunction"),
        ("s3", "copyObject") => copy(scope),
        ("s3", "deleteObjects") => {
            let bucket = scope.s3_bucket("Bucket");
            let why = "the keys of the deleted objects are in a list";
            scope.allow("s3:DeleteObject", &Resource::with_reason(format!("{}/*", bucket.arn), why));
        }
        ("sfn", "startExecution") => {
            services::start_execution(scope, stepfn_core::service::Pattern::Request);
        }
        ("sns", "publish") => services::publish(scope),
        ("sns", "publishBatch") => {
            let topics = scope.arns("TopicArn");
            scope.allow_all(&["sns:Publish"], &topics);
        }
        ("sqs", "sendMessageBatch") => services::queue(scope, "sqs:SendMessage"),
        _ => operation_of(scope, service, operation),
    }
    let passes_role = pass_roles(scope, service, operation);
    callers::rights(scope, service, operation, shape, passes_role);
}

/// An operation by the Service Authorization Reference.
fn operation_of(scope: &mut Scope<'_, '_>, service: &str, operation: &str) {
    let prefix = reference::prefix(service).to_owned();
    let renamed = RENAMED.iter().find(|(of, name, _)| *of == service && *name == operation);
    let operations = renamed.map_or_else(|| vec![operation], |(.., actions)| actions.to_vec());
    for operation in operations {
        allow(scope, &prefix, operation);
    }
}

/// Allows an action of the reference, be it one that this version does not have.
pub(super) fn allow(scope: &mut Scope<'_, '_>, prefix: &str, operation: &str) {
    match reference::action(prefix, operation) {
        Some(action) if prefix == "sqs" && !action.types.is_empty() => services::queue(scope, &action.name),
        Some(action) if prefix == "s3" && action.types.iter().any(|of| of.name == "object") => {
            let object = scope.s3_object();
            scope.allow(&action.name, &object);
        }
        Some(action) => scope.allow_action(&action),
        None => {
            let action = format!("{prefix}:{}", ascii_pascal(operation));
            let why = format!("AWS's Service Authorization Reference names no resources of `{action}`");
            let arn = scope.placeholder("Resource", why);
            scope.allow(&action, &Resource::named(arn));
        }
    }
}

/// `TransactItems`: one object for each, by what is done, with the table.
fn transact(scope: &mut Scope<'_, '_>) {
    const ACTIONS: [(&str, &str); 5] = [
        ("ConditionCheck", "dynamodb:ConditionCheckItem"),
        ("Delete", "dynamodb:DeleteItem"),
        ("Get", "dynamodb:GetItem"),
        ("Put", "dynamodb:PutItem"),
        ("Update", "dynamodb:UpdateItem"),
    ];
    let Some(items) = scope.parameters.list("TransactItems") else {
        let why = "the transaction's items come out of the data".to_owned();
        let table = Resource::named(scope.placeholder("TransactItems.TableArn", why));
        let all: Vec<&str> = ACTIONS.iter().map(|(_, action)| *action).collect();
        return scope.allow_all(&all, &[table]);
    };
    for (index, item) in items.into_iter().enumerate() {
        for (name, action) in ACTIONS {
            if let Some(item) = item.object(name) {
                let field = format!("TransactItems[{index}].{name}.TableName");
                let table = table(scope, &field, &item.get("TableName"));
                scope.allow(action, &table);
            }
        }
    }
}

/// `RequestItems`: an object by tables.
fn batch(scope: &mut Scope<'_, '_>, action: &str) {
    let Some(items) = scope.parameters.object("RequestItems") else {
        let why = "the tables come out of the data".to_owned();
        let table = Resource::named(scope.placeholder("RequestItems.TableArn", why));
        return scope.allow(action, &table);
    };
    for name in items.keys() {
        let table = table(scope, "RequestItems", &Given::Known(vec![name.to_owned()]));
        scope.allow(action, &table);
    }
}

fn table(scope: &mut Scope<'_, '_>, field: &str, given: &Given) -> Resource {
    match given.text() {
        Some(text) if scope.is_arn(text, field) => Resource::written(text),
        Some(text) => Resource::written(&format!("{}table/{text}", here("dynamodb"))),
        None => {
            let name = scope.placeholder_for(field, given);
            Resource::named(format!("{}table/{name}", here("dynamodb")))
        }
    }
}

/// `CopySource`: `BUCKET/KEY`.
fn copy(scope: &mut Scope<'_, '_>) {
    let target = scope.s3_object();
    scope.allow("s3:PutObject", &target);
    let given = scope.parameters.get("CopySource");
    let source = match given.text() {
        Some(text) if is_arn(text) => text.to_owned(),
        Some(text) => format!("{}{}", services::OBJECT, text.trim_start_matches('/')),
        None => format!("{}{}", services::OBJECT, scope.placeholder_for("CopySource", &given)),
    };
    scope.allow("s3:GetObject", &Resource::written(&source));
}

/// Adds the right to pass a role where the state gives a service one: "Grant permissions to pass a role" in the IAM User Guide.
fn pass_roles(scope: &mut Scope<'_, '_>, service: &str, operation: &str) -> bool {
    // Their roles are what is acted on, not what is passed.
    if matches!(service, "sts" | "iam" | "ssoadmin" | "emrcontainers") || operation.starts_with("assume") {
        return false;
    }
    let prefix = reference::prefix(service).to_owned();
    let given = scope.parameters.everywhere(&|name| is_role(service, name));
    for (field, given) in &given {
        pass_role(scope, field, given, principal(&prefix));
    }
    let profiles = scope.parameters.everywhere(&|name| is_profile(service, name));
    for (field, _) in profiles {
        let why =
            format!("`{field}` names an instance profile, and its role is what is passed: the role's ARN");
        let role = Given::Known(vec![scope.placeholder(&field, why)]);
        pass_role(scope, &field, &role, Some("ec2.amazonaws.com"));
    }
    !given.is_empty()
}

/// Returns `true` if a parameter names a role of IAM that the service is to take.
pub(super) fn is_role(service: &str, name: &str) -> bool {
    // What is called `Role` there is none of IAM's: that of a message in a conversation, of a user in an account.
    const OTHERS: [&str; 17] = [
        "bedrockagent",
        "bedrockagentcore",
        "bedrockagentruntime",
        "bedrockruntime",
        "chime",
        "cognitoidentity",
        "ec2",
        "iotmanagedintegrations",
        "kinesisvideo",
        "lexmodelbuilding",
        "mq",
        "opensearchmemory",
        "organizations",
        "securityagent",
        "sso",
        "workdocs",
        "workmail",
    ];
    // And there is nothing else that is.
    const NONE: [&str; 8] = [
        "connecthealth",
        "grafana",
        "invoicing",
        "medialive",
        "quicksight",
        "repostspace",
        "securityhub",
        "transcribe",
    ];
    const NAMES: [&str; 4] =
        ["participantrole", "snowflakerole", "databaseaccesscontrolrole", "approverroles"];
    const ENDINGS: [&str; 9] = [
        "rolearn",
        "rolearns",
        "rolearnupdate",
        "rolearnforlogging",
        "rolenamearn",
        "invokerrolename",
        "snsrolename",
        "localdeploymentexecutionrolename",
        "domainiamrolename",
    ];
    let name = name.to_ascii_lowercase();
    if name.starts_with("iamrolefor") || ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        return service != "securityhub";
    }
    let is_role = ["role", "roles", "roleupdate", "roleoverride"].iter().any(|ending| name.ends_with(ending));
    let is_other = OTHERS.contains(&service) && (name == "role" || name == "roles");
    is_role && !is_other && !NONE.contains(&service) && !NAMES.contains(&&*name)
}

/// Returns `true` if a parameter names an instance profile.
pub(super) fn is_profile(service: &str, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_own = matches!(service, "iam" | "databasemigration" | "securityhub" | "iot");
    !is_own
        && ["instanceprofile", "instanceprofilearn", "instanceprofilename"]
            .iter()
            .any(|ending| name.ends_with(ending))
}

/// The principal of a service.
pub(super) fn principal(prefix: &str) -> Option<&'static str> {
    PRINCIPALS.iter().find(|(of, _)| *of == prefix).map(|(_, principal)| *principal)
}

/// Allows to pass the role that a parameter names, by its ARN or its name.
pub(super) fn pass_role(scope: &mut Scope<'_, '_>, field: &str, given: &Given, to: Option<&'static str>) {
    let roles = match given.text() {
        Some(text)
            if !scope.is_arn(text, field)
                && !text.contains(['/', ':', '$', '['])
                && !field.ends_with("Arn") =>
        {
            vec![Resource::written(&format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{text}"))]
        }
        _ => scope.arns_of(field, given),
    };
    for role in roles {
        let condition = to.map(|principal| Condition {
            operator: "StringEquals",
            key: "iam:PassedToService",
            values: vec![principal.to_owned()],
        });
        scope.collector.allow("iam:PassRole", role, condition.into_iter().collect());
    }
}

/// The reason why all of a service is allowed.
pub(super) fn everything() -> Resource {
    Resource::all(NO_RESOURCES)
}
