//! Definitions that people wrote and AWS took. They are not part of this repository: `STEPFN_REALWORLD_DIR` is where they
//! are.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use crate::{Run, stepfn};

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}

/// What a test prints with a macro is not seen when it passes.
fn say(text: &str) {
    writeln!(io::stdout().lock(), "{text}").unwrap();
}

fn files() -> Vec<PathBuf> {
    let fallback = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/realworld");
    let directory = env::var_os("STEPFN_REALWORLD_DIR").map_or(fallback, PathBuf::from);
    let mut files = Vec::new();
    collect(&directory, &mut files);
    files.sort();
    if files.is_empty() {
        say(&format!("no definitions in {}: nothing is checked", directory.display()));
    }
    files
}

#[test]
fn published_definitions_have_no_errors() {
    let files = files();
    if files.is_empty() {
        return;
    }
    let names: Vec<&str> = files.iter().map(|path| path.to_str().unwrap()).collect();
    let start = Instant::now();
    let Run { out, err, code } = stepfn(Path::new("."), &[&["check"], &names[..]].concat(), "", &[]);
    say(&format!("{} published definitions in {:.2?}: {}", files.len(), start.elapsed(), err.trim_end()));
    assert_eq!(code, 0, "{out}");
}

#[test]
fn published_definitions_are_formatted_without_loss() {
    for path in files() {
        let text = fs::read_to_string(&path).unwrap();
        let once = stepfn(Path::new("."), &["fmt", "-"], &text, &[]);
        assert_eq!(once.code, 0, "{}: {}", path.display(), once.err);
        let before = stepfn_core::json::parse_value(&text).unwrap();
        assert_eq!(stepfn_core::json::parse_value(&once.out).unwrap(), before, "{}", path.display());
        assert_eq!(stepfn(Path::new("."), &["fmt", "-"], &once.out, &[]).out, once.out, "{}", path.display());
    }
}
