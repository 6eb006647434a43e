//! The engine `jsonata-core`. Its values count references without locks, so none leaves a step.

use std::{
    cell::{OnceCell, RefCell},
    time::Duration,
};

use jsonata_core::{
    ast::AstNode,
    evaluator::{Context, Evaluator, EvaluatorError, EvaluatorOptions},
    parser,
    value::JValue,
};
use stepfn_core::value::Value;

use super::{JsonataEngine, Refusal, Scope, Uses, convert, functions, message};
use crate::eval::CompileError;

/// How long an evaluation may take. AWS ends one that loops after some seconds.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// How deep an evaluation may nest, about three levels for a call. AWS refuses a recursion 32 calls deep.
const DEPTH_LIMIT: usize = 1000;

/// The longest sequence: AWS makes `[1..873782]`, and refuses one more.
const SEQUENCE_LIMIT: usize = 873_782;

pub(in crate::eval::jsonata) enum Core {}

/// The data of a step as the engine holds it.
#[derive(Default)]
pub(in crate::eval::jsonata) struct Converted {
    members: [OnceCell<JValue>; 4],
    variables: RefCell<Vec<(Box<str>, JValue)>>,
}

impl JsonataEngine for Core {
    type Program = AstNode;
    type Cache = Converted;

    fn compile(text: &str) -> Result<AstNode, CompileError> {
        parser::parse(text).map_err(|error| CompileError::new(format!("this is no JSONata: {error}")))
    }

    fn evaluate(
        program: &AstNode,
        uses: &Uses,
        scope: &Scope<'_>,
        cache: &Converted,
    ) -> Result<Option<Value>, Refusal> {
        let mut context = Context::new();
        // Not to be had on AWS (developer guide): a name without a value is no function.
        context.bind("eval".to_owned(), JValue::Undefined);
        context.bind("states".to_owned(), cache.states(uses, scope));
        for name in &uses.variables {
            if let Some(value) = cache.variable(name, scope) {
                context.bind(name.to_string(), value);
            }
        }
        let options = EvaluatorOptions {
            timeout_ms: u64::try_from(TIME_LIMIT.as_millis()).ok(),
            max_stack_depth: Some(DEPTH_LIMIT),
            max_sequence_length: Some(SEQUENCE_LIMIT),
            cancel: None,
        };
        let mut evaluator = Evaluator::with_options(context, options);
        let refusal = |error: EvaluatorError| message::refusal(error.message(), uses);
        functions::register(&mut evaluator, uses, scope).map_err(refusal)?;
        let value = evaluator.evaluate(program, &JValue::Undefined).map_err(refusal)?;
        convert::to_value(&value)
    }
}

impl Converted {
    /// `$states`, with the members that the expression reads.
    fn states(&self, uses: &Uses, scope: &Scope<'_>) -> JValue {
        let mut states = convert::Object::with_capacity(uses.members.len());
        for member in &uses.members {
            if let Some(value) = scope.member(*member) {
                let converted = self.members[*member as usize].get_or_init(|| convert::from_value(value));
                states.insert(member.name().to_owned(), converted.clone());
            }
        }
        JValue::object(states)
    }

    fn variable(&self, name: &str, scope: &Scope<'_>) -> Option<JValue> {
        let value = scope.variables.get(name)?;
        let mut variables = self.variables.borrow_mut();
        if let Some((_, converted)) = variables.iter().find(|(known, _)| **known == *name) {
            return Some(converted.clone());
        }
        let converted = convert::from_value(value);
        variables.push((name.into(), converted.clone()));
        Some(converted)
    }
}
