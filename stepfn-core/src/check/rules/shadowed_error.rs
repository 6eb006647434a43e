//! `shadowed-error`

use std::collections::HashMap;

use super::{Code, error_names::lists, page::Page, walk::Node};
use crate::{
    asl::WorkflowType,
    diagnostic::{Diagnostic, Subject},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "An earlier retrier or catcher already takes the error.",
    why: "AWS tries them in their order, and takes the first that names the error. `States.TaskFailed` \
          takes every error but `States.Timeout`. AWS accepts the definition; the later entry is never used.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "Retry": [
        { "ErrorEquals": ["States.Timeout"], "MaxAttempts": 1 },
        { "ErrorEquals": ["States.Timeout"], "MaxAttempts": 5 }
      ],
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "Retry": [
        { "ErrorEquals": ["States.Timeout"], "MaxAttempts": 5 }
      ],
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (field, what, entries) in lists(node) {
        let mut taken: HashMap<&str, usize> = HashMap::new();
        for (index, names) in entries.iter().enumerate() {
            let earlier: Vec<_> = names.iter().map(|name| earlier(&taken, name)).collect();
            let below = format!("/{field}/{index}");
            if !names.is_empty() && earlier.iter().all(Option::is_some) {
                let message = match earlier[..] {
                    [Some((by, place))] => {
                        format!("{what} {index} is never used: {what} {place} takes `{by}` before it")
                    }
                    _ => format!("{what} {index} is never used: others before it take all that it names"),
                };
                diagnostics.push(
                    node.diagnostic(Code::ShadowedError, &below, message)
                        .help(format!("remove it, or move it before the other {what}")),
                );
            } else {
                for (place, name) in names.iter().enumerate() {
                    let Some(Some((by, other))) = earlier.get(place) else { continue };
                    let by = if by == name { String::new() } else { format!(" by `{by}`") };
                    let message = format!("`{name}`: {what} {other} already takes it{by}");
                    diagnostics.push(
                        node.diagnostic(
                            Code::ShadowedError,
                            &format!("{below}/ErrorEquals/{place}"),
                            message,
                        )
                        .subject(Subject::Error(name.to_owned()))
                        .label(format!("{}/{field}/{other}/ErrorEquals", node.at), "it is taken here")
                        .help(format!("remove it here, or move this {what} before the other")),
                    );
                }
            }
            for name in *names {
                taken.entry(name).or_insert(index);
            }
        }
    }
}

/// Returns the name by which an earlier entry takes an error, and the entry's place.
fn earlier<'n>(taken: &HashMap<&'n str, usize>, name: &'n str) -> Option<(&'n str, usize)> {
    let own = taken.get(name).map(|place| (name, *place));
    let task_failed = taken.get(TASK_FAILED).map(|place| (TASK_FAILED, *place));
    // Of the service's own errors, some are no failures of a task.
    own.or(task_failed.filter(|_| !name.starts_with("States.")))
}

const TASK_FAILED: &str = "States.TaskFailed";

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn task_failed_takes_all_but_the_services_own() {
        let found = lines(
            r#"{ "StartAt": "A", "States": {
                "A": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "End": true,
                    "Catch": [{ "ErrorEquals": ["States.TaskFailed", "My.First"], "Next": "B" },
                        { "ErrorEquals": ["States.Timeout", "My.Error"], "Next": "B" },
                        { "ErrorEquals": ["States.ALL"], "Next": "B" }] },
                "B": { "Type": "Succeed" } } }"#,
        );
        assert_eq!(
            found,
            [
                "shadowed-error /States/A/Catch/1/ErrorEquals/1: state `A`: `My.Error`: catcher 0 already takes it by \
              `States.TaskFailed` (remove it here, or move this catcher before the other)"
            ]
        );
    }

    #[test]
    fn an_entry_without_a_name_of_its_own_is_one_diagnostic() {
        let found = lines(
            r#"{ "StartAt": "A", "States": {
                "A": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "End": true, "Retry": [
                    { "ErrorEquals": ["A", "B"] }, { "ErrorEquals": ["B"] }, { "ErrorEquals": ["A", "B"] }] } } }"#,
        );
        assert_eq!(
            found,
            [
                "shadowed-error /States/A/Retry/1: state `A`: retrier 1 is never used: retrier 0 takes `B` before it (remove \
                 it, or move it before the other retrier)",
                "shadowed-error /States/A/Retry/2: state `A`: retrier 2 is never used: others before it take all that it \
                 names (remove it, or move it before the other retrier)",
            ]
        );
    }
}
