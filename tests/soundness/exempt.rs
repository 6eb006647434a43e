//! What is exempt from the promise: each exemption is a line of `docs/book/promises.md`, and there is no other way to let a failure pass.

use stepfn::{
    executor::Outcome,
    intrinsic::{ArgKind, Call, Function},
    value::Value,
};

/// Why a failure is no breach of the promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exempt {
    Text,
    Size,
    Flag,
    Zero,
    Raised,
    Quota,
    Service,
    Stranger,
    Anything,
}

impl Exempt {
    const ALL: [Self; 9] = [
        Self::Text,
        Self::Size,
        Self::Flag,
        Self::Zero,
        Self::Raised,
        Self::Quota,
        Self::Service,
        Self::Stranger,
        Self::Anything,
    ];

    /// Its line in the book.
    pub(crate) fn line(self) -> &'static str {
        match self {
            Self::Text => "| what a text or a file holds |",
            Self::Size => "| how large a number is |",
            Self::Flag => "| a flag that only has one right value |",
            Self::Zero => "| division by a computed zero, and what is computed of it |",
            Self::Raised => "| an error that an expression raises itself |",
            Self::Quota => "Sizes and quotas are not followed either",
            Self::Service => "| what a service leaves out |",
            Self::Stranger => "| keys that a type does not know of |",
            Self::Anything => "results without a declared type, may be anything",
        }
    }
}

/// The exemptions that a cause tells by words, or by codes of JSONata.
const WORDS: [(Exempt, &[&str], &str); 6] = [
    (
        Exempt::Text,
        &[
            "States.Base64Decode",
            "Cannot convert String to Json",
            "Invalid JSON",
            // The key of an object in a bucket.
            "NoSuchKey",
            "Path::parse",
            "Error parsing Path",
            "contained empty path segment",
            "invalid JSON at line",
        ],
        // Numbers, pictures, encodings, times, patterns.
        "D3030 D3080 D3081 D3082 D3083 D3084 D3085 D3086 D3087 D3088 D3089 D3090 D3091 D3092 D3093 D3110 D3120 D3121 D3130 D3131 D3132 \
         D3133 D3135 D3136 D3140 D1004",
    ),
    (
        Exempt::Size,
        &[
            "must be between",
            "States.ArrayRange",
            "States.MathRandom",
            "must not be negative",
            "greater than or equal to",
            "out of range",
            "must be positive",
            "cannot be negative",
            "references a negative value",
            "delay is too long",
        ],
        // Limits, square roots, powers, bases, ranges.
        "D3011 D3020 D3040 D3060 D3061 D3100 D2014",
    ),
    // D3001 is what becomes of it where it is made a text.
    (Exempt::Zero, &[], "D1001 D3001"),
    (Exempt::Raised, &[], "D3137 D3141"),
    (Exempt::Quota, &["DataLimitExceeded", "memory limit exceeded", "maximum number of history events"], ""),
    // See `values`.
    (Exempt::Stranger, &["`zz` is unknown"], ""),
];

/// Returns the exemption of a failure by what it says.
pub(crate) fn exempt(cause: &str) -> Option<Exempt> {
    // A function's report is there as JSON.
    let cause = &*cause.replace("\\\"", "\"");
    if divides_by_zero(cause) {
        return None;
    }
    let by_words = WORDS.iter().find(|(_, words, codes)| {
        words
            .iter()
            .copied()
            .chain(codes.split(' ').filter(|code| !code.is_empty()))
            .any(|word| cause.contains(word))
    });
    let by_text = || match () {
        () if holds_other_text(cause) => Some(Exempt::Text),
        () if is_flag(cause) => Some(Exempt::Flag),
        () if is_value_of_call(cause) || is_computed_item(cause) || is_too_large(cause) => Some(Exempt::Size),
        () if is_no_number(cause) => Some(Exempt::Zero),
        () => None,
    };
    by_words.map(|(exempt, ..)| *exempt).or_else(by_text)
}

/// Whether a text that is computed is an empty pattern, or nothing that the reference's own decoder takes. A pattern that is written there
/// is known.
fn holds_other_text(cause: &str) -> bool {
    cause.contains("D3010") && !["''", "\"\""].iter().any(|empty| cause.contains(empty))
        || cause.contains("$base64decode(") && cause.contains("threw an internal error")
}

/// The call of an intrinsic function in a cause.
fn call_in(cause: &str) -> Option<Result<Call, &str>> {
    let (_, rest) = cause.split_once("the intrinsic function: ")?;
    let call = rest.rsplit_once(". ").and_then(|(call, _)| Call::parse(call).ok());
    Some(call.ok_or(rest))
}

/// Whether it is a flag that says whether a merge goes deep: only shallow merges are made.
fn is_flag(cause: &str) -> bool {
    let Some(Ok(call)) = call_in(cause) else { return false };
    call.calls().any(|call| {
        call.function == Function::JsonMerge
            && matches!(call.args.get(2).map(|arg| &arg.kind), Some(ArgKind::Path(_)))
    })
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
    let call = match call_in(cause) {
        Some(Ok(call)) => call,
        Some(Err(rest)) => {
            return ["States.ArrayPartition", "States.Hash"].iter().any(|name| rest.contains(name));
        }
        None => return false,
    };
    call.calls().any(|call| match (call.function, call.args.get(1).map(|arg| &arg.kind)) {
        (Function::ArrayPartition, Some(ArgKind::Number(size))) => size.starts_with(['0', '-']),
        // It takes any data, of which there may be too much.
        (Function::Hash, Some(ArgKind::String(name))) => HASHES.contains(&name.as_str()),
        // A template that is computed.
        (Function::Format, _) => !matches!(call.args.first().map(|arg| &arg.kind), Some(ArgKind::String(_))),
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
    let Some(Ok(call)) = call_in(cause) else { return false };
    call.calls().any(|call| {
        call.function == Function::ArrayGetItem
            && !matches!(call.args.get(1).map(|arg| &arg.kind), Some(ArgKind::Number(_)))
    })
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

/// Returns the exemption of a failure by the values that an execution had, which its words do not tell.
pub(crate) fn by_values(outcome: &Outcome, input: &Value, cause: &str) -> Option<Exempt> {
    // The sums of `States.MathAdd` have 32 bits.
    if cause.contains("States.MathAdd(") && holds_large(outcome, input) {
        return Some(Exempt::Size);
    }
    // What is computed of what is no number fails where a number is asked for, or where no rule takes it.
    let is_zero = !divides_by_zero(cause) && may_lack_a_number(cause) && holds_no_number(outcome);
    is_zero.then_some(Exempt::Zero)
}

#[test]
fn each_exemption_is_a_line_of_the_book() {
    let book = include_str!("../../docs/book/promises.md");
    for exempt in Exempt::ALL {
        assert!(book.contains(exempt.line()), "docs/book/promises.md has no line: {}", exempt.line());
    }
    // And what no failure is exempt for, says why.
    const NEVER: [(&str, &str); 3] = [
        ("two keys of one object that are the same", "no machine that is made has two computed keys"),
        ("whether a number is a whole one", "counted as what is declared anything"),
        ("NaN in a float", "no value that is made is NaN"),
    ];
    let table = book.split_once("## What no type declares").map_or("", |(_, rest)| rest);
    let table = table.split("\n## ").next().unwrap_or_default();
    for row in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")).skip(1) {
        let is_known = Exempt::ALL.iter().any(|exempt| row.starts_with(exempt.line()))
            || NEVER.iter().any(|(line, _)| row.contains(line));
        assert!(is_known, "no failure is exempt for this line of the book: {row}");
    }
}

#[test]
fn what_no_line_exempts_is_a_failure() {
    let of = |expression: &str, said: &str| {
        exempt(&format!("The JSONata expression '{expression}' specified for the field 'Output' {said}"))
    };
    assert_eq!(
        of("$number($states.input.s)", "threw an error during evaluation. D3030: no number"),
        Some(Exempt::Text)
    );
    assert_eq!(of("1 / 0", "threw an error during evaluation. D1001: Number out of range: Infinity"), None);
    assert_eq!(
        of("1 / $states.input.n", "threw an error during evaluation. D1001: Infinity"),
        Some(Exempt::Zero)
    );
    assert_eq!(of("$states.input.a", "returned nothing (undefined)."), None);
    assert_eq!(
        of("$uppercase($states.input.n)", "threw an error during evaluation. T0410: Argument 1"),
        None
    );
    let call = |call: &str| {
        exempt(&format!("There was an error while evaluating the intrinsic function: {call}. It failed."))
    };
    assert_eq!(call("States.ArrayGetItem($.a, $.b)"), Some(Exempt::Size));
    assert_eq!(call("States.ArrayGetItem($.a, 1)"), None);
    assert_eq!(call("States.JsonMerge($.a, $.b, $.c)"), Some(Exempt::Flag));
    assert_eq!(call("States.JsonMerge($.a, $.b, false)"), None);
    assert_eq!(call("States.StringSplit($.a, ',')"), None);
    assert_eq!(exempt("expected an integer, found the number 3.5"), None);
    assert_eq!(exempt("expected an integer, found the number 18446744073709552000"), Some(Exempt::Size));
}
