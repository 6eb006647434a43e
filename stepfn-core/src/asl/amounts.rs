//! Where a definition has numbers and flags that a deployment tool may put in: `"Seconds": ${Wait}`.

use super::{
    OperandKind, Operator,
    schema::{self, Kind},
};
use crate::{
    placeholder,
    value::{Map, Value},
};

/// A definition in JSON with other values in place of texts that are one placeholder and nothing else, where a number or a flag of the
/// language is expected: in a field, or as the operand of a comparison. In data a text is a text.
///
/// ```
/// use stepfn_core::asl::fill_amounts;
///
/// let text = r#"{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":"${S}","Comment":"${S}","End":true}}}"#;
/// let filled = fill_amounts(&text.parse()?, &|_| 5.into());
/// assert_eq!(filled.to_string(), text.replacen("\"${S}\"", "5", 1));
/// # Ok::<(), stepfn_core::json::JsonError>(())
/// ```
pub fn fill_amounts(definition: &Value, value: &dyn Fn(&str) -> Value) -> Value {
    object("StateMachine", definition, value)
}

fn object(owner: &str, of: &Value, value: &dyn Fn(&str) -> Value) -> Value {
    let Some(fields) = of.as_object() else { return of.clone() };
    let mut out = Map::new();
    for (key, field) in fields.iter() {
        let kind = schema::field(owner, key).map(|row| row.kind);
        let filled = match (kind, field) {
            (Some(Kind::States), Value::Object(states)) => {
                let mut all = Map::new();
                for (name, state) in states.iter() {
                    let ty = state.get("Type").and_then(Value::as_str).unwrap_or_default();
                    all.insert(name.clone(), object(ty, state, value));
                }
                all.into()
            }
            (Some(Kind::Object(owner)), field) => object(owner, field, value),
            (Some(Kind::List(owner)), Value::Array(items)) => {
                Value::array(items.iter().map(|item| object(owner, item, value)))
            }
            (Some(Kind::Amount(_) | Kind::Flag), Value::String(text)) => amount(text, value),
            (None, Value::String(text)) if owner == "ChoiceRule" && takes_amount(key) => amount(text, value),
            _ => field.clone(),
        };
        out.insert(key.clone(), filled);
    }
    out.into()
}

fn takes_amount(operator: &str) -> bool {
    let operator = operator.parse::<Operator>().map(|operator| operator.operand());
    operator.is_ok_and(|operand| matches!(operand, OperandKind::Number | OperandKind::Boolean))
}

fn amount(text: &str, value: &dyn Fn(&str) -> Value) -> Value {
    if placeholder::only(text).is_some() { value(text) } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_operands_are_filled_and_data_is_not() {
        let text = r#"{"TimeoutSeconds":"${A}","StartAt":"C","States":{
            "C":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.n","NumericGreaterThan":"${B}"},{"Not":{"Variable":"$.f","BooleanEquals":"${C}"}},
                {"Variable":"$.s","StringEquals":"${Kept}"}],"Next":"M"}],"Default":"M"},
            "M":{"Type":"Map","MaxConcurrency":"${D}","Retry":[{"ErrorEquals":["E"],"MaxAttempts":"${E}"}],"End":true,
                "ItemSelector":{"Seconds":"${Kept}"},
                "ItemProcessor":{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":"${F}","Next":"P"},
                    "P":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"${Kept}","TimeoutSeconds":"${G}${Kept}",
                        "HeartbeatSeconds":"${G}","Parameters":{"TimeoutSeconds":"${Kept}"},"End":true}}}]}}}}}}"#;
        let filled = fill_amounts(&text.parse().unwrap(), &|text| Value::from(text.len() as u64)).to_string();
        for name in ["A", "B", "C", "D", "E", "F", "\"${G}\""] {
            assert!(!filled.contains(&format!("\"${{{name}}}\"")), "{name}: {filled}");
        }
        assert_eq!(filled.matches("${Kept}").count(), 5, "{filled}");
    }
}
