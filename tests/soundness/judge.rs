//! The verdict on an execution: the breaches of the promise, and the exemptions from it.

use stepfn::{
    executor::{Outcome, RunError},
    intrinsic::{ArgKind, Call, Function},
    value::Value,
};

/// An execution that the checker promised not to be.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// The common part of failures of the same kind.
    pub(crate) kind: String,
    /// The message.
    pub(crate) said: String,
}

impl Failure {
    pub(crate) fn new(place: &str, said: &str, input: Option<&Value>) -> Self {
        let input = input.map(|input| format!("\ninput {input}")).unwrap_or_default();
        Self { kind: format!("{place}: {}", skeleton(said)), said: format!("{place}: {said}{input}") }
    }
}

/// Errors that a path or a type ends in.
const PATH_OR_TYPE: [&str; 9] = [
    "States.Runtime",
    "States.QueryEvaluationError",
    "States.ParameterPathFailure",
    "States.ResultPathMatchFailure",
    "States.IntrinsicFailure",
    "States.NoChoiceMatched",
    "States.ItemReaderFailed",
    "States.ResultWriterFailed",
    "Runtime.UnmarshalError",
];

/// The exemptions of the README: the size of a number, the content of a string, an item at a computed position; and errors that an
/// expression raises itself.
pub(crate) fn is_exempt(cause: &str) -> bool {
    // A function's report is there as JSON.
    let cause = &*cause.replace("\\\"", "\"");
    const SIZES: [&str; 19] = [
        "must be between",
        "DataLimitExceeded",
        "States.ArrayRange",
        "States.MathRandom",
        // What a text holds.
        "States.Base64Decode",
        "NoSuchKey",
        "must not be negative",
        "greater than or equal to",
        "out of range",
        "Path::parse",
        "Error parsing Path",
        "contained empty path segment",
        "must be positive",
        "cannot be negative",
        "references a negative value",
        // What a file holds.
        "invalid JSON at line",
        // How long a text gets, or an array.
        "memory limit exceeded",
        // How long an execution goes on.
        "maximum number of history events",
        "delay is too long",
    ];
    // Codes of JSONata: what a text holds (numbers, times, pictures, encodings, patterns), how large a number is, $error, $assert.
    const CODES: [&str; 31] = [
        "D3030", "D3011", "D3020", "D3040", "D3060", "D3061", "D3080", "D3081", "D3082", "D3083", "D3084",
        "D3085", "D3086", "D3087", "D3088", "D3089", "D3090", "D3091", "D3092", "D3093", "D3100", "D3110",
        "D3120", "D3121", "D3130", "D3131", "D3132", "D3135", "D3136", "D3137", "D3140",
    ];
    // D3001 is what becomes of a division by a computed zero, or of a number too large, where it is made a text.
    const MORE: [&str; 6] = ["D3141", "D2014", "D1001", "D1004", "D3133", "D3001"];
    if divides_by_zero(cause) {
        return false;
    }
    SIZES.iter().chain(&CODES).chain(&MORE).any(|word| cause.contains(word))
        // An empty pattern that is computed is what a text holds; one that is written there is not.
        || cause.contains("D3010") && !["''", "\"\""].iter().any(|empty| cause.contains(empty))
        || is_value_of_call(cause)
        || is_computed_item(cause)
        || is_no_number(cause)
        // What a text holds: the reference's own decoder fails.
        || cause.contains("$base64decode(") && cause.contains("threw an internal error")
        || is_too_large(cause)
}

/// Returns `true` if a literal zero is a divisor.
fn divides_by_zero(cause: &str) -> bool {
    ["D1001", "D3001"].iter().any(|code| cause.contains(code))
        && ["/ 0", "/ (0)", "% 0", "% (0)"].iter().any(|division| cause.contains(division))
}

/// The algorithms of `States.Hash`.
const HASHES: [&str; 5] = ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"];

/// Whether an intrinsic function fails for what a value holds and not for its type.
fn is_value_of_call(cause: &str) -> bool {
    if cause.contains("Cannot convert String to Json") {
        return true;
    }
    let Some((_, rest)) = cause.split_once("the intrinsic function: ") else { return false };
    let Some(Ok(call)) = rest.rsplit_once(". ").map(|(call, _)| Call::parse(call)) else {
        return ["States.ArrayPartition", "States.Hash"].iter().any(|name| rest.contains(name));
    };
    call.calls().any(|call| match (call.function, call.args.get(1).map(|arg| &arg.kind)) {
        (Function::ArrayPartition, Some(ArgKind::Number(size))) => size.starts_with(['0', '-']),
        // It takes any data, of which there may be too much.
        (Function::Hash, Some(ArgKind::String(name))) => HASHES.contains(&name.as_str()),
        // A template that is computed.
        (Function::Format, _) => !matches!(call.args.first().map(|arg| &arg.kind), Some(ArgKind::String(_))),
        // Only shallow merges are made.
        (Function::JsonMerge, _) => matches!(call.args.get(2).map(|arg| &arg.kind), Some(ArgKind::Path(_))),
        (Function::ArrayPartition | Function::Hash, _) => true,
        _ => false,
    })
}

/// What a division by a computed zero gives, and `$parseInteger` of a text that is no number: Infinity, or NaN, on which no more can be
/// computed.
fn is_no_number(cause: &str) -> bool {
    let made = ["\"Infinity\"", "\"-Infinity\"", "\"NaN\""];
    let is_found = |text: &&str| {
        cause.contains(&format!("found the string {text}"))
            || cause.contains(&format!("Expected 'number', but was 'string' for value: {text}"))
    };
    if made.iter().any(is_found) {
        return true;
    }
    // It is an operand: the expression itself divides, and computes with what comes of it.
    let asked = [
        "must evaluate to a number",
        "must evaluate to an integer",
        "Cannot negate a non-numeric value: null",
    ];
    let Some((before, _)) = asked.iter().find_map(|asked| cause.split_once(asked)) else { return false };
    let Some((_, expression)) = before.split_once("JSONata expression '") else { return false };
    let expression = expression.split("' specified for").next().unwrap_or_default();
    let divides = |sign: char| matches!(sign, '/' | '%');
    let computes = |sign: char| matches!(sign, '/' | '%' | '+' | '-' | '*');
    ["$parseInteger(", "$round(", "$power("].iter().any(|call| expression.contains(call))
        || expression.contains(divides)
            && (expression.matches(computes).count() > 1 || expression.contains(".."))
}

/// A whole number that is too large for its place.
fn is_too_large(cause: &str) -> bool {
    // What is computed in JSONata is a float.
    const DIGITS: f64 = 9_007_199_254_740_992.0;
    let beyond = |number: &str| number.trim().parse::<f64>().is_ok_and(|number| number.abs() >= DIGITS);
    if let Some((_, value)) = cause.split_once("cannot be parsed as a long value: ") {
        return value.rsplit("== ").next().is_some_and(beyond);
    }
    if let Some((expected, found)) = cause.split_once(", found ")
        && expected.contains("integer")
    {
        let number = found.strip_prefix("the number ").and_then(|rest| rest.split([';', '"', ',']).next());
        let whole =
            found.strip_prefix("a number; found ").and_then(|rest| rest.split(['"', '}', ',']).next());
        return number.or(whole).is_some_and(beyond);
    }
    if let Some((_, value)) = cause.split_once("cannot be parsed as an integer: ") {
        return value.parse::<f64>().is_ok_and(|value| value.abs() > f64::from(i32::MAX));
    }
    cause.split_once("refers to value \"").is_some_and(|(_, rest)| {
        let value = rest.split('"').next().unwrap_or_default().trim_start_matches('-');
        !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// `States.ArrayGetItem` with an index that is no literal.
fn is_computed_item(cause: &str) -> bool {
    let Some((_, rest)) = cause.split_once("the intrinsic function: ") else { return false };
    let Some(Ok(call)) = rest.rsplit_once(". ").map(|(call, _)| Call::parse(call)) else { return false };
    let computed = |call: &Call| {
        call.function == Function::ArrayGetItem
            && !matches!(call.args.get(1).map(|arg| &arg.kind), Some(ArgKind::Number(_)))
    };
    call.calls().any(computed)
}

/// Returns `true` if a value that is no number, and is a string in JSON, came to be in an execution: what a division by a computed zero
/// gives, or a text that was to be a number. The generator makes no such texts.
fn holds_no_number(outcome: &Outcome) -> bool {
    let mut events = outcome.history.events();
    events.any(|event| {
        event.details().is_some_and(|details| {
            let text = details.to_string();
            ["NaN", "Infinity"].iter().any(|word| {
                text.contains(&format!("\\\"{word}\\\"")) || text.contains(&format!("\"{word}\""))
            })
        })
    })
}

/// Whether a number of an execution is so large that a sum of two may need more than 32 bits.
fn holds_large(outcome: &Outcome, input: &Value) -> bool {
    let mut events = outcome.history.events();
    is_large(input) || events.any(|event| event.details().is_some_and(|details| is_large(&details)))
}

fn is_large(value: &Value) -> bool {
    let large = |number: f64| number.abs() >= f64::from(1 << 30);
    match value {
        Value::Object(map) => map.iter().any(|(_, value)| is_large(value)),
        Value::Array(items) => items.iter().any(is_large),
        // The data is in the history as text.
        Value::String(text) => match text.parse::<Value>() {
            Ok(inner) if inner.as_str().is_none() => is_large(&inner),
            _ => false,
        },
        value => value.as_f64().is_some_and(large),
    }
}

/// Whether a failure may be that something is no number.
fn may_lack_a_number(cause: &str) -> bool {
    let words =
        ["number", "integer", "NaN", "Infinity", "cannot be parsed", "does not point to a next state"];
    // What a function takes for a number is a text then.
    let takes_number = || {
        let (_, called) = cause.split_once("of function \"")?;
        let function = stepfn_core::jsonata::function(called.split('"').next()?)?;
        Some(function.signature.contains('n'))
    };
    words.iter().any(|word| cause.contains(word))
        || cause.contains("T0410") && takes_number().unwrap_or(false)
}

/// Judges an execution that came to an end. `quiet` means that nothing of it can have been caught.
pub(crate) fn judge(outcome: &Outcome, input: &Value, quiet: bool) -> Option<Failure> {
    let failure = |error: &str, cause: &str| {
        let breaks = PATH_OR_TYPE.contains(&error) && !is_exempt(cause);
        // The sums of `States.MathAdd` have 32 bits.
        let overflows = || cause.contains("States.MathAdd(") && holds_large(outcome, input);
        // What is computed of what is no number fails where a number is asked for, or where no rule takes it.
        let is_number = || divides_by_zero(cause) || !holds_no_number(outcome) || !may_lack_a_number(cause);
        (breaks && !overflows() && is_number()).then(|| Failure::new(error, cause, Some(input)))
    };
    if let Some(error) = outcome.error()
        && let Some(found) = failure(error, outcome.cause().unwrap_or_default())
    {
        return Some(found);
    }
    if quiet {
        return None;
    }
    for event in outcome.history.events() {
        if !event.event_type.ends_with("Failed") {
            continue;
        }
        let Some(details) = event.details() else { continue };
        let (error, cause) = (&details["error"], &details["cause"]);
        if let Some(found) = failure(error.as_str().unwrap_or_default(), cause.as_str().unwrap_or_default()) {
            return Some(found);
        }
    }
    outcome.map_runs.iter().flat_map(|run| &run.children).find_map(|child| judge(child, input, false))
}

/// Judges an execution that could not be run to its end.
pub(crate) fn stopped(error: &RunError, input: &Value) -> Option<Failure> {
    match error {
        // Which buckets there are is not the checker's to know.
        RunError::UnboundBucket { .. } => None,
        // How long an execution goes on is nobody's promise: a guard that was broken makes a loop endless.
        RunError::TooManyTransitions { .. } => None,
        error => Some(Failure::new("the run stops", &error.to_string(), Some(input))),
    }
}

/// Returns a message without the parts that differ from case to case: quotes, backticks, numbers, JSON.
pub(crate) fn skeleton(said: &str) -> String {
    // The found type determines the kind less than the expected one.
    let mut said =
        said.split(", found ").next().unwrap_or_default().split("; found ").next().unwrap_or_default();
    for end in [
        " but was: ",
        " for value:",
        " in the input '",
        " refers to value ",
        " to input ",
        " entered at the event id",
    ] {
        if end == " entered at the event id" {
            let rest =
                said.split_once("entered at the event id #").and_then(|(_, rest)| rest.split_once(')'));
            said = rest.map_or(said, |(_, rest)| rest.trim_start_matches(['.', ' ']));
        } else {
            said = said.split(end).next().unwrap_or_default();
        }
    }
    // An expression may hold quotes of its own.
    let (before, rest) = match said.rsplit_once(" specified for the field '") {
        Some((before, rest)) => {
            let words: Vec<_> =
                before.split_whitespace().take_while(|word| !word.starts_with('\'')).collect();
            (words.join(" "), rest.split_once('\'').map_or(rest, |(_, rest)| rest))
        }
        None => (String::new(), said),
    };
    let mut out = before;
    let (mut until, mut quoted, mut depth): (Option<char>, String, usize) = (None, String::new(), 0);
    for sign in rest.chars() {
        match (until, sign) {
            (Some(end), sign) if sign == end => {
                until = None;
                // The names of functions, operators and types determine the kind.
                let tells = quoted.len() < 20 && !quoted.starts_with(['$', '{']) && end != '`';
                out.push_str(if tells { quoted.trim() } else { "…" });
            }
            (Some(_), sign) => quoted.push(sign),
            (None, '\'' | '`' | '"') => (until, quoted) = (Some(sign), String::new()),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth = depth.saturating_sub(1),
            (None, sign) if depth > 0 || sign.is_ascii_digit() && !is_code(&out) => {}
            (None, sign) => out.push(sign),
        }
    }
    // The two values do not belong to the kind.
    if let Some((before, after)) = out.split_once("The values ")
        && let Some((_, after)) = after.split_once(" either side")
    {
        out = format!("{before}The values either side{after}");
    }
    let short = out.replace("in its field …: ", "").replace("in its items: ", "");
    short.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect()
}

/// Whether a code of JSONata's is being written: `T2001`.
fn is_code(out: &str) -> bool {
    let tail = out.trim_end_matches(|sign: char| sign.is_ascii_digit());
    tail.ends_with(['T', 'D', 'S']) && !tail.trim_end_matches(['T', 'D', 'S']).ends_with(char::is_alphabetic)
}
