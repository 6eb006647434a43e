use crate::{Place, Run, stepfn};

const FINE: &str = r#"{ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }"#;
const WRONG: &str = "{\n  \"StartAt\": \"승인\",\n  \"States\": {\n\t\"승인\": { \"Type\": \"Pass\", \"Next\": \"처리이\" },\n    \"처리\": { \"Type\": \"Succeed\" }\n  }\n}\n";
const WARNED: &str = r#"{ "StartAt": "B", "Version": "2.0", "States": { "B": {
  "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
  "Parameters": { "QueueUrl": "q", "MessageBody": { "Token.$": "$$.Task.Token" } }, "End": true } } }"#;

#[test]
fn a_diagnostic_is_its_place_its_line_and_a_caret() {
    let place = Place::new(&[("주문.json", WRONG)]);
    let Run { out, err, code } = place.run(&["check", "주문.json"]);
    assert_eq!(
        out,
        "\
error[unknown-state]: state `승인`: `Next` leads to `처리이`, and there is no state of that name here
 --> 주문.json:4:34
  |
4 |     \"승인\": { \"Type\": \"Pass\", \"Next\": \"처리이\" },
  |                                       ^^^^^^^^
  |
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
    let diagnostic = concat!(
        r#"{"code":"unknown-state","severity":"error","pointer":"/States/승인/Next","line":4,"column":34,"endLine":4,"endColumn":39,"#,
        r#""message":"state `승인`: `Next` leads to `처리이`, and there is no state of that name here","help":"did you mean `처리`?","#,
        r#""url":"https://github.com/stepfn/stepfn/blob/main/docs/errors.md#unknown-state","#,
        r#""subject":{"kind":"state","name":"처리이"},"labels":[],"#,
        r#""fix":{"certain":false,"edits":[{"line":4,"column":34,"endLine":4,"endColumn":39,"text":"\"처리\""}]}}"#,
    );
    assert_eq!(first, format!(r#"{{"file":"a.json","diagnostics":[{diagnostic}]}}"#));
    assert_eq!(second, r#"{"file":"b.json","diagnostics":[]}"#);
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
    assert!(out.starts_with("warning[invalid-version]: ") && out.contains("\n --> a.json:1:30\n"), "{out}");
    assert!(
        out.contains("\nwarning[callback-without-timeout]: ") && out.contains("\n --> a.json:2:31\n"),
        "{out}"
    );
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
    assert!(out.starts_with("error[unknown-state]: ") && out.contains("\n --> <stdin>:4:34\n"), "{out}");
    assert_eq!(code, 1);
}

#[test]
fn what_is_not_json_is_a_diagnostic() {
    let place =
        Place::new(&[("a.json", "{\n\t\"StartAt\": \"A\",\n\t// states\n}"), ("b.yaml", "StartAt: A\n")]);
    let Run { out, code, .. } = place.run(&["check", "a.json", "b.yaml"]);
    assert_eq!(
        out,
        "\
error[invalid-json]: JSON has no comments
 --> a.json:3:2
  |
3 |     // states
  |     ^
  |
  = help: put the text into a `Comment` field, or remove it

error[invalid-json]: this is YAML, and a definition is JSON
 --> b.yaml:1:1
  |
1 | StartAt: A
  | ^^^^^^^^^^
  |
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
    assert!(out.starts_with("error[duplicate-key]: ") && out.contains("\n --> a.json:2:3\n"), "{out}");
}

#[test]
fn a_file_that_cannot_be_read_does_not_keep_the_others_from_being_checked() {
    let place = Place::new(&[("wrong.json", WRONG)]);
    std::fs::write(place.path("latin.json"), b"{\n\"a\": \"\xe9\" }").unwrap();
    let Run { out, err, code } = place.run(&["check", "none.json", "latin.json", "wrong.json"]);
    assert!(out.starts_with("error[unknown-state]: ") && out.contains("\n --> wrong.json:4:34\n"), "{out}");
    assert!(err.contains("error: cannot read `none.json`: "), "{err}");
    assert!(err.contains("error: cannot read `latin.json`: line 2 of it is not UTF-8\n"), "{err}");
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
    assert!(coloured.contains("\u{1b}["), "{coloured:?}");
    let plain = run(&[]);
    assert!(plain.starts_with("error[unknown-state]: ") && !plain.contains('\u{1b}'), "{plain:?}");
    assert_eq!(run(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), plain);
}

const TWICE: &str = r#"{
  "StartAt": "Work",
  "States": {
    "Work": { "Type": "Pass", "Next": "Done", "End": true },
    "Done": { "Type": "Succeed" }
  }
}
"#;

#[test]
fn what_else_has_to_do_with_it_is_shown() {
    let place = Place::new(&[("a.json", TWICE)]);
    let Run { out, .. } = place.run(&["check", "a.json"]);
    assert_eq!(
        out,
        "\
error[conflicting-transition]: state `Work`: it has both `End` and `Next`, which leads to `Done`
 --> a.json:4:47
  |
4 |     \"Work\": { \"Type\": \"Pass\", \"Next\": \"Done\", \"End\": true },
  |                               ------          ^^^^^
  |                               |
  |                               it goes on here
  |
  = help: keep one of the two

"
    );
}

#[test]
fn github_gets_annotations() {
    let place = Place::new(&[("a.json", WRONG), ("b.json", WARNED)]);
    let Run { out, code, .. } = place.run(&["check", "--format", "github", "a.json", "b.json"]);
    assert_eq!(
        out.lines().next(),
        Some(
            "::error file=a.json,line=4,endLine=4,col=34,endColumn=38,title=unknown-state::state `승인`: `Next` leads to \
             `처리이`, and there is no state of that name here; did you mean `처리`?"
        )
    );
    assert_eq!(out.lines().filter(|line| line.starts_with("::warning file=b.json,")).count(), 2, "{out}");
    assert_eq!(code, 1);
}

/// The members that the schema of SARIF 2.1.0 demands of the objects that are written here, and the values that it takes.
#[test]
fn sarif_is_a_log_with_rules_places_and_fixes() {
    let place = Place::new(&[("a b.json", TWICE), ("c.json", &WRONG.replace("처리", "Process"))]);
    let Run { out, code, .. } = place.run(&["check", "--format", "sarif", "a b.json", "c.json"]);
    let log = stepfn_core::json::parse_value(&out).unwrap();
    assert_eq!(log["version"].as_str(), Some("2.1.0"));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!((rules.len(), results.len(), code), (2, 2, 1));
    for result in results {
        let index: usize = result["ruleIndex"].to_string().parse().unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(rules[index]["helpUri"].as_str().unwrap().ends_with(result["ruleId"].as_str().unwrap()));
        assert!(["error", "warning", "note", "none"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].as_str().is_some());
        let region = &result["locations"][0]["physicalLocation"]["region"];
        for member in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(region[member].to_string().parse::<usize>().unwrap() >= 1);
        }
    }
    let uri = |result: &stepfn_core::value::Value| {
        let location = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        location["uri"].as_str().unwrap().to_owned()
    };
    assert_eq!((uri(&results[0]), uri(&results[1])), ("a%20b.json".to_owned(), "c.json".to_owned()));
    assert_eq!(results[0]["relatedLocations"][0]["message"]["text"].as_str(), Some("it goes on here"));
    let replacement = &results[1]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"].as_str(), Some("\"Process\""));
    assert_eq!(replacement["deletedRegion"]["startLine"].to_string(), "4");

    let Run { out, code, .. } =
        Place::new(&[("a.json", FINE)]).run(&["check", "--format", "sarif", "a.json"]);
    let log = stepfn_core::json::parse_value(&out).unwrap();
    assert_eq!((log["runs"][0]["results"].as_array().map(<[_]>::len), code), (Some(0), 0));
}

#[test]
fn certain_slips_are_fixed_in_the_file() {
    let slips = "{ \"StartAt\": \"Work\",\r\n\t\"States\": {\"Work\":   { \"Type\": \"Pass\", \"Nxt\": \"Done\", \"Coment\":\"\\u00e9\" },\n \"Done\": { \"Type\": \"Succeed\" },\n}}";
    let place = Place::new(&[("a.json", slips), ("b.json", TWICE)]);
    let Run { out, err, code } = place.run(&["check", "--fix", "a.json", "b.json"]);
    assert!(out.starts_with("error[conflicting-transition]") && out.matches("error[").count() == 1, "{out}");
    assert_eq!(err, "checked 2 files: 3 diagnostics fixed, 1 error, no warnings\n");
    assert_eq!(code, 1);
    let fixed = slips.replace("Nxt", "Next").replace("Coment", "Comment").replace("},\n}}", "}\n}}");
    assert_eq!(std::fs::read_to_string(place.path("a.json")).unwrap(), fixed);
    assert_eq!(std::fs::read_to_string(place.path("b.json")).unwrap(), TWICE);
    let Run { err, code, .. } = place.run(&["check", "--fix", "a.json"]);
    assert_eq!((err.as_str(), code), ("checked 1 file: no diagnostics fixed, no errors, no warnings\n", 0));
    let Run { err, code, .. } = place.run_with(&["check", "--fix", "-"], slips);
    assert!(err.contains("standard input cannot be fixed in place"), "{err}");
    assert_eq!(code, 2);
}

/// What begins a line with `::` is a command to GitHub's runner, whoever wrote it.
#[test]
fn names_cannot_pretend_to_be_lines_of_their_own() {
    let name = r"A\n::warning::mine\n  ::error::mine\nerror: mine\u202e\u009b";
    let text = format!(
        r#"{{"StartAt":"{name}","States":{{"{name}":{{"Type":"Pass","Next":"B{name}"}},"C{name}":{{"Type":"Fail","Error":"{name}","Cause":"{name}"}}}}}}"#
    );
    let fails = format!(
        r#"{{"StartAt":"{name}","States":{{"{name}":{{"Type":"Fail","Error":"{name}","Cause":"{name}"}}}}}}"#
    );
    let place = Place::new(&[("a.json", &text), ("b.json", &fails)]);
    for arguments in [
        &["check", "a.json"][..],
        &["check", "--format", "json", "a.json"],
        &["check", "--format", "sarif", "a.json"],
        &["validate", "a.json"],
        &["validate", "--format", "json", "a.json"],
        &["run", "a.json"],
        &["run", "b.json", "--history", "text"],
        &["run", "b.json", "--history", "json"],
        &["diff", "a.json", "b.json"],
        &["fmt", "--check", "a.json"],
        &["import", "--format", "json", "a.json", "b.json"],
    ] {
        let Run { out, err, .. } = place.run(arguments);
        let all = format!("{out}{err}");
        let line = all.lines().find(|line| {
            let line = line.trim_start();
            line.starts_with("::") || line.starts_with("error: mine")
        });
        assert_eq!(line, None, "{arguments:?}: {all}");
        assert!(!all.contains(['\u{202e}', '\u{9b}']), "{arguments:?}: {all}");
    }
    let Run { out, .. } = place.run(&["check", "--format", "github", "a.json"]);
    assert!(out.lines().all(|line| line.starts_with("::error file=a.json,")), "{out}");
    assert!(!out.contains(['\u{202e}', '\u{9b}']), "{out}");
    let Run { out, .. } = place.run(&["import", "a.json"]);
    assert!(out.contains("// FIXME: ") && !out.contains(['\u{202e}', '\u{9b}']), "{out}");
}
