//! Plans: the changes, the calls that they make, and the obstacles.

use indexmap::IndexMap;
use stepfn_core::deployment::{Alias, Deployment, Encryption, LogGroup};
use stepfn_core::{
    asl,
    definition::{Definition, LogLevel, LoggingConfiguration, WorkflowType},
};
use stepfn_deploy::{Client, Error, Plan, Validation};

use crate::fake::{Fake, arn};

pub const ROLE: &str = "arn:aws:iam::123456789012:role/orders";

pub fn orders(seconds: u32) -> Definition {
    let text = format!(
        r#"{{"StartAt":"Hold","States":{{"Hold":{{"Type":"Wait","Seconds":{seconds},"Next":"Ship"}},
            "Ship":{{"Type":"Task","Resource":"${{ShipArn}}","End":true}}}}}}"#
    );
    Definition::from_asl("Orders", WorkflowType::Standard, asl::read_str(&text).unwrap().0)
}

/// The settings of a deployment beside its definition, and the values of its `${Name}`s.
#[derive(Clone)]
pub struct Settings {
    deployment: Deployment,
    pub values: IndexMap<String, String>,
}

impl Settings {
    pub fn role(self, arn: &str) -> Self {
        Self { deployment: self.deployment.role(arn), ..self }
    }

    pub fn value(mut self, name: &str, value: &str) -> Self {
        self.values.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn tag(self, key: &str, value: &str) -> Self {
        Self { deployment: self.deployment.tag(key, value), ..self }
    }

    pub fn alias(self, alias: Alias) -> Self {
        Self { deployment: self.deployment.alias(alias), ..self }
    }

    pub fn log_group(self, group: LogGroup) -> Self {
        Self { deployment: self.deployment.log_group(group), ..self }
    }

    pub fn encryption(self, encryption: Encryption) -> Self {
        Self { deployment: self.deployment.encryption(encryption), ..self }
    }

    pub fn publish(self, description: &str) -> Self {
        let deployment = match description {
            "" => self.deployment.publish(),
            text => self.deployment.version_description(text),
        };
        Self { deployment, ..self }
    }

    /// The deployment of a definition with these settings.
    pub fn of(&self, definition: &Definition) -> Deployment {
        let mut deployment = self.deployment.clone();
        deployment.definition = definition.clone();
        deployment
    }
}

pub fn settings() -> Settings {
    let settings = Settings { deployment: orders(0).into(), values: IndexMap::new() };
    settings.role(ROLE).value("ShipArn", "arn:aws:lambda:us-east-1:123456789012:function:ship")
}

pub async fn plan(client: &Client, definition: &Definition, settings: &Settings) -> Result<Plan, Error> {
    stepfn_deploy::plan(client, &settings.of(definition), &settings.values).await
}

/// Deploys, and returns the changes as they are printed.
pub async fn deploy(fake: &Fake, definition: &Definition, settings: &Settings) -> String {
    let client = fake.client();
    let plan = plan(&client, definition, settings).await.unwrap();
    plan.apply(&client).await.unwrap();
    plan.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_new_machine_is_made_with_all_that_is_said_of_it() {
    let fake = Fake::default();
    let mut definition = orders(5);
    definition.tracing = true;
    definition.logging = Some(LoggingConfiguration {
        level: LogLevel::Error,
        include_execution_data: true,
        destinations: vec!["${LogsArn}:*".to_owned()],
    });
    let settings = settings()
        .value("LogsArn", "arn:aws:logs:us-east-1:123456789012:log-group:orders")
        .tag("team", "shop")
        .encryption(Encryption::new("alias/orders").kms_data_key_reuse_period_seconds(60));
    let shown = deploy(&fake, &definition, &settings).await;
    assert_eq!(
        shown,
        "Orders: new\n  + STANDARD state machine of 2 states\n  + roleArn: arn:aws:iam::123456789012:role/orders\n  \
         + loggingConfiguration: ERROR with execution data to arn:aws:logs:us-east-1:123456789012:log-group:orders:*\n  \
         + tracingConfiguration: enabled\n  + encryptionConfiguration: CUSTOMER_MANAGED_KMS_KEY alias/orders, reused for 60 s\n  \
         + tag `team`: \"shop\""
    );
    let request = fake.requests("CreateStateMachine").remove(0);
    let machine = asl::read_str(request["definition"].as_str().unwrap()).unwrap().0;
    assert_eq!(
        machine.to_json()["States"]["Ship"]["Resource"].as_str(),
        Some("arn:aws:lambda:us-east-1:123456789012:function:ship")
    );
    assert_eq!(request["type"].as_str(), Some("STANDARD"));
    assert_eq!(request["tracingConfiguration"]["enabled"].as_bool(), Some(true));
    assert_eq!(request["encryptionConfiguration"]["kmsKeyId"].as_str(), Some("alias/orders"));
    assert_eq!(request.get("publish"), None);
    let group = &request["loggingConfiguration"]["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"];
    assert_eq!(group.as_str(), Some("arn:aws:logs:us-east-1:123456789012:log-group:orders:*"));

    // And it is then what was wanted.
    fake.actions();
    assert_eq!(deploy(&fake, &definition, &settings).await, "Orders: nothing changes");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_called_where_nothing_changed() {
    let fake = Fake::default();
    let settings = settings().tag("team", "shop");
    deploy(&fake, &orders(5), &settings).await;
    // Somebody formats the definition in the console.
    let reformatted = r#"{ "States": { "Ship": { "End": true, "Resource": "arn:aws:lambda:us-east-1:123456789012:function:ship", "Type": "Task" },
        "Hold": { "Next": "Ship", "Type": "Wait", "Seconds": 5 } }, "StartAt": "Hold" }"#;
    fake.state().machines.get_mut("Orders").unwrap().fields.insert("definition".into(), reformatted.into());
    fake.actions();
    let client = fake.client();
    let plan = plan(&client, &orders(5), &settings).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    assert_eq!(
        fake.actions(),
        [
            "ValidateStateMachineDefinition",
            "ListStateMachines",
            "ListStateMachines",
            "DescribeStateMachine",
            "ListTagsForResource"
        ]
    );
    let applied = plan.apply(&client).await.unwrap();
    assert_eq!(applied.arn, arn("Orders"));
    assert_eq!(fake.actions(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn only_what_changed_is_sent() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &settings().tag("team", "shop").tag("stage", "test")).await;
    let shown = deploy(&fake, &orders(60), &settings().tag("team", "store")).await;
    assert_eq!(
        shown,
        format!(
            "Orders: {}\n  ~ state `Hold`: `Seconds: 5` is now `60`\n  ~ tag `team`: \"shop\" -> \"store\"\n  - tag `stage`: \"test\"",
            arn("Orders")
        )
    );
    let update = fake.requests("UpdateStateMachine").remove(0);
    let sent: Vec<_> = update.as_object().unwrap().keys().map(|key| &**key).collect();
    assert_eq!(sent, ["stateMachineArn", "definition"]);
    let tags = fake.state().machines["Orders"].tags.clone();
    assert_eq!(stepfn_core::value::Value::from(tags).to_string(), r#"{"team":"store"}"#);

    let shown = deploy(&fake, &orders(60), &settings().role("arn:aws:iam::123456789012:role/other")).await;
    assert!(shown.ends_with(
        "~ roleArn: arn:aws:iam::123456789012:role/orders -> arn:aws:iam::123456789012:role/other"
    ));
    let update = fake.requests("UpdateStateMachine").remove(1);
    assert_eq!(update.get("definition"), None);
    // Tags that the deployment does not speak of stay.
    assert_eq!(fake.state().machines["Orders"].tags.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn tags_of_aws_stay() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &settings().tag("team", "shop")).await;
    let stack = "aws:cloudformation:stack-name";
    fake.state().machines.get_mut("Orders").unwrap().tags.insert(stack.into(), "shop".into());
    let again = settings().tag("team", "shop");
    assert_eq!(deploy(&fake, &orders(5), &again).await, "Orders: nothing changes");
}

#[tokio::test(start_paused = true)]
async fn what_breaks_executions_that_run_is_said() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &settings()).await;
    let ship = "arn:aws:lambda:us-east-1:123456789012:function:send";
    let shown = deploy(&fake, &orders(5), &settings().value("ShipArn", ship)).await;
    let gone = "\n  - no state calls `arn:aws:lambda:us-east-1:123456789012:function:ship` any more\n      breaking: executions that run still call ";
    assert!(shown.contains(gone), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn another_spelling_of_the_same_is_deployed() {
    let each = |field: &str| {
        let text = format!(
            r#"{{"StartAt":"Each","States":{{"Each":{{"Type":"Map","{field}":{{"StartAt":"Do","States":{{"Do":{{"Type":"Succeed"}}}}}},"End":true}}}}}}"#
        );
        Definition::from_asl("Orders", WorkflowType::Standard, asl::read_str(&text).unwrap().0)
    };
    let fake = Fake::default();
    deploy(&fake, &each("Iterator"), &settings()).await;
    let shown = deploy(&fake, &each("ItemProcessor"), &settings()).await;
    assert!(shown.ends_with("\n  ~ the same in other fields"), "{shown}");
    assert_eq!(deploy(&fake, &each("ItemProcessor"), &settings()).await, "Orders: nothing changes");
}

#[tokio::test(start_paused = true)]
async fn logging_and_tracing_go_with_the_definition() {
    let fake = Fake::default();
    let mut logged = orders(5);
    logged.tracing = true;
    logged.logging = Some(LoggingConfiguration {
        level: LogLevel::All,
        include_execution_data: false,
        destinations: vec!["arn:x:*".to_owned()],
    });
    deploy(&fake, &logged, &settings()).await;
    let shown = deploy(&fake, &orders(5), &settings()).await;
    assert!(
        shown.ends_with(
            "\n  ~ loggingConfiguration: ALL without execution data to arn:x:* -> OFF\n  ~ tracingConfiguration: enabled -> disabled"
        ),
        "{shown}"
    );
    let update = fake.requests("UpdateStateMachine").remove(0);
    assert_eq!(update["loggingConfiguration"]["level"].as_str(), Some("OFF"));
    assert_eq!(deploy(&fake, &orders(5), &settings()).await, "Orders: nothing changes");
}

#[tokio::test(start_paused = true)]
async fn what_aws_finds_in_the_definition_stops_the_plan() {
    let fake = Fake::default();
    let answer = r#"{"result":"FAIL","truncated":false,"diagnostics":[
        {"severity":"ERROR","code":"SCHEMA_VALIDATION_FAILED","message":"Value is not a valid resource ARN","location":"/States/Ship/Resource"},
        {"severity":"WARNING","code":"PENDING","message":"odd"}]}"#;
    fake.answer("ValidateStateMachineDefinition", 200, answer);
    let refusal = plan(&fake.client(), &orders(5), &settings()).await.unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "AWS refuses the definition of `Orders`\nerror[SCHEMA_VALIDATION_FAILED]: Value is not a valid resource ARN\n  \
         at /States/Ship/Resource\nwarning[PENDING]: odd"
    );
    assert_eq!(fake.actions(), ["ValidateStateMachineDefinition"]);
}

#[tokio::test(start_paused = true)]
async fn warnings_of_aws_come_with_the_plan() {
    let fake = Fake::default();
    let answer = r#"{"result":"OK","truncated":false,"diagnostics":[{"severity":"WARNING","code":"NO_DOLLAR","message":"odd"}]}"#;
    fake.answer("ValidateStateMachineDefinition", 200, answer);
    let shown = deploy(&fake, &orders(5), &settings()).await;
    assert!(shown.ends_with("\nwarning[NO_DOLLAR]: odd"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn an_emulator_without_the_validation_is_gone_on_with_and_said() {
    let html = "<!doctype html><title>500 Internal Server Error</title>";
    for (status, kind, body) in [
        (400, "application/x-amz-json-1.0", r#"{"__type":"UnknownOperationException"}"#),
        (501, "application/xml", "<Error><Code>InternalFailure</Code></Error>"),
        (500, "text/html; charset=utf-8", html),
    ] {
        let fake = Fake::default();
        fake.answer_as("ValidateStateMachineDefinition", status, kind, body);
        let plan = plan(&fake.client(), &orders(5), &settings()).await.unwrap();
        assert_eq!(plan.validation, Validation::Unsupported, "{body}");
        assert!(plan.to_string().ends_with(
            "note: the endpoint does not know `ValidateStateMachineDefinition`; the definition was not validated there"
        ));
    }
}

#[tokio::test(start_paused = true)]
async fn a_validation_that_fails_otherwise_stops_the_plan() {
    let fake = Fake::default();
    fake.refuse("ValidateStateMachineDefinition", "AccessDeniedException", "no");
    let refusal = plan(&fake.client(), &orders(5), &settings()).await.unwrap_err();
    assert_eq!(refusal.code(), Some("AccessDeniedException"));
    assert_eq!(
        refusal.to_string(),
        "`ValidateStateMachineDefinition` was refused with `AccessDeniedException`: no"
    );

    let fake = Fake::default();
    fake.answer("ValidateStateMachineDefinition", 500, r#"{"message":"down"}"#);
    let refusal = plan(&fake.client(), &orders(5), &settings()).await.unwrap_err();
    assert!(
        matches!(refusal, Error::Unreachable { action: "ValidateStateMachineDefinition", .. }),
        "{refusal}"
    );
}

#[tokio::test(start_paused = true)]
async fn names_without_a_value_are_refused_before_anything_is_asked() {
    let fake = Fake::default();
    let refusal = plan(&fake.client(), &orders(5), &Settings { values: IndexMap::new(), ..settings() })
        .await
        .unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "`Orders` has no value for `${ShipArn}`\n  help: give `--substitution ShipArn=…`"
    );
    assert_eq!(fake.actions(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn the_type_cannot_change() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &settings()).await;
    let mut express = orders(5);
    express.workflow_type = WorkflowType::Express;
    let refusal = plan(&fake.client(), &express, &settings()).await.unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "`Orders` is deployed as STANDARD, and Step Functions cannot make it EXPRESS\n  \
         help: delete the state machine first, or deploy under another name"
    );
    // Under another name it is another machine.
    express.name = "Orders-express".to_owned();
    let shown = deploy(&fake, &express, &settings()).await;
    assert!(shown.starts_with("Orders-express: new\n  + EXPRESS"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_new_machine_needs_a_role_and_an_old_one_keeps_its_own() {
    let fake = Fake::default();
    let mut without = settings();
    without.deployment.role = None;
    let refusal = plan(&fake.client(), &orders(5), &without).await.unwrap_err();
    assert!(matches!(refusal, Error::MissingRole { .. }), "{refusal}");
    deploy(&fake, &orders(5), &settings()).await;
    assert_eq!(deploy(&fake, &orders(5), &without).await, "Orders: nothing changes");
}

#[tokio::test(start_paused = true)]
async fn what_was_changed_since_the_plan_is_not_overwritten() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &settings()).await;
    let client = fake.client();
    let planned = plan(&client, &orders(60), &settings()).await.unwrap();
    deploy(&fake, &orders(90), &settings()).await;
    let refusal = planned.apply(&client).await.unwrap_err();
    assert!(matches!(refusal, Error::Stale { .. }), "{refusal}");
    let current = fake.state().machines["Orders"].fields["definition"].clone();
    assert!(current.as_str().unwrap().contains("90"));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_compared_is_said() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &settings()).await;
    fake.state().machines.get_mut("Orders").unwrap().fields.insert("status".into(), "DELETING".into());
    let refusal = plan(&fake.client(), &orders(5), &settings()).await.unwrap_err();
    assert_eq!(refusal.to_string(), "what is deployed as `Orders` cannot be compared: it is being deleted");
}

#[tokio::test(start_paused = true)]
async fn a_key_of_the_customer_is_taken_back_by_the_one_of_aws() {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &settings().encryption(Encryption::new("alias/orders"))).await;
    let owned = settings().encryption(Encryption::AwsOwnedKey);
    let shown = deploy(&fake, &orders(5), &owned).await;
    assert!(
        shown.ends_with("~ encryptionConfiguration: CUSTOMER_MANAGED_KMS_KEY alias/orders -> AWS_OWNED_KEY"),
        "{shown}"
    );
    assert_eq!(deploy(&fake, &orders(5), &owned).await, "Orders: nothing changes");
}

#[tokio::test(start_paused = true)]
async fn what_aws_would_refuse_is_reported_before_anything_is_asked() {
    let fake = Fake::default();
    let refusal = plan(&fake.client(), &orders(5), &settings().role("orders")).await.unwrap_err();
    assert!(refusal.to_string().starts_with("machine `Orders`, `role`: `orders` is no ARN"), "{refusal}");
    assert_eq!(fake.actions(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_deployment_is_taken_as_it_is_and_what_it_has_elsewhere_is_named() {
    use stepfn_core::deployment::{Alarm, Metric, Schedule};

    let fake = Fake::default();
    let client = fake.client();
    let whole = Settings {
        deployment: settings()
            .deployment
            .name("Orders-${Stage}")
            .tag("stage", "${Stage}")
            .trigger(Schedule::new("rate(1 day)"))
            .alarm(
                Alarm::new(Metric::ExecutionsFailed)
                    .alarm_action("arn:aws:sns:us-east-1:123456789012:on-call"),
            )
            .alias(Alias::new("live").canary(10, 5)),
        ..settings().value("Stage", "dev")
    };
    let deployment = whole.deployment.clone();
    let planned = stepfn_deploy::plan(&client, &deployment, &whole.values).await.unwrap();
    assert_eq!(planned.name, "Orders-dev");
    assert_eq!(planned.left_out, ["triggers", "alarms"]);
    assert!(
        planned.to_string().ends_with(
            "+ tag `stage`: \"dev\"\n  + version\n  + alias `live`: 100% the new version\nnote: not deployed by this: triggers, alarms"
        ),
        "{planned}"
    );
}
