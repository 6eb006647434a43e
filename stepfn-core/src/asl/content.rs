//! How the fields of the model are read and written, by their Rust types.

use indexmap::IndexMap;

use super::{
    Amount, Catcher, ChoiceRule, PathField, QueryLanguage, Resource, Retrier, State, StateMachine,
    fields::{BOOLEAN, Fields, NUMBER},
    schema::{Given, Kind},
    writer::Writer,
};
use crate::value::Value;

/// The value of a field of the model.
pub(super) trait Content {
    /// Takes the field out of those of an object. What cannot be read is a diagnostic, and so is a missing field that must be there.
    fn read(fields: &mut Fields<'_>, name: &'static str, kind: Kind) -> Self;

    /// Writes the field, if it is given.
    fn write(&self, name: &str, out: &mut Writer);

    /// The value for those who go over all fields; none where the field is not given.
    fn given(&self) -> Option<Given<'_>>;
}

impl Content for Option<String> {
    fn read(fields: &mut Fields<'_>, name: &'static str, kind: Kind) -> Self {
        if kind == Kind::State { fields.state_name(name) } else { fields.string(name) }
    }

    fn write(&self, name: &str, out: &mut Writer) {
        if let Some(text) = self {
            out.value(name, text.as_str());
        }
    }

    fn given(&self) -> Option<Given<'_>> {
        self.as_deref().map(Given::Text)
    }
}

/// The name of a state that must be there: empty where it is missing.
impl Content for String {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        fields.require(name);
        fields.keep_if_empty(name);
        fields.state_name(name).unwrap_or_default()
    }

    fn write(&self, name: &str, out: &mut Writer) {
        out.required(name, self);
    }

    fn given(&self) -> Option<Given<'_>> {
        (!self.is_empty()).then_some(Given::Text(self))
    }
}

impl Content for Option<QueryLanguage> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        fields.convert(name, "\"JSONPath\" or \"JSONata\"", |value| match value.as_str()? {
            "JSONPath" => Some(QueryLanguage::JsonPath),
            "JSONata" => Some(QueryLanguage::Jsonata),
            _ => None,
        })
    }

    fn write(&self, name: &str, out: &mut Writer) {
        if let Some(language) = self {
            out.value(name, language.name());
        }
    }

    fn given(&self) -> Option<Given<'_>> {
        self.map(|language| Given::Text(language.name()))
    }
}

impl Content for Option<PathField> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        fields.convert(name, "a path in a string, or null", |value| match value {
            Value::Null => Some(PathField::Null),
            Value::String(path) => Some(PathField::Path(path.to_string())),
            _ => None,
        })
    }

    fn write(&self, name: &str, out: &mut Writer) {
        match self {
            Some(PathField::Path(path)) => out.value(name, path.as_str()),
            Some(PathField::Null) => out.value(name, Value::Null),
            None => {}
        }
    }

    fn given(&self) -> Option<Given<'_>> {
        self.as_ref().map(Given::Path)
    }
}

impl Content for Option<Value> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        fields.take(name)
    }

    fn write(&self, name: &str, out: &mut Writer) {
        if let Some(value) = self {
            out.value(name, value.clone());
        }
    }

    fn given(&self) -> Option<Given<'_>> {
        self.as_ref().map(Given::Value)
    }
}

impl Content for Option<Amount> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        fields.convert(name, NUMBER, |value| match value {
            Value::Number(number) => Some(Amount::Number(number.clone())),
            // Deployment tools and JSONata put a string where a number will be.
            Value::String(text) if text.starts_with("{%") || text.contains("${") || text.contains("#{") => {
                Some(Amount::Text(text.to_string()))
            }
            _ => None,
        })
    }

    fn write(&self, name: &str, out: &mut Writer) {
        match self {
            Some(Amount::Number(number)) => out.value(name, Value::Number(number.clone())),
            Some(Amount::Text(text)) => out.value(name, text.as_str()),
            None => {}
        }
    }

    fn given(&self) -> Option<Given<'_>> {
        self.as_ref().map(Given::Amount)
    }
}

impl Content for Option<bool> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        fields.convert(name, BOOLEAN, Value::as_bool)
    }

    fn write(&self, name: &str, out: &mut Writer) {
        if let Some(flag) = self {
            out.value(name, *flag);
        }
    }

    fn given(&self) -> Option<Given<'_>> {
        self.map(|_| Given::Other)
    }
}

impl Content for Resource {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        fields.require(name);
        fields.keep_if_empty(name);
        let read = |value: &Value| match value {
            Value::String(arn) => Some(Self::Arn(arn.to_string())),
            Value::Object(reference)
                if reference.keys().any(|key| &**key == "Ref" || key.starts_with("Fn::")) =>
            {
                Some(Self::Reference(value.clone()))
            }
            _ => None,
        };
        fields.convert(name, "a string", read).unwrap_or_default()
    }

    fn write(&self, name: &str, out: &mut Writer) {
        match self {
            Self::Arn(arn) => out.required(name, arn),
            Self::Reference(reference) => out.value(name, reference.clone()),
        }
    }

    fn given(&self) -> Option<Given<'_>> {
        match self {
            Self::Arn(arn) => (!arn.is_empty()).then_some(Given::Text(arn)),
            Self::Reference(reference) => Some(Given::Value(reference)),
        }
    }
}

/// The names of errors.
impl Content for Vec<String> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        fields.require(name);
        fields.keep_if_empty(name);
        let read =
            |value: &Value| value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect();
        fields.convert(name, "an array of strings", read).unwrap_or_default()
    }

    fn write(&self, name: &str, out: &mut Writer) {
        out.list(name, self.iter().map(|name| name.as_str().into()));
    }

    fn given(&self) -> Option<Given<'_>> {
        (!self.is_empty()).then_some(Given::Other)
    }
}

impl Content for Vec<ChoiceRule> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        fields.require(name);
        fields.keep_if_empty(name);
        let rules = fields.array(name).unwrap_or_default();
        fields.each(name, &rules, |reader, rule, at| reader.rule(rule, at))
    }

    fn write(&self, name: &str, out: &mut Writer) {
        out.list(name, self.iter().map(ChoiceRule::to_json));
    }

    fn given(&self) -> Option<Given<'_>> {
        (!self.is_empty()).then_some(Given::Other)
    }
}

impl Content for Vec<StateMachine> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        fields.require(name);
        fields.keep_if_empty(name);
        let branches = fields.array(name).unwrap_or_default();
        fields.each(name, &branches, |reader, branch, at| Some(reader.machine(branch, at, "the branch")))
    }

    fn write(&self, name: &str, out: &mut Writer) {
        out.list(name, self.iter().map(StateMachine::to_json));
    }

    fn given(&self) -> Option<Given<'_>> {
        (!self.is_empty()).then_some(Given::Other)
    }
}

impl Content for Option<StateMachine> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        let what = if name == "Iterator" { "the iterator" } else { "the item processor" };
        fields.below(name, |reader, value, at| {
            let is_kept = value.as_object().is_none();
            (Some(reader.machine(value, at, what)), is_kept)
        })
    }

    fn write(&self, name: &str, out: &mut Writer) {
        if let Some(machine) = self {
            out.value(name, machine.to_json());
        }
    }

    fn given(&self) -> Option<Given<'_>> {
        self.as_ref().map(|_| Given::Other)
    }
}

impl Content for Option<Vec<Retrier>> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        let entries = fields.array(name)?;
        Some(fields.each(name, &entries, |reader, entry, at| Some(reader.retrier(entry, at))))
    }

    fn write(&self, name: &str, out: &mut Writer) {
        if let Some(entries) = self {
            out.value(name, Value::array(entries.iter().map(Retrier::to_json)));
        }
    }

    fn given(&self) -> Option<Given<'_>> {
        self.as_ref().map(|_| Given::Other)
    }
}

impl Content for Option<Vec<Catcher>> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        let entries = fields.array(name)?;
        Some(fields.each(name, &entries, |reader, entry, at| Some(reader.catcher(entry, at))))
    }

    fn write(&self, name: &str, out: &mut Writer) {
        if let Some(entries) = self {
            out.value(name, Value::array(entries.iter().map(Catcher::to_json)));
        }
    }

    fn given(&self) -> Option<Given<'_>> {
        self.as_ref().map(|_| Given::Other)
    }
}

/// The states of a machine.
impl Content for IndexMap<String, State> {
    fn read(fields: &mut Fields<'_>, name: &'static str, _: Kind) -> Self {
        fields.require(name);
        let mut states = Self::new();
        fields.below(name, |reader, value, at| {
            let named = value.as_object();
            for (key, state) in named.into_iter().flatten() {
                if let Some(state) = reader.state(state, &at.key(key), key) {
                    states.insert(key.to_string(), state);
                }
            }
            if named.is_none() {
                reader.wrong_kind(at, &format!("`{name}`"), "an object", value);
            }
            (Some(()), named.is_none_or(|named| named.len() != states.len()))
        });
        states
    }

    fn write(&self, name: &str, out: &mut Writer) {
        out.value(name, Value::object(self.iter().map(|(name, state)| (name.as_str(), state.to_json()))));
    }

    fn given(&self) -> Option<Given<'_>> {
        Some(Given::Other)
    }
}
