//! The state machines of a host: their definitions, and the executors that run them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use sha2::{Digest, Sha256};
use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
};
use stepfn_executor::{BuildError, Executor, ExecutorBuilder};

/// The configuration of a machine's executor.
pub(crate) type Configure = Arc<dyn Fn(&Definition, ExecutorBuilder) -> ExecutorBuilder + Send + Sync>;

/// The configuration of the executor of a machine's variant.
pub(crate) type Vary = Arc<dyn Fn(&str, &Definition, ExecutorBuilder) -> ExecutorBuilder + Send + Sync>;

/// A function that returns the details to keep with a machine beside its definition.
pub(crate) type Detail = Arc<dyn Fn(&Definition) -> String + Send + Sync>;

/// The configuration of an executor by what is kept beside its definition.
pub(crate) type ByDetails = Arc<dyn Fn(&str, ExecutorBuilder) -> ExecutorBuilder + Send + Sync>;

/// The configuration of all machines of a host.
#[derive(Default)]
pub(crate) struct Common {
    pub(crate) configure: Vec<Configure>,
    pub(crate) variants: Option<Vary>,
    pub(crate) details: Option<Detail>,
    pub(crate) by_details: Option<ByDetails>,
}

impl Common {
    /// Returns the details to keep with a machine beside its definition.
    fn details_of(&self, definition: &Definition) -> String {
        self.details.as_ref().map_or_else(|| NO_DETAILS.to_owned(), |details| details(definition))
    }
}

/// The details of a machine by default.
const NO_DETAILS: &str = "{}";

/// A revision's own name, and the variant behind it: `a1b2#Happy`.
pub(crate) fn variant(revision: &str) -> (&str, Option<&str>) {
    match revision.split_once('#') {
        Some((revision, variant)) => (revision, Some(variant)),
        None => (revision, None),
    }
}

/// A machine as it was registered.
pub(crate) struct Registered {
    pub(crate) definition: Definition,
    pub(crate) configure: Vec<Configure>,
    /// The details, where they are kept already.
    pub(crate) details: Option<String>,
}

/// A machine that can be run.
#[derive(Clone)]
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) workflow_type: WorkflowType,
    pub(crate) executor: Executor,
    /// The digest by which its definition is recognized.
    pub(crate) revision: String,
    pub(crate) text: String,
    pub(crate) details: String,
    pub(crate) definition: Arc<Definition>,
    pub(crate) configure: Vec<Configure>,
}

impl Machine {
    /// Sets on an executor of another revision what this one has: handlers, and functions for states of the same name.
    pub(crate) fn functions(&self) -> Configure {
        let (definition, configure) = (Arc::clone(&self.definition), self.configure.clone());
        Arc::new(move |of, builder| {
            let builder = builder.functions_of(&definition).allow_unbound();
            configure.iter().fold(builder, |builder, configure| configure(of, builder))
        })
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("arn", &self.arn)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// The reason why a machine cannot be hosted.
#[derive(Debug)]
#[non_exhaustive]
pub enum MachineError {
    /// Two machines have one name.
    Twice {
        /// The name.
        machine: String,
    },
    /// The machine cannot be run.
    Build {
        /// Its name.
        machine: String,
        /// The reason.
        error: Box<BuildError>,
    },
}

impl fmt::Display for MachineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twice { machine } => write!(
                f,
                "there are two state machines `{machine}`\nhelp: names are what executions are started by, so give one of them another"
            ),
            Self::Build { machine, error } => {
                write!(f, "the state machine `{machine}` cannot be run: {error}")
            }
        }
    }
}

impl std::error::Error for MachineError {}

/// Builds the executors. A machine that starts others is built after those.
pub(crate) fn build(registered: Vec<Registered>, common: &Common) -> Result<Vec<Machine>, MachineError> {
    let mut machines: BTreeMap<String, Machine> = BTreeMap::new();
    let mut left = registered;
    let mut names = BTreeSet::new();
    if let Some(twice) = left.iter().find(|one| !names.insert(one.definition.name.clone())) {
        return Err(MachineError::Twice { machine: twice.definition.name.clone() });
    }
    while !left.is_empty() {
        let before = left.len();
        let mut waiting = Vec::new();
        let mut refused = None;
        for one in left {
            match build_one(&one, common, machines.values()) {
                Ok(machine) => drop(machines.insert(machine.name.clone(), machine)),
                Err(error) => {
                    refused.get_or_insert(error);
                    waiting.push(one);
                }
            }
        }
        if let Some(error) = refused
            && waiting.len() == before
        {
            return Err(error);
        }
        left = waiting;
    }
    Ok(machines.into_values().collect())
}

/// Builds the executor of one machine, which may start those that are known.
pub(crate) fn build_one<'a>(
    one: &Registered,
    common: &Common,
    known: impl Iterator<Item = &'a Machine>,
) -> Result<Machine, MachineError> {
    let mut builder = Executor::builder().real_time();
    for machine in known {
        builder = builder.state_machine(&machine.name, &machine.executor);
    }
    builder = common
        .configure
        .iter()
        .chain(&one.configure)
        .fold(builder, |builder, configure| configure(&one.definition, builder));
    let details = one.details.clone().unwrap_or_else(|| common.details_of(&one.definition));
    if let Some(by_details) = &common.by_details {
        builder = by_details(&details, builder);
    }
    let definition = &one.definition;
    let name = definition.name.clone();
    let executor = builder
        .build(definition)
        .map_err(|error| MachineError::Build { machine: name.clone(), error: Box::new(error) })?;
    let text = definition.machine.to_json().to_string();
    let definition = Arc::new(definition.clone());
    let (arn, workflow_type) = (executor.state_machine_arn(), definition.workflow_type);
    let mut digest = Sha256::new().chain_update(&arn).chain_update([0]).chain_update(&text);
    // So that the details of a machine are changed, too.
    if details != NO_DETAILS {
        digest = digest.chain_update([0]).chain_update(&details);
    }
    let digest: [u8; 32] = digest.finalize().into();
    let revision = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Ok(Machine {
        name,
        arn,
        workflow_type,
        executor,
        revision,
        text,
        details,
        definition,
        configure: one.configure.clone(),
    })
}

/// A machine as it was when an execution started, from what a store has of it.
pub(crate) fn restored(name: &str, kind: WorkflowType, text: &str, details: &str) -> Option<Registered> {
    let (machine, _) = asl::read_str(text).ok()?;
    let definition = Definition::from_asl(name, kind, machine);
    Some(Registered { definition, configure: Vec::new(), details: Some(details.to_owned()) })
}
