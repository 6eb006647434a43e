//! Expressions, and what they see.

use std::borrow::Cow;

use stepfn_core::{
    jsonata::{self, JsonataError},
    value::Value,
};

use crate::{
    compile::{self, Node, Symbols},
    direct::Direct,
    error::{Error, Fault},
    eval::{Arena, Evaluator},
    function::Mode,
    limits::{Limits, Meter},
    value::{NoJson, Val, to_json},
};

/// The environment of an expression: everything that it can read besides its input.
///
/// All of it has a default: no variables, the year 1970, and random numbers that are always the same.
pub trait Environment {
    /// The value of a variable, by its name without `$`. It hides a function of the same name.
    fn variable(&self, name: &str) -> Option<Cow<'_, Value>> {
        let _ = name;
        None
    }

    /// A member of a variable of which the whole is not at hand: `input` of `$states`. `Some(None)` where there is no such
    /// member, `None` where [`variable`](Self::variable) should be asked.
    fn member(&self, variable: &str, member: &str) -> Option<Option<&Value>> {
        let _ = (variable, member);
        None
    }

    /// Returns the time of `$now` and `$millis`: milliseconds since 1970. It should be the same for all of an evaluation.
    fn now(&self) -> f64 {
        0.0
    }

    /// The next random number, from 0 to before 1: for `$random` and `$shuffle`.
    fn random(&self) -> f64 {
        0.0
    }

    /// The next 128 random bits: for `$uuid`.
    fn random_bits(&self) -> u128 {
        0
    }
}

/// No variables, no time, nothing random.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Environment for Nothing {}

/// The options of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Options {
    /// The set of functions.
    pub mode: Mode,
    /// The limits of the evaluation.
    pub limits: Limits,
}

impl Options {
    /// Returns the options of a mode.
    pub fn mode(mode: Mode) -> Self {
        Self { mode, ..Self::default() }
    }

    /// Returns the options with other limits.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}

/// A compiled expression. It can be shared between threads.
#[derive(Debug)]
pub struct Expression {
    node: Node,
    /// Whether it binds variables outside of all blocks.
    binds: bool,
    symbols: Symbols,
    options: Options,
}

impl Expression {
    /// Compiles an expression, without `{%` and `%}`, with the functions of Step Functions.
    ///
    /// # Errors
    /// When it is no JSONata 2.0.6, or has a regular expression that ECMAScript does not take.
    pub fn compile(text: &str) -> Result<Self, JsonataError> {
        Self::with(text, Options::default())
    }

    /// Compiles an expression.
    ///
    /// # Errors
    /// As [`compile`](Self::compile).
    pub fn with(text: &str, options: Options) -> Result<Self, JsonataError> {
        Self::of(&jsonata::parse(text)?, options)
    }

    /// Compiles a tree that was read before.
    ///
    /// # Errors
    /// When it has a regular expression that ECMAScript does not take.
    pub fn of(tree: &jsonata::Expression, options: Options) -> Result<Self, JsonataError> {
        let mut symbols = Symbols::new(options.mode);
        let node = compile::compile(tree, &mut symbols, options.mode)?;
        Ok(Self { binds: compile::binds_here(&node), node, symbols, options })
    }

    /// The value over an input; `None` where it is undefined.
    ///
    /// # Errors
    /// An error that the evaluation throws, or a result that is no JSON: a function.
    pub fn evaluate(&self, input: &Value) -> Result<Option<Value>, Error> {
        self.evaluate_in(Some(input), &Nothing)
    }

    /// The value over an input, perhaps none, in an environment.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn evaluate_in(
        &self,
        input: Option<&Value>,
        environment: &dyn Environment,
    ) -> Result<Option<Value>, Error> {
        self.evaluate_within(input, environment, self.options.limits)
    }

    /// The value over an input, perhaps none, in an environment, with limits of this evaluation's own.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    #[inline]
    pub fn evaluate_within(
        &self,
        input: Option<&Value>,
        environment: &dyn Environment,
        limits: Limits,
    ) -> Result<Option<Value>, Error> {
        // In the caller, who has a place for the value that it is made in.
        match self.direct(environment, limits) {
            Some(value) => Ok(value.to_json()),
            None => self.run(input, environment, limits),
        }
    }

    fn direct<'v>(&'v self, environment: &'v dyn Environment, limits: Limits) -> Option<Direct<'v>> {
        Direct::of(&self.node, &self.symbols, environment, limits)
    }

    fn run(
        &self,
        input: Option<&Value>,
        environment: &dyn Environment,
        limits: Limits,
    ) -> Result<Option<Value>, Error> {
        let (meter, arena) = (Meter::new(limits), Arena::default());
        let mut evaluator = Evaluator::new(&self.symbols, self.options.mode, environment, &meter, &arena);
        let result = evaluator.run(&self.node, self.binds, input);
        result.map_err(|fault| fault.finish()).and_then(|value| self.finished(&value, &evaluator))
    }

    #[cfg(test)]
    pub(crate) fn is_direct(&self, environment: &dyn Environment) -> bool {
        self.direct(environment, self.options.limits).is_some()
    }

    fn finished(&self, value: &Val<'_>, evaluator: &Evaluator<'_>) -> Result<Option<Value>, Error> {
        to_json(value, evaluator.meter).map_err(|trouble| {
            let mut fault = match trouble {
                NoJson::Fault(fault) => fault,
                NoJson::Function => Fault::new(Error::NO_JSON),
            };
            fault.range.get_or_insert(self.node.range.clone());
            fault.finish()
        })
    }
}
