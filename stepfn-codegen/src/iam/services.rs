//! The optimised integrations that have resources of their own making: Lambda, Step Functions, SNS, SQS, EventBridge, HTTP, API
//! Gateway and Bedrock.

use stepfn_core::{arn::is_arn, definition::Definition, service::Pattern};

use super::{
    Condition, Resource,
    parameters::Given,
    scope::{Scope, substitution_name},
};

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:` of this place.
pub(super) fn here(service: &str) -> String {
    format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:")
}

/// The beginning of an object's ARN.
pub(super) const OBJECT: &str = "arn:${AWS::Partition}:s3:::";

/// The machine's own ARN.
pub(super) fn own_machine(definition: &Definition) -> String {
    format!("{}stateMachine:{}", here("states"), definition.name)
}

/// The ARN of the machine's executions, with what follows the name.
pub(super) fn own_executions(definition: &Definition, suffix: &str) -> String {
    format!("{}execution:{}{suffix}", here("states"), definition.name)
}

/// A Lambda function that is the `Resource` itself.
pub(super) fn function(scope: &mut Scope<'_, '_>, resource: &str) {
    let is_arn = is_arn(resource) && resource.contains(":lambda:");
    let arn = if is_arn || substitution_name(resource).is_some() {
        Resource::written(resource)
    } else {
        let why = format!(
            "`{resource}` is no ARN that AWS knows: if it becomes a function's, this is to be it as well"
        );
        Resource::named(scope.placeholder("Resource", why))
    };
    scope.allow("lambda:InvokeFunction", &arn);
}

/// `lambda:invoke`: the ARN as it is called, with a version or alias or without.
pub(super) fn invoke(scope: &mut Scope<'_, '_>, action: &str) {
    let given = scope.parameters.get("FunctionName");
    let qualifier = match scope.parameters.get("Qualifier") {
        Given::Absent => String::new(),
        Given::Known(texts) => format!(":{}", texts.join("")),
        open @ Given::Open(_) => format!(":{}", scope.placeholder_for("Qualifier", &open)),
    };
    let function = match given.text() {
        Some(text) if scope.is_arn(text, "FunctionName") => text.to_owned(),
        // `123456789012:function:name`
        Some(text) if text.contains(":function:") => {
            format!("arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:{text}")
        }
        Some(name) => format!("{}function:{name}", here("lambda")),
        None => format!("{}function:{}", here("lambda"), scope.placeholder_for("FunctionName", &given)),
    };
    scope.allow(action, &Resource::written(&(function + &qualifier)));
}

/// `states:startExecution`: with `.sync` Step Functions watches the execution by a rule of EventBridge, and stops it.
pub(super) fn start_execution(scope: &mut Scope<'_, '_>, pattern: Pattern) {
    const FIELD: &str = "StateMachineArn";
    let given = scope.parameters.get(FIELD);
    let is_own = matches!(&given, Given::Open(path) if path.contains("$.StateMachine.Id") || path.contains("context.StateMachine.Id"));
    let machines = if is_own {
        vec![Resource::named(own_machine(scope.collector.definition))]
    } else {
        scope.arns(FIELD)
    };
    scope.allow_all(&["states:StartExecution"], &machines);
    if !matches!(pattern, Pattern::Sync | Pattern::Sync2) {
        return;
    }
    for machine in &machines {
        let executions = executions(scope, &machine.arn);
        let executions = Resource::with_reason(executions, "executions get their names when they start");
        scope.allow_all(&["states:DescribeExecution", "states:StopExecution"], &[executions]);
    }
    scope.watch("StepFunctionsGetEventsForStepFunctionsExecutionRule");
}

/// The ARN of a machine's executions.
fn executions(scope: &mut Scope<'_, '_>, machine: &str) -> String {
    if let Some((place, name)) = machine.split_once(":stateMachine:") {
        // Executions of a version or alias are the machine's.
        let name = name.split(':').next().unwrap_or(name);
        return format!("{place}:execution:{name}:*");
    }
    let name = match scope.ref_id(machine) {
        Some(id) => scope.collector.attribute(&id, "Name"),
        None => scope.placeholder(
            "StateMachineName",
            format!("the name of the state machine `{machine}`, of which its executions' ARNs are made"),
        ),
    };
    format!("{}execution:{name}:*", here("states"))
}

/// `sns:publish`: to a topic, to an endpoint of a platform, or to a phone.
pub(super) fn publish(scope: &mut Scope<'_, '_>) {
    let names = ["TopicArn", "TargetArn"].into_iter();
    let mut given = names.filter(|name| scope.parameters.get(name) != Given::Absent);
    let resources = match given.next() {
        Some(name) => scope.arns(name),
        None if scope.parameters.get("PhoneNumber") != Given::Absent => {
            vec![Resource::all("a phone number is no resource: SNS allows texts to phones on `*` alone")]
        }
        None => scope.arns("TopicArn"),
    };
    scope.allow_all(&["sns:Publish"], &resources);
}

/// A queue by its URL: `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`.
pub(super) fn queue(scope: &mut Scope<'_, '_>, action: &str) {
    const FIELD: &str = "QueueUrl";
    let given = scope.parameters.get(FIELD);
    let arn = match given.text() {
        Some(text) if is_arn(text) => text.to_owned(),
        Some(text) => match (scope.ref_id(text), queue_of(text)) {
            (Some(id), _) => scope.collector.attribute(&id, "Arn"),
            (None, Some(arn)) => arn,
            (None, None) => scope.placeholder_as("QueueArn", FIELD, &given),
        },
        None => scope.placeholder_as("QueueArn", FIELD, &given),
    };
    scope.allow(action, &Resource::written(&arn));
}

fn queue_of(url: &str) -> Option<String> {
    let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
    let (account, name) = path.split_once('/')?;
    // `${AWS::Region}` has colons, but no dots.
    let mut labels = host.split('.');
    let region = match (labels.next()?, labels.next()?) {
        ("sqs", region) => region,
        (region, "queue") => region,
        _ => return None,
    };
    let is_plain = |part: &str| !part.is_empty() && !part.contains('/');
    (is_plain(account) && is_plain(name))
        .then(|| format!("arn:${{AWS::Partition}}:sqs:{region}:{account}:{name}"))
}

/// `events:putEvents`: each entry names its bus, or none for the default one.
pub(super) fn put_events(scope: &mut Scope<'_, '_>) {
    let bus = |name: &str| format!("{}event-bus/{name}", here("events"));
    let mut arns = Vec::new();
    match scope.parameters.list("Entries") {
        None => arns
            .push(scope.placeholder("Entries.EventBusName", "the entries come out of the data".to_owned())),
        Some(entries) => {
            for (index, entry) in entries.into_iter().enumerate() {
                let field = format!("Entries[{index}].EventBusName");
                arns.push(match entry.get("EventBusName") {
                    Given::Absent => bus("default"),
                    given => match given.text() {
                        Some(text) if scope.is_arn(text, &field) => text.to_owned(),
                        Some(text) => bus(text),
                        None => bus(&scope.placeholder_for(&field, &given)),
                    },
                });
            }
        }
    }
    for arn in arns {
        scope.allow("events:PutEvents", &Resource::written(&arn));
    }
}

/// `http:invoke`: the endpoint and the method are conditions, the connection's secret is read. "Call HTTPS APIs".
pub(super) fn http(scope: &mut Scope<'_, '_>) {
    let machine = Resource::named(own_machine(scope.collector.definition));
    let mut conditions = Vec::new();
    let fields = [("Method", "states:HTTPMethod"), ("ApiEndpoint", "states:HTTPEndpoint")];
    for (field, key) in fields {
        let given = scope.parameters.get(field);
        let value = match given.text() {
            Some(text) => text.to_owned(),
            None => scope.placeholder_for(field, &given),
        };
        // A placeholder may be given with a `*`.
        let operator = if value.contains(['$', '*']) { "StringLike" } else { "StringEquals" };
        conditions.push(Condition { operator, key, values: vec![value] });
    }
    scope.collector.allow("states:InvokeHTTPEndpoint", machine, conditions);
    let names = ["Authentication.ConnectionArn", "InvocationConfig.ConnectionArn"].into_iter();
    let mut given = names.filter(|name| scope.parameters.get(name) != Given::Absent);
    let field = given.next().unwrap_or("Authentication.ConnectionArn");
    for connection in scope.arns(field) {
        scope.allow("events:RetrieveConnectionCredentials", &connection);
        let secret = secret(scope, &connection.arn);
        scope.allow_all(&["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], &[secret]);
    }
}

/// The secret that EventBridge keeps for a connection.
fn secret(scope: &mut Scope<'_, '_>, connection: &str) -> Resource {
    if let Some((place, name)) = connection.split_once(":connection/") {
        let place = place.replacen(":events:", ":secretsmanager:", 1);
        let name = name.split('/').next().unwrap_or(name);
        let arn = format!("{place}:secret:events!connection/{name}/*");
        return Resource::with_reason(arn, "EventBridge makes the end of the name of a connection's secret");
    }
    let reference =
        substitution_name(connection).and_then(|name| scope.collector.substitution(name)).cloned();
    if let Some(stepfn_core::definition::Reference::GetAtt(id, _)) = reference {
        return Resource::named(scope.collector.attribute(&id, "SecretArn"));
    }
    let why = format!("the secret of the connection `{connection}`");
    Resource::named(scope.placeholder("ConnectionSecretArn", why))
}

/// `apigateway:invoke`. "Call API Gateway": without authorisation there is nothing to allow.
pub(super) fn api(scope: &mut Scope<'_, '_>) {
    match scope.parameters.get("AuthType") {
        Given::Absent => {
            return scope.collector.needs_nothing(
                &scope.state.clone(),
                "without `AuthType` API Gateway asks for no permission",
            );
        }
        Given::Known(kinds) if kinds == ["NO_AUTH"] => {
            return scope
                .collector
                .needs_nothing(&scope.state.clone(), "with `NO_AUTH` API Gateway asks for no permission");
        }
        Given::Known(_) | Given::Open(_) => {}
    }
    let given = scope.parameters.get("ApiEndpoint");
    let api = match given.text() {
        Some(host) => match host.split_once(".execute-api.") {
            Some((id, _)) => id.to_owned(),
            None => scope.placeholder(
                "ApiId",
                format!("`{host}` does not contain the API's id: a domain of its own, or a substitution"),
            ),
        },
        None => scope.placeholder_as("ApiId", "ApiEndpoint", &given),
    };
    let mut parts = Vec::new();
    for (field, missing) in [("Stage", "$default"), ("Method", ""), ("Path", "")] {
        parts.push(match scope.parameters.get(field) {
            Given::Absent => missing.to_owned(),
            Given::Known(texts) => texts.join("").trim_start_matches('/').to_owned(),
            open @ Given::Open(_) => scope.placeholder_for(field, &open),
        });
    }
    let arn = format!("{}{api}/{}", here("execute-api"), parts.join("/"));
    scope.allow("execute-api:Invoke", &Resource::written(&arn));
}

/// `bedrock:invokeModel` and its kin: a model by its id, an inference profile with the models behind it, or an ARN.
pub(super) fn model(scope: &mut Scope<'_, '_>, action: &str) {
    const FIELD: &str = "ModelId";
    let given = scope.parameters.get(FIELD);
    let model = "arn:${AWS::Partition}:bedrock";
    let resources = match given.text() {
        Some(text) if scope.is_arn(text, FIELD) => vec![Resource::written(text)],
        Some(text) => match text.split_once('.') {
            Some(("us" | "us-gov" | "eu" | "apac" | "au" | "jp" | "ca" | "global", id)) => vec![
                Resource::named(format!("{}inference-profile/{text}", here("bedrock"))),
                Resource::with_reason(
                    format!("{model}:*::foundation-model/{id}"),
                    "an inference profile sends requests to the model in other regions",
                ),
            ],
            _ => vec![Resource::written(&format!("{model}:${{AWS::Region}}::foundation-model/{text}"))],
        },
        None => vec![Resource::named(scope.placeholder_for(FIELD, &given))],
    };
    scope.allow_all(&[action], &resources);
}
