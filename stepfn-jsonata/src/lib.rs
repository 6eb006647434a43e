//! JSONata 2.0.6, the query language of AWS Step Functions' JSONata states.
//!
//! An [`Expression`] is compiled once and evaluated often, over the values of `stepfn-core`: paths resolve in place, data is
//! never converted. Errors carry the code and the exact text of the reference implementation, jsonata-js 2.0.6, and the bytes of
//! the expression that they come from. The cost of an evaluation is counted alike on every machine: see [`Limits`].
//!
//! ```
//! use stepfn_core::value::Value;
//! use stepfn_jsonata::Expression;
//!
//! let order: Value = r#"{"items": [{"price": 2.5, "count": 4}, {"price": 1, "count": 3}]}"#.parse()?;
//! let total = Expression::compile("$sum(items.(price * count))")?;
//! assert_eq!(total.evaluate(&order)?, Some(Value::from(13)));
//!
//! let wrong = Expression::compile("items[0].price & items + 1")?;
//! let error = wrong.evaluate(&order).unwrap_err();
//! assert_eq!(error.to_string(), r#"T2001: The left side of the "+" operator must evaluate to a number"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An [`Environment`] gives an evaluation its variables, its time and its random numbers; the crate reads no clock and draws
//! nothing by itself.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod compile;
mod datetime;
mod direct;
mod error;
mod eval;
mod expression;
mod function;
mod limits;
mod number;
mod picture;
mod regex;
mod text;
mod texts;
mod value;

pub use stepfn_core::jsonata::JsonataError;

pub use self::{
    error::{Error, Limit},
    expression::{Environment, Expression, Nothing, Options},
    function::Mode,
    limits::Limits,
};
