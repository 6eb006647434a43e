//! `${Name}`s in the texts of a definition.

use indexmap::IndexMap;
use stepfn_core::{
    asl::{self, StateMachine},
    definition::{Definition, Reference},
    json, placeholder,
    value::Value,
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
    // A number is one where the language takes a number.
    let json = asl::fill_amounts(&definition.machine.to_json(), &|text| {
        let given = placeholder::only(text).and_then(|name| texts.get(name));
        let amount = given.and_then(|given| json::parse_value(given).ok());
        amount
            .filter(|amount| matches!(amount, Value::Number(_) | Value::Bool(_)))
            .unwrap_or_else(|| text.into())
    });
    let replaced = placeholder::map_texts(&json, &mut |text| {
        placeholder::fill(text, &mut |name| texts.get(name).map(String::as_str))
    });
    let (machine, _) = asl::read(&replaced);
    Some(machine)
}

/// The ARN of a function that is known by its name.
pub(super) fn lambda_arn(function: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}")
}

#[cfg(test)]
mod tests {
    use stepfn_core::definition::WorkflowType;

    use super::*;

    #[test]
    fn a_number_is_one_where_a_number_is_taken() {
        let asl = r#"{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":"${Wait}","Comment":"${Wait}","End":true}}}"#;
        let definition = Definition::from_asl("M", WorkflowType::Standard, asl::read_str(asl).unwrap().0);
        let machine = substitute(&definition, &[("Wait".to_owned(), "5".to_owned())]).unwrap();
        let rest = machine.to_json().pointer("/States/A").unwrap().to_string();
        assert_eq!(rest, r#"{"Type":"Wait","Comment":"5","Seconds":5,"End":true}"#);
    }
}
