//! JSONata 2.0.6, the query language of JSONata states: text to tree, with the place of every part in the text.
//!
//! Nothing is evaluated here. [`parse`] accepts what the reference implementation, `jsonata` 2.0.6, accepts: `??` and `?:`,
//! which came with 2.1, are refused as Step Functions refuses them. [`analyse`] finds what an expression reads and what of it
//! Step Functions does not have.
//!
//! ```
//! use stepfn_core::jsonata::{self, ExpressionKind};
//!
//! let field = "{% $sum($states.input.items.price) %}";
//! let (text, offset) = jsonata::expression_in(field).unwrap();
//! let expression = jsonata::parse(text)?;
//! let ExpressionKind::Call { arguments, .. } = &expression.kind else { panic!("a call") };
//! assert_eq!(&text[arguments[0].range.clone()], "$states.input.items.price");
//! assert_eq!(offset, 2);
//!
//! let error = jsonata::parse("$states.input.name ?? 'nobody'").unwrap_err();
//! assert_eq!(error.message, "`??` came with JSONata 2.1: Step Functions has 2.0.6");
//! assert_eq!(error.range, 19..21);
//! # Ok::<(), stepfn_core::jsonata::JsonataError>(())
//! ```

mod ancestry;
mod ast;
mod error;
mod function;
#[cfg(test)]
mod fuzz;
mod lex;
mod parse;
mod scope;
mod signature;
#[cfg(test)]
mod tests;
mod verify;

pub use ast::{Expression, ExpressionKind, Operator, OrderTerm};
pub use error::JsonataError;
pub use function::{Function, Origin, function, functions};
pub use scope::{Analysis, Issue, IssueKind, Place, analyse};
pub use signature::{Kinds, Parameter, Signature};

use crate::placeholder;

/// Reads an expression, without `{%` and `%}`.
///
/// # Errors
///
/// When JSONata 2.0.6 does not accept it, or it is nested more than 100 deep. The error has the position and a suggestion.
pub fn parse(text: &str) -> Result<Expression, JsonataError> {
    let expression = parse::whole(text)?;
    verify::verify(&expression)?;
    ancestry::verify(&expression)?;
    Ok(expression)
}

/// Returns `true` if an expression of JSONata, without its `{% %}`, is one only after a deployment tool filled something in.
///
/// JSONata has braces of its own: `${sku: price}` groups, `function($v){{ "a": $v }}` makes objects. What can be read as it is
/// is meant as it is, but for the variables of the Serverless Framework.
pub(crate) fn awaits_deployment(expression: &str) -> bool {
    const SOURCES: [&str; 10] =
        ["self:", "opt:", "env:", "file(", "sls:", "param:", "ssm:", "cf:", "s3:", "aws:"];
    let mut variables = expression.split("${").skip(1);
    placeholder::has_placeholder(expression)
        && (variables.any(|rest| {
            // A group on `$` has a blank behind its colon: `${self: price}`.
            let address = SOURCES.iter().find_map(|source| rest.strip_prefix(source));
            address.is_some_and(|address| !address.starts_with(char::is_whitespace))
        }) || parse(expression).is_err())
}

/// The expression that a field's text holds, and how many bytes of the text come before it.
///
/// `None` for plain text: a text is an expression when it starts with `{%` and ends with `%}`, with nothing outside, not even
/// a blank.
pub fn expression_in(text: &str) -> Option<(&str, usize)> {
    Some((text.strip_prefix("{%")?.strip_suffix("%}")?, 2))
}
