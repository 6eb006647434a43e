//! `express`

use super::{Code, page::Page, walk::Scope};
use crate::{
    arn::Arn,
    asl::{Amount, StateKind, WorkflowType},
    diagnostic::Diagnostic,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "An Express workflow has something that only Standard workflows can do.",
    why: "Express workflows run for at most five minutes and keep no state to come back to. AWS refuses `.sync` and \
          `.waitForTaskToken`, activities and distributed Maps in them; a longer Wait always times out. The children of a \
          distributed Map with `\"ExecutionType\": \"EXPRESS\"` are such workflows too.",
    failing: r#"{
  "StartAt": "Start",
  "States": {
    "Start": {
      "Type": "Task",
      "Resource": "arn:aws:states:::states:startExecution.sync:2",
      "Parameters": { "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:Other" },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Start",
  "States": {
    "Start": {
      "Type": "Task",
      "Resource": "arn:aws:states:::states:startExecution",
      "Parameters": { "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:Other" },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Express,
};

/// The time that an Express workflow may run, in seconds.
const LIMIT: f64 = 300.0;

pub(super) fn check(scope: &Scope<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if scope.workflow_type != WorkflowType::Express {
        return;
    }
    let run = "an Express workflow";
    for node in &scope.nodes {
        match &node.state.kind {
            StateKind::Task(task) => {
                let arn = task.resource.as_str().unwrap_or_default();
                let (message, help) = if arn.ends_with(".sync") || arn.contains(".sync:") {
                    (
                        format!("{run} cannot wait for a job: no `.sync`"),
                        "remove `.sync`, or use a Standard workflow",
                    )
                } else if arn.ends_with(".waitForTaskToken") {
                    (
                        format!("{run} cannot wait for a callback: no `.waitForTaskToken`"),
                        "remove `.waitForTaskToken`, or use a Standard workflow",
                    )
                } else if is_activity(arn) {
                    (
                        format!("{run} cannot use activities"),
                        "call a Lambda function, or use a Standard workflow",
                    )
                } else {
                    continue;
                };
                diagnostics.push(node.diagnostic(Code::Express, "/Resource", message).help(help));
            }
            StateKind::Map(map) if map.is_distributed() => {
                diagnostics.push(
                    node.diagnostic(
                        Code::Express,
                        "/ItemProcessor/ProcessorConfig/Mode",
                        format!("{run} cannot have a distributed Map"),
                    )
                    .help("write `\"Mode\": \"INLINE\"`, or use a Standard workflow"),
                );
            }
            StateKind::Wait(wait) => {
                if let Some(Amount::Number(seconds)) = &wait.seconds
                    && seconds.as_f64() >= LIMIT
                {
                    diagnostics.push(
                        node.diagnostic(
                            Code::Express,
                            "/Seconds",
                            format!("it waits {seconds} seconds, and {run} ends after 300"),
                        )
                        .help("wait less, or use a Standard workflow"),
                    );
                }
            }
            _ => {}
        }
    }
}

/// Returns `true` if an ARN is that of an activity.
fn is_activity(arn: &str) -> bool {
    Arn::parse(arn).is_some_and(|arn| arn.service == "states" && arn.below("activity:").is_some())
}

#[cfg(test)]
mod tests {
    use crate::{
        check::testing::{codes, codes_of},
        definition::WorkflowType,
    };

    const MACHINE: &str = r#"{ "StartAt": "A", "States": {
        "A": { "Type": "Task", "Resource": "arn:aws:states:eu-west-1:123456789012:activity:a", "Next": "B" },
        "B": { "Type": "Wait", "Seconds": 600, "Next": "C" },
        "C": { "Type": "Map", "End": true, "ItemProcessor": {
            "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS" },
            "StartAt": "D", "States": { "D": { "Type": "Wait", "Seconds": 300, "End": true } } } } } }"#;

    #[test]
    fn children_of_a_distributed_map_may_be_express() {
        let inside = "express /States/C/ItemProcessor/States/D/Seconds";
        assert_eq!(codes(MACHINE), [inside]);
        assert_eq!(
            codes_of(MACHINE, WorkflowType::Express),
            [
                "express /States/A/Resource",
                "express /States/B/Seconds",
                "express /States/C/ItemProcessor/ProcessorConfig/Mode",
                inside,
            ]
        );
    }
}
