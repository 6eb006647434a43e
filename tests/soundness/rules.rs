//! The rules of the data flow: the place of each in the source, and its reason. A place that has no class here fails the test.

use std::{fmt, fs, path::Path};

/// The reason for a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "rule-switches"), allow(dead_code))] // read by the power run
pub(crate) enum Class {
    /// Without it machines fail.
    Fails,
    /// It refuses what makes no sense but does not fail, for this reason.
    Lint(&'static str),
    /// Another rule refuses the same: without both machines fail.
    Doubled(&'static str),
}

impl Class {
    /// Whether a machine must be found that fails without the rule.
    #[cfg_attr(not(feature = "rule-switches"), allow(dead_code))]
    pub(crate) fn prevents(self) -> bool {
        self == Self::Fails
    }
}

/// A place in the source that reports, or makes a claim, or where something is known by a name of its own.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// That name, where it has one.
    pub(crate) own: Option<String>,
    /// Within the module `flow`.
    pub(crate) file: String,
    pub(crate) function: String,
    pub(crate) call: &'static str,
    /// Which of the function's places it is, from 1.
    pub(crate) number: usize,
    #[cfg_attr(not(feature = "rule-switches"), allow(dead_code))]
    pub(crate) line: usize,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, function, call, number, own, .. } = self;
        if let Some(own) = own {
            return f.write_str(own);
        }
        write!(f, "{file} {function} {call} {number}")
    }
}

/// The functions that report or claim: the places of their calls are those of the rules, for they are `#[track_caller]`.
const CALLS: [&str; 10] = [
    "wrong",
    "oblige",
    "require",
    "demand",
    "claim_path",
    "cannot_tell",
    "never_true",
    "nothing",
    "may_be_wrong",
    "is_off(\"",
];

/// All places, out of the source.
pub(crate) fn sites() -> Vec<Site> {
    let flow = Path::new(env!("CARGO_MANIFEST_DIR")).join("stepfn-core/src/flow");
    let mut found = Vec::new();
    for folder in ["", "call/"] {
        let mut names: Vec<_> = fs::read_dir(flow.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".rs") && !name.ends_with("tests.rs") && name != "switch.rs")
            .collect();
        names.sort();
        for name in names {
            let file = format!("{folder}{name}");
            let text = fs::read_to_string(flow.join(&file)).unwrap();
            sites_in(&file, &text, &mut found);
        }
    }
    found
}

fn sites_in(file: &str, text: &str, found: &mut Vec<Site>) {
    let (mut function, mut tracks, mut number) = (String::new(), false, 0);
    let mut attribute = false;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with("#[cfg(test)]") {
            return;
        }
        attribute |= line.trim() == "#[track_caller]";
        if let Some(name) = name_of(line) {
            (function, tracks, number) = (name.to_owned(), attribute, 0);
            attribute = false;
            continue;
        }
        let calls = |call: &str| {
            if call.ends_with('"') { line.contains(call) } else { line.contains(&format!(".{call}(")) }
        };
        // What is `#[track_caller]` itself is known by the places that call it.
        if let Some(call) = CALLS.iter().find(|call| calls(call) && (!tracks || call.ends_with('"'))) {
            number += 1;
            let own =
                line.split_once("is_off(\"").and_then(|(_, rest)| Some(rest.split_once('"')?.0.to_owned()));
            found.push(Site {
                own,
                file: file.into(),
                function: function.clone(),
                call,
                number,
                line: index + 1,
            });
        }
    }
}

/// The name of the function that a line begins.
fn name_of(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = ["fn ", "pub(super) fn ", "pub fn ", "const fn ", "pub(in super::super) fn "]
        .iter()
        .find_map(|before| line.strip_prefix(before))?;
    rest.split(['(', '<']).next()
}

/// The name of a rule with its place by function instead of by line.
#[cfg(feature = "rule-switches")]
pub(crate) fn name(rule: &str, sites: &[Site]) -> String {
    let Some((place, said)) = rule.split_once(' ') else { return rule.to_owned() };
    let Some((file, line)) = place.rsplit_once(':') else { return rule.to_owned() };
    let line = line.parse().unwrap_or(0);
    let site = sites.iter().find(|site| site.file == file && site.line == line);
    site.map_or_else(|| rule.to_owned(), |site| format!("{site} {said}"))
}

/// Returns the lines of `rules.txt`: the class and the name, as far as it is meant.
fn classes() -> impl Iterator<Item = (Class, &'static str)> {
    let lines = include_str!("rules.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let (class, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (name, reason) = rest.split_once(" = ").unwrap_or((rest, ""));
        match class {
            "fails" => (Class::Fails, name),
            "lint" if !reason.is_empty() => (Class::Lint(reason), name),
            "doubled" if !reason.is_empty() => (Class::Doubled(reason), name),
            _ => panic!("rules.txt: no class, or no reason: {line}"),
        }
    })
}

/// The class of a rule: that of the longest name that it has in it.
pub(crate) fn class(rule: &str) -> Option<Class> {
    let is_meant = |name: &str| {
        rule.contains(name)
            && !rule[rule.find(name).unwrap_or(0) + name.len()..].starts_with(|c: char| c.is_ascii_digit())
    };
    let named = classes().filter(|(_, name)| is_meant(name));
    // A class that is no failure is given to words, wherever they are.
    named.max_by_key(|(class, name)| (*class != Class::Fails, name.len())).map(|(class, _)| class)
}

#[test]
fn each_rule_has_a_class() {
    let mut names: Vec<String> = sites().iter().map(Site::to_string).collect();
    for need in crate::tables::variants("shape/claim.rs", "Need<'a>") {
        names.push(format!("claim to {}", if need == "Literal" { "a literal" } else { &need }));
    }
    let missing: Vec<_> = names.iter().filter(|name| class(name).is_none()).collect();
    assert!(missing.is_empty(), "no line in rules.txt, for it is new or has moved:\n{missing:#?}");
    let is_known =
        |name: &str| names.iter().any(|known| known.starts_with(name) || name.starts_with(known.as_str()));
    let gone: Vec<_> = classes().filter(|(_, name)| name.contains(".rs ") && !is_known(name)).collect();
    assert!(gone.is_empty(), "in rules.txt, but no longer in the source:\n{gone:#?}");
}
