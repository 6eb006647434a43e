//! `invalid-intrinsic`

use super::{
    Code,
    page::Page,
    texts::Text,
    walk::{Node, has_placeholder},
};
use crate::{
    asl::WorkflowType,
    diagnostic::{Diagnostic, Severity},
    intrinsic::{Call, IntrinsicError},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "The call of an intrinsic function cannot be read, or its arguments do not fit it.",
    why: "AWS refuses a call that it cannot read: an unknown function, a quote or parenthesis that is not closed, an escape \
          other than `\\'`, `\\{`, `\\}` and `\\\\`, more than 10 calls in one another. Arguments that do not fit fail the \
          execution with `States.Runtime`, which no retrier and no catcher sees.",
    failing: r#"{
  "StartAt": "Greet",
  "States": {
    "Greet": {
      "Type": "Pass",
      "Parameters": { "text.$": "States.Format('hello {} {}', $.name)" },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Greet",
  "States": {
    "Greet": {
      "Type": "Pass",
      "Parameters": { "text.$": "States.Format('hello {}', $.name)" },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, texts: &[Text<'_>], diagnostics: &mut Vec<Diagnostic>) {
    for text in texts {
        if !text.is_intrinsic() || has_placeholder(text.text) {
            continue;
        }
        let diagnostic = |error: IntrinsicError| {
            let message = format!("`{}`: {}", text.field, error.message);
            node.diagnostic(Code::InvalidIntrinsic, &text.below, message)
                .range(error.span)
                .maybe_help(error.help)
        };
        match Call::parse_lenient(text.text) {
            Err(error) => diagnostics.push(diagnostic(error)),
            Ok((call, forgiven)) => {
                diagnostics.extend(forgiven.into_iter().map(|error| Diagnostic {
                    // AWS takes such a path all the same.
                    severity: Severity::Warning,
                    ..diagnostic(error)
                }));
                diagnostics.extend(call.arity_error().map(&diagnostic));
                diagnostics.extend(call.literal_kind_errors().into_iter().map(&diagnostic));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    fn found(call: &str) -> Vec<String> {
        let text = format!(
            r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Pass", "Parameters": {{ "x.$": "{call}" }}, "End": true }} }} }}"#
        );
        lines(&text)
    }

    #[test]
    fn calls_are_read_and_their_arguments_counted() {
        let at = "invalid-intrinsic /States/A/Parameters/x.$: state `A`: `x.$`:";
        for (call, message) in [
            ("States.Upper($.a)", "`States.Upper` is no intrinsic function"),
            ("states.Format('{}', $.a)", "`states.Format` is no intrinsic function"),
            ("States.ArrayGetItem($.a)", "`States.ArrayGetItem` takes 2 arguments, found 1"),
            ("States.Hash($.a, 'SHA-3')", "`SHA-3` is no hash algorithm"),
            ("States.Format('{}', $.a[)", "this `[` is never closed"),
            ("States.MathAdd($.a, '1')", "`States.MathAdd` takes"),
        ] {
            let found = found(call);
            assert_eq!(found.len(), 1, "{call}: {found:?}");
            assert!(found[0].starts_with(&format!("{at} {message}")), "{call}: {found:?}");
        }
        assert_eq!(found("States.Format('${Name} {} {}', $.a)"), [""; 0]);
    }
}
