//! `States.MathAdd`, `States.MathRandom`, `States.UUID`.

use stepfn_core::value::Value;

use super::{Arguments, Failure};
use crate::eval::{
    Random,
    number::{round, truncate},
};

/// Recorded on AWS: each argument is rounded, halves up, before they are added.
pub(super) fn add(args: &Arguments<'_, '_>) -> Result<Value, Failure> {
    // Numbers and sum are 32 bits wide (developer guide, "Intrinsics for Math operations").
    let narrow = |value: i64| i32::try_from(value).map_err(|_| args.refuse());
    let sum = i64::from(narrow(round(args.number(0)?))?) + i64::from(narrow(round(args.number(1)?))?);
    narrow(sum).map(|sum| i64::from(sum).into())
}

/// Returns a number from the start to before the end, fractions cut off.
pub(super) fn random(args: &Arguments<'_, '_>, random: &Random) -> Result<Value, Failure> {
    let (start, end) = (truncate(args.number(0)?), truncate(args.number(1)?));
    if start >= end {
        return Err(args.refuse());
    }
    Ok(match args.values.len() {
        0..=2 => random.between(start, end).into(),
        _ => Random::new(truncate(args.number(2)?)).between(start, end).into(),
    })
}

pub(super) fn uuid(random: &Random) -> Value {
    random.uuid().into()
}
