//! `cargo xtask list`

use std::io::Write;

use stepfn_cli::Format;
use stepfn_codegen::generate::{Format as FileFormat, file_names};
use stepfn_core::deployment::Deployment;
use stepfn_core::{asl::StateMachine, value::Value};

use crate::Failure;

pub(crate) fn run(
    deployments: &[Deployment],
    formats: &[FileFormat],
    format: Format,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for deployment in deployments {
        let definition = &deployment.definition;
        rows.push(Row {
            name: definition.name.clone(),
            workflow_type: definition.workflow_type.name(),
            states: n_states(&definition.machine),
            functions: definition.functions().iter().map(|task| task.name).collect(),
            files: file_names(definition, formats),
        });
    }
    match format {
        Format::Text => table(&rows, out),
        Format::Json => Ok(writeln!(out, "{}", Value::array(rows.iter().map(Row::to_json)))?),
    }
}

struct Row {
    name: String,
    workflow_type: &'static str,
    states: usize,
    functions: Vec<&'static str>,
    files: Vec<String>,
}

impl Row {
    fn to_json(&self) -> Value {
        Value::object([
            ("name", Value::from(self.name.as_str())),
            ("type", self.workflow_type.into()),
            ("states", (self.states as u64).into()),
            ("functions", Value::array(self.functions.iter().map(|name| Value::from(*name)))),
            ("files", Value::array(self.files.iter().map(|name| Value::from(name.as_str())))),
        ])
    }
}

fn table(rows: &[Row], out: &mut dyn Write) -> Result<(), Failure> {
    let mut cells = vec![["NAME", "TYPE", "STATES", "FUNCTIONS", "FILES"].map(str::to_owned)];
    for row in rows {
        cells.push([
            row.name.clone(),
            row.workflow_type.to_owned(),
            row.states.to_string(),
            if row.functions.is_empty() { "-".to_owned() } else { row.functions.join(", ") },
            row.files.join(", "),
        ]);
    }
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..4).map(width).collect();
    for [name, kind, states, functions, files] in &cells {
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
