use std::{env, fs, path::Path};

use stepfn_core::check::Code;

use crate::{Place, Run};

#[test]
fn a_code_has_a_page() {
    let Run { out, code, .. } = Place::new(&[]).run(&["explain", "unknown-state"]);
    assert!(out.starts_with("# unknown-state (error)\n\n"), "{out}");
    assert!(out.contains("\n## Failing\n\n```json\n{") && out.contains("\n## Fixed\n\n```json\n{"), "{out}");
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

/// The address that diagnostics name leads to a heading of `docs/errors.md`. `STEPFN_BLESS=1` writes the file.
#[test]
fn the_page_of_all_codes_is_current() {
    let mut page = "# Errors and warnings\n\nWritten from the rules by `STEPFN_BLESS=1 cargo test -p stepfn-cli --test cli the_page`; do not edit.\n"
        .to_owned();
    for code in Code::ALL {
        let explanation = code.explanation();
        let (_, body) = explanation.split_once("\n\n").unwrap();
        let body = body.replace("\n## ", "\n### ");
        page.push_str(&format!(
            "\n## {}\n\nIs {}. {body}",
            code.name(),
            match code.severity().to_string().as_str() {
                "error" => "an error",
                _ => "a warning",
            }
        ));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors.md");
    if env::var_os("STEPFN_BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(written == page, "`docs/errors.md` is out of date: run this test with STEPFN_BLESS=1");
    for code in Code::ALL {
        let (_, anchor) =
            code.url().split_once('#').map(|(path, anchor)| (path.to_owned(), anchor.to_owned())).unwrap();
        assert!(page.contains(&format!("\n## {anchor}\n")), "{anchor}");
    }
}
