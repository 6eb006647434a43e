//! The printed form of a plan.

use std::fmt;

use stepfn_core::arn::last;

use crate::{
    plan::{Change, Plan, Route},
    remote::Validation,
};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.arn {
            None => write!(f, "{}: new", self.name)?,
            Some(_) if self.is_empty() => write!(f, "{}: nothing changes", self.name)?,
            Some(arn) => write!(f, "{}: {arn}", self.name)?,
        }
        for change in &self.changes {
            write!(f, "\n  {change}")?;
        }
        if let Some(name) = &self.without_log_group {
            write!(f, "\nnote: the endpoint has no log groups; `{name}` is not made there")?;
        }
        match &self.validation {
            Validation::Passed { warnings } => {
                warnings.iter().try_for_each(|issue| write!(f, "\n{issue}"))?;
            }
            Validation::Unsupported => {
                write!(
                    f,
                    "\nnote: the endpoint does not know `ValidateStateMachineDefinition`; the definition was not validated there"
                )?;
            }
        }
        if self.left_out.is_empty() {
            return Ok(());
        }
        write!(f, "\nnote: not deployed by this: {}", self.left_out.join(", "))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { workflow_type, states } => {
                let s = if *states == 1 { "" } else { "s" };
                write!(f, "+ {} state machine of {states} state{s}", workflow_type.name())
            }
            Self::Definition(change) => {
                change.fmt(f)?;
                change.breaks.as_ref().map_or(Ok(()), |why| write!(f, "\n      breaking: {why}"))
            }
            Self::Setting { name, before: None, after } => write!(f, "+ {name}: {after}"),
            Self::Setting { name, before: Some(before), after } => write!(f, "~ {name}: {before} -> {after}"),
            Self::LogGroup { name, is_new, retention_in_days } => {
                write!(f, "{} log group `{name}`", if *is_new { '+' } else { '~' })?;
                retention_in_days.map_or(Ok(()), |days| write!(f, ", keeps logs for {days} days"))
            }
            Self::Tag { key, before, after } => match (before, after) {
                (Some(before), Some(after)) => write!(f, "~ tag `{key}`: {before:?} -> {after:?}"),
                (Some(before), None) => write!(f, "- tag `{key}`: {before:?}"),
                (None, after) => write!(f, "+ tag `{key}`: {:?}", after.as_deref().unwrap_or_default()),
            },
            Self::Publish => f.write_str("+ version"),
            Self::Alias { name, before, version_arn, steps, description } => {
                write!(f, "{} alias `{name}`: ", if before.is_empty() { '+' } else { '~' })?;
                for (index, route) in before.iter().enumerate() {
                    write!(f, "{}{route}", if index == 0 { "" } else { ", " })?;
                }
                if !before.is_empty() {
                    f.write_str(" -> ")?;
                }
                for step in steps {
                    write!(f, "{step}, ")?;
                }
                let to = version_arn.as_deref().map_or("the new version", last);
                write!(f, "100% {to}")?;
                description.as_ref().map_or(Ok(()), |text| write!(f, ", described as {text:?}"))
            }
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}% {}", self.percent, last(&self.version_arn))
    }
}
