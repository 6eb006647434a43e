use crate::{
    asl::{Comparison, Condition, Operator},
    value::Value,
};

/// A condition in few signs: `$.total > 5`.
pub(super) fn text(condition: &Condition) -> String {
    match condition {
        Condition::And(parts) => joined(parts, " && "),
        Condition::Or(parts) => joined(parts, " || "),
        Condition::Not(inner) => match &**inner {
            Condition::Compare(comparison) if sign(comparison.operator) == Some("==") => {
                compared(comparison, Some("!="))
            }
            inner => format!("!({})", text(inner)),
        },
        Condition::Annotated(inner, _) => text(inner),
        Condition::Jsonata(Value::String(expression)) => {
            let inside = expression.trim().strip_prefix("{%").and_then(|rest| rest.strip_suffix("%}"));
            inside.unwrap_or(expression).trim().to_owned()
        }
        Condition::Jsonata(value) => value.to_string(),
        Condition::Compare(comparison) => compared(comparison, sign(comparison.operator)),
    }
}

fn compared(comparison: &Comparison, sign: Option<&str>) -> String {
    let (path, operand, name) = (&comparison.variable, &comparison.operand, comparison.operator.name());
    let is_test = comparison.operator.is_test();
    let shown = match operand {
        // A path is written without quotes.
        Value::String(path) if name.ends_with("Path") => path.to_string(),
        operand => operand.to_string(),
    };
    match sign {
        _ if is_test && operand.as_bool() == Some(false) => format!("!{name}({path})"),
        _ if is_test => format!("{name}({path})"),
        Some(sign) => format!("{path} {sign} {shown}"),
        None => format!("{path} {name} {shown}"),
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
