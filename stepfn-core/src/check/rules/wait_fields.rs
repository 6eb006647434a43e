//! `wait-fields`

use super::{
    Code, numbers,
    page::Page,
    walk::{Node, has_placeholder},
};
use crate::{
    asl::{QueryLanguage, StateKind, WorkflowType},
    diagnostic::{Diagnostic, list},
    timestamp::is_timestamp,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Wait state does not define, or defines more than once, how long it waits; or the number or time is not one that AWS \
           takes.",
    why: "AWS refuses it. A Wait has exactly one of `Seconds`, `SecondsPath`, `Timestamp` and `TimestampPath`. `Seconds` is a whole \
          number up to 99999999, `Timestamp` an RFC 3339 time with a capital `T` and an offset or `Z`: \
          `2016-03-14T01:59:00Z`.",
    failing: r#"{
  "StartAt": "Pause",
  "States": {
    "Pause": { "Type": "Wait", "Timestamp": "2016-03-14 01:59:00", "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Pause",
  "States": {
    "Pause": { "Type": "Wait", "Timestamp": "2016-03-14T01:59:00Z", "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let StateKind::Wait(wait) = &node.state.kind else { return };
    let given: Vec<_> = [
        ("Seconds", wait.seconds.is_some()),
        ("SecondsPath", wait.seconds_path.is_some()),
        ("Timestamp", wait.timestamp.is_some()),
        ("TimestampPath", wait.timestamp_path.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, given)| given.then_some(field))
    .collect();
    match given[..] {
        [] => {
            let help = match node.language {
                QueryLanguage::JsonPath => {
                    "write one of `Seconds`, `SecondsPath`, `Timestamp`, `TimestampPath`"
                }
                QueryLanguage::Jsonata => "write `Seconds` or `Timestamp`",
            };
            let diagnostic = node.diagnostic(Code::WaitFields, "", "it does not define how long to wait");
            diagnostics.push(diagnostic.on_key().help(help));
        }
        [_] => {}
        [_, second, ..] => diagnostics.push(
            node.diagnostic(
                Code::WaitFields,
                &format!("/{second}"),
                format!("it defines more than once how long to wait: {}", list(&given)),
            )
            .on_key()
            .help("keep one of them"),
        ),
    }
    numbers::check(node, "Wait", Code::WaitFields, diagnostics);
    if let Some(text) = &wait.timestamp {
        let expression = node.language == QueryLanguage::Jsonata && text.starts_with("{%");
        if !expression && !has_placeholder(text) && !is_timestamp(text) {
            let help = if text.starts_with("{%") {
                "`{% %}` is JSONata: give the state `\"QueryLanguage\": \"JSONata\"`, or write `TimestampPath`"
            } else {
                "write it as RFC 3339 has it: `2016-03-14T01:59:00Z`"
            };
            let message = format!("`Timestamp`: `{text}` is no timestamp");
            diagnostics.push(node.diagnostic(Code::WaitFields, "/Timestamp", message).help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    fn found(fields: &str) -> Vec<String> {
        codes(&format!(
            r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Wait", {fields} "End": true }} }} }}"#
        ))
    }

    #[test]
    fn exactly_one_and_in_bounds() {
        for fields in [
            r#""Seconds": 0,"#,
            r#""Seconds": 99999999,"#,
            r#""SecondsPath": "$.s","#,
            r#""Timestamp": "${Time}","#,
            r#""QueryLanguage": "JSONata", "Timestamp": "{% $states.input.at %}","#,
        ] {
            assert_eq!(found(fields), [""; 0], "{fields}");
        }
        for (fields, at) in [
            ("", ""),
            (r#""Seconds": 1, "TimestampPath": "$.t","#, "/TimestampPath"),
            (r#""Seconds": -1,"#, "/Seconds"),
            (r#""Seconds": 100000000,"#, "/Seconds"),
            (r#""Timestamp": "{% $states.input.at %}","#, "/Timestamp"),
        ] {
            assert_eq!(found(fields), [format!("wait-fields /States/A{at}")], "{fields}");
        }
    }
}
