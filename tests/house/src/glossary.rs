//! The field's words: the names of items, comments and the documentation have one word for one thing.

use std::{collections::BTreeSet, fs};

use syn::visit::{self, Visit};

use crate::source::{crates, is_test, root, sources};

/// Words that have a common one: the beginning of a word in a name, and what to write.
const IN_NAMES: [(&str, &str); 8] = [
    ("mend", "fix"),
    ("misfit", "mismatch"),
    ("spell", "render"),
    ("spelt", "render"),
    ("finding", "diagnostic"),
    ("said", "what it is: a message, a name, an answer"),
    ("spot", "place, or span"),
    ("told", "known, or reported"),
];

/// Names of types that say less than they should.
const TYPES: [(&str, &str); 5] = [
    ("Fine", "Success"),
    ("Left", "the result"),
    ("Misfit", "Mismatch"),
    ("Via", "the edge"),
    ("Wrong", "Mismatch, or an error"),
];

/// The same in comments and documentation: words, and phrases.
const IN_PROSE: [(&str, &str); 6] = [
    ("mended", "fixed"),
    ("mends", "fixes"),
    ("misfit", "mismatch"),
    ("misfits", "mismatches"),
    ("where nothing is said", "by default"),
    ("findings", "diagnostics"),
];

/// The same in sentences: code in them is left out, for a state or a variable of an example may have such a name.
const IN_SENTENCES: [(&str, &str); 2] =
    [("told", "known, reported or asked"), ("said", "reported, declared or known")];

/// The words of a name in snake or camel case.
fn words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for c in name.chars() {
        if c == '_' || c.is_uppercase() {
            out.push(String::new());
        }
        if c != '_'
            && let Some(last) = out.last_mut()
        {
            last.extend(c.to_lowercase());
        }
    }
    out.retain(|word| !word.is_empty());
    out
}

/// The names of items, methods and variants, tests left out.
#[derive(Default)]
struct Names {
    all: BTreeSet<String>,
    types: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let (name, attributes, is_type) = match item {
            syn::Item::Struct(item) => (&item.ident, &item.attrs, true),
            syn::Item::Enum(item) => (&item.ident, &item.attrs, true),
            syn::Item::Trait(item) => (&item.ident, &item.attrs, true),
            syn::Item::Type(item) => (&item.ident, &item.attrs, true),
            syn::Item::Fn(item) => (&item.sig.ident, &item.attrs, false),
            syn::Item::Const(item) => (&item.ident, &item.attrs, false),
            syn::Item::Mod(item) => (&item.ident, &item.attrs, false),
            _ => return visit::visit_item(self, item),
        };
        if is_test(attributes) {
            return;
        }
        if is_type {
            self.types.insert(name.to_string());
        }
        self.all.insert(name.to_string());
        visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.all.insert(item.sig.ident.to_string());
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.all.insert(variant.ident.to_string());
    }
}

#[test]
fn names_are_the_fields_words() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for folder in crates() {
        for source in sources(&folder) {
            let mut names = Names::default();
            names.visit_file(&source.file);
            seen += names.all.len();
            for name in &names.all {
                // A constant is in capitals: its words are those between its underscores.
                let lower =
                    if name.chars().any(char::is_lowercase) { name.clone() } else { name.to_lowercase() };
                for (word, better) in IN_NAMES {
                    if words(&lower).iter().any(|part| part.starts_with(word)) {
                        wrong.push(format!("{}: `{name}`: write {better}", source.shown));
                    }
                }
            }
            for (name, better) in TYPES.iter().filter(|(name, _)| names.types.contains(*name)) {
                wrong.push(format!("{}: the type `{name}`: write {better}", source.shown));
            }
        }
    }
    assert!(seen > 3000, "only {seen} names");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The lines of prose of a file: comments of Rust, all of Markdown.
fn prose(path: &str, text: &str) -> Vec<String> {
    let is_rust = path.ends_with(".rs");
    let lines = text.lines().filter(|line| !is_rust || line.trim_start().starts_with("//"));
    lines.map(str::to_lowercase).collect()
}

/// The lines of prose of a file without their code: neither the lines between fences, nor what is between backticks.
fn sentences(path: &str, text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut out = Vec::new();
    for line in prose(path, text) {
        let fence = line.trim_start_matches(['/', '!', ' ']).starts_with("```");
        is_code ^= fence;
        if !is_code && !fence {
            out.push(line.split('`').step_by(2).collect::<Vec<_>>().join(" "));
        }
    }
    out
}

/// A line as its words, each between blanks.
fn in_words(line: &str) -> String {
    let words: Vec<&str> = line.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

#[test]
fn prose_is_in_the_fields_words() {
    let mut files: Vec<(String, String)> = Vec::new();
    for folder in crates() {
        files.extend(sources(&folder).into_iter().map(|source| (source.shown, source.text)));
    }
    let docs = ["docs", "docs/book"].iter().flat_map(|folder| fs::read_dir(root().join(folder)).unwrap());
    let docs = docs
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"));
    let top = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root().join(name));
    for path in docs.chain(top) {
        files.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
    }
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for (path, text) in &files {
        for line in prose(path, text) {
            seen += 1;
            let line = in_words(&line);
            for (word, better) in IN_PROSE {
                if line.contains(&format!(" {word} ")) {
                    wrong.push(format!("{path}: `{word}`: write {better}:{line}"));
                }
            }
        }
        for line in sentences(path, text) {
            let line = in_words(&line);
            for (word, better) in IN_SENTENCES {
                if line.contains(&format!(" {word} ")) {
                    wrong.push(format!("{path}: `{word}`: write {better}:{line}"));
                }
            }
        }
    }
    assert!(seen > 10_000, "only {seen} lines");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
