//! The tree of every format: YAML, JSON and Terraform are written from it.

use stepfn_core::value::Value;

/// A node of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    /// A number, as JSON writes it.
    Number(String),
    Text(String),
    /// A node with a local tag: `!Ref`.
    Tagged(&'static str, Box<Self>),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
    /// A node of one line with a comment behind it, which JSON leaves out.
    Explained(Box<Self>, String),
}

impl Node {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn tagged(tag: &'static str, node: Self) -> Self {
        Self::Tagged(tag, Box::new(node))
    }

    pub(crate) fn explained(self, why: impl Into<String>) -> Self {
        Self::Explained(Box::new(self), why.into())
    }

    /// Goes over all texts and keys, with the keys that lead there.
    ///
    /// # Errors
    /// The first that `visit` gives.
    pub(crate) fn each_text<E>(
        &self,
        at: &str,
        visit: &mut impl FnMut(&str, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => Ok(()),
            Self::Text(text) => visit(at, text),
            Self::Tagged(_, node) | Self::Explained(node, _) => node.each_text(at, visit),
            Self::List(items) => items.iter().try_for_each(|item| item.each_text(at, visit)),
            Self::Map(entries) => entries.iter().try_for_each(|(key, node)| {
                let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                visit(&at, key)?;
                node.each_text(&at, visit)
            }),
        }
    }

    pub(crate) fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, node)| (key.into(), node)).collect())
    }
}

/// JSON as YAML.
pub(crate) fn from_value(value: &Value) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(value) => Node::Bool(*value),
        Value::Number(number) => Node::Number(plain_number(&number.to_string())),
        Value::String(text) => Node::text(&**text),
        Value::Array(items) => Node::List(items.iter().map(from_value).collect()),
        Value::Object(map) => Node::map(map.iter().map(|(key, value)| (&**key, from_value(value)))),
    }
}

/// A number that readers of YAML 1.1 do not take for a text: `1.0e+3` for `1e3`.
fn plain_number(number: &str) -> String {
    let Some((mantissa, exponent)) = number.split_once(['e', 'E']) else { return number.to_owned() };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_text_but_for_exponents() {
        for (number, yaml) in [
            ("2.0", "2.0"),
            ("9007199254740993", "9007199254740993"),
            ("1e3", "1.0e+3"),
            ("1.5E-3", "1.5e-3"),
        ] {
            assert_eq!(plain_number(number), yaml);
        }
    }
}
