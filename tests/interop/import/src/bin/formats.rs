//! Writes definitions in all formats, for the tools that read them:
//!
//! ```sh
//! cargo run --manifest-path tests/interop/import/Cargo.toml --bin formats -- MOST OUT FILE...
//! ```
//!
//! Where a format cannot express a definition, that is reported, and another is taken.

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
};

use stepfn_core::deployment::Deployment;
use stepfn_codegen::{generate::{Format, Plan}};
use stepfn_core::definition::Definition;
use stepfn_import::{self as import, Imported, Reach};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let usage = "write `formats MOST OUT FILE...`";
    let most: usize = arguments.next().and_then(|most| most.to_str()?.parse().ok()).ok_or(usage)?;
    let out = arguments.next().map(PathBuf::from).ok_or(usage)?;
    let (mut chosen, mut passed_over) = (Vec::new(), 0);
    for file in arguments {
        for imported in import::read_file(Path::new(&file), Reach::Anywhere)? {
            if chosen.len() == most {
                continue;
            }
            let deployment = Deployment::from(definition(imported, chosen.len()));
            match Plan::new(std::slice::from_ref(&deployment), &Format::ALL) {
                Ok(_) => chosen.push(deployment),
                Err(error) => {
                    passed_over += 1;
                    println!("not in all formats: {}: {error}", file.display());
                }
            }
        }
    }
    Plan::new(&chosen, &Format::ALL)?.write(&out)?;
    println!("wrote {} definitions in all formats; {passed_over} passed over", chosen.len());
    Ok(())
}

fn definition(imported: Imported, number: usize) -> Definition {
    // Files may be named at greater length than AWS takes, and alike.
    let short: String = imported.rust_name.chars().take(40).collect();
    let mut definition =
        Definition::from_asl(format!("{short}{number}"), imported.workflow_type, imported.machine);
    definition.substitutions = imported.substitutions;
    definition.logging = imported.logging;
    definition.tracing = imported.tracing;
    definition
}
