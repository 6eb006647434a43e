use crate::{Place, Run, head};

const LOOSE: &str = r#"{"States":{"A":{"End":true,"Type":"Pass","Result":{"b":1.50,"a":"\u00e9"},"Colour":"red"}},"StartAt":"A"}"#;
const CANONICAL: &str = r#"{
  "StartAt": "A",
  "States": {
    "A": {
      "Type": "Pass",
      "Result": {
        "b": 1.50,
        "a": "é"
      },
      "End": true,
      "Colour": "red"
    }
  }
}
"#;

#[test]
fn files_are_rewritten_in_place_once() {
    let place = Place::new(&[("a.json", LOOSE), ("b.json", CANONICAL)]);
    let Run { out, err, code } = place.run(&["fmt", "a.json", "b.json"]);
    assert_eq!((out.as_str(), err.as_str(), code), ("", "1 file formatted, 1 unchanged\n", 0));
    assert_eq!(place.read("a.json"), CANONICAL);
    assert_eq!(place.read("b.json"), CANONICAL);
    let Run { err, .. } = place.run(&["fmt", "a.json", "b.json"]);
    assert_eq!(err, "no files formatted, 2 unchanged\n");
    let files: Vec<_> = std::fs::read_dir(place.path("")).unwrap().collect();
    assert_eq!(files.len(), 2, "nothing is left over: {files:?}");
}

#[test]
fn check_lists_what_is_stale_and_writes_nothing() {
    let place = Place::new(&[("a.json", LOOSE), ("b.json", CANONICAL)]);
    let Run { out, err, code } = place.run(&["fmt", "--check", "a.json", "b.json"]);
    assert!(out.starts_with("a.json\n@@ -1 +1,14 @@\n-{\"States\":{"), "{out}");
    assert_eq!((err.as_str(), code), ("1 file in the canonical form, 1 not\n", 1));
    assert_eq!(place.read("a.json"), LOOSE);
    assert_eq!(place.run(&["fmt", "--check", "b.json"]).code, 0);
}

/// A comparison takes the product of both lengths.
#[test]
fn long_files_are_not_compared_to_their_end() {
    let keys: Vec<_> = (0..5_000).map(|key| format!(r#""k{key}":{key}"#)).collect();
    let text = LOOSE.replace(r#""b":1.50"#, &keys.join(","));
    let Run { out, code, .. } = Place::new(&[("a.json", &text)]).run(&["fmt", "--check", "a.json"]);
    assert_eq!(code, 1);
    assert!(out.ends_with("… and what follows, which is not compared\n"), "{out}");
    assert_eq!(out.lines().filter(|line| line.starts_with('+')).count(), 1_000);
    // What is the same at the beginning does not count.
    let canonical = CANONICAL.replace("1.50", &format!("[{}1]", "1,\n".repeat(3_000)));
    let Run { out: whole, .. } = Place::new(&[]).run_with(&["fmt", "-"], &canonical);
    let late = whole.replace("\"Colour\": \"red\"", "\"Colour\":\"red\"");
    let Run { out, .. } = Place::new(&[("a.json", &late)]).run(&["fmt", "--check", "a.json"]);
    assert!(out.contains("@@ -30") && out.ends_with("+      \"Colour\": \"red\"\n     }\n   }\n"), "{out}");
}

#[test]
fn standard_input_goes_to_standard_output() {
    let Run { out, err, code } = Place::new(&[]).run_with(&["fmt", "-"], LOOSE);
    assert_eq!((out.as_str(), err.as_str(), code), (CANONICAL, "", 0));
}

#[test]
fn what_cannot_be_written_back_is_left_as_it_is() {
    for (text, diagnostic) in [
        (
            r#"{"StartAt":"A","StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#,
            "a.json:1:16: error[duplicate-key]",
        ),
        (r#"{"StartAt":"A"}"#, "a.json:1:1: error[missing-field]"),
        (r#"[1, 2]"#, "a.json:1:1: error[wrong-kind]"),
        ("{,}", "a.json:1:2: error[invalid-json]"),
    ] {
        let place = Place::new(&[("a.json", text)]);
        let Run { out, err, code } = place.run(&["fmt", "a.json"]);
        assert_eq!((out.as_str(), code), ("", 1), "{text}");
        assert!(head(&err).starts_with(diagnostic), "{text}: {err}");
        assert!(
            err.contains("error: `a.json` cannot be rewritten without loss and is left as it is\n"),
            "{err}"
        );
        assert_eq!(place.read("a.json"), text);
    }
}

#[test]
fn what_is_wrong_but_can_be_written_back_is_formatted() {
    let text = r#"{"States":{"A":{"Type":"Choice","Choices":[{"And":[{"Not":{"Variable":"$.a","IsNull":true,"Note":1},"Comment":"c"}],"Next":true}],"Seconds":"5"}}}"#;
    let Run { out, err, code } = Place::new(&[]).run_with(&["fmt", "-"], text);
    assert_eq!((err.as_str(), code), ("", 0));
    let parse = |text: &str| stepfn_core::json::parse_value(text).unwrap();
    assert_eq!(parse(&out), parse(text));
    // States that the model cannot hold are kept as they are.
    for text in [
        r#"{"States":{"A":"Pass"},"StartAt":"A"}"#,
        r#"{"StartAt":"A","States":{"A":{"Type":"Succed","X":1}}}"#,
    ] {
        let Run { out, code, .. } = Place::new(&[]).run_with(&["fmt", "-"], text);
        assert_eq!((parse(&out), code), (parse(text), 0));
    }
}

#[test]
fn a_file_that_cannot_be_read_ends_with_two() {
    let place = Place::new(&[("a.json", LOOSE)]);
    let Run { err, code, .. } = place.run(&["fmt", "none.json", "a.json"]);
    assert!(err.starts_with("error: cannot read `none.json`: "), "{err}");
    assert_eq!(code, 2);
    assert_eq!(place.read("a.json"), CANONICAL, "the others are formatted all the same");
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::new(&[("real.json", LOOSE)]);
    std::fs::set_permissions(place.path("real.json"), std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink(place.path("real.json"), place.path("link.json")).unwrap();
    assert_eq!(place.run(&["fmt", "link.json"]).code, 0);
    assert!(place.path("link.json").is_symlink());
    assert_eq!(place.read("real.json"), CANONICAL);
    let mode = std::fs::metadata(place.path("real.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

const MACHINE: &str = "fn  odd() {}\nstate_machine! {\n    pub A() { start_at:B, B:Succeed {} } // kept\n}\n";
const LAID_OUT: &str =
    "fn  odd() {}\nstate_machine! {\n    pub A() { start_at: B, B: Succeed {} }\n    // kept\n}\n";

#[test]
fn rust_files_are_laid_out_where_they_have_machines() {
    let place = Place::new(&[("a.rs", MACHINE), ("b.rs", "fn  none() {}\n")]);
    let Run { out, code, .. } = place.run(&["fmt", "--check", "."]);
    assert_eq!(
        out,
        "./a.rs\n@@ -1,4 +1,5 @@\n fn  odd() {}\n state_machine! {\n-    pub A() { start_at:B, B:Succeed {} } // kept\n\
         +    pub A() { start_at: B, B: Succeed {} }\n+    // kept\n }\n"
    );
    assert_eq!(code, 1);
    assert_eq!(place.read("a.rs"), MACHINE);
    let Run { out, err, code } = place.run(&["fmt", "."]);
    assert_eq!((out.as_str(), err.as_str(), code), ("", "1 file formatted, 0 unchanged\n", 0));
    assert_eq!(place.read("a.rs"), LAID_OUT);
    assert_eq!(place.read("b.rs"), "fn  none() {}\n");
    assert_eq!(place.run(&["fmt", "--check", "a.rs"]).code, 0);
    let Run { out, .. } = place.run_with(&["fmt", "--rust", "-"], MACHINE);
    assert_eq!(out, LAID_OUT);
}

#[test]
fn folders_are_gone_through_but_for_what_is_built_or_hidden() {
    let place = Place::new(&[]);
    for folder in ["src/deep", "target/debug", ".git"] {
        std::fs::create_dir_all(place.path(folder)).unwrap();
        std::fs::write(place.path(folder).join("a.rs"), MACHINE).unwrap();
    }
    assert_eq!(place.run(&["fmt", "."]).code, 0);
    assert_eq!(place.read("src/deep/a.rs"), LAID_OUT);
    assert_eq!(place.read("target/debug/a.rs"), MACHINE);
    assert_eq!(place.read(".git/a.rs"), MACHINE);
}

#[test]
fn a_machine_that_does_not_parse_is_left_alone_and_told() {
    let broken = "state_machine! { A() { start_at B } }\n";
    let place = Place::new(&[("a.rs", &format!("{broken}{MACHINE}"))]);
    let Run { err, code, .. } = place.run(&["fmt", "a.rs"]);
    assert_eq!(
        err,
        "error: a.rs:1:32: expected `:` behind the name of a field or a state\n  = help: this is left as it is\n\
         1 file formatted, 0 unchanged\n"
    );
    assert_eq!((place.read("a.rs"), code), (format!("{broken}{LAID_OUT}"), 1));
    let Run { err, code, .. } = place.run_with(&["fmt", "--rust", "-"], "fn a() { \"");
    assert_eq!(
        (err.as_str(), code),
        ("error: <stdin>:1:10: this string does not end\n  = help: this is left as it is\n", 1)
    );
}

#[test]
fn the_width_is_that_of_rustfmt() {
    let place = Place::new(&[("rustfmt.toml", "max_width = 30"), ("a.rs", MACHINE)]);
    assert_eq!(place.run(&["fmt", "a.rs"]).code, 0);
    assert!(place.read("a.rs").contains("    pub A() {\n        start_at: B,\n"), "{}", place.read("a.rs"));
    let place = Place::new(&[("rustfmt.toml", "max_width = 'wide'"), ("a.rs", MACHINE)]);
    let Run { err, code, .. } = place.run(&["fmt", "a.rs"]);
    assert!(err.contains("rustfmt.toml`: `max_width` is a whole number\n"), "{err}");
    assert_eq!(code, 1);
}

/// rustfmt leaves what this made, and this what rustfmt made of it.
#[test]
fn rustfmt_and_this_agree() {
    let rustfmt = std::process::Command::new("rustfmt").arg("--version").output();
    if !rustfmt.is_ok_and(|output| output.status.success()) {
        return;
    }
    let machine = "mod  inner { fn f( ) { state_machine! {\n#[name = \"X\"]\npub A(In)->Out{ // c\nstart_at:B,\n\n\nB:Pass{result:{\"a\":[1,\n2]},end:true}}\n} } }\n";
    let place = Place::new(&[("a.rs", machine)]);
    let rustfmt = || {
        let run = std::process::Command::new("rustfmt")
            .args(["--edition", "2024"])
            .arg(place.path("a.rs"))
            .status();
        assert!(run.unwrap().success());
    };
    rustfmt();
    assert_eq!(place.run(&["fmt", "a.rs"]).code, 0);
    let made = place.read("a.rs");
    rustfmt();
    assert_eq!(place.read("a.rs"), made);
    assert_eq!(place.run(&["fmt", "--check", "a.rs"]).code, 0);
}

#[test]
fn unquoted_placeholders_are_read_and_written_back() {
    let text = r#"{ "States": { "Rest": { "Type": "Wait", "Seconds": ${Seconds}, "End": true } },
  "StartAt": "Rest", "TimeoutSeconds": ${Limit} }"#;
    let place = Place::new(&[("wait.asl.json", text)]);
    let Run { out, err, code } = place.run(&["check", "wait.asl.json"]);
    assert_eq!((out.as_str(), code), ("", 0), "{err}");
    assert_eq!(place.run(&["fmt", "wait.asl.json"]).code, 0);
    let written = place.read("wait.asl.json");
    assert!(
        written.contains("\"Seconds\": ${Seconds}") && written.contains("\"TimeoutSeconds\": ${Limit}"),
        "{written}"
    );
    assert_eq!(place.run(&["fmt", "--check", "wait.asl.json"]).code, 0);
}
