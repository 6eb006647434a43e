//! The functions that a Serverless file declares, and the Task states that call them.

use std::collections::{HashMap, HashSet};

use indexmap::{IndexMap, IndexSet};
use stepfn_core::{
    asl::{Resource, StateKind, StateMachine},
    case::pascal,
    definition::Reference,
};

use super::{Imported, node::Node, source::rust_function};

/// A function that Task states call and that lives elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Function {
    /// Its key in the file's `functions`.
    pub key: String,
    /// The name of its Rust declaration.
    pub rust_name: String,
    /// What Task states have as their `Resource`.
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
    let keys = Keys::of(keys);
    let mut found: IndexSet<Function> = IndexSet::new();
    let substitutions = &mut imported.substitutions;
    visit(&mut imported.machine, &mut |resource| {
        let Some(function) = function(resource, &keys, substitutions) else { return };
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
        found.insert(function);
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
    let mut names: HashSet<String> = HashSet::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut found: Vec<Function> = found.into_iter().collect();
    for function in &mut found {
        let plain = function.rust_name.clone();
        let number = numbers.entry(plain.clone()).or_insert(1);
        while !names.insert(function.rust_name.clone()) {
            *number += 1;
            function.rust_name = format!("{plain}_{number}");
        }
    }
    imported.functions = found;
}

/// The keys of a file's functions, by what resources name them with.
struct Keys<'k> {
    by_key: HashMap<&'k str, &'k String>,
    by_id: HashMap<String, &'k String>,
}

impl<'k> Keys<'k> {
    fn of(keys: &'k [String]) -> Self {
        // Of two that make the same resource the first counts.
        let by_id = keys.iter().rev().map(|key| (logical_id(key), key)).collect();
        Self { by_key: keys.iter().map(|key| (key.as_str(), key)).collect(), by_id }
    }

    /// By the key itself, or by the resource that is made of it.
    fn of_id(&self, id: &str) -> Option<&'k String> {
        self.by_key.get(id).or_else(|| self.by_id.get(id)).copied()
    }

    /// By a deployed name: the key, or what comes before it and ends in a placeholder. The longest, for a key may end as another does.
    fn of_name(&self, name: &str) -> Option<&'k String> {
        let ends = name.match_indices("}-").filter_map(|(at, sign)| name.get(at + sign.len()..));
        std::iter::once(name).chain(ends).find_map(|key| self.by_key.get(key)).copied()
    }
}

fn function(
    resource: &str,
    keys: &Keys<'_>,
    substitutions: &IndexMap<String, Reference>,
) -> Option<Function> {
    let of = |key: &String, resource: String, arn: Option<String>| {
        Some(Function { key: key.clone(), rust_name: rust_function(key), resource, arn })
    };
    if let Some(name) = resource.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        let Reference::GetAtt(id, attribute) = substitutions.get(name)? else { return None };
        let key = keys.of_id(id)?;
        return (attribute == "Arn").then(|| of(key, format!("${{{}Arn}}", pascal(key)), None))?;
    }
    let name = resource.strip_prefix("arn:")?.split_once(":function:")?.1;
    of(keys.of_name(name)?, resource.to_owned(), Some(resource.to_owned()))
}

/// The resource that the Serverless Framework makes of a function.
pub(super) fn logical_id(key: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_by_key_resource_and_the_longest_end_of_a_name() {
        let keys = ["pay", "re-pay", "a_b"].map(str::to_owned);
        let keys = Keys::of(&keys);
        let of_name = |name: &str| keys.of_name(name).map(String::as_str);
        assert_eq!(of_name("pay"), Some("pay"));
        assert_eq!(of_name("${self:service}-${sls:stage}-pay"), Some("pay"));
        assert_eq!(of_name("${sls:stage}-re-pay"), Some("re-pay"));
        assert_eq!(of_name("shop-pay"), None);
        let of_id = |id: &str| keys.of_id(id).map(String::as_str);
        assert_eq!(of_id("PayLambdaFunction"), Some("pay"));
        assert_eq!(of_id("AUnderscorebLambdaFunction"), Some("a_b"));
        assert_eq!(of_id("ReDashpayLambdaFunction"), Some("re-pay"));
        assert_eq!(of_id("OtherLambdaFunction"), None);
    }
}
