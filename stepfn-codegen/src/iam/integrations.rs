//! The optimised integrations: what each asks for beside the operation of its API, by pattern. "IAM policies for integrated
//! services" in the Step Functions Developer Guide.

use stepfn_core::{
    arn::is_arn,
    service::{Integration, Pattern},
};

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
        ("batch", "submitJob") => submit_job(scope, is_sync),
        ("ecs", "runTask") => run_task(scope, is_sync),
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

impl Scope<'_, '_> {
    /// Step Functions waits for a job by a rule of EventBridge, which it makes when it needs it first.
    pub(super) fn watch(&mut self, rule: &str) {
        let arn = format!("{}rule/{rule}", here("events"));
        let rule = if rule.contains('*') {
            Resource::with_reason(arn, "AWS does not document the whole name of the rule")
        } else {
            Resource::named(arn)
        };
        self.allow_all(&["events:DescribeRule", "events:PutRule", "events:PutTargets"], &[rule]);
    }

    /// A parameter that is an ARN or a name below `kind/`; a name of several revisions has `revisions` after it.
    fn named(&mut self, service: &str, kind: &str, field: &str, revisions: Option<&str>) -> Vec<Resource> {
        let given = self.parameters.get(field);
        let text = match given.text() {
            Some(text) if self.is_arn(text, field) => text.to_owned(),
            Some(text) => format!("{}{kind}/{text}", here(service)),
            None => format!("{}{kind}/{}", here(service), self.placeholder_for(field, &given)),
        };
        let Some(why) = revisions else { return vec![Resource::written(&text)] };
        let has_revision =
            text.rsplit_once('/').is_none_or(|(_, name)| name.contains(':') || given.text().is_none());
        if has_revision {
            return vec![Resource::written(&text)];
        }
        vec![Resource::with_reason(format!("{text}:*"), why)]
    }
}

pub(super) fn submit_job(scope: &mut Scope<'_, '_>, is_sync: bool) {
    let mut resources = scope.named("batch", "job-queue", "JobQueue", None);
    // Without a revision Batch asks for the definition and for its newest revision.
    let definitions = scope.named("batch", "job-definition", "JobDefinition", None);
    for definition in &definitions {
        let has_revision = definition.arn.rsplit_once('/').is_none_or(|(_, name)| name.contains(':'));
        if !has_revision {
            let why = "the newest revision of the job definition is taken";
            resources.push(Resource::with_reason(format!("{}:*", definition.arn), why));
        }
    }
    resources.extend(definitions);
    scope.allow_all(&["batch:SubmitJob"], &resources);
    if is_sync {
        scope.allow("batch:DescribeJobs", &apis::everything());
        let jobs = Resource::with_reason(format!("{}job/*", here("batch")), JOBS);
        scope.allow("batch:TerminateJob", &jobs);
        scope.watch("StepFunctionsGetEventsForBatchJobsRule");
    }
}

pub(super) fn run_task(scope: &mut Scope<'_, '_>, is_sync: bool) {
    const TASKS: &str = "the task gets its id when it starts";
    let why = "the newest revision of the task definition is taken";
    let definitions = scope.named("ecs", "task-definition", "TaskDefinition", Some(why));
    scope.allow_all(&["ecs:RunTask"], &definitions);
    if scope.parameters.get("Tags") != Given::Absent && scope.parameters.are_written() {
        let tasks = tasks(scope, TASKS);
        scope.allow("ecs:TagResource", &tasks);
    }
    // The roles are in the task definition, unless the state overrides them.
    for name in ["TaskRoleArn", "ExecutionRoleArn"] {
        let field = format!("Overrides.{name}");
        let given = scope.parameters.get(&field);
        if given != Given::Absent {
            apis::pass_role(scope, &field, &given, apis::principal("ecs"));
            continue;
        }
        let why = "the task definition names the role that is passed to its containers".to_owned();
        let role = Given::Known(vec![scope.placeholder(&field, why)]);
        apis::pass_role(scope, &field, &role, apis::principal("ecs"));
    }
    if is_sync {
        let tasks = tasks(scope, TASKS);
        scope.allow_all(&["ecs:DescribeTasks", "ecs:StopTask"], &[tasks]);
        scope.watch("StepFunctionsGetEventsForECSTaskRule");
    }
}

/// The tasks of the cluster.
fn tasks(scope: &mut Scope<'_, '_>, why: &str) -> Resource {
    let given = scope.parameters.get("Cluster");
    let reference = given.text().and_then(|text| scope.ref_id(text));
    let cluster = match given.text() {
        Some(arn) if is_arn(arn) => arn.rsplit('/').next().unwrap_or(arn).to_owned(),
        // `!Ref` of a cluster is its name; of its ARN no name can be made.
        Some(text) if reference.is_some() || !scope.is_arn(text, "Cluster") => text.to_owned(),
        Some(text) => {
            let why = format!("the name of the cluster `{text}`, of which its tasks' ARNs are made");
            scope.placeholder("ClusterName", why)
        }
        None if given == Given::Absent => "default".to_owned(),
        None => scope.placeholder("ClusterName", "the cluster comes out of the data".to_owned()),
    };
    Resource::with_reason(format!("{}task/{cluster}/*", here("ecs")), why)
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
