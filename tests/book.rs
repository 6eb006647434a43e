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

/// The blocks that are neither Rust nor what the compiler says of it, by chapter and language, with the tests that read them. One that is
/// added without a test is not in the list.
const OTHERS: [(&str, &str, usize, &str); 24] = [
    ("callbacks", "console", 1, "stepfn-xtask/tests/book.rs"),
    ("choices", "json", 1, "the block of Rust before it"),
    ("command-line", "console", 1, "stepfn-cli/tests/cli/readme.rs"),
    ("command-line", "sh", 2, "stepfn-cli/tests/cli/book.rs, stepfn-xtask/tests/book.rs"),
    ("data-flow", "json", 1, "the block of Rust before it"),
    ("deployment", "console", 2, "stepfn-xtask/tests/book.rs"),
    ("deployment", "hcl", 1, "stepfn-xtask/tests/book.rs"),
    ("deployment", "sh", 1, "stepfn-xtask/tests/book.rs"),
    ("deployment", "text", 1, "the_files_of_a_project_are_those_that_new_writes"),
    ("deployment", "toml", 3, "stepfn-xtask/tests/book.rs"),
    ("deployment", "ts", 1, "stepfn-xtask/tests/book.rs"),
    ("deployment", "yaml", 1, "the_lines_of_a_serverless_yml_are_those_of_the_generated_file"),
    ("distributed-map", "toml", 1, "stepfn-xtask/tests/book.rs"),
    ("express", "console", 1, "stepfn-xtask/tests/book.rs"),
    ("first-workflow", "console", 2, "stepfn-cli/tests/cli/book.rs"),
    ("first-workflow", "json", 1, "the block of Rust before it, which reads the book"),
    ("first-workflow", "toml", 1, "stepfn-xtask/tests/book.rs"),
    ("import", "console", 4, "stepfn-cli/tests/cli/book.rs"),
    ("import", "json", 1, "the block of Rust behind it"),
    ("mistakes", "console", 1, "stepfn-cli/tests/cli/book.rs"),
    ("running", "console", 1, "stepfn-xtask/tests/book.rs"),
    ("serving", "console", 3, "stepfn-cli/tests/cli/book.rs, stepfn-cli/tests/cli/serve.rs"),
    ("serving", "sh", 2, "stepfn-cli/tests/cli/book.rs, tests/interop/serve.py"),
    ("testing", "text", 1, "the_report_of_a_failed_assertion_is_a_real_one"),
];

#[test]
fn every_block_is_read_by_a_test() {
    let mut found: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (name, chapter) in chapters() {
        let mut is_mistake = false;
        for block in blocks(&chapter) {
            let is_answer = is_mistake && block.language == "text";
            is_mistake = block.language == "rust,compile_fail";
            if !is_answer && !block.language.starts_with("rust") {
                *found.entry((name.clone(), block.language.to_owned())).or_default() += 1;
            }
        }
    }
    let known =
        OTHERS.map(|(chapter, language, count, _)| ((chapter.to_owned(), language.to_owned()), count));
    assert_eq!(found, BTreeMap::from(known), "a block needs a test, and a line in this list that names it");
}

fn block_of(chapter: &str, language: &str, index: usize) -> String {
    let chapter = &chapters()[chapter];
    let of_language = blocks(chapter).into_iter().filter(|block| block.language == language);
    of_language.map(|block| block.text.to_owned()).nth(index).unwrap()
}

#[test]
fn the_report_of_a_failed_assertion_is_a_real_one() {
    let snapshot =
        root().join("tests/testing/snapshots/testing__failures__a_failure_shows_where_it_was_left.snap");
    let real = fs::read_to_string(snapshot).unwrap();
    let shown = chapters()["testing"].clone();
    let shown = blocks(&shown).into_iter().rfind(|block| block.language == "text").unwrap().text.to_owned();
    for line in shown.lines() {
        assert!(real.contains(line.trim_end()), "{line}\n{real}");
    }
}

#[test]
fn the_files_of_a_project_are_those_that_new_writes() {
    let tree = block_of("deployment", "text", 0);
    let templates = root().join("stepfn-cli/templates");
    for (shown, written) in [
        ("Cargo.toml          [workspace] members = [\".\", \"xtask\"]", "Cargo.toml.txt"),
        (".cargo/config.toml  the alias", "config.toml"),
        ("src/lib.rs          your functions and machines", "lib.rs"),
        ("    ├── Cargo.toml", "xtask.toml"),
        ("    └── src/main.rs", "xtask.rs"),
    ] {
        assert!(tree.contains(shown) && templates.join(written).is_file(), "{shown}");
    }
    assert_eq!(tree.lines().count(), 7, "{tree}");
    assert_eq!(
        block_of("deployment", "toml", 0),
        fs::read_to_string(templates.join("config.toml")).unwrap().trim_end()
    );
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
