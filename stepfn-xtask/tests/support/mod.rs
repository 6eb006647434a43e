//! Definitions that several tests start from.

#![allow(dead_code, unreachable_pub, reason = "each test crate uses its own part")]

use std::convert::Infallible;

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

/// A machine with everything that a format has to spell in its own way.
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
