//! `duplicate-state-name`

use std::collections::HashMap;

use super::{Code, page::Page, walk::Walk};
use crate::{
    asl::WorkflowType,
    diagnostic::{Diagnostic, Subject},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "Two states in different machines of one definition have the same name.",
    why: "Names are unique within the whole definition, the machines inside Map and Parallel states included: the specification \
          asks for it, and a history names a state by its name alone.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Next": "Each" },
    "Each": {
      "Type": "Map",
      "ItemProcessor": {
        "StartAt": "Load",
        "States": { "Load": { "Type": "Pass", "End": true } }
      },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Next": "Each" },
    "Each": {
      "Type": "Map",
      "ItemProcessor": {
        "StartAt": "Load item",
        "States": { "Load item": { "Type": "Pass", "End": true } }
      },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(walk: &Walk<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut first: HashMap<&str, &str> = HashMap::new();
    for node in walk.nodes() {
        match first.get(node.name) {
            Some(other) => diagnostics.push(
                node.diagnostic(
                    Code::DuplicateStateName,
                    "",
                    format!(
                        "another state has this name, at `{other}`; names are unique in the whole definition"
                    ),
                )
                .on_key()
                .subject(Subject::State(node.name.to_owned()))
                .label_on_key(*other, "the other state")
                .help("give one of the two another name"),
            ),
            None => {
                first.insert(node.name, &node.at);
            }
        }
    }
}
