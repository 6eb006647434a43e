//! The parameters that a state gives its service, as far as the definition determines them.

use stepfn_core::{
    jsonata::{self, ExpressionKind},
    value::Value,
};

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// The state does not give it.
    Absent,
    /// Its text; of a list, the texts.
    Known(Vec<String>),
    /// It comes from the data: by this path or expression.
    Open(String),
}

impl Given {
    /// The one text that is known.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Known(texts) => texts.first().map(String::as_str),
            Self::Absent | Self::Open(_) => None,
        }
    }
}

/// `Parameters` or `Arguments` of a state, or an object in them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameters<'a>(Option<&'a Value>);

impl<'a> Parameters<'a> {
    /// None where the state has none: its input is what the service gets.
    pub(super) fn new(value: Option<&'a Value>) -> Self {
        Self(value)
    }

    /// The parameter at a path of names, `QueryExecutionContext.Catalog`.
    pub(super) fn get(self, path: &str) -> Given {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let Some(object) = self.0.and_then(Value::as_object) else {
            return match self.0.and_then(Value::as_str) {
                Some(expression) => Given::Open(expression.to_owned()),
                None => Given::Open("$".to_owned()),
            };
        };
        if let Some(path) = object.get(&format!("{name}.$")) {
            return Given::Open(path.as_str().unwrap_or_default().to_owned());
        }
        match (object.get(name), rest) {
            (None, _) => Given::Absent,
            (Some(value @ Value::Object(_)), Some(rest)) => Self(Some(value)).get(rest),
            (Some(Value::String(text)), Some(_)) => Given::Open(text.to_string()),
            (Some(_), Some(_)) => Given::Absent,
            (Some(value), None) => given(value),
        }
    }

    /// All of it.
    pub(super) fn value(self) -> Option<&'a Value> {
        self.0
    }

    /// The names of what is given and can be a name or an ARN itself: no objects, and no lists of objects.
    pub(super) fn names(self) -> Vec<&'a str> {
        let is_text = |value: &Value| match value {
            Value::Object(_) => false,
            Value::Array(items) => !items.iter().any(|item| item.as_object().is_some()),
            _ => true,
        };
        let entries = self.0.and_then(Value::as_object).into_iter().flatten();
        let names = entries.filter(|(_, value)| is_text(value));
        names.map(|(name, _)| name.strip_suffix(".$").unwrap_or(name)).collect()
    }

    /// The keys of an object.
    pub(super) fn keys(self) -> Vec<&'a str> {
        self.0.and_then(Value::as_object).into_iter().flatten().map(|(key, _)| &**key).collect()
    }

    /// Returns `true` if the parameters are written out: else they are the state's input, or an expression.
    pub(super) fn are_written(self) -> bool {
        self.0.is_some_and(|value| value.as_object().is_some())
    }

    /// The objects of a list, each as parameters of its own; none where the list is not written out.
    pub(super) fn list(self, name: &str) -> Option<Vec<Self>> {
        let items = self.0?.as_object()?.get(name)?.as_array()?;
        items.iter().map(|item| item.as_object().is_some().then_some(Self(Some(item)))).collect()
    }

    /// An object within.
    pub(super) fn object(self, name: &str) -> Option<Self> {
        let value = self.0?.as_object()?.get(name)?;
        value.as_object().is_some().then_some(Self(Some(value)))
    }

    /// Everything that is given, at any depth, by a name that fits, with the path of the name.
    pub(super) fn everywhere(self, fits: &dyn Fn(&str) -> bool) -> Vec<(String, Given)> {
        let mut found = Vec::new();
        if let Some(value) = self.0 {
            search(value, "", fits, &mut found);
        }
        found
    }
}

/// JSON texts are read to a bounded depth: so deep goes this.
fn search(value: &Value, at: &str, fits: &dyn Fn(&str) -> bool, found: &mut Vec<(String, Given)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| search(item, at, fits, found)),
        Value::Object(entries) => {
            for (key, value) in entries.iter() {
                let name = key.strip_suffix(".$").unwrap_or(key);
                let path = if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
                match value {
                    Value::String(text) if fits(name) && name.len() < key.len() => {
                        found.push((path, Given::Open(text.to_string())));
                    }
                    Value::String(_) if fits(name) => found.push((path, given(value))),
                    Value::Array(items) if fits(name) && items.iter().all(|item| item.as_str().is_some()) => {
                        found.push((path, given(value)));
                    }
                    // `IamInstanceProfile: { Arn: … }`
                    Value::Object(map)
                        if fits(name)
                            && ["Arn", "Name", "Arn.$", "Name.$"]
                                .iter()
                                .any(|key| map.get(key).is_some()) =>
                    {
                        found.push((path, Given::Open(value.to_string())));
                    }
                    _ => search(value, &path, fits, found),
                }
            }
        }
        _ => {}
    }
}

fn given(value: &Value) -> Given {
    match value {
        Value::String(text) => match literal(text) {
            Some(text) => Given::Known(vec![text]),
            None => Given::Open(text.to_string()),
        },
        Value::Array(items) => {
            let mut texts = Vec::new();
            for item in items.iter() {
                match given(item) {
                    Given::Known(mut known) => texts.append(&mut known),
                    Given::Absent => {}
                    open @ Given::Open(_) => return open,
                }
            }
            Given::Known(texts)
        }
        Value::Number(_) | Value::Bool(_) => Given::Known(vec![value.to_string()]),
        Value::Null => Given::Absent,
        Value::Object(_) => Given::Open(value.to_string()),
    }
}

/// Returns a string that is its own value, also as a literal of JSONata.
fn literal(text: &str) -> Option<String> {
    let Some(expression) = text.strip_prefix("{%").and_then(|text| text.strip_suffix("%}")) else {
        return Some(text.to_owned());
    };
    match jsonata::parse(expression).ok()?.kind {
        ExpressionKind::String(text) => Some(text),
        _ => None,
    }
}
