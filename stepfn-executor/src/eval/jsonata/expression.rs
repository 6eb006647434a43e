//! One expression of a definition.

use stepfn_core::{jsonata, value::Value};

use super::{
    Member, Scope,
    engine::{self, Refusal},
};
use crate::eval::{CompileError, EvalError};

/// Whether a string of a definition is an expression: nothing stands before `{%` or after `%}`.
pub(crate) fn is_expression(text: &str) -> bool {
    inner(text).is_some()
}

fn inner(text: &str) -> Option<&str> {
    jsonata::expression_in(text).map(|(inner, _)| inner.trim())
}

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Expression {
    /// As messages quote it: without `{%` and `%}`, trimmed.
    text: Box<str>,
    uses: Uses,
    program: engine::Program,
    /// The whole of it, where it is no more than a variable and the names of members.
    path: Option<Path>,
}

/// What an expression may read. What is not read is not made ready for the engine.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Uses {
    /// The members of `$states`.
    pub(super) members: Vec<Member>,
    /// The names behind a `$`: of variables, functions, and what the expression defines itself.
    pub(super) variables: Vec<Box<str>>,
}

/// `$states.input.order.id`, `$name`: read without the engine, so that numbers beyond 2^53 keep their digits as on AWS.
#[derive(Debug, PartialEq, Eq)]
struct Path {
    root: Root,
    steps: Box<[Box<str>]>,
}

#[derive(Debug, PartialEq, Eq)]
enum Root {
    Member(Member),
    Variable(Box<str>),
}

impl Expression {
    /// Compiles a string of a definition, `{%` and `%}` included.
    ///
    /// # Errors
    /// When it is no JSONata 2.0.6.
    pub(crate) fn compile(text: &str) -> Result<Self, CompileError> {
        let Some(inner) = inner(text) else {
            return Err(CompileError::new(format!("expected a JSONata expression, found `{text}`"))
                .help("write it between `{%` and `%}`, without blanks before or after"));
        };
        jsonata::parse(inner).map_err(|error| {
            let place = inner.get(error.range.clone()).unwrap_or_default();
            let message =
                format!("{} (at `{place}`, byte {} of the expression)", error.message, error.range.start);
            CompileError { at: String::new(), message, help: error.help }
        })?;
        let program = engine::compile(inner)?;
        Ok(Self { text: inner.into(), uses: Uses::of(inner), program, path: Path::of(inner) })
    }

    /// The value, for a field that messages call `field`: `Output/total`.
    ///
    /// # Errors
    /// `States.QueryEvaluationError` when it throws, gives nothing, or gives what JSON does not have.
    pub(crate) fn evaluate(&self, scope: &Scope<'_>, field: &str) -> Result<Value, EvalError> {
        let known = self.path.as_ref().and_then(|path| path.find(scope));
        let value = match known {
            Some(value) => Ok(Some(value.clone())),
            None => engine::evaluate(&self.program, &self.uses, scope),
        };
        let what = match value {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => "returned nothing (undefined).".to_owned(),
            Err(Refusal::Threw(message)) => format!("threw an error during evaluation. {message}"),
            Err(Refusal::Exceeded(message)) => format!("threw an error during evaluation: {message}"),
            Err(Refusal::Unsupported) => "returned an unsupported result type.".to_owned(),
        };
        Err(self.error(field, &what))
    }

    fn error(&self, field: &str, what: &str) -> EvalError {
        let text = &self.text;
        let cause = format!("The JSONata expression '{text}' specified for the field '{field}' {what}");
        EvalError::query(cause, Some(field))
    }

    /// The failure of a value that is not of the type that the field takes.
    pub(crate) fn unexpected(&self, field: &str, expected: &str, value: &Value) -> EvalError {
        let found = value.type_name();
        let what = format!(
            "returned an unexpected result type. Expected '{expected}', but was '{found}' for value: {value}"
        );
        self.error(field, &what)
    }
}

impl Uses {
    /// Reads generously: a name in a string or a comment counts.
    fn of(text: &str) -> Self {
        let mut uses = Self::default();
        for (at, _) in text.match_indices('$') {
            let rest = &text[at + 1..];
            let name = &rest[..name_length(rest)];
            if name == "states" {
                let member = rest[name.len()..].strip_prefix('.').map(|rest| &rest[..name_length(rest)]);
                match member.and_then(Member::of) {
                    Some(member) => uses.member(member),
                    None => Member::ALL.into_iter().for_each(|member| uses.member(member)),
                }
            } else if !name.is_empty() && !uses.names(name) {
                uses.variables.push(name.into());
            }
        }
        uses
    }

    fn member(&mut self, member: Member) {
        if !self.members.contains(&member) {
            self.members.push(member);
        }
    }

    /// Whether the name stands somewhere behind a `$`.
    pub(super) fn names(&self, name: &str) -> bool {
        self.variables.iter().any(|known| **known == *name)
    }
}

/// How far a name goes: to the next blank or operator, as the tokenizer of jsonata-js has it.
fn name_length(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || ".[]{}()@#;:?,+-*/%|=<>^&!~\"'`$\0".contains(c))
        .unwrap_or(text.len())
}

impl Path {
    fn of(text: &str) -> Option<Self> {
        let mut names = text.strip_prefix('$')?.split('.');
        let plain = |name: &&str| {
            let is_word = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && !name.starts_with(|c: char| c.is_ascii_digit());
            is_word && !matches!(*name, "and" | "or" | "in" | "true" | "false" | "null" | "function")
        };
        let root = names.next().filter(plain)?;
        let root = match root {
            "states" => Root::Member(Member::of(names.next()?)?),
            name => Root::Variable(name.into()),
        };
        let steps = names.map(|name| Some(name).filter(plain).map(Box::from)).collect::<Option<_>>()?;
        Some(Self { root, steps })
    }

    /// The value, where it lies in objects alone. What maps over an array or finds nothing is the engine's.
    fn find<'a>(&self, scope: &Scope<'a>) -> Option<&'a Value> {
        let mut value = match &self.root {
            Root::Member(member) => scope.member(*member)?,
            Root::Variable(name) => scope.variables.get(name)?,
        };
        for step in &self.steps {
            let Value::Object(members) = value else { return None };
            value = members.get(&**step)?;
        }
        Some(value)
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn what_is_an_expression() {
        assert!(is_expression("{% 1 %}") && is_expression("{%1%}") && is_expression("{%%}"));
        for text in ["", "{%", "%}", "{%}", " {% 1 %}", "{% 1 %} ", "a {% 1 %}", "{% 1 %} and {% 2"] {
            assert!(!is_expression(text), "{text}");
        }
    }

    #[test]
    fn what_is_read_is_known_before() {
        let uses = |text| {
            let uses = Uses::of(text);
            let members: Vec<_> = uses.members.iter().map(|member| member.name()).collect();
            format!("{} {}", members.join(","), uses.variables.join(","))
        };
        assert_eq!(uses("$states.input.a + $x"), "input x");
        assert_eq!(uses("$states.result & $states.input & $states.result"), "result,input ");
        assert_eq!(uses("$lookup($states, 'input')"), "input,result,errorOutput,context lookup");
        assert_eq!(uses("$states . input"), "input,result,errorOutput,context ");
        assert_eq!(uses("$sum($äö.$x)"), " sum,äö,x");
    }

    #[test]
    fn plain_paths() {
        let is_path = |text| Path::of(text).is_some();
        assert!(is_path("$states.input") && is_path("$a") && is_path("$a.b.c_1"));
        for text in
            ["$states", "$states.other", "$a.b[0]", "$a.`b`", "$a.", "$", "$$.a", "$a.null", "$a.0", "1"]
        {
            assert!(!is_path(text), "{text}");
        }
    }
}
