//! The files on disk: those that are written, those that are left alone, and the messages of a check.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

mod support;

use std::{fs, path::Path};

use stepfn_codegen::{
    Error,
    generate::{Change, Difference, LIST_NAME, Plan, check, generate},
};
use support::{everything, express, greeting};

fn names(out: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Returns the messages of a check, with the directory taken out of the paths.
fn diagnostics(out: &Path, error: &Error) -> String {
    let separator = std::path::MAIN_SEPARATOR;
    error.to_string().replace(&format!("{}{separator}", out.display()), "")
}

#[test]
fn each_machine_has_a_file_and_all_have_one() {
    let out = tempfile::tempdir().unwrap();
    let below = out.path().join("a/b");
    let files = generate(&[everything(), express()], &below).unwrap();
    assert_eq!(
        files,
        ["CsvProcessing.asl.json", "Quick.Check.asl.json", "stepfn.serverless.yml"]
            .map(|name| below.join(name))
    );
    assert_eq!(
        names(&below),
        [LIST_NAME, "CsvProcessing.asl.json", "Quick.Check.asl.json", "stepfn.serverless.yml"]
    );
    assert_eq!(
        fs::read_to_string(below.join("CsvProcessing.asl.json")).unwrap(),
        stepfn_codegen::asl::to_json_text(&everything())
    );
    check(&[everything(), express()], &below).unwrap();
}

#[test]
fn two_runs_give_the_same_bytes_and_the_second_writes_nothing() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    generate(&[everything(), express()], first.path()).unwrap();
    let plan = Plan::of(&[everything(), express()]).unwrap();
    for (_, change) in plan.write(second.path()).unwrap() {
        assert_eq!(change, Change::Written);
    }
    for name in names(first.path()) {
        assert_eq!(
            fs::read(first.path().join(&name)).unwrap(),
            fs::read(second.path().join(&name)).unwrap(),
            "{name}"
        );
    }
    for (_, change) in plan.write(second.path()).unwrap() {
        assert_eq!(change, Change::Unchanged);
    }
}

#[test]
fn a_check_names_stale_missing_and_leftover_files() {
    let out = tempfile::tempdir().unwrap();
    generate(&[greeting("Edited"), greeting("Gone"), greeting("Lost")], out.path()).unwrap();
    fs::write(out.path().join("by-hand.asl.json"), "{}").unwrap();
    let edited = out.path().join("Edited.asl.json");
    fs::write(&edited, fs::read_to_string(&edited).unwrap().replace("Succeed", "Fail")).unwrap();
    fs::remove_file(out.path().join("Lost.asl.json")).unwrap();

    let machines = [greeting("Edited"), greeting("Lost")];
    let error = check(&machines, out.path()).unwrap_err();
    insta::assert_snapshot!(diagnostics(out.path(), &error));
    let Error::OutOfDate { differences, .. } = error else { panic!("{error}") };
    assert!(differences.contains(&Difference::Leftover { path: out.path().join("Gone.asl.json") }));

    generate(&machines, out.path()).unwrap();
    check(&machines, out.path()).unwrap();
    assert_eq!(
        names(out.path()),
        [LIST_NAME, "Edited.asl.json", "Lost.asl.json", "by-hand.asl.json", "stepfn.serverless.yml"]
    );
}

#[test]
fn a_check_of_nothing_names_all_files() {
    let out = tempfile::tempdir().unwrap();
    let error = check(&[greeting("Greeting")], &out.path().join("generated")).unwrap_err();
    assert_eq!(error.to_string().matches("missing: ").count(), 3, "{error}");
    assert!(names(out.path()).is_empty(), "a check writes nothing");
}

#[test]
fn a_file_that_ends_early_or_late_is_stale() {
    let out = tempfile::tempdir().unwrap();
    let machines = [greeting("Greeting")];
    generate(&machines, out.path()).unwrap();
    let path = out.path().join("Greeting.asl.json");
    let text = fs::read_to_string(&path).unwrap();
    for (changed, expected) in [
        (text.trim_end().to_owned(), "line 8: the line ends otherwise"),
        (text.clone() + "x\n", "line 9: found `x`, expected the end of the file"),
        (
            text.lines().next().unwrap().to_owned() + "\n",
            "line 2: found the end of the file, expected `  \"StartAt\": \"Hello\",`",
        ),
    ] {
        fs::write(&path, changed).unwrap();
        let error = check(&machines, out.path()).unwrap_err().to_string();
        assert!(error.ends_with(expected), "{error}");
    }
}

#[test]
fn line_ends_of_windows_are_no_difference() {
    let out = tempfile::tempdir().unwrap();
    let machines = [greeting("Greeting")];
    for path in generate(&machines, out.path()).unwrap() {
        fs::write(&path, fs::read_to_string(&path).unwrap().replace('\n', "\r\n")).unwrap();
    }
    check(&machines, out.path()).unwrap();
}

#[test]
fn the_list_never_leads_out_of_the_directory() {
    let out = tempfile::tempdir().unwrap();
    let below = out.path().join("generated");
    fs::create_dir(&below).unwrap();
    fs::write(out.path().join("precious"), "").unwrap();
    for line in ["../precious", "..", "/etc/passwd", "C:\\x"] {
        fs::write(below.join(LIST_NAME), format!("# list\n{line}\n")).unwrap();
        let error = generate(&[greeting("Greeting")], &below).unwrap_err().to_string();
        assert!(error.ends_with(&format!(
            "line 2: `{line}` is not a file name; delete the file and run the generator again"
        )));
    }
    assert!(out.path().join("precious").exists());
}

#[test]
fn machines_must_not_stand_in_each_others_way() {
    for (first, second) in [("Greeting", "Greeting"), ("Greeting", "greeting")] {
        let error = Plan::of(&[greeting(first), greeting(second)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("two machines are named `{first}` and `{second}`; names must differ in more than case")
        );
    }
}

#[test]
fn names_that_are_no_file_names_are_refused() {
    let long = "x".repeat(81);
    for (name, why) in [
        ("", "is empty"),
        (".hidden", "starts with a dot, which makes a hidden file"),
        ("a/b", "holds '/', which AWS does not take; use letters, digits, `-` and `_`"),
        ("${nobody}", "holds '$', which AWS does not take; use letters, digits, `-` and `_`"),
        ("a b", "holds ' ', which AWS does not take; use letters, digits, `-` and `_`"),
        (long.as_str(), "has 81 characters; AWS takes 80"),
    ] {
        let error = Plan::of(&[greeting(name)]).unwrap_err();
        assert_eq!(error.to_string(), format!("machine name `{name}` {why}"));
    }
    Plan::of(&[greeting("주문-처리_1")]).unwrap();
}

#[test]
fn what_cannot_be_read_or_written_is_an_error_with_the_path() {
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("file");
    fs::write(&file, "").unwrap();
    let error = generate(&[greeting("Greeting")], &file).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot make the directory `{}`: ", file.display())), "{error}");

    fs::create_dir_all(out.path().join("out/Greeting.asl.json")).unwrap();
    let error = check(&[greeting("Greeting")], &out.path().join("out")).unwrap_err();
    assert!(matches!(error, Error::Io { action: "read", .. }), "{error}");
}
