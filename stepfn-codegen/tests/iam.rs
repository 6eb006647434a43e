//! The policy of a role, state by state.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

use std::fmt::Write as _;

use stepfn_codegen::{
    cloudformation,
    generate::{Format, Plan},
    iam::{self, Effect, Policy},
    serverless, terraform,
};
use stepfn_core::deployment::{Deployment, Encryption};
use stepfn_core::{
    asl,
    definition::{Definition, LogLevel, LoggingConfiguration, Reference, WorkflowType},
    service::{self, Resource},
};

fn machine(asl: &str) -> Definition {
    let (machine, _) = asl::read_str(asl).unwrap();
    Definition::from_asl("Orders", WorkflowType::Standard, machine)
}

/// A machine of one Task, `Do it`.
fn task(resource: &str, fields: &str) -> Definition {
    machine(&format!(
        r#"{{"StartAt": "Do it", "States": {{"Do it": {{"Type": "Task", "Resource": "{resource}", {fields} "End": true}}}}}}"#
    ))
}

fn granted(resource: &str, parameters: &str) -> Vec<String> {
    lines(&iam::policy(&task(
        &format!("arn:aws:states:::{resource}"),
        &format!(r#""Parameters": {parameters},"#),
    )))
}

/// `service:Action on ARN`, a line for each action, with `HERE` for the region and the account. No `*` is without a reason.
fn lines(policy: &Policy) -> Vec<String> {
    let mut lines = Vec::new();
    for resource in policy.statements.iter().flat_map(|statement| &statement.resource) {
        assert_eq!(resource.arn.contains(['*', '?']), resource.wide.is_some(), "{resource:?}");
    }
    for statement in &policy.statements {
        let resources: Vec<String> = statement
            .resource
            .iter()
            .map(|resource| {
                resource
                    .arn
                    .replace("${AWS::Region}:${AWS::AccountId}", "HERE")
                    .replace("arn:${AWS::Partition}:", "arn:")
            })
            .collect();
        for action in &statement.action {
            let denied = if statement.effect == Effect::Deny { "not " } else { "" };
            let mut line = format!("{denied}{action} on {}", resources.join(", "));
            for condition in &statement.condition {
                let values = condition.values.join(" | ");
                let _ = write!(line, " if {} {} {values}", condition.key, condition.operator);
            }
            lines.push(line);
        }
    }
    lines
}

/// Parameters that name everything, for each optimised integration.
const PARAMETERS: &[(&str, &str)] = &[
    (
        "apigateway:invoke",
        r#"{"ApiEndpoint": "abc.execute-api.eu-west-1.amazonaws.com", "Method": "GET", "Stage": "prod", "Path": "/orders", "AuthType": "IAM_ROLE"}"#,
    ),
    ("athena:getQueryExecution", r#"{"QueryExecutionId.$": "$.id"}"#),
    ("athena:getQueryResults", r#"{"QueryExecutionId.$": "$.id"}"#),
    (
        "athena:startQueryExecution",
        r#"{"QueryString": "select 1", "WorkGroup": "group", "QueryExecutionContext": {"Database": "shop"}, "ResultConfiguration": {"OutputLocation": "s3://results/athena/"}}"#,
    ),
    ("athena:stopQueryExecution", r#"{"QueryExecutionId.$": "$.id"}"#),
    ("batch:submitJob", r#"{"JobName": "job", "JobQueue": "queue", "JobDefinition": "definition"}"#),
    (
        "bedrock:createModelCustomizationJob",
        r#"{"JobName": "job", "CustomModelName": "mine", "BaseModelIdentifier": "amazon.titan", "RoleArn": "arn:aws:iam::123456789012:role/bedrock"}"#,
    ),
    (
        "bedrock:invokeModel",
        r#"{"ModelId": "anthropic.claude", "Input": {"S3Uri": "s3://prompts/one.json"}, "Output": {"S3Uri": "s3://answers/one.json"}}"#,
    ),
    (
        "bedrockagentcore:invokeHarness",
        r#"{"HarnessArn": "arn:aws:bedrock-agentcore:eu-west-1:123456789012:harness/h"}"#,
    ),
    ("codebuild:batchDeleteBuilds", r#"{"Ids.$": "$.ids"}"#),
    ("codebuild:batchGetReports", r#"{"ReportArns.$": "$.reports"}"#),
    ("codebuild:deleteBuildBatch", r#"{"Id.$": "$.id"}"#),
    ("codebuild:retryBuildBatch", r#"{"Id.$": "$.id"}"#),
    ("codebuild:startBuild", r#"{"ProjectName": "project"}"#),
    ("codebuild:startBuildBatch", r#"{"ProjectName": "project"}"#),
    ("codebuild:stopBuild", r#"{"Id.$": "$.id"}"#),
    ("codebuild:stopBuildBatch", r#"{"Id.$": "$.id"}"#),
    ("databrew:startJobRun", r#"{"Name": "recipe"}"#),
    ("dynamodb:deleteItem", r#"{"TableName": "Orders", "Key": {}}"#),
    ("dynamodb:getItem", r#"{"TableName": "Orders", "Key": {}}"#),
    ("dynamodb:putItem", r#"{"TableName": "Orders", "Item": {}}"#),
    ("dynamodb:updateItem", r#"{"TableName": "Orders", "Key": {}}"#),
    (
        "ecs:runTask",
        r#"{"Cluster": "cluster", "TaskDefinition": "family", "Overrides": {"TaskRoleArn": "arn:aws:iam::123456789012:role/task"}}"#,
    ),
    ("eks:call", r#"{"ClusterName": "cluster"}"#),
    ("eks:createCluster", r#"{"Name": "cluster", "RoleArn": "arn:aws:iam::123456789012:role/eks"}"#),
    (
        "eks:createFargateProfile",
        r#"{"ClusterName": "cluster", "FargateProfileName": "profile", "PodExecutionRoleArn": "arn:aws:iam::123456789012:role/pod"}"#,
    ),
    (
        "eks:createNodegroup",
        r#"{"ClusterName": "cluster", "NodegroupName": "group", "NodeRole": "arn:aws:iam::123456789012:role/node"}"#,
    ),
    ("eks:deleteCluster", r#"{"Name": "cluster"}"#),
    ("eks:deleteFargateProfile", r#"{"ClusterName": "cluster", "FargateProfileName": "profile"}"#),
    ("eks:deleteNodegroup", r#"{"ClusterName": "cluster", "NodegroupName": "group"}"#),
    ("eks:runJob", r#"{"ClusterName": "cluster"}"#),
    ("elasticmapreduce:addStep", r#"{"ClusterId": "j-1", "Step": {}}"#),
    ("elasticmapreduce:cancelStep", r#"{"ClusterId": "j-1", "StepId": "s-1"}"#),
    (
        "elasticmapreduce:createCluster",
        r#"{"Name": "cluster", "ServiceRole": "EMR_DefaultRole", "JobFlowRole": "EMR_EC2_DefaultRole"}"#,
    ),
    (
        "elasticmapreduce:modifyInstanceFleetByName",
        r#"{"ClusterId": "j-1", "InstanceFleetName": "fleet", "InstanceFleet": {}}"#,
    ),
    (
        "elasticmapreduce:modifyInstanceGroupByName",
        r#"{"ClusterId": "j-1", "InstanceGroupName": "group", "InstanceGroup": {}}"#,
    ),
    (
        "elasticmapreduce:setClusterTerminationProtection",
        r#"{"ClusterId": "j-1", "TerminationProtected": true}"#,
    ),
    ("elasticmapreduce:terminateCluster", r#"{"ClusterId": "j-1"}"#),
    ("emr-containers:createVirtualCluster", r#"{"Name": "cluster"}"#),
    ("emr-containers:deleteVirtualCluster", r#"{"Id": "vc"}"#),
    (
        "emr-containers:startJobRun",
        r#"{"VirtualClusterId": "vc", "ExecutionRoleArn": "arn:aws:iam::123456789012:role/emr"}"#,
    ),
    ("emr-serverless:cancelJobRun", r#"{"ApplicationId": "app", "JobRunId": "run"}"#),
    ("emr-serverless:createApplication", r#"{"Name": "app"}"#),
    ("emr-serverless:deleteApplication", r#"{"ApplicationId": "app"}"#),
    ("emr-serverless:startApplication", r#"{"ApplicationId": "app"}"#),
    (
        "emr-serverless:startJobRun",
        r#"{"ApplicationId": "app", "ExecutionRoleArn": "arn:aws:iam::123456789012:role/emr"}"#,
    ),
    ("emr-serverless:stopApplication", r#"{"ApplicationId": "app"}"#),
    ("events:putEvents", r#"{"Entries": [{"EventBusName": "bus"}, {"Source": "s"}]}"#),
    ("glue:startJobRun", r#"{"JobName": "job"}"#),
    (
        "http:invoke",
        r#"{"ApiEndpoint": "https://example.com/orders", "Method": "POST", "Authentication": {"ConnectionArn": "arn:aws:events:eu-west-1:123456789012:connection/shop/1"}}"#,
    ),
    ("lambda:invoke", r#"{"FunctionName": "work", "Qualifier": "live"}"#),
    (
        "mediaconvert:createJob",
        r#"{"Role": "arn:aws:iam::123456789012:role/media", "Queue": "arn:aws:mediaconvert:eu-west-1:123456789012:queues/q"}"#,
    ),
    ("sagemaker:createEndpoint", r#"{"EndpointName": "endpoint", "EndpointConfigName": "config"}"#),
    ("sagemaker:createEndpointConfig", r#"{"EndpointConfigName": "config"}"#),
    (
        "sagemaker:createHyperParameterTuningJob",
        r#"{"HyperParameterTuningJobName": "tuning", "TrainingJobDefinition": {"RoleArn": "arn:aws:iam::123456789012:role/sage"}}"#,
    ),
    (
        "sagemaker:createLabelingJob",
        r#"{"LabelingJobName": "labels", "RoleArn": "arn:aws:iam::123456789012:role/sage"}"#,
    ),
    (
        "sagemaker:createModel",
        r#"{"ModelName": "model", "ExecutionRoleArn": "arn:aws:iam::123456789012:role/sage"}"#,
    ),
    (
        "sagemaker:createProcessingJob",
        r#"{"ProcessingJobName": "processing", "RoleArn": "arn:aws:iam::123456789012:role/sage"}"#,
    ),
    (
        "sagemaker:createTrainingJob",
        r#"{"TrainingJobName": "training", "RoleArn": "arn:aws:iam::123456789012:role/sage"}"#,
    ),
    ("sagemaker:createTransformJob", r#"{"TransformJobName": "transform", "ModelName": "model"}"#),
    ("sagemaker:updateEndpoint", r#"{"EndpointName": "endpoint", "EndpointConfigName": "config"}"#),
    ("sns:publish", r#"{"TopicArn": "arn:aws:sns:eu-west-1:123456789012:topic", "Message": "m"}"#),
    (
        "sqs:sendMessage",
        r#"{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/queue", "MessageBody": "m"}"#,
    ),
    (
        "states:startExecution",
        r#"{"StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:Child", "Input": {}}"#,
    ),
];

#[test]
fn each_optimised_integration_and_pattern() {
    let mut text = String::new();
    for service in service::services(false) {
        for action in service::actions(false, service) {
            let name = format!("{service}:{action}");
            let known = PARAMETERS.iter().find(|(of, _)| *of == name);
            let (_, parameters) = known.unwrap_or_else(|| panic!("no parameters for {name}"));
            let resource = format!("arn:aws:states:::{name}");
            let Resource::Integration(integration) = service::lookup(&resource) else {
                panic!("{name} is no integration");
            };
            let mut before = Vec::new();
            for pattern in integration.known().unwrap().patterns {
                let granted = granted(&format!("{name}{}", pattern.suffix()), parameters);
                let _ = writeln!(text, "{name}{}", pattern.suffix());
                if granted == before {
                    text.push_str("  the same\n");
                } else {
                    for line in &granted {
                        let _ = writeln!(text, "  {line}");
                    }
                }
                before = granted;
            }
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn operations_of_apis() {
    let cases = [
        ("aws-sdk:s3:getObject", r#"{"Bucket": "b", "Key": "k"}"#, "s3:GetObject on arn:s3:::b/k"),
        (
            "aws-sdk:s3:getObject",
            r#"{"Bucket": "arn:aws:s3:eu-west-1:1:accesspoint/a", "Key": "k"}"#,
            "s3:GetObject on arn:aws:s3:eu-west-1:1:accesspoint/a/object/k",
        ),
        ("aws-sdk:s3:listObjectsV2", r#"{"Bucket": "b"}"#, "s3:ListBucket on arn:s3:::b"),
        (
            "aws-sdk:s3:headObject",
            r#"{"Bucket": "b", "Key.$": "$.k"}"#,
            "s3:GetObject on arn:s3:::b/${DoItKey}",
        ),
        (
            "aws-sdk:dynamodb:query",
            r#"{"TableName": "T", "IndexName": "I"}"#,
            "dynamodb:Query on arn:dynamodb:HERE:table/T, arn:dynamodb:HERE:table/T/index/I",
        ),
        ("aws-sdk:dynamodb:scan", r#"{"TableName": "T"}"#, "dynamodb:Scan on arn:dynamodb:HERE:table/T"),
        (
            "aws-sdk:dynamodb:transactWriteItems",
            r#"{"TransactItems": [{"Put": {"TableName": "A"}}, {"Put": {"TableName": "B"}}]}"#,
            "dynamodb:PutItem on arn:dynamodb:HERE:table/A, arn:dynamodb:HERE:table/B",
        ),
        (
            "aws-sdk:dynamodb:batchGetItem",
            r#"{"RequestItems": {"A": {}, "B": {}}}"#,
            "dynamodb:BatchGetItem on arn:dynamodb:HERE:table/A, arn:dynamodb:HERE:table/B",
        ),
        (
            "aws-sdk:lambda:invoke",
            r#"{"FunctionName": "f"}"#,
            "lambda:InvokeFunction on arn:lambda:HERE:function:f",
        ),
        (
            "aws-sdk:sfn:startSyncExecution",
            r#"{"StateMachineArn.$": "$.a"}"#,
            "states:StartSyncExecution on ${DoItStateMachineArn}",
        ),
        ("aws-sdk:ec2:describeInstances", "{}", "ec2:DescribeInstances on *"),
        (
            "aws-sdk:ecs:updateService",
            r#"{"Cluster": "c", "Service": "s"}"#,
            "ecs:UpdateService on arn:ecs:HERE:service/c/s",
        ),
        (
            "aws-sdk:eventbridge:putEvents",
            r#"{"Entries": [{}]}"#,
            "events:PutEvents on arn:events:HERE:event-bus/default",
        ),
        ("aws-sdk:glue:startCrawler", r#"{"Name": "c"}"#, "glue:StartCrawler on arn:glue:HERE:crawler/c"),
        ("aws-sdk:ssm:getParameter", r#"{"Name": "/a/b"}"#, "ssm:GetParameter on arn:ssm:HERE:parameter/a/b"),
        (
            "aws-sdk:secretsmanager:getSecretValue",
            r#"{"SecretId": "prod/key"}"#,
            "secretsmanager:GetSecretValue on arn:secretsmanager:HERE:secret:prod/key-??????",
        ),
        (
            "aws-sdk:secretsmanager:getSecretValue",
            r#"{"SecretId": "arn:aws:secretsmanager:eu-west-1:1:secret:key-abcdef"}"#,
            "secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:1:secret:key-abcdef",
        ),
        (
            "aws-sdk:ecs:deleteTaskDefinitions",
            r#"{"TaskDefinitions": ["family:3", "other"]}"#,
            "ecs:DeleteTaskDefinitions on arn:ecs:HERE:task-definition/family:3, arn:ecs:HERE:task-definition/other:*",
        ),
        (
            "aws-sdk:batch:submitJob",
            r#"{"JobQueue": "q", "JobDefinition": "d:2"}"#,
            "batch:SubmitJob on arn:batch:HERE:job-definition/d:2, arn:batch:HERE:job-queue/q",
        ),
        (
            "aws-sdk:glue:getDatabase",
            r#"{"Name": "d"}"#,
            "glue:GetDatabase on arn:glue:HERE:catalog, arn:glue:HERE:database/d",
        ),
        (
            "aws-sdk:glue:createDatabase",
            r#"{"DatabaseInput": {"Name": "d"}}"#,
            "glue:CreateDatabase on arn:glue:HERE:catalog, arn:glue:HERE:database/d",
        ),
        (
            "aws-sdk:fis:createExperimentTemplate",
            r#"{"Actions": {"stop": {"ActionId": "aws:ecs:stop-task"}}}"#,
            "fis:CreateExperimentTemplate on arn:fis:HERE:action/*, arn:fis:HERE:experiment-template/*",
        ),
        (
            "aws-sdk:bedrock:createProvisionedModelThroughput",
            r#"{"ModelId.$": "$.model"}"#,
            "bedrock:CreateProvisionedModelThroughput on ${DoItModelId}",
        ),
        ("aws-sdk:cloudwatch:putMetricData", "{}", "cloudwatch:PutMetricData on *"),
        ("aws-sdk:sqs:sendMessageBatch", r#"{"QueueUrl.$": "$.q"}"#, "sqs:SendMessage on ${DoItQueueArn}"),
        (
            "aws-sdk:bedrockruntime:converse",
            r#"{"ModelId": "eu.amazon.nova"}"#,
            "bedrock:InvokeModel on arn:bedrock:HERE:inference-profile/eu.amazon.nova, arn:bedrock:*::foundation-model/amazon.nova",
        ),
    ];
    for (resource, parameters, expected) in cases {
        assert_eq!(granted(resource, parameters), [expected], "{resource} {parameters}");
    }
}

#[test]
fn an_operation_that_the_reference_has_not_is_a_placeholder() {
    let definition = task("arn:aws:states:::aws-sdk:lookoutvision:startModel", r#""Parameters": {},"#);
    let policy = iam::policy(&definition);
    assert_eq!(lines(&policy), ["lookoutvision:StartModel on ${DoItResource}"]);
    assert!(policy.unknown()[0].why.contains("Service Authorization Reference"), "{:?}", policy.unknown());
}

#[test]
fn a_query_that_only_reads_writes_no_tables() {
    let granted =
        |query: &str| granted("athena:startQueryExecution", &format!(r#"{{"QueryString{query}"}}"#));
    let writes = |query: &str| granted(query).iter().any(|line| line.starts_with("glue:CreateTable on"));
    assert!(!writes(r#"": "  SELECT * FROM t"#));
    assert!(!writes(r#"": "(select 1)"#));
    assert!(writes(r#"": "INSERT INTO t SELECT 1"#));
    assert!(writes(r#"": "WITH x AS (SELECT 1) SELECT 1"#), "`WITH` begins inserts as well");
    assert!(writes(r#".$": "$.query"#));
}

#[test]
fn a_placeholder_says_why_the_definition_does_not_tell() {
    let why = |topic: &str| {
        let parameters = format!(r#""Parameters": {{{topic}, "Message": "m"}},"#);
        let policy = iam::policy(&task("arn:aws:states:::sns:publish", &parameters));
        let [unknown] = policy.unknown() else { panic!("{policy:?}") };
        assert_eq!(
            (&*unknown.name, &*unknown.state, &*unknown.field),
            ("DoItTopicArn", "/States/Do it", "TopicArn")
        );
        unknown.why.clone()
    };
    assert_eq!(why(r#""TopicArn.$": "$.topic""#), "`TopicArn` comes out of the data, by `$.topic`");
    assert_eq!(why(r#""TopicArn": "orders""#), "`TopicArn` is `orders`, which is no ARN");
    assert_eq!(
        why(r#""TopicArn": {"Fn::ImportValue": "T"}"#),
        r#"`TopicArn` is `{"Fn::ImportValue":"T"}`, which a deployment tool resolves"#
    );
    let whole = iam::policy(&task("arn:aws:states:::sns:publish", ""));
    assert_eq!(whole.unknown()[0].why, "`TopicArn` comes out of the state's input");
}

#[test]
fn a_role_that_is_given_to_a_service_is_passed() {
    let granted = granted(
        "aws-sdk:scheduler:createSchedule",
        r#"{"Name": "s", "Target": {"Arn": "a", "RoleArn": "arn:aws:iam::123456789012:role/r"}}"#,
    );
    assert_eq!(
        granted,
        [
            "iam:PassRole on arn:aws:iam::123456789012:role/r if iam:PassedToService StringEquals scheduler.amazonaws.com",
            "scheduler:CreateSchedule on arn:scheduler:HERE:schedule/default/s",
        ]
    );
}

#[test]
fn functions_are_allowed_as_they_are_called() {
    let invoke = |parameters: &str| granted("lambda:invoke", parameters);
    for (parameters, arn) in [
        (r#"{"FunctionName": "f"}"#, "arn:lambda:HERE:function:f"),
        (r#"{"FunctionName": "f:live"}"#, "arn:lambda:HERE:function:f:live"),
        (r#"{"FunctionName": "f", "Qualifier.$": "$.q"}"#, "arn:lambda:HERE:function:f:${DoItQualifier}"),
        (r#"{"FunctionName": "${FunctionArn}"}"#, "${FunctionArn}"),
        (
            r#"{"FunctionName": "arn:aws:lambda:eu-west-1:1:function:f"}"#,
            "arn:aws:lambda:eu-west-1:1:function:f",
        ),
        (r#"{"FunctionName": "${self:service}-f"}"#, "arn:lambda:HERE:function:${self:service}-f"),
        (r#"{"FunctionName.$": "$.f"}"#, "arn:lambda:HERE:function:${DoItFunctionName}"),
    ] {
        assert_eq!(invoke(parameters), [format!("lambda:InvokeFunction on {arn}")], "{parameters}");
    }
    let direct = lines(&iam::policy(&task("${WorkArn}", "")));
    assert_eq!(direct, ["lambda:InvokeFunction on ${WorkArn}"]);
}

#[test]
fn references_become_arns() {
    let mut definition = machine(
        r#"{"StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "B",
                "Parameters": {"QueueUrl": "${Queue}", "MessageBody": "m"}},
            "B": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Next": "C",
                "Parameters": {"StateMachineArn": "${Child}"}},
            "C": {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": true,
                "Parameters": {"Method": "GET", "ApiEndpoint": "https://a.example",
                    "Authentication": {"ConnectionArn": "${Connection}"}}}
        }}"#,
    );
    for (name, reference) in [
        ("Queue", Reference::Ref("JobQueue".to_owned())),
        ("Child", Reference::Ref("ChildMachine".to_owned())),
        ("Connection", Reference::GetAtt("Shop".to_owned(), "Arn".to_owned())),
    ] {
        definition.substitutions.insert(name.to_owned(), reference);
    }
    let policy = iam::policy(&definition);
    insta::assert_snapshot!(lines(&policy).join("\n"));
    assert_eq!(policy.unknown(), []);
    let substitutions: Vec<String> =
        policy.substitutions.iter().map(|(name, reference)| format!("{name} {reference}")).collect();
    assert_eq!(
        substitutions,
        [
            "JobQueueArn !GetAtt JobQueue.Arn",
            "ChildMachineName !GetAtt ChildMachine.Name",
            "ShopSecretArn !GetAtt Shop.SecretArn"
        ]
    );
}

#[test]
fn distributed_maps_start_their_own_machine_and_read_and_write_buckets() {
    let definition = machine(
        r#"{"StartAt": "Each", "States": {"Each": {"Type": "Map", "Label": "Each", "End": true,
            "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "MANIFEST"},
                "Parameters": {"Bucket": "inventory", "Key": "all/shop/daily/2026-01-01T00-00Z/manifest.json"}},
            "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "results", "Prefix": "runs"}},
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": "${WorkArn}", "End": true}}}
        }}}"#,
    );
    insta::assert_snapshot!(lines(&iam::policy(&definition)).join("\n"));
}

#[test]
fn lists_of_objects_are_narrowed_to_their_prefix() {
    let reader = |more: &str| {
        lines(&iam::policy(&machine(&format!(
            r#"{{"StartAt": "Each", "States": {{"Each": {{"Type": "Map", "End": true,
                "ItemReader": {{"Resource": "arn:aws:states:::s3:listObjectsV2", {more}
                    "Parameters": {{"Bucket": "b", "Prefix": "in/"}}}},
                "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}},
                    "StartAt": "P", "States": {{"P": {{"Type": "Pass", "End": true}}}}}}
            }}}}}}"#
        ))))
        .into_iter()
        .filter(|line| line.starts_with("s3:"))
        .collect::<Vec<_>>()
    };
    let list = "s3:ListBucket on arn:s3:::b if s3:prefix StringEquals in/";
    assert_eq!(reader(""), [list]);
    assert_eq!(
        reader(r#""ReaderConfig": {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"},"#),
        ["s3:GetObject on arn:s3:::b/in/*", list]
    );
}

#[test]
fn what_needs_no_permission_is_reported() {
    let activity = iam::policy(&task("arn:aws:states:eu-west-1:123456789012:activity:a", ""));
    assert_eq!(lines(&activity), ["not * on *"]);
    assert_eq!(activity.needless()[0].state, "/States/Do it");
    for parameters in [r#"{"ApiEndpoint": "a"}"#, r#"{"ApiEndpoint": "a", "AuthType": "NO_AUTH"}"#] {
        assert_eq!(granted("apigateway:invoke", parameters), ["not * on *"]);
    }
}

#[test]
fn with_credentials_the_role_is_assumed_and_nothing_else_is_needed() {
    let with = |credentials: &str| {
        lines(&iam::policy(&task(
            "arn:aws:states:::sns:publish",
            &format!(r#""Credentials": {credentials}, "Parameters": {{"TopicArn": "t"}},"#),
        )))
    };
    let role = "arn:aws:iam::123456789012:role/other";
    assert_eq!(with(&format!(r#"{{"RoleArn": "{role}"}}"#)), [format!("sts:AssumeRole on {role}")]);
    assert_eq!(with(r#"{"RoleArn.$": "$.role"}"#), ["sts:AssumeRole on ${DoItRoleArn}"]);
}

#[test]
fn logs_traces_and_the_machine_s_key() {
    let mut definition = machine(r#"{"StartAt": "Hello", "States": {"Hello": {"Type": "Succeed"}}}"#);
    definition.tracing = true;
    definition.logging = Some(LoggingConfiguration {
        level: LogLevel::Error,
        include_execution_data: false,
        destinations: Vec::new(),
    });
    let key = Reference::GetAtt("Key".to_owned(), "Arn".to_owned());
    let deployment = Deployment::from(&definition).encryption(Encryption::new(key));
    insta::assert_snapshot!(lines(&iam::policy_of(&deployment)).join("\n"));
    definition.tracing = false;
    definition.logging = Some(LoggingConfiguration { level: LogLevel::Off, ..definition.logging.unwrap() });
    assert_eq!(lines(&iam::policy(&definition)), ["not * on *"]);
}

#[test]
fn the_machine_s_key_is_an_arn() {
    let key = |id: stepfn_core::deployment::Identifier| {
        let definition = machine(r#"{"StartAt": "Hello", "States": {"Hello": {"Type": "Succeed"}}}"#);
        let policy = iam::policy_of(&Deployment::from(definition).encryption(Encryption::new(id)));
        lines(&policy)[0].split(" if ").next().unwrap().to_owned()
    };
    let arn = "arn:aws:kms:eu-west-1:123456789012:key/1";
    assert_eq!(key(arn.into()), format!("kms:Decrypt on {arn}"));
    assert_eq!(key("1234-abcd".into()), "kms:Decrypt on arn:kms:HERE:key/1234-abcd");
    assert_eq!(key(Reference::Ref("Key".to_owned()).into()), "kms:Decrypt on arn:kms:HERE:key/${Key}");
    assert_eq!(key("alias/orders".into()), "kms:Decrypt on ${EncryptionConfigurationKmsKeyArn}");
}

#[test]
fn jsonata_texts_that_are_literals_are_known() {
    let granted = lines(&iam::policy(&machine(
        r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun", "Next": "B",
                "Arguments": {"JobName": "{% 'nightly' %}"}},
            "B": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun", "End": true,
                "Arguments": "{% $states.input %}"}
        }}"#,
    )));
    assert_eq!(granted, ["glue:StartJobRun on arn:glue:HERE:job/${BJobName}, arn:glue:HERE:job/nightly"]);
}

#[test]
fn the_same_on_the_same_is_one_statement_and_names_are_never_taken_twice() {
    let mut definition = machine(
        r#"{"StartAt": "Fan", "States": {"Fan": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "Save", "States": {"Save": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem",
                "Parameters": {"TableName.$": "$.t"}, "End": true}}},
            {"StartAt": "save", "States": {"save": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem",
                "Parameters": {"TableName": "T"}, "Next": "get"},
                "get": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem",
                "Parameters": {"TableName": "T"}, "End": true}}},
            {"StartAt": "S", "States": {"S": {"Type": "Map", "End": true, "ItemProcessor": {
                "StartAt": "Save", "States": {"Save": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem",
                "Parameters": {"TableName.$": "$.t"}, "End": true}}}}}}
        ]}}}"#,
    );
    definition.substitutions.insert("SaveTableName".to_owned(), Reference::Ref("X".to_owned()));
    let policy = iam::policy(&definition);
    let table = "arn:dynamodb:HERE:table";
    assert_eq!(
        lines(&policy),
        [
            format!("dynamodb:GetItem on {table}/T"),
            format!(
                "dynamodb:PutItem on {table}/${{SaveTableName2}}, {table}/${{SaveTableName3}}, {table}/T"
            ),
        ]
    );
    let sids: Vec<&str> = policy.statements.iter().map(|statement| statement.sid.as_str()).collect();
    assert_eq!(sids, ["DynamodbGetItem", "DynamodbPutItem"]);
}

#[test]
fn a_policy_is_a_document() {
    let definition =
        task("arn:aws:states:::codebuild:startBuild.sync", r#""Parameters": {"ProjectName": "project"},"#);
    insta::assert_snapshot!(iam::policy(&definition).to_json_text());
}

/// Returns a machine whose topic is in the data, with a role passed on.
fn open() -> Definition {
    machine(
        r#"{"StartAt": "Tell", "States": {
            "Tell": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish",
                "Parameters": {"TopicArn.$": "$.topic", "Message": "m"}, "Next": "Run"},
            "Run": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createModel", "End": true,
                "Parameters": {"ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r"}}
        }}"#,
    )
}

#[test]
fn a_placeholder_is_a_parameter_of_a_template() {
    let yaml = cloudformation::to_yaml(&[open().into()]).unwrap();
    let parameter = "  TellTopicArn:\n    Type: String\n    Description: 'The role of Orders needs it for /States/Tell: `TopicArn` comes out of the data, by `$.topic`'\n";
    assert!(yaml.contains(parameter), "{yaml}");
    assert!(yaml.contains("Action: sns:Publish\n                Resource: !Ref TellTopicArn\n"), "{yaml}");
    let condition = "Condition:\n                  StringEquals:\n                    iam:PassedToService: sagemaker.amazonaws.com\n";
    assert!(yaml.contains(condition), "{yaml}");
}

#[test]
fn a_placeholder_is_a_variable_of_a_terraform_module() {
    let json = terraform::to_json_text(&[open().into()]).unwrap();
    assert!(
        json.contains(
            r#""resources": [
              "${var.tell_topic_arn}"
            ]"#
        ),
        "{json}"
    );
    assert!(json.contains(r#""description": "The role of Orders needs it for /States/Tell: "#), "{json}");
    assert!(json.contains(r#""variable": "iam:PassedToService","#), "{json}");
    assert!(json.contains(r#""policy": "${data.aws_iam_policy_document.orders_role.json}""#), "{json}");
}

#[test]
fn a_placeholder_is_a_parameter_of_the_serverless_framework() {
    let yaml = serverless::to_yaml(&[open().into()]).unwrap();
    assert!(
        yaml.contains(
            "          Action: sns:Publish\n          Resource:\n            - ${param:TellTopicArn} # `TopicArn` comes out of the data, by `$.topic`\n"
        ),
        "{yaml}"
    );
    // The plugin's schema has neither, and refuses the machine for them.
    assert!(!yaml.contains("Condition") && !yaml.contains("Sid"), "{yaml}");
}

#[test]
fn a_role_of_the_deployment_s_own_leaves_no_policy() {
    let role = "arn:aws:iam::123456789012:role/own";
    let deployment = || Deployment::from(open()).role(role);
    let yaml = serverless::to_yaml(&[deployment()]).unwrap();
    assert!(yaml.contains(&format!("role: {role}\n")) && !yaml.contains("iamRoleStatements"), "{yaml}");
    let yaml = cloudformation::to_yaml(&[deployment()]).unwrap();
    assert!(!yaml.contains("AWS::IAM::Role") && !yaml.contains("TellTopicArn"), "{yaml}");
}

#[test]
fn a_policy_is_a_file_of_each_machine() {
    let folder = tempfile::tempdir().unwrap();
    let deployments = [Deployment::from(open()), Deployment::from(open()).name("Second")];
    Plan::new(&deployments, &[Format::Policy]).unwrap().write(folder.path()).unwrap();
    let text = std::fs::read_to_string(folder.path().join("Second.policy.json")).unwrap();
    assert_eq!(text, iam::policy_of(&deployments[1]).to_json_text());
    assert!(folder.path().join("Orders.policy.json").exists());
}

#[test]
fn entries_of_a_list_have_placeholders_of_their_own() {
    let granted = granted(
        "events:putEvents",
        r#"{"Entries": [{"EventBusName.$": "$.a"}, {"EventBusName.$": "$.b"}, {"EventBusName": "c"}]}"#,
    );
    let bus = "arn:events:HERE:event-bus";
    let all = format!("{bus}/${{DoItEventBusName2}}, {bus}/${{DoItEventBusName}}, {bus}/c");
    assert_eq!(granted, [format!("events:PutEvents on {all}")]);
}
