//! The optimised integrations whose permissions can be written down as rows.

/// An integration whose operation is one of an API.
pub(super) struct Row {
    /// `batch:submitJob`
    pub(super) of: &'static str,
    /// The actions that a request asks for; empty for those of an own function.
    pub(super) request: &'static [&'static str],
    /// Those that `.sync` asks for as well, on the same.
    pub(super) sync: &'static [&'static str],
    /// Those that `.sync` asks for on something else, after what precedes the account's colon of that.
    pub(super) jobs: &'static [(&'static str, &'static str)],
    /// The rule of EventBridge by which Step Functions waits.
    pub(super) rule: Option<&'static str>,
    /// The parameters that name roles, and the services that they are passed to.
    pub(super) roles: &'static [(&'static str, &'static str)],
}

const NONE: Row = Row { of: "", request: &[], sync: &[], jobs: &[], rule: None, roles: &[] };

/// The reason why jobs are `*`.
pub(super) const JOBS: &str = "the job gets its id when it starts";

const EKS: &str = "eks.amazonaws.com";
const SAGEMAKER: &[(&str, &str)] = &[("RoleArn", "sagemaker.amazonaws.com")];
const EMR_ROLES: &[(&str, &str)] = &[
    ("AutoScalingRole", "elasticmapreduce.amazonaws.com"),
    ("JobFlowRole", "ec2.amazonaws.com"),
    ("ServiceRole", "elasticmapreduce.amazonaws.com"),
];
const SERVERLESS_ROLES: &[(&str, &str)] = &[("ExecutionRoleArn", "emr-serverless.amazonaws.com")];
const APPLICATIONS: Option<&str> = Some("StepFunctionsGetEventsForEMRServerlessApplicationRule");

pub(super) const ROWS: &[Row] = &[
    Row { of: "athena:getQueryExecution", request: &["athena:GetQueryExecution"], ..NONE },
    Row { of: "athena:getQueryResults", request: &["athena:GetQueryResults"], ..NONE },
    Row { of: "athena:stopQueryExecution", request: &["athena:StopQueryExecution"], ..NONE },
    Row {
        of: "codebuild:startBuild",
        request: &["codebuild:StartBuild"],
        sync: &["codebuild:BatchGetBuilds", "codebuild:StopBuild"],
        rule: Some("StepFunctionsGetEventForCodeBuildStartBuildRule"),
        ..NONE
    },
    Row {
        of: "codebuild:startBuildBatch",
        request: &["codebuild:StartBuildBatch"],
        sync: &["codebuild:BatchGetBuildBatches", "codebuild:StopBuildBatch"],
        rule: Some("StepFunctionsGetEventForCodeBuildStartBuildBatchRule"),
        ..NONE
    },
    Row {
        of: "codebuild:retryBuildBatch",
        request: &["codebuild:RetryBuildBatch"],
        sync: &["codebuild:BatchGetBuildBatches", "codebuild:StopBuildBatch"],
        rule: Some("StepFunctionsGetEventForCodeBuildStartBuildBatchRule"),
        ..NONE
    },
    Row {
        of: "databrew:startJobRun",
        request: &["databrew:StartJobRun"],
        sync: &["databrew:ListJobRuns", "databrew:StopJobRun"],
        ..NONE
    },
    Row {
        of: "eks:createCluster",
        request: &["eks:CreateCluster"],
        jobs: &[("eks:DescribeCluster", "cluster/{Name}"), ("eks:DeleteCluster", "cluster/{Name}")],
        roles: &[("RoleArn", EKS)],
        ..NONE
    },
    Row { of: "eks:deleteCluster", request: &["eks:DeleteCluster"], sync: &["eks:DescribeCluster"], ..NONE },
    Row {
        of: "eks:createFargateProfile",
        request: &["eks:CreateFargateProfile"],
        jobs: &[
            ("eks:DescribeFargateProfile", "fargateprofile/{ClusterName}/{FargateProfileName}/*"),
            ("eks:DeleteFargateProfile", "fargateprofile/{ClusterName}/{FargateProfileName}/*"),
        ],
        roles: &[("PodExecutionRoleArn", "eks-fargate-pods.amazonaws.com")],
        ..NONE
    },
    Row {
        of: "eks:deleteFargateProfile",
        request: &["eks:DeleteFargateProfile"],
        sync: &["eks:DescribeFargateProfile"],
        ..NONE
    },
    Row {
        of: "eks:createNodegroup",
        request: &["eks:CreateNodegroup"],
        jobs: &[
            ("eks:DescribeNodegroup", "nodegroup/{ClusterName}/{NodegroupName}/*"),
            ("eks:DeleteNodegroup", "nodegroup/{ClusterName}/{NodegroupName}/*"),
        ],
        roles: &[("NodeRole", EKS)],
        ..NONE
    },
    Row {
        of: "eks:deleteNodegroup",
        request: &["eks:DeleteNodegroup"],
        sync: &["eks:DescribeNodegroup"],
        ..NONE
    },
    Row {
        of: "elasticmapreduce:addStep",
        request: &["elasticmapreduce:AddJobFlowSteps"],
        sync: &["elasticmapreduce:CancelSteps", "elasticmapreduce:DescribeStep"],
        rule: Some("StepFunctionsGetEventForEMRAddJobFlowStepsRule"),
        roles: &[("ExecutionRoleArn", "elasticmapreduce.amazonaws.com")],
        ..NONE
    },
    Row { of: "elasticmapreduce:cancelStep", request: &["elasticmapreduce:CancelSteps"], ..NONE },
    Row {
        of: "elasticmapreduce:createCluster",
        request: &["elasticmapreduce:RunJobFlow"],
        jobs: &[
            ("elasticmapreduce:DescribeCluster", "cluster/*"),
            ("elasticmapreduce:TerminateJobFlows", "cluster/*"),
        ],
        rule: Some("StepFunctionsGetEventForEMRRunJobFlowRule"),
        roles: EMR_ROLES,
        ..NONE
    },
    Row {
        of: "elasticmapreduce:modifyInstanceFleetByName",
        request: &["elasticmapreduce:ListInstanceFleets", "elasticmapreduce:ModifyInstanceFleet"],
        ..NONE
    },
    Row {
        of: "elasticmapreduce:modifyInstanceGroupByName",
        request: &["elasticmapreduce:ListInstanceGroups", "elasticmapreduce:ModifyInstanceGroups"],
        ..NONE
    },
    Row {
        of: "elasticmapreduce:setClusterTerminationProtection",
        request: &["elasticmapreduce:SetTerminationProtection"],
        ..NONE
    },
    Row {
        of: "elasticmapreduce:terminateCluster",
        request: &["elasticmapreduce:TerminateJobFlows"],
        sync: &["elasticmapreduce:DescribeCluster"],
        rule: Some("StepFunctionsGetEventForEMRTerminateJobFlowsRule"),
        ..NONE
    },
    Row {
        of: "emr-containers:deleteVirtualCluster",
        request: &["emr-containers:DeleteVirtualCluster"],
        sync: &["emr-containers:DescribeVirtualCluster"],
        ..NONE
    },
    Row {
        of: "emr-serverless:cancelJobRun",
        request: &["emr-serverless:CancelJobRun"],
        sync: &["emr-serverless:GetJobRun"],
        rule: Some("StepFunctionsGetEventsForEMRServerlessJobRule"),
        ..NONE
    },
    Row {
        of: "emr-serverless:createApplication",
        request: &["emr-serverless:CreateApplication"],
        jobs: &[
            ("emr-serverless:GetApplication", "/applications/*"),
            ("emr-serverless:DeleteApplication", "/applications/*"),
        ],
        rule: APPLICATIONS,
        ..NONE
    },
    Row {
        of: "emr-serverless:deleteApplication",
        request: &["emr-serverless:DeleteApplication"],
        sync: &["emr-serverless:GetApplication"],
        rule: APPLICATIONS,
        ..NONE
    },
    Row {
        of: "emr-serverless:startApplication",
        request: &["emr-serverless:StartApplication"],
        sync: &["emr-serverless:GetApplication", "emr-serverless:StopApplication"],
        rule: APPLICATIONS,
        ..NONE
    },
    Row {
        of: "emr-serverless:startJobRun",
        request: &["emr-serverless:StartJobRun"],
        jobs: &[
            ("emr-serverless:CancelJobRun", "/applications/{ApplicationId}/jobruns/*"),
            ("emr-serverless:GetJobRun", "/applications/{ApplicationId}/jobruns/*"),
        ],
        rule: Some("StepFunctionsGetEventsForEMRServerlessJobRule"),
        roles: SERVERLESS_ROLES,
        ..NONE
    },
    Row {
        of: "emr-serverless:stopApplication",
        request: &["emr-serverless:StopApplication"],
        sync: &["emr-serverless:GetApplication"],
        rule: APPLICATIONS,
        ..NONE
    },
    Row {
        of: "glue:startJobRun",
        request: &["glue:StartJobRun"],
        sync: &["glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns"],
        ..NONE
    },
    Row {
        of: "mediaconvert:createJob",
        request: &["mediaconvert:CreateJob"],
        jobs: &[("mediaconvert:CancelJob", "jobs/*"), ("mediaconvert:GetJob", "jobs/*")],
        rule: Some("StepFunctionsGetEventsForMediaConvertJobRule"),
        roles: &[("Role", "mediaconvert.amazonaws.com")],
        ..NONE
    },
    Row {
        of: "sagemaker:createHyperParameterTuningJob",
        request: &["sagemaker:CreateHyperParameterTuningJob"],
        sync: &[
            "sagemaker:AddTags",
            "sagemaker:DescribeHyperParameterTuningJob",
            "sagemaker:StopHyperParameterTuningJob",
        ],
        rule: Some("StepFunctionsGetEventsForSageMakerTuningJobsRule"),
        roles: &[("TrainingJobDefinition.RoleArn", "sagemaker.amazonaws.com")],
        ..NONE
    },
    Row {
        of: "sagemaker:createLabelingJob",
        request: &["sagemaker:CreateLabelingJob"],
        sync: &["sagemaker:AddTags", "sagemaker:DescribeLabelingJob", "sagemaker:StopLabelingJob"],
        // The guide does not name the rule of these jobs; those of the others begin so.
        rule: Some("StepFunctionsGetEventsForSageMaker*"),
        roles: SAGEMAKER,
        ..NONE
    },
    Row {
        of: "sagemaker:createModel",
        request: &["sagemaker:CreateModel"],
        roles: &[("ExecutionRoleArn", "sagemaker.amazonaws.com")],
        ..NONE
    },
    Row {
        of: "sagemaker:createProcessingJob",
        request: &["sagemaker:CreateProcessingJob"],
        sync: &["sagemaker:AddTags", "sagemaker:DescribeProcessingJob", "sagemaker:StopProcessingJob"],
        rule: Some("StepFunctionsGetEventsForSageMakerProcessingJobsRule"),
        roles: SAGEMAKER,
        ..NONE
    },
    Row {
        of: "sagemaker:createTrainingJob",
        request: &["sagemaker:CreateTrainingJob"],
        sync: &["sagemaker:AddTags", "sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"],
        rule: Some("StepFunctionsGetEventsForSageMakerTrainingJobsRule"),
        roles: SAGEMAKER,
        ..NONE
    },
    Row {
        of: "sagemaker:createTransformJob",
        request: &["sagemaker:CreateTransformJob"],
        sync: &["sagemaker:AddTags", "sagemaker:DescribeTransformJob", "sagemaker:StopTransformJob"],
        rule: Some("StepFunctionsGetEventsForSageMakerTransformJobsRule"),
        ..NONE
    },
];
