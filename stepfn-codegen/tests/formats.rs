//! The formats as a whole, each from the same deployments.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

mod support;

use indexmap::IndexMap;
use stepfn_codegen::{
    cloudformation,
    generate::{Format, Plan},
    sam, serverless, terraform,
};
use stepfn_core::definition::Reference;
use stepfn_core::deployment::{
    Alias, Deployment, Encryption, EventRule, ExecutionStatus, Notification, Schedule, ScheduleMethod, Target,
};
use support::{everything, greeting, machine, rich, unencrypted, versioned};

fn gradual() -> Deployment {
    Deployment::from(greeting("Careful")).alias(Alias::new("live").canary(10, 5).alarm("csv-timed-out"))
}

fn all() -> Vec<Deployment> {
    vec![rich(), versioned(), gradual()]
}

#[test]
fn serverless_yaml() {
    insta::assert_snapshot!(serverless::to_yaml(&all()).unwrap());
}

#[test]
fn sam_yaml() {
    let deployments = [unencrypted(), versioned(), gradual(), Deployment::from(everything()).name("Odd")];
    insta::assert_snapshot!(sam::to_yaml(&deployments).unwrap());
}

#[test]
fn cloudformation_yaml() {
    insta::assert_snapshot!(cloudformation::to_yaml(&all()).unwrap());
}

#[test]
fn cloudformation_json() {
    insta::assert_snapshot!(cloudformation::to_json_text(&all()).unwrap());
}

#[test]
fn terraform_json() {
    insta::assert_snapshot!(terraform::to_json_text(&[rich(), versioned()]).unwrap());
}

#[test]
fn terraform_does_not_shift_traffic_step_by_step() {
    assert_eq!(
        terraform::to_json_text(&[gradual()]).unwrap_err().to_string(),
        "machine `Careful`, `aliases.live`: Terraform does not shift traffic step by step; leave out `canary`, `linear` and \
         `alarm`, or use `route`"
    );
}

#[test]
fn an_encrypted_machine_of_sam_is_a_resource_of_cloudformation() {
    let yaml = sam::to_yaml(&[rich()]).unwrap();
    assert!(yaml.contains("    Type: AWS::StepFunctions::StateMachine\n"), "{yaml}");
    assert!(yaml.contains("        KmsKeyId: !Ref KeyArn\n"), "{yaml}");
    assert!(yaml.contains("  ValidatorFunction:\n    Type: AWS::Serverless::Function\n"), "{yaml}");
}

#[test]
fn a_definition_with_null_is_a_string_of_many_lines() {
    let deployments = [Deployment::from(everything())];
    let yaml = cloudformation::to_yaml(&deployments).unwrap();
    assert!(yaml.contains("      DefinitionString: |-\n        {\n          \"Comment\""), "{yaml}");
    let json = cloudformation::to_json_text(&deployments).unwrap();
    assert!(
        json.contains("\"DefinitionString\": {\n          \"Fn::Join\": [\n            \"\\n\","),
        "{json}"
    );
}

#[test]
fn machines_of_one_file_refer_to_each_other() {
    let mut parent = machine(
        "Parent",
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution",
            "Parameters":{"StateMachineArn":"${Child}"},"End":true}}}"#,
    );
    parent.substitutions.insert("Child".to_owned(), Reference::Ref("Child".to_owned()));
    let deployments = [
        Deployment::from(parent).depends_on("Child").depends_on("Elsewhere"),
        Deployment::from(greeting("Child")),
    ];
    for yaml in [cloudformation::to_yaml(&deployments).unwrap(), sam::to_yaml(&deployments).unwrap()] {
        assert!(yaml.contains("      DefinitionSubstitutions:\n        Child: !Ref Child\n"), "{yaml}");
        assert!(yaml.contains("    DependsOn:\n      - Child\n    Properties:\n"), "{yaml}");
        assert!(!yaml.contains("Parameters:\n  Child"), "{yaml}");
    }
    let json = terraform::to_json_text(&deployments).unwrap();
    assert!(json.contains(r#"{ Child = aws_sfn_state_machine.child.arn })}"#), "{json}");
    assert!(json.contains("\"depends_on\": [\n          \"aws_sfn_state_machine.child\","), "{json}");
}

#[test]
fn sam_takes_from_a_file_what_a_template_cannot_hold() {
    let yaml = sam::to_yaml(&[everything().into()]).unwrap();
    assert!(
        yaml.contains("      DefinitionUri: CsvProcessing.asl.json\n      DefinitionSubstitutions:\n"),
        "{yaml}"
    );
    assert!(yaml.contains("        Account: !Ref AWS::AccountId\n"), "{yaml}");
    let plan = Plan::new(&[everything().into()], &[Format::Sam]).unwrap();
    let names: Vec<&str> = plan.names().collect();
    assert_eq!(names, ["CsvProcessing.asl.json", "stepfn.sam.yaml", ".stepfn-generated"]);
}

#[test]
fn what_the_plugin_would_break_is_a_resource() {
    let texts = |yaml: &str| {
        let (_, resources) = yaml.split_once("\nresources:\n").unwrap_or((yaml, ""));
        resources.to_owned()
    };
    let plain = || Deployment::from(greeting("Greeting"));
    for (deployment, resource) in [
        // The plugin escapes quotes, and nothing else.
        (
            plain().trigger(Schedule::new("rate(1 hour)").input(r#"{"a":"\"b\""}"#.parse().unwrap())),
            "Type: AWS::Scheduler::Schedule",
        ),
        // It would read the number as JavaScript does.
        (
            plain().trigger(EventRule::new(r#"{"detail":{"id":[9007199254740993]}}"#.parse().unwrap())),
            "- 9007199254740993",
        ),
        // Its schedules share a role, which trusts one service.
        (
            plain()
                .trigger(Schedule::new("rate(1 hour)"))
                .trigger(Schedule::new("rate(2 hours)").method(ScheduleMethod::EventBus)),
            "ScheduleExpression: rate(2 hours)",
        ),
        // It would take a topic's own policy away.
        (
            plain().notification(Notification::new(
                ExecutionStatus::Failed,
                Target::Sns("arn:aws:sns:us-east-1:123456789012:alerts".into()),
            )),
            "Arn: arn:aws:sns:us-east-1:123456789012:alerts",
        ),
    ] {
        let yaml = serverless::to_yaml(&[deployment]).unwrap();
        assert!(texts(&yaml).contains(resource), "{yaml}");
    }
    let yaml = serverless::to_yaml(&[plain().trigger(Schedule::new("rate(1 hour)"))]).unwrap();
    assert_eq!(texts(&yaml), "");
}

#[test]
fn the_formats_have_names() {
    for format in Format::ALL {
        assert_eq!(format.name().parse(), Ok(format));
    }
    assert_eq!(
        "sls".parse::<Format>().unwrap_err().to_string(),
        "no format is called `sls`; the formats are `asl`, `serverless`, `sam`, `cloudformation-yaml`, `cloudformation-json`, `terraform`, `policy`"
    );
}

#[test]
fn a_plan_holds_the_files_of_its_formats() {
    let plan = Plan::new(&all(), &[Format::CloudFormationJson]).unwrap();
    let names: Vec<&str> = plan.names().collect();
    assert_eq!(names, ["stepfn.cloudformation.json", ".stepfn-generated"]);
}

/// Writes the files of all formats where the environment asks for it: what the next test runs in other environments.
#[test]
fn files_of_all_formats() {
    let Some(out) = std::env::var_os(OUT) else { return };
    Plan::new(&[rich(), versioned()], &Format::ALL).unwrap().write(out.as_ref()).unwrap();
}

const OUT: &str = "STEPFN_TEST_OUT";

#[test]
fn the_bytes_are_the_same_in_other_processes_locales_time_zones_and_directories() {
    let files = |locale: &str, time_zone: &str| {
        let (out, here) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let ran = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "files_of_all_formats"])
            .env(OUT, out.path())
            .envs([("LC_ALL", locale), ("LANG", locale), ("TZ", time_zone)])
            .current_dir(here.path())
            .output()
            .unwrap();
        assert!(ran.status.success());
        let mut files: Vec<_> = std::fs::read_dir(out.path())
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                (entry.file_name(), std::fs::read(entry.path()).unwrap())
            })
            .collect();
        files.sort();
        files
    };
    let first = files("C", "UTC");
    assert_eq!(first.len(), 10, "two machines and their policies, five files of all, and the list");
    assert!(first == files("ko_KR.UTF-8", "Asia/Seoul"));
    assert!(first == files("tr_TR.UTF-8", "America/St_Johns"));
}

/// A stage in the name, in the texts and in the tags: every format has a word for it, and files are called without it.
#[test]
fn a_stage_in_a_name_is_what_each_format_calls_it() {
    let (machine, _) = stepfn_core::asl::read_str(
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "in ${Stage} of ${Region}", "End": true}}}"#,
    )
    .unwrap();
    let definition = stepfn_core::definition::Definition::from_asl(
        "orders-${Stage}",
        stepfn_core::definition::WorkflowType::Standard,
        machine,
    );
    let staged = vec![Deployment::from(definition)];
    let serverless = serverless::to_yaml(&staged).unwrap();
    assert!(
        serverless.contains("    orders:\n      id: Orders\n      name: orders-${sls:stage}\n"),
        "{serverless}"
    );
    for template in [sam::to_yaml(&staged).unwrap(), cloudformation::to_yaml(&staged).unwrap()] {
        assert!(template.contains("Name: !Sub orders-${Stage}\n"), "{template}");
        assert!(template.contains("  Stage:\n    Type: String\n"), "{template}");
    }
    let terraform = terraform::to_json_text(&staged).unwrap();
    assert!(terraform.contains("\"name\": \"orders-${var.stage}\""), "{terraform}");
    assert!(terraform.contains("\"aws_sfn_state_machine\": {\n      \"orders\": {"), "{terraform}");
    assert!(terraform.contains("templatefile(") && terraform.contains("Stage = "), "{terraform}");
    let plan = Plan::new(&staged, &Format::ALL).unwrap();
    assert!(plan.names().any(|name| name == "orders.asl.json"), "{:?}", plan.names().collect::<Vec<_>>());

    let refused = Deployment::from(greeting("x")).name("orders-${nobody}");
    assert_eq!(
        Plan::new(&[refused], &[Format::Asl]).unwrap_err().to_string(),
        "machine name `orders-${nobody}` holds '$', which AWS does not take; use letters, digits, `-` and `_`"
    );
}

#[test]
fn what_one_format_refuses_stops_no_other() {
    let (plan, refused) = Plan::with_refusals(&[gradual()], &[Format::Terraform, Format::Sam]).unwrap();
    let told: Vec<String> = refused.iter().map(|(format, error)| format!("{format}: {error}")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("terraform: machine `Careful`, `aliases.live`: "), "{told:?}");
    assert!(plan.names().any(|name| name == sam::FILE_NAME));
    assert!(plan.names().all(|name| name != terraform::FILE_NAME));
}

#[test]
fn a_stage_is_in_the_names_of_triggers_in_each_format() {
    let scheduled = || {
        Deployment::from(greeting("Greeting"))
            .trigger(Schedule::new("rate(1 day)").name("daily-${Stage}").description("in ${AWS::Region}"))
            .trigger(
                EventRule::new(r#"{ "source": ["shop.${Stage}"] }"#.parse().unwrap()).name("orders-${Stage}"),
            )
    };
    scheduled().check().unwrap();
    let machines = [scheduled()];
    let text = |format: Format| {
        let plan = Plan::new(&machines, &[format]).unwrap();
        plan.texts().map(|(_, text)| text.to_owned()).collect::<Vec<_>>().join("\n")
    };
    let serverless = text(Format::Serverless);
    assert!(
        serverless.contains("name: daily-${sls:stage}") && serverless.contains("shop.${sls:stage}"),
        "{serverless}"
    );
    for format in [Format::CloudFormationYaml, Format::Sam] {
        let template = text(format);
        for wanted in
            ["!Sub daily-${Stage}", "!Sub orders-${Stage}", "!Sub shop.${Stage}", "!Sub in ${AWS::Region}"]
        {
            assert!(template.contains(wanted), "{format}: {wanted}\n{template}");
        }
    }
    let terraform = text(Format::Terraform);
    assert!(
        terraform.contains("\"daily-${var.stage}\"") && terraform.contains("shop.${var.stage}"),
        "{terraform}"
    );

    let values = IndexMap::from([("Stage".to_owned(), "dev".to_owned())]);
    let dev = [scheduled().with_values(&values)];
    let plan = Plan::new(&dev, &[Format::CloudFormationYaml]).unwrap();
    let template = plan.texts().next().unwrap().1;
    assert!(template.contains("Name: daily-dev") && template.contains("shop.dev"), "{template}");

    let wrong =
        Deployment::from(greeting("Greeting")).trigger(Schedule::new("rate(1 day)").name("daily ${x y}"));
    assert!(wrong.check().is_err());
}

#[test]
fn steps_of_any_size_are_for_deployments_without_a_file() {
    let stepped =
        Deployment::from(greeting("Careful")).alias(Alias::new("live").step("10%:30s".parse().unwrap()));
    for format in [Format::Serverless, Format::Sam, Format::CloudFormationYaml, Format::Terraform] {
        let error = Plan::new(std::slice::from_ref(&stepped), &[format]).unwrap_err();
        assert!(
            error.to_string().starts_with(
                "machine `Careful`, `aliases.live`: a file does not have steps of any size; use `canary` or `linear`"
            ),
            "{error}"
        );
    }
    Plan::new(&[stepped], &[Format::Asl, Format::Policy]).unwrap();
}

#[test]
fn the_key_that_aws_owns_is_written_where_the_format_has_a_word_for_it() {
    let owned = [Deployment::from(greeting("Greeting")).encryption(Encryption::AwsOwnedKey)];
    assert!(
        cloudformation::to_yaml(&owned)
            .unwrap()
            .contains("EncryptionConfiguration:\n        Type: AWS_OWNED_KEY")
    );
    assert!(terraform::to_json_text(&owned).unwrap().contains("\"type\": \"AWS_OWNED_KEY\""));
    assert!(!serverless::to_yaml(&owned).unwrap().contains("encryptionConfig"));
}
