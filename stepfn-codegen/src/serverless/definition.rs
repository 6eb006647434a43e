//! The ASL of a definition as YAML nodes.

use stepfn_core::{
    asl::schema,
    json,
    value::{Map, Number, Value},
};

use super::text::{Place, Renderer};
use crate::{problem::Problem, text, tree::Node};

/// Returns the node under `definition:`, or the JSON pointer of a part that cannot be expressed.
pub(super) fn definition_node(
    machine: &Value,
    renderer: &mut Renderer<'_>,
) -> Result<Node, (String, Problem)> {
    let node = Walk { renderer }.node(machine, "", Kind::Field)?;
    if !renderer.rendered_reference {
        return Ok(node);
    }
    // One reference anywhere, and the plugin makes all of the definition a `Fn::Sub`: known only now.
    renderer.in_sub = true;
    Walk { renderer }.node(machine, "", Kind::Field)
}

/// The kind of a JSON value in ASL.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A field of the language, or an object that holds such fields.
    Field,
    /// `States`: its keys are names.
    States,
    /// A field that wants a number.
    Amount,
    /// Data of the user, in which there may be functions of CloudFormation.
    Data,
    /// A text of the user's that is a path or an intrinsic function of ASL.
    Path,
}

impl Kind {
    fn of_field(name: &str) -> Self {
        match schema::named(name).map(|field| field.kind) {
            Some(schema::Kind::States) => Self::States,
            Some(schema::Kind::Amount(_)) => Self::Amount,
            Some(schema::Kind::Object("ItemProcessor" | "ProcessorConfig" | "ChoiceRule")) => Self::Field,
            Some(
                schema::Kind::Resource
                | schema::Kind::Template
                | schema::Kind::Literal
                | schema::Kind::Object(_),
            ) => Self::Data,
            _ => Self::Field,
        }
    }

    fn of_entry(self, key: &str) -> Self {
        match self {
            Self::Field => Self::of_field(key),
            Self::States | Self::Amount => Self::Field,
            Self::Data | Self::Path if key.ends_with(".$") => Self::Path,
            Self::Data | Self::Path => Self::Data,
        }
    }

    fn place(self) -> Place {
        match self {
            Self::Data => Place::Data,
            Self::Amount => Place::Amount,
            Self::Field | Self::States | Self::Path => Place::Text,
        }
    }
}

struct Walk<'a, 's> {
    renderer: &'a mut Renderer<'s>,
}

impl Walk<'_, '_> {
    fn node(&mut self, value: &Value, at: &str, kind: Kind) -> Result<Node, (String, Problem)> {
        match value {
            Value::Null => Ok(Node::Null),
            Value::Bool(value) => Ok(Node::Bool(*value)),
            Value::Number(number) => number_node(number).map_err(|problem| (at.to_owned(), problem)),
            Value::String(text) => {
                self.renderer.render(text, kind.place()).map_err(|problem| (at.to_owned(), problem))
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let nodes = items.map(|(index, item)| self.node(item, &format!("{at}/{index}"), kind));
                nodes.collect::<Result<_, _>>().map(Node::List)
            }
            Value::Object(map) => self.entries(map, at, kind),
        }
    }

    fn entries(&mut self, map: &Map, at: &str, kind: Kind) -> Result<Node, (String, Problem)> {
        let mut entries = Vec::with_capacity(map.len());
        for (key, value) in map {
            if key.contains("${") || key.contains("#{") {
                return Err((at.to_owned(), Problem::Key(key.to_string())));
            }
            if text::has_dynamic_reference(key) {
                return Err((at.to_owned(), Problem::DynamicReference(key.to_string())));
            }
            if &**key == "Ref" || key.starts_with("Fn::") {
                return Err((at.to_owned(), Problem::IntrinsicKey(key.to_string())));
            }
            let at = json::below(at, key);
            let node = self.node(value, &at, kind.of_entry(key))?;
            entries.push((key.to_string(), node));
        }
        Ok(Node::Map(entries))
    }
}

/// The number, unless reading it as JavaScript does makes another number of it.
pub(super) fn number_node(number: &Number) -> Result<Node, Problem> {
    let text = number.to_string();
    let value = number.as_f64();
    let kept = if number.is_integer() { format!("{value:.0}") == text } else { value.is_finite() };
    if kept { Ok(Node::Number(text)) } else { Err(Problem::Number(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_javascript_keeps_are_written_as_they_are() {
        for text in [
            "0",
            "-0",
            "1",
            "2.0",
            "1.50",
            "1e3",
            "9007199254740992",
            "-9007199254740991",
            "10000000000000000000000",
        ] {
            let Value::Number(number) = text.parse().unwrap() else { panic!("a number") };
            assert_eq!(number_node(&number), Ok(Node::Number(text.to_owned())));
        }
    }

    #[test]
    fn numbers_that_javascript_changes_are_refused() {
        for text in ["9007199254740993", "12345678901234567890123", "1e400"] {
            let Value::Number(number) = text.parse().unwrap() else { panic!("a number") };
            assert_eq!(number_node(&number), Err(Problem::Number(text.to_owned())));
        }
    }
}
