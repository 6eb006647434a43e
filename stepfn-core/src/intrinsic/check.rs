//! The checks of a call that need nothing but its text.

use super::{Arg, ArgKind, Call, Function, IntrinsicError, Kind, format_parts};

/// The algorithms of `States.Hash`, and of `$hash`.
pub(crate) const ALGORITHMS: &[&str] = &["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"];

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
    /// that is always refused (an algorithm that does not exist, a step of 0).
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
                    _ => errors.extend(value_error(call.function, n, arg)),
                }
            }
            errors.extend(call.template_error());
            errors.extend(call.range_error());
        }
        errors
    }

    /// Literal numbers that together are always refused.
    fn range_error(&self) -> Option<IntrinsicError> {
        let literal = |place: usize| match &self.args.get(place)?.kind {
            // Recorded on AWS: these are rounded, halves up.
            ArgKind::Number(text) if self.function == Function::MathAdd => {
                whole(text, |number| (number + 0.5).floor())
            }
            ArgKind::Number(text) => truncated(text),
            _ => None,
        };
        let (first, second) = (literal(0)?, literal(1)?);
        let span = self.args.first()?.span.start..self.args.get(1)?.span.end;
        let (message, help) = match self.function {
            Function::MathRandom if first >= second => (
                format!("there is no number from {first} to before {second}"),
                "write the smaller number first; the second one does not belong to the range",
            ),
            Function::MathAdd if !is_narrow(first) || !is_narrow(second) || !is_narrow(first + second) => {
                ("numbers and their sum have 32 bits".to_owned(), "compute it in a function")
            }
            Function::ArrayRange
                if literal(2).is_some_and(|step| range_len(first, second, step) > MOST_ITEMS) =>
            {
                (
                    format!("a range has at most {MOST_ITEMS} numbers"),
                    "write a larger step, or take several ranges",
                )
            }
            _ => return None,
        };
        Some(IntrinsicError::new(message, span).help(help))
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
        // AWS rounds, in both directions.
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

fn value_error(function: Function, n: usize, arg: &Arg) -> Option<IntrinsicError> {
    let error = |message: String| Some(IntrinsicError::new(message, arg.span.clone()));
    match (function, n, &arg.kind) {
        (Function::Hash, 1, ArgKind::String(name)) if !ALGORITHMS.contains(&name.as_str()) => {
            let list: Vec<_> = ALGORITHMS.iter().map(|name| format!("`{name}`")).collect();
            error(format!("`{name}` is no hash algorithm"))
                .map(|error| error.help(format!("the algorithms are {}", list.join(", "))))
        }
        (Function::JsonMerge, 2, ArgKind::Boolean(true)) => {
            error("a deep merge is not supported by Step Functions".to_owned())
                .map(|error| error.help("write `false`"))
        }
        (Function::ArrayRange, 2, ArgKind::Number(text)) if truncated(text) == Some(0) => {
            error(format!("a range with the step `{text}` has no end"))
                .map(|error| error.help("write a step that is not 0"))
        }
        (Function::ArrayPartition, 1, ArgKind::Number(text))
            if truncated(text).is_some_and(|size| size <= 0) =>
        {
            error(format!("chunks of the size `{text}`")).map(|error| error.help("write a size of 1 or more"))
        }
        _ => None,
    }
}

/// The most items that `States.ArrayRange` makes (developer guide, "Intrinsics for arrays").
const MOST_ITEMS: i128 = 1000;

/// Returns how many numbers there are in a range.
fn range_len(first: i128, last: i128, step: i128) -> i128 {
    let steps = last.saturating_sub(first).checked_div(step).unwrap_or_default();
    // In the other direction there are none.
    if (last >= first) == (step > 0) || first == last { steps + 1 } else { 0 }
}

fn is_narrow(number: i128) -> bool {
    i32::try_from(number).is_ok()
}

/// The integer to which AWS cuts off a number.
fn truncated(text: &str) -> Option<i128> {
    whole(text, f64::trunc)
}

fn whole(text: &str, whole: impl Fn(f64) -> f64) -> Option<i128> {
    if let Ok(number) = text.parse::<i64>() {
        return Some(number.into());
    }
    // `as` saturates, which keeps the sign.
    #[allow(clippy::cast_possible_truncation)]
    Some((whole(text.parse().ok()?) as i64).into())
}
