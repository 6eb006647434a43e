//! `ToleratedFailureCount` and `ToleratedFailurePercentage` of a Map.

use stepfn_core::{
    asl::{self, Map, QueryLanguage},
    value::Value,
};

use crate::{
    eval::{CompileError, CompiledPath, EvalError, jsonata},
    program::{Amount, Frame, Percentage},
};

/// Returns the failed iterations that the Map tolerates, by count and by percentage.
pub(super) fn of(
    map: &Map,
    language: QueryLanguage,
    frame: &Frame<'_>,
    input: &Value,
) -> Result<(Option<u64>, Option<f64>), EvalError> {
    let path = |path: &String| CompiledPath::compile(path).map_err(|error| fault(language, &error));
    let template = |amount: &asl::Amount, field: &str| {
        let amount = Value::from(amount.clone());
        jsonata::Template::compile(&amount, field).map_err(|error| fault(language, &error))
    };
    let field = "ToleratedFailureCount";
    let count = match (&map.tolerated_failure_count, &map.tolerated_failure_count_path) {
        (_, Some(text)) => Some(Amount::Path { path: path(text)?, field: "ToleratedFailureCountPath" }),
        (Some(amount), None) if language == QueryLanguage::Jsonata => {
            Some(Amount::Jsonata { template: template(amount, field)?, field: field.into() })
        }
        (Some(asl::Amount::Number(number)), None) => {
            number.as_i64().and_then(|count| u64::try_from(count).ok()).map(Amount::Fixed)
        }
        _ => None,
    };
    let percentage = match (&map.tolerated_failure_percentage, &map.tolerated_failure_percentage_path) {
        (_, Some(text)) => Some(Percentage::Path(path(text)?)),
        (Some(amount), None) if language == QueryLanguage::Jsonata => {
            Some(Percentage::Jsonata(template(amount, "ToleratedFailurePercentage")?))
        }
        (Some(asl::Amount::Number(number)), None) => Some(Percentage::Fixed(number.as_f64())),
        _ => None,
    };
    let count = count.map(|count| count.evaluate(frame, input)).transpose()?;
    let percentage = percentage.map(|percentage| percentage.evaluate(frame, input)).transpose()?;
    Ok((count, percentage))
}

fn fault(language: QueryLanguage, error: &CompileError) -> EvalError {
    match language {
        QueryLanguage::JsonPath => EvalError::runtime(error.to_string()),
        QueryLanguage::Jsonata => EvalError::query(error.to_string(), None),
    }
}
