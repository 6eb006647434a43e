//! The source files of the workspace's crates, parsed.

use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folders of the members that are published; the facade's is empty.
pub(crate) fn crates() -> Vec<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let members = manifest.lines().find(|line| line.starts_with("members = ")).expect("one line of members");
    let mut out: Vec<String> = members
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|folder| {
            let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
            !text.contains("\npublish = false")
        })
        .map(str::to_owned)
        .collect();
    out.push(String::new());
    out.sort();
    assert!(out.len() > 10, "{out:?}");
    out
}

/// A source file, its tests left out.
pub(crate) struct Source {
    /// The path below the repository, with `/`.
    pub(crate) shown: String,
    /// The modules that the file is, from the crate's root: `asl::read` of `src/asl/read.rs`, and nothing of `src/lib.rs`.
    pub(crate) module: Vec<String>,
    pub(crate) text: String,
    pub(crate) file: syn::File,
}

/// The files of a crate's `src`, those of tests left out, in the order of their paths.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    let src = root().join(folder).join("src");
    walk(&src, &mut paths);
    assert!(!paths.is_empty(), "`{folder}` has no source");
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let shown: Vec<_> =
                path.strip_prefix(root()).unwrap().iter().map(|part| part.to_string_lossy()).collect();
            let mut module: Vec<String> = path
                .strip_prefix(&src)
                .unwrap()
                .iter()
                .map(|part| part.to_string_lossy().trim_end_matches(".rs").to_owned())
                .collect();
            if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
                module.pop();
            }
            let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            Source { shown: shown.join("/"), module, text, file }
        })
        .collect()
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_test = name == "tests" || name.ends_with("tests.rs") || name == "fuzz.rs";
        if path.is_dir() && !is_test {
            walk(&path, out);
        } else if name.ends_with(".rs") && !is_test {
            out.push(path);
        }
    }
}

/// Whether an item is there for tests alone.
pub(crate) fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|argument| argument == "test")
    })
}

/// Whether an item is left out of the documentation.
pub(crate) fn is_hidden(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("doc")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|argument| argument == "hidden")
    })
}
