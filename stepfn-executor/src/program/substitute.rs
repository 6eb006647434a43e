//! `${Name}`s in the texts of a definition.

use indexmap::IndexMap;
use stepfn_core::{
    asl::{self, StateMachine},
    definition::{Definition, Reference},
    value::{Map as JsonMap, Value},
};

use crate::identity::{ACCOUNT, REGION};

/// The machine with its `${Name}`s replaced where it is known by what.
pub(super) fn substitute(definition: &Definition, given: &[(String, String)]) -> Option<StateMachine> {
    let mut texts: IndexMap<String, String> = IndexMap::new();
    for (name, reference) in &definition.substitutions {
        let Reference::GetAtt(resource, attribute) = reference else { continue };
        let task = definition.tasks.iter().find(|binding| binding.task.name == resource);
        if let Some(binding) = task.filter(|_| attribute == "Arn") {
            texts.insert(name.clone(), lambda_arn(binding.task.function_name));
        }
    }
    texts.extend(given.iter().cloned());
    if texts.is_empty() {
        return None;
    }
    let (machine, _) = asl::read(&replace(&definition.machine.to_json(), &texts));
    Some(machine)
}

/// The ARN of a function that is known by its name.
pub(super) fn lambda_arn(function: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}")
}

fn replace(value: &Value, texts: &IndexMap<String, String>) -> Value {
    match value {
        Value::String(text) if text.contains("${") => {
            let mut text = text.to_string();
            for (name, by) in texts {
                text = text.replace(&format!("${{{name}}}"), by);
            }
            text.into()
        }
        Value::Array(items) => Value::array(items.iter().map(|item| replace(item, texts))),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.clone(), replace(value, texts)));
            Value::from(members.collect::<JsonMap>())
        }
        other => other.clone(),
    }
}
