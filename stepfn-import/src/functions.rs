//! The functions that a Serverless file declares, and the Task states that call them.

use indexmap::IndexMap;
use stepfn_core::{
    asl::{Resource, StateKind, StateMachine},
    case::pascal,
    definition::Reference,
};

use super::{Imported, node::Node, source::rust_function};

/// A function that Task states call and that lives elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its key in the file's `functions`.
    pub key: String,
    /// The name of its Rust declaration.
    pub rust_name: String,
    /// The `Resource` of Task states that call it.
    pub resource: String,
    /// The ARN, where the resource is that and not a reference.
    pub arn: Option<String>,
}

/// The keys of `functions`, which may be a list of maps as well.
pub(super) fn keys(root: &Node) -> Vec<String> {
    let Some(functions) = root.get("functions") else { return Vec::new() };
    let maps = std::iter::once(functions).chain(functions.items());
    let keys = maps.flat_map(Node::entries).map(|(key, _)| key.clone());
    // The Serverless Framework takes no others.
    keys.filter(|key| key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')).collect()
}

/// Finds the states that call one of the functions by itself, and gives their resources the name that `#[lambda]` gives them.
pub(super) fn bind(imported: &mut Imported, keys: &[String]) {
    let mut found: Vec<Function> = Vec::new();
    let substitutions = &mut imported.substitutions;
    visit(&mut imported.machine, &mut |resource| {
        let Some(function) = function(resource, keys, substitutions) else { return };
        if function.arn.is_none() {
            let old = resource.trim_start_matches("${").trim_end_matches('}').to_owned();
            let new = format!("{}Arn", pascal(&function.key));
            let reference = Reference::GetAtt(function.key.clone(), "Arn".to_owned());
            if new != old && substitutions.get(&new).is_some_and(|known| *known != reference) {
                return;
            }
            substitutions.insert(new, reference);
            function.resource.clone_into(resource);
        }
        if !found.contains(&function) {
            found.push(function);
        }
    });
    // A reference that only these resources had is no longer used by its old name.
    let text = imported.machine.to_json().to_string();
    let logging = imported.logging.iter().flat_map(|logging| &logging.destinations);
    let logging: Vec<&String> = logging.collect();
    imported.substitutions.retain(|name, reference| {
        let is_function = matches!(reference, Reference::GetAtt(_, attribute) if attribute == "Arn");
        let used = format!("${{{name}}}");
        !is_function || text.contains(&used) || logging.iter().any(|text| text.contains(&used))
    });
    // One name, one function: the same key by a reference and by an ARN are two.
    let mut names: Vec<String> = Vec::new();
    for function in &mut found {
        let plain = function.rust_name.clone();
        let mut number = 1;
        while names.contains(&function.rust_name) {
            number += 1;
            function.rust_name = format!("{plain}_{number}");
        }
        names.push(function.rust_name.clone());
    }
    imported.functions = found;
}

fn function(
    resource: &str,
    keys: &[String],
    substitutions: &IndexMap<String, Reference>,
) -> Option<Function> {
    let of = |key: &String, resource: String, arn: Option<String>| {
        Some(Function { key: key.clone(), rust_name: rust_function(key), resource, arn })
    };
    if let Some(name) = resource.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        let Reference::GetAtt(id, attribute) = substitutions.get(name)? else { return None };
        let key = keys.iter().find(|key| *key == id || logical_id(key) == *id)?;
        return (attribute == "Arn").then(|| of(key, format!("${{{}Arn}}", pascal(key)), None))?;
    }
    let name = resource.strip_prefix("arn:")?.split_once(":function:")?.1;
    // The longest, for a key may end as another does.
    let key = keys
        .iter()
        .filter(|key| {
            name == key.as_str() || name.strip_suffix(key.as_str()).is_some_and(|rest| rest.ends_with("}-"))
        })
        .max_by_key(|key| key.len())?;
    of(key, resource.to_owned(), Some(resource.to_owned()))
}

/// The resource that the Serverless Framework makes of a function.
fn logical_id(key: &str) -> String {
    let normal = key.replace('-', "Dash").replace('_', "Underscore");
    let mut chars = normal.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}LambdaFunction", chars.as_str())
}

fn visit(machine: &mut StateMachine, each: &mut dyn FnMut(&mut String)) {
    for state in machine.states.values_mut() {
        match &mut state.kind {
            StateKind::Task(task) => {
                if let Resource::Arn(text) = &mut task.resource {
                    each(text);
                }
            }
            StateKind::Parallel(parallel) => {
                for branch in &mut parallel.branches {
                    visit(branch, each);
                }
            }
            StateKind::Map(map) => {
                for inner in [&mut map.item_processor, &mut map.iterator].into_iter().flatten() {
                    visit(inner, each);
                }
            }
            _ => {}
        }
    }
}
