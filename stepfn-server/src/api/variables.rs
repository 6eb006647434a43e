//! `variableReferences`: which variables the states of a machine read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stepfn_core::{
    intrinsic::Call,
    jsonata::{self, Place},
    path::{Path, Root},
};

/// The variables that each state reads, by the states' names, those of states inside of others too.
pub(super) fn references(definition: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    if let Ok(machine) = serde_json::from_str::<Value>(definition) {
        in_machine(&machine, &mut found);
    }
    found.retain(|_, variables: &mut BTreeSet<String>| !variables.is_empty());
    found
}

fn in_machine(machine: &Value, found: &mut BTreeMap<String, BTreeSet<String>>) {
    for (name, state) in machine.get("States").and_then(Value::as_object).into_iter().flatten() {
        let Some(fields) = state.as_object() else { continue };
        for (field, value) in fields {
            match field.as_str() {
                "Branches" => {
                    value.as_array().into_iter().flatten().for_each(|inner| in_machine(inner, found));
                }

                "ItemProcessor" | "Iterator" => in_machine(value, found),
                "Comment" | "Type" | "Next" | "Default" | "Resource" | "Result" => {}
                _ => in_field(field, value, found.entry(name.clone()).or_default()),
            }
        }
    }
}

fn in_field(field: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| in_field(key, value, found)),
        Value::Array(items) => items.iter().for_each(|item| in_field("", item, found)),
        Value::String(text) => {
            if let Some(expression) = text.strip_prefix("{%").and_then(|text| text.strip_suffix("%}")) {
                let Ok(expression) = jsonata::parse(expression) else { return };
                let read = jsonata::analyse(&expression, Place { result: true, error_output: true });
                found.extend(read.variables.into_iter().map(|(name, _)| name));
            } else if field.ends_with(".$") || field.ends_with("Path") || field == "Variable" {
                in_path(text, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn in_path(text: &str, found: &mut BTreeSet<String>) {
    let mut note = |path: &Path| {
        if let Root::Variable(name) = &path.root {
            found.insert(name.clone());
        }
    };
    if let Ok(path) = Path::parse(text) {
        note(&path);
    } else if let Ok(call) = Call::parse(text) {
        call.paths().for_each(|(path, _)| note(path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_the_variables_that_it_reads_and_not_those_that_it_sets() {
        let definition = r#"{"StartAt": "A", "States": {
            "A": {"Type": "Pass", "Assign": {"x": 1, "y.$": "States.Format('{} {}', $one, States.MathAdd($two.n, 1))"}, "Next": "B"},
            "B": {"Type": "Task", "QueryLanguage": "JSONata", "Resource": "$no", "Arguments": {"a": "{% $three + ($own := 1; $own) + $count([$states.input]) %}"},
                "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"e": "{% $four & $states.errorOutput.Cause %}"}, "Next": "C"}], "Next": "C"},
            "C": {"Type": "Map", "ItemsPath": "$five", "ItemProcessor": {"StartAt": "D", "States": {"D": {"Type": "Choice",
                "Choices": [{"And": [{"Variable": "$six[0]", "NumericEqualsPath": "$seven"}], "Next": "E"}], "Default": "E"}, "E": {"Type": "Succeed"}}}, "End": true}}}"#;
        let found = references(definition);
        let found: Vec<String> = found
            .into_iter()
            .map(|(state, variables)| {
                format!("{state}: {}", variables.into_iter().collect::<Vec<_>>().join(" "))
            })
            .collect();
        assert_eq!(found, ["A: one two", "B: four three", "C: five", "D: seven six"]);
    }
}
