//! The rules of a Choice: ASL's operator objects as expressions.

use stepfn_core::{
    asl::{OperandKind, Operator},
    value::{Map, Value},
};

use super::{
    Unwritable,
    layout::{Entry, Piece},
    machine::Writer,
    paths::expression,
    words::{doc, name, number, string},
};

/// An expression, and how tightly it holds together.
struct Expression {
    parts: Vec<String>,
    /// `&&`, `||`, or nothing for one that needs no parentheses.
    operator: &'static str,
}

impl Expression {
    fn single(text: String) -> Self {
        Self { parts: vec![text], operator: "" }
    }

    fn text(&self) -> String {
        self.parts.join(&format!(" {} ", self.operator))
    }
}

impl Writer<'_> {
    pub(super) fn rule(&mut self, rule: &Map, at: &str) -> Result<Entry, Unwritable> {
        let expression = condition(rule, at)?;
        let target = match rule.get("Next") {
            Some(Value::String(next)) => name(next),
            Some(Value::Bool(next)) => next.to_string(),
            _ => return Err(Unwritable::new(at, "a rule leads nowhere: it has no `Next`")),
        };
        let tail = format!(" => {target}");
        let mut above = Vec::new();
        let mut entries = Vec::new();
        for (key, value) in rule {
            match (key.as_ref(), value) {
                ("Comment", Value::String(comment)) => match doc(comment) {
                    Some(lines) => above = lines,
                    None => entries.push(self.field(key, value, at)?),
                },
                ("Comment", _) => return Err(Unwritable::new(at, "the `Comment` of a rule is a text")),
                ("Assign" | "Output", _) => entries.push(self.field(key, value, at)?),
                _ => {}
            }
        }
        let value = if entries.is_empty() {
            Piece::Chain { parts: expression.parts, operator: expression.operator, tail }
        } else {
            Piece::Block { head: format!("{}{tail} ", expression.text()), entries }
        };
        Ok(Entry { above, key: String::new(), value, is_apart: false })
    }
}

/// Writes a condition, to the depth to which JSON is read.
fn condition(rule: &Map, at: &str) -> Result<Expression, Unwritable> {
    const AROUND: [&str; 5] = ["Next", "Comment", "Assign", "Output", "Variable"];
    let mut keys = rule.iter().filter(|(key, _)| !AROUND.contains(&key.as_ref()));
    let (Some((key, value)), None) = (keys.next(), keys.next()) else {
        return Err(Unwritable::new(at, "a rule has one operator: one operator"));
    };
    let below = format!("{at}/{key}");
    match (key.as_ref(), value) {
        ("And", Value::Array(parts)) => join(parts, "&&", "and", &below),
        ("Or", Value::Array(parts)) => join(parts, "||", "or", &below),
        ("Not", Value::Object(inner)) => negation(inner, &below),
        ("Condition", Value::String(text)) => Ok(Expression::single(string(text))),
        ("Condition", Value::Bool(constant)) => Ok(Expression::single(constant.to_string())),
        (operator, operand) => {
            let variable = rule.get("Variable").and_then(Value::as_str);
            comparison(operator, variable, operand, "==", &below).map(Expression::single)
        }
    }
}

/// A condition within another one, and whether it has a comment of its own.
fn nested(value: &Value, at: &str) -> Result<(Expression, bool), Unwritable> {
    let Value::Object(inner) = value else { return Err(Unwritable::new(at, "a condition is an object")) };
    if let Some(key) = ["Next", "Assign", "Output"].into_iter().find(|key| inner.contains_key(key)) {
        return Err(Unwritable::new(at, &format!("only a rule itself has `{key}`")));
    }
    let expression = condition(inner, at)?;
    match inner.get("Comment") {
        None => Ok((expression, false)),
        Some(Value::String(comment)) if doc(comment).is_some() => {
            let text = expression.text();
            let text = if expression.operator.is_empty() { text } else { format!("({text})") };
            Ok((Expression::single(format!("#[doc = {}] {text}", string(comment))), true))
        }
        Some(_) => {
            Err(Unwritable::new(at, "the `Comment` of a condition is a text without blanks around it"))
        }
    }
}

fn join(parts: &[Value], operator: &'static str, function: &str, at: &str) -> Result<Expression, Unwritable> {
    let mut written = Vec::new();
    let mut has_comment = false;
    for (index, part) in parts.iter().enumerate() {
        let (part, is_commented) = nested(part, &format!("{at}/{index}"))?;
        has_comment |= is_commented;
        written.push(part);
    }
    if written.is_empty() {
        return Err(Unwritable::new(at, "an empty list of conditions"));
    }
    // At the head of a rule a comment would be the rule's.
    if has_comment || written.len() == 1 {
        let parts: Vec<String> = written.iter().map(Expression::text).collect();
        return Ok(Expression::single(format!("{function}({})", parts.join(", "))));
    }
    let parts = written.into_iter().map(|part| {
        // `&&` binds closer than `||`; a list in a list of its own kind stays one.
        let needs = part.operator == operator || (operator == "&&" && part.operator == "||");
        if needs { format!("({})", part.text()) } else { part.text() }
    });
    Ok(Expression { parts: parts.collect(), operator })
}

fn negation(inner: &Map, at: &str) -> Result<Expression, Unwritable> {
    let (nested, is_commented) = nested(&Value::from(inner.clone()), at)?;
    if is_commented || !nested.operator.is_empty() {
        return Ok(Expression::single(format!("!({})", nested.text())));
    }
    let unequal = inner
        .iter()
        .find(|(key, _)| key.ends_with("Equals") || key.ends_with("EqualsPath"))
        .filter(|(key, _)| !key.contains("Than"));
    if let (Some((operator, operand)), Some(variable)) = (unequal, inner.get("Variable")) {
        return comparison(operator, variable.as_str(), operand, "!=", at).map(Expression::single);
    }
    let text = nested.text();
    let is_closed = text.starts_with(['!', '"']) || text.starts_with("is_") && text.ends_with(')');
    let is_call = text.starts_with("and(") || text.starts_with("or(");
    Ok(Expression::single(if is_closed || is_call { format!("!{text}") } else { format!("!({text})") }))
}

fn comparison(
    operator: &str,
    variable: Option<&str>,
    operand: &Value,
    equals: &str,
    at: &str,
) -> Result<String, Unwritable> {
    let wrong = |what: &str| Unwritable::new(at, what);
    let known: Operator = operator.parse().map_err(|_| wrong("no operator of a Choice"))?;
    let variable = variable.ok_or_else(|| wrong("a comparison without `Variable`"))?;
    if !variable.starts_with('$') {
        return Err(wrong("a `Variable` that is no path"));
    }
    let variable = expression(variable);
    let family =
        ["String", "Numeric", "Boolean", "Timestamp"].into_iter().find(|family| operator.starts_with(family));
    let Some(family) = family.filter(|_| !operator.starts_with("Is")) else {
        let test = super::words::snake_case(operator);
        return match operand {
            Value::Bool(true) => Ok(format!("{test}({variable})")),
            Value::Bool(false) => Ok(format!("{test}({variable}) == false")),
            _ => Err(wrong("a test compares with `true` or `false`")),
        };
    };
    let rest = operator.strip_prefix(family).unwrap_or_default();
    let relation = match rest.strip_suffix("Path").unwrap_or(rest) {
        "Equals" => equals,
        "LessThan" => "<",
        "LessThanEquals" => "<=",
        "GreaterThan" => ">",
        "GreaterThanEquals" => ">=",
        "Matches" => "matches",
        _ => return Err(wrong("no operator of a Choice")),
    };
    let operand = match (known.operand(), family, operand) {
        (OperandKind::Path, _, Value::String(path)) if path.starts_with('$') => {
            let word = match family {
                "String" => "string",
                "Numeric" => "number",
                "Boolean" => "boolean",
                _ => "timestamp",
            };
            format!("{word}({})", expression(path))
        }
        (OperandKind::Path, ..) => return Err(wrong("the operand is no path")),
        (_, "String", Value::String(text)) => string(text),
        (_, "Numeric", Value::Number(operand)) => number(operand),
        (_, "Boolean", Value::Bool(operand)) => operand.to_string(),
        (_, "Timestamp", Value::String(text)) => format!("timestamp({})", string(text)),
        _ => return Err(wrong("the operand is of another type than the operator compares")),
    };
    Ok(format!("{variable} {relation} {operand}"))
}
