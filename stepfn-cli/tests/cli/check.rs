use crate::{Place, Run, stepfn};

const FINE: &str = r#"{ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }"#;
const WRONG: &str = "{\n  \"StartAt\": \"승인\",\n  \"States\": {\n\t\"승인\": { \"Type\": \"Pass\", \"Next\": \"처리이\" },\n    \"처리\": { \"Type\": \"Succeed\" }\n  }\n}\n";
const WARNED: &str = r#"{ "StartAt": "B", "Version": "2.0", "States": { "B": {
  "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
  "Parameters": { "QueueUrl": "q", "MessageBody": { "Token.$": "$$.Task.Token" } }, "End": true } } }"#;

#[test]
fn a_finding_is_its_place_its_line_and_a_caret() {
    let place = Place::new(&[("주문.json", WRONG)]);
    let Run { out, err, code } = place.run(&["check", "주문.json"]);
    assert_eq!(
        out,
        "\
주문.json:4:34: error[unknown-state]: state `승인`: `Next` leads to `처리이`, and there is no state of that name here
4 |     \"승인\": { \"Type\": \"Pass\", \"Next\": \"처리이\" },
  |                                       ^^^^^^^^
  = help: did you mean `처리`?

"
    );
    assert_eq!(err, "checked 1 file: 1 error, no warnings\n");
    assert_eq!(code, 1);
}

#[test]
fn json_is_one_line_for_each_file() {
    let place = Place::new(&[("a.json", WRONG), ("b.json", FINE)]);
    let Run { out, err, code } = place.run(&["check", "--format", "json", "a.json", "b.json"]);
    let lines: Vec<&str> = out.lines().collect();
    let [first, second] = lines[..] else { panic!("{out}") };
    let finding = r#"{"code":"unknown-state","severity":"error","pointer":"/States/승인/Next","line":4,"column":34,"message":"state `승인`: `Next` leads to `처리이`, and there is no state of that name here","help":"did you mean `처리`?"}"#;
    assert_eq!(first, format!(r#"{{"file":"a.json","findings":[{finding}]}}"#));
    assert_eq!(second, r#"{"file":"b.json","findings":[]}"#);
    assert_eq!(err, "checked 2 files: 1 error, no warnings\n");
    assert_eq!(code, 1);
}

#[test]
fn a_file_without_errors_ends_well() {
    let place = Place::new(&[("a.json", FINE)]);
    let Run { out, err, code } = place.run(&["check", "a.json"]);
    assert_eq!((out.as_str(), code), ("", 0));
    assert_eq!(err, "checked 1 file: no errors, no warnings\n");
}

#[test]
fn warnings_are_said_denied_or_allowed() {
    let place = Place::new(&[("a.json", WARNED)]);
    let Run { out, err, code } = place.run(&["check", "a.json"]);
    assert!(out.starts_with("a.json:1:30: warning[invalid-version]"), "{out}");
    assert!(out.contains("a.json:2:31: warning[callback-without-timeout]"), "{out}");
    assert_eq!((err.as_str(), code), ("checked 1 file: no errors, 2 warnings\n", 0));

    assert_eq!(place.run(&["check", "--deny-warnings", "a.json"]).code, 1);

    let Run { out, code, .. } =
        place.run(&["check", "--deny-warnings", "--allow", "invalid-version", "a.json"]);
    assert!(!out.contains("invalid-version") && out.contains("callback-without-timeout"), "{out}");
    assert_eq!(code, 1);

    let both =
        ["check", "--deny-warnings", "--allow", "invalid-version", "--allow", "callback-without-timeout"];
    let Run { out, code, .. } = place.run(&[&both[..], &["a.json"]].concat());
    assert_eq!((out.as_str(), code), ("", 0));
}

#[test]
fn errors_cannot_be_allowed() {
    let place = Place::new(&[("a.json", WRONG)]);
    let Run { out, code, .. } = place.run(&["check", "--allow", "unknown-state", "a.json"]);
    assert!(out.contains("error[unknown-state]"), "{out}");
    assert_eq!(code, 1);
}

#[test]
fn express_is_checked_as_express() {
    let place = Place::new(&[("a.json", WARNED)]);
    assert_eq!(place.run(&["check", "a.json"]).code, 0);
    let Run { out, code, .. } = place.run(&["check", "--express", "a.json"]);
    assert!(out.contains("error[express]"), "{out}");
    assert_eq!(code, 1);
}

#[test]
fn standard_input_is_read() {
    let place = Place::new(&[]);
    let Run { out, code, .. } = place.run_with(&["check", "-"], WRONG);
    assert!(out.starts_with("<stdin>:4:34: error[unknown-state]"), "{out}");
    assert_eq!(code, 1);
}

#[test]
fn what_is_not_json_is_a_finding() {
    let place =
        Place::new(&[("a.json", "{\n\t\"StartAt\": \"A\",\n\t// states\n}"), ("b.yaml", "StartAt: A\n")]);
    let Run { out, code, .. } = place.run(&["check", "a.json", "b.yaml"]);
    assert_eq!(
        out,
        "\
a.json:3:2: error[invalid-json]: JSON has no comments
3 |     // states
  |     ^
  = help: put the text into a `Comment` field, or remove it

b.yaml:1:1: error[invalid-json]: this is YAML, and a definition is JSON
1 | StartAt: A
  | ^^^^^^^^^^
  = help: convert it to JSON; where it is part of a template, check the definition alone

"
    );
    assert_eq!(code, 1);
}

#[test]
fn a_key_that_stands_twice_is_found_at_the_second() {
    let place = Place::new(&[(
        "a.json",
        "{ \"StartAt\": \"A\",\n  \"StartAt\": \"A\", \"States\": { \"A\": { \"Type\": \"Succeed\" } } }",
    )]);
    let Run { out, .. } = place.run(&["check", "a.json"]);
    assert!(out.starts_with("a.json:2:3: error[duplicate-key]"), "{out}");
}

#[test]
fn a_file_that_cannot_be_read_does_not_keep_the_others_from_being_checked() {
    let place = Place::new(&[("wrong.json", WRONG)]);
    std::fs::write(place.path("latin.json"), b"{\n\"a\": \"\xe9\" }").unwrap();
    let Run { out, err, code } = place.run(&["check", "none.json", "latin.json", "wrong.json"]);
    assert!(out.starts_with("wrong.json:4:34: error"), "{out}");
    assert!(err.contains("error: cannot read `none.json`: "), "{err}");
    assert!(err.contains("error: cannot read `latin.json`: line 2 is not UTF-8\n"), "{err}");
    assert!(err.ends_with("checked 1 file: 1 error, no warnings\n"), "{err}");
    assert_eq!(code, 2);
}

#[test]
fn a_wrong_command_line_ends_with_two() {
    let place = Place::new(&[]);
    assert_eq!(place.run(&["check"]).code, 2);
    let Run { err, code, .. } = place.run(&["check", "--allow", "unknown-stat", "a.json"]);
    assert!(
        err.contains("there is no code `unknown-stat`\n  = help: did you mean `unknown-state`?"),
        "{err}"
    );
    assert_eq!(code, 2);
}

#[test]
fn help_says_how_it_ends() {
    let place = Place::new(&[]);
    for command in ["check", "fmt", "run", "explain"] {
        let Run { out, code, .. } = place.run(&[command, "--help"]);
        assert!(out.contains("Exit codes:\n  0  "), "{out}");
        assert_eq!(code, 0);
    }
}

#[test]
fn a_text_cannot_speak_to_the_terminal() {
    let place = Place::new(&[(
        "a.json",
        "{ \"StartAt\": \"\\u001b[31mred\", \"States\": { \"A\": { \"Type\": \"Succeed\" } } }",
    )]);
    let Run { out, .. } = place.run(&["check", "a.json"]);
    assert!(out.contains("\\u{1b}[31mred") && !out.contains('\u{1b}'), "{out}");
}

#[test]
fn colours_are_left_out_where_nobody_wants_them() {
    let place = Place::new(&[("a.json", WRONG)]);
    let run = |variables| stepfn(&place.path(""), &["check", "a.json"], "", variables).out;
    let coloured = run(&[("CLICOLOR_FORCE", "1")]);
    assert!(coloured.contains("\u{1b}[31merror[unknown-state]\u{1b}[0m"), "{coloured:?}");
    let plain = run(&[]);
    assert!(plain.starts_with("a.json:4:34: error[unknown-state]: "), "{plain:?}");
    assert_eq!(run(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), plain);
}
