//! A template as JSON.

use stepfn_core::value::Value;

use crate::tree::Node;

/// The text of a document in JSON, with CloudFormation's functions in their long form.
pub(crate) fn to_json_text(node: &Node) -> String {
    let mut text = value(node).to_pretty_string();
    text.push('\n');
    text
}

fn value(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(*value),
        // Numbers come from JSON; a number that is none would be a text.
        Node::Number(number) => number.parse().unwrap_or_else(|_| Value::string(number.as_str())),
        Node::Text(text) => Value::string(text.as_str()),
        Node::List(items) => Value::array(items.iter().map(value)),
        Node::Map(entries) => Value::object(entries.iter().map(|(key, node)| (key.as_str(), value(node)))),
        Node::Explained(node, _) => value(node),
        Node::Tagged(tag, node) => match (*tag, &**node) {
            ("!GetAtt", Node::Text(text)) => {
                let (id, attribute) = text.split_once('.').unwrap_or((text, ""));
                Value::object([("Fn::GetAtt", Value::array([id, attribute].map(Value::string)))])
            }
            (tag, node) => Value::object([(long_form(tag), value(node))]),
        },
    }
}

fn long_form(tag: &str) -> String {
    match tag.trim_start_matches('!') {
        "Ref" => "Ref".to_owned(),
        name => format!("Fn::{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_their_long_form() {
        let node = Node::List(vec![
            Node::tagged("!Ref", Node::text("A")),
            Node::tagged("!GetAtt", Node::text("A.B.C")),
            Node::tagged("!Sub", Node::text("x-${A}")),
            Node::Number("1.50".to_owned()),
        ]);
        let expected = r#"[{"Ref":"A"},{"Fn::GetAtt":["A","B.C"]},{"Fn::Sub":"x-${A}"},1.50]"#;
        assert_eq!(value(&node).to_string(), expected);
    }
}
