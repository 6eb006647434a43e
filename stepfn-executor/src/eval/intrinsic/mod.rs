//! Intrinsic functions, compiled.

mod array;
mod math;
mod text;

use std::{borrow::Cow, sync::Arc};

use stepfn_core::{
    intrinsic::{ArgKind, Call, FormatPart, Function, format_parts},
    value::{Number, Value},
};

use super::{CompileError, EvalError, Random, Scope, error_name, number, path::CompiledPath};

/// A call, ready to be evaluated.
#[derive(Clone, Debug)]
pub(crate) struct CompiledCall {
    text: Box<str>,
    node: Node,
}

#[derive(Clone, Debug)]
struct Node {
    function: Function,
    args: Box<[Arg]>,
    /// The literal template of `States.Format`, cut into its parts.
    template: Option<Box<[FormatPart]>>,
}

#[derive(Clone, Debug)]
enum Arg {
    Constant(Value),
    Path(CompiledPath),
    Call(Node),
}

/// Why a call failed.
enum Failure {
    /// A path among the arguments found nothing.
    Missing(String),
    /// A function refuses what it was given; the reason, if there is more to say than which function.
    Refused(Function, Option<String>),
}

impl CompiledCall {
    /// Compiles a call.
    ///
    /// # Errors
    /// When the text is no call, or a function has too few or too many arguments. Other than as many as the template of
    /// `States.Format` has places for are a failure of the execution.
    pub(crate) fn compile(text: &str) -> Result<Self, CompileError> {
        let (call, _) = Call::parse_lenient(text)?;
        if let Some(error) = call.calls().find(|call| !has_right_arity(call)).and_then(Call::arity_error) {
            return Err(error.into());
        }
        Ok(Self { text: text.trim_end().into(), node: Node::compile(&call)? })
    }

    /// The call as it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The value of the call.
    ///
    /// # Errors
    /// `States.Runtime` when a path finds nothing (in the words of AWS), `States.IntrinsicFailure` when a function refuses
    /// its arguments (developer guide, "Handling errors in Step Functions workflows").
    pub(crate) fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        self.node.evaluate(scope).map(Cow::into_owned).map_err(|failure| {
            let (error, detail) = match failure {
                Failure::Missing(path) => (
                    error_name::RUNTIME,
                    format!(
                        "The JsonPath argument for the field '{path}' could not be found in the input '{}'",
                        scope.input
                    ),
                ),
                Failure::Refused(function, reason) => {
                    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
                    (
                        error_name::INTRINSIC_FAILURE,
                        format!("Invalid arguments in {}{reason}", function.name()),
                    )
                }
            };
            EvalError::new(error, format!("The function '{}' had the following error: {detail}", self.text))
        })
    }
}

fn has_right_arity(call: &Call) -> bool {
    let signature = call.function.signature();
    call.args.len() >= signature.required && signature.limit().is_none_or(|limit| call.args.len() <= limit)
}

impl Node {
    fn compile(call: &Call) -> Result<Self, CompileError> {
        let args = call.args.iter().map(|arg| {
            Ok(match &arg.kind {
                ArgKind::String(text) => Arg::Constant(text.as_str().into()),
                ArgKind::Number(text) => {
                    let number = number::parse(text).ok_or_else(|| {
                        CompileError::new(format!("`{text}` is no number")).help("write it as in JSON")
                    })?;
                    Arg::Constant(Value::Number(number))
                }
                ArgKind::Boolean(value) => Arg::Constant((*value).into()),
                ArgKind::Null => Arg::Constant(Value::Null),
                ArgKind::Path(path) => Arg::Path(CompiledPath::from_path(path.clone())?),
                ArgKind::Call(call) => Arg::Call(Self::compile(call)?),
            })
        });
        Ok(Self {
            function: call.function,
            args: args.collect::<Result<_, CompileError>>()?,
            template: call.format_template().map(Into::into),
        })
    }

    fn evaluate<'v>(&'v self, scope: &Scope<'v>) -> Result<Cow<'v, Value>, Failure> {
        // Three is the most that a function with a fixed number of arguments takes.
        let mut fixed: [Cow<'v, Value>; 3] = [const { Cow::Owned(Value::Null) }; 3];
        let args: &[Cow<'v, Value>];
        let all: Vec<Cow<'v, Value>>;
        if self.args.len() <= fixed.len() {
            for (value, arg) in fixed.iter_mut().zip(&self.args) {
                *value = arg.evaluate(scope)?;
            }
            args = &fixed[..self.args.len()];
        } else {
            all = self.args.iter().map(|arg| arg.evaluate(scope)).collect::<Result<_, _>>()?;
            args = &all;
        }
        let arguments = Arguments { function: self.function, values: args };
        self.apply(&arguments, scope.random).map(Cow::Owned)
    }

    fn apply(&self, args: &Arguments<'_, '_>, random: &Random) -> Result<Value, Failure> {
        match self.function {
            Function::Format => match &self.template {
                Some(parts) => text::format(parts, args),
                None => {
                    let parts =
                        format_parts(args.text(0)?).map_err(|error| args.refuse(brace(&error.message)))?;
                    text::format(&parts, args)
                }
            },
            Function::StringToJson => text::string_to_json(args),
            Function::JsonToString => Ok(args.get(0)?.to_string().into()),
            Function::Array => {
                Ok(args.values.iter().map(|value| Value::clone(value)).collect::<Vec<_>>().into())
            }
            Function::ArrayPartition => array::partition(args),
            Function::ArrayContains => array::contains(args),
            Function::ArrayRange => array::range(args),
            Function::ArrayGetItem => array::get_item(args),
            Function::ArrayLength => Ok(args.array(0)?.len().into()),
            Function::ArrayUnique => array::unique(args),
            Function::Base64Encode => text::base64_encode(args),
            Function::Base64Decode => text::base64_decode(args),
            Function::Hash => text::hash(args),
            Function::JsonMerge => text::json_merge(args),
            Function::MathRandom => math::random(args, random),
            Function::MathAdd => math::add(args),
            Function::StringSplit => text::string_split(args),
            Function::UUID => Ok(math::uuid(random)),
        }
    }
}

/// The words of AWS for a template with a stray brace.
fn brace(message: &str) -> &'static str {
    if message.contains("`{`") { "matching '}' not found for '{'" } else { "matching '{' not found for '}'" }
}

impl Arg {
    fn evaluate<'v>(&'v self, scope: &Scope<'v>) -> Result<Cow<'v, Value>, Failure> {
        match self {
            Self::Constant(value) => Ok(Cow::Borrowed(value)),
            Self::Path(path) => path.find(scope).map_err(|_| {
                // AWS has taken the first `$` of `$$.` away when it comes to this message.
                let text = path.as_str();
                Failure::Missing(
                    text.strip_prefix('$').filter(|rest| rest.starts_with('$')).unwrap_or(text).to_owned(),
                )
            }),
            Self::Call(call) => call.evaluate(scope),
        }
    }
}

/// The evaluated arguments of a call.
struct Arguments<'a, 'v> {
    function: Function,
    values: &'a [Cow<'v, Value>],
}

impl Arguments<'_, '_> {
    fn refuse(&self, reason: impl Into<String>) -> Failure {
        Failure::Refused(self.function, Some(reason.into()))
    }

    fn get(&self, index: usize) -> Result<&Value, Failure> {
        self.values.get(index).map(|value| &**value).ok_or(Failure::Refused(self.function, None))
    }

    fn text(&self, index: usize) -> Result<&Arc<str>, Failure> {
        match self.get(index)? {
            Value::String(text) => Ok(text),
            _ => Err(Failure::Refused(self.function, None)),
        }
    }

    fn array(&self, index: usize) -> Result<&[Value], Failure> {
        self.get(index)?.as_array().ok_or(Failure::Refused(self.function, None))
    }

    fn number(&self, index: usize) -> Result<&Number, Failure> {
        self.get(index)?.as_number().ok_or(Failure::Refused(self.function, None))
    }
}
