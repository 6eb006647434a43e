//! Circles: files of a crate that use each other. Those that are there are listed, and the list only ever shrinks.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
};

use crate::{
    floors::named,
    source::{crates, root, sources},
};

type Module = Vec<String>;

/// The files that each file of a crate uses. A module that declares another does not use it by that.
fn edges(folder: &str) -> BTreeMap<Module, BTreeSet<Module>> {
    let sources = sources(folder);
    let files: BTreeSet<&Module> = sources.iter().map(|source| &source.module).collect();
    let uses = |source: &crate::source::Source| {
        let paths = named(source);
        let found = paths.iter().filter_map(|path| {
            let file = (1..=path.len())
                .rev()
                .map(|length| path[..length].to_vec())
                .find(|path| files.contains(path));
            file.filter(|file| !file.starts_with(&source.module))
        });
        found.collect()
    };
    sources.iter().map(|source| (source.module.clone(), uses(source))).collect()
}

/// All that can be reached from a file, itself where it is in a circle.
fn reached<'e>(from: &Module, edges: &'e BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<&'e Module> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(module) = open.pop() {
        for next in edges.get(module).into_iter().flatten() {
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    seen
}

/// The circles of a crate, each as the names of its files.
fn circles(folder: &str) -> BTreeSet<String> {
    let edges = edges(folder);
    let reached: BTreeMap<&Module, _> =
        edges.keys().map(|module| (module, reached(module, &edges))).collect();
    let mut out = BTreeSet::new();
    for (module, far) in &reached {
        if far.contains(module) {
            let of_circle = far.iter().filter(|other| reached[**other].contains(module));
            let names: Vec<String> = of_circle.map(|module| module.join("::")).collect();
            out.insert(names.join(" "));
        }
    }
    out
}

#[test]
fn no_files_use_each_other_but_for_those_that_are_listed() {
    let mut text = String::from("# Files that use each other, by crates: these only get fewer.\n");
    for folder in crates() {
        for circle in circles(&folder) {
            let name = if folder.is_empty() { "stepfn" } else { &folder };
            writeln!(text, "{name}: {circle}").unwrap();
        }
    }
    let path = root().join("tests/house/src/circles.txt");
    if std::env::var_os("STEPFN_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let listed = fs::read_to_string(&path).unwrap();
    assert!(
        text == listed,
        "what is there:\n{text}\nis not what `circles.txt` lists:\n{listed}\nWhere a circle is gone, bless it with STEPFN_BLESS=1"
    );
}
