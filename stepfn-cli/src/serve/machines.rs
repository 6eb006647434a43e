//! The machines that a server has from the start, out of files.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use stepfn_core::{
    definition::{Definition, WorkflowType},
    diagnostic::nearest,
};

use crate::{
    Outcome,
    run::{Stop, file_name, machine_of, refuse},
};

pub(super) fn read(
    given: &[(Option<String>, PathBuf)],
    express: &[String],
    err: &mut dyn Write,
) -> Result<Vec<Definition>, Stop> {
    let mut files = Vec::new();
    for (name, path) in given {
        if path.is_dir() {
            if name.is_some() {
                let message =
                    format!("`{}` is a folder: its machines have the names of their files", path.display());
                return refuse(err, &message, Outcome::Unreadable);
            }
            files.extend(folder(path, err)?.into_iter().map(|path| (file_name(&path), path)));
        } else {
            files.push((name.clone().unwrap_or_else(|| file_name(path)), path.clone()));
        }
    }
    if let Some(unknown) = express.iter().find(|express| !files.iter().any(|(name, _)| name == *express)) {
        let mut message = format!("`--express {unknown}` names no machine of `--machine`");
        if let Some(near) = nearest(unknown, files.iter().map(|(name, _)| name.as_str())) {
            message = format!("{message}\nhelp: did you mean `{near}`?");
        }
        return refuse(err, &message, Outcome::Unreadable);
    }
    let mut machines: Vec<Definition> = Vec::new();
    for (name, path) in files {
        if machines.iter().any(|known| known.name == name) {
            return refuse(err, &format!("two files are the machine `{name}`"), Outcome::Unreadable);
        }
        if !stepfn_executor::is_name(&name, 80) {
            let message = format!(
                "`{name}` is no name of a state machine\nhelp: give it one: `--machine NAME={}`",
                path.display()
            );
            return refuse(err, &message, Outcome::Unreadable);
        }
        let is_express = express.contains(&name);
        let workflow_type = if is_express { WorkflowType::Express } else { WorkflowType::Standard };
        let machine = machine_of(&path, &[], workflow_type, false, "served", err)?;
        machines.push(Definition::from_asl(name, workflow_type, machine));
    }
    Ok(machines)
}

/// The definitions of a folder, by their names.
fn folder(path: &Path, err: &mut dyn Write) -> Result<Vec<PathBuf>, Stop> {
    let listed = fs::read_dir(path).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()
    });
    let mut files = match listed {
        Ok(files) => files,
        Err(error) => {
            return refuse(err, &format!("cannot read `{}`: {error}", path.display()), Outcome::Unreadable);
        }
    };
    files.retain(|file| file.is_file() && file.extension().is_some_and(|end| end == "json"));
    files.sort();
    if files.is_empty() {
        let message = format!("`{}` has no definition: no file ends with `.json`", path.display());
        return refuse(err, &message, Outcome::Unreadable);
    }
    Ok(files)
}
