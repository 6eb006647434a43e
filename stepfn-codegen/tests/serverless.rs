//! The Serverless Framework YAML as a whole.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

mod support;

use stepfn_codegen::{Error, Problem, serverless};
use stepfn_core::definition::{Call, Definition, LogLevel, LoggingConfiguration, Reference};
use stepfn_core::deployment::Deployment;
use support::{
    Mailer, OtherValidator, SameAsValidator, Spaced, Validator, bind, everything, express, greeting, machine,
    passing,
};

fn to_yaml(definitions: &[Definition]) -> Result<String, Error> {
    let deployments: Vec<Deployment> = definitions.iter().map(Deployment::from).collect();
    serverless::to_yaml(&deployments)
}

#[test]
fn everything_is_spelled_as_a_person_would() {
    insta::assert_snapshot!(to_yaml(&[everything(), express()]).unwrap());
}

#[test]
fn asl_keeps_the_substitutions() {
    insta::assert_snapshot!(stepfn_codegen::asl::to_json_text(&everything()));
}

#[test]
fn without_references_a_foreign_variable_is_itself() {
    let yaml = to_yaml(&[passing(r#""costs ${price}""#)]).unwrap();
    assert!(yaml.contains("Result: costs ${price}\n"), "{yaml}");
    let yaml = to_yaml(&[passing(r#"["costs ${price}", "${AWS::Region}"]"#)]).unwrap();
    assert!(yaml.contains("- costs ${!price}\n              - !Ref AWS::Region\n"), "{yaml}");
}

#[test]
fn machines_share_functions() {
    let mut first = greeting("First");
    first.tasks = vec![bind::<Validator>("/States/Hello", Call::Invoke)];
    let mut second = first.clone();
    second.name = "Second".to_owned();
    let yaml = to_yaml(&[first, second]).unwrap();
    assert_eq!(yaml.matches("artifact: target/lambda/validator.zip").count(), 1, "{yaml}");
}

#[test]
fn a_function_of_the_template_has_no_entry() {
    let mut definition = greeting("Greeting");
    definition.tasks = vec![bind::<Mailer>("/States/Hello", Call::Invoke)];
    definition
        .substitutions
        .insert("MailerArn".to_owned(), Reference::GetAtt("MailerFunction".to_owned(), "Arn".to_owned()));
    assert!(!to_yaml(&[definition]).unwrap().contains("artifact"));
}

#[test]
fn a_name_that_is_no_logical_id_gets_one() {
    let yaml = to_yaml(&[greeting("주문")]).unwrap();
    assert!(yaml.contains("    주문:\n      id: UC8FCUBB38\n      name: 주문\n"), "{yaml}");
}

#[track_caller]
fn refused(definition: Definition) -> String {
    to_yaml(&[definition]).unwrap_err().to_string()
}

#[test]
fn functions_of_one_key_must_be_one_function() {
    let mut definition = greeting("Greeting");
    definition.tasks =
        vec![bind::<Validator>("/States/A", Call::Invoke), bind::<OtherValidator>("/States/B", Call::Invoke)];
    assert_eq!(
        refused(definition),
        "machine `Greeting`: task `validator` is the function `validator` here and \
         `${self:service}-${self:provider.stage}-validator` elsewhere; rename one of the tasks"
    );
}

#[test]
fn functions_of_one_name_must_have_one_key() {
    let mut definition = greeting("Greeting");
    definition.tasks = vec![
        bind::<Validator>("/States/A", Call::Invoke),
        bind::<SameAsValidator>("/States/B", Call::Invoke),
    ];
    assert_eq!(
        refused(definition),
        "machine `Greeting`: tasks `validator` and `checker` are both the function \
         `${self:service}-${self:provider.stage}-validator`; give each its own name"
    );
}

#[test]
fn a_function_key_is_ascii() {
    let mut definition = greeting("Greeting");
    definition.tasks = vec![bind::<Spaced>("/States/A", Call::Invoke)];
    assert_eq!(
        refused(definition),
        "machine `Greeting`: task `결제` cannot be a key in `functions` of a `serverless.yml`; \
         use letters, digits, `-` and `_`"
    );
}

#[test]
fn what_the_framework_would_change_is_refused_with_its_place() {
    for (definition, at, problem) in [
        (
            passing("[1, 9007199254740993]"),
            "/States/P/Result/1",
            Problem::Number("9007199254740993".to_owned()),
        ),
        (passing(r#"{"a/b": "${"}"#), "/States/P/Result/a~1b", Problem::Unclosed),
        (passing(r#"{"${a}": 1}"#), "/States/P/Result", Problem::Key("${a}".to_owned())),
        (passing(r#"{"a": {"Ref": "b"}}"#), "/States/P/Result/a", Problem::IntrinsicKey("Ref".to_owned())),
        (passing(r##"{"a.$": "#{b}"}"##), "/States/P/Result/a.$", Problem::PluginVariable),
        (
            machine(
                "Passing",
                r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":"${AWS::X}","End":true}}}"#,
            ),
            "/States/W/Seconds",
            Problem::NumberReference("${AWS::X}".to_owned()),
        ),
    ] {
        let error = to_yaml(&[definition]).unwrap_err();
        let Error::Serverless { machine, at: found_at, problem: found } = &error else { panic!("{error}") };
        assert_eq!((machine.as_str(), found_at.as_str(), found), ("Passing", at, &problem));
    }
}

#[test]
fn a_log_group_that_the_plugin_refuses_is_refused() {
    for destination in
        ["${G}:*", "arn:aws:logs:${AWS::Region}:1:log-group:/x/${AWS::StackName}:*", "${AWS::Region}::"]
    {
        let mut definition = greeting("Greeting");
        definition
            .substitutions
            .insert("G".to_owned(), Reference::GetAtt("Group".to_owned(), "Arn".to_owned()));
        definition.logging = Some(LoggingConfiguration {
            level: LogLevel::All,
            include_execution_data: false,
            destinations: vec![destination.to_owned()],
        });
        assert_eq!(
            refused(definition),
            format!(
                "machine `Greeting`, `loggingConfig`: the Serverless plugin refuses `{destination}` for a log group; use one \
                 `!Ref` or `!GetAtt`, or `!Ref`s from colon to colon of an ARN"
            )
        );
    }
}
