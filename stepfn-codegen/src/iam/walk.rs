//! The states of a machine, at any depth.

use stepfn_core::{
    asl::{self, State, StateKind, StateMachine},
    definition::{Definition, LogLevel, Reference},
    json,
    service::{self, Integration},
    value::Value,
};

use super::{
    Condition, Policy, Resource, apis,
    collect::Collector,
    integrations, items,
    parameters::Parameters,
    scope::{NO_RESOURCES, Scope},
    services,
};
use stepfn_core::deployment::Identifier;

pub(super) fn policy(definition: &Definition, kms_key: Option<&Identifier>) -> Policy {
    let mut collector = Collector::new(definition);
    states(&mut collector, &definition.machine, "");
    delivery(&mut collector);
    if let Some(key) = kms_key {
        encryption(&mut collector, key);
    }
    collector.finish()
}

/// Machines are nested as deep as their JSON, which readers bound; what a builder nests lies on its own stack as well.
fn states<'d>(collector: &mut Collector<'d>, machine: &'d StateMachine, at: &str) {
    for (name, state) in &machine.states {
        let pointer = json::below(&format!("{at}/States"), name);
        match &state.kind {
            StateKind::Task(task) => self::task(collector, name, state, task, &pointer),
            StateKind::Map(map) if map.is_distributed() => {
                items::distributed_map(collector, name, map, &pointer);
            }
            _ => {}
        }
        for (below, machine) in state.children() {
            states(collector, machine, &format!("{pointer}{below}"));
        }
    }
}

fn task<'d>(collector: &mut Collector<'d>, name: &str, state: &'d State, task: &'d asl::Task, pointer: &str) {
    let parameters = Parameters::new(state.arguments.as_ref().or(state.parameters.as_ref()));
    if let Some(credentials) = &task.credentials {
        let credentials = Parameters::new(Some(credentials));
        let mut scope = Scope::new(collector, pointer, name, credentials, None);
        for role in scope.arns("RoleArn") {
            scope.allow("sts:AssumeRole", &role);
        }
        return;
    }
    let resource = match &task.resource {
        asl::Resource::Arn(arn) => arn.clone(),
        asl::Resource::Reference(value) => match reference(collector, value) {
            Some(text) => text,
            None => value.to_string(),
        },
    };
    let named = match service::lookup(&resource) {
        // With a region and an account it is no integration, but what it is for is plain.
        service::Resource::Unknown => {
            service::meant(&resource).map_or(service::Resource::Unknown, service::Resource::Integration)
        }
        known => known,
    };
    let integration = match named {
        service::Resource::Integration(integration) => Some(integration),
        _ => None,
    };
    let mut scope = Scope::new(collector, pointer, name, parameters, integration);
    match named {
        service::Resource::Activity => {
            scope
                .collector
                .needs_nothing(pointer, "workers ask for an activity's tasks by roles of their own");
        }
        service::Resource::Integration(integration) => self::integration(&mut scope, integration),
        service::Resource::Function | service::Resource::Unknown => services::function(&mut scope, &resource),
    }
}

fn integration(scope: &mut Scope<'_, '_>, integration: Integration<'_>) {
    if integration.sdk {
        let shape = integration.known().and_then(|action| action.parameters);
        apis::call(scope, integration.service, integration.action, shape);
    } else {
        integrations::call(scope, integration);
    }
}

/// A deployment tool's reference in place of a text.
fn reference(collector: &mut Collector<'_>, value: &Value) -> Option<String> {
    let (function, argument) = value.as_object()?.first()?;
    match (&**function, argument) {
        ("Ref", Value::String(id)) if id.starts_with("AWS::") => Some(format!("${{{id}}}")),
        ("Ref", Value::String(id)) => Some(collector.reference(id, &Reference::Ref(id.to_string()))),
        ("Fn::Sub", Value::String(text)) => Some(text.to_string()),
        ("Fn::GetAtt", Value::String(path)) => {
            let (id, attribute) = path.split_once('.')?;
            Some(collector.attribute(id, attribute))
        }
        ("Fn::GetAtt", Value::Array(path)) => match path.as_slice() {
            [Value::String(id), Value::String(attribute)] => Some(collector.attribute(id, attribute)),
            _ => None,
        },
        _ => None,
    }
}

/// Logs and traces: "Logging using CloudWatch Logs" and "Tracing with X-Ray" in the Step Functions Developer Guide.
fn delivery(collector: &mut Collector<'_>) {
    if logs(collector.definition) {
        let why = "CloudWatch Logs knows no resources for the delivery of logs";
        for action in [
            "logs:CreateLogDelivery",
            "logs:CreateLogStream",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutLogEvents",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ] {
            collector.allow(action, Resource::all(why), Vec::new());
        }
    }
    if collector.definition.tracing {
        for action in [
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        ] {
            collector.allow(action, Resource::all(NO_RESOURCES), Vec::new());
        }
    }
}

fn logs(definition: &Definition) -> bool {
    definition.logging.as_ref().is_some_and(|logging| logging.level != LogLevel::Off)
}

/// The machine's own key: "Data at rest encryption" in the Step Functions Developer Guide.
fn encryption(collector: &mut Collector<'_>, key: &Identifier) {
    let machine = Condition {
        operator: "StringEquals",
        key: "kms:EncryptionContext:aws:states:stateMachineArn",
        values: vec![services::own_machine(collector.definition)],
    };
    let text = match key {
        Identifier::Text(text) => text.clone(),
        Identifier::Reference(reference) => collector.reference(&reference_name(reference), reference),
    };
    let mut scope = Scope::new(collector, "", "EncryptionConfiguration", Parameters::new(None), None);
    let arn = if scope.is_arn(&text, "") {
        text
    } else if text.starts_with("alias/") {
        let why = format!("`{text}` is an alias, and a policy names keys");
        scope.placeholder("KmsKeyArn", why)
    } else {
        format!("{}key/{text}", services::here("kms"))
    };
    let key = Resource::written(&arn);
    for action in ["kms:Decrypt", "kms:GenerateDataKey"] {
        scope.allow_if(action, &key, machine.clone());
    }
    if logs(scope.collector.definition) {
        let delivery = Condition {
            operator: "StringEquals",
            key: "kms:EncryptionContext:SourceArn",
            values: vec![format!("{}*", services::here("logs"))],
        };
        scope.allow_if("kms:GenerateDataKey", &key, delivery);
    }
}

fn reference_name(reference: &Reference) -> String {
    match reference {
        Reference::Ref(id) => id.clone(),
        Reference::GetAtt(id, attribute) => format!("{id}{attribute}"),
    }
}
