//! Definitions that several tests start from.

#![allow(dead_code, unreachable_pub, reason = "each test crate uses its own part")]

use std::convert::Infallible;

use stepfn_core::deployment::{
    Alarm, Alias, Authorization, Deployment, Encryption, EventRule, ExecutionStatus, Http, LogGroup, Method,
    Metric, Notification, Payload, RetryPolicy, Schedule, ScheduleMethod, Target, TreatMissingData,
};
use stepfn_core::{
    asl,
    definition::{Call, Definition, LogLevel, LoggingConfiguration, Reference, TaskBinding, WorkflowType},
    task::{Task, TaskInfo},
    value::Value,
};

macro_rules! tasks {
    ($($name:ident: $key:literal, $function:literal;)*) => {$(
        pub struct $name;

        impl Task for $name {
            type Input = Value;
            type Output = Value;
            type Error = Infallible;
            const NAME: &'static str = $key;
            const FUNCTION_NAME: &'static str = $function;
        }
    )*};
}
tasks! {
    Validator: "validator", "${self:service}-${self:provider.stage}-validator";
    ProcessOrder: "process_order", "${self:service}-${self:provider.stage}-process-order:live";
    Mailer: "send-mail", "${MailerArn}";
    Shared: "shared", "arn:aws:lambda:ap-northeast-2:123456789012:function:shared";
    OtherValidator: "validator", "validator";
    SameAsValidator: "checker", "${self:service}-${self:provider.stage}-validator";
    Spaced: "결제", "pay";
}

pub fn bind<T: Task>(state: &str, call: Call) -> TaskBinding {
    TaskBinding { state: state.to_owned(), task: TaskInfo::of::<T>(), call }
}

pub fn machine(name: &str, asl: &str) -> Definition {
    let (machine, _) = asl::read_str(asl).unwrap();
    Definition::from_asl(name, WorkflowType::Standard, machine)
}

/// A machine of one Succeed state.
pub fn greeting(name: &str) -> Definition {
    machine(name, r#"{"StartAt": "Hello", "States": {"Hello": {"Type": "Succeed"}}}"#)
}

/// A machine of one Pass state with this `Result`.
pub fn passing(result: &str) -> Definition {
    machine(
        "Passing",
        &format!(r#"{{"StartAt":"P","States":{{"P":{{"Type":"Pass","Result":{result},"End":true}}}}}}"#),
    )
}

/// Returns a machine with everything that a format has to render in its own way.
pub fn everything() -> Definition {
    let mut definition = machine("CsvProcessing", include_str!("everything.asl.json"));
    definition.tasks = vec![
        bind::<Validator>("/States/ValidateCSV", Call::Invoke),
        bind::<ProcessOrder>("/States/주문 처리", Call::Direct),
        bind::<Mailer>("/States/Fan out/Branches/0/States/Mail", Call::Invoke),
        bind::<Shared>("/States/Fan out/Branches/1/States/Each/ItemProcessor/States/Shared", Call::Direct),
    ];
    definition.substitutions = [
        ("SuccessTopic", Reference::Ref("SuccessTopic".to_owned())),
        ("TableName", Reference::Ref("ResultTable".to_owned())),
        ("MailerArn", Reference::GetAtt("send-mail".to_owned(), "Arn".to_owned())),
        ("ProcessOrderArn", Reference::GetAtt("process_order".to_owned(), "Arn".to_owned())),
        ("LogGroup", Reference::GetAtt("CsvLogGroup".to_owned(), "Arn".to_owned())),
    ]
    .map(|(name, reference)| (name.to_owned(), reference))
    .into_iter()
    .collect();
    definition.logging = Some(LoggingConfiguration {
        level: LogLevel::All,
        include_execution_data: true,
        destinations: vec!["${LogGroup}".to_owned()],
    });
    definition.tracing = true;
    definition
}

/// An Express machine that writes its logs to a group outside of the stack.
pub fn express() -> Definition {
    let mut definition = greeting("Quick.Check");
    definition.workflow_type = WorkflowType::Express;
    definition.logging = Some(LoggingConfiguration {
        level: LogLevel::Error,
        include_execution_data: false,
        destinations: vec![
            "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/${self:service}/quick:*".to_owned(),
        ],
    });
    definition
}

/// The CSV pipeline.
pub fn pipeline() -> Definition {
    let mut definition = machine("CsvProcessing", include_str!("pipeline.asl.json"));
    definition.tasks = vec![
        bind::<Validator>("/States/ValidateCSV", Call::Invoke),
        bind::<ProcessOrder>("/States/LoadData", Call::Direct),
    ];
    definition.substitutions = [
        ("ProcessOrderArn", Reference::GetAtt("process_order".to_owned(), "Arn".to_owned())),
        ("SuccessTopic", Reference::Ref("SuccessTopic".to_owned())),
    ]
    .map(|(name, reference)| (name.to_owned(), reference))
    .into_iter()
    .collect();
    definition.tracing = true;
    definition
}

/// Returns the pipeline with all settings of a deployment, and no alias.
pub fn rich() -> Deployment {
    let key = Reference::GetAtt("Key".to_owned(), "Arn".to_owned());
    unencrypted().encryption(Encryption::new(key).kms_data_key_reuse_period_seconds(600))
}

/// The same without a key.
pub fn unencrypted() -> Deployment {
    let alerts = || Reference::Ref("Alerts".to_owned());
    Deployment::from(pipeline())
        .tag("team", "data")
        .tag("stage", "${self:provider.stage}")
        .logging(LoggingConfiguration {
            level: LogLevel::Error,
            include_execution_data: true,
            destinations: Vec::new(),
        })
        .log_group(LogGroup::new("/aws/vendedlogs/states/${self:service}/csv").retention_in_days(30))
        .trigger(
            Schedule::new("cron(0 9 ? * MON-FRI *)")
                .time_zone("Asia/Seoul")
                .name("every-morning")
                .description("the \"morning\" run")
                .input(r#"{ "bucket": "uploads", "limit": 2.0 }"#.parse().unwrap()),
        )
        .trigger(
            Schedule::new("rate(1 hour)")
                .method(ScheduleMethod::EventBus)
                .enabled(false)
                .retry_policy(RetryPolicy { maximum_event_age_in_seconds: 3600, maximum_retry_attempts: 4 })
                .dead_letter(Reference::GetAtt("DeadLetters".to_owned(), "Arn".to_owned())),
        )
        .trigger(
            Schedule::new("at(2027-01-01T09:00:00)")
                .flexible_time_window(15)
                .retry_policy(RetryPolicy { maximum_event_age_in_seconds: 60, maximum_retry_attempts: 0 }),
        )
        .trigger(
            EventRule::new(
                r#"{ "source": ["aws.s3"], "detail": { "object": { "key": [{ "suffix": ".csv" }] } } }"#
                    .parse()
                    .unwrap(),
            )
            .event_bus_name("${self:service}-bus")
            .payload(Payload::InputTransformer {
                input_paths_map: vec![("key".to_owned(), "$.detail.object.key".to_owned())],
                input_template: r#"{ "fileId": "<key>" }"#.to_owned(),
            }),
        )
        .trigger(Http::new(Method::Post, "/files"))
        .alarm(Alarm::new(Metric::ExecutionsFailed).alarm_action(alerts()).ok_action(alerts()))
        .alarm(
            Alarm::new(Metric::ExecutionsTimedOut)
                .name("csv-timed-out")
                .period(300)
                .treat_missing_data(TreatMissingData::NotBreaching)
                .alarm_action(alerts())
                .ok_action(alerts()),
        )
        .alarm(
            Alarm::new(Metric::ExecutionTime)
                .description("a run takes over ten minutes")
                .threshold(600_000)
                .evaluation_periods(3)
                .alarm_action("arn:aws:sns:${AWS::Region}:${AWS::AccountId}:${self:service}-alerts"),
        )
        .notification(Notification::new(ExecutionStatus::Failed, Target::Sns(alerts().into())))
        .notification(Notification::new(
            ExecutionStatus::Failed,
            Target::Sqs {
                arn: Reference::GetAtt("Failures".to_owned(), "Arn".to_owned()).into(),
                message_group_id: Some("csv".to_owned()),
            },
        ))
        .notification(Notification::new(
            ExecutionStatus::TimedOut,
            Target::Lambda(Reference::GetAtt("process_order".to_owned(), "Arn".to_owned()).into()),
        ))
        .depends_on("Alerts")
        .retain(true)
        .use_exact_version(true)
}

/// A deployment with versions and aliases: what starts it starts an alias.
pub fn versioned() -> Deployment {
    Deployment::from(express())
        .role("arn:aws:iam::${AWS::AccountId}:role/quick")
        .version_description("what the pipeline built")
        .alias(Alias::new("live").description("what users run"))
        .alias(
            Alias::new("experiment").route("arn:aws:states:us-east-1:123456789012:stateMachine:Quick:1", 20),
        )
        .trigger(Http::new(Method::Get, "/quick/{id}").authorization(Authorization::None))
        .trigger(Schedule::new("rate(5 minutes)"))
        .trigger(
            EventRule::new(r#"{ "source": ["shop"] }"#.parse().unwrap())
                .payload(Payload::InputPath("$.detail".to_owned())),
        )
}
