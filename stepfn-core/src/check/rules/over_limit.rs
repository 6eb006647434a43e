//! `over-limit`

use super::{Code, page::Page, walk::Walk};
use crate::{
    asl::{StateMachine, WorkflowType},
    diagnostic::Diagnostic,
    value::Value,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A state's name, or the whole definition, is longer than AWS takes.",
    why: "AWS refuses names of states of more than 80 characters, and definitions of more than 1 MB (1,048,576 bytes).",
    failing: r#"{
  "StartAt": "Load the orders of the last month and store them in the table that the report reads from",
  "States": {
    "Load the orders of the last month and store them in the table that the report reads from": {
      "Type": "Succeed"
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load orders",
  "States": {
    "Load orders": {
      "Type": "Succeed",
      "Comment": "Load the orders of the last month and store them in the table that the report reads from"
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

/// Characters of a state's name.
const NAME: usize = 80;
/// The bytes that a definition may have, blanks left out.
pub const MOST_BYTES: usize = 1_048_576;

pub(super) fn check(walk: &Walk<'_>, machine: &StateMachine, diagnostics: &mut Vec<Diagnostic>) {
    for node in walk.nodes() {
        let length = node.name.chars().count();
        if length > NAME {
            let message = format!("its name has {length} characters, and {NAME} is the most");
            diagnostics.push(
                node.diagnostic(Code::OverLimit, "", message)
                    .on_key()
                    .help("write a shorter one, and the rest in `Comment`"),
            );
        }
    }
    // The shortest text that there is of it.
    diagnostics.extend(of_length(machine.to_json().to_string().len()));
}

/// Returns the error of a text that is too long, which is known before anything else of it.
pub(crate) fn of_text(text: &str, value: &Value) -> Option<Diagnostic> {
    if text.len() <= MOST_BYTES { None } else { of_length(value.to_string().len()) }
}

fn of_length(bytes: usize) -> Option<Diagnostic> {
    let message = format!("the state machine: {bytes} bytes without blanks, and {MOST_BYTES} is the most");
    (bytes > MOST_BYTES).then(|| {
        Diagnostic::new(Code::OverLimit, "", message).help(
            "move a part of it to a state machine of its own, and start that by `states:startExecution`",
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn a_definition_of_more_than_a_megabyte() {
        let machine = |length: usize| {
            let comment = "x".repeat(length);
            format!(
                r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Succeed", "Comment": "{comment}" }} }} }}"#
            )
        };
        assert_eq!(lines(&machine(1_048_000)), [""; 0]);
        let found = lines(&machine(1_048_576));
        assert!(
            found.len() == 1 && found[0].starts_with("over-limit : the state machine: 1048638 bytes"),
            "{found:?}"
        );
    }
}
