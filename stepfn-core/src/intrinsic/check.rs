//! The checks of a call that need nothing but its text.

use super::{ArgKind, Call, IntrinsicError, Kind, format_parts, values};

impl Call {
    /// The first call, this one or one nested in it, with too few or too many arguments. For
    /// `States.Format` that is also a literal template with other than one `{}` per argument.
    pub fn arity_error(&self) -> Option<IntrinsicError> {
        self.calls().find_map(Self::own_arity_error)
    }

    fn own_arity_error(&self) -> Option<IntrinsicError> {
        let name = self.function.name();
        let signature = self.function.signature();
        let found = self.args.len();
        let message = |expected: &str, n: usize| {
            let plural = if n == 1 { "" } else { "s" };
            format!("`{name}` takes {expected} argument{plural}, found {found}")
        };
        let help = || format!("write `{name}{signature}`");
        let at_least = if signature.limit() == Some(signature.required) { "" } else { "at least " };
        if found < signature.required {
            let n = signature.required;
            return Some(
                IntrinsicError::new(message(&format!("{at_least}{n}"), n), self.span.clone()).help(help()),
            );
        }
        if let Some(limit) = signature.limit()
            && let Some(extra) = self.args.get(limit..)
            && let (Some(first), Some(last)) = (extra.first(), extra.last())
        {
            let expected = match (limit, signature.required) {
                (0, _) => "no".to_owned(),
                (limit, required) if limit == required => limit.to_string(),
                (limit, required) => format!("{required} to {limit}"),
            };
            let span = first.span.start..last.span.end;
            return Some(IntrinsicError::new(message(&expected, limit), span).help(help()));
        }
        let wanted = self.format_placeholders()?;
        let given = found - 1;
        if wanted == given {
            return None;
        }
        let template = self.args.first()?;
        let s = |n: usize| if n == 1 { "" } else { "s" };
        Some(
            IntrinsicError::new(
                format!(
                    "the template has {wanted} placeholder{}, and {given} argument{} follow{}",
                    s(wanted),
                    s(given),
                    if given == 1 { "s" } else { "" },
                ),
                template.span.clone(),
            )
            .help("write one argument for each `{}`; a `{}` to print is `\\{\\}`"),
        )
    }

    /// Returns the errors of all literal arguments, of this call and the nested ones, that the function cannot take: of
    /// the wrong kind (a string where an array belongs, a call with another result), or of a value
    /// that is always refused (an algorithm that does not exist, a step of 0, a position below 0).
    pub fn literal_kind_errors(&self) -> Vec<IntrinsicError> {
        let mut errors = Vec::new();
        for call in self.calls() {
            let signature = call.function.signature();
            for (n, arg) in call.args.iter().enumerate() {
                let Some(wanted) = signature.kind_of(n) else {
                    break;
                };
                let name = signature.params.get(n).map_or("argument", |param| param.name);
                match arg.kind.kind() {
                    Some(found) if !fits(found, wanted) => errors.push(
                        IntrinsicError::new(
                            format!(
                                "`{}` takes {wanted} as `{name}`, found {}",
                                call.function.name(),
                                arg.kind.describe(),
                            ),
                            arg.span.clone(),
                        )
                        .help(kind_help(wanted)),
                    ),
                    _ => {}
                }
            }
            errors.extend(values::errors(call));
            errors.extend(call.template_error());
        }
        errors
    }

    /// A `{` or `}` in the literal template of `States.Format` that is neither escaped nor part of
    /// `{}`. AWS accepts the definition and fails the execution.
    pub fn template_error(&self) -> Option<IntrinsicError> {
        let body = self.args.first()?.span.start + 1;
        let mut error = format_parts(&self.template_source()?).err()?;
        error.span = error.span.start + body..error.span.end + body;
        Some(error)
    }
}

impl ArgKind {
    /// The kind of value the argument has, as far as its text determines it: `None` for a path and for a
    /// call that may give anything.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Self::String(_) => Some(Kind::String),
            Self::Number(_) => Some(Kind::Number),
            Self::Boolean(_) => Some(Kind::Boolean),
            Self::Null => Some(Kind::Null),
            Self::Call(call) => Some(call.function.signature().result).filter(|kind| *kind != Kind::Any),
            Self::Path(_) => None,
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::String(_) => "a string".to_owned(),
            Self::Number(text) => format!("the number `{text}`"),
            Self::Boolean(value) => format!("`{value}`"),
            Self::Null => "`null`".to_owned(),
            Self::Path(path) => format!("`{path}`"),
            Self::Call(call) => {
                format!("{} from `{}`", call.function.signature().result, call.function.name())
            }
        }
    }
}

fn fits(found: Kind, wanted: Kind) -> bool {
    match (found, wanted) {
        (_, Kind::Any) => true,
        // AWS makes whole numbers of others.
        (Kind::Number | Kind::Integer, Kind::Number | Kind::Integer) => true,
        (found, wanted) => found == wanted,
    }
}

fn kind_help(wanted: Kind) -> &'static str {
    match wanted {
        Kind::Array => "write a path to an array, or `States.Array(...)`",
        Kind::Object => "write a path to an object, or `States.StringToJson('...')`",
        Kind::String => "write a text in single quotes, or a path to one",
        Kind::Number | Kind::Integer => "write a number without quotes, or a path to one",
        Kind::Boolean => "write `true` or `false` without quotes, or a path to one",
        Kind::Any | Kind::Null => "write a path",
    }
}
