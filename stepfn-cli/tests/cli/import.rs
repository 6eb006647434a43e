use crate::{Place, Run};

const GREETER: &str = r#"{ "Comment": "says hello", "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "End": true } } }"#;

const SERVERLESS: &str = "service: s
stepFunctions:
  stateMachines:
    one:
      definition: { StartAt: A, States: { A: { Type: Succeed } } }
    two:
      type: EXPRESS
      definition: ${file(greeter.asl.json)}
";

#[test]
fn one_definition_goes_to_standard_output() {
    let place = Place::new(&[("greeter.asl.json", GREETER), ("in.json", r#"{ "name": "Kim" }"#)]);
    let Run { out, err, code } = place.run(&["import", "greeter.asl.json", "--input", "in.json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("/// says hello\n") && out.contains("pub Greeter("), "{out}");
}

#[test]
fn several_machines_get_a_file_each_and_no_file_is_lost() {
    let place = Place::new(&[("greeter.asl.json", GREETER), ("serverless.yml", SERVERLESS)]);
    let several = place.run(&["import", "serverless.yml"]);
    assert_eq!(several.code, 2);
    assert!(several.err.contains("say where to write them: `--out DIR`"), "{}", several.err);

    let Run { out, code, .. } = place.run(&["import", "serverless.yml", "--out", "src"]);
    assert_eq!((code, out.replace('\\', "/").as_str()), (0, "wrote src/one.rs\nwrote src/two.rs\n"));
    assert!(place.read("src/two.rs").contains("#[express]"));

    std::fs::write(place.path("src/one.rs"), "// mine").unwrap();
    let again = place.run(&["import", "serverless.yml", "--out", "src"]);
    assert_eq!(again.code, 2);
    assert!(
        again.err.contains("is there already") && again.err.contains("`--force` writes over it"),
        "{}",
        again.err
    );
    assert_eq!(place.read("src/one.rs"), "// mine");
    assert_eq!(place.run(&["import", "serverless.yml", "--out", "src", "--force"]).code, 0);
    assert_ne!(place.read("src/one.rs"), "// mine");
}

#[test]
fn what_cannot_be_read_is_said() {
    let place = Place::new(&[
        ("bad.json", "{"),
        ("other.yml", "a: 1"),
        ("sample.json", "nope"),
        ("greeter.asl.json", GREETER),
    ]);
    for (arguments, said) in [
        (&["import", "bad.json"][..], "bad.json"),
        (&["import", "other.yml"], "it has neither `States`"),
        (&["import", "missing.json"], "missing.json"),
        (&["import", "greeter.asl.json", "--input", "sample.json"], "the sample is not JSON"),
    ] {
        let Run { out, err, code } = place.run(arguments);
        assert_eq!((out.as_str(), code), ("", 2), "{arguments:?}");
        assert!(err.contains(said), "{arguments:?}: {err}");
    }
}

#[test]
fn programs_read_lines_of_json() {
    let place = Place::new(&[("greeter.asl.json", GREETER)]);
    let Run { out, code, .. } = place.run_with(&["import", "-", "--format", "json"], GREETER);
    assert_eq!(code, 0);
    assert!(
        out.starts_with(r#"{"file":"<stdin>","machine":"#) && out.ends_with("\"allowed\":[]}\n"),
        "{out}"
    );
}

#[test]
fn a_template_reads_below_its_own_folder_alone() {
    let flow = |named: &str| {
        format!("stepFunctions:\n  stateMachines:\n    one:\n      definition: ${{file({named})}}\n")
    };
    let place = Place::new(&[("secret.asl.json", GREETER)]);
    std::fs::create_dir_all(place.path("app/flows")).unwrap();
    std::fs::write(place.path("app/flows/own.asl.json"), GREETER).unwrap();
    let absolute = place.path("secret.asl.json").display().to_string();
    for (named, said) in [
        ("../secret.asl.json", "outside of"),
        ("flows/../../secret.asl.json", "outside of"),
        (absolute.as_str(), "outside of"),
        ("flows", "no regular file"),
    ] {
        std::fs::write(place.path("app/serverless.yml"), flow(named)).unwrap();
        let Run { out, err, code } = place.run(&["import", "app/serverless.yml"]);
        assert_eq!((out.as_str(), code), ("", 2), "{named}");
        assert!(err.contains(said) && err.contains(named), "{named}: {err}");
    }
    std::fs::write(place.path("app/serverless.yml"), flow("../secret.asl.json")).unwrap();
    assert_eq!(place.run(&["import", "app/serverless.yml", "--allow-outside"]).code, 0);
    for named in ["flows/own.asl.json", "./flows/own.asl.json", "flows/../flows/own.asl.json"] {
        std::fs::write(place.path("app/serverless.yml"), flow(named)).unwrap();
        assert_eq!(place.run(&["import", "app/serverless.yml"]).code, 0, "{named}");
    }
}

#[cfg(unix)]
#[test]
fn neither_reads_nor_writes_go_through_links() {
    use std::os::unix::fs::symlink;

    let template = "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties: { DefinitionUri: links/a.json }\n";
    let place = Place::new(&[("greeter.asl.json", GREETER), ("secret.json", GREETER)]);
    std::fs::create_dir_all(place.path("app/links")).unwrap();
    std::fs::write(place.path("app/template.yaml"), template).unwrap();
    symlink(place.path("secret.json"), place.path("app/links/a.json")).unwrap();
    let refused = place.run(&["import", "app/template.yaml"]);
    assert!(refused.code == 2 && refused.err.contains("symbolic link"), "{}", refused.err);
    assert_eq!(place.run(&["import", "app/template.yaml", "--allow-outside"]).code, 0);

    std::fs::remove_file(place.path("app/links/a.json")).unwrap();
    symlink("/dev/zero", place.path("app/links/a.json")).unwrap();
    let endless = place.run(&["import", "app/template.yaml", "--allow-outside"]);
    assert!(endless.code == 2 && endless.err.contains("no regular file"), "{}", endless.err);

    std::fs::create_dir(place.path("src")).unwrap();
    symlink(place.path("elsewhere.rs"), place.path("src/greeter.rs")).unwrap();
    for arguments in [&["--out", "src"][..], &["--out", "src", "--force"]] {
        let run = place.run(&[&["import", "greeter.asl.json"], arguments].concat());
        assert!(run.code == 2 && run.err.contains("symbolic link"), "{}", run.err);
        assert!(!place.path("elsewhere.rs").exists());
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_held() {
    let place = Place::new(&[("template.yaml", "Resources: {}\n")]);
    let file = std::fs::File::create(place.path("huge.json")).unwrap();
    file.set_len(1 << 40).unwrap();
    let run = place.run(&["import", "huge.json"]);
    assert!(run.code == 2 && run.err.contains("larger than 16777216 bytes"), "{}", run.err);
}

#[test]
fn a_machine_that_aws_would_not_take_is_refused_before_it_is_looked_at() {
    let states: Vec<_> = (0..80_000).map(|at| format!(r#""state {at}":{{"Type":"Pass"}}"#)).collect();
    let text = format!(r#"{{"StartAt":"A","States":{{{}}}}}"#, states.join(","));
    let run = Place::new(&[("huge.asl.json", &text)]).run(&["import", "huge.asl.json"]);
    assert!(run.code == 1 && run.err.contains("1048576 is the most"), "{}", run.err);
}

#[test]
fn two_machines_never_share_a_file() {
    let text = "stepFunctions:\n  stateMachines:\n    a-b:\n      definition: &d { StartAt: A, States: { A: { Type: Succeed } } }\n    a_b:\n      definition: *d\n";
    let place = Place::new(&[("serverless.yml", text)]);
    for force in [&[][..], &["--force"]] {
        let run = place.run(&[&["import", "serverless.yml", "--out", "src"], force].concat());
        assert!(run.code == 2 && run.err.contains("another machine's"), "{}", run.err);
        assert!(place.read("src/ab.rs").contains("#[name = \"a-b\"]"), "{}", place.read("src/ab.rs"));
    }
}

const SHOP: &str = "service: shop
functions:
  chargeCard: { handler: charge.handler }
  unused: { handler: unused.handler }
stepFunctions:
  stateMachines:
    shop:
      definition:
        StartAt: Charge
        States:
          Charge: { Type: Task, Resource: !GetAtt chargeCard.Arn, ResultPath: $.receipt, Next: Enough }
          Enough:
            Type: Choice
            Choices: [{ Variable: $.receipt.total, NumericGreaterThan: 3, Next: Call }]
            Default: Call
          Call: { Type: Task, Resource: 'arn:aws:states:us-east-1:123456789012:activity:ask', End: true }
";

const HISTORY: &str = r#"{ "events": [
    { "id": 1, "previousEventId": 0, "executionStartedEventDetails": { "input": "{\"order\":\"7\"}" } },
    { "id": 2, "previousEventId": 1, "stateEnteredEventDetails": { "name": "Charge" } },
    { "id": 3, "previousEventId": 2, "lambdaFunctionSucceededEventDetails": { "output": "{\"total\":7,\"id\":\"r\"}" } },
    { "id": 4, "previousEventId": 3, "stateEnteredEventDetails": { "name": "Call" } },
    { "id": 5, "previousEventId": 4, "activitySucceededEventDetails": { "output": "{\"answer\":true}" } } ] }"#;

#[test]
fn functions_are_declared_and_histories_give_their_types() {
    let place = Place::new(&[("serverless.yml", SHOP), ("history.json", HISTORY)]);
    let Run { out, code, .. } = place.run(&["import", "serverless.yml"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("// Imported from `serverless.yml` by `stepfn import`.\n\n"), "{out}");
    assert!(
        out.contains("#[lambda(name = \"chargeCard\")]\npub fn charge_card(input: Value) -> Value;"),
        "{out}"
    );
    assert!(out.contains("resource: lambda(charge_card)") && !out.contains("unused"), "{out}");

    let Run { out, code, .. } =
        place.run(&["import", "serverless.yml", "--history", "history.json", "--history", "history.json"]);
    assert_eq!(code, 0);
    for part in [
        "pub struct ChargeCardOutput {\n",
        "    pub total: i64,\n",
        "pub fn charge_card(input: Value) -> ChargeCardOutput;",
        "activity:ask\" -> CallResult",
        "    pub answer: bool,\n",
        "    pub order: String,\n",
    ] {
        assert!(out.contains(part), "no {part} in {out}");
    }

    let Run { err, code, .. } = place.run(&["import", "serverless.yml", "--history", "serverless.yml"]);
    assert_eq!(code, 2, "{err}");
}

#[test]
fn what_is_wrong_in_a_definition_stays_to_be_seen() {
    let loose = r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true }, "B": { "Type": "Pass", "End": true } } }"#;
    let place = Place::new(&[("loose.asl.json", loose)]);
    let Run { out, err, code } = place.run(&["import", "loose.asl.json"]);
    assert_eq!(code, 0);
    assert!(out.contains("// FIXME: ") && out.contains("#[allow(stepfn::unreachable_state)]"), "{out}");
    assert!(err.contains("warning[unreachable-state]"), "{err}");
}

#[test]
fn placeholders_without_quotes_get_their_values() {
    let asl =
        r#"{ "StartAt": "Rest", "States": { "Rest": { "Type": "Wait", "Seconds": ${Wait}, "End": true } } }"#;
    let template = "Resources:\n  Flow:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      DefinitionUri: a.asl.json\n      DefinitionSubstitutions: { Wait: 7 }\n";
    let inline = format!(
        "Parameters:\n  Wait: {{ Type: Number }}\nResources:\n  Flow:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: !Sub '{asl}'\n"
    );
    let open = template.replace("Wait: 7", "Wait: !Ref Pause");
    let place = Place::new(&[
        ("a.asl.json", asl),
        ("template.yaml", template),
        ("open.yaml", &open),
        ("inline.yaml", &inline),
    ]);
    for (arguments, seconds) in [
        (&["import", "a.asl.json", "--substitution", "Wait=5"][..], "seconds: 5"),
        (&["import", "template.yaml"], "seconds: 7"),
        (&["import", "template.yaml", "--substitution", "Wait=6"], "seconds: 6"),
        (&["import", "open.yaml"], r#"#[substitutions(Wait = ref_("Pause"))]"#),
        (&["import", "open.yaml"], r#"seconds: "${Wait}""#),
        (&["import", "inline.yaml"], r#"seconds: ref_("Wait")"#),
    ] {
        let Run { out, err, code } = place.run(arguments);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains(seconds), "{out}");
    }
    // A number that nobody gives stays open, and is written back as it was.
    let Run { out, err, code } = place.run(&["import", "a.asl.json"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains(r#"seconds: "${Wait}""#), "{out}");
    let data = asl.replace(r#""Type": "Wait", "Seconds""#, r#""Type": "Pass", "Result""#);
    std::fs::write(place.path("data.asl.json"), data).unwrap();
    let Run { err, code, .. } = place.run(&["import", "data.asl.json"]);
    assert_eq!(code, 2);
    assert!(err.contains("`${Wait}` has no value here; give it one: `--substitution Wait=5`"), "{err}");
}

#[test]
fn a_function_is_found_by_its_key_whatever_signs_it_has() {
    let file = "service: s\nfunctions:\n  put-row: { handler: a }\n  get_row: { handler: b }\nstepFunctions:\n  stateMachines:\n    one:\n      definition:\n        StartAt: Put\n        States:\n          Put: { Type: Task, Resource: { Fn::GetAtt: [put-row, Arn] }, Next: Get }\n          Get: { Type: Task, Resource: !GetAtt get_row.Arn, End: true }\n";
    let place = Place::new(&[("serverless.yml", file)]);
    let Run { out, err, code } = place.run(&["import", "serverless.yml"]);
    assert_eq!(code, 0, "{err}");
    for line in ["resource: lambda(put_row)", "resource: lambda(get_row)", "#[lambda(name = \"put-row\")]"] {
        assert!(out.contains(line), "{line}\n{out}");
    }
}
