use crate::{
    asl::{Condition, Operator},
    value::Value,
};

/// A condition in few signs: `$.total > 5`.
pub(super) fn text(condition: &Condition) -> String {
    match condition {
        Condition::And(parts) => joined(parts, " && "),
        Condition::Or(parts) => joined(parts, " || "),
        Condition::Not(inner) => format!("!({})", text(inner)),
        Condition::Annotated(inner, _) => text(inner),
        Condition::Jsonata(Value::String(expression)) => {
            let inside = expression.trim().strip_prefix("{%").and_then(|rest| rest.strip_suffix("%}"));
            inside.unwrap_or(expression).trim().to_owned()
        }
        Condition::Jsonata(value) => value.to_string(),
        Condition::Compare(comparison) => {
            let (path, operand) = (&comparison.variable, &comparison.operand);
            let is_test = comparison.operator.is_test();
            let shown = match operand {
                // A path is written without quotes.
                Value::String(path) if comparison.operator.name().ends_with("Path") => path.to_string(),
                operand => operand.to_string(),
            };
            match sign(comparison.operator) {
                _ if is_test && operand.as_bool() == Some(false) => {
                    format!("!{}({path})", comparison.operator.name())
                }
                _ if is_test => format!("{}({path})", comparison.operator.name()),
                Some(sign) => format!("{path} {sign} {shown}"),
                None => format!("{path} {} {shown}", comparison.operator.name()),
            }
        }
    }
}

fn joined(parts: &[Condition], sign: &str) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Condition::And(_) | Condition::Or(_) => format!("({})", text(part)),
            part => text(part),
        })
        .collect();
    parts.join(sign)
}

/// The sign for an operator whose name ends in what it asks.
fn sign(operator: Operator) -> Option<&'static str> {
    let name = operator.name().strip_suffix("Path").unwrap_or(operator.name());
    [
        ("LessThanEquals", "<="),
        ("GreaterThanEquals", ">="),
        ("LessThan", "<"),
        ("GreaterThan", ">"),
        ("Equals", "=="),
        ("Matches", "matches"),
    ]
    .into_iter()
    .find(|(ending, _)| name.ends_with(ending))
    .map(|(_, sign)| sign)
}
