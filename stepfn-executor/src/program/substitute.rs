//! `${Name}`s in the texts of a definition.

use indexmap::IndexMap;
use stepfn_core::{
    asl::{self, StateMachine},
    definition::{Definition, Reference},
    placeholder,
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
    let replaced = placeholder::map_texts(&definition.machine.to_json(), &mut |text| {
        placeholder::fill(text, &mut |name| texts.get(name).map(String::as_str))
    });
    let (machine, _) = asl::read(&replaced);
    Some(machine)
}

/// The ARN of a function that is known by its name.
pub(super) fn lambda_arn(function: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}")
}
