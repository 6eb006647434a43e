use std::{io, path::PathBuf};

use crate::difference::Difference;
use stepfn_core::deployment::{Cycle, DeploymentProblem, InvalidDeployment};

use crate::problem::Problem;

/// The error of generating files, or of checking them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A machine's name that AWS or the file system does not take.
    #[error("machine name `{name}` {why}")]
    Name {
        /// The name.
        name: String,
        /// The error.
        why: String,
    },
    /// Two machines whose files would be the same file.
    #[error("two machines are named `{first}` and `{second}`; names must differ in more than case")]
    DuplicateName {
        /// The first machine's name.
        first: String,
        /// The second machine's name.
        second: String,
    },
    /// A task's name that cannot be a key of the `functions` section.
    #[error(
        "machine `{machine}`: task `{key}` cannot be a key in `functions` of a `serverless.yml`; use letters, digits, `-` and `_`"
    )]
    FunctionKey {
        /// The machine that calls the task.
        machine: String,
        /// The task's name.
        key: String,
    },
    /// Machines that start each other in a circle.
    #[error(transparent)]
    Cycle(#[from] Cycle),
    /// One function key with two names.
    #[error(
        "machine `{machine}`: task `{key}` is the function `{second}` here and `{first}` elsewhere; rename one of the tasks"
    )]
    FunctionConflict {
        /// The machine with the second name.
        machine: String,
        /// The task's name.
        key: String,
        /// Its function name where it was met first.
        first: String,
        /// Its function name in `machine`.
        second: String,
    },
    /// Two function keys with one name.
    #[error(
        "machine `{machine}`: tasks `{first}` and `{second}` are both the function `{name}`; give each its own name"
    )]
    FunctionName {
        /// The machine with the second task.
        machine: String,
        /// The first task.
        first: String,
        /// The second task.
        second: String,
        /// The name of both.
        name: String,
    },
    /// Something in a definition that Serverless YAML cannot carry.
    #[error("machine `{machine}`, `{at}`: {problem}")]
    Serverless {
        /// The machine.
        machine: String,
        /// JSON pointer into its ASL, or `loggingConfig`.
        at: String,
        /// The problem.
        problem: Problem,
    },
    /// Something beside a definition that AWS does not take.
    #[error("machine `{machine}`, `{at}`: {problem}")]
    Deployment {
        /// The machine.
        machine: String,
        /// The path in its [`Deployment`](stepfn_core::deployment::Deployment): `triggers[0].expression`.
        at: String,
        /// The problem.
        problem: DeploymentProblem,
    },
    /// Something of a deployment that a format has no word for.
    #[error("machine `{machine}`, `{at}`: {format} {what}")]
    Unsupported {
        /// The machine.
        machine: String,
        /// The path in its deployment: `aliases.live`.
        at: String,
        /// The format.
        format: &'static str,
        /// The missing feature, with a suggestion.
        what: &'static str,
    },
    /// A text that CloudFormation would replace.
    #[error(
        "`{at}`: CloudFormation puts what SSM or Secrets Manager hold in the place of `{text}`; write the text otherwise, or, where that \
         value is meant, refer to a parameter of the template"
    )]
    DynamicReference {
        /// The keys that lead there, with dots.
        at: String,
        /// The text.
        text: String,
    },
    /// Two machines that answer the same requests.
    #[error("machine `{machine}`: `{route}` is taken by `{first}` already; give each its own path")]
    DuplicateRoute {
        /// The machine that comes second.
        machine: String,
        /// The one that comes first.
        first: String,
        /// The route: `POST /orders`.
        route: String,
    },
    /// A line in the list of generated files that is no file name.
    #[error("`{}`, line {line}: `{text}` is not a file name; delete the file and run the generator again", path.display())]
    FileList {
        /// The list.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The string at that place.
        text: String,
    },
    /// A file that could not be read, written or removed.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// The operation: `read`, `write`, …
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// [`check`](crate::generate::check) found files that are not what would be generated.
    #[error("generated files do not fit the machines; run `{command}`{}", list(differences))]
    OutOfDate {
        /// The files, in the order in which they would be generated; leftovers last.
        differences: Vec<Difference>,
        /// The command that brings them up to date.
        command: String,
    },
    /// Several errors: those of all machines come at once. [`each`](Error::each) gives them one by one.
    #[error("{}", lines(.0))]
    Several(Vec<Self>),
}

fn lines(errors: &[Error]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn list(differences: &[Difference]) -> String {
    differences.iter().map(|difference| format!("\n  {difference}")).collect()
}

impl Error {
    /// The errors that this one holds: itself, if it is but one.
    ///
    /// ```
    /// use stepfn_codegen::generate::{Format, Plan};
    /// use stepfn_core::{asl::StateMachine, definition::{Definition, WorkflowType}, deployment::{Deployment, Schedule}};
    ///
    /// let machine = |name| Deployment::from(Definition::from_asl(name, WorkflowType::Standard, StateMachine::default()));
    /// let machines = [machine("A").trigger(Schedule::new("rate(0 days)")), machine("B C")];
    /// let error = Plan::new(&machines, &[Format::Asl]).unwrap_err();
    /// assert_eq!(error.each().count(), 2);
    /// ```
    pub fn each(&self) -> impl Iterator<Item = &Self> {
        // Those of a list are no lists.
        match self {
            Self::Several(errors) => errors.as_slice(),
            one => std::slice::from_ref(one),
        }
        .iter()
    }

    /// One error of some, if there are any.
    pub(crate) fn all(errors: Vec<Self>) -> Result<(), Self> {
        let mut flat = Vec::new();
        for error in errors {
            match error {
                Self::Several(errors) => flat.extend(errors),
                one => flat.push(one),
            }
        }
        match flat.pop() {
            None => Ok(()),
            Some(only) if flat.is_empty() => Err(only),
            Some(last) => {
                flat.push(last);
                Err(Self::Several(flat))
            }
        }
    }

    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

impl From<InvalidDeployment> for Error {
    fn from(invalid: InvalidDeployment) -> Self {
        let InvalidDeployment { machine, problems, .. } = invalid;
        let error = |(at, problem)| Self::Deployment { machine: machine.clone(), at, problem };
        let mut errors: Vec<_> = problems.into_iter().map(error).collect();
        if errors.len() == 1 { errors.remove(0) } else { Self::Several(errors) }
    }
}
