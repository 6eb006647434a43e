//! The policies of definitions that others published, where they are at hand: `STEPFN_REALWORLD_DIR`, else `../shared/realworld`.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use stepfn_codegen::iam;
use stepfn_core::{
    asl::{self, StateKind, StateMachine},
    definition::{Definition, WorkflowType},
};

fn definitions() -> Option<Vec<Definition>> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/realworld");
    let root = std::env::var_os("STEPFN_REALWORLD_DIR").map_or(default, PathBuf::from);
    let mut files: Vec<PathBuf> = fs::read_dir(root)
        .ok()?
        .filter_map(|folder| fs::read_dir(folder.ok()?.path()).ok())
        .flatten()
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    let read = |file: &PathBuf| {
        let (machine, _) = asl::read_str(&fs::read_to_string(file).ok()?).ok()?;
        let name = file.file_stem()?.to_str()?.to_owned();
        Some(Definition::from_asl(name, WorkflowType::Standard, machine))
    };
    Some(files.iter().filter_map(read).collect())
}

fn tasks(machine: &StateMachine, at: &str, found: &mut BTreeSet<String>) {
    for (name, state) in &machine.states {
        let pointer = format!("{at}/States/{}", name.replace('~', "~0").replace('/', "~1"));
        if matches!(state.kind, StateKind::Task(_)) {
            found.insert(pointer.clone());
        }
        for (below, machine) in state.children() {
            tasks(machine, &format!("{pointer}{below}"), found);
        }
    }
}

/// The same machine with nothing but this one task in it.
fn alone(definition: &Definition, pointer: &str) -> Definition {
    let mut machine = &definition.machine;
    let mut state = None;
    let mut parts = pointer.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        match part {
            "States" => {
                let name = parts.next().unwrap().replace("~1", "/").replace("~0", "~");
                state = Some((name.clone(), &machine.states[&*name]));
            }
            "Branches" => {
                let index: usize = parts.next().unwrap().parse().unwrap();
                machine = state.as_ref().unwrap().1.children()[index].1;
            }
            _ => machine = state.as_ref().unwrap().1.children()[0].1,
        }
    }
    let (name, state) = state.unwrap();
    let states = [(name, state.clone())].into_iter().collect();
    let mut alone = definition.clone();
    alone.machine = StateMachine { states, ..StateMachine::default() };
    alone
}

#[test]
fn every_task_has_a_statement_or_needs_none() {
    let Some(definitions) = definitions() else {
        println!("no published definitions at hand: set STEPFN_REALWORLD_DIR");
        return;
    };
    let (mut with, mut needless, mut placeholders, mut without) = (0, 0, 0, Vec::new());
    for definition in &definitions {
        let mut found = BTreeSet::new();
        tasks(&definition.machine, "", &mut found);
        for pointer in found {
            let policy = iam::policy(&alone(definition, &pointer));
            if !policy.needless().is_empty() {
                needless += 1;
            } else if policy.statements.iter().any(|statement| statement.effect == iam::Effect::Allow) {
                with += 1;
            } else {
                without.push(format!("{}{pointer}", definition.name));
            }
        }
        let policy = iam::policy(definition);
        placeholders += policy.unknown().len();
        for statement in &policy.statements {
            if std::env::var_os("STEPFN_PRINT_POLICIES").is_some() {
                println!(
                    "{} {}",
                    statement.action.join(","),
                    statement.resource.iter().map(|r| r.arn.as_str()).collect::<Vec<_>>().join(" ")
                );
            }
            for resource in &statement.resource {
                assert_eq!(
                    resource.arn.contains(['*', '?']),
                    resource.wide.is_some(),
                    "{}: {resource:?}",
                    definition.name
                );
            }
        }
        if std::env::var_os("STEPFN_PRINT_POLICIES").is_some() {
            for unknown in policy.unknown() {
                println!("UNKNOWN {} {} {}: {}", unknown.name, unknown.state, unknown.field, unknown.why);
            }
        }
    }
    println!(
        "{} definitions: {with} tasks with a statement, {needless} that need none, {} without; {placeholders} placeholders",
        definitions.len(),
        without.len()
    );
    assert_eq!(without, [""; 0]);
}
