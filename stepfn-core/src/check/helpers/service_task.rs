//! Helpers of the rules about service integrations.

use std::ops::Range;

use super::walk::{Node, below, has_placeholder};
use crate::{
    asl::{QueryLanguage, StateKind},
    jsonata,
    service::{Integration, Kind, Member, Resource, Shape, lookup},
    value::{Map, Value},
};

/// The service integration that a Task names.
pub(in crate::check) fn integration<'m>(node: &Node<'m>) -> Option<Integration<'m>> {
    let StateKind::Task(task) = &node.state.kind else { return None };
    match lookup(task.resource.as_str()?) {
        Resource::Integration(named) => Some(named),
        _ => None,
    }
}

/// Returns the place of a service or its action in a Task's `Resource`.
pub(in crate::check) fn part(node: &Node<'_>, name: &str) -> Option<Range<usize>> {
    let StateKind::Task(task) = &node.state.kind else { return None };
    let start = task.resource.as_str()?.find(&format!(":{name}"))? + 1;
    Some(start..start + name.len())
}

/// An object among a Task's parameters, the outermost included, with the structure that the service has there.
pub(in crate::check) struct Given<'m> {
    /// JSON pointer below the state.
    pub(in crate::check) at: String,
    /// `Entries[0].`, or nothing for the outermost.
    pub(in crate::check) path: String,
    pub(in crate::check) members: Vec<Member>,
    pub(in crate::check) map: &'m Map,
}

/// A value among a Task's parameters that is no object of the structure that the service has there.
pub(in crate::check) struct Other<'m> {
    /// JSON pointer below the state.
    pub(in crate::check) at: String,
    /// `Entries[0].Source`
    pub(in crate::check) path: String,
    pub(in crate::check) kind: Kind,
    pub(in crate::check) value: &'m Value,
}

/// The parameters that a service is given, with those that it takes.
pub(in crate::check) struct Parameters<'m> {
    pub(in crate::check) named: Integration<'m>,
    pub(in crate::check) objects: Vec<Given<'m>>,
    pub(in crate::check) others: Vec<Other<'m>>,
    /// Parameters of which one must be given.
    pub(in crate::check) one_of: Vec<&'static str>,
    language: QueryLanguage,
}

/// Returns the parameters of a Task's service, or of the services of a Map's reader and writer; nothing where the action is unknown, or where
/// the parameters are not written out as an object.
pub(in crate::check) fn parameters<'m>(node: &Node<'m>) -> Vec<Parameters<'m>> {
    let field = parameters_field(node.language);
    let take = |named: Integration<'m>, at: String, template: Option<&'m Value>, shape, one_of| {
        let template = template.filter(|template| template.as_object().is_some())?;
        let mut found =
            Parameters { named, objects: Vec::new(), others: Vec::new(), one_of, language: node.language };
        found.take(at, String::new(), template, &shape);
        Some(found)
    };
    let of_task = integration(node).and_then(|named| {
        let template = match node.language {
            QueryLanguage::JsonPath => node.state.parameters.as_ref(),
            QueryLanguage::Jsonata => node.state.arguments.as_ref(),
        };
        let action = named.known()?;
        take(named, format!("/{field}"), template, action.parameters?, action.one_of)
    });
    let StateKind::Map(map) = &node.state.kind else { return of_task.into_iter().collect() };
    let of_map = [("ItemReader", &map.item_reader), ("ResultWriter", &map.result_writer)];
    let of_map = of_map.into_iter().filter_map(|(owner, object)| {
        let object = object.as_ref()?.as_object()?;
        let Resource::Integration(named) = lookup(object.get("Resource")?.as_str()?) else { return None };
        let shape = named.of_map()?;
        take(named, format!("/{owner}/{field}"), object.get(field), shape, Vec::new())
    });
    of_map.collect()
}

/// The field that holds what a service is given.
pub(in crate::check) fn parameters_field(language: QueryLanguage) -> &'static str {
    match language {
        QueryLanguage::JsonPath => "Parameters",
        QueryLanguage::Jsonata => "Arguments",
    }
}

impl<'m> Parameters<'m> {
    /// A parameter's name: a key without the `.$` of a path.
    pub(in crate::check) fn bare<'k>(&self, key: &'k str) -> &'k str {
        match self.language {
            QueryLanguage::JsonPath => key.strip_suffix(".$").unwrap_or(key),
            QueryLanguage::Jsonata => key,
        }
    }

    fn take(&mut self, at: String, path: String, value: &'m Value, shape: &Shape) {
        match (shape.kind(), value) {
            (Kind::Anything | Kind::Bytes, _) => {}
            (_, Value::String(text)) if self.is_filled_in(text) => {}
            (Kind::Structure(members), Value::Object(map)) => {
                let prefix = if path.is_empty() { path } else { format!("{path}.") };
                for (key, value) in self.written(map) {
                    if let Some(member) = members.iter().find(|member| member.is_named(key)) {
                        self.take(below(&at, key), format!("{prefix}{key}"), value, &member.shape);
                    }
                }
                self.objects.push(Given { at, path: prefix, members, map });
            }
            (Kind::List(item), Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    self.take(format!("{at}/{index}"), format!("{path}[{index}]"), value, &item);
                }
            }
            (Kind::Map(shape), Value::Object(map)) => {
                for (key, value) in self.written(map) {
                    self.take(below(&at, key), format!("{path}.{key}"), value, &shape);
                }
            }
            (kind, value) => self.others.push(Other { at, path, kind, value }),
        }
    }

    /// Returns the fields whose values are written as they will be sent.
    fn written(&self, map: &'m Map) -> Vec<(&'m str, &'m Value)> {
        let is_path = |key: &str| self.language == QueryLanguage::JsonPath && key.ends_with(".$");
        map.iter().map(|(key, value)| (&**key, value)).filter(|(key, _)| !is_path(key)).collect()
    }

    /// Returns `true` if a text becomes something else before it is sent, which may be of any kind.
    fn is_filled_in(&self, text: &str) -> bool {
        has_placeholder(text)
            || (self.language == QueryLanguage::Jsonata && jsonata::expression_in(text).is_some())
    }
}
