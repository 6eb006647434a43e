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
