//! `ToleratedFailureCount` and `ToleratedFailurePercentage` of a Map.

use stepfn_core::{
    asl::{self, Map},
    value::{Number, Value},
};

use crate::{
    eval::{CompiledPath, EvalError},
    program::{Amount, Frame},
};

/// How many failed iterations the Map bears, by count and by percentage.
pub(super) fn of(
    map: &Map,
    frame: &Frame<'_>,
    input: &Value,
) -> Result<(Option<u64>, Option<f64>), EvalError> {
    let compile =
        |path: &String| CompiledPath::compile(path).map_err(|error| EvalError::runtime(error.to_string()));
    let count = match &map.tolerated_failure_count_path {
        Some(path) => Some(
            Amount::Path { path: compile(path)?, field: "ToleratedFailureCountPath" }
                .evaluate(frame, input)?,
        ),
        None => fixed(map.tolerated_failure_count.as_ref())
            .and_then(|number| u64::try_from(number.as_i64()?).ok()),
    };
    let percentage = match &map.tolerated_failure_percentage_path {
        Some(path) => Some(percentage(&compile(path)?, frame, input)?),
        None => fixed(map.tolerated_failure_percentage.as_ref()).map(Number::as_f64),
    };
    if percentage.is_some_and(|percentage| !(0.0..=100.0).contains(&percentage)) {
        return Err(EvalError::runtime("ToleratedFailurePercentage must be between 0 and 100."));
    }
    Ok((count, percentage))
}

fn fixed(amount: Option<&asl::Amount>) -> Option<&Number> {
    match amount? {
        asl::Amount::Number(number) => Some(number),
        asl::Amount::Text(_) => None,
    }
}

fn percentage(path: &CompiledPath, frame: &Frame<'_>, input: &Value) -> Result<f64, EvalError> {
    let value = path.get(&frame.scope(input)).map_err(|miss| miss.invalid_path())?;
    let number = match &value {
        Value::Number(number) => Some(number.as_f64()),
        Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    };
    number.ok_or_else(|| {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        EvalError::runtime(format!(
            "The ToleratedFailurePercentagePath field refers to value \"{shown}\" which is not a valid float: {path}"
        ))
    })
}
