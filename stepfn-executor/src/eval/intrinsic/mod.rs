//! Intrinsic functions, compiled.

mod array;
mod math;
mod text;

use std::borrow::Cow;

use stepfn_core::{
    intrinsic::{ArgKind, Call, FormatPart, Function, format_parts},
    value::{Number, Text, Value},
};

use super::{CompileError, EvalError, Random, Scope, number, path::CompiledPath};

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

/// The error of a call.
enum Failure {
    /// A path among the arguments found nothing.
    Missing(String),
    /// A function refuses what it was given, in the words of AWS.
    Refused(String),
}

impl Failure {
    /// AWS only reports which function it was.
    fn arguments(function: Function) -> Self {
        Self::Refused(format!("Invalid arguments in {}", function.name()))
    }
}

impl CompiledCall {
    /// Compiles a call.
    ///
    /// # Errors
    /// When the text is no call. AWS creates a machine whose call has the wrong number or kinds of arguments: the state
    /// fails when it is reached.
    pub(crate) fn compile(text: &str) -> Result<Self, CompileError> {
        let (call, _) = Call::parse_lenient(text)?;
        Ok(Self { text: text.trim_end().into(), node: Node::compile(&call)? })
    }

    /// The call as it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The value of the call.
    ///
    /// # Errors
    /// `States.Runtime` in the words of AWS, when a path finds nothing and when a function refuses its arguments: recorded
    /// on AWS, against the guide's `States.IntrinsicFailure`.
    pub(crate) fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        self.node.evaluate(scope).map(Cow::into_owned).map_err(|failure| {
            EvalError::runtime(match failure {
                Failure::Missing(path) => format!(
                    "The function '{}' had the following error: The JsonPath argument for the field '{path}' could not \
                     be found in the input '{}'",
                    self.text, scope.input
                ),
                Failure::Refused(detail) => {
                    format!(
                        "There was an error while evaluating the intrinsic function: {}. {detail}",
                        self.text
                    )
                }
            })
        })
    }
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
                ArgKind::Path(path) => Arg::Path(CompiledPath::from_path(path.clone())),
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
        static NULL: Value = Value::Null;
        // Three is the most that a function with a fixed number of arguments takes. Most of them are there, and are not moved.
        if self.args.len() <= 3 {
            let (mut values, mut made) = ([&NULL; 3], [const { Value::Null }; 3]);
            for ((value, made), arg) in values.iter_mut().zip(&mut made).zip(&self.args) {
                *value = match arg.lead(scope) {
                    Some(value) => value,
                    None => {
                        *made = arg.evaluate(scope)?.into_owned();
                        made
                    }
                };
            }
            return self.call(&values[..self.args.len()], scope);
        }
        let made = self.args.iter().map(|arg| arg.evaluate(scope)).collect::<Result<Vec<_>, _>>()?;
        self.call(&made.iter().map(|value| &**value).collect::<Vec<_>>(), scope)
    }

    fn call<'v>(&self, values: &[&Value], scope: &Scope<'_>) -> Result<Cow<'v, Value>, Failure> {
        self.apply(&Arguments { function: self.function, values }, scope.random).map(Cow::Owned)
    }

    /// Returns `true` if there are as many arguments as the function takes. `States.UUID` does not look at any (recorded on AWS).
    fn has_right_arity(&self) -> bool {
        let signature = self.function.signature();
        let (least, most) = (signature.required, signature.limit());
        self.function == Function::Uuid
            || (self.args.len() >= least && most.is_none_or(|most| self.args.len() <= most))
    }

    fn apply(&self, args: &Arguments<'_, '_>, random: &Random) -> Result<Value, Failure> {
        match self.function {
            Function::JsonToString => match args.values {
                [value] => Ok(value.to_string().into()),
                _ => Err(Failure::Refused(
                    "Invalid arguments in States.JsonToString: only a single argument is allowed.".to_owned(),
                )),
            },
            _ if !self.has_right_arity() => Err(args.refuse()),
            Function::Format => match &self.template {
                Some(parts) => text::format(parts, args),
                None => {
                    let parts = format_parts(args.text(0)?).map_err(|error| {
                        Failure::Refused(format!(
                            "Invalid template in States.Format: {}",
                            brace(&error.message)
                        ))
                    })?;
                    text::format(&parts, args)
                }
            },
            Function::StringToJson => text::string_to_json(args),
            Function::Array => Ok(args.values.iter().copied().cloned().collect::<Vec<_>>().into()),
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
            Function::Uuid => Ok(math::uuid(random)),
        }
    }
}

/// The words of AWS for a template with a stray brace.
fn brace(message: &str) -> &'static str {
    if message.contains("`{`") {
        "matching '}' not found for '{'."
    } else {
        "matching '{' not found for '}'."
    }
}

impl Arg {
    /// Returns the value, if it is there already.
    #[inline]
    fn lead<'v>(&'v self, scope: &Scope<'v>) -> Option<&'v Value> {
        match self {
            Self::Constant(value) => Some(value),
            Self::Path(path) => path.lead(scope),
            Self::Call(_) => None,
        }
    }

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
    values: &'a [&'v Value],
}

impl Arguments<'_, '_> {
    fn refuse(&self) -> Failure {
        Failure::arguments(self.function)
    }

    fn get(&self, index: usize) -> Result<&Value, Failure> {
        self.values.get(index).copied().ok_or_else(|| self.refuse())
    }

    fn text(&self, index: usize) -> Result<&Text, Failure> {
        match self.get(index)? {
            Value::String(text) => Ok(text),
            _ => Err(self.refuse()),
        }
    }

    fn array(&self, index: usize) -> Result<&[Value], Failure> {
        self.get(index)?.as_array().ok_or_else(|| self.refuse())
    }

    fn number(&self, index: usize) -> Result<&Number, Failure> {
        self.get(index)?.as_number().ok_or_else(|| self.refuse())
    }
}
