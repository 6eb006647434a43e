//! The book: its chapters are listed and tested, its links lead somewhere, and the compiler's messages in it are those that rustc prints.
//!
//! A block of `compile_fail` is the test `tests/ui/book/CHAPTER_N.rs`, and the block after it is what rustc says. `STEPFN_BLESS=1 cargo test
//! --test book` writes the former from the book, `TRYBUILD=overwrite cargo test --test ui` then lets rustc write its answer, and
//! `STEPFN_BLESS=1 cargo test --test book` once more takes that over into the book.
#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

/// The most lines of a chapter.
const MOST_LINES: usize = 250;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join("docs/book")
}

/// The chapters by their names, without the summary.
fn chapters() -> BTreeMap<String, String> {
    let mut chapters = BTreeMap::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_some_and(|extension| extension == "md") && name != "SUMMARY" {
            chapters.insert(name, fs::read_to_string(path).unwrap());
        }
    }
    assert!(chapters.len() > 10, "the book is there");
    chapters
}

/// A fenced block: its language, its text without the last line feed, and its line in the chapter.
struct Block<'c> {
    language: &'c str,
    text: &'c str,
    start: usize,
}

fn blocks(chapter: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = 0;
    while let Some(open) = chapter[rest..].find("```").map(|at| rest + at) {
        let line_end = open + chapter[open..].find('\n').unwrap();
        let start = line_end + 1;
        let end = start + chapter[start..].find("\n```").unwrap();
        blocks.push(Block { language: &chapter[open + 3..line_end], text: &chapter[start..end], start });
        rest = end + 4;
    }
    blocks
}

/// The text of a chapter without its blocks.
fn prose(chapter: &str) -> String {
    let mut inside = false;
    let lines = chapter.lines().filter(|line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The targets of the links `[…](target)`.
fn links(text: &str) -> Vec<&str> {
    let ends = text.match_indices("](").map(|(at, _)| &text[at + 2..]);
    ends.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target).collect()
}

/// The anchors of the headings, as mdBook makes them.
fn anchors(chapter: &str) -> BTreeSet<String> {
    let mut text = prose(chapter);
    if chapter.contains("{{#include ../language.md}}") {
        text += "\n";
        text += &fs::read_to_string(root().join("docs/language.md")).unwrap();
    }
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_chapter_is_in_the_summary_and_in_the_doctests() {
    let summary = fs::read_to_string(folder().join("SUMMARY.md")).unwrap();
    let library = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let listed: Vec<String> = links(&summary).iter().map(|link| link.replace(".md", "")).collect();
    let names: BTreeSet<String> = chapters().into_keys().collect();
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), names);
    assert_eq!(listed.len(), names.len(), "each is listed once");
    for name in names {
        assert!(library.contains(&format!("docs/book/{name}.md\")")), "src/lib.rs does not test {name}.md");
    }
}

#[test]
fn chapters_are_short() {
    for (name, chapter) in chapters() {
        let lines = chapter.lines().count();
        assert!(lines <= MOST_LINES, "{name}.md has {lines} lines");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let chapters = chapters();
    for (name, chapter) in &chapters {
        for link in links(&prose(chapter)) {
            if let Some(of_repository) = link.strip_prefix("https://github.com/stepfn/stepfn/blob/main/") {
                assert!(root().join(of_repository).is_file(), "{name}.md: {link}");
                continue;
            }
            if link.contains("://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { name.as_str() } else { file.trim_end_matches(".md") };
            let Some(target) = chapters.get(target) else { panic!("{name}.md: {link} leads nowhere") };
            assert!(
                anchor.is_empty() || anchors(target).contains(anchor),
                "{name}.md: {link}: there are {:?}",
                anchors(target)
            );
        }
    }
}

/// The lines that the book puts into a `serverless.yml` are those of the generated file.
#[test]
fn the_lines_of_a_serverless_yml_are_those_of_the_generated_file() {
    let generated = fs::read_to_string(root().join("generated/stepfn.serverless.yml")).unwrap();
    let chapter = &chapters()["deployment"];
    let yaml = blocks(chapter).into_iter().find(|block| block.language == "yaml").unwrap();
    let lines: Vec<&str> = yaml.text.lines().filter(|line| line.contains("${file(")).collect();
    assert_eq!(lines.len(), 2, "{}", yaml.text);
    for line in lines {
        assert!(generated.contains(line), "{line}");
    }
}

/// Rust that no test compiles would rot.
#[test]
fn no_block_of_rust_is_ignored() {
    for (name, chapter) in chapters() {
        for block in blocks(&chapter) {
            assert!(!block.language.is_empty(), "{name}.md: a block without a language");
            let known = ["rust", "rust,no_run", "rust,compile_fail"];
            assert!(
                !block.language.starts_with("rust") || known.contains(&block.language),
                "{name}.md: a block of `{}`",
                block.language
            );
        }
    }
}

/// A block as rustdoc compiles it: the `# ` before hidden lines is for the reader.
fn program(block: &str) -> String {
    let lines =
        block.lines().map(|line| if line == "#" { "" } else { line.strip_prefix("# ").unwrap_or(line) });
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn what_the_compiler_says_is_what_it_says() {
    let is_blessing = env::var_os("STEPFN_BLESS").is_some();
    let ui = root().join("tests/ui/book");
    let mut tests = BTreeSet::new();
    for (name, chapter) in chapters() {
        let mut blessed = chapter.clone();
        let blocks = blocks(&chapter);
        let mistakes =
            blocks.iter().zip(blocks.iter().skip(1)).filter(|(code, _)| code.language == "rust,compile_fail");
        let mistakes: Vec<_> = mistakes.enumerate().collect();
        // From the last one, so that places stay what they are.
        for (index, (code, answer)) in mistakes.into_iter().rev() {
            let test = format!("{}_{}", name.replace('-', "_"), index + 1);
            assert_eq!(
                answer.language, "text",
                "{name}.md: no answer of the compiler stands behind a mistake"
            );
            let source = ui.join(&test).with_extension("rs");
            let expected = program(code.text);
            if is_blessing {
                fs::create_dir_all(&ui).unwrap();
                if fs::read_to_string(&source).ok().as_ref() != Some(&expected) {
                    fs::write(&source, &expected).unwrap();
                }
            }
            assert_eq!(
                fs::read_to_string(&source).unwrap_or_default(),
                expected,
                "tests/ui/book/{test}.rs is stale"
            );
            let stderr = fs::read_to_string(source.with_extension("stderr")).unwrap_or_default();
            let said = stderr.trim_end().replace(&format!("tests/ui/book/{test}.rs"), "src/main.rs");
            if is_blessing {
                blessed.replace_range(answer.start..answer.start + answer.text.len(), &said);
            } else {
                assert_eq!(
                    answer.text,
                    said,
                    "{name}.md: rustc says something else of the mistake {}",
                    index + 1
                );
            }
            tests.insert(test);
        }
        if blessed != chapter {
            fs::write(folder().join(&name).with_extension("md"), blessed).unwrap();
        }
    }
    let there = fs::read_dir(&ui).unwrap().map(|entry| entry.unwrap().path().with_extension(""));
    let there: BTreeSet<PathBuf> = there.collect();
    let tests: BTreeSet<PathBuf> = tests.iter().map(|test| ui.join(test)).collect();
    assert_eq!(there, tests, "tests/ui/book holds what the book shows, and nothing else");
}
