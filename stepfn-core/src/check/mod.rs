//! The rules that a definition is checked by, and the pages that explain them.
//!
//! [`check`] judges the structure of a machine: transitions, fields, paths, error names, limits. The data flow is judged
//! by [`flow`](crate::flow). Both give [`Diagnostic`]s, and every [`Code`] has a [`Page`]. [`check_text`] does all of it for a
//! definition in JSON text, and reports lines.
//!
//! ```
//! use stepfn_core::{asl, check::{self, Options}};
//!
//! let (machine, _) = asl::read_str(
//!     r#"{ "StartAt": "Load", "States": {
//!         "Load": { "Type": "Pass", "Next": "Stroe" },
//!         "Store": { "Type": "Succeed" } } }"#,
//! )?;
//! let diagnostics = check::check(&machine, &Options::default());
//! assert_eq!(diagnostics[0].code.name(), "unknown-state");
//! assert_eq!(diagnostics[0].at, "/States/Load/Next");
//! assert_eq!(diagnostics[0].help.as_deref(), Some("did you mean `Store`?"));
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```

mod echo;
mod fix;
mod helpers;
mod order;
mod page;
mod pages;
mod rules;
mod text;

#[cfg(test)]
use self::helpers::testing;
use self::helpers::walk::Walk;
pub(crate) use self::rules::over_limit;
pub use self::{
    fix::{Fixed, fix_text},
    page::Page,
    rules::{over_limit::MOST_BYTES, unknown_error_name::ERROR_NAMES},
    text::{Checked, Located, check_text},
};
use crate::{
    asl::{StateMachine, WorkflowType},
    diagnostic::Diagnostic,
};
pub use crate::{
    diagnostic::Code,
    timestamp::{Timestamp, TimestampError},
};

/// The options of the checks.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Options {
    /// Standard or Express.
    pub workflow_type: WorkflowType,
}

/// Judges a machine by the rules of the language and the service, in the canonical order of the text.
///
/// The data flow is not checked: see [`flow::analyse`](crate::flow::analyse). Strings with the placeholders of deployment tools (`${Name}`,
/// `#{Name}`) may become anything, so they are not checked.
pub fn check(machine: &StateMachine, options: &Options) -> Vec<Diagnostic> {
    let walk = Walk::new(machine, options.workflow_type);
    let mut diagnostics = Vec::new();
    rules::check(&walk, machine, &mut diagnostics);
    order::sort(machine, &mut diagnostics);
    diagnostics
}

/// Judges a machine that was read from a text: what the [reader](crate::asl::read) found and what [`check`] finds, in order.
///
/// Diagnostics that only follow from one of the reader are left out: a state of an unknown type is not missed by those that lead to
/// it, a list that could not be read is not empty.
pub fn check_read(machine: &StateMachine, read: Vec<Diagnostic>, options: &Options) -> Vec<Diagnostic> {
    let mut diagnostics = check(machine, options);
    if !read.is_empty() {
        echo::remove(machine, &read, &mut diagnostics);
        diagnostics.extend(read);
        order::sort(machine, &mut diagnostics);
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_lead_back_to_their_codes() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(code.name().parse(), Ok(*code));
        }
        assert!("no-such-code".parse::<Code>().is_err());
    }

    /// Codes whose diagnostics need the types of a machine.
    const TYPED: &[Code] = &[
        Code::CannotTell,
        Code::MaybeMissing,
        Code::UnknownLiteral,
        Code::DoesNotFit,
        Code::UnraisedError,
        Code::NumberOutOfRange,
    ];

    #[test]
    fn every_page_fails_by_its_code_and_its_mend_by_none() {
        for code in Code::ALL {
            let page = code.page();
            assert_eq!(found(page.fixed, page), [""; 0], "{}: the fixed example", code.name());
            if !TYPED.contains(code) {
                assert_eq!(found(page.failing, page), [code.name()], "{}: the failing example", code.name());
            }
        }
    }

    fn found(text: &str, page: &Page) -> Vec<&'static str> {
        let checked = check_text(text, &Options { workflow_type: page.workflow_type });
        checked.diagnostics.iter().map(|found| found.diagnostic.code.name()).collect()
    }
}
