use std::fmt;

/// A definition that cannot be run, with everything that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// The faults, in the order of the definition. Never empty.
    pub faults: Vec<Fault>,
}

/// One error of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind of the fault.
    pub kind: FaultKind,
    /// The state's name; empty for the machine itself.
    pub state: String,
    /// The field: `InputPath`, `Parameters`, `Next`.
    pub field: String,
    /// JSON pointer to the place: `/States/Load/Parameters/id.$`.
    pub at: String,
    /// The error.
    pub message: String,
    /// A suggestion of what to write instead.
    pub help: Option<String>,
}

/// Sorts of [`Fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// A field that does not hold what it must: no path, no number, nothing where something is needed.
    Field,
    /// A transition to a state that the machine does not have.
    UnknownState,
    /// An integration pattern that Express workflows do not have.
    Express,
    /// A JSONata expression that is none, or a build of the executor without the feature `jsonata`.
    Jsonata,
    /// A field that needs a distributed Map in one that is not, or a feature that this executor does not have, such as reading Parquet.
    DistributedMap,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.state.as_str(), self.field.as_str()) {
            ("", field) => write!(f, "`{field}`: {}", self.message)?,
            (state, "") => write!(f, "state `{state}`: {}", self.message)?,
            (state, field) => write!(f, "state `{state}`, `{field}`: {}", self.message)?,
        }
        if let Some(help) = &self.help {
            write!(f, "\nhelp: {help}")?;
        }
        Ok(())
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for CompileError {}
