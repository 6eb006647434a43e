//! No file and no function grows too long, but for those that are listed with a reason.

use std::{collections::BTreeMap, fs};

use syn::{
    ImplItemFn, ItemFn, ItemMod,
    spanned::Spanned,
    visit::{self, Visit},
};

use crate::source::{self, crates, sources};

/// The most lines of a file, tests not counted.
const FILE: usize = 500;
/// The most lines of a function's body.
const FUNCTION: usize = 80;

/// The bodies of a file's functions that are too long, by name.
#[derive(Default)]
struct Long(Vec<(String, usize)>);

impl Long {
    fn judge(&mut self, name: &syn::Ident, body: &syn::Block) {
        let span = body.span();
        let lines = span.end().line - span.start().line + 1;
        if lines > FUNCTION {
            self.0.push((name.to_string(), lines));
        }
    }
}

impl<'ast> Visit<'ast> for Long {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.judge(&item.sig.ident, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.judge(&item.sig.ident, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !source::is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
}

/// What is too long: files by their paths, functions as `path: name`.
fn found() -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    let mut files = 0;
    for folder in crates() {
        for source in sources(&folder) {
            files += 1;
            let code = source.text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
            let lines = code.lines().count();
            if lines > FILE {
                out.insert(source.shown.clone(), lines);
            }
            let mut long = Long::default();
            long.visit_file(&source.file);
            for (name, lines) in long.0 {
                out.insert(format!("{}: {name}", source.shown), lines);
            }
        }
    }
    assert!(files > 500, "only {files} files of source were found");
    out
}

/// `long.txt` lists what is longer, each with its most lines and the reason. What got shorter or went must be taken out there, so
/// that the list only ever shrinks.
#[test]
fn files_and_functions_do_not_grow() {
    let text = fs::read_to_string(source::root().join("tests/house/src/long.txt")).unwrap();
    let mut allowed = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let (what, reason) = line.split_once(" # ").unwrap_or_else(|| panic!("`{line}` gives no reason"));
        let (lines, what) =
            what.split_once(' ').unwrap_or_else(|| panic!("`{line}` is not a number and a name"));
        assert!(!reason.trim().is_empty(), "`{line}` gives no reason");
        let lines: usize = lines.parse().unwrap_or_else(|_| panic!("`{line}` does not begin with a number"));
        allowed.insert(what.to_owned(), lines);
    }
    let found = found();
    let mut wrong = Vec::new();
    for (what, lines) in &found {
        match allowed.get(what) {
            Some(most) if lines <= most => {}
            Some(most) => wrong.push(format!("{what} grew from {most} to {lines} lines")),
            None => {
                wrong.push(format!("{what} has {lines} lines: split it, or give the reason in `long.txt`"));
            }
        }
    }
    for what in allowed.keys().filter(|what| !found.contains_key(*what)) {
        wrong.push(format!("{what} is short now: take it out of `long.txt`"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
