//! The fixes that are certain, over definitions with one mistake each, where they are at hand: `STEPFN_MUTANTS_DIR` is where, by default
//! they are looked for beside the checkout. Where there are none, nothing is tested here.

use std::{
    collections::HashSet,
    env, fs,
    path::{Path, PathBuf},
};

use stepfn_core::{
    check::{Checked, Options, check_text, fix_text},
    diagnostic::Severity,
};

fn errors(checked: &Checked) -> HashSet<(&'static str, String)> {
    let errors = checked.diagnostics.iter().filter(|found| found.diagnostic.severity == Severity::Error);
    errors.map(|found| (found.diagnostic.code.name(), found.diagnostic.message.clone())).collect()
}

fn files(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            out.push(path);
        }
    }
}

#[test]
fn a_mistake_is_fixed_or_left_and_no_other_is_made() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/mutants");
    let mut paths = Vec::new();
    files(&env::var_os("STEPFN_MUTANTS_DIR").map_or(beside, PathBuf::from), &mut paths);
    let options = Options::default();
    let (mut fixed_texts, mut right) = (0, 0);
    for path in &paths {
        let text = fs::read_to_string(path).unwrap();
        let before = check_text(&text, &options);
        if before.diagnostics.is_empty() || before.document.is_none() {
            continue;
        }
        let fixed = fix_text(&text, &options);
        let name = path.display();
        assert!(errors(&fixed.checked).is_subset(&errors(&before)), "{name}: another error");
        assert_eq!(fixed.text == text, fixed.applied.is_empty(), "{name}");
        let again = fix_text(&fixed.text, &options);
        assert!(again.applied.is_empty() && again.text == fixed.text, "{name}: a second time");
        fixed_texts += usize::from(!fixed.applied.is_empty());
        right += usize::from(!fixed.applied.is_empty() && errors(&fixed.checked).is_empty());
    }
    println!("{} files, {fixed_texts} fixed, {right} right then", paths.len());
    assert!(paths.is_empty() || right > 10);
}
