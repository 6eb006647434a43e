use std::{io, path::PathBuf};

use crate::{deployment::DeploymentProblem, generate::Difference};

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
    #[error(
        "the machines {} start each other in a circle, and each has to be there before the one that starts it; let one of them take the \
         other's ARN out of its input", circle(.machines)
    )]
    Cycle {
        /// Their names, each one followed by one that it starts, the last by the first.
        machines: Vec<String>,
    },
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
    /// Something beside a definition that AWS, or a format, does not take.
    #[error("machine `{machine}`, `{at}`: {problem}")]
    Deployment {
        /// The machine.
        machine: String,
        /// The path in its [`Deployment`](crate::deployment::Deployment): `triggers[0].expression`.
        at: String,
        /// The problem.
        problem: DeploymentProblem,
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
}

fn list(differences: &[Difference]) -> String {
    differences.iter().map(|difference| format!("\n  {difference}")).collect()
}

/// A definition that the Serverless Framework and its plugin cannot express.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A `${` without its `}`.
    #[error("`${{` has no closing `}}`, which CloudFormation would look for in the rest of the definition")]
    Unclosed,
    /// A `$` right before a variable of the Serverless Framework.
    #[error("the Serverless Framework swallows a `$` right before its variable; put something between them")]
    SwallowedDollar,
    /// A reference in a machine's name.
    #[error(
        "the Serverless plugin takes a text for a machine's name, and `{0}` is none; use `${{Stage}}`, `${{Region}}`, `${{Account}}` or a variable of the Framework"
    )]
    Name(String),
    /// A `#{…}` in a field that has to stay a text.
    #[error(
        "`#{{` is the Serverless plugin's own sign for a reference, and this field cannot escape it; write `${{Name}}` for a reference, or other brackets"
    )]
    PluginVariable,
    /// A key with a variable.
    #[error(
        "`${{` and `#{{` cannot be in the key `{0}`: the Serverless Framework resolves values only, and its plugin everything"
    )]
    Key(String),
    /// A key that makes an object an intrinsic function.
    #[error("the key `{0}` makes this object an intrinsic function of CloudFormation; name it otherwise")]
    IntrinsicKey(String),
    /// `{{resolve:…}}` in a field that has to stay a text.
    #[error(
        "CloudFormation puts what SSM or Secrets Manager hold in the place of `{0}`, and the Serverless plugin has no way to hide it \
         here; put it together at run time: `States.Format('{{}}resolve:…', …)`, or `&` in JSONata"
    )]
    DynamicReference(String),
    /// A reference in the place of a number.
    #[error(
        "`{0}` is where ASL requires a number, and the Serverless plugin makes strings of references; write the number, or use the field's `…Path`"
    )]
    NumberReference(String),
    /// A number that JavaScript does not have.
    #[error(
        "the number {0} turns into another one, since the Serverless Framework reads numbers as JavaScript does; use a text"
    )]
    Number(String),
    /// An ARN that the plugin's schema refuses.
    #[error(
        "the Serverless plugin refuses `{0}` for an ARN; use one `!Ref` or `!GetAtt`, or `!Ref`s from colon to colon of an ARN"
    )]
    Arn(String),
    /// A log group that the plugin's schema refuses.
    #[error(
        "the Serverless plugin refuses `{0}` for a log group; use one `!Ref` or `!GetAtt`, or `!Ref`s from colon to colon of an ARN"
    )]
    Destination(String),
}

/// `A`, `B` and back to `A`.
fn circle(machines: &[String]) -> String {
    let names: Vec<String> =
        machines.iter().chain(machines.first()).map(|name| format!("`{name}`")).collect();
    names.join(" → ")
}

impl Error {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
