//! The optimised integrations: what each asks for beside the operation of its API, by pattern. "IAM policies for integrated
//! services" in the Step Functions Developer Guide.

use stepfn_core::service::{Integration, Pattern};

use super::{
    Condition, Resource, apis, athena, callers,
    parameters::Given,
    reference,
    rows::{JOBS, ROWS, Row},
    scope::Scope,
    services::{self, here},
};

/// An optimised integration.
pub(super) fn call(scope: &mut Scope<'_, '_>, integration: Integration<'_>) {
    let is_sync = matches!(integration.pattern, Pattern::Sync | Pattern::Sync2);
    match (integration.service, integration.action) {
        ("lambda", "invoke") => services::invoke(scope, "lambda:InvokeFunction"),
        ("states", "startExecution") => services::start_execution(scope, integration.pattern),
        ("sns", "publish") => services::publish(scope),
        ("sqs", "sendMessage") => services::queue(scope, "sqs:SendMessage"),
        ("events", "putEvents") => services::put_events(scope),
        ("http", "invoke") => services::http(scope),
        ("apigateway", "invoke") => services::api(scope),
        ("eks", "call" | "runJob") => {
            let why = "the cluster allows it by its own roles (RBAC), to which the role is mapped";
            scope.collector.needs_nothing(&scope.state.clone(), why);
        }
        ("bedrock", "invokeModel") => invoke_model(scope),
        ("bedrock", "createModelCustomizationJob") => customize_model(scope, is_sync),
        ("athena", "startQueryExecution") => athena::start(scope, is_sync),
        ("batch", "submitJob") => apis::submit_job(scope, is_sync),
        ("ecs", "runTask") => apis::run_task(scope, is_sync),
        ("emr-containers", "createVirtualCluster") => create_virtual_cluster(scope),
        ("emr-containers", "startJobRun") => start_container_job(scope, is_sync),
        (service, action) => {
            match ROWS.iter().find(|row| row.of.split_once(':') == Some((service, action))) {
                Some(row) => self::row(scope, row, is_sync),
                None => apis::allow(scope, reference::prefix(service), action),
            }
        }
    }
    if (integration.service, integration.action) == ("athena", "getQueryResults") {
        athena::query_results(scope);
    }
    if (integration.service, integration.action) == ("eks", "createNodegroup") {
        node_role(scope);
    }
    if (integration.service, integration.action) == ("emr-serverless", "createApplication") {
        linked_role(scope, "ops.emr-serverless.amazonaws.com", "AWSServiceRoleForAmazonEMRServerless");
    }
    // The rows and functions above know the roles and places of these; the keys are as everywhere.
    let sdk = match integration.service {
        "elasticmapreduce" => "emr",
        "emr-containers" => "emrcontainers",
        "emr-serverless" => "emrserverless",
        service => service,
    };
    let shape = integration.known().and_then(|action| action.parameters);
    callers::rights(scope, sdk, integration.action, shape, true);
}

fn row(scope: &mut Scope<'_, '_>, row: &Row, is_sync: bool) {
    let service = row.of.split_once(':').map_or(row.of, |(service, _)| service);
    let mut resources = Vec::new();
    for name in row.request {
        let operation = name.split_once(':').map_or(*name, |(_, operation)| operation);
        let Some(action) = reference::action(service, operation) else { continue };
        resources = scope.resources(&action);
        scope.allow_all(&[name], &resources);
    }
    // SageMaker looks at the tags of what is made.
    if service == "sagemaker" && row.rule.is_some() {
        scope.allow_all(&["sagemaker:ListTags"], &resources);
    }
    for (field, principal) in row.roles {
        let given = scope.parameters.get(field);
        if given != Given::Absent {
            apis::pass_role(scope, field, &given, Some(principal));
        }
    }
    if !is_sync {
        return;
    }
    scope.allow_all(row.sync, &resources);
    for (action, job) in row.jobs {
        let job = filled(scope, job);
        let arn = format!("{}{job}", here(service));
        let resource =
            if job.contains('*') { Resource::with_reason(arn, JOBS) } else { Resource::named(arn) };
        scope.allow(action, &resource);
    }
    if let Some(rule) = row.rule {
        scope.watch(rule);
    }
}

/// A text with its `{Parameter}`s filled in.
fn filled(scope: &mut Scope<'_, '_>, template: &str) -> String {
    let mut text = String::new();
    for (index, part) in template.split('{').enumerate() {
        match part.split_once('}') {
            Some((field, rest)) if index > 0 => {
                let given = scope.parameters.get(field);
                match given.text() {
                    Some(value) => text.push_str(value),
                    None => text.push_str(&scope.placeholder_for(field, &given)),
                }
                text.push_str(rest);
            }
            _ => text.push_str(part),
        }
    }
    text
}

fn invoke_model(scope: &mut Scope<'_, '_>) {
    services::model(scope, "bedrock:InvokeModel");
    for (field, action) in [("Input.S3Uri", "s3:GetObject"), ("Output.S3Uri", "s3:PutObject")] {
        let is_given = scope.parameters.are_written() && scope.parameters.get(field) != Given::Absent;
        if is_given {
            let object = scope.s3_uri(field);
            scope.allow(action, &object);
        }
    }
}

fn customize_model(scope: &mut Scope<'_, '_>, is_sync: bool) {
    let given = scope.parameters.get("BaseModelIdentifier");
    let model = match given.text() {
        Some(text) if scope.is_arn(text, "BaseModelIdentifier") => text.to_owned(),
        Some(text) => format!("arn:${{AWS::Partition}}:bedrock:${{AWS::Region}}::foundation-model/{text}"),
        None => scope.placeholder_for("BaseModelIdentifier", &given),
    };
    let why = "Bedrock makes the ids of jobs and of custom models";
    let job = Resource::with_reason(format!("{}model-customization-job/*", here("bedrock")), why);
    let custom = Resource::with_reason(format!("{}custom-model/*", here("bedrock")), why);
    scope.allow_all(
        &["bedrock:CreateModelCustomizationJob"],
        &[Resource::written(&model), custom, job.clone()],
    );
    let role = scope.parameters.get("RoleArn");
    apis::pass_role(scope, "RoleArn", &role, apis::principal("bedrock"));
    if is_sync {
        scope.allow_all(&["bedrock:GetModelCustomizationJob", "bedrock:StopModelCustomizationJob"], &[job]);
    }
}

fn create_virtual_cluster(scope: &mut Scope<'_, '_>) {
    scope.allow("emr-containers:CreateVirtualCluster", &apis::everything());
    linked_role(scope, "emr-containers.amazonaws.com", "AWSServiceRoleForAmazonEMRContainers");
}

/// The role that a service makes for itself when it is used first.
fn linked_role(scope: &mut Scope<'_, '_>, service: &str, role: &str) {
    let arn =
        format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/aws-service-role/{service}/{role}");
    let condition =
        Condition { operator: "StringEquals", key: "iam:AWSServiceName", values: vec![service.to_owned()] };
    scope.allow_if("iam:CreateServiceLinkedRole", &Resource::named(arn), condition);
}

fn start_container_job(scope: &mut Scope<'_, '_>, is_sync: bool) {
    let cluster = filled(scope, "/virtualclusters/{VirtualClusterId}");
    let cluster = format!("{}{cluster}", here("emr-containers"));
    // The job's role is no passed one: the service asks for it by a key of its own.
    let roles = scope.arns("ExecutionRoleArn").into_iter().map(|role| role.arn).collect();
    let condition =
        Condition { operator: "StringEquals", key: "emr-containers:ExecutionRoleArn", values: roles };
    scope.allow_if("emr-containers:StartJobRun", &Resource::named(cluster.clone()), condition);
    if is_sync {
        let jobs = Resource::with_reason(format!("{cluster}/jobruns/*"), JOBS);
        scope.allow_all(&["emr-containers:CancelJobRun", "emr-containers:DescribeJobRun"], &[jobs]);
    }
}

/// The checks that EKS makes with the caller's permissions before it makes a node group.
fn node_role(scope: &mut Scope<'_, '_>) {
    scope.allow("ec2:DescribeSubnets", &apis::everything());
    let roles = scope.arns("NodeRole");
    scope.allow_all(&["iam:GetRole", "iam:ListAttachedRolePolicies"], &roles);
}
