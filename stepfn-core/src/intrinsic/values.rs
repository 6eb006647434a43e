//! Literal arguments that a function always refuses, whatever the data is: one table for all functions.

use super::{Arg, ArgKind, Call, Function, IntrinsicError};
use crate::json;

/// The algorithms of `States.Hash`, and of `$hash`.
pub(crate) const ALGORITHMS: &[&str] = &["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"];

/// The most items that `States.ArrayRange` makes (developer guide, "Intrinsics for arrays").
const MOST_ITEMS: i128 = 1000;

/// The most UTF-16 code units of a text for Base64 or a hash (developer guide, "Intrinsics for data encoding and decoding").
const MOST_UNITS: usize = 10_000;

/// What is wrong, and what to write instead.
type Mismatch = (String, String);

/// The rows of the table: a function, the places of literal arguments, and what is wrong with them.
type Row = (Function, &'static [usize], fn(&[&ArgKind]) -> Option<Mismatch>);

const TABLE: &[Row] = &[
    (Function::ArrayGetItem, &[1], position),
    (Function::ArrayPartition, &[1], size),
    (Function::ArrayRange, &[2], step),
    (Function::ArrayRange, &[0, 1, 2], range),
    (Function::MathRandom, &[0, 1], random),
    (Function::MathAdd, &[0], narrow),
    (Function::MathAdd, &[1], narrow),
    (Function::MathAdd, &[0, 1], sum),
    (Function::Base64Encode, &[0], long),
    (Function::Base64Decode, &[0], long),
    (Function::Hash, &[0], long),
    (Function::Hash, &[1], algorithm),
    (Function::JsonMerge, &[2], deep),
    (Function::StringToJson, &[0], no_json),
];

/// Returns the errors of a call's literal arguments, those of calls in it left aside.
pub(super) fn errors(call: &Call) -> impl Iterator<Item = IntrinsicError> {
    TABLE.iter().filter(|(function, ..)| *function == call.function).filter_map(|(_, places, judge)| {
        let args: Vec<&Arg> = places.iter().map(|place| call.args.get(*place)).collect::<Option<_>>()?;
        let kinds: Vec<&ArgKind> = args.iter().map(|arg| &arg.kind).collect();
        let (message, help) = judge(&kinds)?;
        let (first, last) = (args.first()?, args.last()?);
        Some(IntrinsicError::new(message, first.span.start..last.span.end).help(help))
    })
}

/// The whole number that a function makes of a literal one: recorded on AWS, `States.MathAdd` rounds halves up, and the others cut
/// the fraction off, against the guide.
pub(crate) fn whole_number(function: Function, text: &str) -> Option<i64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let number: f64 = text.parse().ok()?;
    #[allow(clippy::cast_possible_truncation)] // `as` saturates, as Java does
    match function {
        Function::MathAdd => {
            let floor = number.floor();
            Some(if number - floor >= 0.5 { floor + 1.0 } else { floor } as i64)
        }
        Function::ArrayGetItem | Function::ArrayPartition | Function::ArrayRange | Function::MathRandom => {
            Some(number.trunc() as i64)
        }
        _ => None,
    }
}

/// The whole numbers of some arguments, where all of them are literal.
fn numbers<const N: usize>(function: Function, args: &[&ArgKind]) -> Option<[i64; N]> {
    let each = args.iter().map(|arg| match arg {
        ArgKind::Number(text) => whole_number(function, text),
        _ => None,
    });
    each.collect::<Option<Vec<_>>>()?.try_into().ok()
}

fn literal<'a>(args: &[&'a ArgKind]) -> &'a str {
    match args.first() {
        Some(ArgKind::Number(text) | ArgKind::String(text)) => text,
        _ => "",
    }
}

fn position(args: &[&ArgKind]) -> Option<Mismatch> {
    let [index] = numbers(Function::ArrayGetItem, args)?;
    (index < 0).then(|| {
        (
            format!("positions count from 0, so there is no item at `{}`", literal(args)),
            "count from the front; the last one a Task can find, or `$…[-1]` in JSONata".to_owned(),
        )
    })
}

fn size(args: &[&ArgKind]) -> Option<Mismatch> {
    let [size] = numbers(Function::ArrayPartition, args)?;
    (size <= 0)
        .then(|| (format!("chunks of the size `{}`", literal(args)), "write a size of 1 or more".to_owned()))
}

fn step(args: &[&ArgKind]) -> Option<Mismatch> {
    let [step] = numbers(Function::ArrayRange, args)?;
    (step == 0).then(|| {
        (
            format!("a range with the step `{}` has no end", literal(args)),
            "write a step that is not 0; a fraction is cut off".to_owned(),
        )
    })
}

fn range(args: &[&ArgKind]) -> Option<Mismatch> {
    let [first, last, step] = numbers(Function::ArrayRange, args)?;
    let steps = (i128::from(last) - i128::from(first)).checked_div(step.into())?;
    (steps >= MOST_ITEMS).then(|| {
        (
            format!("the range has {} items, and may have {MOST_ITEMS}", steps + 1),
            "write a larger step, or several ranges".to_owned(),
        )
    })
}

fn random(args: &[&ArgKind]) -> Option<Mismatch> {
    let [start, end] = numbers(Function::MathRandom, args)?;
    (start >= end).then(|| {
        (
            format!("there is no number from {start} to before {end}"),
            "write an end that is larger than the start; it does not belong to what is drawn from".to_owned(),
        )
    })
}

fn narrow(args: &[&ArgKind]) -> Option<Mismatch> {
    let [number] = numbers(Function::MathAdd, args)?;
    i32::try_from(number).is_err().then(|| {
        let range = format!("`States.MathAdd` adds numbers from {} to {}", i32::MIN, i32::MAX);
        (format!("`{}` does not have 32 bits", literal(args)), range)
    })
}

fn sum(args: &[&ArgKind]) -> Option<Mismatch> {
    let [one, other] = numbers(Function::MathAdd, args)?;
    let sum = i32::try_from(one).ok().zip(i32::try_from(other).ok());
    sum.is_some_and(|(one, other)| one.checked_add(other).is_none()).then(|| {
        let range = format!("what `States.MathAdd` gives is from {} to {}", i32::MIN, i32::MAX);
        ("the sum does not have 32 bits".to_owned(), range)
    })
}

fn long(args: &[&ArgKind]) -> Option<Mismatch> {
    let Some(ArgKind::String(text)) = args.first() else { return None };
    let units = text.encode_utf16().count();
    (units > MOST_UNITS).then(|| {
        (
            format!("the text has {units} characters, and may have {MOST_UNITS}"),
            "write a shorter one".to_owned(),
        )
    })
}

fn algorithm(args: &[&ArgKind]) -> Option<Mismatch> {
    let Some(ArgKind::String(name)) = args.first() else { return None };
    (!ALGORITHMS.contains(&name.as_str())).then(|| {
        let list: Vec<_> = ALGORITHMS.iter().map(|name| format!("`{name}`")).collect();
        (format!("`{name}` is no hash algorithm"), format!("the algorithms are {}", list.join(", ")))
    })
}

fn deep(args: &[&ArgKind]) -> Option<Mismatch> {
    matches!(args, [ArgKind::Boolean(true)])
        .then(|| ("a deep merge is not supported by Step Functions".to_owned(), "write `false`".to_owned()))
}

/// A text in which there is nothing gives `null`, and `-0` gives 0: both recorded on AWS.
fn no_json(args: &[&ArgKind]) -> Option<Mismatch> {
    let Some(ArgKind::String(text)) = args.first() else { return None };
    if matches!(text.trim(), "" | "-0") {
        return None;
    }
    let error = json::parse_value(text).err()?;
    Some((format!("the text is no JSON: {}", error.message), "write JSON in the quotes".to_owned()))
}
