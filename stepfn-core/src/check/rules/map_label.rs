//! `map-label`

use super::{
    Code,
    page::Page,
    walk::{Node, has_placeholder},
};
use crate::{
    asl::{StateKind, WorkflowType},
    diagnostic::Diagnostic,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A distributed Map's `Label` is too long, or has a sign that it may not have.",
    why: "The label becomes part of the ARN of the Map Run, so AWS refuses one of more than 40 characters or of none, and one with blanks, \
          brackets, wildcards, control characters or any of `\" # % \\ ^ | ~ $ & , ; : / ` and the backtick.",
    failing: r#"{
  "StartAt": "Each",
  "States": {
    "Each": {
      "Type": "Map",
      "Label": "each order?",
      "ItemProcessor": {
        "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
        "StartAt": "One",
        "States": { "One": { "Type": "Pass", "End": true } }
      },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Each",
  "States": {
    "Each": {
      "Type": "Map",
      "Label": "each-order",
      "ItemProcessor": {
        "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
        "StartAt": "One",
        "States": { "One": { "Type": "Pass", "End": true } }
      },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

const LONGEST: usize = 40;

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let StateKind::Map(map) = &node.state.kind else { return };
    let Some(label) = map.label.as_deref().filter(|label| !has_placeholder(label)) else { return };
    let length = label.chars().count();
    if length == 0 {
        let diagnostic = node.diagnostic(Code::MapLabel, "/Label", "`Label` is empty");
        diagnostics.push(diagnostic.help("write a name, or remove it: the service makes one up"));
    }
    if length > LONGEST {
        let message = format!("`Label` has {length} characters, and {LONGEST} is the most");
        diagnostics.push(node.diagnostic(Code::MapLabel, "/Label", message).help("write a shorter one"));
    }
    if let Some((at, sign)) = label.char_indices().find(|(_, sign)| is_refused(*sign)) {
        let message = format!("`Label`: `{}` is not allowed in it", sign.escape_debug());
        diagnostics.push(
            node.diagnostic(Code::MapLabel, "/Label", message)
                .range(at..at + sign.len_utf8())
                .help("write letters, digits, `-` and `_`"),
        );
    }
}

fn is_refused(sign: char) -> bool {
    sign.is_whitespace() || sign.is_control() || "?*<>{}[]\"#%\\^|~`$&,;:/".contains(sign)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, is_refused};
    use crate::check::testing::codes;

    #[test]
    fn an_empty_label_names_nothing() {
        let map = r#"{ "StartAt": "A", "States": { "A": { "Type": "Map", "Label": "", "End": true,
            "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
                "StartAt": "B", "States": { "B": { "Type": "Succeed" } } } } } }"#;
        assert_eq!(codes(map), ["map-label /States/A/Label"]);
    }

    #[test]
    fn letters_of_any_language_are_fine() {
        assert!("Label-1_가".chars().all(|sign| !is_refused(sign)));
        assert!("\u{7f} \u{0}?".chars().all(is_refused));
        assert_eq!(LONGEST, 40);
    }
}
