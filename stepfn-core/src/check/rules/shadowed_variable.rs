//! `shadowed-variable`

use std::collections::HashSet;

use super::{
    Code,
    page::Page,
    walk::{Node, Walk, below},
};
use crate::{
    asl::{QueryLanguage, StateKind, WorkflowType},
    diagnostic::{Diagnostic, Subject},
    value::Value,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Parallel branch or a Map's processor assigns a variable that the machine around it assigns as well.",
    why: "AWS refuses it, whichever of the two comes first: inside, the variables around are read, and none of them can be set \
          anew. The children of a distributed Map are executions of their own, which see no variable from outside.",
    failing: r#"{
  "StartAt": "Set",
  "States": {
    "Set": { "Type": "Pass", "Assign": { "total": 0 }, "Next": "Each" },
    "Each": {
      "Type": "Map",
      "ItemProcessor": {
        "StartAt": "Add",
        "States": { "Add": { "Type": "Pass", "Assign": { "total": 1 }, "End": true } }
      },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Set",
  "States": {
    "Set": { "Type": "Pass", "Assign": { "total": 0 }, "Next": "Each" },
    "Each": {
      "Type": "Map",
      "ItemProcessor": {
        "StartAt": "Add",
        "States": { "Add": { "Type": "Pass", "Assign": { "own": 1 }, "End": true } }
      },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(walk: &Walk<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let owned: Vec<HashSet<&str>> = walk
        .scopes
        .iter()
        .map(|scope| scope.nodes.iter().flat_map(assigned).map(|(_, name, _)| name).collect())
        .collect();
    // A machine comes after those around it.
    let mut outer: Vec<Vec<usize>> = Vec::with_capacity(walk.scopes.len());
    for scope in &walk.scopes {
        let inherited = scope.outer.map(|(index, owner)| {
            // The children of a distributed Map are executions of their own.
            if matches!(&owner.kind, StateKind::Map(map) if map.is_distributed()) {
                return Vec::new();
            }
            let mut chain = outer.get(index).cloned().unwrap_or_default();
            chain.push(index);
            chain
        });
        outer.push(inherited.unwrap_or_default());
    }
    for (scope, outer) in walk.scopes.iter().zip(&outer).filter(|(_, outer)| !outer.is_empty()) {
        for node in &scope.nodes {
            for (at, name, key) in assigned(node) {
                if outer.iter().any(|index| owned[*index].contains(name)) {
                    diagnostics.push(
                        node.diagnostic(
                            Code::ShadowedVariable,
                            &below(&at, key),
                            format!("the variable `{name}` is assigned by the machine around this one as well"),
                        )
                        .on_key()
                        .subject(Subject::Variable(name.to_owned()))
                        .help("give it another name here; what it is outside can be read, and is not changed from inside"),
                    );
                }
            }
        }
    }
}

/// The variables that a state assigns: where, by which name, and as which key.
fn assigned<'m>(node: &Node<'m>) -> Vec<(String, &'m str, &'m str)> {
    let state = node.state;
    let mut found = Vec::new();
    let mut add = |at: String, assign: &'m Value| {
        for key in assign.as_object().into_iter().flat_map(|members| members.keys()) {
            let name = match node.language {
                QueryLanguage::JsonPath => key.strip_suffix(".$").unwrap_or(key),
                QueryLanguage::Jsonata => key,
            };
            found.push((at.clone(), name, &**key));
        }
    };
    if let Some(assign) = &state.assign {
        add("/Assign".to_owned(), assign);
    }
    if let StateKind::Choice(choice) = &state.kind {
        for (index, rule) in choice.choices.iter().enumerate() {
            if let Some(assign) = &rule.assign {
                add(format!("/Choices/{index}/Assign"), assign);
            }
        }
    }
    for (index, catcher) in state.catch.as_deref().unwrap_or_default().iter().enumerate() {
        if let Some(assign) = &catcher.assign {
            add(format!("/Catch/{index}/Assign"), assign);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    fn found(set: &str, inner: &str, config: &str) -> Vec<String> {
        codes(&format!(
            r#"{{ "StartAt": "Each", "States": {{
                "Each": {{ "Type": "Map", "ItemProcessor": {{ {config} "StartAt": "P", "States": {{
                    "P": {{ "Type": "Parallel", "End": true, "Branches": [{{ "StartAt": "In", "States": {{ {inner} }} }}] }} }} }}, "Next": "Set" }},
                "Set": {{ {set} "End": true }} }} }}"#
        ))
    }

    #[test]
    fn variables_of_any_machine_around_are_kept_wherever_they_are_assigned() {
        let set = r#""Type": "Pass", "Assign": { "x.$": "$" },"#;
        let at = "/States/Each/ItemProcessor/States/P/Branches/0/States/In";
        let inner = r#""In": { "Type": "Pass", "Assign": { "own": 1, "x": 2 }, "End": true }"#;
        assert_eq!(found(set, inner, ""), [format!("shadowed-variable {at}/Assign/x")]);
        let inner = r#""In": { "Type": "Choice", "Default": "Out", "Choices": [
            { "Variable": "$.a", "IsPresent": true, "Assign": { "x.$": "$.a" }, "Next": "Out" }] }, "Out": { "Type": "Succeed" }"#;
        assert_eq!(found(set, inner, ""), [format!("shadowed-variable {at}/Choices/0/Assign/x.$")]);
        let task = r#""Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
            "Catch": [{ "ErrorEquals": ["States.ALL"], "Assign": { "x": 1 }, "Next": "Each" }],"#;
        let inner = r#""In": { "Type": "Pass", "Assign": { "x": 2 }, "End": true }"#;
        assert_eq!(found(task, inner, ""), [format!("shadowed-variable {at}/Assign/x")]);
        // The children of a distributed Map see none of them.
        let config = r#""ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },"#;
        assert_eq!(found(set, inner, config), [""; 0]);
    }

    #[test]
    fn branches_beside_each_other_may_use_the_same_name() {
        let branch =
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Assign": { "x": 1 }, "End": true } } }"#;
        let other = branch.replace("\"A\"", "\"B\"");
        let text = format!(
            r#"{{ "StartAt": "P", "States": {{ "P": {{ "Type": "Parallel", "Branches": [{branch}, {other}], "End": true }} }} }}"#
        );
        assert_eq!(codes(&text), [""; 0]);
    }
}
