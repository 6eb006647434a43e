use crate::{Place, Run};

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
    assert_eq!(out, "a.json\n");
    assert_eq!((err.as_str(), code), ("1 file in the canonical form, 1 not\n", 1));
    assert_eq!(place.read("a.json"), LOOSE);
    assert_eq!(place.run(&["fmt", "--check", "b.json"]).code, 0);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let Run { out, err, code } = Place::new(&[]).run_with(&["fmt", "-"], LOOSE);
    assert_eq!((out.as_str(), err.as_str(), code), (CANONICAL, "", 0));
}

#[test]
fn what_cannot_be_written_back_is_left_as_it_is() {
    for (text, finding) in [
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
        assert!(err.starts_with(finding), "{text}: {err}");
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
    // States that the model cannot hold are kept as they stand.
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
