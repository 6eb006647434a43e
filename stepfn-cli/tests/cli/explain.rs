use crate::{Place, Run};

#[test]
fn a_code_has_a_page() {
    let Run { out, code, .. } = Place::new(&[]).run(&["explain", "unknown-state"]);
    assert!(out.starts_with("# unknown-state (error)\n\n"), "{out}");
    assert!(out.contains("\n## Failing\n\n```json\n{") && out.contains("\n## Mended\n\n```json\n{"), "{out}");
    assert_eq!(code, 0);
}

#[test]
fn an_unknown_code_gets_the_nearest() {
    let Run { out, err, code } = Place::new(&[]).run(&["explain", "unknwon-state"]);
    assert_eq!((out.as_str(), code), ("", 1));
    assert_eq!(err, "error: there is no code `unknwon-state`\n  = help: did you mean `unknown-state`?\n");
    let Run { err, code, .. } = Place::new(&[]).run(&["explain", "zzz"]);
    assert_eq!(err, "error: there is no code `zzz`\n  = help: `stepfn explain --list` lists them\n");
    assert_eq!(code, 1);
}

#[test]
fn each_listed_code_can_be_explained() {
    let place = Place::new(&[]);
    let Run { out, code, .. } = place.run(&["explain", "--list"]);
    assert_eq!(code, 0);
    assert!(out.lines().count() > 40);
    for line in out.lines() {
        let name = line.split_whitespace().next().unwrap();
        let page = place.run(&["explain", name]);
        assert_eq!(page.code, 0, "{name}");
        assert!(page.out.starts_with(&format!("# {name} (")), "{name}");
    }
}
