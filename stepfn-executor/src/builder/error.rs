use std::fmt;

use crate::{outcome::Unbound, program::CompileError};

/// The error of building an executor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// The definition cannot be run.
    Definition(CompileError),
    /// Tasks have neither handler nor mock.
    Unbound(Vec<Unbound>),
    /// A handler or mock is bound to a Task state that does not exist.
    UnknownState {
        /// The name or JSON pointer.
        state: String,
        /// A name that is near.
        near: Option<String>,
    },
    /// A machine that the definition starts has no executor.
    Child {
        /// Its name.
        machine: String,
        /// Why not.
        error: Box<Self>,
    },
    /// The folder of a bucket cannot be used.
    Folder {
        /// The bucket's name.
        bucket: String,
        /// The reason.
        reason: String,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Definition(error) => error.fmt(f),
            Self::Unbound(unbound) => {
                for (index, unbound) in unbound.iter().enumerate() {
                    if index > 0 {
                        f.write_str("\n")?;
                    }
                    unbound.fmt(f)?;
                }
                Ok(())
            }
            Self::Child { machine, error } => write!(f, "`{machine}`, which is started: {error}"),
            Self::Folder { bucket, reason } => {
                write!(f, "the folder of the bucket `{bucket}` cannot be used: {reason}")
            }
            Self::UnknownState { state, near } => {
                write!(f, "a handler is bound to `{state}`, but there is no Task state of that name")?;
                match near {
                    Some(near) => write!(f, "\nhelp: did you mean `{near}`?"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for BuildError {}
