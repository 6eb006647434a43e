//! The ASL of a definition in a template: an object, with `DefinitionSubstitutions` for its `${…}`.

use indexmap::IndexMap;
use stepfn_core::{
    definition::{Definition, Reference},
    value::Value,
};

use super::{Dialect, Template};
use crate::{
    text::{Piece, has_dynamic_reference, names, split, without_dynamic_references},
    tree::{Node, from_value},
};

impl Template {
    /// `Definition` and `DefinitionSubstitutions`.
    ///
    /// CloudFormation refuses a template with a `null` in it, takes an object with the key `Ref` for its own function, and a text with
    /// `{{resolve:…}}` for a secret. A definition with any of these is a `DefinitionString`, of as many lines as it would have in a file.
    pub(crate) fn definition(&mut self, definition: &Definition) -> Vec<(&'static str, Node)> {
        let machine = definition.machine.to_json();
        let mut entries = vec![if has_what_templates_refuse(&machine) {
            let text = without_dynamic_references(&machine.to_pretty_string());
            let node = match self.dialect {
                Dialect::Json => {
                    let lines = text.lines().map(Node::text).collect();
                    Node::tagged("!Join", Node::List(vec![Node::text("\n"), Node::List(lines)]))
                }
                Dialect::Yaml | Dialect::Serverless => Node::Text(text),
            };
            ("DefinitionString", node)
        } else {
            ("Definition", from_value(&machine))
        }];
        entries.extend(self.substitutions(definition, substituted(definition)));
        entries
    }

    /// Returns `DefinitionSubstitutions`, where the definition has any: the names in the braces of its `${…}`, and the values that
    /// CloudFormation puts in their place. Foreign ones stay out.
    pub(crate) fn substitutions(
        &mut self,
        definition: &Definition,
        substituted: IndexMap<String, String>,
    ) -> Option<(&'static str, Node)> {
        let entries: Vec<_> = substituted
            .into_iter()
            .map(|(name, text)| (name, self.text(&text, &definition.substitutions)))
            .collect();
        (!entries.is_empty()).then(|| ("DefinitionSubstitutions", Node::map(entries)))
    }
}

/// Returns the names in the definition's `${…}` that have a value, in the order in which they first appear, and the text of each.
pub(crate) fn substituted(definition: &Definition) -> IndexMap<String, String> {
    let mut found = IndexMap::new();
    collect(&definition.machine.to_json(), &definition.substitutions, &mut found);
    found
}

fn collect(value: &Value, known: &IndexMap<String, Reference>, found: &mut IndexMap<String, String>) {
    let mut text = |text: &str| {
        for name in names(text) {
            let whole = format!("${{{name}}}");
            let is_known =
                matches!(split(&whole, known).as_slice(), [Piece::Reference(_) | Piece::Framework(_)]);
            if is_known {
                found.insert(name.to_owned(), whole);
            }
        }
    };
    match value {
        Value::String(value) => text(value),
        Value::Array(items) => items.iter().for_each(|item| collect(item, known, found)),
        Value::Object(map) => {
            for (key, value) in map.iter() {
                let mut of_key = IndexMap::new();
                collect(&Value::from(key), known, &mut of_key);
                found.extend(of_key);
                collect(value, known, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Returns `true` if there is something that CloudFormation does not take for data.
pub(crate) fn has_what_templates_refuse(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_what_templates_refuse),
        Value::Object(map) => map.iter().any(|(key, value)| {
            &**key == "Ref"
                || &**key == "Condition" && map.len() == 1
                || key.starts_with("Fn::")
                || has_dynamic_reference(key)
                || has_what_templates_refuse(value)
        }),
        Value::String(text) => has_dynamic_reference(text),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_functions_are_no_data_to_a_template() {
        for (text, refused) in [
            (r#"{"a": [1, "Ref"]}"#, false),
            (r#"{"a": [{"ResultPath": null}]}"#, true),
            (r#"{"a": {"Ref": "b"}}"#, true),
            (r#"{"a": {"Fn::Sub": "b"}}"#, true),
            (r#"{"a": "resolve:ssm:b {{"}"#, false),
            (r#"{"a": ["{{resolve:ssm:b}}"]}"#, true),
            (r#"{"{{resolve:ssm:b}}": 1}"#, true),
        ] {
            assert_eq!(has_what_templates_refuse(&text.parse().unwrap()), refused, "{text}");
        }
    }
}
