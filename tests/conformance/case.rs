//! The recordings: one JSON file for each case.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use stepfn::value::Value;

use super::compare::Comparer;

pub struct Case {
    /// The path below the folder.
    pub file: String,
    pub area: String,
    pub kind: String,
    /// Whether AWS answered this, and not an imitation.
    pub by_aws: bool,
    pub value: Value,
    pub comparer: Comparer,
}

impl Case {
    /// All cases, by their files' names.
    pub fn all(folder: &Path) -> io::Result<Vec<Self>> {
        let mut files = Vec::new();
        collect(folder, &mut files)?;
        files.sort();
        files.iter().map(|file| Self::read(folder, file)).collect()
    }

    fn read(folder: &Path, file: &Path) -> io::Result<Self> {
        let value: Value = fs::read_to_string(file)?
            .parse()
            .map_err(|error| io::Error::other(format!("{}: {error}", file.display())))?;
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            file: file.strip_prefix(folder).unwrap_or(file).display().to_string(),
            area: text("area"),
            kind: text("kind"),
            by_aws: text("provenance").starts_with("aws"),
            comparer: Comparer::of(&value),
            value,
        })
    }

    pub fn expected(&self) -> &Value {
        &self.value["expected"]
    }

    /// The differences of an answer's parts from the expected ones; `null` and nothing are the same.
    pub fn differences(&self, key: &str, actual: Option<&Value>) -> Vec<String> {
        let wrapped = Value::object([("x", actual.cloned().unwrap_or_default())]);
        let actual = &self.comparer.normalise(&wrapped)["x"];
        let found = self.comparer.differences(&self.expected()[key], actual);
        found.into_iter().map(|difference| format!("{key} {difference}")).collect()
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}
