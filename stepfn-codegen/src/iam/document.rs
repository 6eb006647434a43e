//! A policy as IAM's JSON.

use stepfn_core::value::Value;

use super::{Condition, Policy, Statement};

impl Policy {
    /// The policy document: two spaces of indent, a final newline.
    pub fn to_json_text(&self) -> String {
        format!("{}\n", self.document().to_pretty_string())
    }

    /// The policy document as a value. A list of one is its one text, as people write it, but for `Action` and `Resource` of
    /// statements with several.
    pub fn document(&self) -> Value {
        let statements = self.statements.iter().map(Statement::document);
        Value::object([("Version", Value::string("2012-10-17")), ("Statement", Value::array(statements))])
    }
}

impl Statement {
    /// The statement as a value, in the order of IAM's own examples.
    pub fn document(&self) -> Value {
        let mut entries = vec![
            ("Sid", Value::string(&*self.sid)),
            ("Effect", Value::string(self.effect.name())),
            ("Action", one_or_more(self.action.iter().map(String::as_str))),
            ("Resource", one_or_more(self.resource.iter().map(|resource| resource.arn.as_str()))),
        ];
        if !self.condition.is_empty() {
            entries.push(("Condition", conditions(&self.condition)));
        }
        Value::object(entries)
    }
}

fn conditions(conditions: &[Condition]) -> Value {
    let mut operators: Vec<&str> = conditions.iter().map(|condition| condition.operator).collect();
    operators.dedup();
    Value::object(operators.into_iter().map(|operator| {
        let of_operator = conditions.iter().filter(|condition| condition.operator == operator);
        let keys = of_operator
            .map(|condition| (condition.key, one_or_more(condition.values.iter().map(String::as_str))));
        (operator, Value::object(keys))
    }))
}

fn one_or_more<'t>(texts: impl Iterator<Item = &'t str>) -> Value {
    let texts: Vec<Value> = texts.map(Value::string).collect();
    match <[Value; 1]>::try_from(texts) {
        Ok([text]) => text,
        Err(texts) => Value::array(texts),
    }
}
