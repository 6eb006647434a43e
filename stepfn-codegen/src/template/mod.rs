//! CloudFormation templates: what plain CloudFormation and AWS SAM have in common, and what Serverless YAML puts under
//! `resources`.

mod alarms;
mod api;
mod definition;
mod machine;
mod names;
mod notifications;
mod policy;
mod render;
mod role;
mod strings;
mod triggers;
mod versions;

use indexmap::{IndexMap, IndexSet};
use stepfn_core::definition::{Definition, Reference};

pub(crate) use self::{
    definition::{has_what_templates_refuse, substituted},
    names::{logical_id, pascal},
    render::to_json_text,
};
use crate::{error::Error, text::has_dynamic_reference, tree::Node};
use stepfn_core::deployment::Deployment;

/// The dialect of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// A template on its own: what it does not make are its parameters.
    Yaml,
    /// The same, written as JSON.
    Json,
    /// Resources beside those that the Serverless Framework makes: it resolves its variables, and knows the rest of the stack.
    Serverless,
}

/// A template in the making.
#[derive(Debug)]
pub(crate) struct Template {
    dialect: Dialect,
    /// All logical ids, of parameters too.
    ids: IndexSet<String>,
    /// The logical ids of what references of definitions name, where the template makes it.
    made: IndexMap<String, String>,
    parameters: IndexMap<String, Parameter>,
    resources: Vec<(String, Node)>,
    outputs: Vec<(String, Node)>,
    /// The API of all HTTP triggers.
    api: Option<String>,
}

#[derive(Debug)]
struct Parameter {
    id: String,
    description: String,
    default: Option<String>,
}

/// A machine of a template: what other resources say of it.
#[derive(Clone, Debug)]
pub(crate) struct Machine<'a> {
    pub(crate) deployment: &'a Deployment,
    /// The logical id of the state machine.
    pub(crate) id: String,
}

impl Machine<'_> {
    pub(crate) fn definition(&self) -> &Definition {
        &self.deployment.definition
    }
}

impl Template {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            ids: IndexSet::new(),
            made: IndexMap::new(),
            parameters: IndexMap::new(),
            resources: Vec::new(),
            outputs: Vec::new(),
            api: None,
        }
    }

    /// Registers that the template makes the thing that references call `name`, and returns its logical id.
    pub(crate) fn make(&mut self, name: &str, wanted: &str) -> String {
        let id = self.claim(wanted);
        self.made.entry(name.to_owned()).or_insert_with(|| id.clone());
        id
    }

    /// The machines, with their logical ids, by which references call them too.
    pub(crate) fn machines<'a>(&mut self, deployments: &'a [Deployment]) -> Vec<Machine<'a>> {
        let machines = deployments.iter().map(|deployment| {
            let wanted = logical_id(&deployment.definition.short_name());
            Machine { deployment, id: self.make(&wanted, &wanted) }
        });
        machines.collect()
    }

    /// A logical id that nothing else has: the wanted one, or one with a number behind it.
    pub(crate) fn claim(&mut self, wanted: &str) -> String {
        let mut id = wanted.to_owned();
        let mut n = 1;
        while !self.ids.insert(id.clone()) {
            n += 1;
            id = format!("{wanted}{n}");
        }
        id
    }

    pub(crate) fn resource(&mut self, id: impl Into<String>, kind: &str, properties: Node) {
        self.resource_with(id, kind, properties, []);
    }

    /// A resource with attributes beside its properties: `DependsOn`, `DeletionPolicy`.
    pub(crate) fn resource_with(
        &mut self,
        id: impl Into<String>,
        kind: &str,
        properties: Node,
        attributes: impl IntoIterator<Item = (&'static str, Node)>,
    ) {
        let mut entries = vec![("Type", Node::text(kind))];
        entries.extend(attributes);
        entries.push(("Properties", properties));
        self.resources.push((id.into(), Node::map(entries)));
    }

    pub(crate) fn output(&mut self, id: impl Into<String>, description: String, value: Node) {
        let node = Node::map([("Description", Node::Text(description)), ("Value", value)]);
        self.outputs.push((id.into(), node));
    }

    pub(crate) fn has_resources(&self) -> bool {
        !self.resources.is_empty()
    }

    /// The template, after these first entries.
    ///
    /// # Errors
    /// Where a text is one that CloudFormation would put a secret in the place of.
    pub(crate) fn into_node(self, head: Vec<(&'static str, Node)>) -> Result<Node, Error> {
        let mut entries = head;
        let parameters = self.parameters.into_values().map(|parameter| {
            let mut entries =
                vec![("Type", Node::text("String")), ("Description", Node::Text(parameter.description))];
            if let Some(default) = parameter.default {
                entries.push(("Default", Node::Text(default)));
            }
            (parameter.id, Node::map(entries))
        });
        let parameters: Vec<_> = parameters.collect();
        if !parameters.is_empty() {
            entries.push(("Parameters", Node::map(parameters)));
        }
        entries.push(("Resources", Node::map(self.resources)));
        if !self.outputs.is_empty() {
            entries.push(("Outputs", Node::map(self.outputs)));
        }
        let node = Node::map(entries);
        no_dynamic_references(&node)?;
        Ok(node)
    }

    /// The logical id of a thing that the template makes.
    fn made(&self, name: &str) -> Option<&String> {
        self.made.get(name)
    }

    /// Returns a parameter's logical id; `key` identifies the parameter.
    fn parameter(&mut self, key: String, wanted: &str, description: String, default: Option<&str>) -> String {
        if let Some(parameter) = self.parameters.get(&key) {
            return parameter.id.clone();
        }
        let id = self.claim(wanted);
        let parameter = Parameter { id: id.clone(), description, default: default.map(str::to_owned) };
        self.parameters.insert(key, parameter);
        id
    }
}

/// Refuses what CloudFormation would put a secret in the place of. Definitions hide it; nothing else has a way to.
///
/// # Errors
/// [`Error::DynamicReference`]
pub(crate) fn no_dynamic_references(node: &Node) -> Result<(), Error> {
    node.each_text("", &mut |at, text| {
        if has_dynamic_reference(text) {
            return Err(Error::DynamicReference { at: at.to_owned(), text: text.to_owned() });
        }
        Ok(())
    })
}

/// `!Ref`
pub(crate) fn reference(id: &str) -> Node {
    Node::tagged("!Ref", Node::text(id))
}

/// `!GetAtt`
pub(crate) fn attribute(id: &str, attribute: &str) -> Node {
    Node::tagged("!GetAtt", Node::Text(format!("{id}.{attribute}")))
}

fn reference_node(reference: &Reference) -> Node {
    match reference {
        Reference::Ref(id) => self::reference(id),
        Reference::GetAtt(id, name) => attribute(id, name),
    }
}
