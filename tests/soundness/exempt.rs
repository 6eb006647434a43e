//! What is exempt from the promise: each exemption is a line of `docs/book/promises.md`, and there is no other way to let a failure pass.

use std::cell::Cell;

use stepfn::{
    executor::Outcome,
    intrinsic::{ArgKind, Call, Function},
    value::Value,
};

use stepfn_core::jsonata::{self, Expression, ExpressionKind as Kind};

use crate::nan::{any, is_no_number};

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
            "Invalid arguments in States.Base64Decode",
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
            "must not be negative",
            "greater than or equal to",
            "out of range",
            "must be positive",
            "cannot be negative",
            "references a negative value",
            "delay is too long",
            // The size of the parts of `$partition`.
            "Second argument must be zero or greater",
        ],
        // Limits, square roots, powers, bases, ranges.
        "D3011 D3020 D3040 D3060 D3061 D3100 D2014",
    ),
    // D3001 is what becomes of it where it is made a text.
    (Exempt::Zero, &[], "D1001 D3001"),
    (Exempt::Raised, &[], "D3141"),
    (
        Exempt::Quota,
        &[
            "DataLimitExceeded",
            "memory limit exceeded",
            "maximum number of history events",
            // A function that calls itself.
            "Expression evaluation timeout",
            "Check for non-terminating recursive function",
        ],
        "",
    ),
    // See `values`.
    (Exempt::Stranger, &["`zz` is unknown"], ""),
];

/// Returns the exemption of a failure by what it says.
pub(crate) fn exempt(cause: &str) -> Option<Exempt> {
    // A function's report is there as JSON.
    let cause = &*cause.replace("\\\"", "\"");
    if divides_by_zero(cause) || takes_no_such_number(cause) {
        return None;
    }
    let by_words = WORDS.iter().find(|(_, words, codes)| {
        words
            .iter()
            .copied()
            .chain(codes.split(' ').filter(|code| !code.is_empty()))
            .any(|word| cause.contains(word))
    });
    let others = [
        (Exempt::Raised, cause.contains("D3137") && cause.contains("$error")),
        (Exempt::Text, holds_other_text(cause)),
        (Exempt::Flag, is_flag(cause)),
        (Exempt::Size, is_value_of_call(cause) || is_too_large(cause)),
        (Exempt::Zero, is_no_number(cause)),
    ];
    let by_words = by_words.map(|(exempt, ..)| *exempt);
    by_words.or_else(|| others.iter().find(|(_, is)| *is).map(|(exempt, _)| *exempt))
}

/// Whether a text that is computed is an empty pattern, the name of no algorithm, or nothing that the reference's own decoder takes. What
/// is written there is known.
fn holds_other_text(cause: &str) -> bool {
    names_algorithm(cause).unwrap_or(false)
        || cause.contains("D3010") && !["''", "\"\""].iter().any(|empty| expression_in(cause).contains(empty))
        || cause.contains("$base64decode(") && cause.contains("threw an internal error")
}

/// The expression that a cause names, or all of it.
fn expression_in(cause: &str) -> &str {
    let inside =
        cause.split_once("JSONata expression '").and_then(|(_, rest)| rest.split_once("' specified for"));
    inside.map_or(cause, |(expression, _)| expression)
}

/// Whether the name of a hash algorithm that there is not is written nowhere as one.
fn names_algorithm(cause: &str) -> Option<bool> {
    let (before, rest) = cause.split_once("Hash algorithm '")?;
    let name = rest.split('\'').next()?;
    let (_, expression) = before.split_once("JSONata expression '")?;
    let (expression, _) = expression.split_once("' specified for")?;
    let is_written = |part: &Expression| match &part.kind {
        Kind::Call { function, arguments } => {
            matches!(&function.kind, Kind::Variable(called) if called == "hash")
                && matches!(arguments.last().map(|argument| &argument.kind), Some(Kind::String(text)) if text == name)
        }
        _ => false,
    };
    Some(!any(&jsonata::parse(expression).ok()?, &is_written))
}

/// The call of an intrinsic function in a cause, and the one, it or one inside of it, that refuses its arguments.
fn call_in(cause: &str) -> Option<(Call, &str)> {
    let (_, rest) = cause.split_once("the intrinsic function: ")?;
    let (call, said) = rest.rsplit_once(". ")?;
    let refuses = ["Invalid arguments in ", "Invalid template in "];
    let (_, refuses) = refuses.iter().find_map(|words| said.split_once(words))?;
    let end = refuses.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '.');
    Some((Call::parse(call).ok()?, refuses[..end.unwrap_or(refuses.len())].trim_end_matches('.')))
}

/// Whether one of the calls of the function that refuses its arguments has such ones.
fn refuses(cause: &str, is: impl Fn(Function, &[&ArgKind]) -> bool) -> bool {
    let Some((call, refuses)) = call_in(cause) else { return false };
    call.calls().filter(|call| call.function.name() == refuses).any(|call| {
        let args: Vec<_> = call.args.iter().map(|arg| &arg.kind).collect();
        is(call.function, &args)
    })
}

/// Whether it is a flag that says whether a merge goes deep: only shallow merges are made.
fn is_flag(cause: &str) -> bool {
    refuses(cause, |function, args| {
        function == Function::JsonMerge && matches!(args.get(2), Some(ArgKind::Path(_) | ArgKind::Call(_)))
    })
}

/// Returns `true` if a literal zero is a divisor.
fn divides_by_zero(cause: &str) -> bool {
    ["D1001", "D3001"].iter().any(|code| cause.contains(code))
        && ["/ 0", "/ (0)", "% 0", "% (0)"].iter().any(|division| cause.contains(division))
}

/// Returns `true` if a literal number is one that the function never takes.
fn takes_no_such_number(cause: &str) -> bool {
    const FUNCTIONS: [(&str, &str); 5] = [
        ("D3011", "$replace("),
        ("D3020", "$split("),
        ("D3040", "$match("),
        ("D3060", "$sqrt("),
        ("D3100", "$formatBase("),
    ];
    let expression = cause.split("' specified for the field").next().unwrap_or_default();
    let called = FUNCTIONS.iter().find(|(code, _)| cause.contains(code));
    called.is_some_and(|(code, call)| {
        expression.split(call).skip(1).any(|rest| {
            let last = rest.split(')').next().and_then(|arguments| arguments.rsplit(',').next());
            let number = last.and_then(|last| last.trim().parse::<f64>().ok());
            number.is_some_and(
                |number| if *code == "D3100" { !(2.0..=36.0).contains(&number) } else { number < 0.0 },
            )
        })
    })
}

/// The algorithms of `States.Hash`.
const HASHES: [&str; 5] = ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"];

/// Whether an intrinsic function fails for what a value holds and not for its type.
fn is_value_of_call(cause: &str) -> bool {
    refuses(cause, |function, args| match (function, args) {
        (Function::ArrayPartition | Function::ArrayGetItem, [_, size, ..]) => {
            !matches!(size, ArgKind::Number(_))
        }
        // How many numbers there are; a step of 0 is known.
        (Function::ArrayRange, [first, last, step]) => {
            [first, last, step].into_iter().any(|end| !matches!(end, ArgKind::Number(_)))
        }
        (Function::MathRandom, [start, end, ..]) => {
            [start, end].into_iter().any(|end| !matches!(end, ArgKind::Number(_)))
        }
        // It takes any data, of which there may be too much.
        (Function::Hash, [_, ArgKind::String(name), ..]) => HASHES.contains(&name.as_str()),
        (Function::Hash, _) => true,
        // A template that is computed.
        (Function::Format, [template, ..]) => !matches!(template, ArgKind::String(_)),
        _ => false,
    })
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
        let is_whole = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        // `1e+21` is one too.
        is_whole || value.starts_with(|sign: char| sign.is_ascii_digit()) && beyond(value)
    })
}

/// Whether a value is no integer of a type because it was computed, and is beyond 32 bits and its type: nobody handed it in.
pub(crate) fn is_beyond_its_type(outcome: &Outcome, input: &Value, reason: &str) -> bool {
    let found = || {
        let (expected, found) = reason.split_once(", found the number ")?;
        let number = found.split([';', '"', ',', ' ']).next()?.parse::<f64>().ok()?;
        let is_large =
            number.fract() == 0.0 && !(f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
        (expected.contains("expected an integer") && is_large).then_some(number)
    };
    found().is_some_and(|number| !holds(input, number) && !is_answered(outcome, number))
}

/// Whether a number is among what some work answered.
fn is_answered(outcome: &Outcome, number: f64) -> bool {
    const ANSWERS: [&str; 4] =
        ["TaskSucceeded", "TaskSubmitted", "LambdaFunctionSucceeded", "ActivitySucceeded"];
    outcome.history.events().any(|event| {
        ANSWERS.contains(&event.event_type) && event.details().is_some_and(|details| holds(&details, number))
    }) || outcome.map_runs.iter().flat_map(|run| &run.children).any(|child| is_answered(child, number))
}

fn holds(value: &Value, number: f64) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(_, value)| holds(value, number)),
        Value::Array(items) => items.iter().any(|item| holds(item, number)),
        // The data is in the history as text.
        Value::String(text) => {
            text.parse::<Value>().is_ok_and(|inner| inner.as_str().is_none() && holds(&inner, number))
        }
        value => value.as_f64() == Some(number),
    }
}

/// Returns `true` if a value that is no number, and is a string in JSON, came to be in an execution: what a division by a computed zero
/// gives, or a text that was to be a number. The generator makes no such texts.
fn holds_no_number(outcome: &Outcome) -> bool {
    let mut events = outcome.history.events();
    events.any(|event| {
        event.details().is_some_and(|details| {
            let text = details.to_string();
            ["NaN", "Infinity", "-Infinity"].iter().any(|word| {
                text.contains(&format!("\\\"{word}\\\"")) || text.contains(&format!("\"{word}\""))
            })
        })
    })
}

thread_local! {
    static IS_LARGE: Cell<bool> = const { Cell::new(false) };
}

/// Says whether such a number is written in the machine that runs: what a state that fails was about to give is in no history.
pub(crate) fn with_large<'v>(written: impl IntoIterator<Item = &'v Value>) {
    IS_LARGE.set(written.into_iter().any(is_large));
}

/// Whether a number of an execution is so large that a sum of two may need more than 32 bits.
fn holds_large(outcome: &Outcome, input: &Value) -> bool {
    let mut events = outcome.history.events();
    IS_LARGE.get()
        || is_large(input)
        || events.any(|event| event.details().is_some_and(|details| is_large(&details)))
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
        || ["T0410", "T0411"].iter().any(|code| cause.contains(code)) && takes_number().unwrap_or(false)
}

/// Returns the exemption of a failure by the values that an execution had, which its words do not tell.
pub(crate) fn by_values(outcome: &Outcome, input: &Value, cause: &str) -> Option<Exempt> {
    // The sums of `States.MathAdd` have 32 bits.
    if cause.contains("States.MathAdd(") && holds_large(outcome, input) {
        return Some(Exempt::Size);
    }
    if is_beyond_its_type(outcome, input, &cause.replace("\\\"", "\"")) {
        return Some(Exempt::Size);
    }
    // What is computed of what is no number fails where a number is asked for, or where no rule takes it.
    let is_zero = !divides_by_zero(cause) && may_lack_a_number(cause) && holds_no_number(outcome);
    is_zero.then_some(Exempt::Zero)
}

/// Whether numbers do not have the 32 bits of `States.MathAdd` that a text may hold, which no history shows: what a text holds is exempt.
pub(crate) fn adds_what_a_text_holds(machine: &serde_json::Value, said: &str) -> bool {
    said.contains("Invalid arguments in States.MathAdd")
        && machine.to_string().contains("States.StringToJson(")
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
    let radix = "threw an error during evaluation. D3100: The radix of the formatBase function";
    assert_eq!(of("$formatBase(7, $states.input.n)", radix), Some(Exempt::Size));
    assert_eq!(of("$formatBase($states.input.n, 1)", radix), None);
    let raised = "threw an error during evaluation. D3137: ";
    assert_eq!(of("$error($states.input.s)", &format!("{raised}no")), Some(Exempt::Raised));
    assert_eq!(of("$parse($states.input.s)", &format!("{raised}Invalid JSON")), Some(Exempt::Text));
    let hash = format!("{raised}Hash algorithm 'MD6' must be one of SHA-1");
    assert_eq!(of("$hash('x', $states.input.s)", &hash), Some(Exempt::Text));
    assert_eq!(of("$hash('x', 'MD6')", &hash), None);
    assert_eq!(of("'x' ~> $hash('MD6')", &hash), None);
    // The text that is hashed is not the algorithm.
    assert_eq!(of("$hash('MD6', $states.context.State.Name)", &hash), Some(Exempt::Text));
    let empty = "threw an error during evaluation. D3010: Second argument of replace function cannot be an empty string";
    assert_eq!(of("$replace('x', $states.input.s, 'y') = 'x'", empty), Some(Exempt::Text));
    assert_eq!(of("$replace('x', '', 'y')", empty), None);
    let endless = "threw an error during evaluation: Expression evaluation timeout: Check for infinite loop";
    assert_eq!(of("($f := function($p) { $f($p) }; $f(1))", endless), Some(Exempt::Quota));
    assert_eq!(
        of("$uppercase($states.input.n)", "threw an error during evaluation. T0410: Argument 1"),
        None
    );
    let call =
        |call: &str| exempt(&format!("There was an error while evaluating the intrinsic function: {call}"));
    let of_call =
        |text: &str, function: &str| call(&format!("{text}. Invalid arguments in States.{function}"));
    assert_eq!(of_call("States.ArrayGetItem($.a, $.b)", "ArrayGetItem"), Some(Exempt::Size));
    assert_eq!(of_call("States.ArrayGetItem($.a, 1)", "ArrayGetItem"), None);
    assert_eq!(of_call("States.ArrayLength(States.ArrayGetItem($.a, $.b))", "ArrayLength"), None);
    assert_eq!(of_call("States.ArrayLength(States.ArrayRange(1, $.b, 1))", "ArrayLength"), None);
    assert_eq!(of_call("States.ArrayLength(States.ArrayRange(1, $.b, 1))", "ArrayRange"), Some(Exempt::Size));
    assert_eq!(of_call("States.ArrayRange(1, 1001, 1)", "ArrayRange"), None);
    assert_eq!(of_call("States.MathRandom(1, $.a)", "MathRandom"), Some(Exempt::Size));
    assert_eq!(of_call("States.MathRandom(5, 1, $.a)", "MathRandom"), None);
    assert_eq!(of_call("States.JsonMerge($.a, $.b, $.c)", "JsonMerge"), Some(Exempt::Flag));
    assert_eq!(of_call("States.JsonMerge($.a, $.b, false)", "JsonMerge"), None);
    assert_eq!(of_call("States.ArrayPartition($.a, 2)", "ArrayPartition"), None);
    assert_eq!(of_call("States.StringSplit($.a, ',')", "StringSplit"), None);
    assert_eq!(exempt("expected an integer, found the number 3.5"), None);
    assert_eq!(exempt("expected an integer, found the number 18446744073709552000"), Some(Exempt::Size));
}

#[test]
fn a_sum_beyond_its_type_is_exempt_and_nothing_that_was_handed_in_is() {
    let machine = serde_json::json!({
        "QueryLanguage": "JSONata",
        "StartAt": "S",
        "States": { "S": { "Type": "Pass", "Output": "{% $states.input + $states.input %}", "End": true } },
    });
    let (machine, _) = stepfn::asl::read_str(&machine.to_string()).unwrap();
    let definition = stepfn::draft::Draft::new("Sum", machine).build().unwrap();
    let executor = stepfn::executor::Executor::builder().keep_history().build(&definition).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let says = |found: &str| {
        format!("expected an integer from 0 to 4294967295, found the number {found}; found {found}")
    };
    for (input, found, is_exempt) in [
        ("4294967295", "8589934590", true),
        ("4294967295", "4294967295", false),
        ("4294967295.5", "8589934590.5", false),
        ("200", "400", false),
    ] {
        let input: Value = input.parse().unwrap();
        let outcome = runtime.block_on(executor.run(input.clone())).unwrap();
        assert_eq!(is_beyond_its_type(&outcome, &input, &says(found)), is_exempt, "{found}");
    }
}
