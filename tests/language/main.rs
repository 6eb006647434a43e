//! The whole language, in three notations: ASL, `state_machine!` and the builder.
//!
//! Each case is a machine written by both fronts; they must make the same definition. `docs/language.md` is generated from the cases:
//! every field, operator, function and member of the context object must be in one of them, written as in the table.
//! After a change, `STEPFN_BLESS=1 cargo test --test language` writes the table anew.

#![allow(clippy::unwrap_used)]

mod choices;
mod functions;
mod maps;
mod run;
mod spelling;
mod table;
mod tasks;

use stepfn::{Definition, Workflow, builder::Machine};

/// A machine in its two notations.
pub(crate) struct Case {
    /// The test that covers its content: `maps::inline`.
    pub(crate) name: &'static str,
    /// The text of its module, of `state_machine!` and of the builder's calls.
    pub(crate) dsl: &'static str,
    pub(crate) calls: &'static str,
    pub(crate) written: Definition,
}

macro_rules! cases {
    ($($test:ident: $file:ident::$module:ident $machine:ident,)*) => {
        pub(crate) fn cases() -> Vec<Case> {
            vec![$(case(
                stringify!($test),
                (include_str!(concat!(stringify!($file), ".rs")), stringify!($module)),
                $file::$module::$machine::definition(),
            )),*]
        }

        $(#[test]
        fn $test() {
            agree(&$file::$module::$machine::definition(), &$file::$module::built());
        })*
    };
}

cases! {
    tasks_in_jsonpath: tasks::paths Paths,
    tasks_in_jsonata: tasks::expressions Expressions,
    waits_passes_and_ends_in_jsonpath: tasks::failures Failures,
    waits_passes_and_ends_in_jsonata: tasks::endings Endings,
    choices_in_jsonpath: choices::operators Operators,
    choices_in_jsonata: choices::conditions Conditions,
    inline_maps: maps::inline Inline,
    distributed_maps: maps::distributed Distributed,
    maps_in_jsonata: maps::expressions MapExpressions,
    intrinsic_functions: functions::intrinsics Intrinsics,
    context_object: functions::context Context,
}

/// Cuts the text of a module into the notations of `state_machine!` and of the builder.
fn case(name: &'static str, (file, module): (&'static str, &str), written: Definition) -> Case {
    let (_, text) = file.split_once(&format!("mod {module} {{")).unwrap();
    let text = text.split("\npub(crate) mod ").next().unwrap();
    let (dsl, calls) = text.split_once("fn built()").unwrap();
    Case { name, dsl, calls, written }
}

fn agree(written: &Definition, built: &Definition) {
    let asl = written.machine.to_canonical_string();
    let (read, diagnostics) = stepfn::asl::read_str(&asl).unwrap();
    assert_eq!(diagnostics, []);
    assert_eq!(read, written.machine);
    assert_eq!(asl, built.machine.to_canonical_string());
    let tasks = |definition: &Definition| -> Vec<_> {
        definition.tasks.iter().map(|task| (task.state.clone(), task.task.name, task.call)).collect()
    };
    assert_eq!(tasks(written), tasks(built));
    assert_eq!(written.substitutions, built.substitutions);
    assert_eq!(written.name, built.name);
}

/// The builder's definition; what it warns of the macro allows by name, so that only errors count.
pub(crate) fn definition(machine: Machine) -> Definition {
    match machine.build() {
        Ok(definition) => definition,
        Err(diagnostics) => panic!("{diagnostics}"),
    }
}
