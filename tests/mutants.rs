//! Published definitions with one seeded mistake each: how many the checks find, by group of mistakes.
//!
//! They are looked for in `STEPFN_MUTANTS_DIR` (by default beside the checkout), with the definitions that they were made of in
//! `STEPFN_REALWORLD_DIR`. Where there are none, the test reports it and passes. A mutant is found when its definition has a diagnostic that
//! the unchanged one has not. `STEPFN_MUTANT=<class>` prints the diagnostics of a class.
#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
};

use stepfn::{
    WorkflowType,
    check::{self, Options},
    json,
};

fn directory(variable: &str, default: &str) -> PathBuf {
    std::env::var_os(variable)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(default), PathBuf::from)
}

/// Returns the diagnostics of a definition, without places: a mutation moves them.
fn said(text: &str, workflow_type: WorkflowType) -> HashSet<String> {
    let options = Options { workflow_type };
    let checked = check::check_text(text, &options);
    let line = |found: &check::Located| {
        format!(
            "{}[{}]: {}",
            found.diagnostic.severity,
            found.diagnostic.code.name(),
            found.diagnostic.message
        )
    };
    checked.diagnostics.iter().map(line).collect()
}

#[test]
fn seeded_mistakes_are_found() {
    let mutants = directory("STEPFN_MUTANTS_DIR", "shared/mutants");
    let bases = directory("STEPFN_REALWORLD_DIR", "shared/realworld");
    let Ok(manifest) = std::fs::read_to_string(mutants.join("manifest.json")) else {
        println!("no mutants in {}, nothing to test", mutants.display());
        return;
    };
    let manifest = json::parse_value(&manifest).unwrap();
    let shown = std::env::var("STEPFN_MUTANT").ok();
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for mutant in manifest.as_array().unwrap() {
        let word = |field: &str| mutant[field].as_str().unwrap_or_default().to_owned();
        let express = mutant["express"].as_bool() == Some(true);
        let workflow_type = if express { WorkflowType::Express } else { WorkflowType::Standard };
        let text = std::fs::read_to_string(mutants.join(word("file"))).unwrap();
        let mut diagnostics = said(&text, workflow_type);
        if let Ok(base) = std::fs::read_to_string(bases.join(format!("{}.asl.json", word("base")))) {
            // That a machine is Express is a mistake of its own.
            for known in said(&base, WorkflowType::Standard) {
                diagnostics.remove(&known);
            }
        }
        if shown.as_ref() == Some(&word("class")) {
            println!("{}: {}\n  {diagnostics:#?}", word("file"), word("change"));
        }
        let (found, all) = groups.entry(word("group")).or_default();
        *all += 1;
        if diagnostics.is_empty() {
            missed.push(format!(
                "{} ({}; AWS: {}, {})",
                word("file"),
                word("change"),
                word("aws"),
                word("confidence")
            ));
        } else {
            *found += 1;
        }
    }
    for (group, (found, all)) in &groups {
        println!("{group}: {found} of {all}");
    }
    for mutant in &missed {
        println!("missed: {mutant}");
    }
    let (found, all) = groups.values().fold((0, 0), |(found, all), (f, a)| (found + f, all + a));
    println!("found {found} of {all}");
}
