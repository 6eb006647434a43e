use crate::{Place, Run};

const OLD: &str = r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": 1, "End": true } } }"#;
const NEW: &str = r#"{ "States": { "A": { "End": true, "Seconds": 2, "Type": "Wait" } }, "StartAt": "A" }"#;

#[test]
fn changes_are_code_1_and_none_code_0() {
    let place = Place::new(&[("old.json", OLD), ("new.json", NEW)]);
    let Run { out, code, .. } = place.run(&["diff", "old.json", "new.json"]);
    assert_eq!(code, 1);
    assert_eq!(out, "~ state `A`: `Seconds: 1` is now `2`\n1 change, none breaks executions that run\n");
    let same = place.run_with(&["diff", "old.json", "-"], &OLD.replace(' ', "\n"));
    assert_eq!((same.out.as_str(), same.code), ("no changes\n", 0));
    let json = place.run(&["diff", "old.json", "new.json", "--format", "json"]);
    assert!(
        json.out
            .starts_with(r#"{"changes":[{"area":"timing","kind":"changed","pointer":"/States/A/Seconds""#),
        "{}",
        json.out
    );
}

#[test]
fn what_is_no_definition_is_code_2() {
    let place = Place::new(&[("old.json", OLD), ("bad.json", "{"), ("list.json", "[1]")]);
    for bad in ["bad.json", "list.json", "missing.json"] {
        let Run { out, err, code } = place.run(&["diff", "old.json", bad]);
        assert_eq!((out.as_str(), code), ("", 2), "{bad}");
        assert!(err.contains(bad), "{err}");
    }
    assert_eq!(place.run(&["diff", "-", "-"]).code, 2);
}
