//! `cargo xtask list`

use std::io::{self, Write};

use stepfn_cli::Format;
use stepfn_codegen::{asl, serverless};
use stepfn_core::{asl::StateMachine, definition::Definition, value::Value};

pub(crate) fn run(definitions: &[Definition], format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => table(definitions, out),
        Format::Json => {
            let machines = definitions.iter().map(|definition| {
                let functions = definition.functions().into_iter().map(|task| Value::from(task.name));
                let files = [asl::file_name(definition), serverless::FILE_NAME.to_owned()];
                Value::object([
                    ("name", Value::from(definition.name.as_str())),
                    ("type", definition.workflow_type.name().into()),
                    ("states", (n_states(&definition.machine) as u64).into()),
                    ("functions", Value::array(functions)),
                    ("files", Value::array(files.map(Value::from))),
                ])
            });
            writeln!(out, "{}", Value::array(machines))
        }
    }
}

fn table(definitions: &[Definition], out: &mut dyn Write) -> io::Result<()> {
    let mut rows = vec![["NAME", "TYPE", "STATES", "FUNCTIONS", "FILES"].map(str::to_owned)];
    for definition in definitions {
        let functions: Vec<&str> = definition.functions().iter().map(|task| task.name).collect();
        rows.push([
            definition.name.clone(),
            definition.workflow_type.name().to_owned(),
            n_states(&definition.machine).to_string(),
            if functions.is_empty() { "-".to_owned() } else { functions.join(", ") },
            format!("{}, {}", asl::file_name(definition), serverless::FILE_NAME),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..4).map(width).collect();
    for [name, kind, states, functions, files] in &rows {
        writeln!(
            out,
            "{name:<0$}  {kind:<1$}  {states:>2$}  {functions:<3$}  {files}",
            widths[0], widths[1], widths[2], widths[3]
        )?;
    }
    Ok(())
}

/// The states, with those of branches and item processors.
fn n_states(machine: &StateMachine) -> usize {
    let nested = machine.states.values().flat_map(|state| state.children());
    machine.states.len() + nested.map(|(_, child)| n_states(child)).sum::<usize>()
}
