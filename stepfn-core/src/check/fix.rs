//! The fixes that are certain, made in a text.

use std::{collections::HashSet, ops::Range};

use super::{Checked, Code, Located, Options, check_text};
use crate::{diagnostic::Severity, sort};

/// The most rounds: what one fix uncovers, the next may put right.
const MOST_ROUNDS: usize = 16;

/// A text whose certain slips are put right.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The text: but for the fixes, each byte is as it was.
    pub text: String,
    /// The diagnostics that were fixed, with their places in the text as it was then.
    pub applied: Vec<Located>,
    /// The checks of the text as it is now.
    pub checked: Checked,
}

/// Makes the fixes of a definition in JSON text that are certain: where nothing else can be meant, and where no error comes of it.
///
/// The slip may have hidden an error as well; such a fix is left to people, too. In a text that is no JSON the slips of JSON are fixed
/// first, and nothing is known of the rest before.
///
/// ```
/// use stepfn_core::check::{self, Options};
///
/// let text = r#"{ "StartAt": "Load",  "States": { "Load": { "Type": "Succeed", "Coment": "ends" }, } }"#;
/// let fixed = check::fix_text(text, &Options::default());
/// assert_eq!(fixed.text, r#"{ "StartAt": "Load",  "States": { "Load": { "Type": "Succeed", "Comment": "ends" } } }"#);
/// assert_eq!(fixed.applied.len(), 2);
/// ```
pub fn fix_text(text: &str, options: &Options) -> Fixed {
    let checked = check_text(text, options);
    let mut fixed = Fixed { text: text.to_owned(), applied: Vec::new(), checked };
    for _ in 0..MOST_ROUNDS {
        let candidates: Vec<Located> =
            fixed.checked.diagnostics.iter().filter(|found| is_certain(found)).cloned().collect();
        if !fixed.round(&candidates, options) {
            break;
        }
    }
    fixed
}

fn is_certain(found: &Located) -> bool {
    found.diagnostic.fix.as_ref().is_some_and(|fix| fix.certain)
}

/// The identity of an error, wherever it is.
type Name = (Code, String);

fn errors(checked: &Checked) -> HashSet<Name> {
    let errors = checked.diagnostics.iter().filter(|found| found.diagnostic.severity == Severity::Error);
    errors.map(|found| (found.diagnostic.code, found.diagnostic.message.clone())).collect()
}

impl Fixed {
    /// Makes all fixes at once, else as many as go one after the other; returns `true` if there was one.
    fn round(&mut self, candidates: &[Located], options: &Options) -> bool {
        if candidates.is_empty() {
            return false;
        }
        if self.attempt(candidates, options) {
            return true;
        }
        // One of them alone is in the way. Each changes the places of the others, so that the first that goes ends the round.
        candidates.iter().any(|candidate| self.attempt(std::slice::from_ref(candidate), options))
    }

    /// Makes some fixes, if they do not touch each other, their diagnostics are gone then, and no other error comes.
    fn attempt(&mut self, candidates: &[Located], options: &Options) -> bool {
        let Some(text) = self.edited(candidates) else { return false };
        let checked = check_text(&text, options);
        // Of a text that was no JSON nothing else was known.
        let was_json = self.checked.document.is_some();
        if was_json && !errors(&checked).is_subset(&errors(&self.checked)) {
            return false;
        }
        if was_json && checked.diagnostics.len() >= self.checked.diagnostics.len() {
            return false;
        }
        let stays = |fixed: &Located| {
            checked
                .diagnostics
                .iter()
                .any(|found| (&found.span, &found.diagnostic) == (&fixed.span, &fixed.diagnostic))
        };
        if candidates.iter().any(stays) {
            return false;
        }
        self.text = text;
        self.checked = checked;
        self.applied.extend_from_slice(candidates);
        true
    }

    /// The text with the edits of some fixes; none where two of them overlap, or one has no place.
    fn edited(&self, candidates: &[Located]) -> Option<String> {
        let document = self.checked.document.as_ref();
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        let all =
            candidates.iter().filter_map(|found| found.diagnostic.fix.as_ref()).flat_map(|fix| &fix.edits);
        for edit in all {
            edits.push(edit.in_text(document)?);
        }
        sort::sort_by_key(&mut edits, |(range, _)| range.start);
        let (mut out, mut at, mut last) = (String::with_capacity(self.text.len()), 0, None);
        for (Range { start, end }, to) in edits {
            if last.replace(start) == Some(start) {
                return None;
            }
            out.push_str(self.text.get(at..start)?);
            out.push_str(&to);
            at = end;
        }
        out.push_str(self.text.get(at..)?);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> Fixed {
        let fixed = fix_text(text, &Options::default());
        let again = fix_text(&fixed.text, &Options::default());
        assert_eq!((&again.text, again.applied.len()), (&fixed.text, 0), "a second time");
        fixed
    }

    /// A state, right but for one slip, and what it becomes.
    fn state(wrong: &str, right: &str) {
        let around = |state: &str| {
            format!(
                "{{\"StartAt\":  \"Work\", \"States\" : {{ \"Work\": {{ {state} }},\n\t\"Done\":{{ \"Type\": \"Succeed\" }} }} }}\r\n"
            )
        };
        let fixed = fixed(&around(wrong));
        assert_eq!(fixed.text, around(right));
        assert!(fixed.checked.diagnostics.is_empty(), "{:?}", fixed.checked.diagnostics);
    }

    #[test]
    fn slips_that_can_mean_one_thing_are_put_right() {
        let lambda = r#""Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work""#;
        let send = |resource: &str, url: &str| {
            format!(
                r#""Type": "Task", "Resource": "{resource}", "Parameters": {{ "{url}": "q", "MessageBody": "m" }}, "Next": "Done""#
            )
        };
        for (wrong, right) in [
            (r#""Type": "Pass", "Nxt": "Done""#.to_owned(), r#""Type": "Pass", "Next": "Done""#.to_owned()),
            (r#""Type": "pass", "Next": "Done""#.to_owned(), r#""Type": "Pass", "Next": "Done""#.to_owned()),
            (r#""Type": "Pass", "Next": "done""#.to_owned(), r#""Type": "Pass", "Next": "Done""#.to_owned()),
            (r#""Type": "Pass", "Next": "Doen""#.to_owned(), r#""Type": "Pass", "Next": "Done""#.to_owned()),
            (
                r#""Type": "Pass", "End": "true", "Next": "Done""#
                    .to_owned()
                    .replace(r#", "Next": "Done""#, r#", "Comment": "\u00e9""#),
                r#""Type": "Pass", "End": true, "Comment": "\u00e9""#.to_owned(),
            ),
            (
                r#""Type": "Wait", "Seconds": "5", "Next": "Done""#.to_owned(),
                r#""Type": "Wait", "Seconds": 5, "Next": "Done""#.to_owned(),
            ),
            (
                r#""Type": "Pass", "Parameters": { "a": 1, "b.$": 2 }, "Next": "Done""#.to_owned(),
                r#""Type": "Pass", "Parameters": { "a": 1, "b": 2 }, "Next": "Done""#.to_owned(),
            ),
            (
                r#""Type": "Pass", "Parameters": { "b": "$.c" }, "Next": "Done""#.to_owned(),
                r#""Type": "Pass", "Parameters": { "b.$": "$.c" }, "Next": "Done""#.to_owned(),
            ),
            (
                format!(
                    r#"{lambda}, "Retry": [{{ "ErrorEquals": ["States.Timeot"], "JitterStrategy": "full" }}], "Next": "Done""#
                ),
                format!(
                    r#"{lambda}, "Retry": [{{ "ErrorEquals": ["States.Timeout"], "JitterStrategy": "FULL" }}], "Next": "Done""#
                ),
            ),
            (
                send("arn:aws:states:::sqs:sendMesage", "QueueUrl"),
                send("arn:aws:states:::sqs:sendMessage", "QueueUrl"),
            ),
            (
                send("arn:aws:states:::sqs:sendMessage", "QueueUri"),
                send("arn:aws:states:::sqs:sendMessage", "QueueUrl"),
            ),
        ] {
            if wrong.contains("\"End\"") {
                let around =
                    |state: &str| format!("{{ \"StartAt\": \"A\", \"States\": {{ \"A\": {{ {state} }} }} }}");
                assert_eq!(fixed(&around(&wrong)).text, around(&right));
            } else {
                state(&wrong, &right);
            }
        }
    }

    #[test]
    fn what_may_mean_several_things_stays() {
        for text in [
            // Two states are as near.
            r#"{ "StartAt": "Stroe", "States": { "Store": { "Type": "Pass", "Next": "Stoer" }, "Stoer": { "Type": "Succeed" } } }"#,
            // Another digit is another state.
            r#"{ "StartAt": "Step3", "States": { "Step1": { "Type": "Succeed" } } }"#,
            // The field is there already.
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Comment": "a", "Coment": "b", "End": true } } }"#,
            // The key would come twice.
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "a": "$.a", "a.$": "$.b" }, "End": true } } }"#,
            // A string may be a path with a slip.
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "a.$": "name" }, "End": true } } }"#,
            // The path would lead nowhere.
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": { "x": 1 }, "Next": "B" },
                "B": { "Type": "Pass", "Parameters": { "a": "$.y" }, "End": true } } }"#,
        ] {
            assert_eq!(fixed(text).text, text);
        }
    }

    #[test]
    fn a_slip_in_a_path_is_fixed_where_it_is_known_what_flows_in() {
        for (language, wrong, right) in [
            ("JSONPath", r#""Parameters": { "a.$": "$.totl" }"#, r#""Parameters": { "a.$": "$.total" }"#),
            (
                "JSONPath",
                r#""Parameters": { "a.$": "States.Format('totl {}', $.lines.itms)" }"#,
                r#""Parameters": { "a.$": "States.Format('totl {}', $.lines.items)" }"#,
            ),
            ("JSONPath", r#""Parameters": { "a.$": "$cont" }"#, r#""Parameters": { "a.$": "$count" }"#),
            (
                "JSONata",
                r#""Output": "{% $states.input.total + $states.input.lines.itms %}""#,
                r#""Output": "{% $states.input.total + $states.input.lines.items %}""#,
            ),
            ("JSONata", r#""Output": "{% $cont %}""#, r#""Output": "{% $count %}""#),
        ] {
            let (result, data) = if language == "JSONata" {
                ("Output", r#"{ "total": 1, "lines": { "items": 2 } }"#)
            } else {
                ("Result", r#"{ "total": 1, "lines": { "items": 2 } }"#)
            };
            let of = |field: &str| {
                format!(
                    r#"{{ "QueryLanguage": "{language}", "StartAt": "A", "States": {{
  "A": {{ "Type": "Pass", "{result}": {data}, "Assign": {{ "count": 1 }}, "Next": "B" }},
  "B": {{ "Type": "Pass", {field}, "End": true }} }} }}"#
                )
            };
            assert_eq!(fixed(&of(wrong)).text, of(right));
        }
    }

    #[test]
    fn fixes_follow_each_other() {
        let text = r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Nxt": "Load", }, "Load": { "Type": "Succeed", "Coment": [1,], }, }, }"#;
        let fixed = fixed(text);
        // `Comment` is a string, so that its slip stays: the fix would make another error.
        assert_eq!(
            fixed.text,
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "Load" }, "Load": { "Type": "Succeed", "Coment": [1] } } }"#
        );
    }

    #[test]
    fn any_text_with_a_slip_gets_no_new_error() {
        let text = r#"{ "StartAt": "Pick", "States": {
  "Pick": { "Type": "Choice", "Choices": [{ "Variable": "$.kind", "StringEquals": "a", "Next": "Call" }], "Default": "Done" },
  "Call": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": { "FunctionName": "f", "Payload.$": "$" },
    "TimeoutSeconds": 60, "ResultPath": "$.answer", "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Done" }], "Next": "Done" },
  "Done": { "Type": "Succeed" } } }"#;
        let options = Options::default();
        assert!(check_text(text, &options).diagnostics.is_empty());
        let mut made = 0;
        for (start, c) in text.char_indices() {
            for replacement in ["", "x", ",", "$"] {
                let mutated = format!("{}{replacement}{}", &text[..start], &text[start + c.len_utf8()..]);
                let before = check_text(&mutated, &options);
                let fixed = fixed(&mutated);
                made += usize::from(!fixed.applied.is_empty());
                if before.document.is_some() {
                    assert!(errors(&fixed.checked).is_subset(&errors(&before)), "{mutated}\n{}", fixed.text);
                }
            }
        }
        assert!(made > 300, "{made}");
    }
}
